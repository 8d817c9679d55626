/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * endpoint: see endpoint.h.
 */
#include "plugins/p2p/control/switchboard.h"

#include <string.h>

#include "gst/p2p/base/timer.h"
#include "plugins/p2p/control/outcome.h"
#include "plugins/p2p/control/reaper.h"
#include "plugins/p2p/control/connections.h"
#include "signaling/client.h"

GST_DEBUG_CATEGORY_EXTERN (gst_p2p_debug);
#define GST_CAT_DEFAULT gst_p2p_debug

/* How long a receiver that has everything stays, so that the sender learns it. With the READY→NULL
 * budget of 2 s in mind. */
#define LINGER_US (1500 * 1000)

/* The wire does not say how many channels come; a sender opens them all at once. */
#define NO_MORE_PADS_MS 50
#define REAP_POLL_MS 5 /* while the last connection goes */

struct _GstP2pEndpoint
{
  /* const */
  GstBin *bin; /* outlives the endpoint */
  GstP2pControlThread *control;
  GstP2pDirection directions;
  GstP2pSettings *settings;
  gchar *local_id;
  GstP2pIdentity *identity;
  const GstP2pEndpointCallbacks *callbacks;
  gpointer user_data;
  GstP2pReaper *reaper;

  /* control thread */
  GstP2pSignalingClient *client;
  GstP2pIceConfig ice;
  GstP2pRoster *roster;
  GSource *bind_timer;
  GSource *pads_timer;
  GSource *reap_timer;
  GstP2pSignalingMessage *held_call; /* of the next sender, until the last one's pads are free */
  GError *unavailable;               /* why the signaling server is not there */
  gboolean bound_once;
  gboolean done;   /* everything was sent or received: no more calls */
  gboolean failed; /* and the user knows */
  gboolean stopping;
  guint n_served; /* receivers that have everything */
  GstP2pPeerState reported;
};

static void call_remote (GstP2pEndpoint *endpoint);
static const GstP2pConnectionCallbacks connection_callbacks;

/* --- small questions --- */

static gboolean
is_caller (GstP2pEndpoint *endpoint)
{
  return endpoint->settings->remote_id != NULL;
}

static gboolean
keeps_listening (GstP2pEndpoint *endpoint)
{
  return (endpoint->directions & GST_P2P_DIRECTION_RECEIVE) && endpoint->settings->keep_listening;
}

static guint
max_connections (GstP2pEndpoint *endpoint)
{
  /* Several peers only where one stream goes out to all of them; see elements.md of p2psink. */
  if (is_caller (endpoint) || endpoint->directions != GST_P2P_DIRECTION_SEND)
    return 1;
  return endpoint->settings->max_peers;
}

GstP2pPeerState
gst_p2p_endpoint_get_state (GstP2pEndpoint *endpoint)
{
  gboolean over = endpoint->done || endpoint->failed;

  return gst_p2p_roster_get_state (endpoint->roster, over ? GST_P2P_PEER_CLOSED : GST_P2P_PEER_NEW);
}

static void
report_state (GstP2pEndpoint *endpoint)
{
  GstP2pPeerState state = gst_p2p_endpoint_get_state (endpoint);

  gst_p2p_signaling_client_set_relaxed (endpoint->client, state == GST_P2P_PEER_OPEN);
  if (state == endpoint->reported)
    return;
  endpoint->reported = state;
  endpoint->callbacks->state_changed (state, endpoint->user_data);
}

/* The streams that come in end as their connection does; who sends is told. */
static void
finish (GstP2pEndpoint *endpoint)
{
  if (endpoint->done)
    return;
  endpoint->done = TRUE;
  if (endpoint->directions & GST_P2P_DIRECTION_SEND)
    endpoint->callbacks->sent_everything (endpoint->user_data);
}

