/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * channels: see channels.h.
 */
#include "plugins/p2p/transport/stock/channels.h"

#include <stdio.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/timer.h"
#include "gst/p2p/link/stream.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/transport/limits.h"
#include "plugins/p2p/transport/stock/channel.h"

#define GST_CAT_DEFAULT gst_p2p_stock_debug

/* Added to the number of a stream whose channel is closed and not released yet. */
#define CLOSED (1u << 16)

typedef struct
{
  GstP2pStockChannel *element;
  GstPad *ghost_sink; /* borrowed; NULL: not open, or released */
  GstPad *ghost_src;
  GstP2pStream state;
} Channel;

struct _GstP2pStockChannels
{
  /* const; all borrowed but the timer */
  GstBin *bin;
  GstP2pStockReporter *reporter;
  GstP2pStockJobs *jobs;
  GstP2pStockIntake *intake;
  GSource *timer; /* ready at the first deadline of a stream */

  /* control thread; const once sctpdec gets packets */
  GstElement *sctpenc; /* borrowed */
  GstP2pDescription *remote;

  GMutex lock;
  /* lock */
  GHashTable *table; /* stream, or stream | CLOSED → Channel */
  gint64 deadline;   /* when the timer is ready; -1: never */
  gboolean ended;    /* the peer has gone, and all that it sent was given */
  gboolean closed;   /* by us */
};

static void
channel_free (gpointer data)
{
  Channel *channel = data;

  gst_object_unref (channel->element);
  g_free (channel);
}

static Channel *
find_locked (GstP2pStockChannels *self, guint16 stream)
{
  return g_hash_table_lookup (self->table, GUINT_TO_POINTER (stream));
}

static GstP2pStockChannel *
ref_channel (GstP2pStockChannels *self, guint16 stream)
{
  GstP2pStockChannel *element = NULL;
  Channel *channel;

  g_mutex_lock (&self->lock);
  channel = find_locked (self, stream);
  if (channel)
    element = gst_object_ref (channel->element);
  g_mutex_unlock (&self->lock);
  return element;
}

/* The channel of @element, if there still is one: its stream may have another channel by now. */
static Channel *
find_element_locked (GstP2pStockChannels *self, GstP2pStockChannel *element)
{
  Channel *channel = find_locked (self, gst_p2p_stock_channel_get_stream (element));

  return channel && channel->element == element ? channel : NULL;
}

/* --- our side: the pads of sctpenc --- */

/* gstsctp gives the value of a partial reliability policy to usrsctp in network byte order, which
 * usrsctp does not expect: 1 becomes 16,777,216. All versions up to this one do. */
#define LAST_SWAPPED_MAJOR 1
#define LAST_SWAPPED_MINOR 30

static guint32
get_reliability_value (GstP2pStockChannels *self, const GstP2pChannelConfig *config)
{
  GstElementFactory *factory = gst_element_get_factory (self->sctpenc);
  g_autoptr (GstPlugin) plugin = gst_plugin_feature_get_plugin (GST_PLUGIN_FEATURE (factory));
  const gchar *version = plugin ? gst_plugin_get_version (plugin) : "";
  guint major = 0, minor = 0;

  if (config->reliability == GST_P2P_RELIABILITY_RELIABLE)
    return 0;
  if (sscanf (version, "%u.%u", &major, &minor) == 2
      && (major > LAST_SWAPPED_MAJOR
          || (major == LAST_SWAPPED_MAJOR && minor > LAST_SWAPPED_MINOR)))
    return config->parameter;
  return GUINT32_TO_BE (config->parameter);
}

