/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer: the state machine of one connection, without I/O.
 *
 *   NEW → SIGNALING → ICE → DTLS → SCTP → OPEN → CLOSED          any → CLOSED
 *
 * A peer is a ratchet: the state only grows; reconnecting makes a new peer. Events (signaling
 * messages, transport notifications, timers) are fed in; actions come out, to be carried out in
 * order. The state is derived from the facts that events reported, so that they may come in any
 * order. Time is passed in; nothing here looks at a clock. Not thread-safe: one thread feeds it.
 *
 *   feed (event, now)  →  for each next_action (): carry it out  →  sleep until get_deadline ()
 */
#pragma once

#include <glib-object.h>

#include "gst/p2p/link/description.h"

G_BEGIN_DECLS

typedef enum
{
  GST_P2P_PEER_NEW,
  GST_P2P_PEER_SIGNALING,
  GST_P2P_PEER_ICE,
  GST_P2P_PEER_DTLS,
  GST_P2P_PEER_SCTP,
  GST_P2P_PEER_OPEN,
  GST_P2P_PEER_CLOSED
} GstP2pPeerState;

typedef enum
{
  GST_P2P_ROLE_INITIATOR, /* ICE controlling, DTLS client, even channel ids */
  GST_P2P_ROLE_ACCEPTOR   /* ICE controlled, DTLS server, odd channel ids */
} GstP2pRole;

/* The comment names the member of GstP2pPeerEvent that is set. */
typedef enum
{
  /* from the application */
  GST_P2P_PEER_EVENT_START, /* call (initiator), or get ready to answer (acceptor) */
  GST_P2P_PEER_EVENT_CLOSE, /* text: the reason */
  /* from signaling */
  GST_P2P_PEER_EVENT_REMOTE_DESCRIPTION, /* description */
  GST_P2P_PEER_EVENT_REMOTE_CANDIDATE,   /* text */
  GST_P2P_PEER_EVENT_REMOTE_BYE,         /* text: the reason */
  GST_P2P_PEER_EVENT_UNREACHABLE,        /* text: why; the server does not know the called id */
  /* from the transport */
  GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION, /* description */
  GST_P2P_PEER_EVENT_LOCAL_CANDIDATE,   /* text */
  GST_P2P_PEER_EVENT_ICE_CONNECTED,
  GST_P2P_PEER_EVENT_ICE_FAILED,     /* text: what was tried */
  GST_P2P_PEER_EVENT_DTLS_CONNECTED, /* text: fingerprint of the peer's certificate, or NULL */
  GST_P2P_PEER_EVENT_SCTP_ESTABLISHED,
  GST_P2P_PEER_EVENT_TRANSPORT_CLOSED, /* the peer closed in an orderly way */
  GST_P2P_PEER_EVENT_TRANSPORT_ERROR,  /* error */
  /* from the clock */
  GST_P2P_PEER_EVENT_TIMER
} GstP2pPeerEventType;

typedef struct
{
  GstP2pPeerEventType type;
  const gchar *text;
  GstP2pDescription *description;
  const GError *error;
} GstP2pPeerEvent; /* borrows everything */

typedef enum
{
  GST_P2P_PEER_ACTION_START_TRANSPORT,        /* gather; initiator and acceptor alike */
  GST_P2P_PEER_ACTION_SEND_DESCRIPTION,       /* description: the local one */
  GST_P2P_PEER_ACTION_SEND_CANDIDATE,         /* text */
  GST_P2P_PEER_ACTION_SEND_BYE,               /* text */
  GST_P2P_PEER_ACTION_SET_REMOTE_DESCRIPTION, /* description */
  GST_P2P_PEER_ACTION_ADD_REMOTE_CANDIDATE,   /* text */
  GST_P2P_PEER_ACTION_START_DTLS,
  GST_P2P_PEER_ACTION_START_SCTP,
  GST_P2P_PEER_ACTION_OPEN, /* application bytes may flow from here on */
  GST_P2P_PEER_ACTION_CLOSE /* the last; see gst_p2p_peer_get_reason(), get_error() */
} GstP2pPeerActionType;

typedef struct
{
  GstP2pPeerActionType type;
  gchar *text;
  GstP2pDescription *description;
} GstP2pPeerAction;

typedef struct
{
  GstP2pRole role;
  const gchar *pinned_fingerprint; /* nullable; normalised */
  gint64 connect_timeout_us;       /* from START to OPEN, over all states */
} GstP2pPeerConfig;

typedef struct _GstP2pPeer GstP2pPeer;

GstP2pPeer *gst_p2p_peer_new (const GstP2pPeerConfig *config);
void gst_p2p_peer_free (GstP2pPeer *peer);

/* @now_us: monotonic microseconds, never smaller than at the last call. */
void gst_p2p_peer_feed (GstP2pPeer *peer, const GstP2pPeerEvent *event, gint64 now_us);
/* %NULL when there is nothing more to do. Free with gst_p2p_peer_action_free(). */
GstP2pPeerAction *gst_p2p_peer_next_action (GstP2pPeer *peer);
void gst_p2p_peer_action_free (GstP2pPeerAction *action);
/* When to feed TIMER at the latest; -1: never. */
gint64 gst_p2p_peer_get_deadline (const GstP2pPeer *peer);

GstP2pPeerState gst_p2p_peer_get_state (const GstP2pPeer *peer);
const gchar *gst_p2p_peer_state_get_name (GstP2pPeerState state); /* "new", "signaling", … */
GstP2pRole gst_p2p_peer_get_role (const GstP2pPeer *peer);
/* Once CLOSED: a word for signals ("bye", "timeout", "fingerprint-mismatch", …), and the error if
 * the end was one. Before: %NULL. */
const gchar *gst_p2p_peer_get_reason (const GstP2pPeer *peer);
const GError *gst_p2p_peer_get_error (const GstP2pPeer *peer);
GstP2pDescription *gst_p2p_peer_get_remote_description (const GstP2pPeer *peer); /* nullable */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pPeer, gst_p2p_peer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pPeerAction, gst_p2p_peer_action_free)

G_END_DECLS
