/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What buffers and streams carry beside bytes comes out of p2psrc as it went into p2psink. */
#include <gst/audio/audio.h>
#include <gst/video/video.h>
#include <string.h>

#include "tests/common/signaling.h"
#include "tests/common/wait.h"
#include "tests/plugins/p2p/element/ends.h"

#define PICTURE "video/x-raw, format=GRAY8, width=100, height=8, framerate=25/1"
#define STRIDE 128

/* A sender that is fed by hand, a receiver, and what the latter got. */
typedef struct
{
  TestSignaling *signaling;
  End *receiver;
  End *sender;
  GstElement *feed;
  GMutex lock;
  /* lock */
  GPtrArray *buffers;
  GPtrArray *events;
} Pair;

static GstPadProbeReturn
on_item (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Pair *pair = data;

  g_mutex_lock (&pair->lock);
  if (GST_IS_BUFFER (info->data))
    g_ptr_array_add (pair->buffers, gst_buffer_ref (info->data));
  else
    g_ptr_array_add (pair->events, gst_event_ref (info->data));
  g_mutex_unlock (&pair->lock);
  return GST_PAD_PROBE_OK;
}

static void
pair_begin (Pair *pair, const gchar *transport, const gchar *receiver, const gchar *caps)
{
  const gchar *uri;
  g_autoptr (GstElement) out = NULL;
  g_autoptr (GstPad) pad = NULL;

  pair->signaling = test_signaling_new (NULL, NULL);
  uri = test_signaling_get_uri (pair->signaling);
  g_mutex_init (&pair->lock);
  pair->buffers = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);
  pair->events = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_event_unref);
  pair->receiver
      = end_new ("p2psrc name=p local-id=a %s signaling-uri=%s transport=%s ! " ENDS_TAKE, receiver,
                 uri, transport);
  out = gst_bin_get_by_name (GST_BIN (pair->receiver->pipeline), "out");
  pad = gst_element_get_static_pad (out, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_item,
                     pair, NULL);
  end_set_state (pair->receiver, GST_STATE_PLAYING);
  pair->sender = end_play ("appsrc name=feed format=time handle-segment-change=true caps=\"%s\" ! "
                           "p2psink name=p remote-id=a signaling-uri=%s transport=%s",
                           caps, uri, transport);
  pair->feed = gst_bin_get_by_name (GST_BIN (pair->sender->pipeline), "feed");
}

/* Takes @buffer. @segment: (nullable) */
static void
pair_push (Pair *pair, GstBuffer *buffer, const GstSegment *segment)
{
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstSample) sample = NULL;
  GstFlowReturn flow;

  g_object_get (pair->feed, "caps", &caps, NULL);
  sample = gst_sample_new (buffer, caps, segment, NULL);
  gst_buffer_unref (buffer);
  g_signal_emit_by_name (pair->feed, "push-sample", sample, &flow);
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
}

static void
pair_wait_for_end (Pair *pair)
{
  GstFlowReturn flow;

  g_signal_emit_by_name (pair->feed, "end-of-stream", &flow);
  end_wait_eos (pair->receiver);
  end_wait_eos (pair->sender);
  end_expect_no_error (pair->receiver);
  end_expect_no_error (pair->sender);
}

static void
pair_end (Pair *pair)
{
  gst_object_unref (pair->feed);
  end_free (pair->sender);
  end_free (pair->receiver);
  g_ptr_array_unref (pair->buffers);
  g_ptr_array_unref (pair->events);
  g_mutex_clear (&pair->lock);
  test_signaling_free (pair->signaling);
}

/* The last event of that type. */
static GstEvent *
pair_get_event (Pair *pair, GstEventType type)
{
  for (guint i = pair->events->len; i-- > 0;)
    if (GST_EVENT_TYPE (g_ptr_array_index (pair->events, i)) == type)
      return g_ptr_array_index (pair->events, i);
  g_error ("no event %s came", gst_event_type_get_name (type));
}

/* --- times --- */

/* As a demuxer has them with B-frames: what is shown first is decoded before the segment's start.
 */