static GstPad *
request_enc_pad (GstP2pStockChannels *self, guint16 stream, const GstP2pChannelConfig *config)
{
  static const gchar *const policies[] = {
    [GST_P2P_RELIABILITY_RELIABLE] = "none",
    [GST_P2P_RELIABILITY_MAX_RETRANSMITS] = "rtx",
    [GST_P2P_RELIABILITY_MAX_PACKET_LIFETIME] = "ttl",
  };
  GstPadTemplate *template
      = gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (self->sctpenc), "sink_%u");
  g_autofree gchar *name = g_strdup_printf ("sink_%u", stream);
  g_autoptr (GstCaps) caps = gst_caps_new_simple (
      "application/data", "ordered", G_TYPE_BOOLEAN, config->ordered, "ppid", G_TYPE_UINT,
      GST_P2P_PPID_BINARY, "partially-reliability", G_TYPE_STRING, policies[config->reliability],
      "reliability-parameter", G_TYPE_UINT, get_reliability_value (self, config), NULL);

  return gst_element_request_pad (self->sctpenc, template, name, caps);
}

/* Connects our side of the stream to sctpenc. */
static gboolean
attach_output (GstP2pStockChannels *self, GstP2pStockChannel *element,
               const GstP2pChannelConfig *config)
{
  guint16 stream = gst_p2p_stock_channel_get_stream (element);
  g_autoptr (GstPad) pad = request_enc_pad (self, stream, config);
  g_autoptr (GstPad) out = NULL;

  if (!pad)
    return FALSE;
  out = gst_element_get_static_pad (GST_ELEMENT (element), "out");
  gst_pad_link_full (out, pad, GST_PAD_LINK_CHECK_NOTHING);
  return TRUE;
}

/* Releases sctpenc's pad, if there is one, which resets the stream. */
static void
release_output (GstP2pStockChannels *self, GstP2pStockChannel *element)
{
  g_autoptr (GstPad) out = gst_element_get_static_pad (GST_ELEMENT (element), "out");
  g_autoptr (GstPad) pad = gst_pad_get_peer (out);

  /* Whoever takes them apart releases it. sctpenc sends the reset first and removes the pad then:
   * until it did, its name would be in the way of the next channel. */
  if (!pad || !gst_pad_unlink (out, pad))
    return;
  gst_element_remove_pad (self->sctpenc, pad);
  GST_ELEMENT_GET_CLASS (self->sctpenc)->release_pad (self->sctpenc, pad);
}

/* --- jobs --- */

static void feed (GstP2pStockChannels *self, GstP2pStockChannel *element, GstP2pStreamFact fact);

/* Sends what is queued. */
static void
dcep_job (gpointer object, gpointer user_data)
{
  gst_p2p_stock_channel_send_dcep (object);
}

/* Sends what is left of a channel that takes no more messages. */
static void
finish_job (gpointer object, gpointer user_data)
{
  gst_p2p_stock_channel_drain (object);
  feed (user_data, object, GST_P2P_STREAM_FACT_SENT);
}

/* Resets our side. A stream that is refused, or reset once more, has no pad to release; one whose
 * pad is gone because the transport stops needs no reset. */
static void
reset_job (gpointer object, gpointer user_data)
{
  GstP2pStockChannel *element = object;
  GstP2pStockChannels *self = user_data;
  g_autoptr (GstP2pChannelConfig) config = gst_p2p_channel_config_new ();
  g_autoptr (GstPad) out = gst_element_get_static_pad (GST_ELEMENT (element), "out");

  if (!gst_pad_is_linked (out) && !gst_p2p_stock_reporter_is_stopping (self->reporter)
      && !attach_output (self, element, config))
    GST_INFO_OBJECT (element, "the stream cannot be reset");
  release_output (self, element);
}

/* @object is no channel's any more. */
static void
remove_job (gpointer object, gpointer user_data)
{
  GstP2pStockChannels *self = user_data;

  release_output (self, object);
  gst_element_set_state (object, GST_STATE_NULL);
  gst_bin_remove (self->bin, object);
}

/* --- facts about a stream, and what follows --- */

/* Any thread, also under the association's mutex: what may block or send is a job. */

