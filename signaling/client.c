/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client: the connection to the signaling server. See client.h.
 *
 *   connecting → websocket → bound → (lost) → waiting → connecting …
 *
 * The state is told by what is there: `connector`, `websocket`, `bound`, or only `timer`, which
 * is then the wait before the next attempt. Nothing there: stopped.
 *
 * Of several servers each is tried once in a round, at once when the one before it did not work; a
 * wait is between rounds. A round begins with the first server, so that clients with the same list
 * meet again at one of them.
 */
#include "signaling/client.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/base/timer.h"
#include "gst/p2p/link/names.h"
#include "signaling/address.h"
#include "signaling/net/connector.h"
#include "signaling/websocket/websocket.h"

#define ATTEMPT_TIMEOUT_MS (10 * 1000)     /* to connect, and again to be bound */
#define ATTEMPT_TIMEOUT_NEXT_MS (4 * 1000) /* the same where another server can be tried */
#define BACKOFF_FIRST_MS 500
#define BACKOFF_MAX_MS (30 * 1000)
#define BACKOFF_MIN_MS 50
#define MAX_QUEUED (256 * 1024)        /* bytes that the server does not read */
#define MAX_QUEUED_BEFORE (128 * 1024) /* bytes while not bound; less, so that they fit then */
#define PING_INTERVAL_S 20

/* After a bind that was lost without an answer the server may hold our id for the dead connection,
 * under a secret that we never got, until it notices that (websocket.h). This is the time that it
 * takes, with a margin. */
#define DOUBT_US (90 * G_USEC_PER_SEC)

#define CLOSE_NORMAL 1000 /* RFC 6455 section 7.4.1 */

/* One of the servers, and what is known of it. */
typedef struct
{
  /* const */
  GstP2pSignalingAddress *address;

  /* client's thread */
  gchar *resume;      /* secret */
  gboolean was_bound; /* ever */
  gint64 doubt_until_us;
} Server;

struct _GstP2pSignalingClient
{
  GObject parent;

  /* const */
  gchar *uris;
  gchar *id;
  gchar *token; /* secret */
  gchar *ca_file;

  /* client's thread */
  GMainContext *context; /* NULL: never started */
  GPtrArray *servers;    /* of Server */
  guint current;         /* index of the one that is connected to, or tried */
  guint n_tried;         /* in this round, without a bind */
  guint n_final;         /* of these, who cannot be expected to work later */
  GTlsDatabase *trusted;
  GstP2pNetConnector *connector;
  GstP2pWebsocket *websocket;
  GSource *timer;
  gboolean bound;
  gboolean relaxed;
  guint attempts;       /* rounds in a row without a bind */
  gboolean in_question; /* a bind was sent and not answered yet */
  GQueue queue;         /* of texts, while not bound */
  gsize queued;         /* bytes in it */
};

enum
{
  SIGNAL_BOUND,
  SIGNAL_MESSAGE,
  SIGNAL_UNAVAILABLE,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GstP2pSignalingClient, gst_p2p_signaling_client, G_TYPE_OBJECT)

static void try_to_connect (GstP2pSignalingClient *self);

/* --- the servers --- */

static void
server_free (gpointer data)
{
  Server *server = data;

  gst_p2p_signaling_address_free (server->address);
  gst_p2p_secret_text_free (server->resume);
  g_free (server);
}

static Server *
get_server (GstP2pSignalingClient *self)
{
  return g_ptr_array_index (self->servers, self->current);
}

static void
begin_round (GstP2pSignalingClient *self, guint first)
{
  self->current = first;
  self->n_tried = self->n_final = 0;
}

/* --- the timer --- */

static void
set_timer (GstP2pSignalingClient *self, guint timeout_ms, GSourceFunc func)
{
  gst_p2p_clear_source (&self->timer);
  self->timer = g_timeout_source_new (timeout_ms);
  g_source_set_callback (self->timer, func, self, NULL);
  g_source_attach (self->timer, self->context);
}

static gboolean
on_backoff_over (gpointer user_data)
{
  GstP2pSignalingClient *self = user_data;

  gst_p2p_clear_source (&self->timer);
  try_to_connect (self);
  return G_SOURCE_REMOVE;
}

