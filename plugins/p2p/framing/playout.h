/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * playout: what a depayloader gives downstream: the beginning of the stream, its segment, and media
 * when it is its time.
 *
 * Embed it. For the streaming thread of the depayloader's sink pad, and state changes while that is
 * stopped; the gate is for any thread.
 */
#pragma once

#include "gst/p2p/frame/frame.h"
#include "plugins/p2p/framing/playgate.h"
#include "plugins/p2p/framing/receivertime.h"

G_BEGIN_DECLS

typedef struct
{
  GstP2pFramingPlaygate gate; /* stopped in READY and below, open in PLAYING */

  /* May be read. */
  gboolean live;
  GstP2pFramingTimeline *timeline;
  GstP2pFramingReceiverTime mapping;
  GstSegment told; /* what the segment that was sent is made of */
  gboolean sent_segment;
  gboolean eos; /* downstream wants no more */

  /* The rest is its own. */
  GstElement *element; /* borrowed, as is the pad */
  GstPad *src;
  gboolean started;
  gint64 told_offset;
  gint64 opened;    /* the gate was, when something last passed it */
  gboolean flushed; /* by the sender, ever */
  guint16 flushed_timeline;
} GstP2pFramingPlayout;

void gst_p2p_framing_playout_init (GstP2pFramingPlayout *self, GstElement *element, GstPad *src);
void gst_p2p_framing_playout_clear (GstP2pFramingPlayout *self);
/* Between them, media is pushed. @live: timestamps follow the sender's clock */
void gst_p2p_framing_playout_start (GstP2pFramingPlayout *self, GstP2pFramingTimeline *timeline,
                                    gboolean live);
void gst_p2p_framing_playout_stop (GstP2pFramingPlayout *self);

/* Begins a stream with an id of our own, unless one has begun. */
void gst_p2p_framing_playout_begin (GstP2pFramingPlayout *self);
/* The same, and sends the sender's @segment, unless that was done. */
void gst_p2p_framing_playout_begin_segment (GstP2pFramingPlayout *self, const GstSegment *segment);
/* Caps of a stream that began without are to come: they go before the segment. */
void gst_p2p_framing_playout_forget_segment (GstP2pFramingPlayout *self);

/**
 * gst_p2p_framing_playout_admit:
 * @stamp: of media
 * @delta: whether it needs others before it
 * @latency: how long after its time a sink may show it, without what the sender needs
 *
 * Whether media may pass, and when it is for. That of a sender that is not live waits for PLAYING.
 * That of one that is live has no use later: it is dropped meanwhile, and so is afterwards what
 * waited elsewhere and would be too late.
 *
 * Returns: GST_FLOW_OK with a verdict, or GST_FLOW_FLUSHING
 */
GstFlowReturn
gst_p2p_framing_playout_admit (GstP2pFramingPlayout *self, const GstP2pFramingStamp *stamp,
                               gboolean delta, GstClockTime latency, GstP2pFramingVerdict *verdict);
/* The sender's running time as that of @told. */
gint64 gst_p2p_framing_playout_shift (const GstP2pFramingPlayout *self, gint64 time);

/* GST_FLOW_EOS if downstream wants no more. */
GstFlowReturn gst_p2p_framing_playout_push (GstP2pFramingPlayout *self, GstBuffer *buffer);
void gst_p2p_framing_playout_push_event (GstP2pFramingPlayout *self, GstEvent *event);

/* @object: a FLUSH: what downstream still has of the time before is not to be shown any more. FALSE
 * with GST_P2P_ERROR_INVALID. */
gboolean
gst_p2p_framing_playout_flush (GstP2pFramingPlayout *self, GstBuffer *object, GError **error);
/* On an unreliable channel, what was sent before a flush may come after it. */
gboolean gst_p2p_framing_playout_was_flushed (const GstP2pFramingPlayout *self, guint16 timeline);

/* What the sender says that it needs, in ns. */
void gst_p2p_framing_playout_add_latency (GstP2pFramingPlayout *self, GstClockTime latency);

G_END_DECLS
