/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Caps, tags and structures as text: what GStreamer prints is read, and what is not on the list is
 * refused without side effects. */
#include <string.h>

#include <gst/gst.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/frame/safetext.h"
#include "tests/common/leaks.h"

static GstCaps *
parse_caps (const gchar *text, GError **error)
{
  guint new_names = GST_P2P_FRAME_SAFETEXT_NEW_NAMES;

  return gst_p2p_frame_safetext_parse_caps (text, strlen (text), &new_names, error);
}

static GstStructure *
parse_structure (const gchar *text, GError **error)
{
  guint new_names = GST_P2P_FRAME_SAFETEXT_NEW_NAMES;

  return gst_p2p_frame_safetext_parse_structure (text, strlen (text), &new_names, error);
}

static const gchar *const good_caps[] = {
  "ANY",
  "EMPTY",
  "application/x-nothing",
  "video/x-vp8, width=(int)640, height=(int)480, framerate=(fraction)30/1, "
  "pixel-aspect-ratio=(fraction)1/1, interlace-mode=(string)progressive",
  "audio/x-raw, format=(string)S16LE, channel-mask=(bitmask)0x0000000000000003, rate=(int)-5",
  "a/b, s=(string)\"with\\ spaces\\,\\ \\\"quotes\\\"\\;\\ and\\ \\303\\244\", e=(string)\"\"",
  "a/b, b=(boolean)true, u=(uint)4294967295, i64=(gint64)-9223372036854775808, "
  "u64=(guint64)18446744073709551615, d=(double)0.5, f=(float)-2.25",
  "video/x-theora, streamheader=(buffer)< 807468656f7261, 00, ff01 >",
  "video/x-raw, format=(string){ I420, NV12 }, width=(int)[ 1, 2147483647 ], "
  "height=(int)[ 16, 64, 16 ], framerate=(fraction)[ 0/1, 30/1 ], q=(double)[ 0.5, 1.5 ], "
  "n=(gint64)[ 1, 2 ]",
  "a/b, list=(int){ 1, 3, 9 }, ranges=(int){ [ 1, 2 ], [ 4, 8 ] }, nested=(int)< < 1, 2 >, < 3 > "
  ">, none=(int){  }",
  "application/x-sframe, media=(GstCaps)[video/x-vp8, width=(int)1; video/x-vp9], x=(int)2",
  "a/b, deep=(structure)[one, two=(structure)[two, three=(string)x;];]",
  "video/x-a, a=(int)1; video/x-b, b=(int)2",
  "video/x-h264, multiview-flags=(GstFlagSet)0:ffffffff",
  "a/b, when=(datetime)2012-05-13T10:20:30Z, day=(date)2012-02-29, format=(GstFormat)time",
};

/* Our reading of it equals GStreamer's; what we print, both read. */
static void
test_round_trip (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good_caps); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GstCaps) theirs = gst_caps_from_string (good_caps[i]);
      g_autoptr (GstCaps) ours = parse_caps (good_caps[i], &error);
      g_autoptr (GstCaps) again = NULL, theirs_again = NULL, of_theirs = NULL;
      g_autofree gchar *printed = NULL, *their_text = NULL;

      g_test_message ("%s", good_caps[i]);
      g_assert_no_error (error);
      g_assert_nonnull (theirs);
      g_assert_true (gst_caps_is_strictly_equal (ours, theirs));

      printed = gst_p2p_frame_safetext_print_caps (ours, &error);
      g_assert_no_error (error);
      again = parse_caps (printed, &error);
      g_assert_no_error (error);
      g_assert_true (gst_caps_is_strictly_equal (again, ours));
      theirs_again = gst_caps_from_string (printed);
      g_assert_true (gst_caps_is_strictly_equal (theirs_again, ours));

      their_text = gst_caps_to_string (theirs);
      of_theirs = parse_caps (their_text, &error);
      g_assert_no_error (error);
      g_assert_true (gst_caps_is_strictly_equal (of_theirs, ours));
    }
}

