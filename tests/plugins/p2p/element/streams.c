/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What goes into p2psink comes out of p2psrc: buffers, their metadata, and the events between them.
 */
#include "tests/plugins/p2p/element/stage.h"

#define MINUTE_OF_VIDEO 1800
#define MINUTE_OF_AUDIO 3000
#define KEY_FRAME_INTERVAL 30

/* A stream with B-frames as encoders make it, with everything in it that is to be kept. */
static void
push_video_frame (GstElement *feed, guint i)
{
  GstBuffer *buffer = test_make_buffer (500 + i * 37 % 4000, i);
  guint shown = i % 3 == 0 ? i : (i % 3 == 1 ? i + 1 : i - 1);

  GST_BUFFER_DTS (buffer) = gst_util_uint64_scale (i, GST_SECOND, 30);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (shown + 2, GST_SECOND, 30);
  GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (1, GST_SECOND, 30);
  GST_BUFFER_OFFSET (buffer) = i;
  GST_BUFFER_OFFSET_END (buffer) = i + 1;
  if (i % KEY_FRAME_INTERVAL != 0)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (i % 300 == 0)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_HEADER);
  if (i % 450 == 0)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  if (i % 70 == 5)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP | GST_BUFFER_FLAG_DROPPABLE);
  if (i % 90 == 7)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_CORRUPTED | GST_BUFFER_FLAG_MARKER);
  test_push (feed, buffer);
}

static void
push_video_events (GstElement *feed, guint i)
{
  if (i % 100 == 40)
    {
      GstEvent *gap
          = gst_event_new_gap (gst_util_uint64_scale (i, GST_SECOND, 30), 17 * GST_MSECOND);
      g_assert_true (gst_element_send_event (feed, gap));
    }
  if (i % 500 == 250)
    {
      g_autofree gchar *title = g_strdup_printf ("Scene \"%u\", äöü", i);
      GstTagList *tags = gst_tag_list_new (GST_TAG_TITLE, title, GST_TAG_BITRATE, i, NULL);
      g_assert_true (gst_element_send_event (feed, gst_event_new_tag (tags)));
    }
  if (i % 600 == 0)
    {
      g_autofree gchar *caps = g_strdup_printf (
          "video/x-test, width=%u, height=480, framerate=30/1, title=\"a; b\"", 320 + i);
      test_set_caps (feed, caps);
    }
}

static void
push_video (GstElement *feed, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      push_video_events (feed, i);
      push_video_frame (feed, i);
    }
  test_push_eos (feed);
}

/* 20 ms Opus packets in 48 kHz, whose times are no whole milliseconds everywhere. */
static void
push_audio (GstElement *feed, guint n)
{
  test_set_caps (feed, "audio/x-test, rate=44100, channels=2");
  for (guint i = 0; i < n; i++)
    {
      GstBuffer *buffer = test_make_buffer (40 + i % 200, i);

      GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (i * 882ull, GST_SECOND, 44100) + i % 7;
      GST_BUFFER_DURATION (buffer) = 20 * GST_MSECOND;
      test_push (feed, buffer);
    }
  test_push_eos (feed);
}

/* --- comparing --- */

static void
compare_buffers (GstBuffer *sent, GstBuffer *got)
{
  GstMapInfo map;

  g_assert_cmpuint (GST_BUFFER_PTS (got), ==, GST_BUFFER_PTS (sent));
  g_assert_cmpuint (GST_BUFFER_DTS (got), ==, GST_BUFFER_DTS (sent));
  g_assert_cmpuint (GST_BUFFER_DURATION (got), ==, GST_BUFFER_DURATION (sent));
  g_assert_cmpuint (GST_BUFFER_OFFSET (got), ==, GST_BUFFER_OFFSET (sent));
  g_assert_cmpuint (GST_BUFFER_OFFSET_END (got), ==, GST_BUFFER_OFFSET_END (sent));
  /* TAG_MEMORY tells of the memory's history, not of the content. */
  g_assert_cmphex (GST_BUFFER_FLAGS (got) & ~GST_BUFFER_FLAG_TAG_MEMORY, ==,
                   GST_BUFFER_FLAGS (sent) & ~GST_BUFFER_FLAG_TAG_MEMORY);
  g_assert_cmpuint (gst_buffer_get_size (got), ==, gst_buffer_get_size (sent));
  if (gst_buffer_get_size (sent) == 0)
    return;
  gst_buffer_map (sent, &map, GST_MAP_READ);
  g_assert_cmpint (gst_buffer_memcmp (got, 0, map.data, map.size), ==, 0);
  gst_buffer_unmap (sent, &map);
}

