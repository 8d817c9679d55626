/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receiver's side alone: what comes out for what arrives, what it says back, and what it
 * stands. */
#include <string.h>

#include <gst/gst.h>
#include <gst/video/video.h>

#include "gst/p2p/bigendian.h"
#include "gst/p2p/reassembler.h"
#include "plugins/p2p/p2pframedepay.h"
#include "tests/common/leaks.h"
#include "tests/plugins/p2p/framelink.h"

#define DEPAY "p2pframedepay"

/* ---- a sender by hand ---- */

static GstFlowReturn
push (FrameLink *link, GstBuffer *message)
{
  return gst_harness_push (link->out, message);
}

static void
push_ok (FrameLink *link, GstBuffer *message)
{
  g_assert_cmpint (push (link, message), ==, GST_FLOW_OK);
}

static GstBuffer *
stream_start (guint32 seq)
{
  return frame_link_make_message (GST_P2P_FRAME_STREAM_START, 0, seq, "\0\0\0\1stream-id", 13);
}

static GstBuffer *
caps (guint32 seq, guint16 epoch, const gchar *text)
{
  return frame_link_make_text (GST_P2P_FRAME_CAPS, epoch, seq, text);
}

/* Of 100 bytes and epoch 1. */
static GstBuffer *
frame (guint32 seq, GstClockTime pts)
{
  GstP2pFrameBuffer times = { pts, pts, GST_SECOND / 30, 11, 12, GST_BUFFER_FLAG_MARKER };

  return frame_link_make_buffer (1, seq, &times, 100);
}

static GstBuffer *
eos (guint32 seq)
{
  return frame_link_make_message (GST_P2P_FRAME_EOS, 1, seq, NULL, 0);
}

/* Objects 0 and 1. */
static void
begin (FrameLink *link)
{
  push_ok (link, stream_start (0));
  push_ok (link, caps (1, 1, "video/x-test"));
}

/* ---- what it says back ---- */

/* The next reply; messages that are not of @kind are dropped. */
static GstBuffer *
pull_reply (FrameLink *link, guint8 kind)
{
  GstP2pFrameHeader header;
  gsize header_size;
  GstBuffer *reply;

  while ((reply = gst_harness_pull (link->replies)))
    {
      g_assert_true (GST_BUFFER_FLAG_IS_SET (reply, GST_BUFFER_FLAG_NON_DROPPABLE));
      g_assert_true (gst_p2p_frame_header_parse (reply, &header, &header_size, NULL));
      if (header.kind == kind)
        break;
      gst_buffer_unref (reply);
    }
  g_assert_nonnull (reply);
  gst_buffer_resize (reply, header_size, -1);
  return reply;
}

static guint32
pull_ack (FrameLink *link)
{
  g_autoptr (GstBuffer) reply = pull_reply (link, GST_P2P_FRAME_ACK);
  guint8 seq[4];

  gst_buffer_extract (reply, 0, seq, sizeof seq);
  return gst_p2p_read_u32 (seq);
}

/* ACKs come until this one. */
static void
pull_ack_until (FrameLink *link, guint32 seq)
{
  guint32 got;

  while ((got = pull_ack (link)) != seq)
    g_assert_true (GST_P2P_FRAME_SEQ_AFTER (seq, got));
}

static gchar *
pull_upstream (FrameLink *link)
{
  g_autoptr (GstBuffer) reply = pull_reply (link, GST_P2P_FRAME_UPSTREAM);
  gsize size = gst_buffer_get_size (reply);
  gchar *text = g_malloc0 (size + 1);

  gst_buffer_extract (reply, 0, text, size);
  return text;
}

static guint64
get_stat (FrameLink *link, const gchar *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 value;

  g_object_get (link->depay, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, name, &value));
  return value;
}

/* ---- what comes out ---- */

