/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iceagent: see iceagent.h.
 *
 * NiceAgent emits its signals on whatever thread happens to release its lock, which can be
 * nicesrc's streaming thread. Every signal is therefore carried to the context first, by sources
 * that hold a reference, in order of emission; all state below belongs to the context's thread.
 *
 * libnice resolves the host names of servers itself, asynchronously and on the agent's context, so
 * that host candidates do not wait for DNS.
 */
#include "plugins/p2p/transport/iceagent.h"

#include <interfaces.h>
#include <string.h>
#include <sys/socket.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/base/timer.h"
#include "gst/p2p/link/candidate.h"
#include "gst/p2p/link/iceserver.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/transport/addresses.h"

#define GST_CAT_DEFAULT gst_p2p_ice_debug

/* Ta: the smallest that RFC 8445 section 14.2 allows. With libnice's 20 ms the pacing takes most of
 * the time to connect on a short path. */
#define PACING_MS 5
/* A pair is given up after 0.5 + 1 + 2 + 4 + ... s. libnice's 7 retransmissions take longer than
 * anybody waits for a connection. */
#define MAX_RETRANSMISSIONS 4
/* A burst of a whole congestion window must fit: the kernel's usual 208 KiB lose packets. */
#define SOCKET_BUFFER (4 * 1024 * 1024)
/* How long a TURN server may take to confirm the end of an allocation: libnice asks after 0, 60 and
 * 180 ms, and gives up after 240. CLOSE_TIMEOUT_MS is our own limit, if libnice does not give
 * up. */
#define CLOSE_RETRY_MS 60
#define CLOSE_MAX_REQUESTS 3
#define CLOSE_TIMEOUT_MS 400

/* How often TCP candidates that wait for the end of UDP's checks are offered to libnice. Those
 * checks have begun long before the first offer; libnice takes no TCP candidate while they go
 * on. */
#define OFFER_TCP_MS 500

#define COMPONENT 1

/* The most candidates that are offered, by NiceCandidateType: of each address one by UDP and two by
 * TCP, and room for what comes later, from the servers. */
static const guint max_local[] = { 3 * GST_P2P_ADDRESSES_MAX, 20, 0, 20 };
G_STATIC_ASSERT (3 * GST_P2P_ADDRESSES_MAX + 20 + 20 <= GST_P2P_MAX_CANDIDATES);
/* Pairs that are checked; libnice's 100 are fewer than two hosts with many addresses have. */
#define MAX_CHECKS (GST_P2P_ADDRESSES_MAX * GST_P2P_ADDRESSES_MAX)

enum
{
  SIGNAL_CANDIDATE,
  SIGNAL_CONNECTED,
  SIGNAL_FAILED,
  SIGNAL_PAIR_SELECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

struct _GstP2pIceAgent
{
  GObject parent;

  /* const */
  gpointer owner; /* what log lines are about; nullable */
  GMainContext *context;
  NiceAgent *nice;
  guint stream_id;
  gchar *ufrag;
  gchar *pwd;
  gboolean controlling;

