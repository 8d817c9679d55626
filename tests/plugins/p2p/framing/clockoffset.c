/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clockoffset: two simulated clocks and a simulated path.
 */
#include "plugins/p2p/framing/clockoffset.h"

#define MS G_GINT64_CONSTANT (1000000)
#define S (1000 * MS)
#define INTERVAL (40 * MS) /* between messages */

/* What the path and the clocks do; delays in ns. */
typedef struct
{
  gdouble drift; /* the sender's clock gains so much on ours; 0.01: a hundredth of its time */
  gint64 offset; /* our clock minus the sender's at the beginning */
  gint64 delay, jitter;
  gint64 first_delay; /* of the first message, beyond @delay */
} World;

typedef struct
{
  World world;
  GRand *random;
  GstP2pFramingClockOffset estimate;
  gint64 now; /* by our clock */
  guint n;
  gint64 offset;
} Run;

static Run
run_new (World world)
{
  Run run = { .world = world, .random = g_rand_new_with_seed (1), .now = world.offset };

  gst_p2p_framing_clock_offset_reset (&run.estimate);
  return run;
}

static void
run_end (Run *run)
{
  g_rand_free (run->random);
}

static gint64
get_sender_time (const Run *run)
{
  gint64 passed = run->now - run->world.offset;

  return passed + (gint64)(run->world.drift * (gdouble)passed);
}

/* What the offset should be now: the clocks', and the path. */
static gint64
get_truth (const Run *run)
{
  return run->now - get_sender_time (run) + run->world.delay;
}

/* Returns how far the offset moved. */
static gint64
run_step (Run *run)
{
  gint64 before = run->offset;
  gint64 delay
      = run->world.delay + (gint64)(g_rand_double (run->random) * (gdouble)run->world.jitter);

  if (run->n == 0)
    delay += run->world.first_delay;
  run->offset
      = gst_p2p_framing_clock_offset_take (&run->estimate, run->now + delay, get_sender_time (run));
  run->now += INTERVAL;
  return run->n++ == 0 ? 0 : run->offset - before;
}

static void
run_for (Run *run, gint64 time, gint64 largest_error, gint64 largest_step)
{
  for (gint64 end = run->now + time; run->now < end;)
    {
      gint64 step = run_step (run);

      g_assert_cmpint (ABS (run->offset - get_truth (run)), <=, largest_error);
      g_assert_cmpint (ABS (step), <=, largest_step);
    }
}

static void
test_jitter (void)
{
  Run run = run_new ((World){ .offset = 5 * S, .delay = 20 * MS, .jitter = 30 * MS });

  run_for (&run, 2 * S, 35 * MS, 20 * MS);
  run_for (&run, 3600 * S, 12 * MS, 8 * MS);
  run_end (&run);
}

/* Crystals, a day's worth; and what is much worse. */
static void
test_drift (void)
{
  static const gdouble drifts[] = { 200e-6, -200e-6, 0.04, -0.04 };

  for (guint i = 0; i < G_N_ELEMENTS (drifts); i++)
    {
      gint64 bound = ABS (drifts[i]) > 0.01 ? 80 * MS : 15 * MS;
      Run run = run_new (
          (World){ .drift = drifts[i], .offset = S, .delay = 20 * MS, .jitter = 20 * MS });

      run_for (&run, S, 80 * MS, 20 * MS);
      run_for (&run, 86400 * S, bound, 8 * MS);
      run_end (&run);
    }
}

static void
test_first_message_late (void)
{
  static const gint64 delays[] = { 50 * MS, 390 * MS, 5 * S };

  for (guint i = 0; i < G_N_ELEMENTS (delays); i++)
    {
      Run run = run_new ((World){ .delay = 10 * MS, .first_delay = delays[i] });

      run_for (&run, 2 * S, delays[i] + MS, MAX (20 * MS, delays[i]));
      run_for (&run, 10 * S, 3 * MS, 4 * MS);
      run_end (&run);
    }
}

/* A path of another delay is followed: slowly, or at once if nothing would be in time for long. */
static void
test_path_changes (void)
{
  Run run = run_new ((World){ .delay = 10 * MS, .jitter = 5 * MS });

  run_for (&run, 10 * S, 10 * MS, 8 * MS);
  run.world.delay = 110 * MS;
  run_for (&run, 5 * S, 101 * MS, 8 * MS);
  run_for (&run, 10 * S, 10 * MS, 8 * MS);
  run.world.delay = 2 * S;
  run_for (&run, 2 * S, 2 * S, 2 * S);
  run_for (&run, 10 * S, 10 * MS, 8 * MS);
  run.world.delay = 10 * MS;
  run_for (&run, S, 2 * S, 2 * S);
  run_for (&run, 10 * S, 10 * MS, 8 * MS);
  run_end (&run);
}

/* Messages that were held up arrive together, with those that were not behind them. */
static void
test_stall (void)
{
  Run run = run_new ((World){ .delay = 10 * MS });
  gint64 before, end;

  run_for (&run, 10 * S, 3 * MS, 4 * MS);
  before = run.offset;
  end = run.now + 3 * S;
  while (run.now < end)
    {
      run.offset = gst_p2p_framing_clock_offset_take (&run.estimate, end, get_sender_time (&run));
      run.now += INTERVAL;
    }
  run_for (&run, 10 * S, 3 * MS, 4 * MS);
  g_assert_cmpint (ABS (run.offset - before), <=, 3 * MS);
  run_end (&run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock-offset/jitter", test_jitter);
  g_test_add_func ("/clock-offset/drift", test_drift);
  g_test_add_func ("/clock-offset/first-message-late", test_first_message_late);
  g_test_add_func ("/clock-offset/path-changes", test_path_changes);
  g_test_add_func ("/clock-offset/stall", test_stall);
  return g_test_run ();
}
