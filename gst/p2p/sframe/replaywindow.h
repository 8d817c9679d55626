/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replaywindow: which numbers were already used under one key.
 *
 * Two kinds. GstP2pSframeReplayWindow: SFrame's counters, dense, as a bit per counter behind the
 * highest. GstP2pSframeIvWindow: the 64 bits of a browser worker's IV behind its SSRC, sparse, as
 * the sorted list of the latest ones. Both only ever accept a number that is neither known nor
 * older than the window, and are changed by commit alone, which the caller calls for authenticated
 * frames. One thread at a time.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GST_P2P_SFRAME_REPLAY_WINDOW_MAX 65536

typedef struct _GstP2pSframeReplayWindow GstP2pSframeReplayWindow;
typedef struct _GstP2pSframeIvWindow GstP2pSframeIvWindow;

/** gst_p2p_sframe_replay_window_new: @size counters, 1 to GST_P2P_SFRAME_REPLAY_WINDOW_MAX */
GstP2pSframeReplayWindow *gst_p2p_sframe_replay_window_new (guint size);
void gst_p2p_sframe_replay_window_free (GstP2pSframeReplayWindow *self);
/** gst_p2p_sframe_replay_window_check: whether @counter is fresh. Changes nothing. */
gboolean gst_p2p_sframe_replay_window_check (const GstP2pSframeReplayWindow *self, guint64 counter);
/** gst_p2p_sframe_replay_window_commit: @counter passed the check and its frame was authentic */
void gst_p2p_sframe_replay_window_commit (GstP2pSframeReplayWindow *self, guint64 counter);

/**
 * gst_p2p_sframe_iv_window_new: @size values. They are ordered as serial numbers (RFC 1982), so
 * that the wrap of an RTP timestamp in the upper half is no step back.
 */
GstP2pSframeIvWindow *gst_p2p_sframe_iv_window_new (guint size);
void gst_p2p_sframe_iv_window_free (GstP2pSframeIvWindow *self);
gboolean gst_p2p_sframe_iv_window_check (const GstP2pSframeIvWindow *self, guint64 value);
void gst_p2p_sframe_iv_window_commit (GstP2pSframeIvWindow *self, guint64 value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSframeReplayWindow, gst_p2p_sframe_replay_window_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSframeIvWindow, gst_p2p_sframe_iv_window_free)

G_END_DECLS
