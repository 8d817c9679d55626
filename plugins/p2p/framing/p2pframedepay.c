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
 *   follows. p2psrc keeps it to itself.
 */
/*
 * The transport's thread brings the messages and pushes the media; a thread of the element's own
 * (replies.h) pushes the replies.
 */
#include "plugins/p2p/framing/p2pframedepay.h"

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/serial.h"
#include "gst/p2p/frame/frame.h"
#include "gst/p2p/frame/hello.h"
#include "gst/p2p/frame/reassembler.h"
#include "gst/p2p/frame/safetext.h"
#include "plugins/p2p/base/counter.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/base/messagepad.h"
#include "plugins/p2p/framing/content.h"
#include "plugins/p2p/framing/event.h"
#include "plugins/p2p/framing/layout.h"
#include "plugins/p2p/framing/playgate.h"
#include "plugins/p2p/framing/receivertime.h"
#include "plugins/p2p/framing/replies.h"
#include "plugins/p2p/framing/stickies.h"
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
  gchar *sender_pad;               /* told by the sender, as is */
  guint streams;

  /* fixed while PAUSED or PLAYING */
  gboolean raw;
  gboolean acknowledged;

  /* streaming thread of the sink pad; state changes while it is stopped */
  GstP2pFrameReassembler *reassembler;
  GstP2pFramingTimeline *time; /* given, or our own */
  GstP2pFramingEventContext context;
  gboolean live;
  gboolean stream_started;
  gboolean got_caps;
  gboolean sent_segment;
  gboolean eos; /* the sender ended the stream */
  gboolean downstream_eos;
  gboolean failed;
  GstSegment told; /* what the segment that was sent is made of */
  gint64 told_offset;
  guint64 raw_offset;
  guint32 raw_seq;   /* of the next message */
  GByteArray *parts; /* of a raw message, or NULL */
  guint most;        /* bytes of a buffer */
  guint new_names;   /* of metas, that may still be learnt */
  GstP2pFramingLayout layout;
  guint64 lost; /* objects that a keyframe was requested for */
  GstP2pFramingReceiverTime mapping;
  gint64 arrived;   /* the last message did; see messagepad.h */
  guint n_opened;   /* the gate, when an object last passed it */
  gboolean flushed; /* by the sender, ever */
  guint16 flushed_timeline;

  /* its own */
  GstP2pFramingPlaygate gate; /* stopped in READY and below, open in PLAYING */

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

/* --- the stream's beginning: the streaming thread --- */

/* Whether it is the first stream of this channel. Another channel may have been here before, of
 * which nothing is to be left. */
static gboolean
begin (GstP2pFrameDepay *self)
{
  if (self->stream_started)
    return FALSE;
  self->stream_started = TRUE;
  gst_p2p_framing_stickies_forget (self->src, GST_EVENT_UNKNOWN);
  return TRUE;
}

/* Begins a stream with an id of our own, for senders that tell none. */
static void
start_stream (GstP2pFrameDepay *self)
{
  g_autofree gchar *id = NULL;
  GstEvent *event;

  if (!begin (self))
    return;
  id = gst_pad_create_stream_id (self->src, GST_ELEMENT (self), "raw");
  event = gst_event_new_stream_start (id);
  gst_event_set_group_id (event, self->context.group_id);
  gst_pad_push_event (self->src, event);
}

/*
 * Sends the segment before the first data, and another if the sender has told one. Timestamps are
 * the sender's: where running times here differ from the sender's, the segment makes up for it. If
 * the sender is live, the difference follows the clocks, and the timestamps make up for it.
 */
