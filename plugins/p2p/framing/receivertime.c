/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * receivertime: see receivertime.h.
 */
#include "plugins/p2p/framing/receivertime.h"

/* The lag is learned at the beginning: what is held back later waits for the network, and is not to
 * delay the stream for ever. */
#define LAGS 5
/* Less is covered by any latency that a user may set. */
#define LAG_STEP (20 * GST_MSECOND)

void
gst_p2p_framing_receiver_time_start (GstP2pFramingReceiverTime *self, GstElement *element,
                                     GstP2pFramingTimeline *timeline)
{
  gst_p2p_framing_receiver_time_stop (self);
  self->element = element;
  self->timeline = gst_p2p_framing_timeline_ref (timeline);
}

void
gst_p2p_framing_receiver_time_stop (GstP2pFramingReceiverTime *self)
{
  g_clear_pointer (&self->timeline, gst_p2p_framing_timeline_unref);
  *self = (GstP2pFramingReceiverTime){ 0 };
}

static gboolean
take_lag (GstP2pFramingReceiverTime *self, const GstP2pFramingStamp *stamp)
{
  GstClockTime known = gst_p2p_framing_timeline_get_latency (self->timeline);
  gint64 lag;

  if (stamp->sent == GST_P2P_FRAME_NO_TIME || self->lags >= LAGS
      || !gst_p2p_framing_lag_take (&self->lag, stamp->time, stamp->sent, &lag))
    return FALSE;
  self->lags++;
  return (GstClockTime)lag > known + LAG_STEP
         && gst_p2p_framing_timeline_add_latency (self->timeline, (GstClockTime)lag + LAG_STEP);
}

gboolean
gst_p2p_framing_receiver_time_take (GstP2pFramingReceiverTime *self,
                                    const GstP2pFramingStamp *stamp)
{
  gboolean first = !self->begun || self->sender_timeline != stamp->timeline;

  if (first)
    {
      self->begun = TRUE;
      self->sender_timeline = stamp->timeline;
      self->lag = (GstP2pFramingLag){ 0 };
      self->lags = 0;
    }
  self->live |= stamp->sent != GST_P2P_FRAME_NO_TIME;
  self->offset = gst_p2p_framing_timeline_map (self->timeline, self->element, stamp, first);
  return take_lag (self, stamp);
}

void
gst_p2p_framing_receiver_time_resume (GstP2pFramingReceiverTime *self, gboolean dropped,
                                      gint64 opened)
{
  self->resuming = TRUE;
  self->opened = opened;
  self->dropped |= dropped;
}

static gboolean
is_late (const GstP2pFramingReceiverTime *self, gint64 time, GstClockTime allowance)
{
  GstClockTime now = gst_element_get_current_running_time (self->element);

  return GST_CLOCK_TIME_IS_VALID (now) && time + self->offset + (gint64)allowance < (gint64)now;
}

GstP2pFramingVerdict
gst_p2p_framing_receiver_time_judge (GstP2pFramingReceiverTime *self,
                                     const GstP2pFramingStamp *stamp, gboolean delta,
                                     GstClockTime allowance)
{
  GstP2pFramingVerdict verdict;

  if (!self->resuming)
    return GST_P2P_FRAMING_PASS;
  if (stamp->time != GST_P2P_FRAME_NO_TIME && stamp->arrived < self->opened
      && is_late (self, stamp->time, allowance))
    verdict = GST_P2P_FRAMING_DROP;
  else if (self->dropped && delta)
    verdict = GST_P2P_FRAMING_DROP_TO_KEY_UNIT;
  else
    verdict = self->dropped ? GST_P2P_FRAMING_PASS_DISCONT : GST_P2P_FRAMING_PASS;
  self->dropped = verdict == GST_P2P_FRAMING_DROP || verdict == GST_P2P_FRAMING_DROP_TO_KEY_UNIT;
  self->resuming = self->dropped;
  return verdict;
}
