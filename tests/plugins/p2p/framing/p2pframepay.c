/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sender's side alone: what goes out for what comes in. framewindow.c has how it waits for the
 * receiver. */
#include <string.h>

#include <gst/gst.h>
#include <gst/video/video.h>

#include "gst/p2p/frame/hello.h"
#include "gst/p2p/frame/reassembler.h"
#include "plugins/p2p/base/messagepad.h"
#include "tests/common/leaks.h"
#include "tests/plugins/p2p/framing/hand.h"

#define CAPS "video/x-test, width=(int)320"

/* ---- what goes out ---- */

static void
assert_object (FrameLink *link, GstP2pFrameReassembler *reassembler, guint8 kind, const gchar *text)
{
  g_auto (GstP2pFrameObject) object = frame_hand_pull_object (link, reassembler);

  g_assert_cmpstr (gst_p2p_frame_kind_get_name (object.kind), ==,
                   gst_p2p_frame_kind_get_name (kind));
  if (text)
    g_assert_cmpint (gst_buffer_memcmp (object.payload, 0, text, strlen (text)), ==, 0);
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
  g_autoptr (GstP2pFrameReassembler) reassembler = frame_hand_new_reassembler ();

  gst_harness_set_src_caps_str (link->in, CAPS);
  push_tags (link);
  frame_hand_feed_ok (link, frame_hand_make_media (10, 0, GST_SECOND));
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
  frame_hand_feed_ok (link, frame_hand_make_media (10, 2 * GST_SECOND, GST_SECOND));
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
  frame_hand_feed_ok (link, frame_hand_make_media (50000, 0, GST_SECOND));
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
  g_autoptr (GstP2pFrameReassembler) reassembler = frame_hand_new_reassembler ();
  GstBuffer *buffer = frame_hand_make_media (10, pts, duration);

  GST_BUFFER_DTS (buffer) = dts;
  gst_harness_set_src_caps_str (link->in, CAPS);
  gst_harness_push_event (link->in, gst_event_new_segment (segment));
  frame_hand_feed_ok (link, buffer);
  return frame_hand_pull_frame (link, reassembler);
}

static void
assert_times (GstP2pFrameBuffer frame, gint64 pts, gint64 dts, GstClockTime duration)
{
  g_assert_cmpint (frame.pts, ==, pts);
  g_assert_cmpint (frame.dts, ==, dts);
  g_assert_cmpuint (frame.duration, ==, duration);
  g_assert_false (frame.flags & GST_BUFFER_FLAG_DECODE_ONLY);
}

/* What lies outside of the segment has a running time, too: before it, a negative one. */
static void
test_running_time (void)
{
  const GstClockTime none = GST_CLOCK_TIME_NONE, s = GST_SECOND;
  const gint64 never = GST_P2P_FRAME_NO_TIME, before = -(gint64)s;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 100 * s;
  segment.stop = 110 * s;
  segment.base = 7 * s;
  assert_times (convert (&segment, 103 * s, 102 * s, s), 10 * s, 9 * s, s);
  assert_times (convert (&segment, none, none, none), never, never, none);
  assert_times (convert (&segment, 98 * s, 92 * s, 5 * s), 5 * s, before, 5 * s);
  assert_times (convert (&segment, 111 * s, 111 * s, s), 18 * s, 18 * s, s);
  segment.rate = 2.0;
  assert_times (convert (&segment, 104 * s, none, 2 * s), 9 * s, never, s);

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 100 * s;
  /* As encoders with B-frames do: it is decoded before time zero. */
  assert_times (convert (&segment, 100 * s, 99 * s, s), 0, before, s);
}

static void
assert_segment_text (const GstSegment *segment, const gchar *text)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstP2pFrameReassembler) reassembler = frame_hand_new_reassembler ();

  gst_harness_push_event (link->in, gst_event_new_stream_start ("x"));
  gst_harness_push_event (link->in, gst_event_new_segment (segment));
  assert_object (link, reassembler, GST_P2P_FRAME_STREAM_START, NULL);
  assert_object (link, reassembler, GST_P2P_FRAME_EVENT, text);
}