static void
send_segment (GstP2pFrameDepay *self)
{
  GstSegment segment;
  gint64 offset = self->mapping.live ? 0 : self->mapping.offset;

  if (self->sent_segment && self->told_offset == offset
      && gst_segment_is_equal (&self->told, &self->context.segment))
    return;
  self->sent_segment = TRUE;
  self->told = self->context.segment;
  self->told_offset = offset;
  gst_p2p_framing_time_map (&self->told, offset, &segment);
  if (self->mapping.live) /* told for timestamps that this one does not have */
    segment.stop = GST_CLOCK_TIME_NONE;
  GST_DEBUG_OBJECT (self, "%" GST_SEGMENT_FORMAT, &segment);
  gst_pad_push_event (self->src, gst_event_new_segment (&segment));
}

/* The sender's running time as that of the segment that was sent. */
static gint64
shift (GstP2pFrameDepay *self, gint64 time)
{
  return time != GST_P2P_FRAME_NO_TIME && self->mapping.live ? time + self->mapping.offset : time;
}

/* --- live: the streaming thread --- */

static void
post_latency (GstP2pFrameDepay *self)
{
  gst_element_post_message (GST_ELEMENT (self), gst_message_new_latency (GST_OBJECT (self)));
}

static void
take_time (GstP2pFrameDepay *self, const GstP2pFramingStamp *stamp)
{
  if (stamp->time == GST_P2P_FRAME_NO_TIME)
    return;
  if (gst_p2p_framing_receiver_time_take (&self->mapping, stamp))
    post_latency (self);
  self->context.offset = self->mapping.offset;
}

static GstClockTime
get_latency (GstP2pFrameDepay *self)
{
  GstClockTime latency;

  GST_OBJECT_LOCK (self);
  latency = self->latency_ms * GST_MSECOND;
  GST_OBJECT_UNLOCK (self);
  return latency + gst_p2p_framing_timeline_get_latency (self->time);
}

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

/*
 * Whether media may pass, and when it is for. That of a sender that is not live waits for PLAYING.
 * That of one that is live has no use later: it is dropped meanwhile, and so is afterwards what
 * waited elsewhere and would be too late.
 *
 * Returns: GST_FLOW_OK with a verdict, or GST_FLOW_FLUSHING
 */
static GstFlowReturn
admit (GstP2pFrameDepay *self, const GstP2pFramingStamp *stamp, gboolean delta,
       GstP2pFramingVerdict *verdict)
{
  gboolean open;
  guint n_opened;

  *verdict = GST_P2P_FRAMING_PASS;
  if (!self->live)
    return GST_FLOW_OK;
  if (stamp->sent == GST_P2P_FRAME_NO_TIME && !gst_p2p_framing_playgate_pass (&self->gate))
    return GST_FLOW_FLUSHING;
  take_time (self, stamp);
  if (stamp->sent == GST_P2P_FRAME_NO_TIME)
    return GST_FLOW_OK;
  open = gst_p2p_framing_playgate_is_open (&self->gate, &n_opened);
  if (!open || n_opened != self->n_opened)
    gst_p2p_framing_receiver_time_resume (&self->mapping, !open);
  self->n_opened = n_opened;
  *verdict = open ? gst_p2p_framing_receiver_time_judge (&self->mapping, stamp->time, delta,
                                                         get_latency (self))
                  : GST_P2P_FRAMING_DROP;
  if (*verdict == GST_P2P_FRAMING_DROP_TO_KEY_UNIT)
    ask_for_key_unit (self);
  return GST_FLOW_OK;
}

static gboolean
is_dropped (GstP2pFrameDepay *self, GstP2pFramingVerdict verdict)
{
  if (verdict != GST_P2P_FRAMING_DROP && verdict != GST_P2P_FRAMING_DROP_TO_KEY_UNIT)
    return FALSE;
  gst_p2p_framing_base_count_dropped (GST_P2P_FRAMING_BASE (self));
  return TRUE;
}

/* --- objects: the streaming thread --- */

