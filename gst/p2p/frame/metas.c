/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metas: see metas.h. For each kind there is a function that prints and one that parses, then the
 * table of them, then what walks over the entries.
 */
#include "gst/p2p/frame/metas.h"

#include <gst/audio/audio.h>
#include <gst/video/video-sei.h>
#include <gst/video/video.h>
#include <string.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/base/error.h"
#include "gst/p2p/frame/safetext.h"

#define ENTRY_HEADER 6
#define MAX_NAME GST_P2P_FRAME_SAFETEXT_MAX_NAME
#define ROI_NAME "roi"

static void
add_u8 (GByteArray *out, guint8 value)
{
  g_byte_array_append (out, &value, 1);
}

static void
add_u32 (GByteArray *out, guint32 value)
{
  guint8 bytes[4];

  gst_p2p_write_u32 (bytes, value);
  g_byte_array_append (out, bytes, sizeof bytes);
}

static void
add_u64 (GByteArray *out, guint64 value)
{
  guint8 bytes[8];

  gst_p2p_write_u64 (bytes, value);
  g_byte_array_append (out, bytes, sizeof bytes);
}

/* FALSE: there is none. Takes it. */
static gboolean
add_text (GByteArray *out, gchar *text)
{
  if (!text)
    return FALSE;
  g_byte_array_append (out, (const guint8 *)text, strlen (text));
  g_free (text);
  return TRUE;
}

/* --- pictures --- */

static gboolean
print_crop (const GstMeta *meta, GByteArray *out)
{
  const GstVideoCropMeta *crop = (const GstVideoCropMeta *)meta;

  add_u32 (out, crop->x);
  add_u32 (out, crop->y);
  add_u32 (out, crop->width);
  add_u32 (out, crop->height);
  return TRUE;
}

/* The numbers fit signed ones, and so do their sums: elements calculate with them. */
static gboolean
read_rectangle (const guint8 *data, guint32 rectangle[4])
{
  for (guint i = 0; i < 4; i++)
    {
      rectangle[i] = gst_p2p_read_u32 (data + 4 * i);
      if (rectangle[i] > G_MAXINT / 2)
        return FALSE;
    }
  return TRUE;
}

static void
parse_crop (const guint8 *data, gsize size, guint *new_names, GstBuffer *buffer)
{
  GstVideoCropMeta *crop;
  guint32 r[4];

  if (size != 16 || !read_rectangle (data, r))
    return;
  crop = gst_buffer_add_video_crop_meta (buffer);
  crop->x = r[0];
  crop->y = r[1];
  crop->width = r[2];
  crop->height = r[3];
}

static gboolean
print_time_code (const GstMeta *meta, GByteArray *out)
{
  const GstVideoTimeCode *code = &((const GstVideoTimeCodeMeta *)meta)->tc;
  GDateTime *jam = code->config.latest_daily_jam;

  add_u32 (out, code->config.fps_n);
  add_u32 (out, code->config.fps_d);
  add_u32 (out, code->config.flags);
  add_u32 (out, code->hours);
  add_u32 (out, code->minutes);
  add_u32 (out, code->seconds);
  add_u32 (out, code->frames);
  add_u32 (out, code->field_count);
  add_u64 (out, jam ? (guint64)(g_date_time_to_unix (jam) * G_USEC_PER_SEC
                                + g_date_time_get_microsecond (jam))
                    : (guint64)G_MININT64);
  return TRUE;
}

/* %NULL: none, or out of range. */
static GDateTime *
make_jam (gint64 time_us)
{
  gint64 rest_us = time_us % G_USEC_PER_SEC;
  g_autoptr (GDateTime) second = NULL;

  if (time_us == G_MININT64)
    return NULL;
  second = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  return second ? g_date_time_add (second, rest_us) : NULL;
}

