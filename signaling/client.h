/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client: the connection to the signaling server.
 *
 * Keeps an id bound, relays messages, reconnects with exponential backoff and jitter. Belongs to
 * the thread whose thread-default main context was current at start(): every function and signal is
 * for that thread.
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
 * @uri: "ws://host:port" or "wss://host:port"
 * @id: the id to bind
 * @token: (nullable): bearer token; never logged
 * @ca_file: (nullable): PEM file of the only trusted CAs for wss
 */
GstP2pSignalingClient *gst_p2p_signaling_client_new (const gchar *uri, const gchar *id,
                                                     const gchar *token, const gchar *ca_file);
/*
 * Signals. Each handler may stop the client and drop it.
 *
 *   "bound" (GstP2pSignalingIceServers *servers)
 *       after every bind, also those after a loss
 *   "message" (GstP2pSignalingMessage *message)
 *       connect, candidate and bye for this id, and errors that answer a message
 *   "unavailable" (GError *error)
 *       not connected now; tries again, at most 30 s later. GST_P2P_ERROR_SIGNALING.
 *   "failed" (GError *error)
 *       final, the client has stopped. GST_P2P_ERROR_UNAUTHORIZED: the token or the server's
 *       certificate; _ID_TAKEN; _SETTINGS: the server finds the id invalid; _SIGNALING: what
 *       answers at the URI is no such server.
 *
 * Every error is a sentence with the URI in it.
 */

/* GST_P2P_ERROR_SETTINGS: the URI, the id, the token or the CA file cannot be used. */
gboolean gst_p2p_signaling_client_start (GstP2pSignalingClient *client, GError **error);
/* Queues up to 128 KiB while not bound; FALSE if the queue is full or the client has stopped. */
gboolean
gst_p2p_signaling_client_send (GstP2pSignalingClient *client, GstP2pSignalingMessage *message);
gboolean gst_p2p_signaling_client_is_bound (GstP2pSignalingClient *client);
/* While TRUE (an open connection exists), a lost server is not an error to report ("unavailable" is
 * not emitted) but is still retried. */
void gst_p2p_signaling_client_set_relaxed (GstP2pSignalingClient *client, gboolean relaxed);
/* Sends what is queued as far as that does not wait, closes, emits nothing more. Twice is fine. Let
 * the context run until nothing is pending (g_main_context_iteration() with FALSE) before it is
 * thrown away: a connection that is just being closed is freed in it. */
void gst_p2p_signaling_client_stop (GstP2pSignalingClient *client);

G_END_DECLS