static void
compare_events (GstEvent *sent, GstEvent *got)
{
  const GstStructure *a = gst_event_get_structure (sent), *b = gst_event_get_structure (got);
  GstTagList *tags_a, *tags_b;

  g_assert_cmpstr (GST_EVENT_TYPE_NAME (got), ==, GST_EVENT_TYPE_NAME (sent));
  if (GST_EVENT_TYPE (sent) == GST_EVENT_TAG)
    {
      gst_event_parse_tag (sent, &tags_a);
      gst_event_parse_tag (got, &tags_b);
      g_assert_true (gst_tag_list_is_equal (tags_a, tags_b));
    }
  else if (a && !gst_structure_is_equal (a, b))
    {
      g_autofree gchar *text_a = gst_structure_to_string (a), *text_b = gst_structure_to_string (b);
      g_error ("%s became %s", text_a, text_b);
    }
}

/* Without what each pipeline has of its own. */
static GPtrArray *
get_content (TestRecord *record)
{
  GPtrArray *items = test_record_get_items (record);

  for (guint i = 0; i < items->len; i++)
    {
      gpointer item = g_ptr_array_index (items, i);

      if (GST_IS_EVENT (item)
          && (GST_EVENT_TYPE (item) == GST_EVENT_SEGMENT
              || GST_EVENT_TYPE (item) == GST_EVENT_STREAM_START))
        g_ptr_array_remove_index (items, i--);
    }
  return items;
}

static void
compare_records (TestRecord *sent, TestRecord *got)
{
  g_autoptr (GPtrArray) a = get_content (sent), b = get_content (got);

  for (guint i = 0; i < MIN (a->len, b->len); i++)
    {
      GstMiniObject *x = g_ptr_array_index (a, i), *y = g_ptr_array_index (b, i);

      if (GST_MINI_OBJECT_TYPE (x) != GST_MINI_OBJECT_TYPE (y))
        g_error ("item %u of %u: a %s became a %s", i, a->len,
                 g_type_name (GST_MINI_OBJECT_TYPE (x)), g_type_name (GST_MINI_OBJECT_TYPE (y)));
      if (GST_IS_BUFFER (x))
        compare_buffers (GST_BUFFER (x), GST_BUFFER (y));
      else
        compare_events (GST_EVENT (x), GST_EVENT (y));
    }
  g_assert_cmpuint (b->len, ==, a->len);
}

/* --- one stream --- */

typedef struct
{
  TestStage *stage;
  GstElement *sender, *receiver;
  GstElement *feed;
  TestRecord *sent, *got;
} Stream;

static void
stream_begin (Stream *stream, const gchar *transport, const gchar *sink_properties,
              const gchar *src_properties)
{
  g_autoptr (GstPad) pad = NULL;

  stream->stage = test_stage_new (transport, NULL);
  stream->receiver = test_stage_play_called (
      stream->stage, "p2psrc name=p2p STAGE local-id=r %s ! fakesink name=out sync=false",
      src_properties);
  stream->got = test_record_new_at (stream->receiver, "out");
  stream->sender = test_stage_play (
      stream->stage, "appsrc name=feed format=time ! p2psink name=p2p STAGE remote-id=r %s",
      sink_properties);
  stream->feed = test_borrow (stream->sender, "feed");
  pad = gst_element_get_static_pad (stream->feed, "src");
  stream->sent = test_record_new (pad);
}

static void
stream_wait_for_end (Stream *stream)
{
  gst_message_unref (test_bus_wait (stream->receiver, GST_MESSAGE_EOS, 50000));
  gst_message_unref (test_bus_wait (stream->sender, GST_MESSAGE_EOS, 5000));
}

static void
stream_end (Stream *stream)
{
  test_record_free (stream->sent);
  test_record_free (stream->got);
  test_pipeline_stop (stream->sender);
  test_pipeline_stop (stream->receiver);
  test_stage_free (stream->stage);
}

