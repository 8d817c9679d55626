/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * monitor: what passes between sctpdec/sctpenc and DTLS, read from outside (RFC 9260, RFC 6525).
 *
 * The stock elements lose data when a stream is reset, abort on some input, and never close their
 * receive window. A monitor sees every SCTP packet of one association in both directions, and
 * therefore knows
 *   - which packets must not reach sctpdec: it asserts on new streams while not connected;
 *   - how many messages each stream should have given, so that a reset can be held back until
 *     sctpdec has really given them;
 *   - what the peer answered to our own resets;
 *   - how to tell the peer of a smaller window, and how to ask whether it is there.
 *
 * A monitor may be used by several threads at once. Packets come out of DTLS, so that they are the
 * authenticated peer's; the peer may be hostile all the same.
 */
#pragma once

#include <glib.h>

#include "gst/p2p/link/stream.h"

G_BEGIN_DECLS

typedef struct _GstP2pStockMonitor GstP2pStockMonitor;

/* What to do with an incoming packet. */
typedef enum
{
  GST_P2P_STOCK_PASS,
  GST_P2P_STOCK_DROP,   /* malformed: SCTP would ignore it, or choke on it */
  GST_P2P_STOCK_HOLD,   /* resets streams that have not given everything: see is_drained() */
  GST_P2P_STOCK_CLOSED, /* the peer shuts down or aborts: everything that it sent has come */
  GST_P2P_STOCK_REFUSE  /* breaks a limit */
} GstP2pStockVerdict;

/* Streams above @max_stream, and more than @max_streams different ones at a time, are refused. */
GstP2pStockMonitor *gst_p2p_stock_monitor_new (guint max_stream, guint max_streams);
void gst_p2p_stock_monitor_free (GstP2pStockMonitor *monitor);

/* @error is set for REFUSE. */
GstP2pStockVerdict gst_p2p_stock_monitor_incoming (GstP2pStockMonitor *monitor, const guint8 *data,
                                                   gsize size, GError **error);

/* sctpdec gave a message of @stream. */
void gst_p2p_stock_monitor_delivered (GstP2pStockMonitor *monitor, guint16 stream);
/* Whether every message that came was given, of the streams that the held packet resets, or of all
 * if none is held. Messages that were abandoned by the sender or came in several pieces make the
 * count wrong; the caller waits only for a bounded time. */
gboolean gst_p2p_stock_monitor_is_drained (GstP2pStockMonitor *monitor);
/* Whether everything that the peer sent before the held reset has arrived. Until then it is the
 * peer's retransmissions that are missing, and waiting has no bound but the connection's. */
gboolean gst_p2p_stock_monitor_is_complete (GstP2pStockMonitor *monitor);
/* To be called when the held packet goes on: the counts of its streams start again at 0. */
void gst_p2p_stock_monitor_release (GstP2pStockMonitor *monitor);

typedef struct
{
  gboolean aborts;   /* carries an ABORT */
  gboolean limited;  /* the window in it was made smaller */
  gboolean has_data; /* up to @last_tsn */
  guint32 last_tsn;
  gboolean gives_up; /* tells the peer that what it lacks up to @given_up_tsn never comes */
  guint32 given_up_tsn;
  gboolean opens; /* carries an INIT or COOKIE ECHO, which the peer has to answer */
} GstP2pStockOutgoing;

/* Looks at an outgoing packet and lowers the receive window in it to @window bytes at most. */
void gst_p2p_stock_monitor_outgoing (GstP2pStockMonitor *monitor, guint8 *data, gsize size,
                                     guint32 window, GstP2pStockOutgoing *outgoing);
/* Whether outgoing() would have to write to @data. */
gboolean gst_p2p_stock_needs_limit (const guint8 *data, gsize size, guint32 window);

/* Takes the peer's next answer to a reset of ours, CONFIRMED or IGNORED; FALSE: none. */
gboolean gst_p2p_stock_monitor_take_answer (GstP2pStockMonitor *monitor, guint16 *stream,
                                            GstP2pStreamFact *fact);

/* A copy of the last SACK that went out, with the window @window. usrsctp does not know that
 * outgoing() made the window in its SACKs smaller, so it does not tell the peer when there is room
 * again. %NULL: no SACK went out. */
GBytes *gst_p2p_stock_monitor_new_window_update (GstP2pStockMonitor *monitor, guint32 window);

/* Sets @tsn to that up to which the peer has acknowledged everything; FALSE: it has acknowledged
 * nothing yet. */
gboolean gst_p2p_stock_monitor_get_acked (GstP2pStockMonitor *monitor, guint32 *tsn);

/* A HEARTBEAT, which the peer answers if it is there. %NULL before the association is
 * established. */
GBytes *gst_p2p_stock_monitor_new_heartbeat (GstP2pStockMonitor *monitor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pStockMonitor, gst_p2p_stock_monitor_free)

G_END_DECLS
