/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timer: see timer.h.
 */
#include "gst/p2p/base/timer.h"

static gboolean
dispatch (GSource *source, GSourceFunc func, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return func (user_data);
}

static GSourceFuncs timer_funcs = { .dispatch = dispatch };

GSource *
gst_p2p_timer_new (GMainContext *context, GSourceFunc func, gpointer user_data)
{
  GSource *source = g_source_new (&timer_funcs, sizeof (GSource));

  g_source_set_callback (source, func, user_data, NULL);
  g_source_attach (source, context);
  return source;
}

void
gst_p2p_clear_source (GSource **source)
{
  if (!*source)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}
