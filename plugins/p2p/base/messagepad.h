/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * messagepad: messages, and pads for them, through which no event and no query passes.
 *
 * What events and queries say about media does not apply to messages, nor the other way round; and
 * the reply pads close a circle, in which a query would have no end.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* A message that the next one of the same channel goes on with; both are reliable and in order. Of
 * a peer only if it lists GST_P2P_RAW_FRAMING. */
#define GST_P2P_MESSAGE_FLAG_PARTIAL (GST_BUFFER_FLAG_LAST << 1)

/* Takes every event and drops it. */
gboolean gst_p2p_message_pad_event (GstPad *pad, GstObject *parent, GstEvent *event);
/* Answers CAPS and ACCEPT_CAPS for the pad itself; ALLOCATION: any memory will do, without metas;
 * LATENCY: live and none, since what is behind is another pipeline. */
gboolean gst_p2p_message_pad_query (GstPad *pad, GstObject *parent, GstQuery *query);

/* Pushes what goes before the first message on a source pad: STREAM_START, with a random id
 * (gst_pad_create_stream_id() is not for elements with several sink pads), and a SEGMENT. */
void gst_p2p_message_pad_begin (GstPad *pad);

/* The EOS behind the last message of a channel. @closed: the peer has ended the channel in order,
 * so that nothing is missing; else it is gone, or the connection is. */
GstEvent *gst_p2p_message_eos_new (gboolean closed);
/* @fallback: for an EOS that does not say so. */
gboolean gst_p2p_message_eos_is_closed (GstEvent *eos, gboolean fallback);

/* When a message that was received came from the network: g_get_monotonic_time() in ns. A transport
 * sets it before the message waits for whoever is slow; without it, it is now. @message: writable
 */
void gst_p2p_message_set_arrival (GstBuffer *message);
gint64 gst_p2p_message_get_arrival (GstBuffer *message);

G_END_DECLS
