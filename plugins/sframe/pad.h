/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pad: the sink pad of sframeenc and sframedec, with the property `metadata`.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_P2P_SFRAME_PAD (gst_p2p_sframe_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pSframePad, gst_p2p_sframe_pad, GST, P2P_SFRAME_PAD, GstPad)

/**
 * gst_p2p_sframe_pad_get_metadata: the bytes that are bound to each frame, or NULL. @version: what
 * the caller has from the last call (0 at first); when it is still that, returns FALSE and changes
 * nothing. Any thread.
 */
gboolean gst_p2p_sframe_pad_get_metadata (GstP2pSframePad *self, guint *version, GBytes **metadata);

G_END_DECLS
