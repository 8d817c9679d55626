/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * element: see element.h.
 */
#include "plugins/p2p/transport/direct/element.h"

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/timer.h"
#include "gst/p2p/link/candidate.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/base/loop.h"
#include "plugins/p2p/base/owner.h"
#include "plugins/p2p/transport/capture.h"
#include "plugins/p2p/transport/direct/keylog.h"
#include "plugins/p2p/transport/direct/mux.h"
#include "plugins/p2p/transport/direct/path.h"
#include "plugins/p2p/transport/mailbox.h"

#define GST_CAT_DEFAULT gst_p2p_direct_debug

struct _GstP2pDirectElement
{
  GstElement parent;

  /* const */
  GstP2pBacklog *backlog;

  /* control thread */
  GstP2pLoop *io;       /* from NULL→READY to READY→NULL */
  GHashTable *channels; /* stream → GstP2pDirectChannel */
  guint32 remote_max_message_size;
  gboolean started;
  gboolean stopping;

  /* const after start() */
  GstP2pMailbox *mailbox;
  GstP2pDebugFile *key_log; /* nullable */
  GstP2pDebugFile *capture; /* nullable */

  /* I/O thread */
  GstP2pDirectPath *path;
  GstP2pDirectMux *mux;
  GSource *pump; /* made ready by any thread */
  GstP2pDescription *remote;
  gboolean stopped; /* the path is */
};

static void gst_p2p_direct_element_iface_init (GstP2pTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GstP2pDirectElement, gst_p2p_direct_element, GST_TYPE_ELEMENT,
                               G_IMPLEMENT_INTERFACE (GST_TYPE_P2P_TRANSPORT,
                                                      gst_p2p_direct_element_iface_init))

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink_%u", GST_PAD_SINK, GST_PAD_SOMETIMES, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS_ANY);

/* --- reports to the control thread; from any thread --- */

static void
post_peer_text (GstP2pDirectElement *self, GstP2pPeerEventType type, const gchar *text)
{
  GstP2pPeerEvent event = { .type = type, .text = text };

  gst_p2p_mailbox_post_peer (self->mailbox, &event);
}

static void
post_error (GstP2pDirectElement *self, const GError *error)
{
  GstP2pPeerEvent event = { .type = GST_P2P_PEER_EVENT_TRANSPORT_ERROR, .error = error };

  GST_INFO_OBJECT (self, "%s", error->message);
  gst_p2p_mailbox_post_peer (self->mailbox, &event);
}

static void
post_event (GstP2pDirectElement *self, GstP2pTransportEventType type, guint16 stream,
            GBytes *message)
{
  GstP2pTransportEvent event = { .type = type, .stream = stream, .message = message };

  gst_p2p_mailbox_post (self->mailbox, &event);
}

static void
on_mux_closed (const GError *error, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  if (error)
    post_error (self, error);
  else
    post_peer_text (self, GST_P2P_PEER_EVENT_TRANSPORT_CLOSED, NULL);
}

static void
on_path_closed (const GError *error, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  /* The peer's state machine compares fingerprints, so it is told the fingerprint and not the
   * error. */
  if (g_error_matches (error, GST_P2P_ERROR, GST_P2P_ERROR_FINGERPRINT))
    post_peer_text (self, GST_P2P_PEER_EVENT_DTLS_CONNECTED,
                    gst_p2p_direct_path_get_peer_fingerprint (self->path));
  else if (error)
    post_error (self, error);
  else
    gst_p2p_direct_mux_end (self->mux);
}

static void
on_candidate (const gchar *candidate, gpointer user_data)
{
  post_peer_text (user_data, GST_P2P_PEER_EVENT_LOCAL_CANDIDATE, candidate);
}

static void
on_found (gpointer user_data)
{
  post_peer_text (user_data, GST_P2P_PEER_EVENT_ICE_CONNECTED, NULL);
}

