/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-p2pframepay
 * @title: p2pframepay
 *
 * Turns buffers, caps and events into messages for one data channel. The pad `src` gives messages
 * to the transport, `reply` takes the receiver's from it. It lives inside p2psink, and works alone,
 * too:
 *
 * |[
 * gst-launch-1.0 -m videotestsrc num-buffers=30 ! vp8enc ! p2pframepay framing=raw ! fakesink
 * ]| Thirty messages go out; EOS is not forwarded.
 *
 * ## Messages
 *
 * - error `GST_STREAM_ERROR_WRONG_TYPE`: no receiver could get what comes in; `FORMAT`: this one
 * does not take it; `DECODE`: this one sent something malformed.
 * - element message `GstP2pFramePayEos`: the receiver has acknowledged EOS (raw: everything has
 * been pushed). p2psink keeps it to itself.
 */
/*
 * Three threads work here. The streaming thread of the sink pad sends everything and waits while
 * too much is unacknowledged. The thread that pushes into the reply pad takes the acknowledgements;
 * it never waits for the streaming thread. A thread of upstream.h sends the receiver's events
 * upstream, since elements there may hold a lock that they release only after an acknowledgement.
 */
#include "plugins/p2p/framing/p2pframepay.h"

#include <gst/video/video.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/frame/frame.h"
#include "gst/p2p/frame/hello.h"
#include "gst/p2p/frame/safetext.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/framing/content.h"
#include "plugins/p2p/framing/enums.h"
#include "plugins/p2p/framing/event.h"
#include "plugins/p2p/framing/headers.h"
#include "plugins/p2p/framing/layout.h"
#include "plugins/p2p/framing/outlet.h"
#include "plugins/p2p/framing/returns.h"
#include "plugins/p2p/framing/time.h"
#include "plugins/p2p/framing/upstream.h"

#define GST_CAT_DEFAULT gst_p2p_pay_debug

struct _GstP2pFramePay
{
  GstP2pFramingBase parent;

  /* const */
  GstPad *sink, *src, *reply;
  GstP2pFramingUpstream *upstream;

  /* OBJECT_LOCK */
  GstP2pFramingOrigin *origin; /* given */
  GstP2pLeaky leaky;
  guint max_in_flight;
  guint credit;
  gboolean hold;
  gchar *sender_pad; /* for the receiver to know; NULL: nothing is told */
  guint streams;
  guint max_frame_size;
  gboolean parts;

  /* fixed while PAUSED or PLAYING */
  GstP2pFramingAgreement agreement;
  guint most;         /* max_frame_size */
  gboolean may_split; /* parts */

  /* streaming thread of the sink pad; state changes while it is stopped */
  GstP2pFramingOutlet outlet;
  GstSegment segment;
  GstCaps *caps;
  GstP2pFramingLayout layout; /* of the caps */
  gboolean sent_buffer;       /* the receiver has begun to get media */
  gboolean skipping;          /* up to the next keyframe */
  gboolean discont;
  gboolean refused_caps; /* and said so */
  gboolean warned;       /* of what does not travel */
  GstSegment told;       /* to the receiver; else what it assumes */

  /* thread of the reply pad */
  GstP2pFramingReturns returns;
};

enum
{
  PROP_0,
  PROP_MAX_IN_FLIGHT,
  PROP_CREDIT,
  PROP_LEAKY,
  PROP_HOLD_WHEN_CLOSED,
  PROP_ORIGIN,
  PROP_MAX_FRAME_SIZE,
  PROP_PARTS,
  PROP_SENDER_PAD,
  PROP_STREAMS,
  PROP_STATS
};

static GstStaticPadTemplate reply_template
    = GST_STATIC_PAD_TEMPLATE ("reply", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_FINAL_TYPE (GstP2pFramePay, gst_p2p_frame_pay, GST_TYPE_P2P_FRAMING_BASE)
GST_ELEMENT_REGISTER_DEFINE (p2pframepay, "p2pframepay", GST_RANK_NONE, GST_TYPE_P2P_FRAME_PAY)

/* The properties that may change at any time, as they are during one call of a streaming thread. */
typedef struct
{
  GstP2pLeaky leaky;
  guint max_in_flight;
  guint credit;
  gboolean hold;
  guint max_frame_size;
  gboolean parts;
} Settings;

static Settings
get_settings (GstP2pFramePay *self)
{
  Settings settings;

  GST_OBJECT_LOCK (self);
  settings = (Settings){ self->leaky, self->max_in_flight,  self->credit,
                         self->hold,  self->max_frame_size, self->parts };
  GST_OBJECT_UNLOCK (self);
  return settings;
}

static void
post_eos (GstP2pFramePay *self)
{
  gst_element_post_message (
      GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self), gst_structure_new_empty (GST_P2P_FRAME_PAY_EOS)));
}

