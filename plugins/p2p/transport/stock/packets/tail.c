/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tail: see tail.h.
 */
#include "plugins/p2p/transport/stock/packets/tail.h"

#include "gst/p2p/base/serial.h"
#include "gst/p2p/base/timer.h"
#include "plugins/p2p/transport/limits.h"

/* The peer waits for the first of them; a fast stream has more packets on their way than need be
 * kept. */
#define MAX_KEPT 64

typedef struct
{
  GstBuffer *packet;
  guint32 tsn;
} Sent;

struct _GstP2pStockTail
{
  /* const */
  GstP2pStockTailFunc func;
  gpointer user_data;
  GSource *timer;

  GMutex lock;
  /* lock */
  GQueue kept; /* Sent, by TSN */
  guint wait_ms;
  gint64 due_us;
  gint64 armed_us; /* when the timer looks, no later than due_us; G_MAXINT64: not at all */
  gboolean finished;
};

static void
sent_free (gpointer data)
{
  Sent *sent = data;

  gst_buffer_unref (sent->packet);
  g_free (sent);
}

static void
arm_locked (GstP2pStockTail *self, gint64 at_us)
{
  self->armed_us = at_us;
  g_source_set_ready_time (self->timer, at_us == G_MAXINT64 ? -1 : at_us);
}

/* Each acknowledgement makes the packet due later. The timer is not moved for that, since it would
 * wake its thread: if it fires too early, it looks again. */
static void
wait_locked (GstP2pStockTail *self, guint ms)
{
  self->wait_ms = ms;
  self->due_us = g_get_monotonic_time () + ms * 1000;
  if (self->armed_us > self->due_us)
    arm_locked (self, self->due_us);
}

static gboolean
on_timer (gpointer user_data)
{
  GstP2pStockTail *self = user_data;
  GstBuffer *packet = NULL;
  Sent *first;

  g_mutex_lock (&self->lock);
  first = g_queue_peek_head (&self->kept);
  if (first && g_get_monotonic_time () >= self->due_us)
    {
      packet = gst_buffer_ref (first->packet);
      wait_locked (self, MIN (2 * self->wait_ms, GST_P2P_LONGEST_REPEAT_MS));
    }
  arm_locked (self, first ? self->due_us : G_MAXINT64);
  g_mutex_unlock (&self->lock);
  if (packet)
    self->func (packet, self->user_data);
  return G_SOURCE_CONTINUE;
}

GstP2pStockTail *
gst_p2p_stock_tail_new (GMainContext *context, GstP2pStockTailFunc func, gpointer user_data)
{
  GstP2pStockTail *self = g_new0 (GstP2pStockTail, 1);

  self->func = func;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_queue_init (&self->kept);
  self->armed_us = G_MAXINT64;
  self->timer = gst_p2p_timer_new (context, on_timer, self);
  return self;
}

void
gst_p2p_stock_tail_free (GstP2pStockTail *self)
{
  if (!self)
    return;
  gst_p2p_clear_source (&self->timer);
  g_queue_clear_full (&self->kept, sent_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static Sent *
sent_new (GstBuffer *packet, guint32 tsn)
{
  Sent *sent = g_new (Sent, 1);

  sent->packet = gst_buffer_ref (packet);
  sent->tsn = tsn;
  return sent;
}

/* Whether there was anything. */
static gboolean
forget_locked (GstP2pStockTail *self, guint32 tsn)
{
  gboolean any = FALSE;
  Sent *first;

  while ((first = g_queue_peek_head (&self->kept)) && !gst_p2p_serial32_is_after (first->tsn, tsn))
    {
      sent_free (g_queue_pop_head (&self->kept));
      any = TRUE;
    }
  return any;
}

void
gst_p2p_stock_tail_sent (GstP2pStockTail *self, GstBuffer *packet, guint32 tsn)
{
  Sent *last;

  g_mutex_lock (&self->lock);
  last = g_queue_peek_tail (&self->kept);
  /* what SCTP itself repeats is kept already */
  if (!self->finished && self->kept.length < MAX_KEPT
      && (!last || gst_p2p_serial32_is_after (tsn, last->tsn)))
    {
      g_queue_push_tail (&self->kept, sent_new (packet, tsn));
      if (!last)
        wait_locked (self, GST_P2P_FIRST_REPEAT_MS);
    }
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_stock_tail_acked (GstP2pStockTail *self, guint32 tsn)
{
  g_mutex_lock (&self->lock);
  if (forget_locked (self, tsn) && self->kept.length > 0)
    wait_locked (self, GST_P2P_FIRST_REPEAT_MS);
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_stock_tail_given_up (GstP2pStockTail *self, GstBuffer *packet, guint32 tsn)
{
  g_mutex_lock (&self->lock);
  if (!self->finished && forget_locked (self, tsn))
    {
      g_queue_push_head (&self->kept, sent_new (packet, tsn));
      wait_locked (self, GST_P2P_FIRST_REPEAT_MS);
    }
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_stock_tail_finish (GstP2pStockTail *self)
{
  g_mutex_lock (&self->lock);
  self->finished = TRUE;
  g_queue_clear_full (&self->kept, sent_free);
  arm_locked (self, G_MAXINT64);
  g_mutex_unlock (&self->lock);
}
