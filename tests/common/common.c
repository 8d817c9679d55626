/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The helpers' own test: what they must catch, they catch. */
#include <string.h>

#include <gio/gio.h>
#include <gst/gst.h>

#include "tests/common/bus.h"
#include "tests/common/leaks.h"
#include "tests/common/relay.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

static gpointer
count_up (gpointer data)
{
  for (guint i = 0; i < 3; i++)
    g_atomic_int_inc ((gint *)data);
  return NULL;
}

static void
test_wait (void)
{
  gint count = 0;
  GThread *thread = g_thread_new ("count", count_up, &count);

  TEST_WAIT_UNTIL (g_atomic_int_get (&count) == 3, 5000);
  g_thread_join (thread);
}

static void
test_watchdog (void)
{
  if (g_test_subprocess ())
    {
      GMutex mutex;

      g_mutex_init (&mutex);
      g_mutex_lock (&mutex);
      test_watchdog_start (1);
      g_mutex_lock (&mutex);
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*watchdog: time is over*--- thread*test-common*");
}

static void
test_leaks (void)
{
  if (g_test_subprocess ())
    {
      test_leaks_begin ();
      gst_buffer_new ();
      test_leaks_end_within (100);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*leaked: *buffer*");
}

static void
test_no_leaks (void)
{
  GstBuffer *older = gst_buffer_new ();
  GstElement *pipeline;

  test_leaks_begin ();
  pipeline = test_pipeline ("fakesrc num-buffers=3 ! fakesink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (test_bus_wait (pipeline, GST_MESSAGE_EOS, 5000));
  test_pipeline_stop (pipeline);
  test_leaks_end ();
  gst_buffer_unref (older);
}

static GSocket *
new_socket (guint16 *port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) own = NULL;
  GSocket *result
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);

  g_assert_true (g_socket_bind (result, any, FALSE, NULL));
  g_socket_set_timeout (result, 5);
  own = g_socket_get_local_address (result, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (own));
  return result;
}

static void
send_to (GSocket *from, guint16 port, const gchar *text)
{
  g_autoptr (GSocketAddress) to = g_inet_socket_address_new_from_string ("127.0.0.1", port);

  g_assert_cmpint (g_socket_send_to (from, to, text, strlen (text), NULL, NULL), ==, strlen (text));
}

/* Returns the port that the datagram came from. */
static guint16
expect (GSocket *at, const gchar *text)
{
  g_autoptr (GSocketAddress) from = NULL;
  g_autoptr (GError) error = NULL;
  gchar data[100] = "";

  g_socket_receive_from (at, &from, data, sizeof data - 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (data, ==, text);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (from));
}

static void
test_relay_way_and_back (void)
{
  TestRelayConfig config = { .delay_ms = 30 };
  TestRelay *relay = test_relay_new (&config);
  guint16 port_a, port_b, seen_at_b;
  g_autoptr (GSocket) a = new_socket (&port_a);
  g_autoptr (GSocket) b = new_socket (&port_b);
  g_autofree gchar *candidate
      = g_strdup_printf ("candidate:1 1 UDP 2122 127.0.0.1 %u typ host", port_b);
  g_autofree gchar *mapped = test_relay_map_candidate (relay, candidate);
  g_autofree gchar *expected = NULL;
  gint64 began_us = g_get_monotonic_time ();

  expected = g_strdup_printf ("candidate:1 1 UDP 2122 127.0.0.1 %u typ host",
                              test_relay_map (relay, "127.0.0.1", port_b));
  g_assert_cmpstr (mapped, ==, expected);
  g_assert_null (test_relay_map_candidate (relay, "candidate:1 1 TCP 2122 127.0.0.1 9 typ host"));
  g_assert_null (test_relay_map_candidate (relay, "candidate:1 1 UDP 2122 ::1 9 typ host"));

  send_to (a, test_relay_map (relay, "127.0.0.1", port_b), "there");
  seen_at_b = expect (b, "there");
  g_assert_cmpuint (seen_at_b, ==, test_relay_map (relay, "127.0.0.1", port_a));
  send_to (b, seen_at_b, "and back");
  g_assert_cmpuint (expect (a, "and back"), ==, test_relay_map (relay, "127.0.0.1", port_b));
  g_assert_cmpint (g_get_monotonic_time () - began_us, >=, 60 * 1000);
  test_relay_free (relay);
}

static void
test_relay_loses (void)
{
  TestRelayConfig config = { .loss_percent = 5, .seed = 1 };
  TestRelay *relay = test_relay_new (&config);
  guint16 port_a, port_b;
  g_autoptr (GSocket) a = new_socket (&port_a);
  g_autoptr (GSocket) b G_GNUC_UNUSED = new_socket (&port_b);
  guint64 forwarded = 0, lost = 0;

  for (guint i = 0; i < 2000; i++)
    send_to (a, test_relay_map (relay, "127.0.0.1", port_b), "datagram");
  TEST_WAIT_UNTIL ((test_relay_get_counts (relay, &forwarded, &lost), forwarded + lost == 2000),
                   5000);
  g_assert_cmpuint (lost, >, 60);
  g_assert_cmpuint (lost, <, 140);
  test_relay_free (relay);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_gst_init (&argc, &argv);
  g_test_add_func ("/common/wait", test_wait);
  g_test_add_func ("/common/watchdog", test_watchdog);
  g_test_add_func ("/common/leaks", test_leaks);
  g_test_add_func ("/common/no-leaks", test_no_leaks);
  g_test_add_func ("/common/relay/way-and-back", test_relay_way_and_back);
  g_test_add_func ("/common/relay/loses", test_relay_loses);
  return g_test_run ();
}
