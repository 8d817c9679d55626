/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * worker: a thread that does an element's small errands, when woken or at a time.
 *
 * Elements hand over what must not be done on the thread at hand: pushing a reply from a streaming
 * thread could close a circle of two peers that wait for each other.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns the monotonic time in µs at which to be called again at the latest; -1: when woken. */
typedef gint64 (*GstP2pWorkerFunc) (gpointer data);

typedef struct _GstP2pWorker GstP2pWorker;

GstP2pWorker *gst_p2p_worker_new (const gchar *name, GstP2pWorkerFunc func, gpointer data);
void gst_p2p_worker_free (GstP2pWorker *worker); /* stopped */

/* One thread starts and stops; not the worker's own. Both can be called twice. stop() waits for a
 * call of the function that is under way. */
void gst_p2p_worker_start (GstP2pWorker *worker);
void gst_p2p_worker_stop (GstP2pWorker *worker);

/* Any thread, any lock: the function is called once more, soon. Remembered if not running yet. */
void gst_p2p_worker_wake (GstP2pWorker *worker);

G_END_DECLS