static void
parse_time_code (const guint8 *data, gsize size, guint *new_names, GstBuffer *buffer)
{
  GstVideoTimeCode code = { 0 };
  guint32 fps_n, fps_d;

  if (size != 40)
    return;
  fps_n = gst_p2p_read_u32 (data);
  fps_d = gst_p2p_read_u32 (data + 4);
  if (fps_n > 1000000 || fps_d > 1000000)
    return;
  code.config.fps_n = fps_n;
  code.config.fps_d = fps_d;
  code.config.flags
      = gst_p2p_read_u32 (data + 8)
        & (GST_VIDEO_TIME_CODE_FLAGS_DROP_FRAME | GST_VIDEO_TIME_CODE_FLAGS_INTERLACED);
  code.hours = gst_p2p_read_u32 (data + 12);
  code.minutes = gst_p2p_read_u32 (data + 16);
  code.seconds = gst_p2p_read_u32 (data + 20);
  code.frames = gst_p2p_read_u32 (data + 24);
  code.field_count = gst_p2p_read_u32 (data + 28);
  if (!gst_video_time_code_is_valid (&code))
    return;
  code.config.latest_daily_jam = make_jam ((gint64)gst_p2p_read_u64 (data + 32));
  gst_buffer_add_video_time_code_meta (buffer, &code);
  g_clear_pointer (&code.config.latest_daily_jam, g_date_time_unref);
}

static gboolean
print_caption (const GstMeta *meta, GByteArray *out)
{
  const GstVideoCaptionMeta *caption = (const GstVideoCaptionMeta *)meta;

  if (caption->size == 0 || caption->size > GST_P2P_FRAME_METAS_MAX_ENTRY)
    return FALSE;
  add_u8 (out, caption->caption_type);
  g_byte_array_append (out, caption->data, caption->size);
  return TRUE;
}

static void
parse_caption (const guint8 *data, gsize size, guint *new_names, GstBuffer *buffer)
{
  if (size > 1 && data[0] >= GST_VIDEO_CAPTION_TYPE_CEA608_RAW
      && data[0] <= GST_VIDEO_CAPTION_TYPE_CEA708_CDP)
    gst_buffer_add_video_caption_meta (buffer, (GstVideoCaptionType)data[0], data + 1, size - 1);
}

static gboolean
print_afd (const GstMeta *meta, GByteArray *out)
{
  const GstVideoAFDMeta *afd = (const GstVideoAFDMeta *)meta;

  add_u8 (out, afd->field);
  add_u8 (out, afd->spec);
  add_u8 (out, afd->afd);
  return TRUE;
}

/* The others are reserved, and libgstvideo asserts that there are none. */
static gboolean
is_afd (guint8 spec, guint8 value)
{
  const guint known = 0xef1d;

  return spec <= GST_VIDEO_AFD_SPEC_SMPTE_ST2016_1 && value <= 15 && (known & 1u << value)
         && (spec != GST_VIDEO_AFD_SPEC_DVB_ETSI || value != GST_VIDEO_AFD_UNAVAILABLE);
}

static void
parse_afd (const guint8 *data, gsize size, guint *new_names, GstBuffer *buffer)
{
  if (size == 3 && data[0] <= 1 && is_afd (data[1], data[2]))
    gst_buffer_add_video_afd_meta (buffer, data[0], (GstVideoAFDSpec)data[1],
                                   (GstVideoAFDValue)data[2]);
}

static gboolean
print_bar (const GstMeta *meta, GByteArray *out)
{
  const GstVideoBarMeta *bar = (const GstVideoBarMeta *)meta;

  add_u8 (out, bar->field);
  add_u8 (out, bar->is_letterbox);
  add_u32 (out, bar->bar_data1);
  add_u32 (out, bar->bar_data2);
  return TRUE;
}

static void
parse_bar (const guint8 *data, gsize size, guint *new_names, GstBuffer *buffer)
{
  if (size == 10 && data[0] <= 1)
    gst_buffer_add_video_bar_meta (buffer, data[0], data[1] != 0, gst_p2p_read_u32 (data + 2),
                                   gst_p2p_read_u32 (data + 6));
}

static gboolean
print_sei (const GstMeta *meta, GByteArray *out)
{
  const GstVideoSEIUserDataUnregisteredMeta *sei
      = (const GstVideoSEIUserDataUnregisteredMeta *)meta;

  if (sei->size == 0 || sei->size > GST_P2P_FRAME_METAS_MAX_ENTRY)
    return FALSE;
  g_byte_array_append (out, sei->uuid, sizeof sei->uuid);
  g_byte_array_append (out, sei->data, sei->size);
  return TRUE;
}

