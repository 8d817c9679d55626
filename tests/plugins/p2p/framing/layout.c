/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows and planes that do not lie as the caps say are packed, and can be read by everybody. */
#include "plugins/p2p/framing/layout.h"

#include "gst/p2p/base/error.h"
#include "tests/common/leaks.h"

#define WIDTH 7 /* odd, as are the parts of planes then */
#define HEIGHT 5

static void
set_caps (GstP2pFramingLayout *layout, const gchar *text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  gst_p2p_framing_layout_set_caps (layout, caps);
}

static void
set_video_caps (GstP2pFramingLayout *layout, GstVideoFormat format, gint width, gint height)
{
  g_autofree gchar *text
      = g_strdup_printf ("video/x-raw, format=%s, width=%d, height=%d, framerate=25/1",
                         gst_video_format_to_string (format), width, height);

  set_caps (layout, text);
}

/* A picture of bytes that follow from their places, with rows that are padded. */
static GstBuffer *
make_picture (GstVideoFormat format, guint width, guint height, guint padding)
{
  GstVideoAlignment alignment;
  GstVideoInfo info;
  GstVideoFrame frame;
  GstBuffer *buffer;

  gst_video_info_set_format (&info, format, width, height);
  gst_video_alignment_reset (&alignment);
  alignment.padding_right = alignment.padding_left = padding;
  alignment.padding_top = padding;
  gst_video_info_align (&info, &alignment);
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  gst_buffer_memset (buffer, 0, 0xee, info.size);
  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, format, width, height,
                                  GST_VIDEO_INFO_N_PLANES (&info), info.offset, info.stride);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE));
  for (guint c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS (&frame); c++)
    for (gint y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT (&frame, c); y++)
      for (gint x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH (&frame, c); x++)
        {
          guint8 *row = (guint8 *)GST_VIDEO_FRAME_COMP_DATA (&frame, c)
                        + y * GST_VIDEO_FRAME_COMP_STRIDE (&frame, c);

          row[x * GST_VIDEO_FRAME_COMP_PSTRIDE (&frame, c)] = (guint8)(100 * c + 10 * y + x);
        }
  gst_video_frame_unmap (&frame);
  return buffer;
}

/* As one reads who has the caps alone; the picture's first pixel was at @left, @top. */
static void
assert_picture (const GstP2pFramingLayout *layout, GstBuffer *buffer, gint left, gint top)
{
  GstVideoFrame frame;

  g_assert_null (gst_buffer_get_video_meta (buffer));
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, layout->video.size);
  g_assert_true (gst_video_frame_map (&frame, &layout->video, buffer, GST_MAP_READ));
  for (guint c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS (&frame); c++)
    for (gint y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT (&frame, c); y++)
      for (gint x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH (&frame, c); x++)
        {
          const guint8 *row = (guint8 *)GST_VIDEO_FRAME_COMP_DATA (&frame, c)
                              + y * GST_VIDEO_FRAME_COMP_STRIDE (&frame, c);
          gint from_x = GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (frame.info.finfo, c, left);
          gint from_y = GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (frame.info.finfo, c, top);

          g_assert_cmpuint (row[x * GST_VIDEO_FRAME_COMP_PSTRIDE (&frame, c)], ==,
                            (guint8)(100 * c + 10 * (from_y + y) + from_x + x));
        }
  gst_video_frame_unmap (&frame);
}

static const GstVideoFormat formats[]
    = { GST_VIDEO_FORMAT_GRAY8, GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12,
        GST_VIDEO_FORMAT_BGRA,  GST_VIDEO_FORMAT_RGB,  GST_VIDEO_FORMAT_Y444 };

static void
test_padded_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GstBuffer) buffer = make_picture (formats[i], WIDTH, HEIGHT, 16), packed = NULL;
      GstP2pFramingLayout layout = { 0 };
      g_autoptr (GError) error = NULL;

      GST_BUFFER_PTS (buffer) = 5;
      set_video_caps (&layout, formats[i], WIDTH, HEIGHT);
      packed = gst_p2p_framing_layout_pack (&layout, buffer, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (GST_BUFFER_PTS (packed), ==, 5);
      assert_picture (&layout, packed, 0, 0);
    }
}

/* Decoders that crop have larger pictures in memory than the caps say. */
static void
test_cropped (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GstBuffer) buffer = make_picture (formats[i], 12, 10, 16), packed = NULL;
      GstVideoCropMeta *part = gst_buffer_add_video_crop_meta (buffer);
      GstP2pFramingLayout layout = { 0 };
      g_autoptr (GError) error = NULL;

      part->x = 4, part->y = 2, part->width = 6, part->height = 4;
      gst_buffer_add_video_caption_meta (buffer, GST_VIDEO_CAPTION_TYPE_CEA608_RAW,
                                         (const guint8 *)"ab", 2);
      set_video_caps (&layout, formats[i], 6, 4);
      packed = gst_p2p_framing_layout_pack (&layout, buffer, &error);
      g_assert_no_error (error);
      assert_picture (&layout, packed, 4, 2);
      g_assert_null (gst_buffer_get_video_crop_meta (packed)); /* it was applied */
      g_assert_nonnull (gst_buffer_get_video_caption_meta (packed));
    }
}

static void
test_nothing_to_do (void)
{
  g_autoptr (GstBuffer) picture = make_picture (GST_VIDEO_FORMAT_I420, 16, 8, 0);
  g_autoptr (GstBuffer) other = gst_buffer_new_allocate (NULL, 5, NULL), packed = NULL;
  GstP2pFramingLayout layout = { 0 };

  packed = gst_p2p_framing_layout_pack (&layout, other, NULL);
  g_assert_true (packed == other);
  gst_clear_buffer (&packed);
  set_video_caps (&layout, GST_VIDEO_FORMAT_I420, 16, 8);
  packed = gst_p2p_framing_layout_pack (&layout, picture, NULL);
  g_assert_true (packed == picture);
}

