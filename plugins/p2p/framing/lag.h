/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lag: how long what a live sender sends was held back there, by what does not answer LATENCY
 * queries or answers too little: the least of a while, since what waits for the network now and
 * then is no lag.
 *
 * Embed it, zeroed; for one thread at a time. All times are in ns.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* All fields are its own. */
typedef struct
{
  guint n;
  gint64 since;
  gint64 least;
} GstP2pFramingLag;

/* What is for the sender's running time @time was @sent. TRUE when a while is over: @lag is what
 * everything in it had, 0 or more. */
gboolean gst_p2p_framing_lag_take (GstP2pFramingLag *self, gint64 time, gint64 sent, gint64 *lag);

G_END_DECLS
