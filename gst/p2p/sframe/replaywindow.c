/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replaywindow: see replaywindow.h.
 */
#include "gst/p2p/sframe/replaywindow.h"

#include <string.h>

struct _GstP2pSframeReplayWindow
{
  /* const */
  guint size;
  guint n_words; /* one more than @size needs, so that a new word never hides a valid bit */

  /* the thread that uses the window */
  gboolean any;
  guint64 highest;
  guint64 words[]; /* bit c % 64 of word (c / 64) % n_words: counter c was used */
};

struct _GstP2pSframeIvWindow
{
  /* const */
  guint size;

  /* the thread that uses the window */
  guint start, count;
  gboolean full;    /* something older than the first value was forgotten */
  guint64 values[]; /* 2 * size; the window is sorted, at start, count of them */
};

GstP2pSframeReplayWindow *
gst_p2p_sframe_replay_window_new (guint size)
{
  guint bounded = CLAMP (size, 1, GST_P2P_SFRAME_REPLAY_WINDOW_MAX);
  guint n_words = (bounded + 63) / 64 + 1;
  GstP2pSframeReplayWindow *self = g_malloc0 (sizeof *self + n_words * sizeof (guint64));

  self->size = bounded;
  self->n_words = n_words;
  return self;
}

void
gst_p2p_sframe_replay_window_free (GstP2pSframeReplayWindow *self)
{
  g_free (self);
}

gboolean
gst_p2p_sframe_replay_window_check (const GstP2pSframeReplayWindow *self, guint64 counter)
{
  if (!self->any || counter > self->highest)
    return TRUE;
  if (self->highest - counter >= self->size)
    return FALSE;
  return (self->words[counter / 64 % self->n_words] >> (counter % 64) & 1) == 0;
}

void
gst_p2p_sframe_replay_window_commit (GstP2pSframeReplayWindow *self, guint64 counter)
{
  if (!self->any || counter > self->highest)
    {
      guint64 from = self->any ? self->highest / 64 : 0, to = counter / 64;

      if (!self->any || to - from >= self->n_words)
        memset (self->words, 0, self->n_words * sizeof (guint64));
      else
        for (guint64 word = from + 1; word <= to; word++)
          self->words[word % self->n_words] = 0;
      self->highest = counter;
      self->any = TRUE;
    }
  self->words[counter / 64 % self->n_words] |= G_GUINT64_CONSTANT (1) << (counter % 64);
}

GstP2pSframeIvWindow *
gst_p2p_sframe_iv_window_new (guint size)
{
  guint bounded = CLAMP (size, 1, GST_P2P_SFRAME_REPLAY_WINDOW_MAX);
  GstP2pSframeIvWindow *self = g_malloc0 (sizeof *self + 2 * bounded * sizeof (guint64));

  self->size = bounded;
  return self;
}

void
gst_p2p_sframe_iv_window_free (GstP2pSframeIvWindow *self)
{
  g_free (self);
}

/* Serial number order: negative when @a comes before @b. */
static gint64
order (guint64 a, guint64 b)
{
  return (gint64)(a - b);
}

/* The index in the window of the first value not before @value. */
static guint
position (const GstP2pSframeIvWindow *self, guint64 value)
{
  guint low = 0, high = self->count;

  /* Nearly every frame is the newest. */
  if (self->count > 0 && order (value, self->values[self->start + self->count - 1]) > 0)
    return self->count;
  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (order (self->values[self->start + middle], value) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
gst_p2p_sframe_iv_window_check (const GstP2pSframeIvWindow *self, guint64 value)
{
  guint at = position (self, value);

  if (at == 0 && (self->full || self->count == self->size))
    return FALSE;
  return at == self->count || self->values[self->start + at] != value;
}

void
gst_p2p_sframe_iv_window_commit (GstP2pSframeIvWindow *self, guint64 value)
{
  guint at;

  if (self->count == self->size)
    {
      self->start++;
      self->count--;
      self->full = TRUE;
    }
  if (self->start + self->count == 2 * self->size)
    {
      memmove (self->values, self->values + self->start, self->count * sizeof (guint64));
      self->start = 0;
    }
  at = position (self, value);
  memmove (self->values + self->start + at + 1, self->values + self->start + at,
           (self->count - at) * sizeof (guint64));
  self->values[self->start + at] = value;
  self->count++;
}
