/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs are done one after the other, all of them before stop() returns, and none after it. */
#include "plugins/p2p/transport/stock/jobs.h"

#include <gst/gst.h>

#include "tests/common/leaks.h"
#include "tests/common/watchdog.h"

#define N_THREADS 4
#define N_JOBS 1000

typedef struct
{
  GstP2pStockJobs *jobs;
  gint under_way; /* atomic */
  guint n_done;   /* of the jobs, which are one at a time */
  guint last[N_THREADS];
} Work;

typedef struct
{
  Work *work;
  guint number;
} Pusher;

static GstObject *
new_object (void)
{
  return gst_object_ref_sink (gst_pad_new ("pad", GST_PAD_SRC));
}

/* The object's data says who pushed the job, and its place among the pusher's. */
static void
on_job (gpointer object, gpointer user_data)
{
  Work *work = user_data;
  guint pusher = GPOINTER_TO_UINT (g_object_get_data (object, "pusher"));
  guint job = GPOINTER_TO_UINT (g_object_get_data (object, "job"));

  g_assert_cmpint (g_atomic_int_add (&work->under_way, 1), ==, 0);
  g_assert_cmpuint (job, ==, work->last[pusher] + 1);
  work->last[pusher] = job;
  work->n_done++;
  g_atomic_int_add (&work->under_way, -1);
}

static gpointer
push_many (gpointer data)
{
  Pusher *pusher = data;
  guint i;

  for (i = 1; i <= N_JOBS; i++)
    {
      GstObject *object = new_object ();

      g_object_set_data (G_OBJECT (object), "pusher", GUINT_TO_POINTER (pusher->number));
      g_object_set_data (G_OBJECT (object), "job", GUINT_TO_POINTER (i));
      gst_p2p_stock_jobs_push (pusher->work->jobs, on_job, object, pusher->work);
      gst_object_unref (object);
    }
  return NULL;
}

static void
test_order (void)
{
  Work work = { 0 };
  Pusher pushers[N_THREADS];
  GThread *threads[N_THREADS];
  guint i;

  test_leaks_begin ();
  test_watchdog_start (30);
  work.jobs = gst_p2p_stock_jobs_new (NULL);
  for (i = 0; i < N_THREADS; i++)
    {
      pushers[i] = (Pusher){ &work, i };
      threads[i] = g_thread_new ("pusher", push_many, &pushers[i]);
    }
  for (i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  gst_p2p_stock_jobs_stop (work.jobs);
  g_assert_cmpuint (work.n_done, ==, N_THREADS * N_JOBS);
  gst_p2p_stock_jobs_free (work.jobs);
  test_leaks_end ();
}

static void
on_late_job (gpointer object, gpointer user_data)
{
  g_assert_not_reached ();
}

/* Channels' threads end after the jobs. */
static void
test_late (void)
{
  GstP2pStockJobs *jobs = gst_p2p_stock_jobs_new (NULL);
  GstObject *object;

  test_leaks_begin ();
  test_watchdog_start (30);
  object = new_object ();
  gst_p2p_stock_jobs_stop (jobs);
  gst_p2p_stock_jobs_push (jobs, on_late_job, object, NULL);
  gst_p2p_stock_jobs_push (jobs, on_late_job, NULL, NULL);
  g_assert_cmpint (GST_OBJECT_REFCOUNT_VALUE (object), ==, 1);
  gst_p2p_stock_jobs_stop (jobs);
  gst_p2p_stock_jobs_free (jobs);
  gst_object_unref (object);
  test_leaks_end ();
}

/* A job may ask for another. */
static void
on_first_job (gpointer object, gpointer user_data)
{
  Work *work = user_data;

  if (++work->n_done < N_JOBS)
    gst_p2p_stock_jobs_push (work->jobs, on_first_job, NULL, work);
}

static void
test_chain (void)
{
  Work work = { 0 };

  test_watchdog_start (30);
  work.jobs = gst_p2p_stock_jobs_new (NULL);
  gst_p2p_stock_jobs_push (work.jobs, on_first_job, NULL, &work);
  gst_p2p_stock_jobs_stop (work.jobs);
  g_assert_cmpuint (work.n_done, >, 0);
  gst_p2p_stock_jobs_free (work.jobs);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stock/jobs/order", test_order);
  g_test_add_func ("/stock/jobs/late", test_late);
  g_test_add_func ("/stock/jobs/chain", test_chain);
  return g_test_run ();
}
