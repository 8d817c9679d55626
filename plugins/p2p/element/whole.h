/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * whole: what is asked of an element that sends, or told it, as a whole: queries and upstream
 * events of the application or of a bin, which a sink answers from its pad, or passes on through
 * it.
 *
 * Any thread, under no lock.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* POSITION: of what has come in last, on any sink pad. DURATION, LATENCY: the longest that upstream
 * answers. Any other: what upstream of the first that knows answers. FALSE: nobody knows. */
gboolean gst_p2p_whole_query (GstElement *element, GstQuery *query);

/* Sends @event, an upstream one, out of every sink pad. (transfer full). Returns whether it was
 * taken by any. */
gboolean gst_p2p_whole_send_upstream (GstElement *element, GstEvent *event);

G_END_DECLS
