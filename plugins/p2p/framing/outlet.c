/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outlet: see outlet.h.
 */
#include "plugins/p2p/framing/outlet.h"

#include <string.h>

#include "plugins/p2p/base/log.h"
#include "plugins/p2p/base/messagepad.h"
#include "plugins/p2p/framing/raw.h"

#define GST_CAT_DEFAULT gst_p2p_pay_debug

/* On an unreliable channel the last objects or their ACK may be lost: a probe goes out after this
 * time. */
#define PROBE_INTERVAL_US (G_USEC_PER_SEC / 2)

/* --- life --- */

void
gst_p2p_framing_outlet_init (GstP2pFramingOutlet *self, GstP2pFramingBase *base, GstPad *src)
{
  self->base = base;
  self->src = src;
  self->window = gst_p2p_framing_send_window_new ();
}

void
gst_p2p_framing_outlet_clear (GstP2pFramingOutlet *self)
{
  gst_p2p_framing_outlet_stop (self);
  g_clear_pointer (&self->window, gst_p2p_framing_send_window_free);
}

void
gst_p2p_framing_outlet_start (GstP2pFramingOutlet *self, const GstP2pFramingAgreement *agreement,
                              GstP2pFramingOrigin *origin, gchar *hello)
{
  gst_p2p_framing_outlet_stop (self);
  self->agreement = *agreement;
  self->hello = hello ? g_bytes_new_take (hello, strlen (hello)) : NULL;
  self->epoch = 0;
  self->started = self->flushed = FALSE;
  gst_p2p_framing_sender_time_start (&self->time, origin);
  gst_p2p_framing_send_window_reset (self->window);
}

void
gst_p2p_framing_outlet_stop (GstP2pFramingOutlet *self)
{
  gst_p2p_framing_sender_time_stop (&self->time);
  g_clear_pointer (&self->hello, g_bytes_unref);
}

/* --- messages --- */

/* Pushes @list, or @message if there is no list; takes either. The transport wants a stream-start
 * and a segment before data, as every element does. */
static GstFlowReturn
push_messages (GstP2pFramingOutlet *self, GstBuffer *message, GstBufferList *list)
{
  if (!self->started)
    gst_p2p_message_pad_begin (self->src);
  self->started = TRUE;
  return list ? gst_pad_push_list (self->src, list) : gst_pad_push (self->src, message);
}

/* Counts the object before it is pushed: its ACK may be faster than the push's return. */
static GstFlowReturn
push_object (GstP2pFramingOutlet *self, guint8 kind, const guint8 *prefix, gsize prefix_size,
             GstBuffer *data)
{
  GstP2pFrameHeader header = { .kind = kind, .epoch = self->epoch };
  gsize size = prefix_size + (data ? gst_buffer_get_size (data) : 0);
  GstP2pSendMark mark = kind == GST_P2P_FRAME_EOS     ? GST_P2P_SEND_EOS
                        : kind == GST_P2P_FRAME_PROBE ? GST_P2P_SEND_PROBE
                                                      : GST_P2P_SEND_PLAIN;
  GstBufferList *list;
  GstBuffer *message;

  header.seq = gst_p2p_framing_send_window_add (self->window, GST_P2P_FRAME_OVERHEAD + size, mark);
  gst_p2p_framing_base_count_object (self->base, size);
  message = gst_p2p_frame_split (&header, prefix, prefix_size, data,
                                 MIN (self->agreement.max_message_size, GST_P2P_FRAME_MAX_MESSAGE),
                                 &list);
  GST_LOG_OBJECT (self->base, "%s object %u of %" G_GSIZE_FORMAT " bytes",
                  gst_p2p_frame_kind_get_name (kind), header.seq, size);
  return push_messages (self, message, list);
}

/* What the stream is, before anything else. */
static GstFlowReturn
send_hello (GstP2pFramingOutlet *self)
{
  g_autoptr (GBytes) hello = g_steal_pointer (&self->hello);
  g_autoptr (GstBuffer) object = gst_buffer_new_wrapped_bytes (hello);

  return push_object (self, GST_P2P_FRAME_HELLO, NULL, 0, object);
}

