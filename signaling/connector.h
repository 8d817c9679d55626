/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connector: a TCP or TLS connection to a server, with errors that tell people what is wrong.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * gst_p2p_connector_connect_async:
 * @tls: speak TLS; the certificate must be for @host and signed by a trusted CA
 * @trusted: (nullable): the only CAs to trust; %NULL: the system's
 *
 * The callback's result is a GTask with @cancellable.
 */
void gst_p2p_connector_connect_async (const gchar *host, guint16 port, gboolean tls,
                                      GTlsDatabase *trusted, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);

/* Errors' texts continue "The server …": GST_P2P_ERROR_UNAUTHORIZED: its certificate is not
 * trusted; GST_P2P_ERROR_INVALID: it does not speak TLS; GST_P2P_ERROR_LOST: it cannot be reached,
 * for now. */
GSocketConnection *gst_p2p_connector_connect_finish (GAsyncResult *result, GError **error);

G_END_DECLS
