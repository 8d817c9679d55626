/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-p2pframedepay
 * @title: p2pframedepay
 *
 * Turns the messages of one data channel into buffers, caps and events, acknowledges them, and
 * takes events back to the sender. The pad `sink` takes messages from the transport, `reply` gives
 * it those for the sender. It lives inside p2psrc, and works alone, too:
 *
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=30 ! vp8enc ! p2pframepay name=p \
 *   p. ! p2pframedepay name=d ! vp8dec ! videoconvert ! autovideosink  d.reply ! p.reply
 * ]| Sends and receives in one process. GstBin warns of the circle that the replies make.
 *
 * ## Messages
 *
 * - element message `GstP2pFrameDepayTruncated`: the sender left without ending its stream, and EOS
 *   follows. p2psrc has messages of its own for that.
 */
/*
 * The transport's thread brings the messages and pushes the media; a thread of the element's own
 * (replies.h) pushes the replies.
 */
#include "plugins/p2p/framing/p2pframedepay.h"

#include "gst/p2p/base/error.h"
#include "gst/p2p/frame/frame.h"
#include "gst/p2p/frame/hello.h"
#include "gst/p2p/frame/reassembler.h"
#include "gst/p2p/frame/safetext.h"
#include "plugins/p2p/base/counter.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/base/messagepad.h"
#include "plugins/p2p/framing/answer.h"
#include "plugins/p2p/framing/content.h"
#include "plugins/p2p/framing/event.h"
#include "plugins/p2p/framing/layout.h"
#include "plugins/p2p/framing/playout.h"
#include "plugins/p2p/framing/raw.h"
#include "plugins/p2p/framing/replies.h"
#include "plugins/p2p/framing/time.h"

#define GST_CAT_DEFAULT gst_p2p_depay_debug

/* The ACK of an EOS should be under way before the application hears of the EOS and stops the
 * element. */
#define EOS_ACK_TIMEOUT_US (G_USEC_PER_SEC / 2)

struct _GstP2pFrameDepay
{
  GstP2pFramingBase parent;

  /* const */
  GstPad *sink, *src, *reply;
  GstP2pFramingReplies *replies;

  /* OBJECT_LOCK */
  guint max_frame_size;
  gboolean is_live;
  guint latency_ms;
  GstP2pFramingTimeline *timeline; /* given */
  GstP2pFramingTimeline *time;     /* given, or our own */
  gchar *sender_pad;               /* told by the sender, as is */
  guint streams;

  /* fixed while PAUSED or PLAYING */
  gboolean raw;
  gboolean acknowledged;

  /* streaming thread of the sink pad; state changes while it is stopped */
  GstP2pFrameReassembler *reassembler;
  GstP2pFramingEventContext context;
  GstP2pFramingPlayout playout;
  gboolean got_caps;
  gboolean eos; /* the sender ended the stream */
  gboolean failed;
  guint64 raw_offset;
  guint32 raw_seq;   /* of the next message */
  GByteArray *parts; /* of a raw message, or NULL */
  guint most;        /* bytes of a buffer */
  guint new_names;   /* of metas, that may still be learnt */
  GstP2pFramingLayout layout;
  guint64 lost;   /* objects that a keyframe was requested for */
  gint64 arrived; /* the last message did; see messagepad.h */

  /* atomic */
  gint kinds;     /* GstP2pFrameDepayKinds */
  gint truncated; /* gboolean: it ended without an end */

  /* any thread */
  GstP2pCounter n_lost;
};

enum
{
  PROP_0,
  PROP_MAX_FRAME_SIZE,
  PROP_IS_LIVE,
  PROP_LATENCY,
  PROP_TIMELINE,
  PROP_SENDER_PAD,
  PROP_STREAMS,
  PROP_STATS
};

