/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * server: see server.h.
 *
 *   listener → (tlsstream) → websocket → routing → the websocket of another client
 *
 * There is one websocket per client, which enforces its limits. A client lives as long as its
 * websocket: it is freed the moment that is closed or told to close, whatever lingers on the wire.
 */
#include "signaling/server.h"

#include <openssl/ssl.h>
#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/link/names.h"
#include "signaling/net/listener.h"
#include "signaling/net/tlsstream.h"
#include "signaling/routing.h"
#include "signaling/websocket/websocket.h"

/* Connections beyond max_clients that are told so; further ones are just closed. */
#define MAX_REFUSED 64

/* RFC 6455 section 7.4.1 */
#define CLOSE_GOING_AWAY 1001
#define CLOSE_POLICY 1008

static const GstP2pSignalingLimits default_limits = {
  .max_clients = 4096,
  .bind_timeout_ms = 10 * 1000,
  .messages_per_second = 100,
  .messages_burst = 1000, /* a sender with 16 receivers answers with 20 candidates each */
  .max_queued = 256 * 1024,
  .ping_interval_s = 20,
};

struct _GstP2pSignalingServer
{
  GObject parent;

  /* owner's thread */
  GstP2pSignalingLimits limits;
  gchar *token; /* secret */
  GTlsCertificate *certificate;
  GstP2pSignalingIceServers *ice_servers;
  GstP2pNetListener *listener; /* NULL: stopped */
  SSL_CTX *tls_context;        /* NULL: no TLS, or stopped */
  GstP2pSignalingRouting *routing;
  GHashTable *clients; /* Client → itself, owned */
  guint n_refused;     /* of them */
};

typedef struct
{
  /* const */
  GstP2pSignalingServer *server; /* outlives this */
  GstP2pWebsocket *websocket;
  gboolean refused; /* there was no room */
} Client;

G_DEFINE_FINAL_TYPE (GstP2pSignalingServer, gst_p2p_signaling_server, G_TYPE_OBJECT)

/* --- clients --- */

static void
client_free (Client *client)
{
  g_object_unref (client->websocket);
  g_free (client);
}

static void
remove_client (Client *client)
{
  GstP2pSignalingServer *self = client->server;

  if (client->refused)
    self->n_refused--;
  gst_p2p_signaling_routing_remove (self->routing, client);
  g_hash_table_remove (self->clients, client);
}

static void
close_client (Client *client, guint16 code, gboolean linger)
{
  gst_p2p_websocket_close (client->websocket, code, linger);
  remove_client (client);
}

/* FALSE: @client does not read, and is gone. */
static gboolean
send_text (Client *client, const gchar *text)
{
  if (gst_p2p_websocket_send (client->websocket, text))
    return TRUE;
  g_info ("a client that does not read is closed");
  close_client (client, CLOSE_POLICY, FALSE);
  return FALSE;
}

static gboolean
send_error (Client *client, const gchar *code, const gchar *text,
            const GstP2pSignalingMessage *about)
{
  g_autoptr (GstP2pSignalingMessage) message
      = gst_p2p_signaling_message_new_error (code, text, about);
  g_autofree gchar *print = gst_p2p_signaling_message_print (message);

  return send_text (client, print);
}

/* The last words to a client that broke a limit. */
static void
expel (Client *client, const gchar *code, const gchar *text)
{
  g_info ("a client is closed: %s", code);
  if (send_error (client, code, text, NULL))
    close_client (client, CLOSE_POLICY, TRUE);
}

/* --- messages --- */

