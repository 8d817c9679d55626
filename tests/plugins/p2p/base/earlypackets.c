/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets that wait: in order, so many and no more, and nothing is leaked. */
#include "plugins/p2p/base/earlypackets.h"

#include "tests/common/watchdog.h"

static guint n_freed;

static void
free_packet (gpointer packet)
{
  n_freed++;
  g_free (packet);
}

static void
test_bound (void)
{
  GstP2pEarlyPackets early;

  n_freed = 0;
  gst_p2p_early_packets_init (&early, 2, free_packet);
  g_assert_null (gst_p2p_early_packets_pop (&early));
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpint (gst_p2p_early_packets_is_full (&early), ==, i >= 2);
      gst_p2p_early_packets_push (&early, g_strdup_printf ("%u", i));
    }
  g_assert_cmpuint (n_freed, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree gchar *packet = gst_p2p_early_packets_pop (&early);
      g_autofree gchar *expected = g_strdup_printf ("%u", i);

      g_assert_cmpstr (packet, ==, expected);
    }
  g_assert_false (gst_p2p_early_packets_is_full (&early));
  g_assert_null (gst_p2p_early_packets_pop (&early));
}

static void
test_clear (void)
{
  GstP2pEarlyPackets early;

  n_freed = 0;
  gst_p2p_early_packets_init (&early, 3, free_packet);
  gst_p2p_early_packets_push (&early, g_strdup ("a"));
  gst_p2p_early_packets_push (&early, g_strdup ("b"));
  gst_p2p_early_packets_clear (&early);
  g_assert_cmpuint (n_freed, ==, 2);
  gst_p2p_early_packets_clear (&early);
  g_assert_cmpuint (n_freed, ==, 2);
}

int
main (int argc, char **argv)
{
  test_watchdog_start (60);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/earlypackets/bound", test_bound);
  g_test_add_func ("/base/earlypackets/clear", test_clear);
  return g_test_run ();
}
