/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * channel: see channel.h.
 */
#include "plugins/p2p/transport/direct/channel.h"

#include "gst/p2p/base/error.h"

#include "plugins/p2p/base/messagepad.h"
#include "plugins/p2p/base/owner.h"

/* So many messages wait to be sent at most, however small: each costs a GstBuffer. */
#define MAX_QUEUED_MESSAGES 4096

/* What waits to be sent. */
typedef struct
{
  GQueue messages; /* GstBuffer */
  gsize bytes;
  gboolean writer_waits; /* to be woken when half of the queue is free */
} Queue;

/* A DCEP message between two others. */
typedef struct
{
  guint64 after; /* goes when so many messages have been popped */
  GBytes *message;
} DcepMessage;

/* What comes from the peer. */
typedef enum
{
  COMING,
  ENDED,  /* EOS follows what is there */
  DRAINED /* EOS was pushed */
} Receiving;

struct _GstP2pDirectChannel
{
  gatomicrefcount ref_count;

  /* const */
  guint16 stream;
  GstP2pChannelConfig *config;
  GstPad *sink;
  GstPad *src;
  guint32 max_message_size;
  gboolean acknowledged; /* by the application's end of the channel */
  GstP2pBacklog *backlog;
  GstP2pDirectChannelFuncs funcs;
  gpointer user_data;

  /* const once activated */
  gconstpointer served; /* the owner that the task of @src works for */

  GMutex lock;
  GCond room;    /* there is room in the sending queue, or a reason not to wait for it */
  GCond arrived; /* there is a message, or a reason not to wait for one */

  /* lock */
  Queue sending;
  guint64 n_taken;  /* messages, by the sink pad */
  guint64 n_popped; /* or dropped by a flush */
  GQueue dcep;      /* DcepMessage */
  gboolean sink_flushing;
  gboolean closed;
  GQueue received; /* GstBuffer, each in the backlog until it was pushed */
  Receiving receiving;
  gboolean closed_by_peer; /* when ENDED */
  gboolean src_flushing;
  gboolean activated;

  /* src pad's task */
  gboolean has_begun; /* stream-start and segment were pushed */
};

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink_%u", GST_PAD_SINK, GST_PAD_SOMETIMES, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS_ANY);

/* --- queues, all with the lock held --- */

static void
queue_push_locked (Queue *queue, GstBuffer *message)
{
  queue->bytes += gst_buffer_get_size (message);
  g_queue_push_tail (&queue->messages, message);
}

static gboolean
queue_is_full_locked (const Queue *queue)
{
  return queue->bytes >= GST_P2P_DIRECT_QUEUE_SIZE || queue->messages.length >= MAX_QUEUED_MESSAGES;
}

/* Whether the writer waits and should go on now. */
static gboolean
queue_has_room_again_locked (Queue *queue)
{
  gboolean wake = queue->writer_waits && queue->bytes <= GST_P2P_DIRECT_QUEUE_SIZE / 2
                  && queue->messages.length <= MAX_QUEUED_MESSAGES / 2;

  if (wake)
    queue->writer_waits = FALSE;
  return wake;
}

static GstBuffer *
queue_pop_locked (Queue *queue)
{
  GstBuffer *message = g_queue_pop_head (&queue->messages);

  if (message)
    queue->bytes -= gst_buffer_get_size (message);
  return message;
}

static void
queue_clear_locked (Queue *queue)
{
  g_queue_clear_full (&queue->messages, (GDestroyNotify)gst_buffer_unref);
  queue->bytes = 0;
}

static void
dcep_message_free (gpointer data)
{
  DcepMessage *dcep = data;

  g_bytes_unref (dcep->message);
  g_free (dcep);
}

/* --- the sink pad --- */

/* Waits for room; %GST_FLOW_OK: go on. */
static GstFlowReturn
wait_for_room_locked (GstP2pDirectChannel *channel)
{
  while (queue_is_full_locked (&channel->sending) && !channel->sink_flushing && !channel->closed)
    {
      channel->sending.writer_waits = TRUE;
      g_cond_wait (&channel->room, &channel->lock);
    }
  if (channel->sink_flushing)
    return GST_FLOW_FLUSHING;
  return channel->closed ? GST_FLOW_EOS : GST_FLOW_OK;
}