static void
fail (GstP2pEndpoint *endpoint, const GError *error)
{
  if (endpoint->failed || endpoint->done || endpoint->stopping)
    return;
  endpoint->failed = TRUE;
  endpoint->callbacks->failed (error, endpoint->user_data);
}

static void
fail_literal (GstP2pEndpoint *endpoint, GstP2pError code, const gchar *sentence)
{
  g_autoptr (GError) error = g_error_new_literal (GST_P2P_ERROR, code, sentence);
  fail (endpoint, error);
}

static void
warn (GstP2pEndpoint *endpoint, const GError *error)
{
  if (!endpoint->stopping)
    endpoint->callbacks->warn (error, endpoint->user_data);
}

/* --- timers --- */

static GSource *
add_timer (GstP2pEndpoint *endpoint, guint ms, GSourceFunc func)
{
  GSource *timer = g_timeout_source_new (ms);

  g_source_set_callback (timer, func, endpoint, NULL);
  g_source_attach (timer, gst_p2p_control_thread_get_context (endpoint->control));
  return timer;
}

static gboolean
on_pads_timeout (gpointer data)
{
  GstP2pEndpoint *endpoint = data;

  gst_p2p_clear_source (&endpoint->pads_timer);
  endpoint->callbacks->no_more_pads (endpoint->user_data);
  return G_SOURCE_REMOVE;
}

/* --- connections --- */

static GstP2pConnection *
add_connection (GstP2pEndpoint *endpoint, GstP2pRole role, const gchar *remote_id,
                const gchar *session)
{
  GstP2pConnection *connection = gst_p2p_connection_new (&(GstP2pConnectionConfig){
      .bin = endpoint->bin,
      .context = gst_p2p_control_thread_get_context (endpoint->control),
      .role = role,
      .local_id = endpoint->local_id,
      .remote_id = remote_id,
      .session = session,
      .identity = endpoint->identity,
      .settings = endpoint->settings,
      .ice = &endpoint->ice,
      .callbacks = &connection_callbacks,
      .user_data = endpoint,
  });

  gst_p2p_roster_add (endpoint->roster, connection);
  gst_p2p_reaper_expect (endpoint->reaper);
  return connection;
}

static void
call_remote (GstP2pEndpoint *endpoint)
{
  g_autofree gchar *session = gst_p2p_session_new ();

  if (!session)
    {
      fail_literal (endpoint, GST_P2P_ERROR_LOST, "No random numbers are to be had");
      return;
    }
  gst_p2p_connection_start (
      add_connection (endpoint, GST_P2P_ROLE_INITIATOR, endpoint->settings->remote_id, session));
}

static void
refuse (GstP2pEndpoint *endpoint, const GstP2pSignalingMessage *call, const gchar *reason)
{
  g_autoptr (GstP2pSignalingMessage) bye
      = gst_p2p_signaling_message_new_bye (endpoint->local_id, call->from, call->session, reason);

  GST_INFO_OBJECT (endpoint->bin, "refusing the call of %s: %s", call->from, reason);
  gst_p2p_signaling_client_send (endpoint->client, bye);
}

/* Both ends call: the call of the lexically smaller id counts, and the other is forgotten without a
 * word, since the peer decides alike. Returns whether @call is to be answered. */
static gboolean
yields_to (GstP2pEndpoint *endpoint, const GstP2pSignalingMessage *call)
{
  GstP2pConnection *own = gst_p2p_roster_find_call_to (endpoint->roster, call->from);

  if (!own)
    return TRUE;
  if (strcmp (endpoint->local_id, call->from) < 0)
    return FALSE;
  gst_p2p_connection_close (own, "crossed");
  return TRUE;
}

static gboolean
is_reaping (GstP2pEndpoint *endpoint)
{
  return gst_p2p_reaper_count (endpoint->reaper) > gst_p2p_roster_count (endpoint->roster);
}

