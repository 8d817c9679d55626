/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connections: the connections of a switchboard, in the order of their making, and who is who among
 * them.
 *
 * The connections are borrowed: each is removed when it says that it is closed. Control thread.
 */
#pragma once

#include "plugins/p2p/control/connection.h"

G_BEGIN_DECLS

typedef struct _GstP2pConnections GstP2pConnections;

GstP2pConnections *gst_p2p_connections_new (void);
void gst_p2p_connections_free (GstP2pConnections *connections);

void gst_p2p_connections_add (GstP2pConnections *connections, GstP2pConnection *connection);
void gst_p2p_connections_remove (GstP2pConnections *connections, GstP2pConnection *connection);

guint gst_p2p_connections_count (GstP2pConnections *connections);
/* How many were ever added. */
guint64 gst_p2p_connections_count_all (GstP2pConnections *connections);
/* The furthest state of those that are not CLOSED; CLOSED if all of them are; @alone if there are
 * none. */
GstP2pPeerState
gst_p2p_connections_get_state (GstP2pConnections *connections, GstP2pPeerState alone);

/* The one whose session @message belongs to; %NULL if none. */
GstP2pConnection *gst_p2p_connections_find_session (GstP2pConnections *connections,
                                                    const GstP2pSignalingMessage *message);
/* The one that calls @id and is not open yet; %NULL if none. */
GstP2pConnection *
gst_p2p_connections_find_call_to (GstP2pConnections *connections, const gchar *id);
/* The one with the channel that gst_p2p_channels_find() finds for @object; %NULL if none. */
GstP2pConnection *gst_p2p_connections_find_channel (GstP2pConnections *connections,
                                                    GstObject *object, GstP2pChannel **channel);

/* All connections, or those that are OPEN. The list is a copy, since what is done with a connection
 * may close it; the caller frees the list, not the connections. */
GList *gst_p2p_connections_list (GstP2pConnections *connections);
GList *gst_p2p_connections_list_open (GstP2pConnections *connections);

/* @peers: (out): initialized to a GST_TYPE_LIST of gst_p2p_connection_get_stats() */
void gst_p2p_connections_get_stats (GstP2pConnections *connections, GValue *peers);

G_END_DECLS
