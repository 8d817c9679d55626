/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sender's side alone: what goes out for what comes in, and how it waits for the receiver. */
#include <string.h>

#include <gst/gst.h>
#include <gst/video/video.h>

#include "gst/p2p/bigendian.h"
#include "gst/p2p/reassembler.h"
#include "plugins/p2p/p2pframepay.h"
#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/plugins/p2p/framehand.h"

#define CAPS "video/x-test, width=(int)320"

/* ---- what goes out ---- */

/* The next object that pay sent. */
static GstP2pFrameObject
pull_object (FrameLink *link, GstP2pReassembler *reassembler)
{
  GstP2pFrameObject object;
  g_autoptr (GError) error = NULL;

  while (!gst_p2p_reassembler_pop (reassembler, &object))
    {
      g_autoptr (GstBuffer) message = gst_harness_try_pull (link->in);

      g_assert_nonnull (message);
      gst_p2p_reassembler_push (reassembler, message, &error);
      g_assert_no_error (error);
    }
  return object;
}

static GstP2pReassembler *
make_reassembler (void)
{
  GstP2pReassemblerConfig config = { .max_frame_size = GST_P2P_FRAME_DEFAULT_MAX_FRAME_SIZE };

  return gst_p2p_reassembler_new (&config);
}

static void
assert_object (FrameLink *link, GstP2pReassembler *reassembler, guint8 kind, const gchar *text)
{
  g_auto (GstP2pFrameObject) object = pull_object (link, reassembler);

  g_assert_cmpstr (gst_p2p_frame_kind_get_name (object.kind), ==,
                   gst_p2p_frame_kind_get_name (kind));
  if (text)
    g_assert_cmpint (gst_buffer_memcmp (object.payload, 0, text, strlen (text)), ==, 0);
}

/* Skips what is no BUFFER. */
static GstP2pFrameBuffer
pull_frame (FrameLink *link, GstP2pReassembler *reassembler)
{
  GstP2pFrameBuffer frame = { 0 };
  guint8 kind;

  do
    {
      g_auto (GstP2pFrameObject) object = pull_object (link, reassembler);

      kind = object.kind;
      if (kind == GST_P2P_FRAME_BUFFER)
        g_assert_true (gst_p2p_frame_buffer_read (&frame, object.payload));
    }
  while (kind != GST_P2P_FRAME_BUFFER);
  return frame;
}

static GstBuffer *
make_buffer (gsize size, GstClockTime pts, GstClockTime duration)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, 0x5a, size);
  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = duration;
  return buffer;
}

static GstBuffer *
make_delta (gsize size)
{
  GstBuffer *buffer = make_buffer (size, 0, GST_CLOCK_TIME_NONE);

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

static void
push_ok (FrameLink *link, GstBuffer *buffer)
{
  g_assert_cmpint (gst_harness_push (link->in, buffer), ==, GST_FLOW_OK);
}

static void
push_tags (FrameLink *link)
{
  gst_harness_push_event (link->in,
                          gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "title", NULL)));
}

static void
test_objects (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstP2pReassembler) reassembler = make_reassembler ();

  gst_harness_set_src_caps_str (link->in, CAPS);
  push_tags (link);
  push_ok (link, make_buffer (10, 0, GST_SECOND));
  gst_harness_push_event (link->in, gst_event_new_gap (GST_SECOND, GST_SECOND));
  gst_harness_push_event (
      link->in, gst_video_event_new_downstream_force_key_unit (0, 0, 5 * GST_SECOND, TRUE, 3));
  gst_harness_push_event (
      link->in, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
                                      gst_structure_new_empty ("application/x-gst-p2p-mine")));
  gst_harness_push_event (link->in,
                          gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
                                                gst_structure_new_empty ("private-secret")));
  gst_harness_set_src_caps_str (link->in, "video/x-other");
  push_ok (link, make_buffer (10, 2 * GST_SECOND, GST_SECOND));
  gst_harness_push_event (link->in, gst_event_new_eos ());

  assert_object (link, reassembler, GST_P2P_FRAME_STREAM_START, NULL);
  assert_object (link, reassembler, GST_P2P_FRAME_CAPS, CAPS);
  assert_object (link, reassembler, GST_P2P_FRAME_TAGS, "taglist, title=(string)title");
  assert_object (link, reassembler, GST_P2P_FRAME_BUFFER, NULL);
  assert_object (link, reassembler, GST_P2P_FRAME_GAP, NULL);
  assert_object (link, reassembler, GST_P2P_FRAME_EVENT,
                 "GstForceKeyUnit, running-time=(guint64)5000000000");
  assert_object (link, reassembler, GST_P2P_FRAME_EVENT, "application/x-gst-p2p-mine");
  assert_object (link, reassembler, GST_P2P_FRAME_CAPS, "video/x-other");
  assert_object (link, reassembler, GST_P2P_FRAME_BUFFER, NULL);
  assert_object (link, reassembler, GST_P2P_FRAME_EOS, NULL);
  g_assert_null (gst_harness_try_pull (link->in));
}

