/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connection: see connection.h.
 */
#include "plugins/p2p/control/connection.h"

#include <string.h>

#include "gst/p2p/base/timer.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/transport/kinds.h"

#define GST_CAT_DEFAULT gst_p2p_debug

struct _GstP2pConnection
{
  /* const */
  GstBin *bin; /* outlives the connection */
  GMainContext *context;
  gchar *local_id;
  gchar *remote_id;
  gchar *session;
  GstP2pIdentity *identity;
  const GstP2pSettings *settings;
  GstP2pIceConfig ice;
  GstP2pSrcPads *src_pads;
  GstP2pReaper *reaper;
  GstP2pFarewell *farewell;
  const GstP2pConnectionFuncs *funcs;
  gpointer user_data;
  GstP2pFramingTimeline *timeline;

  /* control thread, and the reaping thread after it */
  GstP2pPeer *peer;
  GstElement *transport;
  GstP2pChannels *channels; /* from OPEN on */
  GSource *timer;
  GstP2pPeerState reported;
  gboolean pumping;
  gboolean was_open;
  gboolean end_streams; /* once closed */
  gboolean stopping;    /* the transport has yet to say that it is done */
  gint64 started_at;
  gint64 setup_time; /* µs from START to OPEN; -1: not open yet */
};

static void feed (GstP2pConnection *connection, const GstP2pPeerEvent *event);
static void make_channels (GstP2pConnection *connection);
static void on_transport (GstP2pTransport *transport, const GstP2pPeerEvent *peer_event,
                          const GstP2pTransportEvent *event, gpointer user_data);

/* --- the end --- */

/* Reaping thread */
static void
reap (gpointer data)
{
  GstP2pConnection *connection = data;

  /* Until then the transport's threads bring what had come. */
  if (connection->end_streams)
    gst_p2p_farewell_wait (connection->farewell);
  if (connection->transport)
    {
      /* Out of the bin first: going to NULL waits for a thread that downstream may hold up until
       * the pipeline's next state, and the bin asks for the state lock of each element in it. */
      gst_bin_remove (connection->bin, connection->transport);
      gst_element_set_state (connection->transport, GST_STATE_NULL);
    }

  if (connection->channels)
    gst_p2p_channels_free (connection->channels, connection->end_streams);
  gst_clear_object (&connection->transport);
  gst_p2p_peer_free (connection->peer);
  gst_p2p_framing_timeline_unref (connection->timeline);
  gst_p2p_identity_unref (connection->identity);
  gst_p2p_ice_config_clear (&connection->ice);
  g_free (connection->local_id);
  g_free (connection->remote_id);
  g_free (connection->session);
  g_free (connection);
}

/* The transport needs the control thread no more. */
static void
hand_over (GstP2pConnection *connection)
{
  gst_p2p_clear_source (&connection->timer);
  gst_p2p_reaper_take (connection->reaper, reap, connection);
}

/* --- the loop between the state machine and the world --- */

static gboolean
on_timer (gpointer data)
{
  GstP2pConnection *connection = data;

  feed (connection, &(GstP2pPeerEvent){ .type = GST_P2P_PEER_EVENT_TIMER });
  return G_SOURCE_CONTINUE;
}

static void
fail (GstP2pConnection *connection, GError *error)
{
  gst_p2p_connection_fail (connection, error);
  g_error_free (error);
}

static GstP2pSignalingMessage *
new_message (GstP2pConnection *connection, const GstP2pPeerAction *action)
{
  const gchar *from = connection->local_id, *to = connection->remote_id;

  switch (action->type)
    {
    case GST_P2P_PEER_ACTION_SEND_DESCRIPTION:
      return gst_p2p_signaling_message_new_connect (from, to, connection->session,
                                                    action->description);
    case GST_P2P_PEER_ACTION_SEND_CANDIDATE:
      return gst_p2p_signaling_message_new_candidate (from, to, connection->session, action->text);
    default:
      return gst_p2p_signaling_message_new_bye (from, to, connection->session, action->text);
    }
}

