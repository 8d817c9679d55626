/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * origin: see origin.h.
 */
#include "plugins/p2p/framing/origin.h"

struct _GstP2pFramingOrigin
{
  gatomicrefcount refs;

  /* lock */
  GMutex lock;
  guint16 timeline;
  guint32 flush_seqnum; /* of the last flush */
  gboolean live;
};

G_DEFINE_BOXED_TYPE (GstP2pFramingOrigin, gst_p2p_framing_origin, gst_p2p_framing_origin_ref,
                     gst_p2p_framing_origin_unref)

GstP2pFramingOrigin *
gst_p2p_framing_origin_new (void)
{
  GstP2pFramingOrigin *self = g_new0 (GstP2pFramingOrigin, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->flush_seqnum = GST_SEQNUM_INVALID;
  return self;
}

GstP2pFramingOrigin *
gst_p2p_framing_origin_ref (GstP2pFramingOrigin *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
gst_p2p_framing_origin_unref (GstP2pFramingOrigin *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_p2p_framing_origin_begin_anew (GstP2pFramingOrigin *self)
{
  g_mutex_lock (&self->lock);
  self->timeline++;
  g_mutex_unlock (&self->lock);
}

gboolean
gst_p2p_framing_origin_take_flush (GstP2pFramingOrigin *self, GstEvent *flush_stop)
{
  guint32 seqnum = gst_event_get_seqnum (flush_stop);
  gboolean first;

  g_mutex_lock (&self->lock);
  first = seqnum != self->flush_seqnum;
  if (first)
    self->timeline++;
  self->flush_seqnum = seqnum;
  g_mutex_unlock (&self->lock);
  return first;
}

guint16
gst_p2p_framing_origin_get_timeline (GstP2pFramingOrigin *self)
{
  guint16 timeline;

  g_mutex_lock (&self->lock);
  timeline = self->timeline;
  g_mutex_unlock (&self->lock);
  return timeline;
}

void
gst_p2p_framing_origin_set_live (GstP2pFramingOrigin *self, gboolean live)
{
  g_mutex_lock (&self->lock);
  self->live = live;
  g_mutex_unlock (&self->lock);
}

gboolean
gst_p2p_framing_origin_is_live (GstP2pFramingOrigin *self)
{
  gboolean live;

  g_mutex_lock (&self->lock);
  live = self->live;
  g_mutex_unlock (&self->lock);
  return live;
}