/* Only BUFFER and GAP may be lost; no message is larger than the remote takes. */
static void
test_messages (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay max-message-size=1200", NULL);
  GstBuffer *message;
  guint n = 0;

  gst_harness_set_src_caps_str (link->in, CAPS);
  push_ok (link, make_buffer (50000, 0, GST_SECOND));
  while ((message = gst_harness_try_pull (link->in)))
    {
      gboolean droppable = !GST_BUFFER_FLAG_IS_SET (message, GST_BUFFER_FLAG_NON_DROPPABLE);
      GstP2pFrameHeader header;
      gsize header_size;

      g_assert_cmpuint (gst_buffer_get_size (message), <=, 1200);
      g_assert_true (gst_p2p_frame_header_parse (message, &header, &header_size, NULL));
      g_assert_cmpint (droppable, ==, header.kind == GST_P2P_FRAME_BUFFER);
      n += droppable;
      gst_buffer_unref (message);
    }
  g_assert_cmpuint (n, ==, 43);
}

static GstP2pFrameBuffer
convert (const GstSegment *segment, GstClockTime pts, GstClockTime dts, GstClockTime duration)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstP2pReassembler) reassembler = make_reassembler ();
  GstBuffer *buffer = make_buffer (10, pts, duration);

  GST_BUFFER_DTS (buffer) = dts;
  gst_harness_set_src_caps_str (link->in, CAPS);
  gst_harness_push_event (link->in, gst_event_new_segment (segment));
  push_ok (link, buffer);
  return pull_frame (link, reassembler);
}

static void
assert_times (GstP2pFrameBuffer frame, GstClockTime pts, GstClockTime dts, GstClockTime duration,
              gboolean decode_only)
{
  g_assert_cmpuint (frame.pts, ==, pts);
  g_assert_cmpuint (frame.dts, ==, dts);
  g_assert_cmpuint (frame.duration, ==, duration);
  g_assert_cmpint (!!(frame.flags & GST_BUFFER_FLAG_DECODE_ONLY), ==, decode_only);
}

static void
test_running_time (void)
{
  const GstClockTime none = GST_CLOCK_TIME_NONE, s = GST_SECOND;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 100 * s;
  segment.stop = 110 * s;
  segment.base = 7 * s;
  assert_times (convert (&segment, 103 * s, 102 * s, s), 10 * s, 9 * s, s, FALSE);
  assert_times (convert (&segment, none, none, none), none, none, none, FALSE);
  assert_times (convert (&segment, 98 * s, 98 * s, 5 * s), 7 * s, 5 * s, 3 * s, FALSE); /* cut */
  assert_times (convert (&segment, 95 * s, 95 * s, s), 7 * s, 2 * s, s, TRUE);
  assert_times (convert (&segment, 111 * s, 111 * s, s), 18 * s, 18 * s, s, TRUE);
  segment.rate = 2.0;
  assert_times (convert (&segment, 104 * s, none, 2 * s), 9 * s, none, s, FALSE);

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 100 * s;
  /* As encoders with B-frames do: it is decoded before time zero. */
  assert_times (convert (&segment, 100 * s, 99 * s, s), 0, none, s, FALSE);
  assert_times (convert (&segment, 90 * s, 90 * s, none), 0, none, none, TRUE);
}

