/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The packet that the peer waits for goes again, and no other. */
#include "plugins/p2p/transport/stock/packets/tail.h"

#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

static GArray *repeated; /* guint64: the packets' offsets */

static void
on_repeat (GstBuffer *packet, gpointer data)
{
  guint64 number = GST_BUFFER_OFFSET (packet);

  g_array_append_val (repeated, number);
  gst_buffer_unref (packet);
}

static GstBuffer *
make_packet (guint64 number)
{
  GstBuffer *packet = gst_buffer_new_allocate (NULL, 10, NULL);

  GST_BUFFER_OFFSET (packet) = number;
  return packet;
}

static void
send_packet (GstP2pStockTail *tail, guint32 tsn)
{
  GstBuffer *packet = make_packet (tsn);

  gst_p2p_stock_tail_sent (tail, packet, tsn);
  gst_buffer_unref (packet);
}

static void
expect_repeated (guint64 number)
{
  g_array_set_size (repeated, 0);
  TEST_WAIT_UNTIL (repeated->len > 0, 2000);
  g_assert_cmpuint (g_array_index (repeated, guint64, 0), ==, number);
  g_assert_cmpuint (repeated->len, ==, 1);
}

static void
expect_nothing (void)
{
  gint64 until_us = g_get_monotonic_time () + 1200 * 1000;

  g_array_set_size (repeated, 0);
  while (g_get_monotonic_time () < until_us)
    test_wait_step (until_us);
  g_assert_cmpuint (repeated->len, ==, 0);
}

static GstP2pStockTail *
begin (void)
{
  test_leaks_begin ();
  test_watchdog_start (30);
  repeated = g_array_new (FALSE, FALSE, sizeof (guint64));
  return gst_p2p_stock_tail_new (g_main_context_default (), on_repeat, NULL);
}

static void
end (GstP2pStockTail *tail)
{
  gst_p2p_stock_tail_finish (tail);
  send_packet (tail, 1000);
  expect_nothing ();
  gst_p2p_stock_tail_free (tail);
  g_array_unref (repeated);
  test_leaks_end ();
}

static void
test_first (void)
{
  GstP2pStockTail *tail = begin ();

  send_packet (tail, G_MAXUINT32); /* around the end of the numbers */
  send_packet (tail, 0);
  send_packet (tail, 1);
  send_packet (tail, G_MAXUINT32); /* again, by SCTP itself */
  expect_repeated (G_MAXUINT32);
  expect_repeated (G_MAXUINT32);
  gst_p2p_stock_tail_acked (tail, 0);
  expect_repeated (1);
  gst_p2p_stock_tail_acked (tail, 0); /* an old one */
  expect_repeated (1);
  gst_p2p_stock_tail_acked (tail, 1);
  expect_nothing ();
  send_packet (tail, 2);
  expect_repeated (2);
  end (tail);
}

static void
test_given_up (void)
{
  GstP2pStockTail *tail = begin ();
  GstBuffer *forward = make_packet (555);

  gst_p2p_stock_tail_given_up (tail, forward, 9); /* of nothing that is kept */
  expect_nothing ();
  send_packet (tail, 10);
  send_packet (tail, 11);
  send_packet (tail, 12);
  gst_p2p_stock_tail_given_up (tail, forward, 11);
  gst_buffer_unref (forward);
  expect_repeated (555);
  gst_p2p_stock_tail_acked (tail, 11);
  expect_repeated (12);
  end (tail);
}

/* More than are kept: the first ones are. */
static void
test_many (void)
{
  GstP2pStockTail *tail = begin ();
  guint32 i;

  for (i = 0; i < 1000; i++)
    send_packet (tail, i);
  expect_repeated (0);
  gst_p2p_stock_tail_acked (tail, 40);
  expect_repeated (41);
  gst_p2p_stock_tail_acked (tail, 2000);
  expect_nothing ();
  end (tail);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stock/tail/first", test_first);
  g_test_add_func ("/stock/tail/given-up", test_given_up);
  g_test_add_func ("/stock/tail/many", test_many);
  return g_test_run ();
}
