/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a sender says of a stream before anything else, printed and parsed again. */
#include "gst/p2p/frame/hello.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/frame/safetext.h"
#include "tests/common/leaks.h"

static gboolean
parse (const gchar *text, gchar **pad, guint *streams, GError **error)
{
  guint new_names = GST_P2P_FRAME_SAFETEXT_NEW_NAMES;

  return gst_p2p_frame_hello_parse (text, strlen (text), &new_names, pad, streams, error);
}

static void
test_round_trip (void)
{
  static const gchar *const names[] = { "sink_0", "sink_1023", "a b, c=(int)1; \"d\\" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree gchar *text = gst_p2p_frame_hello_print (names[i], i + 1), *pad = NULL;
      guint streams;

      g_assert_true (parse (text, &pad, &streams, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (pad, ==, names[i]);
      g_assert_cmpuint (streams, ==, i + 1);
    }
}

static void
test_not_told (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *pad = NULL;
  guint streams;

  g_assert_true (parse ("gst-p2p-hello, later=(int)1", &pad, &streams, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (pad, ==, NULL);
  g_assert_cmpuint (streams, ==, 0);
}

static void
test_refused (void)
{
  static const gchar *const texts[] = {
    "",
    "gst-p2p-hello, pad=",
    "gst-p2p-goodbye, pad=(string)sink_0, streams=(uint)1",
    "gst-p2p-hello, pad=(string)sink_0, streams=(uint)0",
    "gst-p2p-hello, pad=(string)sink_0, streams=(uint)1025",
    "gst-p2p-hello, pad=(string)sink_0, streams=(int)1",
    "gst-p2p-hello, pad=(string)\"\", streams=(uint)1",
    "gst-p2p-hello, pad=(string)\"sink\\0120\", streams=(uint)1",
    "gst-p2p-hello, pad=(string)\"\\303\\244\", streams=(uint)1",
    "gst-p2p-hello, pad=(int)1, streams=(uint)1",
  };
  g_autofree gchar *name = g_strnfill (GST_P2P_FRAME_HELLO_MAX_PAD + 1, 'a');
  g_autofree gchar *too_long = g_strdup_printf ("gst-p2p-hello, pad=(string)%s", name);

  for (guint i = 0; i <= G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      gchar *pad;
      guint streams;

      g_assert_false (
          parse (i < G_N_ELEMENTS (texts) ? texts[i] : too_long, &pad, &streams, &error));
      g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID);
      g_assert_null (pad);
    }
  g_assert_null (gst_p2p_frame_hello_print (name, 1));
  g_assert_null (gst_p2p_frame_hello_print ("gr\303\274n", 1));
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hello/round-trip", test_round_trip);
  g_test_add_func ("/hello/not-told", test_not_told);
  g_test_add_func ("/hello/refused", test_refused);
  return g_test_run ();
}