static void
on_lost (const gchar *tried, gpointer user_data)
{
  post_peer_text (user_data, GST_P2P_PEER_EVENT_ICE_FAILED, tried);
}

static void
on_selected (gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  gst_p2p_direct_mux_set_max_packet_size (self->mux,
                                          gst_p2p_direct_path_get_max_packet_size (self->path));
  post_event (self, GST_P2P_TRANSPORT_PAIR_SELECTED, 0, NULL);
}

static void
on_connected (const gchar *fingerprint, gpointer user_data)
{
  post_peer_text (user_data, GST_P2P_PEER_EVENT_DTLS_CONNECTED, fingerprint);
}

static void
on_packet (guint8 *data, gsize size, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  gst_p2p_capture_add (self->capture, GST_OBJECT (self), data, size, FALSE);
  gst_p2p_direct_mux_feed (self->mux, data, size);
}

static void
on_idle (gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  gst_p2p_direct_mux_process (self->mux);
}

static void
on_established (gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  gst_p2p_direct_path_watch (self->path); /* SCTP's heartbeats have begun */
  post_peer_text (self, GST_P2P_PEER_EVENT_SCTP_ESTABLISHED, NULL);
}

static void
on_dcep (guint16 stream, GBytes *message, gpointer user_data)
{
  post_event (user_data, GST_P2P_TRANSPORT_DCEP, stream, message);
}

static void
on_stream_data (guint16 stream, gpointer user_data)
{
  post_event (user_data, GST_P2P_TRANSPORT_STREAM_DATA, stream, NULL);
}

static void
on_channel_closed (guint16 stream, gpointer user_data)
{
  post_event (user_data, GST_P2P_TRANSPORT_CHANNEL_CLOSED, stream, NULL);
}

static void
on_mux_send (const guint8 *packet, gsize size, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  gst_p2p_capture_add (self->capture, GST_OBJECT (self), packet, size, TRUE);
  gst_p2p_direct_path_send (self->path, packet, size);
}

/* Any thread. */
static void
wakeup (gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  g_source_set_ready_time (self->pump, 0);
}

static gboolean
on_pump (gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  gst_p2p_direct_mux_process (self->mux);
  gst_p2p_direct_path_flush (self->path);
  return G_SOURCE_CONTINUE;
}

static guint32
gst_p2p_direct_element_get_max_message_size (GstP2pTransport *transport)
{
  return GST_P2P_SCTP_MAX_MESSAGE;
}

/* There is no limit but the peer's, since a message that is sent is never whole in one buffer. */
static guint32
gst_p2p_direct_element_get_max_sent_size (GstP2pTransport *transport)
{
  return G_MAXUINT32;
}

/* --- start --- */

typedef struct
{
  const GstP2pTransportConfig *config;
  GError *error;
} Start;

static gboolean
post_local_description (GstP2pDirectElement *self, const GstP2pTransportConfig *config,
                        GError **error)
{
  GstP2pPeerEvent event = { .type = GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION };
  const GstP2pDescriptionLimits limits = { .max_message_size = GST_P2P_SCTP_MAX_MESSAGE,
                                           .max_frame_size = config->max_frame_size,
                                           .max_in_flight = GST_P2P_MAX_IN_FLIGHT };
  g_autoptr (GstP2pDescription) description = gst_p2p_description_new (
      gst_p2p_direct_path_get_ufrag (self->path), gst_p2p_direct_path_get_pwd (self->path),
      gst_p2p_identity_get_fingerprint (config->identity), GST_P2P_DEFAULT_SCTP_PORT, &limits,
      config->framings, error);

  if (!description)
    return FALSE;
  event.description = description;
  gst_p2p_mailbox_post_peer (self->mailbox, &event);
  return TRUE;
}

