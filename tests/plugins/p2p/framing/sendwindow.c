/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is sent and not acknowledged counts, and whoever waits for room is woken by what makes it.
 */
#include "plugins/p2p/framing/sendwindow.h"

#include "gst/p2p/frame/frame.h"
#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

typedef GstP2pFramingSendWindow Window;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Window, gst_p2p_framing_send_window_free)

#define OPEN GST_P2P_FRAMING_SEND_WINDOW_OPEN
#define STALLED GST_P2P_FRAMING_SEND_WINDOW_STALLED
#define CLOSED GST_P2P_FRAMING_SEND_WINDOW_CLOSED

static guint64
get_bytes (Window *window, guint *n_objects)
{
  g_autoptr (GstStructure) stats = gst_structure_new_empty ("stats");
  guint64 bytes;

  gst_p2p_framing_send_window_add_stats (window, stats);
  g_assert_true (gst_structure_get_uint64 (stats, "in-flight", &bytes));
  g_assert_true (gst_structure_get_uint (stats, "in-flight-objects", n_objects));
  return bytes;
}

static void
assert_in_flight (Window *window, guint64 bytes, guint n_objects)
{
  guint n;

  g_assert_cmpuint (get_bytes (window, &n), ==, bytes);
  g_assert_cmpuint (n, ==, n_objects);
}

static guint32
add (Window *window, gsize bytes)
{
  return gst_p2p_framing_send_window_add (window, bytes, GST_P2P_SEND_PLAIN);
}

static gboolean
acknowledge (Window *window, guint32 seq)
{
  gboolean eos;
  gboolean known = gst_p2p_framing_send_window_acknowledge (window, seq, &eos);

  g_assert_false (eos);
  return known;
}

static void
test_counts (void)
{
  g_autoptr (Window) window = gst_p2p_framing_send_window_new ();

  assert_in_flight (window, 0, 0);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpuint (add (window, 100 + i), ==, i);
  assert_in_flight (window, 1000 * 100 + 999 * 1000 / 2, 1000);
  g_assert_true (acknowledge (window, 997));
  assert_in_flight (window, 1098 + 1099, 2);
  g_assert_true (acknowledge (window, 3)); /* old news */
  assert_in_flight (window, 1098 + 1099, 2);
  g_assert_true (acknowledge (window, 999));
  assert_in_flight (window, 0, 0);
}

/* Of what was never sent. */
static void
test_unknown (void)
{
  g_autoptr (Window) window = gst_p2p_framing_send_window_new ();

  g_assert_false (acknowledge (window, 0));
  add (window, 10);
  g_assert_false (acknowledge (window, 1));
  assert_in_flight (window, 10, 1);
  g_assert_true (acknowledge (window, GST_P2P_FRAME_NO_SEQ)); /* nothing yet */
  assert_in_flight (window, 10, 1);
}

static void
test_room (void)
{
  g_autoptr (Window) window = gst_p2p_framing_send_window_new ();

  g_assert_true (gst_p2p_framing_send_window_has_room (window, 1000, 10)); /* alone */
  add (window, 6);
  g_assert_true (gst_p2p_framing_send_window_has_room (window, 4, 10));
  g_assert_false (gst_p2p_framing_send_window_has_room (window, 5, 10));
  g_assert_false (gst_p2p_framing_send_window_has_room (window, 0, 5)); /* made smaller */
  g_assert_false (gst_p2p_framing_send_window_has_room (window, G_MAXSIZE, 10));
  g_assert_cmpint (gst_p2p_framing_send_window_wait (window, 4, 10, -1), ==, OPEN);
  g_assert_cmpint (gst_p2p_framing_send_window_wait (window, 5, 10, 0), ==, STALLED);
}

/* A second probe is not asked for before the first is acknowledged. */
static void
test_probe (void)
{
  g_autoptr (Window) window = gst_p2p_framing_send_window_new ();

  add (window, 10);
  g_assert_cmpint (gst_p2p_framing_send_window_wait (window, 1, 10, 1000), ==, STALLED);
  gst_p2p_framing_send_window_add (window, 1, GST_P2P_SEND_PROBE);
  g_assert_true (acknowledge (window, 1));
  g_assert_cmpint (gst_p2p_framing_send_window_wait (window, 10, 10, -1), ==, OPEN);
  add (window, 10);
  g_assert_cmpint (gst_p2p_framing_send_window_wait (window, 1, 10, 1000), ==, STALLED);
}

