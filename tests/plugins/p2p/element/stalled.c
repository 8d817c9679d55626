/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A receiver whose downstream stands still: the sender waits, memory stays bounded at both ends,
 * nothing is lost, and it goes on afterwards. Of several streams, only those that are not read
 * wait.
 *
 *   test-stalled             stands still for 3 s
 *   test-stalled --soak      for 10 s
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plugins/p2p/transport/limits.h"
#include "tests/plugins/p2p/element/stage.h"

#define BUFFER_SIZE 40000
#define N_BUFFERS 3000 /* 120 MB */
#define MAX_IN_FLIGHT (2 * 1024 * 1024)
/* Beyond max-in-flight, for both ends in one process: the queue before the payloader (1 MiB), send
 * and receive buffers of SCTP and UDP, messages in queues of the transport's elements, and what the
 * allocator keeps. */
#define CONSTANT (48 * 1024 * 1024)

/* Longer than a foreign peer is waited for at the end of a raw channel. */
static guint stall_ms = 3000;

typedef struct
{
  GMutex lock;
  GCond cond;
  /* lock */
  gboolean hold;
  guint64 n_buffers;
} Gate;

/* What fakesrc makes is numbered by its bytes. */
static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Gate *gate = data;

  g_mutex_lock (&gate->lock);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, BUFFER_SIZE);
  g_assert_cmpuint (GST_BUFFER_OFFSET (buffer), ==, gate->n_buffers * BUFFER_SIZE);
  gate->n_buffers++;
  while (gate->hold)
    g_cond_wait (&gate->cond, &gate->lock);
  g_mutex_unlock (&gate->lock);
  return GST_PAD_PROBE_OK;
}

static void
set_hold (Gate *gate, gboolean hold)
{
  g_mutex_lock (&gate->lock);
  gate->hold = hold;
  g_cond_broadcast (&gate->cond);
  g_mutex_unlock (&gate->lock);
}

static guint64
count (Gate *gate)
{
  guint64 n;

  g_mutex_lock (&gate->lock);
  n = gate->n_buffers;
  g_mutex_unlock (&gate->lock);
  return n;
}

static guint64
get_resident_bytes (void)
{
  g_autofree gchar *text = NULL;
  guint64 total, resident;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &total, &resident), ==,
                   2);
  return resident * (guint64)sysconf (_SC_PAGESIZE);
}

static void
watch_memory (GstElement *sender, guint64 before)
{
  gint64 until_us = g_get_monotonic_time () + (gint64)stall_ms * 1000;
  guint64 most_in_flight = 0, most = 0;

  while (g_get_monotonic_time () < until_us)
    {
      g_autoptr (GstStructure) stats = test_get_channel_stats (sender, 0, 0);

      most_in_flight = MAX (most_in_flight, test_get_stat (stats, "in-flight"));
      most = MAX (most, get_resident_bytes ());
      g_usleep (50000);
    }
  g_test_message ("in flight %" G_GUINT64_FORMAT " bytes, memory grew by %" G_GINT64_FORMAT " KiB",
                  most_in_flight, ((gint64)most - (gint64)before) / 1024);
  g_assert_cmpuint (most_in_flight, >, MAX_IN_FLIGHT / 2);
  g_assert_cmpuint (most_in_flight, <=, MAX_IN_FLIGHT);
  /* The sanitizers' own memory is not ours to bound. */
  if (test_slowdown () == 1)
    g_assert_cmpuint (most, <, before + MAX_IN_FLIGHT + CONSTANT);
}