static gboolean
on_reap_poll (gpointer data)
{
  GstP2pEndpoint *endpoint = data;
  g_autoptr (GstP2pSignalingMessage) call = NULL;
  GstP2pConnection *connection;

  if (is_reaping (endpoint) && !endpoint->stopping)
    return G_SOURCE_CONTINUE;
  gst_p2p_clear_source (&endpoint->reap_timer);
  call = g_steal_pointer (&endpoint->held_call);
  connection = call ? gst_p2p_roster_find_session (endpoint->roster, call) : NULL;
  if (connection)
    gst_p2p_connection_take_message (connection, call);
  else if (is_caller (endpoint) && gst_p2p_roster_count (endpoint->roster) == 0
           && !endpoint->stopping)
    call_remote (endpoint);
  return G_SOURCE_REMOVE;
}

static void
take_call (GstP2pEndpoint *endpoint, const GstP2pSignalingMessage *call)
{
  const gchar *fingerprint = gst_p2p_description_get_fingerprint (call->description);
  GstP2pConnection *connection;

  if (!yields_to (endpoint, call))
    return;
  if (endpoint->done || endpoint->failed || endpoint->stopping
      || gst_p2p_roster_count (endpoint->roster) >= max_connections (endpoint))
    {
      refuse (endpoint, call, "busy");
      return;
    }
  if (!endpoint->callbacks->accept_peer (call->from, fingerprint, endpoint->user_data))
    {
      refuse (endpoint, call, "rejected");
      return;
    }

  connection = add_connection (endpoint, GST_P2P_ROLE_ACCEPTOR, call->from, call->session);
  gst_p2p_connection_start (connection);
  if (!keeps_listening (endpoint) || !is_reaping (endpoint))
    {
      gst_p2p_connection_take_message (connection, call);
      return;
    }
  g_clear_pointer (&endpoint->held_call, gst_p2p_signaling_message_unref);
  endpoint->held_call = gst_p2p_signaling_message_ref ((GstP2pSignalingMessage *)call);
  gst_p2p_clear_source (&endpoint->reap_timer);
  endpoint->reap_timer = add_timer (endpoint, REAP_POLL_MS, on_reap_poll);
}

static void
on_connection_send (GstP2pConnection *connection, GstP2pSignalingMessage *message,
                    gpointer user_data)
{
  GstP2pEndpoint *endpoint = user_data;

  gst_p2p_signaling_client_send (endpoint->client, message);
  gst_p2p_signaling_message_unref (message);
}

static void
on_connection_state_changed (GstP2pConnection *connection, gpointer user_data)
{
  report_state (user_data);
}

static void
on_connection_opened (GstP2pConnection *connection, gpointer user_data)
{
  GstP2pEndpoint *endpoint = user_data;
  GList *pads = endpoint->callbacks->get_sink_pads (endpoint->user_data);
  g_autoptr (GstStructure) stats = gst_p2p_connection_get_stats (connection);

  endpoint->callbacks->peer_connected (gst_p2p_connection_get_remote_id (connection),
                                       gst_p2p_connection_get_remote_fingerprint (connection),
                                       stats, endpoint->user_data);
  for (GList *l = pads; l; l = l->next)
    gst_p2p_connection_add_sink_pad (connection, l->data);
  g_list_free_full (pads, gst_object_unref);
}

static GstPad *
on_connection_make_src_pad (const GstP2pChannelConfig *config, gpointer user_data)
{
  GstP2pEndpoint *endpoint = user_data;

  if (!(endpoint->directions & GST_P2P_DIRECTION_RECEIVE))
    return NULL;
  return endpoint->callbacks->make_src_pad (config, endpoint->user_data);
}

static void
on_connection_expose_src_pad (GstPad *pad, gpointer user_data)
{
  GstP2pEndpoint *endpoint = user_data;

  endpoint->callbacks->expose_src_pad (pad, endpoint->user_data);
  gst_p2p_clear_source (&endpoint->pads_timer);
  endpoint->pads_timer = add_timer (endpoint, NO_MORE_PADS_MS, on_pads_timeout);
}

