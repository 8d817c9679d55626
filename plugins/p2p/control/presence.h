/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * station: what an element needs to be reachable: its identity, its control thread, the signaling
 * server if it runs one, and the endpoint while it is on the air. The element's streaming and
 * application threads reach the endpoint only through here.
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

typedef struct _GstP2pStation GstP2pStation;

/* @element: outlives the station. The callbacks get @element as their data. */
GstP2pStation *gst_p2p_station_new (GstElement *element, const GstP2pEndpointCallbacks *callbacks);
/* Disconnects and stops if that wasn't done. */
void gst_p2p_station_free (GstP2pStation *station);

/* GST_P2P_ERROR_SETTINGS: a property, or the certificate's file, cannot be used; _BUSY: somebody
 * else listens where signaling-serve was to. */
gboolean
gst_p2p_station_start (GstP2pStation *station, const GstP2pSettings *settings, GError **error);
void gst_p2p_station_stop (GstP2pStation *station);

/* @settings: copied. Errors are those of gst_p2p_endpoint_start(). */
gboolean gst_p2p_station_connect (GstP2pStation *station, const GstP2pSettings *settings,
                                  GstP2pDirection directions, GError **error);
/* Waits until every connection is taken apart; see gst_p2p_endpoint_stop(). */
void gst_p2p_station_disconnect (GstP2pStation *station);

/* Of the identity; %NULL before start(). The caller frees it. */
gchar *gst_p2p_station_get_fingerprint (GstP2pStation *station);
/* A structure "p2p-stats". */
GstStructure *gst_p2p_station_get_stats (GstP2pStation *station);

/* Asynchronously, if the station is connected then; see the endpoint's functions of these names. */
void gst_p2p_station_check_sent (GstP2pStation *station);
void gst_p2p_station_add_sink_pad (GstP2pStation *station, GstP2pSinkPad *pad);
void gst_p2p_station_end_channel (GstP2pStation *station, GstObject *element);
void gst_p2p_station_fail_channel (GstP2pStation *station, GstObject *element, const GError *error);
/* Waits until it is done. */
void gst_p2p_station_remove_sink_pad (GstP2pStation *station, GstP2pSinkPad *pad);

G_END_DECLS