static void
test_stalled (gconstpointer transport)
{
  Gate gate = { 0 };
  TestStage *stage = test_stage_new (transport, NULL);
  guint64 before = get_resident_bytes (), during;
  GstElement *receiver = test_stage_play_called (
      stage, "p2psrc name=p2p STAGE local-id=r is-live=false ! fakesink name=out sync=false");
  GstPad *pad = gst_element_get_static_pad (test_borrow (receiver, "out"), "sink");
  GstElement *sender;
  gulong probe;

  g_mutex_init (&gate.lock);
  g_cond_init (&gate.cond);
  probe = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, &gate, NULL);
  sender = test_stage_play (stage,
                            "fakesrc sizetype=fixed sizemax=%d num-buffers=%d ! "
                            "p2psink name=p2p STAGE remote-id=r max-in-flight=%d",
                            BUFFER_SIZE, N_BUFFERS, MAX_IN_FLIGHT);
  TEST_WAIT_UNTIL (count (&gate) > 100, 20000);
  set_hold (&gate, TRUE);
  during = count (&gate);
  watch_memory (sender, before);
  g_assert_cmpuint (count (&gate), <=, during + 1);
  set_hold (&gate, FALSE);
  gst_message_unref (test_bus_wait (receiver, GST_MESSAGE_EOS, 40000));
  gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, 10000));
  g_assert_cmpuint (count (&gate), ==, N_BUFFERS);

  gst_pad_remove_probe (pad, probe);
  gst_object_unref (pad);
  test_pipeline_stop (sender);
  test_pipeline_stop (receiver);
  g_mutex_clear (&gate.lock);
  g_cond_clear (&gate.cond);
  test_stage_free (stage);
}

/* Without acknowledgements: what was sent is on its way, and at its end the sender waits for the
 * receiver's application all the same. */
static void
test_stalled_raw_end (gconstpointer transport)
{
  const guint n = 20;
  Gate gate = { .hold = TRUE };
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *receiver = test_stage_play_called (
      stage, "p2psrc name=p2p STAGE local-id=r is-live=false ! fakesink name=out sync=false");
  GstPad *pad = gst_element_get_static_pad (test_borrow (receiver, "out"), "sink");
  GstElement *sender;
  GstBus *bus;
  gulong probe;

  g_mutex_init (&gate.lock);
  g_cond_init (&gate.cond);
  probe = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, &gate, NULL);
  sender = test_stage_play (stage,
                            "fakesrc sizetype=fixed sizemax=%d num-buffers=%u ! "
                            "p2psink name=p2p STAGE remote-id=r framing=raw",
                            BUFFER_SIZE, n);
  bus = gst_element_get_bus (sender);
  TEST_WAIT_UNTIL (count (&gate) == 1, 20000);
  g_assert_null (gst_bus_timed_pop_filtered (bus, stall_ms * GST_MSECOND,
                                             GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  set_hold (&gate, FALSE);
  gst_message_unref (test_bus_wait (receiver, GST_MESSAGE_EOS, 10000));
  gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, 10000));
  g_assert_cmpuint (count (&gate), ==, n);

  gst_pad_remove_probe (pad, probe);
  gst_object_unref (pad);
  gst_object_unref (bus);
  test_pipeline_stop (sender);
  test_pipeline_stop (receiver);
  g_mutex_clear (&gate.lock);
  g_cond_clear (&gate.cond);
  test_stage_free (stage);
}

/* --- one of several --- */

#define SMALL 1000

typedef struct
{
  Gate gate;    /* for large buffers; n_buffers of it are the small ones */
  gint n_large; /* atomic */
} Several;

static GstPadProbeReturn
on_one_of_several (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Several *several = data;
  Gate *gate = &several->gate;
  gsize size = gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));

  g_mutex_lock (&gate->lock);
  while (size == BUFFER_SIZE && gate->hold)
    g_cond_wait (&gate->cond, &gate->lock);
  if (size == BUFFER_SIZE)
    g_atomic_int_inc (&several->n_large);
  else
    gate->n_buffers++;
  g_mutex_unlock (&gate->lock);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement *p2psrc, GstPad *pad, gpointer data)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstObject) pipeline = gst_object_get_parent (GST_OBJECT (p2psrc));
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_add_probe (sink_pad, GST_PAD_PROBE_TYPE_BUFFER, on_one_of_several, data, NULL);
  g_assert_cmpint (gst_pad_link (pad, sink_pad), ==, GST_PAD_LINK_OK);
}

