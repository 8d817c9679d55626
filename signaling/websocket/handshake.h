/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * handshake: the opening handshake of a WebSocket (RFC 6455 section 4), text in and text out.
 *
 * Both sides of it, for one subprotocol and no extensions. A "head" is what comes before a body:
 * the first line and the header fields with the empty line that ends them.
 *
 * libsoup 3.2 has both sides, too. Its documentation says that its server should not be exposed to
 * untrusted clients, as a signaling server is. This one reads a bounded head under a deadline, and
 * frames only after it, through the meter that libsoup's connections need (framemeter.h). The
 * client's side could be libsoup's, but shares this code instead.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GST_P2P_WEBSOCKET_HANDSHAKE_MAX_HEAD 8192 /* bytes */

/* Where a head ends in what was received so far: behind the empty line; 0: not yet. */
gsize gst_p2p_websocket_handshake_find_end (const gchar *data, gsize length);

/* 16 random bytes in base64, for one request. Newly allocated. */
gchar *gst_p2p_websocket_handshake_new_key (void);

/* @host: as in the URI, with the port if it is not the scheme's own
 * @path: begins with a slash */
gchar *gst_p2p_websocket_handshake_print_request (const gchar *host, const gchar *path,
                                                  const gchar *protocol, const gchar *key);

/**
 * gst_p2p_websocket_handshake_check_response:
 * @head: of @length bytes
 * @protocol: the subprotocol that was asked for
 * @key: that of the request
 *
 * Returns: %FALSE with GST_P2P_ERROR_BUSY if the server says that it cannot serve now (HTTP 5xx),
 * GST_P2P_ERROR_INVALID if it is no server of this protocol. The text continues "The server …".
 */
gboolean
gst_p2p_websocket_handshake_check_response (const gchar *head, gsize length, const gchar *protocol,
                                            const gchar *key, GError **error);

/**
 * gst_p2p_websocket_handshake_answer:
 * @protocol: the subprotocol that must be asked for
 * @full: the server has no room
 * @accepted: (out): whether the answer opens the WebSocket
 *
 * Returns: (transfer full): the head to answer with, and a body if it is a refusal
 */
gchar *gst_p2p_websocket_handshake_answer (const gchar *head, gsize length, const gchar *protocol,
                                           gboolean full, gboolean *accepted);

G_END_DECLS
