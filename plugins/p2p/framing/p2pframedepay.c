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
#include "gst/p2p/frame/frame.h"
#include "gst/p2p/frame/reassembler.h"
#include "gst/p2p/frame/safetext.h"
#include "plugins/p2p/base/counter.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/framing/event.h"
#include "plugins/p2p/framing/playgate.h"
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

  /* fixed while PAUSED or PLAYING */
  gboolean raw;

  /* streaming thread of the sink pad; state changes while it is stopped */
  GstP2pFrameReassembler *reassembler;
  GstP2pFramingTimeline *time; /* given, or our own */
  GstP2pFramingEventContext context;
  gboolean live;
  gboolean stream_started;
  gboolean got_caps;
  gboolean sent_segment;
  gboolean time_fixed; /* the segment says how times are mapped */
  gboolean eos;        /* the sender ended the stream */
  gboolean downstream_eos;
  gboolean failed;
  GstSegment told; /* what the segment that was sent is made of */
  guint64 raw_offset;
  guint max_raw_size;
  guint64 lost; /* objects that a keyframe was requested for */

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
  PROP_STATS
};

static GstStaticPadTemplate reply_template
    = GST_STATIC_PAD_TEMPLATE ("reply", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_FINAL_TYPE (GstP2pFrameDepay, gst_p2p_frame_depay, GST_TYPE_P2P_FRAMING_BASE)
GST_ELEMENT_REGISTER_DEFINE (p2pframedepay, "p2pframedepay", GST_RANK_NONE,
                             GST_TYPE_P2P_FRAME_DEPAY)

/* --- the stream's beginning: the streaming thread --- */

/* Begins a stream with an id of our own, for senders that tell none. */
static void
start_stream (GstP2pFrameDepay *self)
{
  g_autofree gchar *id = NULL;
  GstEvent *event;

  if (self->stream_started)
    return;
  self->stream_started = TRUE;
  id = gst_pad_create_stream_id (self->src, GST_ELEMENT (self), "raw");
  event = gst_event_new_stream_start (id);
  gst_event_set_group_id (event, self->context.group_id);
  gst_pad_push_event (self->src, event);
}

/*
 * Sends the segment before the first data, and another if the sender has told one. Timestamps are
 * the sender's: where the first buffer's running time here differs from the sender's, the segment
 * makes up for it. Data without timestamps cannot tell the difference; a later segment does.
 */
static void
send_segment (GstP2pFrameDepay *self, gint64 time)
{
  GstSegment segment;
  gboolean fixes = self->live && self->context.segment.format == GST_FORMAT_TIME
                   && time != GST_P2P_FRAME_NO_TIME && !self->time_fixed;

  if (self->sent_segment && !fixes && gst_segment_is_equal (&self->told, &self->context.segment))
    return;
  if (fixes)
    {
      self->context.offset = gst_p2p_framing_timeline_map (self->time, GST_ELEMENT (self), time);
      self->time_fixed = TRUE;
    }
  self->sent_segment = TRUE;
  self->told = self->context.segment;
  gst_p2p_framing_time_map (&self->told, self->context.offset, &segment);
  GST_DEBUG_OBJECT (self, "%" GST_SEGMENT_FORMAT, &segment);
  gst_pad_push_event (self->src, gst_event_new_segment (&segment));
}

/* Live data waits for PLAYING; FALSE: stopped meanwhile. */
static gboolean
wait_for_playing (GstP2pFrameDepay *self)
{
  return !self->live || gst_p2p_framing_playgate_pass (&self->gate);
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

/* Requests a keyframe, only after a loss, and at most once per second. */
static void
request_key_unit (GstP2pFrameDepay *self)
{
  guint64 lost = gst_p2p_frame_reassembler_get_lost (self->reassembler);

  gst_p2p_counter_set (&self->n_lost, lost);
  if (lost <= self->lost
      || !gst_p2p_framing_base_may_request_key_unit (GST_P2P_FRAMING_BASE (self)))
    return;
  self->lost = lost;
  gst_p2p_framing_replies_take_upstream (self->replies,
                                         gst_p2p_framing_event_print_key_unit_request ());
}

static GstBuffer *
make_buffer (GstP2pFrameDepay *self, const GstP2pFrameObject *object,
             const GstP2pFrameBuffer *times)
{
  GstBuffer *buffer
      = gst_buffer_copy_region (object->payload, GST_BUFFER_COPY_MEMORY,
                                GST_P2P_FRAME_BUFFER_PREFIX + times->extra, (gsize)-1);

  GST_BUFFER_PTS (buffer) = gst_p2p_framing_time_to_timestamp (&self->told, times->pts);
  GST_BUFFER_DTS (buffer) = gst_p2p_framing_time_to_timestamp (&self->told, times->dts);
  GST_BUFFER_DURATION (buffer) = times->duration;
  GST_BUFFER_OFFSET (buffer) = times->offset;
  GST_BUFFER_OFFSET_END (buffer) = times->offset_end;
  GST_BUFFER_FLAG_SET (buffer, times->flags);
  if (object->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  return buffer;
}

static GstFlowReturn
push_buffer (GstP2pFrameDepay *self, GstBuffer *buffer)
{
  if (!self->downstream_eos)
    return gst_pad_push (self->src, buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_EOS;
}

static GstFlowReturn
handle_buffer (GstP2pFrameDepay *self, GstP2pFrameObject *object, GError **error)
{
  GstP2pFrameBuffer times;

  if (!gst_p2p_frame_buffer_read (&times, object->payload))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "A BUFFER object is shorter than what it says of itself");
      return GST_FLOW_ERROR;
    }
  if (!wait_for_playing (self))
    return GST_FLOW_FLUSHING;
  start_stream (self);
  send_segment (self, times.pts != GST_P2P_FRAME_NO_TIME ? times.pts : times.dts);
  return push_buffer (self, make_buffer (self, object, &times));
}

static void
handle_eos (GstP2pFrameDepay *self, GstP2pFrameObject *object)
{
  self->eos = TRUE;
  gst_p2p_framing_replies_acknowledge (self->replies, object->seq, 0);
  gst_p2p_framing_replies_finish (self->replies, EOS_ACK_TIMEOUT_US);
}

static GstFlowReturn
push_event (GstP2pFrameDepay *self, const GstP2pFrameObject *object, GstEvent *event)
{
  GstP2pFrameGap gap;

  switch (GST_EVENT_TYPE (event))
    {
    case GST_EVENT_STREAM_START:
      self->stream_started = TRUE;
      self->eos = self->downstream_eos = FALSE;
      break;
    case GST_EVENT_CAPS:
      start_stream (self);
      self->got_caps = TRUE;
      break;
    case GST_EVENT_GAP:
      gst_p2p_frame_gap_read (&gap, object->payload);
      if (!wait_for_playing (self))
        {
          gst_event_unref (event);
          return GST_FLOW_FLUSHING;
        }
      start_stream (self);
      send_segment (self, gap.pts);
      break;
    default:
      start_stream (self);
      break;
    }
  /* The result is ignored: an unlinked pad refuses an event, but keeps it if it is sticky. */
  gst_pad_push_event (self->src, event);
  return GST_FLOW_OK;
}

static gboolean
check_event (GstP2pFrameDepay *self, const GstP2pFrameObject *object, GError **error)
{
  if (object->kind != GST_P2P_FRAME_CAPS || self->got_caps || !self->sent_segment)
    return TRUE;
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
               "Caps came for a stream that began without");
  return FALSE;
}

static GstFlowReturn
handle_object (GstP2pFrameDepay *self, GstP2pFrameObject *object, GError **error)
{
  gsize size = object->payload ? gst_buffer_get_size (object->payload) : 0;
  GstFlowReturn flow = GST_FLOW_OK;
  GstEvent *event;
  gboolean taken;

  if (object->kind == GST_P2P_FRAME_BUFFER)
    {
      flow = handle_buffer (self, object, error);
      if (*error)
        return GST_FLOW_ERROR;
    }
  else
    {
      if (!check_event (self, object, error)
          || !gst_p2p_framing_event_from_object (object, &self->context, &event, error))
        return GST_FLOW_ERROR;
      if (object->kind == GST_P2P_FRAME_EOS)
        handle_eos (self, object);
      if (event)
        flow = push_event (self, object, event);
    }
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

static GstFlowReturn
chain_raw (GstP2pFrameDepay *self, GstBuffer *message)
{
  gsize size = gst_buffer_get_size (message);
  g_autoptr (GError) error = NULL;
  GstBuffer *buffer;
  gboolean taken;

  if (size > self->max_raw_size)
    {
      error = g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                           "A message of %" G_GSIZE_FORMAT " bytes is over the limit of %u", size,
                           self->max_raw_size);
      fail (self, error);
      return GST_FLOW_ERROR;
    }
  if (!wait_for_playing (self))
    return GST_FLOW_FLUSHING;
  start_stream (self);
  gst_segment_init (&self->context.segment, GST_FORMAT_BYTES);
  send_segment (self, GST_P2P_FRAME_NO_TIME);
  gst_p2p_framing_base_count_object (GST_P2P_FRAMING_BASE (self), size);

  buffer = gst_buffer_copy_region (message, GST_BUFFER_COPY_MEMORY, 0, (gsize)-1);
  GST_BUFFER_OFFSET (buffer) = self->raw_offset;
  self->raw_offset += size;
  GST_BUFFER_OFFSET_END (buffer) = self->raw_offset;
  return judge_flow (self, push_buffer (self, buffer), &taken);
}

static GstFlowReturn
sink_chain (GstPad *pad, GstObject *parent, GstBuffer *message)
{
  GstP2pFrameDepay *self = GST_P2P_FRAME_DEPAY (parent);
  GstFlowReturn flow = GST_FLOW_ERROR;

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
        gst_p2p_framing_timeline_get_offset (timeline, &offset);
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
  GST_OBJECT_LOCK (self);
  config.max_frame_size = self->max_raw_size = self->max_frame_size;
  self->live = self->is_live;
  timeline = self->timeline ? gst_p2p_framing_timeline_ref (self->timeline)
                            : gst_p2p_framing_timeline_new ();
  g_clear_pointer (&self->time, gst_p2p_framing_timeline_unref);
  self->time = timeline;
  GST_OBJECT_UNLOCK (self);

  g_clear_pointer (&self->reassembler, gst_p2p_frame_reassembler_free);
  self->reassembler = gst_p2p_frame_reassembler_new (&config);
  self->context
      = (GstP2pFramingEventContext){ .new_names = GST_P2P_FRAME_SAFETEXT_NEW_NAMES,
                                     .group_id = gst_p2p_framing_timeline_get_group_id (timeline) };
  gst_segment_init (&self->context.segment, GST_FORMAT_TIME);
  self->stream_started = self->got_caps = self->sent_segment = self->time_fixed = FALSE;
  self->eos = self->downstream_eos = self->failed = FALSE;
  self->raw_offset = self->lost = 0;
  self->n_lost = 0;
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
  g_clear_pointer (&self->reassembler, gst_p2p_frame_reassembler_free);
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
    gst_element_post_message (GST_ELEMENT (self), gst_message_new_latency (GST_OBJECT (self)));
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
                            "Map timestamps to this pipeline's running time at the first buffer",
                            FALSE, flags));
  g_object_class_install_property (
      object_class, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency", "Reported if live, in ms", 0, G_MAXUINT,
                         GST_P2P_FRAME_DEPAY_DEFAULT_LATENCY_MS,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (
      object_class, PROP_TIMELINE,
      g_param_spec_boxed ("timeline", "Timeline",
                          "What the streams of a connection share; none: an own one",
                          GST_TYPE_P2P_FRAMING_TIMELINE, flags));
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
