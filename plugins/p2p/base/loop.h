/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loop: a named thread that iterates a main context of its own, and does what others ask of it.
 *
 * An element starts one in NULL→READY and joins it in READY→NULL: the control thread, on which
 * everything that decides about connections runs. The direct transport has one for its I/O.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GstP2pLoop GstP2pLoop;

/* Starts the thread. @name: at most 15 characters, shown by debuggers. @owner: for whom it works
 * (owner.h). */
GstP2pLoop *gst_p2p_loop_new (const gchar *name, gconstpointer owner);
GstP2pLoop *gst_p2p_loop_ref (GstP2pLoop *loop);
void gst_p2p_loop_unref (GstP2pLoop *loop); /* stopped */

/* Runs what was posted before, then ends and joins the thread. To be called once, and not on the
 * thread itself. */
void gst_p2p_loop_stop (GstP2pLoop *loop);

GMainContext *gst_p2p_loop_get_context (GstP2pLoop *loop);

/* Runs @func (@data, @user_data) on the thread, in the order of the calls; not at all if the thread
 * was stopped. @notify (nullable) frees @data in any case. Any thread. */
void gst_p2p_loop_post (GstP2pLoop *loop, GFunc func, gpointer data, gpointer user_data,
                        GDestroyNotify notify);
/* Runs @func likewise and waits until it has returned; on the thread itself it runs at once. FALSE
 * if the thread was stopped. Under no lock, and only on a thread that the loop never waits for. */
gboolean gst_p2p_loop_call (GstP2pLoop *loop, GFunc func, gpointer data, gpointer user_data);

G_END_DECLS
