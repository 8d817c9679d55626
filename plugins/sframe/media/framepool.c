/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * framepool: see framepool.h.
 */
#include "plugins/sframe/media/framepool.h"

/* Sizes of 2^7 to 2^20 bytes have pools; larger frames are rare, and allocated one by one. */
#define LOWEST_SHIFT 7
#define HIGHEST_SHIFT 20
#define N_POOLS (HIGHEST_SHIFT - LOWEST_SHIFT + 1)
/* What one pool keeps, in bytes and in buffers: enough for the queues of a live pipeline. */
#define KEEP_BYTES (4u << 20)
#define KEEP_MAX 64u
/* So many are made in advance, so that a pool in use is not empty between two frames: GstBufferPool
 * wakes waiters by a system call whenever it stops being empty. */
#define KEEP_MIN 2u

struct _GstP2pSframeFramePool
{
  /* the thread that acquires */
  GstBufferPool *pools[N_POOLS];
};

GstP2pSframeFramePool *
gst_p2p_sframe_frame_pool_new (void)
{
  return g_new0 (GstP2pSframeFramePool, 1);
}

void
gst_p2p_sframe_frame_pool_free (GstP2pSframeFramePool *self)
{
  for (guint i = 0; i < N_POOLS; i++)
    if (self->pools[i])
      {
        gst_buffer_pool_set_active (self->pools[i], FALSE);
        gst_object_unref (self->pools[i]);
      }
  g_free (self);
}

static GstBufferPool *
make_pool (guint shift)
{
  GstBufferPool *pool = gst_buffer_pool_new ();
  GstStructure *config = gst_buffer_pool_get_config (pool);
  guint size = 1u << shift;

  gst_buffer_pool_config_set_params (config, NULL, size, KEEP_MIN,
                                     CLAMP (KEEP_BYTES >> shift, KEEP_MIN + 2, KEEP_MAX));
  if (gst_buffer_pool_set_config (pool, config) && gst_buffer_pool_set_active (pool, TRUE))
    return pool;
  gst_object_unref (pool);
  return NULL;
}

GstBuffer *
gst_p2p_sframe_frame_pool_acquire (GstP2pSframeFramePool *self, gsize size)
{
  GstBufferPoolAcquireParams params = { .flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT };
  GstBuffer *buffer = NULL;
  guint shift = LOWEST_SHIFT;

  while (shift <= HIGHEST_SHIFT && size > (gsize)1 << shift)
    shift++;
  if (shift <= HIGHEST_SHIFT)
    {
      GstBufferPool **pool = &self->pools[shift - LOWEST_SHIFT];

      if (!*pool)
        *pool = make_pool (shift);
      if (*pool && gst_buffer_pool_acquire_buffer (*pool, &buffer, &params) == GST_FLOW_OK)
        return buffer;
    }
  return gst_buffer_new_allocate (NULL, size, NULL);
}
