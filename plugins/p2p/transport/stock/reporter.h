/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reporter: what a connection reports to the control thread, and whether its end was reported.
 *
 * All parts of the transport report through one reporter, which lets one end out: an error, the
 * peer's goodbye, or what makes the peer's state machine end the connection. Any thread.
 */
#pragma once

#include "gst/p2p/base/error.h"
#include "plugins/p2p/transport/mailbox.h"

G_BEGIN_DECLS

typedef struct _GstP2pStockReporter GstP2pStockReporter;

/* @owner: see log.h */
GstP2pStockReporter *gst_p2p_stock_reporter_new (gpointer owner, GstP2pMailbox *mailbox);
void gst_p2p_stock_reporter_free (GstP2pStockReporter *reporter);

void gst_p2p_stock_reporter_post (GstP2pStockReporter *reporter, GstP2pTransportEventType type,
                                  guint16 stream, GBytes *message);
/* @text: (nullable) */
void gst_p2p_stock_reporter_post_peer (GstP2pStockReporter *reporter, GstP2pPeerEventType type,
                                       const gchar *text);

/* Both report the connection's end, if nothing did before. fail() is about what went wrong, which
 * is nothing any more once the peer has said goodbye, or we have. */
void gst_p2p_stock_reporter_end (GstP2pStockReporter *reporter, GstP2pPeerEventType type);
void gst_p2p_stock_reporter_fail (GstP2pStockReporter *reporter, GstP2pError code,
                                  const gchar *format, ...) G_GNUC_PRINTF (3, 4);

/* The peer has said goodbye, or will not be listened to any more. TRUE the first time. */
gboolean gst_p2p_stock_reporter_set_peer_closed (GstP2pStockReporter *reporter);
gboolean gst_p2p_stock_reporter_is_peer_closed (GstP2pStockReporter *reporter);

/* We end the connection. Can be called twice. */
void gst_p2p_stock_reporter_stop (GstP2pStockReporter *reporter);
gboolean gst_p2p_stock_reporter_is_stopping (GstP2pStockReporter *reporter);

G_END_DECLS
