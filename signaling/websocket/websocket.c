/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * websocket: see websocket.h.
 *
 *   handshake (head in, head out) → open (libsoup's frames over a tap) → closed
 *
 * What has happened is told by what is there: `io` while shaking hands, `connection` while open,
 * neither when closed.
 */
#include "signaling/websocket/websocket.h"

#include <libsoup/soup.h>
#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/timer.h"
#include "signaling/websocket/framemeter.h"
#include "signaling/websocket/handshake.h"
#include "signaling/websocket/tapstream.h"

#define LINGER_S 2
#define FRAME_HEADER 8 /* of a text below 64 KiB, at most: 4, and 4 of mask */

struct _GstP2pWebsocket
{
  GObject parent;

  /* const */
  gboolean is_server;
  gboolean full;
  gchar *key; /* of the client's request */
  GIOStream *stream;
  GSocket *socket;
  GMainContext *context;
  GstP2pWebsocketConfig config;

  /* owner's thread */
  const GstP2pWebsocketFuncs *funcs; /* NULL: closed */
  gpointer user_data;
  GSource *io;       /* handshake */
  GString *input;    /* handshake: what came of the peer's head */
  GString *output;   /* handshake: what is left of ours */
  gboolean accepted; /* server: our head opens the WebSocket */
  SoupWebsocketConnection *connection;
  GIOStream *tap;
  guint in_connection; /* calls by libsoup that are below us on the stack */
  GSource *timer;
  gint64 deadline_us; /* 0: none */
  gint64 heard_us;
  gint64 tokens_us; /* when the bucket was filled last */
  gdouble tokens;
  GstP2pWebsocketFrameMeter meter;
  gsize queued;  /* bytes */
  gboolean deaf; /* what comes in is thrown away */
};

G_DEFINE_FINAL_TYPE (GstP2pWebsocket, gst_p2p_websocket, G_TYPE_OBJECT)

static void update_timer (GstP2pWebsocket *self);

/* --- ends --- */

static gboolean
on_connection_idle (gpointer connection)
{
  return G_SOURCE_REMOVE;
}

/*
 * libsoup 3.2 closes a stream asynchronously even when it is disposed of, in the context that is
 * current then, and leaks if that does not run on. Our tap closes at once, so a context of its own
 * finishes this here. A connection that is below us on the stack is freed later.
 */
static void
drop_connection (GstP2pWebsocket *self)
{
  SoupWebsocketConnection *connection = g_steal_pointer (&self->connection);
  g_autoptr (GMainContext) context = NULL;

  if (!connection)
    return;
  g_signal_handlers_disconnect_by_data (connection, self);
  gst_p2p_websocket_tap_stream_detach (GST_P2P_WEBSOCKET_TAP_STREAM (self->tap));
  g_clear_object (&self->tap);

  context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  g_object_run_dispose (G_OBJECT (connection));
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);

  if (self->in_connection > 0)
    {
      g_autoptr (GSource) idle = g_idle_source_new ();

      g_source_set_callback (idle, on_connection_idle, connection, g_object_unref);
      g_source_attach (idle, self->context);
    }
  else
    {
      g_object_unref (connection);
    }
}

static void
drop (GstP2pWebsocket *self)
{
  self->funcs = NULL;
  gst_p2p_clear_source (&self->io);
  gst_p2p_clear_source (&self->timer);
  drop_connection (self);
  g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  g_socket_close (self->socket, NULL);
}

/* Every end that the owner did not ask for passes here. */
static void
finish (GstP2pWebsocket *self, GstP2pError code, const gchar *text)
{
  g_autoptr (GstP2pWebsocket) guard = g_object_ref (self);
  const GstP2pWebsocketFuncs *funcs = self->funcs;
  g_autoptr (GError) error = g_error_new_literal (GST_P2P_ERROR, code, text);

  drop (self);
  if (funcs)
    funcs->closed (self, error, self->user_data);
}

static gboolean
on_linger_timeout (gpointer user_data)
{
  drop (user_data);
  return G_SOURCE_REMOVE;
}

/* The timer holds the reference that keeps this alive. */
static void
linger (GstP2pWebsocket *self)
{
  gst_p2p_clear_source (&self->timer);
  self->deaf = TRUE;
  self->timer = g_timeout_source_new_seconds (LINGER_S);
  g_source_set_callback (self->timer, on_linger_timeout, g_object_ref (self), g_object_unref);
  g_source_attach (self->timer, self->context);
}

