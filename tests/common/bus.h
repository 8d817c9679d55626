/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bus: waiting for messages of a pipeline.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * test_bus_wait:
 * @types: what to wait for; if it lacks %GST_MESSAGE_ERROR, an error fails the test
 * @timeout_ms: at most this long, before the slowdown; then the test fails
 *
 * Discards other messages. Nothing else may take messages from the bus meanwhile.
 *
 * Returns: (transfer full): the message
 */
GstMessage *test_bus_wait (GstElement *pipeline, GstMessageType types, guint timeout_ms);

/* The same for an element message whose structure has @name. */
GstMessage *test_bus_wait_element (GstElement *pipeline, const gchar *name, guint timeout_ms);

/**
 * test_pipeline:
 * @format: description as for gst-launch-1.0, with printf's conversions
 *
 * Returns: (transfer full): the pipeline, in NULL; a description that cannot be parsed fails the
 * test
 */
GstElement *test_pipeline (const gchar *format, ...) G_GNUC_PRINTF (1, 2);

/* To NULL, and unref; fails the test if that takes longer than 2 s (before the slowdown). */
void test_pipeline_stop (GstElement *pipeline);

G_END_DECLS