  /* thread of @context */
  gboolean uses_tcp;
  GSList *waiting_tcp; /* NiceCandidate of the remote; see hold_tcp() */
  GSource *offer_tcp;
  NiceComponentState state;
  gboolean gathered;
  gboolean remote_gathered;
  gboolean was_connected;
  gboolean has_failed;
  gboolean is_stopped;
  GSource *close_timeout;
  GstP2pIceAgentClosedFunc closed; /* until it was called */
  gpointer closed_data;
  guint n_local[4]; /* by NiceCandidateType */
  guint n_remote[4];
  guint n_remote_total;
  const gchar *relay_protocol; /* NULL: none, or several */
  GString *servers;            /* for messages, without credentials */
};

G_DEFINE_FINAL_TYPE (GstP2pIceAgent, gst_p2p_ice_agent, G_TYPE_OBJECT)

/* --- to the context's thread --- */

typedef struct
{
  GstP2pIceAgent *self;
  void (*func) (GstP2pIceAgent *self, const gchar *text, guint number);
  gchar *text;
  guint number;
} Call;

static gboolean
on_call_dispatch (gpointer user_data)
{
  Call *call = user_data;

  if (!call->self->is_stopped)
    call->func (call->self, call->text, call->number);
  return G_SOURCE_REMOVE;
}

static void
call_free (gpointer user_data)
{
  Call *call = user_data;

  g_object_unref (call->self);
  g_free (call->text);
  g_free (call);
}

/* Any thread. Takes @text. */
static void
call_on_context (GstP2pIceAgent *self,
                 void (*func) (GstP2pIceAgent *self, const gchar *text, guint number), gchar *text,
                 guint number)
{
  GSource *source = g_idle_source_new ();
  Call *call = g_new (Call, 1);

  call->self = g_object_ref (self);
  call->func = func;
  call->text = text;
  call->number = number;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "p2p ice agent");
  g_source_set_callback (source, on_call_dispatch, call, call_free);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static const gchar *
type_name (NiceCandidateType type)
{
  static const gchar *const names[] = { "host", "srflx", "prflx", "relay" };

  return names[MIN ((guint)type, 3)];
}

static void
append_counts (GString *text, const guint *counts)
{
  gboolean any = FALSE;
  guint i;

  for (i = 0; i < 4; i++)
    {
      if (counts[i] == 0)
        continue;
      g_string_append_printf (text, "%s%u %s", any ? ", " : "", counts[i], type_name (i));
      any = TRUE;
    }
  if (!any)
    g_string_append (text, "none");
}

static void
fail (GstP2pIceAgent *self)
{
  g_autoptr (GString) tried = g_string_new ("local candidates: ");

  if (self->has_failed)
    return;
  self->has_failed = TRUE;
  append_counts (tried, self->n_local);
  g_string_append (tried, "; remote candidates: ");
  append_counts (tried, self->n_remote);
  g_string_append (tried, "; servers: ");
  g_string_append (tried, self->servers->len ? self->servers->str : "none");
  GST_INFO_OBJECT (self->owner, "failed; %s", tried->str);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, tried->str);
}

/* libnice reports FAILED whenever it has nothing left to check, and goes back to CONNECTING when
 * another candidate comes. FAILED means something only when neither side has more candidates to
 * offer, or after the agent was connected: then the peer is gone. */
static void
check_failed (GstP2pIceAgent *self)
{
  if (self->state == NICE_COMPONENT_STATE_FAILED
      && (self->was_connected || (self->gathered && self->remote_gathered)))
    fail (self);
}

/* SO_RCVBUF alone stops at net.core.rmem_max; SO_RCVBUFFORCE, for the privileged, does not. */
static void
enlarge (GSocket *socket, gint force, gint option)
{
  gint fd = g_socket_get_fd (socket);
  gint size = SOCKET_BUFFER;
  gint have = 0;

  /* the kernel doubles the value for its bookkeeping, and reports that */
  if (g_socket_get_option (socket, SOL_SOCKET, option, &have, NULL) && have >= size)
    return;
  if (setsockopt (fd, SOL_SOCKET, force, &size, sizeof size) != 0)
    setsockopt (fd, SOL_SOCKET, option, &size, sizeof size);
}

static void
enlarge_buffers (GstP2pIceAgent *self)
{
  GPtrArray *sockets = nice_agent_get_sockets (self->nice, self->stream_id, COMPONENT);
  guint i;

  if (!sockets)
    return;
  for (i = 0; i < sockets->len; i++)
    {
      GSocket *socket = g_ptr_array_index (sockets, i);

      if (g_socket_get_socket_type (socket) != G_SOCKET_TYPE_DATAGRAM)
        continue;
      enlarge (socket, SO_RCVBUFFORCE, SO_RCVBUF);
      enlarge (socket, SO_SNDBUFFORCE, SO_SNDBUF);
    }
  g_ptr_array_unref (sockets);
}

