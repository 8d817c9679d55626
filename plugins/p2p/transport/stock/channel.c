/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * channel: see channel.h.
 */
#include "plugins/p2p/transport/stock/channel.h"

#include <gst/sctp/sctpreceivemeta.h>
#include <gst/sctp/sctpsendmeta.h>

#include "gst/p2p/base/error.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/base/messagepad.h"
#include "plugins/p2p/base/owner.h"
#include "plugins/p2p/transport/limits.h"

#define GST_CAT_DEFAULT gst_p2p_stock_debug

/* The most messages in one push, so that the receive window opens in steps. */
#define MAX_LIST 64

/* What comes from the peer. */
typedef enum
{
  COMING,
  ENDED,  /* EOS follows what is there */
  DRAINED /* EOS is being pushed, or was */
} Receiving;

struct _GstP2pStockChannel
{
  GstElement parent;

  /* const */
  guint16 stream;
  const GstP2pStockChannelFuncs *funcs;
  gpointer owner;
  GstPad *sink;
  GstPad *out;
  GstPad *in;
  GstPad *src;

  GMutex lock;
  GCond cond; /* for the src pad's task */
  /* lock */
  GstP2pChannelConfig *config; /* NULL: not open */
  gboolean acknowledged;
  GstSctpSendMetaPartiallyReliability reliability;
  guint32 value;
  gsize max_size;
  GQueue dcep_out; /* GBytes */
  gboolean closed; /* outgoing */
  GQueue queue;    /* GstBuffer */
  guint n_early;   /* of those, that came before the channel was open */
  guint n_dcep_in;
  Receiving receiving;
  gboolean closed_by_peer; /* when ENDED */
  gboolean active;
  gboolean discarding;
  gboolean flushing;

  /* const once active */
  gconstpointer served; /* the owner that the task of @src works for */

  /* task of @src */
  gboolean has_begun; /* stream-start and segment were pushed */
};

G_DEFINE_FINAL_TYPE (GstP2pStockChannel, gst_p2p_stock_channel, GST_TYPE_ELEMENT)

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate out_template
    = GST_STATIC_PAD_TEMPLATE ("out", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate in_template
    = GST_STATIC_PAD_TEMPLATE ("in", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static gsize
message_cost (GstBuffer *message)
{
  return gst_buffer_get_size (message) + GST_P2P_MESSAGE_OVERHEAD;
}

/* --- outgoing --- */

/* Called with the stream lock of @sink, which keeps DCEP messages and data in order. */
static GstFlowReturn
push_dcep (GstP2pStockChannel *self)
{
  GstFlowReturn ret = GST_FLOW_OK;
  GBytes *message;

  while (ret == GST_FLOW_OK)
    {
      GstBuffer *buffer;

      g_mutex_lock (&self->lock);
      message = g_queue_pop_head (&self->dcep_out);
      g_mutex_unlock (&self->lock);
      if (!message)
        break;
      buffer = gst_buffer_new_wrapped_bytes (message);
      g_bytes_unref (message);
      gst_sctp_buffer_add_send_meta (buffer, GST_P2P_PPID_DCEP, TRUE,
                                     GST_SCTP_SEND_META_PARTIAL_RELIABILITY_NONE, 0);
      ret = gst_pad_push (self->out, buffer);
    }
  return ret;
}

/* SCTP has no empty messages: one byte, and an identifier that says so (RFC 8831 section 6.6). */
static GstBuffer *
new_empty_message (void)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 1, NULL);

  gst_buffer_memset (buffer, 0, 0, 1);
  return buffer;
}

