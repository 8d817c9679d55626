/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client: the connection to the signaling server. See client.h.
 *
 *   connecting → websocket → bound → (lost) → waiting → connecting …
 *
 * The state is told by what is there: `connector`, `websocket`, `bound`, or only `timer`, which
 * is then the wait before the next attempt. Nothing there: stopped.
 */
#include "signaling/client.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/hostname.h"
#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/base/timer.h"
#include "gst/p2p/link/names.h"
#include "signaling/net/connector.h"
#include "signaling/websocket/websocket.h"

#define ATTEMPT_TIMEOUT_MS (10 * 1000) /* to connect, and again to be bound */
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

struct _GstP2pSignalingClient
{
  GObject parent;

  /* const */
  gchar *uri;
  gchar *id;
  gchar *token; /* secret */
  gchar *ca_file;

  /* client's thread */
  GMainContext *context; /* NULL: never started */
  GUri *parsed_uri;
  GTlsDatabase *trusted;
  GstP2pNetConnector *connector;
  GstP2pWebsocket *websocket;
  GSource *timer;
  gboolean bound;
  gboolean was_bound; /* ever */
  gboolean relaxed;
  guint attempts;       /* in a row without a bind */
  gboolean in_question; /* a bind was sent and not answered yet */
  gint64 doubt_until_us;
  gchar *resume; /* secret */
  GQueue queue;  /* of texts, while not bound */
  gsize queued;  /* bytes in it */
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
  return g_error_new (GST_P2P_ERROR, code, "The signaling server %s %s", self->uri, phrase);
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

static void
try_later (GstP2pSignalingClient *self, const gchar *phrase)
{
  g_autoptr (GstP2pSignalingClient) guard = g_object_ref (self);
  g_autoptr (GError) error = new_error (self, GST_P2P_ERROR_SIGNALING, phrase);

  if (self->in_question)
    self->doubt_until_us = g_get_monotonic_time () + DOUBT_US;
  disconnect (self);
  set_timer (self, backoff_ms (self->attempts++), on_backoff_over);
  if (!self->relaxed)
    g_signal_emit (self, signals[SIGNAL_UNAVAILABLE], 0, error);
}

/* A server that once worked is believed to come back whatever answers in its place meanwhile. */
static void
handle_loss (GstP2pSignalingClient *self, const GError *error)
{
  if (error->code == GST_P2P_ERROR_UNAUTHORIZED)
    fail (self, GST_P2P_ERROR_UNAUTHORIZED, error->message);
  else if (error->code == GST_P2P_ERROR_INVALID && !self->was_bound)
    fail (self, GST_P2P_ERROR_SIGNALING, error->message);
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
  bind->resume = g_strdup (self->resume);
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
  if (self->bound || !g_str_equal (message->id, self->id))
    return;
  gst_p2p_websocket_set_deadline (self->websocket, 0);
  gst_p2p_secret_text_free (self->resume);
  self->resume = g_strdup (message->resume);
  self->bound = self->was_bound = TRUE;
  self->in_question = FALSE;
  self->attempts = 0;
  flush_queue (self);
  g_signal_emit (self, signals[SIGNAL_BOUND], 0, message->ice_servers);
}

/* An error instead of the answer to our bind. The server's own text is not repeated. */
static void
handle_refusal (GstP2pSignalingClient *self, const gchar *code)
{
  gboolean in_doubt = g_get_monotonic_time () < self->doubt_until_us;
  g_autofree gchar *phrase = NULL;

  self->in_question = FALSE;
  if (g_str_equal (code, GST_P2P_SIGNALING_UNAUTHORIZED))
    {
      fail (self, GST_P2P_ERROR_UNAUTHORIZED, self->token ? "refuses the token" : "wants a token");
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
      fail (self, GST_P2P_ERROR_SIGNALING, "speaks another version of the protocol");
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

static gboolean
is_tls (GstP2pSignalingClient *self)
{
  return g_str_equal (g_uri_get_scheme (self->parsed_uri), "wss");
}

static guint
port_of (GstP2pSignalingClient *self)
{
  gint port = g_uri_get_port (self->parsed_uri);

  return port > 0 ? port : is_tls (self) ? 443 : 80;
}

static void
open_websocket (GstP2pSignalingClient *self, GSocketConnection *connection)
{
  const gchar *host = g_uri_get_host (self->parsed_uri);
  const gchar *path = g_uri_get_path (self->parsed_uri);
  g_autofree gchar *host_port
      = g_strdup_printf (strchr (host, ':') ? "[%s]:%u" : "%s:%u", host, port_of (self));
  GstP2pWebsocketConfig config = {
    .protocol = GST_P2P_SIGNALING_SUBPROTOCOL,
    .max_message = GST_P2P_SIGNALING_MAX_MESSAGE,
    .max_queued = MAX_QUEUED,
    .ping_interval_s = PING_INTERVAL_S,
  };

  self->websocket = gst_p2p_websocket_new_client (
      G_IO_STREAM (connection), g_socket_connection_get_socket (connection), host_port,
      *path ? path : "/", &config, &websocket_funcs, self);
  gst_p2p_websocket_set_deadline (self->websocket, ATTEMPT_TIMEOUT_MS);
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
  set_timer (self, ATTEMPT_TIMEOUT_MS, on_connect_timeout);
  self->connector
      = gst_p2p_net_connector_new (g_uri_get_host (self->parsed_uri), port_of (self), is_tls (self),
                                   self->trusted, on_connector_done, self);
}

/* --- the object --- */

static gboolean
parse_uri (GstP2pSignalingClient *self, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (self->uri, G_URI_FLAGS_ENCODED_PATH, NULL);

  if (!uri || !g_uri_get_host (uri) || !gst_p2p_hostname_is_valid (g_uri_get_host (uri))
      || (!g_str_equal (g_uri_get_scheme (uri), "ws")
          && !g_str_equal (g_uri_get_scheme (uri), "wss"))
      || g_uri_get_port (uri) == 0 || g_uri_get_userinfo (uri) || g_uri_get_query (uri)
      || g_uri_get_fragment (uri))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "The signaling URI \"%s\" is not of the form ws://host:port or wss://host:port",
                   self->uri);
      return FALSE;
    }
  self->parsed_uri = g_steal_pointer (&uri);
  return TRUE;
}

static gboolean
check_settings (GstP2pSignalingClient *self, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (!parse_uri (self, error))
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
  if (!self->ca_file)
    return TRUE;
  self->trusted = g_tls_file_database_new (self->ca_file, &cause);
  if (!self->trusted)
    g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                 "The CA file \"%s\" cannot be used: %s", self->ca_file, cause->message);
  return self->trusted != NULL;
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
gst_p2p_signaling_client_new (const gchar *uri, const gchar *id, const gchar *token,
                              const gchar *ca_file)
{
  GstP2pSignalingClient *self = g_object_new (GST_TYPE_P2P_SIGNALING_CLIENT, NULL);

  self->uri = g_strdup (uri);
  self->id = g_strdup (id);
  self->token = g_strdup (token);
  self->ca_file = g_strdup (ca_file);
  return self;
}

static void
gst_p2p_signaling_client_init (GstP2pSignalingClient *self)
{
  g_queue_init (&self->queue);
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

  g_free (self->uri);
  g_free (self->id);
  gst_p2p_secret_text_free (self->token);
  g_free (self->ca_file);
  gst_p2p_secret_text_free (self->resume);
  g_clear_pointer (&self->parsed_uri, g_uri_unref);
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
