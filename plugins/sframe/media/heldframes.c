/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * heldframes: see heldframes.h.
 */
#include "plugins/sframe/media/heldframes.h"

/* What the ring's signal touches. It is counted: an emission may be under way when the queue is
 * freed. */
typedef struct
{
  /* lock */
  GMutex lock;
  GCond cond;
  gint64 deadline_us; /* of the oldest frame; 0: none */
  guint keys_added;
  gboolean unblocked;
  gboolean quit;
} Alarm;

struct _GstP2pSframeHeldFrames
{
  /* const */
  GstP2pSframeKeyring *ring;
  gulong key_added_id;
  Alarm *alarm; /* a reference */
  void (*wake) (gpointer user_data);
  gpointer user_data;

  /* stream lock */
  GArray *frames; /* of GstP2pSframeHeldFrame, oldest first */
  gsize bytes;
  GThread *thread;
};

/* --- the alarm, and the thread that waits for it --- */

static void
alarm_clear (gpointer data)
{
  Alarm *alarm = data;

  g_mutex_clear (&alarm->lock);
  g_cond_clear (&alarm->cond);
}

static void
alarm_unref (gpointer data, GClosure *closure)
{
  g_atomic_rc_box_release_full (data, alarm_clear);
}

static void
on_keyring_key_added (GstP2pSframeKeyring *ring, guint64 kid, gpointer data)
{
  Alarm *alarm = data;

  g_mutex_lock (&alarm->lock);
  alarm->keys_added++;
  g_cond_broadcast (&alarm->cond);
  g_mutex_unlock (&alarm->lock);
}

GstP2pSframeHeldFrames *
gst_p2p_sframe_held_frames_new (GstP2pSframeKeyring *ring, void (*wake) (gpointer user_data),
                                gpointer user_data)
{
  GstP2pSframeHeldFrames *self = g_new0 (GstP2pSframeHeldFrames, 1);

  self->ring = g_object_ref (ring);
  self->wake = wake;
  self->user_data = user_data;
  self->frames = g_array_new (FALSE, FALSE, sizeof (GstP2pSframeHeldFrame));
  self->alarm = g_atomic_rc_box_new0 (Alarm);
  g_mutex_init (&self->alarm->lock);
  g_cond_init (&self->alarm->cond);
  self->key_added_id
      = g_signal_connect_data (ring, "key-added", G_CALLBACK (on_keyring_key_added),
                               g_atomic_rc_box_acquire (self->alarm), alarm_unref, 0);
  return self;
}

void
gst_p2p_sframe_held_frames_free (GstP2pSframeHeldFrames *self)
{
  g_mutex_lock (&self->alarm->lock);
  self->alarm->quit = TRUE;
  g_cond_broadcast (&self->alarm->cond);
  g_mutex_unlock (&self->alarm->lock);
  if (self->thread)
    g_thread_join (self->thread);
  g_signal_handler_disconnect (self->ring, self->key_added_id);
  gst_p2p_sframe_held_frames_clear (self);
  g_array_unref (self->frames);
  g_object_unref (self->ring);
  alarm_unref (self->alarm, NULL);
  g_free (self);
}

/* Until a key comes, or the deadline. */
static void
wait_locked (Alarm *alarm)
{
  if (alarm->deadline_us == 0)
    g_cond_wait (&alarm->cond, &alarm->lock);
  else
    g_cond_wait_until (&alarm->cond, &alarm->lock, alarm->deadline_us);
}

static gpointer
run (gpointer data)
{
  GstP2pSframeHeldFrames *self = data;
  guint seen = 0;

  g_mutex_lock (&self->alarm->lock);
  while (!self->alarm->quit)
    {
      gboolean due = self->alarm->deadline_us != 0
                     && (self->alarm->keys_added != seen
                         || g_get_monotonic_time () >= self->alarm->deadline_us);

      if (!due)
        {
          wait_locked (self->alarm);
          continue;
        }
      seen = self->alarm->keys_added;
      /* Not again for the same frame, even if nobody can take it out now. */
      self->alarm->deadline_us = 0;
      g_mutex_unlock (&self->alarm->lock);
      self->wake (self->user_data);
      g_mutex_lock (&self->alarm->lock);
    }
  g_mutex_unlock (&self->alarm->lock);
  return NULL;
}

