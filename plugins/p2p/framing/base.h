/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * framebase: what p2pframepay and p2pframedepay have in common: quiet pads for messages, what is
 * agreed with the remote, counters, and when their work begins and ends.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_P2P_FRAME_BASE (gst_p2p_frame_base_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstP2pFrameBase, gst_p2p_frame_base, GST, P2P_FRAME_BASE, GstElement)

/**
 * GstP2pFrameAgreement:
 * @raw: one buffer is one message; else objects travel (gst/p2p/frame/frame.h)
 * @unreliable: the channel may lose or reorder messages
 * @max_message_size: bytes of a message that the remote takes
 *
 * What both ends of a channel hold to. The properties of these names; fixed in PAUSED and PLAYING.
 */
typedef struct
{
  gboolean raw;
  gboolean unreliable;
  guint max_message_size;
} GstP2pFrameAgreement;

/**
 * GstP2pFrameBaseClass:
 * @start: READY → PAUSED, before the pads are active; @agreement holds until @stop
 * @interrupt: PAUSED → READY, while the pads are active still: whoever waits must return soon
 * @stop: the pads are inactive; also after a failed READY → PAUSED
 *
 * All by the thread that changes the state.
 */
struct _GstP2pFrameBaseClass
{
  GstElementClass parent_class;

  void (*start) (GstP2pFrameBase *self, const GstP2pFrameAgreement *agreement);
  void (*interrupt) (GstP2pFrameBase *self);
  void (*stop) (GstP2pFrameBase *self);
};

/* In instance init: a pad of the class's template @name, through which no event and no query
 * passes (quietpad.h) until the caller sets functions of its own. Returns: borrowed. */
GstPad *gst_p2p_frame_base_add_pad (GstP2pFrameBase *self, const gchar *name);

/* Streaming threads: an object of @size bytes passed; a buffer was dropped. */
void gst_p2p_frame_base_count_object (GstP2pFrameBase *self, gsize size);
void gst_p2p_frame_base_count_dropped (GstP2pFrameBase *self);
/* Any thread: a structure @name of objects, bytes and dropped (all u64) since the start. */
GstStructure *gst_p2p_frame_base_get_stats (GstP2pFrameBase *self, const gchar *name);

/* Streaming thread of the sink pad: whether a keyframe may be requested now. TRUE at most once a
 * second, and counts as the request. */
gboolean gst_p2p_frame_base_may_request_key_unit (GstP2pFrameBase *self);

G_END_DECLS
