/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * routing: which client is bound as which id, without I/O.
 *
 * Clients are opaque pointers, compared and never followed. A failure is one of the codes of
 * message.h, as the answer to the client that asked. Not thread-safe: one thread uses a table.
 */
#pragma once

#include "signaling/message.h"

G_BEGIN_DECLS

typedef struct _GstP2pSignalingRouting GstP2pSignalingRouting;

/* @token: (nullable): what a bind must show; %NULL: anybody may bind. */
GstP2pSignalingRouting *gst_p2p_signaling_routing_new (const gchar *token);
void gst_p2p_signaling_routing_free (GstP2pSignalingRouting *routing);

/**
 * gst_p2p_signaling_routing_bind:
 * @bind: the message
 * @replaced: (out) (nullable): the client that held the id until now and lost it, because @bind
 *   had its resume secret
 *
 * A client binds once. An id that is bound stays with its client until that is removed or
 * replaced; the secret stays the same when it is replaced, so that one lost answer does not shut
 * the owner out.
 *
 * Returns: (nullable): %NULL if bound, else the code
 */
const gchar *
gst_p2p_signaling_routing_bind (GstP2pSignalingRouting *routing, gpointer client,
                                const GstP2pSignalingMessage *bind, gpointer *replaced);

/* Where a relayed message from @client goes; %NULL and @code if nowhere. */
gpointer
gst_p2p_signaling_routing_route (GstP2pSignalingRouting *routing, gpointer client,
                                 const GstP2pSignalingMessage *message, const gchar **code);

/* Both: %NULL if @client is not bound; borrowed until it is removed. */
const gchar *gst_p2p_signaling_routing_get_id (GstP2pSignalingRouting *routing, gpointer client);
const gchar *
gst_p2p_signaling_routing_get_resume (GstP2pSignalingRouting *routing, gpointer client);

/* The id of @client is free from now on. Nothing happens if it is not bound. */
void gst_p2p_signaling_routing_remove (GstP2pSignalingRouting *routing, gpointer client);

/* How many clients are bound. */
guint gst_p2p_signaling_routing_get_size (GstP2pSignalingRouting *routing);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSignalingRouting, gst_p2p_signaling_routing_free)

G_END_DECLS
