/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receiver's side alone: what comes out for what arrives, and which events and wishes it takes
 * back. frameacks.c has its acknowledgements. */
#include <gst/gst.h>
#include <gst/video/video.h>

#include "gst/p2p/base/bigendian.h"
#include "plugins/p2p/framing/timeline.h"
#include "plugins/p2p/base/messagepad.h"
#include "tests/common/leaks.h"
#include "tests/plugins/p2p/framing/hand.h"

#define DEPAY "p2pframedepay"

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
  const GstP2pFrameGap times = { .pts = 6 * GST_SECOND, .duration = GST_SECOND };
  guint8 gap[GST_P2P_FRAME_GAP_SIZE];

  frame_hand_begin (link);
  frame_hand_push_ok (link,
                      frame_link_make_text (GST_P2P_FRAME_TAGS, 1, 2, "taglist, title=(string)x"));
  frame_hand_push_ok (link, frame_hand_make_frame (3, 5 * GST_SECOND));
  gst_p2p_frame_gap_write (&times, gap);
  frame_hand_push_ok (link, frame_link_make_message (GST_P2P_FRAME_GAP, 1, 4, gap, sizeof gap));
  frame_hand_push_ok (link,
                      frame_link_make_text (GST_P2P_FRAME_EVENT, 1, 5, "nobodys, business=(int)1"));
  frame_hand_push_ok (
      link, frame_link_make_text (GST_P2P_FRAME_EVENT, 1, 6, "application/x-gst-p2p-hello"));
  frame_hand_push_ok (link, frame_hand_make_eos (7));

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
/* What comes before the caps comes without. What comes with them has them, and no pad on the way
 * complains of their order. */
static void
test_late_caps (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (link->depay, "src");
  GstP2pFrameBuffer times = { .pts = 0 };
  g_autoptr (GstCaps) caps = NULL;

  frame_hand_push_ok (link, frame_link_make_buffer (0, 0, &times, 1));
  g_assert_null (gst_pad_get_current_caps (pad));
  g_assert_null (gst_pad_get_current_caps (link->out->sinkpad));
  frame_hand_push_ok (link, frame_hand_make_caps (1, 1, "video/x-test"));
  frame_hand_push_ok (link, frame_link_make_buffer (1, 2, &times, 1));
  caps = gst_pad_get_current_caps (link->out->sinkpad);
  g_assert_nonnull (caps);
  g_assert_cmpuint (gst_harness_buffers_received (link->out), ==, 2);
}

/* A channel begins with nothing of what an earlier one left behind it. */
static void
test_nothing_inherited (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  GstP2pFrameBuffer times = { .pts = 0 };

  frame_hand_begin (link);
  frame_hand_push_ok (link,
                      frame_link_make_text (GST_P2P_FRAME_TAGS, 1, 2, "taglist, title=(string)x"));
  frame_hand_push_ok (link, frame_hand_make_frame (3, 0));
  g_assert_true (gst_pad_has_current_caps (link->out->sinkpad));

  gst_element_set_state (link->depay, GST_STATE_READY);
  gst_element_set_state (link->depay, GST_STATE_PLAYING);
  frame_hand_push_ok (link, frame_link_make_buffer (0, 0, &times, 1));
  g_assert_false (gst_pad_has_current_caps (link->out->sinkpad));
  g_assert_null (gst_pad_get_sticky_event (link->out->sinkpad, GST_EVENT_TAG, 0));
  g_assert_cmpuint (gst_harness_buffers_received (link->out), ==, 2);
}

static void
count_notify (GObject *depay, GParamSpec *property, guint *n)
{
  ++*n;
}

static void
test_hello (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  g_autofree gchar *pad = NULL;
  guint streams, n = 0;

  g_signal_connect (link->depay, "notify::streams", G_CALLBACK (count_notify), &n);
  frame_hand_push_ok (link, frame_link_make_text (GST_P2P_FRAME_HELLO, 0, 0,
                                                  "gst-p2p-hello, pad=(string)sink_7, "
                                                  "streams=(uint)3"));
  g_object_get (link->depay, "sender-pad", &pad, "streams", &streams, NULL);
  g_assert_cmpstr (pad, ==, "sink_7");
  g_assert_cmpuint (streams, ==, 3);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (gst_harness_events_received (link->out), ==, 0);
  frame_hand_push_ok (link, frame_hand_make_stream_start (1));
  g_assert_cmpuint (gst_harness_events_received (link->out), ==, 1);
}

