/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * framemeter: watches the frames of a WebSocket go by (RFC 6455 section 5.2) and finds those that
 * break a limit.
 *
 * libsoup 3.2.3 has no limit for the whole of a message in fragments, nor for the pongs that it
 * queues for pings: both let a peer fill this process's memory. The meter sees each byte before
 * libsoup does, and tells when to stop. It checks sizes alone; the rest of the grammar is
 * libsoup's. One thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  /*< private >*/
  guint8 header[14]; /* of the frame at hand, as far as it has come */
  guint have;
  guint64 left;  /* payload bytes of the frame at hand still to come */
  gsize message; /* payload bytes of the message at hand, over its fragments */
  /*< public >*/
  gsize max_message; /* set before the first byte */
} GstP2pWebsocketFrameMeter;

typedef struct
{
  guint frames; /* frames whose header ended in these bytes */
  gsize pongs;  /* bytes of the unmasked frames that answer the pings among them */
} GstP2pWebsocketFrameTally;

/* Adds to @tally. FALSE if a message is over the limit, or a control frame over 125 bytes (RFC 6455
 * section 5.5): nothing of @data may be used then. */
gboolean gst_p2p_websocket_frame_meter_feed (GstP2pWebsocketFrameMeter *meter, const guint8 *data,
                                             gsize size, GstP2pWebsocketFrameTally *tally);

G_END_DECLS
