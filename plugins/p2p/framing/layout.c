/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * layout: see layout.h.
 */
#include "plugins/p2p/framing/layout.h"

#include <string.h>

#include "gst/p2p/base/error.h"

void
gst_p2p_framing_layout_set_caps (GstP2pFramingLayout *self, const GstCaps *caps)
{
  const gchar *name = caps ? gst_structure_get_name (gst_caps_get_structure (caps, 0)) : "";

  self->is_video = g_str_equal (name, "video/x-raw")
                   && gst_video_info_from_caps (&self->video, caps)
                   && GST_VIDEO_INFO_FORMAT (&self->video) != GST_VIDEO_FORMAT_ENCODED;
  self->is_audio
      = g_str_equal (name, "audio/x-raw") && gst_audio_info_from_caps (&self->audio, caps);
}

static GstBuffer *
fail (GError **error, const gchar *what)
{
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "%s", what);
  return NULL;
}

/* Those that are about the layout would not even fit. */
static gboolean
copy_meta (GstBuffer *buffer, GstMeta **meta, gpointer packed)
{
  GstMetaTransformCopy copy = { .region = FALSE, .offset = 0, .size = (gsize)-1 };
  const GstMetaInfo *info = (*meta)->info;

  if (info->api != GST_VIDEO_META_API_TYPE && info->api != GST_AUDIO_META_API_TYPE
      && info->transform_func)
    info->transform_func (packed, *meta, buffer, _gst_meta_transform_copy, &copy);
  return TRUE;
}

/* A buffer for @size bytes, and otherwise like @buffer. */
static GstBuffer *
make_packed (GstBuffer *buffer, gsize size)
{
  GstBuffer *packed = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_copy_into (packed, buffer, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0,
                        (gsize)-1);
  gst_buffer_foreach_meta (buffer, copy_meta, packed);
  return packed;
}

/* --- pictures --- */

/* Moves the beginning of each plane to that of the part of @width times @height at @x, @y. */
static void
crop (GstVideoFrame *frame, guint x, guint y, gint width, gint height)
{
  const GstVideoFormatInfo *format = frame->info.finfo;
  gpointer planes[GST_VIDEO_MAX_PLANES];

  memcpy (planes, frame->data, sizeof planes);
  for (guint c = format->n_components; c-- > 0;)
    {
      gint plane = GST_VIDEO_FORMAT_INFO_PLANE (format, c);
      gint column = GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (format, c, (gint)x)
                    * GST_VIDEO_FORMAT_INFO_PSTRIDE (format, c);
      gint row = GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (format, c, (gint)y);

      frame->data[plane] = (guint8 *)planes[plane] + row * frame->info.stride[plane] + column;
    }
  frame->info.width = width;
  frame->info.height = height;
}

static gboolean
copy_picture (const GstP2pFramingLayout *self, GstBuffer *buffer, GstBuffer *packed)
{
  GstVideoInfo info = self->video;
  GstVideoCropMeta *part = gst_buffer_get_video_crop_meta (buffer);
  GstVideoFrame from, to;
  gboolean ok = FALSE;

  if (!gst_video_frame_map (&from, &info, buffer, GST_MAP_READ))
    return FALSE;
  if (gst_video_frame_map (&to, &info, packed, GST_MAP_WRITE))
    {
      gboolean larger = from.info.width != to.info.width || from.info.height != to.info.height;

      if (larger && part)
        crop (&from, part->x, part->y, to.info.width, to.info.height);
      else if (larger)
        crop (&from, 0, 0, to.info.width, to.info.height);
      ok = gst_video_frame_copy (&to, &from);
      gst_video_frame_unmap (&to);
    }
  gst_video_frame_unmap (&from);
  return ok;
}

static gboolean
is_packed (const GstVideoInfo *info, const GstVideoMeta *meta)
{
  for (guint i = 0; i < meta->n_planes; i++)
    if (meta->offset[i] != info->offset[i] || meta->stride[i] != info->stride[i])
      return FALSE;
  return (gint)meta->width == info->width && (gint)meta->height == info->height;
}

/* gst_video_frame_map() takes all this for granted. */
static gboolean
fits_caps (const GstVideoInfo *info, const GstVideoMeta *meta, const GstVideoCropMeta *part)
{
  guint width = (guint)info->width, height = (guint)info->height;

  if (meta->format != GST_VIDEO_INFO_FORMAT (info) || meta->n_planes != info->finfo->n_planes
      || meta->width < width || meta->height < height)
    return FALSE;
  if (meta->width == width && meta->height == height)
    return TRUE;
  /* A part can be taken where pixels have places. */
  return !GST_VIDEO_FORMAT_INFO_IS_COMPLEX (info->finfo)
         && !GST_VIDEO_FORMAT_INFO_IS_TILED (info->finfo)
         && (!part
             || (part->x <= meta->width - width && part->y <= meta->height - height
                 && part->width == width && part->height == height));
}

