/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * channel: one data channel of a connection, and the elements between it and the bin's pads.
 *
 *   sending:    sink pad's tee ─► queue ─► p2pframepay ⇄ transport
 *   receiving:                              transport ⇄ p2pframedepay ─► src_%u
 *
 * Made, started and cut on the control thread. Freed on any thread that is no streaming one, after
 * the transport was stopped or has released the channel.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/link/stream.h"
#include "plugins/p2p/control/reaper.h"
#include "plugins/p2p/control/settings.h"
#include "plugins/p2p/framing/p2pframedepay.h"
#include "plugins/p2p/framing/timeline.h"
#include "plugins/p2p/pads/sinkpad.h"
#include "plugins/p2p/pads/srcpads.h"
#include "plugins/p2p/transport/transport.h"

G_BEGIN_DECLS

/* What all channels of a connection have in common; all of it is borrowed. */
typedef struct
{
  GstBin *bin;
  GMainContext *context;   /* the control thread's */
  GstP2pSrcPads *src_pads; /* NULL: nothing is received */
  GstP2pReaper *reaper;
  GstP2pTransport *transport;
  const GstP2pSettings *settings;
  GstP2pFramingTimeline *timeline;
  guint32 max_message_size; /* that this transport sends and the peer takes */
  guint32 max_frame_size;   /* of data in a buffer, that the peer takes */
  gboolean joins_parts;     /* the peer puts messages in parts together */
} GstP2pChannelSite;

typedef struct _GstP2pChannel GstP2pChannel;

/* Opens the transport's channel and links everything but the tee. @n_streams: of how many framed
 * streams of the connection this is one, which the receiver is told. */
GstP2pChannel *gst_p2p_channel_new_sending (const GstP2pChannelSite *site, guint16 stream,
                                            const GstP2pChannelConfig *config, GstP2pSinkPad *pad,
                                            guint n_streams, GError **error);
/* @src_pad: without target, and active before the channel is accepted. */
GstP2pChannel *gst_p2p_channel_new_receiving (const GstP2pChannelSite *site, guint16 stream,
                                              const GstP2pChannelConfig *config,
                                              GstP2pSrcPad *src_pad, GError **error);

/* What is known of its opening: EARLY or ACCEPTED. Data begins to flow with the first. */
void gst_p2p_channel_feed (GstP2pChannel *channel, GstP2pStreamFact fact);
/* Whether the peer agreed to it. */
gboolean gst_p2p_channel_is_accepted (const GstP2pChannel *channel);

guint16 gst_p2p_channel_get_stream (const GstP2pChannel *channel);
gboolean gst_p2p_channel_is_sending (const GstP2pChannel *channel);
gboolean gst_p2p_channel_is_framed (const GstP2pChannel *channel);
/* Sending: whether the receiver acknowledges; and how many bytes it holds. */
gboolean gst_p2p_channel_is_acknowledged (const GstP2pChannel *channel);
void gst_p2p_channel_set_credit (GstP2pChannel *channel, guint32 credit);
GstP2pSinkPad *gst_p2p_channel_get_sink_pad (const GstP2pChannel *channel); /* sending; borrowed */
GstP2pSrcPad *gst_p2p_channel_get_src_pad (const GstP2pChannel *channel); /* receiving; borrowed */
/* Receiving: whether the stream has begun; and how many the sender has, 0: that is not told. */
gboolean gst_p2p_channel_has_begun (const GstP2pChannel *channel);
guint gst_p2p_channel_get_streams (const GstP2pChannel *channel);
/* Whether @object is the pay, depay or source pad of this channel. */
gboolean gst_p2p_channel_owns (const GstP2pChannel *channel, GstObject *object);

/* Sending: everything arrived at the peer. Receiving: EOS went downstream. */
void gst_p2p_channel_set_finished (GstP2pChannel *channel);
gboolean gst_p2p_channel_is_finished (const GstP2pChannel *channel);
/* Receiving: whether it ended because the sender had gone, or is about to, since it has not ended
 * yet;
 * @kinds: what came. */
gboolean gst_p2p_channel_is_truncated (const GstP2pChannel *channel, GstP2pFrameDepayKinds *kinds);

/* The pay's or depay's "stats". */
GstStructure *gst_p2p_channel_get_stats (GstP2pChannel *channel);

/* Sending: removes the branch from the tee, so that a receiver that has gone delays no other. */
void gst_p2p_channel_cut (GstP2pChannel *channel);
gboolean gst_p2p_channel_is_cut (const GstP2pChannel *channel);
/* Sending: the same, and the stream ends in order behind what came: it will be finished. FALSE: it
 * had not begun. Called while nothing is pushed into the sink pad. */
gboolean gst_p2p_channel_end_sending (GstP2pChannel *channel);
/* Whether that was called. */
gboolean gst_p2p_channel_is_ending (const GstP2pChannel *channel);
/* @end_stream (receiving): EOS goes downstream unless one did, and this waits until downstream has
 *   taken it. */
void gst_p2p_channel_free (GstP2pChannel *channel, gboolean end_stream);

/* Ends every wait for PLAYING in @bin, also in connections that are already over, since the threads
 * that wait have to end. */
void gst_p2p_channel_flush_all (GstBin *bin);

G_END_DECLS
