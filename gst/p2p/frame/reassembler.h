/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reassembler: messages of one direction of one channel in, whole objects out (wire format:
 * frame.h).
 *
 * On a reliable, ordered channel every message has exactly one place, and anything else is an
 * error. On an unreliable one there are two lanes: objects that are not droppable come complete and
 * in order, and are given out at once; BUFFER and GAP objects may lack fragments or come late. The
 * rules of the second lane:
 *
 *   - objects come out in the order of their seq; what is incomplete when a later one comes out is
 *     given up, and the next BUFFER says so by its discont;
 *   - an object of an epoch whose CAPS has not come yet waits; one of an earlier epoch is given up;
 *   - what waits or is incomplete has max_frame_size + GST_P2P_FRAME_REASSEMBLER_SLACK bytes and
 *     GST_P2P_FRAME_REASSEMBLER_MAX_OBJECTS objects at most; beyond that the oldest is given up.
 *
 * Input is hostile: every limit is checked before memory is taken for what it limits. Not
 * thread-safe: one thread at a time.
 */
#pragma once

#include "gst/p2p/frame/frame.h"

G_BEGIN_DECLS

#define GST_P2P_FRAME_REASSEMBLER_SLACK (4 * 1024 * 1024)
#define GST_P2P_FRAME_REASSEMBLER_MAX_OBJECTS 4096
/* The most pieces, with holes between them, that an incomplete object may consist of. */
#define GST_P2P_FRAME_REASSEMBLER_MAX_PIECES 1024

/**
 * GstP2pFrameReassemblerConfig:
 * @replies: expects the receiver's kinds (ACK, UPSTREAM), not the sender's
 * @unreliable: the channel may lose or reorder what is droppable
 * @max_frame_size: bytes of data in a BUFFER, at most
 */
typedef struct
{
  gboolean replies;
  gboolean unreliable;
  guint32 max_frame_size;
} GstP2pFrameReassemblerConfig;

/**
 * GstP2pFrameObject:
 * @seq: to be acknowledged when the object has been taken
 * @discont: objects before this one were given up since the last BUFFER
 * @payload: the object; %NULL if it is empty or of an unknown kind. Shares memory with the message
 *   if it came in one
 */
typedef struct
{
  guint8 kind;
  guint16 epoch;
  guint32 seq;
  gboolean discont;
  GstBuffer *payload;
} GstP2pFrameObject;

void gst_p2p_frame_object_clear (GstP2pFrameObject *object);

typedef struct _GstP2pFrameReassembler GstP2pFrameReassembler;

GstP2pFrameReassembler *gst_p2p_frame_reassembler_new (const GstP2pFrameReassemblerConfig *config);
void gst_p2p_frame_reassembler_free (GstP2pFrameReassembler *reassembler);

/**
 * gst_p2p_frame_reassembler_push:
 * @message: (transfer none)
 *
 * Returns: %FALSE with %GST_P2P_ERROR_INVALID or %GST_P2P_ERROR_LIMIT: the remote breaks the
 *   protocol, and nothing more should be pushed
 */
gboolean gst_p2p_frame_reassembler_push (GstP2pFrameReassembler *reassembler, GstBuffer *message,
                                         GError **error);

/* @object: (out): the caller clears it. Call until %FALSE, which means that more messages are
 *   needed. */
gboolean
gst_p2p_frame_reassembler_pop (GstP2pFrameReassembler *reassembler, GstP2pFrameObject *object);

/* How many objects were given up, and how many bytes are in objects that wait or are incomplete. */
guint64 gst_p2p_frame_reassembler_get_lost (const GstP2pFrameReassembler *reassembler);
gsize gst_p2p_frame_reassembler_get_pending_bytes (const GstP2pFrameReassembler *reassembler);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pFrameReassembler, gst_p2p_frame_reassembler_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GstP2pFrameObject, gst_p2p_frame_object_clear)

G_END_DECLS
