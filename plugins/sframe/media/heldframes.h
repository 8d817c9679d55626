/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * heldframes: frames that wait, for a short time, for the key that they name.
 *
 * Their number and bytes are bounded. The queue belongs to whoever holds the sink pad's stream
 * lock. A thread of its own, made when the first frame is held, wakes up when a key came or when
 * the oldest frame's time is over, and calls back.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/sframe/keyring.h"

G_BEGIN_DECLS

#define GST_P2P_SFRAME_HELD_MAX_BYTES (4 * 1024 * 1024)
#define GST_P2P_SFRAME_HELD_MAX_FRAMES 512

typedef struct _GstP2pSframeHeldFrames GstP2pSframeHeldFrames;

/**
 * GstP2pSframeHeldFrame:
 * @deadline_us: the monotonic time at which the frame is given up
 */
typedef struct
{
  GstBuffer *buffer;
  guint64 kid;
  gint64 deadline_us;
} GstP2pSframeHeldFrame;

/* @wake is called with @user_data on the thread, under no lock, when the queue is to be looked
 * through. */
GstP2pSframeHeldFrames *
gst_p2p_sframe_held_frames_new (GstP2pSframeKeyring *ring, void (*wake) (gpointer user_data),
                                gpointer user_data);
/* Joins the thread: call it neither from there nor under the stream lock. */
void gst_p2p_sframe_held_frames_free (GstP2pSframeHeldFrames *self);

/* --- under the stream lock --- */

/* Holds a frame for @hold_us, with a reference. FALSE if there is no room. */
gboolean gst_p2p_sframe_held_frames_push (GstP2pSframeHeldFrames *self, GstBuffer *buffer,
                                          guint64 kid, gint64 hold_us);
guint gst_p2p_sframe_held_frames_get_length (GstP2pSframeHeldFrames *self);
/* Borrowed, until the queue changes. */
const GstP2pSframeHeldFrame *
gst_p2p_sframe_held_frames_peek (GstP2pSframeHeldFrames *self, guint index);
gboolean gst_p2p_sframe_held_frames_has_kid (GstP2pSframeHeldFrames *self, guint64 kid);
/* Takes the frame at @index out. The caller gets the reference. */
GstBuffer *gst_p2p_sframe_held_frames_steal (GstP2pSframeHeldFrames *self, guint index);
/* The queue was looked through: wake is called again at the deadline of what is the oldest now. */
void gst_p2p_sframe_held_frames_rearm (GstP2pSframeHeldFrames *self);
void gst_p2p_sframe_held_frames_clear (GstP2pSframeHeldFrames *self);

/* Streaming thread: waits until a key came, or the oldest frame's time is over. FALSE if it was
 * unblocked. */
gboolean gst_p2p_sframe_held_frames_wait (GstP2pSframeHeldFrames *self);

/* --- any thread --- */

/* While @unblocked, nobody waits. */
void gst_p2p_sframe_held_frames_set_unblocked (GstP2pSframeHeldFrames *self, gboolean unblocked);

G_END_DECLS