static GstBuffer *
prepare_message (GstP2pStockChannel *self, GstBuffer *message)
{
  gboolean empty = gst_buffer_get_size (message) == 0;
  gboolean certain = GST_BUFFER_FLAG_IS_SET (message, GST_BUFFER_FLAG_NON_DROPPABLE);
  gboolean partial = GST_BUFFER_FLAG_IS_SET (message, GST_P2P_MESSAGE_FLAG_PARTIAL);
  guint32 ppid = empty     ? GST_P2P_PPID_BINARY_EMPTY
                 : partial ? GST_P2P_PPID_BINARY_PARTIAL
                           : GST_P2P_PPID_BINARY;
  GstSctpSendMetaPartiallyReliability reliability;
  guint32 value;
  gboolean ordered;

  g_mutex_lock (&self->lock);
  ordered = self->config->ordered;
  reliability = self->reliability;
  value = self->value;
  g_mutex_unlock (&self->lock);

  /* sctpenc's pad was requested with the channel's configuration, so most messages need no meta */
  if (!empty && !partial
      && (!certain || (ordered && reliability == GST_SCTP_SEND_META_PARTIAL_RELIABILITY_NONE)))
    return message;
  if (empty)
    {
      gst_buffer_unref (message);
      message = new_empty_message ();
    }
  else
    {
      message = gst_buffer_make_writable (message);
    }
  gst_sctp_buffer_add_send_meta (
      message, ppid, certain || ordered,
      certain ? GST_SCTP_SEND_META_PARTIAL_RELIABILITY_NONE : reliability, certain ? 0 : value);
  return message;
}

static GstFlowReturn
refuse_large (GstP2pStockChannel *self, GstBuffer *message, gsize max_size)
{
  g_autoptr (GError) error
      = g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                     "a message of %" G_GSIZE_FORMAT " bytes is larger than the %" G_GSIZE_FORMAT
                     " that the peer takes",
                     gst_buffer_get_size (message), max_size);

  gst_buffer_unref (message);
  self->funcs->failed (self->owner, error);
  return GST_FLOW_ERROR;
}

static GstFlowReturn
gst_p2p_stock_channel_chain (GstPad *pad, GstObject *parent, GstBuffer *message)
{
  GstP2pStockChannel *self = GST_P2P_STOCK_CHANNEL (parent);
  GstFlowReturn ret;
  gboolean closed;
  gsize max_size;

  g_mutex_lock (&self->lock);
  closed = self->closed || !self->config;
  max_size = self->max_size;
  g_mutex_unlock (&self->lock);
  if (closed)
    {
      gst_buffer_unref (message);
      return GST_FLOW_EOS;
    }
  if (gst_buffer_get_size (message) > max_size)
    return refuse_large (self, message, max_size);
  ret = push_dcep (self);
  if (ret != GST_FLOW_OK)
    {
      gst_buffer_unref (message);
      return ret;
    }
  ret = gst_pad_push (self->out, prepare_message (self, message));
  /* sctpenc's pad was released during the push */
  return ret == GST_FLOW_NOT_LINKED ? GST_FLOW_FLUSHING : ret;
}

void
gst_p2p_stock_channel_queue_dcep (GstP2pStockChannel *self, GBytes *message)
{
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->dcep_out, g_bytes_ref (message));
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_stock_channel_send_dcep (GstP2pStockChannel *self)
{
  GST_PAD_STREAM_LOCK (self->sink);
  push_dcep (self);
  GST_PAD_STREAM_UNLOCK (self->sink);
}

void
gst_p2p_stock_channel_close (GstP2pStockChannel *self)
{
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_stock_channel_drain (GstP2pStockChannel *self)
{
  gst_p2p_stock_channel_close (self);
  gst_p2p_stock_channel_send_dcep (self);
}

/* --- incoming --- */

static void
take_dcep (GstP2pStockChannel *self, GstBuffer *message)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  GstMapInfo map;
  guint n;

  g_mutex_lock (&self->lock);
  n = self->discarding ? 0 : ++self->n_dcep_in;
  g_mutex_unlock (&self->lock);

  if (n > GST_P2P_MAX_DCEP_MESSAGES)
    {
      g_set_error (&error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "the peer sent more than %d DCEP messages on stream %u",
                   GST_P2P_MAX_DCEP_MESSAGES, self->stream);
      self->funcs->failed (self->owner, error);
    }
  else if (n > 0 && gst_buffer_map (message, &map, GST_MAP_READ))
    {
      bytes = g_bytes_new (map.data, map.size);
      gst_buffer_unmap (message, &map);
      self->funcs->dcep (self->owner, self, bytes);
    }
  gst_buffer_unref (message);
  self->funcs->came (self->owner, self->stream, FALSE, 0);
}

