/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of signaling/websocket/handshake.c and framemeter.c: what is read before libsoup reads it.
 */
#include "signaling/websocket/handshake.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "signaling/websocket/framemeter.h"
#include "tests/common/watchdog.h"

/* RFC 6455 section 1.3 */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

#define ANSWER                                                                                     \
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"              \
  "Sec-WebSocket-Accept: " ACCEPT "\r\nSec-WebSocket-Protocol: gst-p2p-1\r\n"

static gboolean
is_accepted (const gchar *request, const gchar *expected_status)
{
  gboolean accepted;
  g_autofree gchar *answer
      = gst_p2p_websocket_handshake_answer (request, strlen (request), FALSE, &accepted);

  g_assert_true (g_str_has_prefix (answer, expected_status));
  return accepted;
}

static void
test_both_sides (void)
{
  g_autofree gchar *key = gst_p2p_websocket_handshake_new_key ();
  g_autofree gchar *other_key = gst_p2p_websocket_handshake_new_key ();
  g_autofree gchar *request = gst_p2p_websocket_handshake_print_request ("[::1]:8443", "/p2p", key);
  gboolean accepted;
  g_autofree gchar *answer
      = gst_p2p_websocket_handshake_answer (request, strlen (request), FALSE, &accepted);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_str_has_prefix (request, "GET /p2p HTTP/1.1\r\nHost: [::1]:8443\r\n"));
  g_assert_cmpuint (gst_p2p_websocket_handshake_find_end (request, strlen (request)), ==,
                    strlen (request));
  g_assert_cmpuint (gst_p2p_websocket_handshake_find_end (request, strlen (request) - 1), ==, 0);
  g_assert_true (accepted);
  g_assert_true (gst_p2p_websocket_handshake_check_response (answer, strlen (answer), key, &error));
  g_assert_no_error (error);
  g_assert_false (
      gst_p2p_websocket_handshake_check_response (answer, strlen (answer), other_key, NULL));
}

