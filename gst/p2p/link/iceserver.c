/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iceserver: see iceserver.h.
 */
#include "gst/p2p/link/iceserver.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/hostname.h"
#include "gst/p2p/base/secrettext.h"

#define DEFAULT_PORT 3478 /* RFC 7064 section 3.2, RFC 7065 section 3.2 */
#define MAX_USER 508      /* bytes; RFC 8489 section 14.3 */

void
gst_p2p_ice_server_free (GstP2pIceServer *server)
{
  g_free (server->host);
  gst_p2p_secret_text_free (server->user);
  gst_p2p_secret_text_free (server->password);
  g_free (server);
}

/* --- parse --- */

static void
set_malformed (GError **error)
{
  g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                       "An ICE server's URI cannot be parsed; it should be stun:host:port or "
                       "turn:user:password@host:port?transport=udp, with special characters "
                       "in user and password percent-encoded");
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
                   "An ICE server is stun:host:port or turn:user:password@host:port, not a "
                   "%.32s: URI",
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
check_length (const gchar *uri, GError **error)
{
  if (strlen (uri) <= GST_P2P_ICE_SERVER_MAX_URI)
    return TRUE;
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
               "An ICE server's URI is longer than %d bytes", GST_P2P_ICE_SERVER_MAX_URI);
  return FALSE;
}

/* All but the credentials, of which @server has what the URI had. */
static gboolean
parse (GstP2pIceServer *server, const gchar *uri, GError **error)
{
  g_autofree gchar *scheme = NULL;
  g_autofree gchar *path = NULL;
  g_autofree gchar *query = NULL;
  g_autofree gchar *fragment = NULL;
  gint port = -1;

  if (!check_length (uri, error))
    return FALSE;
  /* GLib's own error message would repeat the URI, and with it the password. */
  if (!g_uri_split_with_user (uri, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_QUERY, &scheme,
                              &server->user, &server->password, NULL, &server->host, &port, &path,
                              &query, &fragment, NULL)
      || !scheme || !server->host || !gst_p2p_hostname_is_valid (server->host) || port == 0
      || fragment || (*path && !g_str_equal (path, "/")))
    {
      set_malformed (error);
      return FALSE;
    }
  server->port = port < 0 ? DEFAULT_PORT : (guint)port;
  return parse_scheme (server, scheme, error) && parse_query (server, query, error);
}

static gboolean
check_credentials (const GstP2pIceServer *server, GError **error)
{
  if (server->type == GST_P2P_ICE_SERVER_STUN && (server->user || server->password))
    g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                 "The STUN server %s:%u takes no user and no password: stun:host:port",
                 server->host, server->port);
  else if (server->type != GST_P2P_ICE_SERVER_STUN
           && (!server->user || !*server->user || !server->password || !*server->password))
    g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                 "The TURN server %s:%u needs a user and a password: turn:user:password@host:port",
                 server->host, server->port);
  else if (server->user && strlen (server->user) > MAX_USER)
    g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                 "The user of the TURN server %s:%u is longer than %d bytes", server->host,
                 server->port, MAX_USER);
  else
    return TRUE;
  return FALSE;
}

/* Encoding makes it longer; what is printed has to parse again. */
static gboolean
check_printed (const GstP2pIceServer *server, GError **error)
{
  gchar *uri = gst_p2p_ice_server_to_uri (server); /* secret */
  gboolean fits = check_length (uri, error);

  gst_p2p_secret_text_free (uri);
  return fits;
}

/* With the two slashes, without which a URI is not parsed into host and port. What stands before
 * the colon is shown if it is an unknown scheme, so a user and a password without one get none. The
 * caller frees it as a secret. */
static gchar *
with_slashes (const gchar *uri)
{
  static const gchar *const schemes[] = { "stun:", "turn:", "stuns:", "turns:" };

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      gsize length = strlen (schemes[i]);

      if (g_ascii_strncasecmp (uri, schemes[i], length) == 0
          && !g_str_has_prefix (uri + length, "//"))
        return g_strdup_printf ("%s//%s", schemes[i], uri + length);
    }
  return g_strdup (uri);
}

GstP2pIceServer *
gst_p2p_ice_server_new (const gchar *uri, GError **error)
{
  g_autoptr (GstP2pIceServer) server = g_new0 (GstP2pIceServer, 1);
  gchar *whole; /* secret */
  gboolean usable;

  if (!check_length (uri, error))
    return NULL;
  whole = with_slashes (uri);
  usable = parse (server, whole, error) && check_credentials (server, error)
           && check_printed (server, error);
  gst_p2p_secret_text_free (whole);
  return usable ? g_steal_pointer (&server) : NULL;
}

GstP2pIceServer *
gst_p2p_ice_server_new_from_url (const gchar *url, const gchar *user, const gchar *password,
                                 GError **error)
{
  g_autoptr (GstP2pIceServer) server = g_new0 (GstP2pIceServer, 1);
  const gchar *colon = strchr (url, ':');
  g_autofree gchar *uri = NULL;

  if (!colon || strchr (url, '@'))
    {
      set_malformed (error);
      return NULL;
    }
  uri = g_strdup_printf ("%.*s://%s", (gint)(colon - url), url, colon + 1);
  if (!parse (server, uri, error))
    return NULL;
  if (server->type != GST_P2P_ICE_SERVER_STUN)
    {
      server->user = g_strdup (user);
      server->password = g_strdup (password);
    }
  if (!check_credentials (server, error) || !check_printed (server, error))
    return NULL;
  return g_steal_pointer (&server);
}

/* --- print --- */

/* "host:port", with brackets and an encoded zone for IPv6. */
static gchar *
print_host (const GstP2pIceServer *server)
{
  g_autofree gchar *host = NULL;

  if (!strchr (server->host, ':'))
    return g_strdup_printf ("%s:%u", server->host, server->port);
  host = g_uri_escape_string (server->host, ":", FALSE);
  return g_strdup_printf ("[%s]:%u", host, server->port);
}

static const gchar *
get_transport (const GstP2pIceServer *server)
{
  return server->type == GST_P2P_ICE_SERVER_TURN_TCP ? "tcp" : "udp";
}

gchar *
gst_p2p_ice_server_to_uri (const GstP2pIceServer *server)
{
  g_autofree gchar *host = print_host (server);
  gchar *user, *password, *uri; /* secret */

  if (server->type == GST_P2P_ICE_SERVER_STUN)
    return g_strdup_printf ("stun://%s", host);
  user = g_uri_escape_string (server->user, NULL, FALSE);
  password = g_uri_escape_string (server->password, NULL, FALSE);
  uri = g_strdup_printf ("turn://%s:%s@%s?transport=%s", user, password, host,
                         get_transport (server));
  gst_p2p_secret_text_free (user);
  gst_p2p_secret_text_free (password);
  return uri;
}

gchar *
gst_p2p_ice_server_to_url (const GstP2pIceServer *server)
{
  g_autofree gchar *host = print_host (server);

  if (server->type == GST_P2P_ICE_SERVER_STUN)
    return g_strdup_printf ("stun:%s", host);
  return g_strdup_printf ("turn:%s?transport=%s", host, get_transport (server));
}

gboolean
gst_p2p_ice_server_check_n_turn (guint n, GError **error)
{
  if (n <= GST_P2P_ICE_SERVER_MAX_TURN)
    return TRUE;
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
               "There are too many TURN servers: at most %d can be used",
               GST_P2P_ICE_SERVER_MAX_TURN);
  return FALSE;
}
