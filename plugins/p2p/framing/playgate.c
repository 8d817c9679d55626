/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * playgate: see playgate.h.
 */
#include "plugins/p2p/framing/playgate.h"

void
gst_p2p_framing_playgate_init (GstP2pFramingPlaygate *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->open = FALSE;
  self->stopped = TRUE;
}

void
gst_p2p_framing_playgate_clear (GstP2pFramingPlaygate *self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

static void
set (GstP2pFramingPlaygate *self, gboolean open, gboolean stopped)
{
  g_mutex_lock (&self->lock);
  if (open && !self->open)
    self->opened = g_get_monotonic_time () * 1000;
  self->open = open;
  self->stopped = stopped;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_framing_playgate_reset (GstP2pFramingPlaygate *self)
{
  set (self, FALSE, FALSE);
}

void
gst_p2p_framing_playgate_set_open (GstP2pFramingPlaygate *self, gboolean open)
{
  set (self, open, FALSE);
}

void
gst_p2p_framing_playgate_stop (GstP2pFramingPlaygate *self)
{
  set (self, FALSE, TRUE);
}

gboolean
gst_p2p_framing_playgate_is_stopped (GstP2pFramingPlaygate *self)
{
  gboolean stopped;

  g_mutex_lock (&self->lock);
  stopped = self->stopped;
  g_mutex_unlock (&self->lock);
  return stopped;
}

gboolean
gst_p2p_framing_playgate_pass (GstP2pFramingPlaygate *self)
{
  gboolean pass;

  g_mutex_lock (&self->lock);
  while (!self->open && !self->stopped)
    g_cond_wait (&self->cond, &self->lock);
  pass = !self->stopped;
  g_mutex_unlock (&self->lock);
  return pass;
}

gboolean
gst_p2p_framing_playgate_is_open (GstP2pFramingPlaygate *self, gint64 *opened)
{
  gboolean open;

  g_mutex_lock (&self->lock);
  open = self->open;
  *opened = self->opened;
  g_mutex_unlock (&self->lock);
  return open;
}
