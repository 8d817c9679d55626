/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* testpeer: the other end of a signaling connection. See testpeer.h. */
#include "tests/signaling/testpeer.h"

#include <string.h>
#include <sys/socket.h>

#include "signaling/message.h"
#include "signaling/websocket/handshake.h"
#include "tests/common/wait.h"

#define TIMEOUT_MS 10000

static const GstP2pWebsocketConfig config = {
  .protocol = GST_P2P_SIGNALING_SUBPROTOCOL,
  .max_message = GST_P2P_SIGNALING_MAX_MESSAGE,
  .max_queued = 16 * 1024 * 1024,
  .ping_interval_s = 20,
};

static void
on_open (GstP2pWebsocket *websocket, gpointer user_data)
{
  ((TestPeer *)user_data)->open = TRUE;
}

static void
on_text (GstP2pWebsocket *websocket, const gchar *text, gsize length, gpointer user_data)
{
  g_ptr_array_add (((TestPeer *)user_data)->texts, g_strndup (text, length));
}

static void
on_limit (GstP2pWebsocket *websocket, GstP2pWebsocketLimit limit, gpointer user_data)
{
  ((TestPeer *)user_data)->limited = TRUE;
}

static void
on_closed (GstP2pWebsocket *websocket, const GError *error, gpointer user_data)
{
  TestPeer *self = user_data;

  self->closed = TRUE;
  self->close_code = error->code;
}

static const GstP2pWebsocketFuncs websocket_funcs = { on_open, on_text, on_limit, on_closed };

static TestPeer *
new_peer (void)
{
  TestPeer *self = g_new0 (TestPeer, 1);

  self->texts = g_ptr_array_new_with_free_func (g_free);
  return self;
}

TestPeer *
test_peer_new (guint port)
{
  g_autoptr (GSocketConnection) connection = test_connect (port);
  GSocket *socket = g_socket_connection_get_socket (connection);
  TestPeer *self = new_peer ();

  self->websocket = gst_p2p_websocket_new_client (G_IO_STREAM (connection), socket, "127.0.0.1",
                                                  "/", &config, &websocket_funcs, self);
  return self;
}

TestPeer *
test_peer_new_server (GSocketConnection *connection, gsize max_queued)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  TestPeer *self = new_peer ();
  GstP2pWebsocketConfig bounded = config;

  if (max_queued)
    bounded.max_queued = max_queued;
  self->websocket = gst_p2p_websocket_new_server (G_IO_STREAM (connection), socket, FALSE, &bounded,
                                                  &websocket_funcs, self);
  return self;
}

void
test_peer_free (TestPeer *self)
{
  gst_p2p_websocket_close (self->websocket, 1000, FALSE);
  g_object_unref (self->websocket);
  g_ptr_array_unref (self->texts);
  g_free (self);
}

void
test_peer_send (TestPeer *self, const gchar *text)
{
  TEST_WAIT_UNTIL (self->open || self->closed, TIMEOUT_MS);
  g_assert_true (gst_p2p_websocket_send (self->websocket, text));
}

gchar *
test_peer_receive (TestPeer *self)
{
  TEST_WAIT_UNTIL (self->texts->len > 0, TIMEOUT_MS);
  return g_ptr_array_steal_index (self->texts, 0);
}

void
test_peer_expect_close (TestPeer *self)
{
  TEST_WAIT_UNTIL (self->closed, TIMEOUT_MS);
}

gchar *
test_peer_bind (TestPeer *self, const gchar *id, const gchar *token, const gchar *resume)
{
  g_autoptr (GstP2pSignalingMessage) bind = gst_p2p_signaling_message_new (GST_P2P_SIGNALING_BIND);
  g_autoptr (GstP2pSignalingMessage) bound = NULL;
  g_autofree gchar *text = NULL;
  g_autofree gchar *answer = NULL;

  bind->id = g_strdup (id);
  bind->token = g_strdup (token);
  bind->resume = g_strdup (resume);
  text = gst_p2p_signaling_message_print (bind);
  test_peer_send (self, text);
  answer = test_peer_receive (self);
  bound = gst_p2p_signaling_message_parse (answer, strlen (answer), NULL);
  g_assert_nonnull (bound);
  g_assert_cmpint (bound->type, ==, GST_P2P_SIGNALING_BOUND);
  g_assert_cmpstr (bound->id, ==, id);
  return g_strdup (bound->resume);
}

void
test_peer_expect_error (TestPeer *self, const gchar *code)
{
  g_autofree gchar *text = test_peer_receive (self);
  g_autoptr (GstP2pSignalingMessage) message
      = gst_p2p_signaling_message_parse (text, strlen (text), NULL);

  g_assert_nonnull (message);
  g_assert_cmpstr (message->code, ==, code);
}

/* --- plain connections --- */

GSocketConnection *
test_connect (guint port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

void
test_write (GSocketConnection *connection, gconstpointer data, gsize size)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), data, size,
                             NULL, NULL, NULL);
}

/* What can be read now, while everything else goes on. FALSE: the end. */
static gboolean
read_some (GSocketConnection *connection, GString *text)
{
  GPollableInputStream *stream
      = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_autoptr (GError) error = NULL;
  gchar buffer[4096];
  gssize size
      = g_pollable_input_stream_read_nonblocking (stream, buffer, sizeof buffer, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_main_context_iteration (NULL, FALSE);
      return TRUE;
    }
  if (size > 0)
    g_string_append_len (text, buffer, size);
  return size > 0;
}

GString *
test_read_all (GSocketConnection *connection)
{
  GString *text = g_string_new (NULL);
  gint64 until_us = test_wait_deadline (TIMEOUT_MS);

  while (read_some (connection, text))
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
  return text;
}

static GSocketConnection *
connection_of (int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);
  return g_socket_connection_factory_create_connection (socket);
}

void
test_socket_pair (GSocketConnection **one, GSocketConnection **other)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  *one = connection_of (fds[0]);
  *other = connection_of (fds[1]);
}

void
test_open_websocket (GSocketConnection *connection)
{
  g_autofree gchar *key = gst_p2p_websocket_handshake_new_key ();
  g_autofree gchar *request = gst_p2p_websocket_handshake_print_request (
      "127.0.0.1", "/", GST_P2P_SIGNALING_SUBPROTOCOL, key);
  g_autoptr (GString) answer = g_string_new (NULL);
  gint64 until_us = test_wait_deadline (TIMEOUT_MS);

  test_write (connection, request, strlen (request));
  while (gst_p2p_websocket_handshake_find_end (answer->str, answer->len) == 0)
    {
      g_assert_true (read_some (connection, answer));
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    }
  g_assert_true (g_str_has_prefix (answer->str, "HTTP/1.1 101 "));
}

GSocketConnection *
test_connect_websocket (guint port)
{
  GSocketConnection *connection = test_connect (port);

  test_open_websocket (connection);
  return connection;
}

void
test_write_frame (GSocketConnection *connection, guint8 first, const gchar *data, gsize size)
{
  g_autofree guint8 *frame = g_malloc0 (size + 8);
  gsize at = 0;

  frame[at++] = first;
  if (size < 126)
    {
      frame[at++] = 0x80 | size;
    }
  else
    {
      g_assert_cmpuint (size, <=, G_MAXUINT16);
      frame[at++] = 0x80 | 126;
      frame[at++] = size >> 8;
      frame[at++] = size & 0xff;
    }
  at += 4; /* a mask of zeros */
  if (data)
    memcpy (frame + at, data, size);
  test_write (connection, frame, at + size);
}