static void
check_decoding_times (const gchar *transport, gboolean live)
{
  static const guint pts_ms[] = { 80, 240, 160, 120, 200 };
  const GstSegment *got;
  GstSegment segment;
  Pair pair;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 80 * GST_MSECOND;
  segment.stop = 4080 * GST_MSECOND;
  pair_begin (&pair, transport, live ? "is-live=true" : "is-live=false", "video/x-test");
  for (guint i = 0; i < G_N_ELEMENTS (pts_ms); i++)
    {
      GstBuffer *buffer = gst_buffer_new_memdup ("frame", 5);

      GST_BUFFER_PTS (buffer) = pts_ms[i] * GST_MSECOND;
      GST_BUFFER_DTS (buffer) = i * 40 * GST_MSECOND;
      pair_push (&pair, buffer, &segment);
    }
  pair_wait_for_end (&pair);
  g_assert_cmpuint (pair.buffers->len, ==, G_N_ELEMENTS (pts_ms));
  for (guint i = 0; i < pair.buffers->len; i++)
    {
      GstBuffer *buffer = g_ptr_array_index (pair.buffers, i);

      g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, pts_ms[i] * GST_MSECOND);
      g_assert_cmpuint (GST_BUFFER_DTS (buffer), ==, i * 40 * GST_MSECOND);
    }
  gst_event_parse_segment (pair_get_event (&pair, GST_EVENT_SEGMENT), &got);
  g_assert_cmpuint (got->start, ==, 80 * GST_MSECOND);
  g_assert_cmpuint (got->stop, ==, 4080 * GST_MSECOND);
  if (!live)
    g_assert_cmpuint (got->base, ==, 0);
  pair_end (&pair);
}

static void
test_decoding_times (const gchar *transport)
{
  check_decoding_times (transport, FALSE);
  check_decoding_times (transport, TRUE);
}

/* --- metas --- */

/* Its rows are padded, and begin with 1, 11, 21, … */
static GstBuffer *
make_picture (guint n)
{
  gsize offsets[GST_VIDEO_MAX_PLANES] = { 0 };
  gint strides[GST_VIDEO_MAX_PLANES] = { STRIDE };
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 8 * STRIDE, NULL);

  for (gsize y = 0; y < 8; y++)
    gst_buffer_memset (buffer, y * STRIDE, (guint8)(y * 10 + 1), 100);
  GST_BUFFER_PTS (buffer) = n * 40 * GST_MSECOND;
  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, 100, 8,
                                  1, offsets, strides);
  return buffer;
}

static void
test_metas (const gchar *transport)
{
  g_autoptr (GstCaps) reference = gst_caps_new_empty_simple ("timestamp/x-unix");
  Pair pair;

  pair_begin (&pair, transport, "", PICTURE);
  for (guint i = 0; i < 3; i++)
    {
      GstBuffer *buffer = make_picture (i);

      gst_buffer_add_video_time_code_meta_full (buffer, 25, 1, NULL, GST_VIDEO_TIME_CODE_FLAGS_NONE,
                                                10, 0, 0, i, 0);
      gst_buffer_add_video_caption_meta (buffer, GST_VIDEO_CAPTION_TYPE_CEA708_RAW,
                                         (const guint8 *)"\xfc\x80\x80", 3);
      gst_buffer_add_reference_timestamp_meta (buffer, reference, 1000 + i, GST_CLOCK_TIME_NONE);
      pair_push (&pair, buffer, NULL);
    }
  pair_wait_for_end (&pair);
  end_expect_no_warning (pair.sender);
  g_assert_cmpuint (pair.buffers->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      GstBuffer *buffer = g_ptr_array_index (pair.buffers, i);
      GstMapInfo map;

      g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
      g_assert_cmpuint (map.size, ==, 800);
      for (guint y = 0; y < 8; y++)
        g_assert_cmpuint (map.data[100 * y], ==, y * 10 + 1);
      gst_buffer_unmap (buffer, &map);
      g_assert_cmpuint (gst_buffer_get_video_time_code_meta (buffer)->tc.frames, ==, i);
      g_assert_cmpuint (gst_buffer_get_video_caption_meta (buffer)->size, ==, 3);
      g_assert_cmpuint (gst_buffer_get_reference_timestamp_meta (buffer, reference)->timestamp, ==,
                        1000 + i);
    }
  pair_end (&pair);
}

/* What cannot travel is told, once. */
static void
test_lost (const gchar *transport)
{
  Pair pair;

  pair_begin (&pair, transport, "", PICTURE);
  for (guint i = 0; i < 5; i++)
    {
      GstBuffer *buffer = make_picture (i);

      gst_buffer_add_video_affine_transformation_meta (buffer);
      pair_push (&pair, buffer, NULL);
    }
  pair_wait_for_end (&pair);
  end_take_warning (
      pair.sender, GST_STREAM_ERROR, GST_STREAM_ERROR_NOT_IMPLEMENTED,
      "What the stream carries as GstVideoAffineTransformationMeta does not go to the "
      "peer.");
  pair_end (&pair);
}

