/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * layout: how a buffer's data lies in it.
 *
 * GstVideoMeta and GstAudioMeta may say something else than the caps: rows that are padded, planes
 * at other places. What travels is in the layout of the caps alone, packed at the sender, so that
 * every element at the receiver can read it. Planar sound can be read with a GstAudioMeta only,
 * which the receiver makes. One thread at a time.
 */
#pragma once

#include <gst/audio/audio.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* All fields are private; all zero: of no caps. */
typedef struct
{
  gboolean is_video;
  gboolean is_audio;
  GstVideoInfo video;
  GstAudioInfo audio;
} GstP2pFramingLayout;

/* @caps: fixed */
void gst_p2p_framing_layout_set_caps (GstP2pFramingLayout *layout, const GstCaps *caps);

/**
 * gst_p2p_framing_layout_pack:
 * @buffer: (transfer none)
 *
 * Returns: (transfer full) (nullable): a buffer with the data and the other metas, itself where it
 * can be; %NULL with %GST_P2P_ERROR_INVALID if the metas contradict the caps
 */
GstBuffer *
gst_p2p_framing_layout_pack (const GstP2pFramingLayout *layout, GstBuffer *buffer, GError **error);

/* Gives a buffer that was packed what it needs to be read. FALSE with %GST_P2P_ERROR_INVALID: it
 * does not have the size of anything in these caps. */
gboolean gst_p2p_framing_layout_unpack (const GstP2pFramingLayout *layout, GstBuffer *buffer,
                                        GError **error);

G_END_DECLS
