/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * returns: see returns.h.
 */
#include "plugins/p2p/framing/returns.h"

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/base/error.h"
#include "gst/p2p/frame/safetext.h"

void
gst_p2p_framing_returns_start (GstP2pFramingReturns *self, GstP2pFramingSendWindow *window,
                               GstP2pFramingUpstream *upstream)
{
  GstP2pFrameReassemblerConfig config = { .replies = TRUE };

  gst_p2p_framing_returns_clear (self);
  self->window = window;
  self->upstream = upstream;
  self->reassembler = gst_p2p_frame_reassembler_new (&config);
  self->context
      = (GstP2pFramingEventContext){ .new_names = GST_P2P_FRAME_SAFETEXT_NEW_NAMES,
                                     .new_event_names = GST_P2P_FRAME_SAFETEXT_NEW_NAMES };
}

void
gst_p2p_framing_returns_clear (GstP2pFramingReturns *self)
{
  g_clear_pointer (&self->reassembler, gst_p2p_frame_reassembler_free);
  *self = (GstP2pFramingReturns){ 0 };
}

static gboolean
take_ack (GstP2pFramingReturns *self, GstBuffer *object, gboolean *eos, GError **error)
{
  guint8 seq[4] = { 0 };
  gboolean acknowledges_eos;

  gst_buffer_extract (object, 0, seq, sizeof seq);
  if (!gst_p2p_framing_send_window_acknowledge (self->window, gst_p2p_read_u32 (seq),
                                                &acknowledges_eos))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "An acknowledgement of what was never sent");
      return FALSE;
    }
  *eos |= acknowledges_eos;
  return TRUE;
}

static gboolean
take_object (GstP2pFramingReturns *self, const GstP2pFrameObject *object, gboolean *eos,
             GError **error)
{
  GstEvent *event;

  if (object->kind == GST_P2P_FRAME_ACK)
    return take_ack (self, object->payload, eos, error);
  if (!gst_p2p_framing_event_from_object (object, &self->context, &event, error))
    return FALSE;
  if (event)
    gst_p2p_framing_upstream_take (self->upstream, event);
  return TRUE;
}

gboolean
gst_p2p_framing_returns_take (GstP2pFramingReturns *self, GstBuffer *message, gboolean *eos,
                              GError **error)
{
  GstP2pFrameObject object;
  gboolean ok;

  *eos = FALSE;
  if (self->failed)
    return FALSE;
  ok = gst_p2p_frame_reassembler_push (self->reassembler, message, error);
  while (ok && gst_p2p_frame_reassembler_pop (self->reassembler, &object))
    {
      ok = take_object (self, &object, eos, error);
      gst_p2p_frame_object_clear (&object);
    }
  self->failed = !ok;
  return ok;
}