/* See p2pframedepay.h. @taken: whether to acknowledge. */
static GstFlowReturn
judge_flow (GstP2pFrameDepay *self, GstFlowReturn flow, gboolean *taken)
{
  *taken = flow != GST_FLOW_FLUSHING;
  if (flow == GST_FLOW_OK)
    return flow;
  gst_p2p_framing_base_count_dropped (GST_P2P_FRAMING_BASE (self));
  switch (flow)
    {
    case GST_FLOW_EOS:
      self->downstream_eos = TRUE;
      return GST_FLOW_OK;
    case GST_FLOW_NOT_LINKED:
      return GST_FLOW_OK;
    case GST_FLOW_FLUSHING:
      return gst_p2p_framing_playgate_is_stopped (&self->gate) ? flow : GST_FLOW_OK;
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
push_buffer (GstP2pFrameDepay *self, GstBuffer *buffer)
{
  if (!self->downstream_eos)
    return gst_pad_push (self->src, buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_EOS;
}

/* On an unreliable channel, what was sent before a flush may come after it. */
static gboolean
was_flushed (GstP2pFrameDepay *self, guint16 timeline)
{
  return self->flushed && gst_p2p_serial16_is_after (self->flushed_timeline, timeline);
}

static GstFlowReturn
handle_buffer (GstP2pFrameDepay *self, GstP2pFrameObject *object, GError **error)
{
  GstP2pFrameBuffer times;
  GstP2pFramingStamp stamp = { .arrived = self->arrived };
  GstP2pFramingVerdict verdict;
  GstFlowReturn flow;
  GstBuffer *buffer;
  gboolean delta;

  if (!gst_p2p_frame_buffer_read (&times, object->payload))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "A BUFFER object is shorter than what it says of itself");
      return GST_FLOW_ERROR;
    }
  if (was_flushed (self, times.timeline))
    return GST_FLOW_OK;
  stamp.timeline = times.timeline;
  stamp.sent = times.sent;
  stamp.time = times.pts != GST_P2P_FRAME_NO_TIME ? times.pts : times.dts;
  delta = (times.flags & (GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_HEADER))
          == GST_BUFFER_FLAG_DELTA_UNIT;
  flow = admit (self, &stamp, delta, &verdict);
  if (flow != GST_FLOW_OK || is_dropped (self, verdict))
    return flow;
  if (verdict == GST_P2P_FRAMING_PASS_DISCONT)
    times.flags |= GST_BUFFER_FLAG_DISCONT;
  start_stream (self);
  send_segment (self);
  times.pts = shift (self, times.pts);
  times.dts = shift (self, times.dts);
  buffer = gst_p2p_framing_content_parse (object->payload, &times, &self->told, self->most,
                                          &self->new_names, error);
  if (!buffer || !gst_p2p_framing_layout_unpack (&self->layout, buffer, error))
    {
      gst_clear_buffer (&buffer);
      return GST_FLOW_ERROR;
    }
  if (object->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  return push_buffer (self, buffer);
}

static GstFlowReturn
handle_gap (GstP2pFrameDepay *self, GstP2pFrameObject *object, GError **error)
{
  GstP2pFrameGap gap;
  GstP2pFramingStamp stamp = { .arrived = self->arrived };
  GstP2pFramingVerdict verdict;
  GstClockTime time;
  GstFlowReturn flow;

  if (!gst_p2p_frame_gap_read (&gap, object->payload) || gap.pts == GST_P2P_FRAME_NO_TIME)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "A gap has no time");
      return GST_FLOW_ERROR;
    }
  if (was_flushed (self, gap.timeline))
    return GST_FLOW_OK;
  stamp.timeline = gap.timeline;
  stamp.sent = gap.sent;
  stamp.time = gap.pts;
  flow = admit (self, &stamp, FALSE, &verdict);
  if (flow != GST_FLOW_OK || is_dropped (self, verdict))
    return flow;
  start_stream (self);
  send_segment (self);
  time = gst_p2p_framing_time_to_timestamp (&self->told, shift (self, gap.pts));
  if (!GST_CLOCK_TIME_IS_VALID (time))
    return GST_FLOW_OK;
  gst_pad_push_event (self->src, gst_event_new_gap (time, gap.duration));
  return GST_FLOW_OK;
}

