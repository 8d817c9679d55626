/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * base: what p2pframepay and p2pframedepay have in common: message pads for messages, what is
 * agreed with the remote, counters, and when their work begins and ends.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_P2P_FRAMING_BASE (gst_p2p_framing_base_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstP2pFramingBase, gst_p2p_framing_base, GST, P2P_FRAMING_BASE,
                          GstElement)

/**
 * GstP2pFramingAgreement:
 * @raw: one buffer is one message; else objects travel (gst/p2p/frame/frame.h)
 * @acknowledged: the receiver acknowledges what it has taken; always TRUE unless @raw
 * @unreliable: the channel may lose or reorder messages
 * @max_message_size: bytes of a message that the remote takes
 *
 * What both ends of a channel hold to. The properties of these names; fixed in PAUSED and PLAYING.
 */
typedef struct
{
  gboolean raw;
  gboolean acknowledged;
  gboolean unreliable;
  guint max_message_size;
} GstP2pFramingAgreement;

/**
 * GstP2pFramingBaseClass:
 * @start: READY → PAUSED, before the pads are active; @agreement holds until @stop
 * @interrupt: PAUSED → READY, while the pads are active still: whoever waits must return soon
 * @stop: the pads are inactive; also after a failed READY → PAUSED
 *
 * All are called by the thread that changes the state.
 */
struct _GstP2pFramingBaseClass
{
  GstElementClass parent_class;

  void (*start) (GstP2pFramingBase *self, const GstP2pFramingAgreement *agreement);
  void (*interrupt) (GstP2pFramingBase *self);
  void (*stop) (GstP2pFramingBase *self);
};

/* Called in instance init: adds a pad of the class's template @name, through which no event and no
 * query passes (messagepad.h) until the caller sets functions of its own. Returns it, borrowed. */
GstPad *gst_p2p_framing_base_add_pad (GstP2pFramingBase *self, const gchar *name);

/* Streaming threads: count an object of @size bytes that passed, and a buffer that was dropped. */
void gst_p2p_framing_base_count_object (GstP2pFramingBase *self, gsize size);
void gst_p2p_framing_base_count_dropped (GstP2pFramingBase *self);
/* Any thread: a structure @name of objects, bytes and dropped (all u64) since the start. */
GstStructure *gst_p2p_framing_base_get_stats (GstP2pFramingBase *self, const gchar *name);

/* Streaming thread of the sink pad: whether a keyframe may be requested now. TRUE at most once per
 * second; each TRUE counts as a request. */
gboolean gst_p2p_framing_base_may_request_key_unit (GstP2pFramingBase *self);

G_END_DECLS
