/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hand: the other side of p2pframedepay and p2pframepay, by hand: what a sender and a receiver
 * would send, message by message, and what comes back to them.
 */
#pragma once

#include "tests/plugins/p2p/framing/pair.h"

G_BEGIN_DECLS

/* ---- a sender, for depay ---- */

GstFlowReturn frame_hand_push (FrameLink *link, GstBuffer *message);
void frame_hand_push_ok (FrameLink *link, GstBuffer *message);

/* Epoch 0, stream id "stream-id", SPARSE. */
GstBuffer *frame_hand_make_stream_start (guint32 seq);
GstBuffer *frame_hand_make_caps (guint32 seq, guint16 epoch, const gchar *text);
/* A BUFFER of 100 bytes and epoch 1, and the EOS after it. */
GstBuffer *frame_hand_make_frame (guint32 seq, gint64 pts);
GstBuffer *frame_hand_make_eos (guint32 seq);
/* Objects 0 and 1: the stream's start, and caps of epoch 1. */
void frame_hand_begin (FrameLink *link);

/* Pushes a frame on a thread of its own: g_thread_new ("pusher", frame_hand_run_pusher, &pusher) */
typedef struct
{
  FrameLink *link;
  guint32 seq; /* also its time, in s */
  gint flow;   /* atomic; begin with 1: not yet back */
} FramePusher;

gpointer frame_hand_run_pusher (gpointer pusher);

/* The next ACK that depay sent; other replies before it are dropped. */
guint32 frame_hand_pull_ack (FrameLink *link);
/* ACKs come until this one. */
void frame_hand_pull_ack_until (FrameLink *link, guint32 seq);
/* The next UPSTREAM object, likewise. The caller frees it. */
gchar *frame_hand_pull_reply_text (FrameLink *link);

/* ---- media, into pay ---- */

/* Of bytes 0x5a, with @pts as its dts too; the latter: no key unit, at 0. */
GstBuffer *frame_hand_make_media (gsize size, GstClockTime pts, GstClockTime duration);
GstBuffer *frame_hand_make_delta (gsize size);
void frame_hand_feed_ok (FrameLink *link, GstBuffer *buffer);

/* ---- a receiver, for pay ---- */

GstP2pFrameReassembler *frame_hand_new_reassembler (void);
/* The next object that pay sent; the caller clears it. */
GstP2pFrameObject frame_hand_pull_object (FrameLink *link, GstP2pFrameReassembler *reassembler);
/* Of the next BUFFER; other objects are passed over. */
GstP2pFrameBuffer frame_hand_pull_frame (FrameLink *link, GstP2pFrameReassembler *reassembler);

/* @reply_seq: counts what the receiver sends; @seq: what it acknowledges. */
void frame_hand_ack (FrameLink *link, guint32 reply_seq, guint32 seq);
/* That came out upstream; other events are dropped. */
guint frame_hand_count_key_unit_requests (FrameLink *link);
void frame_hand_push_upstream (FrameLink *link, guint32 seq, const gchar *text);
/* The next event that came out upstream; RECONFIGURE, which linking made, is passed over. */
GstEvent *frame_hand_pull_upstream (FrameLink *link);

G_END_DECLS
