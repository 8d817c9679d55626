/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What waits goes on when all before it was given, and the window follows what was taken. */
#include "plugins/p2p/transport/stock/intake.h"

#include <string.h>

#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

#define STREAM 3
#define MIB (1024 * 1024)

typedef struct
{
  GstP2pStockMonitor *monitor;
  GstP2pStockJobs *jobs;
  GstP2pStockIntake *intake;
  /* atomic */
  gint n_released;
  gint n_over;
  gint n_reopened;
} Stage;

static void
on_release (GstBuffer *packet, gpointer user_data)
{
  Stage *stage = user_data;

  gst_buffer_unref (packet);
  g_atomic_int_inc (&stage->n_released);
}

static void
on_over (gpointer user_data)
{
  Stage *stage = user_data;

  g_atomic_int_inc (&stage->n_over);
}

static void
on_reopen (gpointer user_data)
{
  Stage *stage = user_data;

  g_atomic_int_inc (&stage->n_reopened);
}

static void
begin (Stage *stage)
{
  static const GstP2pStockIntakeFuncs funcs = { on_release, on_over, on_reopen };

  test_leaks_begin ();
  test_watchdog_start (30);
  memset (stage, 0, sizeof *stage);
  stage->monitor = gst_p2p_stock_monitor_new (15, 4);
  stage->jobs = gst_p2p_stock_jobs_new (NULL);
  stage->intake = gst_p2p_stock_intake_new (NULL, g_main_context_default (), stage->jobs,
                                            stage->monitor, &funcs, stage);
}

static void
end (Stage *stage)
{
  gst_p2p_stock_intake_stop (stage->intake);
  gst_p2p_stock_jobs_free (stage->jobs);
  gst_p2p_stock_intake_free (stage->intake);
  gst_p2p_stock_monitor_free (stage->monitor);
  test_leaks_end ();
}

static void
give (Stage *stage, const guint8 *packet, gsize size)
{
  g_assert_cmpint (gst_p2p_stock_monitor_incoming (stage->monitor, packet, size, NULL), ==,
                   GST_P2P_STOCK_PASS);
}

/* An INIT ACK, whose first TSN is 1, and one message. */
static void
give_message (Stage *stage)
{
  /* clang-format off */
  static const guint8 init[] = { 0x13, 0x88, 0x13, 0x88, 1, 2, 3, 4, 0, 0, 0, 0,
                                 2, 0, 0, 20, 9, 9, 9, 9, 0, 16, 0, 0, 4, 0, 8, 0, 0, 0, 0, 1 };
  static const guint8 data[] = { 0x13, 0x88, 0x13, 0x88, 1, 2, 3, 4, 0, 0, 0, 0,
                                 0, 3, 0, 20, 0, 0, 0, 1, 0, STREAM, 0, 0, 0, 0, 0, 53, 5, 6, 7, 8 };
  /* clang-format on */

  give (stage, init, sizeof init);
  give (stage, data, sizeof data);
}

static void
test_window (void)
{
  Stage stage;

  begin (&stage);
  g_assert_cmpuint (gst_p2p_stock_intake_get_window (stage.intake), ==, 16 * MIB);
  g_assert_true (gst_p2p_stock_intake_came (stage.intake, STREAM, FALSE, 10 * MIB));
  g_assert_cmpuint (gst_p2p_stock_intake_limit (stage.intake), ==, 6 * MIB);
  g_assert_true (gst_p2p_stock_intake_came (stage.intake, STREAM, FALSE, 10 * MIB));
  g_assert_cmpuint (gst_p2p_stock_intake_limit (stage.intake), ==, 0);
  gst_p2p_stock_intake_gone (stage.intake, FALSE, 4 * MIB); /* the window is still closed */
  g_assert_cmpint (g_atomic_int_get (&stage.n_reopened), ==, 0);
  gst_p2p_stock_intake_gone (stage.intake, FALSE, 9 * MIB);
  gst_p2p_stock_intake_gone (stage.intake, FALSE, 8 * MIB); /* one that is not counted yet */
  g_assert_cmpuint (gst_p2p_stock_intake_get_window (stage.intake), ==, 16 * MIB);
  gst_p2p_stock_jobs_stop (stage.jobs);
  g_assert_cmpint (g_atomic_int_get (&stage.n_reopened), ==, 1);
  end (&stage);
}

/* What is acknowledged leaves the others their room; a peer that goes on for all that is stopped.
 */