/* A receiver is told the segment: what it cannot know from running times. */
static void
test_segment (void)
{
  const GstClockTime s = GST_SECOND;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 100 * s;
  segment.stop = 110 * s;
  segment.base = 7 * s;
  segment.time = 90 * s;
  assert_segment_text (&segment,
                       "gst-p2p-segment, format=(string)time, start=(guint64)100000000000, "
                       "stop=(guint64)110000000000, base=(guint64)7000000000, "
                       "time=(guint64)90000000000, applied-rate=(double)1");
  segment.rate = 2.0; /* is applied to what the receiver gets */
  assert_segment_text (&segment,
                       "gst-p2p-segment, format=(string)time, start=(guint64)50000000000, "
                       "stop=(guint64)55000000000, base=(guint64)7000000000, "
                       "time=(guint64)90000000000, applied-rate=(double)2");
  segment.rate = -1.0;
  assert_segment_text (&segment, "gst-p2p-segment, format=(string)time, start=(guint64)0, "
                                 "stop=(guint64)18446744073709551615, base=(guint64)7000000000, "
                                 "time=(guint64)18446744073709551615, applied-rate=(double)1");
}

/* Ids that a receiver would refuse are cut at a character, or left out. */
static void
test_stream_ids (void)
{
  static const struct
  {
    const gchar *begin, *repeated;
    gsize size; /* of the object; 0: none */
  } cases[] = { { "", "", 0 }, { "a", "\303\244", 4 + 4091 }, { "", "\303\244", 4 + 4092 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
      g_autoptr (GstP2pFrameReassembler) reassembler = frame_hand_new_reassembler ();
      GString *id = g_string_new (cases[i].begin);
      g_auto (GstP2pFrameObject) object = { 0 };

      for (guint n = 0; n < 5000; n++)
        g_string_append (id, cases[i].repeated);
      gst_harness_push_event (link->in, gst_event_new_stream_start (id->str));
      g_string_free (id, TRUE);
      gst_harness_push_event (link->in, gst_event_new_eos ());
      object = frame_hand_pull_object (link, reassembler);
      if (cases[i].size == 0)
        g_assert_cmpint (object.kind, ==, GST_P2P_FRAME_EOS);
      else
        g_assert_cmpuint (gst_buffer_get_size (object.payload), ==, cases[i].size);
    }
}

static void
test_bytes (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstP2pFrameReassembler) reassembler = frame_hand_new_reassembler ();
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (link->in, gst_event_new_stream_start ("x"));
  gst_harness_push_event (link->in, gst_event_new_segment (&segment));
  frame_hand_feed_ok (link, frame_hand_make_media (10, 0, 0));
  assert_object (link, reassembler, GST_P2P_FRAME_STREAM_START, NULL);
  assert_object (link, reassembler, GST_P2P_FRAME_EVENT, "gst-p2p-segment, format=(string)bytes");
  assert_times (frame_hand_pull_frame (link, reassembler), GST_P2P_FRAME_NO_TIME,
                GST_P2P_FRAME_NO_TIME, GST_CLOCK_TIME_NONE);
}

/* Stream headers make caps larger than they may be: they go as buffers, without them in the caps.
 */
