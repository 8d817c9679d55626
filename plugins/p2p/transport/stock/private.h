/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * private: what bin.c and sctp.c share. No other file includes it.
 *
 * bin.c has the bin's start and end, ICE and DTLS; sctp.c SCTP with the two gates around it.
 */
#pragma once

#include "gst/p2p/base/error.h"
#include "plugins/p2p/transport/debugfile.h"
#include "plugins/p2p/transport/iceagent.h"
#include "plugins/p2p/transport/liveness.h"
#include "plugins/p2p/transport/mailbox.h"
#include "plugins/p2p/transport/stock/channels.h"
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
  GstP2pStockChannels *channels;
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

  /* atomic */
  gint sctp_up; /* gboolean */
};

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
G_END_DECLS
