/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * headers: the buffers that stand at the beginning of a stream, out of its caps, for a
 * receiver that comes later than they went by.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_p2p_framing_headers_get:
 * @caps: (nullable): of the stream
 *
 * Those of some codecs are for muxers only: they are never in the stream, and a decoder would take
 * them for a frame. They are passed over.
 *
 * Returns: (transfer full) (nullable): copies of the "streamheader" buffers, in order, flagged
 *   HEADER and without timestamps, since they are older than the first buffer that the receiver
 *   gets, whose time fixes its mapping of time; %NULL if there are none
 */
GstBufferList *gst_p2p_framing_headers_get (const GstCaps *caps);

G_END_DECLS
