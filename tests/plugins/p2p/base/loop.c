/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A thread with a main context: order, waiting, and what becomes of what comes too late. */
#include "plugins/p2p/base/loop.h"

#include "tests/common/watchdog.h"

#define N 1000

typedef struct
{
  GstP2pLoop *loop;
  GThread *thread; /* that ran it */
  GArray *order;
  guint n_freed; /* atomic */
} Record;

static void
note (gpointer data, gpointer user_data)
{
  Record *record = user_data;
  guint number = GPOINTER_TO_UINT (data);

  record->thread = g_thread_self ();
  g_array_append_val (record->order, number);
}

static Record *current;

static void
count_freed (gpointer data)
{
  g_atomic_int_inc (&current->n_freed);
}

static void
test_order (void)
{
  Record record = { .loop = gst_p2p_loop_new ("test-loop", NULL),
                    .order = g_array_new (FALSE, FALSE, sizeof (guint)) };

  current = &record;
  for (guint i = 0; i < N; i++)
    gst_p2p_loop_post (record.loop, note, GUINT_TO_POINTER (i), &record, count_freed);
  g_assert_true (gst_p2p_loop_call (record.loop, note, GUINT_TO_POINTER (N), &record));
  g_assert_cmpuint (record.order->len, ==, N + 1);
  for (guint i = 0; i <= N; i++)
    g_assert_cmpuint (g_array_index (record.order, guint, i), ==, i);
  g_assert_true (record.thread != g_thread_self ());

  gst_p2p_loop_stop (record.loop);
  g_assert_cmpuint (record.n_freed, ==, N);
  gst_p2p_loop_unref (record.loop);
  g_array_unref (record.order);
}

static void
call_from_within (gpointer data, gpointer user_data)
{
  Record *record = user_data;

  g_assert_true (gst_p2p_loop_call (record->loop, note, data, record));
}

/* What was posted before the end runs; what comes after it does not, and is freed all the same. */
static void
test_end (void)
{
  Record record = { .loop = gst_p2p_loop_new ("test-loop", NULL),
                    .order = g_array_new (FALSE, FALSE, sizeof (guint)) };

  current = &record;
  gst_p2p_loop_post (record.loop, call_from_within, GUINT_TO_POINTER (7), &record, NULL);
  gst_p2p_loop_stop (record.loop);
  g_assert_cmpuint (record.order->len, ==, 1);

  gst_p2p_loop_post (record.loop, note, NULL, &record, count_freed);
  g_assert_cmpuint (record.n_freed, ==, 1);
  g_assert_false (gst_p2p_loop_call (record.loop, note, NULL, &record));
  g_assert_cmpuint (record.order->len, ==, 1);
  gst_p2p_loop_unref (record.loop);
  g_array_unref (record.order);
}

int
main (int argc, char **argv)
{
  test_watchdog_start (60);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/loop/order", test_order);
  g_test_add_func ("/base/loop/end", test_end);
  return g_test_run ();
}
