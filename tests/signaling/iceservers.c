/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of STUN and TURN servers: from URIs, and from what travels. */
#include "signaling/iceservers.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/link/iceserver.h"
#include "signaling/message.h"
#include "tests/common/watchdog.h"

/* What one end hands out is what the other gets. */
static void
assert_travels (const GstP2pSignalingIceServers *servers)
{
  g_autoptr (JsonArray) array = gst_p2p_signaling_ice_servers_to_json (servers);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pSignalingIceServers) again
      = gst_p2p_signaling_ice_servers_new_from_json (array, &error);

  g_assert_no_error (error);
  g_assert_null (again->unusable);
  g_assert_cmpstrv (again->stun_servers, servers->stun_servers);
  g_assert_cmpstrv (again->turn_servers, servers->turn_servers);
}

static void
test_travel (void)
{
  static const gchar *const uris[][2] = {
    { "stun://127.0.0.1:3479", "stun://127.0.0.1:3479" },
    { "stun:127.0.0.1:3479", "stun://127.0.0.1:3479" },
    { "turn:u:p@h:1", "turn://u:p@h:1?transport=udp" },
    { "stun://[2001:db8::1]", "stun://[2001:db8::1]:3478" },
    { "stun://[fe80::1%25eth0]", "stun://[fe80::1%25eth0]:3478" },
    { "stun://h/?transport=udp", "stun://h:3478" },
    { "turn://u:p@h.example", "turn://u:p@h.example:3478?transport=udp" },
    { "turn://u:p@h?transport=tcp", "turn://u:p@h:3478?transport=tcp" },
    { "turn://a%40b:c%25%3A@[::1]:1", "turn://a%40b:c%25%3A@[::1]:1?transport=udp" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GstP2pSignalingIceServers) servers = gst_p2p_signaling_ice_servers_new ();
      g_autoptr (GError) error = NULL;

      gst_p2p_signaling_ice_servers_add (servers, uris[i][0], &error);
      g_assert_no_error (error);
      g_assert_cmpstr (*servers->stun_servers ? *servers->stun_servers : *servers->turn_servers, ==,
                       uris[i][1]);
      assert_travels (servers);
    }
}

/* With the sentence that a client has for the same URI as a property. */
static void
test_refused (void)
{
  static const gchar *const uris[] = { "",           "stun:",       "turn://u:@h",
                                       "turn://u@h", "stuns://h",   "turns://u:p@h",
                                       "turn://h:0", "stun://h/x#", "turn://u:p@h?transport=x" };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GstP2pSignalingIceServers) servers = gst_p2p_signaling_ice_servers_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) clients = NULL;

      g_assert_false (gst_p2p_signaling_ice_servers_add (servers, uris[i], &error));
      g_assert_null (gst_p2p_ice_server_new (uris[i], &clients));
      g_assert_error (error, clients->domain, clients->code);
      g_assert_cmpstr (error->message, ==, clients->message);
      g_assert_null (*servers->stun_servers);
      g_assert_null (*servers->turn_servers);
    }
}

