/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stats: see stats.h.
 */
#include "plugins/sframe/stats.h"

GstStructure *
gst_p2p_sframe_stats_to_structure (const GstP2pSframeStats *stats, const gchar *done,
                                   gboolean passthrough)
{
  GstStructure *structure = gst_structure_new (
      "application/x-sframe-stats", "frames-in", G_TYPE_UINT64, stats->frames_in, done,
      G_TYPE_UINT64, passthrough ? 0 : stats->frames_out, "passthrough", G_TYPE_BOOLEAN,
      passthrough, "dropped-no-key", G_TYPE_UINT64, stats->dropped[GST_P2P_SFRAME_VERDICT_NO_KEY],
      "dropped-bad-tag", G_TYPE_UINT64, stats->dropped[GST_P2P_SFRAME_VERDICT_BAD_TAG],
      "dropped-malformed", G_TYPE_UINT64, stats->dropped[GST_P2P_SFRAME_VERDICT_MALFORMED],
      "dropped-replay", G_TYPE_UINT64, stats->dropped[GST_P2P_SFRAME_VERDICT_REPLAY], "fillers",
      G_TYPE_UINT64, stats->fillers, "held", G_TYPE_UINT64, stats->held, "ns-per-frame",
      G_TYPE_UINT64, stats->timed_frames > 0 ? stats->timed_ns / stats->timed_frames : 0, NULL);

  if (stats->has_key)
    gst_structure_set (structure, "key-id", G_TYPE_UINT64, stats->kid, "key-fingerprint",
                       G_TYPE_STRING, stats->fingerprint, NULL);
  return structure;
}
