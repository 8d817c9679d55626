/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * channel: one channel of the direct transport: a pad pair, and a queue of messages per direction
 * between the streaming threads and the I/O thread.
 *
 *   streaming thread ► sink_<k> ► queue ► I/O thread ► SCTP
 *                      src_<k> ◄ task ◄ queue ◄ I/O thread ◄ SCTP
 *
 * The sink pad takes messages, also whole lists, without copying, until the queue is full; then the
 * streaming thread waits. The task of the src pad pushes; what waits for it counts in the backlog
 * of the connection, by which the I/O thread stops reading. Reference counted; each function says
 * on which thread it is called.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/link/dcep.h"
#include "plugins/p2p/transport/backlog.h"

G_BEGIN_DECLS

/* How many bytes wait to be sent before the streaming thread has to. */
#define GST_P2P_DIRECT_QUEUE_SIZE (1024 * 1024)

typedef struct _GstP2pDirectChannel GstP2pDirectChannel;

/**
 * GstP2pDirectChannelFuncs:
 * @wakeup: there is something for the I/O thread to do; any thread, while a pad is active
 * @failed: a message could not be taken; streaming thread
 */
typedef struct
{
  void (*wakeup) (gpointer user_data);
  void (*failed) (const GError *error, gpointer user_data);
} GstP2pDirectChannelFuncs;

/* @max_message_size: what the peer takes, in bytes. @backlog: the connection's. The pads are made,
 * neither active nor added. */
GstP2pDirectChannel *
gst_p2p_direct_channel_new (guint16 stream, const GstP2pChannelConfig *config,
                            guint32 max_message_size, GstP2pBacklog *backlog,
                            const GstP2pDirectChannelFuncs *funcs, gpointer user_data);
GstP2pDirectChannel *gst_p2p_direct_channel_ref (GstP2pDirectChannel *channel);
void gst_p2p_direct_channel_unref (GstP2pDirectChannel *channel);

guint16 gst_p2p_direct_channel_get_stream (GstP2pDirectChannel *channel);
GstPad *gst_p2p_direct_channel_get_sink (GstP2pDirectChannel *channel); /* borrowed */
GstPad *gst_p2p_direct_channel_get_src (GstP2pDirectChannel *channel);  /* borrowed */
const GstP2pChannelConfig *gst_p2p_direct_channel_get_config (GstP2pDirectChannel *channel);

/* Control thread: messages flow from the src pad as soon as it is linked. */
void gst_p2p_direct_channel_activate (GstP2pDirectChannel *channel);
/* Control thread: no more messages are taken; what was taken is still sent. */
void gst_p2p_direct_channel_close (GstP2pDirectChannel *channel);

/* Control thread: a DCEP message, before all later and after all earlier messages. */
void gst_p2p_direct_channel_send_dcep (GstP2pDirectChannel *channel, GBytes *message);

/* I/O thread: the next message to send (transfer full), or %NULL. */
GstBuffer *gst_p2p_direct_channel_pop (GstP2pDirectChannel *channel, gboolean *is_dcep);
/* I/O thread: whether pop() would return one. */
gboolean gst_p2p_direct_channel_has_messages (GstP2pDirectChannel *channel);
/* I/O thread: whether all that will ever be sent has been popped after close(). */
gboolean gst_p2p_direct_channel_is_closed (GstP2pDirectChannel *channel);
/* I/O thread: deliver() takes a received message; delivered() follows when there are no more for
 * now, and wakes the src pad's task once for all of them. */
void gst_p2p_direct_channel_deliver (GstP2pDirectChannel *channel, GstBuffer *message);
void gst_p2p_direct_channel_delivered (GstP2pDirectChannel *channel);
/* I/O thread: nothing more comes; EOS follows what was delivered. @closed: because the peer has
 * ended the stream; see gst_p2p_message_eos_new(). */
void gst_p2p_direct_channel_end (GstP2pDirectChannel *channel, gboolean closed);
/* I/O thread: whether everything delivered, and the EOS, was pushed. */
gboolean gst_p2p_direct_channel_is_drained (GstP2pDirectChannel *channel);
/* I/O thread: whether the src pad pushes what is delivered. */
gboolean gst_p2p_direct_channel_is_flowing (GstP2pDirectChannel *channel);
/* I/O thread, after the last deliver(): drops what the src pad has not taken. */
void gst_p2p_direct_channel_discard (GstP2pDirectChannel *channel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pDirectChannel, gst_p2p_direct_channel_unref)

G_END_DECLS
