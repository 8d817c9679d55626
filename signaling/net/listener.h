/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listener: the listening sockets of one host and port.
 *
 * It runs in the thread-default main context that is current when it is made; one thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _GstP2pNetListener GstP2pNetListener;

/* @connection: non-blocking; borrowed */
typedef void (*GstP2pNetListenerFunc) (GSocketConnection *connection, gpointer user_data);

/**
 * gst_p2p_net_listener_new:
 * @host: an IP address, or "localhost" for both loopback addresses
 * @port: 0: any free one
 *
 * Returns: %NULL with a sentence: GST_P2P_ERROR_SETTINGS for @host, GST_P2P_ERROR_BUSY for a port
 * in use, GST_P2P_ERROR_FAILED for anything else
 */
GstP2pNetListener *
gst_p2p_net_listener_new (const gchar *host, guint port, GstP2pNetListenerFunc func,
                          gpointer user_data, GError **error);
void gst_p2p_net_listener_free (GstP2pNetListener *listener);

guint gst_p2p_net_listener_get_port (GstP2pNetListener *listener);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pNetListener, gst_p2p_net_listener_free)

G_END_DECLS
