/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one client may cost the signaling server: each limit, by a client that breaks it. */
#define _GNU_SOURCE /* memmem */
#include <string.h>
#include <sys/socket.h>

#include "gst/p2p/base/error.h"
#include "signaling/message.h"
#include "signaling/server.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/signaling/testpeer.h"

#define SESSION "00112233445566778899aabbccddeeff"

static GstP2pSignalingServer *
start (const GstP2pSignalingLimits *limits)
{
  GstP2pSignalingServer *server = gst_p2p_signaling_server_new ();

  gst_p2p_signaling_server_set_limits (server, limits);
  g_assert_true (gst_p2p_signaling_server_start (server, "127.0.0.1", 0, NULL));
  return server;
}

/* The server's own, for tests to change one of. */
static GstP2pSignalingLimits
default_limits (void)
{
  g_autoptr (GstP2pSignalingServer) server = gst_p2p_signaling_server_new ();
  GstP2pSignalingLimits limits;

  gst_p2p_signaling_server_get_limits (server, &limits);
  return limits;
}

static guint
port_of (GstP2pSignalingServer *server)
{
  return gst_p2p_signaling_server_get_port (server);
}

static void
wait_for_clients (GstP2pSignalingServer *server, guint n)
{
  TEST_WAIT_UNTIL (gst_p2p_signaling_server_get_n_clients (server) == n, 10000);
}

/* A bind whose member "x" makes it @length bytes. */
static gchar *
new_bind (gsize length)
{
  g_autofree gchar *fill
      = g_strnfill (length - strlen ("{\"type\":\"bind\",\"id\":\"a\",\"x\":\"\"}"), 'x');

  return g_strdup_printf ("{\"type\":\"bind\",\"id\":\"a\",\"x\":\"%s\"}", fill);
}

static void
test_message_size (void)
{
  GstP2pSignalingLimits limits = default_limits ();
  g_autoptr (GstP2pSignalingServer) server = start (&limits);
  g_autoptr (TestPeer) peer = test_peer_new (port_of (server));
  g_autofree gchar *largest = new_bind (GST_P2P_SIGNALING_MAX_MESSAGE);
  g_autofree gchar *larger = new_bind (GST_P2P_SIGNALING_MAX_MESSAGE + 1);
  g_autofree gchar *bound = NULL;

  test_peer_send (peer, largest);
  bound = test_peer_receive (peer);
  g_assert_nonnull (strstr (bound, "\"bound\""));
  test_peer_send (peer, larger);
  test_peer_expect_error (peer, "too-large");
  test_peer_expect_close (peer);
  wait_for_clients (server, 0);
}

/* Reads until the end, and expects this error on the way. */
static void
assert_expelled (GSocketConnection *connection, const gchar *code)
{
  g_autoptr (GString) text = test_read_all (connection);

  g_assert_nonnull (memmem (text->str, text->len, code, strlen (code)));
}

/* A frame that announces more than there will ever be is refused before it comes. */
static void
test_announced_size (void)
{
  GstP2pSignalingLimits limits = default_limits ();
  g_autoptr (GstP2pSignalingServer) server = start (&limits);
  g_autoptr (GSocketConnection) connection = test_connect_websocket (port_of (server));
  const guint8 header[]
      = { 0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0 };

  test_write (connection, header, sizeof header);
  assert_expelled (connection, "too-large");
}

/* Each fragment is small; the message never ends. */
static void
test_fragments (void)
{
  GstP2pSignalingLimits limits = default_limits ();
  g_autoptr (GstP2pSignalingServer) server = start (&limits);
  g_autoptr (GSocketConnection) connection = test_connect_websocket (port_of (server));

  test_write_frame (connection, 0x01, NULL, 8000);
  test_write_frame (connection, 0x00, NULL, 8000);
  test_write_frame (connection, 0x00, NULL, 8000);
  assert_expelled (connection, "too-large");
}

