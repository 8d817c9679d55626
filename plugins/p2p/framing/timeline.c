/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timeline: see timeline.h.
 */
#include "plugins/p2p/framing/timeline.h"

struct _GstP2pFramingTimeline
{
  gatomicrefcount refs;

  /* const */
  guint group_id;

  /* lock */
  GMutex lock;
  gboolean fixed;
  gint64 offset;
};

G_DEFINE_BOXED_TYPE (GstP2pFramingTimeline, gst_p2p_framing_timeline, gst_p2p_framing_timeline_ref,
                     gst_p2p_framing_timeline_unref)

GstP2pFramingTimeline *
gst_p2p_framing_timeline_new (void)
{
  GstP2pFramingTimeline *self = g_new0 (GstP2pFramingTimeline, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->group_id = gst_util_group_id_next ();
  return self;
}

GstP2pFramingTimeline *
gst_p2p_framing_timeline_ref (GstP2pFramingTimeline *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
gst_p2p_framing_timeline_unref (GstP2pFramingTimeline *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_mutex_clear (&self->lock);
  g_free (self);
}

static GstClockTime
get_running_time (GstElement *element)
{
  GstClockTime base = gst_element_get_base_time (element);
  g_autoptr (GstClock) clock = gst_element_get_clock (element);
  GstClockTime now = clock ? gst_clock_get_time (clock) : 0;

  return now > base ? now - base : 0;
}

gint64
gst_p2p_framing_timeline_map (GstP2pFramingTimeline *self, GstElement *element, gint64 time)
{
  GstClockTime now = get_running_time (element);
  gint64 offset;

  g_mutex_lock (&self->lock);
  if (!self->fixed)
    {
      if (__builtin_sub_overflow ((gint64)now, time, &self->offset))
        self->offset = time < 0 ? G_MAXINT64 : -G_MAXINT64;
      self->fixed = TRUE;
    }
  offset = self->offset;
  g_mutex_unlock (&self->lock);
  return offset;
}

gboolean
gst_p2p_framing_timeline_get_offset (GstP2pFramingTimeline *self, gint64 *offset)
{
  gboolean fixed;

  g_mutex_lock (&self->lock);
  fixed = self->fixed;
  *offset = self->offset;
  g_mutex_unlock (&self->lock);
  return fixed;
}

guint
gst_p2p_framing_timeline_get_group_id (GstP2pFramingTimeline *self)
{
  return self->group_id;
}
