/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A timer that is set, moved, stopped and ended, and set by another thread while it runs. */
#include "gst/p2p/base/timer.h"

#include "tests/common/watchdog.h"

#define ROUNDS 1000

typedef struct
{
  GSource *timer;
  guint n_calls;
  gint64 ready_time; /* as the function saw it */
  gboolean again;
} Count;

static gboolean
on_timer (gpointer user_data)
{
  Count *count = user_data;

  count->n_calls++;
  count->ready_time = g_source_get_ready_time (count->timer);
  if (count->again)
    g_source_set_ready_time (count->timer, 0);
  return G_SOURCE_CONTINUE;
}

static void
test_ready_time (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Count count = { 0 };

  count.timer = gst_p2p_timer_new (context, on_timer, &count);
  g_assert_false (g_main_context_iteration (context, FALSE));

  /* ready once, and never again on its own */
  g_source_set_ready_time (count.timer, 0);
  g_assert_true (g_main_context_iteration (context, FALSE));
  g_assert_cmpint (count.ready_time, ==, -1);
  g_assert_false (g_main_context_iteration (context, FALSE));
  g_assert_cmpuint (count.n_calls, ==, 1);

  /* what the function sets stands */
  count.again = TRUE;
  g_source_set_ready_time (count.timer, 0);
  for (guint i = 0; i < 3; i++)
    g_assert_true (g_main_context_iteration (context, FALSE));
  g_assert_cmpuint (count.n_calls, ==, 4);

  /* taken back */
  g_source_set_ready_time (count.timer, -1);
  g_assert_false (g_main_context_iteration (context, FALSE));

  gst_p2p_clear_source (&count.timer);
  g_assert_null (count.timer);
  gst_p2p_clear_source (&count.timer);
}

static void
test_waits (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Count count = { 0 };
  gint64 at_us = g_get_monotonic_time () + 20000;

  count.timer = gst_p2p_timer_new (context, on_timer, &count);
  g_source_set_ready_time (count.timer, at_us);
  while (!count.n_calls)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpint (g_get_monotonic_time (), >=, at_us);
  gst_p2p_clear_source (&count.timer);
}

/* --- another thread --- */

typedef struct
{
  GSource *timer;
  /* atomic */
  gint asked;
  gint answered;
} Rounds;

static gboolean
on_asked (gpointer user_data)
{
  Rounds *rounds = user_data;

  g_atomic_int_set (&rounds->answered, g_atomic_int_get (&rounds->asked));
  return G_SOURCE_CONTINUE;
}

static gpointer
ask (gpointer user_data)
{
  Rounds *rounds = user_data;

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_atomic_int_inc (&rounds->asked);
      g_source_set_ready_time (rounds->timer, 0);
    }
  return NULL;
}

/* No wake-up is lost, also of those that come while the function runs. */
static void
test_wakes (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Rounds rounds = { 0 };
  GThread *thread;

  rounds.timer = gst_p2p_timer_new (context, on_asked, &rounds);
  thread = g_thread_new ("ask", ask, &rounds);
  while (g_atomic_int_get (&rounds.answered) < ROUNDS)
    g_main_context_iteration (context, TRUE);
  g_thread_join (thread);
  gst_p2p_clear_source (&rounds.timer);
}

static gboolean
on_end (gpointer user_data)
{
  gst_p2p_clear_source (user_data);
  return G_SOURCE_CONTINUE;
}

static void
test_ends_itself (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GSource *timer = gst_p2p_timer_new (context, on_end, &timer);

  g_source_set_ready_time (timer, 0);
  g_assert_true (g_main_context_iteration (context, FALSE));
  g_assert_null (timer);
  g_assert_false (g_main_context_iteration (context, FALSE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (20);
  g_test_add_func ("/timer/ready-time", test_ready_time);
  g_test_add_func ("/timer/waits", test_waits);
  g_test_add_func ("/timer/wakes", test_wakes);
  g_test_add_func ("/timer/ends-itself", test_ends_itself);
  return g_test_run ();
}