static void
handle_candidate (GstP2pIceAgent *self, const gchar *candidate, guint type)
{
  if (type == NICE_CANDIDATE_TYPE_HOST)
    enlarge_buffers (self);
  if (self->n_local[MIN (type, 3)] >= max_local[MIN (type, 3)])
    {
      GST_INFO_OBJECT (self->owner, "one more than is offered: the local %s", candidate);
      return;
    }
  self->n_local[MIN (type, 3)]++;
  GST_DEBUG_OBJECT (self->owner, "local %s", candidate);
  g_signal_emit (self, signals[SIGNAL_CANDIDATE], 0, candidate);
}

static void
handle_gathered (GstP2pIceAgent *self, const gchar *text, guint number)
{
  if (self->gathered)
    return;
  self->gathered = TRUE;
  enlarge_buffers (self);
  g_signal_emit (self, signals[SIGNAL_CANDIDATE], 0, "");
  check_failed (self);
}

static void
drop_waiting_tcp (GstP2pIceAgent *self)
{
  g_slist_free_full (g_steal_pointer (&self->waiting_tcp), (GDestroyNotify)nice_candidate_free);
  gst_p2p_clear_source (&self->offer_tcp);
}

static gboolean
on_offer_tcp (gpointer user_data)
{
  GstP2pIceAgent *self = user_data;

  if (nice_agent_set_remote_candidates (self->nice, self->stream_id, COMPONENT, self->waiting_tcp)
      <= 0)
    return G_SOURCE_CONTINUE;
  GST_INFO_OBJECT (self->owner, "no way by UDP: now TCP is tried too");
  drop_waiting_tcp (self);
  return G_SOURCE_REMOVE;
}

/* As RFC 6544 section 8 wants, a controlling libnice that learns of a TCP candidate before its
 * first check changes to regular nomination, which nominates the only pair that works after the
 * last other one has timed out: 4.5 s [measured] behind every NAT. While checks are under way it
 * ignores TCP candidates. So UDP is tried first. Meanwhile TCP connects in the other direction if
 * it can, since the peer knows our candidates. Takes @candidate. */
static void
hold_tcp (GstP2pIceAgent *self, NiceCandidate *candidate)
{
  self->waiting_tcp = g_slist_append (self->waiting_tcp, candidate);
  if (self->offer_tcp)
    return;
  self->offer_tcp = g_timeout_source_new (OFFER_TCP_MS);
  g_source_set_static_name (self->offer_tcp, "p2p ice tcp");
  g_source_set_callback (self->offer_tcp, on_offer_tcp, self, NULL);
  g_source_attach (self->offer_tcp, self->context);
}

static void
handle_state (GstP2pIceAgent *self, const gchar *text, guint state)
{
  GST_DEBUG_OBJECT (self->owner, "%s", nice_component_state_to_string (state));
  if (state == NICE_COMPONENT_STATE_FAILED && self->waiting_tcp)
    {
      on_offer_tcp (self);
      drop_waiting_tcp (self);
      state = nice_agent_get_component_state (self->nice, self->stream_id, COMPONENT);
    }
  self->state = state;
  if ((state == NICE_COMPONENT_STATE_CONNECTED || state == NICE_COMPONENT_STATE_READY)
      && !self->was_connected)
    {
      self->was_connected = TRUE;
      drop_waiting_tcp (self);
      enlarge_buffers (self);
      g_signal_emit (self, signals[SIGNAL_CONNECTED], 0);
    }
  check_failed (self);
}

static void
handle_pair (GstP2pIceAgent *self, const gchar *text, guint number)
{
  g_signal_emit (self, signals[SIGNAL_PAIR_SELECTED], 0);
}

/* --- signals of NiceAgent; any thread --- */

static void
on_nice_candidate (NiceAgent *nice, NiceCandidate *candidate, GstP2pIceAgent *self)
{
  g_autofree gchar *line = nice_agent_generate_local_candidate_sdp (nice, candidate);

  /* the attribute's "a=" is not part of RFC 8839's candidate-attribute */
  if (g_str_has_prefix (line, "a="))
    call_on_context (self, handle_candidate, g_strdup (line + 2), candidate->type);
}

