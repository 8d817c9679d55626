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

#define GST_P2P_TYPE_SIGNALING_CLIENT (gst_p2p_signaling_client_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pSignalingClient, gst_p2p_signaling_client, GST_P2P, SIGNALING_CLIENT,
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
 * Signals:
 *   "bound" (GstP2pIceServers *servers)         after every (re)bind
 *   "message" (GstP2pSignalingMessage *message) connect, candidate, bye, and errors that answer a
 * message "unavailable" (GError *error)               not connected now; tries again (at most every
 * 30 s) "failed" (GError *error)                    final: bad URI, TLS, token refused, id taken, …
 */
gboolean gst_p2p_signaling_client_start (GstP2pSignalingClient *client, GError **error);
/* Queues within a bound when not bound at the moment; FALSE if the queue is full. */
gboolean
gst_p2p_signaling_client_send (GstP2pSignalingClient *client, GstP2pSignalingMessage *message);
gboolean gst_p2p_signaling_client_is_bound (GstP2pSignalingClient *client);
/* While TRUE (an open connection exists), a lost server is not an error to report but is still
 * retried quietly. */
void gst_p2p_signaling_client_set_relaxed (GstP2pSignalingClient *client, gboolean relaxed);
/* Sends what is queued as far as that does not wait, closes, reports nothing more. Twice is fine.
 */
void gst_p2p_signaling_client_stop (GstP2pSignalingClient *client);

G_END_DECLS