static void
parse_sei (const guint8 *data, gsize size, guint *new_names, GstBuffer *buffer)
{
  if (size > 16)
    gst_buffer_add_video_sei_user_data_unregistered_meta (buffer, (guint8 *)data,
                                                          (guint8 *)data + 16, size - 16);
}

static void
append_structure (gpointer structure, gpointer list)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_STRUCTURE);
  gst_value_set_structure (&value, structure);
  gst_value_array_append_and_take_value (list, &value);
}

static gboolean
print_roi (const GstMeta *meta, GByteArray *out)
{
  const GstVideoRegionOfInterestMeta *roi = (const GstVideoRegionOfInterestMeta *)meta;
  g_autoptr (GstStructure) structure = gst_structure_new (ROI_NAME, "type", G_TYPE_STRING,
                                                          g_quark_to_string (roi->roi_type), NULL);
  g_auto (GValue) params = G_VALUE_INIT;

  g_value_init (&params, GST_TYPE_ARRAY);
  g_list_foreach (roi->params, append_structure, &params);
  gst_structure_set_value (structure, "params", &params);
  add_u32 (out, roi->x);
  add_u32 (out, roi->y);
  add_u32 (out, roi->w);
  add_u32 (out, roi->h);
  add_u32 (out, (guint32)roi->id);
  add_u32 (out, (guint32)roi->parent_id);
  return add_text (out, gst_p2p_frame_safetext_print_structure (structure, NULL));
}

/* 0: there is none, or it is new and over the budget. */
static GQuark
get_roi_type (const GstStructure *structure, guint *new_names)
{
  const gchar *type = gst_structure_get_string (structure, "type");
  GQuark quark = type ? g_quark_try_string (type) : 0;

  if (!type || quark != 0 || strlen (type) > MAX_NAME || *new_names == 0)
    return quark;
  (*new_names)--;
  return g_quark_from_string (type);
}

static void
add_params (GstVideoRegionOfInterestMeta *roi, const GstStructure *structure)
{
  const GValue *params = gst_structure_get_value (structure, "params");
  guint n = params && GST_VALUE_HOLDS_ARRAY (params) ? gst_value_array_get_size (params) : 0;

  for (guint i = 0; i < n; i++)
    {
      const GValue *param = gst_value_array_get_value (params, i);

      if (GST_VALUE_HOLDS_STRUCTURE (param))
        gst_video_region_of_interest_meta_add_param (roi, g_value_dup_boxed (param));
    }
}

static void
parse_roi (const guint8 *data, gsize size, guint *new_names, GstBuffer *buffer)
{
  g_autoptr (GstStructure) structure = NULL;
  GstVideoRegionOfInterestMeta *roi;
  guint32 r[4];
  GQuark type;

  if (size < 24 || !read_rectangle (data, r))
    return;
  structure = gst_p2p_frame_safetext_parse_structure ((const gchar *)data + 24, size - 24,
                                                      new_names, NULL);
  type = structure ? get_roi_type (structure, new_names) : 0;
  if (type == 0)
    return;
  roi = gst_buffer_add_video_region_of_interest_meta_id (buffer, type, r[0], r[1], r[2], r[3]);
  roi->id = (gint)gst_p2p_read_u32 (data + 16);
  roi->parent_id = (gint)gst_p2p_read_u32 (data + 20);
  add_params (roi, structure);
}

/* --- sound --- */

static gboolean
print_clipping (const GstMeta *meta, GByteArray *out)
{
  const GstAudioClippingMeta *clipping = (const GstAudioClippingMeta *)meta;

  if (clipping->format != GST_FORMAT_DEFAULT && clipping->format != GST_FORMAT_TIME)
    return FALSE;
  add_u8 (out, clipping->format == GST_FORMAT_TIME);
  add_u64 (out, clipping->start);
  add_u64 (out, clipping->end);
  return TRUE;
}

