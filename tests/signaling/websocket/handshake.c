/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The opening handshake, both sides of it, and what is none. */
#include "signaling/websocket/handshake.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "tests/common/watchdog.h"

#define PROTOCOL "gst-p2p-1"

/* RFC 6455 section 1.3 */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

#define ANSWER                                                                                     \
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"              \
  "Sec-WebSocket-Accept: " ACCEPT "\r\nSec-WebSocket-Protocol: " PROTOCOL "\r\n"

static gboolean
is_accepted (const gchar *request, const gchar *expected_status)
{
  gboolean accepted;
  g_autofree gchar *answer
      = gst_p2p_websocket_handshake_answer (request, strlen (request), PROTOCOL, FALSE, &accepted);

  g_assert_true (g_str_has_prefix (answer, expected_status));
  return accepted;
}

static void
test_both_sides (void)
{
  g_autofree gchar *key = gst_p2p_websocket_handshake_new_key ();
  g_autofree gchar *other_key = gst_p2p_websocket_handshake_new_key ();
  g_autofree gchar *request
      = gst_p2p_websocket_handshake_print_request ("[::1]:8443", "/p2p", PROTOCOL, key);
  gboolean accepted;
  g_autofree gchar *answer
      = gst_p2p_websocket_handshake_answer (request, strlen (request), PROTOCOL, FALSE, &accepted);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_str_has_prefix (request, "GET /p2p HTTP/1.1\r\nHost: [::1]:8443\r\n"));
  g_assert_cmpuint (gst_p2p_websocket_handshake_find_end (request, strlen (request)), ==,
                    strlen (request));
  g_assert_cmpuint (gst_p2p_websocket_handshake_find_end (request, strlen (request) - 1), ==, 0);
  g_assert_true (accepted);
  g_assert_true (
      gst_p2p_websocket_handshake_check_response (answer, strlen (answer), PROTOCOL, key, &error));
  g_assert_no_error (error);
  g_assert_false (gst_p2p_websocket_handshake_check_response (answer, strlen (answer), PROTOCOL,
                                                              other_key, NULL));
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
      "Upgrade\r\nsec-websocket-accept:" ACCEPT "\r\nSec-WebSocket-Protocol: " PROTOCOL "\r\n\r\n",
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
          cases[i].text, strlen (cases[i].text), PROTOCOL, KEY, &error);

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
  const gchar *good = REQUEST ("websocket", "Upgrade", "13", KEY, PROTOCOL);

  g_assert_true (is_accepted (good, "HTTP/1.1 101 "));
  g_assert_true (is_accepted (
      REQUEST ("WebSocket", "keep-alive, upgrade", "13", KEY, "chat, " PROTOCOL), "HTTP/1.1 101 "));
  g_assert_false (is_accepted (REQUEST ("h2c", "Upgrade", "13", KEY, PROTOCOL), "HTTP/1.1 426 "));
  g_assert_false (
      is_accepted (REQUEST ("websocket", "close", "13", KEY, PROTOCOL), "HTTP/1.1 426 "));
  g_assert_false (
      is_accepted (REQUEST ("websocket", "Upgrade", "8", KEY, PROTOCOL), "HTTP/1.1 426 "));
  g_assert_false (
      is_accepted (REQUEST ("websocket", "Upgrade", "13", "x", PROTOCOL), "HTTP/1.1 400 "));
  g_assert_false (
      is_accepted (REQUEST ("websocket", "Upgrade", "13", KEY, "gst-p2p-2"), "HTTP/1.1 400 "));
  g_assert_false (is_accepted ("POST / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "));
  g_assert_false (is_accepted ("GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 400 "));
  g_assert_false (is_accepted ("\r\n\r\n", "HTTP/1.1 400 "));
  g_assert_false (is_accepted ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 426 "));

  full = gst_p2p_websocket_handshake_answer (good, strlen (good), PROTOCOL, TRUE, &accepted);
  g_assert_true (g_str_has_prefix (full, "HTTP/1.1 503 "));
  g_assert_false (accepted);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (30);
  g_test_add_func ("/handshake/both-sides", test_both_sides);
  g_test_add_func ("/handshake/request", test_request);
  g_test_add_func ("/handshake/response", test_response);
  return g_test_run ();
}
