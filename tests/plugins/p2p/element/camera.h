/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * camera: a live encoder for tests, which feeds an appsrc from a thread of its own.
 *
 * The n-th frame has n as its offset, and content and size that follow from n. A key frame comes
 * first, when upstream is asked for one, and otherwise never.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct
{
  guint n_frames; /* then EOS; 0: until test_camera_free() */
  guint interval_us;
  gsize min_size, max_size;
  guint caps_interval; /* frames between changes of the caps, whose "scene" counts them; 0: none */
  gboolean headers;    /* in the caps and at the stream's beginning */
} TestCameraConfig;

typedef struct _TestCamera TestCamera;

/* @feed: an appsrc with format=time. */
TestCamera *test_camera_new (GstElement *feed, const TestCameraConfig *config);
/* Stops; no EOS is sent. */
void test_camera_free (TestCamera *camera);

guint test_camera_count_frames (TestCamera *camera);
guint test_camera_count_requests (TestCamera *camera);
/* Monotonic time at which the n-th frame was fed, in µs. */
gint64 test_camera_get_time (TestCamera *camera, guint n);

/* Fails the test if @buffer is not a frame of @camera, bit by bit. Returns its number. */
guint test_camera_check_frame (TestCamera *camera, GstBuffer *buffer);
gboolean test_camera_is_header (GstBuffer *buffer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestCamera, test_camera_free)

G_END_DECLS
