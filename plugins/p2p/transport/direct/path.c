/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * path: see path.h.
 */
#include "plugins/p2p/transport/direct/path.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/timer.h"
#include "plugins/p2p/base/earlypackets.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/transport/direct/dtls.h"
#include "plugins/p2p/transport/iceagent.h"
#include "plugins/p2p/transport/liveness.h"
#include "plugins/p2p/transport/udp/batch.h"
#include "plugins/p2p/transport/udp/tap.h"

#define GST_CAT_DEFAULT gst_p2p_path_debug

#define COMPONENT 1

/* What a TURN server's relayed path adds: the longer of a Send indication (RFC 8656 section 11:
 * header 20, XOR-PEER-ADDRESS 24, DATA 4 and padding 3) and ChannelData; ICE-TCP's two bytes of
 * length (RFC 4571) are less. */
#define RELAY_OVERHEAD 52
/* How many datagrams are kept until start_dtls(), more than a first flight has. */
#define MAX_EARLY_DATAGRAMS 16

struct _GstP2pDirectPath
{
  /* const */
  gpointer owner; /* what log lines are about; nullable, outlives this */
  GMainContext *context;
  GstP2pRole role;
  GstP2pIdentity *identity;
  GstP2pDirectPathFuncs funcs;
  gpointer user_data;

  /* the context's thread */
  GstP2pIceAgent *ice;
  GstP2pUdpBatch *batch;
  GstP2pUdpTap *tap;  /* nullable */
  NiceAddress sender; /* the last sender that was known to ICE */
  GstP2pDirectDtls *dtls;
  GstP2pDebugFile *key_log; /* nullable, borrowed */
  GSource *dtls_timer;
  GSource *idle; /* made ready when libnice gave datagrams */
  GstP2pLiveness *liveness;
  GstP2pEarlyPackets early; /* GBytes */
  gboolean found;           /* by ICE */
  gboolean dtls_started;
  gboolean dtls_reported; /* that it connected */
  gboolean over;          /* closed was called */
  gboolean stopped;
  gboolean relayed;
};

/* --- DTLS --- */

static void
end (GstP2pDirectPath *path, const GError *error)
{
  if (path->over)
    return;
  path->over = TRUE;
  g_source_set_ready_time (path->dtls_timer, -1);
  gst_p2p_liveness_stop (path->liveness);
  gst_p2p_udp_batch_flush (path->batch); /* the alert that says why */
  path->funcs.closed (error, path->user_data);
}

/* After anything that may have changed the handshake. */
static void
check_dtls (GstP2pDirectPath *path, GError *error)
{
  g_autoptr (GError) owned = error;
  GstP2pDirectDtlsState state = gst_p2p_direct_dtls_get_state (path->dtls);
  gint64 timeout_us;

  if (error || state == GST_P2P_DIRECT_DTLS_CLOSED)
    {
      end (path, error);
      return;
    }
  timeout_us = gst_p2p_direct_dtls_get_timeout (path->dtls);
  g_source_set_ready_time (path->dtls_timer,
                           timeout_us < 0 ? -1 : g_get_monotonic_time () + timeout_us);
  if (state == GST_P2P_DIRECT_DTLS_CONNECTED && !path->dtls_reported)
    {
      path->dtls_reported = TRUE;
      GST_INFO_OBJECT (path->owner, "DTLS connected, %s",
                       gst_p2p_direct_dtls_get_cipher (path->dtls));
      path->funcs.connected (gst_p2p_direct_dtls_get_peer_fingerprint (path->dtls),
                             path->user_data);
    }
}

static void
on_dtls_send (const guint8 *data, gsize size, gpointer user_data)
{
  GstP2pDirectPath *path = user_data;

  gst_p2p_udp_batch_append (path->batch, data, size);
}

static void
on_dtls_receive (guint8 *data, gsize size, gpointer user_data)
{
  GstP2pDirectPath *path = user_data;

  gst_p2p_liveness_heard (path->liveness);
  path->funcs.packet (data, size, path->user_data);
}

