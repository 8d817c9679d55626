/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * silence: see silence.h.
 */
#include "plugins/p2p/transport/liveness.h"

#include "gst/p2p/base/error.h"
#include "plugins/p2p/transport/readysource.h"

#define LOOK_MS 500

struct _GstP2pSilence
{
  /* const */
  GstP2pSilenceFuncs funcs;
  gpointer user_data;
  GSource *clock; /* ready when it is time to look */

  /* the context's thread */
  gint64 heard_us;
  gboolean stopped;

  /* atomic */
  gint heard; /* gboolean: since the last look */
};

static void
lose (GstP2pSilence *self)
{
  g_autoptr (GError) error
      = g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_LOST,
                     "the connection is lost: the peer has not answered for %d seconds",
                     GST_P2P_SILENCE_LIMIT_MS / 1000);

  gst_p2p_silence_stop (self);
  self->funcs.lost (error, self->user_data);
}

static gboolean
on_look (gpointer user_data)
{
  GstP2pSilence *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  g_source_set_ready_time (self->clock, self->stopped ? -1 : now_us + LOOK_MS * 1000);
  if (self->stopped)
    return G_SOURCE_CONTINUE;
  if (g_atomic_int_compare_and_exchange (&self->heard, TRUE, FALSE))
    self->heard_us = now_us;
  else if (now_us - self->heard_us >= GST_P2P_SILENCE_LIMIT_MS * 1000)
    lose (self);
  else if (self->funcs.quiet)
    self->funcs.quiet (self->user_data);
  return G_SOURCE_CONTINUE;
}

GstP2pSilence *
gst_p2p_silence_new (GMainContext *context, const GstP2pSilenceFuncs *funcs, gpointer user_data)
{
  GstP2pSilence *self = g_new0 (GstP2pSilence, 1);

  self->funcs = *funcs;
  self->user_data = user_data;
  self->clock = gst_p2p_ready_source_new (context, G_PRIORITY_DEFAULT, on_look, self);
  return self;
}

void
gst_p2p_silence_free (GstP2pSilence *self)
{
  if (!self)
    return;
  g_source_destroy (self->clock);
  g_source_unref (self->clock);
  g_free (self);
}

void
gst_p2p_silence_watch (GstP2pSilence *self)
{
  gst_p2p_silence_break (self);
  g_source_set_ready_time (self->clock, 0);
}

void
gst_p2p_silence_break (GstP2pSilence *self)
{
  if (!g_atomic_int_get (&self->heard))
    g_atomic_int_set (&self->heard, TRUE);
}

void
gst_p2p_silence_stop (GstP2pSilence *self)
{
  self->stopped = TRUE;
  g_source_set_ready_time (self->clock, -1);
}
