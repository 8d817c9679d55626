/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer: see peer.h.
 */
#include "gst/p2p/link/peer.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/link/candidate.h"
#include "gst/p2p/link/identity.h"

/* A call to an id that is not bound yet is repeated: after 200 ms, then twice as long each time. */
#define RETRY_FIRST_US (200 * 1000)
#define RETRY_LAST_US (3200 * 1000)

struct _GstP2pPeer
{
  /* const */
  GstP2pRole role;
  gchar *pinned_fingerprint;
  gint64 connect_timeout_us;

  /* The facts; none is ever taken back, and the state is derived from them. The feeding
   * thread. */
  gboolean started;
  GstP2pDescription *local;
  GstP2pDescription *remote;
  gboolean remote_candidates_ended;
  gboolean ice_connected;
  gboolean certificate_verified;
  gboolean sctp_established;
  gchar *close_reason;
  GError *close_error;

  /* the feeding thread */
  GQueue actions;               /* GstP2pPeerAction */
  GPtrArray *local_candidates;  /* all of them: a repeated call sends them again */
  GPtrArray *remote_candidates; /* until the remote description is set */
  guint n_remote_candidates;
  gboolean fingerprint_known; /* the handshake ended before the remote description came */
  gchar *certificate_fingerprint;
  gchar *unreachable; /* why the last call did not arrive */
  gint64 retry_at;    /* -1: none pending */
  gint64 retry_delay;
  gint64 deadline;
};

static const gchar *const state_names[]
    = { "new", "signaling", "ice", "dtls", "sctp", "open", "closed" };

GstP2pPeer *
gst_p2p_peer_new (const GstP2pPeerConfig *config)
{
  GstP2pPeer *peer = g_new0 (GstP2pPeer, 1);

  peer->role = config->role;
  peer->pinned_fingerprint = g_strdup (config->pinned_fingerprint);
  peer->connect_timeout_us = config->connect_timeout_us;
  g_queue_init (&peer->actions);
  peer->local_candidates = g_ptr_array_new_with_free_func (g_free);
  peer->remote_candidates = g_ptr_array_new_with_free_func (g_free);
  peer->retry_at = -1;
  peer->retry_delay = RETRY_FIRST_US;
  peer->deadline = -1;
  return peer;
}

void
gst_p2p_peer_free (GstP2pPeer *peer)
{
  g_queue_clear_full (&peer->actions, (GDestroyNotify)gst_p2p_peer_action_free);
  g_clear_pointer (&peer->local, gst_p2p_description_unref);
  g_clear_pointer (&peer->remote, gst_p2p_description_unref);
  g_ptr_array_unref (peer->local_candidates);
  g_ptr_array_unref (peer->remote_candidates);
  g_clear_error (&peer->close_error);
  g_free (peer->close_reason);
  g_free (peer->pinned_fingerprint);
  g_free (peer->certificate_fingerprint);
  g_free (peer->unreachable);
  g_free (peer);
}

GstP2pPeerState
gst_p2p_peer_get_state (const GstP2pPeer *peer)
{
  if (peer->close_reason)
    return GST_P2P_PEER_CLOSED;
  if (!peer->started)
    return GST_P2P_PEER_NEW;
  if (!peer->local || !peer->remote)
    return GST_P2P_PEER_SIGNALING;
  if (!peer->ice_connected)
    return GST_P2P_PEER_ICE;
  if (!peer->certificate_verified)
    return GST_P2P_PEER_DTLS;
  if (!peer->sctp_established)
    return GST_P2P_PEER_SCTP;
  return GST_P2P_PEER_OPEN;
}

/* --- actions --- */

static void
push_action (GstP2pPeer *peer, GstP2pPeerActionType type, const gchar *text,
             GstP2pDescription *description)
{
  GstP2pPeerAction *action = g_new0 (GstP2pPeerAction, 1);

  action->type = type;
  action->text = g_strdup (text);
  action->description = description ? gst_p2p_description_ref (description) : NULL;
  g_queue_push_tail (&peer->actions, action);
}

void
gst_p2p_peer_action_free (GstP2pPeerAction *action)
{
  g_clear_pointer (&action->description, gst_p2p_description_unref);
  g_free (action->text);
  g_free (action);
}

GstP2pPeerAction *
gst_p2p_peer_next_action (GstP2pPeer *peer)
{
  return g_queue_pop_head (&peer->actions);
}

