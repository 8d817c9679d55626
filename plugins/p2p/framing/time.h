/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * time: the timestamps of buffers, from those of a segment to the sender's running time.
 */
#pragma once

#include "gst/p2p/frame/frame.h"

G_BEGIN_DECLS

/**
 * gst_p2p_framing_time_convert:
 * @segment: of the stream
 * @frame: (inout): pts, dts and duration of a buffer as they were in @segment
 *
 * What lies wholly outside of the segment may still be needed to decode what does not, and is
 * flagged DECODE_ONLY; what begins before it is cut. A decoding time before the start has no
 * running time and becomes none, as does everything in a segment that is not in time format.
 */
void gst_p2p_framing_time_convert (const GstSegment *segment, GstP2pFrameBuffer *frame);

G_END_DECLS