/* As gst_structure_to_string() nests: quoted and escaped, twice. */
static void
test_quoted_nesting (void)
{
  g_autoptr (GstStructure) inner = gst_structure_new ("in", "s", G_TYPE_STRING, "a b", NULL);
  g_autoptr (GstStructure) middle
      = gst_structure_new ("mid", "in", GST_TYPE_STRUCTURE, inner, NULL);
  g_autoptr (GstStructure) outer
      = gst_structure_new ("out", "mid", GST_TYPE_STRUCTURE, middle, NULL);
  g_autofree gchar *text = gst_structure_to_string (outer);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstStructure) read = parse_structure (text, &error);

  g_assert_nonnull (strchr (text, '\\'));
  g_assert_no_error (error);
  g_assert_true (gst_structure_is_equal (read, outer));
}

static void
test_types_are_guessed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstStructure) structure = parse_structure (
      "x, i=5, d=2.5, f=30/1, b=true, s=word, q=\"5\", neg = -3 , hex=0x10", &error);

  g_assert_no_error (error);
  g_assert_true (gst_structure_has_field_typed (structure, "i", G_TYPE_INT));
  g_assert_true (gst_structure_has_field_typed (structure, "d", G_TYPE_DOUBLE));
  g_assert_true (gst_structure_has_field_typed (structure, "f", GST_TYPE_FRACTION));
  g_assert_true (gst_structure_has_field_typed (structure, "b", G_TYPE_BOOLEAN));
  g_assert_true (gst_structure_has_field_typed (structure, "s", G_TYPE_STRING));
  g_assert_true (gst_structure_has_field_typed (structure, "q", G_TYPE_STRING));
  g_assert_true (gst_structure_has_field_typed (structure, "neg", G_TYPE_INT));
  g_assert_true (gst_structure_has_field_typed (structure, "hex", G_TYPE_INT));
}

static const gchar *const bad_structures[] = {
  "",
  "1x",
  ",",
  "x, ",
  "x, =(int)1",
  "x, a",
  "x, a=",
  "x, a=(int)",
  "x, a=(int)1 b=(int)2",
  "x; y",
  "x, a=(int)2147483648",
  "x, a=(uint)-1",
  "x, a=(uint)4294967296",
  "x, a=(guint64)18446744073709551616",
  "x, a=(int)1.5",
  "x, a=(int)\" 1\"; trailing",
  "x, a=(double)nan",
  "x, a=(double)inf",
  "x, a=(double)1e999",
  "x, a=(float)1e300",
  "x, a=(fraction)1/0",
  "x, a=(fraction)1/-1",
  "x, a=(fraction)-2147483648/1",
  "x, a=(boolean)maybe",
  "x, a=(string)\"open",
  "x, a=(string)\"bad\\0escape\"",
  "x, a=(string)\"nul\\000\"",
  "x, a=(string)\"not\\377utf8\"",
  "x, a=(buffer)0",
  "x, a=(buffer)zz",
  "x, a=(bitmask)-1",
  "x, a=(date)2011-02-29",
  "x, a=(date)2011-13-01",
  "x, a=(datetime)2011-02-29",
  "x, a=(datetime)0000",
  "x, a=(datetime)2011-01-01T24:00Z",
  "x, a=(datetime)2011-01-01T10:00+13:00",
  "x, a=(int)[ 2, 1 ]",
  "x, a=(int)[ 1, 1 ]",
  "x, a=(int)[ 1, 10, 0 ]",
  "x, a=(int)[ 1, 10, 3 ]",
  "x, a=(string)[ a, b ]",
  "x, a=(double)[ 1.0, 2.0, 0.5 ]",
  "x, a=(fraction)[ 2/1, 1/1 ]",
  "x, a={ (int)1, (string)b }",
  "x, a=< (int)1, < (string)b > >",
  "x, a=(int){ 1, [ 3, 5 ] }",
  "x, a={ 1",
  "x, a=(int){ 1, }",
  "x, a=(structure)[y",
  "x, a=(structure)[]",
  "x, a=(structure)\"\"",
  "x, a=(GstCaps)[y z]",
  "x, a=(GstNoSuchType)1",
  "x, a=(GstElement)1",
  "x, a=(GType)GstElement",
  "x, a=(type)GstElement",
  "x, a=(gpointer)1",
  "x, a=(sample)aaaa",
  "x, a=(taglist)taglist",
  "x, a=(GstSegment)x",
  "x, a=(GValueArray)<1>",
  "x, a=(GstFormat)nonsense",
  "x, a=(GstFormat)4711",
  "x, a=(GstStreamFlags)nonsense",
  "x, a=(GstStreamFlags)4711",
  "x, a=(GEnum)1",
  "x, a=(GFlags)1",
  "x, a=(GstFlagSet)zz",
  "x, a=(GstFlagSet)1:fffffffff",
  "x(memory:DMABuf), a=(int)1",
  "x(ANY)",
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_structures); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GstStructure) structure = NULL;

      g_test_message ("%s", bad_structures[i]);
      structure = parse_structure (bad_structures[i], &error);
      if (g_str_equal (bad_structures[i], "x, ")) /* a trailing comma is GStreamer's habit */
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID);
      g_assert_null (structure);
    }
}

