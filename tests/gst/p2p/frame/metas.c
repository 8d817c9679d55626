/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a buffer carries beside data and times, printed and parsed again. */
#include "gst/p2p/frame/metas.h"

#include <gst/audio/audio.h>
#include <gst/video/video-sei.h>
#include <gst/video/video.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/base/error.h"
#include "gst/p2p/frame/safetext.h"
#include "tests/common/leaks.h"

/* A buffer with what @from carries, after it has travelled. */
static GstBuffer *
carry (GstBuffer *from)
{
  const gchar *lost = NULL;
  g_autoptr (GBytes) metas = gst_p2p_frame_metas_print (from, &lost);
  g_autoptr (GError) error = NULL;
  guint new_names = GST_P2P_FRAME_SAFETEXT_NEW_NAMES;
  GstBuffer *to = gst_buffer_new ();
  gconstpointer data;
  gsize size;

  g_assert_cmpstr (lost, ==, NULL);
  g_assert_nonnull (metas);
  data = g_bytes_get_data (metas, &size);
  gst_p2p_frame_metas_parse (data, size, &new_names, to, &error);
  g_assert_no_error (error);
  return to;
}

static void
test_picture (void)
{
  g_autoptr (GstBuffer) from = gst_buffer_new (), to = NULL;
  g_autoptr (GDateTime) jam = g_date_time_new_from_iso8601 ("2024-02-29T23:59:59.5Z", NULL);
  GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta (from);
  GstVideoTimeCodeMeta *code;
  GstVideoCaptionMeta *caption;
  GstVideoAFDMeta *afd;
  GstVideoBarMeta *bar;

  crop->x = 1, crop->y = 2, crop->width = 3, crop->height = 4;
  gst_buffer_add_video_time_code_meta_full (
      from, 30000, 1001, jam, GST_VIDEO_TIME_CODE_FLAGS_DROP_FRAME, 10, 11, 12, 13, 0);
  gst_buffer_add_video_caption_meta (from, GST_VIDEO_CAPTION_TYPE_CEA708_RAW,
                                     (const guint8 *)"\xfc\x80\x80", 3);
  gst_buffer_add_video_afd_meta (from, 1, GST_VIDEO_AFD_SPEC_ATSC_A53,
                                 GST_VIDEO_AFD_4_3_FULL_4_3_PILLAR);
  gst_buffer_add_video_bar_meta (from, 0, TRUE, 20, 30);

  to = carry (from);
  crop = gst_buffer_get_video_crop_meta (to);
  g_assert_cmpuint (crop->x + 10 * crop->y + 100 * crop->width + 1000 * crop->height, ==, 4321);
  code = gst_buffer_get_video_time_code_meta (to);
  g_assert_cmpuint (code->tc.config.fps_n, ==, 30000);
  g_assert_cmpuint (code->tc.config.fps_d, ==, 1001);
  g_assert_cmpint (code->tc.config.flags, ==, GST_VIDEO_TIME_CODE_FLAGS_DROP_FRAME);
  g_assert_true (g_date_time_equal (code->tc.config.latest_daily_jam, jam));
  g_assert_cmpuint (code->tc.hours, ==, 10);
  g_assert_cmpuint (code->tc.minutes, ==, 11);
  g_assert_cmpuint (code->tc.seconds, ==, 12);
  g_assert_cmpuint (code->tc.frames, ==, 13);
  caption = gst_buffer_get_video_caption_meta (to);
  g_assert_cmpint (caption->caption_type, ==, GST_VIDEO_CAPTION_TYPE_CEA708_RAW);
  g_assert_cmpmem (caption->data, caption->size, "\xfc\x80\x80", 3);
  afd = gst_buffer_get_video_afd_meta (to);
  g_assert_cmpint (afd->field, ==, 1);
  g_assert_cmpint (afd->spec, ==, GST_VIDEO_AFD_SPEC_ATSC_A53);
  g_assert_cmpint (afd->afd, ==, GST_VIDEO_AFD_4_3_FULL_4_3_PILLAR);
  bar = gst_buffer_get_video_bar_meta (to);
  g_assert_true (bar->is_letterbox);
  g_assert_cmpuint (bar->bar_data1, ==, 20);
  g_assert_cmpuint (bar->bar_data2, ==, 30);
}

