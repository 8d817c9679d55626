/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * framepool: buffers for frames of any size, kept for the next frame.
 *
 * There is one GstBufferPool per power of two. A buffer comes back when downstream lets go of it.
 * What is kept is bounded; buffers beyond that, and very large ones, are allocated and freed.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstP2pSframeFramePool GstP2pSframeFramePool;

GstP2pSframeFramePool *gst_p2p_sframe_frame_pool_new (void);

/* Buffers may still be out; they are freed when they come back. */
void gst_p2p_sframe_frame_pool_free (GstP2pSframeFramePool *self);

/* A writable buffer with one memory of at least @size bytes, to be cut to what was used. %NULL if
 * there is no memory for it. One thread at a time. */
GstBuffer *gst_p2p_sframe_frame_pool_acquire (GstP2pSframeFramePool *self, gsize size);

G_END_DECLS
