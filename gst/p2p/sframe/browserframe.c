/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * browserframe: see browserframe.h.
 */
#include "gst/p2p/sframe/browserframe.h"

#include <string.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/base/error.h"
#include "gst/p2p/sframe/nalu.h"

gboolean
gst_p2p_sframe_browser_frame_is_nalu (GstP2pSframeCodec codec)
{
  return codec == GST_P2P_SFRAME_CODEC_H264 || codec == GST_P2P_SFRAME_CODEC_H265;
}

gboolean
gst_p2p_sframe_browser_frame_check (GstP2pSframeFormat format, GstP2pSframeCodec codec,
                                    GError **error)
{
  const gchar *nick = gst_p2p_sframe_format_get_nick (format);

  if (format == GST_P2P_SFRAME_FORMAT_SFRAME)
    return TRUE;
  if (codec == GST_P2P_SFRAME_CODEC_UNKNOWN)
    g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                 "Format %s must know the codec (VP8, VP9, H.264, H.265 or audio) to leave the "
                 "right bytes clear; use format sframe for anything else",
                 nick);
  else if (codec == GST_P2P_SFRAME_CODEC_AV1)
    g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                 "Format %s cannot protect AV1; use format sframe", nick);
  else if (format == GST_P2P_SFRAME_FORMAT_JITSI && gst_p2p_sframe_browser_frame_is_nalu (codec))
    g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                 "Format jitsi cannot protect H.264 or H.265; use VP8 or VP9, or format livekit "
                 "or sframe");
  else
    return TRUE;
  return FALSE;
}

gboolean
gst_p2p_sframe_browser_frame_get_clear_size (GstP2pSframeFormat format,
                                             const GstP2pSframeFrame *frame, gsize *clear,
                                             GError **error)
{
  gsize slice;

  switch (frame->codec)
    {
    case GST_P2P_SFRAME_CODEC_H264:
    case GST_P2P_SFRAME_CODEC_H265:
      if (!gst_p2p_sframe_nalu_first_slice (frame->data, frame->size,
                                            frame->codec == GST_P2P_SFRAME_CODEC_H265, &slice))
        {
          g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                       "A frame of %" G_GSIZE_FORMAT " bytes has no slice behind a start code, "
                       "and cannot be protected",
                       frame->size);
          return FALSE;
        }
      *clear = slice + 2;
      break;
    case GST_P2P_SFRAME_CODEC_VP9:
      if (format == GST_P2P_SFRAME_FORMAT_LIVEKIT)
        {
          *clear = 0;
          break;
        }
      *clear = frame->keyframe ? 10 : 3;
      break;
    case GST_P2P_SFRAME_CODEC_VP8:
      *clear = frame->keyframe ? 10 : 3;
      break;
    default:
      *clear = 1;
      break;
    }
  if (frame->size >= *clear)
    return TRUE;
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
               "A frame of %" G_GSIZE_FORMAT " bytes is shorter than the %" G_GSIZE_FORMAT
               " that stay clear, and cannot be protected",
               frame->size, *clear);
  return FALSE;
}

/* VP9 bitstream section 6.2: the frame type in an uncompressed header; -1: it is none. */
static gint
vp9_frame_type (guint8 byte)
{
  guint bit = 3; /* behind the marker and the profile's two bits */

  if (byte >> 6 != 2)
    return -1;
  if ((byte >> 4 & 3) == 3)
    bit--; /* profile 3 has one more, which is reserved */
  if (byte >> bit & 1)
    return 1; /* shows an existing frame */
  return byte >> (bit - 1) & 1;
}

gboolean
gst_p2p_sframe_browser_frame_is_key (GstP2pSframeCodec codec, const guint8 *data, gsize size,
                                     gboolean flag)
{
  gint type;

  if (size == 0)
    return flag;
  if (codec == GST_P2P_SFRAME_CODEC_VP8)
    return (data[0] & 1) == 0;
  if (codec != GST_P2P_SFRAME_CODEC_VP9)
    return flag;
  type = vp9_frame_type (data[0]);
  return type < 0 ? flag : type == 0;
}

static gboolean
is_black_vp8 (const guint8 *data, gsize size)
{
  static const guint8 frame[] = { 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x08, 0x00, 0x08, 0x00, 0x00,
                                  0x47, 0x08, 0x85, 0x85, 0x88, 0x85, 0x84, 0x88, 0x02, 0x02, 0x00,
                                  0x0c, 0x0d, 0x60, 0x00, 0xfe, 0xff, 0xab, 0x50, 0x80 };

  return size == sizeof frame && memcmp (data, frame, size) == 0;
}

static gboolean
is_opus_silence (const guint8 *data, gsize size)
{
  static const guint8 start[3] = { 0xf8, 0xff, 0xfe };

  if (size != 80 || memcmp (data, start, sizeof start) != 0)
    return FALSE;
  for (gsize i = sizeof start; i < size; i++)
    if (data[i] != 0)
      return FALSE;
  return TRUE;
}

/* The NAL units of a black picture of 2x2 pixels: one as it is, or some of them in order, each
 * behind a start code. */
static gboolean
is_black_h264 (const guint8 *data, gsize size)
{
  static const guint8 sps[]
      = { 0x67, 0x42, 0xc0, 0x1f, 0x0f, 0xd9, 0x1f, 0x88, 0x88, 0x84, 0x00, 0x00,
          0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xc8, 0x3c, 0x60, 0xc9, 0x20 };
  static const guint8 pps[] = { 0x68, 0x87, 0xcb, 0x83, 0xcb, 0x20 };
  static const guint8 idr[] = { 0x65, 0x88, 0x84, 0x0a, 0xf2, 0x62, 0x80, 0x00, 0xa7, 0xbe };
  static const struct
  {
    const guint8 *data;
    gsize size;
  } units[] = { { sps, sizeof sps }, { pps, sizeof pps }, { idr, sizeof idr } };
  guint found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      gsize zeros = 0;

      if (size == units[i].size && found == 0 && memcmp (data, units[i].data, size) == 0)
        return TRUE;
      while (zeros < MIN (size, 3) && data[zeros] == 0)
        zeros++;
      if (zeros < 2 || size < zeros + 1 + units[i].size || data[zeros] != 1
          || memcmp (data + zeros + 1, units[i].data, units[i].size) != 0)
        continue;
      data += zeros + 1 + units[i].size;
      size -= zeros + 1 + units[i].size;
      found++;
    }
  return found > 0 && size == 0;
}

gboolean
gst_p2p_sframe_browser_frame_is_filler (const guint8 *data, gsize size)
{
  return is_black_vp8 (data, size) || is_opus_silence (data, size) || is_black_h264 (data, size);
}

void
gst_p2p_sframe_browser_frame_make_iv (guint32 prefix, guint64 counter,
                                      guint8 iv[GST_P2P_SFRAME_NONCE_SIZE])
{
  gst_p2p_write_u32 (iv, prefix);
  /* Digits to the base 255, each plus one: they are in the counters' order, and never zero. */
  for (guint i = GST_P2P_SFRAME_NONCE_SIZE; i > 4; i--)
    {
      iv[i - 1] = (guint8)(counter % 255 + 1);
      counter /= 255;
    }
}
