/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What waits of one channel leaves the others room, and all together have a bound. */
#include "plugins/p2p/transport/backlog.h"

#include "tests/common/watchdog.h"

#define MIB (1024 * 1024)

static void
test_room (void)
{
  g_autoptr (GstP2pBacklog) backlog = gst_p2p_backlog_new ();

  g_assert_cmpuint (gst_p2p_backlog_get_room (backlog), ==, GST_P2P_MAX_PLAIN_BACKLOG);
  gst_p2p_backlog_add (backlog, FALSE, 10 * MIB);
  g_assert_cmpuint (gst_p2p_backlog_get_room (backlog), ==, GST_P2P_MAX_PLAIN_BACKLOG - 10 * MIB);
  gst_p2p_backlog_add (backlog, FALSE, 10 * MIB);
  g_assert_cmpuint (gst_p2p_backlog_get_room (backlog), ==, 0);
  gst_p2p_backlog_remove (backlog, FALSE, 20 * MIB);
  g_assert_cmpuint (gst_p2p_backlog_get_room (backlog), ==, GST_P2P_MAX_PLAIN_BACKLOG);
}

/* All that the peer was told it may have on its way stops nothing. */
static void
test_acknowledged (void)
{
  g_autoptr (GstP2pBacklog) backlog = gst_p2p_backlog_new ();

  gst_p2p_backlog_add (backlog, TRUE, GST_P2P_MAX_IN_FLIGHT);
  g_assert_cmpuint (gst_p2p_backlog_get_room (backlog), ==, GST_P2P_MAX_PLAIN_BACKLOG);
  gst_p2p_backlog_add (backlog, TRUE, GST_P2P_MAX_BACKLOG - GST_P2P_MAX_IN_FLIGHT - 1);
  g_assert_cmpuint (gst_p2p_backlog_get_room (backlog), ==, 1);
  gst_p2p_backlog_add (backlog, FALSE, 1);
  g_assert_cmpuint (gst_p2p_backlog_get_room (backlog), ==, 0);
  g_assert_false (gst_p2p_backlog_is_flooded (backlog));
}

static void
test_flooded (void)
{
  g_autoptr (GstP2pBacklog) backlog = gst_p2p_backlog_new ();

  gst_p2p_backlog_add (backlog, TRUE, 2 * GST_P2P_MAX_BACKLOG);
  g_assert_false (gst_p2p_backlog_is_flooded (backlog));
  gst_p2p_backlog_add (backlog, FALSE, 1);
  g_assert_true (gst_p2p_backlog_is_flooded (backlog));
}

/* Who waits is told once, when there is noticeably more room. */
static void
test_await (void)
{
  g_autoptr (GstP2pBacklog) backlog = gst_p2p_backlog_new ();

  gst_p2p_backlog_add (backlog, FALSE, GST_P2P_MAX_PLAIN_BACKLOG);
  g_assert_false (gst_p2p_backlog_remove (backlog, FALSE, MIB));
  gst_p2p_backlog_add (backlog, FALSE, MIB);
  g_assert_cmpuint (gst_p2p_backlog_await_room (backlog), ==, 0);
  g_assert_false (gst_p2p_backlog_remove (backlog, FALSE, MIB - 1));
  g_assert_true (gst_p2p_backlog_remove (backlog, FALSE, 1));
  g_assert_false (gst_p2p_backlog_remove (backlog, FALSE, 2 * MIB));
}

/* An empty backlog always ends the wait, however much room there was when it began. */
static void
test_await_all (void)
{
  for (gsize held = 0; held <= GST_P2P_MAX_PLAIN_BACKLOG; held += MIB)
    {
      g_autoptr (GstP2pBacklog) backlog = gst_p2p_backlog_new ();

      gst_p2p_backlog_add (backlog, FALSE, held + 1);
      gst_p2p_backlog_await_room (backlog);
      g_assert_true (gst_p2p_backlog_remove (backlog, FALSE, held + 1));
    }
}

/* Taken before it was counted. */
static void
test_early_removal (void)
{
  g_autoptr (GstP2pBacklog) backlog = gst_p2p_backlog_new ();

  gst_p2p_backlog_remove (backlog, FALSE, MIB);
  g_assert_cmpuint (gst_p2p_backlog_get_room (backlog), ==, GST_P2P_MAX_PLAIN_BACKLOG);
  gst_p2p_backlog_add (backlog, FALSE, 2 * MIB);
  g_assert_cmpuint (gst_p2p_backlog_get_room (backlog), ==, GST_P2P_MAX_PLAIN_BACKLOG - MIB);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (30);
  g_test_add_func ("/backlog/room", test_room);
  g_test_add_func ("/backlog/acknowledged", test_acknowledged);
  g_test_add_func ("/backlog/flooded", test_flooded);
  g_test_add_func ("/backlog/await", test_await);
  g_test_add_func ("/backlog/await-all", test_await_all);
  g_test_add_func ("/backlog/early-removal", test_early_removal);
  return g_test_run ();
}
