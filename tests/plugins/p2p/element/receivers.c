/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One sender and several receivers, who come and go and are slow each for himself.
 */
#include <string.h>

#include "tests/plugins/p2p/element/camera.h"
#include "tests/plugins/p2p/element/stage.h"

#define CAMERA "appsrc name=feed format=time ! p2psink name=p2p STAGE local-id=cam "
#define VIEWER "p2psrc name=p2p STAGE remote-id=cam is-live=false ! fakesink name=out sync=false"

static const TestCameraConfig fast = { .interval_us = 5000, .min_size = 500, .max_size = 9000 };

typedef struct
{
  GstElement *pipeline;
  TestRecord *record;
} Viewer;

static Viewer
viewer_new (TestStage *stage)
{
  Viewer viewer = { .pipeline = test_stage_play (stage, VIEWER) };

  viewer.record = test_record_new_at (viewer.pipeline, "out");
  return viewer;
}

static void
viewer_free (Viewer *viewer)
{
  test_record_free (viewer->record);
  test_pipeline_stop (viewer->pipeline);
}

/* From a key frame on, without a gap but those that are marked and end with a key frame. Returns
 * the number of gaps. */
static guint
check_view (TestCamera *camera, Viewer *viewer)
{
  g_autoptr (GPtrArray) buffers = test_record_get_buffers (viewer->record);
  guint64 expected = GST_BUFFER_OFFSET_NONE;
  guint n_gaps = 0;

  g_assert_cmpuint (buffers->len, >, 0);
  for (guint i = 0; i < buffers->len; i++)
    {
      GstBuffer *buffer = g_ptr_array_index (buffers, i);
      gboolean key = !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
      guint n;

      if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER))
        continue;
      n = test_camera_check_frame (camera, buffer);
      if (expected == GST_BUFFER_OFFSET_NONE)
        {
          g_assert_true (key);
        }
      else if (n != expected)
        {
          g_assert_cmpuint (n, >, expected);
          g_assert_true (key);
          g_assert_true (GST_BUFFER_IS_DISCONT (buffer));
          n_gaps++;
        }
      expected = n + 1;
    }
  return n_gaps;
}

static void
wait_for_frames (Viewer *viewer, guint n)
{
  guint before = test_record_count_buffers (viewer->record);

  TEST_WAIT_UNTIL (test_record_count_buffers (viewer->record) >= before + n, 15000);
}

/* Who comes later begins with caps, the stream's header and a key frame made for him; who is there
 * already misses nothing. */
