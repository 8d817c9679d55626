/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * switchboard: see switchboard.h.
 */
#include "plugins/p2p/control/switchboard.h"

#include <string.h>

#include "gst/p2p/base/timer.h"
#include "gst/p2p/link/names.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/control/connections.h"
#include "plugins/p2p/control/outcome.h"
#include "plugins/p2p/control/reaper.h"
#include "signaling/client.h"

#define GST_CAT_DEFAULT gst_p2p_debug

/* How long a receiver that has everything stays, so that the sender learns of it. READY→NULL may
 * take 2 s in all. */
#define LINGER_US (1500 * 1000)
/* After this time without an answer, the first attempt not yet being over, the user is warned. */
#define PATIENCE_MS 3000

struct _GstP2pSwitchboard
{
  /* const */
  GstBin *bin; /* outlives the switchboard */
  GstP2pLoop *control;
  GstP2pDirection directions;
  GstP2pSettings *settings;
  gchar *local_id;
  GstP2pIdentity *identity;
  GstP2pSrcPads *src_pads;
  GstP2pFarewell *farewell;
  const GstP2pSwitchboardFuncs *funcs;
  gpointer user_data;
  GstP2pReaper *reaper;

  /* control thread */
  GstP2pSignalingClient *client;
  GstP2pIceConfig ice;
  GstP2pConnections *connections;
  GSource *bind_timer;
  GSource *patience_timer;
  GSource *reaped;
  GstP2pSignalingMessage *held_call; /* of the next sender, until the last one's pads are free */
  GError *unavailable;               /* why the signaling server is not there */
  gboolean warned;                   /* of that */
  gboolean bound_once;
  gboolean call_again; /* when the last connection is gone */
  gboolean done;       /* everything was sent or received: no more calls */
  gboolean failed;     /* and the user knows */
  gboolean breaking;   /* the farewell will say it */
  gboolean stopping;
  guint n_served; /* receivers that have everything */
  GstP2pPeerState reported;
};

static const GstP2pConnectionFuncs connection_funcs;

/* --- small questions --- */

static gboolean
is_caller (GstP2pSwitchboard *switchboard)
{
  return switchboard->settings->remote_id != NULL;
}

static gboolean
keeps_listening (GstP2pSwitchboard *switchboard)
{
  return (switchboard->directions & GST_P2P_DIRECTION_RECEIVE)
         && switchboard->settings->keep_listening;
}

static guint
max_connections (GstP2pSwitchboard *switchboard)
{
  /* There are several peers only where the same stream goes out to all of them. */
  if (is_caller (switchboard) || switchboard->directions != GST_P2P_DIRECTION_SEND)
    return 1;
  return switchboard->settings->max_peers;
}

static gboolean
is_over (GstP2pSwitchboard *switchboard)
{
  return switchboard->done || switchboard->failed || switchboard->breaking;
}

static GstP2pPeerState
get_state (GstP2pSwitchboard *switchboard)
{
  return gst_p2p_connections_get_state (
      switchboard->connections, is_over (switchboard) ? GST_P2P_PEER_CLOSED : GST_P2P_PEER_NEW);
}

static void
report_state (GstP2pSwitchboard *switchboard)
{
  GstP2pPeerState state = get_state (switchboard);

  gst_p2p_signaling_client_set_relaxed (switchboard->client, state == GST_P2P_PEER_OPEN);
  if (state == switchboard->reported)
    return;
  switchboard->reported = state;
  switchboard->funcs->state_changed (state, switchboard->user_data);
}

/* Incoming streams end together with their connection; an element that sends is told. */
static void
finish (GstP2pSwitchboard *switchboard)
{
  if (switchboard->done || switchboard->failed)
    return;
  switchboard->done = TRUE;
  report_state (switchboard);
  if (switchboard->directions & GST_P2P_DIRECTION_SEND)
    switchboard->funcs->sent_everything (switchboard->user_data);
}

static void
fail (GstP2pSwitchboard *switchboard, const GError *error)
{
  if (is_over (switchboard) || switchboard->stopping)
    return;
  switchboard->failed = TRUE;
  switchboard->funcs->failed (error, switchboard->user_data);
}

