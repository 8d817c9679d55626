/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of signaling/client.c with a list of servers: which of them it is at, and when. */
#include "gst/p2p/base/error.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/signaling/recorder.h"

static Recorder *
record_list (const gchar *id, const guint *ports, guint n_ports)
{
  g_autoptr (GString) uris = g_string_new (NULL);
  Recorder *self;

  for (guint i = 0; i < n_ports; i++)
    g_string_append_printf (uris, "%sws://127.0.0.1:%u/", i > 0 ? ", " : "", ports[i]);
  self = recorder_new (uris->str, id, NULL);
  g_assert_true (gst_p2p_signaling_client_start (self->client, NULL));
  return self;
}

static void
assert_is_at (Recorder *self, guint port)
{
  g_autofree gchar *uri = g_strdup_printf ("ws://127.0.0.1:%u/", port);

  g_assert_true (gst_p2p_signaling_client_is_bound (self->client));
  g_assert_cmpstr (gst_p2p_signaling_client_get_uri (self->client), ==, uri);
}

/* The first that answers is taken, and the user hears nothing of the others; after a loss the
 * first in the list is taken again. */
static void
test_next_server (void)
{
  g_autoptr (GstP2pSignalingServer) first = recorder_serve (0, NULL);
  g_autoptr (GstP2pSignalingServer) second = recorder_serve (0, NULL);
  const guint ports[]
      = { gst_p2p_signaling_server_get_port (first), gst_p2p_signaling_server_get_port (second) };
  g_autoptr (Recorder) alice = NULL;

  gst_p2p_signaling_server_stop (first);
  alice = record_list ("alice", ports, 2);
  TEST_WAIT_UNTIL (alice->n_bound == 1, RECORDER_TIMEOUT_MS);
  assert_is_at (alice, ports[1]);
  g_assert_cmpuint (alice->n_unavailable, ==, 0);

  g_assert_true (gst_p2p_signaling_server_start (first, "127.0.0.1", ports[0], NULL));
  gst_p2p_signaling_server_stop (second);
  TEST_WAIT_UNTIL (alice->n_bound == 2, RECORDER_TIMEOUT_MS);
  assert_is_at (alice, ports[0]);
  g_assert_cmpuint (alice->n_unavailable, ==, 1);
}

/* "unavailable" is for all of them. */
static void
test_no_server_of_several (void)
{
  g_autoptr (GstP2pSignalingServer) first = recorder_serve (0, NULL);
  g_autoptr (GstP2pSignalingServer) second = recorder_serve (0, NULL);
  const guint ports[]
      = { gst_p2p_signaling_server_get_port (first), gst_p2p_signaling_server_get_port (second) };
  g_autoptr (Recorder) alice = NULL;

  gst_p2p_signaling_server_stop (first);
  gst_p2p_signaling_server_stop (second);
  alice = record_list ("alice", ports, 2);
  TEST_WAIT_UNTIL (alice->n_unavailable >= 1, RECORDER_TIMEOUT_MS);
  g_assert_true (gst_p2p_signaling_server_start (second, "127.0.0.1", ports[1], NULL));
  TEST_WAIT_UNTIL (alice->n_bound == 1, RECORDER_TIMEOUT_MS);
  assert_is_at (alice, ports[1]);
}

/* One that refuses for good does not keep the client from the others; if all do, that is the end.
 */
static void
test_final_of_several (void)
{
  g_autoptr (GstP2pSignalingServer) closed = recorder_serve (0, "token");
  g_autoptr (GstP2pSignalingServer) closed_too = recorder_serve (0, "token");
  g_autoptr (GstP2pSignalingServer) open = recorder_serve (0, NULL);
  const guint ports[] = { gst_p2p_signaling_server_get_port (closed),
                          gst_p2p_signaling_server_get_port (closed_too),
                          gst_p2p_signaling_server_get_port (open) };
  g_autoptr (Recorder) alice = record_list ("alice", ports, 3);
  g_autoptr (Recorder) bob = record_list ("bob", ports, 2);

  TEST_WAIT_UNTIL (alice->n_bound == 1, RECORDER_TIMEOUT_MS);
  assert_is_at (alice, ports[2]);
  recorder_assert_fails (bob, GST_P2P_ERROR_UNAUTHORIZED, "wants a token");
}

/* Who looks for somebody goes round; what is sent meanwhile arrives at the next. */
static void
test_move_on (void)
{
  g_autoptr (GstP2pSignalingServer) first = recorder_serve (0, NULL);
  g_autoptr (GstP2pSignalingServer) second = recorder_serve (0, NULL);
  const guint ports[]
      = { gst_p2p_signaling_server_get_port (first), gst_p2p_signaling_server_get_port (second) };
  g_autoptr (Recorder) alice = record_list ("alice", ports, 2);
  g_autoptr (Recorder) bob = record_list ("bob", ports + 1, 1);

  TEST_WAIT_UNTIL (alice->n_bound == 1 && bob->n_bound == 1, RECORDER_TIMEOUT_MS);
  gst_p2p_signaling_client_move_on (alice->client);
  gst_p2p_signaling_client_move_on (alice->client);
  recorder_send_bye (alice, "alice", "bob");
  TEST_WAIT_UNTIL (bob->messages->len == 1, RECORDER_TIMEOUT_MS);
  assert_is_at (alice, ports[1]);
  gst_p2p_signaling_client_move_on (alice->client);
  TEST_WAIT_UNTIL (alice->n_bound == 3, RECORDER_TIMEOUT_MS);
  assert_is_at (alice, ports[0]);
  g_assert_cmpuint (alice->n_unavailable, ==, 0);

  gst_p2p_signaling_client_move_on (bob->client);
  g_assert_true (gst_p2p_signaling_client_is_bound (bob->client));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (120);
  g_test_add_func ("/severalservers/next", test_next_server);
  g_test_add_func ("/severalservers/none", test_no_server_of_several);
  g_test_add_func ("/severalservers/final", test_final_of_several);
  g_test_add_func ("/severalservers/move-on", test_move_on);
  return g_test_run ();
}
