/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loop: see loop.h.
 */
#include "plugins/p2p/base/loop.h"

struct _GstP2pLoop
{
  gatomicrefcount ref_count;

  /* lock */
  GMutex lock;
  gboolean stopped;

  /* const */
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
};

static gpointer
control_thread_main (gpointer data)
{
  GstP2pLoop *control = data;

  g_main_context_push_thread_default (control->context);
  g_main_loop_run (control->loop);
  g_main_context_pop_thread_default (control->context);
  return NULL;
}

GstP2pLoop *
gst_p2p_loop_new (const gchar *name)
{
  GstP2pLoop *control = g_new0 (GstP2pLoop, 1);

  g_atomic_ref_count_init (&control->ref_count);
  g_mutex_init (&control->lock);
  control->context = g_main_context_new ();
  control->loop = g_main_loop_new (control->context, FALSE);
  control->thread = g_thread_new (name, control_thread_main, control);
  return control;
}

static gboolean
on_quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

GstP2pLoop *
gst_p2p_loop_ref (GstP2pLoop *control)
{
  g_atomic_ref_count_inc (&control->ref_count);
  return control;
}

void
gst_p2p_loop_unref (GstP2pLoop *control)
{
  if (!g_atomic_ref_count_dec (&control->ref_count))
    return;

  g_main_loop_unref (control->loop);
  g_main_context_unref (control->context);
  g_mutex_clear (&control->lock);
  g_free (control);
}

/* Not g_main_context_invoke(), which runs at once where it can: the order must hold. Nothing comes
 * behind the source that quits the loop, so whatever was accepted is run. */
static gboolean
enqueue (GstP2pLoop *control, GSourceFunc func, gpointer data, GDestroyNotify notify, gboolean last)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  gboolean accepted;

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, notify);

  g_mutex_lock (&control->lock);
  accepted = !control->stopped;
  if (accepted)
    g_source_attach (source, control->context);
  control->stopped |= last;
  g_mutex_unlock (&control->lock);
  return accepted;
}

void
gst_p2p_loop_stop (GstP2pLoop *control)
{
  /* As a source of the loop: a quit before g_main_loop_run() would be forgotten. */
  if (enqueue (control, on_quit, control->loop, NULL, TRUE))
    g_thread_join (control->thread);
}

GMainContext *
gst_p2p_loop_get_context (GstP2pLoop *control)
{
  return control->context;
}

gboolean
gst_p2p_loop_is_current (GstP2pLoop *control)
{
  return g_thread_self () == control->thread;
}

void
gst_p2p_loop_invoke (GstP2pLoop *control, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  enqueue (control, func, data, notify, FALSE);
}

typedef struct
{
  GFunc func;
  gpointer data;
  gpointer user_data;

  GMutex lock;
  GCond cond;
  gboolean done; /* lock */
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
gst_p2p_loop_call (GstP2pLoop *control, GFunc func, gpointer data, gpointer user_data)
{
  Call call = { .func = func, .data = data, .user_data = user_data };
  gboolean accepted;

  if (gst_p2p_loop_is_current (control))
    {
      func (data, user_data);
      return TRUE;
    }

  g_mutex_init (&call.lock);
  g_cond_init (&call.cond);
  accepted = enqueue (control, on_call, &call, NULL, FALSE);

  g_mutex_lock (&call.lock);
  while (accepted && !call.done)
    g_cond_wait (&call.cond, &call.lock);
  g_mutex_unlock (&call.lock);

  g_mutex_clear (&call.lock);
  g_cond_clear (&call.cond);
  return accepted;
}
