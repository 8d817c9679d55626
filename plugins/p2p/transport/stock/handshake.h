/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * handshake: the gates between ICE and DTLS, and the packets that are repeated until the connection
 * is made, so that a loss costs a fraction of a second (repeater.h).
 *
 *   nicesrc ► gate_in ► dtlsdec      what can be a record of the peer's, one at a time, data not
 *                                    before the handshake is done
 *   nicesink ◄ gate_out ◄ dtlsenc    numbers records in the clear, keeps the handshake's
 *
 * The owner adds the gates to its bin, links and opens them.
 */
#pragma once

#include "gst/p2p/link/peer.h"
#include "plugins/p2p/transport/stock/packets/gate.h"
#include "plugins/p2p/transport/stock/reporter.h"

G_BEGIN_DECLS

typedef struct _GstP2pStockHandshake GstP2pStockHandshake;

/* @owner: the transport. @context: on its thread packets are repeated. @reporter is told of a
 * certificate that dtlsdec cannot take. */
GstP2pStockHandshake *gst_p2p_stock_handshake_new (gpointer owner, GMainContext *context,
                                                   GstP2pStockReporter *reporter, GstP2pRole role);
/* When no packet can come any more. */
void gst_p2p_stock_handshake_free (GstP2pStockHandshake *handshake);

/* Borrowed. */
GstP2pStockGate *gst_p2p_stock_handshake_get_gate_in (GstP2pStockHandshake *handshake);
GstP2pStockGate *gst_p2p_stock_handshake_get_gate_out (GstP2pStockHandshake *handshake);

/* DTLS is connected. TRUE the first time. Any thread. */
gboolean gst_p2p_stock_handshake_complete (GstP2pStockHandshake *handshake);
gboolean gst_p2p_stock_handshake_is_complete (GstP2pStockHandshake *handshake);

/* Repeats nothing any more: data came from the peer, which has then finished the handshake, for
 * which it needed everything that we sent; or the transport stops. Any thread; cheap when
 * repeated. */
void gst_p2p_stock_handshake_finish (GstP2pStockHandshake *handshake);

G_END_DECLS
