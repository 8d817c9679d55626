/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iceserver: the address of a STUN or TURN server, parsed, checked and printed.
 *
 * This is the only parser of them: properties, the signaling server's command line and what comes
 * from a signaling server all pass here, so that nobody hands out what the other end refuses. There
 * are two spellings. A URI is what users write: that of RFC 7064 and 7065 with user and password
 * put before the host, with or without the two slashes that other elements of GStreamer want there.
 * A URL is that of the RFCs as WebRTC's RTCIceServer has it, without user and password.
 *
 * A server that exists is one that can be used. Refused is GST_P2P_ERROR_SETTINGS with a sentence
 * that never shows user or password. Among what is refused are stuns: and turns:, which libnice
 * cannot do: in its RFC 5245 mode it opens a plain TCP connection for turns:, with no TLS in it.
 *
 * Functions without state; any thread. No name is resolved here.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GST_P2P_ICE_SERVER_MAX_URI 2048 /* bytes */
/* TURN servers of one connection: libnice takes no more. */
#define GST_P2P_ICE_SERVER_MAX_TURN 8

typedef enum
{
  GST_P2P_ICE_SERVER_STUN,
  GST_P2P_ICE_SERVER_TURN_UDP,
  GST_P2P_ICE_SERVER_TURN_TCP
} GstP2pIceServerType;

/**
 * GstP2pIceServer:
 * @host: name or address, IPv6 without brackets
 * @port: 3478 if none was given
 * @user, @password: decoded and not empty; %NULL for STUN; secret
 */
typedef struct
{
  GstP2pIceServerType type;
  gchar *host;
  guint port;
  gchar *user;
  gchar *password;
} GstP2pIceServer;

/* @uri: "stun:host[:port]" or "turn:user:password@host[:port][?transport=udp|tcp]", with user and
 * password percent-encoded; "stun://…" and "turn://…" are the same. */
GstP2pIceServer *gst_p2p_ice_server_new (const gchar *uri, GError **error);
/* @url: "stun:host[:port]" or "turn:host[:port][?transport=udp|tcp]"
 * @user, @password: (nullable): not encoded; STUN servers do without them */
GstP2pIceServer *gst_p2p_ice_server_new_from_url (const gchar *url, const gchar *user,
                                                  const gchar *password, GError **error);
void gst_p2p_ice_server_free (GstP2pIceServer *server);

/* The two spellings, newly allocated, with port and transport written out. The URI of a TURN server
 * is a secret: free it with gst_p2p_secret_text_free(). */
gchar *gst_p2p_ice_server_to_uri (const GstP2pIceServer *server);
gchar *gst_p2p_ice_server_to_url (const GstP2pIceServer *server);

/* Whether a connection can have @n TURN servers. */
gboolean gst_p2p_ice_server_check_n_turn (guint n, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pIceServer, gst_p2p_ice_server_free)

G_END_DECLS