static void
feed_dtls (GstP2pDirectPath *path, const guint8 *data, gsize size)
{
  GError *error = NULL;

  if (path->over || !path->dtls)
    return;
  gst_p2p_direct_dtls_feed (path->dtls, data, size, &error);
  if (G_UNLIKELY (error || !path->dtls_reported
                  || gst_p2p_direct_dtls_get_state (path->dtls) != GST_P2P_DIRECT_DTLS_CONNECTED))
    check_dtls (path, error);
}

static gboolean
on_dtls_timer (gpointer user_data)
{
  GstP2pDirectPath *path = user_data;
  GError *error = NULL;

  gst_p2p_direct_dtls_handle_timeout (path->dtls, &error);
  check_dtls (path, error);
  gst_p2p_udp_batch_flush (path->batch);
  return G_SOURCE_CONTINUE;
}

static void
on_lost (const GError *error, gpointer user_data)
{
  end (user_data, error);
}

/* --- datagrams --- */

static void
handle_datagram (GstP2pDirectPath *path, const guint8 *data, gsize size)
{
  if (path->dtls_started)
    feed_dtls (path, data, size);
  else if (!gst_p2p_early_packets_is_full (&path->early) && size <= GST_P2P_DTLS_MAX_PLAINTEXT)
    gst_p2p_early_packets_push (&path->early, g_bytes_new (data, size));
}

static gboolean
on_idle (gpointer user_data)
{
  GstP2pDirectPath *path = user_data;

  path->funcs.idle (path->user_data);
  gst_p2p_udp_batch_flush (path->batch);
  return G_SOURCE_CONTINUE;
}

static void
on_nice_receive (NiceAgent *nice, guint stream_id, guint component, guint size, gchar *data,
                 gpointer user_data)
{
  GstP2pDirectPath *path = user_data;

  handle_datagram (path, (guint8 *)data, size);
  /* libnice gives all datagrams that are there before another source is dispatched. */
  g_source_set_ready_time (path->idle, 0);
}

/* The receiver after the end. Without one libnice would read nothing: no TURN server's confirmation
 * would come, and the sockets would stay readable and keep the context busy. */
static void
on_nice_discard (NiceAgent *nice, guint stream_id, guint component, guint size, gchar *data,
                 gpointer user_data)
{
}

/* Whether ICE knows a datagram's sender. libnice checks that for what it reads itself. The check is
 * needed because DTLS authenticates nothing before the handshake is done. */
static gboolean
is_known (GstP2pDirectPath *path, const struct sockaddr_storage *from)
{
  NiceAddress address;
  GSList *candidates;

  nice_address_init (&address);
  nice_address_set_from_sockaddr (&address, (const struct sockaddr *)from);
  if (nice_address_equal (&address, &path->sender))
    return TRUE;

  candidates
      = nice_agent_get_remote_candidates (gst_p2p_ice_agent_get_nice (path->ice),
                                          gst_p2p_ice_agent_get_stream_id (path->ice), COMPONENT);
  for (GSList *item = candidates; item; item = item->next)
    {
      NiceCandidate *candidate = item->data;

      if (nice_address_equal (&address, &candidate->addr))
        path->sender = address;
    }
  g_slist_free_full (candidates, (GDestroyNotify)nice_candidate_free);
  return nice_address_equal (&address, &path->sender);
}

static void
on_tapped (guint8 *datagrams, gsize size, gsize segment_size, const struct sockaddr_storage *from,
           gpointer user_data)
{
  GstP2pDirectPath *path = user_data;

  if (!is_known (path, from))
    return;
  for (gsize offset = 0; offset < size; offset += segment_size)
    handle_datagram (path, datagrams + offset, MIN (segment_size, size - offset));
}

