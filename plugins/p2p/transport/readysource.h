/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * readysource: a GSource that calls its function when its ready time has come, and else sleeps.
 *
 * g_source_set_ready_time() (0: now, -1: never, from any thread) is all that drives it: a timer
 * that is moved, or a way to wake a thread up. The ready time stays until it is set anew.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Attached, never ready yet. Destroy and unref it. */
GSource *
gst_p2p_timer_new (GMainContext *context, gint priority, GSourceFunc func, gpointer user_data);

G_END_DECLS
