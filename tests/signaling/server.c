/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of signaling/server.c, over sockets of this machine. What clients may cost: limits.c. */
#define _GNU_SOURCE /* memmem */
#include "signaling/server.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/link/iceserver.h"
#include "signaling/message.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/signaling/testpeer.h"

#define SESSION "00112233445566778899aabbccddeeff"

static GstP2pSignalingServer *
start (const gchar *token)
{
  GstP2pSignalingServer *server = gst_p2p_signaling_server_new ();
  g_autoptr (GError) error = NULL;

  gst_p2p_signaling_server_set_token (server, token);
  gst_p2p_signaling_server_start (server, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (gst_p2p_signaling_server_get_port (server), >, 0);
  return server;
}

static TestPeer *
join (GstP2pSignalingServer *server)
{
  return test_peer_new (gst_p2p_signaling_server_get_port (server));
}

static void
assert_receives (TestPeer *peer, const gchar *text)
{
  g_autofree gchar *received = test_peer_receive (peer);

  g_assert_cmpstr (received, ==, text);
}

static void
test_relay (void)
{
  g_autoptr (GstP2pSignalingServer) server = start (NULL);
  g_autoptr (TestPeer) alice = join (server);
  g_autoptr (TestPeer) bob = join (server);
  g_autofree gchar *alice_resume = test_peer_bind (alice, "alice", NULL, NULL);
  g_autofree gchar *bob_resume = test_peer_bind (bob, "bob", NULL, NULL);
  const gchar *relayed[] = {
    "{\"type\":\"connect\",\"from\":\"alice\",\"to\":\"bob\",\"session\":\"" SESSION
    "\",\"sdp\":{\"not\":[\"looked\",\"at\"]}}",
    "{\"type\":\"candidate\",\"from\":\"alice\",\"to\":\"bob\",\"session\":\"" SESSION
    "\",\"candidate\":\"nor this\"}",
    "{\"type\":\"bye\",\"from\":\"alice\",\"to\":\"bob\",\"session\":\"" SESSION
    "\",\"reason\":\"ü\"}",
  };

  g_assert_cmpstr (alice_resume, !=, bob_resume);
  for (guint i = 0; i < G_N_ELEMENTS (relayed); i++)
    {
      test_peer_send (alice, relayed[i]);
      assert_receives (bob, relayed[i]);
    }
  test_peer_send (bob, "{\"type\":\"bye\",\"from\":\"bob\",\"to\":\"alice\",\"session\":\"" SESSION
                       "\",\"reason\":\"busy\"}");
  assert_receives (alice,
                   "{\"type\":\"bye\",\"from\":\"bob\",\"to\":\"alice\",\"session\":\"" SESSION
                   "\",\"reason\":\"busy\"}");
}

/* Each gets its answer, and the connection stays usable. */
static void
test_mistakes (void)
{
  static const gchar *const cases[][2] = {
    { "nonsense", "bad-message" },
    { "{}", "bad-message" },
    { "{\"type\":\"dance\"}", "unsupported" },
    { "{\"type\":\"bound\",\"id\":\"x\",\"resume\":\"y\"}", "unsupported" },
    { "{\"type\":\"error\",\"code\":\"x\"}", "unsupported" },
    { "{\"type\":\"bind\",\"id\":\"a b\"}", "id-invalid" },
    { "{\"type\":\"bye\",\"from\":\"alice\",\"to\":\"bob\",\"session\":\"" SESSION
      "\",\"reason\":\"\"}",
      "not-bound" },
  };
  g_autoptr (GstP2pSignalingServer) server = start (NULL);
  g_autoptr (TestPeer) alice = join (server);
  g_autofree gchar *resume = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      test_peer_send (alice, cases[i][0]);
      test_peer_expect_error (alice, cases[i][1]);
    }
  resume = test_peer_bind (alice, "alice", NULL, NULL);
  test_peer_send (alice, "{\"type\":\"bind\",\"id\":\"alice2\"}");
  test_peer_expect_error (alice, "bad-message");
}

static void
test_binary (void)
{
  g_autoptr (GstP2pSignalingServer) server = start (NULL);
  g_autoptr (GSocketConnection) connection
      = test_connect_websocket (gst_p2p_signaling_server_get_port (server));
  g_autoptr (GString) answer = NULL;

  test_write_frame (connection, 0x82, "{\"type\":\"bind\",\"id\":\"a\"}", 24);
  test_write_frame (connection, 0x88, NULL, 0);
  answer = test_read_all (connection);
  g_assert_nonnull (memmem (answer->str, answer->len, "bad-message", strlen ("bad-message")));
}

static void
test_not_found (void)
{
  g_autoptr (GstP2pSignalingServer) server = start (NULL);
  g_autoptr (TestPeer) alice = join (server);
  g_autofree gchar *resume = test_peer_bind (alice, "alice", NULL, NULL);
  g_autofree gchar *text = NULL;
  g_autoptr (GstP2pSignalingMessage) answer = NULL;

  test_peer_send (alice, "{\"type\":\"connect\",\"from\":\"alice\",\"to\":\"nobody\",\"session\":"
                         "\"" SESSION "\",\"sdp\":{}}");
  text = test_peer_receive (alice);
  answer = gst_p2p_signaling_message_parse (text, strlen (text), NULL);
  g_assert_cmpstr (answer->code, ==, "not-found");
  g_assert_cmpstr (answer->to, ==, "nobody");
  g_assert_cmpstr (answer->session, ==, SESSION);
}

