/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * framepool: buffers for frames of any size, kept for the next frame.
 *
 * One GstBufferPool for each power of two. Buffers come back when downstream drops them; what a
 * pool keeps is bounded, a buffer beyond that is simply allocated.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstP2pSframeFramePool GstP2pSframeFramePool;

GstP2pSframeFramePool *gst_p2p_sframe_frame_pool_new (void);

/** gst_p2p_sframe_frame_pool_free: buffers may still be out; they are freed when they come back */
void gst_p2p_sframe_frame_pool_free (GstP2pSframeFramePool *self);

/**
 * gst_p2p_sframe_frame_pool_acquire: a writable buffer with one memory of at least @size bytes, to
 * be cut to what was used. NULL when there is no memory for it. One thread at a time.
 */
GstBuffer *gst_p2p_sframe_frame_pool_acquire (GstP2pSframeFramePool *self, gsize size);

G_END_DECLS
