/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * server: the signaling server as an object, for the program and for elements that have one inside.
 *
 * It runs in the thread-default main context that is current at start(); every function is called
 * on that thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GST_TYPE_P2P_SIGNALING_SERVER (gst_p2p_signaling_server_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pSignalingServer, gst_p2p_signaling_server, GST, P2P_SIGNALING_SERVER,
                      GObject)

/**
 * GstP2pSignalingLimits:
 * @max_clients: connections, bound or not
 * @bind_timeout_ms: from the connection to the bind
 * @messages_per_second: per client, pings included
 * @messages_burst: messages per client that may come at once
 * @max_queued: bytes for a client that does not read; with more it is closed
 * @ping_interval_s: a client that is silent for two and a half of these is dead
 *
 * What the server and each client may cost. The defaults are in server.c.
 */
typedef struct
{
  guint max_clients;
  guint bind_timeout_ms;
  guint messages_per_second;
  guint messages_burst;
  gsize max_queued;
  guint ping_interval_s;
} GstP2pSignalingLimits;

GstP2pSignalingServer *gst_p2p_signaling_server_new (void);
/* Before start(). */
void
gst_p2p_signaling_server_get_limits (GstP2pSignalingServer *server, GstP2pSignalingLimits *limits);
void gst_p2p_signaling_server_set_limits (GstP2pSignalingServer *server,
                                          const GstP2pSignalingLimits *limits);
/* Before start(). The token is a secret; %NULL: anybody may bind. */
void gst_p2p_signaling_server_set_token (GstP2pSignalingServer *server, const gchar *token);
void gst_p2p_signaling_server_set_tls_certificate (GstP2pSignalingServer *server,
                                                   GTlsCertificate *certificate);
/* @uri: see gst_p2p_ice_server_new(); handed out at bind. GST_P2P_ERROR_SETTINGS if no client could
 * use it, _LIMIT if the list does not fit in a message. */
gboolean gst_p2p_signaling_server_add_ice_server (GstP2pSignalingServer *server, const gchar *uri,
                                                  GError **error);
/* @host: an address or "localhost"; @port: 0 = any free one. GST_P2P_ERROR_BUSY: the port is in
 * use; GST_P2P_ERROR_SETTINGS: @host or the token cannot be used. */
gboolean gst_p2p_signaling_server_start (GstP2pSignalingServer *server, const gchar *host,
                                         guint port, GError **error);
guint gst_p2p_signaling_server_get_port (GstP2pSignalingServer *server);
/* Connections, bound or not. */
guint gst_p2p_signaling_server_get_n_clients (GstP2pSignalingServer *server);
/* Tells every client that the server goes away. The port is free when this returns. Can be called
 * twice. */
void gst_p2p_signaling_server_stop (GstP2pSignalingServer *server);

G_END_DECLS
