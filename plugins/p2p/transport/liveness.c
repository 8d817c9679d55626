/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liveness: see liveness.h.
 */
#include "plugins/p2p/transport/liveness.h"

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/timer.h"

#define LOOK_MS 500

struct _GstP2pLiveness
{
  /* const */
  GstP2pLivenessFuncs funcs;
  gpointer user_data;
  GSource *clock; /* ready when it is time to look */

  /* the context's thread */
  gint64 heard_us;
  gboolean stopped;

  /* atomic */
  gint heard; /* gboolean: since the last look */
};

static void
lose (GstP2pLiveness *self)
{
  g_autoptr (GError) error
      = g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_LOST,
                     "the connection is lost: the peer has not answered for %d seconds",
                     GST_P2P_LIVENESS_LIMIT_MS / 1000);

  gst_p2p_liveness_stop (self);
  self->funcs.lost (error, self->user_data);
}

static gboolean
on_look (gpointer user_data)
{
  GstP2pLiveness *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  if (self->stopped)
    return G_SOURCE_CONTINUE;
  g_source_set_ready_time (self->clock, now_us + LOOK_MS * 1000);
  if (g_atomic_int_compare_and_exchange (&self->heard, TRUE, FALSE))
    self->heard_us = now_us;
  else if (now_us - self->heard_us >= GST_P2P_LIVENESS_LIMIT_MS * 1000)
    lose (self);
  else if (self->funcs.quiet)
    self->funcs.quiet (self->user_data);
  return G_SOURCE_CONTINUE;
}

GstP2pLiveness *
gst_p2p_liveness_new (GMainContext *context, const GstP2pLivenessFuncs *funcs, gpointer user_data)
{
  GstP2pLiveness *self = g_new0 (GstP2pLiveness, 1);

  self->funcs = *funcs;
  self->user_data = user_data;
  self->clock = gst_p2p_timer_new (context, on_look, self);
  return self;
}

void
gst_p2p_liveness_free (GstP2pLiveness *self)
{
  if (!self)
    return;
  gst_p2p_clear_source (&self->clock);
  g_free (self);
}

void
gst_p2p_liveness_watch (GstP2pLiveness *self)
{
  gst_p2p_liveness_heard (self);
  g_source_set_ready_time (self->clock, 0);
}

void
gst_p2p_liveness_heard (GstP2pLiveness *self)
{
  if (!g_atomic_int_get (&self->heard))
    g_atomic_int_set (&self->heard, TRUE);
}

void
gst_p2p_liveness_stop (GstP2pLiveness *self)
{
  self->stopped = TRUE;
  g_source_set_ready_time (self->clock, -1);
}
