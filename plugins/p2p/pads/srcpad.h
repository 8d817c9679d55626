/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * srcpad: a source pad of p2psrc, and what is known of the channel behind it.
 *
 * Any thread, under no lock, unless said otherwise.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_P2P_SRC_PAD (gst_p2p_src_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pSrcPad, gst_p2p_src_pad, GST, P2P_SRC_PAD, GstGhostPad)

/* The pad is floating, without a target and not yet added. */
GstP2pSrcPad *gst_p2p_src_pad_new (GstPadTemplate *templ, const gchar *name);

/* A channel takes the pad, which has not begun then. @progress: a timer (gst/p2p/base/timer.h) that
 * is made ready when something more is known of the channel. A reference is kept. */
void
gst_p2p_src_pad_take (GstP2pSrcPad *pad, guint16 stream, const gchar *label, GSource *progress);
/* No channel has the pad any more. */
void gst_p2p_src_pad_release (GstP2pSrcPad *pad);

/* @name: (nullable) */
void gst_p2p_src_pad_set_sender_pad (GstP2pSrcPad *pad, const gchar *name);
/* It is known what the stream is. */
void gst_p2p_src_pad_begin (GstP2pSrcPad *pad);
gboolean gst_p2p_src_pad_has_begun (GstP2pSrcPad *pad);

G_END_DECLS
