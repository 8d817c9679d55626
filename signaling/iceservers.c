/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iceservers: see iceservers.h.
 */
#include "signaling/iceservers.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/link/iceserver.h"

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
  copy->unusable = g_strdup (servers->unusable);
  return copy;
}

void
gst_p2p_signaling_ice_servers_free (GstP2pSignalingIceServers *servers)
{
  if (!servers)
    return;
  g_strfreev (servers->stun_servers);
  gst_p2p_secret_text_strv_free (servers->turn_servers);
  g_free (servers->unusable);
  g_free (servers);
}

static void
append (GStrv *list, gchar *uri)
{
  guint length = g_strv_length (*list);

  *list = g_renew (gchar *, *list, length + 2);
  (*list)[length] = uri;
  (*list)[length + 1] = NULL;
}

static gboolean
add (GstP2pSignalingIceServers *servers, const GstP2pIceServer *server, GError **error)
{
  guint n_stun = g_strv_length (servers->stun_servers);
  guint n_turn = g_strv_length (servers->turn_servers);
  gboolean is_stun = server->type == GST_P2P_ICE_SERVER_STUN;

  if (n_stun + n_turn >= GST_P2P_SIGNALING_MAX_ICE_SERVERS)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "There are more than %d STUN and TURN servers",
                   GST_P2P_SIGNALING_MAX_ICE_SERVERS);
      return FALSE;
    }
  if (!is_stun && !gst_p2p_ice_server_check_n_turn (n_turn + 1, error))
    return FALSE;
  append (is_stun ? &servers->stun_servers : &servers->turn_servers,
          gst_p2p_ice_server_to_uri (server));
  return TRUE;
}

gboolean
gst_p2p_signaling_ice_servers_add (GstP2pSignalingIceServers *servers, const gchar *uri,
                                   GError **error)
{
  g_autoptr (GstP2pIceServer) server = gst_p2p_ice_server_new (uri, error);

  return server && add (servers, server, error);
}

/* --- JSON --- */

/* {"urls": ["turn:host:port?transport=udp"], "username": …, "credential": …} */
static void
append_json (JsonArray *array, const gchar *uri)
{
  g_autoptr (GstP2pIceServer) server = gst_p2p_ice_server_new (uri, NULL);
  g_autofree gchar *url = gst_p2p_ice_server_to_url (server);
  JsonObject *object = json_object_new ();
  JsonArray *urls = json_array_new ();

  json_array_add_string_element (urls, url);
  json_object_set_array_member (object, "urls", urls);
  if (server->user)
    {
      json_object_set_string_member (object, "username", server->user);
      json_object_set_string_member (object, "credential", server->password);
    }
  json_array_add_object_element (array, object);
}

JsonArray *
gst_p2p_signaling_ice_servers_to_json (const GstP2pSignalingIceServers *servers)
{
  JsonArray *array = json_array_new ();

  for (gchar **uri = servers->stun_servers; *uri; uri++)
    append_json (array, *uri);
  for (gchar **uri = servers->turn_servers; *uri; uri++)
    append_json (array, *uri);
  return array;
}

static const gchar *
get_string (JsonObject *object, const gchar *member)
{
  JsonNode *node = json_object_get_member (object, member);

  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/* What cannot be used is left out: the others may do. */
static void
add_url (GstP2pSignalingIceServers *servers, const gchar *url, JsonObject *object)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pIceServer) server = gst_p2p_ice_server_new_from_url (
      url, get_string (object, "username"), get_string (object, "credential"), &error);

  if ((!server || !add (servers, server, &error)) && !servers->unusable)
    servers->unusable = g_strdup (error->message);
}

static gboolean
add_server (GstP2pSignalingIceServers *servers, JsonObject *object, GError **error)
{
  JsonNode *urls = json_object_get_member (object, "urls");
  JsonArray *list;

  if (get_string (object, "urls"))
    {
      add_url (servers, json_node_get_string (urls), object);
      return TRUE;
    }
  if (!urls || !JSON_NODE_HOLDS_ARRAY (urls))
    goto malformed;
  list = json_node_get_array (urls);
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonNode *url = json_array_get_element (list, i);

      if (!JSON_NODE_HOLDS_VALUE (url) || json_node_get_value_type (url) != G_TYPE_STRING)
        goto malformed;
      add_url (servers, json_node_get_string (url), object);
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
