/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iceservers: the STUN and TURN servers that the signaling server hands out. See iceservers.h.
 *
 * Everything goes through gst_p2p_signaling_ice_servers_add(), whoever it comes from, so that a
 * list that exists holds only URIs that can be used.
 */
#include "signaling/iceservers.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/base/hostname.h"

#define STUN_PORT 3478     /* RFC 7064 section 3.2 */
#define TURN_TLS_PORT 5349 /* RFC 7065 section 3.2 */

G_DEFINE_BOXED_TYPE (GstP2pSignalingIceServers, gst_p2p_signaling_ice_servers,
                     gst_p2p_signaling_ice_servers_copy, gst_p2p_signaling_ice_servers_free)

GstP2pSignalingIceServers *
gst_p2p_signaling_ice_servers_new (void)
{
  GstP2pSignalingIceServers *servers = g_new0 (GstP2pSignalingIceServers, 1);

  servers->stun_servers = g_new0 (gchar *, 1);
  servers->turn_servers = g_new0 (gchar *, 1);
  return servers;
}

GstP2pSignalingIceServers *
gst_p2p_signaling_ice_servers_copy (const GstP2pSignalingIceServers *servers)
{
  GstP2pSignalingIceServers *copy = g_new0 (GstP2pSignalingIceServers, 1);

  copy->stun_servers = g_strdupv (servers->stun_servers);
  copy->turn_servers = g_strdupv (servers->turn_servers);
  return copy;
}

void
gst_p2p_signaling_ice_servers_free (GstP2pSignalingIceServers *servers)
{
  if (servers == NULL)
    return;
  g_strfreev (servers->stun_servers);
  for (gchar **uri = servers->turn_servers; *uri != NULL; uri++)
    gst_p2p_secret_text_free (*uri);
  g_free (servers->turn_servers);
  g_free (servers);
}

/* A URI in its parts, decoded. */
typedef struct
{
  gchar *scheme;
  gchar *user;     /* secret */
  gchar *password; /* secret */
  gchar *host;
  gint port;
  const gchar *transport;
} Parts;

static void
parts_clear (Parts *parts)
{
  g_free (parts->scheme);
  gst_p2p_secret_text_free (parts->user);
  gst_p2p_secret_text_free (parts->password);
  g_free (parts->host);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

static gboolean
parse_transport (Parts *parts, const gchar *query)
{
  gboolean secure = g_str_equal (parts->scheme, "turns");

  if (query == NULL)
    parts->transport = secure ? "tcp" : "udp";
  else if (g_str_equal (query, "transport=udp"))
    parts->transport = "udp";
  else if (g_str_equal (query, "transport=tcp"))
    parts->transport = "tcp";
  else
    return FALSE;
  return TRUE;
}

/* %NULL, or what is wrong. Never quotes the URI: it holds a password. */
static const gchar *
parts_parse (Parts *parts, const gchar *uri)
{
  g_autofree gchar *path = NULL;
  g_autofree gchar *query = NULL;
  gboolean turn;

  if (!g_uri_split_with_user (uri, G_URI_FLAGS_HAS_PASSWORD, &parts->scheme, &parts->user,
                              &parts->password, NULL, &parts->host, &parts->port, &path, &query,
                              NULL, NULL)
      || parts->scheme == NULL || parts->host == NULL
      || !gst_p2p_hostname_is_valid (parts->host) || parts->port == 0 || *path != '\0')
    return "expected stun://host:port or turn://user:password@host:port?transport=udp";

  turn = g_str_has_prefix (parts->scheme, "turn");
  if (parts->port == -1)
    parts->port = g_str_equal (parts->scheme, "turns") ? TURN_TLS_PORT : STUN_PORT;
  if (!turn)
    return parts->user == NULL && query == NULL ? NULL : "a STUN server is just stun://host:port";
  if (parts->user == NULL || *parts->user == '\0' || parts->password == NULL)
    return "a TURN server needs a user and a password: turn://user:password@host:port";
  if (!parse_transport (parts, query))
    return "a TURN server's transport is transport=udp or transport=tcp";
  return NULL;
}

static gchar *
parts_print (const Parts *parts)
{
  const gchar *open = strchr (parts->host, ':') ? "[" : "";
  const gchar *close = *open ? "]" : "";
  g_autofree gchar *user = NULL;
  g_autofree gchar *password = NULL;

  if (g_str_equal (parts->scheme, "stun"))
    return g_strdup_printf ("stun://%s%s%s:%d", open, parts->host, close, parts->port);

  user = g_uri_escape_string (parts->user, NULL, FALSE);
  password = g_uri_escape_string (parts->password, NULL, FALSE);
  return g_strdup_printf ("%s://%s:%s@%s%s%s:%d?transport=%s", parts->scheme, user, password, open,
                          parts->host, close, parts->port, parts->transport);
}

static void
append (GStrv *list, gchar *uri)
{
  guint length = g_strv_length (*list);

  *list = g_renew (gchar *, *list, length + 2);
  (*list)[length] = uri;
  (*list)[length + 1] = NULL;
}

gboolean
gst_p2p_signaling_ice_servers_add (GstP2pSignalingIceServers *servers, const gchar *uri,
                                   GError **error)
{
  g_auto (Parts) parts = { NULL };
  const gchar *problem = NULL;
  gboolean stun = g_str_has_prefix (uri, "stun://");

  if (g_strv_length (servers->stun_servers) + g_strv_length (servers->turn_servers)
      >= GST_P2P_SIGNALING_MAX_ICE_SERVERS)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT, "More than %d STUN and TURN servers",
                   GST_P2P_SIGNALING_MAX_ICE_SERVERS);
      return FALSE;
    }
  if (strlen (uri) > GST_P2P_MAX_ICE_SERVER_URI)
    problem = "the URI is too long";
  else if (!stun && !g_str_has_prefix (uri, "turn://") && !g_str_has_prefix (uri, "turns://"))
    problem = "it begins with none of stun://, turn:// and turns://";
  else
    problem = parts_parse (&parts, uri);
  if (problem != NULL)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "A STUN or TURN server cannot be used: %s", problem);
      return FALSE;
    }
  append (stun ? &servers->stun_servers : &servers->turn_servers, parts_print (&parts));
  return TRUE;
}