static void
post (GstP2pStockChannels *self, GstP2pTransportEventType type, GstP2pStockChannel *element,
      GBytes *message)
{
  gst_p2p_stock_reporter_post (self->reporter, type, gst_p2p_stock_channel_get_stream (element),
                               message);
}

static gboolean
was_reset (GstP2pStockChannels *self, GstP2pStockChannel *element)
{
  Channel *channel;
  gboolean reset;

  g_mutex_lock (&self->lock);
  channel = find_element_locked (self, element);
  reset = channel && gst_p2p_stream_has (&channel->state, GST_P2P_STREAM_FACT_PEER_RESET);
  g_mutex_unlock (&self->lock);
  return reset;
}

static void
carry_out (GstP2pStockChannels *self, GstP2pStockChannel *element, GstP2pStreamAction action)
{
  switch (action)
    {
    case GST_P2P_STREAM_ACTION_ANNOUNCE:
      post (self, GST_P2P_TRANSPORT_STREAM_DATA, element, NULL);
      break;
    case GST_P2P_STREAM_ACTION_END:
      gst_p2p_stock_channel_close (element);
      gst_p2p_stock_channel_end (element, was_reset (self, element));
      break;
    case GST_P2P_STREAM_ACTION_FINISH:
      gst_p2p_stock_channel_close (element);
      gst_p2p_stock_jobs_push (self->jobs, finish_job, element, self);
      break;
    case GST_P2P_STREAM_ACTION_RESET:
      gst_p2p_stock_jobs_push (self->jobs, reset_job, element, self);
      break;
    case GST_P2P_STREAM_ACTION_REPORT:
      post (self, GST_P2P_TRANSPORT_CHANNEL_CLOSED, element, NULL);
      break;
    case GST_P2P_STREAM_ACTION_START: /* the opening is the channel's owner's */
    case GST_P2P_STREAM_ACTION_NONE:
      break;
    }
}

/* A timer that fires too early sets itself anew. */
static void
set_timer_locked (GstP2pStockChannels *self, const GstP2pStream *stream)
{
  gint64 deadline = gst_p2p_stream_get_deadline (stream);

  if (deadline < 0 || (self->deadline >= 0 && self->deadline <= deadline))
    return;
  self->deadline = deadline;
  g_source_set_ready_time (self->timer, deadline);
}

/* The peer may use the number of a stream that is free at once. A channel whose pads are still to
 * be released steps aside; any other is forgotten, but not at the end: there are no jobs any more,
 * and shut() wants to know every element. */
static void
forget_locked (GstP2pStockChannels *self, Channel *channel)
{
  guint16 stream = gst_p2p_stock_channel_get_stream (channel->element);

  if (self->closed)
    return;
  g_hash_table_steal (self->table, GUINT_TO_POINTER (stream));
  if (channel->ghost_src)
    {
      g_hash_table_insert (self->table, GUINT_TO_POINTER (stream | CLOSED), channel);
      return;
    }
  gst_p2p_stock_jobs_push (self->jobs, remove_job, channel->element, self);
  channel_free (channel);
}

static GstP2pStreamAction
next_action (GstP2pStockChannels *self, GstP2pStockChannel *element)
{
  GstP2pStreamAction action = GST_P2P_STREAM_ACTION_NONE;
  Channel *channel;

  g_mutex_lock (&self->lock);
  channel = find_element_locked (self, element);
  if (channel)
    {
      action = gst_p2p_stream_next_action (&channel->state);
      set_timer_locked (self, &channel->state);
      if (action == GST_P2P_STREAM_ACTION_NONE && gst_p2p_stream_is_free (&channel->state))
        forget_locked (self, channel);
    }
  g_mutex_unlock (&self->lock);
  return action;
}