static void
test_newcomers (gconstpointer transport)
{
  TestCameraConfig config = fast;
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *sender = test_stage_play_called (stage, CAMERA);
  TestCamera *camera;
  Viewer viewers[3];

  config.headers = TRUE;
  camera = test_camera_new (test_borrow (sender, "feed"), &config);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    {
      viewers[i] = viewer_new (stage);
      wait_for_frames (&viewers[i], 30);
    }
  g_assert_cmpuint (test_camera_count_requests (camera), >=, G_N_ELEMENTS (viewers) - 1);
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    {
      g_autoptr (GPtrArray) items = test_record_get_items (viewers[i].record);
      g_autoptr (GPtrArray) buffers = test_record_get_buffers (viewers[i].record);
      guint k = 0;

      while (GST_IS_EVENT (g_ptr_array_index (items, k))
             && GST_EVENT_TYPE (g_ptr_array_index (items, k)) != GST_EVENT_CAPS)
        k++;
      g_assert_true (GST_IS_EVENT (g_ptr_array_index (items, k)));
      g_assert_true (test_camera_is_header (g_ptr_array_index (buffers, 0)));
      g_assert_cmpuint (check_view (camera, &viewers[i]), ==, 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    viewer_free (&viewers[i]);
  test_camera_free (camera);
  test_pipeline_stop (sender);
  test_stage_free (stage);
}

/* One leaves, by himself or in the middle; the other sees all. */
static void
test_leaving (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *sender = test_stage_play_called (stage, CAMERA);
  TestCamera *camera = test_camera_new (test_borrow (sender, "feed"), &fast);
  Viewer stays = viewer_new (stage);

  wait_for_frames (&stays, 20);
  for (guint i = 0; i < 3; i++)
    {
      Viewer leaves = viewer_new (stage);

      wait_for_frames (&leaves, 10 + i);
      viewer_free (&leaves);
      gst_message_unref (test_bus_wait_element (sender, "peer-disconnected", 5000));
    }
  wait_for_frames (&stays, 20);
  g_assert_cmpuint (check_view (camera, &stays), ==, 0);
  viewer_free (&stays);
  test_camera_free (camera);
  test_pipeline_stop (sender);
  test_stage_free (stage);
}

/* One stands still: it loses whole frames up to a key frame, and the other goes on. */
static void
test_leaky (gconstpointer transport)
{
  const TestCameraConfig config = { .interval_us = 5000, .min_size = 5000, .max_size = 15000 };
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *sender = test_stage_play_called (stage, CAMERA "leaky=downstream");
  TestCamera *camera = test_camera_new (test_borrow (sender, "feed"), &config);
  Viewer runs = viewer_new (stage), stands = viewer_new (stage);
  guint before;

  wait_for_frames (&runs, 20);
  wait_for_frames (&stands, 20);
  test_record_hold (stands.record, TRUE);
  wait_for_frames (&runs, 600);
  before = test_record_count_buffers (stands.record);
  test_record_hold (stands.record, FALSE);
  TEST_WAIT_UNTIL (check_view (camera, &stands) > 0, 15000);
  g_assert_cmpuint (test_record_count_buffers (stands.record), >, before);
  /* The other went on all the while; on a busy machine it may be slow itself for a moment. */
  check_view (camera, &runs);

  viewer_free (&stands);
  viewer_free (&runs);
  test_camera_free (camera);
  test_pipeline_stop (sender);
  test_stage_free (stage);
}

#define RAW_SIZE 50000
#define RAW_KEY_INTERVAL 20

/* Its number, and as many bytes as can be told from it. */
static void
push_raw (GstElement *sender, guint n, gboolean key)
{
  GstBuffer *frame = gst_buffer_new_allocate (NULL, RAW_SIZE, NULL);
  guint32 number = n;

  gst_buffer_memset (frame, 0, (guint8)n, RAW_SIZE);
  gst_buffer_fill (frame, 0, &number, sizeof number);
  if (!key)
    GST_BUFFER_FLAG_SET (frame, GST_BUFFER_FLAG_DELTA_UNIT);
  test_push (test_borrow (sender, "feed"), frame);
}

static guint
check_raw_frame (GstBuffer *buffer)
{
  GstMapInfo map;
  guint32 n;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, ==, RAW_SIZE);
  memcpy (&n, map.data, sizeof n);
  for (gsize i = sizeof n; i < map.size; i++)
    if (map.data[i] != (guint8)n)
      g_error ("frame %u holds bytes of another", n);
  gst_buffer_unmap (buffer, &map);
  return n;
}

static gboolean
has_last (Viewer *viewer, guint n)
{
  g_autoptr (GPtrArray) buffers = test_record_get_buffers (viewer->record);
  guint32 last = 0;

  if (buffers->len > 0)
    gst_buffer_extract (g_ptr_array_index (buffers, buffers->len - 1), 0, &last, sizeof last);
  return buffers->len > 0 && last == n;
}

/* Whole frames, in order; what is missing ends with a key frame, as all before @n_begin are.
 * Returns the number of gaps that end later. */
static guint
check_raw_view (Viewer *viewer, guint n_begin)
{
  g_autoptr (GPtrArray) buffers = test_record_get_buffers (viewer->record);
  guint expected = 0, n_gaps = 0;

  for (guint i = 0; i < buffers->len; i++)
    {
      guint n = check_raw_frame (g_ptr_array_index (buffers, i));

      g_assert_cmpuint (n, >=, expected);
      if (n > expected && n >= n_begin)
        {
          g_assert_cmpuint (n % RAW_KEY_INTERVAL, ==, 0);
          n_gaps++;
        }
      expected = n + 1;
    }
  return n_gaps;
}

/* Before a channel that does not take what comes; 1 MiB is a queue's limit. */
static gboolean
has_full_queue (GstElement *sender)
{
  GstIterator *queues = gst_bin_iterate_all_by_element_factory_name (GST_BIN (sender), "queue");
  GValue item = G_VALUE_INIT;
  gboolean full = FALSE;

  while (!full && gst_iterator_next (queues, &item) == GST_ITERATOR_OK)
    {
      guint level;

      g_object_get (g_value_get_object (&item), "current-level-bytes", &level, NULL);
      full = level > 1024 * 1024 - 2 * RAW_SIZE;
      g_value_reset (&item);
    }
  g_value_unset (&item);
  gst_iterator_free (queues);
  return full;
}

/* Likewise without acknowledgements. */
static void
test_leaky_raw (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *sender = test_stage_play_called (stage, CAMERA "leaky=downstream framing=raw");
  Viewer runs = viewer_new (stage), stands = viewer_new (stage);
  gint64 until_us = test_wait_deadline (10000);
  guint n = 0, n_begin, n_end;

  while (!test_record_count_buffers (runs.record) || !test_record_count_buffers (stands.record))
    {
      g_assert_true (test_wait_step (until_us));
      push_raw (sender, n++, TRUE);
    }
  TEST_WAIT_UNTIL (has_last (&runs, n - 1), 10000);
  test_record_hold (stands.record, TRUE);
  for (n_begin = n, n_end = G_MAXUINT; n < n_end; n++)
    {
      if (n_end == G_MAXUINT && has_full_queue (sender))
        n_end = n + 2 * RAW_KEY_INTERVAL;
      push_raw (sender, n, n % RAW_KEY_INTERVAL == 0);
      TEST_WAIT_UNTIL (has_last (&runs, n), 10000);
    }
  test_record_hold (stands.record, FALSE);
  test_push_eos (test_borrow (sender, "feed"));
  TEST_WAIT_UNTIL (test_record_is_eos (stands.record) && test_record_is_eos (runs.record), 20000);
  g_assert_cmpuint (check_raw_view (&runs, n_begin), ==, 0);
  g_test_message ("%u of %u frames came to who stood still",
                  test_record_count_buffers (stands.record), n);
  g_assert_cmpuint (check_raw_view (&stands, n_begin), >, 0);

  viewer_free (&stands);
  viewer_free (&runs);
  test_pipeline_stop (sender);
  test_stage_free (stage);
}

static void
test_max_peers (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *sender = test_stage_play_called (stage, CAMERA "max-peers=1");
  TestCamera *camera = test_camera_new (test_borrow (sender, "feed"), &fast);
  Viewer first = viewer_new (stage), second;
  g_autoptr (GError) error = NULL;
  GstMessage *message;

  wait_for_frames (&first, 10);
  second = viewer_new (stage);
  message = test_bus_wait (second.pipeline, GST_MESSAGE_ERROR, 10000);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY);
  gst_message_unref (message);
  viewer_free (&second);

  wait_for_frames (&first, 10);
  viewer_free (&first);
  gst_message_unref (test_bus_wait_element (sender, "peer-disconnected", 5000));
  second = viewer_new (stage);
  wait_for_frames (&second, 10);
  g_assert_cmpuint (check_view (camera, &second), ==, 0);
  viewer_free (&second);
  test_camera_free (camera);
  test_pipeline_stop (sender);
  test_stage_free (stage);
}

