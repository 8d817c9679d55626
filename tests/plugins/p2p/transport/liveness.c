/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A peer that speaks, one that has to be asked, and one that is gone. */
#include "plugins/p2p/transport/liveness.h"

#include "gst/p2p/base/error.h"
#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

typedef struct
{
  GstP2pLiveness *liveness;
  gboolean answers; /* when asked */
  guint n_quiet;
  guint n_lost;
  gint64 lost_us;
} Watch;

static void
on_quiet (gpointer data)
{
  Watch *watch = data;

  watch->n_quiet++;
  if (watch->answers)
    gst_p2p_liveness_heard (watch->liveness);
}

static void
on_lost (const GError *error, gpointer data)
{
  Watch *watch = data;

  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LOST);
  watch->n_lost++;
  watch->lost_us = g_get_monotonic_time ();
}

static void
watch_init (Watch *watch, gboolean answers)
{
  static const GstP2pLivenessFuncs funcs = { .quiet = on_quiet, .lost = on_lost };

  *watch = (Watch){ .answers = answers };
  watch->liveness = gst_p2p_liveness_new (g_main_context_default (), &funcs, watch);
}

/* Side by side, since it takes its time. */
static void
test_watch (void)
{
  Watch unwatched, answering, gone, stopped;
  gint64 begin_us = g_get_monotonic_time ();
  guint n_quiet;

  test_watchdog_start (30);
  watch_init (&unwatched, FALSE);
  watch_init (&answering, TRUE);
  watch_init (&gone, FALSE);
  watch_init (&stopped, FALSE);
  gst_p2p_liveness_watch (answering.liveness);
  gst_p2p_liveness_watch (gone.liveness);
  gst_p2p_liveness_watch (stopped.liveness);
  TEST_WAIT_UNTIL (stopped.n_quiet == 2, 3000);
  gst_p2p_liveness_stop (stopped.liveness);

  TEST_WAIT_UNTIL (gone.n_lost > 0, GST_P2P_LIVENESS_LIMIT_MS + 2000);
  g_assert_cmpint (gone.lost_us - begin_us, >=, GST_P2P_LIVENESS_LIMIT_MS * 1000);
  g_assert_cmpuint (gone.n_quiet, >=, 10); /* losing some of the questions or answers is no end */
  g_assert_cmpuint (answering.n_quiet, >=, 3);
  n_quiet = answering.n_quiet;
  TEST_WAIT_UNTIL (answering.n_quiet > n_quiet + 1, 4000);
  g_assert_cmpuint (gone.n_lost, ==, 1);
  g_assert_cmpuint (answering.n_lost, ==, 0);
  g_assert_cmpuint (stopped.n_quiet, ==, 2);
  g_assert_cmpuint (stopped.n_lost, ==, 0);
  g_assert_cmpuint (unwatched.n_quiet + unwatched.n_lost, ==, 0);
  gst_p2p_liveness_free (unwatched.liveness);
  gst_p2p_liveness_free (answering.liveness);
  gst_p2p_liveness_free (gone.liveness);
  gst_p2p_liveness_free (stopped.liveness);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/liveness/watch", test_watch);
  return g_test_run ();
}