void
gst_p2p_websocket_close (GstP2pWebsocket *self, guint16 code, gboolean lingering)
{
  g_autoptr (GstP2pWebsocket) guard = g_object_ref (self);

  if (!self->funcs)
    return;
  self->funcs = NULL;
  if (gst_p2p_websocket_is_open (self))
    {
      soup_websocket_connection_close (self->connection, code, NULL);
      if (lingering)
        {
          linger (self);
          return;
        }
    }
  drop (self);
}

/* --- limits --- */

static void
report_limit (GstP2pWebsocket *self, GstP2pWebsocketLimit limit)
{
  g_autoptr (GstP2pWebsocket) guard = g_object_ref (self);

  self->deaf = TRUE;
  if (self->funcs)
    self->funcs->limit (self, limit, self->user_data);
}

/* A token bucket: so many frames per second, and so many saved up. */
static gboolean
take_tokens (GstP2pWebsocket *self, guint frames)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->config.frames_per_second == 0)
    return TRUE;
  self->tokens
      += (gdouble)(now_us - self->tokens_us) * self->config.frames_per_second / G_USEC_PER_SEC;
  self->tokens = MIN (self->tokens, self->config.frames_burst) - frames;
  self->tokens_us = now_us;
  return self->tokens >= 0;
}

static gboolean
on_tap_read (const guint8 *data, gsize size, gpointer user_data)
{
  GstP2pWebsocket *self = user_data;
  g_autoptr (GstP2pWebsocket) guard = g_object_ref (self);
  GstP2pWebsocketFrameTally tally = { 0 };

  self->heard_us = g_get_monotonic_time ();
  if (self->deaf)
    return FALSE;

  self->in_connection++;
  if (!gst_p2p_websocket_frame_meter_feed (&self->meter, data, size, &tally))
    report_limit (self, GST_P2P_WEBSOCKET_TOO_LARGE);
  else if (!take_tokens (self, tally.frames))
    report_limit (self, GST_P2P_WEBSOCKET_TOO_FAST);
  else if ((self->queued += tally.pongs) > self->config.max_queued)
    finish (self, GST_P2P_ERROR_LIMIT, "sends pings and does not read the answers");
  self->in_connection--;
  return !self->deaf && self->connection;
}

/* Pings are libsoup's own and not in the sum: hence the MIN. */
static void
on_tap_written (gsize size, gpointer user_data)
{
  GstP2pWebsocket *self = user_data;

  self->queued -= MIN (size, self->queued);
}

static const GstP2pWebsocketTapStreamFuncs tap_funcs = { on_tap_read, on_tap_written };

/* When a peer that says nothing more is dead. */
static gint64
silence_end_us (GstP2pWebsocket *self)
{
  return self->heard_us + (gint64)self->config.ping_interval_s * G_USEC_PER_SEC * 5 / 2;
}

static gboolean
on_timer (gpointer user_data)
{
  GstP2pWebsocket *self = user_data;
  g_autoptr (GstP2pWebsocket) guard = g_object_ref (self);
  gint64 now_us = g_get_monotonic_time ();

  if (self->deadline_us != 0 && now_us >= self->deadline_us)
    {
      self->deadline_us = 0;
      if (gst_p2p_websocket_is_open (self))
        report_limit (self, GST_P2P_WEBSOCKET_TOO_LATE);
      else
        finish (self, GST_P2P_ERROR_TIMEOUT, "did not answer in time");
    }
  else if (self->connection && now_us >= silence_end_us (self))
    {
      finish (self, GST_P2P_ERROR_LOST, "does not answer pings any more");
    }
  if (self->funcs)
    update_timer (self);
  return G_SOURCE_CONTINUE;
}

/* Not re-armed at every byte: when it fires early, on_timer() sets it anew. */
static void
update_timer (GstP2pWebsocket *self)
{
  gint64 ready_us = self->deadline_us != 0 ? self->deadline_us : G_MAXINT64;

  if (self->connection)
    ready_us = MIN (ready_us, silence_end_us (self));
  g_source_set_ready_time (self->timer, ready_us < G_MAXINT64 ? ready_us : -1);
}

void
gst_p2p_websocket_set_deadline (GstP2pWebsocket *self, guint timeout_ms)
{
  if (!self->funcs)
    return;
  self->deadline_us = timeout_ms == 0 ? 0 : g_get_monotonic_time () + timeout_ms * (gint64)1000;
  update_timer (self);
}

/* --- open --- */

