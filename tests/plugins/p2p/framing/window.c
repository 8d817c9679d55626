/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the sender waits for a receiver that does not acknowledge, and what it leaves out instead. */
#include <gst/gst.h>

#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/plugins/p2p/framing/hand.h"

#define CAPS "video/x-test, width=(int)320"

/* ---- waiting ---- */

typedef struct
{
  FrameLink *link;
  guint n, size;
  gint done; /* atomic */
  gint flow; /* atomic */
} Sender;

static gpointer
run_sender (gpointer data)
{
  Sender *sender = data;
  GstFlowReturn flow = GST_FLOW_OK;

  for (guint i = 0; flow == GST_FLOW_OK && i < sender->n; i++)
    {
      flow = gst_harness_push (sender->link->in, frame_hand_make_media (sender->size, i, 1));
      if (flow == GST_FLOW_OK)
        g_atomic_int_inc (&sender->done);
    }
  g_atomic_int_set (&sender->flow, flow);
  return NULL;
}

/* Ten of the sender's objects may be in flight. STREAM-START and CAPS, 0 and 1, are acknowledged.
 */
#define LIMITED "p2pframepay max-in-flight=10000"
#define FIRST_SEQ 2

static GThread *
start_sender (Sender *sender, FrameLink *link, guint n)
{
  *sender = (Sender){ .link = link,
                      .n = n,
                      .size = 1000 - GST_P2P_FRAME_BUFFER_PREFIX - GST_P2P_FRAME_OVERHEAD,
                      .flow = 1 };
  gst_harness_set_src_caps_str (link->in, CAPS);
  frame_hand_ack (link, 0, FIRST_SEQ - 1);
  g_assert_cmpuint (frame_link_get_stat (link->pay, "in-flight"), ==, 0);
  return g_thread_new ("sender", run_sender, sender);
}

static void
test_window (void)
{
  g_autoptr (FrameLink) link = frame_link_new (LIMITED, NULL);
  Sender sender;
  GThread *thread = start_sender (&sender, link, 30);

  for (guint i = 0; i < 20; i++)
    {
      TEST_WAIT_UNTIL (g_atomic_int_get (&sender.done) == (gint)(10 + i), 5000);
      g_assert_cmpuint (frame_link_get_stat (link->pay, "in-flight"), ==, 10000);
      g_assert_cmpuint (frame_link_get_stat (link->pay, "objects"), ==, FIRST_SEQ + 10 + i);
      frame_hand_ack (link, 1 + i, FIRST_SEQ + i);
    }
  g_thread_join (thread);
  g_assert_cmpint (sender.flow, ==, GST_FLOW_OK);
  frame_hand_ack (link, 21, FIRST_SEQ + 29);
  g_assert_cmpuint (frame_link_get_stat (link->pay, "in-flight"), ==, 0);
}

/* What the receiver holds counts if it is less, and may change at any time. */
static void
test_credit (void)
{
  g_autoptr (FrameLink) link = frame_link_new (LIMITED " credit=5000", NULL);
  Sender sender;
  GThread *thread = start_sender (&sender, link, 30);

  TEST_WAIT_UNTIL (g_atomic_int_get (&sender.done) == 5, 5000);
  g_assert_cmpuint (frame_link_get_stat (link->pay, "objects"), ==, FIRST_SEQ + 5);
  g_object_set (link->pay, "credit", 20000, NULL);
  frame_hand_ack (link, 1, FIRST_SEQ);
  TEST_WAIT_UNTIL (g_atomic_int_get (&sender.done) == 11, 5000);
  g_assert_cmpuint (frame_link_get_stat (link->pay, "in-flight"), ==, 10000);
  g_object_set (link->pay, "credit", 5000, NULL);
  frame_hand_ack (link, 2, FIRST_SEQ + 10); /* one waited for the larger window */
  TEST_WAIT_UNTIL (g_atomic_int_get (&sender.done) == 16, 5000);
  g_assert_cmpuint (frame_link_get_stat (link->pay, "in-flight"), ==, 5000);
  gst_element_set_state (link->pay, GST_STATE_READY);
  g_thread_join (thread);
}

