/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answer: what a depayloader does with downstream's queries and events. Any thread, under no lock.
 */
#pragma once

#include "plugins/p2p/framing/replies.h"

G_BEGIN_DECLS

/* No query goes to the transport; a stream from a peer cannot seek and has no known duration.
 * @latency: in ns, if @live */
gboolean gst_p2p_framing_answer (GstPad *pad, GstQuery *query, gboolean live, GstClockTime latency);

/* Sends @event (transfer full) to the sender, if it is one that travels. @offset: what is added to
 * the sender's running time to make it ours. @replies: (nullable): %NULL: there is no way back */
gboolean
gst_p2p_framing_answer_event (GstEvent *event, gint64 offset, GstP2pFramingReplies *replies);

G_END_DECLS