static void
fail_literal (GstP2pSwitchboard *switchboard, GstP2pError code, const gchar *sentence)
{
  g_autoptr (GError) error = g_error_new_literal (GST_P2P_ERROR, code, sentence);
  fail (switchboard, error);
}

static void
warn (GstP2pSwitchboard *switchboard, const GError *error)
{
  if (!switchboard->stopping && !switchboard->failed)
    switchboard->funcs->warn (error, switchboard->user_data);
}

static void
on_farewell (const GError *error, gboolean is_error, gpointer user_data)
{
  GstP2pSwitchboard *switchboard = user_data;

  if (switchboard->done || switchboard->failed) /* and has said so */
    return;
  switchboard->failed = is_error;
  if (is_error)
    switchboard->funcs->failed (error, switchboard->user_data);
  else
    switchboard->funcs->warn (error, switchboard->user_data);
  finish (switchboard);
}

/* --- timers --- */

static GSource *
add_timer (GstP2pSwitchboard *switchboard, guint ms, GSourceFunc func)
{
  GSource *timer = g_timeout_source_new (ms);

  g_source_set_callback (timer, func, switchboard, NULL);
  g_source_attach (timer, gst_p2p_loop_get_context (switchboard->control));
  return timer;
}

/* --- connections --- */

static GstP2pConnection *
add_connection (GstP2pSwitchboard *switchboard, GstP2pRole role, const gchar *remote_id,
                const gchar *session)
{
  GstP2pConnection *connection = gst_p2p_connection_new (&(GstP2pConnectionConfig){
      .bin = switchboard->bin,
      .context = gst_p2p_loop_get_context (switchboard->control),
      .role = role,
      .local_id = switchboard->local_id,
      .remote_id = remote_id,
      .session = session,
      .identity = switchboard->identity,
      .settings = switchboard->settings,
      .ice = &switchboard->ice,
      .src_pads = switchboard->src_pads,
      .reaper = switchboard->reaper,
      .farewell = switchboard->farewell,
      .funcs = &connection_funcs,
      .user_data = switchboard,
  });

  gst_p2p_connections_add (switchboard->connections, connection);
  return connection;
}

static void
call_remote (GstP2pSwitchboard *switchboard)
{
  g_autofree gchar *session = gst_p2p_session_new ();

  if (!session)
    {
      fail_literal (switchboard, GST_P2P_ERROR_LOST, "No random numbers are to be had");
      return;
    }
  gst_p2p_connection_start (add_connection (switchboard, GST_P2P_ROLE_INITIATOR,
                                            switchboard->settings->remote_id, session));
}

static void
refuse (GstP2pSwitchboard *switchboard, const GstP2pSignalingMessage *call, const gchar *reason)
{
  g_autoptr (GstP2pSignalingMessage) bye = gst_p2p_signaling_message_new_bye (
      switchboard->local_id, call->from, call->session, reason);

  GST_INFO_OBJECT (switchboard->bin, "refusing the call of %s: %s", call->from, reason);
  gst_p2p_signaling_client_send (switchboard->client, bye);
}

/* Both ends call: the call of the lexically smaller id counts. The other one is forgotten and the
 * peer is not told, since it decides in the same way. Returns whether @call is to be answered. */
static gboolean
yields_to (GstP2pSwitchboard *switchboard, const GstP2pSignalingMessage *call)
{
  GstP2pConnection *own = gst_p2p_connections_find_call_to (switchboard->connections, call->from);

  if (!own)
    return TRUE;
  if (strcmp (switchboard->local_id, call->from) < 0)
    return FALSE;
  gst_p2p_connection_close (own, "crossed");
  return TRUE;
}

static gboolean
is_reaping (GstP2pSwitchboard *switchboard)
{
  return gst_p2p_reaper_count (switchboard->reaper)
         > gst_p2p_connections_count (switchboard->connections);
}

