/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replies: a receiver's messages back to the sender: ACK and UPSTREAM.
 *
 * A thread of its own pushes them, never the one that brings media: otherwise two peers that send
 * to each other could each wait for the other to read. The first ACK goes out at once. Later ones
 * are coalesced: one goes out 20 ms after the first object that awaits it, or earlier for 64 KiB,
 * or for 256 KiB within a millisecond of the last one.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstP2pFramingReplies GstP2pFramingReplies;

/* @pad: a source pad, borrowed, outlives the replies */
GstP2pFramingReplies *gst_p2p_framing_replies_new (const gchar *name, GstPad *pad);
void gst_p2p_framing_replies_free (GstP2pFramingReplies *replies); /* stopped */

/* Called by one thread, not the one that pushes. stop() drops what was not sent and waits for a
 * push that is under way, which the pad's peer must not block for ever.
 * @max_message: bytes of a message that the remote takes */
void gst_p2p_framing_replies_start (GstP2pFramingReplies *replies, guint max_message);
void gst_p2p_framing_replies_stop (GstP2pFramingReplies *replies);

/* Any thread; neither waits for another element. @bytes: of the object. */
void gst_p2p_framing_replies_acknowledge (GstP2pFramingReplies *replies, guint32 seq, gsize bytes);
/* @text: (transfer full) (nullable): of an UPSTREAM object */
void gst_p2p_framing_replies_take_upstream (GstP2pFramingReplies *replies, gchar *text);

/* At the end of the stream: sends at once what is due later, and repeats the last ACK a few times
 * unless stop() is called. Waits until the pad's peer has taken what was due, at most @timeout_us,
 * or until interrupt(). */
void gst_p2p_framing_replies_finish (GstP2pFramingReplies *replies, gint64 timeout_us);
void gst_p2p_framing_replies_interrupt (GstP2pFramingReplies *replies);

/* ACKs sent. */
guint64 gst_p2p_framing_replies_get_acks (GstP2pFramingReplies *replies);

G_END_DECLS
