/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * roster: see roster.h.
 */
#include "plugins/p2p/control/connections.h"

struct _GstP2pRoster
{
  /* control thread */
  GList *connections;
  guint64 n_all;
};

GstP2pRoster *
gst_p2p_roster_new (void)
{
  return g_new0 (GstP2pRoster, 1);
}

void
gst_p2p_roster_free (GstP2pRoster *roster)
{
  g_list_free (roster->connections);
  g_free (roster);
}

void
gst_p2p_roster_add (GstP2pRoster *roster, GstP2pConnection *connection)
{
  roster->connections = g_list_append (roster->connections, connection);
  roster->n_all++;
}

void
gst_p2p_roster_remove (GstP2pRoster *roster, GstP2pConnection *connection)
{
  roster->connections = g_list_remove (roster->connections, connection);
}

guint
gst_p2p_roster_count (GstP2pRoster *roster)
{
  return g_list_length (roster->connections);
}

guint64
gst_p2p_roster_count_all (GstP2pRoster *roster)
{
  return roster->n_all;
}

GstP2pPeerState
gst_p2p_roster_get_state (GstP2pRoster *roster, GstP2pPeerState alone)
{
  GstP2pPeerState state = GST_P2P_PEER_CLOSED;

  if (!roster->connections)
    return alone;
  for (GList *l = roster->connections; l; l = l->next)
    {
      GstP2pPeerState one = gst_p2p_connection_get_state (l->data);

      if (one != GST_P2P_PEER_CLOSED && (state == GST_P2P_PEER_CLOSED || one > state))
        state = one;
    }
  return state;
}

GstP2pConnection *
gst_p2p_roster_find_session (GstP2pRoster *roster, const GstP2pSignalingMessage *message)
{
  /* An error names whom it could not reach; everything else comes from the peer itself. */
  const gchar *id = message->type == GST_P2P_SIGNALING_ERROR ? message->to : message->from;

  for (GList *l = roster->connections; l; l = l->next)
    if (g_strcmp0 (gst_p2p_connection_get_session (l->data), message->session) == 0
        && g_strcmp0 (gst_p2p_connection_get_remote_id (l->data), id) == 0)
      return l->data;
  return NULL;
}

GstP2pConnection *
gst_p2p_roster_find_call_to (GstP2pRoster *roster, const gchar *id)
{
  for (GList *l = roster->connections; l; l = l->next)
    if (gst_p2p_connection_get_role (l->data) == GST_P2P_ROLE_INITIATOR
        && gst_p2p_connection_get_state (l->data) < GST_P2P_PEER_OPEN
        && g_strcmp0 (gst_p2p_connection_get_remote_id (l->data), id) == 0)
      return l->data;
  return NULL;
}

GstP2pConnection *
gst_p2p_roster_find_channel (GstP2pRoster *roster, GstObject *object, GstP2pChannel **channel)
{
  for (GList *l = roster->connections; l; l = l->next)
    {
      GstP2pChannels *channels = gst_p2p_connection_get_channels (l->data);

      if (channels && (*channel = gst_p2p_channels_find (channels, object)))
        return l->data;
    }
  return NULL;
}

GList *
gst_p2p_roster_list (GstP2pRoster *roster)
{
  return g_list_copy (roster->connections);
}

GList *
gst_p2p_roster_list_open (GstP2pRoster *roster)
{
  GList *open = NULL;

  for (GList *l = roster->connections; l; l = l->next)
    if (gst_p2p_connection_get_state (l->data) == GST_P2P_PEER_OPEN)
      open = g_list_append (open, l->data);
  return open;
}

void
gst_p2p_roster_get_stats (GstP2pRoster *roster, GValue *peers)
{
  gst_value_list_init (peers, 0);
  for (GList *l = roster->connections; l; l = l->next)
    {
      GValue peer = G_VALUE_INIT;

      g_value_init (&peer, GST_TYPE_STRUCTURE);
      g_value_take_boxed (&peer, gst_p2p_connection_get_stats (l->data));
      gst_value_list_append_and_take_value (peers, &peer);
    }
}
