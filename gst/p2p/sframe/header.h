/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * header: the SFrame header (RFC 9605 section 4.3): key id and counter in 1 to 17 bytes. Functions
 * without state; any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GST_P2P_SFRAME_HEADER_MAX_SIZE 17

/* Writes the one legal encoding of @kid and @ctr, which is the shortest. Returns its size. */
gsize
gst_p2p_sframe_header_write (guint64 kid, guint64 ctr, guint8 out[GST_P2P_SFRAME_HEADER_MAX_SIZE]);

/* Reads the header that hostile bytes begin with. Returns its size; 0 if it is truncated or not the
 * shortest. */
gsize gst_p2p_sframe_header_parse (const guint8 *data, gsize size, guint64 *kid, guint64 *ctr);

G_END_DECLS
