/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * time: see time.h.
 */
#include "plugins/p2p/framing/time.h"

static gint64
to_running_time (const GstSegment *segment, GstClockTime time)
{
  guint64 running_time;
  gint sign;

  if (!GST_CLOCK_TIME_IS_VALID (time))
    return GST_P2P_FRAME_NO_TIME;
  sign = gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, time, &running_time);
  if (sign == 0 || running_time > G_MAXINT64)
    return GST_P2P_FRAME_NO_TIME;
  return sign * (gint64)running_time;
}

/* None stays none. */
static GstClockTime
multiply (GstClockTime time, gdouble factor)
{
  gdouble product = (gdouble)time * ABS (factor);

  if (!GST_CLOCK_TIME_IS_VALID (time) || ABS (factor) == 1.0)
    return time;
  return product < (gdouble)G_MAXINT64 ? (GstClockTime)product : G_MAXINT64;
}

void
gst_p2p_framing_time_convert (const GstSegment *segment, GstClockTime pts, GstClockTime dts,
                              GstP2pFrameBuffer *times)
{
  if (segment->format != GST_FORMAT_TIME)
    {
      times->pts = times->dts = GST_P2P_FRAME_NO_TIME;
      times->duration = GST_CLOCK_TIME_NONE;
      return;
    }
  times->dts = to_running_time (segment, dts);
  times->pts = to_running_time (segment, pts);
  times->duration = multiply (times->duration, 1 / segment->rate);
}

void
gst_p2p_framing_time_tell (const GstSegment *segment, GstSegment *told)
{
  if (segment->format != GST_FORMAT_TIME)
    {
      gst_segment_init (told,
                        segment->format == GST_FORMAT_BYTES ? GST_FORMAT_BYTES : GST_FORMAT_TIME);
      return;
    }
  gst_segment_init (told, GST_FORMAT_TIME);
  told->base = segment->base;
  if (segment->rate < 0) /* running time begins at the stop, and stream time goes back */
    {
      told->time = GST_CLOCK_TIME_NONE;
      return;
    }
  told->start = multiply (segment->start + segment->offset, 1 / segment->rate);
  told->stop = multiply (segment->stop, 1 / segment->rate);
  told->applied_rate = segment->applied_rate * segment->rate;
  told->time = segment->time;
  if (GST_CLOCK_TIME_IS_VALID (told->time))
    told->time += multiply (segment->offset, segment->applied_rate);
}

static gint64
add (gint64 a, gint64 b)
{
  gint64 sum;

  if (__builtin_add_overflow (a, b, &sum))
    return a < 0 ? -G_MAXINT64 : G_MAXINT64;
  return sum;
}

GstClockTime
gst_p2p_framing_time_to_timestamp (const GstSegment *told, gint64 running_time)
{
  gint64 start = (gint64)MIN (told->start, G_MAXINT64);
  gint64 base = (gint64)MIN (told->base, G_MAXINT64);
  gint64 time = add (start - base, running_time);

  return running_time == GST_P2P_FRAME_NO_TIME || time < 0 ? GST_CLOCK_TIME_NONE
                                                           : (GstClockTime)time;
}

void
gst_p2p_framing_time_map (const GstSegment *told, gint64 offset, GstSegment *segment)
{
  gint64 start = (gint64)MIN (told->start, G_MAXINT64);
  gint64 base = add ((gint64)MIN (told->base, G_MAXINT64), offset);
  gint64 before = base < 0 ? -base : 0;

  *segment = *told;
  if (told->format != GST_FORMAT_TIME)
    return;
  segment->base = (guint64)MAX (base, 0);
  segment->start = segment->position = (guint64)add (start, before);
  if (GST_CLOCK_TIME_IS_VALID (segment->stop))
    segment->stop = MAX (segment->stop, segment->start);
  if (GST_CLOCK_TIME_IS_VALID (segment->time))
    segment->time += multiply (before, segment->applied_rate);
}
