/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * repeater: see repeater.h.
 */
#include "plugins/p2p/transport/stock/packets/repeater.h"

#include "gst/p2p/base/timer.h"
#include "plugins/p2p/transport/limits.h"

/* 0.2 + 0.4 + 0.8 + 1 + 1 + … s: longer than anybody waits for a connection. */
#define MAX_ROUNDS 32

struct _GstP2pStockRepeater
{
  /* const */
  GstP2pStockRepeaterFunc func;
  gpointer user_data;
  guint max_kept;
  GSource *timer;

  GMutex lock;
  /* lock */
  GQueue kept; /* GstBuffer */
  guint rounds;
  guint wait_ms;

  /* atomic; written under lock */
  gint finished; /* gboolean */
};

static void
wait_locked (GstP2pStockRepeater *self)
{
  g_source_set_ready_time (self->timer, g_get_monotonic_time () + self->wait_ms * 1000);
}

/* References to what is to be sent now. */
static GPtrArray *
begin_round (GstP2pStockRepeater *self)
{
  GPtrArray *packets = g_ptr_array_new ();
  GList *l;

  g_mutex_lock (&self->lock);
  for (l = self->kept.head; l; l = l->next)
    g_ptr_array_add (packets, gst_buffer_ref (l->data));
  self->wait_ms = MIN (2 * self->wait_ms, GST_P2P_LONGEST_REPEAT_MS);
  if (packets->len > 0 && ++self->rounds < MAX_ROUNDS)
    wait_locked (self);
  g_mutex_unlock (&self->lock);
  return packets;
}

static gboolean
on_timer (gpointer user_data)
{
  GstP2pStockRepeater *self = user_data;
  g_autoptr (GPtrArray) packets = begin_round (self);
  guint i;

  for (i = 0; i < packets->len; i++)
    self->func (g_ptr_array_index (packets, i), self->user_data);
  return G_SOURCE_CONTINUE;
}

GstP2pStockRepeater *
gst_p2p_stock_repeater_new (GMainContext *context, guint max_kept, GstP2pStockRepeaterFunc func,
                            gpointer user_data)
{
  GstP2pStockRepeater *self = g_new0 (GstP2pStockRepeater, 1);

  self->func = func;
  self->user_data = user_data;
  self->max_kept = max_kept;
  g_mutex_init (&self->lock);
  g_queue_init (&self->kept);
  self->timer = gst_p2p_timer_new (context, on_timer, self);
  return self;
}

void
gst_p2p_stock_repeater_free (GstP2pStockRepeater *self)
{
  if (!self)
    return;
  gst_p2p_clear_source (&self->timer);
  g_queue_clear_full (&self->kept, (GDestroyNotify)gst_buffer_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_p2p_stock_repeater_keep (GstP2pStockRepeater *self, GstBuffer *packet)
{
  g_mutex_lock (&self->lock);
  if (!self->finished)
    {
      g_queue_push_tail (&self->kept, gst_buffer_ref (packet));
      if (self->kept.length > self->max_kept)
        gst_buffer_unref (g_queue_pop_head (&self->kept));
      self->rounds = 0;
      self->wait_ms = GST_P2P_FIRST_REPEAT_MS;
      wait_locked (self);
    }
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_stock_repeater_finish (GstP2pStockRepeater *self)
{
  if (g_atomic_int_get (&self->finished))
    return;
  g_mutex_lock (&self->lock);
  g_atomic_int_set (&self->finished, TRUE);
  g_queue_clear_full (&self->kept, (GDestroyNotify)gst_buffer_unref);
  g_source_set_ready_time (self->timer, -1);
  g_mutex_unlock (&self->lock);
}