static void
on_nice_gathered (NiceAgent *nice, guint stream_id, GstP2pIceAgent *self)
{
  call_on_context (self, handle_gathered, NULL, 0);
}

static void
on_nice_state (NiceAgent *nice, guint stream_id, guint component, guint state, GstP2pIceAgent *self)
{
  call_on_context (self, handle_state, NULL, state);
}

static void
on_nice_pair (NiceAgent *nice, guint stream_id, guint component, NiceCandidate *local,
              NiceCandidate *remote, GstP2pIceAgent *self)
{
  call_on_context (self, handle_pair, NULL, 0);
}

/* --- servers --- */

G_STATIC_ASSERT (GST_P2P_ICE_SERVER_MAX_TURN <= NICE_CANDIDATE_MAX_TURN_SERVERS);

static gboolean
add_server (GstP2pIceAgent *self, const gchar *uri, gboolean *has_relay, GError **error)
{
  g_autoptr (GstP2pIceServer) server = gst_p2p_ice_server_new (uri, error);
  gboolean tcp;

  if (!server)
    return FALSE;
  tcp = server->type == GST_P2P_ICE_SERVER_TURN_TCP;
  g_string_append_printf (self->servers, "%s%s:%s:%u%s", self->servers->len ? ", " : "",
                          server->type == GST_P2P_ICE_SERVER_STUN ? "stun" : "turn", server->host,
                          server->port, tcp ? " over TCP" : "");
  if (server->type == GST_P2P_ICE_SERVER_STUN)
    {
      g_autofree gchar *present = NULL;

      g_object_get (self->nice, "stun-server", &present, NULL);
      if (present && *present)
        GST_INFO_OBJECT (self->owner, "only one STUN server can be used; not %s", server->host);
      else
        g_object_set (self->nice, "stun-server", server->host, "stun-server-port", server->port,
                      NULL);
      return TRUE;
    }
  if (*has_relay && g_strcmp0 (self->relay_protocol, tcp ? "tcp" : "udp") != 0)
    self->relay_protocol = NULL;
  else
    self->relay_protocol = tcp ? "tcp" : "udp";
  if (!nice_agent_set_relay_info (self->nice, self->stream_id, COMPONENT, server->host,
                                  server->port, server->user, server->password,
                                  tcp ? NICE_RELAY_TYPE_TURN_TCP : NICE_RELAY_TYPE_TURN_UDP))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "too many TURN servers: at most %d can be used",
                   NICE_CANDIDATE_MAX_TURN_SERVERS);
      return FALSE;
    }
  *has_relay = TRUE;
  return TRUE;
}

static gboolean
add_servers (GstP2pIceAgent *self, const GstP2pIceConfig *config, GError **error)
{
  gboolean has_relay = FALSE;
  guint i;

  for (i = 0; config->stun_servers && config->stun_servers[i]; i++)
    {
      if (!add_server (self, config->stun_servers[i], &has_relay, error))
        return FALSE;
    }
  for (i = 0; config->turn_servers && config->turn_servers[i]; i++)
    {
      if (!add_server (self, config->turn_servers[i], &has_relay, error))
        return FALSE;
    }
  if (config->policy == GST_P2P_ICE_POLICY_RELAY && !has_relay)
    {
      g_set_error_literal (
          error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
          "The ICE transport policy \"relay\" needs a TURN server, and none is set");
      return FALSE;
    }
  return TRUE;
}

static gboolean
set_ports (GstP2pIceAgent *self, const GstP2pIceConfig *config, GError **error)
{
  guint max = config->max_port ? config->max_port : 65535;

  if (config->min_port == 0 && config->max_port == 0)
    return TRUE;
  if (config->min_port > max || max > 65535)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "The range of local ports, %u to %u, is empty", config->min_port, max);
      return FALSE;
    }
  nice_agent_set_port_range (self->nice, self->stream_id, COMPONENT, MAX (config->min_port, 1),
                             max);
  return TRUE;
}