static void
test_video (gconstpointer transport)
{
  Stream stream;

  stream_begin (&stream, transport, "", "is-live=false");
  push_video (stream.feed, MINUTE_OF_VIDEO);
  stream_wait_for_end (&stream);
  compare_records (stream.sent, stream.got);
  stream_end (&stream);
}

static void
test_audio (gconstpointer transport)
{
  Stream stream;

  stream_begin (&stream, transport, "", "is-live=false");
  push_audio (stream.feed, MINUTE_OF_AUDIO);
  stream_wait_for_end (&stream);
  compare_records (stream.sent, stream.got);
  stream_end (&stream);
}

/* 0 bytes, 1, the limits of a message, 8 MB, and what is in between: each as one buffer. */
static void
test_sizes (gconstpointer transport)
{
  const gsize sizes[] = { 0, 1,      16309,   16310,   16311, 16384,   65536, 66304,   66305, 80001,
                          0, 262144, 1000000, 1048577, 5,     8000000, 0,     8388608, 3,     0 };
  Stream stream;

  stream_begin (&stream, transport, "", "is-live=false");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    test_push (stream.feed, test_make_buffer (sizes[i], i));
  for (guint i = 0; i < 200; i++)
    test_push (stream.feed, test_make_buffer ((gsize)g_test_rand_int_range (0, 50000), i));
  test_push_eos (stream.feed);
  stream_wait_for_end (&stream);
  compare_records (stream.sent, stream.got);
  stream_end (&stream);
}

/* What was set before there was a connection reaches the receiver, too. */
static void
test_stream_start (gconstpointer transport)
{
  const gchar *sent_id, *got_id;
  GstEvent *sent, *got;
  Stream stream;
  GstPad *pad;

  stream_begin (&stream, transport, "", "is-live=false");
  pad = gst_element_get_static_pad (stream.feed, "src");
  push_audio (stream.feed, 3);
  stream_wait_for_end (&stream);
  sent = gst_pad_get_sticky_event (pad, GST_EVENT_STREAM_START, 0);
  got = test_record_get_event (stream.got, GST_EVENT_STREAM_START, 0);
  g_assert_nonnull (got);
  gst_event_parse_stream_start (sent, &sent_id);
  gst_event_parse_stream_start (got, &got_id);
  g_assert_cmpstr (got_id, ==, sent_id);
  gst_event_unref (sent);
  gst_event_unref (got);
  gst_object_unref (pad);
  stream_end (&stream);
}

/* --- two streams, live --- */

#define N_PICTURES 60
#define N_SOUNDS 100

/* What the receiver's segment adds to the sender's running time, for the last buffer: a stream that
 * begins late moves the others once. */
static GstClockTimeDiff
get_mapping (TestRecord *record, guint n_expected)
{
  g_autoptr (GstEvent) event = test_record_get_event (record, GST_EVENT_SEGMENT, 0);
  g_autoptr (GPtrArray) buffers = test_record_get_buffers (record);
  const GstSegment *segment;
  GstClockTime pts, time;
  GstEvent *next;
  gint sign;

  for (guint n = 1; (next = test_record_get_event (record, GST_EVENT_SEGMENT, n)); n++)
    {
      gst_event_unref (event);
      event = next;
    }
  g_assert_nonnull (event);
  gst_event_parse_segment (event, &segment);
  g_assert_cmpuint (buffers->len, ==, n_expected);
  pts = GST_BUFFER_PTS (g_ptr_array_index (buffers, buffers->len - 1));
  sign = gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, pts, &time);
  return (sign < 0 ? -(gint64)time : (gint64)time) - (gint64)pts;
}

static void
push_live (GstElement *feed, const gchar *caps, guint n, GstClockTime first, GstClockTime interval)
{
  test_set_caps (feed, caps);
  for (guint i = 0; i < n; i++)
    {
      GstBuffer *buffer = test_make_buffer (300, i);

      GST_BUFFER_PTS (buffer) = first + i * interval;
      test_push (feed, buffer);
    }
  test_push_eos (feed);
}

/* Two pads of a sender whose stream began long ago: both are mapped alike, so that sound and
 * picture stay together; and what is shown comes in real time. */
