/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of STUN and TURN servers: both spellings, there and back, and what is refused. */
#include "gst/p2p/link/iceserver.h"

#include <string.h>

#include "gst/p2p/base/error.h"

#define MALFORMED "cannot be parsed"
#define OVER_TLS "not supported by the ICE library"
#define CREDENTIALS "needs a user and a password"
#define NO_CREDENTIALS "takes no user and no password"
#define QUERY "only ?transport=udp, and ?transport=tcp with turn:"
#define SCHEME "not a "
#define TOO_LONG "longer than"

typedef struct
{
  const gchar *text;
  const gchar *words; /* of the sentence */
} Refused;

static void
assert_server (const GstP2pIceServer *server, const GstP2pIceServer *expected)
{
  g_assert_cmpint (server->type, ==, expected->type);
  g_assert_cmpstr (server->host, ==, expected->host);
  g_assert_cmpuint (server->port, ==, expected->port);
  g_assert_cmpstr (server->user, ==, expected->user);
  g_assert_cmpstr (server->password, ==, expected->password);
}

/* Either spelling of @server is that of the same server. */
static void
assert_prints (const GstP2pIceServer *server)
{
  g_autofree gchar *uri = gst_p2p_ice_server_to_uri (server);
  g_autofree gchar *url = gst_p2p_ice_server_to_url (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pIceServer) of_uri = gst_p2p_ice_server_new (uri, &error);
  g_autoptr (GstP2pIceServer) of_url = NULL;

  g_assert_no_error (error);
  assert_server (of_uri, server);
  g_assert_false (strchr (url, '@') || strstr (url, "://"));
  of_url = gst_p2p_ice_server_new_from_url (url, server->user, server->password, &error);
  g_assert_no_error (error);
  assert_server (of_url, server);
}

