/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * caps: what caps say of a stream, and what protecting does to them.
 *
 * In format sframe X becomes application/x-sframe, media=(GstCaps)X. In the browser formats the
 * media type stays and gets protection=(string)jitsi or livekit. Functions without state; any
 * thread.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/sframe/browserframe.h"

G_BEGIN_DECLS

/**
 * GstP2pSframeMedia:
 * @length_prefixed: NAL units behind lengths, not start codes
 *
 * What the elements must know of the stream that is protected.
 */
typedef struct
{
  GstP2pSframeCodec codec;
  gboolean length_prefixed;
  gboolean video;
} GstP2pSframeMedia;

/* The caps of the stream once it is protected. @caps: nullable: bytes without caps. Fills @media.
 * %NULL with GST_P2P_ERROR_SETTINGS and the reason if @format cannot protect such a stream. */
GstCaps *gst_p2p_sframe_caps_protect (GstP2pSframeFormat format, const GstCaps *caps,
                                      GstP2pSframeMedia *media, GError **error);

/* @result: the caps of what was protected, or %NULL for bytes that had none. Fills @media. FALSE
 * with GST_P2P_ERROR_SETTINGS and the reason if @caps are not those of a stream that @format
 * protects; in a browser format they may come without the field. */
gboolean gst_p2p_sframe_caps_unprotect (GstP2pSframeFormat format, const GstCaps *caps,
                                        GstP2pSframeMedia *media, GstCaps **result, GError **error);

G_END_DECLS
