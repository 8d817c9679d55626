/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * messagepad: see messagepad.h.
 */
#include "plugins/p2p/base/messagepad.h"

gboolean
gst_p2p_message_pad_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return TRUE;
}

gboolean
gst_p2p_message_pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  switch (GST_QUERY_TYPE (query))
    {
    case GST_QUERY_ALLOCATION:
      return TRUE;
    case GST_QUERY_LATENCY:
      gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
      return TRUE;
    case GST_QUERY_CAPS:
    case GST_QUERY_ACCEPT_CAPS:
      return gst_pad_query_default (pad, parent, query);
    default:
      return FALSE;
    }
}

void
gst_p2p_message_pad_begin (GstPad *pad)
{
  g_autofree gchar *id = g_strdup_printf ("messages-%08x", g_random_int ());
  GstSegment segment;

  gst_pad_push_event (pad, gst_event_new_stream_start (id));
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
}

GstEvent *
gst_p2p_message_eos_new (gboolean closed)
{
  GstEvent *eos = gst_event_new_eos ();

  gst_structure_set (gst_event_writable_structure (eos), "closed", G_TYPE_BOOLEAN, closed, NULL);
  return eos;
}

gboolean
gst_p2p_message_eos_is_closed (GstEvent *eos, gboolean fallback)
{
  const GstStructure *structure = gst_event_get_structure (eos);
  gboolean closed = fallback;

  if (structure)
    gst_structure_get_boolean (structure, "closed", &closed);
  return closed;
}

void
gst_p2p_message_set_arrival (GstBuffer *message)
{
  GST_BUFFER_DTS (message) = g_get_monotonic_time () * 1000;
}

gint64
gst_p2p_message_get_arrival (GstBuffer *message)
{
  return GST_BUFFER_DTS_IS_VALID (message) ? (gint64)GST_BUFFER_DTS (message)
                                           : g_get_monotonic_time () * 1000;
}