static GstStaticPadTemplate reply_template
    = GST_STATIC_PAD_TEMPLATE ("reply", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_FINAL_TYPE (GstP2pFrameDepay, gst_p2p_frame_depay, GST_TYPE_P2P_FRAMING_BASE)
GST_ELEMENT_REGISTER_DEFINE (p2pframedepay, "p2pframedepay", GST_RANK_NONE,
                             GST_TYPE_P2P_FRAME_DEPAY)

/* --- objects: the streaming thread --- */

/* At most once per second; FALSE: not now. */
static gboolean
ask_for_key_unit (GstP2pFrameDepay *self)
{
  if (!gst_p2p_framing_base_may_request_key_unit (GST_P2P_FRAMING_BASE (self)))
    return FALSE;
  gst_p2p_framing_replies_take_upstream (self->replies,
                                         gst_p2p_framing_event_print_key_unit_request ());
  return TRUE;
}

/* GST_FLOW_CUSTOM_SUCCESS: it is dropped. @discont: whether others were dropped before it */
static GstFlowReturn
admit (GstP2pFrameDepay *self, const GstP2pFramingStamp *stamp, gboolean delta, gboolean *discont)
{
  GstP2pFramingVerdict verdict;
  GstClockTime latency;
  GstFlowReturn flow;

  if (gst_p2p_framing_playout_was_flushed (&self->playout, stamp->timeline))
    return GST_FLOW_CUSTOM_SUCCESS;
  GST_OBJECT_LOCK (self);
  latency = self->latency_ms * GST_MSECOND;
  GST_OBJECT_UNLOCK (self);
  flow = gst_p2p_framing_playout_admit (&self->playout, stamp, delta, latency, &verdict);
  if (flow != GST_FLOW_OK)
    return flow;
  if (verdict == GST_P2P_FRAMING_DROP_TO_KEY_UNIT)
    ask_for_key_unit (self);
  *discont = verdict == GST_P2P_FRAMING_PASS_DISCONT;
  if (verdict == GST_P2P_FRAMING_PASS || *discont)
    {
      gst_p2p_framing_playout_begin_segment (&self->playout, &self->context.segment);
      return GST_FLOW_OK;
    }
  gst_p2p_framing_base_count_dropped (GST_P2P_FRAMING_BASE (self));
  return GST_FLOW_CUSTOM_SUCCESS;
}

/* See p2pframedepay.h. @taken: whether to acknowledge. */
static GstFlowReturn
judge_flow (GstP2pFrameDepay *self, GstFlowReturn flow, gboolean *taken)
{
  *taken = flow != GST_FLOW_FLUSHING;
  if (flow == GST_FLOW_OK || flow == GST_FLOW_CUSTOM_SUCCESS)
    return GST_FLOW_OK;
  gst_p2p_framing_base_count_dropped (GST_P2P_FRAMING_BASE (self));
  switch (flow)
    {
    case GST_FLOW_EOS:
      self->playout.eos = TRUE;
      return GST_FLOW_OK;
    case GST_FLOW_NOT_LINKED:
      return GST_FLOW_OK;
    case GST_FLOW_FLUSHING:
      return gst_p2p_framing_playgate_is_stopped (&self->playout.gate) ? flow : GST_FLOW_OK;
    case GST_FLOW_NOT_NEGOTIATED:
      GST_ELEMENT_FLOW_ERROR (self, flow);
      break;
    default:
      break;
    }
  *taken = FALSE;
  return flow;
}

/* Requests a keyframe, only after a loss. */
static void
request_key_unit (GstP2pFrameDepay *self)
{
  guint64 lost = gst_p2p_frame_reassembler_get_lost (self->reassembler);

  gst_p2p_counter_set (&self->n_lost, lost);
  if (lost > self->lost && ask_for_key_unit (self))
    self->lost = lost;
}

static GstFlowReturn
handle_buffer (GstP2pFrameDepay *self, GstP2pFrameObject *object, GError **error)
{
  GstP2pFrameBuffer times;
  GstP2pFramingStamp stamp = { .arrived = self->arrived };
  GstFlowReturn flow;
  GstBuffer *buffer;
  gboolean delta, discont;

  if (!gst_p2p_frame_buffer_read (&times, object->payload))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "A BUFFER object is shorter than what it says of itself");
      return GST_FLOW_ERROR;
    }
  stamp.timeline = times.timeline;
  stamp.sent = times.sent;
  stamp.time = times.pts != GST_P2P_FRAME_NO_TIME ? times.pts : times.dts;
  delta = (times.flags & (GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_HEADER))
          == GST_BUFFER_FLAG_DELTA_UNIT;
  flow = admit (self, &stamp, delta, &discont);
  if (flow != GST_FLOW_OK)
    return flow;
  times.pts = gst_p2p_framing_playout_shift (&self->playout, times.pts);
  times.dts = gst_p2p_framing_playout_shift (&self->playout, times.dts);
  buffer = gst_p2p_framing_content_parse (object->payload, &times, &self->playout.told, self->most,
                                          &self->new_names, error);
  if (!buffer || !gst_p2p_framing_layout_unpack (&self->layout, buffer, error))
    {
      gst_clear_buffer (&buffer);
      return GST_FLOW_ERROR;
    }
  if (object->discont || discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  return gst_p2p_framing_playout_push (&self->playout, buffer);
}

