/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receiver's acknowledgements: when they go out, what is not acknowledged, and that neither
 * direction waits for the other. */
#include <gst/gst.h>

#include "gst/p2p/base/bigendian.h"
#include "tests/common/leaks.h"
#include "tests/plugins/p2p/framing/hand.h"

#define DEPAY "p2pframedepay"

/* ---- when ---- */

static void
test_delayed_ack (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);

  frame_hand_begin (link);
  for (guint32 seq = 2; seq < 102; seq++)
    frame_hand_push_ok (link, frame_hand_make_frame (seq, seq));
  frame_hand_pull_ack_until (link, 101);
  g_assert_cmpuint (frame_link_get_stat (link->depay, "acks"), <, 20); /* of 102 objects */
}

/* Much data does not wait for the timer: one ACK for every 64 KiB or a little more. */
static void
test_ack_by_bytes (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  GstP2pFrameBuffer times = { 0 };
  const guint n = 1000;

  frame_hand_begin (link);
  for (guint32 seq = 2; seq < 2 + n; seq++)
    frame_hand_push_ok (link, frame_link_make_buffer (1, seq, &times, 10000));
  frame_hand_pull_ack_until (link, 1 + n);
  g_assert_cmpuint (frame_link_get_stat (link->depay, "acks"), <=, n / 6 + 3);
}

/* The ACK of an EOS is on its way before the EOS is: the application may stop us then. */
static void
test_eos_is_acknowledged_first (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  guint32 seq = 0;

  frame_hand_begin (link);
  frame_hand_push_ok (link, frame_hand_make_eos (2));
  while (seq != 2)
    {
      g_autoptr (GstBuffer) reply = gst_harness_try_pull (link->replies);
      guint8 data[4];

      g_assert_nonnull (reply);
      gst_buffer_extract (reply, GST_P2P_FRAME_FIRST_HEADER_SIZE, data, sizeof data);
      seq = gst_p2p_read_u32 (data);
    }
}

/* ---- what is linked to src ---- */

typedef struct
{
  FrameLink *link;
  GstPad *pad;
  gint flow;   /* atomic: what the pad answers */
  gint n;      /* atomic: buffers that it got */
  GMutex lock; /* held: the pad blocks */
} Sink;

static GstFlowReturn
sink_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Sink *sink = gst_pad_get_element_private (pad);

  gst_buffer_unref (buffer);
  g_mutex_lock (&sink->lock);
  g_atomic_int_inc (&sink->n);
  g_mutex_unlock (&sink->lock);
  return g_atomic_int_get (&sink->flow);
}

/* In place of the harness's pad. */
static void
sink_init (Sink *sink, FrameLink *link, GstFlowReturn flow)
{
  g_autoptr (GstPad) src = gst_element_get_static_pad (link->depay, "src");
  g_autoptr (GstPad) peer = gst_pad_get_peer (src);

  *sink = (Sink){ .link = link, .flow = flow };
  g_mutex_init (&sink->lock);
  sink->pad = gst_pad_new ("sink", GST_PAD_SINK);
  gst_pad_set_element_private (sink->pad, sink);
  gst_pad_set_chain_function (sink->pad, sink_chain);
  gst_pad_set_active (sink->pad, TRUE);
  gst_pad_unlink (src, peer);
  g_assert_cmpint (gst_pad_link (src, sink->pad), ==, GST_PAD_LINK_OK);
}

static void
sink_clear (Sink *sink)
{
  g_autoptr (GstPad) peer = gst_pad_get_peer (sink->pad);

  if (peer)
    gst_pad_unlink (peer, sink->pad);
  gst_pad_set_active (sink->pad, FALSE);
  gst_clear_object (&sink->pad);
  g_mutex_clear (&sink->lock);
}

static void
test_downstream_eos (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  Sink sink;

  sink_init (&sink, link, GST_FLOW_EOS);
  frame_hand_begin (link);
  for (guint32 seq = 2; seq < 10; seq++)
    frame_hand_push_ok (link, frame_hand_make_frame (seq, seq));
  g_assert_cmpint (sink.n, ==, 1);
  g_assert_cmpuint (frame_link_get_stat (link->depay, "dropped"), ==, 8);
  frame_hand_pull_ack_until (link, 9);
  sink_clear (&sink);
}

static void
test_downstream_not_linked (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  Sink sink;

  sink_init (&sink, link, GST_FLOW_OK);
  frame_hand_begin (link);
  frame_hand_push_ok (link, frame_hand_make_frame (2, 2));
  sink_clear (&sink);
  frame_hand_push_ok (link, frame_hand_make_frame (3, 3));
  frame_hand_pull_ack_until (link, 3);
  g_assert_cmpuint (frame_link_get_stat (link->depay, "dropped"), ==, 1);
}

