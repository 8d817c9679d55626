/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * time: converts the timestamps of buffers from those of a segment to the sender's running time.
 */
#pragma once

#include "gst/p2p/frame/frame.h"

G_BEGIN_DECLS

/**
 * gst_p2p_framing_time_convert:
 * @segment: of the stream
 * @pts, @dts: of a buffer, in @segment
 * @times: (inout): duration and flags as they were in @segment; gets pts and dts
 *
 * A buffer that lies wholly outside of the segment may still be needed to decode one that does not,
 * and is flagged DECODE_ONLY; one that begins before the segment is cut. A decoding time before the
 * segment has no running time and becomes none, as do all times in a segment that is not in time
 * format.
 */
void gst_p2p_framing_time_convert (const GstSegment *segment, GstClockTime pts, GstClockTime dts,
                                   GstP2pFrameBuffer *times);

G_END_DECLS
