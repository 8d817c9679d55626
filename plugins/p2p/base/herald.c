/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * herald: see herald.h.
 *
 * A handler's call is offered to the loop in both of its moods: waiting in tell(), or iterating its
 * context. Whichever comes first takes it. The handler meanwhile tells what that call gives rise
 * to, since the loop's thread waits for that too.
 */
#include "plugins/p2p/base/herald.h"

/* For how long the end waits for handlers. They return at once, but for one that waits for the
 * thread that waits here. */
#define PATIENCE_US (G_USEC_PER_SEC / 2)

typedef struct
{
  /* const */
  GDestroyNotify func;
  gpointer data;
  GDestroyNotify notify;

  /* the herald's lock */
  guint ref_count;
  gboolean told;
} Tiding;

typedef struct
{
  /* const */
  GstP2pHerald *herald;
  GFunc func;
  gpointer data;
  gpointer user_data;

  /* the herald's lock */
  guint ref_count;
  gboolean over;
  gboolean called;
} Errand;

struct _GstP2pHerald
{
  /* const */
  gatomicrefcount ref_count;
  GstP2pLoop *loop;
  GThread *thread;

  GMutex lock;
  GCond cond;
  /* lock */
  GQueue tidings;
  GQueue errands;  /* of handlers, not taken yet */
  guint n_telling; /* handlers that have not returned */
  gboolean hurry;
  gboolean ended;
};

