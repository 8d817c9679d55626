/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The signaling server that tests use: can be reached, goes away, and comes back. */
#include <gio/gio.h>

#include "gst/p2p/link/names.h"
#include "signaling/client.h"
#include "tests/common/detour.h"
#include "tests/common/signaling.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

static gboolean
can_connect (TestSignaling *signaling)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (
      client, "127.0.0.1", test_signaling_get_port (signaling), NULL, NULL);

  return connection != NULL;
}

static void
test_server (void)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  g_autofree gchar *uri
      = g_strdup_printf ("ws://127.0.0.1:%u", test_signaling_get_port (signaling));

  g_assert_cmpstr (test_signaling_get_uri (signaling), ==, uri);
  g_assert_true (can_connect (signaling));
  test_signaling_stop (signaling);
  g_assert_false (can_connect (signaling));
  test_signaling_start_again (signaling);
  g_assert_true (can_connect (signaling));
}

typedef struct
{
  guint bound;
  gchar *candidate;
} Seen;

static void
on_bound (GstP2pSignalingClient *client, GstP2pSignalingIceServers *servers, Seen *seen)
{
  seen->bound++;
}

static void
on_message (GstP2pSignalingClient *client, GstP2pSignalingMessage *message, Seen *seen)
{
  if (message->type == GST_P2P_SIGNALING_CANDIDATE)
    seen->candidate = g_strdup (message->candidate);
}

static GstP2pSignalingClient *
new_client (TestDetour *detour, const gchar *id, Seen *seen)
{
  GstP2pSignalingClient *client
      = gst_p2p_signaling_client_new (test_detour_get_uri (detour), id, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_signal_connect (client, "bound", G_CALLBACK (on_bound), seen);
  g_signal_connect (client, "message", G_CALLBACK (on_message), seen);
  gst_p2p_signaling_client_start (client, &error);
  g_assert_no_error (error);
  return client;
}

/* A candidate arrives as the one that stands for it. */
static void
test_detour (void)
{
  TestRelayConfig config = { 0 };
  TestRelay *relay = test_relay_new (&config);
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  TestDetour *detour = test_detour_new (test_signaling_get_port (signaling), relay);
  Seen seen = { 0 };
  g_autoptr (GstP2pSignalingClient) alice = new_client (detour, "alice", &seen);
  g_autoptr (GstP2pSignalingClient) bob = new_client (detour, "bob", &seen);
  g_autofree gchar *session = gst_p2p_session_new ();
  g_autoptr (GstP2pSignalingMessage) message = gst_p2p_signaling_message_new_candidate (
      "alice", "bob", session, "candidate:1 1 UDP 2122 127.0.0.1 4444 typ host");
  g_autofree gchar *expected = g_strdup_printf ("candidate:1 1 UDP 2122 127.0.0.1 %u typ host",
                                                test_relay_map (relay, "127.0.0.1", 4444));

  TEST_WAIT_UNTIL (seen.bound == 2, 5000);
  g_assert_true (gst_p2p_signaling_client_send (alice, message));
  TEST_WAIT_UNTIL (seen.candidate, 5000);
  g_assert_cmpstr (seen.candidate, ==, expected);
  g_free (seen.candidate);
  gst_p2p_signaling_client_stop (alice);
  gst_p2p_signaling_client_stop (bob);
  test_detour_free (detour);
  test_relay_free (relay);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (60);
  g_test_add_func ("/common/signaling", test_server);
  g_test_add_func ("/common/detour", test_detour);
  return g_test_run ();
}
