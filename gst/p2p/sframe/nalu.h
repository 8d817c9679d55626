/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nalu: what the frame formats must know of H.264 and H.265 access units: where the first slice
 * begins, emulation prevention, and lengths in place of start codes.
 *
 * All bytes are hostile. Functions without state and allocation; any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of a length (avc, hvc1, hev1), or of a long start code. */
#define GST_P2P_SFRAME_NALU_PREFIX 4

/* The most that gst_p2p_sframe_nalu_escape() can make of @size bytes. */
#define gst_p2p_sframe_nalu_escaped_max(size) ((size) + (size) / 2 + 1)

/* The offset of the first slice's NAL unit header in a byte stream. FALSE if there is no slice or
 * no start code, or if something stands before the first start code. */
gboolean
gst_p2p_sframe_nalu_first_slice (const guint8 *data, gsize size, gboolean h265, gsize *offset);

/* Inserts 03 before each byte 00 to 03 that follows two zeros. @state: how many zeros stand right
 * before @data; 0 at first, and carried from piece to piece. Returns how many bytes @out got, at
 * most gst_p2p_sframe_nalu_escaped_max (@size). */
gsize gst_p2p_sframe_nalu_escape (const guint8 *data, gsize size, guint *state, guint8 *out);

/* Drops the 03 of each 00 00 03. Returns how many bytes @out, which may be @data, got: at most
 * @size. */
gsize gst_p2p_sframe_nalu_unescape (const guint8 *data, gsize size, guint8 *out);

/* Replaces the 4-byte lengths of @data by start codes, in place. FALSE if the lengths do not add up
 * to @size, and, if it is to be @reversible, if a NAL unit holds a start code, which could not be
 * told from a real one on the way back. What @data holds then is not to be used. */
gboolean gst_p2p_sframe_nalu_from_lengths (guint8 *data, gsize size, gboolean reversible);

/* Replaces the 4-byte start codes of @data by lengths, in place. FALSE if @data does not begin with
 * one, or has a NAL unit behind a 3-byte start code or an empty one; likewise. */
gboolean gst_p2p_sframe_nalu_to_lengths (guint8 *data, gsize size);

/* Whether an H.264 slice header that begins with @byte, behind the NAL unit header, goes on with
 * pic_parameter_set_id in the first bit of the next byte. */
gboolean gst_p2p_sframe_nalu_h264_pps_is_next (guint8 byte);

G_END_DECLS
