/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clockoffset: see clockoffset.h.
 */
#include "plugins/p2p/framing/clockoffset.h"

#include <string.h>

#define MS G_GINT64_CONSTANT (1000000)

/* Ten of them are the last second: long enough that a burst of jitter leaves one sample that had
 * none, short enough that with clocks 4 % apart the smallest is no more than 40 ms old. A stream
 * with fewer samples than that has one in each. */
#define BUCKET (100 * MS)

/* Less than this is the noise of threads that wake up late, and followed would be noise in the
 * media. */
#define DEAD_BAND (2 * MS)
/* More than this, for a whole second, is another path or a clock that was set: whoever follows that
 * slowly shows nothing in time for half a minute. */
#define JUMP (400 * MS)
/* How much of the time that passes the offset moves, in percent. Down is the way from a first
 * message that was held up to what the path can do, so in the first second it is hurried. */
#define UP_PERCENT 5
#define DOWN_PERCENT 10
#define FIRST_DOWN_PERCENT 40
#define MAX_STEP_TIME (1000 * MS)

void
gst_p2p_framing_clock_offset_reset (GstP2pFramingClockOffset *self)
{
  *self = (GstP2pFramingClockOffset){ 0 };
}

static void
add_sample (GstP2pFramingClockOffset *self, gint64 arrived, gint64 sample)
{
  if (self->n_buckets > 0 && arrived - self->bucket_from < BUCKET)
    {
      self->minima[0] = MIN (self->minima[0], sample);
      return;
    }
  memmove (self->minima + 1, self->minima, sizeof self->minima - sizeof self->minima[0]);
  self->minima[0] = sample;
  self->bucket_from = arrived;
  self->n_buckets = MIN (self->n_buckets + 1, G_N_ELEMENTS (self->minima));
}

static gint64
get_estimate (const GstP2pFramingClockOffset *self)
{
  gint64 estimate = self->minima[0];

  for (guint i = 1; i < self->n_buckets; i++)
    estimate = MIN (estimate, self->minima[i]);
  return estimate;
}

static void
follow (GstP2pFramingClockOffset *self, gint64 arrived)
{
  gint64 away = get_estimate (self) - self->offset;
  gint64 passed = CLAMP (arrived - self->moved_at, 0, MAX_STEP_TIME);
  gint64 down = self->n_buckets < G_N_ELEMENTS (self->minima) ? FIRST_DOWN_PERCENT : DOWN_PERCENT;

  self->moved_at = arrived;
  if (ABS (away) > DEAD_BAND)
    self->moving = TRUE;
  if (!self->moving)
    return;
  if (ABS (away) < JUMP)
    away = CLAMP (away, -passed * down / 100, passed * UP_PERCENT / 100);
  self->offset += away;
  self->moving = self->offset != get_estimate (self);
}

gint64
gst_p2p_framing_clock_offset_take (GstP2pFramingClockOffset *self, gint64 arrived, gint64 sent)
{
  gboolean first = self->n_buckets == 0;

  add_sample (self, arrived, arrived - sent);
  if (first)
    {
      self->offset = arrived - sent;
      self->moved_at = arrived;
    }
  follow (self, arrived);
  return self->offset;
}
