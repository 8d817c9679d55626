/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nalu: what the frame formats need to know of H.264 and H.265 access units: where the first slice
 * starts, emulation prevention, and length prefixes in place of start codes.
 *
 * Bytes are hostile. Any thread; no allocation.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** GST_P2P_SFRAME_NALU_PREFIX: bytes of a length prefix (avc, hvc1, hev1) or of a long start code
 */
#define GST_P2P_SFRAME_NALU_PREFIX 4

/** gst_p2p_sframe_nalu_escaped_max: the most that @size bytes can become by
 * gst_p2p_sframe_nalu_escape() */
#define gst_p2p_sframe_nalu_escaped_max(size) ((size) + (size) / 2 + 1)

/**
 * gst_p2p_sframe_nalu_first_slice: the offset of the NAL unit header of the first slice in a byte
 * stream. FALSE when there is no slice, no start code, or data before the first start code.
 */
gboolean
gst_p2p_sframe_nalu_first_slice (const guint8 *data, gsize size, gboolean h265, gsize *offset);

/**
 * gst_p2p_sframe_nalu_escape: inserts 03 before each byte 00 to 03 that follows two zeros. Returns
 * how many bytes @out got, at most gst_p2p_sframe_nalu_escaped_max (@size). @state: the number of
 * zeros before
 * @data, carried from one piece to the next; 0 at first.
 */
gsize gst_p2p_sframe_nalu_escape (const guint8 *data, gsize size, guint *state, guint8 *out);

/**
 * gst_p2p_sframe_nalu_unescape: drops the 03 of each 00 00 03. Returns how many bytes @out got, at
 * most
 * @size; @out may be @data.
 */
gsize gst_p2p_sframe_nalu_unescape (const guint8 *data, gsize size, guint8 *out);

/**
 * gst_p2p_sframe_nalu_from_lengths: replaces the 4-byte lengths of @data by start codes in place.
 * FALSE when the lengths don't add up to @size or, if it is to be @reversible, a NAL unit holds a
 * start code, which could not be told from a real one on the way back.
 */
gboolean gst_p2p_sframe_nalu_from_lengths (guint8 *data, gsize size, gboolean reversible);

/**
 * gst_p2p_sframe_nalu_to_lengths: replaces the 4-byte start codes of @data by lengths in place.
 * FALSE when
 * @data doesn't start with one, or has a NAL unit behind a 3-byte start code.
 */
gboolean gst_p2p_sframe_nalu_to_lengths (guint8 *data, gsize size);

/**
 * gst_p2p_sframe_nalu_h264_pps_is_next: whether an H.264 slice header whose first byte (behind the
 * NAL unit header) is @byte goes on with pic_parameter_set_id in the first bit of the next byte.
 */
gboolean gst_p2p_sframe_nalu_h264_pps_is_next (guint8 byte);

G_END_DECLS