/* The one way to CLOSED. Takes @error (nullable). What was still to be done is dropped. */
static void
close_peer (GstP2pPeer *peer, const gchar *reason, GError *error, gboolean tell_remote)
{
  gboolean remote_knows = peer->remote || (peer->role == GST_P2P_ROLE_INITIATOR && peer->local);

  g_queue_clear_full (&peer->actions, (GDestroyNotify)gst_p2p_peer_action_free);
  if (tell_remote && remote_knows)
    push_action (peer, GST_P2P_PEER_ACTION_SEND_BYE, reason, NULL);

  peer->close_reason = g_strdup (reason);
  peer->close_error = error;
  peer->deadline = peer->retry_at = -1;
  push_action (peer, GST_P2P_PEER_ACTION_CLOSE, NULL, NULL);
}

static void
send_call (GstP2pPeer *peer)
{
  push_action (peer, GST_P2P_PEER_ACTION_SEND_DESCRIPTION, NULL, peer->local);
  for (guint i = 0; i < peer->local_candidates->len; i++)
    push_action (peer, GST_P2P_PEER_ACTION_SEND_CANDIDATE, peer->local_candidates->pdata[i], NULL);
}

/* --- facts --- */

/* Once the handshake is done and both fingerprints are known; that is what "verified" means here
 * (wire.md section 3): the certificate's, the signaled one, and the pinned one if there is one. */
static void
verify_certificate (GstP2pPeer *peer)
{
  const gchar *wanted;

  if (!peer->fingerprint_known || !peer->remote || peer->certificate_verified)
    return;

  wanted = gst_p2p_description_get_fingerprint (peer->remote);
  if (gst_p2p_fingerprint_equal (peer->certificate_fingerprint, wanted))
    {
      peer->certificate_verified = TRUE;
      return;
    }

  close_peer (peer, "fingerprint-mismatch",
              g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_FINGERPRINT,
                           "The peer's certificate has the fingerprint %s, but %s was signaled",
                           peer->certificate_fingerprint ? peer->certificate_fingerprint
                                                         : "(none: missing or not parseable)",
                           wanted),
              TRUE);
}

static void
on_remote_description (GstP2pPeer *peer, GstP2pDescription *description)
{
  const gchar *fingerprint = gst_p2p_description_get_fingerprint (description);

  if (peer->remote)
    return; /* a repeated call: the first answer counts */

  peer->remote = gst_p2p_description_ref (description);
  peer->retry_at = -1;

  /* Caught before a packet is sent, so that a server that lies learns no further address. */
  if (peer->pinned_fingerprint
      && !gst_p2p_fingerprint_equal (peer->pinned_fingerprint, fingerprint))
    {
      close_peer (peer, "fingerprint-mismatch",
                  g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_FINGERPRINT,
                               "The peer signals the fingerprint %s, but %s is pinned", fingerprint,
                               peer->pinned_fingerprint),
                  TRUE);
      return;
    }
  verify_certificate (peer);
}

static void
on_remote_candidate (GstP2pPeer *peer, const gchar *candidate)
{
  if (peer->remote_candidates_ended
      || (*candidate && ++peer->n_remote_candidates > GST_P2P_MAX_CANDIDATES))
    return; /* more than anybody needs */

  peer->remote_candidates_ended = !*candidate;
  if (gst_p2p_peer_get_state (peer) >= GST_P2P_PEER_ICE)
    push_action (peer, GST_P2P_PEER_ACTION_ADD_REMOTE_CANDIDATE, candidate, NULL);
  else
    g_ptr_array_add (peer->remote_candidates, g_strdup (candidate));
}

static void
on_remote_bye (GstP2pPeer *peer, const gchar *reason)
{
  GError *error = NULL;

  if (strcmp (reason, "busy") == 0)
    error = g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_BUSY,
                                 "The called peer has no room for another connection");
  else if (strcmp (reason, "rejected") == 0)
    error = g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED,
                                 "The called peer rejected the connection");
  else if (strcmp (reason, "fingerprint-mismatch") == 0)
    error = g_error_new_literal (
        GST_P2P_ERROR, GST_P2P_ERROR_FINGERPRINT,
        "The peer saw another certificate than the one that was signaled or that it expects");
  else if (gst_p2p_peer_get_state (peer) < GST_P2P_PEER_OPEN)
    error = g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_FAILED,
                         "The peer gave up before the connection was open (%s)", reason);

  close_peer (peer, reason, error, FALSE);
}