/* It has a segment, as every stream does. */
static void
test_empty (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);

  frame_hand_begin (link);
  frame_hand_push_ok (link, frame_hand_make_eos (2));
  gst_event_unref (frame_link_pull_event (link->out, GST_EVENT_SEGMENT));
  gst_event_unref (frame_link_pull_event (link->out, GST_EVENT_EOS));
}

static void
test_bytes (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " is-live=true");
  g_autoptr (GstEvent) event = NULL;
  GstP2pFrameBuffer times = { .pts = GST_P2P_FRAME_NO_TIME,
                              .dts = GST_P2P_FRAME_NO_TIME,
                              .duration = GST_CLOCK_TIME_NONE,
                              .offset_end = 100 };
  const GstSegment *segment;

  frame_hand_push_ok (link, frame_hand_make_stream_start (0));
  frame_hand_push_ok (
      link, frame_link_make_text (GST_P2P_FRAME_EVENT, 0, 1, "gst-p2p-segment, format=bytes"));
  frame_hand_push_ok (link, frame_link_make_buffer (0, 2, &times, 100));
  event = frame_link_pull_event (link->out, GST_EVENT_SEGMENT);
  gst_event_parse_segment (event, &segment);
  g_assert_cmpint (segment->format, ==, GST_FORMAT_BYTES);
}

/* Timestamps and segment are the sender's: a decoding time may lie before the segment's start. */
static void
test_segment (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  GstP2pFrameBuffer times = { .pts = 7 * GST_SECOND, .dts = 6 * GST_SECOND };
  g_autoptr (GstEvent) event = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  const GstSegment *segment;

  frame_hand_begin (link);
  frame_hand_push_ok (link, frame_hand_make_frame (2, 0));
  frame_hand_push_ok (
      link, frame_link_make_text (GST_P2P_FRAME_EVENT, 1, 3,
                                  "gst-p2p-segment, format=time, start=(guint64)100000000000, "
                                  "base=(guint64)7000000000, stop=(guint64)110000000000, "
                                  "time=(guint64)1, applied-rate=(double)2.0"));
  frame_hand_push_ok (link, frame_link_make_buffer (1, 4, &times, 100));

  buffer = gst_harness_pull (link->out);
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, 0);
  gst_clear_buffer (&buffer);
  buffer = gst_harness_pull (link->out);
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, 100 * GST_SECOND);
  g_assert_cmpuint (GST_BUFFER_DTS (buffer), ==, 99 * GST_SECOND);
  event = frame_link_pull_event (link->out, GST_EVENT_SEGMENT);
  gst_clear_event (&event);
  event = frame_link_pull_event (link->out, GST_EVENT_SEGMENT);
  gst_event_parse_segment (event, &segment);
  g_assert_cmpuint (segment->start, ==, 100 * GST_SECOND);
  g_assert_cmpuint (segment->stop, ==, 110 * GST_SECOND);
  g_assert_cmpuint (segment->base, ==, 7 * GST_SECOND);
  g_assert_cmpuint (segment->time, ==, 1);
  g_assert_cmpfloat (segment->applied_rate, ==, 2.0);
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
  frame_hand_begin (link);
  frame_hand_push_ok (link, frame_hand_make_frame (2, sender));
  g_assert_cmpuint (pull_running_time (link), ==, now);
  set_time (link, now + 5 * GST_SECOND); /* the network dozed: the mapping stays */
  for (guint i = 1; i < 100; i++)
    {
      frame_hand_push_ok (link, frame_hand_make_frame (2 + i, sender + i * odd));
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

/* Two streams of a connection are shown as they were at the sender, and neither begins too late. */
static void
test_streams_in_sync (void)
{
  g_autoptr (GstP2pFramingTimeline) timeline = gst_p2p_framing_timeline_new ();
  g_autoptr (FrameLink) audio = frame_link_new (NULL, DEPAY " is-live=true");
  g_autoptr (FrameLink) video = frame_link_new (NULL, DEPAY " is-live=true");

  for (guint i = 0; i < 2; i++)
    {
      FrameLink *link = i ? video : audio;

      gst_element_set_state (link->depay, GST_STATE_READY);
      g_object_set (link->depay, "timeline", timeline, NULL);
      gst_element_set_state (link->depay, GST_STATE_PLAYING);
      frame_hand_begin (link);
    }
  set_time (audio, 7 * GST_SECOND);
  frame_hand_push_ok (audio, frame_hand_make_frame (2, 100 * GST_SECOND));
  g_assert_cmpuint (pull_running_time (audio), ==, 7 * GST_SECOND);
  set_time (video, 9 * GST_SECOND); /* two seconds later, of what happened one second later */
  frame_hand_push_ok (video, frame_hand_make_frame (2, 101 * GST_SECOND));
  g_assert_cmpuint (pull_running_time (video), ==, 9 * GST_SECOND);
  frame_hand_push_ok (video, frame_hand_make_frame (3, 200 * GST_SECOND));
  g_assert_cmpuint (pull_running_time (video), ==, 108 * GST_SECOND);
  frame_hand_push_ok (audio, frame_hand_make_frame (3, 200 * GST_SECOND));
  g_assert_cmpuint (pull_running_time (audio), ==, 108 * GST_SECOND);
}

/* Data without a time goes first, the mapping comes with the first that has one. */
static void
test_live_headers_without_time (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " is-live=true");
  g_autoptr (GstBuffer) header = NULL;

  set_time (link, 10 * GST_SECOND);
  frame_hand_begin (link);
  frame_hand_push_ok (link, frame_hand_make_frame (2, GST_P2P_FRAME_NO_TIME));
  header = gst_harness_pull (link->out);
  frame_hand_push_ok (link, frame_hand_make_frame (3, 5 * GST_SECOND));
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

/* In PAUSED there is no running time to map to yet: live data waits. */
static void
test_live_waits_for_playing (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " is-live=true");
  FramePusher pusher = { .link = link, .seq = 2, .flow = 1 };
  GThread *thread;

  frame_hand_begin (link);
  frame_hand_pull_ack_until (link, 1);
  gst_element_set_state (link->depay, GST_STATE_PAUSED);
  thread = g_thread_new ("pusher", frame_hand_run_pusher, &pusher);
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
      FramePusher pusher = { .link = link, .seq = 2, .flow = 1 };
      GThread *thread;

      frame_hand_begin (link);
      gst_element_set_state (link->depay, GST_STATE_PAUSED);
      thread = g_thread_new ("pusher", frame_hand_run_pusher, &pusher);
      gst_element_set_state (link->depay, i % 2 ? GST_STATE_READY : GST_STATE_NULL);
      g_thread_join (thread);
      g_assert_cmpint (pusher.flow, ==, GST_FLOW_FLUSHING);
    }
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
      frame_hand_push_ok (link, message);
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