static void
test_planar_sound (const gchar *transport)
{
  static const gchar caps[]
      = "audio/x-raw, format=S16LE, rate=48000, channels=2, layout=non-interleaved";
  const gsize offsets[] = { 300, 0 };
  GstAudioBuffer map;
  GstAudioInfo info;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 500, NULL);
  Pair pair;

  gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_S16LE, 48000, 2, NULL);
  info.layout = GST_AUDIO_LAYOUT_NON_INTERLEAVED;
  gst_buffer_memset (buffer, 0, 2, 300);
  gst_buffer_memset (buffer, 300, 1, 200);
  gst_buffer_add_audio_meta (buffer, &info, 100, (gsize *)offsets);
  GST_BUFFER_PTS (buffer) = 0;

  pair_begin (&pair, transport, "", caps);
  pair_push (&pair, buffer, NULL);
  pair_wait_for_end (&pair);
  g_assert_cmpuint (pair.buffers->len, ==, 1);
  g_assert_true (
      gst_audio_buffer_map (&map, &info, g_ptr_array_index (pair.buffers, 0), GST_MAP_READ));
  g_assert_cmpuint (map.n_samples, ==, 100);
  g_assert_cmpint (*(const guint8 *)map.planes[0], ==, 1);
  g_assert_cmpint (*(const guint8 *)map.planes[1], ==, 2);
  gst_audio_buffer_unmap (&map);
  pair_end (&pair);
}

static void
test_protection (const gchar *transport)
{
  g_autoptr (GstBuffer) init = gst_buffer_new_memdup ("pssh", 4),
                        iv = gst_buffer_new_memdup ("iv", 2);
  const gchar *system_id, *origin;
  GstBuffer *buffer = gst_buffer_new_memdup ("secret", 6), *data;
  Pair pair;

  gst_buffer_add_protection_meta (buffer,
                                  gst_structure_new ("application/x-cenc", "iv", GST_TYPE_BUFFER,
                                                     iv, "encrypted", G_TYPE_BOOLEAN, TRUE, NULL));
  pair_begin (&pair, transport, "is-live=false", "application/x-cenc");
  g_assert_true (gst_element_send_event (
      pair.feed,
      gst_event_new_protection ("9a04f079-9840-4286-ab92-e65be0885f95", init, "isobmff")));
  pair_push (&pair, buffer, NULL);
  pair_wait_for_end (&pair);
  gst_event_parse_protection (pair_get_event (&pair, GST_EVENT_PROTECTION), &system_id, &data,
                              &origin);
  g_assert_cmpstr (system_id, ==, "9a04f079-9840-4286-ab92-e65be0885f95");
  g_assert_cmpstr (origin, ==, "isobmff");
  g_assert_cmpint (gst_buffer_memcmp (data, 0, "pssh", 4), ==, 0);
  g_assert_nonnull (gst_buffer_get_protection_meta (g_ptr_array_index (pair.buffers, 0)));
  pair_end (&pair);
}

/* --- limits of the receiver that the sender keeps to --- */

/* A label is cut between characters. */
static void
test_long_label (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_play (
      "p2psrc name=p local-id=a signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) sender = end_new (ENDS_ENDLESS "! p2psink name=p remote-id=a signaling-uri=%s "
                                                 "transport=%s",
                                    uri, transport);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sender->p2p, "sink_0");
  GString *label = g_string_new ("a");

  for (guint i = 0; i < 600; i++)
    g_string_append (label, "\303\244");
  g_object_set (pad, "label", label->str, NULL);
  g_string_free (label, TRUE);
  end_set_state (sender, GST_STATE_PLAYING);
  end_wait_taken (receiver, 3);
  end_expect_no_error (sender);
  end_expect_no_error (receiver);
}

static void
test_too_many_streams (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_play (
      "p2psrc name=p local-id=a keep-listening=true signaling-uri=%s transport=%s ! " ENDS_TAKE,
      uri, transport);
  g_autoptr (End) sender = end_new (
      ENDS_ENDLESS "! p2psink name=p remote-id=a signaling-uri=%s transport=%s", uri, transport);

  for (guint i = 0; i < 256; i++)
    gst_object_unref (gst_element_request_pad_simple (sender->p2p, "sink_%u"));
  end_set_state (sender, GST_STATE_PLAYING);
  end_expect_error (sender, 0, 0, "The pad sink_* is one too many: *at most 256 streams",
                    2 * ENDS_SOON_MS);
  end_expect_no_error (receiver);
}

int
main (int argc, char **argv)
{
  ends_init (&argc, &argv);
  ends_add ("decoding-times", test_decoding_times);
  ends_add ("metas", test_metas);
  ends_add ("lost", test_lost);
  ends_add ("planar-sound", test_planar_sound);
  ends_add ("protection", test_protection);
  ends_add ("long-label", test_long_label);
  ends_add ("too-many-streams", test_too_many_streams);
  return g_test_run ();
}
