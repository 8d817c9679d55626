/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replies: a receiver's messages back to the sender: ACK and UPSTREAM.
 *
 * They are pushed by a thread of its own, never by the one that brings media. Else two peers that
 * send to each other could each wait for the other to read. ACKs are coalesced: one goes out for
 * every 64 KiB, or 20 ms after the first object that awaits one.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstP2pFramingReplies GstP2pFramingReplies;

/* @pad: a source pad, borrowed, outlives the replies */
GstP2pFramingReplies *gst_p2p_framing_replies_new (const gchar *name, GstPad *pad);
void gst_p2p_framing_replies_free (GstP2pFramingReplies *replies); /* stopped */

/* One thread starts and stops, not the replies's. stop() drops what was not sent, and waits for a
 * push that is under way, so the pad's peer must not block for ever then.
 * @max_message: bytes of a message that the remote takes */
void gst_p2p_framing_replies_start (GstP2pFramingReplies *replies, guint max_message);
void gst_p2p_framing_replies_stop (GstP2pFramingReplies *replies);

/* Any thread; neither waits for another element. @bytes: of the object. */
void gst_p2p_framing_replies_acknowledge (GstP2pFramingReplies *replies, guint32 seq, gsize bytes);
/* @text: (transfer full) (nullable): of an UPSTREAM object */
void gst_p2p_framing_replies_take_upstream (GstP2pFramingReplies *replies, gchar *text);

/* At the end of the stream: sends what is due later now, and the last ACK a few times more as long
 * as there is no stop(). Waits until the pad's peer has taken it, at most @timeout_us, or
 * until interrupted. */
void gst_p2p_framing_replies_finish (GstP2pFramingReplies *replies, gint64 timeout_us);
void gst_p2p_framing_replies_interrupt (GstP2pFramingReplies *replies);

/* ACKs sent. */
guint64 gst_p2p_framing_replies_get_acks (GstP2pFramingReplies *replies);

G_END_DECLS