static void
parse_clipping (const guint8 *data, gsize size, guint *new_names, GstBuffer *buffer)
{
  guint64 start, end;

  if (size != 17)
    return;
  start = gst_p2p_read_u64 (data + 1);
  end = gst_p2p_read_u64 (data + 9);
  if (start <= G_MAXINT64 && end <= G_MAXINT64)
    gst_buffer_add_audio_clipping_meta (buffer, data[0] ? GST_FORMAT_TIME : GST_FORMAT_DEFAULT,
                                        start, end);
}

static gboolean
print_level (const GstMeta *meta, GByteArray *out)
{
  const GstAudioLevelMeta *level = (const GstAudioLevelMeta *)meta;

  add_u8 (out, level->level);
  add_u8 (out, level->voice_activity);
  return TRUE;
}

static void
parse_level (const guint8 *data, gsize size, guint *new_names, GstBuffer *buffer)
{
  if (size == 2 && data[0] <= 127)
    gst_buffer_add_audio_level_meta (buffer, data[0], data[1] != 0);
}

/* --- anything --- */

static gboolean
print_reference (const GstMeta *meta, GByteArray *out)
{
  const GstReferenceTimestampMeta *reference = (const GstReferenceTimestampMeta *)meta;

  add_u64 (out, reference->timestamp);
  add_u64 (out, reference->duration);
  return add_text (out, gst_p2p_frame_safetext_print_caps (reference->reference, NULL));
}

static void
parse_reference (const guint8 *data, gsize size, guint *new_names, GstBuffer *buffer)
{
  g_autoptr (GstCaps) caps = NULL;
  GstClockTime timestamp;

  if (size < 16)
    return;
  timestamp = gst_p2p_read_u64 (data);
  caps = gst_p2p_frame_safetext_parse_caps ((const gchar *)data + 16, size - 16, new_names, NULL);
  if (caps && GST_CLOCK_TIME_IS_VALID (timestamp))
    gst_buffer_add_reference_timestamp_meta (buffer, caps, timestamp, gst_p2p_read_u64 (data + 8));
}

static gboolean
print_protection (const GstMeta *meta, GByteArray *out)
{
  const GstStructure *info = ((const GstProtectionMeta *)meta)->info;

  return add_text (out, gst_p2p_frame_safetext_print_structure (info, NULL));
}

static void
parse_protection (const guint8 *data, gsize size, guint *new_names, GstBuffer *buffer)
{
  GstStructure *info
      = gst_p2p_frame_safetext_parse_structure ((const gchar *)data, size, new_names, NULL);

  if (info)
    gst_buffer_add_protection_meta (buffer, info);
}

/* --- entries --- */

typedef struct
{
  GType (*get_api) (void);
  gboolean (*print) (const GstMeta *meta, GByteArray *out); /* FALSE: it cannot travel */
  void (*parse) (const guint8 *data, gsize size, guint *new_names, GstBuffer *buffer);
} Carrier;

/* The place of each is its number on the wire. */
static const Carrier carriers[] = {
  { NULL, NULL, NULL },
  { gst_reference_timestamp_meta_api_get_type, print_reference, parse_reference },
  { gst_protection_meta_api_get_type, print_protection, parse_protection },
  { gst_video_crop_meta_api_get_type, print_crop, parse_crop },
  { gst_video_time_code_meta_api_get_type, print_time_code, parse_time_code },
  { gst_video_caption_meta_api_get_type, print_caption, parse_caption },
  { gst_video_region_of_interest_meta_api_get_type, print_roi, parse_roi },
  { gst_video_afd_meta_api_get_type, print_afd, parse_afd },
  { gst_video_bar_meta_api_get_type, print_bar, parse_bar },
  { gst_video_sei_user_data_unregistered_meta_api_get_type, print_sei, parse_sei },
  { gst_audio_clipping_meta_api_get_type, print_clipping, parse_clipping },
  { gst_audio_level_meta_api_get_type, print_level, parse_level },
};

/* These mean something on this machine alone, or in its memory, or are from an encoder for a
 * payloader behind it, on every frame: nobody misses them. */