/* --- sending: the streaming thread --- */

/* What may be in flight. */
static guint
get_window (const Settings *settings)
{
  return MIN (settings->max_in_flight, settings->credit);
}

/* With "hold", waits for the flush or the end rather than return @flow: a branch of a tee must not
 * stop the others, nor the source before the error that ends the branch was posted. */
static GstFlowReturn
tell_upstream (GstP2pFramePay *self, GstFlowReturn flow)
{
  if (flow == GST_FLOW_OK || !get_settings (self).hold)
    return flow;
  GST_DEBUG_OBJECT (self, "held: %s", gst_flow_get_name (flow));
  gst_p2p_framing_send_window_wait_closed (self->outlet.window);
  return GST_FLOW_FLUSHING;
}

static GstFlowReturn
send_event_object (GstP2pFramePay *self, guint8 kind, GBytes *object)
{
  Settings settings = get_settings (self);
  GstFlowReturn flow = GST_FLOW_OK;
  gsize size = object ? g_bytes_get_size (object) : 0;
  g_autoptr (GstBuffer) buffer = object ? gst_buffer_new_wrapped_bytes (object) : NULL;

  /* An EOS must not wait, and events of a leaky stream do not wait for what it is about to drop. A
   * gap is dropped as the buffer would be that it stands for. */
  if (kind != GST_P2P_FRAME_EOS && settings.leaky == GST_P2P_LEAKY_NO)
    flow = gst_p2p_framing_outlet_wait (&self->outlet, size, get_window (&settings));
  else if (kind == GST_P2P_FRAME_GAP
           && !gst_p2p_framing_outlet_has_room (&self->outlet, size, get_window (&settings)))
    return GST_FLOW_OK;
  return flow == GST_FLOW_OK ? gst_p2p_framing_outlet_send (&self->outlet, kind, NULL, 0, buffer)
                             : flow;
}

static void
skip_to_key_unit (GstP2pFramePay *self)
{
  self->skipping = TRUE;
  gst_p2p_framing_base_count_dropped (GST_P2P_FRAMING_BASE (self));
  if (gst_p2p_framing_base_may_request_key_unit (GST_P2P_FRAMING_BASE (self)))
    gst_pad_push_event (self->sink,
                        gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

/* The receiver would end the connection, and its user alone would know why. */
static gboolean
is_taken (GstP2pFramePay *self, gsize size)
{
  if (size <= self->most)
    return TRUE;
  GST_ELEMENT_ERROR (self, STREAM, FORMAT,
                     ("A frame of %" G_GSIZE_FORMAT " bytes is over the receiver's max-frame-size "
                      "of %u: raise max-frame-size at p2psrc.",
                      size, self->most),
                     (NULL));
  return FALSE;
}

/* Says so once, as long as the stream lasts. */
static void
warn_of_lost (GstP2pFramePay *self, const gchar *meta)
{
  if (!meta || self->warned)
    return;
  self->warned = TRUE;
  GST_ELEMENT_WARNING (self, STREAM, NOT_IMPLEMENTED,
                       ("What the stream carries as %s does not go to the peer.", meta), (NULL));
}

static GstFlowReturn
send_framed (GstP2pFramePay *self, GstBuffer *buffer, const Settings *settings)
{
  GstP2pFrameBuffer times = {
    .duration = GST_BUFFER_DURATION (buffer),
    .offset = GST_BUFFER_OFFSET (buffer),
    .offset_end = GST_BUFFER_OFFSET_END (buffer),
    .flags = GST_BUFFER_FLAGS (buffer),
  };
  guint8 prefix[GST_P2P_FRAME_BUFFER_PREFIX];
  const gchar *lost = NULL;
  g_autoptr (GstBuffer) content = gst_p2p_framing_content_print (buffer, &times.extra, &lost);
  gsize size = GST_P2P_FRAME_BUFFER_PREFIX + gst_buffer_get_size (content);

  warn_of_lost (self, lost);
  if (settings->leaky == GST_P2P_LEAKY_NO)
    {
      GstFlowReturn flow = gst_p2p_framing_outlet_wait (&self->outlet, size, get_window (settings));

      if (flow != GST_FLOW_OK)
        return flow;
    }
  gst_p2p_framing_time_convert (&self->segment, GST_BUFFER_PTS (buffer), GST_BUFFER_DTS (buffer),
                                &times);
  if (self->discont)
    times.flags |= GST_BUFFER_FLAG_DISCONT;
  self->discont = FALSE;
  gst_p2p_framing_sender_time_stamp (&self->outlet.time, GST_ELEMENT (self), &times.sent,
                                     &times.timeline);
  gst_p2p_frame_buffer_write (&times, prefix);
  return gst_p2p_framing_outlet_send (&self->outlet, GST_P2P_FRAME_BUFFER, prefix, sizeof prefix,
                                      content);
}

static gboolean
is_readable (GstP2pFramePay *self, GstBuffer *buffer)
{
  const gchar *memory = gst_p2p_framing_content_find_unreadable (buffer);

  if (memory)
    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
                       ("Buffers in memory of type %s cannot be read, and not be sent: an element "
                        "before this one has to copy them.",
                        memory),
                       (NULL));
  return !memory;
}

static GstFlowReturn
send_buffer (GstP2pFramePay *self, GstBuffer *buffer, const Settings *settings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBuffer) packed = NULL;

  if (!is_readable (self, buffer))
    return GST_FLOW_ERROR;
  packed = gst_p2p_framing_layout_pack (&self->layout, buffer, &error);
  if (!packed)
    {
      GST_ELEMENT_ERROR (self, STREAM, WRONG_TYPE, ("%s.", error->message), (NULL));
      return GST_FLOW_ERROR;
    }
  if (!is_taken (self, gst_buffer_get_size (packed)))
    return GST_FLOW_ERROR;
  return self->agreement.raw ? gst_p2p_framing_outlet_send_raw (
             &self->outlet, packed, get_window (settings), self->may_split)
                             : send_framed (self, packed, settings);
}