/* Called when the reaper has taken something apart. */
static gboolean
on_reaped (gpointer data)
{
  GstP2pSwitchboard *switchboard = data;
  g_autoptr (GstP2pSignalingMessage) call = NULL;
  GstP2pConnection *connection;

  if (is_reaping (switchboard) || switchboard->stopping)
    return G_SOURCE_CONTINUE;

  call = g_steal_pointer (&switchboard->held_call);
  connection = call ? gst_p2p_connections_find_session (switchboard->connections, call) : NULL;
  if (connection)
    {
      gst_p2p_connection_take_message (connection, call);
    }
  else if (switchboard->call_again && gst_p2p_connections_count (switchboard->connections) == 0)
    {
      switchboard->call_again = FALSE;
      call_remote (switchboard);
    }
  return G_SOURCE_CONTINUE;
}

static void
take_call (GstP2pSwitchboard *switchboard, const GstP2pSignalingMessage *call)
{
  const gchar *fingerprint = gst_p2p_description_get_fingerprint (call->description);
  GstP2pConnection *connection;

  if (!yields_to (switchboard, call))
    return;
  if (is_over (switchboard) || switchboard->stopping
      || gst_p2p_connections_count (switchboard->connections) >= max_connections (switchboard))
    {
      refuse (switchboard, call, "busy");
      return;
    }
  if (!switchboard->funcs->accept_peer (call->from, fingerprint, switchboard->user_data))
    {
      refuse (switchboard, call, "rejected");
      return;
    }

  connection = add_connection (switchboard, GST_P2P_ROLE_ACCEPTOR, call->from, call->session);
  gst_p2p_connection_start (connection);
  if (!keeps_listening (switchboard) || !is_reaping (switchboard))
    {
      gst_p2p_connection_take_message (connection, call);
      return;
    }
  g_clear_pointer (&switchboard->held_call, gst_p2p_signaling_message_unref);
  switchboard->held_call = gst_p2p_signaling_message_ref ((GstP2pSignalingMessage *)call);
}

static void
on_connection_send (GstP2pConnection *connection, GstP2pSignalingMessage *message,
                    gpointer user_data)
{
  GstP2pSwitchboard *switchboard = user_data;

  gst_p2p_signaling_client_send (switchboard->client, message);
  gst_p2p_signaling_message_unref (message);
}

static void
on_connection_state_changed (GstP2pConnection *connection, gpointer user_data)
{
  report_state (user_data);
}

/* A handler may have released the pad since it was to be added. */
static gboolean
has_pad (GstP2pSwitchboard *switchboard, GstP2pSinkPad *pad)
{
  return gst_object_has_as_parent (GST_OBJECT (pad), GST_OBJECT (switchboard->bin));
}

static void
on_connection_opened (GstP2pConnection *connection, gpointer user_data)
{
  GstP2pSwitchboard *switchboard = user_data;
  GList *pads = gst_p2p_sink_pad_list (GST_ELEMENT (switchboard->bin));
  g_autoptr (GstStructure) stats = gst_p2p_connection_get_stats (connection);

  switchboard->funcs->peer_connected (gst_p2p_connection_get_remote_id (connection),
                                      gst_p2p_connection_get_remote_fingerprint (connection), stats,
                                      switchboard->user_data);
  for (GList *l = pads; l; l = l->next)
    if (has_pad (switchboard, l->data))
      gst_p2p_connection_add_sink_pad (connection, l->data);
  g_list_free_full (pads, gst_object_unref);
}

/* The application may have ended the streams itself, or an earlier error was said. */
static void
on_connection_closing (GstP2pConnection *connection, gpointer user_data)
{
  GstP2pSwitchboard *switchboard = user_data;

  if (is_over (switchboard) || switchboard->stopping)
    gst_p2p_farewell_stop (switchboard->farewell);
  else if (gst_p2p_connection_was_open (connection))
    gst_p2p_farewell_set_error (switchboard->farewell, gst_p2p_connection_get_error (connection));
}

