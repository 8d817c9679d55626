/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clockoffset: how far our clock is ahead of the sender's, estimated from when its messages were
 * sent, by its clock, and when they arrived, by ours.
 *
 * Each message says "offset + its delay on the path". What was delayed least says it best, so the
 * estimate is the smallest of the last second: the offset, and the path's own delay. It is followed
 * slowly, so that clocks that run at different speeds, up to 4 % apart, are no jumps in the media.
 *
 * Embed it, and let one thread at a time use it. All times are in ns.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GST_P2P_FRAMING_CLOCK_OFFSET_BUCKETS 10

/* All fields are its own. */
typedef struct
{
  gint64 offset;      /* in use */
  gint64 moved_at;    /* when it was last brought nearer to the estimate */
  gboolean moving;    /* until it is equal to the estimate */
  gint64 bucket_from; /* when the newest bucket began */
  guint n_buckets;    /* 0: nothing is known */
  gint64 minima[GST_P2P_FRAMING_CLOCK_OFFSET_BUCKETS]; /* of each bucket, the newest first */
} GstP2pFramingClockOffset;

/* As new, of no message yet. */
void gst_p2p_framing_clock_offset_reset (GstP2pFramingClockOffset *self);

/* A message that was @sent by the sender's clock came at @arrived by ours. The first one fixes the
 * offset. Returns the offset from now on. */
gint64
gst_p2p_framing_clock_offset_take (GstP2pFramingClockOffset *self, gint64 arrived, gint64 sent);

G_END_DECLS
