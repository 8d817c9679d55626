/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reaper: takes apart what is over, on threads that may wait: for the threads of a transport, and
 * for downstream to take the last data.
 *
 * It counts the objects that live, from their making to their end, so that an element can wait for
 * all of them. Any thread, unless said otherwise.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GstP2pReaper GstP2pReaper;

/* @reaped: a timer (gst/p2p/base/timer.h) that is made ready whenever something was taken apart. A
 * reference is kept. @owner: for whom its threads work (plugins/p2p/base/owner.h). */
GstP2pReaper *gst_p2p_reaper_new (GSource *reaped, gconstpointer owner);
/* Waits until everything that was given to it is taken apart. */
void gst_p2p_reaper_free (GstP2pReaper *reaper);

/* Counts an object that lives, for which take() will be called. */
void gst_p2p_reaper_expect (GstP2pReaper *reaper);
/* @take_apart frees @data, on a thread of its own. */
void gst_p2p_reaper_take (GstP2pReaper *reaper, void (*take_apart) (gpointer data), gpointer data);
/* How many objects live or are being taken apart. */
guint gst_p2p_reaper_count (GstP2pReaper *reaper);
/* Blocks until nothing lives any more, or until the monotonic time @until_us (-1: without end). Not
 * on the control thread. */
void gst_p2p_reaper_wait (GstP2pReaper *reaper, gint64 until_us);

G_END_DECLS
