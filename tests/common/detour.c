/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * detour: for each WebSocket that comes in, one goes out to the server; one thread pumps both ways.
 */
#include "tests/common/detour.h"

#include <json-glib/json-glib.h>

#include "signaling/message.h"
#include "signaling/net/listener.h"
#include "signaling/websocket/websocket.h"

#define CLOSE_NORMAL 1000 /* RFC 6455 section 7.4.1 */

static const GstP2pWebsocketConfig config = { .protocol = GST_P2P_SIGNALING_SUBPROTOCOL,
                                              .max_message = GST_P2P_SIGNALING_MAX_MESSAGE,
                                              .max_queued = 1024 * 1024,
                                              .ping_interval_s = 60 };

struct _TestDetour
{
  /* const once the thread runs */
  guint server_port;
  gchar *uri;
  TestDetourRewrite rewrite_there; /* to the server */
  TestDetourRewrite rewrite_back;
  gpointer rewrite_data;
  GMainContext *context;
  GThread *thread;
  /* the thread */
  GMainLoop *loop;
  GstP2pNetListener *listener;
  GPtrArray *pairs; /* Pair */
  /* lock */
  GMutex lock;
  GCond started;
};

/* Two ends of one conversation. The detour's thread. */
typedef struct
{
  TestDetour *detour;
  GstP2pWebsocket *element;
  GstP2pWebsocket *server;
  GPtrArray *early; /* texts of the element until the server's end is open */
} Pair;

static void
pair_free (gpointer data)
{
  Pair *pair = data;

  gst_p2p_websocket_close (pair->element, CLOSE_NORMAL, FALSE);
  gst_p2p_websocket_close (pair->server, CLOSE_NORMAL, FALSE);
  g_object_unref (pair->element);
  g_object_unref (pair->server);
  g_ptr_array_unref (pair->early);
  g_free (pair);
}

/* @text with another candidate, if it is a candidate's message; NULL: not to be passed on. */
static gchar *
map_candidate (const gchar *text, gpointer relay)
{
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonObject *object = root && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  g_autofree gchar *mapped = NULL;

  if (!object || !json_object_has_member (object, "candidate"))
    return g_strdup (text);
  mapped = test_relay_map_candidate (relay, json_object_get_string_member (object, "candidate"));
  if (!mapped)
    return NULL;
  json_object_set_string_member (object, "candidate", mapped);
  return json_to_string (root, FALSE);
}

static void
on_open (GstP2pWebsocket *websocket, gpointer data)
{
  Pair *pair = data;

  if (websocket != pair->server)
    return;
  for (guint i = 0; i < pair->early->len; i++)
    gst_p2p_websocket_send (pair->server, g_ptr_array_index (pair->early, i));
  g_ptr_array_set_size (pair->early, 0);
}

static void
on_text (GstP2pWebsocket *from, const gchar *text, gsize length, gpointer data)
{
  Pair *pair = data;
  TestDetour *detour = pair->detour;
  gboolean back = from == pair->server;
  g_autofree gchar *rewritten
      = (back ? detour->rewrite_back : detour->rewrite_there) (text, detour->rewrite_data);

  if (!rewritten)
    return;
  if (back)
    gst_p2p_websocket_send (pair->element, rewritten);
  else if (gst_p2p_websocket_is_open (pair->server))
    gst_p2p_websocket_send (pair->server, rewritten);
  else
    g_ptr_array_add (pair->early, g_steal_pointer (&rewritten));
}

/* Either end is over: so is the other. */
static void
end (Pair *pair)
{
  gst_p2p_websocket_close (pair->element, CLOSE_NORMAL, FALSE);
  gst_p2p_websocket_close (pair->server, CLOSE_NORMAL, FALSE);
}

static void
on_limit (GstP2pWebsocket *websocket, GstP2pWebsocketLimit limit, gpointer data)
{
  end (data);
}

static void
on_closed (GstP2pWebsocket *websocket, const GError *error, gpointer data)
{
  end (data);
}

