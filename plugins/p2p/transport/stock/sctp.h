/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sctp: the SCTP part of the bin: sctpdec and sctpenc, the gates between them and DTLS, and what is
 * on either side of them.
 *
 *   dtlsdec ► gate_up ► sctpdec ► channels          monitor, intake, liveness look at what comes;
 *   dtlsenc ◄ gate_down ◄ sctpenc ◄ channels        monitor, repeater, tail at what goes
 *
 * The owner adds the gates to its bin, links them to DTLS and opens gate_down; gate_up opens when
 * SCTP has started. Control thread, unless said otherwise.
 */
#pragma once

#include "plugins/p2p/transport/stock/channels.h"
#include "plugins/p2p/transport/stock/packets/gate.h"
#include "plugins/p2p/transport/stock/handshake.h"
#include "plugins/p2p/transport/stock/reporter.h"

G_BEGIN_DECLS

typedef struct _GstP2pStockSctp GstP2pStockSctp;

/* @bin: gets the elements. @handshake is finished by the first packet. All outlive the SCTP
 * part. */
GstP2pStockSctp *
gst_p2p_stock_sctp_new (GstBin *bin, GMainContext *context, GstP2pStockReporter *reporter,
                        GstP2pStockHandshake *handshake);
/* After stop(), when no packet can come any more. */
void gst_p2p_stock_sctp_free (GstP2pStockSctp *sctp);

/* Borrowed. */
GstP2pStockGate *gst_p2p_stock_sctp_get_gate_up (GstP2pStockSctp *sctp);
GstP2pStockGate *gst_p2p_stock_sctp_get_gate_down (GstP2pStockSctp *sctp);
/* Their calls are between start() and stop(). */
GstP2pStockChannels *gst_p2p_stock_sctp_get_channels (GstP2pStockSctp *sctp);

/* Once, when the gates are linked. SCTP_ESTABLISHED follows. */
gboolean
gst_p2p_stock_sctp_start (GstP2pStockSctp *sctp, GstP2pDescription *remote, GError **error);
/* start() was called, whether or not it failed. */
gboolean gst_p2p_stock_sctp_is_started (GstP2pStockSctp *sctp);

/* The peer said goodbye. What it sent is delivered first. Any thread. */
void gst_p2p_stock_sctp_end (GstP2pStockSctp *sctp);

/* Repeats nothing, and nothing happens by time any more. */
void gst_p2p_stock_sctp_stop (GstP2pStockSctp *sctp);
/* Ends every push that blocks, and aborts the association. TRUE if an ABORT is on its way to
 * gate_down. Can be called twice; any thread but the transport's own. */
gboolean gst_p2p_stock_sctp_abort (GstP2pStockSctp *sctp);
/* In PAUSED→READY: takes everything of SCTP but the gates to NULL. */
void gst_p2p_stock_sctp_shut (GstP2pStockSctp *sctp);

G_END_DECLS
