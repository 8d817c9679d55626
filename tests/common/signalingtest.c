/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The signaling server that tests use: can be reached, goes away, and comes back. */
#include <gio/gio.h>

#include "tests/common/signaling.h"
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (60);
  g_test_add_func ("/common/signaling", test_server);
  return g_test_run ();
}