static void
assert_contradicts (const GstP2pFramingLayout *layout, GstBuffer *buffer)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_p2p_framing_layout_pack (layout, buffer, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID);
}

static void
test_contradictions (void)
{
  g_autoptr (GstBuffer) picture = make_picture (GST_VIDEO_FORMAT_I420, 16, 8, 16);
  g_autoptr (GstBuffer) larger = make_picture (GST_VIDEO_FORMAT_I420, 32, 32, 0);
  GstVideoCropMeta *part = gst_buffer_add_video_crop_meta (larger);
  GstP2pFramingLayout layout = { 0 };

  set_video_caps (&layout, GST_VIDEO_FORMAT_YV12, 16, 8);
  assert_contradicts (&layout, picture);
  set_video_caps (&layout, GST_VIDEO_FORMAT_I420, 17, 8);
  assert_contradicts (&layout, picture);
  set_video_caps (&layout, GST_VIDEO_FORMAT_I420, 16, 8);
  part->x = 17, part->y = 0, part->width = 16, part->height = 8;
  assert_contradicts (&layout, larger);
}

/* --- sound --- */

#define PLANAR "audio/x-raw, format=S16LE, rate=48000, channels=2, layout=non-interleaved"

static void
assert_sound (const GstP2pFramingLayout *layout, GstBuffer *buffer, gsize samples)
{
  GstAudioBuffer map;
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_p2p_framing_layout_unpack (layout, buffer, &error));
  g_assert_no_error (error);
  g_assert_true (gst_audio_buffer_map (&map, &layout->audio, buffer, GST_MAP_READ));
  g_assert_cmpuint (map.n_samples, ==, samples);
  g_assert_cmpint (map.n_planes, ==, 2);
  for (guint i = 0; i < samples; i++)
    {
      g_assert_cmpint (((const gint16 *)map.planes[0])[i], ==, (gint16)i);
      g_assert_cmpint (((const gint16 *)map.planes[1])[i], ==, (gint16)(1000 + i));
    }
  gst_audio_buffer_unmap (&map);
}

static GstBuffer *
make_sound (const GstP2pFramingLayout *layout, gsize samples, gsize left, gsize right, gsize size)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  gsize offsets[] = { left, right };

  for (guint i = 0; i < samples; i++)
    {
      gint16 l = (gint16)i, r = (gint16)(1000 + i);

      gst_buffer_fill (buffer, left + 2 * i, &l, 2);
      gst_buffer_fill (buffer, right + 2 * i, &r, 2);
    }
  gst_buffer_add_audio_meta (buffer, &layout->audio, samples, offsets);
  return buffer;
}

static void
test_planes (void)
{
  const gsize places[][3] = { { 0, 200, 400 }, { 200, 0, 400 }, { 20, 300, 600 } };
  GstP2pFramingLayout layout = { 0 };

  set_caps (&layout, PLANAR);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GstBuffer) buffer
          = make_sound (&layout, 100, places[i][0], places[i][1], places[i][2]);
      g_autoptr (GstBuffer) packed = gst_p2p_framing_layout_pack (&layout, buffer, NULL);
      g_autoptr (GstBuffer) got = NULL;

      g_assert_cmpuint (gst_buffer_get_size (packed), ==, 400);
      g_assert_true ((packed == buffer) == (i == 0));
      got = gst_buffer_copy_region (packed, GST_BUFFER_COPY_MEMORY, 0, (gsize)-1);
      assert_sound (&layout, got, 100);
    }
}

/* The meta tells how much of the buffer is sound, planar or not. */
static void
test_clipped (void)
{
  GstP2pFramingLayout layout = { 0 };
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 400, NULL), packed = NULL;

  set_caps (&layout, "audio/x-raw, format=S16LE, rate=48000, channels=2, layout=interleaved");
  gst_buffer_add_audio_meta (buffer, &layout.audio, 50, NULL);
  packed = gst_p2p_framing_layout_pack (&layout, buffer, NULL);
  g_assert_cmpuint (gst_buffer_get_size (packed), ==, 200);
}

static void
test_bad_sound (void)
{
  GstP2pFramingLayout layout = { 0 }, other = { 0 };
  g_autoptr (GstBuffer) no_meta = gst_buffer_new_allocate (NULL, 7, NULL), outside = NULL;
  g_autoptr (GstBuffer) of_other_caps = NULL;
  g_autoptr (GError) error = NULL;

  set_caps (&layout, PLANAR);
  set_caps (&other, "audio/x-raw, format=S32LE, rate=48000, channels=2, layout=non-interleaved");
  assert_contradicts (&layout, no_meta);
  g_assert_false (gst_p2p_framing_layout_unpack (&layout, no_meta, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID);
  of_other_caps = gst_buffer_new_allocate (NULL, 800, NULL);
  gst_buffer_add_audio_meta (of_other_caps, &other.audio, 100, NULL);
  assert_contradicts (&layout, of_other_caps);
  outside = make_sound (&layout, 100, 0, 200, 400);
  gst_buffer_get_audio_meta (outside)->offsets[1] = 201;
  assert_contradicts (&layout, outside);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layout/padded-rows", test_padded_rows);
  g_test_add_func ("/layout/cropped", test_cropped);
  g_test_add_func ("/layout/nothing-to-do", test_nothing_to_do);
  g_test_add_func ("/layout/contradictions", test_contradictions);
  g_test_add_func ("/layout/planes", test_planes);
  g_test_add_func ("/layout/clipped", test_clipped);
  g_test_add_func ("/layout/bad-sound", test_bad_sound);
  return g_test_run ();
}