static void
test_in_sync (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *receiver
      = test_stage_play_called (stage, "p2psrc name=p2p STAGE local-id=r is-live=true latency=100  "
                                       "p2p.src_0 ! fakesink name=out0 sync=true async=false  "
                                       "p2p.src_1 ! fakesink name=out1 sync=true async=false");
  TestRecord *first = test_record_new_at (receiver, "out0");
  TestRecord *second = test_record_new_at (receiver, "out1");
  GstElement *sender = test_stage_play (
      stage, "p2psink name=p2p STAGE remote-id=r  appsrc name=video format=time ! p2p.  "
             "appsrc name=audio format=time ! p2p.");
  GstElement *video = test_borrow (sender, "video");
  GstElement *audio = test_borrow (sender, "audio");
  gint64 took_us;

  push_live (video, "video/x-test", N_PICTURES, 1000 * GST_SECOND + 1, GST_SECOND / 30);
  push_live (audio, "audio/x-test", N_SOUNDS, 1000 * GST_SECOND + 12345678, 20 * GST_MSECOND);
  gst_message_unref (test_bus_wait (receiver, GST_MESSAGE_EOS, 20000));
  gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, 5000));

  /* Which of its pads is which the receiver cannot know: one stream's first message may come before
   * the other's. */
  if (test_record_count_buffers (first) != N_PICTURES)
    {
      TestRecord *sound = first;

      first = second;
      second = sound;
    }
  g_assert_cmpint (get_mapping (first, N_PICTURES), ==, get_mapping (second, N_SOUNDS));
  took_us = test_record_get_time (first, test_record_count_buffers (first) - 1)
            - test_record_get_time (first, 0);
  g_assert_cmpint (took_us, >, 1500000);

  test_record_free (first);
  test_record_free (second);
  test_pipeline_stop (sender);
  test_pipeline_stop (receiver);
  test_stage_free (stage);
}

static void
check_whole (TestRecord *record, const gsize *sizes, guint n)
{
  g_autoptr (GPtrArray) got = test_record_get_buffers (record);

  g_assert_cmpuint (got->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GstBuffer) sent = test_make_buffer (sizes[i], i);
      GstBuffer *buffer = g_ptr_array_index (got, i);
      GstMapInfo map;

      g_assert_cmpuint (gst_buffer_get_size (buffer), ==, sizes[i]);
      if (sizes[i] == 0)
        continue;
      g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
      g_assert_cmpint (gst_buffer_memcmp (sent, 0, map.data, map.size), ==, 0);
      gst_buffer_unmap (buffer, &map);
    }
}

static void
send_raw (const gchar *transport, const gchar *receiver_transport)
{
  static const gsize sizes[] = { 0,      1,       65535,   65536, 65537,          0, 131072, 262144,
                                 262145, 1048576, 1048577, 5,     3 * 1048576 + 1 };
  TestStage *stage = test_stage_new (transport, NULL);
  g_autofree gchar *source = g_strdup_printf ("p2psrc name=p2p STAGE transport=%s local-id=r ! "
                                              "fakesink name=out sync=false",
                                              receiver_transport);
  GstElement *receiver = test_stage_play_called (stage, "%s", source);
  TestRecord *record = test_record_new_at (receiver, "out");
  GstElement *sender = test_stage_play (
      stage, "appsrc name=feed format=time ! p2psink name=p2p STAGE remote-id=r framing=raw");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    test_push (test_borrow (sender, "feed"), test_make_buffer (sizes[i], i));
  test_push_eos (test_borrow (sender, "feed"));
  gst_message_unref (test_bus_wait (receiver, GST_MESSAGE_EOS, 20000));
  gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, 5000));
  check_whole (record, sizes, G_N_ELEMENTS (sizes));
  test_record_free (record);
  test_pipeline_stop (sender);
  test_pipeline_stop (receiver);
  test_stage_free (stage);
}

/* A raw buffer is one message, however large, whatever the receiver's stack can take at once and
 * the sender's can send. */
static void
test_raw_large (gconstpointer transport)
{
  send_raw (transport, "elements");
  send_raw (transport, "direct");
}

static void
add (void)
{
  test_add_for_each_transport ("/streams/video", test_video);
  test_add_for_each_transport ("/streams/audio", test_audio);
  test_add_for_each_transport ("/streams/sizes", test_sizes);
  test_add_for_each_transport ("/streams/raw-large", test_raw_large);
  test_add_for_each_transport ("/streams/stream-start", test_stream_start);
  test_add_for_each_transport ("/streams/in-sync", test_in_sync);
}

int
main (int argc, char **argv)
{
  return test_stage_main (argc, argv, add, 110);
}
