/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timeline: what the streams of one connection share at the receiver, so that they stay in sync:
 * how the sender's running time is mapped to this pipeline's.
 *
 *   the sender is live   media is sent when it is its time, so messages tell how the two clocks
 *                        compare (clockoffset.h): what was captured at one time is shown at one
 * time, however long it waited on its way. it is not            media comes whenever there is room.
 * What comes first is for now; the mapping stays, unless a stream begins that would be late by it.
 *
 * Refcounted, a boxed type; any thread.
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
 * GstP2pFramingStamp: what an object says of time.
 * @timeline: how often the sender's time had begun anew
 * @sent: the sender's running time at which it was sent; %GST_P2P_FRAME_NO_TIME: it is not live
 * @time: the sender's running time that its media is for
 * @arrived: g_get_monotonic_time() of its arrival, in ns
 */
typedef struct
{
  guint16 timeline;
  gint64 sent;
  gint64 time;
  gint64 arrived;
} GstP2pFramingStamp;

/**
 * gst_p2p_framing_timeline_map:
 * @element: whose clock and base time tell the running time here; without a clock it is 0
 * @first: whether the stream has begun: its first object ever, or since the sender's time began
 * anew
 *
 * Returns: what to add to the sender's running time, in ns
 */
gint64 gst_p2p_framing_timeline_map (GstP2pFramingTimeline *timeline, GstElement *element,
                                     const GstP2pFramingStamp *stamp, gboolean first);
/* FALSE: no object came yet. */
gboolean gst_p2p_framing_timeline_get_offset (GstP2pFramingTimeline *timeline, GstElement *element,
                                              gint64 *offset);
/* The sender dropped what it had sent, and its time has begun anew: what comes next is for now. */
void gst_p2p_framing_timeline_flush (GstP2pFramingTimeline *timeline, guint16 sender_timeline);

/* What a stream needs at the sender, in ns: the largest of all counts. TRUE: it has grown. */
gboolean
gst_p2p_framing_timeline_add_latency (GstP2pFramingTimeline *timeline, GstClockTime latency);
GstClockTime gst_p2p_framing_timeline_get_latency (GstP2pFramingTimeline *timeline);

/* The group of the connection's streams, for their STREAM_START events. */
guint gst_p2p_framing_timeline_get_group_id (GstP2pFramingTimeline *timeline);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pFramingTimeline, gst_p2p_framing_timeline_unref)

G_END_DECLS