static void
test_regions (void)
{
  g_autoptr (GstBuffer) from = gst_buffer_new (), to = NULL;
  GstVideoRegionOfInterestMeta *roi;
  gpointer state = NULL;
  GstStructure *param;
  gdouble confidence;

  for (guint i = 0; i < 3; i++)
    {
      roi = gst_buffer_add_video_region_of_interest_meta (from, "a face, \"hers\"", i, 2, 3, 4);
      roi->id = (gint)i;
      roi->parent_id = -1;
      gst_video_region_of_interest_meta_add_param (
          roi, gst_structure_new ("detection", "confidence", G_TYPE_DOUBLE, 0.5, NULL));
      gst_video_region_of_interest_meta_add_param (
          roi, gst_structure_new ("label", "text", G_TYPE_STRING, "ä; b", NULL));
    }
  to = carry (from);
  for (guint i = 0; i < 3; i++)
    {
      roi = (GstVideoRegionOfInterestMeta *)gst_buffer_iterate_meta_filtered (
          to, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE);
      g_assert_cmpstr (g_quark_to_string (roi->roi_type), ==, "a face, \"hers\"");
      g_assert_cmpuint (roi->x, ==, i);
      g_assert_cmpuint (roi->h, ==, 4);
      g_assert_cmpint (roi->id, ==, (gint)i);
      g_assert_cmpint (roi->parent_id, ==, -1);
      param = gst_video_region_of_interest_meta_get_param (roi, "detection");
      g_assert_true (gst_structure_get_double (param, "confidence", &confidence));
      g_assert_cmpfloat (confidence, ==, 0.5);
      param = gst_video_region_of_interest_meta_get_param (roi, "label");
      g_assert_cmpstr (gst_structure_get_string (param, "text"), ==, "ä; b");
    }
}

static void
test_sound (void)
{
  g_autoptr (GstBuffer) from = gst_buffer_new (), to = NULL;
  GstAudioClippingMeta *clipping;
  GstAudioLevelMeta *level;

  gst_buffer_add_audio_clipping_meta (from, GST_FORMAT_DEFAULT, 312, 5);
  gst_buffer_add_audio_level_meta (from, 100, TRUE);
  to = carry (from);
  clipping = gst_buffer_get_audio_clipping_meta (to);
  g_assert_cmpint (clipping->format, ==, GST_FORMAT_DEFAULT);
  g_assert_cmpuint (clipping->start, ==, 312);
  g_assert_cmpuint (clipping->end, ==, 5);
  level = gst_buffer_get_audio_level_meta (to);
  g_assert_cmpuint (level->level, ==, 100);
  g_assert_true (level->voice_activity);
}

static void
test_anything (void)
{
  g_autoptr (GstBuffer) from = gst_buffer_new (), to = NULL, iv = gst_buffer_new_memdup ("iv", 2);
  g_autoptr (GstCaps) unix_time = gst_caps_new_empty_simple ("timestamp/x-unix");
  g_autoptr (GstCaps) ntp = gst_caps_new_empty_simple ("timestamp/x-ntp");
  GstReferenceTimestampMeta *reference;
  GstProtectionMeta *protection;
  GstVideoSEIUserDataUnregisteredMeta *sei;
  guint8 uuid[16] = "0123456789abcdef", text[] = "text";

  gst_buffer_add_reference_timestamp_meta (from, unix_time, 17, 18);
  gst_buffer_add_reference_timestamp_meta (from, ntp, G_MAXUINT64 - 1, GST_CLOCK_TIME_NONE);
  gst_buffer_add_protection_meta (
      from, gst_structure_new ("application/x-cenc", "iv", GST_TYPE_BUFFER, iv, "iv_size",
                               G_TYPE_UINT, 2, "encrypted", G_TYPE_BOOLEAN, TRUE, NULL));
  gst_buffer_add_video_sei_user_data_unregistered_meta (from, uuid, text, sizeof text);

  to = carry (from);
  reference = gst_buffer_get_reference_timestamp_meta (to, unix_time);
  g_assert_cmpuint (reference->timestamp, ==, 17);
  g_assert_cmpuint (reference->duration, ==, 18);
  reference = gst_buffer_get_reference_timestamp_meta (to, ntp);
  g_assert_cmpuint (reference->timestamp, ==, G_MAXUINT64 - 1);
  g_assert_cmpuint (reference->duration, ==, GST_CLOCK_TIME_NONE);
  protection = gst_buffer_get_protection_meta (to);
  g_assert_true (
      gst_structure_is_equal (protection->info, gst_buffer_get_protection_meta (from)->info));
  sei = (GstVideoSEIUserDataUnregisteredMeta *)gst_buffer_get_meta (
      to, GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE);
  g_assert_cmpmem (sei->uuid, 16, uuid, 16);
  g_assert_cmpmem (sei->data, sei->size, text, sizeof text);
}

/* What is about this machine's memory is not missed; what others could use is. */
static void
test_lost (void)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new (), other = gst_buffer_new ();
  const gchar *lost = NULL;

  gst_buffer_add_parent_buffer_meta (buffer, other);
  gst_buffer_add_video_meta (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, 8, 8);
  g_assert_null (gst_p2p_frame_metas_print (buffer, &lost));
  g_assert_cmpstr (lost, ==, NULL);
  gst_buffer_add_video_affine_transformation_meta (buffer);
  g_assert_null (gst_p2p_frame_metas_print (buffer, &lost));
  g_assert_cmpstr (lost, ==, "GstVideoAffineTransformationMeta");
}