static gboolean
start_transport (GstP2pConnection *connection, GError **error)
{
  static const gchar *const framings[]
      = { GST_P2P_FRAMES_PROTOCOL, GST_P2P_ACKED_RAW_PROTOCOL, GST_P2P_RAW_FRAMING, NULL };
  gboolean raw = connection->settings->framing == GST_P2P_FRAMING_MODE_RAW;
  GstP2pTransportConfig config = {
    .context = connection->context,
    .role = gst_p2p_peer_get_role (connection->peer),
    .identity = connection->identity,
    .ice = &connection->ice,
    .framings = raw ? framings + 1 : framings,
    .max_frame_size = connection->settings->max_frame_size,
    .func = on_transport,
    .user_data = connection,
  };

  connection->transport = gst_p2p_transport_new (connection->settings->transport);

  /* Locked: the transport is live from its start to its end whatever the bin's state is. */
  gst_object_ref_sink (connection->transport);
  gst_element_set_locked_state (connection->transport, TRUE);
  gst_bin_add (connection->bin, connection->transport);
  GST_INFO_OBJECT (connection->bin, "connection to %s: %s", connection->remote_id,
                   GST_OBJECT_NAME (connection->transport));
  if (gst_element_set_state (connection->transport, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_FAILED,
                           "The transport could not be started");
      return FALSE;
    }
  return gst_p2p_transport_start (GST_P2P_TRANSPORT (connection->transport), &config, error);
}

static void
report_state (GstP2pConnection *connection)
{
  GstP2pPeerState state = gst_p2p_peer_get_state (connection->peer);

  if (state == connection->reported)
    return;
  connection->reported = state;
  connection->funcs->state_changed (connection, connection->user_data);
}

static void
on_open (GstP2pConnection *connection)
{
  connection->was_open = TRUE;
  connection->setup_time = g_get_monotonic_time () - connection->started_at;
  GST_INFO_OBJECT (connection->bin, "connection to %s open after %" G_GINT64_FORMAT " us",
                   connection->remote_id, connection->setup_time);
  make_channels (connection);
  /* Who hears of the connection finds it open. */
  report_state (connection);
  connection->funcs->opened (connection, connection->user_data);
}

/* Cuts the branches, so that no other receiver waits for this one, and stops the transport. */
static void
on_close (GstP2pConnection *connection)
{
  if (connection->channels)
    gst_p2p_channels_cut (connection->channels);
  connection->funcs->closing (connection, connection->user_data);
  connection->stopping
      = connection->transport && gst_p2p_transport_stop (GST_P2P_TRANSPORT (connection->transport));
}

/* Returns FALSE with @error set if the action could not be carried out. */
static gboolean
carry_out (GstP2pConnection *connection, const GstP2pPeerAction *action, GError **error)
{
  GstP2pTransport *transport = (GstP2pTransport *)connection->transport;

  switch (action->type)
    {
    case GST_P2P_PEER_ACTION_START_TRANSPORT:
      return start_transport (connection, error);
    case GST_P2P_PEER_ACTION_SEND_DESCRIPTION:
    case GST_P2P_PEER_ACTION_SEND_CANDIDATE:
    case GST_P2P_PEER_ACTION_SEND_BYE:
      connection->funcs->send (connection, new_message (connection, action), connection->user_data);
      return TRUE;
    case GST_P2P_PEER_ACTION_SET_REMOTE_DESCRIPTION:
      return gst_p2p_transport_set_remote_description (transport, action->description, error);
    case GST_P2P_PEER_ACTION_ADD_REMOTE_CANDIDATE:
      return gst_p2p_transport_add_remote_candidate (transport, action->text, error);
    case GST_P2P_PEER_ACTION_START_DTLS:
      gst_p2p_transport_start_dtls (transport);
      return TRUE;
    case GST_P2P_PEER_ACTION_START_SCTP:
      return gst_p2p_transport_start_sctp (transport, error);
    case GST_P2P_PEER_ACTION_OPEN:
      on_open (connection);
      return TRUE;
    case GST_P2P_PEER_ACTION_CLOSE:
      on_close (connection);
      return TRUE;
    }
  return TRUE;
}