static void
add_address (gpointer text, gpointer user_data)
{
  GstP2pIceAgent *self = user_data;
  NiceAddress address;

  nice_address_init (&address);
  if (nice_address_set_from_string (&address, text))
    nice_agent_add_local_address (self->nice, &address);
}

/* libnice leaves the loopback interface out, which is right unless there is no other: on a machine
 * without a network, or in a namespace, both peers are on the machine. And it takes all that there
 * are of the others. */
static void
add_addresses (GstP2pIceAgent *self)
{
  GList *addresses = nice_interfaces_get_local_ips (FALSE);
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();

  if (!addresses)
    {
      g_ptr_array_add (chosen, (gpointer) "127.0.0.1");
      g_ptr_array_add (chosen, (gpointer) "::1");
    }
  else if (gst_p2p_addresses_choose (addresses, chosen))
    {
      GST_INFO_OBJECT (self->owner, "%u of %u local addresses are used", chosen->len,
                       g_list_length (addresses));
    }
  g_ptr_array_foreach (chosen, add_address, self);
  g_list_free_full (addresses, g_free);
}

gboolean
gst_p2p_ice_agent_start (GstP2pIceAgent *self, const GstP2pIceConfig *config, GError **error)
{
  g_object_set (self->nice, "ice-tcp", config->tcp, "force-relay",
                config->policy == GST_P2P_ICE_POLICY_RELAY, NULL);
  self->uses_tcp = config->tcp && config->policy != GST_P2P_ICE_POLICY_RELAY;
  if (!add_servers (self, config, error) || !set_ports (self, config, error))
    return FALSE;
  add_addresses (self);
  if (!nice_agent_gather_candidates (self->nice, self->stream_id))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_NO_PATH, "no local address can be used%s",
                   config->min_port || config->max_port ? " with a port of the configured range"
                                                        : "");
      return FALSE;
    }
  return TRUE;
}

const gchar *
gst_p2p_ice_agent_get_ufrag (GstP2pIceAgent *self)
{
  return self->ufrag;
}

const gchar *
gst_p2p_ice_agent_get_pwd (GstP2pIceAgent *self)
{
  return self->pwd;
}

NiceAgent *
gst_p2p_ice_agent_get_nice (GstP2pIceAgent *self)
{
  return self->nice;
}

guint
gst_p2p_ice_agent_get_stream_id (GstP2pIceAgent *self)
{
  return self->stream_id;
}

gboolean
gst_p2p_ice_agent_set_remote (GstP2pIceAgent *self, const gchar *ufrag, const gchar *pwd,
                              GError **error)
{
  if (nice_agent_set_remote_credentials (self->nice, self->stream_id, ufrag, pwd))
    return TRUE;
  g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                       "The ICE library refuses the peer's credentials");
  return FALSE;
}

/* libnice 0.1.21 compares a missing tcptype as if it were there, which is a critical warning. */
static gboolean
is_tcp_without_type (const gchar *candidate)
{
  g_auto (GStrv) words = g_strsplit (candidate, " ", 8);

  return g_strv_length (words) > 2 && g_ascii_strcasecmp (words[2], "tcp") == 0
         && !strstr (candidate, " tcptype ");
}

/* A remote TCP candidate is of no use without a local one, and costs the time that hold_tcp() tells
 * of. */
static gboolean
can_use (GstP2pIceAgent *self, const NiceCandidate *candidate)
{
  return candidate->component_id == COMPONENT && nice_address_get_port (&candidate->addr) != 0
         && (candidate->transport == NICE_CANDIDATE_TRANSPORT_UDP || self->uses_tcp);
}

/* Takes @candidate. */
static void
give_to_libnice (GstP2pIceAgent *self, NiceCandidate *candidate)
{
  GSList list = { .data = candidate };

  nice_agent_set_remote_candidates (self->nice, self->stream_id, COMPONENT, &list);
  nice_candidate_free (candidate);
}

