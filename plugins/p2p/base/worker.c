/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * worker: see worker.h.
 */
#include "plugins/p2p/base/worker.h"

#include "plugins/p2p/base/owner.h"

struct _GstP2pWorker
{
  /* const */
  gchar *name;
  GstP2pWorkerFunc func;
  gpointer data;

  /* the thread that starts and stops */
  GThread *thread;

  /* const while the thread runs */
  gconstpointer owner;

  /* lock */
  GMutex lock;
  GCond cond;
  gboolean stopping;
  gboolean woken;
};

static gpointer
run (gpointer data)
{
  GstP2pWorker *self = data;
  gint64 next_us = -1;
  GstP2pOwnerMark mark;

  gst_p2p_owner_enter (&mark, self->owner);
  g_mutex_lock (&self->lock);
  while (TRUE)
    {
      gboolean due = FALSE;

      while (!self->stopping && !self->woken && !due)
        {
          if (next_us < 0)
            g_cond_wait (&self->cond, &self->lock);
          else
            due = !g_cond_wait_until (&self->cond, &self->lock, next_us);
        }
      if (self->stopping)
        break;
      self->woken = FALSE;
      g_mutex_unlock (&self->lock);
      next_us = self->func (self->data);
      g_mutex_lock (&self->lock);
    }
  g_mutex_unlock (&self->lock);
  gst_p2p_owner_leave (&mark);
  return NULL;
}

GstP2pWorker *
gst_p2p_worker_new (const gchar *name, GstP2pWorkerFunc func, gpointer data)
{
  GstP2pWorker *self = g_new0 (GstP2pWorker, 1);

  self->name = g_strdup (name);
  self->func = func;
  self->data = data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  return self;
}

void
gst_p2p_worker_free (GstP2pWorker *self)
{
  gst_p2p_worker_stop (self);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->name);
  g_free (self);
}

void
gst_p2p_worker_start (GstP2pWorker *self, gconstpointer owner)
{
  if (self->thread)
    return;
  self->owner = owner;
  self->stopping = FALSE;
  self->thread = g_thread_new (self->name, run, self);
}

void
gst_p2p_worker_stop (GstP2pWorker *self)
{
  if (!self->thread)
    return;
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  g_thread_join (g_steal_pointer (&self->thread));
}

void
gst_p2p_worker_wake (GstP2pWorker *self)
{
  g_mutex_lock (&self->lock);
  self->woken = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}