static GstBuffer *
make_part (gsize size, gboolean partial)
{
  GstBuffer *message = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (message, 0, (guint8)size, size);
  if (partial)
    GST_BUFFER_FLAG_SET (message, GST_P2P_MESSAGE_FLAG_PARTIAL);
  return message;
}

static void
test_raw_parts (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " framing=raw max-frame-size=100");
  g_autoptr (GstBuffer) first = NULL, second = NULL;
  guint8 byte;

  frame_hand_push_ok (link, make_part (50, TRUE));
  frame_hand_push_ok (link, make_part (49, TRUE));
  g_assert_null (gst_harness_try_pull (link->out));
  frame_hand_push_ok (link, make_part (1, FALSE));
  frame_hand_push_ok (link, make_part (7, FALSE));
  first = gst_harness_pull (link->out);
  g_assert_cmpuint (gst_buffer_get_size (first), ==, 100);
  gst_buffer_extract (first, 50, &byte, 1);
  g_assert_cmpuint (byte, ==, 49);
  second = gst_harness_pull (link->out);
  g_assert_cmpuint (gst_buffer_get_size (second), ==, 7);
  g_assert_cmpuint (GST_BUFFER_OFFSET (second), ==, 100);

  frame_hand_push_ok (link, make_part (60, TRUE)); /* endless parts are bounded, too */
  g_assert_cmpint (frame_hand_push (link, make_part (41, TRUE)), ==, GST_FLOW_ERROR);
  frame_link_assert_one_error (link, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE);
}

/* Each message counts, whatever its size. */
static void
test_raw_acknowledged (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " framing=raw acknowledged=true");
  const gsize sizes[] = { 10, 0, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      frame_hand_push_ok (link, gst_buffer_new_allocate (NULL, sizes[i], NULL));
      frame_hand_pull_ack_until (link, i);
    }
}

/* ---- the end of the channel ---- */

static void
test_truncated (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  g_autoptr (GstEvent) event = NULL;

  frame_hand_begin (link);
  frame_hand_push_ok (link, frame_hand_make_frame (2, 0));
  gst_harness_push_event (link->out, gst_event_new_eos ());
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ELEMENT), ==, 1);
  event = frame_link_pull_event (link->out, GST_EVENT_EOS);
}

static void
test_not_truncated (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);

  frame_hand_begin (link);
  frame_hand_push_ok (link, frame_hand_make_eos (2));
  gst_harness_push_event (link->out, gst_event_new_eos ());
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ELEMENT), ==, 0);
}