void
gst_p2p_sframe_held_frames_rearm (GstP2pSframeHeldFrames *self)
{
  g_mutex_lock (&self->alarm->lock);
  self->alarm->deadline_us
      = self->frames->len > 0 ? g_array_index (self->frames, GstP2pSframeHeldFrame, 0).deadline_us
                              : 0;
  g_cond_broadcast (&self->alarm->cond);
  g_mutex_unlock (&self->alarm->lock);
}

/* --- the queue --- */

gboolean
gst_p2p_sframe_held_frames_push (GstP2pSframeHeldFrames *self, GstBuffer *buffer, guint64 kid,
                                 gint64 hold_us)
{
  GstP2pSframeHeldFrame frame = { buffer, kid, g_get_monotonic_time () + hold_us };
  gsize size = gst_buffer_get_size (buffer);

  if (self->frames->len >= GST_P2P_SFRAME_HELD_MAX_FRAMES
      || size > GST_P2P_SFRAME_HELD_MAX_BYTES - self->bytes)
    return FALSE;
  gst_buffer_ref (buffer);
  g_array_append_val (self->frames, frame);
  self->bytes += size;
  if (!self->thread)
    self->thread = g_thread_new ("sframe-held", run, self);
  if (self->frames->len == 1)
    gst_p2p_sframe_held_frames_rearm (self);
  return TRUE;
}

guint
gst_p2p_sframe_held_frames_get_length (GstP2pSframeHeldFrames *self)
{
  return self->frames->len;
}

const GstP2pSframeHeldFrame *
gst_p2p_sframe_held_frames_peek (GstP2pSframeHeldFrames *self, guint index)
{
  return &g_array_index (self->frames, GstP2pSframeHeldFrame, index);
}

gboolean
gst_p2p_sframe_held_frames_has_kid (GstP2pSframeHeldFrames *self, guint64 kid)
{
  for (guint i = 0; i < self->frames->len; i++)
    if (g_array_index (self->frames, GstP2pSframeHeldFrame, i).kid == kid)
      return TRUE;
  return FALSE;
}

GstBuffer *
gst_p2p_sframe_held_frames_steal (GstP2pSframeHeldFrames *self, guint index)
{
  GstBuffer *buffer = g_array_index (self->frames, GstP2pSframeHeldFrame, index).buffer;

  self->bytes -= gst_buffer_get_size (buffer);
  g_array_remove_index (self->frames, index);
  gst_p2p_sframe_held_frames_rearm (self);
  return buffer;
}

void
gst_p2p_sframe_held_frames_clear (GstP2pSframeHeldFrames *self)
{
  while (self->frames->len > 0)
    gst_buffer_unref (gst_p2p_sframe_held_frames_steal (self, self->frames->len - 1));
}

/* --- waiting --- */

gboolean
gst_p2p_sframe_held_frames_wait (GstP2pSframeHeldFrames *self)
{
  gboolean unblocked;
  guint seen;

  gst_p2p_sframe_held_frames_rearm (self);
  g_mutex_lock (&self->alarm->lock);
  seen = self->alarm->keys_added;
  while (!self->alarm->unblocked && self->alarm->keys_added == seen && self->alarm->deadline_us != 0
         && g_get_monotonic_time () < self->alarm->deadline_us)
    wait_locked (self->alarm);
  unblocked = self->alarm->unblocked;
  g_mutex_unlock (&self->alarm->lock);
  return !unblocked;
}

void
gst_p2p_sframe_held_frames_set_unblocked (GstP2pSframeHeldFrames *self, gboolean unblocked)
{
  g_mutex_lock (&self->alarm->lock);
  self->alarm->unblocked = unblocked;
  g_cond_broadcast (&self->alarm->cond);
  g_mutex_unlock (&self->alarm->lock);
}