static void
feed (GstP2pStockChannels *self, GstP2pStockChannel *element, GstP2pStreamFact fact)
{
  GstP2pStreamAction action;
  Channel *channel;

  g_mutex_lock (&self->lock);
  channel = find_element_locked (self, element);
  if (channel)
    gst_p2p_stream_feed (&channel->state, fact, g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);
  while ((action = next_action (self, element)))
    carry_out (self, element, action);
}

static GList *
list_channels (GstP2pStockChannels *self)
{
  GList *list = NULL;
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    list = g_list_prepend (list, gst_object_ref (((Channel *)value)->element));
  g_mutex_unlock (&self->lock);
  return list;
}

static gboolean
on_stream_timer (gpointer user_data)
{
  GstP2pStockChannels *self = user_data;
  GList *channels = list_channels (self);

  g_mutex_lock (&self->lock);
  self->deadline = -1;
  g_source_set_ready_time (self->timer, -1);
  g_mutex_unlock (&self->lock);
  for (GList *l = channels; l; l = l->next)
    feed (self, l->data, GST_P2P_STREAM_FACT_TIMER);
  g_list_free_full (channels, gst_object_unref);
  return G_SOURCE_CONTINUE;
}

/* After the peer's goodbye: reports the end when everything was pushed. */
static void
check_over (GstP2pStockChannels *self)
{
  GHashTableIter iter;
  gboolean over;
  gpointer value;

  g_mutex_lock (&self->lock);
  over = self->ended;
  g_hash_table_iter_init (&iter, self->table);
  while (over && g_hash_table_iter_next (&iter, NULL, &value))
    {
      Channel *channel = value;

      over = !channel->ghost_src
             || gst_p2p_stream_has (&channel->state, GST_P2P_STREAM_FACT_DELIVERED);
    }
  g_mutex_unlock (&self->lock);
  if (over)
    gst_p2p_stock_reporter_end (self->reporter, GST_P2P_PEER_EVENT_TRANSPORT_CLOSED);
}

/* --- what a channel reports; its task or sctpdec's --- */

static void
on_channel_came (gpointer owner, guint16 stream, gboolean acknowledged, gsize bytes)
{
  GstP2pStockChannels *self = owner;

  if (gst_p2p_stock_intake_came (self->intake, stream, acknowledged, bytes))
    return;
  gst_p2p_stock_reporter_fail (self->reporter, GST_P2P_ERROR_LIMIT,
                               "The peer sends more than SCTP's receive window has room for");
  gst_p2p_stock_reporter_set_peer_closed (self->reporter);
}

static void
on_channel_gone (gpointer owner, gboolean acknowledged, gsize bytes)
{
  GstP2pStockChannels *self = owner;

  gst_p2p_stock_intake_gone (self->intake, acknowledged, bytes);
}

static void
on_channel_data (gpointer owner, GstP2pStockChannel *element)
{
  feed (owner, element, GST_P2P_STREAM_FACT_DATA);
}

static void
on_channel_dcep (gpointer owner, GstP2pStockChannel *element, GBytes *message)
{
  feed (owner, element, GST_P2P_STREAM_FACT_DCEP);
  post (owner, GST_P2P_TRANSPORT_DCEP, element, message);
}

static void
on_channel_finished (gpointer owner, GstP2pStockChannel *element)
{
  feed (owner, element, GST_P2P_STREAM_FACT_DELIVERED);
  check_over (owner);
}

static void
on_channel_failed (gpointer owner, const GError *error)
{
  GstP2pStockChannels *self = owner;

  gst_p2p_stock_reporter_fail (self->reporter, error->code, "%s", error->message);
}

static const GstP2pStockChannelFuncs channel_funcs
    = { on_channel_came, on_channel_gone,     on_channel_data,
        on_channel_dcep, on_channel_finished, on_channel_failed };

/* Finds or makes the channel of @stream. The control thread and the one that delivers packets may
 * both want it; elements are added outside the lock, and the later one is thrown away. */
