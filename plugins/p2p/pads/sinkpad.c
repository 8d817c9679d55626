/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sinkpad: see sinkpad.h.
 */
#include "plugins/p2p/pads/sinkpad.h"

#include <string.h>

struct _GstP2pSinkPad
{
  GstGhostPad parent;

  /* const after construction */
  GstElement *tee;
  GstP2pFramingOrigin *origin;
  guint index;

  /* OBJECT_LOCK */
  gchar *label;
  gboolean ordered;
  gint max_retransmits;     /* -1: unlimited */
  gint max_packet_lifetime; /* ms; -1: unlimited */
  gboolean negotiated;
  gint stream_id; /* -1: chosen by the connection */
  gboolean wait;
  GstSegment segment; /* its position is that of the last buffer's end */
  gboolean live;
  gboolean eos;
  guint n_ready; /* branches that take data */
  gulong block_id;
};

G_DEFINE_TYPE (GstP2pSinkPad, gst_p2p_sink_pad, GST_TYPE_GHOST_PAD)

enum
{
  PROP_0,
  PROP_LABEL,
  PROP_ORDERED,
  PROP_MAX_RETRANSMITS,
  PROP_MAX_PACKET_LIFETIME,
  PROP_NEGOTIATED,
  PROP_STREAM_ID
};

enum
{
  SIGNAL_EOS,
  SIGNAL_FLUSHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
gst_p2p_sink_pad_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstP2pSinkPad *self = GST_P2P_SINK_PAD (object);

