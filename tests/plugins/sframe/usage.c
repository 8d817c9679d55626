/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Wrong use has its sentence, exactly one; and keys appear nowhere that a user could publish.
 */
#include <string.h>

#include <glib/gstdio.h>
#include <gst/check/check.h>
#include <gst/check/gstharness.h>

#include "tests/common/bus.h"
#include "tests/common/leaks.h"
#include "tests/common/wait.h"

#define KEY "000102030405060708090a0b0c0d0e0f"
#define FRAMES "fakesrc num-buffers=5 sizetype=fixed sizemax=500 filltype=random format=time ! "
/* Random bytes can look like a sealed frame of a browser format: one byte decides. Zeros cannot. */
#define ZEROS "fakesrc num-buffers=5 sizetype=fixed sizemax=500 filltype=zero format=time ! "
#define VP8 FRAMES "video/x-vp8 ! "
#define H264 FRAMES "video/x-h264,stream-format=byte-stream,alignment=au ! "

typedef struct
{
  const gchar *description;
  const gchar *words;
} Mistake;

/* clang-format off */
static const Mistake errors[] = {
  { VP8 "sframeenc ! fakesink", "There is no key with id 0" },
  { VP8 "sframeenc key=0011 ! fakesink", "The key has 2 bytes; it needs at least 16" },
  { VP8 "sframeenc key=001 ! fakesink", "even number" },
  { VP8 "sframeenc key=xx0102030405060708090a0b0c0d0e0f ! fakesink", "hexadecimal digits only" },
  { VP8 "sframeenc key-file=/nowhere/key ! fakesink", "key file cannot be read" },
  { VP8 "sframeenc passphrase=secret ! fakesink", "no key from a passphrase" },
  { VP8 "sframeenc format=jitsi passphrase=secret ! fakesink", "no key from a passphrase" },
  { VP8 "sframeenc format=jitsi key=" KEY " key-id=16 ! fakesink", "key ids from 0 to 15" },
  { VP8 "sframeenc format=jitsi cipher-suite=aes-256-gcm-sha512-128 key=" KEY " ! fakesink", "cannot use cipher suite" },
  { VP8 "sframeenc format=livekit cipher-suite=aes-128-ctr-hmac-sha256-80 key=" KEY " ! fakesink", "cannot use cipher suite" },
  { H264 "sframeenc format=jitsi key=" KEY " ! fakesink", "cannot protect H.264" },
  { H264 "sframeenc format=livekit key=" KEY " ! fakesink", "no slice" },
  { FRAMES "video/x-h264,stream-format=byte-stream,alignment=nal ! sframeenc format=livekit key=" KEY " ! fakesink", "alignment=au" },
  { FRAMES "video/x-av1 ! sframeenc format=livekit key=" KEY " ! fakesink", "AV1" },
  { FRAMES "sframeenc format=jitsi key=" KEY " ! fakesink", "must know the codec" },
  { VP8 "sframeenc key=" KEY " ! vp8dec ! fakesink", "would get protected frames" },
  { VP8 "sframeenc format=jitsi key=" KEY " ! queue ! vp8dec ! fakesink", "would get protected frames" },
  { VP8 "sframeenc key=" KEY " ! sframeenc key=" KEY " ! fakesink", "protected already" },
  { VP8 "sframeenc key=" KEY " ! sframedec key=" KEY " format=jitsi ! fakesink", "set the same format at both ends" },
  { VP8 "sframeenc key=" KEY " format=jitsi ! sframedec key=" KEY " ! fakesink", "set the same format at both ends" },
  { VP8 "sframedec key=" KEY " ! fakesink", "not protected in format sframe" },
  { H264 "sframedec format=jitsi key=" KEY " ! fakesink", "cannot protect H.264" },
};

static const Mistake warnings[] = {
  { VP8 "sframeenc key=" KEY " ! sframedec hold-time=0 ! fakesink", "There is no key with id 0" },
  { VP8 "sframeenc key=" KEY " ! sframedec key=" KEY "00 ! fakesink", "sealed with another key" },
  { VP8 "sframeenc cipher-suite=aes-256-gcm-sha512-128 key=" KEY " ! sframedec key=" KEY " ! fakesink", "or cipher suite" },
  { ZEROS "video/x-vp8,protection=livekit ! sframedec format=livekit key=" KEY " ! fakesink", "not of the format" },
  { VP8 "sframeenc passthrough=true ! fakesink", "nothing is protected" },
};
/* clang-format on */