/* Nobody is there: the first frame waits. */
static void
test_waiting (gconstpointer transport)
{
  TestCameraConfig config = fast;
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *sender = test_stage_play_called (stage, CAMERA);
  g_autoptr (GPtrArray) buffers = NULL;
  TestCamera *camera;
  Viewer viewer;

  config.n_frames = 100;
  camera = test_camera_new (test_borrow (sender, "feed"), &config);
  TEST_WAIT_UNTIL (test_camera_count_frames (camera) > 50, 5000);
  viewer = viewer_new (stage);
  gst_message_unref (test_bus_wait (viewer.pipeline, GST_MESSAGE_EOS, 10000));
  gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, 10000));
  buffers = test_record_get_buffers (viewer.record);
  g_assert_cmpuint (buffers->len, ==, 100);
  g_assert_cmpuint (check_view (camera, &viewer), ==, 0);
  g_clear_pointer (&buffers, g_ptr_array_unref);
  viewer_free (&viewer);
  test_camera_free (camera);
  test_pipeline_stop (sender);
  test_stage_free (stage);
}

/* Nobody is there, and the stream goes on nevertheless. */
static void
test_not_waiting (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *sender = test_stage_play_called (stage, CAMERA "wait-for-connection=false");
  TestCamera *camera = test_camera_new (test_borrow (sender, "feed"), &fast);
  g_autoptr (GPtrArray) buffers = NULL;
  Viewer viewer;

  TEST_WAIT_UNTIL (test_camera_count_frames (camera) > 50, 5000);
  viewer = viewer_new (stage);
  wait_for_frames (&viewer, 20);
  buffers = test_record_get_buffers (viewer.record);
  g_assert_cmpuint (GST_BUFFER_OFFSET (g_ptr_array_index (buffers, 0)), >, 30);
  g_assert_cmpuint (check_view (camera, &viewer), ==, 0);
  g_clear_pointer (&buffers, g_ptr_array_unref);
  viewer_free (&viewer);
  test_camera_free (camera);
  test_pipeline_stop (sender);
  test_stage_free (stage);
}

static void
add (void)
{
  test_add_for_each_transport ("/receivers/newcomers", test_newcomers);
  test_add_for_each_transport ("/receivers/leaving", test_leaving);
  test_add_for_each_transport ("/receivers/leaky", test_leaky);
  test_add_for_each_transport ("/receivers/leaky-raw", test_leaky_raw);
  test_add_for_each_transport ("/receivers/max-peers", test_max_peers);
  test_add_for_each_transport ("/receivers/waiting", test_waiting);
  test_add_for_each_transport ("/receivers/not-waiting", test_not_waiting);
}

int
main (int argc, char **argv)
{
  return test_stage_main (argc, argv, add, 110);
}
