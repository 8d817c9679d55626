/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sendertime: see sendertime.h.
 */
#include "plugins/p2p/framing/sendertime.h"

/* Encoders may learn what they need late, and change it; the query is cheap. */
#define ASK_INTERVAL_US G_USEC_PER_SEC

void
gst_p2p_framing_sender_time_start (GstP2pFramingSenderTime *self, GstP2pFramingOrigin *origin)
{
  g_clear_pointer (&self->origin, gst_p2p_framing_origin_unref);
  self->origin = origin ? gst_p2p_framing_origin_ref (origin) : gst_p2p_framing_origin_new ();
  self->asked_us = 0;
  self->told_latency = 0;
}

void
gst_p2p_framing_sender_time_stop (GstP2pFramingSenderTime *self)
{
  g_clear_pointer (&self->origin, gst_p2p_framing_origin_unref);
}

gboolean
gst_p2p_framing_sender_time_ask (GstP2pFramingSenderTime *self, GstPad *pad, GstClockTime *latency)
{
  gint64 now_us = g_get_monotonic_time ();
  g_autoptr (GstQuery) query = NULL;
  gboolean live;

  if (self->asked_us != 0 && now_us - self->asked_us < ASK_INTERVAL_US)
    return FALSE;
  self->asked_us = now_us;
  query = gst_query_new_latency ();
  if (!gst_pad_peer_query (pad, query))
    return FALSE;
  gst_query_parse_latency (query, &live, latency, NULL);
  if (!live || !GST_CLOCK_TIME_IS_VALID (*latency))
    return FALSE;
  gst_p2p_framing_origin_set_live (self->origin, TRUE);
  if (*latency == self->told_latency)
    return FALSE;
  self->told_latency = *latency;
  return TRUE;
}

void
gst_p2p_framing_sender_time_stamp (GstP2pFramingSenderTime *self, GstElement *element, gint64 *sent,
                                   guint16 *timeline)
{
  g_autoptr (GstClock) clock = NULL;

  *timeline = gst_p2p_framing_origin_get_timeline (self->origin);
  *sent = GST_P2P_FRAME_NO_TIME;
  if (!gst_p2p_framing_origin_is_live (self->origin))
    return;
  clock = gst_element_get_clock (element);
  if (clock)
    *sent = GST_CLOCK_DIFF (gst_element_get_base_time (element), gst_clock_get_time (clock));
}
