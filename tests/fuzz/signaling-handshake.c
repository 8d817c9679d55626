/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The opening handshake of a WebSocket, both sides, and the meter that sees its frames. */
#include <string.h>

#include "signaling/websocket/framemeter.h"
#include "signaling/websocket/handshake.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_heads (const gchar *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  gboolean accepted;
  g_autofree gchar *answer
      = gst_p2p_websocket_handshake_answer (text, size, "gst-p2p-1", FALSE, &accepted);

  g_assert_cmpint (accepted, ==, g_str_has_prefix (answer, "HTTP/1.1 101 "));
  if (!gst_p2p_websocket_handshake_check_response (text, size, "gst-p2p-1",
                                                   "dGhlIHNhbXBsZSBub25jZQ==", &error))
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (gst_p2p_websocket_handshake_find_end (text, size), <=, size);
}

/* In one piece or byte by byte: the same verdict. */
static void
check_frames (const guint8 *data, gsize size)
{
  GstP2pWebsocketFrameMeter whole = { .max_message = 1000 };
  GstP2pWebsocketFrameMeter pieces = { .max_message = 1000 };
  GstP2pWebsocketFrameTally whole_tally = { 0 };
  GstP2pWebsocketFrameTally pieces_tally = { 0 };
  gboolean whole_good = gst_p2p_websocket_frame_meter_feed (&whole, data, size, &whole_tally);
  gboolean pieces_good = TRUE;

  for (gsize i = 0; i < size && pieces_good; i++)
    pieces_good = gst_p2p_websocket_frame_meter_feed (&pieces, data + i, 1, &pieces_tally);
  g_assert_cmpint (whole_good, ==, pieces_good);
  g_assert_cmpuint (whole_tally.frames, ==, pieces_tally.frames);
  g_assert_cmpuint (whole_tally.pongs, ==, pieces_tally.pongs);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  check_heads ((const gchar *)data, size);
  check_frames (data, size);
  return 0;
}
