/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is not the peer's: a stranger's datagrams in its name, and those of its own that arrive with
 * a bit turned. They end no connection and lose no message.
 *
 *   noise [calls]      so many at a time instead of a few
 */
#include <stdlib.h>

#include "plugins/p2p/transport/stock/bin.h"
#include "tests/common/bogus.h"
#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/plugins/p2p/transport/side.h"

#define FLIP_PERCENT 1
#define N_MESSAGES 150
#define MESSAGE_SIZE 10000
/* While a connection is made all of them come so often: noise, not a flood. */
#define NOISE_MS 10

typedef struct
{
  Side a, b;
  TestRelay *relay;
  Sender senders[2];
  GThread *threads[2];
} Call;

static guint n_calls = 4;

static void
inject_all (TestRelay *relay, const TestDatagram *datagrams, guint n)
{
  for (guint i = 0; i < n; i++)
    test_relay_inject (relay, datagrams[i].bytes, datagrams[i].size);
}

static void
expect_alive (Side *side)
{
  g_assert_no_error (side->error);
  g_assert_false (side->closed);
}

/* A message there and one back; what was injected before it has been looked at then. */
static void
exchange (Side *a, Side *b, guint seed)
{
  g_autoptr (GBytes) there = make_message (1000, seed);
  g_autoptr (GBytes) back = make_message (1000, seed + 1);
  g_autoptr (GBytes) got_there = NULL;
  g_autoptr (GBytes) got_back = NULL;

  g_assert_cmpint (port_push (&a->ports[0], there, 0), ==, GST_FLOW_OK);
  g_assert_cmpint (port_push (&b->ports[0], back, 0), ==, GST_FLOW_OK);
  got_there = port_take (&b->ports[0]);
  got_back = port_take (&a->ports[0]);
  g_assert_true (g_bytes_equal (there, got_there));
  g_assert_true (g_bytes_equal (back, got_back));
  expect_alive (a);
  expect_alive (b);
}

/* Each at its turn, so that the one that does harm is named. */
static void
test_strangers (gconstpointer data)
{
  TestRelayConfig config = { .seed = 1 };
  g_autoptr (TestRelay) relay = test_relay_new (&config);
  Side a, b;

  connect_sides (&a, &b, data, relay);
  open_port (&a, 0, NULL);
  open_port (&b, 0, NULL);
  for (guint i = 0; i < test_n_bogus + test_n_forged; i++)
    {
      const TestDatagram *datagram
          = i < test_n_bogus ? &test_bogus[i] : &test_forged[i - test_n_bogus];

      g_test_message ("%s", datagram->what);
      test_relay_inject (relay, datagram->bytes, datagram->size);
      exchange (&a, &b, 2 * i);
    }
  for (guint first = 20; first < 64; first++)
    {
      guint8 garbage[100];

      for (guint i = 0; i < sizeof garbage; i++)
        garbage[i] = g_test_rand_int ();
      garbage[0] = first;
      test_relay_inject (relay, garbage, sizeof garbage);
    }
  exchange (&a, &b, 1000);
  side_clear (&a);
  side_clear (&b);
}

/* While the connection is made. */
static void
test_strangers_early (gconstpointer data)
{
  const Pair *pair = data;
  TestRelayConfig config = { .seed = 1, .delay_ms = 3 };
  g_autoptr (TestRelay) relay = test_relay_new (&config);
  gint64 until_us = test_wait_deadline (10000), next_us = 0;
  Side a, b;

  side_init (&a, &b, pair->new_a);
  side_init (&b, &a, pair->new_b);
  a.relay = b.relay = relay;
  side_start (&a, GST_P2P_ROLE_INITIATOR);
  side_start (&b, GST_P2P_ROLE_ACCEPTOR);
  while (!a.established || !b.established)
    {
      if (g_get_monotonic_time () >= next_us)
        {
          inject_all (relay, test_bogus, test_n_bogus);
          next_us = g_get_monotonic_time () + NOISE_MS * 1000 * test_slowdown ();
        }
      g_assert_true (test_wait_step (until_us));
      expect_alive (&a);
      expect_alive (&b);
    }
  open_port (&a, 0, NULL);
  open_port (&b, 0, NULL);
  exchange (&a, &b, 0);
  side_clear (&a);
  side_clear (&b);
}

static void
call_init (Call *call, const Pair *pair)
{
  TestRelayConfig config = { .seed = (guint32)g_test_rand_int () };

  call->relay = test_relay_new (&config);
  connect_sides (&call->a, &call->b, pair, call->relay);
  open_port (&call->a, 0, NULL);
  open_port (&call->b, 0, NULL);
  test_relay_set_flips (call->relay, FLIP_PERCENT);
  call->threads[0] = sender_start (&call->senders[0], &call->a.ports[0], N_MESSAGES, MESSAGE_SIZE);
  call->threads[1] = sender_start (&call->senders[1], &call->b.ports[0], N_MESSAGES, MESSAGE_SIZE);
}

/* Returns how many datagrams had a bit turned. */
static guint64
call_finish (Call *call)
{
  guint64 flipped;

  expect_messages (&call->b.ports[0], N_MESSAGES, MESSAGE_SIZE);
  expect_messages (&call->a.ports[0], N_MESSAGES, MESSAGE_SIZE);
  for (guint i = 0; i < G_N_ELEMENTS (call->threads); i++)
    {
      g_thread_join (call->threads[i]);
      g_assert_cmpint (call->senders[i].ret, ==, GST_FLOW_OK);
    }
  expect_alive (&call->a);
  expect_alive (&call->b);
  flipped = test_relay_get_flipped (call->relay);
  side_clear (&call->a);
  side_clear (&call->b);
  test_relay_free (call->relay);
  return flipped;
}

static void
test_flips (gconstpointer data)
{
  g_autofree Call *calls = g_new0 (Call, n_calls);
  guint64 flipped = 0;

  test_watchdog_start (60 + 10 * n_calls);
  for (guint i = 0; i < n_calls; i++)
    call_init (&calls[i], data);
  for (guint i = 0; i < n_calls; i++)
    flipped += call_finish (&calls[i]);
  g_test_message ("%u of %u calls lived with %" G_GUINT64_FORMAT " datagrams that had a bit turned",
                  n_calls, n_calls, flipped);
  g_assert_cmpuint (flipped, >, 0);
}

static const struct
{
  const gchar *name;
  GTestDataFunc func;
} cases[] = {
  { "strangers", test_strangers },
  { "strangers-early", test_strangers_early },
  { "flips", test_flips },
};

int
main (int argc, char **argv)
{
  gint ret;

  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    n_calls = (guint)atoi (argv[1]);
  gst_p2p_stock_bin_prepare ();
  gst_p2p_stock_bin_end_prepare ();
  for (guint i = 0; i < SIDE_N_PAIRS; i++)
    for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
      {
        g_autofree gchar *path
            = g_strdup_printf ("/noise/%s/%s", side_pairs[i].name, cases[k].name);

        g_test_add_data_func (path, &side_pairs[i], cases[k].func);
      }
  ret = g_test_run ();
  gst_p2p_identity_unref (side_identity (GST_P2P_ROLE_INITIATOR));
  gst_p2p_identity_unref (side_identity (GST_P2P_ROLE_ACCEPTOR));
  return ret;
}