/* Full jitter: after a server's restart its clients come back spread over the whole interval. */
static guint
backoff_ms (guint attempts)
{
  guint limit = BACKOFF_FIRST_MS << MIN (attempts, 6);

  return g_random_int_range (BACKOFF_MIN_MS, MIN (limit, BACKOFF_MAX_MS) + 1);
}

/* --- ends of a connection --- */

static void
disconnect (GstP2pSignalingClient *self)
{
  gst_p2p_clear_source (&self->timer);
  self->bound = self->in_question = FALSE;
  g_clear_pointer (&self->connector, gst_p2p_net_connector_free);
  if (self->websocket)
    gst_p2p_websocket_close (self->websocket, CLOSE_NORMAL, FALSE);
  g_clear_object (&self->websocket);
}

static GError *
new_error (GstP2pSignalingClient *self, GstP2pError code, const gchar *phrase)
{
  return g_error_new (GST_P2P_ERROR, code, "The signaling server %s %s",
                      get_server (self)->address->uri, phrase);
}

/* @phrase continues "The signaling server …". */
static void
fail (GstP2pSignalingClient *self, GstP2pError code, const gchar *phrase)
{
  g_autoptr (GstP2pSignalingClient) guard = g_object_ref (self);
  g_autoptr (GError) error = new_error (self, code, phrase);

  gst_p2p_signaling_client_stop (self);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

/* Nothing is to be had of this server now: on to the next, or to the next round. */
static void
try_later (GstP2pSignalingClient *self, const gchar *phrase)
{
  g_autoptr (GstP2pSignalingClient) guard = g_object_ref (self);
  g_autoptr (GError) error = new_error (self, GST_P2P_ERROR_SIGNALING, phrase);
  gboolean was_bound = self->bound;

  if (self->in_question)
    get_server (self)->doubt_until_us = g_get_monotonic_time () + DOUBT_US;
  disconnect (self);
  if (!was_bound && ++self->n_tried < self->servers->len)
    {
      g_info ("%s; on to the next", error->message);
      self->current = (self->current + 1) % self->servers->len;
      set_timer (self, 0, on_backoff_over);
      return;
    }
  begin_round (self, 0);
  set_timer (self, backoff_ms (self->attempts++), on_backoff_over);
  if (!self->relaxed)
    g_signal_emit (self, signals[SIGNAL_UNAVAILABLE], 0, error);
}

/* This server will not do later what it does not do now. One of the others may. */
static void
give_up (GstP2pSignalingClient *self, GstP2pError code, const gchar *phrase)
{
  if (++self->n_final < self->servers->len)
    try_later (self, phrase);
  else
    fail (self, code, phrase);
}

/* A server that once worked is believed to come back whatever answers in its place meanwhile. */
static void
handle_loss (GstP2pSignalingClient *self, const GError *error)
{
  if (error->code == GST_P2P_ERROR_UNAUTHORIZED)
    give_up (self, GST_P2P_ERROR_UNAUTHORIZED, error->message);
  else if (error->code == GST_P2P_ERROR_INVALID && !get_server (self)->was_bound)
    give_up (self, GST_P2P_ERROR_SIGNALING, error->message);
  else
    try_later (self, error->message);
}

/* --- messages --- */

static void
send_bind (GstP2pSignalingClient *self)
{
  g_autoptr (GstP2pSignalingMessage) bind = gst_p2p_signaling_message_new (GST_P2P_SIGNALING_BIND);
  gchar *text; /* secret */

  bind->id = g_strdup (self->id);
  bind->token = g_strdup (self->token);
  bind->resume = g_strdup (get_server (self)->resume);
  text = gst_p2p_signaling_message_print (bind);
  gst_p2p_websocket_send (self->websocket, text);
  gst_p2p_secret_text_free (text);
}

static void
flush_queue (GstP2pSignalingClient *self)
{
  gchar *text;

  while ((text = g_queue_pop_head (&self->queue)))
    {
      gst_p2p_websocket_send (self->websocket, text);
      g_free (text);
    }
  self->queued = 0;
}

static void
handle_bound (GstP2pSignalingClient *self, GstP2pSignalingMessage *message)
{
  Server *server = get_server (self);

  if (self->bound || !g_str_equal (message->id, self->id))
    return;
  gst_p2p_websocket_set_deadline (self->websocket, 0);
  gst_p2p_secret_text_free (server->resume);
  server->resume = g_strdup (message->resume);
  self->bound = server->was_bound = TRUE;
  self->in_question = FALSE;
  self->attempts = 0;
  begin_round (self, self->current);
  flush_queue (self);
  g_signal_emit (self, signals[SIGNAL_BOUND], 0, message->ice_servers);
}

/* An error instead of the answer to our bind. The server's own text is not repeated. */
static void
handle_refusal (GstP2pSignalingClient *self, const gchar *code)
{
  gboolean in_doubt = g_get_monotonic_time () < get_server (self)->doubt_until_us;
  g_autofree gchar *phrase = NULL;

  self->in_question = FALSE;
  if (g_str_equal (code, GST_P2P_SIGNALING_UNAUTHORIZED))
    {
      give_up (self, GST_P2P_ERROR_UNAUTHORIZED,
               self->token ? "refuses the token" : "wants a token");
    }
  else if (g_str_equal (code, GST_P2P_SIGNALING_ID_TAKEN))
    {
      phrase = g_strdup_printf ("has another client with the id \"%s\"", self->id);
      if (in_doubt)
        try_later (self, phrase);
      else
        fail (self, GST_P2P_ERROR_ID_TAKEN, phrase);
    }
  else if (g_str_equal (code, GST_P2P_SIGNALING_ID_INVALID))
    {
      phrase = g_strdup_printf ("does not accept the id \"%s\"", self->id);
      fail (self, GST_P2P_ERROR_SETTINGS, phrase);
    }
  else if (g_str_equal (code, GST_P2P_SIGNALING_RATE_LIMITED)
           || g_str_equal (code, GST_P2P_SIGNALING_NOT_BOUND))
    {
      try_later (self, "is too busy");
    }
  else
    {
      give_up (self, GST_P2P_ERROR_SIGNALING, "speaks another version of the protocol");
    }
}

static void
on_websocket_text (GstP2pWebsocket *websocket, const gchar *text, gsize length, gpointer user_data)
{
  GstP2pSignalingClient *self = user_data;
  g_autoptr (GstP2pSignalingClient) guard = g_object_ref (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pSignalingMessage) message
      = gst_p2p_signaling_message_parse (text, length, &error);

  if (!message)
    {
      /* Another peer may have sent it: no reason to give up the server. */
      g_info ("a message is ignored: %s", error->message);
      return;
    }
  switch (message->type)
    {
    case GST_P2P_SIGNALING_BIND:
      break;
    case GST_P2P_SIGNALING_BOUND:
      handle_bound (self, message);
      break;
    case GST_P2P_SIGNALING_ERROR:
      if (self->bound)
        g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
      else
        handle_refusal (self, message->code);
      break;
    case GST_P2P_SIGNALING_CONNECT:
    case GST_P2P_SIGNALING_CANDIDATE:
    case GST_P2P_SIGNALING_BYE:
      if (self->bound && g_str_equal (message->to, self->id))
        g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
      break;
    }
}

/* --- the connection --- */

static void
on_websocket_open (GstP2pWebsocket *websocket, gpointer user_data)
{
  GstP2pSignalingClient *self = user_data;

  self->in_question = TRUE;
  send_bind (self);
}

static void
on_websocket_limit (GstP2pWebsocket *websocket, GstP2pWebsocketLimit limit, gpointer user_data)
{
  if (limit == GST_P2P_WEBSOCKET_TOO_LATE)
    try_later (user_data, "does not answer");
  else
    try_later (user_data,
               "sends messages over " G_STRINGIFY (GST_P2P_SIGNALING_MAX_MESSAGE) " bytes");
}

static void
on_websocket_closed (GstP2pWebsocket *websocket, const GError *error, gpointer user_data)
{
  GstP2pSignalingClient *self = user_data;

  handle_loss (self, error);
}

static const GstP2pWebsocketFuncs websocket_funcs = {
  .open = on_websocket_open,
  .text = on_websocket_text,
  .limit = on_websocket_limit,
  .closed = on_websocket_closed,
};

static guint
get_attempt_timeout_ms (GstP2pSignalingClient *self)
{
  return self->n_tried + 1 < self->servers->len ? ATTEMPT_TIMEOUT_NEXT_MS : ATTEMPT_TIMEOUT_MS;
}

static void
open_websocket (GstP2pSignalingClient *self, GSocketConnection *connection)
{
  const GstP2pSignalingAddress *address = get_server (self)->address;
  GstP2pWebsocketConfig config = {
    .protocol = GST_P2P_SIGNALING_SUBPROTOCOL,
    .max_message = GST_P2P_SIGNALING_MAX_MESSAGE,
    .max_queued = MAX_QUEUED,
    .ping_interval_s = PING_INTERVAL_S,
  };

  self->websocket = gst_p2p_websocket_new_client (
      G_IO_STREAM (connection), g_socket_connection_get_socket (connection), address->authority,
      address->target, &config, &websocket_funcs, self);
  gst_p2p_websocket_set_deadline (self->websocket, get_attempt_timeout_ms (self));
}

static void
on_connector_done (GSocketConnection *connection, const GError *error, gpointer user_data)
{
  GstP2pSignalingClient *self = user_data;

  gst_p2p_clear_source (&self->timer);
  if (connection)
    {
      open_websocket (self, connection);
      g_clear_pointer (&self->connector, gst_p2p_net_connector_free);
    }
  else
    {
      handle_loss (self, error);
    }
}

static gboolean
on_connect_timeout (gpointer user_data)
{
  try_later (user_data, "cannot be reached: it does not answer");
  return G_SOURCE_REMOVE;
}

static void
try_to_connect (GstP2pSignalingClient *self)
{
  const GstP2pSignalingAddress *address = get_server (self)->address;

  set_timer (self, get_attempt_timeout_ms (self), on_connect_timeout);
  self->connector = gst_p2p_net_connector_new (address->host, address->port, address->tls,
                                               self->trusted, on_connector_done, self);
}

/* --- the object --- */

static gboolean
parse_uris (GstP2pSignalingClient *self, GError **error)
{
  g_autoptr (GPtrArray) addresses = gst_p2p_signaling_address_parse_list (self->uris, error);

  if (!addresses)
    return FALSE;
  while (addresses->len > 0)
    {
      Server *server = g_new0 (Server, 1);

      server->address = g_ptr_array_steal_index (addresses, 0);
      g_ptr_array_add (self->servers, server);
    }
  return TRUE;
}

/* GIO wants an absolute path. */
static gboolean
read_trusted (GstP2pSignalingClient *self, GError **error)
{
  g_autofree gchar *path = g_canonicalize_filename (self->ca_file, NULL);
  g_autoptr (GError) cause = NULL;

  self->trusted = g_tls_file_database_new (path, &cause);
  if (!self->trusted)
    g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                 "The CA file \"%s\" cannot be used: %s", path, cause->message);
  return self->trusted != NULL;
}