static void
on_connection_channel_finished (GstP2pConnection *connection, gpointer user_data)
{
  guint n_sending, n_receiving;
  gboolean sent = gst_p2p_connection_is_finished (connection, GST_P2P_DIRECTION_SEND, &n_sending);
  gboolean received
      = gst_p2p_connection_is_finished (connection, GST_P2P_DIRECTION_RECEIVE, &n_receiving);

  /* The sender closes: it is the one that knows, by the acknowledgements, that nothing is open. */
  if (sent && received && n_sending > 0)
    gst_p2p_connection_close (connection, "eos");
}

static void
take_ending (GstP2pEndpoint *endpoint, GstP2pConnection *connection)
{
  GstP2pEnding ending = {
    .directions = endpoint->directions,
    .caller = is_caller (endpoint),
    .keeps_listening = keeps_listening (endpoint),
    .was_open = gst_p2p_connection_was_open (connection),
    .refused = gst_p2p_connection_has_refused (connection),
    .error = gst_p2p_connection_get_error (connection),
  };
  g_autoptr (GError) error = NULL;

  ending.sent
      = gst_p2p_connection_is_finished (connection, GST_P2P_DIRECTION_SEND, &ending.n_sending);
  ending.received
      = gst_p2p_connection_is_finished (connection, GST_P2P_DIRECTION_RECEIVE, &ending.n_receiving);

  switch (gst_p2p_ending_judge (&ending, &error))
    {
    case GST_P2P_OUTCOME_GO_ON:
      break;
    case GST_P2P_OUTCOME_WARN:
      warn (endpoint, error);
      break;
    case GST_P2P_OUTCOME_SERVED:
      endpoint->n_served++;
      break;
    case GST_P2P_OUTCOME_DONE:
      finish (endpoint);
      break;
    case GST_P2P_OUTCOME_FAIL:
      fail (endpoint, error);
      break;
    }
}

static gboolean
on_connection_closed (GstP2pConnection *connection, gpointer user_data)
{
  GstP2pEndpoint *endpoint = user_data;
  const GError *error = gst_p2p_connection_get_error (connection);
  const gchar *reason = gst_p2p_connection_get_reason (connection);
  gboolean crossed = strcmp (reason, "crossed") == 0;

  GST_INFO_OBJECT (endpoint->bin, "connection to %s closed: %s%s%s",
                   gst_p2p_connection_get_remote_id (connection), reason, error ? ": " : "",
                   error ? error->message : "");
  gst_p2p_roster_remove (endpoint->roster, connection);

  if (gst_p2p_connection_was_open (connection))
    endpoint->callbacks->peer_disconnected (gst_p2p_connection_get_remote_id (connection), reason,
                                            endpoint->user_data);

  if (!crossed && !endpoint->stopping)
    take_ending (endpoint, connection);

  gst_p2p_endpoint_check_sent (endpoint); /* first: what is done is not "new" again */
  report_state (endpoint);
  if (!crossed && keeps_listening (endpoint) && is_caller (endpoint) && !endpoint->stopping)
    {
      gst_p2p_clear_source (&endpoint->reap_timer);
      endpoint->reap_timer = add_timer (endpoint, REAP_POLL_MS, on_reap_poll);
    }
  return !endpoint->stopping && !keeps_listening (endpoint);
}

static void
on_connection_channel_retired (GstP2pConnection *connection, GstP2pChannel *channel,
                               gpointer user_data)
{
  GstP2pEndpoint *endpoint = user_data;

  gst_p2p_reaper_expect (endpoint->reaper);
  gst_p2p_reaper_take_channel (endpoint->reaper, channel);
}

static void
on_connection_stopped (GstP2pConnection *connection, gpointer user_data)
{
  GstP2pEndpoint *endpoint = user_data;

  gst_p2p_reaper_take_connection (endpoint->reaper, connection);
}