static void
test_stream (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  g_autoptr (GstEvent) event = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  const GstSegment *segment;
  const gchar *id;
  GstStreamFlags flags;
  GstClockTime time, duration;
  guint8 gap[16];

  begin (link);
  push_ok (link, frame_link_make_text (GST_P2P_FRAME_TAGS, 1, 2, "taglist, title=(string)x"));
  push_ok (link, frame (3, 5 * GST_SECOND));
  gst_p2p_write_u64 (gap, 6 * GST_SECOND);
  gst_p2p_write_u64 (gap + 8, GST_SECOND);
  push_ok (link, frame_link_make_message (GST_P2P_FRAME_GAP, 1, 4, gap, sizeof gap));
  push_ok (link, frame_link_make_text (GST_P2P_FRAME_EVENT, 1, 5, "nobodys, business=(int)1"));
  push_ok (link, frame_link_make_text (GST_P2P_FRAME_EVENT, 1, 6, "application/x-gst-p2p-hello"));
  push_ok (link, eos (7));

  event = frame_link_pull_event (link->out, GST_EVENT_STREAM_START);
  gst_event_parse_stream_start (event, &id);
  gst_event_parse_stream_flags (event, &flags);
  g_assert_cmpstr (id, ==, "stream-id");
  g_assert_cmpint (flags, ==, GST_STREAM_FLAG_SPARSE);
  gst_clear_event (&event);
  event = frame_link_pull_event (link->out, GST_EVENT_CAPS);
  gst_clear_event (&event);
  event = frame_link_pull_event (link->out, GST_EVENT_TAG);
  gst_clear_event (&event);
  event = frame_link_pull_event (link->out, GST_EVENT_SEGMENT);
  gst_event_parse_segment (event, &segment);
  g_assert_cmpint (segment->format, ==, GST_FORMAT_TIME);
  g_assert_cmpuint (segment->start, ==, 0);
  g_assert_cmpuint (segment->base, ==, 0);
  gst_clear_event (&event);
  event = frame_link_pull_event (link->out, GST_EVENT_GAP);
  gst_event_parse_gap (event, &time, &duration);
  g_assert_cmpuint (time, ==, 6 * GST_SECOND);
  g_assert_cmpuint (duration, ==, GST_SECOND);
  gst_clear_event (&event);
  event = frame_link_pull_event (link->out, GST_EVENT_CUSTOM_DOWNSTREAM);
  g_assert_true (gst_event_has_name (event, "application/x-gst-p2p-hello"));
  gst_clear_event (&event);
  event = frame_link_pull_event (link->out, GST_EVENT_EOS);

  buffer = gst_harness_pull (link->out);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, 100);
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, 5 * GST_SECOND);
  g_assert_cmpuint (GST_BUFFER_OFFSET (buffer), ==, 11);
  g_assert_cmpuint (GST_BUFFER_OFFSET_END (buffer), ==, 12);
  g_assert_true (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_MARKER));
  g_assert_false (GST_BUFFER_IS_DISCONT (buffer));
}

/* Bytes that were bytes at the sender are bytes here, so that demuxers take them. */
static void
test_bytes (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " is-live=true");
  g_autoptr (GstEvent) event = NULL;
  GstP2pFrameBuffer times = { -1, -1, -1, 0, 100, 0 };
  const GstSegment *segment;

  push_ok (link, stream_start (0));
  push_ok (link, frame_link_make_text (GST_P2P_FRAME_EVENT, 0, 1, "gst-p2p-format, format=bytes"));
  push_ok (link, frame_link_make_buffer (0, 2, &times, 100));
  event = frame_link_pull_event (link->out, GST_EVENT_SEGMENT);
  gst_event_parse_segment (event, &segment);
  g_assert_cmpint (segment->format, ==, GST_FORMAT_BYTES);
}

/* ---- live ---- */

static void
set_time (FrameLink *link, GstClockTime time)
{
  gst_harness_set_time (link->out, time);
}

static GstClockTime
pull_running_time (FrameLink *link)
{
  g_autoptr (GstBuffer) buffer = gst_harness_pull (link->out);
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (link->out->sinkpad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;

  gst_event_parse_segment (event, &segment);
  return gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
}

static void
check_live (GstClockTime now, GstClockTime sender)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " is-live=true");
  const GstClockTime odd = 33366700; /* ns */

  set_time (link, now);
  begin (link);
  push_ok (link, frame (2, sender));
  g_assert_cmpuint (pull_running_time (link), ==, now);
  set_time (link, now + 5 * GST_SECOND); /* the network dozed: the mapping stays */
  for (guint i = 1; i < 100; i++)
    {
      push_ok (link, frame (2 + i, sender + i * odd));
      g_assert_cmpuint (pull_running_time (link), ==, now + i * odd);
    }
}

static void
test_live (void)
{
  check_live (0, 0);
  check_live (10 * GST_SECOND, 3 * GST_SECOND + 1);
  check_live (3 * GST_SECOND + 1, 1000 * GST_SECOND);
}

