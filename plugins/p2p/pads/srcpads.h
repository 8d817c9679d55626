/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * srcpads: the source pads of an element that receives: one per incoming channel, "src_N" for the
 * streams 2N and 2N + 1. With keep-listening a pad outlives its channel and is given to the next
 * one of its number, so that what is linked to it goes on, and no EOS leaves through it.
 *
 *   p2pframedepay ─► src_N │ not yet the element's     until its caps, or else its first data, come
 *                          │ the element's             "pad-added": on the streaming thread, before
 *                          │                           what has come goes on
 *
 * So what comes first waits for the application's handler, which finds the caps on the pad. A
 * channel that ends before leaves no trace. Raw framing knows no caps: there the pad is added at
 * once.
 *
 * Any thread, unless said otherwise.
 */
#pragma once

#include "plugins/p2p/pads/srcpad.h"

G_BEGIN_DECLS

typedef struct _GstP2pSrcPads GstP2pSrcPads;

/* EOS is about to leave through @pad. Streaming thread, under no lock. */
typedef void (*GstP2pSrcPadsEosFunc) (GstPad *pad, gpointer user_data);

/* @element: outlives the pads, and is the data of @eos. */
GstP2pSrcPads *gst_p2p_src_pads_new (GstElement *element, GstP2pSrcPadsEosFunc eos);
void gst_p2p_src_pads_free (GstP2pSrcPads *pads);

/* Called in READY→PAUSED. @keep_listening: whether pads outlive their channels. */
void gst_p2p_src_pads_activate (GstP2pSrcPads *pads, gboolean keep_listening);
/* Called in PAUSED→READY. Nothing leaves the element after this, and no pad is added; waits until
 * downstream, and handlers of "pad-added", have returned. */
void gst_p2p_src_pads_deactivate (GstP2pSrcPads *pads);
/* Removes the pads; called after deactivate(), when no channel is left. */
void gst_p2p_src_pads_remove (GstP2pSrcPads *pads);

/* The active pad for a channel, which is added to the element when its stream begins; the caller
 * unrefs it. If the name that belongs to @stream is taken, it is the next that is free. Control
 * thread. @progress: see gst_p2p_src_pad_take() */
GstP2pSrcPad *
gst_p2p_src_pads_take (GstP2pSrcPads *pads, guint16 stream, const gchar *label, GSource *progress);
/* Adds the pad, unless that was done: its stream begins. */
void gst_p2p_src_pads_expose (GstP2pSrcPads *pads, GstP2pSrcPad *pad);
/* Emits "no-more-pads", but not between deactivate() and activate(). */
void gst_p2p_src_pads_no_more (GstP2pSrcPads *pads);
/* The application ends what is received: EOS leaves through every pad, behind what is being pushed,
 * and nothing after it. A thread each, since downstream may hold one up until it has another's.
 * @ended: called when all have been taken, on one of those threads; with the element. FALSE: there
 * was no pad. Any thread. */
gboolean gst_p2p_src_pads_end (GstP2pSrcPads *pads, void (*ended) (gpointer element));
/* The pad's channel is gone: keeps the pad for the next one, or removes it. */
void gst_p2p_src_pads_retire (GstP2pSrcPads *pads, GstP2pSrcPad *pad);

G_END_DECLS
