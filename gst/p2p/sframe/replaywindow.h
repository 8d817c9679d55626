/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replaywindow: which numbers were already used under one key.
 *
 * There are two kinds. GstP2pSframeReplayWindow is for SFrame's counters, which are dense: one bit
 * per counter, up to the highest. GstP2pSframeIvWindow is for what follows the SSRC in a browser
 * worker's IV, 64 bits, which are sparse: a sorted list of the latest ones. Both accept a number
 * only if it is neither known nor older than the window. Only a commit changes them, which the
 * caller makes for authentic frames. One thread at a time uses a window.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GST_P2P_SFRAME_REPLAY_WINDOW_MAX 65536

typedef struct _GstP2pSframeReplayWindow GstP2pSframeReplayWindow;
typedef struct _GstP2pSframeIvWindow GstP2pSframeIvWindow;

/* @size: counters; 1 to GST_P2P_SFRAME_REPLAY_WINDOW_MAX */
GstP2pSframeReplayWindow *gst_p2p_sframe_replay_window_new (guint size);
void gst_p2p_sframe_replay_window_free (GstP2pSframeReplayWindow *self);
/* Whether @counter is fresh. */
gboolean gst_p2p_sframe_replay_window_check (const GstP2pSframeReplayWindow *self, guint64 counter);
/* @counter passed the check, and its frame was authentic. */
void gst_p2p_sframe_replay_window_commit (GstP2pSframeReplayWindow *self, guint64 counter);

/* @size: values; 1 to GST_P2P_SFRAME_REPLAY_WINDOW_MAX. They are ordered as serial numbers (RFC
 * 1982), so that an RTP timestamp in the upper half may wrap. */
GstP2pSframeIvWindow *gst_p2p_sframe_iv_window_new (guint size);
void gst_p2p_sframe_iv_window_free (GstP2pSframeIvWindow *self);
gboolean gst_p2p_sframe_iv_window_check (const GstP2pSframeIvWindow *self, guint64 value);
void gst_p2p_sframe_iv_window_commit (GstP2pSframeIvWindow *self, guint64 value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSframeReplayWindow, gst_p2p_sframe_replay_window_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSframeIvWindow, gst_p2p_sframe_iv_window_free)

G_END_DECLS