static void
test_bytes (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstP2pReassembler) reassembler = make_reassembler ();
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (link->in, gst_event_new_stream_start ("x"));
  gst_harness_push_event (link->in, gst_event_new_segment (&segment));
  push_ok (link, make_buffer (10, 0, 0));
  assert_object (link, reassembler, GST_P2P_FRAME_STREAM_START, NULL);
  assert_object (link, reassembler, GST_P2P_FRAME_EVENT, "gst-p2p-format, format=(string)bytes");
  assert_times (pull_frame (link, reassembler), GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE,
                GST_CLOCK_TIME_NONE, FALSE);
}

/* Stream headers make caps larger than they may be: they go as buffers, without them in the caps.
 */
static void
test_large_caps (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstP2pReassembler) reassembler = make_reassembler ();
  g_autoptr (GstCaps) caps = gst_caps_from_string ("audio/x-test, rate=(int)48000");
  g_autoptr (GstBuffer) header = make_buffer (40000, GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE);
  g_auto (GValue) headers = G_VALUE_INIT, value = G_VALUE_INIT;
  GstP2pFrameBuffer frame;

  g_value_init (&headers, GST_TYPE_ARRAY);
  g_value_init (&value, GST_TYPE_BUFFER);
  gst_value_set_buffer (&value, header);
  gst_value_array_append_value (&headers, &value);
  gst_caps_set_value (caps, "streamheader", &headers);
  gst_harness_set_src_caps (link->in, g_steal_pointer (&caps));
  push_ok (link, make_buffer (10, 0, GST_SECOND));

  assert_object (link, reassembler, GST_P2P_FRAME_STREAM_START, NULL);
  {
    g_auto (GstP2pFrameObject) object = pull_object (link, reassembler);

    g_assert_cmpuint (object.kind, ==, GST_P2P_FRAME_CAPS);
    g_assert_cmpuint (gst_buffer_get_size (object.payload), ==,
                      strlen ("audio/x-test, rate=(int)48000"));
  }
  frame = pull_frame (link, reassembler);
  g_assert_true (frame.flags & GST_BUFFER_FLAG_HEADER);
  frame = pull_frame (link, reassembler);
  g_assert_false (frame.flags & GST_BUFFER_FLAG_HEADER);
}

static void
check_impossible_caps (GstCaps *caps)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);

  gst_harness_set_src_caps (link->in, caps);
  g_assert_cmpint (gst_harness_push (link->in, make_buffer (10, 0, 1)), !=, GST_FLOW_OK);
  frame_link_assert_one_error (link, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT);
}

static void
test_impossible_caps (void)
{
  g_autofree gchar *text = g_strnfill (70000, 'x');

  check_impossible_caps (gst_caps_new_simple ("video/x-test", "t", G_TYPE_GTYPE, G_TYPE_INT, NULL));
  check_impossible_caps (gst_caps_new_simple ("video/x-test", "s", G_TYPE_STRING, text, NULL));
}

static void
test_queries (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstCaps) caps
      = gst_caps_from_string ("video/x-raw, format=I420, width=320, height=240");
  g_autoptr (GstQuery) allocation = gst_query_new_allocation (caps, TRUE);
  g_autoptr (GstQuery) duration = gst_query_new_duration (GST_FORMAT_TIME);

  g_assert_true (gst_pad_peer_query (link->in->srcpad, allocation));
  g_assert_false (gst_query_find_allocation_meta (allocation, GST_VIDEO_META_API_TYPE, NULL));
  g_assert_true (gst_pad_peer_query_accept_caps (link->in->srcpad, caps));
  g_assert_false (gst_pad_peer_query (link->in->sinkpad, duration));
}

/* ---- waiting for the receiver ---- */

static void
ack (FrameLink *link, guint32 reply_seq, guint32 seq)
{
  guint8 object[4];

  gst_p2p_write_u32 (object, seq);
  gst_harness_push (link->back,
                    frame_link_make_message (GST_P2P_FRAME_ACK, 0, reply_seq, object, 4));
}

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
      flow = gst_harness_push (sender->link->in, make_buffer (sender->size, i, 1));
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
  *sender = (Sender){ .link = link, .n = n, .size = 1000 - 44 - 16, .flow = 1 };
  gst_harness_set_src_caps_str (link->in, CAPS);
  ack (link, 0, FIRST_SEQ - 1);
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
      ack (link, 1 + i, FIRST_SEQ + i);
    }
  g_thread_join (thread);
  g_assert_cmpint (sender.flow, ==, GST_FLOW_OK);
  ack (link, 21, FIRST_SEQ + 29);
  g_assert_cmpuint (frame_link_get_stat (link->pay, "in-flight"), ==, 0);
}