/* In order, or not, which raw cannot tell by itself. */
static void
test_closed (void)
{
  const struct
  {
    const gchar *framing;
    gboolean closed;
  } ends[] = { { "frames", TRUE }, { "frames", FALSE }, { "raw", TRUE }, { "raw", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree gchar *depay = g_strdup_printf (DEPAY " framing=%s", ends[i].framing);
      g_autoptr (FrameLink) link = frame_link_new (NULL, depay);
      g_autoptr (GstEvent) event = NULL;

      gst_harness_push_event (link->out, gst_p2p_message_eos_new (ends[i].closed));
      g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ELEMENT), ==, !ends[i].closed);
      event = frame_link_pull_event (link->out, GST_EVENT_EOS);
    }
}

/* What came before has its use. */
static void
test_malformed_ends (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY);
  g_autoptr (GstEvent) event = NULL;

  frame_hand_begin (link);
  frame_hand_push_ok (link, frame_hand_make_frame (2, 0));
  g_assert_cmpint (frame_hand_push (link, gst_buffer_new_allocate (NULL, 1, NULL)), ==,
                   GST_FLOW_ERROR);
  gst_harness_push_event (link->out, gst_p2p_message_eos_new (FALSE));
  event = frame_link_pull_event (link->out, GST_EVENT_EOS);
  frame_link_assert_one_error (link, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE);
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
  frame_hand_begin (link);
  frame_hand_push_ok (link, frame_hand_make_frame (2, 4 * GST_SECOND));
  gst_harness_push_upstream_event (
      link->out,
      gst_event_new_seek (1.0, GST_FORMAT_TIME, 0, GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, -1));
  gst_harness_push_upstream_event (
      link->out, gst_video_event_new_upstream_force_key_unit (12 * GST_SECOND, TRUE, 3));
  do
    {
      g_free (key_unit);
      key_unit = frame_hand_pull_reply_text (link); /* linking made a "reconfigure" */
    }
  while (g_str_equal (key_unit, "reconfigure"));
  g_assert_cmpstr (key_unit, ==,
                   "GstForceKeyUnit, running-time=(guint64)6000000000, "
                   "all-headers=(boolean)true, count=(uint)3");

  gst_harness_push_upstream_event (
      link->out, gst_event_new_navigation (gst_structure_new (
                     "application/x-gst-navigation", "event", G_TYPE_STRING, "key-press", NULL)));
  navigation = frame_hand_pull_reply_text (link);
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

/* The next buffer says so, and a keyframe is requested, at most once per second. */
static void
test_loss (void)
{
  g_autoptr (FrameLink) link = frame_link_new (NULL, DEPAY " unreliable=true");
  gint64 began_us = g_get_monotonic_time ();
  guint n, most;

  frame_hand_begin (link);
  for (guint32 seq = 2; seq < 400; seq++)
    {
      g_autoptr (GstBuffer) buffer = NULL;

      if (seq % 4 == 0)
        continue;
      frame_hand_push_ok (link, frame_hand_make_frame (seq, seq));
      buffer = gst_harness_pull (link->out);
      g_assert_cmpint (GST_BUFFER_IS_DISCONT (buffer), ==, seq % 4 == 1 && seq > 4);
    }
  g_assert_cmpuint (frame_link_get_stat (link->depay, "lost"), ==, 99);
  frame_hand_push_ok (link, frame_hand_make_eos (400)); /* and everything queued before it */
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
  ADD ("late-caps", test_late_caps);
  ADD ("nothing-inherited", test_nothing_inherited);
  ADD ("hello", test_hello);
  ADD ("empty", test_empty);
  ADD ("bytes", test_bytes);
  ADD ("segment", test_segment);
  ADD ("live", test_live);
  ADD ("streams-in-sync", test_streams_in_sync);
  ADD ("live-headers-without-time", test_live_headers_without_time);
  ADD ("latency", test_latency);
  ADD ("live-waits-for-playing", test_live_waits_for_playing);
  ADD ("stop-while-waiting", test_stop_while_waiting);
  ADD ("raw", test_raw);
  ADD ("raw-parts", test_raw_parts);
  ADD ("raw-acknowledged", test_raw_acknowledged);
  ADD ("truncated", test_truncated);
  ADD ("not-truncated", test_not_truncated);
  ADD ("truncated-at-once", test_truncated_at_once);
  ADD ("closed", test_closed);
  ADD ("malformed-ends", test_malformed_ends);
  ADD ("upstream-events", test_upstream_events);
  ADD ("loss", test_loss);
  return g_test_run ();
}