static void
test_large_caps (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstP2pFrameReassembler) reassembler = frame_hand_new_reassembler ();
  g_autoptr (GstCaps) caps = gst_caps_from_string ("audio/x-test, rate=(int)48000");
  g_autoptr (GstBuffer) header
      = frame_hand_make_media (40000, GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE);
  g_auto (GValue) headers = G_VALUE_INIT, value = G_VALUE_INIT;
  GstP2pFrameBuffer frame;

  g_value_init (&headers, GST_TYPE_ARRAY);
  g_value_init (&value, GST_TYPE_BUFFER);
  gst_value_set_buffer (&value, header);
  gst_value_array_append_value (&headers, &value);
  gst_caps_set_value (caps, "streamheader", &headers);
  gst_harness_set_src_caps (link->in, g_steal_pointer (&caps));
  frame_hand_feed_ok (link, frame_hand_make_media (10, 0, GST_SECOND));

  assert_object (link, reassembler, GST_P2P_FRAME_STREAM_START, NULL);
  {
    g_auto (GstP2pFrameObject) object = frame_hand_pull_object (link, reassembler);

    g_assert_cmpuint (object.kind, ==, GST_P2P_FRAME_CAPS);
    g_assert_cmpuint (gst_buffer_get_size (object.payload), ==,
                      strlen ("audio/x-test, rate=(int)48000"));
  }
  frame = frame_hand_pull_frame (link, reassembler);
  g_assert_true (frame.flags & GST_BUFFER_FLAG_HEADER);
  frame = frame_hand_pull_frame (link, reassembler);
  g_assert_false (frame.flags & GST_BUFFER_FLAG_HEADER);
}

static void
check_impossible_caps (GstCaps *caps)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);

  gst_harness_set_src_caps (link->in, caps);
  g_assert_cmpint (gst_harness_push (link->in, frame_hand_make_media (10, 0, 1)), !=, GST_FLOW_OK);
  frame_link_assert_one_error (link, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE);
}

static void
test_impossible_caps (void)
{
  g_autofree gchar *text = g_strnfill (70000, 'x');

  check_impossible_caps (gst_caps_new_simple ("video/x-test", "t", G_TYPE_GTYPE, G_TYPE_INT, NULL));
  check_impossible_caps (gst_caps_new_simple ("video/x-test", "s", G_TYPE_STRING, text, NULL));
}

/* Refused here, since the receiver would leave. */
static void
test_too_large (void)
{
  const gchar *const elements[]
      = { "p2pframepay max-frame-size=100", "p2pframepay max-frame-size=100 framing=raw" };

  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    {
      g_autoptr (FrameLink) link = frame_link_new (elements[i], NULL);

      gst_harness_set_src_caps_str (link->in, CAPS);
      frame_hand_feed_ok (link, frame_hand_make_media (100, 0, 1));
      g_assert_cmpint (gst_harness_push (link->in, frame_hand_make_media (101, 0, 1)), ==,
                       GST_FLOW_ERROR);
      frame_link_assert_one_error (link, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT);
    }
}

/* --- memory that only a device can read --- */

typedef GstAllocator DeviceAllocator;
typedef GstAllocatorClass DeviceAllocatorClass;

static GType device_allocator_get_type (void);
G_DEFINE_TYPE (DeviceAllocator, device_allocator, GST_TYPE_ALLOCATOR)

static gpointer
device_map (GstMemory *memory, gsize max_size, GstMapFlags flags)
{
  return NULL;
}

static void
device_free (GstAllocator *allocator, GstMemory *memory)
{
  g_free (memory);
}

static void
device_allocator_class_init (DeviceAllocatorClass *klass)
{
  klass->free = device_free;
}

static void
device_allocator_init (DeviceAllocator *allocator)
{
  allocator->mem_type = "DeviceMemory";
  allocator->mem_map = device_map;
}

static void
test_device_memory (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstAllocator) allocator
      = gst_object_ref_sink (g_object_new (device_allocator_get_type (), NULL));
  GstMemory *memory = g_new0 (GstMemory, 1);
  GstBuffer *buffer = gst_buffer_new ();

  gst_memory_init (memory, 0, allocator, NULL, 100, 0, 0, 100);
  gst_harness_set_src_caps_str (link->in, CAPS);
  gst_buffer_append_memory (buffer, memory);
  g_assert_cmpint (gst_harness_push (link->in, buffer), ==, GST_FLOW_ERROR);
  frame_link_assert_one_error (link, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT);
}

