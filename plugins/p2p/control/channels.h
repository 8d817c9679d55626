/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * channels: the data channels of an open connection: which streams they are on, how they are opened
 * and closed (RFC 8831, RFC 8832), and whether they are finished.
 *
 * Control thread, from OPEN on; freed on the reaping thread.
 */
#pragma once

#include <gst/gst.h>

#include "plugins/p2p/control/channel.h"

G_BEGIN_DECLS

/* The error's text when both ends only send. */
#define GST_P2P_NOT_TAKEN "The peer does not take what this end sends (do both ends send?)"

typedef struct _GstP2pChannels GstP2pChannels;

/* A channel finished: everything sent on it arrived, or everything there is was received. Control
 * thread, under no lock. */
typedef void (*GstP2pChannelsFunc) (gpointer user_data);

/* What @site points to, and @remote, outlive the channels. */
GstP2pChannels *
gst_p2p_channels_new (const GstP2pChannelSite *site, GstP2pRole role, GstP2pDescription *remote,
                      GstP2pChannelsFunc finished, gpointer user_data);
/* With @end_streams EOS goes downstream where none did; see gst_p2p_channel_free(). The source pads
 * are retired. */
void gst_p2p_channels_free (GstP2pChannels *channels, gboolean end_streams);

/* Opens a channel that sends what comes through @pad. */
gboolean
gst_p2p_channels_add_sink_pad (GstP2pChannels *channels, GstP2pSinkPad *pad, GError **error);
/* Closes the channel that sends what comes through @pad. */
void gst_p2p_channels_remove_sink_pad (GstP2pChannels *channels, GstP2pSinkPad *pad);
/* Removes the branches from the tees; no channel is opened after this. */
void gst_p2p_channels_cut (GstP2pChannels *channels);

/* FALSE: the peer broke the rules, and the connection has to end. */
gboolean gst_p2p_channels_take_event (GstP2pChannels *channels, const GstP2pTransportEvent *event,
                                      GError **error);

/* The channel whose pay, depay or source pad @object is; %NULL if none. */
GstP2pChannel *gst_p2p_channels_find (GstP2pChannels *channels, GstObject *object);
/* Called when the pay or depay of @channel says that its stream ended. */
void gst_p2p_channels_end (GstP2pChannels *channels, GstP2pChannel *channel);

/* Whether all channels that there ever were in @direction are finished, and how many there were; of
 * those that are received, how many of their streams began. */
gboolean gst_p2p_channels_are_finished (GstP2pChannels *channels, GstP2pDirection direction,
                                        guint *n_channels);
/* Whether the remote wanted to send what this end does not take. */
/* Whether any that was received is truncated, and what came on those; see channel.h. */
gboolean gst_p2p_channels_are_truncated (GstP2pChannels *channels, GstP2pFrameDepayKinds *kinds);
gboolean gst_p2p_channels_have_refused (GstP2pChannels *channels);
/* Adds "channels", a list of their structures. */
void gst_p2p_channels_add_stats (GstP2pChannels *channels, GstStructure *stats);

G_END_DECLS