static void
test_limit (void)
{
  g_autoptr (GstP2pSignalingIceServers) servers = gst_p2p_signaling_ice_servers_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < GST_P2P_ICE_SERVER_MAX_TURN; i++)
    g_assert_true (gst_p2p_signaling_ice_servers_add (servers, "turn://u:p@h", NULL));
  g_assert_false (gst_p2p_signaling_ice_servers_add (servers, "turn://u:p@h", &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
  g_clear_error (&error);
  for (guint i = GST_P2P_ICE_SERVER_MAX_TURN; i < GST_P2P_SIGNALING_MAX_ICE_SERVERS; i++)
    g_assert_true (gst_p2p_signaling_ice_servers_add (servers, "stun://h", NULL));
  g_assert_false (gst_p2p_signaling_ice_servers_add (servers, "stun://h", &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
}

static GstP2pSignalingMessage *
parse_bound (const gchar *ice_servers)
{
  g_autofree gchar *text = g_strdup_printf (
      "{\"type\":\"bound\",\"id\":\"a\",\"resume\":\"r\",\"ice-servers\":%s}", ice_servers);
  g_autoptr (GError) error = NULL;
  GstP2pSignalingMessage *message = gst_p2p_signaling_message_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return message;
}

/* As a browser's application writes them: one URL or several. */
static void
test_of_browsers (void)
{
  g_autoptr (GstP2pSignalingMessage) message
      = parse_bound ("[{\"urls\":\"stun:s\"},{\"urls\":[\"turn:t?transport=tcp\",\"turn:[::1]:5\"],"
                     "\"username\":\"u:\",\"credential\":\"p@\"}]");
  GstP2pSignalingIceServers *servers = message->ice_servers;

  g_assert_cmpuint (g_strv_length (servers->stun_servers), ==, 1);
  g_assert_cmpuint (g_strv_length (servers->turn_servers), ==, 2);
  g_assert_cmpstr (servers->stun_servers[0], ==, "stun://s:3478");
  g_assert_cmpstr (servers->turn_servers[0], ==, "turn://u%3A:p%40@t:3478?transport=tcp");
  g_assert_cmpstr (servers->turn_servers[1], ==, "turn://u%3A:p%40@[::1]:5?transport=udp");
  g_assert_null (servers->unusable);
}

/* One that cannot be used is left out, wherever it stands, and the others are taken. */
static void
test_unusable (void)
{
  static const gchar *const bad[] = {
    "{\"urls\":[\"turns:secret?transport=tcp\"],\"username\":\"secret\",\"credential\":\"secret\"}",
    "{\"urls\":\"stuns:h\"}",
    "{\"urls\":\"turn:h\"}",
    "{\"urls\":\"turn:h\",\"username\":\"secret\"}",
    "{\"urls\":\"turn:h\",\"username\":\"secret\",\"credential\":\"\"}",
    "{\"urls\":\"turn:h\",\"username\":\"\",\"credential\":\"secret\"}",
    "{\"urls\":\"turn:h\",\"username\":1,\"credential\":\"secret\"}",
    "{\"urls\":\"turn:u:secret@h\",\"username\":\"u\",\"credential\":\"secret\"}",
    "{\"urls\":\"turn:h?transport=sctp\",\"username\":\"u\",\"credential\":\"secret\"}",
    "{\"urls\":\"turn:h:0\",\"username\":\"u\",\"credential\":\"secret\"}",
    "{\"urls\":\"turn:[::1\",\"username\":\"u\",\"credential\":\"secret\"}",
    "{\"urls\":\"turn://h\",\"username\":\"u\",\"credential\":\"secret\"}",
    "{\"urls\":\"stun:h?transport=tcp\"}",
    "{\"urls\":\"\"}",
    "{\"urls\":\"h\"}",
    "{\"urls\":\":\"}",
    "{\"urls\":\"http://h\"}",
  };
  const gchar *good = "{\"urls\":\"turn:g\",\"username\":\"u\",\"credential\":\"p\"}";

  for (guint i = 0; i < 2 * G_N_ELEMENTS (bad); i++)
    {
      const gchar *first = i % 2 ? bad[i / 2] : good, *second = i % 2 ? good : bad[i / 2];
      g_autofree gchar *list = g_strdup_printf ("[%s,%s]", first, second);
      g_autoptr (GstP2pSignalingMessage) message = parse_bound (list);
      GstP2pSignalingIceServers *servers = message->ice_servers;

      g_test_message ("%s: %s", bad[i / 2], servers->unusable);
      g_assert_null (servers->stun_servers[0]);
      g_assert_cmpuint (g_strv_length (servers->turn_servers), ==, 1);
      g_assert_cmpstr (servers->turn_servers[0], ==, "turn://u:p@g:3478?transport=udp");
      g_assert_nonnull (servers->unusable);
      g_assert_null (strstr (servers->unusable, "secret"));
    }
}

/* More than there is room for: the first are taken. */
static void
test_too_many (void)
{
  g_autoptr (GString) list = g_string_new ("[{\"urls\":[\"stun:s\"");
  g_autoptr (GstP2pSignalingMessage) message = NULL;

  for (guint i = 0; i < 40; i++)
    g_string_append_printf (list, ",\"turn:t%u\"", i);
  g_string_append (list, "],\"username\":\"u\",\"credential\":\"p\"}]");
  message = parse_bound (list->str);
  g_assert_cmpuint (g_strv_length (message->ice_servers->stun_servers), ==, 1);
  g_assert_cmpuint (g_strv_length (message->ice_servers->turn_servers), ==,
                    GST_P2P_ICE_SERVER_MAX_TURN);
  g_assert_nonnull (strstr (message->ice_servers->unusable, "too many TURN servers"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (30);
  g_test_add_func ("/iceservers/travel", test_travel);
  g_test_add_func ("/iceservers/refused", test_refused);
  g_test_add_func ("/iceservers/limit", test_limit);
  g_test_add_func ("/iceservers/of-browsers", test_of_browsers);
  g_test_add_func ("/iceservers/unusable", test_unusable);
  g_test_add_func ("/iceservers/too-many", test_too_many);
  return g_test_run ();
}
