/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timeline: what the streams of one connection share, so that they stay in sync.
 *
 * The sender's running time is mapped to this pipeline's by an offset that is fixed once, at the
 * first buffer of any stream. Refcounted, a boxed type; any thread.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_P2P_FRAMING_TIMELINE (gst_p2p_framing_timeline_get_type ())
GType gst_p2p_framing_timeline_get_type (void);

typedef struct _GstP2pFramingTimeline GstP2pFramingTimeline;

GstP2pFramingTimeline *gst_p2p_framing_timeline_new (void);
GstP2pFramingTimeline *gst_p2p_framing_timeline_ref (GstP2pFramingTimeline *timeline);
void gst_p2p_framing_timeline_unref (GstP2pFramingTimeline *timeline);

/**
 * gst_p2p_framing_timeline_map:
 * @element: whose clock and base time tell the running time here; without a clock it is 0
 * @time: the sender's running time of a buffer, in ns
 *
 * The first call makes @time correspond to now.
 *
 * Returns: what to add to the sender's running time, in ns
 */
gint64
gst_p2p_framing_timeline_map (GstP2pFramingTimeline *timeline, GstElement *element, gint64 time);
/* FALSE: no buffer came yet. */
gboolean gst_p2p_framing_timeline_get_offset (GstP2pFramingTimeline *timeline, gint64 *offset);

/* The group of the connection's streams, for their STREAM_START events. */
guint gst_p2p_framing_timeline_get_group_id (GstP2pFramingTimeline *timeline);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pFramingTimeline, gst_p2p_framing_timeline_unref)

G_END_DECLS
