/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * presence: what an element needs to be reachable: its identity, its control thread, the signaling
 * server if it runs one, and the switchboard while it is connected. The element's streaming threads
 * and the application's threads reach the switchboard only through here.
 *
 *   NULL→READY  start()      READY→PAUSED  connect()
 *   READY→NULL  stop()       PAUSED→READY  disconnect()
 *
 * These four are called by one thread at a time, the one that changes the element's state; the rest
 * by any thread, under no lock.
 */
#pragma once

#include <gst/gst.h>

#include "plugins/p2p/control/switchboard.h"

G_BEGIN_DECLS

typedef struct _GstP2pPresence GstP2pPresence;

/* @element, @src_pads: outlive the presence. The functions get @element as their data. */
GstP2pPresence *gst_p2p_presence_new (GstElement *element, GstP2pSrcPads *src_pads,
                                      const GstP2pSwitchboardFuncs *funcs);
/* Disconnects and stops first, unless that was done. */
void gst_p2p_presence_free (GstP2pPresence *presence);

/* GST_P2P_ERROR_SETTINGS: a property, or the certificate's file, cannot be used; _BUSY: somebody
 * else listens where signaling-serve was to. */
gboolean
gst_p2p_presence_start (GstP2pPresence *presence, const GstP2pSettings *settings, GError **error);
void gst_p2p_presence_stop (GstP2pPresence *presence);

/* @settings: copied. Errors are those of gst_p2p_switchboard_start(). */
gboolean gst_p2p_presence_connect (GstP2pPresence *presence, const GstP2pSettings *settings,
                                   GstP2pDirection directions, GError **error);
/* Waits until every connection is taken apart; see gst_p2p_switchboard_stop(). */
void gst_p2p_presence_disconnect (GstP2pPresence *presence);

/* The fingerprint of the identity; %NULL before start(). The caller frees it. */
gchar *gst_p2p_presence_get_fingerprint (GstP2pPresence *presence);
/* A structure "p2p-stats". */
GstStructure *gst_p2p_presence_get_stats (GstP2pPresence *presence);

/* These call the switchboard's functions of the same names, asynchronously; nothing happens if the
 * presence is not connected by then. */
void gst_p2p_presence_check_sent (GstP2pPresence *presence);
void gst_p2p_presence_add_sink_pad (GstP2pPresence *presence, GstP2pSinkPad *pad);
void gst_p2p_presence_end_channel (GstP2pPresence *presence, GstObject *element);
void gst_p2p_presence_end (GstP2pPresence *presence);
/* @message: posted by something inside the element. TRUE: it was for the connections, and is freed.
 * FALSE: it is for the application. Any thread. */
gboolean gst_p2p_presence_take_message (GstP2pPresence *presence, GstMessage *message);
/* The same for this function of the switchboard, but waits until it is done. */
void gst_p2p_presence_remove_sink_pad (GstP2pPresence *presence, GstP2pSinkPad *pad);

G_END_DECLS
