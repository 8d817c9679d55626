/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * localserver: see localserver.h.
 */
#include "plugins/p2p/control/localserver.h"

#define DEFAULT_PORT 80 /* of ws:// */

GstP2pSignalingServer *
gst_p2p_local_server_new (const GstP2pSettings *settings, GError **error)
{
  g_autoptr (GstP2pSignalingServer) server = NULL;
  g_autoptr (GUri) uri = g_uri_parse (settings->signaling_uri, G_URI_FLAGS_NONE, NULL);
  gint port = uri ? g_uri_get_port (uri) : -1;

  if (!uri || g_strcmp0 (g_uri_get_scheme (uri), "ws") != 0 || !g_uri_get_host (uri))
    {
      g_set_error (
          error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
          "signaling-serve needs a signaling-uri of the form ws://address:port, not \"%s\"",
          settings->signaling_uri);
      return NULL;
    }

  server = gst_p2p_signaling_server_new ();
  gst_p2p_signaling_server_set_token (server, settings->signaling_token);
  if (!gst_p2p_signaling_server_start (server, g_uri_get_host (uri), port < 0 ? DEFAULT_PORT : port,
                                       error))
    return NULL;
  return g_steal_pointer (&server);
}