/* "turn://user:pass@host:port?transport=udp" → {"urls": ["turn:host:port?transport=udp"], …} */
static void
append_json (JsonArray *array, const gchar *uri)
{
  g_auto (Parts) parts = { NULL };
  g_autofree gchar *url = NULL;
  JsonObject *object = json_object_new ();
  JsonArray *urls = json_array_new ();
  const gchar *address;

  parts_parse (&parts, uri);
  address = strrchr (uri, '@');
  address = address != NULL ? address + 1 : strstr (uri, "://") + 3;
  url = g_strdup_printf ("%s:%s", parts.scheme, address);
  json_array_add_string_element (urls, url);
  json_object_set_array_member (object, "urls", urls);
  if (parts.user != NULL)
    {
      json_object_set_string_member (object, "username", parts.user);
      json_object_set_string_member (object, "credential", parts.password);
    }
  json_array_add_object_element (array, object);
}

JsonArray *
gst_p2p_signaling_ice_servers_to_json (const GstP2pSignalingIceServers *servers)
{
  JsonArray *array = json_array_new ();

  for (gchar **uri = servers->stun_servers; *uri != NULL; uri++)
    append_json (array, *uri);
  for (gchar **uri = servers->turn_servers; *uri != NULL; uri++)
    append_json (array, *uri);
  return array;
}

static const gchar *
get_string (JsonObject *object, const gchar *member)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

static gboolean
add_url (GstP2pSignalingIceServers *servers, const gchar *url, JsonObject *object, GError **error)
{
  const gchar *user = get_string (object, "username");
  const gchar *password = get_string (object, "credential");
  gchar *uri = NULL; /* secret */
  gboolean added;

  if (g_str_has_prefix (url, "stun:"))
    {
      uri = g_strdup_printf ("stun://%s", url + strlen ("stun:"));
    }
  else if (g_str_has_prefix (url, "turn:") || g_str_has_prefix (url, "turns:"))
    {
      g_autofree gchar *scheme = g_strndup (url, strchr (url, ':') - url);
      g_autofree gchar *escaped_user = g_uri_escape_string (user ? user : "", NULL, FALSE);
      g_autofree gchar *escaped_password
          = g_uri_escape_string (password ? password : "", NULL, FALSE);

      uri = g_strdup_printf ("%s://%s:%s@%s", scheme, escaped_user, escaped_password,
                             strchr (url, ':') + 1);
    }
  else
    return TRUE; /* a kind that is unknown here, "stuns:" for one */

  added = gst_p2p_signaling_ice_servers_add (servers, uri, error);
  gst_p2p_secret_text_free (uri);
  return added;
}

static gboolean
add_server (GstP2pSignalingIceServers *servers, JsonObject *object, GError **error)
{
  JsonNode *urls = json_object_get_member (object, "urls");
  JsonArray *list;

  if (get_string (object, "urls") != NULL)
    return add_url (servers, json_node_get_string (urls), object, error);
  if (urls == NULL || !JSON_NODE_HOLDS_ARRAY (urls))
    goto malformed;
  list = json_node_get_array (urls);
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonNode *url = json_array_get_element (list, i);

      if (!JSON_NODE_HOLDS_VALUE (url) || json_node_get_value_type (url) != G_TYPE_STRING)
        goto malformed;
      if (!add_url (servers, json_node_get_string (url), object, error))
        return FALSE;
    }
  return TRUE;

malformed:
  g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                       "\"urls\" of an ICE server is neither a string nor a list of strings");
  return FALSE;
}

GstP2pSignalingIceServers *
gst_p2p_signaling_ice_servers_new_from_json (JsonArray *array, GError **error)
{
  g_autoptr (GstP2pSignalingIceServers) servers = gst_p2p_signaling_ice_servers_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                               "An ICE server is not an object");
          return NULL;
        }
      if (!add_server (servers, json_node_get_object (node), error))
        return NULL;
    }
  return g_steal_pointer (&servers);
}
