/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sinkpad: a sink pad of p2psink, and what stands directly behind it.
 *
 *   sink_%u ─ (block) ─► tee ─► one branch for each connection
 *
 * The pad's properties are those of an RTCDataChannelInit; they apply to channels that are opened
 * later.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/link/dcep.h"
#include "plugins/p2p/framing/origin.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_SINK_PAD (gst_p2p_sink_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pSinkPad, gst_p2p_sink_pad, GST, P2P_SINK_PAD, GstGhostPad)

/* Adds a tee to @bin; the pad is floating and not yet added. %NULL if there is no element "tee".
 * @origin: of all streams of the element */
GstPad *gst_p2p_sink_pad_new (GstBin *bin, GstPadTemplate *templ, const gchar *name,
                              GstP2pFramingOrigin *origin);
GstP2pFramingOrigin *gst_p2p_sink_pad_get_origin (GstP2pSinkPad *pad); /* borrowed */

/* @wait: whether data waits while there is no branch; else the tee drops it. What is live never
 * waits: whoever comes is to get the present. Any thread. */
void gst_p2p_sink_pad_set_wait (GstP2pSinkPad *pad, gboolean wait);

/* Asks upstream whether it is live, and tells the origin if so. Any thread, under no lock. */
void gst_p2p_sink_pad_ask_live (GstP2pSinkPad *pad);

/* The channel that this pad asks for, without its protocol; the caller frees it. @stream is set to
 * the fixed stream of a negotiated channel, else -1. Any thread. */
GstP2pChannelConfig *gst_p2p_sink_pad_get_config (GstP2pSinkPad *pad, gint *stream);

/* A new source pad of the tee. Link it, then call branch_is_ready(): data begins to flow. */
GstPad *gst_p2p_sink_pad_add_branch (GstP2pSinkPad *pad);
void gst_p2p_sink_pad_branch_is_ready (GstP2pSinkPad *pad, GstPad *branch);
/* Removes the branch; nothing is pushed into it after this. Any thread but a streaming one. */
void gst_p2p_sink_pad_remove_branch (GstP2pSinkPad *pad, GstPad *branch);

/* Where in the stream what has come in last is: stream time in ns, or bytes; as the segment has it.
 * FALSE: it is not known in @format. Any thread. */
gboolean gst_p2p_sink_pad_get_position (GstP2pSinkPad *pad, GstFormat format, gint64 *position);

/* N of a pad "sink_N". Any thread. */
guint gst_p2p_sink_pad_get_index (GstP2pSinkPad *pad);

/* Of all sink pads of @element: what is held back goes, and nothing waits any more. Any thread. */
void gst_p2p_sink_pad_list_let_go (GstElement *element);

/* All sink pads of @element, with a reference to each: negotiated ones first, since they have their
 * streams, the others by their numbers. Any thread. */
GList *gst_p2p_sink_pad_list (GstElement *element);

/* Whether EOS passed into the tee and the stream has not begun again since. Any thread. */
gboolean gst_p2p_sink_pad_is_eos (GstP2pSinkPad *pad);

/* Removes the tee from @bin; the pad must be inactive. */
void gst_p2p_sink_pad_dispose_tee (GstP2pSinkPad *pad, GstBin *bin);

G_END_DECLS
