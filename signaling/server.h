/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * server: the signaling server as an object, for the program and for elements that embed it.
 *
 * Runs on the thread-default main context current at start(); every function is for that thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GST_TYPE_P2P_SIGNALING_SERVER (gst_p2p_signaling_server_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pSignalingServer, gst_p2p_signaling_server, GST, P2P_SIGNALING_SERVER,
                      GObject)

/* What one server and one client may cost. The defaults are in server.c. */
typedef struct
{
  guint max_clients;         /* connections, bound or not */
  guint bind_timeout_ms;     /* from the connection to the bind */
  guint messages_per_second; /* from a client, pings included, … */
  guint messages_burst;      /* … and so many at once */
  gsize max_queued;          /* bytes for a client that does not read; then it is closed */
  guint ping_interval_s;     /* a client silent for two and a half of these is dead */
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
/* Every client is told that the server goes away; the port is free when this returns. Twice is
 * fine. */
void gst_p2p_signaling_server_stop (GstP2pSignalingServer *server);

G_END_DECLS