GstP2pHerald *
gst_p2p_herald_ref (GstP2pHerald *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
gst_p2p_herald_unref (GstP2pHerald *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_thread_unref (self->thread);
  gst_p2p_loop_unref (self->loop);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

/* Freed without the lock: it may hold the last reference to an element. */
static void
tiding_unref_locked (GstP2pHerald *self, Tiding *tiding)
{
  if (--tiding->ref_count > 0)
    return;
  g_mutex_unlock (&self->lock);
  tiding->notify (tiding->data);
  g_free (tiding);
  g_mutex_lock (&self->lock);
}

static void
tell_next_locked (GstP2pHerald *self)
{
  Tiding *tiding = g_queue_pop_head (&self->tidings);

  self->n_telling++;
  g_mutex_unlock (&self->lock);
  tiding->func (tiding->data);
  g_mutex_lock (&self->lock);
  tiding->told = TRUE;
  g_cond_broadcast (&self->cond);
  tiding_unref_locked (self, tiding);
  self->n_telling--;
  g_cond_broadcast (&self->cond);
}

static gpointer
run (gpointer data)
{
  GstP2pHerald *self = data;

  g_mutex_lock (&self->lock);
  while (TRUE)
    {
      if (!g_queue_is_empty (&self->tidings))
        tell_next_locked (self);
      else if (self->ended)
        break;
      else
        g_cond_wait (&self->cond, &self->lock);
    }
  g_mutex_unlock (&self->lock);
  gst_p2p_herald_unref (self);
  return NULL;
}

GstP2pHerald *
gst_p2p_herald_new (const gchar *name, GstP2pLoop *loop)
{
  GstP2pHerald *self = g_new0 (GstP2pHerald, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->tidings);
  g_queue_init (&self->errands);
  self->loop = gst_p2p_loop_ref (loop);
  self->thread = g_thread_new (name, run, gst_p2p_herald_ref (self));
  return self;
}

static gboolean
is_own_thread (GstP2pHerald *self)
{
  return g_thread_self () == self->thread;
}

static gboolean
is_busy_locked (GstP2pHerald *self)
{
  return self->n_telling > 0 || !g_queue_is_empty (&self->tidings);
}

static void
forget_locked (GstP2pHerald *self)
{
  Tiding *tiding;

  while ((tiding = g_queue_pop_head (&self->tidings)))
    tiding_unref_locked (self, tiding);
}

void
gst_p2p_herald_settle (GstP2pHerald *self)
{
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;

  if (is_own_thread (self))
    return;
  g_mutex_lock (&self->lock);
  while (is_busy_locked (self) && g_cond_wait_until (&self->cond, &self->lock, until_us))
    ;
  forget_locked (self);
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_herald_end (GstP2pHerald *self)
{
  g_mutex_lock (&self->lock);
  while (is_own_thread (self) && !g_queue_is_empty (&self->tidings))
    tell_next_locked (self);
  forget_locked (self);
  self->ended = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* --- from the loop to the application --- */

/* @errand is in the queue, and whoever waits for it keeps it. */
static void
run_errand_locked (GstP2pHerald *self, Errand *errand)
{
  g_queue_remove (&self->errands, errand);
  g_mutex_unlock (&self->lock);
  errand->func (errand->data, errand->user_data);
  g_mutex_lock (&self->lock);
  errand->over = errand->called = TRUE;
  g_cond_broadcast (&self->cond);
}

void
gst_p2p_herald_tell (GstP2pHerald *self, GDestroyNotify func, gpointer data, GDestroyNotify notify)
{
  Tiding *tiding = g_new (Tiding, 1);

  *tiding = (Tiding){ func, data, notify, .ref_count = 2 };
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->tidings, tiding);
  g_cond_broadcast (&self->cond);
  while (!tiding->told && !self->hurry)
    {
      if (!g_queue_is_empty (&self->errands))
        run_errand_locked (self, g_queue_peek_head (&self->errands));
      else
        g_cond_wait (&self->cond, &self->lock);
    }
  tiding_unref_locked (self, tiding);
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_herald_set_hurry (GstP2pHerald *self, gboolean hurry)
{
  g_mutex_lock (&self->lock);
  self->hurry = hurry;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* --- from the application to the loop --- */

static void
errand_unref_locked (Errand *errand)
{
  if (--errand->ref_count == 0)
    g_free (errand);
}

/* Loop's thread, between two events. */
static void
serve (gpointer data, gpointer user_data)
{
  Errand *errand = data;
  GstP2pHerald *self = errand->herald;

  g_mutex_lock (&self->lock);
  if (g_queue_find (&self->errands, errand))
    run_errand_locked (self, errand);
  g_mutex_unlock (&self->lock);
}

/* An errand that is in the queue even now was posted to a loop that has stopped. */
static void
serve_over (gpointer data)
{
  Errand *errand = data;
  GstP2pHerald *self = errand->herald;

  g_mutex_lock (&self->lock);
  if (g_queue_remove (&self->errands, errand))
    errand->over = TRUE;
  g_cond_broadcast (&self->cond);
  errand_unref_locked (errand);
  g_mutex_unlock (&self->lock);
  gst_p2p_herald_unref (self);
}

/* Herald's thread */
static gboolean
send_errand (GstP2pHerald *self, GFunc func, gpointer data, gpointer user_data)
{
  Errand *errand = g_new (Errand, 1);
  gboolean called;

  *errand = (Errand){ gst_p2p_herald_ref (self), func, data, user_data, .ref_count = 2 };
  g_mutex_lock (&self->lock);
  g_queue_push_head (&self->errands, errand);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_p2p_loop_post (self->loop, serve, errand, NULL, serve_over);

  g_mutex_lock (&self->lock);
  while (!errand->over)
    {
      if (!self->hurry && !g_queue_is_empty (&self->tidings))
        tell_next_locked (self);
      else
        g_cond_wait (&self->cond, &self->lock);
    }
  called = errand->called;
  errand_unref_locked (errand);
  g_mutex_unlock (&self->lock);
  return called;
}

gboolean
gst_p2p_herald_call (GstP2pHerald *self, GFunc func, gpointer data, gpointer user_data)
{
  if (is_own_thread (self))
    return send_errand (self, func, data, user_data);
  return gst_p2p_loop_call (self->loop, func, data, user_data);
}
