/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * upstream: see upstream.h.
 */
#include "plugins/p2p/framing/upstream.h"

#include "plugins/p2p/base/owner.h"
#include "plugins/p2p/base/worker.h"
#include "plugins/p2p/framing/event.h"

#define MAX_WAITING 16
#define PEERS_KEY_UNIT_INTERVAL_US (G_USEC_PER_SEC / 4) /* between requests of the peer */

struct _GstP2pFramingUpstream
{
  /* const */
  GstPad *pad;
  GstP2pWorker *worker;

  /* lock */
  GMutex lock;
  GQueue events; /* GstEvent */
  GstEvent *key_unit;
  gint64 key_unit_due_us;
};

/* On the worker. */
static gint64
deliver (gpointer data)
{
  GstP2pFramingUpstream *self = data;
  gint64 now_us = g_get_monotonic_time (), next_us = -1;
  GQueue events;
  GstEvent *event;

  g_mutex_lock (&self->lock);
  events = self->events;
  g_queue_init (&self->events);
  if (self->key_unit && now_us >= self->key_unit_due_us)
    {
      g_queue_push_tail (&events, g_steal_pointer (&self->key_unit));
      self->key_unit_due_us = now_us + PEERS_KEY_UNIT_INTERVAL_US;
    }
  else if (self->key_unit)
    {
      next_us = self->key_unit_due_us;
    }
  g_mutex_unlock (&self->lock);

  while ((event = g_queue_pop_head (&events)))
    gst_pad_push_event (self->pad, event);
  return next_us;
}

GstP2pFramingUpstream *
gst_p2p_framing_upstream_new (const gchar *name, GstPad *pad)
{
  GstP2pFramingUpstream *self = g_new0 (GstP2pFramingUpstream, 1);

  g_mutex_init (&self->lock);
  g_queue_init (&self->events);
  self->pad = pad;
  self->worker = gst_p2p_worker_new (name, deliver, self);
  return self;
}

void
gst_p2p_framing_upstream_free (GstP2pFramingUpstream *self)
{
  gst_p2p_framing_upstream_stop (self);
  gst_p2p_worker_free (self->worker);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_p2p_framing_upstream_start (GstP2pFramingUpstream *self)
{
  gst_p2p_worker_start (self->worker, gst_p2p_owner_find (self->pad));
}

void
gst_p2p_framing_upstream_stop (GstP2pFramingUpstream *self)
{
  gst_p2p_worker_stop (self->worker);
  g_mutex_lock (&self->lock);
  g_queue_clear_full (&self->events, (GDestroyNotify)gst_event_unref);
  gst_clear_event (&self->key_unit);
  self->key_unit_due_us = 0;
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_framing_upstream_take (GstP2pFramingUpstream *self, GstEvent *event)
{
  GstEvent *dropped = NULL;

  g_mutex_lock (&self->lock);
  if (gst_p2p_framing_event_is_key_unit_request (event))
    {
      dropped = self->key_unit;
      self->key_unit = event;
    }
  else
    {
      if (self->events.length >= MAX_WAITING)
        dropped = g_queue_pop_head (&self->events);
      g_queue_push_tail (&self->events, event);
    }
  g_mutex_unlock (&self->lock);
  if (dropped)
    gst_event_unref (dropped);
  gst_p2p_worker_wake (self->worker);
}