/* Carries out the peer's actions, including those that follow from an action itself. A connection
 * that was closed may be gone afterwards. */
static void
pump (GstP2pConnection *connection)
{
  GstP2pPeerAction *action;
  GstP2pPeerState state;
  gboolean closed;

  if (connection->pumping)
    return;

  connection->pumping = TRUE;
  while ((action = gst_p2p_peer_next_action (connection->peer)))
    {
      GError *error = NULL;

      if (!carry_out (connection, action, &error))
        fail (connection, error);
      gst_p2p_peer_action_free (action);
    }
  connection->pumping = FALSE;

  state = gst_p2p_peer_get_state (connection->peer);
  if (state != GST_P2P_PEER_CLOSED)
    g_source_set_ready_time (connection->timer, gst_p2p_peer_get_deadline (connection->peer));
  closed = state == GST_P2P_PEER_CLOSED && state != connection->reported;
  report_state (connection);
  if (!closed)
    return;
  connection->end_streams = connection->funcs->closed (connection, connection->user_data);
  if (!connection->stopping)
    hand_over (connection);
}

static void
feed (GstP2pConnection *connection, const GstP2pPeerEvent *event)
{
  gst_p2p_peer_feed (connection->peer, event, g_get_monotonic_time ());
  pump (connection);
}

/* --- from the owner --- */

GstP2pConnection *
gst_p2p_connection_new (const GstP2pConnectionConfig *config)
{
  GstP2pConnection *connection = g_new0 (GstP2pConnection, 1);
  const GstP2pSettings *settings = config->settings;
  g_autofree gchar *pinned = NULL;

  if (settings->remote_fingerprint)
    pinned = gst_p2p_fingerprint_parse (settings->remote_fingerprint, NULL);

  connection->bin = config->bin;
  connection->context = config->context;
  connection->local_id = g_strdup (config->local_id);
  connection->remote_id = g_strdup (config->remote_id);
  connection->session = g_strdup (config->session);
  connection->identity = gst_p2p_identity_ref (config->identity);
  connection->settings = settings;
  connection->ice = *config->ice;
  connection->ice.stun_servers = g_strdupv (config->ice->stun_servers);
  connection->ice.turn_servers = g_strdupv (config->ice->turn_servers);
  connection->src_pads = config->src_pads;
  connection->reaper = config->reaper;
  connection->farewell = config->farewell;
  connection->funcs = config->funcs;
  connection->user_data = config->user_data;
  connection->timeline = gst_p2p_framing_timeline_new ();
  connection->setup_time = -1;
  connection->peer = gst_p2p_peer_new (&(GstP2pPeerConfig){
      .role = config->role,
      .pinned_fingerprint = pinned,
      .connect_timeout_us = (gint64)settings->connect_timeout_ms * 1000,
  });

  connection->timer = gst_p2p_timer_new (connection->context, on_timer, connection);
  gst_p2p_reaper_expect (connection->reaper);
  return connection;
}

void
gst_p2p_connection_start (GstP2pConnection *connection)
{
  connection->started_at = g_get_monotonic_time ();
  feed (connection, &(GstP2pPeerEvent){ .type = GST_P2P_PEER_EVENT_START });
}

void
gst_p2p_connection_close (GstP2pConnection *connection, const gchar *reason)
{
  feed (connection, &(GstP2pPeerEvent){ .type = GST_P2P_PEER_EVENT_CLOSE, .text = reason });
}

void
gst_p2p_connection_fail (GstP2pConnection *connection, const GError *error)
{
  feed (connection,
        &(GstP2pPeerEvent){ .type = GST_P2P_PEER_EVENT_TRANSPORT_ERROR, .error = error });
}

