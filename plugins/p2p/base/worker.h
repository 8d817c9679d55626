/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * worker: a thread that runs one function of an element, when it is woken or at a given time.
 *
 * It does what an element's other threads must not do: if a streaming thread pushed a reply, two
 * peers could wait for each other.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns the monotonic time in µs at which it is to be called again at the latest; -1: only when
 * woken. */
typedef gint64 (*GstP2pWorkerFunc) (gpointer data);

typedef struct _GstP2pWorker GstP2pWorker;

GstP2pWorker *gst_p2p_worker_new (const gchar *name, GstP2pWorkerFunc func, gpointer data);
void gst_p2p_worker_free (GstP2pWorker *worker); /* stopped */

/* Called by one thread, which is not the worker's own. Both can be called twice. stop() waits for a
 * call of the function that is under way. @owner (nullable): for whom it works (owner.h). */
void gst_p2p_worker_start (GstP2pWorker *worker, gconstpointer owner);
void gst_p2p_worker_stop (GstP2pWorker *worker);

/* The function is called once more, soon; if the worker is not running, when it is started. Any
 * thread, also under a lock. */
void gst_p2p_worker_wake (GstP2pWorker *worker);

G_END_DECLS
