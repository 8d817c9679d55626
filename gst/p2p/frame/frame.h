/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frame: the wire format "gst-frames-1": GStreamer objects as messages of at most 16 KiB.
 *
 *   message = header ‖ payload; object = the payloads of its fragments, put together
 *
 *   | 1 kind | 1 flags | 2 epoch | 4 seq | 4 offset | 4 length, in the first fragment only |
 *
 * All integers are big-endian. This file encodes and decodes the header and the binary objects, and
 * cuts objects into messages. reassembler.h puts messages together again; safetext.h has the
 * objects that are text. Nothing here keeps state or takes a lock.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The sender's kinds are below 64, the receiver's are 64 to 127. Kinds of 128 and more that a
 * program does not know are ignored, but they count as objects and are acknowledged. */
typedef enum
{
  GST_P2P_FRAME_BUFFER = 1,
  GST_P2P_FRAME_CAPS = 2,
  GST_P2P_FRAME_STREAM_START = 3,
  GST_P2P_FRAME_TAGS = 4,
  GST_P2P_FRAME_GAP = 5,
  GST_P2P_FRAME_EOS = 6,
  GST_P2P_FRAME_EVENT = 7,
  GST_P2P_FRAME_HELLO = 8, /* hello.h */
  GST_P2P_FRAME_FLUSH = 9,
  GST_P2P_FRAME_ACK = 64,
  GST_P2P_FRAME_UPSTREAM = 65,
  GST_P2P_FRAME_IGNORED = 128, /* the first kind that may be ignored */
  GST_P2P_FRAME_PROBE = 128    /* empty: asks for an ACK, and gives up what came before */
} GstP2pFrameKind;

typedef enum
{
  GST_P2P_FRAME_FIRST = 1 << 0,
  GST_P2P_FRAME_LAST = 1 << 1
} GstP2pFrameFlags;

/* Sizes in bytes. */
#define GST_P2P_FRAME_MAX_MESSAGE 16384
#define GST_P2P_FRAME_MIN_MESSAGE 128 /* the smallest limit of a remote that can be served */
#define GST_P2P_FRAME_HEADER_SIZE 12
#define GST_P2P_FRAME_FIRST_HEADER_SIZE 16
#define GST_P2P_FRAME_BUFFER_PREFIX 58 /* in a BUFFER object, before metas and data */
#define GST_P2P_FRAME_GAP_SIZE 26
#define GST_P2P_FRAME_FLUSH_SIZE 3
/* What an object, or a raw message, counts in flight beside its bytes: what it costs a receiver
 * that holds it. */
#define GST_P2P_FRAME_OVERHEAD 512
#define GST_P2P_FRAME_MAX_CAPS (64 * 1024)
#define GST_P2P_FRAME_MAX_TEXT (256 * 1024) /* tags and events */
#define GST_P2P_FRAME_MAX_HELLO 1024
#define GST_P2P_FRAME_MAX_STREAM_START (4 * 1024)
#define GST_P2P_FRAME_MAX_EXTRA (256 * 1024) /* metas of a BUFFER */
#define GST_P2P_FRAME_DEFAULT_MAX_FRAME_SIZE (16 * 1024 * 1024)

/* No time, where times are signed; also what cannot be one on the wire. */
#define GST_P2P_FRAME_NO_TIME G_MININT64
/* Times are not further than this from 0, in ns: 73 years. Sums of two do not overflow. */
#define GST_P2P_FRAME_MAX_TIME (G_GINT64_CONSTANT (1) << 61)

/* The seq before the first object of a channel, which has seq 0. */
#define GST_P2P_FRAME_NO_SEQ G_MAXUINT32

/**
 * GstP2pFrameHeader:
 * @kind: a #GstP2pFrameKind, or unknown
 * @epoch: number of CAPS objects before this one, itself included; wraps
 * @seq: number of objects before this one; wraps
 * @offset: of this fragment's payload in the object
 * @length: of the whole object; valid if @flags has %GST_P2P_FRAME_FIRST
 */
typedef struct
{
  guint8 kind;
  guint8 flags;
  guint16 epoch;
  guint32 seq;
  guint32 offset;
  guint32 length;
} GstP2pFrameHeader;