/* What downstream still has of the time before is not to be shown any more. */
static GstFlowReturn
handle_flush (GstP2pFrameDepay *self, GstP2pFrameObject *object, GError **error)
{
  GstP2pFrameFlush flush;

  if (!gst_p2p_frame_flush_read (&flush, object->payload))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "A FLUSH object is too short");
      return GST_FLOW_ERROR;
    }
  self->flushed = TRUE;
  self->flushed_timeline = flush.timeline;
  if (flush.reset_time)
    gst_p2p_framing_timeline_flush (self->time, flush.timeline);
  self->sent_segment = self->eos = self->downstream_eos = FALSE;
  gst_pad_push_event (self->src, gst_event_new_flush_start ());
  /* Running time here goes on for what is live. */
  gst_pad_push_event (self->src, gst_event_new_flush_stop (flush.reset_time && !self->live));
  return GST_FLOW_OK;
}

/* A stream without data has a segment, too. */
static void
handle_eos (GstP2pFrameDepay *self, GstP2pFrameObject *object)
{
  start_stream (self);
  send_segment (self);
  self->eos = TRUE;
  gst_p2p_framing_replies_acknowledge (self->replies, object->seq, 0);
  gst_p2p_framing_replies_finish (self->replies, EOS_ACK_TIMEOUT_US);
}

static void
push_event (GstP2pFrameDepay *self, GstEvent *event)
{
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START)
    {
      begin (self);
      self->eos = self->downstream_eos = FALSE;
    }
  start_stream (self);
  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    {
      self->got_caps = TRUE;
      gst_event_parse_caps (event, &caps);
      gst_p2p_framing_layout_set_caps (&self->layout, caps);
    }
  /* The result is ignored: an unlinked pad refuses an event, but keeps it if it is sticky. */
  gst_pad_push_event (self->src, event);
}

/* Caps of a stream that began without: GStreamer wants them before the segment, which is sent
 * again. */
static void
precede_segment (GstP2pFrameDepay *self)
{
  if (self->got_caps || !self->sent_segment)
    return;
  gst_p2p_framing_stickies_forget (self->src, GST_EVENT_SEGMENT);
  self->sent_segment = FALSE;
}

static GstFlowReturn
handle_hello (GstP2pFrameDepay *self, GstP2pFrameObject *object, GError **error)
{
  g_autofree gchar *pad = NULL;
  guint streams;
  GstMapInfo map;
  gboolean parsed;

  if (object->seq != 0)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "A HELLO is the object %u",
                   object->seq);
      return GST_FLOW_ERROR;
    }
  if (!gst_buffer_map (object->payload, &map, GST_MAP_READ))
    return GST_FLOW_OK;
  parsed = gst_p2p_frame_hello_parse ((const gchar *)map.data, map.size, &self->context.new_names,
                                      &pad, &streams, error);
  gst_buffer_unmap (object->payload, &map);
  if (!parsed)
    return GST_FLOW_ERROR;
  GST_DEBUG_OBJECT (self, "the sender's %s, of %u streams", pad, streams);
  GST_OBJECT_LOCK (self);
  g_free (self->sender_pad);
  self->sender_pad = g_steal_pointer (&pad);
  self->streams = streams;
  GST_OBJECT_UNLOCK (self);
  g_object_notify (G_OBJECT (self), "sender-pad");
  g_object_notify (G_OBJECT (self), "streams");
  return GST_FLOW_OK;
}

static GstFlowReturn
handle_event (GstP2pFrameDepay *self, GstP2pFrameObject *object, GError **error)
{
  GstClockTime latency = self->context.latency;
  GstEvent *event;

  if (!gst_p2p_framing_event_from_object (object, &self->context, &event, error))
    return GST_FLOW_ERROR;
  if (self->context.latency != latency && self->live
      && gst_p2p_framing_timeline_add_latency (self->time, self->context.latency))
    post_latency (self);
  if (object->kind == GST_P2P_FRAME_EOS)
    handle_eos (self, object);
  else if (object->kind == GST_P2P_FRAME_CAPS)
    precede_segment (self);
  if (event)
    push_event (self, event);
  return GST_FLOW_OK;
}