static void
test_rate (void)
{
  GstP2pSignalingLimits limits = default_limits ();
  g_autoptr (GstP2pSignalingServer) server = NULL;
  g_autoptr (TestPeer) peer = NULL;
  g_autofree gchar *resume = NULL;

  limits.messages_per_second = 1;
  limits.messages_burst = 20;
  server = start (&limits);
  peer = test_peer_new (port_of (server));
  resume = test_peer_bind (peer, "a", NULL, NULL);
  for (guint i = 0; i < 19; i++)
    test_peer_send (peer, "{}");
  for (guint i = 0; i < 19; i++)
    test_peer_expect_error (peer, "bad-message");
  g_assert_false (peer->closed);
  for (guint i = 0; i < 40; i++)
    test_peer_send (peer, "{}");
  TEST_WAIT_UNTIL (peer->closed, 10000);
  g_assert_cmpuint (peer->texts->len, <, 40);
  g_assert_nonnull (strstr (g_ptr_array_index (peer->texts, peer->texts->len - 1), "rate-limited"));
  wait_for_clients (server, 0);
}

/* The bucket fills again: at the allowed rate one may go on for ever. */
static void
test_rate_recovers (void)
{
  GstP2pSignalingLimits limits = default_limits ();
  g_autoptr (GstP2pSignalingServer) server = NULL;
  g_autoptr (TestPeer) peer = NULL;
  gint64 next_us;

  limits.messages_per_second = 100;
  limits.messages_burst = 5;
  server = start (&limits);
  peer = test_peer_new (port_of (server));
  for (guint i = 0; i < 40; i++)
    {
      next_us = g_get_monotonic_time () + 15 * 1000;
      test_peer_send (peer, "{}");
      test_peer_expect_error (peer, "bad-message");
      TEST_WAIT_UNTIL ((g_main_context_wakeup (NULL), g_get_monotonic_time () >= next_us), 1000);
    }
  g_assert_false (peer->closed);
}

static void
test_rate_of_pings (void)
{
  GstP2pSignalingLimits limits = default_limits ();
  g_autoptr (GstP2pSignalingServer) server = NULL;
  g_autoptr (GSocketConnection) connection = NULL;

  limits.messages_per_second = 1;
  limits.messages_burst = 20;
  server = start (&limits);
  connection = test_connect_websocket (port_of (server));
  for (guint i = 0; i < 50; i++)
    test_write_frame (connection, 0x89, NULL, 0);
  assert_expelled (connection, "rate-limited");
}

/* Binds on a connection that then reads nothing, not even the answer. */
static GSocketConnection *
join_and_sleep (GstP2pSignalingServer *server, const gchar *id)
{
  GSocketConnection *connection = test_connect_websocket (port_of (server));
  GSocket *socket = g_socket_connection_get_socket (connection);
  g_autofree gchar *bind = g_strdup_printf ("{\"type\":\"bind\",\"id\":\"%s\"}", id);

  g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, 65536, NULL);
  test_write_frame (connection, 0x81, bind, strlen (bind));
  TEST_WAIT_UNTIL (g_socket_condition_check (socket, G_IO_IN), 10000);
  return connection;
}

/*
 * What a client does not read is kept up to max_queued behind the kernel's buffers, then the
 * client is closed, and whoever sent to it learns that it is gone.
 */
static void
test_slow_reader (void)
{
  GstP2pSignalingLimits limits = default_limits ();
  g_autoptr (GstP2pSignalingServer) server = NULL;
  g_autoptr (TestPeer) sender = NULL;
  g_autoptr (GSocketConnection) sleeper = NULL;
  g_autofree gchar *resume = NULL;
  g_autofree gchar *fill = g_strnfill (15000, 'x');
  g_autofree gchar *text = g_strdup_printf (
      "{\"type\":\"candidate\",\"from\":\"sender\",\"to\":\"sleeper\",\"session\":\"" SESSION
      "\",\"candidate\":\"%s\"}",
      fill);
  gsize sent = 0;

  limits.messages_per_second = 0;
  limits.max_queued = 64 * 1024;
  server = start (&limits);
  sender = test_peer_new (port_of (server));
  resume = test_peer_bind (sender, "sender", NULL, NULL);
  sleeper = join_and_sleep (server, "sleeper");
  while (gst_p2p_signaling_server_get_n_clients (server) == 2)
    {
      test_peer_send (sender, text);
      sent += strlen (text);
      g_assert_cmpuint (sent, <, 16 * 1024 * 1024);
      g_main_context_iteration (NULL, FALSE);
    }
  test_peer_expect_error (sender, "not-found");
  g_assert_false (sender->closed);
}

