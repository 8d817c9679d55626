/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * srcpads: the source pads of an element that receives: ghost pads "src_%u", one per incoming
 * channel. With keep-listening a pad outlives its channel and is given to the next one, so that
 * what is linked to it goes on, and no EOS leaves through it.
 *
 * Any thread, unless said otherwise: the state is the element's list of pads, a mark on the idle
 * ones, and fields that the element's object lock guards.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstP2pSrcPads GstP2pSrcPads;

/* EOS is about to leave through @pad. Streaming thread, under no lock. */
typedef void (*GstP2pSrcPadsEosFunc) (GstPad *pad, gpointer user_data);

/* @element: outlives the pads, and is the data of @eos. */
GstP2pSrcPads *gst_p2p_src_pads_new (GstElement *element, GstP2pSrcPadsEosFunc eos);
void gst_p2p_src_pads_free (GstP2pSrcPads *pads);

/* Called in READY→PAUSED. @keep_listening: whether pads outlive their channels. */
void gst_p2p_src_pads_activate (GstP2pSrcPads *pads, gboolean keep_listening);
/* Called in PAUSED→READY. Nothing leaves the element after this; waits until downstream has
 * returned. */
void gst_p2p_src_pads_deactivate (GstP2pSrcPads *pads);
/* Removes the pads; called after deactivate(), when no channel is left. */
void gst_p2p_src_pads_remove (GstP2pSrcPads *pads);

/* An idle pad, or a new one that is not yet the element's; the caller unrefs it. Control thread. */
GstPad *gst_p2p_src_pads_take (GstP2pSrcPads *pads);
/* Activates and adds the pad unless that was done. */
void gst_p2p_src_pads_expose (GstP2pSrcPads *pads, GstPad *pad);
/* No new pad came for a while: emits "no-more-pads", but not between deactivate() and
 * activate(). */
void gst_p2p_src_pads_no_more (GstP2pSrcPads *pads);
/* The application ends what is received: EOS leaves through every pad, behind what is being pushed,
 * and nothing after it. A thread each, since downstream may hold one up until it has another's.
 * @ended: called when all have been taken, on one of those threads; with the element. FALSE: there
 * was no pad. Any thread. */
gboolean gst_p2p_src_pads_end (GstP2pSrcPads *pads, void (*ended) (gpointer element));
/* The pad's channel is gone: keeps the pad for the next one, or removes it. */
void gst_p2p_src_pads_retire (GstP2pSrcPads *pads, GstPad *pad);

G_END_DECLS
