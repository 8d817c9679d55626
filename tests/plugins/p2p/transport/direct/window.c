/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* window: which cuts of the window are given back, and how it goes on. */
#include "plugins/p2p/transport/direct/window.h"

#define PACKET 1200
#define RTT_MS 20

typedef struct
{
  GstP2pDirectWindow window;
  gint64 now_us;
  guint32 restore;
} Fixture;

static guint32
update (Fixture *f, guint32 window, guint rtt_ms)
{
  f->now_us += RTT_MS * 1000;
  return gst_p2p_direct_window_update (&f->window, window, PACKET, rtt_ms, f->now_us, &f->restore);
}

/* As long as it grows it is usrsctp's. */
static void
test_growth (void)
{
  Fixture f = { 0 };

  for (guint32 window = 12000; window < 1000000; window += 12000)
    {
      g_assert_cmpuint (update (&f, window, RTT_MS), ==, window);
      g_assert_cmpuint (f.restore, ==, 0);
    }
}

static void
test_random_loss (void)
{
  Fixture f = { 0 };
  guint32 flight;

  update (&f, 100000, RTT_MS);
  g_assert_cmpuint (update (&f, 50000, RTT_MS + 2), ==, 90000);
  g_assert_cmpuint (f.restore, ==, 90000);

  /* usrsctp's window is now what it was set to, and grows as fast as it likes */
  flight = update (&f, 180000, RTT_MS);
  g_assert_cmpuint (f.restore, ==, 0);
  g_assert_cmpuint (flight, >, 90000);
  g_assert_cmpuint (flight, <=, 99000);

  /* the next loss counts from what was in flight, not from usrsctp's window */
  update (&f, 90000, RTT_MS);
  g_assert_cmpuint (f.restore, ==, 0);
  update (&f, 45000, RTT_MS);
  g_assert_cmpuint (f.restore, >, 80000);
  g_assert_cmpuint (f.restore, <, 100000);
}

/* The limit ends where usrsctp's own window is smaller. */
static void
test_limit_lifted (void)
{
  Fixture f = { 0 };

  update (&f, 100000, RTT_MS);
  update (&f, 50000, RTT_MS);
  for (guint i = 0; i < 5; i++)
    update (&f, 95000, RTT_MS);
  g_assert_cmpuint (update (&f, 95000, RTT_MS), ==, 95000);
  g_assert_cmpuint (update (&f, 300000, RTT_MS), ==, 300000);
}

static void
test_congestion (void)
{
  Fixture f = { 0 };

  update (&f, 100000, RTT_MS);
  update (&f, 110000, RTT_MS * 2);
  g_assert_cmpuint (update (&f, 55000, RTT_MS * 2), ==, 55000);
  g_assert_cmpuint (f.restore, ==, 0);
  /* nor later, when the queue has gone */
  g_assert_cmpuint (update (&f, 56000, RTT_MS), ==, 56000);
  g_assert_cmpuint (f.restore, ==, 0);
}

/* After a timeout, half. */
static void
test_timeout (void)
{
  Fixture f = { 0 };

  update (&f, 100000, RTT_MS);
  g_assert_cmpuint (update (&f, PACKET, RTT_MS), ==, 50000);
  g_assert_cmpuint (f.restore, ==, 50000);
}

/* On a short path a window without losses is bounded all the same. */
static void
test_enough (void)
{
  Fixture f = { 0 };

  g_assert_cmpuint (update (&f, 100 * 1000 * 1000, 0), ==, gst_p2p_direct_window_enough (0));
  g_assert_cmpuint (gst_p2p_direct_window_enough (0), <, 1024 * 1024);
  /* the shortest round trip counts, not what queues add to it */
  g_assert_cmpuint (update (&f, 100 * 1000 * 1000, 500), ==, gst_p2p_direct_window_enough (0));
  gst_p2p_direct_window_reset (&f.window);
  g_assert_cmpuint (update (&f, 100 * 1000 * 1000, 100), ==, gst_p2p_direct_window_enough (100));
  /* 300 Mbit/s over 100 ms, and some */
  g_assert_cmpuint (gst_p2p_direct_window_enough (100), >, 2 * 3750000);
  g_assert_cmpuint (gst_p2p_direct_window_enough (G_MAXUINT), <=, 16 * 1024 * 1024);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/direct/window/growth", test_growth);
  g_test_add_func ("/direct/window/random-loss", test_random_loss);
  g_test_add_func ("/direct/window/limit-lifted", test_limit_lifted);
  g_test_add_func ("/direct/window/congestion", test_congestion);
  g_test_add_func ("/direct/window/timeout", test_timeout);
  g_test_add_func ("/direct/window/enough", test_enough);
  return g_test_run ();
}