/* Two streams of a connection keep their distance, whenever they begin. */
static void
test_streams_in_sync (void)
{
  g_autoptr (GstP2pTimeline) timeline = gst_p2p_timeline_new ();
  g_autoptr (FrameLink) audio = frame_link_new (NULL, DEPAY " is-live=true");
  g_autoptr (FrameLink) video = frame_link_new (NULL, DEPAY " is-live=true");

  for (guint i = 0; i < 2; i++)
    {
      FrameLink *link = i ? video : audio;

      gst_element_set_state (link->depay, GST_STATE_READY);
      g_object_set (link->depay, "timeline", timeline, NULL);
      gst_element_set_state (link->depay, GST_STATE_PLAYING);
      begin (link);
    }
  set_time (audio, 7 * GST_SECOND);
  push_ok (audio, frame (2, 100 * GST_SECOND));
  g_assert_cmpuint (pull_running_time (audio), ==, 7 * GST_SECOND);
  set_time (video, 9 * GST_SECOND); /* two seconds later, of what happened one second later */
  push_ok (video, frame (2, 101 * GST_SECOND));
  g_assert_cmpuint (pull_running_time (video), ==, 8 * GST_SECOND);
}

/* Data without a time goes first, the mapping comes with the first that has one. */
static void
test_live_headers_without_time (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " is-live=true");
  g_autoptr (GstBuffer) header = NULL;

  set_time (link, 10 * GST_SECOND);
  begin (link);
  push_ok (link, frame (2, GST_CLOCK_TIME_NONE));
  header = gst_harness_pull (link->out);
  push_ok (link, frame (3, 5 * GST_SECOND));
  g_assert_cmpuint (pull_running_time (link), ==, 10 * GST_SECOND);
}

static void
test_latency (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " is-live=true latency=120");
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime min, max;
  gboolean live;

  g_assert_true (gst_pad_peer_query (link->out->sinkpad, query));
  gst_query_parse_latency (query, &live, &min, &max);
  g_assert_true (live);
  g_assert_cmpuint (min, ==, 120 * GST_MSECOND);
  g_assert_cmpuint (max, ==, GST_CLOCK_TIME_NONE);
  g_object_set (link->depay, "latency", 200, NULL);
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_LATENCY), ==, 1);

  gst_element_set_state (link->depay, GST_STATE_READY);
  g_object_set (link->depay, "is-live", FALSE, NULL);
  gst_element_set_state (link->depay, GST_STATE_PLAYING);
  g_assert_true (gst_pad_peer_query (link->out->sinkpad, query));
  gst_query_parse_latency (query, &live, &min, &max);
  g_assert_false (live);
  g_assert_cmpuint (min, ==, 0);
}

typedef struct
{
  FrameLink *link;
  guint32 seq;
  gint flow; /* atomic; 1: not yet back */
} Pusher;

static gpointer
run_pusher (gpointer data)
{
  Pusher *pusher = data;

  g_atomic_int_set (&pusher->flow,
                    push (pusher->link, frame (pusher->seq, pusher->seq * GST_SECOND)));
  return NULL;
}

/* In PAUSED there is no running time to map to yet: live data waits. */
static void
test_live_waits_for_playing (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " is-live=true");
  Pusher pusher = { .link = link, .seq = 2, .flow = 1 };
  GThread *thread;

  begin (link);
  pull_ack_until (link, 1);
  gst_element_set_state (link->depay, GST_STATE_PAUSED);
  thread = g_thread_new ("pusher", run_pusher, &pusher);
  g_assert_null (gst_harness_try_pull (link->out));
  set_time (link, 4 * GST_SECOND);
  gst_element_set_state (link->depay, GST_STATE_PLAYING);
  g_thread_join (thread);
  g_assert_cmpint (pusher.flow, ==, GST_FLOW_OK);
  g_assert_cmpuint (pull_running_time (link), ==, 4 * GST_SECOND);
}

static void
test_stop_while_waiting (void)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " is-live=true");
      Pusher pusher = { .link = link, .seq = 2, .flow = 1 };
      GThread *thread;

      begin (link);
      gst_element_set_state (link->depay, GST_STATE_PAUSED);
      thread = g_thread_new ("pusher", run_pusher, &pusher);
      gst_element_set_state (link->depay, i % 2 ? GST_STATE_READY : GST_STATE_NULL);
      g_thread_join (thread);
      g_assert_cmpint (pusher.flow, ==, GST_FLOW_FLUSHING);
    }
}

/* ---- acknowledgements ---- */

static void
test_delayed_ack (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);

  begin (link);
  for (guint32 seq = 2; seq < 102; seq++)
    push_ok (link, frame (seq, seq));
  pull_ack_until (link, 101);
  g_assert_cmpuint (get_stat (link, "acks"), <, 20); /* of 102 objects */
}