static void
take_data (GstP2pStockChannel *self, GstBuffer *message)
{
  gsize cost = message_cost (message);
  gboolean unclaimed = FALSE, acknowledged;

  g_mutex_lock (&self->lock);
  acknowledged = self->acknowledged;
  if (self->discarding || self->receiving != COMING || self->flushing)
    {
      g_clear_pointer (&message, gst_buffer_unref);
      cost = 0;
    }
  else
    {
      unclaimed = !self->config;
      message = gst_buffer_make_writable (message);
      gst_p2p_message_set_arrival (message);
      self->n_early += unclaimed;
      g_queue_push_tail (&self->queue, message);
      if (self->queue.length == 1)
        g_cond_signal (&self->cond);
    }
  g_mutex_unlock (&self->lock);

  self->funcs->came (self->owner, self->stream, acknowledged, cost);
  if (unclaimed)
    self->funcs->data (self->owner, self);
}

static GstFlowReturn
gst_p2p_stock_channel_chain_in (GstPad *pad, GstObject *parent, GstBuffer *message)
{
  GstP2pStockChannel *self = GST_P2P_STOCK_CHANNEL (parent);
  GstSctpReceiveMeta *meta = gst_sctp_buffer_get_receive_meta (message);
  guint32 ppid = meta ? meta->ppid : GST_P2P_PPID_BINARY;

  if (ppid == GST_P2P_PPID_DCEP)
    {
      take_dcep (self, message);
    }
  else if (ppid == GST_P2P_PPID_STRING_EMPTY || ppid == GST_P2P_PPID_BINARY_EMPTY)
    {
      gst_buffer_unref (message);
      take_data (self, gst_buffer_new ());
    }
  else
    {
      if (ppid == GST_P2P_PPID_BINARY_PARTIAL || ppid == GST_P2P_PPID_STRING_PARTIAL)
        {
          message = gst_buffer_make_writable (message);
          GST_BUFFER_FLAG_SET (message, GST_P2P_MESSAGE_FLAG_PARTIAL);
        }
      take_data (self, message);
    }
  return GST_FLOW_OK;
}

static GstFlowReturn
push_messages (GstP2pStockChannel *self, GstBuffer **messages, guint n)
{
  GstBufferList *list;
  guint i;

  if (n == 1)
    return gst_pad_push (self->src, messages[0]);
  list = gst_buffer_list_new_sized (n);
  for (i = 0; i < n; i++)
    gst_buffer_list_add (list, messages[i]);
  return gst_pad_push_list (self->src, list);
}

/* What came before the channel was open counted as of a channel without acknowledgements. */
static GstBuffer *
pop_locked (GstP2pStockChannel *self)
{
  if (self->n_early > 0)
    self->n_early--;
  return g_queue_pop_head (&self->queue);
}

/* Waits for something to push. Returns how many messages were taken, all of which counted alike; 0:
 * the end, or flushing. */
static guint
take_messages (GstP2pStockChannel *self, GstBuffer **messages, gboolean *acknowledged,
               gboolean *flushing)
{
  gboolean early;
  guint n = 0;

  g_mutex_lock (&self->lock);
  while (!self->flushing && self->queue.length == 0 && self->receiving != ENDED)
    g_cond_wait (&self->cond, &self->lock);
  *flushing = self->flushing;
  early = self->n_early > 0;
  *acknowledged = self->acknowledged && !early;
  while (!self->flushing && n < MAX_LIST && self->queue.length > 0 && early == (self->n_early > 0))
    messages[n++] = pop_locked (self);
  if (!self->flushing && n == 0)
    self->receiving = DRAINED;
  g_mutex_unlock (&self->lock);
  return n;
}

