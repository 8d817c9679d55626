/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Channels that may lose: what arrives is what was sent, what is lost is marked, and nobody waits.
 */
#include <stdlib.h>

#include "tests/plugins/p2p/element/camera.h"
#include "tests/plugins/p2p/element/stage.h"

#define N_FRAMES 400
#define SCENE 100
/* A moment of a busy machine, or of caps that come again, passes; a queue that grows comes again.
 */
#define ATTEMPTS 3

static const TestCameraConfig config = { .n_frames = N_FRAMES,
                                         .interval_us = 10000,
                                         .min_size = 100,
                                         .max_size = 2000,
                                         .caps_interval = SCENE };

/* Between the caps that it was sent with, and after a mark where frames are missing. Returns how
 * many there are. */
static guint
check_frames (TestCamera *camera, TestRecord *record)
{
  g_autoptr (GPtrArray) items = test_record_get_items (record);
  guint next = 0, n_frames = 0;
  gint scene = -1;

  for (guint i = 0; i < items->len; i++)
    {
      gpointer item = g_ptr_array_index (items, i);
      GstCaps *caps;
      guint n;

      if (GST_IS_EVENT (item) && GST_EVENT_TYPE (item) == GST_EVENT_CAPS)
        {
          gst_event_parse_caps (item, &caps);
          g_assert_true (gst_structure_get_int (gst_caps_get_structure (caps, 0), "scene", &scene));
        }
      if (!GST_IS_BUFFER (item))
        continue;
      n = test_camera_check_frame (camera, item);
      g_assert_cmpint (scene, ==, (gint)(n / SCENE));
      g_assert_cmpuint (n, >=, next);
      if (n > next)
        g_assert_true (GST_BUFFER_IS_DISCONT (GST_BUFFER (item)));
      next = n + 1;
      n_frames++;
    }
  return n_frames;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return x < y ? -1 : x > y;
}

/* The lower decile of @n frames from the @first that arrived, in µs: a moment in which all wait for
 * caps that were lost and come again does not show; a queue that stays does. */
static gint64
get_latency (TestCamera *camera, TestRecord *record, guint first, guint n)
{
  g_autoptr (GPtrArray) buffers = test_record_get_buffers (record);
  g_autofree gint64 *latencies = g_new (gint64, n);

  for (guint i = 0; i < n; i++)
    {
      guint number = (guint)GST_BUFFER_OFFSET (g_ptr_array_index (buffers, first + i));

      latencies[i]
          = test_record_get_time (record, first + i) - test_camera_get_time (camera, number);
    }
  qsort (latencies, n, sizeof latencies[0], compare);
  return latencies[n / 10];
}

static gboolean
latency_grew (TestCamera *camera, TestRecord *record, guint n)
{
  gint64 early = get_latency (camera, record, n / 8, n / 4);
  gint64 late = get_latency (camera, record, n - n / 4, n / 4);

  g_test_message ("latency %d ms, then %d ms", (gint)(early / 1000), (gint)(late / 1000));
  return late > early + 100000 * test_slowdown ();
}

static guint
stream_once (gconstpointer transport, const gchar *pad_properties, gdouble loss_percent,
             gboolean *grew)
{
  const TestRelayConfig network = { .delay_ms = 10, .seed = 7 };
  TestStage *stage = test_stage_new (transport, &network);
  GstElement *receiver = test_stage_play_called (
      stage, "p2psrc name=p2p STAGE local-id=r is-live=false ! fakesink name=out sync=false");
  TestRecord *record = test_record_new_at (receiver, "out");
  GstElement *sender = test_stage_play (
      stage, "appsrc name=feed format=time ! p2psink name=p2p STAGE remote-id=r %s",
      pad_properties);
  TestCamera *camera;
  guint n;

  gst_message_unref (test_bus_wait_element (sender, "peer-connected", 10000));
  camera = test_camera_new (test_borrow (sender, "feed"), &config);
  TEST_WAIT_UNTIL (test_record_count_buffers (record) > 0, 5000);
  test_relay_set_loss (test_stage_get_relay (stage), loss_percent);
  gst_message_unref (test_bus_wait (receiver, GST_MESSAGE_EOS, 30000));
  gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, 15000));

  n = check_frames (camera, record);
  *grew = latency_grew (camera, record, n);
  test_camera_free (camera);
  test_record_free (record);
  test_pipeline_stop (sender);
  test_pipeline_stop (receiver);
  test_stage_free (stage);
  return n;
}

static guint
stream (gconstpointer transport, const gchar *pad_properties, gdouble loss_percent)
{
  gboolean grew = TRUE;
  guint n = 0;

  for (guint i = 0; i < ATTEMPTS && grew; i++)
    n = stream_once (transport, pad_properties, loss_percent, &grew);
  g_assert_false (grew);
  return n;
}

static void
test_unordered (gconstpointer transport)
{
  guint n = stream (transport, "sink_0::ordered=false sink_0::max-retransmits=0", 5);

  g_test_message ("%u of %u frames", n, N_FRAMES);
  g_assert_cmpuint (n, <, N_FRAMES);
  g_assert_cmpuint (n, >, N_FRAMES / 2);
}

static void
test_ordered (gconstpointer transport)
{
  guint n = stream (transport, "sink_0::max-retransmits=0", 5);

  g_test_message ("%u of %u frames", n, N_FRAMES);
  g_assert_cmpuint (n, <, N_FRAMES);
  g_assert_cmpuint (n, >, N_FRAMES / 2);
}

static void
test_no_loss (gconstpointer transport)
{
  guint n = stream (transport, "sink_0::ordered=false sink_0::max-retransmits=0", 0);

  g_assert_cmpuint (n, ==, N_FRAMES);
}

static void
add (void)
{
  test_add_for_each_transport ("/unreliable/unordered", test_unordered);
  test_add_for_each_transport ("/unreliable/ordered", test_ordered);
  test_add_for_each_transport ("/unreliable/no-loss", test_no_loss);
}

int
main (int argc, char **argv)
{
  return test_stage_main (argc, argv, add, 110);
}
