/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liveness: notices that a peer has gone, by not hearing from it.
 *
 * libnice's consent freshness cannot do that: 0.1.21 checks every 5 s, does not repeat a check, and
 * gives up after 10 s, so that ordinary loss ends connections [measured: 10 % each way, after 15 to
 * 25 s]. Here every authentic packet counts, and where none comes the owner sends what the peer has
 * to answer.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When nothing has been heard for this long, the peer is gone. */
#define GST_P2P_LIVENESS_LIMIT_MS 10000

/**
 * GstP2pLivenessFuncs: all are called on the context's thread
 * @quiet: (nullable): nothing was heard for half a second or more, and the peer should be asked to
 *   answer; called twice per second
 * @lost: nothing was heard for GST_P2P_LIVENESS_LIMIT_MS; called once, at the end of the watch.
 *     @error is GST_P2P_ERROR_LOST
 */
typedef struct
{
  void (*quiet) (gpointer user_data);
  void (*lost) (const GError *error, gpointer user_data);
} GstP2pLivenessFuncs;

typedef struct _GstP2pLiveness GstP2pLiveness;

/* @funcs is copied. Watches nothing yet. */
GstP2pLiveness *
gst_p2p_liveness_new (GMainContext *context, const GstP2pLivenessFuncs *funcs, gpointer user_data);
/* Context's thread, or when nobody iterates it any more. */
void gst_p2p_liveness_free (GstP2pLiveness *liveness);

/* From now on packets are expected from the peer. Any thread. */
void gst_p2p_liveness_watch (GstP2pLiveness *liveness);
/* An authentic packet came. Any thread; cheap. */
void gst_p2p_liveness_heard (GstP2pLiveness *liveness);
/* Ends the watch for good. Context's thread. Can be called twice. */
void gst_p2p_liveness_stop (GstP2pLiveness *liveness);

G_END_DECLS
