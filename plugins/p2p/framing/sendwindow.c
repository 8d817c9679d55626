/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sendwindow: see sendwindow.h.
 */
#include "plugins/p2p/framing/sendwindow.h"

#include <gst/base/gstqueuearray.h>

#include "gst/p2p/base/serial.h"
#include "gst/p2p/frame/frame.h"

typedef struct
{
  gboolean set;
  guint32 seq;
} Mark;

struct _GstP2pFramingSendWindow
{
  /* lock */
  GMutex lock;
  GCond cond;
  gboolean flushing;
  gboolean stopped;
  GstQueueArray *sizes; /* gsize, of the objects after @acknowledged */
  gsize bytes;
  guint32 next_seq;
  guint32 acknowledged;
  Mark eos;
  Mark probe;
  Mark measured;
  gint64 measured_us; /* when it was sent */
  gint64 rtt_us;
};

GstP2pFramingSendWindow *
gst_p2p_framing_send_window_new (void)
{
  GstP2pFramingSendWindow *self = g_new0 (GstP2pFramingSendWindow, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->sizes = gst_queue_array_new_for_struct (sizeof (gsize), 256);
  gst_p2p_framing_send_window_reset (self);
  return self;
}

void
gst_p2p_framing_send_window_free (GstP2pFramingSendWindow *self)
{
  gst_queue_array_free (self->sizes);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
gst_p2p_framing_send_window_reset (GstP2pFramingSendWindow *self)
{
  g_mutex_lock (&self->lock);
  gst_queue_array_clear (self->sizes);
  self->bytes = 0;
  self->next_seq = 0;
  self->acknowledged = GST_P2P_FRAME_NO_SEQ;
  self->eos.set = self->probe.set = self->measured.set = FALSE;
  self->rtt_us = -1;
  self->flushing = self->stopped = FALSE;
  g_mutex_unlock (&self->lock);
}

static gboolean
has_room_locked (const GstP2pFramingSendWindow *self, gsize bytes, gsize max_bytes)
{
  return self->bytes == 0 || (self->bytes < max_bytes && bytes <= max_bytes - self->bytes);
}

static gboolean
is_acknowledged_locked (const GstP2pFramingSendWindow *self, const Mark *mark)
{
  return mark->set && !gst_p2p_serial32_is_after (mark->seq, self->acknowledged);
}

GstP2pFramingSendWindowState
gst_p2p_framing_send_window_wait (GstP2pFramingSendWindow *self, gsize bytes, gsize max_bytes,
                                  gint64 stall_us)
{
  gint64 until_us = g_get_monotonic_time () + stall_us;
  GstP2pFramingSendWindowState state = GST_P2P_FRAMING_SEND_WINDOW_OPEN;

  g_mutex_lock (&self->lock);
  while (!self->flushing && !self->stopped && !has_room_locked (self, bytes, max_bytes)
         && state == GST_P2P_FRAMING_SEND_WINDOW_OPEN)
    {
      if (stall_us < 0 || self->probe.set)
        g_cond_wait (&self->cond, &self->lock);
      else if (!g_cond_wait_until (&self->cond, &self->lock, until_us))
        state = GST_P2P_FRAMING_SEND_WINDOW_STALLED;
    }
  if (self->flushing || self->stopped)
    state = GST_P2P_FRAMING_SEND_WINDOW_CLOSED;
  g_mutex_unlock (&self->lock);
  return state;
}

void
gst_p2p_framing_send_window_wait_closed (GstP2pFramingSendWindow *self)
{
  g_mutex_lock (&self->lock);
  while (!self->flushing && !self->stopped)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
}

gboolean
gst_p2p_framing_send_window_has_room (GstP2pFramingSendWindow *self, gsize bytes, gsize max_bytes)
{
  gboolean room;

  g_mutex_lock (&self->lock);
  room = has_room_locked (self, bytes, max_bytes);
  g_mutex_unlock (&self->lock);
  return room;
}

guint32
gst_p2p_framing_send_window_add (GstP2pFramingSendWindow *self, gsize bytes, GstP2pSendMark mark)
{
  Mark now = { .set = TRUE };

  g_mutex_lock (&self->lock);
  now.seq = self->next_seq++;
  gst_queue_array_push_tail_struct (self->sizes, &bytes);
  self->bytes += bytes;
  if (!self->measured.set)
    {
      self->measured = now;
      self->measured_us = g_get_monotonic_time ();
    }
  if (mark == GST_P2P_SEND_EOS)
    self->eos = now;
  else if (mark == GST_P2P_SEND_PROBE)
    self->probe = now;
  g_mutex_unlock (&self->lock);
  return now.seq;
}

gboolean
gst_p2p_framing_send_window_acknowledge (GstP2pFramingSendWindow *self, guint32 seq, gboolean *eos)
{
  gboolean known;

  g_mutex_lock (&self->lock);
  known = !gst_p2p_serial32_is_after (seq, self->next_seq - 1);
  while (known && gst_p2p_serial32_is_after (seq, self->acknowledged))
    {
      self->bytes -= *(gsize *)gst_queue_array_pop_head_struct (self->sizes);
      self->acknowledged++;
    }
  if (is_acknowledged_locked (self, &self->measured))
    {
      self->measured.set = FALSE;
      self->rtt_us = g_get_monotonic_time () - self->measured_us;
    }
  if (is_acknowledged_locked (self, &self->probe))
    self->probe.set = FALSE;
  *eos = is_acknowledged_locked (self, &self->eos);
  if (*eos)
    self->eos.set = FALSE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return known;
}

void
gst_p2p_framing_send_window_set_flushing (GstP2pFramingSendWindow *self, gboolean flushing)
{
  g_mutex_lock (&self->lock);
  self->flushing = flushing;
  if (!flushing)
    self->eos.set = FALSE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_framing_send_window_stop (GstP2pFramingSendWindow *self)
{
  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_framing_send_window_add_stats (GstP2pFramingSendWindow *self, GstStructure *stats)
{
  g_mutex_lock (&self->lock);
  gst_structure_set (stats, "in-flight", G_TYPE_UINT64, (guint64)self->bytes, "in-flight-objects",
                     G_TYPE_UINT, gst_queue_array_get_length (self->sizes), "ack-rtt-us",
                     G_TYPE_INT64, self->rtt_us, NULL);
  g_mutex_unlock (&self->lock);
}
