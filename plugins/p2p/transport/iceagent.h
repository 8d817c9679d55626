/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iceagent: a NiceAgent set up for one stream with one component, for every kind of transport.
 *
 * It has the STUN and TURN servers, the candidates in signaling's form, socket buffers, the
 * selected pair and stats. It reports on the main context that it is given; its functions are
 * called on the thread that iterates that context, unless said otherwise.
 */
#pragma once

#include <agent.h>
#include <gst/gst.h>

#include "plugins/p2p/transport/transport.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_ICE_AGENT (gst_p2p_ice_agent_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pIceAgent, gst_p2p_ice_agent, GST, P2P_ICE_AGENT, GObject)

/*
 * Signals, all on @context:
 *   "candidate" (const gchar *candidate)   one local candidate, "" at the end
 *   "connected" ()                         a valid pair can be used; once
 *   "failed" (const gchar *tried)          final: no pair after the remote's end of candidates, or
 *                                          after having been connected, 50 s without an answer; the
 *                                          owner knows earlier, see liveness.h
 *   "pair-selected" ()
 */
/* The stream and its credentials exist from here on. Attach the receiver, nicesrc or
 * nice_agent_attach_recv(), before start(): nothing is answered before that.
 * @owner: (nullable): a GObject that log lines are about; it is there until the agent has stopped
 */
GstP2pIceAgent *gst_p2p_ice_agent_new (gpointer owner, GMainContext *context, gboolean controlling);

/* Configures servers and begins to gather. libnice resolves host names, without blocking. Only the
 * first STUN server is used; turns: and stuns: are refused (see iceserver.h). */
gboolean
gst_p2p_ice_agent_start (GstP2pIceAgent *agent, const GstP2pIceConfig *config, GError **error);
/* Owned by the agent. */
const gchar *gst_p2p_ice_agent_get_ufrag (GstP2pIceAgent *agent);
const gchar *gst_p2p_ice_agent_get_pwd (GstP2pIceAgent *agent);

gboolean gst_p2p_ice_agent_set_remote (GstP2pIceAgent *agent, const gchar *ufrag, const gchar *pwd,
                                       GError **error);
/* "candidate:…" or "" */
gboolean gst_p2p_ice_agent_add_remote_candidate (GstP2pIceAgent *agent, const gchar *candidate,
                                                 GError **error);

/* For nicesrc/nicesink, or nice_agent_attach_recv() and nice_agent_send(). Borrowed. */
NiceAgent *gst_p2p_ice_agent_get_nice (GstP2pIceAgent *agent);
guint gst_p2p_ice_agent_get_stream_id (GstP2pIceAgent *agent);

/* Adds local-candidate-type, remote-candidate-type, protocol, local-address and remote-address, and
 * for a relayed candidate relay-protocol, by which the TURN server is reached. */
void gst_p2p_ice_agent_add_stats (GstP2pIceAgent *agent, GstStructure *stats);

typedef void (*GstP2pIceAgentClosedFunc) (gpointer user_data);

/* Reports nothing more; ends TURN allocations and closes the agent asynchronously. @closed is
 * called once, on the agent's context and never from within stop(): at once without TURN, within
 * 0.4 s with it. Until then the owner iterates the context and somebody has to receive, since TURN
 * servers answer. Packets can still be sent until the last reference is gone. A second call does
 * nothing. */
void
gst_p2p_ice_agent_stop (GstP2pIceAgent *agent, GstP2pIceAgentClosedFunc closed, gpointer user_data);

G_END_DECLS
