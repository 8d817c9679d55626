/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * playout: see playout.h.
 */
#include "plugins/p2p/framing/playout.h"

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/serial.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/framing/stickies.h"
#include "plugins/p2p/framing/time.h"

#define GST_CAT_DEFAULT gst_p2p_depay_debug

/* --- life --- */

void
gst_p2p_framing_playout_init (GstP2pFramingPlayout *self, GstElement *element, GstPad *src)
{
  self->element = element;
  self->src = src;
  gst_p2p_framing_playgate_init (&self->gate);
}

void
gst_p2p_framing_playout_clear (GstP2pFramingPlayout *self)
{
  gst_p2p_framing_playout_stop (self);
  gst_p2p_framing_playgate_clear (&self->gate);
}

void
gst_p2p_framing_playout_start (GstP2pFramingPlayout *self, GstP2pFramingTimeline *timeline,
                               gboolean live)
{
  gst_p2p_framing_playout_stop (self);
  self->live = live;
  self->timeline = gst_p2p_framing_timeline_ref (timeline);
  gst_p2p_framing_receiver_time_start (&self->mapping, self->element, timeline);
  self->started = self->sent_segment = self->eos = self->flushed = FALSE;
  self->opened = 0;
  gst_p2p_framing_playgate_reset (&self->gate);
}

void
gst_p2p_framing_playout_stop (GstP2pFramingPlayout *self)
{
  gst_p2p_framing_receiver_time_stop (&self->mapping);
  g_clear_pointer (&self->timeline, gst_p2p_framing_timeline_unref);
}

/* --- the stream's beginning --- */

/* Whether it is the first stream of this channel. Another channel may have been here before, of
 * which nothing is to be left. */
static gboolean
start (GstP2pFramingPlayout *self)
{
  if (self->started)
    return FALSE;
  self->started = TRUE;
  gst_p2p_framing_stickies_forget (self->src, GST_EVENT_UNKNOWN);
  return TRUE;
}

void
gst_p2p_framing_playout_begin (GstP2pFramingPlayout *self)
{
  g_autofree gchar *id = NULL;
  GstEvent *event;

  if (!start (self))
    return;
  id = gst_pad_create_stream_id (self->src, self->element, "raw");
  event = gst_event_new_stream_start (id);
  gst_event_set_group_id (event, gst_p2p_framing_timeline_get_group_id (self->timeline));
  gst_pad_push_event (self->src, event);
}

/* Timestamps are the sender's: where running times here differ from the sender's, the segment makes
 * up for it. If the sender is live, the difference follows the clocks, and the timestamps make up
 * for it. */
void
gst_p2p_framing_playout_begin_segment (GstP2pFramingPlayout *self, const GstSegment *told)
{
  GstSegment segment;
  gint64 offset = self->mapping.live ? 0 : self->mapping.offset;

  gst_p2p_framing_playout_begin (self);
  if (self->sent_segment && self->told_offset == offset && gst_segment_is_equal (&self->told, told))
    return;
  self->sent_segment = TRUE;
  self->told = *told;
  self->told_offset = offset;
  gst_p2p_framing_time_map (told, offset, &segment);
  if (self->mapping.live) /* told for timestamps that this one does not have */
    segment.stop = GST_CLOCK_TIME_NONE;
  GST_DEBUG_OBJECT (self->element, "%" GST_SEGMENT_FORMAT, &segment);
  gst_pad_push_event (self->src, gst_event_new_segment (&segment));
}

void
gst_p2p_framing_playout_forget_segment (GstP2pFramingPlayout *self)
{
  if (!self->sent_segment)
    return;
  gst_p2p_framing_stickies_forget (self->src, GST_EVENT_SEGMENT);
  self->sent_segment = FALSE;
}

/* --- time --- */

static void
post_latency (GstP2pFramingPlayout *self)
{
  gst_element_post_message (self->element, gst_message_new_latency (GST_OBJECT (self->element)));
}

void
gst_p2p_framing_playout_add_latency (GstP2pFramingPlayout *self, GstClockTime latency)
{
  if (self->live && gst_p2p_framing_timeline_add_latency (self->timeline, latency))
    post_latency (self);
}

GstFlowReturn
gst_p2p_framing_playout_admit (GstP2pFramingPlayout *self, const GstP2pFramingStamp *stamp,
                               gboolean delta, GstClockTime latency, GstP2pFramingVerdict *verdict)
{
  gboolean live_sender = stamp->sent != GST_P2P_FRAME_NO_TIME, open;
  gint64 opened;

  *verdict = GST_P2P_FRAMING_PASS;
  if (!self->live)
    return GST_FLOW_OK;
  if (!live_sender && !gst_p2p_framing_playgate_pass (&self->gate))
    return GST_FLOW_FLUSHING;
  if (stamp->time != GST_P2P_FRAME_NO_TIME
      && gst_p2p_framing_receiver_time_take (&self->mapping, stamp))
    post_latency (self);
  if (!live_sender)
    return GST_FLOW_OK;

  open = gst_p2p_framing_playgate_is_open (&self->gate, &opened);
  if (!open || opened != self->opened)
    gst_p2p_framing_receiver_time_resume (&self->mapping, !open, opened);
  self->opened = opened;
  latency += gst_p2p_framing_timeline_get_latency (self->timeline);
  *verdict = open ? gst_p2p_framing_receiver_time_judge (&self->mapping, stamp, delta, latency)
                  : GST_P2P_FRAMING_DROP;
  return GST_FLOW_OK;
}

gint64
gst_p2p_framing_playout_shift (const GstP2pFramingPlayout *self, gint64 time)
{
  return time != GST_P2P_FRAME_NO_TIME && self->mapping.live ? time + self->mapping.offset : time;
}

/* --- downstream --- */

GstFlowReturn
gst_p2p_framing_playout_push (GstP2pFramingPlayout *self, GstBuffer *buffer)
{
  if (!self->eos)
    return gst_pad_push (self->src, buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_EOS;
}

void
gst_p2p_framing_playout_push_event (GstP2pFramingPlayout *self, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START)
    {
      start (self);
      self->eos = FALSE;
    }
  gst_p2p_framing_playout_begin (self);
  /* The result is ignored: an unlinked pad refuses an event, but keeps it if it is sticky. */
  gst_pad_push_event (self->src, event);
}

gboolean
gst_p2p_framing_playout_flush (GstP2pFramingPlayout *self, GstBuffer *object, GError **error)
{
  GstP2pFrameFlush flush;

  if (!gst_p2p_frame_flush_read (&flush, object))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "A FLUSH object is too short");
      return FALSE;
    }
  self->flushed = TRUE;
  self->flushed_timeline = flush.timeline;
  if (flush.reset_time)
    gst_p2p_framing_timeline_flush (self->timeline, flush.timeline);
  self->sent_segment = self->eos = FALSE;
  gst_pad_push_event (self->src, gst_event_new_flush_start ());
  /* Running time here goes on for what is live. */
  gst_pad_push_event (self->src, gst_event_new_flush_stop (flush.reset_time && !self->live));
  return TRUE;
}

gboolean
gst_p2p_framing_playout_was_flushed (const GstP2pFramingPlayout *self, guint16 timeline)
{
  return self->flushed && gst_p2p_serial16_is_after (self->flushed_timeline, timeline);
}
