/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reaper: takes apart what is over, on threads that may wait: for the threads of a transport, and
 * for downstream to take the last data.
 *
 * It counts what lives, from its making to its end, so that an element can wait for all of it.
 */
#pragma once

#include <gst/gst.h>

#include "plugins/p2p/control/connection.h"

G_BEGIN_DECLS

typedef struct _GstP2pReaper GstP2pReaper;

/* @retire_src_pad: called on a reaping thread for each source pad whose channel is gone. */
GstP2pReaper *
gst_p2p_reaper_new (void (*retire_src_pad) (GstPad *pad, gpointer user_data), gpointer user_data);
/* Waits for everything that was handed over. */
void gst_p2p_reaper_free (GstP2pReaper *reaper);

/* Something lives that will be handed over. Any thread. */
void gst_p2p_reaper_expect (GstP2pReaper *reaper);
/* Hand over what was expected; a receiving channel, or a connection after "stopped". Any thread. */
void gst_p2p_reaper_take_channel (GstP2pReaper *reaper, GstP2pChannel *channel);
void gst_p2p_reaper_take_connection (GstP2pReaper *reaper, GstP2pConnection *connection);

/* What lives. Any thread. */
guint gst_p2p_reaper_count (GstP2pReaper *reaper);
/* Until nothing lives any more, or (@until_us: monotonic time; -1: never) for so long. */
void gst_p2p_reaper_wait (GstP2pReaper *reaper, gint64 until_us);

G_END_DECLS