/* Much data does not wait for the timer: one ACK for every 64 KiB or a little more. */
static void
test_ack_by_bytes (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  GstP2pFrameBuffer times = { 0 };
  const guint n = 1000;

  begin (link);
  for (guint32 seq = 2; seq < 2 + n; seq++)
    push_ok (link, frame_link_make_buffer (1, seq, &times, 10000));
  pull_ack_until (link, 1 + n);
  g_assert_cmpuint (get_stat (link, "acks"), <=, n / 6 + 3);
}

/* The ACK of an EOS is on its way before the EOS is: the application may stop us then. */
static void
test_eos_is_acknowledged_first (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  guint32 seq = 0;

  begin (link);
  push_ok (link, eos (2));
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
  begin (link);
  for (guint32 seq = 2; seq < 10; seq++)
    push_ok (link, frame (seq, seq));
  g_assert_cmpint (sink.n, ==, 1);
  g_assert_cmpuint (get_stat (link, "dropped"), ==, 8);
  pull_ack_until (link, 9);
  sink_clear (&sink);
}

static void
test_downstream_not_linked (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  Sink sink;

  sink_init (&sink, link, GST_FLOW_OK);
  begin (link);
  push_ok (link, frame (2, 2));
  sink_clear (&sink);
  push_ok (link, frame (3, 3));
  pull_ack_until (link, 3);
  g_assert_cmpuint (get_stat (link, "dropped"), ==, 1);
}

/* Dropped quietly, and not acknowledged: nobody took it. */
static void
test_downstream_flushing (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  Sink sink;

  sink_init (&sink, link, GST_FLOW_OK);
  begin (link);
  pull_ack_until (link, 1);
  sink.flow = GST_FLOW_FLUSHING;
  push_ok (link, frame (2, 2));
  g_assert_cmpuint (get_stat (link, "dropped"), ==, 1);
  sink.flow = GST_FLOW_OK;
  push_ok (link, frame (3, 3));
  g_assert_cmpuint (pull_ack (link), ==, 3);
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
      begin (link);
      g_assert_cmpint (push (link, frame (2, 2)), ==, flows[i]);
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
  begin (link);
  for (guint32 seq = 2; seq < 2000; seq++)
    push_ok (link, frame (seq, seq));

  g_assert_cmpuint (gst_harness_buffers_received (link->out), ==, 1998);
  g_mutex_unlock (&lock);
  pull_ack_until (link, 1999);
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
  begin (link);
  push_ok (link, eos (2));
  event = frame_link_pull_event (link->out, GST_EVENT_EOS);
  g_mutex_unlock (&lock);
  pull_ack_until (link, 2);
  g_mutex_clear (&lock);
}

/* Downstream blocks: the transport is held back, and nothing is acknowledged that was not taken. */
static void
test_blocked_downstream (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  Pusher pusher = { .link = link, .seq = 2, .flow = 1 };
  GThread *thread;
  GstBuffer *reply;
  Sink sink;

  sink_init (&sink, link, GST_FLOW_OK);
  begin (link);
  pull_ack_until (link, 1);
  g_mutex_lock (&sink.lock);
  thread = g_thread_new ("pusher", run_pusher, &pusher);
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
  g_assert_cmpuint (pull_ack (link), ==, 2);
  sink_clear (&sink);
}

/* ---- raw ---- */

static void
test_raw (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " framing=raw");
  g_autoptr (GstEvent) event = NULL;
  const GstSegment *segment;
  const gsize sizes[] = { 10, 0, 100000 };
  guint64 offset = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      GstBuffer *message = gst_buffer_new_allocate (NULL, sizes[i], NULL);
      g_autoptr (GstBuffer) buffer = NULL;

      gst_buffer_memset (message, 0, 0x17, sizes[i]);
      GST_BUFFER_PTS (message) = 5;
      push_ok (link, message);
      buffer = gst_harness_pull (link->out);
      g_assert_cmpuint (gst_buffer_get_size (buffer), ==, sizes[i]);
      g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, GST_CLOCK_TIME_NONE);
      g_assert_cmpuint (GST_BUFFER_OFFSET (buffer), ==, offset);
      offset += sizes[i];
      g_assert_cmpuint (GST_BUFFER_OFFSET_END (buffer), ==, offset);
    }
  event = frame_link_pull_event (link->out, GST_EVENT_SEGMENT);
  gst_event_parse_segment (event, &segment);
  g_assert_cmpint (segment->format, ==, GST_FORMAT_BYTES);
  gst_clear_event (&event);

  gst_harness_push_event (link->out, gst_event_new_eos ());
  event = frame_link_pull_event (link->out, GST_EVENT_EOS);
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ELEMENT), ==, 0);
  g_assert_null (gst_harness_try_pull (link->replies));
}