static void
take_error (GstP2pConnection *connection, const GstP2pSignalingMessage *message)
{
  g_autofree gchar *text = NULL;

  if (strcmp (message->code, "not-found") == 0)
    {
      text = g_strdup_printf ("Nobody is reachable as \"%s\" on the signaling server %s",
                              connection->remote_id, connection->settings->signaling_uri);
      feed (connection, &(GstP2pPeerEvent){ .type = GST_P2P_PEER_EVENT_UNREACHABLE, .text = text });
    }
  else
    {
      fail (connection, g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_SIGNALING,
                                     "The signaling server answered \"%s\": %s", message->code,
                                     message->message ? message->message : ""));
    }
}

void
gst_p2p_connection_take_message (GstP2pConnection *connection,
                                 const GstP2pSignalingMessage *message)
{
  GstP2pPeerEvent event = { 0 };

  switch (message->type)
    {
    case GST_P2P_SIGNALING_CONNECT:
      event.type = GST_P2P_PEER_EVENT_REMOTE_DESCRIPTION;
      event.description = message->description;
      break;
    case GST_P2P_SIGNALING_CANDIDATE:
      event.type = GST_P2P_PEER_EVENT_REMOTE_CANDIDATE;
      event.text = message->candidate;
      break;
    case GST_P2P_SIGNALING_BYE:
      event.type = GST_P2P_PEER_EVENT_REMOTE_BYE;
      event.text = message->reason;
      break;
    case GST_P2P_SIGNALING_ERROR:
      take_error (connection, message);
      return;
    default:
      return;
    }
  feed (connection, &event);
}

/* --- channels --- */

static void
on_channel_finished (gpointer user_data)
{
  GstP2pConnection *connection = user_data;
  guint n_sending, n_receiving;
  gboolean sent = gst_p2p_connection_is_finished (connection, GST_P2P_DIRECTION_SEND, &n_sending);
  gboolean received
      = gst_p2p_connection_is_finished (connection, GST_P2P_DIRECTION_RECEIVE, &n_receiving);

  /* The sender closes, since the acknowledgements tell it that everything has arrived. */
  if (sent && received && n_sending > 0)
    gst_p2p_connection_close (connection, "eos");
}

static void
make_channels (GstP2pConnection *connection)
{
  GstP2pDescription *remote = gst_p2p_peer_get_remote_description (connection->peer);
  GstP2pChannelSite site = {
    .bin = connection->bin,
    .context = connection->context,
    .src_pads = connection->src_pads,
    .reaper = connection->reaper,
    .transport = GST_P2P_TRANSPORT (connection->transport),
    .settings = connection->settings,
    .timeline = connection->timeline,
    .max_message_size
    = MIN (gst_p2p_description_get_max_message_size (remote),
           gst_p2p_transport_get_max_sent_size (GST_P2P_TRANSPORT (connection->transport))),
    .max_frame_size = gst_p2p_description_get_max_frame_size (remote),
    .joins_parts = gst_p2p_description_has_framing (remote, GST_P2P_RAW_FRAMING),
  };

  connection->channels = gst_p2p_channels_new (&site, gst_p2p_peer_get_role (connection->peer),
                                               remote, on_channel_finished, connection);
}

void
gst_p2p_connection_add_sink_pad (GstP2pConnection *connection, GstP2pSinkPad *pad)
{
  GError *error = NULL;

  if (!gst_p2p_channels_add_sink_pad (connection->channels, pad, &error))
    fail (connection, error);
}

GstP2pChannels *
gst_p2p_connection_get_channels (GstP2pConnection *connection)
{
  return connection->channels;
}

gboolean
gst_p2p_connection_is_finished (GstP2pConnection *connection, GstP2pDirection direction,
                                guint *n_channels)
{
  *n_channels = 0;
  return !connection->channels
         || gst_p2p_channels_are_finished (connection->channels, direction, n_channels);
}

