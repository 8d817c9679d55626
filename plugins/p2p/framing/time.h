/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * time: the timestamps of a segment to the sender's running time, and back at the receiver.
 *
 * A receiver gets running times, which may be negative, and the segment that they come from. Its
 * timestamps are the sender's, so that what lies before the segment's start still does, and is
 * never below 0. At another rate than 1, the rate has been applied to what the receiver gets.
 */
#pragma once

#include "gst/p2p/frame/frame.h"

G_BEGIN_DECLS

/* --- the sender --- */

/**
 * gst_p2p_framing_time_convert:
 * @segment: of the stream
 * @pts, @dts: of a buffer, in @segment
 * @times: (inout): duration as it was in @segment; gets pts and dts
 *
 * All times are none in a segment that is not in time format.
 */
void gst_p2p_framing_time_convert (const GstSegment *segment, GstClockTime pts, GstClockTime dts,
                                   GstP2pFrameBuffer *times);

/* Makes of @segment the one that a receiver is told: rate 1, no offset, and of bytes or of time. */
void gst_p2p_framing_time_tell (const GstSegment *segment, GstSegment *told);

/* --- the receiver --- */

/* The timestamp of the sender's @running_time in the @told segment; none if it has none. */
GstClockTime gst_p2p_framing_time_to_timestamp (const GstSegment *told, gint64 running_time);

/**
 * gst_p2p_framing_time_map:
 * @told: by the sender: hostile
 * @offset: what to add to the sender's running time to make it the local one, in ns
 *
 * Makes the local @segment of the same timestamps. What would come before local time zero lies
 * before its start.
 */
void gst_p2p_framing_time_map (const GstSegment *told, gint64 offset, GstSegment *segment);

G_END_DECLS