static void
on_connection_message (SoupWebsocketConnection *connection, gint type, GBytes *message,
                       gpointer user_data)
{
  GstP2pWebsocket *self = user_data;
  g_autoptr (GstP2pWebsocket) guard = g_object_ref (self);
  gsize length;
  const gchar *text = g_bytes_get_data (message, &length);

  self->in_connection++;
  if (self->funcs)
    {
      /* An empty GBytes has no data; binary frames are not of this protocol, nor JSON. */
      if (type != SOUP_WEBSOCKET_DATA_TEXT || !text)
        self->funcs->text (self, "", 0, self->user_data);
      else
        self->funcs->text (self, text, length, self->user_data);
    }
  self->in_connection--;
}

static void
on_connection_closed (SoupWebsocketConnection *connection, gpointer user_data)
{
  GstP2pWebsocket *self = user_data;
  g_autoptr (GstP2pWebsocket) guard = g_object_ref (self);

  self->in_connection++;
  finish (self, GST_P2P_ERROR_LOST, "closed the connection");
  self->in_connection--;
}

static void
open_connection (GstP2pWebsocket *self)
{
  g_autoptr (GstP2pWebsocket) guard = g_object_ref (self);
  g_autoptr (GUri) uri = g_uri_build (G_URI_FLAGS_NONE, "ws", NULL, "p2p", -1, "/", NULL, NULL);
  SoupWebsocketConnectionType type
      = self->is_server ? SOUP_WEBSOCKET_CONNECTION_SERVER : SOUP_WEBSOCKET_CONNECTION_CLIENT;

  gst_p2p_clear_source (&self->io);
  self->heard_us = self->tokens_us = g_get_monotonic_time ();
  self->tokens = self->config.frames_burst;
  self->meter.max_message = self->config.max_message;
  self->tap = gst_p2p_websocket_tap_stream_new (self->stream, self->socket, &tap_funcs, self);
  self->connection
      = soup_websocket_connection_new (self->tap, uri, type, NULL, self->config.protocol, NULL);
  soup_websocket_connection_set_keepalive_interval (self->connection, self->config.ping_interval_s);
  g_signal_connect (self->connection, "message", G_CALLBACK (on_connection_message), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_connection_closed), self);
  update_timer (self);
  self->funcs->open (self, self->user_data);
}

gboolean
gst_p2p_websocket_is_open (GstP2pWebsocket *self)
{
  return self->connection
         && soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN;
}

gboolean
gst_p2p_websocket_send (GstP2pWebsocket *self, const gchar *text)
{
  gsize size = strlen (text) + FRAME_HEADER;

  if (!gst_p2p_websocket_is_open (self) || self->queued + size > self->config.max_queued)
    return FALSE;
  /* A server's frames have no mask. */
  self->queued += self->is_server ? size - 4 : size;
  soup_websocket_connection_send_text (self->connection, text);
  return TRUE;
}

/* --- handshake --- */

static gboolean on_stream_readable (GObject *stream, gpointer user_data);
static gboolean on_stream_writable (GObject *stream, gpointer user_data);

static void
watch (GstP2pWebsocket *self, GSource *source, GPollableSourceFunc func)
{
  gst_p2p_clear_source (&self->io);
  self->io = source;
  g_source_set_callback (source, G_SOURCE_FUNC (func), self, NULL);
  g_source_attach (source, self->context);
}

static void
watch_input (GstP2pWebsocket *self)
{
  GInputStream *stream = g_io_stream_get_input_stream (self->stream);

  watch (self, g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (stream), NULL),
         on_stream_readable);
}

static void
watch_output (GstP2pWebsocket *self)
{
  GOutputStream *stream = g_io_stream_get_output_stream (self->stream);

  watch (self, g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (stream), NULL),
         on_stream_writable);
}

/* The peer's head is complete, and nothing came behind it: neither side may speak before the
 * other's head. */
static void
handle_head (GstP2pWebsocket *self)
{
  g_autoptr (GError) error = NULL;

  if (self->is_server)
    {
      g_autofree gchar *answer = gst_p2p_websocket_handshake_answer (
          self->input->str, self->input->len, self->config.protocol, self->full, &self->accepted);

      g_string_assign (self->output, answer);
      watch_output (self);
    }
  else if (gst_p2p_websocket_handshake_check_response (self->input->str, self->input->len,
                                                       self->config.protocol, self->key, &error))
    {
      open_connection (self);
    }
  else
    {
      finish (self, error->code, error->message);
    }
}