static GstFlowReturn
send_flush (GstP2pFramingOutlet *self)
{
  GstP2pFrameFlush flush = { .reset_time = self->reset_time };
  guint8 object[GST_P2P_FRAME_FLUSH_SIZE];
  gint64 sent;

  self->flushed = self->reset_time = FALSE;
  gst_p2p_framing_sender_time_stamp (&self->time, GST_ELEMENT (self->base), &sent, &flush.timeline);
  gst_p2p_frame_flush_write (&flush, object);
  return push_object (self, GST_P2P_FRAME_FLUSH, object, sizeof object, NULL);
}

GstFlowReturn
gst_p2p_framing_outlet_send (GstP2pFramingOutlet *self, guint8 kind, const guint8 *prefix,
                             gsize prefix_size, GstBuffer *data)
{
  GstFlowReturn flow = self->hello ? send_hello (self) : GST_FLOW_OK;

  if (flow == GST_FLOW_OK && self->flushed)
    flow = send_flush (self);
  if (kind == GST_P2P_FRAME_CAPS)
    self->epoch++;
  return flow == GST_FLOW_OK ? push_object (self, kind, prefix, prefix_size, data) : flow;
}

/* --- room --- */

gboolean
gst_p2p_framing_outlet_has_room (GstP2pFramingOutlet *self, gsize size, guint most)
{
  return gst_p2p_framing_send_window_has_room (self->window, GST_P2P_FRAME_OVERHEAD + size, most);
}

GstFlowReturn
gst_p2p_framing_outlet_wait (GstP2pFramingOutlet *self, gsize size, guint most)
{
  gint64 stall_us = self->agreement.unreliable ? PROBE_INTERVAL_US : -1;
  GstP2pFramingSendWindowState state;

  while ((state = gst_p2p_framing_send_window_wait (self->window, GST_P2P_FRAME_OVERHEAD + size,
                                                    most, stall_us))
         == GST_P2P_FRAMING_SEND_WINDOW_STALLED)
    {
      GstFlowReturn flow = gst_p2p_framing_outlet_send (self, GST_P2P_FRAME_PROBE, NULL, 0, NULL);

      if (flow != GST_FLOW_OK)
        return flow;
    }
  return state == GST_P2P_FRAMING_SEND_WINDOW_OPEN ? GST_FLOW_OK : GST_FLOW_FLUSHING;
}

GstFlowReturn
gst_p2p_framing_outlet_send_raw (GstP2pFramingOutlet *self, GstBuffer *buffer, guint most,
                                 gboolean marked)
{
  gsize size = gst_buffer_get_size (buffer), piece = self->agreement.max_message_size;
  guint n = size > piece ? (guint)((size - 1) / piece) + 1 : 1;
  GstFlowReturn flow = GST_FLOW_OK;
  GstBufferList *list;
  GstBuffer *message;

  if (self->agreement.acknowledged)
    flow = gst_p2p_framing_outlet_wait (self, size + (n - 1) * GST_P2P_FRAME_OVERHEAD, most);
  if (flow != GST_FLOW_OK)
    return flow;
  for (guint i = 0; self->agreement.acknowledged && i < n; i++)
    gst_p2p_framing_send_window_add (
        self->window, GST_P2P_FRAME_OVERHEAD + MIN (size - i * piece, piece), GST_P2P_SEND_PLAIN);
  message = gst_p2p_framing_raw_cut (buffer, piece, marked, &list);
  gst_p2p_framing_base_count_object (self->base, size);
  return push_messages (self, message, list);
}

void
gst_p2p_framing_outlet_flush (GstP2pFramingOutlet *self, GstEvent *flush_stop)
{
  gboolean reset_time;

  gst_event_parse_flush_stop (flush_stop, &reset_time);
  if (reset_time)
    gst_p2p_framing_origin_take_flush (self->time.origin, flush_stop);
  self->reset_time |= reset_time;
  self->flushed = !self->agreement.raw && self->started;
}