static GstFlowReturn
handle_gap (GstP2pFrameDepay *self, GstP2pFrameObject *object, GError **error)
{
  GstP2pFrameGap gap;
  GstP2pFramingStamp stamp = { .arrived = self->arrived };
  GstClockTime time;
  GstFlowReturn flow;
  gboolean discont;

  if (!gst_p2p_frame_gap_read (&gap, object->payload) || gap.pts == GST_P2P_FRAME_NO_TIME)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "A gap has no time");
      return GST_FLOW_ERROR;
    }
  stamp.timeline = gap.timeline;
  stamp.sent = gap.sent;
  stamp.time = gap.pts;
  flow = admit (self, &stamp, FALSE, &discont);
  if (flow != GST_FLOW_OK)
    return flow;
  time = gst_p2p_framing_time_to_timestamp (
      &self->playout.told, gst_p2p_framing_playout_shift (&self->playout, gap.pts));
  if (GST_CLOCK_TIME_IS_VALID (time))
    gst_p2p_framing_playout_push_event (&self->playout, gst_event_new_gap (time, gap.duration));
  return GST_FLOW_OK;
}

/* A stream without data has a segment, too. */
static void
handle_eos (GstP2pFrameDepay *self, GstP2pFrameObject *object)
{
  gst_p2p_framing_playout_begin_segment (&self->playout, &self->context.segment);
  self->eos = TRUE;
  gst_p2p_framing_replies_acknowledge (self->replies, object->seq, 0);
  gst_p2p_framing_replies_finish (self->replies, EOS_ACK_TIMEOUT_US);
}

static void
push_event (GstP2pFrameDepay *self, GstEvent *event)
{
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START)
    self->eos = FALSE;
  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    {
      /* GStreamer wants them before the segment, which is sent again. */
      if (!self->got_caps)
        gst_p2p_framing_playout_forget_segment (&self->playout);
      self->got_caps = TRUE;
      gst_event_parse_caps (event, &caps);
      gst_p2p_framing_layout_set_caps (&self->layout, caps);
    }
  gst_p2p_framing_playout_push_event (&self->playout, event);
}

static GstFlowReturn
handle_hello (GstP2pFrameDepay *self, GstP2pFrameObject *object, GError **error)
{
  gchar *pad;
  guint streams;

  if (!gst_p2p_framing_event_read_hello (object, &self->context, &pad, &streams, error))
    return GST_FLOW_ERROR;
  GST_DEBUG_OBJECT (self, "the sender's %s, of %u streams", pad, streams);
  GST_OBJECT_LOCK (self);
  g_free (self->sender_pad);
  self->sender_pad = pad;
  self->streams = streams;
  GST_OBJECT_UNLOCK (self);
  g_object_notify (G_OBJECT (self), "sender-pad");
  g_object_notify (G_OBJECT (self), "streams");
  return GST_FLOW_OK;
}

static GstFlowReturn
handle_event (GstP2pFrameDepay *self, GstP2pFrameObject *object, GError **error)
{
  GstEvent *event;

  if (!gst_p2p_framing_event_from_object (object, &self->context, &event, error))
    return GST_FLOW_ERROR;
  gst_p2p_framing_playout_add_latency (&self->playout, self->context.latency);
  if (object->kind == GST_P2P_FRAME_EOS)
    handle_eos (self, object);
  if (event)
    push_event (self, event);
  return GST_FLOW_OK;
}

