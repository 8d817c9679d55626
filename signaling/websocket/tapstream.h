/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tapstream: a pollable GIOStream that passes everything through to another and reports what
 * passes, so that its owner can count and stop it. One thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GST_TYPE_P2P_WEBSOCKET_TAP_STREAM (gst_p2p_websocket_tap_stream_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pWebsocketTapStream, gst_p2p_websocket_tap_stream, GST,
                      P2P_WEBSOCKET_TAP_STREAM, GIOStream)

typedef struct
{
  /* FALSE: the bytes are thrown away, and the reader is told that nothing has come yet. */
  gboolean (*read) (const guint8 *data, gsize size, gpointer user_data);
  void (*written) (gsize size, gpointer user_data);
} GstP2pWebsocketTapStreamFuncs;

/**
 * gst_p2p_websocket_tap_stream_new:
 * @base: whose streams are pollable
 * @socket: that @base runs on; closing the tap shuts it down and closes it at once, without a
 *   farewell of any layer in between
 * @funcs: static
 */
GIOStream *
gst_p2p_websocket_tap_stream_new (GIOStream *base, GSocket *socket,
                                  const GstP2pWebsocketTapStreamFuncs *funcs, gpointer user_data);

/* No function is called any more; everything passes. */
void gst_p2p_websocket_tap_stream_detach (GstP2pWebsocketTapStream *stream);

G_END_DECLS
