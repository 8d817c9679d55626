/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sendertime: what a payloader tells receivers of time: when it sends, how often its time has begun
 * anew, and how long its upstream holds back what is captured.
 *
 * Embed it; for the streaming thread of the sink pad, and state changes while that is stopped.
 */
#pragma once

#include "gst/p2p/frame/frame.h"
#include "plugins/p2p/framing/origin.h"

G_BEGIN_DECLS

/* All fields are its own. */
typedef struct
{
  GstP2pFramingOrigin *origin;
  gint64 asked_us; /* when upstream was last asked */
  GstClockTime told_latency;
} GstP2pFramingSenderTime;

/* @origin: (nullable): what the streams of one sender share; %NULL: this is the only one */
void gst_p2p_framing_sender_time_start (GstP2pFramingSenderTime *self, GstP2pFramingOrigin *origin);
void gst_p2p_framing_sender_time_stop (GstP2pFramingSenderTime *self);

/* Asks upstream of @pad, from time to time, and tells the origin if it is live. TRUE: its latency
 * has changed, and receivers have to be told. */
gboolean
gst_p2p_framing_sender_time_ask (GstP2pFramingSenderTime *self, GstPad *pad, GstClockTime *latency);

/* Sets @sent and @timeline to what they are now. @element: whose clock counts */
void gst_p2p_framing_sender_time_stamp (GstP2pFramingSenderTime *self, GstElement *element,
                                        gint64 *sent, guint16 *timeline);

G_END_DECLS