gboolean
gst_p2p_ice_agent_add_remote_candidate (GstP2pIceAgent *self, const gchar *candidate,
                                        GError **error)
{
  g_autofree gchar *line = NULL;
  NiceCandidate *parsed;

  if (!gst_p2p_candidate_validate (candidate, error))
    return FALSE;
  if (!*candidate)
    {
      self->remote_gathered = TRUE;
      nice_agent_peer_candidate_gathering_done (self->nice, self->stream_id);
      check_failed (self);
      return TRUE;
    }
  if (self->n_remote_total >= GST_P2P_MAX_CANDIDATES)
    {
      GST_INFO_OBJECT (self->owner, "one more than can be used: the remote %s", candidate);
      return TRUE;
    }
  self->n_remote_total++;
  line = g_strconcat ("a=", candidate, NULL);
  parsed = is_tcp_without_type (candidate)
               ? NULL
               : nice_agent_parse_remote_candidate_sdp (self->nice, self->stream_id, line);
  if (!parsed || !can_use (self, parsed))
    {
      GST_INFO_OBJECT (self->owner, "cannot use the remote %s", candidate);
      g_clear_pointer (&parsed, nice_candidate_free);
      return TRUE;
    }
  GST_DEBUG_OBJECT (self->owner, "remote %s", candidate);
  self->n_remote[MIN ((guint)parsed->type, 3)]++;
  if (parsed->transport == NICE_CANDIDATE_TRANSPORT_UDP || !self->controlling)
    give_to_libnice (self, parsed);
  else if (self->was_connected)
    nice_candidate_free (parsed);
  else
    hold_tcp (self, parsed);
  return TRUE;
}

static void
add_candidate_stats (GstStructure *stats, const gchar *side, NiceCandidate *candidate)
{
  g_autofree gchar *type = g_strconcat (side, "-candidate-type", NULL);
  g_autofree gchar *address = g_strconcat (side, "-address", NULL);
  g_autofree gchar *text = NULL;
  gchar host[NICE_ADDRESS_STRING_LEN];
  guint port = nice_address_get_port (&candidate->addr);

  nice_address_to_string (&candidate->addr, host);
  text = g_strdup_printf (nice_address_ip_version (&candidate->addr) == 6 ? "[%s]:%u" : "%s:%u",
                          host, port);
  gst_structure_set (stats, type, G_TYPE_STRING, type_name (candidate->type), address,
                     G_TYPE_STRING, text, NULL);
}

void
gst_p2p_ice_agent_add_stats (GstP2pIceAgent *self, GstStructure *stats)
{
  NiceCandidate *local = NULL;
  NiceCandidate *remote = NULL;

  if (!nice_agent_get_selected_pair (self->nice, self->stream_id, COMPONENT, &local, &remote))
    return;
  add_candidate_stats (stats, "local", local);
  add_candidate_stats (stats, "remote", remote);
  gst_structure_set (stats, "protocol", G_TYPE_STRING,
                     local->transport == NICE_CANDIDATE_TRANSPORT_UDP ? "udp" : "tcp", NULL);
  if (local->type == NICE_CANDIDATE_TYPE_RELAYED && self->relay_protocol)
    gst_structure_set (stats, "relay-protocol", G_TYPE_STRING, self->relay_protocol, NULL);
}

/* --- the end --- */

/* libnice's answer and the timeout both come here; the first of them counts. */
static void
set_closed (GstP2pIceAgent *self)
{
  GstP2pIceAgentClosedFunc closed = g_steal_pointer (&self->closed);

  gst_p2p_clear_source (&self->close_timeout);
  if (closed)
    closed (self->closed_data);
}

static void
on_nice_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GstP2pIceAgent) self = user_data;

  set_closed (self);
}

