/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a remote asks for goes upstream on a thread of its own, in a bounded number. */
#include "plugins/p2p/framing/upstream.h"

#include <gst/video/video.h>

#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

#define SOON_MS 5000
#define INTERVAL_US (G_USEC_PER_SEC / 4)
#define MAX_WAITING 16

/* A sink pad, the upstream that pushes out of it, and the src pad of an element that takes what is
 * pushed. */
typedef struct
{
  GstPad *pad;
  GstPad *peer;
  GstP2pFramingUpstream *upstream;
  GMutex lock; /* the element's: events wait while the test holds it */
  /* atomic */
  gint n_begun;
  gint n_key_units;
  gint n_others;
  gint last; /* number of the last other one */
  GThread *thread;
} Stage;

static gboolean
on_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Stage *stage = gst_pad_get_element_private (pad);
  const GstStructure *structure = gst_event_get_structure (event);
  gint number;

  if (GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE) /* the link's own */
    {
      gst_event_unref (event);
      return TRUE;
    }
  stage->thread = g_thread_self ();
  g_atomic_int_inc (&stage->n_begun);
  g_mutex_lock (&stage->lock);
  g_mutex_unlock (&stage->lock);
  if (gst_video_event_is_force_key_unit (event))
    {
      g_atomic_int_inc (&stage->n_key_units);
    }
  else
    {
      g_assert_true (gst_structure_get_int (structure, "number", &number));
      g_atomic_int_set (&stage->last, number);
      g_atomic_int_inc (&stage->n_others);
    }
  gst_event_unref (event);
  return TRUE;
}

static void
begin (Stage *stage)
{
  test_leaks_begin ();
  test_watchdog_start (30);
  *stage = (Stage){ .last = -1 };
  g_mutex_init (&stage->lock);
  stage->pad = gst_object_ref_sink (gst_pad_new ("sink", GST_PAD_SINK));
  stage->peer = gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC));
  gst_pad_set_element_private (stage->peer, stage);
  gst_pad_set_event_function (stage->peer, on_event);
  gst_pad_set_active (stage->peer, TRUE);
  gst_pad_set_active (stage->pad, TRUE);
  g_assert_cmpint (gst_pad_link (stage->peer, stage->pad), ==, GST_PAD_LINK_OK);
  stage->upstream = gst_p2p_framing_upstream_new ("test-upstream", stage->pad);
}

static void
end (Stage *stage)
{
  gst_p2p_framing_upstream_free (stage->upstream);
  gst_pad_set_active (stage->peer, FALSE);
  gst_pad_set_active (stage->pad, FALSE);
  gst_object_unref (stage->peer);
  gst_object_unref (stage->pad);
  g_mutex_clear (&stage->lock);
  test_leaks_end ();
}

static void
ask_for_key_unit (Stage *stage)
{
  gst_p2p_framing_upstream_take (
      stage->upstream, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

static void
give (Stage *stage, gint number)
{
  GstStructure *structure
      = gst_structure_new ("application/x-test", "number", G_TYPE_INT, number, NULL);

  gst_p2p_framing_upstream_take (stage->upstream,
                                 gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, structure));
}

static void
test_order (void)
{
  Stage stage;

  begin (&stage);
  gst_p2p_framing_upstream_start (stage.upstream);
  for (gint i = 0; i < 100; i++)
    {
      give (&stage, i);
      TEST_WAIT_UNTIL (g_atomic_int_get (&stage.last) == i, SOON_MS);
    }
  g_assert_cmpint (g_atomic_int_get (&stage.n_others), ==, 100);
  g_assert_true (stage.thread != g_thread_self ());
  end (&stage);
}

/* An element that takes its time costs the oldest, and never the thread that brings them. */
static void
test_flood (void)
{
  Stage stage;

  begin (&stage);
  gst_p2p_framing_upstream_start (stage.upstream);
  g_mutex_lock (&stage.lock);
  give (&stage, 0);
  TEST_WAIT_UNTIL (g_atomic_int_get (&stage.n_begun) == 1, SOON_MS);
  for (gint i = 1; i <= 1000; i++)
    give (&stage, i);
  g_mutex_unlock (&stage.lock);
  TEST_WAIT_UNTIL (g_atomic_int_get (&stage.last) == 1000, SOON_MS);
  g_assert_cmpint (g_atomic_int_get (&stage.n_others), ==, 1 + MAX_WAITING);
  end (&stage);
}

/* The first goes at once, the others together in their time. */
static void
test_key_units (void)
{
  gint64 begin_us;
  Stage stage;

  begin (&stage);
  gst_p2p_framing_upstream_start (stage.upstream);
  begin_us = g_get_monotonic_time ();
  ask_for_key_unit (&stage);
  TEST_WAIT_UNTIL (g_atomic_int_get (&stage.n_key_units) == 1, SOON_MS);
  for (guint i = 0; i < 100; i++)
    ask_for_key_unit (&stage);
  TEST_WAIT_UNTIL (g_atomic_int_get (&stage.n_key_units) == 2, SOON_MS);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, INTERVAL_US);
  ask_for_key_unit (&stage);
  TEST_WAIT_UNTIL (g_atomic_int_get (&stage.n_key_units) == 3, SOON_MS);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, 2 * INTERVAL_US);
  end (&stage);
}

/* One that waits for its time holds up no other event. */
static void
test_beside_key_unit (void)
{
  Stage stage;

  begin (&stage);
  gst_p2p_framing_upstream_start (stage.upstream);
  ask_for_key_unit (&stage);
  TEST_WAIT_UNTIL (g_atomic_int_get (&stage.n_key_units) == 1, SOON_MS);
  ask_for_key_unit (&stage);
  give (&stage, 5);
  TEST_WAIT_UNTIL (g_atomic_int_get (&stage.last) == 5, SOON_MS);
  TEST_WAIT_UNTIL (g_atomic_int_get (&stage.n_key_units) == 2, SOON_MS);
  end (&stage);
}

/* What comes before the start waits for it; what waits at a stop is dropped. */
static void
test_stop (void)
{
  Stage stage;

  begin (&stage);
  give (&stage, 1);
  gst_p2p_framing_upstream_start (stage.upstream);
  TEST_WAIT_UNTIL (g_atomic_int_get (&stage.last) == 1, SOON_MS);
  gst_p2p_framing_upstream_stop (stage.upstream);
  give (&stage, 2);
  ask_for_key_unit (&stage);
  gst_p2p_framing_upstream_stop (stage.upstream);
  gst_p2p_framing_upstream_start (stage.upstream);
  give (&stage, 3);
  TEST_WAIT_UNTIL (g_atomic_int_get (&stage.last) == 3, SOON_MS);
  g_assert_cmpint (g_atomic_int_get (&stage.n_others), ==, 2);
  g_assert_cmpint (g_atomic_int_get (&stage.n_key_units), ==, 0);
  end (&stage);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/framing/upstream/order", test_order);
  g_test_add_func ("/framing/upstream/flood", test_flood);
  g_test_add_func ("/framing/upstream/key-units", test_key_units);
  g_test_add_func ("/framing/upstream/beside-key-unit", test_beside_key_unit);
  g_test_add_func ("/framing/upstream/stop", test_stop);
  return g_test_run ();
}