/* An object larger than the window goes alone. */
static void
test_larger_than_window (void)
{
  g_autoptr (FrameLink) link = frame_link_new (LIMITED, NULL);
  Sender sender = { .link = link, .n = 1, .size = 1, .flow = 1 };
  GThread *thread;

  gst_harness_set_src_caps_str (link->in, CAPS);
  ack (link, 0, 1);
  push_ok (link, make_buffer (50000, 0, 1));
  thread = g_thread_new ("sender", run_sender, &sender);
  ack (link, 1, 2);
  g_thread_join (thread);
  g_assert_cmpint (sender.flow, ==, GST_FLOW_OK);
  g_assert_cmpuint (frame_link_get_stat (link->pay, "in-flight"), ==, 1 + 44 + 16);
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
  ack (link, 1, FIRST_SEQ + 9);
  push_ok (link, make_buffer (10, 0, 1));
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
  g_autoptr (GstP2pReassembler) reassembler = make_reassembler ();
  Sender sender;
  GThread *thread = start_sender (&sender, link, 11);
  guint8 kind = 0;

  TEST_WAIT_UNTIL (frame_link_get_stat (link->pay, "objects") == FIRST_SEQ + 11, 5000);
  g_assert_cmpint (g_atomic_int_get (&sender.done), ==, 10);
  while (kind != GST_P2P_FRAME_PROBE)
    {
      g_auto (GstP2pFrameObject) object = pull_object (link, reassembler);

      kind = object.kind;
      g_assert_cmpuint (object.seq, <=, FIRST_SEQ + 10);
    }
  ack (link, 1, FIRST_SEQ + 10);
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
  ack (link, 0, 1);
  g_object_get (link->pay, "stats", &after, NULL);
  g_assert_true (gst_structure_get_int64 (after, "ack-rtt-us", &rtt_us));
  g_assert_cmpint (rtt_us, >=, 0);
}

/* ---- leaky ---- */

static guint
count_key_unit_requests (FrameLink *link)
{
  GstEvent *event;
  guint n = 0;

  while ((event = gst_harness_try_pull_upstream_event (link->in)))
    {
      n += gst_video_event_is_force_key_unit (event);
      gst_event_unref (event);
    }
  return n;
}

static void
test_leaky (void)
{
  g_autoptr (FrameLink) link = frame_link_new (LIMITED " leaky=downstream", NULL);
  g_autoptr (GstP2pReassembler) reassembler = make_reassembler ();

  gst_harness_set_src_caps_str (link->in, CAPS);
  ack (link, 0, 1);
  push_ok (link, make_buffer (5000, 0, 1));
  push_ok (link, make_delta (4000));
  g_assert_cmpuint (count_key_unit_requests (link), ==, 0);
  push_ok (link, make_delta (4000)); /* no room */
  push_ok (link, make_delta (10));   /* room, but not decodable */
  g_assert_cmpuint (frame_link_get_stat (link->pay, "dropped"), ==, 2);
  g_assert_cmpuint (count_key_unit_requests (link), ==, 1);
  push_ok (link, make_buffer (5000, 7, 1)); /* a keyframe without room */
  ack (link, 1, 3);
  push_ok (link, make_delta (10));
  push_ok (link, make_buffer (5000, 8, 1));
  push_ok (link, make_delta (10));
  g_assert_cmpuint (frame_link_get_stat (link->pay, "dropped"), ==, 4);

  g_assert_false (pull_frame (link, reassembler).flags & GST_BUFFER_FLAG_DISCONT);
  g_assert_false (pull_frame (link, reassembler).flags & GST_BUFFER_FLAG_DISCONT);
  {
    GstP2pFrameBuffer frame = pull_frame (link, reassembler);

    g_assert_cmpuint (frame.pts, ==, 8);
    g_assert_true (frame.flags & GST_BUFFER_FLAG_DISCONT);
  }
  g_assert_false (pull_frame (link, reassembler).flags & GST_BUFFER_FLAG_DISCONT);
}

