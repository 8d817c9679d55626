/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * content: buffers as BUFFER objects, both ways. Functions without state.
 */
#pragma once

#include "gst/p2p/frame/frame.h"

G_BEGIN_DECLS

/* Memory of other kinds than the system's may be where the processor cannot read. Returns the name
 * of such a kind, borrowed from @buffer; %NULL: all can be read. */
const gchar *gst_p2p_framing_content_find_unreadable (GstBuffer *buffer);

/* (transfer full): what comes behind the prefix: @extra bytes of metas, then the data, which is
 * shared. @lost: (inout): see gst_p2p_frame_metas_print() */
GstBuffer *gst_p2p_framing_content_print (GstBuffer *buffer, guint32 *extra, const gchar **lost);

/**
 * gst_p2p_framing_content_parse:
 * @object: hostile
 * @prefix: what gst_p2p_frame_buffer_read() has read of it
 * @told: the segment that its times belong to
 * @max_size: of data, in bytes
 * @new_names: (inout): see gst_p2p_frame_metas_parse()
 *
 * Returns: (transfer full): %NULL with %GST_P2P_ERROR_INVALID or %GST_P2P_ERROR_LIMIT
 */
GstBuffer *gst_p2p_framing_content_parse (GstBuffer *object, const GstP2pFrameBuffer *prefix,
                                          const GstSegment *told, guint max_size, guint *new_names,
                                          GError **error);

G_END_DECLS