static void
io_start (gpointer data, gpointer user_data)
{
  static const GstP2pDirectPathFuncs path_funcs = {
    .candidate = on_candidate,
    .found = on_found,
    .lost = on_lost,
    .selected = on_selected,
    .connected = on_connected,
    .closed = on_path_closed,
    .packet = on_packet,
    .idle = on_idle,
  };
  static const GstP2pDirectMuxFuncs mux_funcs = {
    .established = on_established,
    .closed = on_mux_closed,
    .dcep = on_dcep,
    .stream_data = on_stream_data,
    .channel_closed = on_channel_closed,
    .send = on_mux_send,
    .wakeup = wakeup,
  };
  GstP2pDirectElement *self = user_data;
  Start *start = data;
  GMainContext *context = gst_p2p_loop_get_context (self->io);

  self->pump = gst_p2p_timer_new (context, on_pump, self);
  self->mux = gst_p2p_direct_mux_new (self, context, self->backlog, &mux_funcs, self);
  self->path = gst_p2p_direct_path_new (self, context, start->config->role, start->config->identity,
                                        &path_funcs, self);
  gst_p2p_direct_path_set_key_log (self->path, self->key_log);
  if (post_local_description (self, start->config, &start->error))
    gst_p2p_direct_path_start (self->path, start->config->ice, &start->error);
}

static gboolean
gst_p2p_direct_element_start (GstP2pTransport *transport, const GstP2pTransportConfig *config,
                              GError **error)
{
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (transport);
  Start start = { .config = config };

  if (!self->io || self->started)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_FAILED,
                           "A transport is started once, and not in the state NULL");
      return FALSE;
    }
  self->started = TRUE;
  self->mailbox = gst_p2p_mailbox_new (transport, config->context, config->func, config->user_data);
  self->key_log = gst_p2p_direct_key_log_open (GST_ELEMENT (self));
  self->capture = gst_p2p_capture_open (GST_ELEMENT (self));
  gst_p2p_loop_call (self->io, io_start, &start, self);
  if (!start.error)
    return TRUE;
  g_propagate_error (error, start.error);
  return FALSE;
}

/* --- calls that are carried over --- */

static void
io_set_remote_description (gpointer data, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;
  GstP2pDescription *description = data;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->remote, gst_p2p_description_unref);
  self->remote = gst_p2p_description_ref (description);
  if (!gst_p2p_direct_path_set_remote (self->path, description, &error))
    post_error (self, error);
}

static gboolean
gst_p2p_direct_element_set_remote_description (GstP2pTransport *transport,
                                               GstP2pDescription *description, GError **error)
{
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (transport);

  self->remote_max_message_size = gst_p2p_description_get_max_message_size (description);
  gst_p2p_loop_post (self->io, io_set_remote_description, gst_p2p_description_ref (description),
                     self, (GDestroyNotify)gst_p2p_description_unref);
  return TRUE;
}

static void
io_add_remote_candidate (gpointer data, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!gst_p2p_direct_path_add_remote_candidate (self->path, data, &error))
    post_error (self, error);
}

static gboolean
gst_p2p_direct_element_add_remote_candidate (GstP2pTransport *transport, const gchar *candidate,
                                             GError **error)
{
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (transport);

  if (!gst_p2p_candidate_validate (candidate, error))
    return FALSE;
  gst_p2p_loop_post (self->io, io_add_remote_candidate, g_strdup (candidate), self, g_free);
  return TRUE;
}

static void
io_start_dtls (gpointer data, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  gst_p2p_direct_path_start_dtls (self->path);
}

static void
gst_p2p_direct_element_start_dtls (GstP2pTransport *transport)
{
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (transport);

  gst_p2p_loop_post (self->io, io_start_dtls, NULL, self, NULL);
}

static void
io_start_sctp (gpointer data, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!gst_p2p_direct_mux_connect (self->mux, GST_P2P_DEFAULT_SCTP_PORT, self->remote,
                                   gst_p2p_direct_path_get_max_packet_size (self->path), &error))
    post_error (self, error);
  on_pump (self);
}

