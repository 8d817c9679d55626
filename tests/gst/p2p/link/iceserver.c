/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* URIs of STUN and TURN servers. */
#include "gst/p2p/base/error.h"
#include "gst/p2p/link/iceserver.h"

static void
test_accepted (void)
{
  static const struct
  {
    const gchar *uri;
    GstP2pIceServer server;
  } cases[] = {
    { "stun://stun.example.org:3479",
      { GST_P2P_ICE_SERVER_STUN, (gchar *)"stun.example.org", 3479, NULL, NULL } },
    { "stun://[2001:db8::1]",
      { GST_P2P_ICE_SERVER_STUN, (gchar *)"2001:db8::1", 3478, NULL, NULL } },
    { "turn://u:p@10.0.0.1:1000",
      { GST_P2P_ICE_SERVER_TURN_UDP, (gchar *)"10.0.0.1", 1000, (gchar *)"u", (gchar *)"p" } },
    { "turn://u:p@h?transport=udp",
      { GST_P2P_ICE_SERVER_TURN_UDP, (gchar *)"h", 3478, (gchar *)"u", (gchar *)"p" } },
    { "turn://170000%3Abob:s%2Fe%40c%25@h?transport=tcp",
      { GST_P2P_ICE_SERVER_TURN_TCP, (gchar *)"h", 3478, (gchar *)"170000:bob",
        (gchar *)"s/e@c%" } },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GstP2pIceServer) server = gst_p2p_ice_server_new (cases[i].uri, &error);

      g_assert_no_error (error);
      g_assert_cmpint (server->type, ==, cases[i].server.type);
      g_assert_cmpstr (server->host, ==, cases[i].server.host);
      g_assert_cmpuint (server->port, ==, cases[i].server.port);
      g_assert_cmpstr (server->user, ==, cases[i].server.user);
      g_assert_cmpstr (server->password, ==, cases[i].server.password);
    }
}

static void
test_refused (void)
{
  static const gchar *const uris[] = {
    "",
    "stun",
    "example.org",
    "http://example.org",
    "stun://",
    "stun://h:0",
    "stun://h:70000",
    "stun://h/path",
    "stun://h?transport=tcp",
    "stuns://h",
    "turns://user:secret@h:5349",
    "turn://h",
    "turn://user@h",
    "turn://user:@h",
    "turn://user:secret@h?transport=sctp",
    "turn://user:secret@h:x",
    "turn://user:secret%ZZ@h",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (gst_p2p_ice_server_new (uris[i], &error));
      g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
      g_assert_null (strstr (error->message, "secret"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/iceserver/accepted", test_accepted);
  g_test_add_func ("/iceserver/refused", test_refused);
  return g_test_run ();
}
