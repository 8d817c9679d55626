/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iceserver: the URI of a STUN or TURN server, parsed and checked.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  GST_P2P_ICE_SERVER_STUN,
  GST_P2P_ICE_SERVER_TURN_UDP,
  GST_P2P_ICE_SERVER_TURN_TCP
} GstP2pIceServerType;

/**
 * GstP2pIceServer:
 * @host: name or address, IPv6 without brackets
 * @port: 3478 where the URI has none
 * @user, @password: percent-decoded; %NULL for STUN; secret
 */
typedef struct
{
  GstP2pIceServerType type;
  gchar *host;
  guint port;
  gchar *user;
  gchar *password;
} GstP2pIceServer;

/* "stun://host:port" or "turn://user:password@host:port?transport=udp|tcp". What libnice cannot do
 * is refused: stuns: and turns: (in its RFC 5245 mode it opens a plain TCP connection for turns:,
 * with no TLS in it). Error messages never show user or password. */
GstP2pIceServer *gst_p2p_ice_server_new (const gchar *uri, GError **error);
void gst_p2p_ice_server_free (GstP2pIceServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pIceServer, gst_p2p_ice_server_free)

G_END_DECLS
