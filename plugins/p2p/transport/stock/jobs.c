/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jobs: see jobs.h.
 */
#include "plugins/p2p/transport/stock/jobs.h"

#include "plugins/p2p/base/owner.h"

struct _GstP2pStockJobs
{
  /* const */
  gconstpointer owner;

  GMutex lock; /* no function of another file is called under it, so it may be taken under others */
  /* lock */
  GThreadPool *pool; /* of one thread; NULL: stopped */
};

typedef struct
{
  GstP2pStockJobFunc func;
  gpointer object;
  gpointer user_data;
} Job;

static void
job_free (Job *job)
{
  g_clear_object (&job->object);
  g_free (job);
}

static void
on_job (gpointer data, gpointer user_data)
{
  GstP2pStockJobs *self = user_data;
  Job *job = data;
  GstP2pOwnerMark mark;

  gst_p2p_owner_enter (&mark, self->owner);
  job->func (job->object, job->user_data);
  job_free (job);
  gst_p2p_owner_leave (&mark);
}

GstP2pStockJobs *
gst_p2p_stock_jobs_new (gconstpointer owner)
{
  GstP2pStockJobs *self = g_new0 (GstP2pStockJobs, 1);

  self->owner = owner;
  g_mutex_init (&self->lock);
  self->pool = g_thread_pool_new (on_job, self, 1, FALSE, NULL);
  return self;
}

void
gst_p2p_stock_jobs_free (GstP2pStockJobs *self)
{
  gst_p2p_stock_jobs_stop (self);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_p2p_stock_jobs_push (GstP2pStockJobs *self, GstP2pStockJobFunc func, gpointer object,
                         gpointer user_data)
{
  Job *job = g_new (Job, 1);

  job->func = func;
  job->object = object ? g_object_ref (object) : NULL;
  job->user_data = user_data;
  g_mutex_lock (&self->lock);
  if (self->pool)
    g_thread_pool_push (self->pool, g_steal_pointer (&job), NULL);
  g_mutex_unlock (&self->lock);
  if (job)
    job_free (job);
}

void
gst_p2p_stock_jobs_stop (GstP2pStockJobs *self)
{
  GThreadPool *pool;

  g_mutex_lock (&self->lock);
  pool = g_steal_pointer (&self->pool);
  g_mutex_unlock (&self->lock);
  if (pool)
    g_thread_pool_free (pool, FALSE, TRUE);
}