static gboolean
check_settings (GstP2pSignalingClient *self, GError **error)
{
  if (!parse_uris (self, error))
    return FALSE;
  if (!gst_p2p_id_is_valid (self->id))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "The id \"%s\" is not 1 to 128 of A-Z a-z 0-9 . _ ~ -", self->id);
      return FALSE;
    }
  if (self->token && (!*self->token || strlen (self->token) > GST_P2P_SIGNALING_MAX_REASON))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "The signaling token must have 1 to %d bytes", GST_P2P_SIGNALING_MAX_REASON);
      return FALSE;
    }
  return !self->ca_file || read_trusted (self, error);
}

gboolean
gst_p2p_signaling_client_start (GstP2pSignalingClient *self, GError **error)
{
  if (self->context)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "The signaling client was started before");
      return FALSE;
    }
  if (!check_settings (self, error))
    return FALSE;
  self->context = g_main_context_ref_thread_default ();
  try_to_connect (self);
  return TRUE;
}

/* Whether it runs: there is always something to wait for. */
static gboolean
is_running (GstP2pSignalingClient *self)
{
  return self->connector || self->websocket || self->timer;
}

gboolean
gst_p2p_signaling_client_send (GstP2pSignalingClient *self, GstP2pSignalingMessage *message)
{
  g_autofree gchar *text = gst_p2p_signaling_message_print (message);
  gsize length = strlen (text);

  if (!is_running (self) || length > GST_P2P_SIGNALING_MAX_MESSAGE)
    return FALSE;
  if (self->bound)
    return gst_p2p_websocket_send (self->websocket, text);
  if (self->queued + length > MAX_QUEUED_BEFORE)
    return FALSE;
  self->queued += length;
  g_queue_push_tail (&self->queue, g_steal_pointer (&text));
  return TRUE;
}