static gboolean
is_not_missed (GType api)
{
  static const gchar *const names[] = {
    "GstVideoMetaAPI",
    "GstAudioMetaAPI",
    "GstParentBufferMetaAPI",
    "GstNetAddressMetaAPI",
    "GstNetControlMessageMetaAPI",
    "GstGLSyncMetaAPI",
    "GstVideoGLTextureUploadMetaAPI",
    "GstVP8Meta-api", /* a custom one */
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (g_type_name (api), names[i]))
      return TRUE;
  return !g_str_equal (g_type_name (api), "GstVideoCodecAlphaMetaAPI")
         && gst_meta_api_type_has_tag (api, g_quark_from_static_string (GST_META_TAG_MEMORY_STR));
}

static guint
find_carrier (GType api)
{
  guint kind = G_N_ELEMENTS (carriers) - 1;

  while (kind > 0 && carriers[kind].get_api () != api)
    kind--;
  return kind;
}

typedef struct
{
  GByteArray *out;
  guint n_entries;
  const gchar *lost;
} Printing;

static gboolean
print_meta (GstBuffer *buffer, GstMeta **meta, gpointer user_data)
{
  Printing *printing = user_data;
  GType api = (*meta)->info->api;
  guint kind = find_carrier (api), begin = printing->out->len, size;
  const guint8 header[ENTRY_HEADER] = { 0 };
  gboolean ok = FALSE;

  if (kind == 0 && is_not_missed (api))
    return TRUE;
  if (kind > 0 && printing->n_entries < GST_P2P_FRAME_METAS_MAX_ENTRIES)
    {
      g_byte_array_append (printing->out, header, sizeof header);
      ok = carriers[kind].print (*meta, printing->out);
    }
  size = printing->out->len - begin - (ok ? ENTRY_HEADER : 0);
  if (!ok || size > GST_P2P_FRAME_METAS_MAX_ENTRY || printing->out->len > GST_P2P_FRAME_MAX_EXTRA)
    {
      g_byte_array_set_size (printing->out, begin);
      printing->lost = g_type_name ((*meta)->info->type);
      return TRUE;
    }
  gst_p2p_write_u16 (printing->out->data + begin, kind);
  gst_p2p_write_u32 (printing->out->data + begin + 2, size);
  printing->n_entries++;
  return TRUE;
}

GBytes *
gst_p2p_frame_metas_print (GstBuffer *buffer, const gchar **lost)
{
  gpointer state = NULL;
  Printing printing = { 0 };

  if (!gst_buffer_iterate_meta (buffer, &state)) /* most buffers */
    return NULL;
  printing.out = g_byte_array_new ();
  gst_buffer_foreach_meta (buffer, print_meta, &printing);
  if (lost && printing.lost)
    *lost = printing.lost;
  if (printing.out->len > 0)
    return g_byte_array_free_to_bytes (printing.out);
  g_byte_array_unref (printing.out);
  return NULL;
}

gboolean
gst_p2p_frame_metas_parse (const guint8 *data, gsize size, guint *new_names, GstBuffer *buffer,
                           GError **error)
{
  for (guint n = 0; size > 0; n++)
    {
      guint16 kind = size >= ENTRY_HEADER ? gst_p2p_read_u16 (data) : 0;
      guint32 length = size >= ENTRY_HEADER ? gst_p2p_read_u32 (data + 2) : G_MAXUINT32;

      if (size < ENTRY_HEADER || length > size - ENTRY_HEADER)
        {
          g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                       "A meta of a BUFFER object does not end in it");
          return FALSE;
        }
      if (n == GST_P2P_FRAME_METAS_MAX_ENTRIES || length > GST_P2P_FRAME_METAS_MAX_ENTRY)
        {
          g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                       "A BUFFER object has more than %d metas, or one over %d bytes",
                       GST_P2P_FRAME_METAS_MAX_ENTRIES, GST_P2P_FRAME_METAS_MAX_ENTRY);
          return FALSE;
        }
      if (kind > 0 && kind < G_N_ELEMENTS (carriers))
        carriers[kind].parse (data + ENTRY_HEADER, length, new_names, buffer);
      data += ENTRY_HEADER + length;
      size -= ENTRY_HEADER + length;
    }
  return TRUE;
}