static const GstP2pConnectionCallbacks connection_callbacks = {
  .send = on_connection_send,
  .state_changed = on_connection_state_changed,
  .opened = on_connection_opened,
  .make_src_pad = on_connection_make_src_pad,
  .expose_src_pad = on_connection_expose_src_pad,
  .channel_finished = on_connection_channel_finished,
  .channel_retired = on_connection_channel_retired,
  .closed = on_connection_closed,
  .stopped = on_connection_stopped,
};

/* --- signaling --- */

static void
on_client_message (GstP2pSignalingClient *client, GstP2pSignalingMessage *message,
                   GstP2pEndpoint *endpoint)
{
  GstP2pConnection *connection = gst_p2p_roster_find_session (endpoint->roster, message);

  if (connection)
    gst_p2p_connection_take_message (connection, message);
  else if (message->type == GST_P2P_SIGNALING_CONNECT)
    take_call (endpoint, message);
  else
    GST_DEBUG_OBJECT (endpoint->bin, "signaling message of a session that is over");
}

static void
on_client_bound (GstP2pSignalingClient *client, GstP2pIceServers *servers, GstP2pEndpoint *endpoint)
{
  gst_p2p_ice_config_clear (&endpoint->ice);
  gst_p2p_settings_get_ice_config (endpoint->settings, servers ? servers->stun_servers : NULL,
                                   servers ? servers->turn_servers : NULL, &endpoint->ice);
  g_clear_error (&endpoint->unavailable);
  gst_p2p_clear_source (&endpoint->bind_timer);

  /* The answer may come in the midst of the end, or too late: nobody closes what would begin now.
   */
  if (endpoint->bound_once || endpoint->stopping || endpoint->failed)
    return;
  endpoint->bound_once = TRUE;
  if (is_caller (endpoint))
    call_remote (endpoint);
  else
    endpoint->callbacks->waiting (endpoint->local_id, endpoint->user_data);
}

static void
on_client_unavailable (GstP2pSignalingClient *client, const GError *error, GstP2pEndpoint *endpoint)
{
  GST_INFO_OBJECT (endpoint->bin, "signaling is not available: %s", error->message);
  if (endpoint->bound_once && !endpoint->unavailable
      && gst_p2p_roster_count (endpoint->roster) == 0)
    warn (endpoint, error);
  g_clear_error (&endpoint->unavailable);
  endpoint->unavailable = g_error_copy (error);
}

static void
on_client_failed (GstP2pSignalingClient *client, const GError *error, GstP2pEndpoint *endpoint)
{
  if (gst_p2p_endpoint_get_state (endpoint) == GST_P2P_PEER_OPEN)
    warn (endpoint, error); /* connections live without signaling; new ones cannot come */
  else
    fail (endpoint, error);
}

static gboolean
on_bind_timeout (gpointer data)
{
  GstP2pEndpoint *endpoint = data;

  gst_p2p_clear_source (&endpoint->bind_timer);
  if (endpoint->unavailable)
    {
      fail (endpoint, endpoint->unavailable);
    }
  else
    {
      g_autoptr (GError) error = g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_SIGNALING,
                                              "The signaling server %s did not answer within %g s",
                                              endpoint->settings->signaling_uri,
                                              endpoint->settings->connect_timeout_ms / 1000.0);
      fail (endpoint, error);
    }
  return G_SOURCE_REMOVE;
}

/* --- life --- */

