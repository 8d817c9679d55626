/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How long it takes to connect where packets are lost: ICE, DTLS and SCTP together, twenty calls at
 * a time, since they do little but wait. What is lost is sent again before the first of the stacks'
 * own timers, OpenSSL's second, which else half of the calls have to wait for.
 */
#include "plugins/p2p/transport/direct/element.h"
#include "plugins/p2p/transport/stock/bin.h"
#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/plugins/p2p/transport/side.h"

#define N_CALLS 20
#define LOSS_PERCENT 10
/* How much longer half of the calls may take than without loss. Measured with the repetitions: up
 * to 300 ms, without them: 980 to 1880 ms. */
#define MOST_LONGER_MS 700
/* Chance lets one call in some thousands take very long, or fail: one of twenty is forgiven. */
#define LIMIT_MS 20000

typedef struct
{
  Side a, b;
  TestRelay *relay;
} Call;

static void
call_init (Call *call, const Pair *pair, guint loss_percent)
{
  TestRelayConfig config
      = { .loss_percent = loss_percent, .delay_ms = 10, .seed = (guint32)g_test_rand_int () };

  call->relay = test_relay_new (&config);
  side_init (&call->a, &call->b, pair->new_a);
  side_init (&call->b, &call->a, pair->new_b);
  call->a.relay = call->b.relay = call->relay;
  call->a.may_fail = call->b.may_fail = TRUE;
}

static gboolean
is_connected (const Call *call)
{
  return call->a.established && call->b.established;
}

static gboolean
are_connected (const Call *calls)
{
  guint i, n = 0;

  for (i = 0; i < N_CALLS; i++)
    n += is_connected (&calls[i]);
  return n >= N_CALLS - 1;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return *(const gint *)a - *(const gint *)b;
}

/* The time that half of the calls take, in ms. */
static gint
get_median (const Pair *pair, guint loss_percent)
{
  Call *calls = g_new0 (Call, N_CALLS);
  gint ms[N_CALLS];
  gint64 begin_us;
  guint i, n = 0;

  for (i = 0; i < N_CALLS; i++)
    call_init (&calls[i], pair, loss_percent);
  begin_us = g_get_monotonic_time ();
  for (i = 0; i < N_CALLS; i++)
    {
      side_start (&calls[i].a, GST_P2P_ROLE_INITIATOR);
      side_start (&calls[i].b, GST_P2P_ROLE_ACCEPTOR);
    }
  TEST_WAIT_UNTIL (are_connected (calls), LIMIT_MS);
  for (i = 0; i < N_CALLS; i++)
    {
      if (is_connected (&calls[i]))
        ms[n++] = (gint)((MAX (calls[i].a.established_us, calls[i].b.established_us) - begin_us)
                         / 1000);
      side_clear (&calls[i].a);
      side_clear (&calls[i].b);
      test_relay_free (calls[i].relay);
    }
  qsort (ms, n, sizeof *ms, compare);
  g_test_message ("%u of %d calls at %u %% loss: median %d ms, longest %d ms", n, N_CALLS,
                  loss_percent, ms[n / 2], ms[n - 1]);
  g_free (calls);
  return ms[n / 2];
}

static void
test_setup (gconstpointer data)
{
  gint without;

  test_watchdog_start (60);
  without = get_median (data, 0);
  g_assert_cmpint (get_median (data, LOSS_PERCENT), <,
                   without + MOST_LONGER_MS * (gint)test_slowdown ());
}

int
main (int argc, char **argv)
{
  guint i;
  gint ret;

  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  gst_p2p_stock_bin_prepare ();
  gst_p2p_stock_bin_end_prepare ();
  for (i = 0; i < SIDE_N_PAIRS; i++)
    {
      g_autofree gchar *path = g_strdup_printf ("/lossysetup/%s", side_pairs[i].name);

      g_test_add_data_func (path, &side_pairs[i], test_setup);
    }
  ret = g_test_run ();
  gst_p2p_identity_unref (side_identity (GST_P2P_ROLE_INITIATOR));
  gst_p2p_identity_unref (side_identity (GST_P2P_ROLE_ACCEPTOR));
  return ret;
}