static gboolean
on_close_timeout (gpointer user_data)
{
  GstP2pIceAgent *self = user_data;

  GST_INFO_OBJECT (self->owner, "a TURN server does not confirm the end of an allocation");
  set_closed (self);
  return G_SOURCE_REMOVE;
}

void
gst_p2p_ice_agent_stop (GstP2pIceAgent *self, GstP2pIceAgentClosedFunc closed, gpointer user_data)
{
  if (self->is_stopped)
    return;
  self->is_stopped = TRUE;
  self->closed = closed;
  self->closed_data = user_data;
  drop_waiting_tcp (self);
  g_signal_handlers_disconnect_by_data (self->nice, self);

  self->close_timeout = g_timeout_source_new (CLOSE_TIMEOUT_MS);
  g_source_set_callback (self->close_timeout, on_close_timeout, g_object_ref (self),
                         g_object_unref);
  g_source_attach (self->close_timeout, self->context);

  g_object_set (self->nice, "stun-initial-timeout", CLOSE_RETRY_MS, "stun-max-retransmissions",
                CLOSE_MAX_REQUESTS, NULL);

  /* the callback comes on the context that is the thread's default one now */
  g_main_context_push_thread_default (self->context);
  nice_agent_close_async (self->nice, on_nice_closed, g_object_ref (self));
  g_main_context_pop_thread_default (self->context);
}

/* --- GObject --- */

static void
gst_p2p_ice_agent_finalize (GObject *object)
{
  GstP2pIceAgent *self = GST_P2P_ICE_AGENT (object);

  drop_waiting_tcp (self);
  g_clear_object (&self->nice);
  g_clear_pointer (&self->close_timeout, g_source_unref);
  g_main_context_unref (self->context);
  g_string_free (self->servers, TRUE);
  g_free (self->ufrag);
  gst_p2p_secret_text_free (self->pwd);
  G_OBJECT_CLASS (gst_p2p_ice_agent_parent_class)->finalize (object);
}

static void
gst_p2p_ice_agent_class_init (GstP2pIceAgentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  gst_p2p_log_init ();
  object_class->finalize = gst_p2p_ice_agent_finalize;
  signals[SIGNAL_CANDIDATE] = g_signal_new ("candidate", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_CONNECTED]
      = g_signal_new ("connected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_PAIR_SELECTED] = g_signal_new ("pair-selected", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 0);
}

static void
gst_p2p_ice_agent_init (GstP2pIceAgent *self)
{
  self->servers = g_string_new (NULL);
}

GstP2pIceAgent *
gst_p2p_ice_agent_new (gpointer owner, GMainContext *context, gboolean controlling)
{
  GstP2pIceAgent *self = g_object_new (GST_TYPE_P2P_ICE_AGENT, NULL);

  self->owner = owner;
  self->context = g_main_context_ref (context);
  self->controlling = controlling;
  self->nice
      = nice_agent_new_full (context, NICE_COMPATIBILITY_RFC5245, NICE_AGENT_OPTION_ICE_TRICKLE);
  g_object_set (self->nice, "controlling-mode", controlling, "upnp", FALSE, "stun-pacing-timer",
                PACING_MS, "stun-max-retransmissions", MAX_RETRANSMISSIONS, "keepalive-conncheck",
                TRUE, "max-connectivity-checks", MAX_CHECKS, NULL);
  self->stream_id = nice_agent_add_stream (self->nice, 1);
  nice_agent_get_local_credentials (self->nice, self->stream_id, &self->ufrag, &self->pwd);

  g_signal_connect_object (self->nice, "new-candidate-full", G_CALLBACK (on_nice_candidate), self,
                           0);
  g_signal_connect_object (self->nice, "candidate-gathering-done", G_CALLBACK (on_nice_gathered),
                           self, 0);
  g_signal_connect_object (self->nice, "component-state-changed", G_CALLBACK (on_nice_state), self,
                           0);
  g_signal_connect_object (self->nice, "new-selected-pair-full", G_CALLBACK (on_nice_pair), self,
                           0);
  return self;
}
