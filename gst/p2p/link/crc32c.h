/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * crc32c: the checksum of SCTP packets (RFC 9260 appendix A), by the processor's instruction where
 * it has one. Any thread.
 */
#pragma once

#include <glib.h>

#include "gst/p2p/link/sctpchunk.h"

G_BEGIN_DECLS

/* CRC32c (Castagnoli) of @size bytes, as a number: "123456789" gives 0xe3069283. */
guint32 gst_p2p_crc32c (const guint8 *data, gsize size);

/* The same by table, for processors without the instruction; public for tests to compare. */
guint32 gst_p2p_crc32c_portable (const guint8 *data, gsize size);

/* An SCTP packet carries its checksum at offset 8, least significant byte first, computed with
 * zeros in that place. @size: at least GST_P2P_SCTP_HEADER_SIZE. verify() writes to the packet
 * while it works, and restores it. */
void gst_p2p_sctp_packet_seal (guint8 *packet, gsize size);
gboolean gst_p2p_sctp_packet_verify (guint8 *packet, gsize size);

G_END_DECLS