static GstFlowReturn
handle_object (GstP2pFrameDepay *self, GstP2pFrameObject *object, GError **error)
{
  gsize size = object->payload ? gst_buffer_get_size (object->payload) : 0;
  GstFlowReturn flow;
  gboolean taken;

  switch (object->kind)
    {
    case GST_P2P_FRAME_BUFFER:
      flow = handle_buffer (self, object, error);
      break;
    case GST_P2P_FRAME_GAP:
      flow = handle_gap (self, object, error);
      break;
    case GST_P2P_FRAME_FLUSH:
      flow = handle_flush (self, object, error);
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

/* Takes @message, or another part of one. %NULL: there is more to come, or an error. */
static GstBuffer *
join (GstP2pFrameDepay *self, GstBuffer *message, GError **error)
{
  gsize size = gst_buffer_get_size (message), before = self->parts ? self->parts->len : 0;
  gboolean partial = GST_BUFFER_FLAG_IS_SET (message, GST_P2P_MESSAGE_FLAG_PARTIAL);
  GstMapInfo map;

  if (size > self->most || before > self->most - size)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "A message of %" G_GSIZE_FORMAT " bytes is over the limit of %u", before + size,
                   self->most);
      return NULL;
    }
  if (!partial && !self->parts)
    return gst_buffer_copy_region (message, GST_BUFFER_COPY_MEMORY, 0, (gsize)-1);
  if (!self->parts)
    self->parts = g_byte_array_new ();
  if (gst_buffer_map (message, &map, GST_MAP_READ))
    {
      g_byte_array_append (self->parts, map.data, (guint)map.size);
      gst_buffer_unmap (message, &map);
    }
  if (partial)
    return NULL;
  before = self->parts->len;
  return gst_buffer_new_wrapped (g_byte_array_free (g_steal_pointer (&self->parts), FALSE), before);
}

/* Takes @buffer. @taken: whether to acknowledge. */
static GstFlowReturn
push_raw (GstP2pFrameDepay *self, GstBuffer *buffer, gboolean *taken)
{
  *taken = FALSE;
  if (self->live && !gst_p2p_framing_playgate_pass (&self->gate))
    {
      gst_buffer_unref (buffer);
      return GST_FLOW_FLUSHING;
    }
  start_stream (self);
  gst_segment_init (&self->context.segment, GST_FORMAT_BYTES);
  send_segment (self);
  gst_p2p_framing_base_count_object (GST_P2P_FRAMING_BASE (self), gst_buffer_get_size (buffer));

  GST_BUFFER_OFFSET (buffer) = self->raw_offset;
  self->raw_offset += gst_buffer_get_size (buffer);
  GST_BUFFER_OFFSET_END (buffer) = self->raw_offset;
  return judge_flow (self, push_buffer (self, buffer), taken);
}

/* A part is taken when it is here, since the message may be larger than what may be in flight. */
static GstFlowReturn
chain_raw (GstP2pFrameDepay *self, GstBuffer *message)
{
  g_autoptr (GError) error = NULL;
  gsize size = gst_buffer_get_size (message);
  guint32 seq = self->raw_seq++;
  GstBuffer *buffer = join (self, message, &error);
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

/* The channel has ended. */
static void
finish (GstP2pFrameDepay *self)
{
  if (self->failed || self->eos)
    return;
  if (!self->raw)
    gst_element_post_message (
        GST_ELEMENT (self),
        gst_message_new_element (GST_OBJECT (self),
                                 gst_structure_new_empty (GST_P2P_FRAME_DEPAY_TRUNCATED)));
  self->eos = TRUE;
  start_stream (self);
  gst_pad_push_event (self->src, gst_event_new_eos ());
}

static gboolean
sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    finish (GST_P2P_FRAME_DEPAY (parent));
  else if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START)
    gst_p2p_framing_playgate_stop (&GST_P2P_FRAME_DEPAY (parent)->gate);
  gst_event_unref (event);
  return TRUE;
}