  GST_OBJECT_LOCK (self);
  switch (id)
    {
    case PROP_LABEL:
      g_free (self->label);
      self->label = g_value_dup_string (value);
      break;
    case PROP_ORDERED:
      self->ordered = g_value_get_boolean (value);
      break;
    case PROP_MAX_RETRANSMITS:
      self->max_retransmits = g_value_get_int (value);
      break;
    case PROP_MAX_PACKET_LIFETIME:
      self->max_packet_lifetime = g_value_get_int (value);
      break;
    case PROP_NEGOTIATED:
      self->negotiated = g_value_get_boolean (value);
      break;
    case PROP_STREAM_ID:
      self->stream_id = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_p2p_sink_pad_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstP2pSinkPad *self = GST_P2P_SINK_PAD (object);

  GST_OBJECT_LOCK (self);
  switch (id)
    {
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_ORDERED:
      g_value_set_boolean (value, self->ordered);
      break;
    case PROP_MAX_RETRANSMITS:
      g_value_set_int (value, self->max_retransmits);
      break;
    case PROP_MAX_PACKET_LIFETIME:
      g_value_set_int (value, self->max_packet_lifetime);
      break;
    case PROP_NEGOTIATED:
      g_value_set_boolean (value, self->negotiated);
      break;
    case PROP_STREAM_ID:
      g_value_set_int (value, self->stream_id);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_p2p_sink_pad_finalize (GObject *object)
{
  GstP2pSinkPad *self = GST_P2P_SINK_PAD (object);

  g_free (self->label);
  gst_object_unref (self->tee);
  gst_p2p_framing_origin_unref (self->origin);
  G_OBJECT_CLASS (gst_p2p_sink_pad_parent_class)->finalize (object);
}

static void
gst_p2p_sink_pad_class_init (GstP2pSinkPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  object_class->set_property = gst_p2p_sink_pad_set_property;
  object_class->get_property = gst_p2p_sink_pad_get_property;
  object_class->finalize = gst_p2p_sink_pad_finalize;

  g_object_class_install_property (
      object_class, PROP_LABEL,
      g_param_spec_string ("label", "Label", "The data channel's label (NULL = the pad's name)",
                           NULL, flags));
  g_object_class_install_property (
      object_class, PROP_ORDERED,
      g_param_spec_boolean ("ordered", "Ordered", "Deliver in the order of sending", TRUE, flags));
  g_object_class_install_property (
      object_class, PROP_MAX_RETRANSMITS,
      g_param_spec_int ("max-retransmits", "Maximum retransmits",
                        "Retransmissions of a message before it is given up (-1 = unlimited)", -1,
                        G_MAXUINT16, -1, flags));
  g_object_class_install_property (
      object_class, PROP_MAX_PACKET_LIFETIME,
      g_param_spec_int ("max-packet-lifetime", "Maximum packet lifetime",
                        "Milliseconds before a message is given up (-1 = unlimited)", -1,
                        G_MAXUINT16, -1, flags));
  g_object_class_install_property (
      object_class, PROP_NEGOTIATED,
      g_param_spec_boolean ("negotiated", "Negotiated",
                            "The peer knows of the channel; needs stream-id", FALSE, flags));
  g_object_class_install_property (
      object_class, PROP_STREAM_ID,
      g_param_spec_int ("stream-id", "Stream id", "SCTP stream of a negotiated channel (-1 = any)",
                        -1, 1023, -1, flags));

  /* EOS passed into the tee. Emitted on the streaming thread. */
  signals[SIGNAL_EOS] = g_signal_new ("eos", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 0);
  /* Running time has begun anew with a flush, of this stream first. Emitted on the thread that
   * flushes. */
  signals[SIGNAL_FLUSHED] = g_signal_new ("flushed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gst_p2p_sink_pad_init (GstP2pSinkPad *self)
{
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  self->ordered = TRUE;
  self->max_retransmits = self->max_packet_lifetime = self->stream_id = -1;
}

/* --- waiting for a connection --- */

/* Whether what is not sent at once is of no use. Without a timed segment there is no present to go
 * by: bytes are all needed, however old. */
static gboolean
is_live (GstP2pSinkPad *self)
{
  gboolean live;

  GST_OBJECT_LOCK (self);
  live = self->live && self->segment.format == GST_FORMAT_TIME;
  GST_OBJECT_UNLOCK (self);
  return live;
}

/* Holds data, gaps and EOS back; sticky events pass, so that a later branch finds them in the tee.
 * Live data is dropped instead: a receiver that comes later is to get what is captured then, and
 * its end has nothing to wait for. */
static GstPadProbeReturn
on_blocked (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstPadProbeReturn data = is_live (GST_P2P_SINK_PAD (pad)) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;

  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM)
    {
      GstEventType type = GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info));

      if (type == GST_EVENT_EOS)
        return data == GST_PAD_PROBE_DROP ? GST_PAD_PROBE_PASS : GST_PAD_PROBE_OK;
      if (type != GST_EVENT_GAP)
        return GST_PAD_PROBE_PASS;
    }
  return data;
}

/* Looks at the facts and blocks or unblocks accordingly. */
static void
update_block (GstP2pSinkPad *self)
{
  gulong remove = 0;
  gboolean block;

  GST_OBJECT_LOCK (self);
  block = self->wait && self->n_ready == 0;
  if (!block)
    {
      remove = self->block_id;
      self->block_id = 0;
    }
  else if (self->block_id != 0)
    {
      block = FALSE; /* it is blocked already */
    }
  GST_OBJECT_UNLOCK (self);

  if (remove)
    {
      gst_pad_remove_probe (GST_PAD (self), remove);
    }
  else if (block)
    {
      gulong id = gst_pad_add_probe (GST_PAD (self),
                                     GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM,
                                     on_blocked, NULL, NULL);

      GST_OBJECT_LOCK (self);
      self->block_id = id;
      GST_OBJECT_UNLOCK (self);
    }
}

void
gst_p2p_sink_pad_set_wait (GstP2pSinkPad *self, gboolean wait)
{
  GST_OBJECT_LOCK (self);
  self->wait = wait;
  GST_OBJECT_UNLOCK (self);
  update_block (self);
}

void
gst_p2p_sink_pad_ask_live (GstP2pSinkPad *self)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  gboolean live = FALSE;

  if (gst_pad_peer_query (GST_PAD (self), query))
    gst_query_parse_latency (query, &live, NULL, NULL);
  if (live)
    gst_p2p_framing_origin_set_live (self->origin, TRUE);

  GST_OBJECT_LOCK (self);
  self->live = live;
  GST_OBJECT_UNLOCK (self);
}

/* An encoder knows what it needs by now. */
static void
take_segment (GstP2pSinkPad *self, GstEvent *event)
{
  GST_OBJECT_LOCK (self);
  gst_event_copy_segment (event, &self->segment);
  GST_OBJECT_UNLOCK (self);
  gst_p2p_sink_pad_ask_live (self);
}

/* OBJECT_LOCK is held. */
static void
move_position (GstP2pSinkPad *self, GstBuffer *buffer)
{
  GstClockTime time = GST_BUFFER_DTS_OR_PTS (buffer);

  if (self->segment.format == GST_FORMAT_BYTES)
    self->segment.position += gst_buffer_get_size (buffer);
  else if (GST_CLOCK_TIME_IS_VALID (time))
    self->segment.position
        = time + (GST_BUFFER_DURATION_IS_VALID (buffer) ? GST_BUFFER_DURATION (buffer) : 0);
}

/* What is behind the block went into the tee. */
static GstPadProbeReturn
on_tee_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstP2pSinkPad *self = user_data;

