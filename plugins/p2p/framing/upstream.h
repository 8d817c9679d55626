/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * upstream: takes a remote's events to a pad, on a thread of its own.
 *
 * Elements upstream may hold a lock while they wait for us, so events must not be pushed by the
 * thread that brings what we wait for. What a remote can cause is bounded: few events wait, and
 * requests for a keyframe come out at most four times a second, however many there were.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstP2pFramingUpstream GstP2pFramingUpstream;

/* @pad: where events are pushed; borrowed, outlives the upstream */
GstP2pFramingUpstream *gst_p2p_framing_upstream_new (const gchar *name, GstPad *pad);
void gst_p2p_framing_upstream_free (GstP2pFramingUpstream *upstream); /* stopped */

/* One thread starts and stops, not the upstream's. stop() waits for an event on its way and drops
 * the rest. */
void gst_p2p_framing_upstream_start (GstP2pFramingUpstream *upstream);
void gst_p2p_framing_upstream_stop (GstP2pFramingUpstream *upstream);

/* @event: (transfer full). Any thread; never waits for another element. */
void gst_p2p_framing_upstream_take (GstP2pFramingUpstream *upstream, GstEvent *event);

G_END_DECLS
