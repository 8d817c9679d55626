/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * browserframe: the layout that Jitsi's and LiveKit's browser workers give a protected frame:
 *
 *   clear bytes ‖ AES-GCM ciphertext ‖ tag 16 ‖ IV 12 ‖ 0x0C ‖ key index
 *
 * the clear bytes being the AAD. Which bytes stay clear depends on codec and format. Any thread.
 */
#pragma once

#include "gst/p2p/sframe/suite.h"

G_BEGIN_DECLS

#define GST_P2P_SFRAME_BROWSER_TAG_SIZE 16
/** GST_P2P_SFRAME_BROWSER_TRAILER_SIZE: IV, its length, key index */
#define GST_P2P_SFRAME_BROWSER_TRAILER_SIZE (GST_P2P_SFRAME_NONCE_SIZE + 2)
#define GST_P2P_SFRAME_BROWSER_OVERHEAD                                                            \
  (GST_P2P_SFRAME_BROWSER_TAG_SIZE + GST_P2P_SFRAME_BROWSER_TRAILER_SIZE)

/** GstP2pSframeCodec: what a frame holds, as far as a format cares */
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
 * GstP2pSframeFrame: a frame to seal or to open.
 * @codec, @keyframe: not used by format sframe
 * @length_prefixed: H.264 or H.265 with 4-byte lengths (avc, hvc1, hev1) instead of start codes
 * @metadata: bound to the frame, not sent; format sframe only
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

/**
 * gst_p2p_sframe_browser_frame_check: whether @format can carry @codec; GST_P2P_ERROR_SETTINGS with
 * the reason if not. Format sframe carries everything.
 */
gboolean gst_p2p_sframe_browser_frame_check (GstP2pSframeFormat format, GstP2pSframeCodec codec,
                                             GError **error);

/** gst_p2p_sframe_browser_frame_is_nalu: H.264 or H.265: clear up to the first slice, the rest
 * escaped */
gboolean gst_p2p_sframe_browser_frame_is_nalu (GstP2pSframeCodec codec);

/**
 * gst_p2p_sframe_browser_frame_get_clear_size: how many bytes of @frame (a byte stream, if NAL
 * units) stay clear. FALSE with GST_P2P_ERROR_INVALID when the frame is shorter or has no slice.
 */
gboolean gst_p2p_sframe_browser_frame_get_clear_size (GstP2pSframeFormat format,
                                                      const GstP2pSframeFrame *frame, gsize *clear,
                                                      GError **error);

/**
 * gst_p2p_sframe_browser_frame_is_key: whether a frame is a key frame. VP8 and VP9 tell by
 * themselves, in bytes that are clear; for others, and when a frame is too short, @flag.
 */
gboolean gst_p2p_sframe_browser_frame_is_key (GstP2pSframeCodec codec, const guint8 *data,
                                              gsize size, gboolean flag);

/**
 * gst_p2p_sframe_browser_frame_is_filler: whether the bytes are one of the frames that a LiveKit
 * server injects by itself (a black VP8 or H.264 picture, Opus silence).
 */
gboolean gst_p2p_sframe_browser_frame_is_filler (const guint8 *data, gsize size);

/**
 * gst_p2p_sframe_browser_frame_make_iv: an IV from a sender's @prefix and @counter (below
 * GST_P2P_SFRAME_BROWSER_COUNTER_END), different for different counters, and without a zero byte:
 * it never needs emulation prevention.
 */
#define GST_P2P_SFRAME_BROWSER_COUNTER_END G_GUINT64_CONSTANT (17878103347812890625) /* 255^8 */
void gst_p2p_sframe_browser_frame_make_iv (guint32 prefix, guint64 counter,
                                           guint8 iv[GST_P2P_SFRAME_NONCE_SIZE]);

G_END_DECLS
