/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * addresses: how users name signaling servers, and what they hear when one is not there.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>
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

/* With a path and a query, served and called; a server of our own takes any. Of several the first
 * is served. */
static void
test_path (const gchar *transport)
{
  g_autoptr (TestSignaling) free_port = test_signaling_new (NULL, NULL);
  g_autofree gchar *uri
      = g_strdup_printf ("%s/any/path?room=1,ws://127.0.0.1:1", test_signaling_get_uri (free_port));
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

/* Something that takes connections and says nothing: no attempt is over yet, and the user hears. */
static void
test_silence (const gchar *transport)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  g_autoptr (End) end = NULL;

  g_assert_no_error (error);
  end = end_play ("p2psrc name=p local-id=x signaling-uri=ws://127.0.0.1:%u transport=%s "
                  "! " ENDS_TAKE,
                  port, transport);
  end_take_warning (end, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE,
                    "The signaling server ws://127.0.0.1:* has not answered yet; trying again");
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

/* --- tokens --- */

#define TOKEN "hunter2"

static void
set_token (GstP2pSignalingServer *server, gpointer token)
{
  gst_p2p_signaling_server_set_token (server, token);
}

static gchar *
write_token (void)
{
  gchar *path = NULL;
  g_autoptr (GError) error = NULL;
  gint fd = g_file_open_tmp ("p2p-token-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, TOKEN "\n", -1, &error);
  g_assert_no_error (error);
  return path;
}

/* The file is read when the element starts, and its text is nowhere to be read afterwards. */
static void
test_token_file (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (set_token, (gpointer)TOKEN);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autofree gchar *path = write_token ();
  g_autoptr (End) receiver = end_play ("p2psrc name=p local-id=x signaling-uri=%s transport=%s "
                                       "signaling-token-file=%s ! " ENDS_TAKE,
                                       uri, transport, path);
  g_autoptr (End) sender = end_play (ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s "
                                                  "transport=%s signaling-token-file=%s",
                                     uri, transport, path);
  g_autofree gchar *own_uri = NULL;

  end_wait_taken (receiver, 5);
  end_expect_no_error (receiver);
  end_expect_no_error (sender);
  own_uri = gst_uri_handler_get_uri (GST_URI_HANDLER (sender->p2p));
  g_assert_nonnull (strstr (own_uri, path));
  g_assert_null (strstr (own_uri, TOKEN));
  g_unlink (path);
}

static void
test_token_file_refused (const gchar *transport)
{
  g_autofree gchar *path = write_token ();
  g_autofree gchar *both = g_strdup_printf ("signaling-token-file=%s signaling-token=x", path);
  const gchar *cases[][2] = {
    { "signaling-token-file=/nonexistent/token",
      "The file \"/nonexistent/token\" cannot be read: *" },
    { "signaling-token-file=/dev/zero", "The file \"/dev/zero\" holds no token: *" },
    { both, "signaling-token and signaling-token-file are both set: *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (End) end
          = end_new ("p2psrc name=p transport=%s %s ! " ENDS_TAKE, transport, cases[i][0]);

      end_expect_refusal (end, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, cases[i][1]);
    }
  g_unlink (path);
}

/* --- the URIs of players --- */

static void
test_uri_round_trip (const gchar *transport)
{
  static const gchar *const cases[][3] = {
    { "p2p://h:1/cam1", "p2p://h:1/cam1", "ws://h:1" },
    { "p2p://h/cam1", "p2p://h:8443/cam1", "ws://h:8443" },
    { "p2ps://example.org:444/cam1", "p2ps://example.org:444/cam1", "wss://example.org:444" },
    { "p2p://[::1]:1/cam1?", "p2p://[::1]:1/cam1", "ws://[::1]:1" },
    { "p2ps://h:443/any/path/cam1", "p2ps://h:443/any/path/cam1", "wss://h:443/any/path" },
    { "p2p://h:1/a%20b/cam1?latency=100", "p2p://h:1/a%20b/cam1?latency=100", "ws://h:1/a%20b" },
    { "p2p://h:1/x?transport=direct&token-file=%2Frun/a%26b&ca=ca.pem&fingerprint=2F:E4",
      "p2p://h:1/x?fingerprint=2F:E4&token-file=/run/a%26b&ca=ca.pem&transport=direct",
      "ws://h:1" },
    { "p2p://h:1/x?remote-fingerprint=2F:E4&signaling-ca=a", "p2p://h:1/x?fingerprint=2F:E4&ca=a",
      "ws://h:1" },
    { "p2p://h:1/x?is-live=false&framing=raw&keep-listening=1&connect-timeout=5000&local-id=me"
      "&stun-server=stun:s:1&ice-transport-policy=relay&certificate=me.pem&latency=200",
      "p2p://h:1/x?framing=raw&is-live=false&keep-listening=true&connect-timeout=5000"
      "&stun-server=stun:s:1&ice-transport-policy=relay&certificate=me.pem&local-id=me",
      "ws://h:1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GstElement) source
          = gst_element_make_from_uri (GST_URI_SRC, cases[i][0], NULL, &error);
      g_autofree gchar *again = NULL;
      g_autofree gchar *signaling_uri = NULL;

      g_assert_no_error (error);
      gst_object_ref_sink (source);
      again = gst_uri_handler_get_uri (GST_URI_HANDLER (source));
      g_assert_cmpstr (again, ==, cases[i][1]);
      g_object_get (source, "signaling-uri", &signaling_uri, NULL);
      g_assert_cmpstr (signaling_uri, ==, cases[i][2]);
      g_assert_true (gst_uri_handler_set_uri (GST_URI_HANDLER (source), again, &error));
      g_free (again);
      again = gst_uri_handler_get_uri (GST_URI_HANDLER (source));
      g_assert_cmpstr (again, ==, cases[i][1]);
    }
}

/* What cannot be said in a URI has none. */
static void
test_no_uri (const gchar *transport)
{
  static const gchar *const uris[] = { "ws://a,ws://b", "ws://a/?b=c", "nonsense", "" };
  g_autoptr (GstElement) source = gst_object_ref_sink (gst_element_factory_make ("p2psrc", NULL));

  g_assert_null (gst_uri_handler_get_uri (GST_URI_HANDLER (source)));
  g_object_set (source, "remote-id", "x", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_object_set (source, "signaling-uri", uris[i], NULL);
      g_assert_null (gst_uri_handler_get_uri (GST_URI_HANDLER (source)));
    }
}

static void
test_uri_refused (const gchar *transport)
{
  static const gchar *const cases[][2] = {
    { "p2p://", "not of the form" },
    { "p2p:///id", "not of the form" },
    { "p2p://host", "not of the form" },
    { "p2p://host/", "not of the form" },
    { "p2p://host/a/", "not of the form" },
    { "p2p://h:x/id", "not of the form" },
    { "p2p://h:0/id", "not of the form" },
    { "p2p://h:99999/id", "not of the form" },
    { "p2p://host/a%20b", "not of the form" },
    { "p2p://host/a#b", "not of the form" },
    { "p2p://secret:secret@host/a", "not of the form" },
    { "http://host/id", "not supported" },
    { "nonsense", "" },
    { "p2p://host/a?b", "\"b\", which is not known; known are fingerprint, token-file, ca, " },
    { "p2p://host/a?Latency=1", "\"Latency\"" },
    { "p2p://host/a?latency=1&latency=2", "\"latency\" twice" },
    { "p2p://host/a?ca=a&signaling-ca=b", "\"signaling-ca\" twice" },
    { "p2p://host/a?latency", "value of \"latency\"" },
    { "p2p://host/a?latency=", "value of \"latency\"" },
    { "p2p://host/a?latency=-1", "value of \"latency\"" },
    { "p2p://host/a?latency=60001", "value of \"latency\"" },
    { "p2p://host/a?latency=soon", "value of \"latency\"" },
    { "p2p://host/a?transport=secret", "value of \"transport\"" },
    { "p2p://host/a?transport=99", "value of \"transport\"" },
    { "p2p://host/a?ca=%00", "value of \"ca\"" },
    { "p2p://host/a?ca=%ff", "value of \"ca\"" },
    { "p2p://host/a?token=secret", "token-file=FILE" },
    { "p2p://host/a?latency=100&signaling-token=secret", "token-file=FILE" },
    { "p2p://host/a?turn-servers=secret", "which is not known" },
  };
  g_autoptr (GstElement) source = gst_object_ref_sink (gst_element_factory_make ("p2psrc", NULL));
  guint latency;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      if (gst_uri_handler_set_uri (GST_URI_HANDLER (source), cases[i][0], &error))
        g_error ("%s is taken", cases[i][0]);
      g_assert_true (error->domain == GST_URI_ERROR);
      if (!strstr (error->message, cases[i][1]) || strstr (error->message, "secret"))
        g_error ("%s: %s", cases[i][0], error->message);
    }
  g_object_get (source, "latency", &latency, NULL);
  g_assert_cmpuint (latency, ==, 200);
}

/* What a sender has not got is not known to it. */
static void
test_uri_of_sink (const gchar *transport)
{
  g_autoptr (GstElement) sink = gst_object_ref_sink (gst_element_factory_make ("p2psink", NULL));
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_uri_handler_set_uri (GST_URI_HANDLER (sink), "p2p://h/x?framing=raw", NULL));
  g_assert_false (
      gst_uri_handler_set_uri (GST_URI_HANDLER (sink), "p2p://h/x?latency=100", &error));
  g_assert_nonnull (strstr (error->message, "\"latency\", which is not known"));
}

/* A player that gets all it needs from its URI. */
static void
test_play_uri (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (set_token, (gpointer)TOKEN);
  g_autofree gchar *path = write_token ();
  g_autoptr (End) sender
      = end_play (ENDS_ENDLESS "! p2psink name=p local-id=tv signaling-uri=%s transport=%s "
                               "signaling-token-file=%s",
                  test_signaling_get_uri (signaling), transport, path);
  g_autofree gchar *fingerprint = NULL;
  g_autofree gchar *uri = NULL;
  g_autoptr (End) receiver = end_new ("p2psrc name=p ! " ENDS_TAKE);

  end_expect_info (sender, "Waiting to be called as \"tv\" at *");
  g_object_get (sender->p2p, "fingerprint", &fingerprint, NULL);
  uri = g_strdup_printf ("p2p://127.0.0.1:%u/any/path/tv?token-file=%s&fingerprint=%s&transport=%s",
                         test_signaling_get_port (signaling), path, fingerprint, transport);
  g_assert_true (gst_uri_handler_set_uri (GST_URI_HANDLER (receiver->p2p), uri, NULL));
  end_set_state (receiver, GST_STATE_PLAYING);
  end_wait_taken (receiver, 5);
  end_expect_no_error (receiver);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  ends_init (&argc, &argv);
  ends_add ("several-servers", test_several_servers);
  ends_add ("path", test_path);
  ends_add ("one-warning", test_one_warning);
  ends_add ("silence", test_silence);
  ends_add ("outages", test_outages);
  ends_add ("token-file", test_token_file);
  ends_add ("token-file-refused", test_token_file_refused);
  ends_add ("uri-round-trip", test_uri_round_trip);
  ends_add ("no-uri", test_no_uri);
  ends_add ("uri-refused", test_uri_refused);
  ends_add ("uri-of-sink", test_uri_of_sink);
  ends_add ("play-uri", test_play_uri);
  return g_test_run ();
}
