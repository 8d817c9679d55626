/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * addresses: how users name signaling servers, and what they hear when one is not there.
 */
#include <gio/gio.h>
#include <string.h>

#include "tests/common/signaling.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/plugins/p2p/element/ends.h"

/* Both ends have the same list; they meet though the called one was bound when the first server was
 * away, and the caller finds it there. */
static void
test_several_servers (const gchar *transport)
{
  g_autoptr (TestSignaling) first = test_signaling_new (NULL, NULL);
  g_autoptr (TestSignaling) second = test_signaling_new (NULL, NULL);
  g_autofree gchar *uris = g_strdup_printf ("\"%s/a, %s/b?c=d\"", test_signaling_get_uri (first),
                                            test_signaling_get_uri (second));
  g_autofree gchar *waiting = g_strdup_printf ("Waiting to be called as \"x\" at %s/b?c=d",
                                               test_signaling_get_uri (second));
  g_autoptr (End) receiver = NULL;
  g_autoptr (End) sender = NULL;

  test_signaling_stop (first);
  receiver = end_play ("p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uris,
                       transport);
  end_expect_info (receiver, waiting);
  test_signaling_start_again (first);
  sender = end_play (ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s",
                     uris, transport);
  end_wait_taken (receiver, 5);
  end_expect_no_error (receiver);
  end_expect_no_error (sender);
  end_expect_no_warning (receiver);
  end_expect_no_warning (sender);
}

/* With a path and a query, served and called; a server of our own takes any. */
static void
test_path (const gchar *transport)
{
  g_autoptr (TestSignaling) free_port = test_signaling_new (NULL, NULL);
  g_autofree gchar *uri
      = g_strdup_printf ("%s/any/path?room=1", test_signaling_get_uri (free_port));
  g_autoptr (End) receiver = NULL;
  g_autoptr (End) sender = NULL;

  test_signaling_stop (free_port);
  receiver = end_play ("p2psrc name=p local-id=x signaling-serve=true signaling-uri=%s "
                       "transport=%s ! " ENDS_TAKE,
                       uri, transport);
  sender = end_play (ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s", uri,
                     transport);
  end_wait_taken (receiver, 5);
  end_expect_no_error (receiver);
  end_expect_no_error (sender);
}

/* --- a server that is not there --- */

/* Lets @n clients connect, and hangs up. */
static void
hang_up (GSocketListener *listener, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketConnection) connection
          = g_socket_listener_accept (listener, NULL, NULL, &error);

      g_assert_no_error (error);
    }
}

/* One warning, however often it is tried; and who keeps listening does so for ever. */
static void
test_one_warning (const gchar *transport)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  g_autoptr (End) end = NULL;

  g_assert_no_error (error);
  end = end_play ("p2psrc name=p local-id=x signaling-uri=ws://127.0.0.1:%u transport=%s "
                  "keep-listening=true connect-timeout=100 ! " ENDS_TAKE,
                  port, transport);
  hang_up (listener, 4);
  end_take_warning (end, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE,
                    "The signaling server ws://127.0.0.1:* *; trying again");
  hang_up (listener, 1);
  end_expect_no_warning (end);
  end_expect_no_error (end);
}

/* Warned of at once, and told of when it is there; each outage anew. */
static void
test_outages (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autofree gchar *away = g_strdup_printf ("The signaling server %s *; trying again", uri);
  g_autofree gchar *back = g_strdup_printf ("The signaling server %s is there", uri);
  g_autoptr (End) receiver = NULL;
  g_autoptr (End) sender = NULL;

  test_signaling_stop (signaling);
  receiver = end_play ("p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri,
                       transport);
  for (guint i = 0; i < 2; i++)
    {
      end_take_warning (receiver, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE, away);
      test_signaling_start_again (signaling);
      end_take_info (receiver, back);
      if (i == 0)
        end_take_info (receiver, "Waiting to be called as \"x\" at *");
      test_signaling_stop (signaling);
    }
  test_signaling_start_again (signaling);
  sender = end_play (ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s", uri,
                     transport);
  end_wait_taken (receiver, 5);
  end_expect_no_error (receiver);
  end_expect_no_error (sender);
}

int
main (int argc, char **argv)
{
  ends_init (&argc, &argv);
  ends_add ("several-servers", test_several_servers);
  ends_add ("path", test_path);
  ends_add ("one-warning", test_one_warning);
  ends_add ("outages", test_outages);
  return g_test_run ();
}
