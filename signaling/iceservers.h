/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iceservers: the STUN and TURN servers that a signaling server hands out.
 *
 * Elements and the command line have them as URIs; RTCIceServer objects of WebRTC (urls, username,
 * credential) are what travels. Both are parsed by gst/p2p/link/iceserver.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define GST_P2P_SIGNALING_MAX_ICE_SERVERS 16 /* of both kinds together */

/**
 * GstP2pSignalingIceServers:
 * @stun_servers: "stun://host:port"
 * @turn_servers: "turn://user:password@host:port?transport=udp", or tcp; secret
 * @unusable: (nullable): if there were servers that cannot be used here and were left out, why the
 *   first of them was: a sentence
 *
 * The lists are never %NULL. Each URI can be used by a transport, and has all its parts.
 */
typedef struct
{
  GStrv stun_servers;
  GStrv turn_servers;
  gchar *unusable;
} GstP2pSignalingIceServers;

#define GST_TYPE_P2P_SIGNALING_ICE_SERVERS (gst_p2p_signaling_ice_servers_get_type ())
GType gst_p2p_signaling_ice_servers_get_type (void); /* boxed */

GstP2pSignalingIceServers *gst_p2p_signaling_ice_servers_new (void);
GstP2pSignalingIceServers *
gst_p2p_signaling_ice_servers_copy (const GstP2pSignalingIceServers *servers);
void gst_p2p_signaling_ice_servers_free (GstP2pSignalingIceServers *servers);

/* @uri: see gst_p2p_ice_server_new(). GST_P2P_ERROR_SETTINGS if it cannot be used, or if the list
 * is full. */
gboolean gst_p2p_signaling_ice_servers_add (GstP2pSignalingIceServers *servers, const gchar *uri,
                                            GError **error);

/* From and to an array of RTCIceServer; the JsonArray is json-glib's. Reading leaves out what
 * cannot be used, and what is more than the list takes; GST_P2P_ERROR_INVALID if the objects are
 * not of that form. */
typedef struct _JsonArray JsonArray;
JsonArray *gst_p2p_signaling_ice_servers_to_json (const GstP2pSignalingIceServers *servers);
GstP2pSignalingIceServers *
gst_p2p_signaling_ice_servers_new_from_json (JsonArray *array, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSignalingIceServers, gst_p2p_signaling_ice_servers_free)

G_END_DECLS