static GstP2pStockChannel *
ensure_channel (GstP2pStockChannels *self, guint16 stream)
{
  GstP2pStockChannel *found = ref_channel (self, stream);
  GstP2pStockChannel *made;
  Channel *channel;

  if (found)
    return found;
  made = gst_p2p_stock_channel_new (GST_OBJECT_NAME (self->bin), stream, &channel_funcs, self);
  gst_bin_add (self->bin, GST_ELEMENT (made));
  gst_element_set_state (GST_ELEMENT (made), GST_STATE_PLAYING);

  g_mutex_lock (&self->lock);
  channel = find_locked (self, stream);
  if (channel)
    {
      found = gst_object_ref (channel->element);
    }
  else
    {
      channel = g_new0 (Channel, 1);
      channel->element = gst_object_ref (made);
      g_hash_table_insert (self->table, GUINT_TO_POINTER (stream), channel);
      found = gst_object_ref (made);
    }
  g_mutex_unlock (&self->lock);

  if (found != made)
    {
      gst_element_set_state (GST_ELEMENT (made), GST_STATE_NULL);
      gst_bin_remove (self->bin, GST_ELEMENT (made));
    }
  return found;
}

/* --- sctpdec; under the association's mutex --- */

static gboolean
get_stream (GstPad *pad, guint16 *stream)
{
  guint number;

  if (sscanf (GST_PAD_NAME (pad), "src_%u", &number) != 1 || number > GST_P2P_MAX_STREAM)
    return FALSE;
  *stream = number;
  return TRUE;
}

/* sctpdec has a pad again: the peer uses the stream anew, if it did before. */
static void
end_life_before (GstP2pStockChannels *self, guint16 stream)
{
  g_autoptr (GstP2pStockChannel) element = ref_channel (self, stream);

  if (element)
    feed (self, element, GST_P2P_STREAM_FACT_REUSED);
}

void
gst_p2p_stock_channels_add_input (GstP2pStockChannels *self, GstPad *pad)
{
  g_autoptr (GstP2pStockChannel) element = NULL;
  g_autoptr (GstPad) in = NULL;
  guint16 stream;

  if (!get_stream (pad, &stream))
    return;
  end_life_before (self, stream);
  element = ensure_channel (self, stream);
  in = gst_element_get_static_pad (GST_ELEMENT (element), "in");
  gst_pad_link_full (pad, in, GST_PAD_LINK_CHECK_NOTHING);
}

/* The peer has reset the stream; sctpdec has given everything before, to which the gate sees. */
void
gst_p2p_stock_channels_remove_input (GstP2pStockChannels *self, GstPad *pad)
{
  g_autoptr (GstP2pStockChannel) element = NULL;
  guint16 stream;

  if (!get_stream (pad, &stream))
    return;
  element = ref_channel (self, stream);
  if (element)
    feed (self, element, GST_P2P_STREAM_FACT_PEER_RESET);
}

/* --- all channels --- */

/* The peer or the association has gone: both sides of every channel end. */
void
gst_p2p_stock_channels_end (GstP2pStockChannels *self)
{
  GList *channels = list_channels (self);

  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  g_mutex_unlock (&self->lock);
  for (GList *l = channels; l; l = l->next)
    feed (self, l->data, GST_P2P_STREAM_FACT_GONE);
  g_list_free_full (channels, gst_object_unref);
  check_over (self);
}

/* The answer to our reset of @stream. It may come after the peer's own reset. */
void
gst_p2p_stock_channels_answer (GstP2pStockChannels *self, guint16 stream, GstP2pStreamFact fact)
{
  g_autoptr (GstP2pStockChannel) element = ref_channel (self, stream);

  if (element)
    feed (self, element, fact);
}

/* --- beginning and end --- */

