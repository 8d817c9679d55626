/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * signaling: the server belongs to one thread, which runs a loop; calls go to it and are waited
 * for.
 */
#include "tests/common/signaling.h"

struct _TestSignaling
{
  /* const */
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  TestSignalingSetup setup;
  gpointer setup_data;
  /* the server's thread */
  GstP2pSignalingServer *server;
  /* the test's thread, which waits while the other works */
  gchar *uri;
  guint port;
  /* lock */
  GMutex lock;
  GCond done;
  gboolean busy;
};

typedef struct
{
  TestSignaling *signaling;
  void (*function) (TestSignaling *signaling);
} Call;

static gboolean
on_call (gpointer data)
{
  Call *call = data;

  call->function (call->signaling);
  g_mutex_lock (&call->signaling->lock);
  call->signaling->busy = FALSE;
  g_cond_signal (&call->signaling->done);
  g_mutex_unlock (&call->signaling->lock);
  return G_SOURCE_REMOVE;
}

/* Runs @function on the server's thread and waits for its end. */
static void
run (TestSignaling *self, void (*function) (TestSignaling *signaling))
{
  Call call = { self, function };
  g_autoptr (GSource) source = g_idle_source_new ();

  self->busy = TRUE;
  g_source_set_callback (source, on_call, &call, NULL);
  g_source_attach (source, self->context);
  g_mutex_lock (&self->lock);
  while (self->busy)
    g_cond_wait (&self->done, &self->lock);
  g_mutex_unlock (&self->lock);
}

static gpointer
work (gpointer data)
{
  TestSignaling *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static void
start (TestSignaling *self)
{
  g_autoptr (GError) error = NULL;

  self->server = gst_p2p_signaling_server_new ();
  if (self->setup)
    self->setup (self->server, self->setup_data);
  if (!gst_p2p_signaling_server_start (self->server, "127.0.0.1", self->port, &error))
    g_error ("signaling server: %s", error->message);
  self->port = gst_p2p_signaling_server_get_port (self->server);
}

static void
stop (TestSignaling *self)
{
  if (self->server)
    gst_p2p_signaling_server_stop (self->server);
  g_clear_object (&self->server);
}

static void
quit (TestSignaling *self)
{
  stop (self);
  /* What closing left to do. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_loop_quit (self->loop);
}

TestSignaling *
test_signaling_new (TestSignalingSetup setup, gpointer data)
{
  TestSignaling *self = g_new0 (TestSignaling, 1);

  self->setup = setup;
  self->setup_data = data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->done);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("signaling", work, self);
  run (self, start);
  self->uri = g_strdup_printf ("ws://127.0.0.1:%u", self->port);
  return self;
}

void
test_signaling_free (TestSignaling *self)
{
  run (self, quit);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->done);
  g_free (self->uri);
  g_free (self);
}

const gchar *
test_signaling_get_uri (TestSignaling *self)
{
  return self->uri;
}

guint
test_signaling_get_port (TestSignaling *self)
{
  return self->port;
}

void
test_signaling_stop (TestSignaling *self)
{
  run (self, stop);
}

void
test_signaling_start_again (TestSignaling *self)
{
  run (self, start);
}
