/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * address: see address.h.
 */
#include "signaling/address.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/hostname.h"

#define PORT_WS 80
#define PORT_WSS 443

void
gst_p2p_signaling_address_free (GstP2pSignalingAddress *address)
{
  g_free (address->uri);
  g_free (address->host);
  g_free (address->authority);
  g_free (address->target);
  g_free (address);
}

static gboolean
is_usable (GUri *uri)
{
  return g_uri_get_host (uri) && gst_p2p_hostname_is_valid (g_uri_get_host (uri))
         && g_uri_get_port (uri) != 0 && !g_uri_get_userinfo (uri) && !g_uri_get_fragment (uri)
         && (g_str_equal (g_uri_get_scheme (uri), "ws")
             || g_str_equal (g_uri_get_scheme (uri), "wss"));
}

static gchar *
print_authority (const GstP2pSignalingAddress *address)
{
  g_autofree gchar *host
      = g_strdup_printf (strchr (address->host, ':') ? "[%s]" : "%s", address->host);

  if (address->port == (address->tls ? PORT_WSS : PORT_WS))
    return g_steal_pointer (&host);
  return g_strdup_printf ("%s:%u", host, address->port);
}

static gchar *
print_target (GUri *uri)
{
  const gchar *path = g_uri_get_path (uri), *query = g_uri_get_query (uri);

  return g_strconcat (*path ? path : "/", query ? "?" : NULL, query, NULL);
}

GstP2pSignalingAddress *
gst_p2p_signaling_address_new (const gchar *uri, GError **error)
{
  g_autoptr (GUri) parsed
      = g_uri_parse (uri, G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY, NULL);
  GstP2pSignalingAddress *address;

  if (!parsed || !is_usable (parsed))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "The signaling URI \"%s\" is not of the form ws://host:port or "
                   "wss://host:port, with or without a path",
                   uri);
      return NULL;
    }

  address = g_new0 (GstP2pSignalingAddress, 1);
  address->uri = g_strdup (uri);
  address->tls = g_str_equal (g_uri_get_scheme (parsed), "wss");
  address->host = g_strdup (g_uri_get_host (parsed));
  if (g_uri_get_port (parsed) > 0)
    address->port = (guint16)g_uri_get_port (parsed);
  else
    address->port = address->tls ? PORT_WSS : PORT_WS;
  address->authority = print_authority (address);
  address->target = print_target (parsed);
  return address;
}

GPtrArray *
gst_p2p_signaling_address_parse_list (const gchar *uris, GError **error)
{
  g_auto (GStrv) parts = g_strsplit_set (uris, ", \t\r\n", -1);
  g_autoptr (GPtrArray) addresses
      = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_p2p_signaling_address_free);

  for (gchar **part = parts; *part; part++)
    if (**part)
      {
        GstP2pSignalingAddress *address = gst_p2p_signaling_address_new (*part, error);

        if (!address)
          return NULL;
        g_ptr_array_add (addresses, address);
      }
  if (addresses->len == 0)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "The signaling URI is empty; it should be ws://host:port or "
                           "wss://host:port");
      return NULL;
    }
  return g_steal_pointer (&addresses);
}