/*
 * libsoup answers every ping and would keep the answers for ever. Over a pair of local sockets: TCP
 * stops both directions by itself when one end does not read.
 */
static void
test_pings_without_reading (void)
{
  const gsize max_queued = 64 * 1024;
  g_autoptr (GSocketConnection) ours = NULL;
  g_autoptr (GSocketConnection) sleeper = NULL;
  g_autoptr (TestPeer) peer = NULL;
  guint8 pings[100][2 + 4 + 125] = { 0 };
  gsize sent = 0;

  for (guint i = 0; i < G_N_ELEMENTS (pings); i++)
    {
      pings[i][0] = 0x89;
      pings[i][1] = 0x80 | 125;
    }
  test_socket_pair (&ours, &sleeper);
  peer = test_peer_new_server (ours, max_queued);
  test_open_websocket (sleeper);
  while (!peer->closed)
    {
      GOutputStream *stream = g_io_stream_get_output_stream (G_IO_STREAM (sleeper));
      gsize at = sent % sizeof pings;
      gssize size = g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (stream),
                                                                (const guint8 *)pings + at,
                                                                sizeof pings - at, NULL, NULL);

      sent += MAX (size, 0);
      g_assert_cmpuint (sent, <, 4 * 1024 * 1024);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpint (peer->close_code, ==, GST_P2P_ERROR_LIMIT);
  g_assert_cmpuint (sent, >, max_queued);
}

static void
test_clients (void)
{
  GstP2pSignalingLimits limits = default_limits ();
  g_autoptr (GstP2pSignalingServer) server = NULL;
  TestPeer *first;
  g_autoptr (TestPeer) second = NULL;
  g_autoptr (TestPeer) third = NULL;
  g_autoptr (TestPeer) fourth = NULL;
  g_autofree gchar *first_resume = NULL;
  g_autofree gchar *second_resume = NULL;
  g_autofree gchar *fourth_resume = NULL;

  limits.max_clients = 2;
  server = start (&limits);
  first = test_peer_new (port_of (server));
  second = test_peer_new (port_of (server));
  first_resume = test_peer_bind (first, "first", NULL, NULL);
  second_resume = test_peer_bind (second, "second", NULL, NULL);
  third = test_peer_new (port_of (server));
  test_peer_expect_close (third);
  g_assert_false (third->open);
  wait_for_clients (server, 2);
  test_peer_free (first);
  wait_for_clients (server, 1);
  fourth = test_peer_new (port_of (server));
  fourth_resume = test_peer_bind (fourth, "fourth", NULL, NULL);
}

/* More than can be told that the server is full are just closed. */
static void
test_crowd (void)
{
  GstP2pSignalingLimits limits = default_limits ();
  g_autoptr (GstP2pSignalingServer) server = NULL;
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (g_object_unref);

  limits.max_clients = 1;
  server = start (&limits);
  for (guint i = 0; i < 100; i++)
    {
      g_ptr_array_add (crowd, test_connect (port_of (server)));
      for (guint k = 0; k < 5; k++)
        g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (gst_p2p_signaling_server_get_n_clients (server), <=, 1 + 64);
    }
  g_ptr_array_set_size (crowd, 0);
  wait_for_clients (server, 0);
}

static void
test_bind_timeout (void)
{
  GstP2pSignalingLimits limits = default_limits ();
  g_autoptr (GstP2pSignalingServer) server = NULL;
  g_autoptr (GSocketConnection) silent = NULL;
  g_autoptr (GSocketConnection) slow = NULL;
  g_autoptr (TestPeer) unbound = NULL;
  g_autoptr (TestPeer) bound = NULL;
  g_autoptr (GString) nothing = NULL;
  g_autoptr (GString) nothing_more = NULL;
  g_autofree gchar *resume = NULL;

  g_assert_cmpuint (limits.bind_timeout_ms, ==, 10000);
  limits.bind_timeout_ms = 300;
  server = start (&limits);
  silent = test_connect (port_of (server));
  slow = test_connect (port_of (server));
  test_write (slow, "GET / HT", 8);
  unbound = test_peer_new (port_of (server));
  bound = test_peer_new (port_of (server));
  resume = test_peer_bind (bound, "bound", NULL, NULL);
  test_peer_expect_error (unbound, "not-bound");
  test_peer_expect_close (unbound);
  nothing = test_read_all (silent);
  nothing_more = test_read_all (slow);
  g_assert_cmpuint (nothing->len, ==, 0);
  g_assert_cmpuint (nothing_more->len, ==, 0);
  wait_for_clients (server, 1);
  g_assert_false (bound->closed);
}