GstP2pEndpoint *
gst_p2p_endpoint_new (const GstP2pEndpointConfig *config)
{
  GstP2pEndpoint *endpoint = g_new0 (GstP2pEndpoint, 1);

  endpoint->bin = config->bin;
  endpoint->control = gst_p2p_control_thread_ref (config->control);
  endpoint->directions = config->directions;
  endpoint->settings = gst_p2p_settings_copy (config->settings);
  endpoint->local_id = g_strdup (config->local_id);
  endpoint->identity = gst_p2p_identity_ref (config->identity);
  endpoint->callbacks = config->callbacks;
  endpoint->user_data = config->user_data;
  endpoint->roster = gst_p2p_roster_new ();
  endpoint->reaper = gst_p2p_reaper_new (config->callbacks->retire_src_pad, config->user_data);
  gst_p2p_settings_get_ice_config (endpoint->settings, NULL, NULL, &endpoint->ice);
  return endpoint;
}

gboolean
gst_p2p_endpoint_start (GstP2pEndpoint *endpoint, GError **error)
{
  GstP2pSettings *settings = endpoint->settings;

  endpoint->client
      = gst_p2p_signaling_client_new (settings->signaling_uri, endpoint->local_id,
                                      settings->signaling_token, settings->signaling_ca);
  g_signal_connect (endpoint->client, "bound", G_CALLBACK (on_client_bound), endpoint);
  g_signal_connect (endpoint->client, "message", G_CALLBACK (on_client_message), endpoint);
  g_signal_connect (endpoint->client, "unavailable", G_CALLBACK (on_client_unavailable), endpoint);
  g_signal_connect (endpoint->client, "failed", G_CALLBACK (on_client_failed), endpoint);

  endpoint->bind_timer = add_timer (endpoint, settings->connect_timeout_ms, on_bind_timeout);
  return gst_p2p_signaling_client_start (endpoint->client, error);
}

/* A receiver that has everything leaves only when the sender does, who waits for the last ACK. */
static gboolean
lingers (GstP2pConnection *connection)
{
  guint n_sending, n_receiving;

  return gst_p2p_connection_get_state (connection) == GST_P2P_PEER_OPEN
         && gst_p2p_connection_is_finished (connection, GST_P2P_DIRECTION_SEND, &n_sending)
         && gst_p2p_connection_is_finished (connection, GST_P2P_DIRECTION_RECEIVE, &n_receiving)
         && n_receiving > 0;
}

static void
close_all (gpointer data, gpointer linger)
{
  GstP2pEndpoint *endpoint = data;
  g_autoptr (GList) connections = gst_p2p_roster_list (endpoint->roster);

  endpoint->stopping = TRUE;
  gst_p2p_channel_flush_all (endpoint->bin);
  for (GList *l = connections; l; l = l->next)
    if (!linger || !lingers (l->data))
      gst_p2p_connection_close (l->data, "bye");
}

static void
stop_signaling (gpointer data, gpointer user_data)
{
  GstP2pEndpoint *endpoint = data;

  gst_p2p_clear_source (&endpoint->bind_timer);
  gst_p2p_clear_source (&endpoint->pads_timer);
  gst_p2p_clear_source (&endpoint->reap_timer);
  g_clear_pointer (&endpoint->held_call, gst_p2p_signaling_message_unref);
  if (!endpoint->client)
    return;
  g_signal_handlers_disconnect_by_data (endpoint->client, endpoint);
  gst_p2p_signaling_client_stop (endpoint->client);
  g_clear_object (&endpoint->client);
}

void
gst_p2p_endpoint_stop (GstP2pEndpoint *endpoint)
{
  gst_p2p_control_thread_call (endpoint->control, close_all, endpoint, GINT_TO_POINTER (TRUE));
  gst_p2p_reaper_wait (endpoint->reaper, g_get_monotonic_time () + LINGER_US);
  gst_p2p_control_thread_call (endpoint->control, close_all, endpoint, GINT_TO_POINTER (FALSE));
  gst_p2p_reaper_wait (endpoint->reaper, -1);
  gst_p2p_control_thread_call (endpoint->control, stop_signaling, endpoint, NULL);
}

