/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timer: the end of a GSource that somebody holds a reference to: a timer, a watched socket.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Destroys *@source and lets go of it, if there is one. After this its function is not called any
 * more, if this is the thread that iterates its context. */
static inline void
gst_p2p_clear_source (GSource **source)
{
  if (!*source)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

G_END_DECLS