static guint64
get_in_flight (GstElement *sender, guint n_streams)
{
  guint64 bytes = 0;

  for (guint i = 0; i < n_streams; i++)
    {
      g_autoptr (GstStructure) stats = test_get_channel_stats (sender, 0, i);

      bytes += test_get_stat (stats, "in-flight");
    }
  return bytes;
}

/* All streams but one are not read: each has all that it may have on its way, which is at most what
 * the receiver has told for all of them, and the one goes on. */
static void
run_several (const gchar *transport, const gchar *framing, guint n_streams)
{
  Several several = { .gate.hold = TRUE };
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *receiver = test_stage_play_called (
      stage, "p2psrc name=p2p STAGE local-id=r is-live=false framing=%s fakesink async=false",
      framing);
  g_autoptr (GString) sources = g_string_new ("");
  guint64 share = MIN (MAX_IN_FLIGHT, GST_P2P_MAX_IN_FLIGHT / n_streams), before;
  GstElement *sender;

  g_mutex_init (&several.gate.lock);
  g_cond_init (&several.gate.cond);
  g_signal_connect (test_borrow (receiver, "p2p"), "pad-added", G_CALLBACK (on_pad_added),
                    &several);
  for (guint i = 1; i < n_streams; i++)
    g_string_append_printf (sources, "fakesrc sizetype=fixed sizemax=%d ! p2p.sink_%u ",
                            BUFFER_SIZE, i);
  sender = test_stage_play (stage,
                            "p2psink name=p2p STAGE remote-id=r framing=%s max-in-flight=%d "
                            "fakesrc sizetype=fixed sizemax=%d ! identity sleep-time=1000 ! "
                            "p2p.sink_0 %s",
                            framing, MAX_IN_FLIGHT, SMALL, sources->str);
  TEST_WAIT_UNTIL (count (&several.gate) > 0, 20000);
  TEST_WAIT_UNTIL (get_in_flight (sender, n_streams) >= (n_streams - 1) * (share - 2 * BUFFER_SIZE),
                   20000);
  before = count (&several.gate);
  TEST_WAIT_UNTIL (count (&several.gate) > before + 200, 20000);
  g_assert_cmpuint (get_in_flight (sender, n_streams), <=, GST_P2P_MAX_IN_FLIGHT);
  g_assert_cmpint (g_atomic_int_get (&several.n_large), ==, 0);

  set_hold (&several.gate, FALSE);
  TEST_WAIT_UNTIL (g_atomic_int_get (&several.n_large) > 20 * (gint)n_streams, 20000);
  test_pipeline_stop (sender);
  test_pipeline_stop (receiver);
  g_mutex_clear (&several.gate.lock);
  g_cond_clear (&several.gate.cond);
  test_stage_free (stage);
}

static void
test_one_not_read (gconstpointer transport)
{
  run_several (transport, "frames", 2);
}

static void
test_one_not_read_raw (gconstpointer transport)
{
  run_several (transport, "raw", 2);
}

static void
test_one_read_of_forty (gconstpointer transport)
{
  run_several (transport, "frames", 40);
}

static void
add (void)
{
  test_add_for_each_transport ("/stalled", test_stalled);
  test_add_for_each_transport ("/stalled-raw-end", test_stalled_raw_end);
  test_add_for_each_transport ("/one-not-read", test_one_not_read);
  test_add_for_each_transport ("/one-not-read-raw", test_one_not_read_raw);
  test_add_for_each_transport ("/one-read-of-forty", test_one_read_of_forty);
}

int
main (int argc, char **argv)
{
  gboolean soak = argc > 1 && strcmp (argv[1], "--soak") == 0;

  if (soak)
    {
      stall_ms = 10000;
      argv[1] = argv[0];
    }
  return test_stage_main (argc - soak, argv + soak, add, 110);
}
