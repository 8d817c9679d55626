/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * intake: see intake.h.
 *
 * The monitor counts what came and what sctpdec gave. Its count can be wrong (monitor.h), so that
 * the wait ends too when the peer has sent everything and nothing more is given.
 */
#include "plugins/p2p/transport/stock/intake.h"

#include "gst/p2p/base/timer.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/transport/backlog.h"

#define GST_CAT_DEFAULT gst_p2p_stock_debug

/* How long no message may come before the count of messages is given up. */
#define QUIET_MS 200

/* What waits for the messages before it. */
typedef enum
{
  DRAIN_NONE,
  DRAIN_RESET, /* the held packet */
  DRAIN_CLOSE  /* the goodbye */
} Drain;

struct _GstP2pStockIntake
{
  /* const */
  gpointer owner;
  GstP2pStockJobs *jobs;       /* borrowed */
  GstP2pStockMonitor *monitor; /* borrowed */
  const GstP2pStockIntakeFuncs *funcs;
  gpointer user_data;
  GSource *timer;
  GstP2pBacklog *backlog; /* in all channels' queues */

  GMutex lock;
  /* lock */
  Drain drain;
  GstBuffer *held;
  guint n_came;      /* messages since the timer looked */
  gboolean watching; /* the timer is set */
};

/* --- jobs --- */

static void
finish_drain (GstP2pStockIntake *self, gboolean forced)
{
  Drain drain;
  GstBuffer *held;

  if (!forced && !gst_p2p_stock_monitor_is_drained (self->monitor))
    return;
  g_mutex_lock (&self->lock);
  drain = self->drain;
  self->drain = DRAIN_NONE;
  held = g_steal_pointer (&self->held);
  g_mutex_unlock (&self->lock);

  if (forced && drain != DRAIN_NONE)
    GST_INFO_OBJECT (self->owner, "not every message came; going on");
  if (drain == DRAIN_RESET)
    {
      gst_p2p_stock_monitor_release (self->monitor);
      self->funcs->release (g_steal_pointer (&held), self->user_data);
    }
  else if (drain == DRAIN_CLOSE)
    {
      self->funcs->over (self->user_data);
    }
  g_clear_pointer (&held, gst_buffer_unref);
}

/* Whether sctpdec has given everything. */
static void
drain_job (gpointer object, gpointer user_data)
{
  finish_drain (user_data, FALSE);
}

static void
forced_drain_job (gpointer object, gpointer user_data)
{
  finish_drain (user_data, TRUE);
}

static void
reopen_job (gpointer object, gpointer user_data)
{
  GstP2pStockIntake *self = user_data;

  self->funcs->reopen (self->user_data);
}

/* --- what waits --- */

static void
watch_locked (GstP2pStockIntake *self)
{
  self->watching = TRUE;
  g_source_set_ready_time (self->timer, g_get_monotonic_time () + QUIET_MS * 1000);
}

static gboolean
on_timer (gpointer user_data)
{
  GstP2pStockIntake *self = user_data;
  gboolean quiet, waiting;

  g_mutex_lock (&self->lock);
  waiting = self->drain != DRAIN_NONE;
  quiet = self->n_came == 0;
  self->n_came = 0;
  self->watching = FALSE;
  if (waiting)
    watch_locked (self);
  g_mutex_unlock (&self->lock);
  if (waiting && quiet && gst_p2p_stock_monitor_is_complete (self->monitor))
    gst_p2p_stock_jobs_push (self->jobs, forced_drain_job, NULL, self);
  return G_SOURCE_CONTINUE;
}

/* Takes @held. */
static void
begin_drain (GstP2pStockIntake *self, Drain drain, GstBuffer *held)
{
  g_mutex_lock (&self->lock);
  if (self->drain != DRAIN_CLOSE)
    self->drain = drain;
  g_clear_pointer (&self->held, gst_buffer_unref);
  self->held = held;
  self->n_came = 1;
  if (!self->watching)
    watch_locked (self);
  g_mutex_unlock (&self->lock);
  gst_p2p_stock_jobs_push (self->jobs, drain_job, NULL, self);
}

void
gst_p2p_stock_intake_hold (GstP2pStockIntake *self, GstBuffer *packet)
{
  begin_drain (self, DRAIN_RESET, packet);
}

void
gst_p2p_stock_intake_end (GstP2pStockIntake *self)
{
  begin_drain (self, DRAIN_CLOSE, NULL);
}

/* --- messages through the channels; their tasks, sctpdec's tasks --- */

gboolean
gst_p2p_stock_intake_came (GstP2pStockIntake *self, guint16 stream, gboolean acknowledged,
                           gsize bytes)
{
  gboolean waiting;

  gst_p2p_backlog_add (self->backlog, acknowledged, bytes);
  gst_p2p_stock_monitor_delivered (self->monitor, stream);
  g_mutex_lock (&self->lock);
  waiting = self->drain != DRAIN_NONE;
  self->n_came++;
  g_mutex_unlock (&self->lock);
  if (waiting && gst_p2p_stock_monitor_is_drained (self->monitor))
    gst_p2p_stock_jobs_push (self->jobs, drain_job, NULL, self);
  return !gst_p2p_backlog_is_flooded (self->backlog);
}

void
gst_p2p_stock_intake_gone (GstP2pStockIntake *self, gboolean acknowledged, gsize bytes)
{
  if (gst_p2p_backlog_remove (self->backlog, acknowledged, bytes))
    gst_p2p_stock_jobs_push (self->jobs, reopen_job, NULL, self);
}

/* --- the window --- */

guint32
gst_p2p_stock_intake_get_window (GstP2pStockIntake *self)
{
  return (guint32)gst_p2p_backlog_get_room (self->backlog);
}

guint32
gst_p2p_stock_intake_limit (GstP2pStockIntake *self)
{
  return (guint32)gst_p2p_backlog_await_room (self->backlog);
}

/* --- beginning and end --- */

GstP2pStockIntake *
gst_p2p_stock_intake_new (gpointer owner, GMainContext *context, GstP2pStockJobs *jobs,
                          GstP2pStockMonitor *monitor, const GstP2pStockIntakeFuncs *funcs,
                          gpointer user_data)
{
  GstP2pStockIntake *self = g_new0 (GstP2pStockIntake, 1);

  self->owner = owner;
  self->jobs = jobs;
  self->monitor = monitor;
  self->funcs = funcs;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  self->backlog = gst_p2p_backlog_new ();
  self->timer = gst_p2p_timer_new (context, on_timer, self);
  return self;
}

void
gst_p2p_stock_intake_free (GstP2pStockIntake *self)
{
  gst_p2p_clear_source (&self->timer);
  g_clear_pointer (&self->held, gst_buffer_unref);
  gst_p2p_backlog_unref (self->backlog);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_p2p_stock_intake_stop (GstP2pStockIntake *self)
{
  g_source_destroy (self->timer);
}