static void
on_unreachable (GstP2pPeer *peer, const gchar *why, gint64 now_us)
{
  if (peer->role != GST_P2P_ROLE_INITIATOR
      || gst_p2p_peer_get_state (peer) != GST_P2P_PEER_SIGNALING || peer->retry_at >= 0)
    return; /* each candidate of a call that did not arrive says so too */

  g_free (peer->unreachable);
  peer->unreachable = g_strdup (why);
  peer->retry_at = now_us + peer->retry_delay;
  peer->retry_delay = MIN (2 * peer->retry_delay, RETRY_LAST_US);
}

static void
on_local_description (GstP2pPeer *peer, GstP2pDescription *description)
{
  if (peer->local)
    return;
  peer->local = gst_p2p_description_ref (description);
  send_call (peer);
}

static void
on_local_candidate (GstP2pPeer *peer, const gchar *candidate)
{
  g_ptr_array_add (peer->local_candidates, g_strdup (candidate));
  if (peer->local && peer->retry_at < 0)
    push_action (peer, GST_P2P_PEER_ACTION_SEND_CANDIDATE, candidate, NULL);
}

static void
on_ice_failed (GstP2pPeer *peer, const gchar *tried)
{
  if (peer->ice_connected)
    close_peer (peer, "lost",
                g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_LOST,
                                     "The peer does not answer any more"),
                FALSE);
  else if (peer->remote_candidates_ended) /* before: more may trickle in */
    close_peer (peer, "no-path",
                g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_NO_PATH,
                             "No network path to the peer was found (tried: %s)",
                             tried ? tried : "nothing"),
                TRUE);
}

static void
on_transport_closed (GstP2pPeer *peer)
{
  if (gst_p2p_peer_get_state (peer) == GST_P2P_PEER_OPEN)
    close_peer (peer, "bye", NULL, FALSE);
  else
    close_peer (peer, "lost",
                g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_LOST,
                                     "The peer closed the connection before it was open"),
                TRUE);
}

static GError *
timeout_error (GstP2pPeer *peer)
{
  guint seconds = (guint)((peer->connect_timeout_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);

  switch (gst_p2p_peer_get_state (peer))
    {
    case GST_P2P_PEER_SIGNALING:
      if (peer->unreachable)
        return g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_NOT_FOUND, "%s (tried for %u s)",
                            peer->unreachable, seconds);
      return g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_TIMEOUT,
                          "The peer did not answer within %u s", seconds);
    case GST_P2P_PEER_ICE:
      return g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_NO_PATH,
                          "No network path to the peer was found within %u s", seconds);
    case GST_P2P_PEER_DTLS:
      return g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_TIMEOUT,
                          "The DTLS handshake with the peer did not end within %u s", seconds);
    default:
      return g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_TIMEOUT,
                          "The SCTP association with the peer did not come up within %u s",
                          seconds);
    }
}

static void
on_timer (GstP2pPeer *peer, gint64 now_us)
{
  if (peer->deadline >= 0 && now_us >= peer->deadline)
    {
      close_peer (peer, "timeout", timeout_error (peer), TRUE);
    }
  else if (peer->retry_at >= 0 && now_us >= peer->retry_at)
    {
      peer->retry_at = -1;
      send_call (peer);
    }
}

/* The word for the remote. It refused our certificate in the handshake, and may hear of the end of
 * the connection before its own transport tells it so. */
static const gchar *
transport_error_reason (const GError *error)
{
  return g_error_matches (error, GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED) ? "fingerprint-mismatch"
                                                                            : "error";
}

/* --- the machine --- */