static void
on_tap_done (gpointer user_data)
{
  GstP2pDirectPath *path = user_data;

  path->funcs.idle (path->user_data);
  gst_p2p_udp_batch_flush (path->batch);
}

/* Sends where there is no plain UDP socket. What libnice does not take is lost, as datagrams can
 * be. */
static void
on_batch_send (const GOutputVector *datagrams, guint n, gpointer user_data)
{
  GstP2pDirectPath *path = user_data;
  g_autofree NiceOutputMessage *messages = g_new (NiceOutputMessage, n);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    messages[i] = (NiceOutputMessage){ .buffers = (GOutputVector *)&datagrams[i], .n_buffers = 1 };
  nice_agent_send_messages_nonblocking (gst_p2p_ice_agent_get_nice (path->ice),
                                        gst_p2p_ice_agent_get_stream_id (path->ice), COMPONENT,
                                        messages, n, NULL, &error);
  if (error)
    GST_DEBUG_OBJECT (path->owner, "libnice does not send: %s", error->message);
}

/* --- ICE --- */

static void
set_tap (GstP2pDirectPath *path, GSocket *socket)
{
  if (path->tap && gst_p2p_udp_tap_get_socket (path->tap) == socket)
    return;
  g_clear_pointer (&path->tap, gst_p2p_udp_tap_free);
  if (socket)
    path->tap
        = gst_p2p_udp_tap_new (path->owner, path->context, socket, on_tapped, on_tap_done, path);
}

/* Takes the selected pair's socket and remote address, if it is one of plain UDP. */
static void
follow_selected_pair (GstP2pDirectPath *path)
{
  NiceAgent *nice = gst_p2p_ice_agent_get_nice (path->ice);
  guint stream_id = gst_p2p_ice_agent_get_stream_id (path->ice);
  g_autoptr (GSocket) socket = nice_agent_get_selected_socket (nice, stream_id, COMPONENT);
  NiceCandidate *local, *remote;
  union
  {
    struct sockaddr address;
    struct sockaddr_storage storage;
  } to = { 0 };

  if (!nice_agent_get_selected_pair (nice, stream_id, COMPONENT, &local, &remote))
    return;
  if (socket && g_socket_get_socket_type (socket) != G_SOCKET_TYPE_DATAGRAM)
    g_clear_object (&socket);
  path->relayed = local->type == NICE_CANDIDATE_TYPE_RELAYED;
  nice_address_copy_to_sockaddr (&remote->addr, &to.address);
  gst_p2p_udp_batch_set_path (path->batch, socket, &to.storage);
  set_tap (path, socket);
  GST_INFO_OBJECT (path->owner, "%s, %s", socket ? "plain UDP" : "through libnice",
                   path->tap ? "tapped" : "not tapped");
}

static void
on_ice_candidate (GstP2pIceAgent *ice, const gchar *candidate, GstP2pDirectPath *path)
{
  path->funcs.candidate (candidate, path->user_data);
}

static void
on_ice_connected (GstP2pIceAgent *ice, GstP2pDirectPath *path)
{
  path->found = TRUE;
  follow_selected_pair (path);
  path->funcs.found (path->user_data);
}

static void
on_ice_failed (GstP2pIceAgent *ice, const gchar *tried, GstP2pDirectPath *path)
{
  g_autoptr (GError) error = NULL;

  if (!path->found)
    {
      path->funcs.lost (tried, path->user_data);
      return;
    }
  error = g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_LOST,
                               "the connection is lost: the peer does not answer ICE any more");
  end (path, error);
}

static void
on_ice_pair_selected (GstP2pIceAgent *ice, GstP2pDirectPath *path)
{
  follow_selected_pair (path);
  path->funcs.selected (path->user_data);
}

/* --- life --- */