/* --- from downstream: any thread --- */

static gboolean
src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (parent);
  gint64 offset = 0;
  gchar *text = NULL;
  gboolean quiet = GST_EVENT_TYPE (event) == GST_EVENT_QOS
                   || GST_EVENT_TYPE (event) == GST_EVENT_LATENCY
                   || GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE;

  if (!self->raw)
    {
      g_autoptr (GstP2pFramingTimeline) timeline = NULL;

      GST_OBJECT_LOCK (self);
      if (self->is_live && self->time)
        timeline = gst_p2p_framing_timeline_ref (self->time);
      GST_OBJECT_UNLOCK (self);
      if (timeline)
        gst_p2p_framing_timeline_get_offset (timeline, GST_ELEMENT (self), &offset);
      text = gst_p2p_framing_event_print_upstream (event, -offset);
    }
  gst_event_unref (event);
  if (!text)
    return quiet;
  gst_p2p_framing_replies_take_upstream (self->replies, text);
  return TRUE;
}

static gboolean
answer_latency (GstP2pFrameDepay *self, GstQuery *query)
{
  gboolean live;
  GstClockTime latency;

  GST_OBJECT_LOCK (self);
  live = self->is_live;
  latency = live ? self->latency_ms * GST_MSECOND : 0;
  if (live && self->time)
    latency += gst_p2p_framing_timeline_get_latency (self->time);
  GST_OBJECT_UNLOCK (self);
  gst_query_set_latency (query, live, latency, GST_CLOCK_TIME_NONE);
  return TRUE;
}

/* No query goes to the transport; a stream from a peer cannot seek and has no known duration. */
static gboolean
src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstFormat format;

  switch (GST_QUERY_TYPE (query))
    {
    case GST_QUERY_LATENCY:
      return answer_latency (GST_P2P_FRAME_DEPAY (parent), query);
    case GST_QUERY_SEEKING:
      gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
      gst_query_set_seeking (query, format, FALSE, 0, -1);
      return TRUE;
    case GST_QUERY_SCHEDULING:
      gst_query_set_scheduling (query, GST_SCHEDULING_FLAG_SEQUENTIAL, 1, -1, 0);
      gst_query_add_scheduling_mode (query, GST_PAD_MODE_PUSH);
      return TRUE;
    case GST_QUERY_CAPS:
    case GST_QUERY_ACCEPT_CAPS:
      return gst_pad_query_default (pad, parent, query);
    default:
      return FALSE;
    }
}

/* --- life --- */

static void
start (GstP2pFramingBase *base, const GstP2pFramingAgreement *agreement)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (base);
  GstP2pFrameReassemblerConfig config = { .unreliable = agreement->unreliable };
  GstP2pFramingTimeline *timeline;

  self->raw = agreement->raw;
  self->acknowledged = agreement->acknowledged;
  GST_OBJECT_LOCK (self);
  config.max_frame_size = self->most = self->max_frame_size;
  self->live = self->is_live;
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
  self->stream_started = self->got_caps = self->sent_segment = FALSE;
  self->eos = self->downstream_eos = self->failed = self->flushed = FALSE;
  self->raw_offset = self->lost = 0;
  self->new_names = GST_P2P_FRAME_SAFETEXT_NEW_NAMES;
  gst_p2p_framing_layout_set_caps (&self->layout, NULL);
  self->raw_seq = 0;
  self->n_lost = 0;
  self->n_opened = 0;
  gst_p2p_framing_receiver_time_start (&self->mapping, GST_ELEMENT (self), timeline);
  gst_p2p_framing_playgate_reset (&self->gate);
  gst_p2p_framing_replies_start (self->replies, agreement->max_message_size);
}