gboolean
gst_p2p_connection_is_truncated (GstP2pConnection *connection, GstP2pFrameDepayKinds *kinds)
{
  *kinds = 0;
  return connection->channels && gst_p2p_channels_are_truncated (connection->channels, kinds);
}

/* --- from the transport --- */

/* Without channels, which there are from OPEN on, there is nothing to take: no application byte
 * before OPEN (docs/wire.md section 3). */
static void
take_transport_event (GstP2pConnection *connection, const GstP2pTransportEvent *event)
{
  GError *error = NULL;

  if (event->type == GST_P2P_TRANSPORT_STOPPED)
    hand_over (connection);
  else if (event->type == GST_P2P_TRANSPORT_PAIR_SELECTED)
    connection->funcs->state_changed (connection, connection->user_data);
  else if (gst_p2p_connection_get_state (connection) == GST_P2P_PEER_OPEN
           && !gst_p2p_channels_take_event (connection->channels, event, &error))
    fail (connection, error);
}

static void
on_transport (GstP2pTransport *transport, const GstP2pPeerEvent *peer_event,
              const GstP2pTransportEvent *event, gpointer user_data)
{
  GstP2pConnection *connection = user_data;

  if (event)
    take_transport_event (connection, event);
  else
    feed (connection, peer_event);
}

/* --- facts --- */

GstP2pPeerState
gst_p2p_connection_get_state (GstP2pConnection *connection)
{
  return gst_p2p_peer_get_state (connection->peer);
}

GstP2pRole
gst_p2p_connection_get_role (GstP2pConnection *connection)
{
  return gst_p2p_peer_get_role (connection->peer);
}

const gchar *
gst_p2p_connection_get_session (GstP2pConnection *connection)
{
  return connection->session;
}

const gchar *
gst_p2p_connection_get_remote_id (GstP2pConnection *connection)
{
  return connection->remote_id;
}

const gchar *
gst_p2p_connection_get_remote_fingerprint (GstP2pConnection *connection)
{
  GstP2pDescription *remote = gst_p2p_peer_get_remote_description (connection->peer);

  return remote ? gst_p2p_description_get_fingerprint (remote) : NULL;
}

gboolean
gst_p2p_connection_was_open (GstP2pConnection *connection)
{
  return connection->was_open;
}

gboolean
gst_p2p_connection_has_refused (GstP2pConnection *connection)
{
  return connection->channels && gst_p2p_channels_have_refused (connection->channels);
}

const gchar *
gst_p2p_connection_get_reason (GstP2pConnection *connection)
{
  return gst_p2p_peer_get_reason (connection->peer);
}

const GError *
gst_p2p_connection_get_error (GstP2pConnection *connection)
{
  return gst_p2p_peer_get_error (connection->peer);
}

GstStructure *
gst_p2p_connection_get_stats (GstP2pConnection *connection)
{
  const gchar *fingerprint = gst_p2p_connection_get_remote_fingerprint (connection);
  GstP2pPeerState state = gst_p2p_connection_get_state (connection);
  GstStructure *stats = NULL;

  if (connection->transport)
    stats = gst_p2p_transport_get_stats (GST_P2P_TRANSPORT (connection->transport));
  if (!stats)
    stats = gst_structure_new_empty ("transport-stats");

  gst_structure_set_name (stats, "peer-stats");
  gst_structure_set (stats, "id", G_TYPE_STRING, connection->remote_id, "state", G_TYPE_STRING,
                     gst_p2p_peer_state_get_name (state), "fingerprint", G_TYPE_STRING, fingerprint,
                     NULL);
  if (connection->setup_time >= 0)
    gst_structure_set (stats, "setup-time-us", G_TYPE_INT64, connection->setup_time, NULL);
  if (connection->channels)
    gst_p2p_channels_add_stats (connection->channels, stats);
  return stats;
}