/**
 * GstP2pFrameBuffer: what comes before metas and data in a BUFFER object.
 * @pts, @dts: ns of the sender's running time, or %GST_P2P_FRAME_NO_TIME
 * @duration: below 2^63, or none
 * @sent: the sender's running time at which the object is sent; %GST_P2P_FRAME_NO_TIME: nothing
 *   that the sender sends is live, or it has no clock
 * @timeline: how often the sender's running time began anew; wraps
 * @extra: bytes between this and the data
 * @flags: GstBufferFlags as GStreamer 1.x numbers them, %GST_P2P_FRAME_BUFFER_FLAGS of them
 */
typedef struct
{
  gint64 pts;
  gint64 dts;
  GstClockTime duration;
  guint64 offset;
  guint64 offset_end;
  gint64 sent;
  guint16 timeline;
  guint32 extra;
  guint32 flags;
} GstP2pFrameBuffer;

/* GstP2pFrameGap: a GAP object, with the fields of a BUFFER. */
typedef struct
{
  gint64 pts;
  GstClockTime duration;
  gint64 sent;
  guint16 timeline;
} GstP2pFrameGap;

/**
 * GstP2pFrameFlush: a FLUSH object. What was sent before it is not wanted any more.
 * @timeline: as in a BUFFER, from now on
 * @reset_time: whether running time begins anew with it
 */
typedef struct
{
  guint16 timeline;
  gboolean reset_time;
} GstP2pFrameFlush;

/* All but the flags of the mini object and of the memory: those say nothing about the media. */
#define GST_P2P_FRAME_BUFFER_FLAGS                                                                 \
  (~(guint32)(GST_MINI_OBJECT_FLAG_LAST - 1) & ~(guint32)GST_BUFFER_FLAG_TAG_MEMORY)

/**
 * gst_p2p_frame_header_parse:
 * @message: from the network
 * @header_size: (out): where the payload begins
 *
 * Checks the header by itself: sizes, flags that contradict the offset, a fragment that reaches
 * beyond its object. Whether the kind and length are acceptable is the caller's business.
 *
 * Returns: %FALSE with %GST_P2P_ERROR_INVALID or %GST_P2P_ERROR_LIMIT
 */
gboolean gst_p2p_frame_header_parse (GstBuffer *message, GstP2pFrameHeader *header,
                                     gsize *header_size, GError **error);

/* Whether messages of @kind may be lost on a channel that is not reliable. */
gboolean gst_p2p_frame_kind_is_droppable (guint8 kind);
const gchar *gst_p2p_frame_kind_get_name (guint8 kind); /* "BUFFER", …, "unknown" */

/**
 * gst_p2p_frame_split:
 * @header: kind, epoch and seq of the object; the rest is filled in
 * @prefix: (nullable): the first @prefix_size bytes of the object, at most
 *   %GST_P2P_FRAME_BUFFER_PREFIX
 * @data: (nullable): the rest; its memory is shared with the messages where that is cheaper than a
 *   copy. @prefix and @data have at most 2^32 − 1 bytes together
 * @max_message: in bytes, from %GST_P2P_FRAME_MIN_MESSAGE to %GST_P2P_FRAME_MAX_MESSAGE
 *
 * Cuts an object into messages, which carry %GST_BUFFER_FLAG_NON_DROPPABLE unless the kind is
 * droppable.
 *
 * Returns: (transfer full): the only message; %NULL if there are several, which are in @list
 */
GstBuffer *
gst_p2p_frame_split (const GstP2pFrameHeader *header, const guint8 *prefix, gsize prefix_size,
                     GstBuffer *data, gsize max_message, GstBufferList **list);

void gst_p2p_frame_buffer_write (const GstP2pFrameBuffer *times,
                                 guint8 prefix[GST_P2P_FRAME_BUFFER_PREFIX]);
/* @object: a whole BUFFER object; FALSE: it is shorter than the prefix and @times->extra say */
gboolean gst_p2p_frame_buffer_read (GstP2pFrameBuffer *times, GstBuffer *object);

void gst_p2p_frame_gap_write (const GstP2pFrameGap *gap, guint8 object[GST_P2P_FRAME_GAP_SIZE]);
/* @object: a whole GAP object; FALSE: it is shorter */
gboolean gst_p2p_frame_gap_read (GstP2pFrameGap *gap, GstBuffer *object);

void
gst_p2p_frame_flush_write (const GstP2pFrameFlush *flush, guint8 object[GST_P2P_FRAME_FLUSH_SIZE]);
/* @object: a whole FLUSH object; FALSE: it is shorter */
gboolean gst_p2p_frame_flush_read (GstP2pFrameFlush *flush, GstBuffer *object);

G_END_DECLS