static void
take_in (GstP2pPeer *peer, const GstP2pPeerEvent *event, gint64 now_us)
{
  switch (event->type)
    {
    case GST_P2P_PEER_EVENT_START:
      if (!peer->started)
        {
          peer->started = TRUE;
          peer->deadline = now_us + peer->connect_timeout_us;
        }
      break;
    case GST_P2P_PEER_EVENT_CLOSE:
      close_peer (peer, event->text ? event->text : "bye", NULL, TRUE);
      break;
    case GST_P2P_PEER_EVENT_REMOTE_DESCRIPTION:
      on_remote_description (peer, event->description);
      break;
    case GST_P2P_PEER_EVENT_REMOTE_CANDIDATE:
      on_remote_candidate (peer, event->text);
      break;
    case GST_P2P_PEER_EVENT_REMOTE_BYE:
      on_remote_bye (peer, event->text ? event->text : "bye");
      break;
    case GST_P2P_PEER_EVENT_UNREACHABLE:
      on_unreachable (peer, event->text, now_us);
      break;
    case GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION:
      on_local_description (peer, event->description);
      break;
    case GST_P2P_PEER_EVENT_LOCAL_CANDIDATE:
      on_local_candidate (peer, event->text);
      break;
    case GST_P2P_PEER_EVENT_ICE_CONNECTED:
      peer->ice_connected = TRUE;
      break;
    case GST_P2P_PEER_EVENT_ICE_FAILED:
      on_ice_failed (peer, event->text);
      break;
    case GST_P2P_PEER_EVENT_DTLS_CONNECTED:
      if (!peer->fingerprint_known)
        {
          peer->fingerprint_known = TRUE;
          peer->certificate_fingerprint = g_strdup (event->text);
          verify_certificate (peer);
        }
      break;
    case GST_P2P_PEER_EVENT_SCTP_ESTABLISHED:
      peer->sctp_established = TRUE;
      break;
    case GST_P2P_PEER_EVENT_TRANSPORT_CLOSED:
      on_transport_closed (peer);
      break;
    case GST_P2P_PEER_EVENT_TRANSPORT_ERROR:
      close_peer (peer, transport_error_reason (event->error), g_error_copy (event->error), TRUE);
      break;
    case GST_P2P_PEER_EVENT_TIMER:
      on_timer (peer, now_us);
      break;
    }
}

static void
enter (GstP2pPeer *peer, GstP2pPeerState state)
{
  switch (state)
    {
    case GST_P2P_PEER_SIGNALING:
      push_action (peer, GST_P2P_PEER_ACTION_START_TRANSPORT, NULL, NULL);
      break;
    case GST_P2P_PEER_ICE:
      push_action (peer, GST_P2P_PEER_ACTION_SET_REMOTE_DESCRIPTION, NULL, peer->remote);
      for (guint i = 0; i < peer->remote_candidates->len; i++)
        push_action (peer, GST_P2P_PEER_ACTION_ADD_REMOTE_CANDIDATE,
                     peer->remote_candidates->pdata[i], NULL);
      g_ptr_array_set_size (peer->remote_candidates, 0);
      break;
    case GST_P2P_PEER_DTLS:
      push_action (peer, GST_P2P_PEER_ACTION_START_DTLS, NULL, NULL);
      break;
    case GST_P2P_PEER_SCTP:
      push_action (peer, GST_P2P_PEER_ACTION_START_SCTP, NULL, NULL);
      break;
    case GST_P2P_PEER_OPEN:
      peer->deadline = -1;
      push_action (peer, GST_P2P_PEER_ACTION_OPEN, NULL, NULL);
      break;
    case GST_P2P_PEER_NEW:
    case GST_P2P_PEER_CLOSED:
      break;
    }
}

void
gst_p2p_peer_feed (GstP2pPeer *peer, const GstP2pPeerEvent *event, gint64 now_us)
{
  GstP2pPeerState before = gst_p2p_peer_get_state (peer), after;

  if (before == GST_P2P_PEER_CLOSED)
    return;

  take_in (peer, event, now_us);

  /* Facts may have come out of order: every state on the way is entered, none twice. */
  after = gst_p2p_peer_get_state (peer);
  if (after != GST_P2P_PEER_CLOSED)
    while (before < after)
      enter (peer, ++before);
}

gint64
gst_p2p_peer_get_deadline (const GstP2pPeer *peer)
{
  if (peer->deadline < 0 || peer->retry_at < 0)
    return MAX (peer->deadline, peer->retry_at);
  return MIN (peer->deadline, peer->retry_at);
}

const gchar *
gst_p2p_peer_state_get_name (GstP2pPeerState state)
{
  return (guint)state < G_N_ELEMENTS (state_names) ? state_names[state] : "invalid";
}

GstP2pRole
gst_p2p_peer_get_role (const GstP2pPeer *peer)
{
  return peer->role;
}

const gchar *
gst_p2p_peer_get_reason (const GstP2pPeer *peer)
{
  return peer->close_reason;
}

const GError *
gst_p2p_peer_get_error (const GstP2pPeer *peer)
{
  return peer->close_error;
}

GstP2pDescription *
gst_p2p_peer_get_remote_description (const GstP2pPeer *peer)
{
  return peer->remote;
}
