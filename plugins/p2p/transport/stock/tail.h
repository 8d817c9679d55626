/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tail: sends again what SCTP would leave to its timer.
 *
 * A loss with enough behind it is repaired by SCTP's gap reports. Of what has nothing behind it, or
 * is lost once more, usrsctp's timer takes care: after 1 s, which the stock sctpenc lets nobody
 * change, then 2, 4, 8 s, and nothing else of the channel arrives meanwhile [measured: at 10 % loss
 * a silence of more than 10 s in one of 60 runs of 15 s]. Here the packet that the peer waits for
 * goes again after 200 ms. Receivers know a duplicate by its TSN and acknowledge it at once (RFC
 * 9260 section 6.2). The congestion window knows nothing of it: it is one packet, at growing
 * distances.
 *
 * Of a channel that may lose data, what SCTP has given up stays given up; before that, which takes
 * it as long as a retransmission, a message may come that way once more.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstP2pStockTail GstP2pStockTail;

/* Sends @packet, which it takes, once more. Context's thread, which it must not block. */
typedef void (*GstP2pStockTailFunc) (GstBuffer *packet, gpointer user_data);

GstP2pStockTail *
gst_p2p_stock_tail_new (GMainContext *context, GstP2pStockTailFunc func, gpointer user_data);
/* After finish(). */
void gst_p2p_stock_tail_free (GstP2pStockTail *tail);

/* @packet is on its way; when it has come the peer can acknowledge everything up to @tsn.
 * References it. Any thread. */
void gst_p2p_stock_tail_sent (GstP2pStockTail *tail, GstBuffer *packet, guint32 tsn);
/* @packet, which is on its way, tells the peer to do without what it has not up to @tsn: it is sent
 * again in the place of all that. References it. Any thread. */
void gst_p2p_stock_tail_given_up (GstP2pStockTail *tail, GstBuffer *packet, guint32 tsn);
/* The peer has everything up to @tsn, or does without. Any thread. */
void gst_p2p_stock_tail_acked (GstP2pStockTail *tail, guint32 tsn);
/* Forgets all packets, and those to come. Any thread. On the context's thread nothing is sent after
 * it. */
void gst_p2p_stock_tail_finish (GstP2pStockTail *tail);

G_END_DECLS