GstP2pStockChannels *
gst_p2p_stock_channels_new (GstBin *bin, GMainContext *context, GstP2pStockReporter *reporter,
                            GstP2pStockJobs *jobs, GstP2pStockIntake *intake)
{
  GstP2pStockChannels *self = g_new0 (GstP2pStockChannels, 1);

  self->bin = bin;
  self->reporter = reporter;
  self->jobs = jobs;
  self->intake = intake;
  self->timer = gst_p2p_timer_new (context, on_stream_timer, self);
  g_mutex_init (&self->lock);
  self->table = g_hash_table_new_full (NULL, NULL, NULL, channel_free);
  self->deadline = -1;
  return self;
}

void
gst_p2p_stock_channels_free (GstP2pStockChannels *self)
{
  gst_p2p_clear_source (&self->timer);
  g_hash_table_unref (self->table);
  g_clear_pointer (&self->remote, gst_p2p_description_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_p2p_stock_channels_start (GstP2pStockChannels *self, GstElement *sctpenc,
                              GstP2pDescription *remote)
{
  self->sctpenc = sctpenc;
  self->remote = gst_p2p_description_ref (remote);
}

void
gst_p2p_stock_channels_stop (GstP2pStockChannels *self)
{
  g_source_destroy (self->timer);
}

void
gst_p2p_stock_channels_close (GstP2pStockChannels *self)
{
  GList *channels = list_channels (self);

  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  g_mutex_unlock (&self->lock);
  for (GList *l = channels; l; l = l->next)
    {
      gst_p2p_stock_channel_close (l->data);
      /* a push that waits for room in the send buffer ends with this, and nothing else ends it */
      release_output (self, l->data);
    }
  g_list_free_full (channels, gst_object_unref);
}

void
gst_p2p_stock_channels_shut (GstP2pStockChannels *self)
{
  GList *channels = list_channels (self);

  for (GList *l = channels; l; l = l->next)
    gst_element_set_state (l->data, GST_STATE_NULL);
  g_list_free_full (channels, gst_object_unref);
}

/* --- the transport's calls; control thread --- */

static GstPad *
add_ghost (GstP2pStockChannels *self, GstP2pStockChannel *element, const gchar *pad_name,
           const gchar *template_name)
{
  g_autofree gchar *name
      = g_strdup_printf (template_name, gst_p2p_stock_channel_get_stream (element));
  GstPadTemplate *template
      = gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (self->bin), template_name);
  g_autoptr (GstPad) target = gst_element_get_static_pad (GST_ELEMENT (element), pad_name);
  GstPad *ghost = gst_ghost_pad_new_from_template (name, target, template);

  gst_pad_set_active (ghost, TRUE);
  gst_element_add_pad (GST_ELEMENT (self->bin), ghost);
  return ghost;
}

static void
remove_ghost (GstP2pStockChannels *self, GstPad *ghost)
{
  gst_pad_set_active (ghost, FALSE);
  gst_element_remove_pad (GST_ELEMENT (self->bin), ghost);
}

/* FALSE: the association went meanwhile, and with it the channel, which was not known to be wanted.
 */
static gboolean
keep_ghosts (GstP2pStockChannels *self, GstP2pStockChannel *element, GstPad *sink, GstPad *src)
{
  Channel *channel;

  g_mutex_lock (&self->lock);
  channel = find_element_locked (self, element);
  if (channel)
    {
      channel->ghost_sink = sink;
      channel->ghost_src = src;
    }
  g_mutex_unlock (&self->lock);
  return channel != NULL;
}

gboolean
gst_p2p_stock_channels_open_channel (GstP2pStockChannels *self, guint16 stream,
                                     const GstP2pChannelConfig *config, GstPad **sink, GstPad **src,
                                     GError **error)
{
  g_autoptr (GstP2pStockChannel) element = NULL;
  gsize max_size;

  element = ensure_channel (self, stream);
  if (gst_p2p_stock_channel_is_open (element) || !attach_output (self, element, config))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "stream %u is in use, or the association is not there", stream);
      return FALSE;
    }
  max_size
      = MIN (gst_p2p_description_get_max_message_size (self->remote), GST_P2P_STOCK_MAX_SENT_SIZE);
  gst_p2p_stock_channel_open (element, config, get_reliability_value (self, config), max_size);
  *sink = add_ghost (self, element, "sink", "sink_%u");
  *src = add_ghost (self, element, "src", "src_%u");

  if (!keep_ghosts (self, element, *sink, *src))
    {
      remove_ghost (self, *sink);
      remove_ghost (self, *src);
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_LOST,
                           "the peer left before the stream began");
      return FALSE;
    }
  if (*gst_p2p_description_get_framings (self->remote))
    feed (self, element, GST_P2P_STREAM_FACT_ANSWERS);
  feed (self, element, GST_P2P_STREAM_FACT_OPENED);
  return TRUE;
}

