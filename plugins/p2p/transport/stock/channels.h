/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * channels: the channels of the bin, by stream: their elements and pads.
 *
 * A channel is made when the application opens it or when sctpdec adds a pad for its stream,
 * whichever comes first. It is removed when it was released and sctpdec's pad is gone.
 *
 *   open:  [sink_n ghost] ► channel ► sctpenc.sink_n      sctpdec.src_n ► channel ► [src_n ghost]
 *   else:                                                 sctpdec.src_n ► channel
 *
 * What channels report goes to the reporter, and what passes through them is counted by the intake.
 */
#pragma once

#include "gst/p2p/link/dcep.h"
#include "gst/p2p/link/description.h"
#include "gst/p2p/link/stream.h"
#include "plugins/p2p/transport/stock/intake.h"
#include "plugins/p2p/transport/stock/jobs.h"
#include "plugins/p2p/transport/stock/reporter.h"

G_BEGIN_DECLS

/* sctpenc fails on a message that is larger than its send buffer. */
#define GST_P2P_STOCK_MAX_SENT_SIZE (1024 * 1024)

typedef struct _GstP2pStockChannels GstP2pStockChannels;

/* @bin: gets the elements, and the pads from its templates; everything outlives the channels. */
GstP2pStockChannels *
gst_p2p_stock_channels_new (GstBin *bin, GMainContext *context, GstP2pStockReporter *reporter,
                            GstP2pStockJobs *jobs, GstP2pStockIntake *intake);
/* After stop() and the jobs' end. */
void gst_p2p_stock_channels_free (GstP2pStockChannels *channels);

/* Control thread, before sctpdec gets a packet and before any channel is opened or closed.
 * @sctpenc: outlives the channels */
void gst_p2p_stock_channels_start (GstP2pStockChannels *channels, GstElement *sctpenc,
                                   GstP2pDescription *remote);

/* Any thread, also under the association's mutex: sctpdec's pad came or went. */
void gst_p2p_stock_channels_add_input (GstP2pStockChannels *channels, GstPad *pad);
void gst_p2p_stock_channels_remove_input (GstP2pStockChannels *channels, GstPad *pad);
/* Any thread: what the peer answered to our reset of @stream. */
void gst_p2p_stock_channels_answer (GstP2pStockChannels *channels, guint16 stream,
                                    GstP2pStreamFact fact);
/* A job: the peer has gone, and all that it sent was given. Its goodbye is reported when all of
 * that was pushed. */
void gst_p2p_stock_channels_end (GstP2pStockChannels *channels);

/* The transport's calls; control thread, between start() and stop(). Release may come later. */
gboolean gst_p2p_stock_channels_open_channel (GstP2pStockChannels *channels, guint16 stream,
                                              const GstP2pChannelConfig *config, GstPad **sink,
                                              GstPad **src, GError **error);
void gst_p2p_stock_channels_activate_channel (GstP2pStockChannels *channels, guint16 stream);
void
gst_p2p_stock_channels_send_dcep (GstP2pStockChannels *channels, guint16 stream, GBytes *message);
void gst_p2p_stock_channels_close_channel (GstP2pStockChannels *channels, guint16 stream);
void gst_p2p_stock_channels_release_channel (GstP2pStockChannels *channels, guint16 stream);

/* Nothing happens by time any more. Control thread. */
void gst_p2p_stock_channels_stop (GstP2pStockChannels *channels);
/* Any thread but the transport's own. close() releases all pads of sctpenc; shut(), after it, sets
 * all elements to NULL. */
void gst_p2p_stock_channels_close (GstP2pStockChannels *channels);
void gst_p2p_stock_channels_shut (GstP2pStockChannels *channels);

G_END_DECLS
