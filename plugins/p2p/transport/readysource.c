/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * readysource: see readysource.h.
 */
#include "plugins/p2p/transport/readysource.h"

static gboolean
dispatch (GSource *source, GSourceFunc func, gpointer user_data)
{
  return func (user_data);
}

static GSourceFuncs ready_source_funcs = { .dispatch = dispatch };

GSource *
gst_p2p_timer_new (GMainContext *context, gint priority, GSourceFunc func, gpointer user_data)
{
  GSource *source = g_source_new (&ready_source_funcs, sizeof (GSource));

  g_source_set_priority (source, priority);
  g_source_set_callback (source, func, user_data, NULL);
  g_source_attach (source, context);
  return source;
}
