/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tail: sends again what SCTP would leave to its timer.
 *
 * SCTP's gap reports repair a loss that enough packets follow. A packet that none follow, or that
 * is lost once more, is left to usrsctp's timer: it is sent again after 1 s, which the stock
 * sctpenc does not let anybody change, then after 2, 4, 8 s, and nothing else of the channel
 * arrives meanwhile [measured: at 10 % loss, more than 10 s without data in one of 60 runs of 15
 * s]. Here the packet that the peer waits for is sent again after 200 ms. Receivers know a
 * duplicate by its TSN and acknowledge it at once (RFC 9260 section 6.2). The congestion window
 * does not count these packets, which are few: one at a time, at growing intervals.
 *
 * On a channel that may lose data, what SCTP has given up is not sent again. SCTP gives up only
 * when a retransmission is due; until then a message may be sent again here.
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

/* @packet has been sent; once it has arrived the peer can acknowledge everything up to @tsn.
 * References it. Any thread. */
void gst_p2p_stock_tail_sent (GstP2pStockTail *tail, GstBuffer *packet, guint32 tsn);
/* @packet, which has been sent, tells the peer that what it lacks up to @tsn never comes; it is
 * sent again instead of those packets. References it. Any thread. */
void gst_p2p_stock_tail_given_up (GstP2pStockTail *tail, GstBuffer *packet, guint32 tsn);
/* The peer has acknowledged everything up to @tsn. Any thread. */
void gst_p2p_stock_tail_acked (GstP2pStockTail *tail, guint32 tsn);
/* Forgets all packets, and those to come. Any thread. Called on the context's thread, nothing is
 * sent after it. */
void gst_p2p_stock_tail_finish (GstP2pStockTail *tail);

G_END_DECLS
