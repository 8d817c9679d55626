/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stats: the counts behind the property `stats`, and the structure that it shows.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/sframe/sframe.h"

G_BEGIN_DECLS

/**
 * GstP2pSframeStats:
 * @dropped: by verdict
 * @held: how many are held now
 * @fillers: frames that the server injected
 * @has_key: a key was used; then @kid and @fingerprint are the last one's
 * @timed_ns: what @timed_frames of the frames took
 *
 * Counts are of frames since the start. The owner guards them.
 */
typedef struct
{
  guint64 frames_in;
  guint64 frames_out;
  guint64 dropped[GST_P2P_SFRAME_VERDICT_REPLAY + 1];
  guint64 held;
  guint64 fillers;
  gboolean has_key;
  guint64 kid;
  gchar fingerprint[GST_P2P_SFRAME_FINGERPRINT_SIZE];
  guint64 timed_ns, timed_frames;
} GstP2pSframeStats;

/* @done: what frames_out is called, "sealed" or "opened"; with @passthrough it shows 0. */
GstStructure *gst_p2p_sframe_stats_to_structure (const GstP2pSframeStats *stats, const gchar *done,
                                                 gboolean passthrough);

G_END_DECLS