gboolean
gst_p2p_signaling_client_is_bound (GstP2pSignalingClient *self)
{
  return self->bound;
}

const gchar *
gst_p2p_signaling_client_get_uri (GstP2pSignalingClient *self)
{
  return get_server (self)->address->uri;
}

void
gst_p2p_signaling_client_move_on (GstP2pSignalingClient *self)
{
  if (!self->bound || self->servers->len == 1)
    return;
  g_info ("%s is left for the next server", gst_p2p_signaling_client_get_uri (self));
  disconnect (self);
  begin_round (self, (self->current + 1) % self->servers->len);
  set_timer (self, 0, on_backoff_over);
}

void
gst_p2p_signaling_client_set_relaxed (GstP2pSignalingClient *self, gboolean relaxed)
{
  self->relaxed = relaxed;
}

void
gst_p2p_signaling_client_stop (GstP2pSignalingClient *self)
{
  disconnect (self);
  g_queue_clear_full (&self->queue, g_free);
  self->queued = 0;
}

GstP2pSignalingClient *
gst_p2p_signaling_client_new (const gchar *uris, const gchar *id, const gchar *token,
                              const gchar *ca_file)
{
  GstP2pSignalingClient *self = g_object_new (GST_TYPE_P2P_SIGNALING_CLIENT, NULL);

  self->uris = g_strdup (uris);
  self->id = g_strdup (id);
  self->token = g_strdup (token);
  self->ca_file = g_strdup (ca_file);
  return self;
}