/* ---- the end of the channel ---- */

static void
test_truncated (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  g_autoptr (GstEvent) event = NULL;

  begin (link);
  push_ok (link, frame (2, 0));
  gst_harness_push_event (link->out, gst_event_new_eos ());
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ELEMENT), ==, 1);
  event = frame_link_pull_event (link->out, GST_EVENT_EOS);
}

static void
test_not_truncated (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);

  begin (link);
  push_ok (link, eos (2));
  gst_harness_push_event (link->out, gst_event_new_eos ());
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ELEMENT), ==, 0);
}

/* A channel that closes before anything came. */
static void
test_truncated_at_once (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  g_autoptr (GstEvent) event = NULL;

  gst_harness_push_event (link->out, gst_event_new_eos ());
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ELEMENT), ==, 1);
  event = frame_link_pull_event (link->out, GST_EVENT_EOS);
}

/* ---- events for the sender ---- */

static void
test_upstream_events (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " is-live=true");
  g_autofree gchar *key_unit = NULL, *navigation = NULL;

  set_time (link, 10 * GST_SECOND);
  begin (link);
  push_ok (link, frame (2, 4 * GST_SECOND));
  gst_harness_push_upstream_event (
      link->out,
      gst_event_new_seek (1.0, GST_FORMAT_TIME, 0, GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, -1));
  gst_harness_push_upstream_event (
      link->out, gst_video_event_new_upstream_force_key_unit (12 * GST_SECOND, TRUE, 3));
  do
    {
      g_free (key_unit);
      key_unit = pull_upstream (link); /* linking made a "reconfigure" */
    }
  while (g_str_equal (key_unit, "reconfigure"));
  g_assert_cmpstr (key_unit, ==,
                   "GstForceKeyUnit, running-time=(guint64)6000000000, "
                   "all-headers=(boolean)true, count=(uint)3");

  gst_harness_push_upstream_event (
      link->out, gst_event_new_navigation (gst_structure_new (
                     "application/x-gst-navigation", "event", G_TYPE_STRING, "key-press", NULL)));
  navigation = pull_upstream (link);
  g_assert_cmpstr (navigation, ==, "application/x-gst-navigation, event=(string)key-press");
}

/* ---- losses ---- */

static guint
count_key_unit_requests (FrameLink *link)
{
  GstBuffer *reply;
  guint n = 0;

  while ((reply = gst_harness_try_pull (link->replies)))
    {
      n += gst_buffer_memcmp (reply, GST_P2P_FRAME_FIRST_HEADER_SIZE, "GstForceKeyUnit", 15) == 0;
      gst_buffer_unref (reply);
    }
  return n;
}

/* The next buffer says so, and a keyframe is requested, once a second at most. */
static void
test_loss (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " unreliable=true");
  gint64 began_us = g_get_monotonic_time ();
  guint n, most;

  begin (link);
  for (guint32 seq = 2; seq < 400; seq++)
    {
      g_autoptr (GstBuffer) buffer = NULL;

      if (seq % 4 == 0)
        continue;
      push_ok (link, frame (seq, seq));
      buffer = gst_harness_pull (link->out);
      g_assert_cmpint (GST_BUFFER_IS_DISCONT (buffer), ==, seq % 4 == 1 && seq > 4);
    }
  g_assert_cmpuint (get_stat (link, "lost"), ==, 99);
  push_ok (link, eos (400)); /* and everything queued before it */
  n = count_key_unit_requests (link);
  most = 1 + (g_get_monotonic_time () - began_us) / G_USEC_PER_SEC;
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <=, most);
}

#define ADD(name, func) frame_link_add_test ("/p2pframedepay/" name, func)

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("stream", test_stream);
  ADD ("bytes", test_bytes);
  ADD ("live", test_live);
  ADD ("streams-in-sync", test_streams_in_sync);
  ADD ("live-headers-without-time", test_live_headers_without_time);
  ADD ("latency", test_latency);
  ADD ("live-waits-for-playing", test_live_waits_for_playing);
  ADD ("stop-while-waiting", test_stop_while_waiting);
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
  ADD ("raw", test_raw);
  ADD ("truncated", test_truncated);
  ADD ("not-truncated", test_not_truncated);
  ADD ("truncated-at-once", test_truncated_at_once);
  ADD ("upstream-events", test_upstream_events);
  ADD ("loss", test_loss);
  return g_test_run ();
}
