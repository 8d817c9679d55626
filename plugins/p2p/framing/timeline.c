/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timeline: see timeline.h.
 */
#include "plugins/p2p/framing/timeline.h"

#include "gst/p2p/base/serial.h"
#include "gst/p2p/frame/frame.h"
#include "plugins/p2p/framing/clockoffset.h"

/* Beyond all encoders; what a sender tells is not trusted. */
#define MAX_LATENCY (60 * GST_SECOND)

/* A stream that begins later than this moves the others; less is what latency is for. */
#define LATE (40 * GST_MSECOND)

/* What the offset is. A live sender's is that of its time from our clock, and not from our running
 * time, which is still while we are paused; media goes on meanwhile. For another sender's, media
 * waits for us. */
typedef enum
{
  UNKNOWN,
  OF_RUNNING_TIME,
  OF_CLOCK
} Kind;

struct _GstP2pFramingTimeline
{
  gatomicrefcount refs;

  /* const */
  guint group_id;

  /* lock */
  GMutex lock;
  Kind kind;
  gint64 offset; /* of running time */
  GstP2pFramingClockOffset clock_offset;
  GstClock *clock; /* that it is of */
  gboolean begun;  /* the sender's timeline is known */
  guint16 sender_timeline;
  GstClockTime latency;
};

/* The time here, as an element has it. */
typedef struct
{
  GstClock *clock;  /* a reference; NULL: none */
  gint64 monotonic; /* as g_get_monotonic_time(), in ns */
  gint64 time;      /* by the clock; not before that */
  gint64 base;
} Now;

G_DEFINE_BOXED_TYPE (GstP2pFramingTimeline, gst_p2p_framing_timeline, gst_p2p_framing_timeline_ref,
                     gst_p2p_framing_timeline_unref)

GstP2pFramingTimeline *
gst_p2p_framing_timeline_new (void)
{
  GstP2pFramingTimeline *self = g_new0 (GstP2pFramingTimeline, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->group_id = gst_util_group_id_next ();
  return self;
}

GstP2pFramingTimeline *
gst_p2p_framing_timeline_ref (GstP2pFramingTimeline *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
gst_p2p_framing_timeline_unref (GstP2pFramingTimeline *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  gst_clear_object (&self->clock);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static Now
get_now (GstElement *element)
{
  Now now = { .clock = gst_element_get_clock (element) };

  if (now.clock)
    {
      /* In this order: if this thread loses its processor in between, a message seems to have come
       * later than it did, as so many do, and not earlier, which none does. */
      now.monotonic = g_get_monotonic_time () * 1000;
      now.base = gst_element_get_base_time (element);
      now.time = gst_clock_get_time (now.clock);
    }
  return now;
}

static gboolean
is_newer_locked (const GstP2pFramingTimeline *self, guint16 sender_timeline)
{
  return !self->begun || gst_p2p_serial16_is_after (sender_timeline, self->sender_timeline);
}

static void
begin_locked (GstP2pFramingTimeline *self, guint16 sender_timeline)
{
  self->begun = TRUE;
  self->sender_timeline = sender_timeline;
  gst_p2p_framing_clock_offset_reset (&self->clock_offset);
}

/* With another clock, or another time at the sender, what is known is void. */
static void
compare_clocks_locked (GstP2pFramingTimeline *self, const Now *now, const GstP2pFramingStamp *stamp)
{
  gint64 waited = MAX (0, now->monotonic - stamp->arrived);

  if (self->kind != OF_CLOCK || self->clock != now->clock)
    gst_p2p_framing_clock_offset_reset (&self->clock_offset);
  self->kind = OF_CLOCK;
  gst_object_replace ((GstObject **)&self->clock, GST_OBJECT (now->clock));
  gst_p2p_framing_clock_offset_take (&self->clock_offset, now->time - waited, stamp->sent);
}

/* No stream may begin too late; that others are then shown later than they could be costs nothing,
 * since they wait for us. */
static void
fit_stream_locked (GstP2pFramingTimeline *self, const Now *now, const GstP2pFramingStamp *stamp)
{
  gint64 offset = now->time - now->base - stamp->time;

  if (self->kind == UNKNOWN || offset > self->offset + (gint64)LATE)
    self->offset = offset;
  self->kind = OF_RUNNING_TIME;
}

static gint64
get_offset_locked (GstP2pFramingTimeline *self, const Now *now)
{
  return self->kind == OF_CLOCK ? self->clock_offset.offset - now->base : self->offset;
}

gint64
gst_p2p_framing_timeline_map (GstP2pFramingTimeline *self, GstElement *element,
                              const GstP2pFramingStamp *stamp, gboolean first)
{
  Now now = get_now (element);
  gboolean current;
  gint64 offset;

  g_mutex_lock (&self->lock);
  if (is_newer_locked (self, stamp->timeline))
    begin_locked (self, stamp->timeline);
  /* Another stream may be behind, and knows nothing of now. */
  current = stamp->timeline == self->sender_timeline;
  if (current && stamp->sent != GST_P2P_FRAME_NO_TIME && now.clock)
    compare_clocks_locked (self, &now, stamp);
  else if (self->kind == UNKNOWN || (current && first && self->kind == OF_RUNNING_TIME))
    fit_stream_locked (self, &now, stamp);
  offset = get_offset_locked (self, &now);
  g_mutex_unlock (&self->lock);
  gst_clear_object (&now.clock);
  return offset;
}

gboolean
gst_p2p_framing_timeline_get_offset (GstP2pFramingTimeline *self, GstElement *element,
                                     gint64 *offset)
{
  Now now = get_now (element);
  gboolean known;

  g_mutex_lock (&self->lock);
  known = self->kind != UNKNOWN;
  *offset = known ? get_offset_locked (self, &now) : 0;
  g_mutex_unlock (&self->lock);
  gst_clear_object (&now.clock);
  return known;
}

void
gst_p2p_framing_timeline_flush (GstP2pFramingTimeline *self, guint16 sender_timeline)
{
  g_mutex_lock (&self->lock);
  if (is_newer_locked (self, sender_timeline))
    {
      begin_locked (self, sender_timeline);
      self->kind = UNKNOWN;
    }
  g_mutex_unlock (&self->lock);
}

gboolean
gst_p2p_framing_timeline_add_latency (GstP2pFramingTimeline *self, GstClockTime latency)
{
  gboolean grows;

  latency = MIN (latency, MAX_LATENCY);
  g_mutex_lock (&self->lock);
  grows = latency > self->latency;
  self->latency = MAX (latency, self->latency);
  g_mutex_unlock (&self->lock);
  return grows;
}

GstClockTime
gst_p2p_framing_timeline_get_latency (GstP2pFramingTimeline *self)
{
  GstClockTime latency;

  g_mutex_lock (&self->lock);
  latency = self->latency;
  g_mutex_unlock (&self->lock);
  return latency;
}

guint
gst_p2p_framing_timeline_get_group_id (GstP2pFramingTimeline *self)
{
  return self->group_id;
}
