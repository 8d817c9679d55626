/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connections: see connections.h.
 */
#include "plugins/p2p/control/connections.h"

struct _GstP2pConnections
{
  /* control thread */
  GList *list;
  guint64 n_all;
};

GstP2pConnections *
gst_p2p_connections_new (void)
{
  return g_new0 (GstP2pConnections, 1);
}

void
gst_p2p_connections_free (GstP2pConnections *connections)
{
  g_list_free (connections->list);
  g_free (connections);
}

void
gst_p2p_connections_add (GstP2pConnections *connections, GstP2pConnection *connection)
{
  connections->list = g_list_append (connections->list, connection);
  connections->n_all++;
}

void
gst_p2p_connections_remove (GstP2pConnections *connections, GstP2pConnection *connection)
{
  connections->list = g_list_remove (connections->list, connection);
}

guint
gst_p2p_connections_count (GstP2pConnections *connections)
{
  return g_list_length (connections->list);
}

guint64
gst_p2p_connections_count_all (GstP2pConnections *connections)
{
  return connections->n_all;
}

GstP2pPeerState
gst_p2p_connections_get_state (GstP2pConnections *connections, GstP2pPeerState alone)
{
  GstP2pPeerState state = GST_P2P_PEER_CLOSED;

  if (!connections->list)
    return alone;
  for (GList *l = connections->list; l; l = l->next)
    {
      GstP2pPeerState one = gst_p2p_connection_get_state (l->data);

      if (one != GST_P2P_PEER_CLOSED && (state == GST_P2P_PEER_CLOSED || one > state))
        state = one;
    }
  return state;
}

GstP2pConnection *
gst_p2p_connections_find_session (GstP2pConnections *connections,
                                  const GstP2pSignalingMessage *message)
{
  /* An error names whom it could not reach; everything else comes from the peer itself. */
  const gchar *id = message->type == GST_P2P_SIGNALING_ERROR ? message->to : message->from;

  for (GList *l = connections->list; l; l = l->next)
    if (g_strcmp0 (gst_p2p_connection_get_session (l->data), message->session) == 0
        && g_strcmp0 (gst_p2p_connection_get_remote_id (l->data), id) == 0)
      return l->data;
  return NULL;
}

GstP2pConnection *
gst_p2p_connections_find_call_to (GstP2pConnections *connections, const gchar *id)
{
  for (GList *l = connections->list; l; l = l->next)
    if (gst_p2p_connection_get_role (l->data) == GST_P2P_ROLE_INITIATOR
        && gst_p2p_connection_get_state (l->data) < GST_P2P_PEER_OPEN
        && g_strcmp0 (gst_p2p_connection_get_remote_id (l->data), id) == 0)
      return l->data;
  return NULL;
}

GstP2pConnection *
gst_p2p_connections_find_channel (GstP2pConnections *connections, GstObject *object,
                                  GstP2pChannel **channel)
{
  for (GList *l = connections->list; l; l = l->next)
    {
      GstP2pChannels *channels = gst_p2p_connection_get_channels (l->data);

      if (channels && (*channel = gst_p2p_channels_find (channels, object)))
        return l->data;
    }
  return NULL;
}

GList *
gst_p2p_connections_list (GstP2pConnections *connections)
{
  return g_list_copy (connections->list);
}

GList *
gst_p2p_connections_list_open (GstP2pConnections *connections)
{
  GList *open = NULL;

  for (GList *l = connections->list; l; l = l->next)
    if (gst_p2p_connection_get_state (l->data) == GST_P2P_PEER_OPEN)
      open = g_list_append (open, l->data);
  return open;
}

void
gst_p2p_connections_get_stats (GstP2pConnections *connections, GValue *peers)
{
  gst_value_list_init (peers, 0);
  for (GList *l = connections->list; l; l = l->next)
    {
      GValue peer = G_VALUE_INIT;

      g_value_init (&peer, GST_TYPE_STRUCTURE);
      g_value_take_boxed (&peer, gst_p2p_connection_get_stats (l->data));
      gst_value_list_append_and_take_value (peers, &peer);
    }
}