/* What has no room is lost, and the rest goes. */
static void
test_sizes (void)
{
  g_autofree guint8 *data = g_malloc0 (70000);
  g_autoptr (GstBuffer) many = gst_buffer_new (), large = gst_buffer_new ();
  g_autoptr (GBytes) metas = NULL;
  const gchar *lost = NULL;

  for (guint i = 0; i < 65; i++)
    gst_buffer_add_video_crop_meta (many);
  metas = gst_p2p_frame_metas_print (many, &lost);
  g_assert_cmpstr (lost, ==, "GstVideoCropMeta");
  g_assert_cmpuint (g_bytes_get_size (metas), ==, 64 * (6 + 16));
  g_clear_pointer (&metas, g_bytes_unref);

  lost = NULL;
  gst_buffer_add_video_caption_meta (large, GST_VIDEO_CAPTION_TYPE_CEA708_RAW, data, 70000);
  gst_buffer_add_video_crop_meta (large);
  metas = gst_p2p_frame_metas_print (large, &lost);
  g_assert_cmpstr (lost, ==, "GstVideoCaptionMeta");
  g_assert_cmpuint (g_bytes_get_size (metas), ==, 6 + 16);
}

/* --- hostile --- */

static void
append (GByteArray *entries, guint16 kind, gconstpointer data, guint32 size)
{
  guint8 header[6];

  gst_p2p_write_u16 (header, kind);
  gst_p2p_write_u32 (header + 2, size);
  g_byte_array_append (entries, header, sizeof header);
  g_byte_array_append (entries, data, size);
}

static void
assert_refused (GByteArray *entries, gint code)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();
  g_autoptr (GError) error = NULL;
  guint new_names = 0;

  g_assert_false (
      gst_p2p_frame_metas_parse (entries->data, entries->len, &new_names, buffer, &error));
  g_assert_error (error, GST_P2P_ERROR, code);
}

static void
test_refused (void)
{
  g_autofree guint8 *data = g_malloc0 (70000);
  g_autoptr (GByteArray) cut = g_byte_array_new (), large = g_byte_array_new ();
  g_autoptr (GByteArray) many = g_byte_array_new ();

  append (cut, 999, data, 10);
  for (guint size = 15; size > 0; size--)
    {
      g_byte_array_set_size (cut, size);
      assert_refused (cut, GST_P2P_ERROR_INVALID);
    }
  append (large, 999, data, 65537);
  assert_refused (large, GST_P2P_ERROR_LIMIT);
  for (guint i = 0; i < 65; i++)
    append (many, 999, data, 0);
  assert_refused (many, GST_P2P_ERROR_LIMIT);
}

/* Every kind, of every size and with the worst of numbers: no meta, or one that can be used. */
static void
test_senseless (void)
{
  guint8 data[64];

  for (guint byte = 0; byte < 256; byte += 85)
    for (guint16 kind = 0; kind < 20; kind++)
      for (guint size = 0; size <= sizeof data; size++)
        {
          g_autoptr (GByteArray) entries = g_byte_array_new ();
          g_autoptr (GstBuffer) buffer = gst_buffer_new ();
          g_autoptr (GError) error = NULL;
          GstVideoCropMeta *crop;
          guint new_names = 0;

          memset (data, (gint)byte, sizeof data);
          append (entries, kind, data, size);
          gst_p2p_frame_metas_parse (entries->data, entries->len, &new_names, buffer, &error);
          g_assert_no_error (error);
          if ((crop = gst_buffer_get_video_crop_meta (buffer)))
            g_assert_cmpuint (crop->x + crop->width, <=, G_MAXINT);
        }
}

/* Names that this process has not heard of come out of a budget. */
static void
test_new_names (void)
{
  g_autoptr (GByteArray) entries = g_byte_array_new ();
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();
  g_autoptr (GError) error = NULL;
  guint new_names = 5, n = 0;
  gpointer state = NULL;

  g_quark_from_static_string ("width");
  for (guint i = 0; i < 20; i++)
    {
      g_autofree gchar *text = g_strdup_printf ("never-heard-of-%u, width=(int)1", i);

      append (entries, 2, text, (guint32)strlen (text));
    }
  gst_p2p_frame_metas_parse (entries->data, entries->len, &new_names, buffer, &error);
  g_assert_no_error (error);
  while (gst_buffer_iterate_meta (buffer, &state))
    n++;
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpuint (new_names, ==, 0);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metas/picture", test_picture);
  g_test_add_func ("/metas/regions", test_regions);
  g_test_add_func ("/metas/sound", test_sound);
  g_test_add_func ("/metas/anything", test_anything);
  g_test_add_func ("/metas/lost", test_lost);
  g_test_add_func ("/metas/sizes", test_sizes);
  g_test_add_func ("/metas/refused", test_refused);
  g_test_add_func ("/metas/senseless", test_senseless);
  g_test_add_func ("/metas/new-names", test_new_names);
  return g_test_run ();
}
