/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outlet: objects and raw messages on their way out of a payloader: what goes before others, what
 * is counted, and waiting for room.
 *
 * Embed it. For the streaming thread of the payloader's sink pad, and state changes while that is
 * stopped; the window is for any thread.
 */
#pragma once

#include "gst/p2p/frame/frame.h"
#include "plugins/p2p/framing/base.h"
#include "plugins/p2p/framing/sendertime.h"
#include "plugins/p2p/framing/sendwindow.h"

G_BEGIN_DECLS

typedef struct
{
  GstP2pFramingSendWindow *window;
  GstP2pFramingSenderTime time;

  /* The rest is its own. */
  GstP2pFramingBase *base; /* borrowed, as is the pad */
  GstPad *src;
  GstP2pFramingAgreement agreement;
  GBytes *hello; /* to be sent, or NULL */
  guint16 epoch;
  gboolean started;
  gboolean flushed; /* and the receiver is to be told, before anything else */
  gboolean reset_time;
} GstP2pFramingOutlet;

void gst_p2p_framing_outlet_init (GstP2pFramingOutlet *self, GstP2pFramingBase *base, GstPad *src);
void gst_p2p_framing_outlet_clear (GstP2pFramingOutlet *self);
/* @origin: see gst_p2p_framing_sender_time_start(). @hello: (transfer full) (nullable): of the
 * first object, if any */
void
gst_p2p_framing_outlet_start (GstP2pFramingOutlet *self, const GstP2pFramingAgreement *agreement,
                              GstP2pFramingOrigin *origin, gchar *hello);
void gst_p2p_framing_outlet_stop (GstP2pFramingOutlet *self);

/* Waits until an object of @size bytes may be in flight beside others, @most in all. */
GstFlowReturn gst_p2p_framing_outlet_wait (GstP2pFramingOutlet *self, gsize size, guint most);
gboolean gst_p2p_framing_outlet_has_room (GstP2pFramingOutlet *self, gsize size, guint most);

/* Sends @prefix_size bytes of @prefix and @data (transfer none) as one object; CAPS begin an
 * epoch. */
GstFlowReturn
gst_p2p_framing_outlet_send (GstP2pFramingOutlet *self, guint8 kind, const guint8 *prefix,
                             gsize prefix_size, GstBuffer *data);
/* Sends @buffer in raw messages. @marked: see gst_p2p_framing_raw_cut() */
GstFlowReturn gst_p2p_framing_outlet_send_raw (GstP2pFramingOutlet *self, GstBuffer *buffer,
                                               guint most, gboolean marked);

/* The stream was flushed: the receiver is told before anything else is sent. Not on the streaming
 * thread, which is stopped, so that this waits for nothing. */
void gst_p2p_framing_outlet_flush (GstP2pFramingOutlet *self, GstEvent *flush_stop);

G_END_DECLS
