/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remotes that break the protocol, to either side: one error in plain words, and nothing else. */
#include <string.h>

#include <gst/gst.h>
#include <gst/video/video.h>

#include "tests/common/leaks.h"
#include "tests/plugins/p2p/framing/hand.h"

#define DEPAY "p2pframedepay"

/* ---- hostile senders ---- */

static void
check_refused (const gchar *why, const gchar *element, GstBuffer *message)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, element);

  g_test_message ("%s", why);
  frame_hand_begin (link);
  g_assert_cmpint (frame_hand_push (link, message), ==, GST_FLOW_ERROR);
  g_assert_cmpint (frame_hand_push (link, frame_hand_make_frame (3, 0)), ==, GST_FLOW_ERROR);
  frame_link_assert_one_error (link, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE);
  g_assert_cmpuint (gst_harness_buffers_received (link->out), ==, 0);
}

static GstBuffer *
text (guint8 kind, const gchar *content)
{
  return frame_link_make_text (kind, kind == GST_P2P_FRAME_CAPS ? 2 : 1, 2, content);
}

static void
test_hostile (void)
{
  GstP2pFrameBuffer times = { 0 };
  GString *deep = g_string_new ("x, a=");

  for (guint i = 0; i < 5000; i++)
    g_string_append (deep, "<");
  check_refused ("nothing", DEPAY, gst_buffer_new ());
  check_refused ("a large buffer", DEPAY " max-frame-size=1000",
                 frame_link_make_buffer (1, 2, &times, 1001));
  times.extra = 2;
  check_refused ("metas that do not end", DEPAY, frame_link_make_buffer (1, 2, &times, 1));
  times.extra = 0;
  check_refused ("another epoch", DEPAY, frame_link_make_buffer (2, 2, &times, 1));
  check_refused ("another seq", DEPAY, frame_hand_make_frame (3, 0));
  check_refused ("an unknown kind", DEPAY, frame_link_make_message (99, 1, 2, "x", 1));
  check_refused ("a kind of receivers", DEPAY, frame_link_make_message (64, 1, 2, "abcd", 4));
  check_refused ("caps that are no caps", DEPAY, text (GST_P2P_FRAME_CAPS, "=x"));
  check_refused ("caps without text", DEPAY, text (GST_P2P_FRAME_CAPS, ""));
  check_refused ("caps that are not fixed", DEPAY,
                 text (GST_P2P_FRAME_CAPS, "video/x-raw, width=(int)[ 1, 2 ]"));
  check_refused ("any caps", DEPAY, text (GST_P2P_FRAME_CAPS, "ANY"));
  check_refused ("no caps", DEPAY, text (GST_P2P_FRAME_CAPS, "EMPTY"));
  check_refused ("caps with a strange type", DEPAY,
                 text (GST_P2P_FRAME_CAPS, "video/x-raw, a=(GstElement)x"));
  check_refused ("deep nesting", DEPAY, text (GST_P2P_FRAME_EVENT, deep->str));
  check_refused ("tags that are none", DEPAY, text (GST_P2P_FRAME_TAGS, "video/x-raw"));
  check_refused ("an event without text", DEPAY, text (GST_P2P_FRAME_EVENT, ""));
  check_refused ("a hello that is not the first object", DEPAY,
                 text (GST_P2P_FRAME_HELLO, "gst-p2p-hello, pad=(string)sink_0"));
  check_refused ("a stream without id", DEPAY,
                 frame_link_make_message (GST_P2P_FRAME_STREAM_START, 1, 2, "\0\0\0\0", 4));
  check_refused ("a stream id that is not UTF-8", DEPAY,
                 frame_link_make_message (GST_P2P_FRAME_STREAM_START, 1, 2, "\0\0\0\0\xff", 5));
  g_string_free (deep, TRUE);
}

/* A remote may make few names known to this process. Events with more are left out: an honest
 * sender does not know what is known here. Of caps, more are an error. */
