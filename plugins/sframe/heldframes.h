/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * heldframes: frames that wait, for a short time, for the key that they name.
 *
 * Bounded in number and bytes. The queue belongs to the streaming thread (the stream lock guards
 * it); a thread of its own, made when the first frame is held, wakes up when a key comes or a
 * frame's time is over, and calls back.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/sframe/keyring.h"

G_BEGIN_DECLS

#define GST_P2P_SFRAME_HELD_MAX_BYTES (4 * 1024 * 1024)
#define GST_P2P_SFRAME_HELD_MAX_FRAMES 512

typedef struct _GstP2pSframeHeldFrames GstP2pSframeHeldFrames;

/** @deadline_us: monotonic time at which the frame is given up */
typedef struct
{
  GstBuffer *buffer;
  guint64 kid;
  gint64 deadline_us;
} GstP2pSframeHeldFrame;

/**
 * gst_p2p_sframe_held_frames_new: @wake is called with @data from the thread, under no lock, when
 * the queue is to be looked through.
 */
GstP2pSframeHeldFrames *
gst_p2p_sframe_held_frames_new (GstP2pSframeKeyring *ring, void (*wake) (gpointer data),
                                gpointer data);
/** gst_p2p_sframe_held_frames_free: joins the thread; not from it, and not under the stream lock */
void gst_p2p_sframe_held_frames_free (GstP2pSframeHeldFrames *self);

/** Stream lock: adds a frame for @hold_us, with a reference; FALSE when there is no room */
gboolean gst_p2p_sframe_held_frames_push (GstP2pSframeHeldFrames *self, GstBuffer *buffer,
                                          guint64 kid, gint64 hold_us);
/** Stream lock */
guint gst_p2p_sframe_held_frames_get_length (GstP2pSframeHeldFrames *self);
const GstP2pSframeHeldFrame *
gst_p2p_sframe_held_frames_peek (GstP2pSframeHeldFrames *self, guint index);
gboolean gst_p2p_sframe_held_frames_has_kid (GstP2pSframeHeldFrames *self, guint64 kid);
/** Stream lock: takes the frame at @index out */
GstBuffer *gst_p2p_sframe_held_frames_steal (GstP2pSframeHeldFrames *self, guint index);
/** Stream lock: after looking the queue through: wake again at the oldest frame's deadline */
void gst_p2p_sframe_held_frames_rearm (GstP2pSframeHeldFrames *self);
void gst_p2p_sframe_held_frames_clear (GstP2pSframeHeldFrames *self);

/**
 * gst_p2p_sframe_held_frames_wait: in the streaming thread: waits until a key came, the first
 * deadline is over or gst_p2p_sframe_held_frames_set_unblocked(). FALSE when unblocked.
 */
gboolean gst_p2p_sframe_held_frames_wait (GstP2pSframeHeldFrames *self);
/** Any thread: @unblocked TRUE lets waits return at once from now on */
void gst_p2p_sframe_held_frames_set_unblocked (GstP2pSframeHeldFrames *self, gboolean unblocked);

G_END_DECLS
