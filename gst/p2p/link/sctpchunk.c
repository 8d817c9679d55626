/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sctpchunk: see sctpchunk.h.
 */
#include "gst/p2p/link/sctpchunk.h"

#include "gst/p2p/base/bigendian.h"

gboolean
gst_p2p_sctp_chunk_next (const guint8 *packet, gsize size, gsize *offset, GstP2pSctpChunk *chunk)
{
  gsize left = size - *offset;
  gsize padded;

  if (*offset > size || left < GST_P2P_SCTP_CHUNK_HEADER_SIZE)
    return FALSE;
  chunk->data = packet + *offset;
  chunk->type = chunk->data[0];
  chunk->flags = chunk->data[1];
  chunk->size = gst_p2p_read_u16 (chunk->data + 2);
  if (chunk->size < GST_P2P_SCTP_CHUNK_HEADER_SIZE || chunk->size > left)
    return FALSE;
  /* The padding of the last chunk may be missing. */
  padded = (chunk->size + 3) & ~(gsize)3;
  *offset += MIN (padded, left);
  return TRUE;
}

/* Up to the end of the packet, since that is where usrsctp looks for parameters. They lie in a row
 * as chunks do. */
static gboolean
has_sound_parameters (const guint8 *init, gsize size)
{
  gsize offset = GST_P2P_SCTP_INIT_SIZE;
  GstP2pSctpChunk parameter;

  while (gst_p2p_sctp_chunk_next (init, size, &offset, &parameter))
    ;
  return offset <= size && size - offset < GST_P2P_SCTP_CHUNK_HEADER_SIZE;
}

gboolean
gst_p2p_sctp_packet_is_sound (const guint8 *packet, gsize size)
{
  gsize offset = GST_P2P_SCTP_HEADER_SIZE;
  GstP2pSctpChunk chunk;

  while (gst_p2p_sctp_chunk_next (packet, size, &offset, &chunk))
    if ((chunk.type == GST_P2P_SCTP_INIT || chunk.type == GST_P2P_SCTP_INIT_ACK)
        && !has_sound_parameters (chunk.data, size - (gsize)(chunk.data - packet)))
      return FALSE;
  return TRUE;
}