  GST_OBJECT_LOCK (self);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    {
      GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);

      for (guint i = 0; i < gst_buffer_list_length (list); i++)
        move_position (self, gst_buffer_list_get (list, i));
    }
  else
    {
      move_position (self, GST_PAD_PROBE_INFO_BUFFER (info));
    }
  GST_OBJECT_UNLOCK (self);
  return GST_PAD_PROBE_OK;
}

gboolean
gst_p2p_sink_pad_get_position (GstP2pSinkPad *self, GstFormat format, gint64 *position)
{
  GST_OBJECT_LOCK (self);
  *position
      = format == self->segment.format
            ? (gint64)gst_segment_to_stream_time (&self->segment, format, self->segment.position)
            : -1;
  GST_OBJECT_UNLOCK (self);
  return *position >= 0;
}

static void
take_flush (GstP2pSinkPad *self, GstEvent *flush_stop)
{
  gboolean reset_time;

  gst_event_parse_flush_stop (flush_stop, &reset_time);
  if (reset_time && gst_p2p_framing_origin_take_flush (self->origin, flush_stop))
    g_signal_emit (self, signals[SIGNAL_FLUSHED], 0);
}

/* This probe is behind the block: what passes it went into the tee. */
static GstPadProbeReturn
on_tee_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstP2pSinkPad *self = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstEventType type = GST_EVENT_TYPE (event);

  if (type == GST_EVENT_SEGMENT)
    take_segment (self, event);
  else if (type == GST_EVENT_FLUSH_STOP)
    take_flush (self, event);
  if (type != GST_EVENT_EOS && type != GST_EVENT_STREAM_START && type != GST_EVENT_FLUSH_STOP)
    return GST_PAD_PROBE_OK;

  GST_OBJECT_LOCK (self);
  self->eos = type == GST_EVENT_EOS;
  GST_OBJECT_UNLOCK (self);

  if (type == GST_EVENT_EOS)
    g_signal_emit (self, signals[SIGNAL_EOS], 0);
  return GST_PAD_PROBE_OK;
}

GstPad *
gst_p2p_sink_pad_new (GstBin *bin, GstPadTemplate *templ, const gchar *name,
                      GstP2pFramingOrigin *origin)
{
  GstElement *tee = gst_element_factory_make ("tee", NULL);
  g_autoptr (GstPad) target = NULL;
  GstP2pSinkPad *self;

  if (!tee)
    return NULL;

  /* Without a connection the tee drops; update_block() is what keeps data if it is to be kept. */
  g_object_set (tee, "allow-not-linked", TRUE, NULL);
  gst_bin_add (bin, tee);
  gst_element_sync_state_with_parent (tee);

  self = g_object_new (GST_TYPE_P2P_SINK_PAD, "name", name, "direction", GST_PAD_SINK, "template",
                       templ, NULL);
  self->tee = gst_object_ref (tee);
  self->index = g_ascii_strtoull (name + strlen ("sink_"), NULL, 10);
  self->origin = gst_p2p_framing_origin_ref (origin);
  target = gst_element_get_static_pad (tee, "sink");
  gst_ghost_pad_set_target (GST_GHOST_PAD (self), target);
  gst_pad_add_probe (target, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
                     on_tee_event, self, NULL);
  gst_pad_add_probe (target, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
                     on_tee_data, self, NULL);
  return GST_PAD (self);
}

GstP2pFramingOrigin *
gst_p2p_sink_pad_get_origin (GstP2pSinkPad *self)
{
  return self->origin;
}

void
gst_p2p_sink_pad_dispose_tee (GstP2pSinkPad *self, GstBin *bin)
{
  gst_ghost_pad_set_target (GST_GHOST_PAD (self), NULL);
  gst_element_set_state (self->tee, GST_STATE_NULL);
  gst_bin_remove (bin, self->tee);
}

/* --- branches --- */

/* A label that DCEP can carry, which ends with a whole character. */
static gchar *
make_label (const gchar *text)
{
  gchar *label = g_utf8_make_valid (text, -1);
  const gchar *end;

  g_utf8_validate_len (label, MIN (strlen (label), GST_P2P_MAX_LABEL_LENGTH), &end);
  label[end - label] = '\0';
  return label;
}

