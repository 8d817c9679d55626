/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * localserver: see localserver.h.
 */
#include "plugins/p2p/control/localserver.h"

#include "signaling/address.h"

GstP2pSignalingServer *
gst_p2p_local_server_new (const GstP2pSettings *settings, GError **error)
{
  g_autoptr (GstP2pSignalingServer) server = NULL;
  g_autoptr (GPtrArray) addresses
      = gst_p2p_signaling_address_parse_list (settings->signaling_uri, NULL);
  const GstP2pSignalingAddress *address = addresses ? g_ptr_array_index (addresses, 0) : NULL;

  if (!address || address->tls)
    {
      g_set_error (
          error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
          "signaling-serve needs a signaling-uri of the form ws://address:port, not \"%s\"",
          settings->signaling_uri);
      return NULL;
    }

  server = gst_p2p_signaling_server_new ();
  gst_p2p_signaling_server_set_token (server, settings->signaling_token);
  if (!gst_p2p_signaling_server_start (server, address->host, address->port, error))
    return NULL;
  return g_steal_pointer (&server);
}