/* Clears *@error. */
static void
assert_refused (GstP2pIceServer *server, GError **error, const gchar *words)
{
  g_assert_null (server);
  g_assert_error (*error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
  g_test_message ("%s", (*error)->message);
  g_assert_nonnull (strstr ((*error)->message, words));
  g_assert_null (strstr ((*error)->message, "secret"));
  g_clear_error (error);
}

static void
test_uris (void)
{
  static const struct
  {
    const gchar *uri;
    GstP2pIceServer server;
  } cases[] = {
    { "stun://stun.example.org:3479",
      { GST_P2P_ICE_SERVER_STUN, (gchar *)"stun.example.org", 3479, NULL, NULL } },
    { "stun:h", { GST_P2P_ICE_SERVER_STUN, (gchar *)"h", 3478, NULL, NULL } },
    { "stun:10.0.0.1:19302", { GST_P2P_ICE_SERVER_STUN, (gchar *)"10.0.0.1", 19302, NULL, NULL } },
    { "stun:[2001:db8::1]:3479",
      { GST_P2P_ICE_SERVER_STUN, (gchar *)"2001:db8::1", 3479, NULL, NULL } },
    { "turn:u:p@h",
      { GST_P2P_ICE_SERVER_TURN_UDP, (gchar *)"h", 3478, (gchar *)"u", (gchar *)"p" } },
    { "turn:u:p:q@[::1]:5?transport=tcp",
      { GST_P2P_ICE_SERVER_TURN_TCP, (gchar *)"::1", 5, (gchar *)"u", (gchar *)"p:q" } },
    { "turn:170000%3Abob:p%40@h:1?transport=udp",
      { GST_P2P_ICE_SERVER_TURN_UDP, (gchar *)"h", 1, (gchar *)"170000:bob", (gchar *)"p@" } },
    { "stun://h/", { GST_P2P_ICE_SERVER_STUN, (gchar *)"h", 3478, NULL, NULL } },
    { "STUN://h:?transport=udp", { GST_P2P_ICE_SERVER_STUN, (gchar *)"h", 3478, NULL, NULL } },
    { "stun://[2001:db8::1]",
      { GST_P2P_ICE_SERVER_STUN, (gchar *)"2001:db8::1", 3478, NULL, NULL } },
    { "stun://[fe80::1%25eth0]:1",
      { GST_P2P_ICE_SERVER_STUN, (gchar *)"fe80::1%eth0", 1, NULL, NULL } },
    { "stun://b\xc3\xbc"
      "cher.example",
      { GST_P2P_ICE_SERVER_STUN, (gchar *)"xn--bcher-kva.example", 3478, NULL, NULL } },
    { "turn://u:p@10.0.0.1:65535",
      { GST_P2P_ICE_SERVER_TURN_UDP, (gchar *)"10.0.0.1", 65535, (gchar *)"u", (gchar *)"p" } },
    { "turn://u:p@[::1]:1?transport=udp",
      { GST_P2P_ICE_SERVER_TURN_UDP, (gchar *)"::1", 1, (gchar *)"u", (gchar *)"p" } },
    { "turn://u:p:q@h?",
      { GST_P2P_ICE_SERVER_TURN_UDP, (gchar *)"h", 3478, (gchar *)"u", (gchar *)"p:q" } },
    { "turn://170000%3Abob:s%2Fe%40c%25%01@h?transport=tcp",
      { GST_P2P_ICE_SERVER_TURN_TCP, (gchar *)"h", 3478, (gchar *)"170000:bob",
        (gchar *)"s/e@c%\x01" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GstP2pIceServer) server = gst_p2p_ice_server_new (cases[i].uri, &error);

      g_test_message ("%s", cases[i].uri);
      g_assert_no_error (error);
      assert_server (server, &cases[i].server);
      assert_prints (server);
    }
}

static void
test_uris_refused (void)
{
  static const Refused cases[] = {
    { "", MALFORMED },
    { "stun", MALFORMED },
    { "stun:", MALFORMED },
    { "stun:/h", MALFORMED },
    { "stun:h:0", MALFORMED },
    { "stun:::1", MALFORMED },
    { "turn:h", CREDENTIALS },
    { "turn:user:secret@", MALFORMED },
    { "turn:user:secret@h:x", MALFORMED },
    { "turns:user:secret@h", OVER_TLS },
    { "example.org", MALFORMED },
    { "example.org:3478", MALFORMED },
    { "user:secret@h", MALFORMED },
    { "secret:secret@h", MALFORMED },
    { "stun://", MALFORMED },
    { "stun://:3478", MALFORMED },
    { "stun://h:0", MALFORMED },
    { "stun://h:70000", MALFORMED },
    { "stun://h:-1", MALFORMED },
    { "stun://h/path", MALFORMED },
    { "stun://h#fragment", MALFORMED },
    { "stun://h h", MALFORMED },
    { "stun://[::1", MALFORMED },
    { "stun://::1", MALFORMED },
    { "stun://[h:1]", MALFORMED },
    { "turn://user:secret@h:x", MALFORMED },
    { "turn://user:secret%ZZ@h", MALFORMED },
    { "turn://user:secret%00@h", MALFORMED },
    { "turn://user:secret%ff@h", MALFORMED },
    { "turn://user:secret#@h", MALFORMED },
    { "turn://user:secret/@h", MALFORMED },
    { "http://example.org", SCHEME },
    { "stuns://h", OVER_TLS },
    { "turns://user:secret@h:5349", OVER_TLS },
    { "turns://h", OVER_TLS },
    { "stun://h?transport=tcp", QUERY },
    { "turn://user:secret@h?transport=sctp", QUERY },
    { "turn://user:secret@h?transport=", QUERY },
    { "turn://user:secret@h?transport=udp&x=secret", QUERY },
    { "stun://secret@h", NO_CREDENTIALS },
    { "stun://:@h", NO_CREDENTIALS },
    { "turn://h", CREDENTIALS },
    { "turn://@h", CREDENTIALS },
    { "turn://user@h", CREDENTIALS },
    { "turn://user:@h", CREDENTIALS },
    { "turn://:secret@h", CREDENTIALS },
    { "turn://:@h", CREDENTIALS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].text);
      assert_refused (gst_p2p_ice_server_new (cases[i].text, &error), &error, cases[i].words);
    }
}

static void
test_urls (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pIceServer) stun = gst_p2p_ice_server_new_from_url ("stun:h", NULL, NULL, &error);
  g_autoptr (GstP2pIceServer) turn
      = gst_p2p_ice_server_new_from_url ("turn:[::1]:5?transport=tcp", "u%40:", "p@", &error);
  /* one RTCIceServer has both kinds, with one user for all */
  g_autoptr (GstP2pIceServer) shared
      = gst_p2p_ice_server_new_from_url ("stun:h:1", "u", "p", &error);

  g_assert_no_error (error);
  assert_server (stun,
                 &(GstP2pIceServer){ GST_P2P_ICE_SERVER_STUN, (gchar *)"h", 3478, NULL, NULL });
  assert_server (turn, &(GstP2pIceServer){ GST_P2P_ICE_SERVER_TURN_TCP, (gchar *)"::1", 5,
                                           (gchar *)"u%40:", (gchar *)"p@" });
  assert_server (shared,
                 &(GstP2pIceServer){ GST_P2P_ICE_SERVER_STUN, (gchar *)"h", 1, NULL, NULL });
  assert_prints (turn);
}