static void
interrupt (GstP2pFramingBase *base)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (base);

  gst_p2p_framing_playgate_stop (&self->gate);
  gst_p2p_framing_replies_interrupt (self->replies);
}

static void
stop (GstP2pFramingBase *base)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (base);

  gst_p2p_framing_replies_stop (self->replies);
  gst_p2p_framing_receiver_time_stop (&self->mapping);
  g_clear_pointer (&self->reassembler, gst_p2p_frame_reassembler_free);
  g_clear_pointer (&self->parts, g_byte_array_unref);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    gst_p2p_framing_playgate_set_open (&self->gate, FALSE);
  result = GST_ELEMENT_CLASS (gst_p2p_frame_depay_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    gst_p2p_framing_playgate_set_open (&self->gate, TRUE);
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
set_latency (GstP2pFrameDepay *self, guint latency_ms)
{
  gboolean changed;

  GST_OBJECT_LOCK (self);
  changed = self->is_live && self->latency_ms != latency_ms;
  self->latency_ms = latency_ms;
  GST_OBJECT_UNLOCK (self);
  if (changed)
    post_latency (self);
}

static void
set_timeline (GstP2pFrameDepay *self, GstP2pFramingTimeline *timeline)
{
  GstP2pFramingTimeline *old;

  GST_OBJECT_LOCK (self);
  old = self->timeline;
  self->timeline = timeline;
  GST_OBJECT_UNLOCK (self);
  g_clear_pointer (&old, gst_p2p_framing_timeline_unref);
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (object);

  if (id == PROP_LATENCY)
    {
      set_latency (self, g_value_get_uint (value));
      return;
    }
  if (id == PROP_TIMELINE)
    {
      set_timeline (self, g_value_dup_boxed (value));
      return;
    }
  GST_OBJECT_LOCK (self);
  switch (id)
    {
    case PROP_MAX_FRAME_SIZE:
      self->max_frame_size = g_value_get_uint (value);
      break;
    case PROP_IS_LIVE:
      self->is_live = g_value_get_boolean (value);
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
  gst_p2p_framing_playgate_clear (&self->gate);
  G_OBJECT_CLASS (gst_p2p_frame_depay_parent_class)->finalize (object);
}

static void
gst_p2p_frame_depay_init (GstP2pFrameDepay *self)
{
  GstP2pFramingBase *base = GST_P2P_FRAMING_BASE (self);

  gst_p2p_framing_playgate_init (&self->gate);
  self->max_frame_size = GST_P2P_FRAME_DEFAULT_MAX_FRAME_SIZE;
  self->latency_ms = GST_P2P_FRAME_DEPAY_DEFAULT_LATENCY_MS;

  self->sink = gst_p2p_framing_base_add_pad (base, "sink");
  gst_pad_set_chain_function (self->sink, sink_chain);
  gst_pad_set_event_function (self->sink, sink_event);

  self->src = gst_p2p_framing_base_add_pad (base, "src");
  gst_pad_set_event_function (self->src, src_event);
  gst_pad_set_query_function (self->src, src_query);
  gst_pad_use_fixed_caps (self->src);

  self->reply = gst_p2p_framing_base_add_pad (base, "reply");
  self->replies = gst_p2p_framing_replies_new ("p2pframedepay", self->reply);
}

static void
gst_p2p_frame_depay_class_init (GstP2pFrameDepayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstP2pFramingBaseClass *base_class = GST_P2P_FRAMING_BASE_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  element_class->change_state = change_state;
  base_class->start = start;
  base_class->interrupt = interrupt;
  base_class->stop = stop;

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

  gst_element_class_add_static_pad_template (element_class, &reply_template);
  gst_element_class_set_static_metadata (
      element_class, "Peer-to-peer frame depayloader", "Codec/Depayloader/Network",
      "Turns messages from a peer into buffers, caps and events", "The gst-p2p authors");
  gst_type_mark_as_plugin_api (GST_TYPE_P2P_FRAMING_TIMELINE, 0);
  gst_p2p_log_init ();
}
