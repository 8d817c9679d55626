/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replier: a receiver's messages back to the sender: ACK and UPSTREAM.
 *
 * They are pushed by a thread of its own, never by the one that brings media. Else two peers that
 * send to each other could each wait for the other to read. ACKs are coalesced: one goes out for
 * every 64 KiB, or 20 ms after the first object that awaits one.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstP2pReplier GstP2pReplier;

/* @pad: a source pad, borrowed, outlives the replier */
GstP2pReplier *gst_p2p_replier_new (const gchar *name, GstPad *pad);
void gst_p2p_replier_free (GstP2pReplier *replier); /* stopped */

/* One thread starts and stops, not the replier's. stop() drops what was not sent, and waits for a
 * push that is under way, so the pad's peer must not block for ever then.
 * @max_message: bytes of a message that the remote takes */
void gst_p2p_replier_start (GstP2pReplier *replier, guint max_message);
void gst_p2p_replier_stop (GstP2pReplier *replier);

/* Any thread; neither waits for another element. @bytes: of the object. */
void gst_p2p_replier_acknowledge (GstP2pReplier *replier, guint32 seq, gsize bytes);
/* @text: (transfer full) (nullable): of an UPSTREAM object */
void gst_p2p_replier_take_upstream (GstP2pReplier *replier, gchar *text);

/* At the end of the stream: sends what is due later now, and the last ACK a few times more as long
 * as there is no stop(). Waits until the pad's peer has taken it, at most @timeout_us, or
 * until interrupted. */
void gst_p2p_replier_finish (GstP2pReplier *replier, gint64 timeout_us);
void gst_p2p_replier_interrupt (GstP2pReplier *replier);

/* ACKs sent. */
guint64 gst_p2p_replier_get_acks (GstP2pReplier *replier);

G_END_DECLS