/* Sends a new receiver the stream headers that others got earlier. */
static GstFlowReturn
send_stream_headers (GstP2pFramePay *self, const Settings *settings)
{
  g_autoptr (GstBufferList) headers = gst_p2p_framing_headers_get (self->caps);
  guint n = headers ? gst_buffer_list_length (headers) : 0;
  GstFlowReturn flow = GST_FLOW_OK;

  for (guint i = 0; flow == GST_FLOW_OK && i < n; i++)
    flow = send_buffer (self, gst_buffer_list_get (headers, i), settings);
  return flow;
}

/* Whether @buffer is passed over: for want of a keyframe, or because the receiver is too slow. */
static gboolean
skips (GstP2pFramePay *self, GstBuffer *buffer, const Settings *settings)
{
  /* Muxers flag their headers as both HEADER and DELTA_UNIT. */
  gboolean delta = GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT)
                   && !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER);
  gboolean leaky = settings->leaky == GST_P2P_LEAKY_DOWNSTREAM;
  gboolean room = TRUE;

  /* A leaky queue before the element has dropped something, or a new receiver joins in the
   * middle. */
  if (delta && (!self->sent_buffer || self->skipping || (leaky && GST_BUFFER_IS_DISCONT (buffer))))
    {
      skip_to_key_unit (self);
      return TRUE;
    }
  if (leaky && !self->agreement.raw)
    room = gst_p2p_framing_outlet_has_room (
        &self->outlet, GST_P2P_FRAME_BUFFER_PREFIX + gst_buffer_get_size (buffer),
        get_window (settings));
  if (!room)
    {
      skip_to_key_unit (self);
      return TRUE;
    }
  if (self->skipping)
    self->discont = TRUE;
  self->skipping = FALSE;
  return FALSE;
}

/* Before the media that it is about. */
static GstFlowReturn
tell_latency (GstP2pFramePay *self)
{
  g_autoptr (GBytes) object = NULL;
  GstClockTime latency;
  gchar *text;

  if (self->agreement.raw
      || !gst_p2p_framing_sender_time_ask (&self->outlet.time, self->sink, &latency))
    return GST_FLOW_OK;
  text = gst_p2p_framing_event_print_latency (latency);
  object = g_bytes_new_take (text, strlen (text));
  return send_event_object (self, GST_P2P_FRAME_EVENT, object);
}