void
gst_p2p_endpoint_free (GstP2pEndpoint *endpoint)
{
  gst_p2p_reaper_free (endpoint->reaper);
  gst_p2p_roster_free (endpoint->roster);
  gst_p2p_control_thread_unref (endpoint->control);
  gst_p2p_settings_free (endpoint->settings);
  gst_p2p_identity_unref (endpoint->identity);
  gst_p2p_ice_config_clear (&endpoint->ice);
  g_clear_error (&endpoint->unavailable);
  g_free (endpoint->local_id);
  g_free (endpoint);
}

/* --- from the element --- */

void
gst_p2p_endpoint_add_sink_pad (GstP2pEndpoint *endpoint, GstP2pSinkPad *pad)
{
  g_autoptr (GList) open = gst_p2p_roster_list_open (endpoint->roster);

  for (GList *l = open; l; l = l->next)
    gst_p2p_connection_add_sink_pad (l->data, pad);
}

void
gst_p2p_endpoint_remove_sink_pad (GstP2pEndpoint *endpoint, GstP2pSinkPad *pad)
{
  g_autoptr (GList) open = gst_p2p_roster_list_open (endpoint->roster);

  for (GList *l = open; l; l = l->next)
    gst_p2p_channels_remove_sink_pad (gst_p2p_connection_get_channels (l->data), pad);
  gst_p2p_endpoint_check_sent (endpoint);
}

void
gst_p2p_endpoint_end_channel (GstP2pEndpoint *endpoint, GstObject *element)
{
  GstP2pChannel *channel;
  GstP2pConnection *connection = gst_p2p_roster_find_channel (endpoint->roster, element, &channel);

  if (connection)
    gst_p2p_channels_end (gst_p2p_connection_get_channels (connection), channel);
}

void
gst_p2p_endpoint_fail_channel (GstP2pEndpoint *endpoint, GstObject *element, const GError *error)
{
  GstP2pChannel *channel;
  GstP2pConnection *connection = gst_p2p_roster_find_channel (endpoint->roster, element, &channel);

  if (connection)
    gst_p2p_connection_fail (connection, error);
}

/* Everything is sent when every sink pad had its EOS and nobody who is connected, or expected,
 * still waits for a part of it. */
void
gst_p2p_endpoint_check_sent (GstP2pEndpoint *endpoint)
{
  GList *pads;
  gboolean all_eos;

  if (endpoint->done || endpoint->failed || endpoint->stopping
      || endpoint->directions != GST_P2P_DIRECTION_SEND
      || gst_p2p_roster_count (endpoint->roster) > 0)
    return;

  pads = endpoint->callbacks->get_sink_pads (endpoint->user_data);
  all_eos = pads != NULL;
  for (GList *l = pads; l; l = l->next)
    all_eos &= gst_p2p_sink_pad_is_eos (l->data);
  g_list_free_full (pads, gst_object_unref);
  if (!all_eos)
    return;

  if (endpoint->n_served == 0 && endpoint->settings->wait_for_connection)
    {
      fail_literal (endpoint, GST_P2P_ERROR_LOST,
                    "The last receiver left before it had everything");
      return;
    }
  endpoint->done = TRUE;
  report_state (endpoint);
  endpoint->callbacks->sent_everything (endpoint->user_data);
}

GstStructure *
gst_p2p_endpoint_get_stats (GstP2pEndpoint *endpoint)
{
  GstP2pPeerState state = gst_p2p_endpoint_get_state (endpoint);
  GstStructure *stats
      = gst_structure_new ("p2p-stats", "state", G_TYPE_STRING, gst_p2p_peer_state_get_name (state),
                           "local-id", G_TYPE_STRING, endpoint->local_id, "connections",
                           G_TYPE_UINT64, gst_p2p_roster_count_all (endpoint->roster), NULL);
  GValue peers = G_VALUE_INIT;

  gst_p2p_roster_get_stats (endpoint->roster, &peers);
  gst_structure_take_value (stats, "peers", &peers);
  return stats;
}
