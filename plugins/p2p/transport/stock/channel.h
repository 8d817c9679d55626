/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * channel: one channel of the elements transport, between the application's pads and those
 * of sctpenc and sctpdec. Private to bin.
 *
 *   application ► sink │ control first, PPIDs, reliability of each message      │ out ► sctpenc
 *   application ◄ src  │ task ◄ queue ◄ DCEP taken out, empty messages restored │ in  ◄ sctpdec
 *
 * Outgoing messages pass on the caller's thread, which blocks there while SCTP's send buffer is
 * full. Incoming ones never block: sctpdec's queue must stay empty, because it is thrown away when
 * the peer resets the stream; the bound on memory is the transport's receive window.
 *
 * The src pad's task gives nothing before set_active(): the application opens the channel first, or
 * refuses it.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/link/dcep.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_STOCK_CHANNEL (gst_p2p_stock_channel_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pStockChannel, gst_p2p_stock_channel, GST, P2P_STOCK_CHANNEL, GstElement)

/* Called on streaming threads, without locks; @bytes count memory, not payload alone. */
typedef struct
{
  /* sctpdec gave a message, which is in the queue now (or was not worth keeping: 0 bytes) */
  void (*came) (gpointer owner, guint16 stream, gsize bytes);
  /* bytes that were reported by came() are gone */
  void (*gone) (gpointer owner, guint16 stream, gsize bytes);
  /* a message that is no DCEP message, on a channel that is not open */
  void (*data) (gpointer owner, GstP2pStockChannel *channel);
  void (*dcep) (gpointer owner, GstP2pStockChannel *channel, GBytes *message);
  /* EOS was pushed */
  void (*finished) (gpointer owner, GstP2pStockChannel *channel);
  void (*failed) (gpointer owner, const GError *error);
} GstP2pStockChannelFuncs;

/* @funcs: static; @owner outlives the element's PAUSED state */
GstP2pStockChannel *
gst_p2p_stock_channel_new (guint16 stream, const GstP2pStockChannelFuncs *funcs, gpointer owner);

guint16 gst_p2p_stock_channel_get_stream (GstP2pStockChannel *channel);

/* From now on there is an application: @config is copied, @max_size bytes is what the peer takes.
 * @value is the reliability parameter as sctpenc wants it. */
void gst_p2p_stock_channel_open (GstP2pStockChannel *channel, const GstP2pChannelConfig *config,
                                 guint32 value, gsize max_size);
gboolean gst_p2p_stock_channel_is_open (GstP2pStockChannel *channel);
void gst_p2p_stock_channel_set_active (GstP2pStockChannel *channel);

/* Queues a DCEP message, to go before everything that is pushed after this call, and sends what is
 * queued. The second blocks like a push. */
void gst_p2p_stock_channel_queue_dcep (GstP2pStockChannel *channel, GBytes *message);
void gst_p2p_stock_channel_send_dcep (GstP2pStockChannel *channel);

/* Takes no message any more. drain() waits for the push that is under way; blocks like one. */
void gst_p2p_stock_channel_close (GstP2pStockChannel *channel);
void gst_p2p_stock_channel_drain (GstP2pStockChannel *channel);

/* The peer has ended the stream: EOS follows the queue. */
void gst_p2p_stock_channel_end (GstP2pStockChannel *channel);
/* Throws away what is queued and what comes. */
void gst_p2p_stock_channel_discard (GstP2pStockChannel *channel);

G_END_DECLS