static void
test_acknowledged (void)
{
  Stage stage;

  begin (&stage);
  g_assert_true (gst_p2p_stock_intake_came (stage.intake, STREAM, TRUE, 32 * MIB));
  g_assert_cmpuint (gst_p2p_stock_intake_get_window (stage.intake), ==, 16 * MIB);
  g_assert_true (gst_p2p_stock_intake_came (stage.intake, STREAM, TRUE, 32 * MIB));
  g_assert_cmpuint (gst_p2p_stock_intake_get_window (stage.intake), ==, 0);
  g_assert_true (gst_p2p_stock_intake_came (stage.intake, STREAM, TRUE, 64 * MIB));
  g_assert_false (gst_p2p_stock_intake_came (stage.intake, STREAM, TRUE, 1));
  end (&stage);
}

/* Nobody was told of a smaller window, so nobody is told of a larger one. */
static void
test_unlimited (void)
{
  Stage stage;

  begin (&stage);
  gst_p2p_stock_intake_came (stage.intake, STREAM, FALSE, 20 * MIB);
  gst_p2p_stock_intake_gone (stage.intake, FALSE, 20 * MIB);
  gst_p2p_stock_jobs_stop (stage.jobs);
  g_assert_cmpint (g_atomic_int_get (&stage.n_reopened), ==, 0);
  end (&stage);
}

static void
test_nothing_before (void)
{
  Stage stage;

  begin (&stage);
  gst_p2p_stock_intake_hold (stage.intake, gst_buffer_new ());
  TEST_WAIT_UNTIL (g_atomic_int_get (&stage.n_released) == 1, 5000);
  gst_p2p_stock_intake_end (stage.intake);
  TEST_WAIT_UNTIL (g_atomic_int_get (&stage.n_over) == 1, 5000);
  end (&stage);
}

static void
test_drained (void)
{
  Stage stage;

  begin (&stage);
  give_message (&stage);
  gst_p2p_stock_intake_hold (stage.intake, gst_buffer_new ());
  gst_p2p_stock_intake_stop (stage.intake); /* time does not help */
  g_assert_cmpint (g_atomic_int_get (&stage.n_released), ==, 0);
  gst_p2p_stock_intake_came (stage.intake, STREAM, FALSE, 1000);
  gst_p2p_stock_jobs_stop (stage.jobs);
  g_assert_cmpint (g_atomic_int_get (&stage.n_released), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&stage.n_over), ==, 0);
  end (&stage);
}

/* The goodbye counts, and no reset any more. */
static void
test_goodbye (void)
{
  Stage stage;

  begin (&stage);
  give_message (&stage);
  gst_p2p_stock_intake_hold (stage.intake, gst_buffer_new ());
  gst_p2p_stock_intake_end (stage.intake);
  gst_p2p_stock_intake_hold (stage.intake, gst_buffer_new ());
  gst_p2p_stock_intake_came (stage.intake, STREAM, FALSE, 1000);
  gst_p2p_stock_jobs_stop (stage.jobs);
  g_assert_cmpint (g_atomic_int_get (&stage.n_released), ==, 0);
  g_assert_cmpint (g_atomic_int_get (&stage.n_over), ==, 1);
  end (&stage);
}

/* The count is wrong: a message that does not come is not waited for without end. */
static void
test_forced (void)
{
  Stage stage;

  begin (&stage);
  give_message (&stage);
  gst_p2p_stock_intake_end (stage.intake);
  TEST_WAIT_UNTIL (g_atomic_int_get (&stage.n_over) == 1, 5000);
  end (&stage);
}

/* What is held at the end is freed. */
static void
test_held (void)
{
  Stage stage;

  begin (&stage);
  give_message (&stage);
  gst_p2p_stock_intake_hold (stage.intake, gst_buffer_new ());
  gst_p2p_stock_intake_hold (stage.intake, gst_buffer_new ());
  end (&stage);
  g_assert_cmpint (stage.n_released, ==, 0);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stock/intake/window", test_window);
  g_test_add_func ("/stock/intake/acknowledged", test_acknowledged);
  g_test_add_func ("/stock/intake/unlimited", test_unlimited);
  g_test_add_func ("/stock/intake/nothing-before", test_nothing_before);
  g_test_add_func ("/stock/intake/drained", test_drained);
  g_test_add_func ("/stock/intake/goodbye", test_goodbye);
  g_test_add_func ("/stock/intake/forced", test_forced);
  g_test_add_func ("/stock/intake/held", test_held);
  return g_test_run ();
}