static void
push_eos (GstP2pStockChannel *self)
{
  gboolean closed;

  g_mutex_lock (&self->lock);
  closed = self->closed_by_peer;
  g_mutex_unlock (&self->lock);
  gst_pad_push_event (self->src, gst_p2p_message_eos_new (closed));
}

static void
deliver (GstP2pStockChannel *self, GstBuffer **messages, guint n, gboolean acknowledged)
{
  GstFlowReturn ret;
  gsize cost = 0;
  guint i;

  if (!self->has_begun)
    gst_p2p_message_pad_begin (self->src);
  self->has_begun = TRUE;
  if (n == 0)
    {
      push_eos (self);
      self->funcs->finished (self->owner, self);
      return;
    }
  for (i = 0; i < n; i++)
    cost += message_cost (messages[i]);
  ret = push_messages (self, messages, n);
  self->funcs->gone (self->owner, acknowledged, cost);
  if (ret == GST_FLOW_OK)
    return;
  /* downstream wants no more; what comes must still be taken, so that other channels go on */
  GST_INFO_OBJECT (self, "downstream returned %s", gst_flow_get_name (ret));
  if (ret != GST_FLOW_FLUSHING)
    gst_p2p_stock_channel_discard (self);
}

static void
gst_p2p_stock_channel_loop (gpointer data)
{
  GstP2pStockChannel *self = data;
  GstBuffer *messages[MAX_LIST];
  GstP2pOwnerMark mark;
  gboolean acknowledged, flushing;
  guint n;

  n = take_messages (self, messages, &acknowledged, &flushing);
  if (flushing)
    {
      gst_pad_pause_task (self->src);
      return;
    }
  gst_p2p_owner_enter (&mark, self->served);
  deliver (self, messages, n, acknowledged);
  gst_p2p_owner_leave (&mark);
}

void
gst_p2p_stock_channel_end (GstP2pStockChannel *self, gboolean closed)
{
  g_mutex_lock (&self->lock);
  if (self->receiving == COMING)
    {
      self->receiving = ENDED;
      self->closed_by_peer = closed;
    }
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_stock_channel_discard (GstP2pStockChannel *self)
{
  gboolean acknowledged;
  GstBuffer *message;
  gsize costs[] = { 0, 0 };

  g_mutex_lock (&self->lock);
  self->discarding = TRUE;
  while (self->queue.length > 0)
    {
      acknowledged = self->acknowledged && self->n_early == 0;
      message = pop_locked (self);
      costs[acknowledged] += message_cost (message);
      gst_buffer_unref (message);
    }
  g_mutex_unlock (&self->lock);

  for (acknowledged = FALSE; acknowledged <= TRUE; acknowledged++)
    if (costs[acknowledged] > 0)
      self->funcs->gone (self->owner, acknowledged, costs[acknowledged]);
}

/* --- the application --- */

void
gst_p2p_stock_channel_open (GstP2pStockChannel *self, const GstP2pChannelConfig *config,
                            guint32 value, gsize max_size)
{
  static const GstSctpSendMetaPartiallyReliability reliabilities[] = {
    [GST_P2P_RELIABILITY_RELIABLE] = GST_SCTP_SEND_META_PARTIAL_RELIABILITY_NONE,
    [GST_P2P_RELIABILITY_MAX_RETRANSMITS] = GST_SCTP_SEND_META_PARTIAL_RELIABILITY_RTX,
    [GST_P2P_RELIABILITY_MAX_PACKET_LIFETIME] = GST_SCTP_SEND_META_PARTIAL_RELIABILITY_TTL,
  };

  g_mutex_lock (&self->lock);
  self->config = gst_p2p_channel_config_copy (config);
  self->acknowledged = gst_p2p_channel_config_is_acknowledged (config);
  self->reliability = reliabilities[config->reliability];
  self->value = value;
  self->max_size = max_size;
  g_mutex_unlock (&self->lock);
}

gboolean
gst_p2p_stock_channel_is_open (GstP2pStockChannel *self)
{
  gboolean open;

  g_mutex_lock (&self->lock);
  open = self->config != NULL;
  g_mutex_unlock (&self->lock);
  return open;
}

/* Starts the task and its thread only now, so that a peer cannot make threads by streams that the
 * application did not open. */
void
gst_p2p_stock_channel_set_active (GstP2pStockChannel *self)
{
  gboolean start;

  self->served = gst_p2p_owner_find (self);
  g_mutex_lock (&self->lock);
  self->active = TRUE;
  start = !self->flushing;
  g_mutex_unlock (&self->lock);
  if (start)
    gst_pad_start_task (self->src, gst_p2p_stock_channel_loop, self, NULL);
}

guint16
gst_p2p_stock_channel_get_stream (GstP2pStockChannel *self)
{
  return self->stream;
}

/* --- the element --- */

static gboolean
gst_p2p_stock_channel_activate_src (GstPad *pad, GstObject *parent, GstPadMode mode,
                                    gboolean activate)
{
  GstP2pStockChannel *self = GST_P2P_STOCK_CHANNEL (parent);
  gboolean active;

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  g_mutex_lock (&self->lock);
  self->flushing = !activate;
  active = self->active;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  if (!activate)
    return gst_pad_stop_task (pad);
  return !active || gst_pad_start_task (pad, gst_p2p_stock_channel_loop, self, NULL);
}

static void
gst_p2p_stock_channel_finalize (GObject *object)
{
  GstP2pStockChannel *self = GST_P2P_STOCK_CHANNEL (object);

  g_queue_clear_full (&self->queue, (GDestroyNotify)gst_buffer_unref);
  g_queue_clear_full (&self->dcep_out, (GDestroyNotify)g_bytes_unref);
  g_clear_pointer (&self->config, gst_p2p_channel_config_free);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_p2p_stock_channel_parent_class)->finalize (object);
}

