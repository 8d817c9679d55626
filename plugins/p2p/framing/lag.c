/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lag: see lag.h.
 */
#include "plugins/p2p/framing/lag.h"

/* Short, since what a receiver does not know yet is shown too late. */
#define WHILE (G_GINT64_CONSTANT (200) * 1000 * 1000)
#define WHILE_OBJECTS 5

gboolean
gst_p2p_framing_lag_take (GstP2pFramingLag *self, gint64 time, gint64 sent, gint64 *lag)
{
  if (self->n == 0)
    {
      self->since = sent;
      self->least = G_MAXINT64;
    }
  self->n++;
  self->least = MIN (self->least, MAX (0, sent - time));
  if (self->n < WHILE_OBJECTS || sent - self->since < WHILE)
    return FALSE;
  self->n = 0;
  *lag = self->least;
  return TRUE;
}
