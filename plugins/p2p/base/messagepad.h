/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * messagepad: pads for messages, through which no event and no query passes by itself.
 *
 * Between media and messages, nothing that is said on one side makes sense on the other; and the
 * reply pads close a circle in which a query would run round.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Swallows every event. */
gboolean gst_p2p_message_pad_event (GstPad *pad, GstObject *parent, GstEvent *event);
/* Answers for the pad itself: CAPS and ACCEPT_CAPS; that any memory will do, without metas; and
 * LATENCY as that of a live source without any, since what is behind is another pipeline's. */
gboolean gst_p2p_message_pad_query (GstPad *pad, GstObject *parent, GstQuery *query);

/* What goes before the first message on a source pad: STREAM_START, with an id that means nothing
 * (gst_pad_create_stream_id() is not for elements with several sink pads), and a SEGMENT. */
void gst_p2p_message_pad_begin (GstPad *pad);

G_END_DECLS
