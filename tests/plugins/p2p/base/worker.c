/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A thread that works when it is woken or when it is time, and at no other. */
#include "plugins/p2p/base/worker.h"

#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

#define SOON_MS 5000

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pWorker, gst_p2p_worker_free)

typedef struct
{
  GstP2pWorker *worker;
  GThread *thread; /* that ran the function */
  gint64 next_us;
  GMutex lock; /* held by the function; the test may hold it, too */
  /* atomic */
  gint n_begun;
  gint n_done;
} Work;

static gint64
work (gpointer data)
{
  Work *self = data;

  self->thread = g_thread_self ();
  g_atomic_int_inc (&self->n_begun);
  g_mutex_lock (&self->lock);
  g_mutex_unlock (&self->lock);
  g_atomic_int_inc (&self->n_done);
  return self->next_us;
}

static GstP2pWorker *
begin (Work *self)
{
  *self = (Work){ .next_us = -1 };
  g_mutex_init (&self->lock);
  self->worker = gst_p2p_worker_new ("test-worker", work, self);
  return self->worker;
}

/* Each wake is followed by a call, on the one thread. */
static void
test_wake (void)
{
  Work self;
  g_autoptr (GstP2pWorker) worker = begin (&self);

  gst_p2p_worker_start (worker, NULL);
  for (gint i = 1; i <= 100; i++)
    {
      gst_p2p_worker_wake (worker);
      TEST_WAIT_UNTIL (g_atomic_int_get (&self.n_done) == i, SOON_MS);
    }
  gst_p2p_worker_stop (worker);
  g_assert_cmpint (self.n_done, ==, 100);
  g_assert_true (self.thread != g_thread_self ());
}

/* A wake during a call causes one more, however many come. */
static void
test_wake_during_call (void)
{
  Work self;
  g_autoptr (GstP2pWorker) worker = begin (&self);

  gst_p2p_worker_start (worker, NULL);
  g_mutex_lock (&self.lock);
  gst_p2p_worker_wake (worker);
  TEST_WAIT_UNTIL (g_atomic_int_get (&self.n_begun) == 1, SOON_MS);
  for (guint i = 0; i < 10; i++)
    gst_p2p_worker_wake (worker);
  g_mutex_unlock (&self.lock);
  TEST_WAIT_UNTIL (g_atomic_int_get (&self.n_done) == 2, SOON_MS);
  gst_p2p_worker_stop (worker);
  g_assert_cmpint (self.n_done, ==, 2);
}

/* It is called again when it said so, without being woken. */
static void
test_time (void)
{
  Work self;
  g_autoptr (GstP2pWorker) worker = begin (&self);
  gint64 due_us = g_get_monotonic_time () + 30 * 1000;

  self.next_us = due_us;
  gst_p2p_worker_start (worker, NULL);
  gst_p2p_worker_wake (worker);
  TEST_WAIT_UNTIL (g_atomic_int_get (&self.n_done) >= 2, SOON_MS);
  g_assert_cmpint (g_get_monotonic_time (), >=, due_us);
  gst_p2p_worker_stop (worker);
}

/* A time that is far away does not delay a wake, nor the end. */
static void
test_far_time (void)
{
  Work self;
  g_autoptr (GstP2pWorker) worker = begin (&self);

  self.next_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  gst_p2p_worker_start (worker, NULL);
  for (gint i = 1; i <= 3; i++)
    {
      gst_p2p_worker_wake (worker);
      TEST_WAIT_UNTIL (g_atomic_int_get (&self.n_done) == i, SOON_MS);
    }
  gst_p2p_worker_stop (worker);
}

static gpointer
unlock_soon (gpointer data)
{
  Work *self = data;

  g_usleep (20 * 1000);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* A stop waits for the call that is under way. */
static void
test_stop_during_call (void)
{
  Work self;
  g_autoptr (GstP2pWorker) worker = begin (&self);
  GThread *thread;

  g_mutex_lock (&self.lock);
  gst_p2p_worker_start (worker, NULL);
  gst_p2p_worker_wake (worker);
  TEST_WAIT_UNTIL (g_atomic_int_get (&self.n_begun) == 1, SOON_MS);
  thread = g_thread_new ("unlock", unlock_soon, &self);
  gst_p2p_worker_stop (worker);
  g_assert_cmpint (self.n_done, ==, 1);
  g_thread_join (thread);
}

/* What was woken before the start is done after it; both can be called twice, and again. */
static void
test_restart (void)
{
  Work self;
  g_autoptr (GstP2pWorker) worker = begin (&self);

  gst_p2p_worker_stop (worker);
  for (gint i = 1; i <= 20; i++)
    {
      gst_p2p_worker_wake (worker);
      gst_p2p_worker_start (worker, NULL);
      gst_p2p_worker_start (worker, NULL);
      TEST_WAIT_UNTIL (g_atomic_int_get (&self.n_done) == i, SOON_MS);
      gst_p2p_worker_stop (worker);
      gst_p2p_worker_stop (worker);
    }
}

int
main (int argc, char **argv)
{
  test_watchdog_start (60);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/worker/wake", test_wake);
  g_test_add_func ("/base/worker/wake-during-call", test_wake_during_call);
  g_test_add_func ("/base/worker/time", test_time);
  g_test_add_func ("/base/worker/far-time", test_far_time);
  g_test_add_func ("/base/worker/stop-during-call", test_stop_during_call);
  g_test_add_func ("/base/worker/restart", test_restart);
  return g_test_run ();
}
