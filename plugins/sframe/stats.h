/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stats: what the property `stats` shows.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/sframe/sframe.h"

G_BEGIN_DECLS

/** GstP2pSframeStats: counts are of frames. Guarded by whoever owns it. */
typedef struct
{
  guint64 frames_in;
  guint64 frames_out;
  guint64 dropped[GST_P2P_SFRAME_VERDICT_REPLAY + 1]; /* by verdict */
  guint64 held;                                       /* now */
  guint64 fillers;
  gboolean has_key;
  guint64 kid;
  gchar fingerprint[GST_P2P_SFRAME_FINGERPRINT_SIZE];
  guint64 timed_ns, timed_frames;
} GstP2pSframeStats;

/**
 * gst_p2p_sframe_stats_to_structure: @done: what frames_out is called, "sealed" or "opened";
 * @passthrough: then none was.
 */
GstStructure *gst_p2p_sframe_stats_to_structure (const GstP2pSframeStats *stats, const gchar *done,
                                                 gboolean passthrough);

G_END_DECLS
