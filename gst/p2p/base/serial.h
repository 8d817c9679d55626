/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * serial: numbers that wrap around, and which of two comes later (RFC 1982). Any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether @a comes after @b, by less than half of the range. */
static inline gboolean
gst_p2p_serial32_is_after (guint32 a, guint32 b)
{
  return (gint32)(a - b) > 0;
}

static inline gboolean
gst_p2p_serial16_is_after (guint16 a, guint16 b)
{
  return (gint16)(guint16)(a - b) > 0;
}

G_END_DECLS
