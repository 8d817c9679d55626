/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * header: the SFrame header (RFC 9605 section 4.3): key id and counter in 1 to 17 bytes.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GST_P2P_SFRAME_HEADER_MAX_SIZE 17

/**
 * gst_p2p_sframe_header_write: writes the only legal (minimal) encoding of @kid and @ctr and
 * returns its size, 1 to 17 bytes. Any thread.
 */
gsize
gst_p2p_sframe_header_write (guint64 kid, guint64 ctr, guint8 out[GST_P2P_SFRAME_HEADER_MAX_SIZE]);

/**
 * gst_p2p_sframe_header_parse: reads a header from the start of hostile bytes. Returns its size, or
 * 0 when it is truncated or not minimal. Any thread.
 */
gsize gst_p2p_sframe_header_parse (const guint8 *data, gsize size, guint64 *kid, guint64 *ctr);

G_END_DECLS