static gboolean
gst_p2p_direct_element_start_sctp (GstP2pTransport *transport, GError **error)
{
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (transport);

  gst_p2p_loop_post (self->io, io_start_sctp, NULL, self, NULL);
  return TRUE;
}

typedef struct
{
  guint16 stream;
  GBytes *message;
} DcepMessage;

static void
dcep_message_free (gpointer data)
{
  DcepMessage *dcep = data;

  g_bytes_unref (dcep->message);
  g_free (dcep);
}

static GstP2pDirectChannel *
find_channel (GstP2pDirectElement *self, guint16 stream)
{
  return g_hash_table_lookup (self->channels, GUINT_TO_POINTER ((guint)stream));
}

/* For a stream without a channel. Posted like the other calls, so that it comes in their order. */
static void
io_send_dcep (gpointer data, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;
  DcepMessage *dcep = data;

  gst_p2p_direct_mux_send_dcep (self->mux, dcep->stream, dcep->message);
  on_pump (self);
}

static void
gst_p2p_direct_element_send_dcep (GstP2pTransport *transport, guint16 stream, GBytes *message)
{
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (transport);
  GstP2pDirectChannel *channel = find_channel (self, stream);
  DcepMessage *dcep;

  if (channel)
    {
      gst_p2p_direct_channel_send_dcep (channel, message);
      return;
    }
  dcep = g_new (DcepMessage, 1);
  dcep->stream = stream;
  dcep->message = g_bytes_ref (message);
  gst_p2p_loop_post (self->io, io_send_dcep, dcep, self, dcep_message_free);
}

/* --- channels --- */

/* Streaming thread. */
static void
on_channel_failed (const GError *error, gpointer user_data)
{
  post_error (user_data, error);
}

static void
post_channel (GstP2pDirectElement *self, GFunc func, GstP2pDirectChannel *channel)
{
  gst_p2p_loop_post (self->io, func, gst_p2p_direct_channel_ref (channel), self,
                     (GDestroyNotify)gst_p2p_direct_channel_unref);
}

static void
io_add_channel (gpointer data, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  gst_p2p_direct_mux_add (self->mux, data);
  on_pump (self);
}

static gboolean
gst_p2p_direct_element_open_channel (GstP2pTransport *transport, guint16 stream,
                                     const GstP2pChannelConfig *config, GstPad **sink, GstPad **src,
                                     GError **error)
{
  static const GstP2pDirectChannelFuncs funcs = { .wakeup = wakeup, .failed = on_channel_failed };
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (transport);
  GstP2pDirectChannel *channel;

  if (stream > GST_P2P_MAX_STREAM
      || g_hash_table_contains (self->channels, GUINT_TO_POINTER ((guint)stream)))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "Stream %u is in use, or above the limit of %u", stream, GST_P2P_MAX_STREAM);
      return FALSE;
    }

  channel = gst_p2p_direct_channel_new (stream, config, self->remote_max_message_size,
                                        self->backlog, &funcs, self);
  g_hash_table_insert (self->channels, GUINT_TO_POINTER ((guint)stream), channel);
  *sink = gst_p2p_direct_channel_get_sink (channel);
  *src = gst_p2p_direct_channel_get_src (channel);
  gst_pad_set_active (*sink, TRUE);
  gst_pad_set_active (*src, TRUE);
  gst_element_add_pad (GST_ELEMENT (self), *sink);
  gst_element_add_pad (GST_ELEMENT (self), *src);
  post_channel (self, io_add_channel, channel);
  return TRUE;
}

static void
gst_p2p_direct_element_activate_channel (GstP2pTransport *transport, guint16 stream)
{
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (transport);
  GstP2pDirectChannel *channel = find_channel (self, stream);

  if (channel)
    gst_p2p_direct_channel_activate (channel);
}

static void
io_close_channel (gpointer data, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  gst_p2p_direct_mux_close_channel (self->mux, data);
  on_pump (self);
}

static void
io_refuse_stream (gpointer data, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  gst_p2p_direct_mux_refuse (self->mux, GPOINTER_TO_UINT (data));
  on_pump (self);
}