static GstFlowReturn
take_locked (GstP2pDirectChannel *channel, GstBuffer *message, gboolean *was_empty)
{
  GstFlowReturn flow = wait_for_room_locked (channel);

  if (flow != GST_FLOW_OK)
    return flow;
  *was_empty |= g_queue_is_empty (&channel->sending.messages);
  queue_push_locked (&channel->sending, gst_buffer_ref (message));
  channel->n_taken++;
  return GST_FLOW_OK;
}

static gboolean
is_too_large (GstP2pDirectChannel *channel, GstBuffer *message)
{
  gsize size = gst_buffer_get_size (message);
  g_autoptr (GError) error = NULL;

  if (size <= channel->max_message_size)
    return FALSE;
  error = g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                       "a message of %" G_GSIZE_FORMAT " bytes is larger than the %u that the peer "
                       "takes",
                       size, channel->max_message_size);
  channel->funcs.failed (error, channel->user_data);
  return TRUE;
}

static GstFlowReturn
on_chain (GstPad *pad, GstObject *parent, GstBuffer *message)
{
  GstP2pDirectChannel *channel = gst_pad_get_element_private (pad);
  gboolean was_empty = FALSE;
  GstFlowReturn flow = GST_FLOW_ERROR;

  if (!is_too_large (channel, message))
    {
      g_mutex_lock (&channel->lock);
      flow = take_locked (channel, message, &was_empty);
      g_mutex_unlock (&channel->lock);
    }

  gst_buffer_unref (message);
  if (was_empty)
    channel->funcs.wakeup (channel->user_data);
  return flow;
}

static GstFlowReturn
on_chain_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  GstP2pDirectChannel *channel = gst_pad_get_element_private (pad);
  guint n = gst_buffer_list_length (list);
  GstFlowReturn flow = GST_FLOW_OK;

  for (guint i = 0; i < n && flow == GST_FLOW_OK; i++)
    if (is_too_large (channel, gst_buffer_list_get (list, i)))
      flow = GST_FLOW_ERROR;

  /* The I/O thread is woken once for as many messages as fit, and before each wait for room, which
   * it makes by sending them. */
  for (guint i = 0; i < n && flow == GST_FLOW_OK;)
    {
      gboolean was_empty = FALSE;

      g_mutex_lock (&channel->lock);
      do
        flow = take_locked (channel, gst_buffer_list_get (list, i++), &was_empty);
      while (i < n && flow == GST_FLOW_OK && !queue_is_full_locked (&channel->sending));
      g_mutex_unlock (&channel->lock);
      if (was_empty)
        channel->funcs.wakeup (channel->user_data);
    }
  gst_buffer_list_unref (list);
  return flow;
}

static void
set_sink_flushing (GstP2pDirectChannel *channel, gboolean flushing)
{
  g_mutex_lock (&channel->lock);
  channel->sink_flushing = flushing;
  if (flushing)
    {
      queue_clear_locked (&channel->sending);
      channel->n_popped = channel->n_taken;
    }
  g_cond_broadcast (&channel->room);
  g_mutex_unlock (&channel->lock);
}

/* Only messages go to the peer; what other events mean is the business of the framing elements. */
static gboolean
on_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstP2pDirectChannel *channel = gst_pad_get_element_private (pad);

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START)
    set_sink_flushing (channel, TRUE);
  else if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    set_sink_flushing (channel, FALSE);
  return gst_p2p_message_pad_event (pad, parent, event);
}

static gboolean
on_sink_activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  GstP2pDirectChannel *channel = gst_pad_get_element_private (pad);

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  set_sink_flushing (channel, !active);
  return TRUE;
}

/* --- the src pad --- */

static gsize
message_cost (GstBuffer *message)
{
  return gst_buffer_get_size (message) + GST_P2P_MESSAGE_OVERHEAD;
}

/* Messages of @cost bytes do not wait any more. */
static void
take_from_backlog (GstP2pDirectChannel *channel, gsize cost)
{
  if (gst_p2p_backlog_remove (channel->backlog, channel->acknowledged, cost))
    channel->funcs.wakeup (channel->user_data);
}

