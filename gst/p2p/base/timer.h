/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timer: a GSource that calls its function when its ready time has come, and else sleeps.
 *
 * g_source_set_ready_time() drives it, from any thread: a monotonic time in microseconds, 0 for
 * now, -1 for never. It makes a timer that is moved often, and a way to wake another thread up.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gst_p2p_timer_new:
 * @context: (nullable): %NULL is the default one
 *
 * A source of default priority, attached to @context and never ready yet. The ready time is -1
 * again before @func is called, so that nothing is lost that makes it ready meanwhile. @func keeps
 * the timer by %G_SOURCE_CONTINUE.
 *
 * Returns: (transfer full): gst_p2p_clear_source() ends it
 */
GSource *gst_p2p_timer_new (GMainContext *context, GSourceFunc func, gpointer user_data);

/* Destroys *@source, of any kind, and lets go of it, if there is one. Its function is not called
 * any more after this, if the calling thread is the one that iterates the context. */
void gst_p2p_clear_source (GSource **source);

G_END_DECLS