static GstFlowReturn
sink_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstP2pFramePay *self = GST_P2P_FRAME_PAY (parent);
  Settings settings = get_settings (self);
  GstFlowReturn flow = GST_FLOW_OK;

  if (!skips (self, buffer, &settings))
    {
      if (!self->sent_buffer && !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER))
        flow = send_stream_headers (self, &settings);
      self->sent_buffer = TRUE;
      if (flow == GST_FLOW_OK)
        flow = tell_latency (self);
      if (flow == GST_FLOW_OK)
        flow = send_buffer (self, buffer, &settings);
    }
  gst_buffer_unref (buffer);
  return tell_upstream (self, flow);
}

/* Keeps the segment. TRUE: the receiver goes by it already. */
static gboolean
take_segment (GstP2pFramePay *self, GstEvent *event)
{
  GstSegment told;

  gst_event_copy_segment (event, &self->segment);
  gst_p2p_framing_time_tell (&self->segment, &told);
  if (gst_segment_is_equal (&told, &self->told))
    return TRUE;
  self->told = told;
  return FALSE;
}

static gboolean
send_event (GstP2pFramePay *self, GstEvent *event)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) object = NULL;
  guint8 kind;

  if (!gst_p2p_framing_event_to_object (event, &self->segment, &kind, &object, &error))
    {
      if (self->refused_caps) /* sticky events come again and again */
        return FALSE;
      self->refused_caps = TRUE;
      GST_ELEMENT_ERROR (self, STREAM, WRONG_TYPE,
                         ("These caps cannot be sent to a peer. %s.", error->message),
                         ("%" GST_PTR_FORMAT, event));
      return FALSE;
    }
  if (kind == 0 && GST_EVENT_TYPE (event) == GST_EVENT_PROTECTION)
    warn_of_lost (self, "a PROTECTION event");
  return kind == 0 || tell_upstream (self, send_event_object (self, kind, object)) == GST_FLOW_OK;
}

static gboolean
sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstP2pFramePay *self = GST_P2P_FRAME_PAY (parent);
  gboolean raw = self->agreement.raw;
  GstCaps *caps;
  gboolean done = raw;

  switch (GST_EVENT_TYPE (event))
    {
    case GST_EVENT_FLUSH_START:
      gst_p2p_framing_send_window_set_flushing (self->outlet.window, TRUE);
      break;
    case GST_EVENT_FLUSH_STOP:
      gst_p2p_framing_outlet_flush (&self->outlet, event);
      gst_segment_init (&self->segment, GST_FORMAT_TIME);
      self->discont = TRUE;
      gst_p2p_framing_send_window_set_flushing (self->outlet.window, FALSE);
      break;
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      gst_caps_replace (&self->caps, caps);
      gst_p2p_framing_layout_set_caps (&self->layout, caps);
      break;
    case GST_EVENT_SEGMENT:
      done |= take_segment (self, event);
      break;
    case GST_EVENT_EOS:
      if (raw)
        post_eos (self);
      break;
    default:
      break;
    }
  if (!done)
    done = send_event (self, event);
  gst_event_unref (event);
  return done;
}

/* --- replies: the thread that pushes into the reply pad --- */

static GstFlowReturn
reply_chain (GstPad *pad, GstObject *parent, GstBuffer *message)
{
  GstP2pFramePay *self = GST_P2P_FRAME_PAY (parent);
  g_autoptr (GError) error = NULL;
  gboolean ok = TRUE, eos = FALSE;

  if (self->agreement.acknowledged)
    ok = gst_p2p_framing_returns_take (&self->returns, message, &eos, &error);
  gst_buffer_unref (message);
  if (eos)
    post_eos (self);
  if (error)
    GST_ELEMENT_ERROR (self, STREAM, DECODE,
                       ("The receiver sent something malformed. %s.", error->message), (NULL));
  return ok ? GST_FLOW_OK : GST_FLOW_ERROR;
}

/* --- life --- */

