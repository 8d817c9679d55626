/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timer: a GSource that calls its function when its ready time has come.
 *
 * g_source_set_ready_time() drives it, from any thread: a monotonic time in microseconds, 0 for
 * now, -1 for never. The source serves as a timer that is moved often, and to wake another thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gst_p2p_timer_new:
 * @context: (nullable): %NULL is the default one
 *
 * Makes a source of default priority, attached to @context, with the ready time -1. The ready time
 * is -1 again before @func is called, so that a time which is set while @func runs is not lost.
 * @func keeps the timer by returning %G_SOURCE_CONTINUE.
 *
 * Returns: (transfer full): gst_p2p_clear_source() ends it
 */
GSource *gst_p2p_timer_new (GMainContext *context, GSourceFunc func, gpointer user_data);

/* Destroys and unrefs *@source, of any kind, and sets it to %NULL; nothing happens if it is %NULL.
 * On the thread that iterates the source's context, its function is not called after this. */
void gst_p2p_clear_source (GSource **source);

G_END_DECLS