static void
gst_p2p_signaling_client_init (GstP2pSignalingClient *self)
{
  g_queue_init (&self->queue);
  self->servers = g_ptr_array_new_with_free_func (server_free);
}

static void
gst_p2p_signaling_client_dispose (GObject *object)
{
  gst_p2p_signaling_client_stop (GST_P2P_SIGNALING_CLIENT (object));
  G_OBJECT_CLASS (gst_p2p_signaling_client_parent_class)->dispose (object);
}

static void
gst_p2p_signaling_client_finalize (GObject *object)
{
  GstP2pSignalingClient *self = GST_P2P_SIGNALING_CLIENT (object);

  g_free (self->uris);
  g_free (self->id);
  gst_p2p_secret_text_free (self->token);
  g_free (self->ca_file);
  g_ptr_array_unref (self->servers);
  g_clear_object (&self->trusted);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (gst_p2p_signaling_client_parent_class)->finalize (object);
}

static guint
add_signal (GstP2pSignalingClientClass *klass, const gchar *name, GType argument)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 1, argument | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
gst_p2p_signaling_client_class_init (GstP2pSignalingClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gst_p2p_signaling_client_dispose;
  G_OBJECT_CLASS (klass)->finalize = gst_p2p_signaling_client_finalize;

  signals[SIGNAL_BOUND] = add_signal (klass, "bound", GST_TYPE_P2P_SIGNALING_ICE_SERVERS);
  signals[SIGNAL_MESSAGE] = add_signal (klass, "message", GST_TYPE_P2P_SIGNALING_MESSAGE);
  signals[SIGNAL_UNAVAILABLE] = add_signal (klass, "unavailable", G_TYPE_ERROR);
  signals[SIGNAL_FAILED] = add_signal (klass, "failed", G_TYPE_ERROR);
}