/* Runs until EOS or an error; counts messages of @type from our elements that have the words. */
static guint
run (const Mistake *mistake, GstMessageType type)
{
  GstElement *pipeline = test_pipeline ("%s", mistake->description);
  GstBus *bus = gst_element_get_bus (pipeline);
  guint found = 0;
  gboolean over = gst_element_set_state (pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE;

  while (TRUE)
    {
      GstMessage *message
          = gst_bus_timed_pop_filtered (bus, over ? 0 : 30 * GST_SECOND,
                                        GST_MESSAGE_ERROR | GST_MESSAGE_EOS | GST_MESSAGE_WARNING);
      GError *error = NULL;

      if (!message)
        break;
      if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
        gst_message_parse_error (message, &error, NULL);
      else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
        gst_message_parse_warning (message, &error, NULL);
      if (GST_MESSAGE_TYPE (message) == type
          && g_str_has_prefix (GST_MESSAGE_SRC_NAME (message), "sframe"))
        {
          ck_assert_msg (strstr (error->message, mistake->words), "%s: %s", mistake->description,
                         error->message);
          found++;
        }
      over |= GST_MESSAGE_TYPE (message) != GST_MESSAGE_WARNING;
      g_clear_error (&error);
      gst_message_unref (message);
    }
  gst_object_unref (bus);
  test_pipeline_stop (pipeline);
  return found;
}

GST_START_TEST (test_error)
{
  guint found = run (&errors[__i__], GST_MESSAGE_ERROR);
  ck_assert_msg (found == 1, "%s: %u messages", errors[__i__].description, found);
}
GST_END_TEST

GST_START_TEST (test_warning)
{
  guint found = run (&warnings[__i__], GST_MESSAGE_WARNING);

  ck_assert_msg (found == 1, "%s: %u messages", warnings[__i__].description, found);
}
GST_END_TEST

/* Two encoders, one ring, one key id. */
GST_START_TEST (test_two_senders)
{
  GstHarness *first = gst_harness_new ("sframeenc"), *second = gst_harness_new ("sframeenc");
  GstBus *bus = gst_bus_new ();
  GstMessage *message;
  GError *error;
  GObject *ring;

  g_object_set (first->element, "key", KEY, NULL);
  g_object_get (first->element, "keyring", &ring, NULL);
  gst_element_set_state (second->element, GST_STATE_NULL);
  g_object_set (second->element, "keyring", ring, NULL);
  g_object_unref (ring);
  gst_element_set_bus (second->element, bus);
  gst_element_set_state (second->element, GST_STATE_PLAYING);
  gst_harness_set_src_caps_str (first, "video/x-vp8");
  gst_harness_set_src_caps_str (second, "video/x-vp8");
  ck_assert_int_eq (gst_harness_push (first, gst_buffer_new_allocate (NULL, 10, NULL)),
                    GST_FLOW_OK);
  ck_assert_int_eq (gst_harness_push (second, gst_buffer_new_allocate (NULL, 10, NULL)),
                    GST_FLOW_ERROR);
  message = gst_bus_timed_pop_filtered (bus, 0, GST_MESSAGE_ERROR);
  ck_assert (message);
  gst_message_parse_error (message, &error, NULL);
  ck_assert (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY));
  ck_assert (strstr (error->message, "Another sender"));
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_bus (second->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (first);
  gst_harness_teardown (second);
}
GST_END_TEST

/* A suite that does not exist cannot be set. */
GST_START_TEST (test_unknown_suite)
{
  GstElement *enc = gst_element_factory_make ("sframeenc", NULL);
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (enc), "cipher-suite");
  GEnumClass *suites = G_PARAM_SPEC_ENUM (spec)->enum_class;

  ck_assert_uint_eq (suites->n_values, 8);
  ck_assert (!g_enum_get_value (suites, 9));
  ck_assert (g_enum_get_value_by_nick (suites, "aes-256-ctr-hmac-sha512-32"));
  gst_object_unref (enc);
}
GST_END_TEST

static void
collect (GstDebugCategory *category, GstDebugLevel level, const gchar *file, const gchar *function,
         gint line, GObject *object, GstDebugMessage *message, gpointer data)
{
  static GMutex lock;
  const gchar *text = gst_debug_message_get (message); /* may log, too */

  g_mutex_lock (&lock);
  g_string_append (data, text);
  g_string_append_c (data, '\n');
  g_mutex_unlock (&lock);
}

static void
append_properties (GstElement *element, GString *text)
{
  guint n;
  GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &n);

  for (guint i = 0; i < n; i++)
    if (specs[i]->flags & G_PARAM_READABLE)
      {
        GValue value = G_VALUE_INIT;
        gchar *shown;

        g_value_init (&value, specs[i]->value_type);
        g_object_get_property (G_OBJECT (element), specs[i]->name, &value);
        shown = g_strdup_value_contents (&value);
        g_string_append_printf (text, "%s=%s\n", specs[i]->name, shown);
        g_free (shown);
        g_value_unset (&value);
      }
  g_free (specs);
}