static void
gst_p2p_direct_element_close_channel (GstP2pTransport *transport, guint16 stream)
{
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (transport);
  GstP2pDirectChannel *channel = find_channel (self, stream);

  if (channel)
    {
      gst_p2p_direct_channel_close (channel);
      post_channel (self, io_close_channel, channel);
    }
  else
    {
      gst_p2p_loop_post (self->io, io_refuse_stream, GUINT_TO_POINTER ((guint)stream), self, NULL);
    }
}

static void
io_remove_channel (gpointer data, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  gst_p2p_direct_mux_remove (self->mux, data);
  on_pump (self);
}

static void
gst_p2p_direct_element_release_channel (GstP2pTransport *transport, guint16 stream)
{
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (transport);
  GstP2pDirectChannel *channel = find_channel (self, stream);
  GstPad *sink, *src;

  if (!channel)
    return;
  sink = gst_p2p_direct_channel_get_sink (channel);
  src = gst_p2p_direct_channel_get_src (channel);
  gst_pad_set_active (sink, FALSE);
  gst_pad_set_active (src, FALSE);
  gst_element_remove_pad (GST_ELEMENT (self), sink);
  gst_element_remove_pad (GST_ELEMENT (self), src);
  post_channel (self, io_remove_channel, channel);
  g_hash_table_remove (self->channels, GUINT_TO_POINTER ((guint)stream));
}

/* --- stats --- */

static void
io_add_stats (gpointer data, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;
  GstP2pDirectAssociationStats stats;

  gst_p2p_direct_path_add_stats (self->path, data);
  gst_p2p_direct_mux_get_stats (self->mux, &stats);
  gst_structure_set (data, "rtt-us", G_TYPE_UINT64, stats.rtt_us, "congestion-window",
                     G_TYPE_UINT64, stats.congestion_window, "bytes-in-flight", G_TYPE_UINT64,
                     stats.bytes_in_flight, "retransmissions", G_TYPE_UINT64, stats.retransmissions,
                     NULL);
}

static GstStructure *
gst_p2p_direct_element_get_stats (GstP2pTransport *transport)
{
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (transport);
  GstStructure *stats = gst_structure_new_empty ("transport-stats");

  if (self->io && self->started && !self->stopping)
    gst_p2p_loop_call (self->io, io_add_stats, stats, self);
  return stats;
}

/* --- the end --- */

/* I/O thread */
static void
on_path_stopped (gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  self->stopped = TRUE;
  gst_p2p_mailbox_post (self->mailbox,
                        &(GstP2pTransportEvent){ .type = GST_P2P_TRANSPORT_STOPPED });
}

static void
io_stop (gpointer data, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  gst_p2p_direct_mux_close (self->mux);
  gst_p2p_direct_path_stop (self->path, on_path_stopped, self);
}

static gboolean
gst_p2p_direct_element_stop (GstP2pTransport *transport)
{
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (transport);

  if (!self->started)
    return FALSE;
  if (self->stopping)
    return TRUE;
  self->stopping = TRUE;
  gst_p2p_mailbox_close (self->mailbox);
  gst_p2p_loop_post (self->io, io_stop, NULL, self, NULL);
  return TRUE;
}

/* Does what is left to do if the owner did not wait for STOPPED. */
static void
io_finish (gpointer data, gpointer user_data)
{
  GstP2pDirectElement *self = user_data;

  while (!self->stopped)
    g_main_context_iteration (gst_p2p_loop_get_context (self->io), TRUE);
  gst_p2p_clear_source (&self->pump);
  g_clear_pointer (&self->mux, gst_p2p_direct_mux_free);
  g_clear_pointer (&self->path, gst_p2p_direct_path_free);
  g_clear_pointer (&self->remote, gst_p2p_description_unref);
}