static void
take_outcome (GstP2pSwitchboard *switchboard, GstP2pConnection *connection)
{
  GstP2pOutcomeFacts facts = {
    .directions = switchboard->directions,
    .caller = is_caller (switchboard),
    .keeps_listening = keeps_listening (switchboard),
    .was_open = gst_p2p_connection_was_open (connection),
    .refused = gst_p2p_connection_has_refused (connection),
    .error = gst_p2p_connection_get_error (connection),
  };
  g_autoptr (GError) error = NULL;
  GstP2pFrameDepayKinds kinds;

  facts.sent
      = gst_p2p_connection_is_finished (connection, GST_P2P_DIRECTION_SEND, &facts.n_sending);
  facts.received
      = gst_p2p_connection_is_finished (connection, GST_P2P_DIRECTION_RECEIVE, &facts.n_receiving);
  facts.truncated = gst_p2p_connection_is_truncated (connection, &kinds);

  switch (gst_p2p_outcome_judge (&facts, &error))
    {
    case GST_P2P_OUTCOME_GO_ON:
      break;
    case GST_P2P_OUTCOME_WARN:
      warn (switchboard, error);
      break;
    case GST_P2P_OUTCOME_SERVED:
      switchboard->n_served++;
      break;
    case GST_P2P_OUTCOME_DONE:
      finish (switchboard);
      break;
    case GST_P2P_OUTCOME_BREAK:
      gst_p2p_farewell_expect (switchboard->farewell, kinds);
      switchboard->breaking = TRUE;
      break;
    case GST_P2P_OUTCOME_FAIL:
      fail (switchboard, error);
      break;
    }
}

static gboolean
on_connection_closed (GstP2pConnection *connection, gpointer user_data)
{
  GstP2pSwitchboard *switchboard = user_data;
  const GError *error = gst_p2p_connection_get_error (connection);
  const gchar *reason = gst_p2p_connection_get_reason (connection);
  gboolean crossed = strcmp (reason, "crossed") == 0;

  GST_INFO_OBJECT (switchboard->bin, "connection to %s closed: %s%s%s",
                   gst_p2p_connection_get_remote_id (connection), reason, error ? ": " : "",
                   error ? error->message : "");
  gst_p2p_connections_remove (switchboard->connections, connection);

  if (gst_p2p_connection_was_open (connection))
    switchboard->funcs->peer_disconnected (gst_p2p_connection_get_remote_id (connection), reason,
                                           switchboard->user_data);

  if (!crossed && !switchboard->stopping)
    take_outcome (switchboard, connection);

  gst_p2p_switchboard_check_sent (switchboard); /* first: what is done is not "new" again */
  report_state (switchboard);
  if (!crossed && keeps_listening (switchboard) && is_caller (switchboard) && !switchboard->done
      && !switchboard->stopping)
    switchboard->call_again = TRUE;
  return !switchboard->stopping && !keeps_listening (switchboard);
}

static const GstP2pConnectionFuncs connection_funcs = {
  .send = on_connection_send,
  .state_changed = on_connection_state_changed,
  .opened = on_connection_opened,
  .closing = on_connection_closing,
  .closed = on_connection_closed,
};

/* --- signaling --- */

/* Who is called may be at another of the servers. The call that is repeated goes there. */
static void
take_message (GstP2pSwitchboard *switchboard, GstP2pConnection *connection,
              const GstP2pSignalingMessage *message)
{
  gboolean absent = message->type == GST_P2P_SIGNALING_ERROR
                    && g_str_equal (message->code, GST_P2P_SIGNALING_NOT_FOUND)
                    && gst_p2p_connection_get_state (connection) == GST_P2P_PEER_SIGNALING;

  gst_p2p_connection_take_message (connection, message);
  if (absent && is_caller (switchboard))
    gst_p2p_signaling_client_move_on (switchboard->client);
}

static void
on_client_message (GstP2pSignalingClient *client, GstP2pSignalingMessage *message,
                   GstP2pSwitchboard *switchboard)
{
  GstP2pConnection *connection
      = gst_p2p_connections_find_session (switchboard->connections, message);

  if (connection)
    take_message (switchboard, connection, message);
  else if (message->type == GST_P2P_SIGNALING_CONNECT)
    take_call (switchboard, message);
  else
    GST_DEBUG_OBJECT (switchboard->bin, "%s speaks of a session that is over", message->from);
}

/* A server that cannot be used is the operator's mistake; the others may work. */
static void
warn_of_servers (GstP2pSwitchboard *switchboard, const GstP2pSignalingIceServers *servers)
{
  g_autoptr (GError) error = NULL;

  if (!servers || !servers->unusable)
    return;
  error = g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                       "The signaling server %s hands out an ICE server that cannot be used: %s",
                       gst_p2p_signaling_client_get_uri (switchboard->client), servers->unusable);
  warn (switchboard, error);
}