static GstBuffer *
pack_video (const GstP2pFramingLayout *self, GstBuffer *buffer, GError **error)
{
  GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  GstVideoCropMeta *part = gst_buffer_get_video_crop_meta (buffer);
  g_autoptr (GstBuffer) packed = NULL;

  if (!meta || is_packed (&self->video, meta))
    return gst_buffer_ref (buffer);
  if (!fits_caps (&self->video, meta, part))
    return fail (error, "A picture's GstVideoMeta contradicts its caps");
  packed = make_packed (buffer, GST_VIDEO_INFO_SIZE (&self->video));
  if (!copy_picture (self, buffer, packed))
    return fail (error, "A picture does not lie in memory as its GstVideoMeta says");
  part = gst_buffer_get_video_crop_meta (packed);
  if (part && ((gint)meta->width != self->video.width || (gint)meta->height != self->video.height))
    gst_buffer_remove_meta (packed, &part->meta);
  return g_steal_pointer (&packed);
}

/* --- sound --- */

static gboolean
is_planar (const GstP2pFramingLayout *self)
{
  return self->is_audio && GST_AUDIO_INFO_LAYOUT (&self->audio) == GST_AUDIO_LAYOUT_NON_INTERLEAVED;
}

static GstBuffer *
pack_planar (const GstP2pFramingLayout *self, const GstAudioMeta *meta, GstBuffer *buffer,
             GError **error)
{
  guint channels = (guint)GST_AUDIO_INFO_CHANNELS (&self->audio);
  gsize plane = meta->samples * (gsize)GST_AUDIO_INFO_BPS (&self->audio);
  gsize size = gst_buffer_get_size (buffer);
  gboolean packed_already = size == plane * channels;
  g_autoptr (GstBuffer) packed = NULL;
  GstMapInfo map;

  for (guint i = 0; i < channels; i++)
    {
      if (plane > size || meta->offsets[i] > size - plane)
        return fail (error, "Sound does not lie in memory as its GstAudioMeta says");
      packed_already &= meta->offsets[i] == i * plane;
    }
  if (packed_already)
    return gst_buffer_ref (buffer);
  packed = make_packed (buffer, plane * channels);
  if (!gst_buffer_map (packed, &map, GST_MAP_WRITE))
    return fail (error, "There is no memory for a buffer of sound");
  for (guint i = 0; plane > 0 && i < channels; i++)
    gst_buffer_extract (buffer, meta->offsets[i], map.data + i * plane, plane);
  gst_buffer_unmap (packed, &map);
  return g_steal_pointer (&packed);
}

static GstBuffer *
pack_audio (const GstP2pFramingLayout *self, GstBuffer *buffer, GError **error)
{
  GstAudioMeta *meta = gst_buffer_get_audio_meta (buffer);
  gsize used = meta ? meta->samples * (gsize)GST_AUDIO_INFO_BPF (&self->audio) : 0;

  if (meta
      && (meta->info.channels != self->audio.channels || meta->info.bpf != self->audio.bpf
          || meta->info.layout != self->audio.layout
          || meta->samples > gst_buffer_get_size (buffer) / (gsize)self->audio.bpf))
    return fail (error, "The GstAudioMeta of sound contradicts its caps or its size");
  if (meta && is_planar (self) && meta->offsets)
    return pack_planar (self, meta, buffer, error);
  if (!meta && is_planar (self)
      && gst_buffer_get_size (buffer) % (gsize)GST_AUDIO_INFO_BPF (&self->audio) != 0)
    return fail (error, "Planar sound has no GstAudioMeta, and not the size of whole samples");
  if (!meta || used == gst_buffer_get_size (buffer))
    return gst_buffer_ref (buffer);
  return gst_buffer_copy_region (buffer, GST_BUFFER_COPY_ALL, 0, used);
}

GstBuffer *
gst_p2p_framing_layout_pack (const GstP2pFramingLayout *self, GstBuffer *buffer, GError **error)
{
  if (self->is_video)
    return pack_video (self, buffer, error);
  if (self->is_audio)
    return pack_audio (self, buffer, error);
  return gst_buffer_ref (buffer);
}

gboolean
gst_p2p_framing_layout_unpack (const GstP2pFramingLayout *self, GstBuffer *buffer, GError **error)
{
  gsize size = gst_buffer_get_size (buffer);

  if (!is_planar (self))
    return TRUE;
  if (size % (gsize)GST_AUDIO_INFO_BPF (&self->audio) != 0)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "Planar sound of %" G_GSIZE_FORMAT " bytes is not of whole samples", size);
      return FALSE;
    }
  gst_buffer_add_audio_meta (buffer, &self->audio, size / (gsize)GST_AUDIO_INFO_BPF (&self->audio),
                             NULL);
  return TRUE;
}
