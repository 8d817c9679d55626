/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * counter: numbers for statistics, which one thread adds to and others read.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef guint64 GstP2pCounter; /* atomic */

static inline void
gst_p2p_counter_set (GstP2pCounter *counter, guint64 value)
{
  __atomic_store_n (counter, value, __ATOMIC_RELAXED);
}

static inline void
gst_p2p_counter_add (GstP2pCounter *counter, guint64 more)
{
  __atomic_fetch_add (counter, more, __ATOMIC_RELAXED);
}

static inline guint64
gst_p2p_counter_get (const GstP2pCounter *counter)
{
  return __atomic_load_n (counter, __ATOMIC_RELAXED);
}

G_END_DECLS