/* Raw messages wait, too, if the receiver acknowledges them. */
static void
test_raw (void)
{
  g_autoptr (FrameLink) link
      = frame_link_new (LIMITED " framing=raw acknowledged=true max-message-size=200", NULL);
  Sender sender = { .link = link, .n = 13, .size = 400, .flow = 1 };
  GThread *thread;

  gst_harness_set_src_caps_str (link->in, CAPS);
  thread = g_thread_new ("sender", run_sender, &sender);
  for (guint i = 0; i < 7; i++)
    {
      TEST_WAIT_UNTIL (g_atomic_int_get (&sender.done) == (gint)(7 + i), 5000);
      g_assert_cmpuint (frame_link_get_stat (link->pay, "in-flight"), ==,
                        14 * (200 + GST_P2P_FRAME_OVERHEAD));
      frame_hand_ack (link, i, 2 * i + 1);
    }
  g_thread_join (thread);
  g_assert_cmpint (sender.flow, ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_received (link->in), ==, 26);
  gst_harness_push_event (link->in, gst_event_new_eos ()); /* does not wait */
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ELEMENT), ==, 1);
}

/* The others do not, and take no notice of what comes back. */
static void
test_plain_raw (void)
{
  g_autoptr (FrameLink) link = frame_link_new (LIMITED " framing=raw", NULL);

  gst_harness_set_src_caps_str (link->in, CAPS);
  for (guint i = 0; i < 100; i++)
    frame_hand_feed_ok (link, frame_hand_make_media (1000, i, 1));
  frame_hand_ack (link, 0, 1000);
  g_assert_cmpuint (frame_link_get_stat (link->pay, "in-flight"), ==, 0);
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ERROR), ==, 0);
}

/* An object larger than the window goes alone. */
static void
test_larger_than_window (void)
{
  g_autoptr (FrameLink) link = frame_link_new (LIMITED, NULL);
  Sender sender = { .link = link, .n = 1, .size = 1, .flow = 1 };
  GThread *thread;

  gst_harness_set_src_caps_str (link->in, CAPS);
  frame_hand_ack (link, 0, 1);
  frame_hand_feed_ok (link, frame_hand_make_media (50000, 0, 1));
  thread = g_thread_new ("sender", run_sender, &sender);
  frame_hand_ack (link, 1, 2);
  g_thread_join (thread);
  g_assert_cmpint (sender.flow, ==, GST_FLOW_OK);
  g_assert_cmpuint (frame_link_get_stat (link->pay, "in-flight"), ==,
                    1 + GST_P2P_FRAME_BUFFER_PREFIX + GST_P2P_FRAME_OVERHEAD);
}

/* A flush and a change to READY end the waiting at once. */
static void
test_flush_while_blocked (void)
{
  g_autoptr (FrameLink) link = frame_link_new (LIMITED, NULL);
  Sender sender;
  GThread *thread = start_sender (&sender, link, 30);
  GstSegment segment;

  TEST_WAIT_UNTIL (g_atomic_int_get (&sender.done) == 10, 5000);
  gst_harness_push_event (link->in, gst_event_new_flush_start ());
  g_thread_join (thread);
  g_assert_cmpint (sender.flow, ==, GST_FLOW_FLUSHING);
  gst_harness_push_event (link->in, gst_event_new_flush_stop (TRUE));

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (link->in, gst_event_new_segment (&segment));
  frame_hand_ack (link, 1, FIRST_SEQ + 9);
  frame_hand_feed_ok (link, frame_hand_make_media (10, 0, 1));
}

static void
test_stop_while_blocked (void)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (FrameLink) link = frame_link_new (LIMITED, NULL);
      Sender sender;
      GThread *thread = start_sender (&sender, link, 30);

      TEST_WAIT_UNTIL (g_atomic_int_get (&sender.done) == 10, 5000);
      g_assert_cmpint (gst_element_set_state (link->pay, i % 2 ? GST_STATE_READY : GST_STATE_NULL),
                       ==, GST_STATE_CHANGE_SUCCESS);
      g_thread_join (thread);
      g_assert_cmpint (sender.flow, ==, GST_FLOW_FLUSHING);
    }
}