void
gst_p2p_stock_channels_activate_channel (GstP2pStockChannels *self, guint16 stream)
{
  g_autoptr (GstP2pStockChannel) element = ref_channel (self, stream);

  if (element)
    gst_p2p_stock_channel_set_active (element);
}

void
gst_p2p_stock_channels_send_dcep (GstP2pStockChannels *self, guint16 stream, GBytes *message)
{
  g_autoptr (GstP2pStockChannel) element = ref_channel (self, stream);

  if (!element)
    return;
  gst_p2p_stock_channel_queue_dcep (element, message);
  gst_p2p_stock_jobs_push (self->jobs, dcep_job, element, self);
}

void
gst_p2p_stock_channels_close_channel (GstP2pStockChannels *self, guint16 stream)
{
  g_autoptr (GstP2pStockChannel) element = ensure_channel (self, stream);

  if (!gst_p2p_stock_channel_is_open (element))
    {
      gst_p2p_stock_channel_discard (element);
      feed (self, element, GST_P2P_STREAM_FACT_REFUSED);
    }
  feed (self, element, GST_P2P_STREAM_FACT_CLOSE);
}

/* What the application had, closed or not. */
static GstP2pStockChannel *
steal_ghosts (GstP2pStockChannels *self, guint16 stream, GstPad **sink, GstPad **src)
{
  GstP2pStockChannel *element = NULL;
  Channel *channel;

  g_mutex_lock (&self->lock);
  channel = g_hash_table_lookup (self->table, GUINT_TO_POINTER (stream | CLOSED));
  if (!channel)
    channel = find_locked (self, stream);
  if (channel)
    {
      element = gst_object_ref (channel->element);
      *sink = g_steal_pointer (&channel->ghost_sink);
      *src = g_steal_pointer (&channel->ghost_src);
    }
  g_mutex_unlock (&self->lock);
  return element;
}

void
gst_p2p_stock_channels_release_channel (GstP2pStockChannels *self, guint16 stream)
{
  GstPad *sink = NULL;
  GstPad *src = NULL;
  g_autoptr (GstP2pStockChannel) element = steal_ghosts (self, stream, &sink, &src);
  gboolean closed, was_closed;

  if (!element)
    return;
  if (sink)
    gst_element_remove_pad (GST_ELEMENT (self->bin), sink);
  if (src)
    gst_element_remove_pad (GST_ELEMENT (self->bin), src);
  gst_p2p_stock_channel_discard (element);
  g_mutex_lock (&self->lock);
  closed = self->closed;
  g_mutex_unlock (&self->lock);
  if (closed)
    return;
  feed (self, element, GST_P2P_STREAM_FACT_REFUSED);
  feed (self, element, GST_P2P_STREAM_FACT_CLOSE);

  g_mutex_lock (&self->lock);
  was_closed = g_hash_table_remove (self->table, GUINT_TO_POINTER (stream | CLOSED));
  g_mutex_unlock (&self->lock);
  if (was_closed)
    gst_p2p_stock_jobs_push (self->jobs, remove_job, element, self);
}
