/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * herald: the thread on which an application is told what happens.
 *
 * What an application does in a handler may take an element down, and so wait for the element's
 * threads; or it may wait for a lock that another thread holds which takes the element down. So
 * handlers run on a thread that nobody waits for without end. Else it is as if the loop's thread
 * called them: that thread waits until a handler has returned, and meanwhile serves its calls.
 *
 *   loop     ──tell()──► waits ──► serves ──► waits ──► goes on
 *   herald             handler ── call() ──► handler ──► returns
 */
#pragma once

#include "plugins/p2p/base/loop.h"

G_BEGIN_DECLS

typedef struct _GstP2pHerald GstP2pHerald;

/* Starts the thread, for what @loop has to tell. */
GstP2pHerald *gst_p2p_herald_new (const gchar *name, GstP2pLoop *loop);
GstP2pHerald *gst_p2p_herald_ref (GstP2pHerald *herald);
void gst_p2p_herald_unref (GstP2pHerald *herald); /* ended */
/* Waits until all is told, while tell() is not called. A handler that does not return soon is left
 * alone, and what would come after it is forgotten: it may wait for the thread that waits here. On
 * the herald's own thread, in a handler, nothing is waited for. */
void gst_p2p_herald_settle (GstP2pHerald *herald);
/* No tell() follows, and the thread ends after the handler that it is in. On the herald's own
 * thread all is told first; on others it has settled. To be called once. */
void gst_p2p_herald_end (GstP2pHerald *herald);

/* Runs @func (@data) on the herald's thread, in the order of the calls, and waits until it has
 * returned; once hurry() was called, it goes on without waiting. @notify frees @data when both have
 * done with it. Loop's thread, under no lock. */
void gst_p2p_herald_tell (GstP2pHerald *herald, GDestroyNotify func, gpointer data,
                          GDestroyNotify notify);
/* @hurry: tell() waits no more, also the one that is waiting. Any thread. */
void gst_p2p_herald_set_hurry (GstP2pHerald *herald, gboolean hurry);

/* gst_p2p_loop_call() for every thread: in a handler the loop's thread may be waiting for it. */
gboolean gst_p2p_herald_call (GstP2pHerald *herald, GFunc func, gpointer data, gpointer user_data);

G_END_DECLS
