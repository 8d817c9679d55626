/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iceservers: the STUN and TURN servers that the signaling server hands out.
 *
 * Two spellings of one thing: the URIs that elements and the command line take, and WebRTC's
 * RTCIceServer objects (urls, username, credential), which are what travels.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define GST_P2P_SIGNALING_MAX_ICE_SERVERS 16 /* of both kinds together */
#define GST_P2P_MAX_ICE_SERVER_URI 512       /* bytes */

/**
 * GstP2pSignalingIceServers:
 * @stun_servers: "stun://host:port"
 * @turn_servers: "turn://user:pass@host:port?transport=udp", also turns:// and transport=tcp; user
 *   and password are percent-encoded. Secret.
 *
 * Never %NULL lists; every port is written out; IPv6 addresses stand in brackets.
 */
typedef struct
{
  GStrv stun_servers;
  GStrv turn_servers;
} GstP2pSignalingIceServers;

#define GST_TYPE_P2P_SIGNALING_ICE_SERVERS (gst_p2p_signaling_ice_servers_get_type ())
GType gst_p2p_signaling_ice_servers_get_type (void); /* boxed */

GstP2pSignalingIceServers *gst_p2p_signaling_ice_servers_new (void);
GstP2pSignalingIceServers *
gst_p2p_signaling_ice_servers_copy (const GstP2pSignalingIceServers *servers);
void gst_p2p_signaling_ice_servers_free (GstP2pSignalingIceServers *servers);

/**
 * gst_p2p_signaling_ice_servers_add:
 * @uri: "stun://host[:port]" or "turn(s)://user:pass@host[:port][?transport=udp|tcp]"
 *
 * Checks @uri and adds it in its full spelling: default ports are 3478 and, for turns, 5349; the
 * default transport is udp, for turns tcp (RFC 7065 section 3.2).
 *
 * Returns: %FALSE with GST_P2P_ERROR_SETTINGS, or GST_P2P_ERROR_LIMIT if the list is full
 */
gboolean gst_p2p_signaling_ice_servers_add (GstP2pSignalingIceServers *servers, const gchar *uri,
                                            GError **error);

/* Between this and an array of RTCIceServer; the JsonArray is json-glib's. Reading skips servers
 * of kinds that are unknown here; GST_P2P_ERROR_INVALID or _LIMIT for what is malformed. */
typedef struct _JsonArray JsonArray;
JsonArray *gst_p2p_signaling_ice_servers_to_json (const GstP2pSignalingIceServers *servers);
GstP2pSignalingIceServers *
gst_p2p_signaling_ice_servers_new_from_json (JsonArray *array, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSignalingIceServers, gst_p2p_signaling_ice_servers_free)

G_END_DECLS