static void
on_client_bound (GstP2pSignalingClient *client, GstP2pSignalingIceServers *servers,
                 GstP2pSwitchboard *switchboard)
{
  gst_p2p_ice_config_clear (&switchboard->ice);
  gst_p2p_settings_get_ice_config (switchboard->settings, servers ? servers->stun_servers : NULL,
                                   servers ? servers->turn_servers : NULL, &switchboard->ice);
  g_clear_error (&switchboard->unavailable);
  gst_p2p_clear_source (&switchboard->bind_timer);
  gst_p2p_clear_source (&switchboard->patience_timer);

  if (switchboard->stopping || switchboard->failed)
    return;
  if (switchboard->warned)
    switchboard->funcs->found (gst_p2p_signaling_client_get_uri (client), switchboard->user_data);
  switchboard->warned = FALSE;
  /* The answer may come while the switchboard stops, or after it failed: nobody would close what
   * began now. */
  if (switchboard->bound_once)
    return;
  switchboard->bound_once = TRUE;
  warn_of_servers (switchboard, servers);
  if (is_caller (switchboard))
    call_remote (switchboard);
  else
    switchboard->funcs->waiting (switchboard->local_id, gst_p2p_signaling_client_get_uri (client),
                                 switchboard->user_data);
}

/* Once per outage. */
static void
warn_of_outage (GstP2pSwitchboard *switchboard, const GError *error)
{
  g_autoptr (GError) warning
      = g_error_new (error->domain, error->code, "%s; trying again", error->message);

  switchboard->warned = TRUE;
  warn (switchboard, warning);
}

static void
on_client_unavailable (GstP2pSignalingClient *client, const GError *error,
                       GstP2pSwitchboard *switchboard)
{
  GST_INFO_OBJECT (switchboard->bin, "signaling is not available: %s", error->message);
  if (!switchboard->warned && !switchboard->failed && !switchboard->done)
    warn_of_outage (switchboard, error);
  g_clear_error (&switchboard->unavailable);
  switchboard->unavailable = g_error_copy (error);
}

static void
on_client_failed (GstP2pSignalingClient *client, const GError *error,
                  GstP2pSwitchboard *switchboard)
{
  if (get_state (switchboard) == GST_P2P_PEER_OPEN)
    warn (switchboard, error); /* connections live without signaling; new ones cannot come */
  else
    fail (switchboard, error);
}

static gboolean
on_patience_over (gpointer data)
{
  GstP2pSwitchboard *switchboard = data;
  g_autoptr (GError) error = g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_SIGNALING,
                                          "The signaling server %s has not answered yet",
                                          gst_p2p_signaling_client_get_uri (switchboard->client));

  gst_p2p_clear_source (&switchboard->patience_timer);
  if (!switchboard->warned && !switchboard->failed)
    warn_of_outage (switchboard, error);
  return G_SOURCE_REMOVE;
}

static gboolean
on_bind_timeout (gpointer data)
{
  GstP2pSwitchboard *switchboard = data;

  gst_p2p_clear_source (&switchboard->bind_timer);
  if (switchboard->unavailable)
    {
      fail (switchboard, switchboard->unavailable);
    }
  else
    {
      g_autoptr (GError) error
          = g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_SIGNALING,
                         "The signaling server %s did not answer within %g s",
                         gst_p2p_signaling_client_get_uri (switchboard->client),
                         switchboard->settings->connect_timeout_ms / 1000.0);
      fail (switchboard, error);
    }
  return G_SOURCE_REMOVE;
}

/* --- life --- */

GstP2pSwitchboard *
gst_p2p_switchboard_new (const GstP2pSwitchboardConfig *config)
{
  GstP2pSwitchboard *switchboard = g_new0 (GstP2pSwitchboard, 1);

  switchboard->bin = config->bin;
  switchboard->control = gst_p2p_loop_ref (config->control);
  switchboard->directions = config->directions;
  switchboard->settings = gst_p2p_settings_copy (config->settings);
  switchboard->local_id = g_strdup (config->local_id);
  switchboard->identity = gst_p2p_identity_ref (config->identity);
  switchboard->src_pads = config->src_pads;
  switchboard->farewell = config->farewell;
  switchboard->funcs = config->funcs;
  switchboard->user_data = config->user_data;
  switchboard->connections = gst_p2p_connections_new ();
  switchboard->reaped
      = gst_p2p_timer_new (gst_p2p_loop_get_context (config->control), on_reaped, switchboard);
  switchboard->reaper = gst_p2p_reaper_new (switchboard->reaped, config->bin);
  gst_p2p_settings_get_ice_config (switchboard->settings, NULL, NULL, &switchboard->ice);
  return switchboard;
}

