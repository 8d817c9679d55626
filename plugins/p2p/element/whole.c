/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * whole: see whole.h.
 */
#include "plugins/p2p/element/whole.h"

#include "plugins/p2p/pads/sinkpad.h"

/* Asks one pad, or its upstream, and adds the answer to that of the pads before. */
typedef gboolean (*AskFunc) (GstP2pSinkPad *pad, GstQuery *query, gboolean first);

static gboolean
ask_position (GstP2pSinkPad *pad, GstQuery *query, gboolean first)
{
  gint64 so_far, position;
  GstFormat format;

  gst_query_parse_position (query, &format, &so_far);
  if (!gst_p2p_sink_pad_get_position (pad, format, &position))
    return FALSE;
  gst_query_set_position (query, format, first ? position : MAX (so_far, position));
  return TRUE;
}

static gboolean
ask_duration (GstP2pSinkPad *pad, GstQuery *query, gboolean first)
{
  gint64 so_far, duration;
  GstFormat format;

  gst_query_parse_duration (query, &format, &so_far);
  if (!gst_pad_peer_query_duration (GST_PAD (pad), format, &duration))
    return FALSE;
  gst_query_set_duration (query, format, first ? duration : MAX (so_far, duration));
  return TRUE;
}

static gboolean
ask_latency (GstP2pSinkPad *pad, GstQuery *query, gboolean first)
{
  g_autoptr (GstQuery) own = gst_query_new_latency ();
  gboolean live, live_so_far;
  GstClockTime min, max, min_so_far, max_so_far;

  if (!gst_pad_peer_query (GST_PAD (pad), own))
    return FALSE;
  gst_query_parse_latency (own, &live, &min, &max);
  gst_query_parse_latency (query, &live_so_far, &min_so_far, &max_so_far);
  if (first)
    gst_query_set_latency (query, live, min, max);
  else /* "none" is the largest */
    gst_query_set_latency (query, live || live_so_far, MAX (min, min_so_far),
                           MIN (max, max_so_far));
  return TRUE;
}

/* What the first that answers says holds for the others, which come from the same source. */
static gboolean
ask_upstream (GstP2pSinkPad *pad, GstQuery *query, gboolean first)
{
  return !first || gst_pad_peer_query (GST_PAD (pad), query);
}

static AskFunc
find_ask (GstQueryType type)
{
  switch (type)
    {
    case GST_QUERY_POSITION:
      return ask_position;
    case GST_QUERY_DURATION:
      return ask_duration;
    case GST_QUERY_LATENCY:
      return ask_latency;
    default:
      return ask_upstream;
    }
}

gboolean
gst_p2p_whole_query (GstElement *element, GstQuery *query)
{
  AskFunc ask = find_ask (GST_QUERY_TYPE (query));
  gboolean known = FALSE;
  GList *pads;

  pads = gst_p2p_sink_pad_list (element);
  for (GList *l = pads; l; l = l->next)
    known |= ask (l->data, query, !known);
  g_list_free_full (pads, gst_object_unref);
  return known;
}

gboolean
gst_p2p_whole_send_upstream (GstElement *element, GstEvent *event)
{
  GList *pads = gst_p2p_sink_pad_list (element);
  gboolean taken = FALSE;

  for (GList *l = pads; l; l = l->next)
    taken |= gst_pad_push_event (l->data, gst_event_ref (event));
  g_list_free_full (pads, gst_object_unref);
  gst_event_unref (event);
  return taken;
}
