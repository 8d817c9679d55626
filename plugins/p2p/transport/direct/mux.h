/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mux: the channels of one connection over its SCTP association (RFC 8831).
 *
 * Sends what the channels have, one message of each in turn; delivers what arrives; keeps what
 * arrives for a stream without a channel; and ends streams in both directions (RFC 8831 section
 * 6.7): the peer's reset is answered when everything before it has been pushed downstream.
 *
 * All functions are called on the thread that iterates the context. The functions of
 * GstP2pDirectMuxFuncs are called there too, from within these calls; only @wakeup may come on any
 * thread.
 */
#pragma once

#include "gst/p2p/link/description.h"
#include "plugins/p2p/transport/direct/association.h"
#include "plugins/p2p/transport/direct/channel.h"

G_BEGIN_DECLS

/**
 * GstP2pDirectMuxFuncs:
 * @established: channels can be used
 * @closed: the connection is over; @error is %NULL if the peer closed it, and then everything that
 *   channels could push was pushed before
 * @dcep: a DCEP message came
 * @stream_data: data on a stream without a channel; once per stream
 * @channel_closed: both directions are, and everything was pushed
 * @send: a packet for the peer
 * @wakeup: process() is to be called; any thread
 */
typedef struct
{
  void (*established) (gpointer user_data);
  void (*closed) (const GError *error, gpointer user_data);
  void (*dcep) (guint16 stream, GBytes *message, gpointer user_data);
  void (*stream_data) (guint16 stream, gpointer user_data);
  void (*channel_closed) (guint16 stream, gpointer user_data);
  void (*send) (const guint8 *packet, gsize size, gpointer user_data);
  void (*wakeup) (gpointer user_data);
} GstP2pDirectMuxFuncs;

typedef struct _GstP2pDirectMux GstP2pDirectMux;

GstP2pDirectMux *
gst_p2p_direct_mux_new (gpointer owner, GMainContext *context, GstP2pBacklog *backlog,
                        const GstP2pDirectMuxFuncs *funcs, gpointer user_data);
void gst_p2p_direct_mux_free (GstP2pDirectMux *mux);

/* Until connect() a few packets are kept. */
gboolean
gst_p2p_direct_mux_connect (GstP2pDirectMux *mux, guint16 local_port, GstP2pDescription *remote,
                            guint max_packet_size, GError **error);
void gst_p2p_direct_mux_set_max_packet_size (GstP2pDirectMux *mux, guint max_packet_size);
void gst_p2p_direct_mux_feed (GstP2pDirectMux *mux, guint8 *packet, gsize size);
/* To be called after packets were fed, and after @wakeup. */
void gst_p2p_direct_mux_process (GstP2pDirectMux *mux);

/* The channel's stream must have no other channel. What was kept for the stream is delivered. */
void gst_p2p_direct_mux_add (GstP2pDirectMux *mux, GstP2pDirectChannel *channel);
/* Forgets the channel. One that is not closed is abandoned: @channel_closed comes when its stream
 * is free. */
void gst_p2p_direct_mux_remove (GstP2pDirectMux *mux, GstP2pDirectChannel *channel);
/* Resets the outgoing stream after all that its channel took. */
void gst_p2p_direct_mux_close_channel (GstP2pDirectMux *mux, GstP2pDirectChannel *channel);
/* Resets a stream without a channel, and discards what comes on it. */
void gst_p2p_direct_mux_refuse (GstP2pDirectMux *mux, guint16 stream);
/* Sends @message on a stream without a channel. */
void gst_p2p_direct_mux_send_dcep (GstP2pDirectMux *mux, guint16 stream, GBytes *message);

void gst_p2p_direct_mux_get_stats (GstP2pDirectMux *mux, GstP2pDirectAssociationStats *stats);

/* The peer has said goodbye below SCTP: what arrived is delivered, followed by EOS; then @closed is
 * called. */
void gst_p2p_direct_mux_end (GstP2pDirectMux *mux);
/* Says goodbye; nothing is reported afterwards. */
void gst_p2p_direct_mux_close (GstP2pDirectMux *mux);

G_END_DECLS