/* What is too large for the wire is told. */
static void
test_large_protection (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstBuffer) small = frame_hand_make_media (1000, 0, 0);
  g_autoptr (GstBuffer) large = frame_hand_make_media (200000, 0, 0);

  gst_harness_set_src_caps_str (link->in, CAPS);
  gst_harness_push_event (link->in, gst_event_new_protection ("a", small, NULL));
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_WARNING), ==, 0);
  gst_harness_push_event (link->in, gst_event_new_protection ("b", large, NULL));
  gst_harness_push_event (link->in, gst_event_new_protection ("c", large, NULL));
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_WARNING), ==, 1);
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

/* ---- a newcomer ---- */

static void
test_begins_with_a_keyframe (void)
{
  const gchar *const elements[] = { "p2pframepay", "p2pframepay framing=raw" };

  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    {
      g_autoptr (FrameLink) link = frame_link_new (elements[i], NULL);

      gst_harness_set_src_caps_str (link->in, CAPS);
      frame_hand_feed_ok (link, frame_hand_make_delta (10));
      frame_hand_feed_ok (link, frame_hand_make_delta (10));
      g_assert_cmpuint (frame_link_get_stat (link->pay, "dropped"), ==, 2);
      g_assert_cmpuint (frame_hand_count_key_unit_requests (link), ==, 1);
      frame_hand_feed_ok (link, frame_hand_make_media (10, 0, 1));
      frame_hand_feed_ok (link, frame_hand_make_delta (10));
      g_assert_cmpuint (frame_link_get_stat (link->pay, "dropped"), ==, 2);
      g_assert_cmpuint (frame_hand_count_key_unit_requests (link), ==, 0);
    }
}

#define HEADER_CAPS "video/x-test, streamheader=(buffer)< 0102, 0304 >"

static void
test_stream_headers (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  g_autoptr (GstP2pFrameReassembler) reassembler = frame_hand_new_reassembler ();

  gst_harness_set_src_caps_str (link->in, HEADER_CAPS);
  frame_hand_feed_ok (link, frame_hand_make_media (10, 0, 1));
  for (guint i = 0; i < 2; i++)
    {
      GstP2pFrameBuffer header = frame_hand_pull_frame (link, reassembler);

      g_assert_true (header.flags & GST_BUFFER_FLAG_HEADER);
      g_assert_cmpint (header.pts, ==, GST_P2P_FRAME_NO_TIME);
    }
  g_assert_false (frame_hand_pull_frame (link, reassembler).flags & GST_BUFFER_FLAG_HEADER);
}

/* Encoders put headers into the caps of some codecs that belong to no stream, but to muxers. */
static void
test_stream_headers_for_muxers (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);

  gst_harness_set_src_caps_str (link->in, "video/x-vp8, streamheader=(buffer)< 0102 >");
  frame_hand_feed_ok (link, frame_hand_make_media (10, 0, 1));
  g_assert_cmpuint (frame_link_get_stat (link->pay, "objects"), ==, 3);
}

