/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iothread: a thread that iterates a main context of its own, and does what others ask of it there.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GstP2pIoThread GstP2pIoThread;

/* Begins to run. @name: at most 15 characters, shown by debuggers. */
GstP2pIoThread *gst_p2p_io_thread_new (const gchar *name);
/* Lets what was asked for finish, and joins; never on the thread itself. */
void gst_p2p_io_thread_free (GstP2pIoThread *thread);

GMainContext *gst_p2p_io_thread_get_context (GstP2pIoThread *thread);

/* Runs @func on the thread, in the order of asking; takes @data with @notify. Any thread. */
void gst_p2p_io_thread_post (GstP2pIoThread *thread, GFunc func, gpointer data, gpointer user_data,
                             GDestroyNotify notify);
/* The same, and waits until it is done: only from a thread that the I/O thread never waits for. */
void gst_p2p_io_thread_call (GstP2pIoThread *thread, GFunc func, gpointer data, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pIoThread, gst_p2p_io_thread_free)

G_END_DECLS