/* Returns what they cost. */
static gsize
drop_messages (GQueue *messages)
{
  GstBuffer *message;
  gsize cost = 0;

  while ((message = g_queue_pop_head (messages)))
    {
      cost += message_cost (message);
      gst_buffer_unref (message);
    }
  return cost;
}

/* Waits for something to push, and takes all that is there. FALSE: stop; nothing in @batch: EOS. */
static gboolean
wait_for_messages (GstP2pDirectChannel *channel, GQueue *batch)
{
  gboolean active;

  g_queue_init (batch);
  g_mutex_lock (&channel->lock);
  while (!channel->src_flushing
         && (!channel->activated || !gst_pad_is_linked (channel->src)
             || (g_queue_is_empty (&channel->received) && channel->receiving != ENDED)))
    g_cond_wait (&channel->arrived, &channel->lock);
  active = !channel->src_flushing;
  if (active)
    {
      *batch = channel->received;
      g_queue_init (&channel->received);
    }
  g_mutex_unlock (&channel->lock);
  return active;
}

static void
begin (GstP2pDirectChannel *channel)
{
  gst_p2p_message_pad_begin (channel->src);
  channel->has_begun = TRUE;
}

static void
push_eos (GstP2pDirectChannel *channel)
{
  gboolean closed;

  g_mutex_lock (&channel->lock);
  closed = channel->closed_by_peer;
  g_mutex_unlock (&channel->lock);
  gst_pad_push_event (channel->src, gst_p2p_message_eos_new (closed));
  g_mutex_lock (&channel->lock);
  channel->receiving = DRAINED;
  g_mutex_unlock (&channel->lock);
  channel->funcs.wakeup (channel->user_data);
}

static GstFlowReturn
push_messages (GstP2pDirectChannel *channel, GQueue *batch)
{
  GstFlowReturn flow = GST_FLOW_OK;
  GstBuffer *message;

  while (flow != GST_FLOW_FLUSHING && (message = g_queue_pop_head (batch)))
    {
      gsize cost = message_cost (message);

      flow = gst_pad_push (channel->src, message);
      take_from_backlog (channel, cost);
    }
  take_from_backlog (channel, drop_messages (batch));
  return flow;
}

static void
on_task (gpointer user_data)
{
  GstP2pDirectChannel *channel = user_data;
  GstP2pOwnerMark mark;
  GQueue batch;

  if (!wait_for_messages (channel, &batch))
    {
      gst_pad_pause_task (channel->src);
      return;
    }
  gst_p2p_owner_enter (&mark, channel->served);
  if (!channel->has_begun)
    begin (channel);
  if (g_queue_is_empty (&batch))
    push_eos (channel);
  /* Other results do not end the task, since downstream may take later messages again. What it
   * refuses is dropped, so that other channels go on. */
  else if (push_messages (channel, &batch) == GST_FLOW_FLUSHING)
    gst_pad_pause_task (channel->src);
  gst_p2p_owner_leave (&mark);
}

static gboolean
on_src_activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  GstP2pDirectChannel *channel = gst_pad_get_element_private (pad);

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;

  g_mutex_lock (&channel->lock);
  channel->src_flushing = !active;
  g_cond_broadcast (&channel->arrived);
  g_mutex_unlock (&channel->lock);

  return active ? gst_pad_start_task (pad, on_task, channel, NULL) : gst_pad_stop_task (pad);
}

static void
on_src_linked (GstPad *pad, GstPad *peer, gpointer user_data)
{
  GstP2pDirectChannel *channel = user_data;

  g_mutex_lock (&channel->lock);
  g_cond_broadcast (&channel->arrived);
  g_mutex_unlock (&channel->lock);
}

/* --- life --- */

static GstPad *
make_pad (GstStaticPadTemplate *pad_template, const gchar *prefix, guint16 stream)
{
  g_autofree gchar *name = g_strdup_printf ("%s_%u", prefix, stream);

  return gst_object_ref_sink (gst_pad_new_from_static_template (pad_template, name));
}