static void
note_kind (GstP2pFrameDepay *self)
{
  gboolean bytes = self->context.segment.format == GST_FORMAT_BYTES;

  g_atomic_int_or ((guint *)&self->kinds,
                   bytes ? GST_P2P_FRAME_DEPAY_BYTES : GST_P2P_FRAME_DEPAY_MEDIA);
}

static GstFlowReturn
handle_object (GstP2pFrameDepay *self, GstP2pFrameObject *object, GError **error)
{
  gsize size = object->payload ? gst_buffer_get_size (object->payload) : 0;
  GstFlowReturn flow;
  gboolean taken;

  self->context.offset = self->playout.mapping.offset;
  switch (object->kind)
    {
    case GST_P2P_FRAME_BUFFER:
      note_kind (self);
      flow = handle_buffer (self, object, error);
      break;
    case GST_P2P_FRAME_GAP:
      flow = handle_gap (self, object, error);
      break;
    case GST_P2P_FRAME_FLUSH:
      self->eos = FALSE;
      gst_p2p_framing_playout_flush (&self->playout, object->payload, error);
      flow = GST_FLOW_OK;
      break;
    case GST_P2P_FRAME_HELLO:
      flow = handle_hello (self, object, error);
      break;
    default:
      flow = handle_event (self, object, error);
      break;
    }
  if (*error)
    return GST_FLOW_ERROR;
  gst_p2p_framing_base_count_object (GST_P2P_FRAMING_BASE (self), size);
  flow = judge_flow (self, flow, &taken);
  if (taken && object->kind != GST_P2P_FRAME_EOS)
    gst_p2p_framing_replies_acknowledge (self->replies, object->seq, size);
  return flow;
}

static void
fail (GstP2pFrameDepay *self, const GError *error)
{
  self->failed = TRUE;
  GST_ELEMENT_ERROR (self, STREAM, DECODE,
                     ("The sender sent something malformed. %s.", error->message), (NULL));
}

static GstFlowReturn
chain_frames (GstP2pFrameDepay *self, GstBuffer *message)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow = GST_FLOW_OK;
  GstP2pFrameObject object;

  if (!gst_p2p_frame_reassembler_push (self->reassembler, message, &error))
    {
      fail (self, error);
      return GST_FLOW_ERROR;
    }
  while (flow == GST_FLOW_OK && gst_p2p_frame_reassembler_pop (self->reassembler, &object))
    {
      flow = handle_object (self, &object, &error);
      gst_p2p_frame_object_clear (&object);
    }
  if (error)
    fail (self, error);
  else
    request_key_unit (self);
  return flow;
}

/* Takes @buffer. @taken: whether to acknowledge. */
static GstFlowReturn
push_raw (GstP2pFrameDepay *self, GstBuffer *buffer, gboolean *taken)
{
  *taken = FALSE;
  if (self->playout.live && !gst_p2p_framing_playgate_pass (&self->playout.gate))
    {
      gst_buffer_unref (buffer);
      return GST_FLOW_FLUSHING;
    }
  gst_segment_init (&self->context.segment, GST_FORMAT_BYTES);
  gst_p2p_framing_playout_begin_segment (&self->playout, &self->context.segment);
  gst_p2p_framing_base_count_object (GST_P2P_FRAMING_BASE (self), gst_buffer_get_size (buffer));

  GST_BUFFER_OFFSET (buffer) = self->raw_offset;
  self->raw_offset += gst_buffer_get_size (buffer);
  GST_BUFFER_OFFSET_END (buffer) = self->raw_offset;
  return judge_flow (self, gst_p2p_framing_playout_push (&self->playout, buffer), taken);
}