static void
gst_p2p_stock_channel_class_init (GstP2pStockChannelClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_p2p_stock_channel_finalize;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &out_template);
  gst_element_class_add_static_pad_template (element_class, &in_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Stock transport's channel", "Generic",
                                         "Messages of one SCTP stream", "gst-p2p");
}

static GstPad *
add_pad (GstP2pStockChannel *self, GstStaticPadTemplate *template)
{
  GstPad *pad = gst_pad_new_from_static_template (template, template->name_template);

  gst_pad_set_event_function (pad, gst_p2p_message_pad_event);
  gst_pad_set_query_function (pad, gst_p2p_message_pad_query);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

static void
gst_p2p_stock_channel_init (GstP2pStockChannel *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->queue);
  g_queue_init (&self->dcep_out);
  self->flushing = TRUE;

  self->sink = add_pad (self, &sink_template);
  gst_pad_set_chain_function (self->sink, gst_p2p_stock_channel_chain);
  self->out = add_pad (self, &out_template);
  self->in = add_pad (self, &in_template);
  gst_pad_set_chain_function (self->in, gst_p2p_stock_channel_chain_in);
  self->src = add_pad (self, &src_template);
  gst_pad_set_activatemode_function (self->src, gst_p2p_stock_channel_activate_src);
}

GstP2pStockChannel *
gst_p2p_stock_channel_new (const gchar *prefix, guint16 stream,
                           const GstP2pStockChannelFuncs *funcs, gpointer owner)
{
  static gint last; /* the last channel of this stream may still be in the bin */
  g_autofree gchar *name
      = g_strdup_printf ("%s-channel-%u-%d", prefix, stream, g_atomic_int_add (&last, 1));
  GstP2pStockChannel *self = g_object_new (GST_TYPE_P2P_STOCK_CHANNEL, "name", name, NULL);
  GstEvent *start, *begin;
  GstSegment segment;

  self->stream = stream;
  self->funcs = funcs;
  self->owner = owner;

  /* GStreamer wants these before data; sctpenc makes its own */
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_set_active (self->out, TRUE);
  start = gst_event_new_stream_start (name);
  gst_pad_store_sticky_event (self->out, start);
  gst_event_unref (start);
  begin = gst_event_new_segment (&segment);
  gst_pad_store_sticky_event (self->out, begin);
  gst_event_unref (begin);
  return self;
}