GstP2pChannelConfig *
gst_p2p_sink_pad_get_config (GstP2pSinkPad *self, gint *stream)
{
  GstP2pChannelConfig *config = gst_p2p_channel_config_new ();

  GST_OBJECT_LOCK (self);
  g_free (config->label);
  config->label = make_label (self->label ? self->label : GST_OBJECT_NAME (self));
  config->ordered = self->ordered;
  if (self->max_retransmits >= 0)
    {
      config->reliability = GST_P2P_RELIABILITY_MAX_RETRANSMITS;
      config->parameter = self->max_retransmits;
    }
  else if (self->max_packet_lifetime >= 0)
    {
      config->reliability = GST_P2P_RELIABILITY_MAX_PACKET_LIFETIME;
      config->parameter = self->max_packet_lifetime;
    }
  *stream = self->negotiated ? self->stream_id : -1;
  GST_OBJECT_UNLOCK (self);
  return config;
}

GstPad *
gst_p2p_sink_pad_add_branch (GstP2pSinkPad *self)
{
  return gst_element_request_pad_simple (self->tee, "src_%u");
}

/* What the stream is goes to the receiver at once: the tee gives a new pad its sticky events only
 * with the next buffer, and that may be long in coming. The event behind them is for nobody. After
 * EOS there is no buffer; where the tee has given the branch its EOS, the second one is refused. */
static GstPadProbeReturn
begin_branch (GstPad *pad, GstPadProbeInfo *info, gpointer branch)
{
  g_autoptr (GstObject) self = gst_pad_get_parent (pad);
  g_autoptr (GstEvent) start = gst_pad_get_sticky_event (branch, GST_EVENT_STREAM_START, 0);

  if (!start || !self)
    return GST_PAD_PROBE_REMOVE;
  gst_pad_push_event (branch, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
                                                    gst_structure_new_empty ("gst-p2p-begin")));
  if (gst_p2p_sink_pad_is_eos (GST_P2P_SINK_PAD (self)))
    gst_pad_push_event (branch, gst_event_new_eos ());
  return GST_PAD_PROBE_REMOVE;
}

void
gst_p2p_sink_pad_branch_is_ready (GstP2pSinkPad *self, GstPad *branch)
{
  g_autoptr (GstProxyPad) internal = gst_proxy_pad_get_internal (GST_PROXY_PAD (self));

  /* No other thread pushes into the tee meanwhile. */
  gst_pad_add_probe (GST_PAD (internal), GST_PAD_PROBE_TYPE_IDLE, begin_branch,
                     gst_object_ref (branch), gst_object_unref);

  GST_OBJECT_LOCK (self);
  self->n_ready++;
  GST_OBJECT_UNLOCK (self);
  update_block (self);
}

void
gst_p2p_sink_pad_remove_branch (GstP2pSinkPad *self, GstPad *branch)
{
  GST_OBJECT_LOCK (self);
  self->n_ready--;
  GST_OBJECT_UNLOCK (self);

  /* The block comes first, so that what comes now waits for the next connection and is not
   * dropped. */
  update_block (self);
  gst_element_release_request_pad (self->tee, branch);
}

guint
gst_p2p_sink_pad_get_index (GstP2pSinkPad *self)
{
  return self->index;
}

static gboolean
is_negotiated (GstP2pSinkPad *self)
{
  gboolean negotiated;

  GST_OBJECT_LOCK (self);
  negotiated = self->negotiated;
  GST_OBJECT_UNLOCK (self);
  return negotiated;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  GstP2pSinkPad *one = GST_P2P_SINK_PAD ((gpointer)a);
  GstP2pSinkPad *other = GST_P2P_SINK_PAD ((gpointer)b);
  gint order = is_negotiated (other) - is_negotiated (one);

  if (order == 0 && one->index != other->index)
    order = one->index < other->index ? -1 : 1;
  return order;
}

GList *
gst_p2p_sink_pad_list (GstElement *element)
{
  GList *pads = NULL;

  GST_OBJECT_LOCK (element);
  for (GList *l = element->sinkpads; l; l = l->next)
    pads = g_list_append (pads, gst_object_ref (l->data));
  GST_OBJECT_UNLOCK (element);
  return g_list_sort (pads, compare);
}

gboolean
gst_p2p_sink_pad_is_eos (GstP2pSinkPad *self)
{
  gboolean eos;

  GST_OBJECT_LOCK (self);
  eos = self->eos;
  GST_OBJECT_UNLOCK (self);
  return eos;
}

void
gst_p2p_sink_pad_list_let_go (GstElement *element)
{
  GList *pads = gst_p2p_sink_pad_list (element);

  for (GList *l = pads; l; l = l->next)
    gst_p2p_sink_pad_set_wait (l->data, FALSE);
  g_list_free_full (pads, gst_object_unref);
}
