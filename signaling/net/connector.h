/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connector: one attempt to connect to a server by TCP or TLS, with errors that tell people what is
 * wrong.
 *
 * GIO (2.74) ends a cancelled TLS handshake some time later, in a context that may be gone by then,
 * and leaks if it is. So the attempt has a thread of its own, which free() cancels and joins: that
 * ends at once, whatever the attempt was waiting for.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _GstP2pNetConnector GstP2pNetConnector;

/**
 * GstP2pNetConnectorFunc:
 * @connection: (nullable): non-blocking; borrowed
 * @error: (nullable): if there is no connection. Its text continues "The server …".
 *   GST_P2P_ERROR_UNAUTHORIZED: its certificate is not trusted; GST_P2P_ERROR_INVALID: it does not
 *   speak TLS; GST_P2P_ERROR_LOST: it cannot be reached, for now.
 *
 * Called once, in the thread-default main context that was current at new(). It may free the
 * connector.
 */
typedef void (*GstP2pNetConnectorFunc) (GSocketConnection *connection, const GError *error,
                                        gpointer user_data);

/**
 * gst_p2p_net_connector_new:
 * @tls: speak TLS; the certificate must be for @host and signed by a trusted CA
 * @trusted: (nullable): the only CAs to trust; %NULL: the system's
 */
GstP2pNetConnector *
gst_p2p_net_connector_new (const gchar *host, guint16 port, gboolean tls, GTlsDatabase *trusted,
                           GstP2pNetConnectorFunc func, gpointer user_data);

/* @func is not called any more. */
void gst_p2p_net_connector_free (GstP2pNetConnector *connector);

G_END_DECLS