static void
test_not_utf8 (void)
{
  guint new_names = 1;
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_p2p_frame_safetext_parse_structure ("x, a=\xff", 6, &new_names, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (gst_p2p_frame_safetext_parse_structure ("x\0y", 3, &new_names, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID);
}

static gchar *
nest (guint depth, const gchar *opening, const gchar *middle, const gchar *closing)
{
  GString *text = g_string_new ("x, a=");

  for (guint i = 0; i < depth; i++)
    g_string_append (text, opening);
  g_string_append (text, middle);
  for (guint i = 0; i < depth; i++)
    g_string_append (text, closing);
  return g_string_free (text, FALSE);
}

static void
test_nesting (void)
{
  const gchar *const forms[][3]
      = { { "<", "(int)1", ">" }, { "{", "(int)1", "}" }, { "(structure)[y, b=", "1", "]" } };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    for (guint depth = 7; depth < 100000; depth = depth < 12 ? depth + 1 : depth * 10)
      {
        g_autofree gchar *text = nest (depth, forms[i][0], forms[i][1], forms[i][2]);
        g_autoptr (GError) error = NULL;
        g_autoptr (GstStructure) structure = NULL;

        structure = parse_structure (text, &error);
        if (depth <= GST_P2P_FRAME_SAFETEXT_MAX_DEPTH)
          g_assert_no_error (error);
        else
          g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT);
      }
}

static void
test_number_of_values (void)
{
  for (guint n = GST_P2P_FRAME_SAFETEXT_MAX_VALUES - 2; n < GST_P2P_FRAME_SAFETEXT_MAX_VALUES + 2;
       n++)
    {
      g_autoptr (GString) text = g_string_new ("x, a=(int){ 1");
      g_autoptr (GError) error = NULL;
      g_autoptr (GstStructure) structure = NULL;

      for (guint i = 1; i < n - 2; i++) /* beside the structure and the list */
        g_string_append (text, ", 1");
      g_string_append (text, " }");
      structure = parse_structure (text->str, &error);
      if (n <= GST_P2P_FRAME_SAFETEXT_MAX_VALUES)
        g_assert_no_error (error);
      else
        g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT);
    }
}

/* Names are kept by the process for ever: a remote may add few. */
static void
test_new_names (void)
{
  const gchar *text = "gst-p2p-test-unheard-of, gst-p2p-test-a=(int)1, gst-p2p-test-b=(int)1";
  guint new_names = 2;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstStructure) structure = NULL;

  g_assert_null (gst_p2p_frame_safetext_parse_structure (text, strlen (text), &new_names, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT);
  g_assert_cmpuint (g_quark_try_string ("gst-p2p-test-b"), ==, 0);
  g_clear_error (&error);

  new_names = 1; /* the others are known by now */
  structure = gst_p2p_frame_safetext_parse_structure (text, strlen (text), &new_names, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (new_names, ==, 0);
}

static void
test_long_name (void)
{
  g_autofree gchar *name = g_strnfill (GST_P2P_FRAME_SAFETEXT_MAX_NAME + 1, 'n');
  g_autoptr (GError) error = NULL;

  g_assert_null (parse_structure (name, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT);
  g_assert_cmpuint (g_quark_try_string (name), ==, 0);
}

/* What cannot travel is named. */
static void
test_not_printable (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstStructure) structure
      = gst_structure_new ("x", "fine", G_TYPE_INT, 1, "pointer", G_TYPE_POINTER, NULL, NULL);

  g_assert_null (gst_p2p_frame_safetext_print_structure (structure, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "'pointer'"));
}

static void
test_features_are_left_out (void)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-raw(memory:GLMemory), width=(int)1");
  g_autofree gchar *text = gst_p2p_frame_safetext_print_caps (caps, NULL);

  g_assert_cmpstr (text, ==, "video/x-raw, width=(int)1");
}