static void
test_urls_refused (void)
{
  static const Refused cases[] = {
    { "", MALFORMED },         { ":", MALFORMED },        { "h", MALFORMED },
    { "turn:", MALFORMED },    { "turn://h", MALFORMED }, { "turn:u:secret@h", MALFORMED },
    { "turn:h:0", MALFORMED }, { "turn:::1", MALFORMED }, { "turn:h/x", MALFORMED },
    { "turns:h", OVER_TLS },   { "stuns:h", OVER_TLS },   { "http:h", SCHEME },
    { "turn:h?x", QUERY },
  };
  static const gchar *const users[][2]
      = { { NULL, NULL }, { "u", NULL }, { NULL, "secret" }, { "u", "" }, { "", "secret" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].text);
      assert_refused (gst_p2p_ice_server_new_from_url (cases[i].text, "secret", "secret", &error),
                      &error, cases[i].words);
    }
  for (guint i = 0; i < G_N_ELEMENTS (users); i++)
    {
      g_autoptr (GError) error = NULL;

      assert_refused (gst_p2p_ice_server_new_from_url ("turn:h", users[i][0], users[i][1], &error),
                      &error, CREDENTIALS);
    }
}

/* @n copies of @unit between @before and @after. */
static gchar *
repeat (const gchar *before, const gchar *unit, guint n, const gchar *after)
{
  GString *text = g_string_new (before);

  for (guint i = 0; i < n; i++)
    g_string_append (text, unit);
  g_string_append (text, after);
  return g_string_free (text, FALSE);
}

static void
test_limits (void)
{
  g_autofree gchar *user = repeat ("turn://", "u", 508, ":p@h");
  g_autofree gchar *long_user = repeat ("turn://", "u", 509, ":p@h");
  g_autofree gchar *encoded_user = repeat ("turn://", "%3A", 508, ":p@h");
  g_autofree gchar *long_host = repeat ("stun://", "h", 254, "");
  g_autofree gchar *password = repeat ("turn://u:", "%3A", 670, "@h");
  g_autofree gchar *long_password = repeat ("turn://u:", "p", 2048, "@h");
  g_autofree gchar *growing = repeat ("", ":", 700, "");
  const gchar *good[] = { user, encoded_user, password };
  const Refused bad[]
      = { { long_user, TOO_LONG }, { long_host, MALFORMED }, { long_password, TOO_LONG } };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GstP2pIceServer) server = gst_p2p_ice_server_new (good[i], &error);

      g_assert_no_error (error);
      assert_prints (server);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (gst_p2p_ice_server_new (bad[i].text, &error), &error, bad[i].words);

  /* short as it is, and too long once it is a URI */
  assert_refused (gst_p2p_ice_server_new_from_url ("turn:h", "u", growing, &error), &error,
                  TOO_LONG);
}

static void
test_n_turn (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_p2p_ice_server_check_n_turn (0, NULL));
  g_assert_true (gst_p2p_ice_server_check_n_turn (GST_P2P_ICE_SERVER_MAX_TURN, NULL));
  g_assert_false (gst_p2p_ice_server_check_n_turn (GST_P2P_ICE_SERVER_MAX_TURN + 1, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/iceserver/uris", test_uris);
  g_test_add_func ("/iceserver/uris-refused", test_uris_refused);
  g_test_add_func ("/iceserver/urls", test_urls);
  g_test_add_func ("/iceserver/urls-refused", test_urls_refused);
  g_test_add_func ("/iceserver/limits", test_limits);
  g_test_add_func ("/iceserver/n-turn", test_n_turn);
  return g_test_run ();
}