GstP2pDirectPath *
gst_p2p_direct_path_new (gpointer owner, GMainContext *context, GstP2pRole role,
                         GstP2pIdentity *identity, const GstP2pDirectPathFuncs *funcs,
                         gpointer user_data)
{
  static const GstP2pLivenessFuncs liveness_funcs = { .lost = on_lost };
  GstP2pDirectPath *path = g_new0 (GstP2pDirectPath, 1);

  gst_p2p_log_init ();

  path->owner = owner;
  path->context = g_main_context_ref (context);
  path->role = role;
  path->identity = gst_p2p_identity_ref (identity);
  path->funcs = *funcs;
  path->user_data = user_data;
  gst_p2p_early_packets_init (&path->early, MAX_EARLY_DATAGRAMS, (GDestroyNotify)g_bytes_unref);
  nice_address_init (&path->sender);
  path->batch = gst_p2p_udp_batch_new (owner, context, on_batch_send, path);
  path->dtls_timer = gst_p2p_timer_new (context, on_dtls_timer, path);
  path->idle = gst_p2p_timer_new (context, on_idle, path);
  path->liveness = gst_p2p_liveness_new (context, &liveness_funcs, path);

  path->ice = gst_p2p_ice_agent_new (owner, context, role == GST_P2P_ROLE_INITIATOR);
  g_signal_connect (path->ice, "candidate", G_CALLBACK (on_ice_candidate), path);
  g_signal_connect (path->ice, "connected", G_CALLBACK (on_ice_connected), path);
  g_signal_connect (path->ice, "failed", G_CALLBACK (on_ice_failed), path);
  g_signal_connect (path->ice, "pair-selected", G_CALLBACK (on_ice_pair_selected), path);
  return path;
}

void
gst_p2p_direct_path_free (GstP2pDirectPath *path)
{
  if (!path)
    return;

  gst_p2p_clear_source (&path->dtls_timer);
  gst_p2p_clear_source (&path->idle);
  gst_p2p_liveness_free (path->liveness);
  gst_p2p_udp_tap_free (path->tap);
  gst_p2p_udp_batch_free (path->batch);
  gst_p2p_direct_dtls_free (path->dtls);
  g_signal_handlers_disconnect_by_data (path->ice, path);
  g_object_unref (path->ice);
  gst_p2p_early_packets_clear (&path->early);
  gst_p2p_identity_unref (path->identity);
  g_main_context_unref (path->context);
  g_free (path);
}

void
gst_p2p_direct_path_set_key_log (GstP2pDirectPath *path, GstP2pDebugFile *log)
{
  path->key_log = log;
}

gboolean
gst_p2p_direct_path_start (GstP2pDirectPath *path, const GstP2pIceConfig *config, GError **error)
{
  nice_agent_attach_recv (gst_p2p_ice_agent_get_nice (path->ice),
                          gst_p2p_ice_agent_get_stream_id (path->ice), COMPONENT, path->context,
                          on_nice_receive, path);
  return gst_p2p_ice_agent_start (path->ice, config, error);
}

const gchar *
gst_p2p_direct_path_get_ufrag (GstP2pDirectPath *path)
{
  return gst_p2p_ice_agent_get_ufrag (path->ice);
}

const gchar *
gst_p2p_direct_path_get_pwd (GstP2pDirectPath *path)
{
  return gst_p2p_ice_agent_get_pwd (path->ice);
}

gboolean
gst_p2p_direct_path_set_remote (GstP2pDirectPath *path, GstP2pDescription *description,
                                GError **error)
{
  static const GstP2pDirectDtlsFuncs funcs = { .send = on_dtls_send, .receive = on_dtls_receive };
  gboolean srtp;

  if (path->dtls)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                           "The peer described itself twice");
      return FALSE;
    }
  /* A peer that lists framings may use the stock elements, which need use_srtp (docs/wire.md). */
  srtp = *gst_p2p_description_get_framings (description) != NULL;
  path->dtls = gst_p2p_direct_dtls_new (path->identity, path->role == GST_P2P_ROLE_INITIATOR, srtp,
                                        gst_p2p_description_get_fingerprint (description), &funcs,
                                        path, error);
  if (path->dtls)
    gst_p2p_direct_dtls_set_key_log (path->dtls, path->key_log);
  return path->dtls
         && gst_p2p_ice_agent_set_remote (path->ice, gst_p2p_description_get_ufrag (description),
                                          gst_p2p_description_get_pwd (description), error);
}