static void
test_spoofed (void)
{
  g_autoptr (GstP2pSignalingServer) server = start (NULL);
  g_autoptr (TestPeer) alice = join (server);
  g_autoptr (TestPeer) mallory = join (server);
  g_autofree gchar *a = test_peer_bind (alice, "alice", NULL, NULL);
  g_autofree gchar *m = test_peer_bind (mallory, "mallory", NULL, NULL);

  test_peer_send (mallory, "{\"type\":\"bye\",\"from\":\"bob\",\"to\":\"alice\",\"session\":"
                           "\"" SESSION "\",\"reason\":\"\"}");
  test_peer_expect_error (mallory, "bad-message");
  g_assert_cmpuint (alice->texts->len, ==, 0);
}

static void
test_token (void)
{
  g_autoptr (GstP2pSignalingServer) server = start ("secret");
  g_autoptr (TestPeer) none = join (server);
  g_autoptr (TestPeer) wrong = join (server);
  g_autoptr (TestPeer) right = join (server);
  g_autofree gchar *resume = NULL;

  test_peer_send (none, "{\"type\":\"bind\",\"id\":\"a\"}");
  test_peer_expect_error (none, "unauthorized");
  test_peer_expect_close (none);
  test_peer_send (wrong, "{\"type\":\"bind\",\"id\":\"a\",\"token\":\"secreT\"}");
  test_peer_expect_error (wrong, "unauthorized");
  test_peer_expect_close (wrong);
  resume = test_peer_bind (right, "a", "secret", NULL);
}

static void
test_ice_servers (void)
{
  g_autoptr (GstP2pSignalingServer) server = start (NULL);
  g_autoptr (TestPeer) alice = NULL;
  g_autofree gchar *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (gst_p2p_signaling_server_add_ice_server (server, "http://x", &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
  g_assert_true (gst_p2p_signaling_server_add_ice_server (server, "stun://s:1", NULL));
  g_assert_true (gst_p2p_signaling_server_add_ice_server (server, "turn://u:p@t:2", NULL));
  alice = join (server);
  test_peer_send (alice, "{\"type\":\"bind\",\"id\":\"alice\"}");
  text = test_peer_receive (alice);
  g_assert_nonnull (strstr (text, "\"ice-servers\":[{\"urls\":[\"stun:s:1\"]},{\"urls\":"
                                  "[\"turn:t:2?transport=udp\"],\"username\":\"u\","
                                  "\"credential\":\"p\"}]"));
}

/* As many as the list takes, with secrets that grow when they are printed: it must still fit. */
static void
test_ice_servers_fit (void)
{
  g_autoptr (GstP2pSignalingServer) server = start (NULL);
  g_autoptr (GString) uri = g_string_new ("turn://u:");
  g_autoptr (TestPeer) alice = join (server);
  g_autofree gchar *resume = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 600; i++)
    g_string_append (uri, "%01");
  g_string_append (uri, "@h");
  for (guint i = 0; i < GST_P2P_ICE_SERVER_MAX_TURN && !error; i++)
    gst_p2p_signaling_server_add_ice_server (server, uri->str, &error);
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT);
  resume = test_peer_bind (alice, "alice", NULL, NULL);
}

static void
test_id_taken (void)
{
  g_autoptr (GstP2pSignalingServer) server = start (NULL);
  TestPeer *first = join (server);
  g_autoptr (TestPeer) second = join (server);
  g_autofree gchar *first_resume = test_peer_bind (first, "cam", NULL, NULL);
  g_autofree gchar *second_resume = NULL;

  test_peer_send (second, "{\"type\":\"bind\",\"id\":\"cam\"}");
  test_peer_expect_error (second, "id-taken");
  test_peer_send (second, "{\"type\":\"bind\",\"id\":\"cam\",\"resume\":\"guess\"}");
  test_peer_expect_error (second, "id-taken");

  /* The refused one may go on, with another id or when the first has gone. */
  test_peer_free (first);
  TEST_WAIT_UNTIL (gst_p2p_signaling_server_get_n_clients (server) == 1, 5000);
  second_resume = test_peer_bind (second, "cam", NULL, NULL);
  g_assert_cmpstr (first_resume, !=, second_resume);
}

static void
test_resume (void)
{
  g_autoptr (GstP2pSignalingServer) server = start (NULL);
  g_autoptr (TestPeer) old = join (server);
  g_autoptr (TestPeer) new = join (server);
  g_autoptr (TestPeer) other = join (server);
  g_autofree gchar *old_resume = test_peer_bind (old, "cam", NULL, NULL);
  g_autofree gchar *new_resume = test_peer_bind (new, "cam", NULL, old_resume);
  g_autofree gchar *other_resume = test_peer_bind (other, "other", NULL, NULL);
  const gchar *bye = "{\"type\":\"bye\",\"from\":\"other\",\"to\":\"cam\",\"session\":\"" SESSION
                     "\",\"reason\":\"\"}";

  g_assert_cmpstr (old_resume, ==, new_resume);
  test_peer_expect_close (old);
  test_peer_send (other, bye);
  assert_receives (new, bye);
}

