/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * caps: what caps say of a stream, and what protecting does to them.
 *
 * sframe: X becomes application/x-sframe, media=(GstCaps)X. jitsi and livekit: the media type stays
 * and gets protection=(string)jitsi or livekit. Any thread.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/sframe/browserframe.h"

G_BEGIN_DECLS

/**
 * GstP2pSframeMedia: what the elements need to know of the unprotected stream.
 */
typedef struct
{
  GstP2pSframeCodec codec;
  gboolean length_prefixed;
  gboolean video;
} GstP2pSframeMedia;

/**
 * gst_p2p_sframe_caps_protect: the caps of the protected stream; @caps is NULL for bytes without
 * caps. NULL with GST_P2P_ERROR_SETTINGS and the reason when @format cannot protect @caps.
 */
GstCaps *gst_p2p_sframe_caps_protect (GstP2pSframeFormat format, const GstCaps *caps,
                                      GstP2pSframeMedia *media, GError **error);

/**
 * gst_p2p_sframe_caps_unprotect: @result gets the caps behind protected @caps, or NULL for bytes
 * that had none. FALSE with GST_P2P_ERROR_SETTINGS and the reason when @caps are not of a stream
 * protected in @format.
 */
gboolean gst_p2p_sframe_caps_unprotect (GstP2pSframeFormat format, const GstCaps *caps,
                                        GstP2pSframeMedia *media, GstCaps **result, GError **error);

G_END_DECLS