/* Dropped quietly, and not acknowledged: nobody took it. */
static void
test_downstream_flushing (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  Sink sink;

  sink_init (&sink, link, GST_FLOW_OK);
  frame_hand_begin (link);
  frame_hand_pull_ack_until (link, 1);
  sink.flow = GST_FLOW_FLUSHING;
  frame_hand_push_ok (link, frame_hand_make_frame (2, 2));
  g_assert_cmpuint (frame_link_get_stat (link->depay, "dropped"), ==, 1);
  sink.flow = GST_FLOW_OK;
  frame_hand_push_ok (link, frame_hand_make_frame (3, 3));
  g_assert_cmpuint (frame_hand_pull_ack (link), ==, 3);
  sink_clear (&sink);
}

static void
test_downstream_errors (void)
{
  const GstFlowReturn flows[] = { GST_FLOW_ERROR, GST_FLOW_NOT_NEGOTIATED };

  for (guint i = 0; i < G_N_ELEMENTS (flows); i++)
    {
      g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
      Sink sink;

      sink_init (&sink, link, flows[i]);
      frame_hand_begin (link);
      g_assert_cmpint (frame_hand_push (link, frame_hand_make_frame (2, 2)), ==, flows[i]);
      /* Whoever returns ERROR has said why. */
      g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ERROR), ==, i);
      sink_clear (&sink);
    }
}

/* ---- both directions blocked ---- */

static GstPadProbeReturn
hold (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  g_mutex_lock (data);
  g_mutex_unlock (data);
  return GST_PAD_PROBE_OK;
}

/* A transport that does not take replies does not stop the media. */
static void
test_blocked_replies (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  g_autoptr (GstPad) reply = gst_element_get_static_pad (link->depay, "reply");
  GMutex lock;

  g_mutex_init (&lock);
  g_mutex_lock (&lock);
  gst_pad_add_probe (reply, GST_PAD_PROBE_TYPE_BUFFER, hold, &lock, NULL);
  frame_hand_begin (link);
  for (guint32 seq = 2; seq < 2000; seq++)
    frame_hand_push_ok (link, frame_hand_make_frame (seq, seq));

  g_assert_cmpuint (gst_harness_buffers_received (link->out), ==, 1998);
  g_mutex_unlock (&lock);
  frame_hand_pull_ack_until (link, 1999);
  g_mutex_clear (&lock);
}

/* Not even the EOS waits for ever. */
static void
test_eos_with_blocked_replies (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  g_autoptr (GstPad) reply = gst_element_get_static_pad (link->depay, "reply");
  g_autoptr (GstEvent) event = NULL;
  GMutex lock;

  g_mutex_init (&lock);
  g_mutex_lock (&lock);
  gst_pad_add_probe (reply, GST_PAD_PROBE_TYPE_BUFFER, hold, &lock, NULL);
  frame_hand_begin (link);
  frame_hand_push_ok (link, frame_hand_make_eos (2));
  event = frame_link_pull_event (link->out, GST_EVENT_EOS);
  g_mutex_unlock (&lock);
  frame_hand_pull_ack_until (link, 2);
  g_mutex_clear (&lock);
}

/* Downstream blocks: the transport is held back, and nothing is acknowledged that was not taken. */
static void
test_blocked_downstream (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  FramePusher pusher = { .link = link, .seq = 2, .flow = 1 };
  GThread *thread;
  GstBuffer *reply;
  Sink sink;

  sink_init (&sink, link, GST_FLOW_OK);
  frame_hand_begin (link);
  frame_hand_pull_ack_until (link, 1);
  g_mutex_lock (&sink.lock);
  thread = g_thread_new ("pusher", frame_hand_run_pusher, &pusher);
  /* What linking asked of the sender (RECONFIGURE) may come; an ACK may not. */
  while ((reply = gst_harness_try_pull (link->replies)))
    {
      guint8 kind = 0;

      gst_buffer_extract (reply, 0, &kind, 1);
      gst_buffer_unref (reply);
      g_assert_cmpuint (kind, ==, GST_P2P_FRAME_UPSTREAM);
    }
  g_assert_cmpint (g_atomic_int_get (&pusher.flow), ==, 1);
  g_mutex_unlock (&sink.lock);
  g_thread_join (thread);
  g_assert_cmpuint (frame_hand_pull_ack (link), ==, 2);
  sink_clear (&sink);
}

#define ADD(name, func) frame_link_add_test ("/frameacks/" name, func)

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("delayed-ack", test_delayed_ack);
  ADD ("ack-by-bytes", test_ack_by_bytes);
  ADD ("eos-is-acknowledged-first", test_eos_is_acknowledged_first);
  ADD ("downstream-eos", test_downstream_eos);
  ADD ("downstream-not-linked", test_downstream_not_linked);
  ADD ("downstream-flushing", test_downstream_flushing);
  ADD ("downstream-errors", test_downstream_errors);
  ADD ("blocked-replies", test_blocked_replies);
  ADD ("eos-with-blocked-replies", test_eos_with_blocked_replies);
  ADD ("blocked-downstream", test_blocked_downstream);
  return g_test_run ();
}
