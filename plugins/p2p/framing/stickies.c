/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stickies: see stickies.h.
 */
#include "plugins/p2p/framing/stickies.h"

typedef struct
{
  GstEventType type;
  gboolean had_caps;
} Forgotten;

static gboolean
forget (GstPad *pad, GstEvent **event, gpointer user_data)
{
  Forgotten *forgotten = user_data;
  GstEventType type = GST_EVENT_TYPE (*event);

  if (forgotten->type != GST_EVENT_UNKNOWN && forgotten->type != type)
    return TRUE;
  forgotten->had_caps |= type == GST_EVENT_CAPS;
  gst_event_replace (event, NULL);
  return TRUE;
}

static void
forget_at (GstPad *pad, GstEventType type)
{
  Forgotten forgotten = { .type = type };

  gst_pad_sticky_events_foreach (pad, forget, &forgotten);
  if (forgotten.had_caps)
    g_object_notify (G_OBJECT (pad), "caps");
}

void
gst_p2p_framing_stickies_forget (GstPad *src, GstEventType type)
{
  GstPad *pad = gst_object_ref (src);

  while (pad)
    {
      GstPad *peer = gst_pad_get_peer (pad);

      forget_at (pad, type);
      gst_clear_object (&pad);
      if (!peer)
        return;
      forget_at (peer, type);
      if (GST_IS_PROXY_PAD (peer))
        pad = GST_PAD (gst_proxy_pad_get_internal (GST_PROXY_PAD (peer)));
      gst_object_unref (peer);
    }
}