static const GstP2pWebsocketFuncs funcs = { on_open, on_text, on_limit, on_closed };

static void
on_connection (GSocketConnection *connection, gpointer data)
{
  TestDetour *detour = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) onward
      = g_socket_client_connect_to_host (client, "127.0.0.1", detour->server_port, NULL, NULL);
  Pair *pair;

  if (!onward)
    return; /* no server: the element finds a closed connection */
  pair = g_new0 (Pair, 1);
  pair->detour = detour;
  pair->early = g_ptr_array_new_with_free_func (g_free);
  pair->element = gst_p2p_websocket_new_server (G_IO_STREAM (connection),
                                                g_socket_connection_get_socket (connection), FALSE,
                                                &config, &funcs, pair);
  pair->server
      = gst_p2p_websocket_new_client (G_IO_STREAM (onward), g_socket_connection_get_socket (onward),
                                      "127.0.0.1", "/", &config, &funcs, pair);
  g_ptr_array_add (detour->pairs, pair);
}

static void
start (TestDetour *detour)
{
  g_autoptr (GError) error = NULL;

  detour->pairs = g_ptr_array_new_with_free_func (pair_free);
  detour->listener = gst_p2p_net_listener_new ("127.0.0.1", 0, on_connection, detour, &error);
  if (error)
    g_error ("detour: %s", error->message);
  g_mutex_lock (&detour->lock);
  detour->uri
      = g_strdup_printf ("ws://127.0.0.1:%u", gst_p2p_net_listener_get_port (detour->listener));
  g_cond_signal (&detour->started);
  g_mutex_unlock (&detour->lock);
}

static gpointer
work (gpointer data)
{
  TestDetour *detour = data;

  g_main_context_push_thread_default (detour->context);
  start (detour);
  g_main_loop_run (detour->loop);
  gst_p2p_net_listener_free (detour->listener);
  g_ptr_array_unref (detour->pairs);
  while (g_main_context_iteration (detour->context, FALSE))
    ;
  g_main_context_pop_thread_default (detour->context);
  return NULL;
}

static gchar *
pass (const gchar *text, gpointer data)
{
  return g_strdup (text);
}

static TestDetour *
new_detour (guint server_port, TestDetourRewrite there, TestDetourRewrite back, gpointer data)
{
  TestDetour *detour = g_new0 (TestDetour, 1);

  detour->server_port = server_port;
  detour->rewrite_there = there;
  detour->rewrite_back = back;
  detour->rewrite_data = data;
  detour->context = g_main_context_new ();
  detour->loop = g_main_loop_new (detour->context, FALSE);
  g_mutex_init (&detour->lock);
  g_cond_init (&detour->started);
  detour->thread = g_thread_new ("detour", work, detour);
  g_mutex_lock (&detour->lock);
  while (!detour->uri)
    g_cond_wait (&detour->started, &detour->lock);
  g_mutex_unlock (&detour->lock);
  return detour;
}

TestDetour *
test_detour_new (guint server_port, TestRelay *relay)
{
  return new_detour (server_port, map_candidate, pass, relay);
}

TestDetour *
test_detour_new_tampering (guint server_port, TestDetourRewrite rewrite, gpointer data)
{
  return new_detour (server_port, rewrite, pass, data);
}

TestDetour *
test_detour_new_foreign (guint server_port, TestDetourRewrite rewrite, gpointer data)
{
  return new_detour (server_port, pass, rewrite, data);
}

static gboolean
on_quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

void
test_detour_free (TestDetour *detour)
{
  g_main_context_invoke (detour->context, on_quit, detour->loop);
  g_thread_join (detour->thread);
  g_main_loop_unref (detour->loop);
  g_main_context_unref (detour->context);
  g_mutex_clear (&detour->lock);
  g_cond_clear (&detour->started);
  g_free (detour->uri);
  g_free (detour);
}

const gchar *
test_detour_get_uri (TestDetour *detour)
{
  return detour->uri;
}
