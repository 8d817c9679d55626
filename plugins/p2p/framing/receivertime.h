/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * receivertime: when a live depayloader's media is for: maps the sender's running time to ours, and
 * goes on with the present after a while in which nothing could be passed on.
 *
 *   passing → (not PLAYING, or too late after it) → resuming → (in time, and a key unit) → passing
 *
 * Embed it; for the streaming thread of the sink pad, and state changes while that is stopped.
 */
#pragma once

#include "gst/p2p/frame/frame.h"
#include "plugins/p2p/framing/lag.h"
#include "plugins/p2p/framing/timeline.h"

G_BEGIN_DECLS

/* All fields are its own, but two may be read. */
typedef struct
{
  gint64 offset; /* what is added to the sender's running time, in ns */
  gboolean live; /* so is the sender, and the offset follows its clock */

  GstElement *element;             /* borrowed */
  GstP2pFramingTimeline *timeline; /* a reference */
  gboolean begun;                  /* since the sender's time has, in this stream */
  guint16 sender_timeline;
  GstP2pFramingLag lag;
  guint lags; /* taken since then */
  gboolean resuming;
  gint64 opened;
  gboolean dropped; /* since the last that passed */
} GstP2pFramingReceiverTime;

void gst_p2p_framing_receiver_time_start (GstP2pFramingReceiverTime *self, GstElement *element,
                                          GstP2pFramingTimeline *timeline);
void gst_p2p_framing_receiver_time_stop (GstP2pFramingReceiverTime *self);

/* An object has come; sets the offset. TRUE: the latency that the sender needs has grown. */
gboolean gst_p2p_framing_receiver_time_take (GstP2pFramingReceiverTime *self,
                                             const GstP2pFramingStamp *stamp);

/* There was a pause, until @opened by the clock of arrivals: what waited meanwhile may be too late.
 * @dropped: something was not passed on */
void gst_p2p_framing_receiver_time_resume (GstP2pFramingReceiverTime *self, gboolean dropped,
                                           gint64 opened);

typedef enum
{
  GST_P2P_FRAMING_PASS,
  GST_P2P_FRAMING_PASS_DISCONT, /* it is the first after some were dropped */
  GST_P2P_FRAMING_DROP,
  GST_P2P_FRAMING_DROP_TO_KEY_UNIT /* a key unit has to be requested */
} GstP2pFramingVerdict;

/* @stamp: of a buffer; @delta: whether it needs others before it; @allowance: how long after its
 * time here a sink may still show it. What has come since the pause passes however late it is: that
 * is for sinks to judge. */
GstP2pFramingVerdict gst_p2p_framing_receiver_time_judge (GstP2pFramingReceiverTime *self,
                                                          const GstP2pFramingStamp *stamp,
                                                          gboolean delta, GstClockTime allowance);

G_END_DECLS