static void
test_eos (void)
{
  g_autoptr (Window) window = gst_p2p_framing_send_window_new ();
  gboolean eos;

  add (window, 10);
  gst_p2p_framing_send_window_add (window, 0, GST_P2P_SEND_EOS);
  g_assert_true (acknowledge (window, 0));
  g_assert_true (gst_p2p_framing_send_window_acknowledge (window, 1, &eos));
  g_assert_true (eos);
  g_assert_true (acknowledge (window, 1)); /* it is told once */

  /* A flush takes the EOS back. */
  gst_p2p_framing_send_window_add (window, 0, GST_P2P_SEND_EOS);
  gst_p2p_framing_send_window_set_flushing (window, TRUE);
  gst_p2p_framing_send_window_set_flushing (window, FALSE);
  g_assert_true (acknowledge (window, 2));
}

/* --- another thread --- */

typedef struct
{
  Window *window;
  gint state; /* atomic; -1: still waiting */
} Waiter;

static gpointer
run_waiter (gpointer data)
{
  Waiter *waiter = data;

  g_atomic_int_set (&waiter->state, gst_p2p_framing_send_window_wait (waiter->window, 5, 10, -1));
  return NULL;
}

static GThread *
start_waiter (Waiter *waiter, Window *window)
{
  *waiter = (Waiter){ .window = window, .state = -1 };
  return g_thread_new ("waiter", run_waiter, waiter);
}

static void
test_wait (void)
{
  g_autoptr (Window) window = gst_p2p_framing_send_window_new ();
  Waiter waiter;
  GThread *thread;

  add (window, 4);
  add (window, 4);
  thread = start_waiter (&waiter, window);
  g_assert_true (acknowledge (window, 0));
  g_thread_join (thread);
  g_assert_cmpint (waiter.state, ==, OPEN);
}

/* A flush and a stop end the wait; a stop lasts until the next reset. */
static void
test_interrupted (void)
{
  g_autoptr (Window) window = gst_p2p_framing_send_window_new ();
  Waiter waiter;
  GThread *thread;

  add (window, 8);
  thread = start_waiter (&waiter, window);
  gst_p2p_framing_send_window_set_flushing (window, TRUE);
  g_thread_join (thread);
  g_assert_cmpint (waiter.state, ==, CLOSED);
  gst_p2p_framing_send_window_wait_closed (window);
  gst_p2p_framing_send_window_set_flushing (window, FALSE);

  thread = start_waiter (&waiter, window);
  gst_p2p_framing_send_window_stop (window);
  g_thread_join (thread);
  g_assert_cmpint (waiter.state, ==, CLOSED);
  g_assert_cmpint (gst_p2p_framing_send_window_wait (window, 1, 100, -1), ==, CLOSED);
  gst_p2p_framing_send_window_wait_closed (window);

  gst_p2p_framing_send_window_reset (window);
  g_assert_cmpint (gst_p2p_framing_send_window_wait (window, 100, 10, -1), ==, OPEN);
  g_assert_cmpuint (add (window, 1), ==, 0);
}

static void
test_round_trip (void)
{
  g_autoptr (Window) window = gst_p2p_framing_send_window_new ();
  g_autoptr (GstStructure) before = gst_structure_new_empty ("stats");
  g_autoptr (GstStructure) after = gst_structure_new_empty ("stats");
  gint64 begin_us = g_get_monotonic_time (), rtt_us;

  gst_p2p_framing_send_window_add_stats (window, before);
  g_assert_true (gst_structure_get_int64 (before, "ack-rtt-us", &rtt_us));
  g_assert_cmpint (rtt_us, ==, -1);
  add (window, 1);
  add (window, 1);
  acknowledge (window, 1);
  gst_p2p_framing_send_window_add_stats (window, after);
  g_assert_true (gst_structure_get_int64 (after, "ack-rtt-us", &rtt_us));
  g_assert_cmpint (rtt_us, >=, 0);
  g_assert_cmpint (rtt_us, <=, g_get_monotonic_time () - begin_us);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (30);
  g_test_add_func ("/sendwindow/counts", test_counts);
  g_test_add_func ("/sendwindow/unknown", test_unknown);
  g_test_add_func ("/sendwindow/room", test_room);
  g_test_add_func ("/sendwindow/probe", test_probe);
  g_test_add_func ("/sendwindow/eos", test_eos);
  g_test_add_func ("/sendwindow/wait", test_wait);
  g_test_add_func ("/sendwindow/interrupted", test_interrupted);
  g_test_add_func ("/sendwindow/round-trip", test_round_trip);
  return g_test_run ();
}