/* Runs @pipeline with secrets, and returns all that was logged and can be dumped. */
static GString *
collect_all (const gchar *format, const gchar *property, const gchar *secret)
{
  GString *text = g_string_new (NULL);
  GstElement *pipeline = test_pipeline (
      VP8 "sframeenc name=e format=%s ! sframedec name=d format=%s ! fakesink", format, format);
  GstElement *enc = gst_bin_get_by_name (GST_BIN (pipeline), "e");
  GstElement *dec = gst_bin_get_by_name (GST_BIN (pipeline), "d");
  gchar *dot;

  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (collect, text, NULL);
  gst_debug_set_active (TRUE);
  gst_debug_set_default_threshold (GST_LEVEL_COUNT);
  g_object_set (enc, property, secret, NULL);
  g_object_set (dec, property, secret, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (test_bus_wait (pipeline, GST_MESSAGE_EOS, 60000));
  dot = gst_debug_bin_to_dot_data (GST_BIN (pipeline), GST_DEBUG_GRAPH_SHOW_VERBOSE);
  append_properties (enc, text);
  append_properties (dec, text);
  gst_object_unref (enc);
  gst_object_unref (dec);
  test_pipeline_stop (pipeline);
  gst_debug_set_active (FALSE);
  gst_debug_remove_log_function_by_data (text);
  g_string_append (text, dot);
  g_free (dot);
  return text;
}

static void
assert_hidden (GString *text, const gchar *secret)
{
  gchar *shown = g_ascii_strdown (text->str, -1);

  ck_assert_uint_gt (text->len, 10000);
  ck_assert (strstr (shown, "key-fingerprint"));
  ck_assert_msg (!strstr (shown, secret), "a secret was shown");
  g_free (shown);
}

GST_START_TEST (test_secrets)
{
  static const gchar key[] = "9b0a4e5c7d1f2a3b4c5d6e7f8091a2b3";
  static const gchar phrase[] = "a-very-secret-phrase";
  GString *text = collect_all ("sframe", "key", key);

  assert_hidden (text, key);
  assert_hidden (text, "9b0a4e5c");
  assert_hidden (text, "9b 0a 4e 5c");
  g_string_free (text, TRUE);
  text = collect_all ("livekit", "passphrase", phrase);
  assert_hidden (text, phrase);
  g_string_free (text, TRUE);
}
GST_END_TEST

GST_START_TEST (test_key_file)
{
  GError *error = NULL;
  gchar *name = NULL;
  gint fd = g_file_open_tmp ("sframe-key-XXXXXX", &name, &error);
  Mistake right;

  ck_assert (!error);
  g_close (fd, NULL);
  ck_assert (g_file_set_contents (name, KEY "\n", -1, NULL));
  right.description
      = g_strdup_printf (VP8 "sframeenc key-file=%s ! sframedec key=" KEY " ! fakesink", name);
  right.words = "nothing to complain about";
  ck_assert_uint_eq (run (&right, GST_MESSAGE_ERROR), 0);
  ck_assert_uint_eq (run (&right, GST_MESSAGE_WARNING), 0);
  g_free ((gchar *)right.description);
  g_unlink (name);
  g_free (name);
}
GST_END_TEST

static Suite *
usage_suite (void)
{
  Suite *suite = suite_create ("sframe");
  TCase *tests = tcase_create ("usage");

  suite_add_tcase (suite, tests);
  tcase_add_checked_fixture (tests, test_leaks_begin, test_leaks_end);
  tcase_add_loop_test (tests, test_error, 0, G_N_ELEMENTS (errors));
  tcase_add_loop_test (tests, test_warning, 0, G_N_ELEMENTS (warnings));
  tcase_add_test (tests, test_two_senders);
  tcase_add_test (tests, test_unknown_suite);
  tcase_add_test (tests, test_secrets);
  tcase_add_test (tests, test_key_file);
  return suite;
}

int
main (int argc, char **argv)
{
  int failed;
  SRunner *runner;
  GstElement *decoder;

  test_gst_init (&argc, &argv);
  /* What its plugin makes when it is loaded is no leak of the test that needs it first. */
  decoder = gst_element_factory_make ("vp8dec", NULL);
  gst_clear_object (&decoder);
  runner = srunner_create (usage_suite ());
  srunner_run_all (runner, CK_NORMAL);
  failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed > 0;
}