/* A part is taken when it is here, since the message may be larger than what may be in flight. */
static GstFlowReturn
chain_raw (GstP2pFrameDepay *self, GstBuffer *message)
{
  g_autoptr (GError) error = NULL;
  gsize size = gst_buffer_get_size (message);
  guint32 seq = self->raw_seq++;
  GstBuffer *buffer = gst_p2p_framing_raw_join (&self->parts, message, self->most, &error);
  GstFlowReturn flow = GST_FLOW_OK;
  gboolean taken = TRUE;

  if (error)
    {
      fail (self, error);
      return GST_FLOW_ERROR;
    }
  if (buffer)
    flow = push_raw (self, buffer, &taken);
  if (taken && self->acknowledged)
    gst_p2p_framing_replies_acknowledge (self->replies, seq, size);
  return flow;
}

static GstFlowReturn
sink_chain (GstPad *pad, GstObject *parent, GstBuffer *message)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (parent);
  GstFlowReturn flow = GST_FLOW_ERROR;

  self->arrived = gst_p2p_message_get_arrival (message);
  if (!self->failed)
    flow = self->raw ? chain_raw (self, message) : chain_frames (self, message);
  gst_buffer_unref (message);
  return flow;
}

/* The channel has ended. @closed: by the sender, in order. A stream that is malformed ends, too:
 * what came before has its use. */
static void
finish (GstP2pFrameDepay *self, gboolean closed)
{
  if (self->eos)
    return;
  self->eos = TRUE;
  g_atomic_int_set (&self->truncated, !closed);
  if (!closed)
    gst_element_post_message (
        GST_ELEMENT (self),
        gst_message_new_element (GST_OBJECT (self),
                                 gst_structure_new_empty (GST_P2P_FRAME_DEPAY_TRUNCATED)));
  gst_p2p_framing_playout_push_event (&self->playout, gst_event_new_eos ());
}

static gboolean
sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (parent);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    finish (self, gst_p2p_message_eos_is_closed (event, self->raw));
  else if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START)
    gst_p2p_framing_playgate_stop (&self->playout.gate);
  gst_event_unref (event);
  return TRUE;
}

/* --- from downstream: any thread --- */

static gboolean
src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (parent);
  g_autoptr (GstP2pFramingTimeline) timeline = NULL;
  gint64 offset = 0;

  GST_OBJECT_LOCK (self);
  if (self->is_live && self->time)
    timeline = gst_p2p_framing_timeline_ref (self->time);
  GST_OBJECT_UNLOCK (self);
  if (timeline)
    gst_p2p_framing_timeline_get_offset (timeline, GST_ELEMENT (self), &offset);
  return gst_p2p_framing_answer_event (event, offset, self->raw ? NULL : self->replies);
}

static gboolean
src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (parent);
  GstClockTime latency;
  gboolean live;

  GST_OBJECT_LOCK (self);
  live = self->is_live;
  latency = self->latency_ms * GST_MSECOND;
  if (self->time)
    latency += gst_p2p_framing_timeline_get_latency (self->time);
  GST_OBJECT_UNLOCK (self);
  return gst_p2p_framing_answer (pad, query, live, latency);
}

/* --- life --- */

static void
start (GstP2pFramingBase *base, const GstP2pFramingAgreement *agreement)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (base);
  GstP2pFrameReassemblerConfig config = { .unreliable = agreement->unreliable };
  GstP2pFramingTimeline *timeline;
  gboolean live;

  self->raw = agreement->raw;
  self->acknowledged = agreement->acknowledged;
  g_atomic_int_set (&self->kinds, agreement->raw ? GST_P2P_FRAME_DEPAY_BYTES : 0);
  g_atomic_int_set (&self->truncated, FALSE);
  GST_OBJECT_LOCK (self);
  config.max_frame_size = self->most = self->max_frame_size;
  live = self->is_live;
  timeline = self->timeline ? gst_p2p_framing_timeline_ref (self->timeline)
                            : gst_p2p_framing_timeline_new ();
  g_clear_pointer (&self->time, gst_p2p_framing_timeline_unref);
  self->time = timeline;
  g_clear_pointer (&self->sender_pad, g_free);
  self->streams = 0;
  GST_OBJECT_UNLOCK (self);

  g_clear_pointer (&self->reassembler, gst_p2p_frame_reassembler_free);
  self->reassembler = gst_p2p_frame_reassembler_new (&config);
  self->context
      = (GstP2pFramingEventContext){ .new_names = GST_P2P_FRAME_SAFETEXT_NEW_NAMES,
                                     .new_event_names = GST_P2P_FRAME_SAFETEXT_NEW_NAMES,
                                     .group_id = gst_p2p_framing_timeline_get_group_id (timeline) };
  gst_segment_init (&self->context.segment, GST_FORMAT_TIME);
  self->got_caps = self->eos = self->failed = FALSE;
  self->raw_offset = self->lost = 0;
  self->new_names = GST_P2P_FRAME_SAFETEXT_NEW_NAMES;
  gst_p2p_framing_layout_set_caps (&self->layout, NULL);
  self->raw_seq = 0;
  self->n_lost = 0;
  gst_p2p_framing_playout_start (&self->playout, timeline, live);
  gst_p2p_framing_replies_start (self->replies, agreement->max_message_size);
}

