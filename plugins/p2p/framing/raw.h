/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * raw: buffers as raw messages, both ways: what is larger than a message goes in parts.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_p2p_framing_raw_cut:
 * @buffer: its memory is shared
 * @most: bytes of a message
 * @marked: whether the receiver puts parts together, which are then marked as such
 *
 * An empty buffer is an empty message.
 *
 * Returns: (transfer full): the only message; %NULL if there are several, which are in @list
 */
GstBuffer *
gst_p2p_framing_raw_cut (GstBuffer *buffer, gsize most, gboolean marked, GstBufferList **list);

/**
 * gst_p2p_framing_raw_join:
 * @parts: (inout): of a message that is not whole yet; %NULL: none
 * @message: another part of it, or a whole one; hostile
 * @most: bytes of a whole one; more is %GST_P2P_ERROR_LIMIT
 *
 * Returns: (transfer full): the whole; %NULL: there is more to come, or an error
 */
GstBuffer *
gst_p2p_framing_raw_join (GByteArray **parts, GstBuffer *message, guint most, GError **error);

G_END_DECLS
