/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * quietpad: see quietpad.h.
 */
#include "plugins/p2p/quietpad.h"

gboolean
gst_p2p_quiet_pad_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return TRUE;
}

gboolean
gst_p2p_quiet_pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  switch (GST_QUERY_TYPE (query))
    {
    case GST_QUERY_ALLOCATION:
      return TRUE;
    case GST_QUERY_CAPS:
    case GST_QUERY_ACCEPT_CAPS:
      return gst_pad_query_default (pad, parent, query);
    default:
      return FALSE;
    }
}
