/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loop: a named thread that iterates a main context of its own.
 *
 * An element starts one in NULL→READY and joins it in READY→NULL. Everything that decides about
 * connections runs on it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GstP2pLoop GstP2pLoop;

GstP2pLoop *gst_p2p_loop_new (const gchar *name);
GstP2pLoop *gst_p2p_loop_ref (GstP2pLoop *control);
void gst_p2p_loop_unref (GstP2pLoop *control);

/* Runs what was invoked before, then ends and joins the thread. Once, never from the thread itself.
 */
void gst_p2p_loop_stop (GstP2pLoop *control);

GMainContext *gst_p2p_loop_get_context (GstP2pLoop *control);
gboolean gst_p2p_loop_is_current (GstP2pLoop *control);

/* Runs @func on the thread, in the order of the calls; never, if the thread was stopped. Any
 * thread. */
void
gst_p2p_loop_invoke (GstP2pLoop *control, GSourceFunc func, gpointer data, GDestroyNotify notify);
/* Likewise, and waits until it returned (on the thread itself: runs it at once). FALSE if the
 * thread was stopped. Under no lock. */
gboolean gst_p2p_loop_call (GstP2pLoop *control, GFunc func, gpointer data, gpointer user_data);

G_END_DECLS
