/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sctpchunk: walks over the chunks of an SCTP packet (RFC 9260 section 3). Functions without state;
 * any thread; bytes are hostile.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes in front of the first chunk, and of a chunk's value. */
#define GST_P2P_SCTP_HEADER_SIZE 12
#define GST_P2P_SCTP_CHUNK_HEADER_SIZE 4
/* Of a DATA chunk, with the above. */
#define GST_P2P_SCTP_DATA_HEADER_SIZE 16
/* Of an INIT or INIT ACK before its parameters (RFC 9260 section 3.3.2). */
#define GST_P2P_SCTP_INIT_SIZE 20

/* RFC 9260 section 3.2, RFC 6525, RFC 3758 */
typedef enum
{
  GST_P2P_SCTP_DATA = 0,
  GST_P2P_SCTP_INIT = 1,
  GST_P2P_SCTP_INIT_ACK = 2,
  GST_P2P_SCTP_SACK = 3,
  GST_P2P_SCTP_HEARTBEAT = 4,
  GST_P2P_SCTP_ABORT = 6,
  GST_P2P_SCTP_SHUTDOWN = 7,
  GST_P2P_SCTP_COOKIE_ECHO = 10,
  GST_P2P_SCTP_COOKIE_ACK = 11,
  GST_P2P_SCTP_RECONFIG = 130,
  GST_P2P_SCTP_FORWARD_TSN = 192
} GstP2pSctpChunkType;

/* Borrows from the packet. */
typedef struct
{
  guint8 type; /* a GstP2pSctpChunkType, or unknown */
  guint8 flags;
  const guint8 *data; /* with its header */
  gsize size;         /* of @data, without padding; at least that of the header */
} GstP2pSctpChunk;

/* Begin with @offset = GST_P2P_SCTP_HEADER_SIZE, at most @size. FALSE at the end; if the packet is
 * well-formed, @offset is then its size. */
gboolean
gst_p2p_sctp_chunk_next (const guint8 *packet, gsize size, gsize *offset, GstP2pSctpChunk *chunk);

/* Whether usrsctp may be given the packet. Up to 0.9.5.0, which Debian and the stock elements have,
 * it never comes back from an INIT to an association if a parameter is shorter than its own header,
 * and takes for parameters what follows the chunk. */
gboolean gst_p2p_sctp_packet_is_sound (const guint8 *packet, gsize size);

G_END_DECLS