static void
start (GstP2pFramingBase *base, const GstP2pFramingAgreement *agreement)
{
  GstP2pFramePay *self = GST_P2P_FRAME_PAY (base);
  gchar *hello = NULL;

  self->agreement = *agreement;
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  gst_segment_init (&self->told, GST_FORMAT_TIME);
  gst_clear_caps (&self->caps);
  gst_p2p_framing_layout_set_caps (&self->layout, NULL);
  self->sent_buffer = self->skipping = self->discont = FALSE;
  self->refused_caps = self->warned = FALSE;

  GST_OBJECT_LOCK (self);
  self->most = self->max_frame_size;
  self->may_split = self->parts;
  if (self->sender_pad && !agreement->raw)
    hello = gst_p2p_frame_hello_print (self->sender_pad, self->streams);
  gst_p2p_framing_outlet_start (&self->outlet, agreement, self->origin, hello);
  GST_OBJECT_UNLOCK (self);
  gst_p2p_framing_upstream_start (self->upstream);
  gst_p2p_framing_returns_start (&self->returns, self->outlet.window, self->upstream);
}

static void
interrupt (GstP2pFramingBase *base)
{
  gst_p2p_framing_send_window_stop (GST_P2P_FRAME_PAY (base)->outlet.window);
}

static void
stop (GstP2pFramingBase *base)
{
  GstP2pFramePay *self = GST_P2P_FRAME_PAY (base);

  gst_p2p_framing_upstream_stop (self->upstream);
  gst_p2p_framing_outlet_stop (&self->outlet);
  gst_clear_caps (&self->caps);
}