/* A transport that takes nothing more stops what is upstream, or holds it until pay is stopped. */
static GstPadProbeReturn
refuse (GstPad *pad, GstPadProbeInfo *info, gpointer n)
{
  g_atomic_int_inc ((gint *)n);
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = GST_FLOW_ERROR;
  gst_buffer_unref (GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_HANDLED;
}

static GThread *
start_refused_sender (Sender *sender, FrameLink *link, gint *refused)
{
  *sender = (Sender){ .link = link, .n = 2, .size = 1, .flow = 1 };
  gst_harness_set_src_caps_str (link->in, CAPS);
  gst_pad_add_probe (link->in->sinkpad, GST_PAD_PROBE_TYPE_BUFFER, refuse, refused, NULL);
  return g_thread_new ("sender", run_sender, sender);
}

static void
test_closed (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  gint refused = 0;
  Sender sender;

  g_thread_join (start_refused_sender (&sender, link, &refused));
  g_assert_cmpint (sender.flow, ==, GST_FLOW_ERROR);
  g_assert_cmpint (refused, ==, 1);
}

static void
test_hold_when_closed (void)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (FrameLink) link = frame_link_new ("p2pframepay hold-when-closed=true", NULL);
      gint refused = 0;
      Sender sender;
      GThread *thread = start_refused_sender (&sender, link, &refused);

      TEST_WAIT_UNTIL (g_atomic_int_get (&refused) == 1, 5000);
      g_assert_cmpint (g_atomic_int_get (&sender.flow), ==, 1);
      gst_element_set_state (link->pay, i % 2 ? GST_STATE_READY : GST_STATE_NULL);
      g_thread_join (thread);
      g_assert_cmpint (sender.flow, ==, GST_FLOW_FLUSHING);
      g_assert_cmpint (sender.done, ==, 0);
    }
}

/* On an unreliable channel all that is in flight may be lost, with nothing to come after it. */
static void
test_probe (void)
{
  g_autoptr (FrameLink) link = frame_link_new (LIMITED " unreliable=true", NULL);
  g_autoptr (GstP2pFrameReassembler) reassembler = frame_hand_new_reassembler ();
  Sender sender;
  GThread *thread = start_sender (&sender, link, 11);
  guint8 kind = 0;

  TEST_WAIT_UNTIL (frame_link_get_stat (link->pay, "objects") == FIRST_SEQ + 11, 5000);
  g_assert_cmpint (g_atomic_int_get (&sender.done), ==, 10);
  while (kind != GST_P2P_FRAME_PROBE)
    {
      g_auto (GstP2pFrameObject) object = frame_hand_pull_object (link, reassembler);

      kind = object.kind;
      g_assert_cmpuint (object.seq, <=, FIRST_SEQ + 10);
    }
  frame_hand_ack (link, 1, FIRST_SEQ + 10);
  g_thread_join (thread);
  g_assert_cmpint (sender.flow, ==, GST_FLOW_OK);
}

static void
test_rtt (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstStructure) before = NULL, after = NULL;
  gint64 rtt_us;

  g_object_get (link->pay, "stats", &before, NULL);
  g_assert_true (gst_structure_get_int64 (before, "ack-rtt-us", &rtt_us));
  g_assert_cmpint (rtt_us, ==, -1);
  gst_harness_set_src_caps_str (link->in, CAPS);
  frame_hand_ack (link, 0, 1);
  g_object_get (link->pay, "stats", &after, NULL);
  g_assert_true (gst_structure_get_int64 (after, "ack-rtt-us", &rtt_us));
  g_assert_cmpint (rtt_us, >=, 0);
}

/* ---- leaky ---- */