static GstTagList *
make_tags (void)
{
  g_autoptr (GstDateTime) date = gst_date_time_new_ymd (1999, 12, 31);
  GstTagList *tags = gst_tag_list_new (GST_TAG_TITLE, "A \"title\", with; everything=\\ and ä",
                                       GST_TAG_TRACK_NUMBER, 7u, GST_TAG_BITRATE, 128000u,
                                       GST_TAG_DURATION, (guint64)5 * GST_SECOND, GST_TAG_DATE_TIME,
                                       date, GST_TAG_REFERENCE_LEVEL, 89.5, NULL);

  gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_ARTIST, "One", NULL);
  gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_ARTIST, "Two", NULL);
  return tags;
}

static void
test_tags (void)
{
  for (gint scope = GST_TAG_SCOPE_STREAM; scope <= GST_TAG_SCOPE_GLOBAL; scope++)
    {
      g_autoptr (GstTagList) tags = make_tags ();
      g_autoptr (GstTagList) read = NULL, theirs = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree gchar *text = NULL, *their_text = NULL;
      guint new_names = GST_P2P_FRAME_SAFETEXT_NEW_NAMES;

      gst_tag_list_set_scope (tags, scope);
      text = gst_p2p_frame_safetext_print_tags (tags);
      read = gst_p2p_frame_safetext_parse_tags (text, strlen (text), &new_names, &error);
      g_assert_no_error (error);
      g_assert_true (gst_tag_list_is_equal (read, tags));
      g_assert_cmpint (gst_tag_list_get_scope (read), ==, scope);

      their_text = gst_tag_list_to_string (tags);
      theirs
          = gst_p2p_frame_safetext_parse_tags (their_text, strlen (their_text), &new_names, &error);
      g_assert_no_error (error);
      g_assert_true (gst_tag_list_is_equal (theirs, tags));
    }
}

/* A sample cannot travel, the rest does; tags that nobody registered, or of another type, do not
 * get into the list. */
static void
test_tags_left_out (void)
{
  g_autoptr (GstTagList) tags = make_tags ();
  g_autoptr (GstTagList) read = NULL;
  g_autoptr (GstTagList) only_image = NULL;
  g_autoptr (GstSample) image = gst_sample_new (NULL, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  const gchar *strange
      = "taglist, title=(string)x, track-number=(string)seven, nobodys-tag=(int)1, "
        "artist=(string)\"\"";
  guint new_names = GST_P2P_FRAME_SAFETEXT_NEW_NAMES;

  gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_IMAGE, image, NULL);
  text = gst_p2p_frame_safetext_print_tags (tags);
  g_assert_nonnull (strstr (text, "title"));
  g_assert_null (strstr (text, "image"));
  only_image = gst_tag_list_new (GST_TAG_IMAGE, image, NULL);
  g_assert_null (gst_p2p_frame_safetext_print_tags (only_image));

  read = gst_p2p_frame_safetext_parse_tags (strange, strlen (strange), &new_names, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gst_tag_list_n_tags (read), ==, 1);
  g_assert_null (gst_p2p_frame_safetext_parse_tags ("other, a=(int)1", 15, &new_names, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safetext/round-trip", test_round_trip);
  g_test_add_func ("/safetext/quoted-nesting", test_quoted_nesting);
  g_test_add_func ("/safetext/types-are-guessed", test_types_are_guessed);
  g_test_add_func ("/safetext/refused", test_refused);
  g_test_add_func ("/safetext/not-utf8", test_not_utf8);
  g_test_add_func ("/safetext/nesting", test_nesting);
  g_test_add_func ("/safetext/number-of-values", test_number_of_values);
  g_test_add_func ("/safetext/new-names", test_new_names);
  g_test_add_func ("/safetext/long-name", test_long_name);
  g_test_add_func ("/safetext/not-printable", test_not_printable);
  g_test_add_func ("/safetext/features-are-left-out", test_features_are_left_out);
  g_test_add_func ("/safetext/tags", test_tags);
  g_test_add_func ("/safetext/tags-left-out", test_tags_left_out);
  return g_test_run ();
}
