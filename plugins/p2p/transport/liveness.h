/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * silence: notices that a peer has gone, by not hearing from it.
 *
 * libnice's consent freshness is of no use for that: 0.1.21 checks every 5 s, does not repeat a
 * check, and gives up after 10 s, so that ordinary loss ends connections [measured: 10 % each way,
 * after 15 to 25 s]. Here every authentic packet counts, and where none comes the owner makes the
 * peer speak.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When nothing has been heard for this long, the peer is gone. */
#define GST_P2P_SILENCE_LIMIT_MS 10000

/**
 * GstP2pSilenceFuncs: all on the context's thread
 * @quiet: (nullable): nothing was heard for half a second or more: ask for a word; twice a second
 * @lost: nothing was heard for GST_P2P_SILENCE_LIMIT_MS; once, the watch is over. @error is
 *     GST_P2P_ERROR_LOST
 */
typedef struct
{
  void (*quiet) (gpointer user_data);
  void (*lost) (const GError *error, gpointer user_data);
} GstP2pSilenceFuncs;

typedef struct _GstP2pSilence GstP2pSilence;

/* @funcs is copied. Watches nothing yet. */
GstP2pSilence *
gst_p2p_silence_new (GMainContext *context, const GstP2pSilenceFuncs *funcs, gpointer user_data);
/* Context's thread, or when nobody iterates it any more. */
void gst_p2p_silence_free (GstP2pSilence *silence);

/* From now on the peer is expected to speak. Any thread. */
void gst_p2p_silence_watch (GstP2pSilence *silence);
/* An authentic packet came. Any thread; cheap. */
void gst_p2p_silence_break (GstP2pSilence *silence);
/* The end of the watch, for good; context's thread. Can be called twice. */
void gst_p2p_silence_stop (GstP2pSilence *silence);

G_END_DECLS
