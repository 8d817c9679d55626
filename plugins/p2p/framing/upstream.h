/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * eventcourier: takes a remote's events to a pad, on a thread of its own.
 *
 * Elements upstream may hold a lock while they wait for us, so events must not be pushed by the
 * thread that brings what we wait for. What a remote can cause is bounded: few events wait, and
 * requests for a keyframe come out at most four times a second, however many there were.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstP2pEventCourier GstP2pEventCourier;

/* @pad: where events are pushed; borrowed, outlives the courier */
GstP2pEventCourier *gst_p2p_event_courier_new (const gchar *name, GstPad *pad);
void gst_p2p_event_courier_free (GstP2pEventCourier *courier); /* stopped */

/* One thread starts and stops, not the courier's. stop() waits for an event on its way and drops
 * the rest. */
void gst_p2p_event_courier_start (GstP2pEventCourier *courier);
void gst_p2p_event_courier_stop (GstP2pEventCourier *courier);

/* @event: (transfer full). Any thread; never waits for another element. */
void gst_p2p_event_courier_take (GstP2pEventCourier *courier, GstEvent *event);

G_END_DECLS