static GstStructure *
get_stats (GstP2pFramePay *self)
{
  GstStructure *stats
      = gst_p2p_framing_base_get_stats (GST_P2P_FRAMING_BASE (self), "p2pframepay-stats");

  gst_p2p_framing_send_window_add_stats (self->outlet.window, stats);
  return stats;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstP2pFramePay *self = GST_P2P_FRAME_PAY (object);

  GST_OBJECT_LOCK (self);
  switch (id)
    {
    case PROP_MAX_IN_FLIGHT:
      self->max_in_flight = g_value_get_uint (value);
      break;
    case PROP_CREDIT:
      self->credit = g_value_get_uint (value);
      break;
    case PROP_LEAKY:
      self->leaky = g_value_get_enum (value);
      break;
    case PROP_HOLD_WHEN_CLOSED:
      self->hold = g_value_get_boolean (value);
      break;
    case PROP_ORIGIN:
      g_clear_pointer (&self->origin, gst_p2p_framing_origin_unref);
      self->origin = g_value_dup_boxed (value);
      break;
    case PROP_MAX_FRAME_SIZE:
      self->max_frame_size = g_value_get_uint (value);
      break;
    case PROP_SENDER_PAD:
      g_free (self->sender_pad);
      self->sender_pad = g_value_dup_string (value);
      break;
    case PROP_STREAMS:
      self->streams = g_value_get_uint (value);
      break;
    case PROP_PARTS:
      self->parts = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
    }
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstP2pFramePay *self = GST_P2P_FRAME_PAY (object);
  Settings settings = get_settings (self);

  switch (id)
    {
    case PROP_MAX_IN_FLIGHT:
      g_value_set_uint (value, settings.max_in_flight);
      break;
    case PROP_CREDIT:
      g_value_set_uint (value, settings.credit);
      break;
    case PROP_LEAKY:
      g_value_set_enum (value, settings.leaky);
      break;
    case PROP_HOLD_WHEN_CLOSED:
      g_value_set_boolean (value, settings.hold);
      break;
    case PROP_MAX_FRAME_SIZE:
      g_value_set_uint (value, settings.max_frame_size);
      break;
    case PROP_PARTS:
      g_value_set_boolean (value, settings.parts);
      break;
    case PROP_STATS:
      g_value_take_boxed (value, get_stats (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
    }
}

static void
finalize (GObject *object)
{
  GstP2pFramePay *self = GST_P2P_FRAME_PAY (object);

  gst_p2p_framing_upstream_free (self->upstream);
  gst_p2p_framing_returns_clear (&self->returns);
  gst_p2p_framing_outlet_clear (&self->outlet);
  g_clear_pointer (&self->origin, gst_p2p_framing_origin_unref);
  gst_clear_caps (&self->caps);
  g_free (self->sender_pad);

  G_OBJECT_CLASS (gst_p2p_frame_pay_parent_class)->finalize (object);
}

static void
gst_p2p_frame_pay_init (GstP2pFramePay *self)
{
  GstP2pFramingBase *base = GST_P2P_FRAMING_BASE (self);

  self->max_in_flight = GST_P2P_FRAME_PAY_DEFAULT_MAX_IN_FLIGHT;
  self->credit = G_MAXUINT;
  self->max_frame_size = GST_P2P_FRAME_DEFAULT_MAX_FRAME_SIZE;
  self->streams = 1;

  self->sink = gst_p2p_framing_base_add_pad (base, "sink");
  gst_pad_set_chain_function (self->sink, sink_chain);
  gst_pad_set_event_function (self->sink, sink_event);
  self->upstream = gst_p2p_framing_upstream_new ("p2pframepay", self->sink);

  self->src = gst_p2p_framing_base_add_pad (base, "src");
  gst_p2p_framing_outlet_init (&self->outlet, base, self->src);

  self->reply = gst_p2p_framing_base_add_pad (base, "reply");
  gst_pad_set_chain_function (self->reply, reply_chain);
}

static void
install_window (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  g_object_class_install_property (
      object_class, PROP_MAX_IN_FLIGHT,
      g_param_spec_uint (
          "max-in-flight", "Maximum in flight",
          "Bytes sent and not acknowledged, 512 for each object included, at most; a "
          "single larger object may go",
          1, G_MAXUINT, GST_P2P_FRAME_PAY_DEFAULT_MAX_IN_FLIGHT, flags));
  g_object_class_install_property (
      object_class, PROP_CREDIT,
      g_param_spec_uint ("credit", "Credit",
                         "What the receiver holds for this channel: less than max-in-flight counts "
                         "in its place",
                         1, G_MAXUINT, G_MAXUINT, flags));
  g_object_class_install_property (object_class, PROP_LEAKY,
                                   g_param_spec_enum ("leaky", "Leaky",
                                                      "What happens when the receiver is too slow",
                                                      GST_TYPE_P2P_LEAKY, GST_P2P_LEAKY_NO, flags));
  g_object_class_install_property (
      object_class, PROP_HOLD_WHEN_CLOSED,
      g_param_spec_boolean ("hold-when-closed", "Hold when closed",
                            "When messages are not taken any more, wait to be stopped instead of "
                            "stopping what is upstream: for one branch of a tee",
                            FALSE, flags));
}

/* What is fixed while PAUSED or PLAYING. */
static void
install_agreement (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  const GParamFlags write_flags
      = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (
      object_class, PROP_ORIGIN,
      g_param_spec_boxed ("origin", "Origin",
                          "What the streams of one sender share (NULL = its own)",
                          GST_TYPE_P2P_FRAMING_ORIGIN, write_flags));
  g_object_class_install_property (
      object_class, PROP_MAX_FRAME_SIZE,
      g_param_spec_uint ("max-frame-size", "Maximum frame size",
                         "Bytes of a buffer that the receiver takes; more is an error", 1, G_MAXINT,
                         GST_P2P_FRAME_DEFAULT_MAX_FRAME_SIZE, flags));
  g_object_class_install_property (
      object_class, PROP_PARTS,
      g_param_spec_boolean ("parts", "Parts",
                            "The receiver puts a message together that is sent in parts (raw only)",
                            FALSE, flags));
  g_object_class_install_property (
      object_class, PROP_SENDER_PAD,
      g_param_spec_string ("sender-pad", "Sender's pad",
                           "What the receiver is told that the stream comes from (NULL = nothing)",
                           NULL, write_flags));
  g_object_class_install_property (
      object_class, PROP_STREAMS,
      g_param_spec_uint ("streams", "Streams",
                         "And of how many streams this is one; only with sender-pad", 1,
                         GST_P2P_FRAME_HELLO_MAX_STREAMS, 1, write_flags));
}

static void
gst_p2p_frame_pay_class_init (GstP2pFramePayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstP2pFramingBaseClass *base_class = GST_P2P_FRAMING_BASE_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  base_class->start = start;
  base_class->interrupt = interrupt;
  base_class->stop = stop;

  install_window (object_class);
  install_agreement (object_class);
  g_object_class_install_property (
      object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
                          "objects, bytes (sent), dropped (buffers), in-flight (bytes), "
                          "in-flight-objects, ack-rtt-us (-1: unknown)",
                          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_static_pad_template (element_class, &reply_template);
  gst_element_class_set_static_metadata (
      element_class, "Peer-to-peer frame payloader", "Codec/Payloader/Network",
      "Turns buffers, caps and events into messages for a peer", "The gst-p2p authors");
  gst_type_mark_as_plugin_api (GST_TYPE_P2P_LEAKY, 0);
  gst_p2p_log_init ();
}