static const gchar *
explain (const gchar *code)
{
  static const gchar *const texts[][2] = {
    { GST_P2P_SIGNALING_BAD_MESSAGE, "\"from\" is not the bound id, or this client is bound" },
    { GST_P2P_SIGNALING_NOT_BOUND, "Bind an id first" },
    { GST_P2P_SIGNALING_ID_TAKEN, "Another client has bound this id" },
    { GST_P2P_SIGNALING_NOT_FOUND, "Nobody is bound as this id" },
    { GST_P2P_SIGNALING_UNAUTHORIZED, "The token is missing or wrong" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (texts[i][0], code))
      return texts[i][1];
  return code;
}

static gchar *
print_bound (GstP2pSignalingServer *self, const gchar *id, const gchar *resume)
{
  g_autoptr (GstP2pSignalingMessage) bound
      = gst_p2p_signaling_message_new (GST_P2P_SIGNALING_BOUND);

  bound->id = g_strdup (id);
  bound->resume = g_strdup (resume);
  bound->ice_servers = gst_p2p_signaling_ice_servers_copy (self->ice_servers);
  return gst_p2p_signaling_message_print (bound);
}

static void
handle_bind (Client *client, const GstP2pSignalingMessage *bind)
{
  GstP2pSignalingServer *self = client->server;
  Client *replaced;
  const gchar *code
      = gst_p2p_signaling_routing_bind (self->routing, client, bind, (gpointer *)&replaced);
  gchar *print; /* secret */

  if (g_strcmp0 (code, GST_P2P_SIGNALING_UNAUTHORIZED) == 0)
    {
      expel (client, code, explain (code));
      return;
    }
  if (code)
    {
      send_error (client, code, explain (code), NULL);
      return;
    }
  /* It died unnoticed, so nobody listens to last words. */
  if (replaced)
    close_client (replaced, CLOSE_GOING_AWAY, FALSE);

  g_debug ("bound %s", bind->id);
  gst_p2p_websocket_set_deadline (client->websocket, 0);
  print
      = print_bound (self, bind->id, gst_p2p_signaling_routing_get_resume (self->routing, client));
  send_text (client, print);
  gst_p2p_secret_text_free (print);
}

static void
handle_relayed (Client *client, const GstP2pSignalingMessage *message, const gchar *relay)
{
  const gchar *code;
  Client *target
      = gst_p2p_signaling_routing_route (client->server->routing, client, message, &code);

  if (target && (send_text (target, relay) || target == client))
    return;
  if (!code)
    code = GST_P2P_SIGNALING_NOT_FOUND;
  send_error (client, code, explain (code), message);
}

static void
on_websocket_text (GstP2pWebsocket *websocket, const gchar *text, gsize length, gpointer user_data)
{
  Client *client = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *relay = NULL;
  const gchar *code;
  g_autoptr (GstP2pSignalingMessage) message
      = gst_p2p_signaling_message_parse_envelope (text, length, &relay, &code, &error);

  if (!message)
    send_error (client, code, error->message, NULL);
  else if (message->type == GST_P2P_SIGNALING_BIND)
    handle_bind (client, message);
  else if (relay)
    handle_relayed (client, message, relay);
  else
    send_error (client, GST_P2P_SIGNALING_UNSUPPORTED, "Only a server sends this type", NULL);
}

/* --- connections --- */

static void
on_websocket_open (GstP2pWebsocket *websocket, gpointer user_data)
{
}

static void
on_websocket_limit (GstP2pWebsocket *websocket, GstP2pWebsocketLimit limit, gpointer user_data)
{
  switch (limit)
    {
    case GST_P2P_WEBSOCKET_TOO_LARGE:
      expel (user_data, GST_P2P_SIGNALING_TOO_LARGE,
             "A message is over " G_STRINGIFY (GST_P2P_SIGNALING_MAX_MESSAGE) " bytes");
      break;
    case GST_P2P_WEBSOCKET_TOO_FAST:
      expel (user_data, GST_P2P_SIGNALING_RATE_LIMITED, "Too many messages per second");
      break;
    case GST_P2P_WEBSOCKET_TOO_LATE:
      expel (user_data, GST_P2P_SIGNALING_NOT_BOUND, "No id was bound in time");
      break;
    }
}

static void
on_websocket_closed (GstP2pWebsocket *websocket, const GError *error, gpointer user_data)
{
  g_debug ("a client is gone: it %s", error->message);
  remove_client (user_data);
}

static const GstP2pWebsocketFuncs websocket_funcs = {
  .open = on_websocket_open,
  .text = on_websocket_text,
  .limit = on_websocket_limit,
  .closed = on_websocket_closed,
};

static void
on_listener_connection (GSocketConnection *connection, gpointer user_data)
{
  GstP2pSignalingServer *self = user_data;
  GSocket *socket = g_socket_connection_get_socket (connection);
  guint n = g_hash_table_size (self->clients) - self->n_refused;
  gboolean full = n >= self->limits.max_clients;
  GstP2pWebsocketConfig config = {
    .protocol = GST_P2P_SIGNALING_SUBPROTOCOL,
    .max_message = GST_P2P_SIGNALING_MAX_MESSAGE,
    .max_queued = self->limits.max_queued,
    .frames_per_second = self->limits.messages_per_second,
    .frames_burst = self->limits.messages_burst,
    .ping_interval_s = self->limits.ping_interval_s,
  };
  g_autoptr (GIOStream) stream = NULL;
  Client *client;

  if (full && self->n_refused >= MAX_REFUSED)
    return;
  stream = self->tls_context ? gst_p2p_net_tls_stream_new (self->tls_context, socket)
                             : G_IO_STREAM (g_object_ref (connection));
  client = g_new0 (Client, 1);
  client->server = self;
  client->refused = full;
  self->n_refused += full;
  client->websocket
      = gst_p2p_websocket_new_server (stream, socket, full, &config, &websocket_funcs, client);
  gst_p2p_websocket_set_deadline (client->websocket, self->limits.bind_timeout_ms);
  g_hash_table_add (self->clients, client);
}

/* --- the object --- */

void
gst_p2p_signaling_server_get_limits (GstP2pSignalingServer *self, GstP2pSignalingLimits *limits)
{
  *limits = self->limits;
}

void
gst_p2p_signaling_server_set_limits (GstP2pSignalingServer *self,
                                     const GstP2pSignalingLimits *limits)
{
  self->limits = *limits;
}

void
gst_p2p_signaling_server_set_token (GstP2pSignalingServer *self, const gchar *token)
{
  gst_p2p_secret_text_free (self->token);
  self->token = g_strdup (token);
}

void
gst_p2p_signaling_server_set_tls_certificate (GstP2pSignalingServer *self,
                                              GTlsCertificate *certificate)
{
  g_set_object (&self->certificate, certificate);
}

gboolean
gst_p2p_signaling_server_add_ice_server (GstP2pSignalingServer *self, const gchar *uri,
                                         GError **error)
{
  g_autoptr (GstP2pSignalingIceServers) before
      = gst_p2p_signaling_ice_servers_copy (self->ice_servers);
  g_autofree gchar *longest_id = g_strnfill (GST_P2P_MAX_ID_LENGTH, 'x');
  g_autofree gchar *resume = gst_p2p_session_new ();
  gchar *print; /* secret */
  gsize length;

  if (!gst_p2p_signaling_ice_servers_add (self->ice_servers, uri, error))
    return FALSE;
  print = print_bound (self, longest_id, resume);
  length = strlen (print);
  gst_p2p_secret_text_free (print);
  if (length <= GST_P2P_SIGNALING_MAX_MESSAGE)
    return TRUE;

  gst_p2p_signaling_ice_servers_free (self->ice_servers);
  self->ice_servers = g_steal_pointer (&before);
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
               "The STUN and TURN servers do not fit in a message of %d bytes",
               GST_P2P_SIGNALING_MAX_MESSAGE);
  return FALSE;
}

