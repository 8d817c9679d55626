/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client: the connection to the signaling server.
 *
 * It keeps an id bound, passes messages on, and reconnects with exponential backoff and jitter. Of
 * several servers it takes the first that answers, and after a loss looks from the first on again.
 * It belongs to the thread whose thread-default main context is current at start(): every function
 * is called there, and every signal comes there.
 */
#pragma once

#include <glib-object.h>

#include "signaling/message.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_SIGNALING_CLIENT (gst_p2p_signaling_client_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pSignalingClient, gst_p2p_signaling_client, GST, P2P_SIGNALING_CLIENT,
                      GObject)

/**
 * gst_p2p_signaling_client_new:
 * @uris: of one server or several (address.h)
 * @id: the id to bind
 * @token: (nullable): bearer token; never logged
 * @ca_file: (nullable): PEM file of the only trusted CAs for wss; may be relative
 */
GstP2pSignalingClient *gst_p2p_signaling_client_new (const gchar *uris, const gchar *id,
                                                     const gchar *token, const gchar *ca_file);
/*
 * Signals. Each handler may stop the client and drop it.
 *
 *   "bound" (GstP2pSignalingIceServers *servers)
 *       after every bind, also those after a loss
 *   "message" (GstP2pSignalingMessage *message)
 *       connect, candidate and bye for this id, and errors that answer a message
 *   "unavailable" (GError *error)
 *       not connected now, to none of the servers; tries again, at most 30 s later.
 *       GST_P2P_ERROR_SIGNALING.
 *   "failed" (GError *error)
 *       final, the client has stopped. GST_P2P_ERROR_UNAUTHORIZED: the token or the server's
 *       certificate; _SIGNALING: what answers at the URI is no such server; of several servers all
 *       are of these kinds. _ID_TAKEN; _SETTINGS: a server finds the id invalid.
 *
 * Every error is a sentence with the URI of the server in it that was tried last.
 */

/* GST_P2P_ERROR_SETTINGS: the URI, the id, the token or the CA file cannot be used. */
gboolean gst_p2p_signaling_client_start (GstP2pSignalingClient *client, GError **error);
/* Queues up to 128 KiB while the client is not bound. FALSE if there is no room for @message, if it
 * is over the limit of a message, or if the client has stopped. */
gboolean
gst_p2p_signaling_client_send (GstP2pSignalingClient *client, GstP2pSignalingMessage *message);
gboolean gst_p2p_signaling_client_is_bound (GstP2pSignalingClient *client);
/* The URI of the server that the client is bound at, or tries. Only after start(). */
const gchar *gst_p2p_signaling_client_get_uri (GstP2pSignalingClient *client);
/* Whom the client looks for is not at this server: tries the next, if there are several and the
 * client is bound. */
void gst_p2p_signaling_client_move_on (GstP2pSignalingClient *client);
/* @relaxed: an open connection exists, which needs no server: "unavailable" is not emitted then.
 * The client tries again all the same. */
void gst_p2p_signaling_client_set_relaxed (GstP2pSignalingClient *client, gboolean relaxed);
/* Sends what is queued as far as that does not wait, closes, and emits nothing more. Can be called
 * twice. Before its context is thrown away, that must run until nothing is pending
 * (g_main_context_iteration() with FALSE): the connection may be freed in it. */
void gst_p2p_signaling_client_stop (GstP2pSignalingClient *client);

G_END_DECLS
