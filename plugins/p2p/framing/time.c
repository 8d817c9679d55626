/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * time: see time.h.
 */
#include "plugins/p2p/framing/time.h"

/* None if @time is none, or if its running time would be negative. */
static gint64
to_running_time (const GstSegment *segment, GstClockTime time)
{
  guint64 running_time;

  if (!GST_CLOCK_TIME_IS_VALID (time)
      || gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, time, &running_time) <= 0
      || running_time > G_MAXINT64)
    return GST_P2P_FRAME_NO_TIME;
  return running_time;
}

static gboolean
is_before (const GstSegment *segment, GstClockTime pts)
{
  return GST_CLOCK_TIME_IS_VALID (pts) && segment->rate > 0 && pts < segment->start;
}

static gboolean
is_after (const GstSegment *segment, GstClockTime pts)
{
  return GST_CLOCK_TIME_IS_VALID (pts) && GST_CLOCK_TIME_IS_VALID (segment->stop)
         && segment->rate > 0 && segment->stop > segment->start && pts >= segment->stop;
}

static GstClockTime
scale (GstClockTime duration, gdouble rate)
{
  if (!GST_CLOCK_TIME_IS_VALID (duration) || ABS (rate) == 1.0)
    return duration;
  return (GstClockTime)((gdouble)duration / ABS (rate));
}

/* A buffer that begins before the segment begins with it instead. */
static void
cut (const GstSegment *segment, GstClockTime pts, GstClockTime duration, GstP2pFrameBuffer *times)
{
  GstClockTime end = GST_CLOCK_TIME_IS_VALID (duration) ? pts + duration : pts;

  times->pts = to_running_time (segment, segment->start);
  if (end > segment->start)
    times->duration = scale (end - segment->start, segment->rate);
  else
    times->flags |= GST_BUFFER_FLAG_DECODE_ONLY;
}

void
gst_p2p_framing_time_convert (const GstSegment *segment, GstClockTime pts, GstClockTime dts,
                              GstP2pFrameBuffer *times)
{
  GstClockTime duration = times->duration;

  if (segment->format != GST_FORMAT_TIME)
    {
      times->pts = times->dts = GST_P2P_FRAME_NO_TIME;
      times->duration = GST_CLOCK_TIME_NONE;
      return;
    }
  times->dts = to_running_time (segment, dts);
  times->pts = to_running_time (segment, pts);
  times->duration = scale (duration, segment->rate);
  if (is_before (segment, pts))
    cut (segment, pts, duration, times);
  else if (is_after (segment, pts))
    times->flags |= GST_BUFFER_FLAG_DECODE_ONLY;
}
