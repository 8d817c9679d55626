/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * private: what bin.c, sctp.c and channels.c share. No other file includes it.
 *
 * bin.c has the bin's start and end, ICE and DTLS; sctp.c SCTP with the two gates around it;
 * channels.c the channels.
 */
#pragma once

#include "gst/p2p/base/error.h"
#include "plugins/p2p/transport/debugfile.h"
#include "plugins/p2p/transport/iceagent.h"
#include "plugins/p2p/transport/liveness.h"
#include "plugins/p2p/transport/mailbox.h"
#include "plugins/p2p/transport/stock/channel.h"
#include "plugins/p2p/transport/stock/dtls.h"
#include "plugins/p2p/transport/stock/gate.h"
#include "plugins/p2p/transport/stock/handshake.h"
#include "plugins/p2p/transport/stock/intake.h"
#include "plugins/p2p/transport/stock/jobs.h"
#include "plugins/p2p/transport/stock/monitor.h"
#include "plugins/p2p/transport/stock/repeater.h"
#include "plugins/p2p/transport/stock/reporter.h"
#include "plugins/p2p/transport/stock/tail.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_STOCK_BIN (gst_p2p_stock_bin_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pStockBin, gst_p2p_stock_bin, GST, P2P_STOCK_BIN, GstBin)

struct _GstP2pStockBin
{
  GstBin parent;

  /* const after start() */
  GstP2pMailbox *mailbox;
  GstP2pStockReporter *reporter;
  GMainContext *context;
  GstP2pRole role;
  GstP2pIdentity *identity;
  GstP2pIceAgent *ice;
  GstP2pStockMonitor *monitor;
  GstP2pStockJobs *jobs;
  GstP2pStockIntake *intake;
  GstElement *nicesrc, *nicesink;
  GstP2pStockHandshake *handshake;
  GstP2pStockRepeater *sctp_repeater;
  GstP2pStockTail *tail;
  GstP2pLiveness *liveness;
  GSource *stream_timer;    /* ready at the first deadline of a stream */
  GstP2pDebugFile *capture; /* nullable */

  /* control thread; the elements are const once their gate is open */
  gboolean started;
  gboolean ice_connected;
  gboolean dtls_wanted;
  gboolean dtls_started;
  gboolean stopped;
  GstP2pDescription *remote;
  GstElement *dtlsdec, *dtlsenc;
  GstElement *sctpdec, *sctpenc;
  GstP2pStockGate *gate_up;   /* dtlsdec → sctpdec */
  GstP2pStockGate *gate_down; /* sctpenc → dtlsenc */
  GSource *goodbye_timer;
  gboolean goodbye_done;

  GMutex lock;
  /* lock */
  GHashTable *channels;   /* stream, or stream | CLOSED → Channel (channels.c) */
  gint64 stream_deadline; /* when stream_timer is ready; -1: never */
  gboolean ended;         /* the peer has gone, and all that it sent was given */

  /* atomic */
  gint sctp_up; /* gboolean */
};

/* sctpenc fails on a message that is larger than its send buffer. */
#define GST_P2P_STOCK_MAX_SENT_SIZE (1024 * 1024)

/* Any thread: the peer said goodbye. What it sent is delivered first. */
void gst_p2p_stock_peer_closed (GstP2pStockBin *self);

/* sctp.c; control thread unless said otherwise */
void gst_p2p_stock_sctp_init (GstP2pStockBin *self);
void gst_p2p_stock_sctp_clear (GstP2pStockBin *self); /* finalize */
gboolean gst_p2p_stock_sctp_start (GstP2pStockBin *self, GError **error);
/* The functions of the gates. */
GstBuffer *gst_p2p_stock_on_packet_up (GstP2pStockGate *gate, GstBuffer *packet, gpointer data);
GstBuffer *gst_p2p_stock_on_packet_down (GstP2pStockGate *gate, GstBuffer *packet, gpointer data);
/* Ends every push that blocks, and aborts the association. TRUE if an ABORT is on its way to
 * gate_down. Can be called twice; any thread but the transport's own. */
gboolean gst_p2p_stock_sctp_abort (GstP2pStockBin *self);
/* In PAUSED→READY: takes everything of SCTP to NULL. */
void gst_p2p_stock_sctp_shut (GstP2pStockBin *self);
/* Asks the peer whether it is there, by a HEARTBEAT. */
void gst_p2p_stock_sctp_ask (GstP2pStockBin *self);
/* channels.c */
void gst_p2p_stock_channels_init (GstP2pStockBin *self);
/* Any thread, also under the association's mutex: sctpdec's pad came or went. */
void gst_p2p_stock_channels_add_input (GstP2pStockBin *self, GstPad *pad);
void gst_p2p_stock_channels_remove_input (GstP2pStockBin *self, GstPad *pad);
/* Any thread: what the peer answered to our reset of @stream. */
void gst_p2p_stock_channels_answer (GstP2pStockBin *self, guint16 stream, GstP2pStreamFact fact);
void gst_p2p_stock_channels_end (GstP2pStockBin *self); /* the peer has gone */
/* Any thread but the transport's own. close() releases all pads of sctpenc; shut(), after it, sets
 * all elements to NULL. */
void gst_p2p_stock_channels_close (GstP2pStockBin *self);
void gst_p2p_stock_channels_shut (GstP2pStockBin *self);

gboolean gst_p2p_stock_open_channel (GstP2pTransport *transport, guint16 stream,
                                     const GstP2pChannelConfig *config, GstPad **sink, GstPad **src,
                                     GError **error);
void gst_p2p_stock_activate_channel (GstP2pTransport *transport, guint16 stream);
void gst_p2p_stock_send_dcep (GstP2pTransport *transport, guint16 stream, GBytes *message);
void gst_p2p_stock_close_channel (GstP2pTransport *transport, guint16 stream);
void gst_p2p_stock_release_channel (GstP2pTransport *transport, guint16 stream);

G_END_DECLS
