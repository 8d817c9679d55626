/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * server: the signaling server as an object, for the program and for elements that embed it.
 *
 * Runs on the thread-default main context current at start(); every function is for that thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GST_P2P_TYPE_SIGNALING_SERVER (gst_p2p_signaling_server_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pSignalingServer, gst_p2p_signaling_server, GST_P2P, SIGNALING_SERVER,
                      GObject)

GstP2pSignalingServer *gst_p2p_signaling_server_new (void);
/* Before start(). The token is a secret; %NULL: anybody may bind. */
void gst_p2p_signaling_server_set_token (GstP2pSignalingServer *server, const gchar *token);
void gst_p2p_signaling_server_set_tls_certificate (GstP2pSignalingServer *server,
                                                   GTlsCertificate *certificate);
/* "stun://host:port" and "turn(s)://user:pass@host:port?transport=…", handed out at bind. */
gboolean gst_p2p_signaling_server_add_ice_server (GstP2pSignalingServer *server, const gchar *uri,
                                                  GError **error);
/* @host: an address or "localhost"; @port: 0 = any free one. */
gboolean gst_p2p_signaling_server_start (GstP2pSignalingServer *server, const gchar *host,
                                         guint port, GError **error);
guint gst_p2p_signaling_server_get_port (GstP2pSignalingServer *server);
void gst_p2p_signaling_server_stop (GstP2pSignalingServer *server);

G_END_DECLS
