/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * camera: see camera.h.
 */
#include "tests/plugins/p2p/element/camera.h"

#include <gst/app/app.h>
#include <gst/video/video.h>

#include "tests/common/probe.h"
#include "tests/plugins/p2p/element/stage.h"

#define HEADER_SEED 0xffff0000u
#define HEADER_SIZE 33

struct _TestCamera
{
  /* const */
  TestCameraConfig config;
  GstElement *feed;
  TestProbe *probe;
  GThread *thread;
  /* atomic */
  gint stopping;
  gint wanted; /* a key frame */
  gint n_requests;
  /* lock */
  GMutex lock;
  GArray *times;
};

static GstPadProbeReturn
on_upstream (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  TestCamera *camera = data;

  if (gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    {
      g_atomic_int_inc (&camera->n_requests);
      g_atomic_int_set (&camera->wanted, TRUE);
    }
  return GST_PAD_PROBE_OK;
}

static GstBuffer *
make_header (void)
{
  GstBuffer *header = test_make_buffer (HEADER_SIZE, HEADER_SEED);

  GST_BUFFER_FLAG_SET (header, GST_BUFFER_FLAG_HEADER);
  return header;
}

static void
set_caps (TestCamera *camera, guint scene)
{
  g_autoptr (GstCaps) caps
      = gst_caps_new_simple ("video/x-test", "scene", G_TYPE_INT, (gint)scene, NULL);

  if (camera->config.headers)
    {
      GValue list = G_VALUE_INIT, value = G_VALUE_INIT;

      g_value_init (&list, GST_TYPE_ARRAY);
      g_value_init (&value, GST_TYPE_BUFFER);
      g_value_take_boxed (&value, make_header ());
      gst_value_array_append_and_take_value (&list, &value);
      gst_caps_set_value (caps, "streamheader", &list);
      g_value_unset (&list);
    }
  gst_app_src_set_caps (GST_APP_SRC (camera->feed), caps);
}

static gsize
get_size (TestCamera *camera, guint n)
{
  return camera->config.min_size
         + n * 7919u % (camera->config.max_size - camera->config.min_size + 1);
}

static void
feed_frame (TestCamera *camera, guint n)
{
  GstBuffer *frame = test_make_buffer (get_size (camera, n), n);
  gint64 now_us;

  if (!g_atomic_int_compare_and_exchange (&camera->wanted, TRUE, FALSE) && n > 0)
    GST_BUFFER_FLAG_SET (frame, GST_BUFFER_FLAG_DELTA_UNIT);
  GST_BUFFER_PTS (frame) = n * camera->config.interval_us * GST_USECOND;
  GST_BUFFER_DURATION (frame) = camera->config.interval_us * GST_USECOND;
  GST_BUFFER_OFFSET (frame) = n;
  now_us = g_get_monotonic_time ();
  g_mutex_lock (&camera->lock);
  g_array_append_val (camera->times, now_us);
  g_mutex_unlock (&camera->lock);
  gst_app_src_push_buffer (GST_APP_SRC (camera->feed), frame);
}

static gpointer
work (gpointer data)
{
  TestCamera *camera = data;
  gint64 due_us = g_get_monotonic_time ();
  guint n;

  set_caps (camera, 0);
  if (camera->config.headers)
    gst_app_src_push_buffer (GST_APP_SRC (camera->feed), make_header ());
  for (n = 0; !g_atomic_int_get (&camera->stopping)
              && (camera->config.n_frames == 0 || n < camera->config.n_frames);
       n++)
    {
      if (camera->config.caps_interval > 0 && n > 0 && n % camera->config.caps_interval == 0)
        set_caps (camera, n / camera->config.caps_interval);
      feed_frame (camera, n);
      due_us += camera->config.interval_us;
      g_usleep (MAX (0, due_us - g_get_monotonic_time ()));
    }
  if (n == camera->config.n_frames)
    gst_app_src_end_of_stream (GST_APP_SRC (camera->feed));
  return NULL;
}

TestCamera *
test_camera_new (GstElement *feed, const TestCameraConfig *config)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (feed, "src");
  TestCamera *camera = g_new0 (TestCamera, 1);

  camera->config = *config;
  camera->feed = gst_object_ref (feed);
  camera->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_mutex_init (&camera->lock);
  camera->probe = test_probe_new (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream, camera);
  camera->thread = g_thread_new ("camera", work, camera);
  return camera;
}

void
test_camera_free (TestCamera *camera)
{
  g_atomic_int_set (&camera->stopping, TRUE);
  g_thread_join (camera->thread);
  test_probe_free (camera->probe);
  gst_object_unref (camera->feed);
  g_array_unref (camera->times);
  g_mutex_clear (&camera->lock);
  g_free (camera);
}

guint
test_camera_count_frames (TestCamera *camera)
{
  guint n;

  g_mutex_lock (&camera->lock);
  n = camera->times->len;
  g_mutex_unlock (&camera->lock);
  return n;
}

guint
test_camera_count_requests (TestCamera *camera)
{
  return (guint)g_atomic_int_get (&camera->n_requests);
}

gint64
test_camera_get_time (TestCamera *camera, guint n)
{
  gint64 time;

  g_mutex_lock (&camera->lock);
  g_assert_cmpuint (n, <, camera->times->len);
  time = g_array_index (camera->times, gint64, n);
  g_mutex_unlock (&camera->lock);
  return time;
}

static gboolean
is_equal (GstBuffer *buffer, GstBuffer *expected)
{
  GstMapInfo map;
  gboolean equal;

  if (gst_buffer_get_size (buffer) != gst_buffer_get_size (expected))
    return FALSE;
  gst_buffer_map (expected, &map, GST_MAP_READ);
  equal = gst_buffer_memcmp (buffer, 0, map.data, map.size) == 0;
  gst_buffer_unmap (expected, &map);
  return equal;
}

guint
test_camera_check_frame (TestCamera *camera, GstBuffer *buffer)
{
  guint n = (guint)GST_BUFFER_OFFSET (buffer);
  GstBuffer *expected;

  g_assert_cmpuint (n, <, test_camera_count_frames (camera));
  expected = test_make_buffer (get_size (camera, n), n);
  if (!is_equal (buffer, expected))
    g_error ("frame %u is not what was sent", n);
  gst_buffer_unref (expected);
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, n * camera->config.interval_us * GST_USECOND);
  return n;
}

gboolean
test_camera_is_header (GstBuffer *buffer)
{
  g_autoptr (GstBuffer) header = make_header ();

  return GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER) && is_equal (buffer, header);
}