/* A leaky queue before it dropped something: what cannot be decoded is not sent. */
static void
test_leaky_after_discont (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay leaky=downstream", NULL);
  GstBuffer *torn = make_delta (10);

  gst_harness_set_src_caps_str (link->in, CAPS);
  push_ok (link, make_buffer (10, 0, 1));
  GST_BUFFER_FLAG_SET (torn, GST_BUFFER_FLAG_DISCONT);
  push_ok (link, torn);
  push_ok (link, make_delta (10));
  g_assert_cmpuint (frame_link_get_stat (link->pay, "dropped"), ==, 2);
  g_assert_cmpuint (count_key_unit_requests (link), ==, 1);
}

/* ---- a newcomer ---- */

static void
test_begins_with_a_keyframe (void)
{
  const gchar *const elements[] = { "p2pframepay", "p2pframepay framing=raw" };

  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    {
      g_autoptr (FrameLink) link = frame_link_new (elements[i], NULL);

      gst_harness_set_src_caps_str (link->in, CAPS);
      push_ok (link, make_delta (10));
      push_ok (link, make_delta (10));
      g_assert_cmpuint (frame_link_get_stat (link->pay, "dropped"), ==, 2);
      g_assert_cmpuint (count_key_unit_requests (link), ==, 1);
      push_ok (link, make_buffer (10, 0, 1));
      push_ok (link, make_delta (10));
      g_assert_cmpuint (frame_link_get_stat (link->pay, "dropped"), ==, 2);
      g_assert_cmpuint (count_key_unit_requests (link), ==, 0);
    }
}

#define HEADER_CAPS "video/x-test, streamheader=(buffer)< 0102, 0304 >"

static void
test_stream_headers (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstP2pReassembler) reassembler = make_reassembler ();

  gst_harness_set_src_caps_str (link->in, HEADER_CAPS);
  push_ok (link, make_buffer (10, 0, 1));
  for (guint i = 0; i < 2; i++)
    {
      GstP2pFrameBuffer header = pull_frame (link, reassembler);

      g_assert_true (header.flags & GST_BUFFER_FLAG_HEADER);
      g_assert_cmpuint (header.pts, ==, GST_CLOCK_TIME_NONE);
    }
  g_assert_false (pull_frame (link, reassembler).flags & GST_BUFFER_FLAG_HEADER);
}

/* Encoders put headers into the caps of some codecs that belong to no stream, but to muxers. */
static void
test_stream_headers_for_muxers (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);

  gst_harness_set_src_caps_str (link->in, "video/x-vp8, streamheader=(buffer)< 0102 >");
  push_ok (link, make_buffer (10, 0, 1));
  g_assert_cmpuint (frame_link_get_stat (link->pay, "objects"), ==, 3);
}

static void
test_stream_headers_in_stream (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  GstBuffer *header = make_buffer (10, 0, 1);

  GST_BUFFER_FLAG_SET (header, GST_BUFFER_FLAG_HEADER);
  GST_BUFFER_FLAG_SET (header, GST_BUFFER_FLAG_DELTA_UNIT); /* as matroskamux does */
  gst_harness_set_src_caps_str (link->in, HEADER_CAPS);
  push_ok (link, header);
  g_assert_cmpuint (frame_link_get_stat (link->pay, "objects"), ==, 3);
  g_assert_cmpuint (frame_link_get_stat (link->pay, "dropped"), ==, 0);
}

/* ---- raw ---- */

static void
assert_message (FrameLink *link, gsize size)
{
  g_autoptr (GstBuffer) message = gst_harness_try_pull (link->in);

  g_assert_nonnull (message);
  g_assert_cmpuint (gst_buffer_get_size (message), ==, size);
}

