/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * upstream: pushes a remote's events to a pad, on a thread of its own.
 *
 * Elements upstream may hold a lock while their push waits for an acknowledgement, so the thread
 * that brings acknowledgements must not push events. What a remote can cause is bounded: few events
 * are queued, and requests for a keyframe are pushed at most four times per second, however many
 * come.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstP2pFramingUpstream GstP2pFramingUpstream;

/* @pad: where events are pushed; borrowed, outlives the upstream */
GstP2pFramingUpstream *gst_p2p_framing_upstream_new (const gchar *name, GstPad *pad);
void gst_p2p_framing_upstream_free (GstP2pFramingUpstream *upstream); /* stopped */

/* Called by one thread, not the one that pushes. stop() waits for a push that is under way and
 * drops the other events. */
void gst_p2p_framing_upstream_start (GstP2pFramingUpstream *upstream);
void gst_p2p_framing_upstream_stop (GstP2pFramingUpstream *upstream);

/* @event: (transfer full). Any thread; never waits for another element. */
void gst_p2p_framing_upstream_take (GstP2pFramingUpstream *upstream, GstEvent *event);

G_END_DECLS