/* Called after the pads are inactive, so that nothing makes the pump ready any more. */
static void
finish (GstP2pDirectElement *self)
{
  gst_p2p_direct_element_stop (GST_P2P_TRANSPORT (self));
  if (self->started)
    gst_p2p_loop_call (self->io, io_finish, NULL, self);
  if (self->io)
    gst_p2p_loop_stop (self->io);
  g_clear_pointer (&self->io, gst_p2p_loop_unref);
  g_clear_pointer (&self->mailbox, gst_p2p_mailbox_unref);
  g_clear_pointer (&self->key_log, gst_p2p_debug_file_unref);
  g_clear_pointer (&self->capture, gst_p2p_debug_file_unref);
  self->started = FALSE;
  self->stopping = FALSE;
  self->stopped = FALSE; /* the I/O thread is gone */
}

/* --- the element --- */

static void
remove_pads (GstP2pDirectElement *self)
{
  GHashTableIter iter;
  GstP2pDirectChannel *channel;

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&channel))
    {
      gst_element_remove_pad (GST_ELEMENT (self), gst_p2p_direct_channel_get_sink (channel));
      gst_element_remove_pad (GST_ELEMENT (self), gst_p2p_direct_channel_get_src (channel));
      g_hash_table_iter_remove (&iter);
    }
}

static GstStateChangeReturn
gst_p2p_direct_element_change_state (GstElement *element, GstStateChange transition)
{
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY)
    self->io = gst_p2p_loop_new ("p2p-io", gst_p2p_owner_find (self));

  result
      = GST_ELEMENT_CLASS (gst_p2p_direct_element_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_READY_TO_NULL)
    {
      remove_pads (self);
      finish (self);
    }
  return result;
}

static void
gst_p2p_direct_element_finalize (GObject *object)
{
  GstP2pDirectElement *self = GST_P2P_DIRECT_ELEMENT (object);

  g_hash_table_unref (self->channels);
  gst_p2p_backlog_unref (self->backlog);
  G_OBJECT_CLASS (gst_p2p_direct_element_parent_class)->finalize (object);
}

static void
gst_p2p_direct_element_class_init (GstP2pDirectElementClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  gst_p2p_log_init ();

  G_OBJECT_CLASS (klass)->finalize = gst_p2p_direct_element_finalize;
  element_class->change_state = gst_p2p_direct_element_change_state;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (
      element_class, "Direct peer-to-peer transport", "Network",
      "Carries messages between two peers over ICE, DTLS and SCTP, in one thread", "gst-p2p");
}

static void
gst_p2p_direct_element_init (GstP2pDirectElement *self)
{
  self->backlog = gst_p2p_backlog_new ();
  self->channels
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)gst_p2p_direct_channel_unref);
}

GstElement *
gst_p2p_direct_element_new (const gchar *name)
{
  return g_object_new (GST_TYPE_P2P_DIRECT_ELEMENT, "name", name, NULL);
}

static void
gst_p2p_direct_element_iface_init (GstP2pTransportInterface *iface)
{
  iface->get_max_message_size = gst_p2p_direct_element_get_max_message_size;
  iface->get_max_sent_size = gst_p2p_direct_element_get_max_sent_size;
  iface->start = gst_p2p_direct_element_start;
  iface->set_remote_description = gst_p2p_direct_element_set_remote_description;
  iface->add_remote_candidate = gst_p2p_direct_element_add_remote_candidate;
  iface->start_dtls = gst_p2p_direct_element_start_dtls;
  iface->start_sctp = gst_p2p_direct_element_start_sctp;
  iface->open_channel = gst_p2p_direct_element_open_channel;
  iface->activate_channel = gst_p2p_direct_element_activate_channel;
  iface->send_dcep = gst_p2p_direct_element_send_dcep;
  iface->close_channel = gst_p2p_direct_element_close_channel;
  iface->release_channel = gst_p2p_direct_element_release_channel;
  iface->get_stats = gst_p2p_direct_element_get_stats;
  iface->stop = gst_p2p_direct_element_stop;
}
