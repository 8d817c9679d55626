/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The windows against replay, compared with a slow but obvious model.
 */
#include <string.h>

#include "gst/p2p/sframe/replaywindow.h"
#include "tests/common/watchdog.h"

static void
check_counters (guint size, guint64 base, guint spread)
{
  g_autoptr (GstP2pSframeReplayWindow) window = gst_p2p_sframe_replay_window_new (size);
  g_autofree gboolean *used = g_new0 (gboolean, 20000);
  gint64 highest = -1;
  GRand *random = g_rand_new_with_seed (size + spread);

  for (guint i = 0; i < 30000; i++)
    {
      gint64 at = highest + g_rand_int_range (random, -(gint)spread, (gint)spread / 8 + 3);
      gboolean fresh;

      if (at < 0)
        continue;
      if (at >= 20000)
        break;
      fresh = !used[at] && (highest < 0 || at > highest || highest - at < (gint64)size);
      g_assert_cmpint (gst_p2p_sframe_replay_window_check (window, base + (guint64)at), ==, fresh);
      if (!fresh || g_rand_int_range (random, 0, 4) == 0) /* a check alone changes nothing */
        continue;
      gst_p2p_sframe_replay_window_commit (window, base + (guint64)at);
      used[at] = TRUE;
      highest = MAX (highest, at);
    }
  g_rand_free (random);
}

static void
test_counters (void)
{
  static const guint sizes[] = { 1, 2, 63, 64, 65, 1000, 1024 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      check_counters (sizes[i], 0, sizes[i] + 10);
      check_counters (sizes[i], 12345, sizes[i] / 2 + 3);
      check_counters (sizes[i], G_MAXUINT64 - 20000, 2 * sizes[i] + 300);
    }
}

static void
test_counter_jump (void)
{
  g_autoptr (GstP2pSframeReplayWindow) window = gst_p2p_sframe_replay_window_new (1024);

  gst_p2p_sframe_replay_window_commit (window, 5);
  gst_p2p_sframe_replay_window_commit (window, G_MAXUINT64);
  g_assert_false (gst_p2p_sframe_replay_window_check (window, 5));
  g_assert_false (gst_p2p_sframe_replay_window_check (window, G_MAXUINT64));
  g_assert_true (gst_p2p_sframe_replay_window_check (window, G_MAXUINT64 - 1));
  g_assert_true (gst_p2p_sframe_replay_window_check (window, G_MAXUINT64 - 1023));
  g_assert_false (gst_p2p_sframe_replay_window_check (window, G_MAXUINT64 - 1024));
}

/* Values rise by @step with jitter; the model remembers all, and what was forgotten. */
static void
check_ivs (guint size, guint64 base, guint64 step)
{
  g_autoptr (GstP2pSframeIvWindow) window = gst_p2p_sframe_iv_window_new (size);
  g_autoptr (GArray) used = g_array_new (FALSE, FALSE, sizeof (guint64));
  GRand *random = g_rand_new_with_seed (size);

  for (guint i = 0; i < 3000; i++)
    {
      gint late = g_rand_int_range (random, 0, (gint)size + 20);
      guint64 value = base + (guint64)MAX (0, (gint)i - late) * step;
      guint newer = 0;
      gboolean known = FALSE, fresh;

      for (guint k = 0; k < used->len; k++)
        {
          known |= g_array_index (used, guint64, k) == value;
          newer += (gint64)(g_array_index (used, guint64, k) - value) > 0;
        }
      fresh = !known && newer < size;
      g_assert_cmpint (gst_p2p_sframe_iv_window_check (window, value), ==, fresh);
      if (!fresh)
        continue;
      gst_p2p_sframe_iv_window_commit (window, value);
      g_array_append_val (used, value);
    }
  g_rand_free (random);
}

static void
test_ivs (void)
{
  static const guint sizes[] = { 1, 2, 10, 64, 100 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      check_ivs (sizes[i], 0, 1);
      check_ivs (sizes[i], G_MAXUINT64 - 1000, 1);
      check_ivs (sizes[i], G_GUINT64_CONSTANT (0xfffff00000000000),
                 G_GUINT64_CONSTANT (3000) << 32);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (120);
  g_test_add_func ("/replay-window/counters", test_counters);
  g_test_add_func ("/replay-window/counter-jump", test_counter_jump);
  g_test_add_func ("/replay-window/ivs", test_ivs);
  return g_test_run ();
}