static void
make_pads (GstP2pDirectChannel *channel)
{
  channel->sink = make_pad (&sink_template, "sink", channel->stream);
  gst_pad_set_element_private (channel->sink, channel);
  gst_pad_set_chain_function (channel->sink, on_chain);
  gst_pad_set_chain_list_function (channel->sink, on_chain_list);
  gst_pad_set_event_function (channel->sink, on_sink_event);
  gst_pad_set_query_function (channel->sink, gst_p2p_message_pad_query);
  gst_pad_set_activatemode_function (channel->sink, on_sink_activate_mode);

  channel->src = make_pad (&src_template, "src", channel->stream);
  gst_pad_set_element_private (channel->src, channel);
  gst_pad_set_event_function (channel->src, gst_p2p_message_pad_event);
  gst_pad_set_query_function (channel->src, gst_p2p_message_pad_query);
  gst_pad_set_activatemode_function (channel->src, on_src_activate_mode);
  g_signal_connect (channel->src, "linked", G_CALLBACK (on_src_linked), channel);
}

GstP2pDirectChannel *
gst_p2p_direct_channel_new (guint16 stream, const GstP2pChannelConfig *config,
                            guint32 max_message_size, GstP2pBacklog *backlog,
                            const GstP2pDirectChannelFuncs *funcs, gpointer user_data)
{
  GstP2pDirectChannel *channel = g_new0 (GstP2pDirectChannel, 1);

  g_atomic_ref_count_init (&channel->ref_count);
  channel->stream = stream;
  channel->config = gst_p2p_channel_config_copy (config);
  channel->max_message_size = max_message_size;
  channel->acknowledged = gst_p2p_channel_config_is_acknowledged (config);
  channel->backlog = gst_p2p_backlog_ref (backlog);
  channel->funcs = *funcs;
  channel->user_data = user_data;
  channel->sink_flushing = TRUE;
  channel->src_flushing = TRUE;
  g_mutex_init (&channel->lock);
  g_cond_init (&channel->room);
  g_cond_init (&channel->arrived);
  g_queue_init (&channel->sending.messages);
  g_queue_init (&channel->received);
  make_pads (channel);
  return channel;
}

GstP2pDirectChannel *
gst_p2p_direct_channel_ref (GstP2pDirectChannel *channel)
{
  g_atomic_ref_count_inc (&channel->ref_count);
  return channel;
}

void
gst_p2p_direct_channel_unref (GstP2pDirectChannel *channel)
{
  if (!g_atomic_ref_count_dec (&channel->ref_count))
    return;

  g_signal_handlers_disconnect_by_data (channel->src, channel);
  gst_object_unref (channel->sink);
  gst_object_unref (channel->src);
  queue_clear_locked (&channel->sending);
  gst_p2p_backlog_remove (channel->backlog, channel->acknowledged,
                          drop_messages (&channel->received));
  gst_p2p_backlog_unref (channel->backlog);
  g_queue_clear_full (&channel->dcep, dcep_message_free);
  g_cond_clear (&channel->room);
  g_cond_clear (&channel->arrived);
  g_mutex_clear (&channel->lock);
  gst_p2p_channel_config_free (channel->config);
  g_free (channel);
}

guint16
gst_p2p_direct_channel_get_stream (GstP2pDirectChannel *channel)
{
  return channel->stream;
}

GstPad *
gst_p2p_direct_channel_get_sink (GstP2pDirectChannel *channel)
{
  return channel->sink;
}

GstPad *
gst_p2p_direct_channel_get_src (GstP2pDirectChannel *channel)
{
  return channel->src;
}

const GstP2pChannelConfig *
gst_p2p_direct_channel_get_config (GstP2pDirectChannel *channel)
{
  return channel->config;
}

/* --- control thread --- */

void
gst_p2p_direct_channel_activate (GstP2pDirectChannel *channel)
{
  channel->served = gst_p2p_owner_find (channel->src);
  g_mutex_lock (&channel->lock);
  channel->activated = TRUE;
  g_cond_broadcast (&channel->arrived);
  g_mutex_unlock (&channel->lock);
}

void
gst_p2p_direct_channel_close (GstP2pDirectChannel *channel)
{
  g_mutex_lock (&channel->lock);
  channel->closed = TRUE;
  g_cond_broadcast (&channel->room);
  g_mutex_unlock (&channel->lock);
}