gboolean
gst_p2p_switchboard_start (GstP2pSwitchboard *switchboard, GError **error)
{
  GstP2pSettings *settings = switchboard->settings;

  switchboard->client
      = gst_p2p_signaling_client_new (settings->signaling_uri, switchboard->local_id,
                                      settings->signaling_token, settings->signaling_ca);
  g_signal_connect (switchboard->client, "bound", G_CALLBACK (on_client_bound), switchboard);
  g_signal_connect (switchboard->client, "message", G_CALLBACK (on_client_message), switchboard);
  g_signal_connect (switchboard->client, "unavailable", G_CALLBACK (on_client_unavailable),
                    switchboard);
  g_signal_connect (switchboard->client, "failed", G_CALLBACK (on_client_failed), switchboard);

  switchboard->patience_timer = add_timer (switchboard, PATIENCE_MS, on_patience_over);
  /* Who keeps listening has time. */
  if (!keeps_listening (switchboard))
    switchboard->bind_timer
        = add_timer (switchboard, settings->connect_timeout_ms, on_bind_timeout);
  if (!keeps_listening (switchboard)) /* else no stream ends here */
    gst_p2p_farewell_start (switchboard->farewell, settings->on_truncated, switchboard->control,
                            on_farewell, switchboard);
  return gst_p2p_signaling_client_start (switchboard->client, error);
}

/* A receiver that has everything leaves only after the sender, which waits for the last ACK. */
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
  GstP2pSwitchboard *switchboard = data;
  g_autoptr (GList) connections = gst_p2p_connections_list (switchboard->connections);

  switchboard->stopping = TRUE;
  gst_p2p_channel_flush_all (switchboard->bin);
  for (GList *l = connections; l; l = l->next)
    if (!linger || !lingers (l->data))
      gst_p2p_connection_close (l->data, "bye");
}

static void
stop_signaling (gpointer data, gpointer user_data)
{
  GstP2pSwitchboard *switchboard = data;

  gst_p2p_clear_source (&switchboard->bind_timer);
  gst_p2p_clear_source (&switchboard->patience_timer);
  gst_p2p_clear_source (&switchboard->reaped);
  g_clear_pointer (&switchboard->held_call, gst_p2p_signaling_message_unref);
  if (!switchboard->client)
    return;
  g_signal_handlers_disconnect_by_data (switchboard->client, switchboard);
  gst_p2p_signaling_client_stop (switchboard->client);
  g_clear_object (&switchboard->client);
}

void
gst_p2p_switchboard_stop (GstP2pSwitchboard *switchboard)
{
  gst_p2p_loop_call (switchboard->control, close_all, switchboard, GINT_TO_POINTER (TRUE));
  gst_p2p_reaper_wait (switchboard->reaper, g_get_monotonic_time () + LINGER_US);
  gst_p2p_loop_call (switchboard->control, close_all, switchboard, GINT_TO_POINTER (FALSE));
  gst_p2p_reaper_wait (switchboard->reaper, -1);
  gst_p2p_loop_call (switchboard->control, stop_signaling, switchboard, NULL);
}

void
gst_p2p_switchboard_free (GstP2pSwitchboard *switchboard)
{
  gst_p2p_reaper_free (switchboard->reaper);
  gst_p2p_connections_free (switchboard->connections);
  gst_p2p_loop_unref (switchboard->control);
  gst_p2p_settings_free (switchboard->settings);
  gst_p2p_identity_unref (switchboard->identity);
  gst_p2p_ice_config_clear (&switchboard->ice);
  g_clear_error (&switchboard->unavailable);
  g_free (switchboard->local_id);
  g_free (switchboard);
}

/* --- from the element --- */

