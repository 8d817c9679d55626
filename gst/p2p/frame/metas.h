/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metas: what a buffer carries beside its data and times, as entries of a BUFFER object.
 *
 *   | 2 kind | 4 length | length bytes |
 *
 * Kinds are those of docs/wire.md section 5. What says where and how the data lies in memory is not
 * among them: data travels in the layout that the caps alone tell. Thread-safe, unless two threads
 * share a budget.
 */
#pragma once

#include "gst/p2p/frame/frame.h"

G_BEGIN_DECLS

#define GST_P2P_FRAME_METAS_MAX_ENTRIES 64
#define GST_P2P_FRAME_METAS_MAX_ENTRY (64 * 1024)

/**
 * gst_p2p_frame_metas_print:
 * @lost: (inout) (nullable): gets the name of a kind of meta that means something to others and
 *   does not travel, or has no room; unchanged if there is none. Static
 *
 * Returns: (transfer full) (nullable): the entries; %NULL: there are none
 */
GBytes *gst_p2p_frame_metas_print (GstBuffer *buffer, const gchar **lost);

/**
 * gst_p2p_frame_metas_parse:
 * @data: hostile; its size was compared with the limit
 * @new_names: (inout): see safetext.h
 * @buffer: gets the metas. Those of an unknown kind, or without sense, are left out
 *
 * Returns: %FALSE with %GST_P2P_ERROR_INVALID or %GST_P2P_ERROR_LIMIT: these are no entries, or too
 *   many
 */
gboolean gst_p2p_frame_metas_parse (const guint8 *data, gsize size, guint *new_names,
                                    GstBuffer *buffer, GError **error);

G_END_DECLS
