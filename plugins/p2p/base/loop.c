/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loop: see loop.h.
 */
#include "plugins/p2p/base/loop.h"

#include "plugins/p2p/base/owner.h"

struct _GstP2pLoop
{
  gatomicrefcount ref_count;

  GMutex lock;
  /* lock */
  gboolean stopped;

  /* const */
  GMainContext *context;
  GMainLoop *main_loop;
  GThread *thread;
  gconstpointer owner;
};

static gpointer
run (gpointer data)
{
  GstP2pLoop *loop = data;
  GstP2pOwnerMark mark;

  gst_p2p_owner_enter (&mark, loop->owner);
  g_main_context_push_thread_default (loop->context);
  g_main_loop_run (loop->main_loop);
  g_main_context_pop_thread_default (loop->context);
  gst_p2p_owner_leave (&mark);
  return NULL;
}

GstP2pLoop *
gst_p2p_loop_new (const gchar *name, gconstpointer owner)
{
  GstP2pLoop *loop = g_new0 (GstP2pLoop, 1);

  g_atomic_ref_count_init (&loop->ref_count);
  g_mutex_init (&loop->lock);
  loop->owner = owner;
  loop->context = g_main_context_new ();
  loop->main_loop = g_main_loop_new (loop->context, FALSE);
  loop->thread = g_thread_new (name, run, loop);
  return loop;
}

static gboolean
on_quit (gpointer main_loop)
{
  g_main_loop_quit (main_loop);
  return G_SOURCE_REMOVE;
}

GstP2pLoop *
gst_p2p_loop_ref (GstP2pLoop *loop)
{
  g_atomic_ref_count_inc (&loop->ref_count);
  return loop;
}

void
gst_p2p_loop_unref (GstP2pLoop *loop)
{
  if (!g_atomic_ref_count_dec (&loop->ref_count))
    return;

  g_main_loop_unref (loop->main_loop);
  g_main_context_unref (loop->context);
  g_mutex_clear (&loop->lock);
  g_free (loop);
}

/* Attaches a source rather than call g_main_context_invoke(), which runs at once where it can: the
 * order must hold. No source comes after the one that quits the loop, so whatever was accepted is
 * run. */
static gboolean
enqueue (GstP2pLoop *loop, GSourceFunc func, gpointer data, GDestroyNotify notify, gboolean last)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  gboolean accepted;

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, notify);

  g_mutex_lock (&loop->lock);
  accepted = !loop->stopped;
  if (accepted)
    g_source_attach (source, loop->context);
  loop->stopped |= last;
  g_mutex_unlock (&loop->lock);
  return accepted;
}

void
gst_p2p_loop_stop (GstP2pLoop *loop)
{
  /* By a source of the loop: g_main_loop_run() would forget a quit that came before it. */
  if (enqueue (loop, on_quit, loop->main_loop, NULL, TRUE))
    g_thread_join (loop->thread);
}

GMainContext *
gst_p2p_loop_get_context (GstP2pLoop *loop)
{
  return loop->context;
}

typedef struct
{
  GFunc func;
  gpointer data;
  gpointer user_data;
  GDestroyNotify notify;
} Post;

static gboolean
on_post (gpointer user_data)
{
  Post *post = user_data;

  post->func (post->data, post->user_data);
  return G_SOURCE_REMOVE;
}

static void
post_free (gpointer user_data)
{
  Post *post = user_data;

  if (post->notify)
    post->notify (post->data);
  g_free (post);
}

void
gst_p2p_loop_post (GstP2pLoop *loop, GFunc func, gpointer data, gpointer user_data,
                   GDestroyNotify notify)
{
  Post *post = g_new (Post, 1);

  *post = (Post){ func, data, user_data, notify };
  enqueue (loop, on_post, post, post_free, FALSE);
}

typedef struct
{
  GFunc func;
  gpointer data;
  gpointer user_data;

  GMutex lock;
  GCond cond;
  /* lock */
  gboolean done;
} Call;

static gboolean
on_call (gpointer data)
{
  Call *call = data;

  call->func (call->data, call->user_data);

  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->lock);
  return G_SOURCE_REMOVE;
}

gboolean
gst_p2p_loop_call (GstP2pLoop *loop, GFunc func, gpointer data, gpointer user_data)
{
  Call call = { .func = func, .data = data, .user_data = user_data };
  gboolean accepted;

  if (g_thread_self () == loop->thread)
    {
      func (data, user_data);
      return TRUE;
    }

  g_mutex_init (&call.lock);
  g_cond_init (&call.cond);
  accepted = enqueue (loop, on_call, &call, NULL, FALSE);

  g_mutex_lock (&call.lock);
  while (accepted && !call.done)
    g_cond_wait (&call.cond, &call.lock);
  g_mutex_unlock (&call.lock);

  g_mutex_clear (&call.lock);
  g_cond_clear (&call.cond);
  return accepted;
}
