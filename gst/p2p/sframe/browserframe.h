/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * browserframe: the layout that the browser workers of Jitsi and LiveKit give a protected frame:
 *
 *   clear bytes ‖ AES-GCM ciphertext ‖ tag 16 ‖ IV 12 ‖ 0x0C ‖ key index
 *
 * The clear bytes are authenticated. Which bytes stay clear depends on codec and format. Functions
 * without state; any thread.
 */
#pragma once

#include "gst/p2p/sframe/suite.h"

G_BEGIN_DECLS

#define GST_P2P_SFRAME_BROWSER_TAG_SIZE 16
/* IV, its length, key index */
#define GST_P2P_SFRAME_BROWSER_TRAILER_SIZE (GST_P2P_SFRAME_NONCE_SIZE + 2)
#define GST_P2P_SFRAME_BROWSER_OVERHEAD                                                            \
  (GST_P2P_SFRAME_BROWSER_TAG_SIZE + GST_P2P_SFRAME_BROWSER_TRAILER_SIZE)

/* What a frame holds, as far as a format cares. */
typedef enum
{
  GST_P2P_SFRAME_CODEC_UNKNOWN,
  GST_P2P_SFRAME_CODEC_AUDIO,
  GST_P2P_SFRAME_CODEC_VP8,
  GST_P2P_SFRAME_CODEC_VP9,
  GST_P2P_SFRAME_CODEC_H264,
  GST_P2P_SFRAME_CODEC_H265,
  GST_P2P_SFRAME_CODEC_AV1,
} GstP2pSframeCodec;

/**
 * GstP2pSframeFrame:
 * @codec: format sframe does not ask
 * @keyframe: likewise
 * @length_prefixed: H.264 or H.265 with 4-byte lengths (avc, hvc1, hev1) in place of start codes
 * @metadata: format sframe alone: authenticated with the frame, not sent; nullable
 *
 * A frame to seal or to open.
 */
typedef struct
{
  const guint8 *data;
  gsize size;
  GstP2pSframeCodec codec;
  gboolean keyframe;
  gboolean length_prefixed;
  const guint8 *metadata;
  gsize metadata_size;
} GstP2pSframeFrame;

/* Whether @format can carry @codec; GST_P2P_ERROR_SETTINGS with the reason if not. Format sframe
 * carries everything. */
gboolean gst_p2p_sframe_browser_frame_check (GstP2pSframeFormat format, GstP2pSframeCodec codec,
                                             GError **error);

/* Whether @codec is H.264 or H.265, whose frames stay clear up to the first slice and are escaped
 * behind that. */
gboolean gst_p2p_sframe_browser_frame_is_nalu (GstP2pSframeCodec codec);

/* How many bytes of @frame, a byte stream if it has NAL units, stay clear. FALSE with
 * GST_P2P_ERROR_INVALID if the frame is shorter, or has no slice. */
gboolean gst_p2p_sframe_browser_frame_get_clear_size (GstP2pSframeFormat format,
                                                      const GstP2pSframeFrame *frame, gsize *clear,
                                                      GError **error);

/* Whether a frame is a key frame. VP8 and VP9 say so themselves, in bytes that are clear; for other
 * codecs, and for a frame that is too short, @flag is the answer. */
gboolean gst_p2p_sframe_browser_frame_is_key (GstP2pSframeCodec codec, const guint8 *data,
                                              gsize size, gboolean flag);

/* Whether the bytes are one of the frames that a LiveKit server injects by itself: a black VP8 or
 * H.264 picture, or Opus silence. */
gboolean gst_p2p_sframe_browser_frame_is_filler (const guint8 *data, gsize size);

#define GST_P2P_SFRAME_BROWSER_COUNTER_END G_GUINT64_CONSTANT (17878103347812890625) /* 255^8 */

/* The IV of a sender's @prefix and @counter, which is below GST_P2P_SFRAME_BROWSER_COUNTER_END.
 * Different counters give different IVs. If the prefix has no zero byte, the IV has none, and never
 * needs emulation prevention. */
void gst_p2p_sframe_browser_frame_make_iv (guint32 prefix, guint64 counter,
                                           guint8 iv[GST_P2P_SFRAME_NONCE_SIZE]);

G_END_DECLS
