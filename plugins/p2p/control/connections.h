/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * roster: the connections of an endpoint, in the order of their making, and who is who among them.
 *
 * It borrows them: each is taken off when it says that it is closed. Control thread.
 */
#pragma once

#include "plugins/p2p/control/connection.h"

G_BEGIN_DECLS

typedef struct _GstP2pRoster GstP2pRoster;

GstP2pRoster *gst_p2p_roster_new (void);
void gst_p2p_roster_free (GstP2pRoster *roster);

void gst_p2p_roster_add (GstP2pRoster *roster, GstP2pConnection *connection);
void gst_p2p_roster_remove (GstP2pRoster *roster, GstP2pConnection *connection);

guint gst_p2p_roster_count (GstP2pRoster *roster);
/* How many were ever added. */
guint64 gst_p2p_roster_count_all (GstP2pRoster *roster);
/* The furthest state of those that live. One that is just closing counts only where there is no
 * other: CLOSED. Without any: @alone. */
GstP2pPeerState gst_p2p_roster_get_state (GstP2pRoster *roster, GstP2pPeerState alone);

/* The one whose session @message belongs to; %NULL if none. */
GstP2pConnection *
gst_p2p_roster_find_session (GstP2pRoster *roster, const GstP2pSignalingMessage *message);
/* The one that calls @id and is not open yet; %NULL if none. */
GstP2pConnection *gst_p2p_roster_find_call_to (GstP2pRoster *roster, const gchar *id);
/* The one with the channel that gst_p2p_channels_find() finds for @object; %NULL if none. */
GstP2pConnection *
gst_p2p_roster_find_channel (GstP2pRoster *roster, GstObject *object, GstP2pChannel **channel);

/* A list of its own, since what is done with a connection may close it: of all, or of those that
 * are OPEN. The caller frees the list alone. */
GList *gst_p2p_roster_list (GstP2pRoster *roster);
GList *gst_p2p_roster_list_open (GstP2pRoster *roster);

/* @peers: (out): initialized to a GST_TYPE_LIST of gst_p2p_connection_get_stats() */
void gst_p2p_roster_get_stats (GstP2pRoster *roster, GValue *peers);

G_END_DECLS
