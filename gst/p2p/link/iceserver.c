/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iceserver: the URI of a STUN or TURN server, parsed and checked. No I/O; any thread.
 */
#include "gst/p2p/link/iceserver.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/secrettext.h"

#define DEFAULT_PORT 3478

void
gst_p2p_ice_server_free (GstP2pIceServer *server)
{
  g_free (server->host);
  gst_p2p_secret_text_free (server->user);
  gst_p2p_secret_text_free (server->password);
  g_free (server);
}

static gboolean
parse_scheme (GstP2pIceServer *server, const gchar *scheme, GError **error)
{
  if (g_str_equal (scheme, "stun"))
    {
      server->type = GST_P2P_ICE_SERVER_STUN;
    }
  else if (g_str_equal (scheme, "turn"))
    {
      server->type = GST_P2P_ICE_SERVER_TURN_UDP;
    }
  else if (g_str_equal (scheme, "turns") || g_str_equal (scheme, "stuns"))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "%s: servers (over TLS) are not supported by the ICE library; use turn: with "
                   "transport=tcp, the stream itself is encrypted in any case",
                   scheme);
      return FALSE;
    }
  else
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "An ICE server is stun://host:port or turn://user:password@host:port, not a %s: "
                   "URI",
                   scheme);
      return FALSE;
    }
  return TRUE;
}

static gboolean
parse_query (GstP2pIceServer *server, const gchar *query, GError **error)
{
  if (!query || !*query || g_str_equal (query, "transport=udp"))
    return TRUE;
  if (server->type == GST_P2P_ICE_SERVER_TURN_UDP && g_str_equal (query, "transport=tcp"))
    {
      server->type = GST_P2P_ICE_SERVER_TURN_TCP;
      return TRUE;
    }
  g_set_error (
      error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
      "The ICE server %s:%u: only ?transport=udp, and ?transport=tcp with turn:, are known",
      server->host, server->port);
  return FALSE;
}

static gboolean
check_credentials (GstP2pIceServer *server, GError **error)
{
  if (server->type == GST_P2P_ICE_SERVER_STUN
      || (server->user && *server->user && server->password && *server->password))
    return TRUE;
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
               "The TURN server %s:%u needs a user and a password: turn://user:password@host:port",
               server->host, server->port);
  return FALSE;
}

GstP2pIceServer *
gst_p2p_ice_server_new (const gchar *uri, GError **error)
{
  g_autoptr (GstP2pIceServer) server = g_new0 (GstP2pIceServer, 1);
  g_autofree gchar *scheme = NULL;
  g_autofree gchar *query = NULL;
  g_autofree gchar *path = NULL;
  gint port = -1;

  /* GLib's own error message would repeat the URI, and with it the password */
  if (!g_uri_split_with_user (uri, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_QUERY, &scheme,
                              &server->user, &server->password, NULL, &server->host, &port, &path,
                              &query, NULL, NULL)
      || !scheme || !server->host || !*server->host || port == 0 || (path && strlen (path) > 1))
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "An ICE server's URI cannot be parsed; it should be stun://host:port or "
                           "turn://user:password@host:port?transport=udp, with special characters "
                           "in user and password percent-encoded");
      return NULL;
    }
  server->port = port < 0 ? DEFAULT_PORT : (guint)port;
  if (!parse_scheme (server, scheme, error) || !parse_query (server, query, error)
      || !check_credentials (server, error))
    return NULL;
  return g_steal_pointer (&server);
}
