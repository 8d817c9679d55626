/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * backlog: how much of what the peer of one connection has sent waits for the application.
 *
 * Channels share it, so that one that is not read leaves the others room, and all together have a
 * bound (limits.h). Of a channel with acknowledgements (gst/p2p/link/dcep.h) the peer keeps its
 * share by itself, from what the credentials told it; of the others only SCTP's window, which is
 * one for all, can stop it.
 *
 * Reference counted; all functions may be called by any thread.
 */
#pragma once

#include <glib.h>

#include "plugins/p2p/transport/limits.h"

G_BEGIN_DECLS

typedef struct _GstP2pBacklog GstP2pBacklog;

GstP2pBacklog *gst_p2p_backlog_new (void);
GstP2pBacklog *gst_p2p_backlog_ref (GstP2pBacklog *backlog);
void gst_p2p_backlog_unref (GstP2pBacklog *backlog);

/* Messages of @bytes, GST_P2P_MESSAGE_OVERHEAD for each included, wait or were taken. remove()
 * returns whether somebody awaits room and there is room again; it may come before its add(). */
void gst_p2p_backlog_add (GstP2pBacklog *backlog, gboolean acknowledged, gsize bytes);
gboolean gst_p2p_backlog_remove (GstP2pBacklog *backlog, gboolean acknowledged, gsize bytes);

/* How many bytes more may come on any channel; 0: nothing should be read. */
gsize gst_p2p_backlog_get_room (GstP2pBacklog *backlog);
/* As get_room(), and the remove() that makes noticeably more room than there is returns TRUE,
 * once. */
gsize gst_p2p_backlog_await_room (GstP2pBacklog *backlog);

/* Whether there is so much that the peer cannot have kept to a window. */
gboolean gst_p2p_backlog_is_flooded (GstP2pBacklog *backlog);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pBacklog, gst_p2p_backlog_unref)

G_END_DECLS
