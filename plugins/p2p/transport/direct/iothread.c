/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iothread: see iothread.h.
 */
#include "plugins/p2p/transport/direct/iothread.h"

struct _GstP2pIoThread
{
  /* const */
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
};

typedef struct
{
  GFunc func;
  gpointer data;
  gpointer user_data;
  GDestroyNotify notify;
} Post;

typedef struct
{
  GFunc func;
  gpointer data;

  GMutex lock;
  GCond cond;
  /* lock */
  gboolean done;
} Call;

static gpointer
run (gpointer user_data)
{
  GstP2pIoThread *thread = user_data;

  g_main_context_push_thread_default (thread->context);
  g_main_loop_run (thread->loop);
  /* What was asked for before the end still happens. */
  while (g_main_context_iteration (thread->context, FALSE))
    ;
  g_main_context_pop_thread_default (thread->context);
  return NULL;
}

GstP2pIoThread *
gst_p2p_io_thread_new (const gchar *name)
{
  GstP2pIoThread *thread = g_new0 (GstP2pIoThread, 1);

  thread->context = g_main_context_new ();
  thread->loop = g_main_loop_new (thread->context, FALSE);
  thread->thread = g_thread_new (name, run, thread);
  return thread;
}

static void
quit (gpointer data, gpointer user_data)
{
  g_main_loop_quit (data);
}

void
gst_p2p_io_thread_free (GstP2pIoThread *thread)
{
  if (!thread)
    return;

  gst_p2p_io_thread_post (thread, quit, thread->loop, NULL, NULL);
  g_thread_join (thread->thread);
  g_main_loop_unref (thread->loop);
  g_main_context_unref (thread->context);
  g_free (thread);
}

GMainContext *
gst_p2p_io_thread_get_context (GstP2pIoThread *thread)
{
  return thread->context;
}

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
gst_p2p_io_thread_post (GstP2pIoThread *thread, GFunc func, gpointer data, gpointer user_data,
                        GDestroyNotify notify)
{
  GSource *source = g_idle_source_new ();
  Post *post = g_new (Post, 1);

  *post = (Post){ func, data, user_data, notify };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_post, post, post_free);
  g_source_attach (source, thread->context);
  g_source_unref (source);
}

static void
on_call (gpointer data, gpointer user_data)
{
  Call *call = data;

  call->func (call->data, user_data);
  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->lock);
}

void
gst_p2p_io_thread_call (GstP2pIoThread *thread, GFunc func, gpointer data, gpointer user_data)
{
  Call call = { .func = func, .data = data };

  g_mutex_init (&call.lock);
  g_cond_init (&call.cond);
  gst_p2p_io_thread_post (thread, on_call, &call, user_data, NULL);

  g_mutex_lock (&call.lock);
  while (!call.done)
    g_cond_wait (&call.cond, &call.lock);
  g_mutex_unlock (&call.lock);

  g_cond_clear (&call.cond);
  g_mutex_clear (&call.lock);
}