gboolean
gst_p2p_signaling_server_start (GstP2pSignalingServer *self, const gchar *host, guint port,
                                GError **error)
{
  if (self->listener)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "The signaling server runs already");
      return FALSE;
    }
  if (self->token && (!*self->token || strlen (self->token) > GST_P2P_SIGNALING_MAX_REASON))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "The signaling token must have 1 to %d bytes", GST_P2P_SIGNALING_MAX_REASON);
      return FALSE;
    }
  if (self->certificate
      && !(self->tls_context = gst_p2p_net_tls_context_new (self->certificate, error)))
    return FALSE;
  self->listener = gst_p2p_net_listener_new (host, port, on_listener_connection, self, error);
  if (!self->listener)
    {
      g_clear_pointer (&self->tls_context, SSL_CTX_free);
      return FALSE;
    }
  self->routing = gst_p2p_signaling_routing_new (self->token);
  return TRUE;
}

guint
gst_p2p_signaling_server_get_port (GstP2pSignalingServer *self)
{
  return self->listener ? gst_p2p_net_listener_get_port (self->listener) : 0;
}

guint
gst_p2p_signaling_server_get_n_clients (GstP2pSignalingServer *self)
{
  return g_hash_table_size (self->clients);
}

void
gst_p2p_signaling_server_stop (GstP2pSignalingServer *self)
{
  g_autoptr (GList) clients = g_hash_table_get_keys (self->clients);

  g_clear_pointer (&self->listener, gst_p2p_net_listener_free);
  for (GList *l = clients; l; l = l->next)
    close_client (l->data, CLOSE_GOING_AWAY, FALSE);
  g_clear_pointer (&self->tls_context, SSL_CTX_free);
  g_clear_pointer (&self->routing, gst_p2p_signaling_routing_free);
}

GstP2pSignalingServer *
gst_p2p_signaling_server_new (void)
{
  return g_object_new (GST_TYPE_P2P_SIGNALING_SERVER, NULL);
}

static void
gst_p2p_signaling_server_init (GstP2pSignalingServer *self)
{
  self->limits = default_limits;
  self->ice_servers = gst_p2p_signaling_ice_servers_new ();
  self->clients = g_hash_table_new_full (NULL, NULL, (GDestroyNotify)client_free, NULL);
}

static void
gst_p2p_signaling_server_dispose (GObject *object)
{
  gst_p2p_signaling_server_stop (GST_P2P_SIGNALING_SERVER (object));
  G_OBJECT_CLASS (gst_p2p_signaling_server_parent_class)->dispose (object);
}

static void
gst_p2p_signaling_server_finalize (GObject *object)
{
  GstP2pSignalingServer *self = GST_P2P_SIGNALING_SERVER (object);

  gst_p2p_secret_text_free (self->token);
  g_clear_object (&self->certificate);
  gst_p2p_signaling_ice_servers_free (self->ice_servers);
  g_hash_table_unref (self->clients);
  G_OBJECT_CLASS (gst_p2p_signaling_server_parent_class)->finalize (object);
}

static void
gst_p2p_signaling_server_class_init (GstP2pSignalingServerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gst_p2p_signaling_server_dispose;
  G_OBJECT_CLASS (klass)->finalize = gst_p2p_signaling_server_finalize;
}
