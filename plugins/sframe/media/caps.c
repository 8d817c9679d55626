/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * caps: see caps.h.
 */
#include "plugins/sframe/media/caps.h"

#include "gst/p2p/base/error.h"

#define SFRAME_TYPE "application/x-sframe"

/* In the configuration records of ISO/IEC 14496-15: the offset of the byte whose lowest two bits
 * are the size of a length, less one. */
#define AVCC_LENGTH_SIZE 4
#define HVCC_LENGTH_SIZE 21

static GstP2pSframeCodec
codec_of (const GstStructure *structure)
{
  static const struct
  {
    const gchar *type;
    GstP2pSframeCodec codec;
  } types[] = {
    { "video/x-vp8", GST_P2P_SFRAME_CODEC_VP8 },   { "video/x-vp9", GST_P2P_SFRAME_CODEC_VP9 },
    { "video/x-h264", GST_P2P_SFRAME_CODEC_H264 }, { "video/x-h265", GST_P2P_SFRAME_CODEC_H265 },
    { "video/x-av1", GST_P2P_SFRAME_CODEC_AV1 },   { "audio/x-raw", GST_P2P_SFRAME_CODEC_UNKNOWN },
  };
  const gchar *name = gst_structure_get_name (structure);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (name, types[i].type))
      return types[i].codec;
  return g_str_has_prefix (name, "audio/") ? GST_P2P_SFRAME_CODEC_AUDIO
                                           : GST_P2P_SFRAME_CODEC_UNKNOWN;
}

/* Whether lengths have 4 bytes, as far as the codec data tell. */
static gboolean
has_long_lengths (const GstStructure *structure, GstP2pSframeCodec codec)
{
  const GValue *value = gst_structure_get_value (structure, "codec_data");
  gsize offset = codec == GST_P2P_SFRAME_CODEC_H264 ? AVCC_LENGTH_SIZE : HVCC_LENGTH_SIZE;
  GstBuffer *buffer;
  guint8 byte;

  if (!value || !GST_VALUE_HOLDS_BUFFER (value))
    return TRUE;
  buffer = gst_value_get_buffer (value);
  return !buffer || gst_buffer_extract (buffer, offset, &byte, 1) != 1 || (byte & 3) == 3;
}

/* Fills @media. FALSE if a browser format cannot carry it. */
static gboolean
examine (GstP2pSframeFormat format, const GstStructure *structure, GstP2pSframeMedia *media,
         GError **error)
{
  const gchar *stream_format = gst_structure_get_string (structure, "stream-format");
  const gchar *alignment = gst_structure_get_string (structure, "alignment");

  media->codec = codec_of (structure);
  media->video = g_str_has_prefix (gst_structure_get_name (structure), "video/");
  media->length_prefixed = gst_p2p_sframe_browser_frame_is_nalu (media->codec) && stream_format
                           && !g_str_equal (stream_format, "byte-stream");
  if (format == GST_P2P_SFRAME_FORMAT_SFRAME)
    return TRUE;
  if (!gst_p2p_sframe_browser_frame_check (format, media->codec, error))
    return FALSE;
  if (!gst_p2p_sframe_browser_frame_is_nalu (media->codec))
    return TRUE;
  if (alignment && !g_str_equal (alignment, "au"))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "Format %s protects whole access units (alignment=au), not alignment=%s",
                   gst_p2p_sframe_format_get_nick (format), alignment);
      return FALSE;
    }
  if (media->length_prefixed && !has_long_lengths (structure, media->codec))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "Format %s needs NAL unit lengths of 4 bytes, or stream-format=byte-stream",
                   gst_p2p_sframe_format_get_nick (format));
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_usable (const GstCaps *caps, GError **error)
{
  if (gst_caps_is_fixed (caps))
    return TRUE;
  g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                       "The stream has no fixed caps");
  return FALSE;
}

GstCaps *
gst_p2p_sframe_caps_protect (GstP2pSframeFormat format, const GstCaps *caps,
                             GstP2pSframeMedia *media, GError **error)
{
  const GstStructure *structure;
  GstCaps *result;

  *media = (GstP2pSframeMedia){ 0 };
  if (!caps)
    return gst_p2p_sframe_browser_frame_check (format, media->codec, error)
               ? gst_caps_new_empty_simple (SFRAME_TYPE)
               : NULL;
  if (!is_usable (caps, error))
    return NULL;
  structure = gst_caps_get_structure (caps, 0);
  if (gst_structure_has_name (structure, SFRAME_TYPE)
      || gst_structure_has_field (structure, "protection"))
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "The stream is protected already");
      return NULL;
    }
  if (!examine (format, structure, media, error))
    return NULL;
  if (format == GST_P2P_SFRAME_FORMAT_SFRAME)
    return gst_caps_new_simple (SFRAME_TYPE, "media", GST_TYPE_CAPS, caps, NULL);
  result = gst_caps_copy (caps);
  gst_caps_set_simple (result, "protection", G_TYPE_STRING, gst_p2p_sframe_format_get_nick (format),
                       NULL);
  return result;
}

static gboolean
unwrap (const GstStructure *structure, GstP2pSframeMedia *media, GstCaps **result, GError **error)
{
  const GValue *value = gst_structure_get_value (structure, "media");
  const GstCaps *inner;

  if (!value)
    return TRUE;
  inner = GST_VALUE_HOLDS_CAPS (value) ? gst_value_get_caps (value) : NULL;
  if (!inner || !gst_caps_is_fixed (inner))
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "The field media of the caps " SFRAME_TYPE " holds no fixed caps");
      return FALSE;
    }
  examine (GST_P2P_SFRAME_FORMAT_SFRAME, gst_caps_get_structure (inner, 0), media, NULL);
  *result = gst_caps_copy (inner);
  return TRUE;
}

gboolean
gst_p2p_sframe_caps_unprotect (GstP2pSframeFormat format, const GstCaps *caps,
                               GstP2pSframeMedia *media, GstCaps **result, GError **error)
{
  const gchar *mine = gst_p2p_sframe_format_get_nick (format), *theirs;
  const GstStructure *structure;

  *media = (GstP2pSframeMedia){ 0 };
  *result = NULL;
  if (!is_usable (caps, error))
    return FALSE;
  structure = gst_caps_get_structure (caps, 0);
  theirs = gst_structure_has_name (structure, SFRAME_TYPE)
               ? "sframe"
               : gst_structure_get_string (structure, "protection");
  if (!theirs && format == GST_P2P_SFRAME_FORMAT_SFRAME)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "The stream (%s) is not protected in format sframe; is there a sframeenc with "
                   "format=sframe at the other end?",
                   gst_structure_get_name (structure));
      return FALSE;
    }
  if (theirs && !g_str_equal (theirs, mine))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "The stream is protected in format %s, and this end opens format %s: set the "
                   "same format at both ends",
                   theirs, mine);
      return FALSE;
    }
  if (format == GST_P2P_SFRAME_FORMAT_SFRAME)
    return unwrap (structure, media, result, error);
  if (!examine (format, structure, media, error))
    return FALSE;
  *result = gst_caps_copy (caps);
  gst_structure_remove_field (gst_caps_get_structure (*result, 0), "protection");
  return TRUE;
}