void
gst_p2p_direct_channel_send_dcep (GstP2pDirectChannel *channel, GBytes *message)
{
  DcepMessage *dcep = g_new (DcepMessage, 1);

  dcep->message = g_bytes_ref (message);
  g_mutex_lock (&channel->lock);
  dcep->after = channel->n_taken;
  g_queue_push_tail (&channel->dcep, dcep);
  g_mutex_unlock (&channel->lock);
  channel->funcs.wakeup (channel->user_data);
}

/* --- I/O thread --- */

static GstBuffer *
pop_dcep_locked (GstP2pDirectChannel *channel)
{
  DcepMessage *dcep = g_queue_peek_head (&channel->dcep);
  GstBuffer *message;

  if (!dcep || dcep->after > channel->n_popped)
    return NULL;
  g_queue_pop_head (&channel->dcep);
  message = gst_buffer_new_wrapped_bytes (dcep->message);
  dcep_message_free (dcep);
  return message;
}

GstBuffer *
gst_p2p_direct_channel_pop (GstP2pDirectChannel *channel, gboolean *is_dcep)
{
  GstBuffer *message;

  g_mutex_lock (&channel->lock);
  message = pop_dcep_locked (channel);
  *is_dcep = message != NULL;
  if (!message && (message = queue_pop_locked (&channel->sending)))
    channel->n_popped++;
  if (queue_has_room_again_locked (&channel->sending))
    g_cond_broadcast (&channel->room);
  g_mutex_unlock (&channel->lock);
  return message;
}

static gboolean
has_messages_locked (GstP2pDirectChannel *channel)
{
  return !g_queue_is_empty (&channel->sending.messages) || !g_queue_is_empty (&channel->dcep);
}

gboolean
gst_p2p_direct_channel_has_messages (GstP2pDirectChannel *channel)
{
  gboolean has;

  g_mutex_lock (&channel->lock);
  has = has_messages_locked (channel);
  g_mutex_unlock (&channel->lock);
  return has;
}

gboolean
gst_p2p_direct_channel_is_closed (GstP2pDirectChannel *channel)
{
  gboolean closed;

  g_mutex_lock (&channel->lock);
  closed = channel->closed && !has_messages_locked (channel);
  g_mutex_unlock (&channel->lock);
  return closed;
}

void
gst_p2p_direct_channel_deliver (GstP2pDirectChannel *channel, GstBuffer *message)
{
  gst_p2p_message_set_arrival (message);
  gst_p2p_backlog_add (channel->backlog, channel->acknowledged, message_cost (message));
  g_mutex_lock (&channel->lock);
  g_queue_push_tail (&channel->received, message);
  g_mutex_unlock (&channel->lock);
}

void
gst_p2p_direct_channel_delivered (GstP2pDirectChannel *channel)
{
  g_mutex_lock (&channel->lock);
  if (!g_queue_is_empty (&channel->received))
    g_cond_broadcast (&channel->arrived);
  g_mutex_unlock (&channel->lock);
}

void
gst_p2p_direct_channel_end (GstP2pDirectChannel *channel, gboolean closed)
{
  g_mutex_lock (&channel->lock);
  if (channel->receiving == COMING)
    {
      channel->receiving = ENDED;
      channel->closed_by_peer = closed;
    }
  g_cond_broadcast (&channel->arrived);
  g_mutex_unlock (&channel->lock);
}

gboolean
gst_p2p_direct_channel_is_drained (GstP2pDirectChannel *channel)
{
  gboolean drained;

  g_mutex_lock (&channel->lock);
  drained = channel->receiving == DRAINED;
  g_mutex_unlock (&channel->lock);
  return drained;
}

gboolean
gst_p2p_direct_channel_is_flowing (GstP2pDirectChannel *channel)
{
  gboolean flowing;

  g_mutex_lock (&channel->lock);
  flowing = channel->activated && !channel->src_flushing && gst_pad_is_linked (channel->src);
  g_mutex_unlock (&channel->lock);
  return flowing;
}

void
gst_p2p_direct_channel_discard (GstP2pDirectChannel *channel)
{
  GQueue dropped;

  g_mutex_lock (&channel->lock);
  dropped = channel->received;
  g_queue_init (&channel->received);
  g_mutex_unlock (&channel->lock);
  gst_p2p_backlog_remove (channel->backlog, channel->acknowledged, drop_messages (&dropped));
}