static void
interrupt (GstP2pFramingBase *base)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (base);

  gst_p2p_framing_playgate_stop (&self->playout.gate);
  gst_p2p_framing_replies_interrupt (self->replies);
}

static void
stop (GstP2pFramingBase *base)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (base);

  gst_p2p_framing_replies_stop (self->replies);
  gst_p2p_framing_playout_stop (&self->playout);
  g_clear_pointer (&self->reassembler, gst_p2p_frame_reassembler_free);
  g_clear_pointer (&self->parts, g_byte_array_unref);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    gst_p2p_framing_playgate_set_open (&self->playout.gate, FALSE);
  result = GST_ELEMENT_CLASS (gst_p2p_frame_depay_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    gst_p2p_framing_playgate_set_open (&self->playout.gate, TRUE);
  return result;
}

static GstStructure *
get_stats (GstP2pFrameDepay *self)
{
  GstStructure *stats
      = gst_p2p_framing_base_get_stats (GST_P2P_FRAMING_BASE (self), "p2pframedepay-stats");

  gst_structure_set (stats, "lost", G_TYPE_UINT64, gst_p2p_counter_get (&self->n_lost), "acks",
                     G_TYPE_UINT64, gst_p2p_framing_replies_get_acks (self->replies), NULL);
  return stats;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (object);
  g_autoptr (GstP2pFramingTimeline) old = NULL;
  guint before_ms;
  gboolean changed;

  GST_OBJECT_LOCK (self);
  before_ms = self->latency_ms;
  switch (id)
    {
    case PROP_MAX_FRAME_SIZE:
      self->max_frame_size = g_value_get_uint (value);
      break;
    case PROP_IS_LIVE:
      self->is_live = g_value_get_boolean (value);
      break;
    case PROP_LATENCY:
      self->latency_ms = g_value_get_uint (value);
      break;
    case PROP_TIMELINE:
      old = g_steal_pointer (&self->timeline);
      self->timeline = g_value_dup_boxed (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
    }
  changed = self->is_live && self->latency_ms != before_ms;
  GST_OBJECT_UNLOCK (self);
  if (changed)
    gst_element_post_message (GST_ELEMENT (self), gst_message_new_latency (GST_OBJECT (self)));
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (object);

  if (id == PROP_STATS)
    {
      g_value_take_boxed (value, get_stats (self));
      return;
    }
  GST_OBJECT_LOCK (self);
  switch (id)
    {
    case PROP_MAX_FRAME_SIZE:
      g_value_set_uint (value, self->max_frame_size);
      break;
    case PROP_IS_LIVE:
      g_value_set_boolean (value, self->is_live);
      break;
    case PROP_LATENCY:
      g_value_set_uint (value, self->latency_ms);
      break;
    case PROP_TIMELINE:
      g_value_set_boxed (value, self->timeline);
      break;
    case PROP_SENDER_PAD:
      g_value_set_string (value, self->sender_pad);
      break;
    case PROP_STREAMS:
      g_value_set_uint (value, self->streams);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
    }
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (object);

  gst_p2p_framing_replies_free (self->replies);
  g_clear_pointer (&self->reassembler, gst_p2p_frame_reassembler_free);
  g_clear_pointer (&self->time, gst_p2p_framing_timeline_unref);
  g_clear_pointer (&self->timeline, gst_p2p_framing_timeline_unref);
  g_free (self->sender_pad);
  gst_p2p_framing_playout_clear (&self->playout);
  G_OBJECT_CLASS (gst_p2p_frame_depay_parent_class)->finalize (object);
}

GstP2pFrameDepayKinds
gst_p2p_frame_depay_get_kinds (GstElement *depay)
{
  return g_atomic_int_get (&GST_P2P_FRAME_DEPAY (depay)->kinds);
}

gboolean
gst_p2p_frame_depay_is_truncated (GstElement *depay)
{
  return g_atomic_int_get (&GST_P2P_FRAME_DEPAY (depay)->truncated);
}

static void
gst_p2p_frame_depay_init (GstP2pFrameDepay *self)
{
  GstP2pFramingBase *base = GST_P2P_FRAMING_BASE (self);

  self->max_frame_size = GST_P2P_FRAME_DEFAULT_MAX_FRAME_SIZE;
  self->latency_ms = GST_P2P_FRAME_DEPAY_DEFAULT_LATENCY_MS;

  self->sink = gst_p2p_framing_base_add_pad (base, "sink");
  gst_pad_set_chain_function (self->sink, sink_chain);
  gst_pad_set_event_function (self->sink, sink_event);

  self->src = gst_p2p_framing_base_add_pad (base, "src");
  gst_pad_set_event_function (self->src, src_event);
  gst_pad_set_query_function (self->src, src_query);
  gst_pad_use_fixed_caps (self->src);
  gst_p2p_framing_playout_init (&self->playout, GST_ELEMENT (self), self->src);

  self->reply = gst_p2p_framing_base_add_pad (base, "reply");
  self->replies = gst_p2p_framing_replies_new ("p2pframedepay", self->reply);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (
      object_class, PROP_MAX_FRAME_SIZE,
      g_param_spec_uint ("max-frame-size", "Maximum frame size",
                         "Bytes of a buffer, at most; more is an error", 1, G_MAXINT,
                         GST_P2P_FRAME_DEFAULT_MAX_FRAME_SIZE, flags));
  g_object_class_install_property (
      object_class, PROP_IS_LIVE,
      g_param_spec_boolean ("is-live", "Is live",
                            "Follow the sender's clock, so that media has the time of its capture "
                            "in this pipeline",
                            FALSE, flags));
  g_object_class_install_property (
      object_class, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency",
                         "Reported if live, in ms, with what the sender needs", 0, G_MAXUINT,
                         GST_P2P_FRAME_DEPAY_DEFAULT_LATENCY_MS,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (
      object_class, PROP_TIMELINE,
      g_param_spec_boxed ("timeline", "Timeline",
                          "What the streams of a connection share; none: an own one",
                          GST_TYPE_P2P_FRAMING_TIMELINE, flags));
  g_object_class_install_property (
      object_class, PROP_SENDER_PAD,
      g_param_spec_string ("sender-pad", "Sender's pad",
                           "Name of the pad that the stream comes from (NULL = not told)", NULL,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      object_class, PROP_STREAMS,
      g_param_spec_uint ("streams", "Streams",
                         "How many streams the sender had begun, or was to begin, when it began "
                         "this one (0 = not told)",
                         0, GST_P2P_FRAME_HELLO_MAX_STREAMS, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
                          "objects, bytes (received), dropped (downstream wanted none), lost "
                          "(objects that never came whole), acks (sent)",
                          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
gst_p2p_frame_depay_class_init (GstP2pFrameDepayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstP2pFramingBaseClass *base_class = GST_P2P_FRAMING_BASE_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  element_class->change_state = change_state;
  base_class->start = start;
  base_class->interrupt = interrupt;
  base_class->stop = stop;

  install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &reply_template);
  gst_element_class_set_static_metadata (
      element_class, "Peer-to-peer frame depayloader", "Codec/Depayloader/Network",
      "Turns messages from a peer into buffers, caps and events", "The gst-p2p authors");
  gst_type_mark_as_plugin_api (GST_TYPE_P2P_FRAMING_TIMELINE, 0);
  gst_p2p_log_init ();
}
