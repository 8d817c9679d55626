/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * controlthread: a named thread that iterates a main context of its own.
 *
 * An element starts one in NULL→READY and joins it in READY→NULL. Everything that decides about
 * connections runs on it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GstP2pControlThread GstP2pControlThread;

GstP2pControlThread *gst_p2p_control_thread_new (const gchar *name);
GstP2pControlThread *gst_p2p_control_thread_ref (GstP2pControlThread *control);
void gst_p2p_control_thread_unref (GstP2pControlThread *control);

/* Runs what was invoked before, then ends and joins the thread. Once, never from the thread itself.
 */
void gst_p2p_control_thread_stop (GstP2pControlThread *control);

GMainContext *gst_p2p_control_thread_get_context (GstP2pControlThread *control);
gboolean gst_p2p_control_thread_is_current (GstP2pControlThread *control);

/* Runs @func on the thread, in the order of the calls; never, if the thread was stopped. Any
 * thread. */
void gst_p2p_control_thread_invoke (GstP2pControlThread *control, GSourceFunc func, gpointer data,
                                    GDestroyNotify notify);
/* Likewise, and waits until it returned (on the thread itself: runs it at once). FALSE if the
 * thread was stopped. Under no lock. */
gboolean gst_p2p_control_thread_call (GstP2pControlThread *control, GFunc func, gpointer data,
                                      gpointer user_data);

G_END_DECLS
