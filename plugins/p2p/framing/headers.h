/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * headers: the buffers at the beginning of a stream, taken from its caps, for a receiver that joins
 * after they were sent.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_p2p_framing_headers_get:
 * @caps: (nullable): of the stream
 *
 * The headers of some codecs are for muxers only: they are never in the stream, and a decoder would
 * take them for media. They are left out.
 *
 * Returns: (transfer full) (nullable): copies of the "streamheader" buffers, in order and flagged
 *   HEADER; %NULL if there are none. They have no timestamps: theirs would be older than that of
 *   the first buffer, which fixes the receiver's mapping of time
 */
GstBufferList *gst_p2p_framing_headers_get (const GstCaps *caps);

G_END_DECLS
