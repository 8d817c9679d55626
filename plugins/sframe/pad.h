/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pad: the sink pad of sframeenc and sframedec, with the property `metadata`.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_P2P_SFRAME_PAD (gst_p2p_sframe_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pSframePad, gst_p2p_sframe_pad, GST, P2P_SFRAME_PAD, GstPad)

/* The bytes that are bound to each frame, or %NULL: into *@metadata, in place of those of the last
 * call. @version: of those, 0 at first; if it is still the same, returns FALSE and changes nothing.
 * Any thread. */
gboolean gst_p2p_sframe_pad_get_metadata (GstP2pSframePad *self, guint *version, GBytes **metadata);

G_END_DECLS
