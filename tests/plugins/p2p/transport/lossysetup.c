/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How long it takes to connect where packets are lost: ICE, DTLS and SCTP together, twenty calls at
 * a time, since they do little but wait.
 */
#include "plugins/p2p/transport/direct/element.h"
#include "plugins/p2p/transport/stock/bin.h"
#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/plugins/p2p/transport/side.h"

#define N_CALLS 20
#define LOSS_PERCENT 10
/* The stacks' own timers let one call in ten take longer than that, which is two of twenty. With
 * what is repeated, chance lets one in thousands: one of twenty is forgiven. */
#define LIMIT_MS 8000

typedef struct
{
  Side a, b;
  TestRelay *relay;
} Call;

static void
call_init (Call *call, const Pair *pair)
{
  TestRelayConfig config
      = { .loss_percent = LOSS_PERCENT, .delay_ms = 10, .seed = (guint32)g_test_rand_int () };

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

static void
test_setup (gconstpointer data)
{
  Call *calls = g_new0 (Call, N_CALLS);
  gint ms[N_CALLS];
  gint64 begin_us;
  guint i, n = 0;

  test_watchdog_start (60);
  for (i = 0; i < N_CALLS; i++)
    call_init (&calls[i], data);
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
  g_test_message ("%u of %d calls at %d %% loss: median %d ms, longest %d ms", n, N_CALLS,
                  LOSS_PERCENT, ms[n / 2], ms[n - 1]);
  g_free (calls);
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
