/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gate: an element without a thread, between two elements that must not affect each other.
 *
 *   upstream ► sink │ function: look at, hold back or drop each packet │ src ► downstream
 *                   ◄── flow returns end here: upstream always sees OK
 *
 * EOS and flushes end here too. A new gate keeps the first packets until it is opened; a closed one
 * drops all. Opening and closing wait until no packet is passing through, so that after close()
 * nothing downstream is inside a call that came from the gate.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_P2P_STOCK_GATE (gst_p2p_stock_gate_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pStockGate, gst_p2p_stock_gate, GST, P2P_STOCK_GATE, GstElement)

/* Takes @packet and returns what is to go on, or %NULL. Called under the sink pad's stream lock,
 * while the gate is open. */
typedef GstBuffer *(*GstP2pStockGateFunc) (GstP2pStockGate *gate, GstBuffer *packet,
                                           gpointer user_data);

/* Its own name is that of @owner, the transport, and @name, so that a log with several peers tells
 * whose gate it is.
 * @max_kept: how many packets are kept until the gate is opened; further ones are dropped.
 * @user_data must live as long as packets can come. */
GstElement *gst_p2p_stock_gate_new (gpointer owner, const gchar *name, guint max_kept,
                                    GstP2pStockGateFunc func, gpointer user_data);

/* open() opens a new gate, and passes on what was kept on the calling thread. close() closes a gate
 * for good. Any thread but one that is in a push from this gate. */
void gst_p2p_stock_gate_open (GstP2pStockGate *gate);
void gst_p2p_stock_gate_close (GstP2pStockGate *gate);

/* Takes @packet and pushes it downstream without a call of the function; drops it if the gate is
 * not open. Any thread. */
void gst_p2p_stock_gate_push (GstP2pStockGate *gate, GstBuffer *packet);

/* Sends EOS downstream and closes the gate. May be called from within the function. */
void gst_p2p_stock_gate_finish (GstP2pStockGate *gate);

G_END_DECLS
