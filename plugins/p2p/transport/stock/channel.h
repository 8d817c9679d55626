/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * channel: one channel of the stock transport, between the application's pads and those of sctpenc
 * and sctpdec.
 *
 *   application ► sink │ DCEP first, PPIDs, reliability of each message         │ out ► sctpenc
 *   application ◄ src  │ task ◄ queue ◄ DCEP taken out, empty messages restored │ in  ◄ sctpdec
 *
 * Outgoing messages pass on the caller's thread, which blocks while SCTP's send buffer is full.
 * Incoming ones never block: sctpdec's queue must stay empty, because sctpdec throws it away when
 * the peer resets the stream. The transport's receive window bounds the memory.
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

/* Called on streaming threads, without locks; @acknowledged and @bytes are as backlog.h wants
 * them. */
typedef struct
{
  /* sctpdec gave a message, which is in the queue now, or was dropped (0 bytes) */
  void (*came) (gpointer owner, guint16 stream, gboolean acknowledged, gsize bytes);
  /* bytes that were reported by came() are gone */
  void (*gone) (gpointer owner, gboolean acknowledged, gsize bytes);
  /* a message that is no DCEP message, on a channel that is not open */
  void (*data) (gpointer owner, GstP2pStockChannel *channel);
  void (*dcep) (gpointer owner, GstP2pStockChannel *channel, GBytes *message);
  /* EOS was pushed */
  void (*finished) (gpointer owner, GstP2pStockChannel *channel);
  void (*failed) (gpointer owner, const GError *error);
} GstP2pStockChannelFuncs;

/* @prefix: begins the element's name, so that a log with several peers tells whose channel it is.
 * @funcs: static; @owner outlives the element's PAUSED state */
GstP2pStockChannel *
gst_p2p_stock_channel_new (const gchar *prefix, guint16 stream,
                           const GstP2pStockChannelFuncs *funcs, gpointer owner);

guint16 gst_p2p_stock_channel_get_stream (GstP2pStockChannel *channel);

/* The application takes the channel. @config: copied. @value: the reliability parameter as sctpenc
 * wants it. @max_size: what the peer takes, in bytes. */
void gst_p2p_stock_channel_open (GstP2pStockChannel *channel, const GstP2pChannelConfig *config,
                                 guint32 value, gsize max_size);
gboolean gst_p2p_stock_channel_is_open (GstP2pStockChannel *channel);
void gst_p2p_stock_channel_set_active (GstP2pStockChannel *channel);

/* queue_dcep() queues a DCEP message, which goes before everything that is pushed after this call.
 * send_dcep() sends what is queued, and blocks like a push. */
void gst_p2p_stock_channel_queue_dcep (GstP2pStockChannel *channel, GBytes *message);
void gst_p2p_stock_channel_send_dcep (GstP2pStockChannel *channel);

/* After close() no message is taken any more. drain() waits for the push that is under way, and
 * blocks like it. */
void gst_p2p_stock_channel_close (GstP2pStockChannel *channel);
void gst_p2p_stock_channel_drain (GstP2pStockChannel *channel);

/* Nothing more comes: EOS follows the queue. @closed: because the peer has ended the stream; see
 * gst_p2p_message_eos_new(). */
void gst_p2p_stock_channel_end (GstP2pStockChannel *channel, gboolean closed);
/* Drops what is queued and what comes. */
void gst_p2p_stock_channel_discard (GstP2pStockChannel *channel);

G_END_DECLS
