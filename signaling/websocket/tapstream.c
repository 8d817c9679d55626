/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tapstream: see tapstream.h.
 *
 * GIO wants three objects for it: the pair, and one for each direction.
 */
#include "signaling/websocket/tapstream.h"

struct _GstP2pWebsocketTapStream
{
  GIOStream parent;

  /* const */
  GIOStream *base;
  GSocket *socket;
  GInputStream *input;
  GOutputStream *output;

  /* owner's thread */
  const GstP2pWebsocketTapStreamFuncs *funcs; /* NULL: detached */
  gpointer user_data;
};

G_DEFINE_FINAL_TYPE (GstP2pWebsocketTapStream, gst_p2p_websocket_tap_stream, G_TYPE_IO_STREAM)

/* --- input --- */

#define TAP_TYPE_INPUT (tap_input_get_type ())
G_DECLARE_FINAL_TYPE (TapInput, tap_input, TAP, INPUT, GInputStream)

struct _TapInput
{
  GInputStream parent;

  /* const */
  GstP2pWebsocketTapStream *tap; /* outlives this */
  GPollableInputStream *base;
};

static void tap_input_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TapInput, tap_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      tap_input_pollable_init))

static gssize
tap_input_read_nonblocking (GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
  TapInput *self = TAP_INPUT (stream);
  gssize size = g_pollable_input_stream_read_nonblocking (self->base, buffer, count, NULL, error);

  if (size > 0 && self->tap->funcs && !self->tap->funcs->read (buffer, size, self->tap->user_data))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Not for you");
      return -1;
    }
  return size;
}

static gboolean
tap_input_is_readable (GPollableInputStream *stream)
{
  return g_pollable_input_stream_is_readable (TAP_INPUT (stream)->base);
}

static GSource *
tap_input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  g_autoptr (GSource) base
      = g_pollable_input_stream_create_source (TAP_INPUT (stream)->base, cancellable);

  return g_pollable_source_new_full (stream, base, NULL);
}

static void
tap_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->read_nonblocking = tap_input_read_nonblocking;
  iface->is_readable = tap_input_is_readable;
  iface->create_source = tap_input_create_source;
}

static void
tap_input_finalize (GObject *object)
{
  g_object_unref (TAP_INPUT (object)->base);
  G_OBJECT_CLASS (tap_input_parent_class)->finalize (object);
}

static void
tap_input_class_init (TapInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tap_input_finalize;
}

static void
tap_input_init (TapInput *self)
{
}

/* --- output --- */

#define TAP_TYPE_OUTPUT (tap_output_get_type ())
G_DECLARE_FINAL_TYPE (TapOutput, tap_output, TAP, OUTPUT, GOutputStream)

struct _TapOutput
{
  GOutputStream parent;

  /* const */
  GstP2pWebsocketTapStream *tap; /* outlives this */
  GPollableOutputStream *base;
};

static void tap_output_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TapOutput, tap_output, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      tap_output_pollable_init))

static gssize
tap_output_write_nonblocking (GPollableOutputStream *stream, const void *buffer, gsize count,
                              GError **error)
{
  TapOutput *self = TAP_OUTPUT (stream);
  gssize size = g_pollable_output_stream_write_nonblocking (self->base, buffer, count, NULL, error);

  if (size > 0 && self->tap->funcs)
    self->tap->funcs->written (size, self->tap->user_data);
  return size;
}

static gboolean
tap_output_is_writable (GPollableOutputStream *stream)
{
  return g_pollable_output_stream_is_writable (TAP_OUTPUT (stream)->base);
}

static GSource *
tap_output_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  g_autoptr (GSource) base
      = g_pollable_output_stream_create_source (TAP_OUTPUT (stream)->base, cancellable);

  return g_pollable_source_new_full (stream, base, NULL);
}

static void
tap_output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->write_nonblocking = tap_output_write_nonblocking;
  iface->is_writable = tap_output_is_writable;
  iface->create_source = tap_output_create_source;
}

static void
tap_output_finalize (GObject *object)
{
  g_object_unref (TAP_OUTPUT (object)->base);
  G_OBJECT_CLASS (tap_output_parent_class)->finalize (object);
}

static void
tap_output_class_init (TapOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tap_output_finalize;
}

static void
tap_output_init (TapOutput *self)
{
}

/* --- the pair --- */

static GInputStream *
gst_p2p_websocket_tap_stream_get_input_stream (GIOStream *stream)
{
  return GST_P2P_WEBSOCKET_TAP_STREAM (stream)->input;
}

static GOutputStream *
gst_p2p_websocket_tap_stream_get_output_stream (GIOStream *stream)
{
  return GST_P2P_WEBSOCKET_TAP_STREAM (stream)->output;
}

/* GIOStream's own close would wait for both directions, a TLS layer's for its peer. */
static void
gst_p2p_websocket_tap_stream_close_async (GIOStream *stream, int io_priority,
                                          GCancellable *cancellable, GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  GstP2pWebsocketTapStream *self = GST_P2P_WEBSOCKET_TAP_STREAM (stream);
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  g_socket_close (self->socket, NULL);
  g_task_return_boolean (task, TRUE);
}

static gboolean
gst_p2p_websocket_tap_stream_close_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
gst_p2p_websocket_tap_stream_close_fn (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  GstP2pWebsocketTapStream *self = GST_P2P_WEBSOCKET_TAP_STREAM (stream);

  g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  return g_socket_close (self->socket, error);
}

static void
gst_p2p_websocket_tap_stream_finalize (GObject *object)
{
  GstP2pWebsocketTapStream *self = GST_P2P_WEBSOCKET_TAP_STREAM (object);

  g_object_unref (self->input);
  g_object_unref (self->output);
  g_object_unref (self->base);
  g_object_unref (self->socket);
  G_OBJECT_CLASS (gst_p2p_websocket_tap_stream_parent_class)->finalize (object);
}

static void
gst_p2p_websocket_tap_stream_class_init (GstP2pWebsocketTapStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_p2p_websocket_tap_stream_finalize;
  stream_class->get_input_stream = gst_p2p_websocket_tap_stream_get_input_stream;
  stream_class->get_output_stream = gst_p2p_websocket_tap_stream_get_output_stream;
  stream_class->close_fn = gst_p2p_websocket_tap_stream_close_fn;
  stream_class->close_async = gst_p2p_websocket_tap_stream_close_async;
  stream_class->close_finish = gst_p2p_websocket_tap_stream_close_finish;
}

static void
gst_p2p_websocket_tap_stream_init (GstP2pWebsocketTapStream *self)
{
}

GIOStream *
gst_p2p_websocket_tap_stream_new (GIOStream *base, GSocket *socket,
                                  const GstP2pWebsocketTapStreamFuncs *funcs, gpointer user_data)
{
  GstP2pWebsocketTapStream *self = g_object_new (GST_TYPE_P2P_WEBSOCKET_TAP_STREAM, NULL);
  TapInput *input = g_object_new (TAP_TYPE_INPUT, NULL);
  TapOutput *output = g_object_new (TAP_TYPE_OUTPUT, NULL);

  input->tap = self;
  input->base = g_object_ref (G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (base)));
  output->tap = self;
  output->base = g_object_ref (G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (base)));

  self->base = g_object_ref (base);
  self->socket = g_object_ref (socket);
  self->input = G_INPUT_STREAM (input);
  self->output = G_OUTPUT_STREAM (output);
  self->funcs = funcs;
  self->user_data = user_data;
  return G_IO_STREAM (self);
}

void
gst_p2p_websocket_tap_stream_detach (GstP2pWebsocketTapStream *stream)
{
  stream->funcs = NULL;
}