static void
test_leaky (void)
{
  g_autoptr (FrameLink) link = frame_link_new (LIMITED " leaky=downstream", NULL);
  g_autoptr (GstP2pFrameReassembler) reassembler = frame_hand_new_reassembler ();

  gst_harness_set_src_caps_str (link->in, CAPS);
  frame_hand_ack (link, 0, 1);
  frame_hand_feed_ok (link, frame_hand_make_media (4000, 0, 1));
  frame_hand_feed_ok (link, frame_hand_make_delta (4000));
  g_assert_cmpuint (frame_hand_count_key_unit_requests (link), ==, 0);
  frame_hand_feed_ok (link, frame_hand_make_delta (4000)); /* no room */
  frame_hand_feed_ok (link, frame_hand_make_delta (10));   /* room, but not decodable */
  g_assert_cmpuint (frame_link_get_stat (link->pay, "dropped"), ==, 2);
  g_assert_cmpuint (frame_hand_count_key_unit_requests (link), ==, 1);
  frame_hand_feed_ok (link, frame_hand_make_media (5000, 7, 1)); /* a keyframe without room */
  frame_hand_ack (link, 1, 3);
  frame_hand_feed_ok (link, frame_hand_make_delta (10));
  frame_hand_feed_ok (link, frame_hand_make_media (5000, 8, 1));
  frame_hand_feed_ok (link, frame_hand_make_delta (10));
  g_assert_cmpuint (frame_link_get_stat (link->pay, "dropped"), ==, 4);

  g_assert_false (frame_hand_pull_frame (link, reassembler).flags & GST_BUFFER_FLAG_DISCONT);
  g_assert_false (frame_hand_pull_frame (link, reassembler).flags & GST_BUFFER_FLAG_DISCONT);
  {
    GstP2pFrameBuffer frame = frame_hand_pull_frame (link, reassembler);

    g_assert_cmpuint (frame.pts, ==, 8);
    g_assert_true (frame.flags & GST_BUFFER_FLAG_DISCONT);
  }
  g_assert_false (frame_hand_pull_frame (link, reassembler).flags & GST_BUFFER_FLAG_DISCONT);
}

/* A gap waits no more than the buffer that it stands for; what the receiver must know goes. */
static void
test_leaky_events (void)
{
  g_autoptr (FrameLink) link = frame_link_new (LIMITED " leaky=downstream", NULL);
  guint64 objects;

  gst_harness_set_src_caps_str (link->in, CAPS);
  frame_hand_ack (link, 0, 1);
  frame_hand_feed_ok (link, frame_hand_make_media (9000, 0, 1));
  objects = frame_link_get_stat (link->pay, "objects");
  gst_harness_push_event (link->in, gst_event_new_gap (1, 1));
  g_assert_cmpuint (frame_link_get_stat (link->pay, "objects"), ==, objects);
  gst_harness_push_event (link->in,
                          gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "title", NULL)));
  g_assert_cmpuint (frame_link_get_stat (link->pay, "objects"), ==, objects + 1);
  frame_hand_ack (link, 1, (guint32)objects);
  gst_harness_push_event (link->in, gst_event_new_gap (2, 1));
  g_assert_cmpuint (frame_link_get_stat (link->pay, "objects"), ==, objects + 2);
}

/* A leaky queue before it dropped something: what cannot be decoded is not sent. */
static void
test_leaky_after_discont (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay leaky=downstream", NULL);
  GstBuffer *torn = frame_hand_make_delta (10);

  gst_harness_set_src_caps_str (link->in, CAPS);
  frame_hand_feed_ok (link, frame_hand_make_media (10, 0, 1));
  GST_BUFFER_FLAG_SET (torn, GST_BUFFER_FLAG_DISCONT);
  frame_hand_feed_ok (link, torn);
  frame_hand_feed_ok (link, frame_hand_make_delta (10));
  g_assert_cmpuint (frame_link_get_stat (link->pay, "dropped"), ==, 2);
  g_assert_cmpuint (frame_hand_count_key_unit_requests (link), ==, 1);
}

#define ADD(name, func) frame_link_add_test ("/framewindow/" name, func)

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("window", test_window);
  ADD ("credit", test_credit);
  ADD ("raw", test_raw);
  ADD ("plain-raw", test_plain_raw);
  ADD ("larger-than-window", test_larger_than_window);
  ADD ("flush-while-blocked", test_flush_while_blocked);
  ADD ("stop-while-blocked", test_stop_while_blocked);
  ADD ("closed", test_closed);
  ADD ("hold-when-closed", test_hold_when_closed);
  ADD ("probe", test_probe);
  ADD ("rtt", test_rtt);
  ADD ("leaky", test_leaky);
  ADD ("leaky-events", test_leaky_events);
  ADD ("leaky-after-discont", test_leaky_after_discont);
  return g_test_run ();
}