void
gst_p2p_switchboard_add_sink_pad (GstP2pSwitchboard *switchboard, GstP2pSinkPad *pad)
{
  g_autoptr (GList) open = gst_p2p_connections_list_open (switchboard->connections);

  for (GList *l = open; l && has_pad (switchboard, pad); l = l->next)
    gst_p2p_connection_add_sink_pad (l->data, pad);
}

void
gst_p2p_switchboard_remove_sink_pad (GstP2pSwitchboard *switchboard, GstP2pSinkPad *pad)
{
  g_autoptr (GList) open = gst_p2p_connections_list_open (switchboard->connections);

  for (GList *l = open; l; l = l->next)
    gst_p2p_channels_remove_sink_pad (gst_p2p_connection_get_channels (l->data), pad);
  gst_p2p_switchboard_check_sent (switchboard);
}

void
gst_p2p_switchboard_end_channel (GstP2pSwitchboard *switchboard, GstObject *element)
{
  GstP2pChannel *channel;
  GstP2pConnection *connection
      = gst_p2p_connections_find_channel (switchboard->connections, element, &channel);

  if (connection)
    gst_p2p_channels_end (gst_p2p_connection_get_channels (connection), channel);
}

void
gst_p2p_switchboard_fail_channel (GstP2pSwitchboard *switchboard, GstObject *element,
                                  const GError *error)
{
  GstP2pChannel *channel;
  GstP2pConnection *connection
      = gst_p2p_connections_find_channel (switchboard->connections, element, &channel);

  if (connection)
    gst_p2p_connection_fail (connection, error);
}

void
gst_p2p_switchboard_fail (GstP2pSwitchboard *switchboard, const GError *error)
{
  fail (switchboard, error);
}

/* Everything is sent when every sink pad had its EOS and no receiver that is connected, or
 * expected, still waits for a part of it. */
void
gst_p2p_switchboard_check_sent (GstP2pSwitchboard *switchboard)
{
  GList *pads;
  gboolean all_eos;

  if (is_over (switchboard) || switchboard->stopping
      || switchboard->directions != GST_P2P_DIRECTION_SEND
      || gst_p2p_connections_count (switchboard->connections) > 0)
    return;

  pads = gst_p2p_sink_pad_list (GST_ELEMENT (switchboard->bin));
  all_eos = pads != NULL;
  for (GList *l = pads; l; l = l->next)
    all_eos &= gst_p2p_sink_pad_is_eos (l->data);
  g_list_free_full (pads, gst_object_unref);
  if (!all_eos)
    return;

  if (switchboard->n_served == 0 && switchboard->settings->wait_for_connection)
    {
      fail_literal (switchboard, GST_P2P_ERROR_LOST,
                    "The last receiver left before it had everything");
      return;
    }
  finish (switchboard);
}

void
gst_p2p_switchboard_end (GstP2pSwitchboard *switchboard)
{
  gboolean sends = switchboard->directions & GST_P2P_DIRECTION_SEND;
  g_autoptr (GList) open = gst_p2p_connections_list_open (switchboard->connections);
  g_autoptr (GList) connections = gst_p2p_connections_list (switchboard->connections);

  if (switchboard->failed || switchboard->stopping || (sends && open))
    return;
  finish (switchboard);
  for (GList *l = connections; l; l = l->next)
    gst_p2p_connection_close (l->data, "eos");
  /* What upstream still has goes nowhere, and its own end comes through. */
  gst_p2p_sink_pad_list_let_go (GST_ELEMENT (switchboard->bin));
}

GstStructure *
gst_p2p_switchboard_get_stats (GstP2pSwitchboard *switchboard)
{
  GstP2pPeerState state = get_state (switchboard);
  GstStructure *stats = gst_structure_new (
      "p2p-stats", "state", G_TYPE_STRING, gst_p2p_peer_state_get_name (state), "local-id",
      G_TYPE_STRING, switchboard->local_id, "connections", G_TYPE_UINT64,
      gst_p2p_connections_count_all (switchboard->connections), NULL);
  GValue peers = G_VALUE_INIT;

  gst_p2p_connections_get_stats (switchboard->connections, &peers);
  gst_structure_take_value (stats, "peers", &peers);
  return stats;
}