static void
test_head_size (void)
{
  GstP2pSignalingLimits limits = default_limits ();
  g_autoptr (GstP2pSignalingServer) server = start (&limits);
  g_autoptr (GSocketConnection) connection = test_connect (port_of (server));
  g_autofree gchar *fill = g_strnfill (12000, 'x');
  g_autoptr (GString) answer = NULL;

  test_write (connection, "GET /", 5);
  test_write (connection, fill, strlen (fill));
  answer = test_read_all (connection);
  g_assert_cmpuint (answer->len, ==, 0);
  wait_for_clients (server, 0);
}

/* A client that answers no ping is dead after two and a half intervals, and its id free. */
static void
test_dead_client (void)
{
  GstP2pSignalingLimits limits = default_limits ();
  g_autoptr (GstP2pSignalingServer) server = NULL;
  g_autoptr (GSocketConnection) dead = NULL;
  g_autoptr (TestPeer) alive = NULL;
  g_autoptr (TestPeer) heir = NULL;
  g_autofree gchar *resume = NULL;
  g_autofree gchar *heir_resume = NULL;

  limits.ping_interval_s = 1;
  server = start (&limits);
  alive = test_peer_new (port_of (server));
  resume = test_peer_bind (alive, "alive", NULL, NULL);
  dead = join_and_sleep (server, "cam");
  wait_for_clients (server, 2);
  wait_for_clients (server, 1);
  g_assert_false (alive->closed);
  heir = test_peer_new (port_of (server));
  heir_resume = test_peer_bind (heir, "cam", NULL, NULL);
}

/* Frames that are no WebSocket's: the connection ends, nothing else does. */
static void
test_broken_frames (void)
{
  static const guint8 cases[][8] = {
    { 0x81, 0x02, '{', '}', 0 },      /* not masked */
    { 0xf1, 0x80, 0, 0, 0, 0 },       /* reserved bits */
    { 0x83, 0x80, 0, 0, 0, 0 },       /* unknown opcode */
    { 0x80, 0x80, 0, 0, 0, 0 },       /* the end of nothing */
    { 0x09, 0x80, 0, 0, 0, 0 },       /* a fragmented ping */
    { 0x81, 0xfe, 0, 1, 0, 0, 0, 0 }, /* a length that is too long */
    { 0x81, 0x81, 0, 0, 0, 0, 0xff }, /* not UTF-8 */
    { 0x88, 0x81, 0, 0, 0, 0, 1 },    /* half a close code */
  };
  GstP2pSignalingLimits limits = default_limits ();
  g_autoptr (GstP2pSignalingServer) server = start (&limits);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GSocketConnection) connection = test_connect_websocket (port_of (server));
      g_autoptr (GString) rest = NULL;

      test_write (connection, cases[i], sizeof (cases[i]));
      rest = test_read_all (connection);
      g_assert_null (memmem (rest->str, rest->len, "type", 4));
    }
  wait_for_clients (server, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (100);
  g_test_add_func ("/limits/message-size", test_message_size);
  g_test_add_func ("/limits/announced-size", test_announced_size);
  g_test_add_func ("/limits/fragments", test_fragments);
  g_test_add_func ("/limits/rate", test_rate);
  g_test_add_func ("/limits/rate-recovers", test_rate_recovers);
  g_test_add_func ("/limits/rate-of-pings", test_rate_of_pings);
  g_test_add_func ("/limits/slow-reader", test_slow_reader);
  g_test_add_func ("/limits/pings-without-reading", test_pings_without_reading);
  g_test_add_func ("/limits/clients", test_clients);
  g_test_add_func ("/limits/crowd", test_crowd);
  g_test_add_func ("/limits/bind-timeout", test_bind_timeout);
  g_test_add_func ("/limits/head-size", test_head_size);
  g_test_add_func ("/limits/dead-client", test_dead_client);
  g_test_add_func ("/limits/broken-frames", test_broken_frames);
  return g_test_run ();
}