static void
test_names (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  GstFlowReturn flow = GST_FLOW_OK;
  guint known = 0;
  guint32 seq;
  guint16 epoch;

  frame_hand_begin (link);
  for (seq = 2; seq < 1000; seq++)
    {
      g_autofree gchar *event = g_strdup_printf ("application/x-gst-p2p-test-%u", seq);

      frame_hand_push_ok (link, frame_link_make_text (GST_P2P_FRAME_EVENT, 1, seq, event));
      known += g_quark_try_string (event) != 0;
    }
  g_assert_cmpuint (known, ==, 256);
  for (epoch = 2; flow == GST_FLOW_OK && epoch < 1000; epoch++)
    {
      g_autofree gchar *caps = g_strdup_printf ("video/x-test-%u", epoch);

      flow = frame_hand_push (link, frame_hand_make_caps (seq++, epoch, caps));
    }
  g_assert_cmpint (flow, ==, GST_FLOW_ERROR);
  g_assert_cmpuint (epoch, <, 300);
  frame_link_assert_one_error (link, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE);
}

/* What elements would read beyond its end. */
static void
test_half_a_sample (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  GstP2pFrameBuffer times = { 0 };

  frame_hand_push_ok (link, frame_hand_make_stream_start (0));
  frame_hand_push_ok (link,
                      frame_hand_make_caps (1, 1,
                                            "audio/x-raw, format=(string)S16LE, rate=(int)48000, "
                                            "channels=(int)2, layout=(string)non-interleaved"));
  frame_hand_push_ok (link, frame_link_make_buffer (1, 2, &times, 400));
  g_assert_cmpint (frame_hand_push (link, frame_link_make_buffer (1, 3, &times, 401)), ==,
                   GST_FLOW_ERROR);
  frame_link_assert_one_error (link, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE);
}

static void
test_raw_limit (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " framing=raw max-frame-size=1000");
  GstBuffer *fits = gst_buffer_new_allocate (NULL, 1000, NULL);
  GstBuffer *large = gst_buffer_new_allocate (NULL, 1001, NULL);

  g_assert_cmpint (frame_hand_push (link, fits), ==, GST_FLOW_OK);
  g_assert_cmpint (frame_hand_push (link, large), ==, GST_FLOW_ERROR);
  frame_link_assert_one_error (link, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE);
}

/* ---- hostile receivers ---- */

/* A receiver cannot keep the encoder busy with keyframes. */
static void
test_key_unit_flood (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  gint64 began_us = g_get_monotonic_time ();
  guint32 seq = 0, n;

  gst_harness_set_src_caps_str (link->in, "video/x-test");
  for (; seq < 5000; seq++)
    frame_hand_push_upstream (link, seq, "GstForceKeyUnit, count=(uint)1");
  frame_hand_push_upstream (link, seq, "application/x-gst-navigation, event=(string)mouse-move");
  for (n = 0; TRUE; n++)
    {
      g_autoptr (GstEvent) event = frame_hand_pull_upstream (link);

      if (GST_EVENT_TYPE (event) == GST_EVENT_NAVIGATION)
        break;
    }
  g_assert_cmpuint (n, <=, 1 + (g_get_monotonic_time () - began_us) / (G_USEC_PER_SEC / 4));
}

static void
assert_refused (FrameLink *link, GstBuffer *reply)
{
  g_assert_cmpint (gst_harness_push (link->back, reply), ==, GST_FLOW_ERROR);
  g_assert_cmpint (gst_harness_push (link->back, gst_buffer_new ()), ==, GST_FLOW_ERROR);
  frame_link_assert_one_error (link, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE);
}

static void
test_malformed_replies (void)
{
  const guint8 never_sent[4] = { 0, 0, 0, 9 };
  GstBuffer *replies[] = {
    gst_buffer_new (),
    frame_link_make_message (GST_P2P_FRAME_ACK, 0, 0, never_sent, 4),
    frame_link_make_message (GST_P2P_FRAME_ACK, 0, 0, never_sent, 3),
    frame_link_make_message (GST_P2P_FRAME_EOS, 0, 0, NULL, 0),
    frame_link_make_text (GST_P2P_FRAME_UPSTREAM, 0, 1, "reconfigure"),
    frame_link_make_text (GST_P2P_FRAME_UPSTREAM, 0, 0, "not a structure"),
    frame_link_make_text (GST_P2P_FRAME_UPSTREAM, 0, 0, ""),
  };

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);

      gst_harness_set_src_caps_str (link->in, "video/x-test");
      assert_refused (link, replies[i]);
    }
}

#define ADD(name, func) frame_link_add_test ("/framehostile/" name, func)

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("senders", test_hostile);
  ADD ("names", test_names);
  ADD ("half-a-sample", test_half_a_sample);
  ADD ("raw-limit", test_raw_limit);
  ADD ("key-unit-flood", test_key_unit_flood);
  ADD ("receivers", test_malformed_replies);
  return g_test_run ();
}
