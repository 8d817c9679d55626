/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is kept is sent again, in order, until it is answered. */
#include "plugins/p2p/transport/stock/packets/repeater.h"

#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

#define KEPT 3

static GArray *sent;       /* guint64: the packets' offsets */
static gint64 last_us;     /* when the last one was sent */
static gint64 last_gap_us; /* between the last two rounds */

static void
on_repeat (GstBuffer *packet, gpointer data)
{
  guint64 number = GST_BUFFER_OFFSET (packet);
  gint64 now_us = g_get_monotonic_time ();

  if (number == 2)
    {
      last_gap_us = now_us - last_us;
      last_us = now_us;
    }
  g_array_append_val (sent, number);
  gst_buffer_unref (packet);
}

static void
keep (GstP2pStockRepeater *repeater, guint64 number)
{
  GstBuffer *packet = gst_buffer_new_allocate (NULL, 10, NULL);

  GST_BUFFER_OFFSET (packet) = number;
  gst_p2p_stock_repeater_keep (repeater, packet);
  gst_buffer_unref (packet);
}

static void
test_repeat (void)
{
  GstP2pStockRepeater *repeater
      = gst_p2p_stock_repeater_new (g_main_context_default (), KEPT, on_repeat, NULL);
  gint64 until_us;
  guint64 i;

  test_leaks_begin ();
  test_watchdog_start (30);
  sent = g_array_new (FALSE, FALSE, sizeof (guint64));
  last_us = g_get_monotonic_time ();
  for (i = 0; i < KEPT + 2; i++) /* the first two are forgotten */
    keep (repeater, i);
  TEST_WAIT_UNTIL (sent->len >= KEPT, 1000);
  g_assert_cmpint (last_gap_us, >=, 200 * 1000);
  TEST_WAIT_UNTIL (sent->len >= 3 * KEPT, 3000);
  g_assert_cmpint (last_gap_us, >=, 750 * 1000); /* at growing intervals */
  for (i = 0; i < sent->len; i++)
    g_assert_cmpuint (g_array_index (sent, guint64, i), ==, 2 + i % KEPT);

  gst_p2p_stock_repeater_finish (repeater);
  g_array_set_size (sent, 0);
  keep (repeater, 9);
  until_us = g_get_monotonic_time () + 1500 * 1000;
  while (g_get_monotonic_time () < until_us)
    test_wait_step (until_us);
  g_assert_cmpuint (sent->len, ==, 0);
  gst_p2p_stock_repeater_free (repeater);
  g_array_unref (sent);
  test_leaks_end ();
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repeater/repeat", test_repeat);
  return g_test_run ();
}
