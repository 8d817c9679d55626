/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gate: see gate.h.
 *
 * The sink pad's stream lock serialises the packets, and open() and close() take it.
 */
#include "plugins/p2p/transport/stock/packets/gate.h"

#include "plugins/p2p/base/earlypackets.h"
#include "plugins/p2p/base/log.h"

#define GST_CAT_DEFAULT gst_p2p_stock_debug

typedef enum
{
  GATE_NEW,
  GATE_OPEN,
  GATE_CLOSED
} GateState;

struct _GstP2pStockGate
{
  GstElement parent;

  /* const */
  GstPad *sink;
  GstPad *src;
  GstP2pStockGateFunc func;
  gpointer user_data;

  /* stream lock of @sink */
  GateState state;
  GstP2pEarlyPackets kept; /* GstBuffer; while NEW */
};

G_DEFINE_FINAL_TYPE (GstP2pStockGate, gst_p2p_stock_gate, GST_TYPE_ELEMENT)

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static void
forward (GstP2pStockGate *self, GstBuffer *packet)
{
  GstFlowReturn ret;

  if (self->state != GATE_OPEN)
    {
      gst_buffer_unref (packet);
      return;
    }
  ret = gst_pad_push (self->src, packet);
  if (ret != GST_FLOW_OK)
    GST_DEBUG_OBJECT (self, "downstream returned %s", gst_flow_get_name (ret));
}

static void
examine (GstP2pStockGate *self, GstBuffer *packet)
{
  packet = self->func (self, packet, self->user_data);
  if (packet)
    forward (self, packet);
}

static GstFlowReturn
gst_p2p_stock_gate_chain (GstPad *pad, GstObject *parent, GstBuffer *packet)
{
  GstP2pStockGate *self = GST_P2P_STOCK_GATE (parent);

  if (self->state == GATE_OPEN)
    examine (self, packet);
  else if (self->state == GATE_NEW)
    gst_p2p_early_packets_push (&self->kept, packet);
  else
    gst_buffer_unref (packet);
  return GST_FLOW_OK;
}

static gboolean
gst_p2p_stock_gate_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  switch (GST_EVENT_TYPE (event))
    {
    case GST_EVENT_EOS:
    case GST_EVENT_FLUSH_START:
    case GST_EVENT_FLUSH_STOP:
      gst_event_unref (event);
      return TRUE;
    default:
      return gst_pad_event_default (pad, parent, event);
    }
}

/* nicesrc and sctpenc must not be told to flush or to start again. */
static gboolean
gst_p2p_stock_gate_src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return TRUE;
}

void
gst_p2p_stock_gate_open (GstP2pStockGate *self)
{
  GstBuffer *packet;

  GST_PAD_STREAM_LOCK (self->sink);
  if (self->state == GATE_NEW)
    {
      self->state = GATE_OPEN;
      while ((packet = gst_p2p_early_packets_pop (&self->kept)))
        examine (self, packet);
    }
  GST_PAD_STREAM_UNLOCK (self->sink);
}

void
gst_p2p_stock_gate_close (GstP2pStockGate *self)
{
  GST_PAD_STREAM_LOCK (self->sink);
  self->state = GATE_CLOSED;
  gst_p2p_early_packets_clear (&self->kept);
  GST_PAD_STREAM_UNLOCK (self->sink);
}

void
gst_p2p_stock_gate_push (GstP2pStockGate *self, GstBuffer *packet)
{
  GST_PAD_STREAM_LOCK (self->sink);
  forward (self, packet);
  GST_PAD_STREAM_UNLOCK (self->sink);
}

void
gst_p2p_stock_gate_finish (GstP2pStockGate *self)
{
  GST_PAD_STREAM_LOCK (self->sink);
  if (self->state == GATE_OPEN)
    gst_pad_push_event (self->src, gst_event_new_eos ());
  self->state = GATE_CLOSED;
  GST_PAD_STREAM_UNLOCK (self->sink);
}

static void
gst_p2p_stock_gate_finalize (GObject *object)
{
  gst_p2p_early_packets_clear (&GST_P2P_STOCK_GATE (object)->kept);
  G_OBJECT_CLASS (gst_p2p_stock_gate_parent_class)->finalize (object);
}

static void
gst_p2p_stock_gate_class_init (GstP2pStockGateClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_p2p_stock_gate_finalize;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Stock transport's gate", "Generic",
                                         "Looks at the packets between two elements", "gst-p2p");
}

static void
gst_p2p_stock_gate_init (GstP2pStockGate *self)
{
  self->sink = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sink, gst_p2p_stock_gate_chain);
  gst_pad_set_event_function (self->sink, gst_p2p_stock_gate_sink_event);
  gst_element_add_pad (GST_ELEMENT (self), self->sink);

  self->src = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_event_function (self->src, gst_p2p_stock_gate_src_event);
  gst_element_add_pad (GST_ELEMENT (self), self->src);
}

GstElement *
gst_p2p_stock_gate_new (gpointer owner, const gchar *name, guint max_kept, GstP2pStockGateFunc func,
                        gpointer user_data)
{
  g_autofree gchar *full_name = g_strdup_printf ("%s-%s", GST_OBJECT_NAME (owner), name);
  GstP2pStockGate *self = g_object_new (GST_TYPE_P2P_STOCK_GATE, "name", full_name, NULL);

  gst_p2p_early_packets_init (&self->kept, max_kept, (GDestroyNotify)gst_buffer_unref);
  self->func = func;
  self->user_data = user_data;
  return GST_ELEMENT (self);
}
