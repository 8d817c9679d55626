/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * window: see window.h.
 */
#include "plugins/p2p/transport/direct/window.h"

#define SHORT_PATH_FLIGHT (768 * 1024)
#define FLIGHT_PER_MS (128 * 1024)
#define MAX_FLIGHT (8 * 1024 * 1024)

/* A smaller cut comes from a change of the packet size, or from an idle time. */
#define CUT_PERCENT 85
/* A round-trip time of more than this above the minimum means a queue: an eighth, and what delayed
 * SACKs and a clock of milliseconds account for. */
#define QUEUE_SHARE 8
#define QUEUE_MS 4

guint32
gst_p2p_direct_window_enough (guint min_rtt_ms)
{
  return (guint32)MIN (SHORT_PATH_FLIGHT + (guint64)min_rtt_ms * FLIGHT_PER_MS, MAX_FLIGHT);
}

/* Raises the limit by a tenth per round trip, and removes it once it is no smaller than the
 * window. */
static void
grow (GstP2pDirectWindow *self, guint32 window, guint rtt_ms, gint64 now_us)
{
  gint64 passed_us = MIN (now_us - self->limit_set_us, (gint64)rtt_ms * 1000);

  if (self->limit == 0 || rtt_ms == 0)
    return;
  self->limit
      += (guint32)((guint64)self->limit * passed_us / (rtt_ms * G_GUINT64_CONSTANT (10000)));
  self->limit_set_us = now_us;
  if (self->limit >= window)
    self->limit = 0;
}

guint32
gst_p2p_direct_window_update (GstP2pDirectWindow *self, guint32 window, guint32 packet,
                              guint rtt_ms, gint64 now_us, guint32 *restore)
{
  guint32 before = self->limit ? MIN (self->limit, self->last_window) : self->last_window;
  guint min_rtt_ms;

  *restore = 0;
  if (self->min_rtt_ms == 0 || rtt_ms + 1 < self->min_rtt_ms)
    self->min_rtt_ms = rtt_ms + 1;
  min_rtt_ms = self->min_rtt_ms - 1;

  if ((guint64)window * 100 < (guint64)before * CUT_PERCENT)
    {
      gboolean queue = rtt_ms > min_rtt_ms + min_rtt_ms / QUEUE_SHARE + QUEUE_MS;
      guint32 kept = window <= 2 * packet ? before / 2 : before - before / 10;

      self->limit = 0;
      if (!queue && kept > window)
        {
          *restore = kept;
          window = kept;
          self->limit = kept;
          self->limit_set_us = now_us;
        }
    }
  else
    grow (self, window, rtt_ms, now_us);

  self->last_window = window;
  window = self->limit ? MIN (window, self->limit) : window;
  return MIN (window, gst_p2p_direct_window_enough (min_rtt_ms));
}

void
gst_p2p_direct_window_reset (GstP2pDirectWindow *self)
{
  self->min_rtt_ms = 0;
}