static void
test_response (void)
{
  static const struct
  {
    const gchar *text;
    gint code; /* -1: good */
  } cases[] = {
    { ANSWER "\r\n", -1 },
    { ANSWER "Server: x\r\n\r\n", -1 },
    { ANSWER "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", GST_P2P_ERROR_INVALID },
    { "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nCONNECTION: keep-alive, "
      "Upgrade\r\nsec-websocket-accept:" ACCEPT "\r\nSec-WebSocket-Protocol: gst-p2p-1\r\n\r\n",
      -1 },
    { "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
      GST_P2P_ERROR_INVALID },
    { "HTTP/1.1 404 Not Found\r\n\r\n", GST_P2P_ERROR_INVALID },
    { "HTTP/1.1 503 Service Unavailable\r\n\r\n", GST_P2P_ERROR_BUSY },
    { "SSH-2.0-OpenSSH\r\n\r\n", GST_P2P_ERROR_INVALID },
    { "\r\n\r\n", GST_P2P_ERROR_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean good = gst_p2p_websocket_handshake_check_response (
          cases[i].text, strlen (cases[i].text), KEY, &error);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (good, ==, cases[i].code == -1);
      if (!good)
        g_assert_error (error, GST_P2P_ERROR, cases[i].code);
    }
}

#define REQUEST(upgrade, connection, version, key, protocol)                                       \
  "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: " upgrade "\r\nConnection: " connection                   \
  "\r\nSec-WebSocket-Version: " version "\r\nSec-WebSocket-Key: " key                              \
  "\r\nSec-WebSocket-Protocol: " protocol "\r\n\r\n"

static void
test_request (void)
{
  g_autofree gchar *full = NULL;
  gboolean accepted = TRUE;
  const gchar *good = REQUEST ("websocket", "Upgrade", "13", KEY, "gst-p2p-1");

  g_assert_true (is_accepted (good, "HTTP/1.1 101 "));
  g_assert_true (is_accepted (
      REQUEST ("WebSocket", "keep-alive, upgrade", "13", KEY, "chat, gst-p2p-1"), "HTTP/1.1 101 "));
  g_assert_false (
      is_accepted (REQUEST ("h2c", "Upgrade", "13", KEY, "gst-p2p-1"), "HTTP/1.1 426 "));
  g_assert_false (
      is_accepted (REQUEST ("websocket", "close", "13", KEY, "gst-p2p-1"), "HTTP/1.1 426 "));
  g_assert_false (
      is_accepted (REQUEST ("websocket", "Upgrade", "8", KEY, "gst-p2p-1"), "HTTP/1.1 426 "));
  g_assert_false (
      is_accepted (REQUEST ("websocket", "Upgrade", "13", "x", "gst-p2p-1"), "HTTP/1.1 400 "));
  g_assert_false (
      is_accepted (REQUEST ("websocket", "Upgrade", "13", KEY, "gst-p2p-2"), "HTTP/1.1 400 "));
  g_assert_false (is_accepted ("POST / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "));
  g_assert_false (is_accepted ("GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 400 "));
  g_assert_false (is_accepted ("\r\n\r\n", "HTTP/1.1 400 "));
  g_assert_false (is_accepted ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 426 "));

  full = gst_p2p_websocket_handshake_answer (good, strlen (good), TRUE, &accepted);
  g_assert_true (g_str_has_prefix (full, "HTTP/1.1 503 "));
  g_assert_false (accepted);
}

/* -- frame meter -- */

/* Feeds a masked frame of @size payload bytes, in pieces of @piece. */
static gboolean
feed_frame (GstP2pWebsocketFrameMeter *meter, guint8 first, guint64 size, gsize piece,
            GstP2pFramingTally *tally)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8 header[10] = { first, 0x80 | (size < 126 ? size : size < 65536 ? 126 : 127) };
  guint n = size < 126 ? 0 : size < 65536 ? 2 : 8;

  for (guint i = 0; i < n; i++)
    header[2 + i] = size >> 8 * (n - 1 - i);
  g_byte_array_append (frame, header, 2 + n);
  g_byte_array_append (frame, (const guint8 *)"mask", 4);
  if (size <= 65536)
    g_byte_array_set_size (frame, frame->len + size);
  for (gsize at = 0; at < frame->len; at += piece)
    if (!gst_p2p_websocket_frame_meter_feed (meter, frame->data + at, MIN (piece, frame->len - at),
                                             tally))
      return FALSE;
  return TRUE;
}

static void
test_meter_sizes (void)
{
  static const guint64 good[] = { 0, 1, 125, 126, 1000, 16384 };
  static const guint64 bad[] = { 16385, 65535, 65536, G_MAXINT64, G_MAXUINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    for (gsize piece = 1; piece < 20; piece += 6)
      {
        GstP2pWebsocketFrameMeter meter = { .max_message = 16384 };
        GstP2pFramingTally tally = { 0 };

        g_assert_true (feed_frame (&meter, 0x81, good[i], piece, &tally));
        g_assert_true (feed_frame (&meter, 0x81, good[i], 100000, &tally));
        g_assert_cmpuint (tally.frames, ==, 2);
        g_assert_cmpuint (tally.pongs, ==, 0);
      }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      GstP2pWebsocketFrameMeter meter = { .max_message = 16384 };
      GstP2pFramingTally tally = { 0 };

      g_assert_false (feed_frame (&meter, 0x81, bad[i], 3, &tally));
    }
}

static void
test_meter_fragments (void)
{
  GstP2pWebsocketFrameMeter meter = { .max_message = 16384 };
  GstP2pFramingTally tally = { 0 };

  for (guint message = 0; message < 3; message++)
    {
      g_assert_true (feed_frame (&meter, 0x01, 8000, 1000, &tally));
      g_assert_true (feed_frame (&meter, 0x89, 125, 1000, &tally));
      g_assert_true (feed_frame (&meter, 0x00, 8000, 1000, &tally));
      g_assert_true (feed_frame (&meter, 0x80, 384, 1000, &tally));
    }
  g_assert_cmpuint (tally.frames, ==, 12);
  g_assert_cmpuint (tally.pongs, ==, 3 * 127);
  g_assert_true (feed_frame (&meter, 0x01, 16384, 1000, &tally));
  g_assert_true (feed_frame (&meter, 0x00, 0, 1000, &tally));
  g_assert_false (feed_frame (&meter, 0x80, 1, 1000, &tally));
}

static void
test_meter_control (void)
{
  GstP2pWebsocketFrameMeter meter = { .max_message = 16384 };
  GstP2pFramingTally tally = { 0 };

  g_assert_true (feed_frame (&meter, 0x8a, 125, 1000, &tally));
  g_assert_cmpuint (tally.pongs, ==, 0);
  g_assert_false (feed_frame (&meter, 0x89, 126, 1000, &tally));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (30);
  g_test_add_func ("/handshake/both-sides", test_both_sides);
  g_test_add_func ("/handshake/request", test_request);
  g_test_add_func ("/handshake/response", test_response);
  g_test_add_func ("/framemeter/sizes", test_meter_sizes);
  g_test_add_func ("/framemeter/fragments", test_meter_fragments);
  g_test_add_func ("/framemeter/control", test_meter_control);
  return g_test_run ();
}