static void
test_stop (void)
{
  g_autoptr (GstP2pSignalingServer) server = start (NULL);
  g_autoptr (TestPeer) bound = join (server);
  g_autoptr (TestPeer) unbound = join (server);
  g_autofree gchar *resume = test_peer_bind (bound, "a", NULL, NULL);
  guint port = gst_p2p_signaling_server_get_port (server);
  g_autoptr (GError) error = NULL;

  gst_p2p_signaling_server_stop (server);
  g_assert_cmpuint (gst_p2p_signaling_server_get_port (server), ==, 0);
  g_assert_cmpuint (gst_p2p_signaling_server_get_n_clients (server), ==, 0);
  gst_p2p_signaling_server_stop (server);
  test_peer_expect_close (bound);
  test_peer_expect_close (unbound);

  /* Again, on the same port. */
  g_assert_true (gst_p2p_signaling_server_start (server, "127.0.0.1", port, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (gst_p2p_signaling_server_get_port (server), ==, port);
}

static void
assert_start_fails (const gchar *host, guint port, const gchar *token, gint code)
{
  g_autoptr (GstP2pSignalingServer) server = gst_p2p_signaling_server_new ();
  g_autoptr (GError) error = NULL;

  gst_p2p_signaling_server_set_token (server, token);
  g_assert_false (gst_p2p_signaling_server_start (server, host, port, &error));
  g_assert_error (error, GST_P2P_ERROR, code);
}

static void
test_start_fails (void)
{
  g_autoptr (GstP2pSignalingServer) server = start (NULL);
  guint port = gst_p2p_signaling_server_get_port (server);
  g_autofree gchar *token = g_strnfill (257, 'x');

  assert_start_fails ("127.0.0.1", port, NULL, GST_P2P_ERROR_BUSY);
  assert_start_fails ("no such host", 0, NULL, GST_P2P_ERROR_SETTINGS);
  assert_start_fails ("127.0.0.1", 65536, NULL, GST_P2P_ERROR_SETTINGS);
  assert_start_fails ("127.0.0.1", 0, token, GST_P2P_ERROR_SETTINGS);
  assert_start_fails ("127.0.0.1", 0, "", GST_P2P_ERROR_SETTINGS);
  assert_start_fails ("203.0.113.1", 0, NULL, GST_P2P_ERROR_FAILED);
  g_assert_false (gst_p2p_signaling_server_start (server, "127.0.0.1", 0, NULL));
}

static void
test_localhost (void)
{
  g_autoptr (GstP2pSignalingServer) server = gst_p2p_signaling_server_new ();
  g_autoptr (TestPeer) alice = NULL;
  g_autofree gchar *resume = NULL;

  g_assert_true (gst_p2p_signaling_server_start (server, "localhost", 0, NULL));
  alice = join (server);
  resume = test_peer_bind (alice, "a", NULL, NULL);
}

/* What is no WebSocket of ours gets an answer that people can read. */
static void
test_other_requests (void)
{
  static const gchar *const cases[][2] = {
    { "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 426 " },
    { "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 400 " },
    { "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Protocol: chat\r\n\r\n",
      "HTTP/1.1 400 " },
    { "EHLO\r\n\r\n", "HTTP/1.1 400 " },
    { "GET / HTTP/1.1\r\n\r\nmore", "" },
  };
  g_autoptr (GstP2pSignalingServer) server = start (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GSocketConnection) connection
          = test_connect (gst_p2p_signaling_server_get_port (server));
      g_autoptr (GString) answer = NULL;

      test_write (connection, cases[i][0], strlen (cases[i][0]));
      answer = test_read_all (connection);
      g_assert_true (g_str_has_prefix (answer->str, cases[i][1]));
      g_assert_cmpint (*cases[i][1] == '\0', ==, answer->len == 0);
    }
  TEST_WAIT_UNTIL (gst_p2p_signaling_server_get_n_clients (server) == 0, 5000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (60);
  g_test_add_func ("/server/relay", test_relay);
  g_test_add_func ("/server/mistakes", test_mistakes);
  g_test_add_func ("/server/binary", test_binary);
  g_test_add_func ("/server/not-found", test_not_found);
  g_test_add_func ("/server/spoofed", test_spoofed);
  g_test_add_func ("/server/token", test_token);
  g_test_add_func ("/server/ice-servers", test_ice_servers);
  g_test_add_func ("/server/ice-servers-fit", test_ice_servers_fit);
  g_test_add_func ("/server/id-taken", test_id_taken);
  g_test_add_func ("/server/resume", test_resume);
  g_test_add_func ("/server/stop", test_stop);
  g_test_add_func ("/server/start-fails", test_start_fails);
  g_test_add_func ("/server/localhost", test_localhost);
  g_test_add_func ("/server/other-requests", test_other_requests);
  return g_test_run ();
}