static void
test_raw (void)
{
  g_autoptr (FrameLink) link
      = frame_link_new ("p2pframepay framing=raw max-message-size=1000", NULL);

  gst_harness_set_src_caps_str (link->in, HEADER_CAPS);
  push_tags (link);
  push_ok (link, make_buffer (1000, 0, 1));
  push_ok (link, make_buffer (0, 0, 1));
  push_ok (link, make_buffer (2001, 0, 1));
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ELEMENT), ==, 0);
  gst_harness_push_event (link->in, gst_event_new_eos ());
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ELEMENT), ==, 1);

  assert_message (link, 2); /* the stream headers */
  assert_message (link, 2);
  assert_message (link, 1000);
  assert_message (link, 0);
  assert_message (link, 1000);
  assert_message (link, 1000);
  assert_message (link, 1);
  g_assert_null (gst_harness_try_pull (link->in));
}

/* What comes back on a raw channel is the remote's business, and harms nobody. */
static void
test_raw_replies (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay framing=raw", NULL);

  g_assert_cmpint (gst_harness_push (link->back, make_buffer (100, 0, 0)), ==, GST_FLOW_OK);
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ERROR), ==, 0);
}

/* ---- the end ---- */

static void
test_eos (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay max-in-flight=500", NULL);

  gst_harness_set_src_caps_str (link->in, CAPS);
  ack (link, 0, 1);
  push_ok (link, make_buffer (5000, 0, 1));
  gst_harness_push_event (link->in, gst_event_new_eos ()); /* does not wait */
  ack (link, 1, 2);
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ELEMENT), ==, 0);
  ack (link, 2, 3);
  ack (link, 3, 3);
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ELEMENT), ==, 1);
}

/* ---- replies ---- */

static void
test_upstream_events (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstEvent) navigation = NULL, key_unit = NULL;
  GstClockTime running_time;
  gboolean all_headers;
  guint count;

  gst_harness_set_src_caps_str (link->in, CAPS);
  frame_hand_push_upstream (link, 0, "seek, rate=(double)2.0");
  frame_hand_push_upstream (link, 1,
                            "application/x-gst-navigation, event=(string)key-press, key=(string)a");
  navigation = frame_hand_pull_upstream (link);
  g_assert_cmpint (GST_EVENT_TYPE (navigation), ==, GST_EVENT_NAVIGATION);
  frame_hand_push_upstream (link, 2,
                            "GstForceKeyUnit, running-time=(guint64)5, all-headers=(boolean)true, "
                            "count=(uint)7, surplus=(int)1");
  key_unit = frame_hand_pull_upstream (link);
  g_assert_true (gst_video_event_parse_upstream_force_key_unit (key_unit, &running_time,
                                                                &all_headers, &count));
  g_assert_cmpuint (running_time, ==, 5);
  g_assert_true (all_headers);
  g_assert_cmpuint (count, ==, 7);
  g_assert_false (gst_structure_has_field (gst_event_get_structure (key_unit), "surplus"));
}

#define ADD(name, func) frame_link_add_test ("/p2pframepay/" name, func)

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("objects", test_objects);
  ADD ("messages", test_messages);
  ADD ("running-time", test_running_time);
  ADD ("bytes", test_bytes);
  ADD ("large-caps", test_large_caps);
  ADD ("impossible-caps", test_impossible_caps);
  ADD ("queries", test_queries);
  ADD ("window", test_window);
  ADD ("larger-than-window", test_larger_than_window);
  ADD ("flush-while-blocked", test_flush_while_blocked);
  ADD ("stop-while-blocked", test_stop_while_blocked);
  ADD ("closed", test_closed);
  ADD ("hold-when-closed", test_hold_when_closed);
  ADD ("probe", test_probe);
  ADD ("rtt", test_rtt);
  ADD ("leaky", test_leaky);
  ADD ("leaky-after-discont", test_leaky_after_discont);
  ADD ("begins-with-a-keyframe", test_begins_with_a_keyframe);
  ADD ("stream-headers", test_stream_headers);
  ADD ("stream-headers-for-muxers", test_stream_headers_for_muxers);
  ADD ("stream-headers-in-stream", test_stream_headers_in_stream);
  ADD ("raw", test_raw);
  ADD ("raw-replies", test_raw_replies);
  ADD ("eos", test_eos);
  ADD ("upstream-events", test_upstream_events);
  return g_test_run ();
}