gboolean
gst_p2p_direct_path_add_remote_candidate (GstP2pDirectPath *path, const gchar *candidate,
                                          GError **error)
{
  return gst_p2p_ice_agent_add_remote_candidate (path->ice, candidate, error);
}

void
gst_p2p_direct_path_start_dtls (GstP2pDirectPath *path)
{
  GError *error = NULL;
  GBytes *datagram;

  if (path->dtls_started || !path->dtls || path->over)
    return;
  path->dtls_started = TRUE;

  gst_p2p_direct_dtls_start (path->dtls, &error);
  check_dtls (path, error);
  while ((datagram = gst_p2p_early_packets_pop (&path->early)))
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (datagram, &size);

      feed_dtls (path, data, size);
      g_bytes_unref (datagram);
    }
  gst_p2p_udp_batch_flush (path->batch);
}

const gchar *
gst_p2p_direct_path_get_peer_fingerprint (GstP2pDirectPath *path)
{
  return path->dtls ? gst_p2p_direct_dtls_get_peer_fingerprint (path->dtls) : NULL;
}

guint
gst_p2p_direct_path_get_max_packet_size (GstP2pDirectPath *path)
{
  guint size = GST_P2P_MAX_DATAGRAM_SIZE - GST_P2P_DIRECT_DTLS_OVERHEAD;

  if (path->relayed)
    size -= RELAY_OVERHEAD;
  return size & ~3u;
}

void
gst_p2p_direct_path_send (GstP2pDirectPath *path, const guint8 *packet, gsize size)
{
  GError *error = NULL;

  if (path->over || !path->dtls_reported)
    return;
  if (!gst_p2p_direct_dtls_send (path->dtls, packet, size, &error))
    check_dtls (path, error);
}

void
gst_p2p_direct_path_flush (GstP2pDirectPath *path)
{
  gst_p2p_udp_batch_flush (path->batch);
}

void
gst_p2p_direct_path_watch (GstP2pDirectPath *path)
{
  if (!path->over)
    gst_p2p_liveness_watch (path->liveness);
}

void
gst_p2p_direct_path_add_stats (GstP2pDirectPath *path, GstStructure *stats)
{
  const gchar *cipher = path->dtls ? gst_p2p_direct_dtls_get_cipher (path->dtls) : NULL;

  gst_p2p_ice_agent_add_stats (path->ice, stats);
  if (cipher)
    gst_structure_set (stats, "cipher", G_TYPE_STRING, cipher, NULL);
}

void
gst_p2p_direct_path_stop (GstP2pDirectPath *path, void (*stopped) (gpointer user_data),
                          gpointer user_data)
{
  if (path->stopped)
    return;
  path->stopped = TRUE;
  path->over = TRUE;

  if (path->dtls)
    gst_p2p_direct_dtls_close (path->dtls);
  gst_p2p_udp_batch_flush (path->batch);
  gst_p2p_udp_batch_set_path (path->batch, NULL, NULL);
  set_tap (path, NULL);
  g_source_set_ready_time (path->dtls_timer, -1);
  g_source_set_ready_time (path->idle, -1);
  gst_p2p_liveness_stop (path->liveness);
  g_signal_handlers_disconnect_by_data (path->ice, path);
  nice_agent_attach_recv (gst_p2p_ice_agent_get_nice (path->ice),
                          gst_p2p_ice_agent_get_stream_id (path->ice), COMPONENT, path->context,
                          on_nice_discard, NULL);
  gst_p2p_ice_agent_stop (path->ice, stopped, user_data);
}
