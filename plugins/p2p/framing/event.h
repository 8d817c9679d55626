/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event: events as objects of the wire format, both ways.
 *
 * Both ends have the same short lists of custom events: what is not on them is neither sent nor
 * accepted. A receiver makes a new event from the fields that it has checked, so that nothing else
 * is passed on.
 *
 *   downstream   "GstForceKeyUnit"; an application's own, named "application/x-gst-p2p-…";
 *                "gst-p2p-protection", which stands for a PROTECTION event;
 *                "gst-p2p-segment", which stands for the sender's segment;
 *                "gst-p2p-latency", the answer to its LATENCY query
 *   upstream     "GstForceKeyUnit", "application/x-gst-navigation", "reconfigure"
 */
#pragma once

#include "gst/p2p/frame/reassembler.h"

G_BEGIN_DECLS

/**
 * gst_p2p_framing_event_to_object:
 * @event: serialized, downstream
 * @segment: of the stream, for the times of a GAP
 * @kind: (out): a #GstP2pFrameKind; 0: the event does not travel
 * @object: (out) (nullable): %NULL if it is empty
 *
 * A SEGMENT travels as "gst-p2p-segment".
 *
 * Returns: %FALSE with %GST_P2P_ERROR_INVALID or %GST_P2P_ERROR_LIMIT for caps that cannot be sent
 */
gboolean gst_p2p_framing_event_to_object (GstEvent *event, const GstSegment *segment, guint8 *kind,
                                          GBytes **object, GError **error);

/* Returns the text of an EVENT object that tells what the sender's upstream needs, in ns. */
gchar *gst_p2p_framing_event_print_latency (GstClockTime latency);

/**
 * GstP2pFramingEventContext: what a receiver has to know to make events.
 * @new_names: of caps; see gst_p2p_frame_safetext_parse_structure()
 * @new_event_names: of tags and events, likewise
 * @offset: added to the sender's running time, in ns, to make it the local one
 * @group_id: for STREAM_START
 * @segment: of the sender (time.h); changed when it tells another one
 * @latency: changed when the sender tells what its upstream needs
 */
typedef struct
{
  guint new_names;
  guint new_event_names;
  gint64 offset;
  guint group_id;
  GstSegment segment;
  GstClockTime latency;
} GstP2pFramingEventContext;

/**
 * gst_p2p_framing_event_from_object:
 * @object: any kind that makes an event, but GAP
 * @event: (out) (nullable): %NULL: the object makes none, or its event is not on the list
 *
 * Returns: %FALSE with %GST_P2P_ERROR_INVALID or %GST_P2P_ERROR_LIMIT
 */
gboolean gst_p2p_framing_event_from_object (const GstP2pFrameObject *object,
                                            GstP2pFramingEventContext *context, GstEvent **event,
                                            GError **error);

/* @object: a HELLO, which is the first object of a channel. @pad: (out): of the sender, the caller
 * frees it. FALSE with an error as above. */
gboolean gst_p2p_framing_event_read_hello (const GstP2pFrameObject *object,
                                           GstP2pFramingEventContext *context, gchar **pad,
                                           guint *streams, GError **error);

/* Returns the text of an UPSTREAM object for @event, with the sender's running time; %NULL: the
 * event does not travel. @offset: see #GstP2pFramingEventContext. */
gchar *gst_p2p_framing_event_print_upstream (GstEvent *event, gint64 offset);
gchar *gst_p2p_framing_event_print_key_unit_request (void);
gboolean gst_p2p_framing_event_is_key_unit_request (GstEvent *event);

G_END_DECLS
