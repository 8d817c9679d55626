/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answer: see answer.h.
 */
#include "plugins/p2p/framing/answer.h"

#include "plugins/p2p/framing/event.h"

gboolean
gst_p2p_framing_answer (GstPad *pad, GstQuery *query, gboolean live, GstClockTime latency)
{
  GstFormat format;

  switch (GST_QUERY_TYPE (query))
    {
    case GST_QUERY_LATENCY:
      gst_query_set_latency (query, live, live ? latency : 0, GST_CLOCK_TIME_NONE);
      return TRUE;
    case GST_QUERY_SEEKING:
      gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
      gst_query_set_seeking (query, format, FALSE, 0, -1);
      return TRUE;
    case GST_QUERY_SCHEDULING:
      gst_query_set_scheduling (query, GST_SCHEDULING_FLAG_SEQUENTIAL, 1, -1, 0);
      gst_query_add_scheduling_mode (query, GST_PAD_MODE_PUSH);
      return TRUE;
    case GST_QUERY_CAPS:
    case GST_QUERY_ACCEPT_CAPS:
      return gst_pad_query_default (pad, GST_OBJECT_PARENT (pad), query);
    default:
      return FALSE;
    }
}

gboolean
gst_p2p_framing_answer_event (GstEvent *event, gint64 offset, GstP2pFramingReplies *replies)
{
  gboolean quiet = GST_EVENT_TYPE (event) == GST_EVENT_QOS
                   || GST_EVENT_TYPE (event) == GST_EVENT_LATENCY
                   || GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE;
  gchar *text = replies ? gst_p2p_framing_event_print_upstream (event, -offset) : NULL;

  gst_event_unref (event);
  if (!text)
    return quiet;
  gst_p2p_framing_replies_take_upstream (replies, text);
  return TRUE;
}