static gboolean
on_stream_readable (GObject *stream, gpointer user_data)
{
  GstP2pWebsocket *self = user_data;
  g_autoptr (GstP2pWebsocket) guard = g_object_ref (self);
  g_autoptr (GError) error = NULL;
  gchar buffer[1024];
  gssize size = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (stream), buffer,
                                                          sizeof buffer, NULL, &error);
  gsize end;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      watch_input (self);
      return G_SOURCE_REMOVE;
    }
  if (size <= 0)
    {
      finish (self, GST_P2P_ERROR_LOST, "closed the connection during the WebSocket handshake");
      return G_SOURCE_REMOVE;
    }
  g_string_append_len (self->input, buffer, size);
  if (self->is_server && !g_ascii_isupper (self->input->str[0]))
    {
      /* A TLS client, for one, learns at once that there is no TLS. */
      handle_head (self);
      return G_SOURCE_REMOVE;
    }
  end = gst_p2p_websocket_handshake_find_end (self->input->str, self->input->len);
  if (end == self->input->len)
    {
      handle_head (self);
      return G_SOURCE_REMOVE;
    }
  /* A refusal may come with a body. */
  if (end > 0 && !self->is_server && !g_str_has_prefix (self->input->str, "HTTP/1.1 101"))
    {
      g_string_truncate (self->input, end);
      handle_head (self);
    }
  else if (end > 0 || self->input->len > GST_P2P_WEBSOCKET_HANDSHAKE_MAX_HEAD)
    finish (self, GST_P2P_ERROR_INVALID, "is not a WebSocket peer of this protocol");
  else
    watch_input (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_stream_writable (GObject *stream, gpointer user_data)
{
  GstP2pWebsocket *self = user_data;
  g_autoptr (GstP2pWebsocket) guard = g_object_ref (self);
  g_autoptr (GError) error = NULL;
  gssize size = g_pollable_output_stream_write_nonblocking (
      G_POLLABLE_OUTPUT_STREAM (stream), self->output->str, self->output->len, NULL, &error);

  if (size > 0)
    g_string_erase (self->output, 0, size);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      finish (self, GST_P2P_ERROR_LOST, "closed the connection during the WebSocket handshake");
      return G_SOURCE_REMOVE;
    }
  if (self->output->len > 0)
    {
      watch_output (self);
      return G_SOURCE_REMOVE;
    }

  if (!self->is_server)
    watch_input (self);
  else if (self->accepted)
    open_connection (self);
  else
    finish (self, GST_P2P_ERROR_INVALID, "asked for something else than a WebSocket");
  return G_SOURCE_REMOVE;
}

/* --- object --- */

static GstP2pWebsocket *
new_websocket (GIOStream *stream, GSocket *socket, const GstP2pWebsocketConfig *config,
               const GstP2pWebsocketFuncs *funcs, gpointer user_data)
{
  GstP2pWebsocket *self = g_object_new (GST_TYPE_P2P_WEBSOCKET, NULL);

  self->stream = g_object_ref (stream);
  self->socket = g_object_ref (socket);
  self->config = *config;
  self->funcs = funcs;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->timer = gst_p2p_timer_new (self->context, on_timer, self);
  return self;
}

GstP2pWebsocket *
gst_p2p_websocket_new_client (GIOStream *stream, GSocket *socket, const gchar *host,
                              const gchar *path, const GstP2pWebsocketConfig *config,
                              const GstP2pWebsocketFuncs *funcs, gpointer user_data)
{
  GstP2pWebsocket *self = new_websocket (stream, socket, config, funcs, user_data);
  g_autofree gchar *request = NULL;

  self->key = gst_p2p_websocket_handshake_new_key ();
  request = gst_p2p_websocket_handshake_print_request (host, path, config->protocol, self->key);
  g_string_assign (self->output, request);
  watch_output (self);
  return self;
}

GstP2pWebsocket *
gst_p2p_websocket_new_server (GIOStream *stream, GSocket *socket, gboolean full,
                              const GstP2pWebsocketConfig *config,
                              const GstP2pWebsocketFuncs *funcs, gpointer user_data)
{
  GstP2pWebsocket *self = new_websocket (stream, socket, config, funcs, user_data);

  self->is_server = TRUE;
  self->full = full;
  watch_input (self);
  return self;
}

static void
gst_p2p_websocket_init (GstP2pWebsocket *self)
{
  self->input = g_string_new (NULL);
  self->output = g_string_new (NULL);
}

static void
gst_p2p_websocket_finalize (GObject *object)
{
  GstP2pWebsocket *self = GST_P2P_WEBSOCKET (object);

  drop (self);
  g_string_free (self->input, TRUE);
  g_string_free (self->output, TRUE);
  g_free (self->key);
  g_object_unref (self->stream);
  g_object_unref (self->socket);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (gst_p2p_websocket_parent_class)->finalize (object);
}

static void
gst_p2p_websocket_class_init (GstP2pWebsocketClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_p2p_websocket_finalize;
}