static void
test_stream_headers_in_stream (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", NULL);
  GstBuffer *header = frame_hand_make_media (10, 0, 1);

  GST_BUFFER_FLAG_SET (header, GST_BUFFER_FLAG_HEADER);
  GST_BUFFER_FLAG_SET (header, GST_BUFFER_FLAG_DELTA_UNIT); /* as matroskamux does */
  gst_harness_set_src_caps_str (link->in, HEADER_CAPS);
  frame_hand_feed_ok (link, header);
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

/* Before everything else, and once. */
static void
test_hello (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay sender-pad=sink_3 streams=4", NULL);
  g_autoptr (GstP2pFrameReassembler) reassembler = frame_hand_new_reassembler ();
  guint new_names = 9, streams;
  gchar *pad;
  GstMapInfo map;
  GstP2pFrameObject object;

  gst_harness_set_src_caps_str (link->in, "video/x-test");
  frame_hand_feed_ok (link, frame_hand_make_media (1000, 0, 1));
  object = frame_hand_pull_object (link, reassembler);
  g_assert_cmpint (object.kind, ==, GST_P2P_FRAME_HELLO);
  g_assert_cmpuint (object.seq, ==, 0);
  g_assert_true (gst_buffer_map (object.payload, &map, GST_MAP_READ));
  g_assert_true (gst_p2p_frame_hello_parse ((const gchar *)map.data, map.size, &new_names, &pad,
                                            &streams, NULL));
  gst_buffer_unmap (object.payload, &map);
  g_assert_cmpstr (pad, ==, "sink_3");
  g_assert_cmpuint (streams, ==, 4);
  g_free (pad);
  while (object.kind != GST_P2P_FRAME_BUFFER)
    {
      gst_p2p_frame_object_clear (&object);
      object = frame_hand_pull_object (link, reassembler);
      g_assert_cmpint (object.kind, !=, GST_P2P_FRAME_HELLO);
    }
  gst_p2p_frame_object_clear (&object);
}

/* All parts but the last are marked, if the receiver puts them together. */
static void
test_raw_parts (void)
{
  static const gchar *const elements[]
      = { "p2pframepay framing=raw max-message-size=1000",
          "p2pframepay framing=raw max-message-size=1000 parts=1" };

  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    {
      g_autoptr (FrameLink) link = frame_link_new (elements[i], NULL);

      gst_harness_set_src_caps_str (link->in, CAPS);
      frame_hand_feed_ok (link, frame_hand_make_media (2001, 0, 1));
      frame_hand_feed_ok (link, frame_hand_make_media (1000, 0, 1));
      for (guint part = 0; part < 4; part++)
        {
          g_autoptr (GstBuffer) message = gst_harness_try_pull (link->in);

          g_assert_cmpint (GST_BUFFER_FLAG_IS_SET (message, GST_P2P_MESSAGE_FLAG_PARTIAL), ==,
                           i == 1 && part < 2);
        }
    }
}

static void
test_raw (void)
{
  g_autoptr (FrameLink) link
      = frame_link_new ("p2pframepay framing=raw max-message-size=1000", NULL);

  gst_harness_set_src_caps_str (link->in, HEADER_CAPS);
  push_tags (link);
  frame_hand_feed_ok (link, frame_hand_make_media (1000, 0, 1));
  frame_hand_feed_ok (link, frame_hand_make_media (0, 0, 1));
  frame_hand_feed_ok (link, frame_hand_make_media (2001, 0, 1));
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

  g_assert_cmpint (gst_harness_push (link->back, frame_hand_make_media (100, 0, 0)), ==,
                   GST_FLOW_OK);
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ERROR), ==, 0);
}

/* ---- the end ---- */

static void
test_eos (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay max-in-flight=2000", NULL);

  gst_harness_set_src_caps_str (link->in, CAPS);
  frame_hand_ack (link, 0, 1);
  frame_hand_feed_ok (link, frame_hand_make_media (5000, 0, 1));
  gst_harness_push_event (link->in, gst_event_new_eos ()); /* does not wait */
  frame_hand_ack (link, 1, 2);
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ELEMENT), ==, 0);
  frame_hand_ack (link, 2, 3);
  frame_hand_ack (link, 3, 3);
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
  ADD ("segment", test_segment);
  ADD ("stream-ids", test_stream_ids);
  ADD ("bytes", test_bytes);
  ADD ("large-caps", test_large_caps);
  ADD ("impossible-caps", test_impossible_caps);
  ADD ("too-large", test_too_large);
  ADD ("device-memory", test_device_memory);
  ADD ("large-protection", test_large_protection);
  ADD ("queries", test_queries);
  ADD ("begins-with-a-keyframe", test_begins_with_a_keyframe);
  ADD ("stream-headers", test_stream_headers);
  ADD ("stream-headers-for-muxers", test_stream_headers_for_muxers);
  ADD ("stream-headers-in-stream", test_stream_headers_in_stream);
  ADD ("hello", test_hello);
  ADD ("raw", test_raw);
  ADD ("raw-parts", test_raw_parts);
  ADD ("raw-replies", test_raw_replies);
  ADD ("eos", test_eos);
  ADD ("upstream-events", test_upstream_events);
  return g_test_run ();
}
