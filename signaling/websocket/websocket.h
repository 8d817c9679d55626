/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * websocket: one WebSocket of the signaling protocol, either end, within its limits.
 *
 * From the opening handshake to the close: texts in and out, pings, and everything that keeps a
 * peer from using more memory or time than it was granted. The frames are libsoup's.
 *
 * It belongs to the thread whose thread-default main context is current when it is made. Nothing
 * here waits. After close() no function of the owner's is called any more. Nothing is left to be
 * run in the context then, unless the connection was told to linger, or close() was called from
 * within one of those functions: the context frees the connection a little later.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GST_TYPE_P2P_WEBSOCKET (gst_p2p_websocket_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pWebsocket, gst_p2p_websocket, GST, P2P_WEBSOCKET, GObject)

typedef enum
{
  GST_P2P_WEBSOCKET_TOO_LARGE, /* a message over @max_message */
  GST_P2P_WEBSOCKET_TOO_FAST,  /* more frames than the rate allows */
  GST_P2P_WEBSOCKET_TOO_LATE   /* the deadline passed */
} GstP2pWebsocketLimit;

/**
 * GstP2pWebsocketConfig:
 * @protocol: the subprotocol; static
 * @max_message: bytes of a text from the peer
 * @max_queued: bytes for a peer that does not read
 * @frames_per_second: from the peer, of any kind; 0: any number
 * @frames_burst: frames that may come at once
 * @ping_interval_s: a peer that is silent for two and a half of these is dead
 */
typedef struct
{
  const gchar *protocol;
  gsize max_message;
  gsize max_queued;
  guint frames_per_second;
  guint frames_burst;
  guint ping_interval_s;
} GstP2pWebsocketConfig;

/* They are called on the owner's thread; each may call close() and drop its reference. */
typedef struct
{
  void (*open) (GstP2pWebsocket *websocket, gpointer user_data);
  /* @text: NUL-terminated UTF-8 */
  void (*text) (GstP2pWebsocket *websocket, const gchar *text, gsize length, gpointer user_data);
  /* The peer broke a limit and is not listened to any more. Close it. */
  void (*limit) (GstP2pWebsocket *websocket, GstP2pWebsocketLimit limit, gpointer user_data);
  /* The connection is over, and not by close(). @error: never %NULL; GST_P2P_ERROR_LOST for an end
   * without a reason; its text continues "The server …" or "The client …". */
  void (*closed) (GstP2pWebsocket *websocket, const GError *error, gpointer user_data);
} GstP2pWebsocketFuncs;

/**
 * gst_p2p_websocket_new_client:
 * @stream: connected, pollable
 * @socket: that @stream runs on
 * @host: for the request, with port
 * @path: begins with a slash
 * @config: copied
 * @funcs: static
 */
GstP2pWebsocket *
gst_p2p_websocket_new_client (GIOStream *stream, GSocket *socket, const gchar *host,
                              const gchar *path, const GstP2pWebsocketConfig *config,
                              const GstP2pWebsocketFuncs *funcs, gpointer user_data);

/* @full: there is no room, and that is the answer to whatever is asked. */
GstP2pWebsocket *
gst_p2p_websocket_new_server (GIOStream *stream, GSocket *socket, gboolean full,
                              const GstP2pWebsocketConfig *config,
                              const GstP2pWebsocketFuncs *funcs, gpointer user_data);

/* @timeout_ms: from now on; 0: no deadline. If it passes, @limit is called while the connection is
 * open, and @closed before. */
void gst_p2p_websocket_set_deadline (GstP2pWebsocket *websocket, guint timeout_ms);

gboolean gst_p2p_websocket_is_open (GstP2pWebsocket *websocket);

/* FALSE if nothing was sent: the connection is not open, or @text does not fit in @max_queued
 * beside what the peer has not read yet. */
gboolean gst_p2p_websocket_send (GstP2pWebsocket *websocket, const gchar *text);

/**
 * gst_p2p_websocket_close:
 * @code: RFC 6455 section 7.4.1
 * @linger: keep the connection for at most 2 s after the last words, so that a peer that is still
 *   sending hears them; else it is closed when this returns
 *
 * What is queued is sent as far as that does not wait. Can be called twice.
 */
void gst_p2p_websocket_close (GstP2pWebsocket *websocket, guint16 code, gboolean linger);

G_END_DECLS
