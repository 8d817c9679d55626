/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * enums: the enumerations that are properties of the framing elements.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstP2pFraming:
 * @GST_P2P_FRAMING_FRAMES: "gst-frames-1": buffers, caps and events as objects
 *   (gst/p2p/frame/frame.h)
 * @GST_P2P_FRAMING_RAW: one buffer is one message and nothing else travels
 */
typedef enum
{
  GST_P2P_FRAMING_FRAMES,
  GST_P2P_FRAMING_RAW
} GstP2pFraming;

#define GST_TYPE_P2P_FRAMING (gst_p2p_framing_get_type ())
GType gst_p2p_framing_get_type (void);

/**
 * GstP2pLeaky:
 * @GST_P2P_LEAKY_NO: a slow receiver blocks the sender
 * @GST_P2P_LEAKY_DOWNSTREAM: a slow receiver loses whole buffers, up to the next keyframe
 */
typedef enum
{
  GST_P2P_LEAKY_NO,
  GST_P2P_LEAKY_DOWNSTREAM
} GstP2pLeaky;

#define GST_TYPE_P2P_LEAKY (gst_p2p_leaky_get_type ())
GType gst_p2p_leaky_get_type (void);

G_END_DECLS
