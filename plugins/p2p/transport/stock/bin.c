/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bin: the transport as a bin of the six stock elements.
 *
 *            ┌───────────────────────────────── bin ──────────────────────────────────┐
 *            │                                                                        │
 *            │ nicesrc ► gate_in ► dtlsdec ► gate_up ► sctpdec ► channel ─┐           │
 *            │            ┊                   ┊                  channel ─┼► src_%u   ┼►
 *   network  │            ┊                   ┊                                       │
 *            │            ┊                   ┊                  channel ◄┬─ sink_%u  ┼◄
 *            │ nicesink ◄ gate_out ◄ dtlsenc ◄ gate_down ◄ sctpenc ◄ channel ┘        │
 *            └────────────────────────────────────────────────────────────────────────┘
 *
 * Why there are gates (gate.h), and when each is shut:
 *
 *   gate_in    drops what cannot be the peer's, and refuses certificates that dtlsdec cannot take.
 *              Keeps packets until dtlsenc has started, since a ClientHello that reaches dtlsdec
 *              before is a fatal SSL error, and until it can be answered. Does not pass on what
 *              dtlsdec returns: EOS (close_notify) or an error would stop nicesrc's task, and with
 *              it ICE, since nicesrc answers STUN.
 *
 *   gate_up    lets nothing pass before the fingerprint was compared and the association has
 *              started: what comes earlier, an INIT or the answer to ours, is kept. Nothing passes
 *              after stop() either, when sctpdec would assert. In between, it holds back resets of
 *              streams until sctpdec has given everything, because a reset makes sctpdec throw its
 *              queue away.
 *
 *   gate_down  lowers the receive window when channels are full, and after stop() lets through
 *              the ABORT alone, and a close_notify after it.
 *
 *   gate_out   keeps the datagrams of the DTLS handshake, which are repeated (repeater.h) until the
 *              peer sends data; gate_down does the same with SCTP's, until it is established.
 *
 * sctpdec makes its pad for a stream with the first message, and holds a mutex under which nothing
 * may be sent. So the channel is made at that moment: its queue takes what comes, and gives it to
 * the application when that has opened, linked and activated the channel.
 *
 * The bin's state changes do not reach its elements. They are locked, and started one by one:
 * nicesrc and nicesink at once; dtlsenc of a server as soon as its key is there, and that of a
 * client when ICE is connected (an earlier ClientHello would be lost, and repeated after 1 s); SCTP
 * when the application says so. PLAYING→PAUSED changes nothing: a peer that is paused still
 * answers.
 *
 * No flow return, EOS or error message leaves the bin; they become one event.
 *
 * dtlsdec and dtlsenc log the SRTP keys that they derive. Nothing is encrypted with those keys.
 */
#include "plugins/p2p/transport/stock/bin.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/timer.h"
#include "gst/p2p/link/dtlsrecord.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/transport/capture.h"
#include "plugins/p2p/transport/iceagent.h"
#include "plugins/p2p/transport/mailbox.h"
#include "plugins/p2p/transport/stock/channels.h"
#include "plugins/p2p/transport/stock/dtls.h"
#include "plugins/p2p/transport/stock/handshake.h"
#include "plugins/p2p/transport/stock/reporter.h"
#include "plugins/p2p/transport/stock/sctp.h"

#define GST_CAT_DEFAULT gst_p2p_stock_debug

/* sctpdec gives larger messages in unmarked pieces. */
#define MAX_MESSAGE_SIZE 65536
/* How long close_notify may take to pass through two idle queues. */
#define GOODBYE_MS 100

#define DTLS_STATE_CLOSED 1
#define DTLS_STATE_FAILED 2
#define DTLS_STATE_CONNECTED 4

#define GST_TYPE_P2P_STOCK_BIN (gst_p2p_stock_bin_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pStockBin, gst_p2p_stock_bin, GST, P2P_STOCK_BIN, GstBin)

struct _GstP2pStockBin
{
  GstBin parent;

  /* const after start() */
  GMainContext *context;
  GstP2pRole role;
  GstP2pIdentity *identity;
  GstP2pMailbox *mailbox;
  GstP2pStockReporter *reporter;
  GstP2pIceAgent *ice;
  GstP2pStockHandshake *handshake;
  GstP2pStockSctp *sctp;
  GstElement *nicesrc, *nicesink;
  GstP2pDebugFile *capture; /* nullable */

  /* control thread; the elements are const once gate_in is open */
  gboolean started;
  gboolean ice_connected;
  gboolean dtls_wanted;
  gboolean dtls_started;
  gboolean stopped;
  GstP2pDescription *remote;
  GstElement *dtlsdec, *dtlsenc;
  GSource *goodbye_timer;
  gboolean goodbye_done;
};

static void gst_p2p_stock_bin_iface_init (GstP2pTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GstP2pStockBin, gst_p2p_stock_bin, GST_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (GST_TYPE_P2P_TRANSPORT,
                                                      gst_p2p_stock_bin_iface_init))

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink_%u", GST_PAD_SINK, GST_PAD_SOMETIMES, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS_ANY);

/* --- DTLS --- */

static void
on_dtls_connected (GstP2pStockBin *self, GstElement *dtlsdec)
{
  g_autofree gchar *fingerprint = NULL;
  g_autofree gchar *pem = NULL;

  if (!gst_p2p_stock_handshake_complete (self->handshake))
    return;
  /* at most 4096 bytes, else it would be cut: certificate.h */
  g_object_get (dtlsdec, "peer-pem", &pem, NULL);
  if (pem)
    fingerprint = gst_p2p_fingerprint_of_pem (pem, strlen (pem));
  gst_p2p_stock_reporter_post_peer (self->reporter, GST_P2P_PEER_EVENT_DTLS_CONNECTED, fingerprint);
}

/* Any thread. dtlsdec does not say why it failed. Before the end of the handshake the peer may have
 * no certificate, one that cannot be read, or one that is not its own. */
static void
report_dtls_failure (GstP2pStockBin *self)
{
  if (gst_p2p_stock_handshake_is_complete (self->handshake))
    gst_p2p_stock_reporter_fail (self->reporter, GST_P2P_ERROR_CRYPTO,
                                 "the DTLS connection with the peer failed");
  else
    gst_p2p_stock_reporter_fail (
        self->reporter, GST_P2P_ERROR_UNAUTHORIZED,
        "the DTLS handshake failed, so that the peer has not proved its certificate");
}

/* Streaming thread, or the thread of a retransmission; the mutex of dtlsdec's connection is not
 * held. */
static void
on_dtls_state (GstElement *dtlsdec, GParamSpec *pspec, GstP2pStockBin *self)
{
  gint state;

  g_object_get (dtlsdec, "connection-state", &state, NULL);
  if (gst_p2p_stock_reporter_is_stopping (self->reporter))
    return;
  if (state == DTLS_STATE_CONNECTED)
    on_dtls_connected (self, dtlsdec);
  else if (state == DTLS_STATE_FAILED)
    report_dtls_failure (self);
  else if (state == DTLS_STATE_CLOSED && gst_p2p_stock_handshake_is_complete (self->handshake))
    gst_p2p_stock_sctp_end (self->sctp);
  else if (state == DTLS_STATE_CLOSED)
    gst_p2p_stock_reporter_fail (self->reporter, GST_P2P_ERROR_CRYPTO,
                                 "the peer ended the DTLS handshake before it was complete");
}

/* Waits for both: a server's answer to a ClientHello that comes before libnice has a pair to send
 * on would be dropped silently, and repeated only after 1 s. */
static void
maybe_open_gate_in (GstP2pStockBin *self)
{
  if (self->dtls_started && self->ice_connected)
    gst_p2p_stock_gate_open (gst_p2p_stock_handshake_get_gate_in (self->handshake));
}

static void
start_dtlsenc (GstP2pStockBin *self)
{
  gst_element_set_state (self->dtlsenc, GST_STATE_PLAYING);
  self->dtls_started = TRUE;
  maybe_open_gate_in (self);
}

static void
link_dtls (GstP2pStockBin *self)
{
  GstPad *dec_src = gst_element_request_pad_simple (self->dtlsdec, "src");
  GstPad *enc_sink = gst_element_request_pad_simple (self->dtlsenc, "sink");
  GstElement *gate_up = GST_ELEMENT (gst_p2p_stock_sctp_get_gate_up (self->sctp));
  GstElement *gate_down = GST_ELEMENT (gst_p2p_stock_sctp_get_gate_down (self->sctp));
  GstPad *up = gst_element_get_static_pad (gate_up, "sink");
  GstPad *down = gst_element_get_static_pad (gate_down, "src");
  GstElement *gate_in = GST_ELEMENT (gst_p2p_stock_handshake_get_gate_in (self->handshake));
  GstElement *gate_out = GST_ELEMENT (gst_p2p_stock_handshake_get_gate_out (self->handshake));

  gst_element_link_pads (gate_in, "src", self->dtlsdec, "sink");
  gst_pad_link (dec_src, up);
  gst_pad_link (down, enc_sink);
  gst_element_link_pads (self->dtlsenc, "src", gate_out, "sink");
  gst_p2p_capture_watch_pad (self->capture, GST_OBJECT (self), up, FALSE);
  gst_p2p_capture_watch_pad (self->capture, GST_OBJECT (self), down, TRUE);
  gst_object_unref (dec_src);
  gst_object_unref (enc_sink);
  gst_object_unref (up);
  gst_object_unref (down);
}

/* The first dtlsdec of the process was made before, so this is fast. */
static void
build_dtls (gpointer data, gpointer transport)
{
  GstP2pStockBin *self = data;
  GstP2pStockGate *gate_up = gst_p2p_stock_sctp_get_gate_up (self->sctp);
  GstP2pStockGate *gate_down = gst_p2p_stock_sctp_get_gate_down (self->sctp);
  static gint last;
  g_autofree gchar *id
      = g_strdup_printf ("gst-p2p-%08x-%d", g_random_int (), g_atomic_int_add (&last, 1));

  if (self->stopped)
    return;
  self->dtlsdec = gst_p2p_stock_dtlsdec_new (id, self->identity);
  self->dtlsenc = gst_element_factory_make ("dtlsenc", "dtlsenc");
  g_object_set (self->dtlsenc, "connection-id", id, "is-client",
                self->role == GST_P2P_ROLE_INITIATOR, NULL);
  g_signal_connect (self->dtlsdec, "notify::connection-state", G_CALLBACK (on_dtls_state), self);
  gst_bin_add (GST_BIN (self), self->dtlsdec);
  gst_bin_add (GST_BIN (self), self->dtlsenc);
  gst_bin_add (GST_BIN (self), GST_ELEMENT (gate_up));
  gst_bin_add (GST_BIN (self), GST_ELEMENT (gate_down));
  link_dtls (self);
  gst_element_set_state (GST_ELEMENT (gate_up), GST_STATE_PLAYING);
  gst_element_set_state (GST_ELEMENT (gate_down), GST_STATE_PLAYING);
  gst_element_set_state (self->dtlsdec, GST_STATE_PLAYING);
  gst_p2p_stock_gate_open (gate_down);
  if (self->dtls_wanted || self->role == GST_P2P_ROLE_ACCEPTOR)
    start_dtlsenc (self);
}

static void
gst_p2p_stock_start_dtls (GstP2pTransport *transport)
{
  GstP2pStockBin *self = GST_P2P_STOCK_BIN (transport);

  if (self->dtls_wanted || self->stopped)
    return;
  self->dtls_wanted = TRUE;
  if (self->dtlsenc && self->role == GST_P2P_ROLE_INITIATOR)
    start_dtlsenc (self);
}

/* --- ICE; control thread --- */

static void
on_ice_candidate (GstP2pIceAgent *ice, const gchar *candidate, GstP2pStockBin *self)
{
  gst_p2p_stock_reporter_post_peer (self->reporter, GST_P2P_PEER_EVENT_LOCAL_CANDIDATE, candidate);
}

static void
on_ice_connected (GstP2pIceAgent *ice, GstP2pStockBin *self)
{
  self->ice_connected = TRUE;
  maybe_open_gate_in (self);
  gst_p2p_stock_reporter_post_peer (self->reporter, GST_P2P_PEER_EVENT_ICE_CONNECTED, NULL);
}

static void
on_ice_failed (GstP2pIceAgent *ice, const gchar *tried, GstP2pStockBin *self)
{
  if (self->ice_connected)
    gst_p2p_stock_reporter_fail (self->reporter, GST_P2P_ERROR_LOST,
                                 "the connection is lost: the peer does not answer ICE any more");
  else
    gst_p2p_stock_reporter_post_peer (self->reporter, GST_P2P_PEER_EVENT_ICE_FAILED, tried);
}

static void
on_ice_pair (GstP2pIceAgent *ice, GstP2pStockBin *self)
{
  gst_p2p_stock_reporter_post (self->reporter, GST_P2P_TRANSPORT_PAIR_SELECTED, 0, NULL);
}

static gboolean
check_elements (GError **error)
{
  static const gchar *const names[]
      = { "nicesrc", "nicesink", "dtlsdec", "dtlsenc", "sctpdec", "sctpenc" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GstElementFactory *factory = gst_element_factory_find (names[i]);

      if (!factory)
        {
          g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_FAILED,
                       "the GStreamer element %s is missing; install the nice plugin (on Debian "
                       "gstreamer1.0-nice) and the \"bad\" plugins (gstreamer1.0-plugins-bad)",
                       names[i]);
          return FALSE;
        }
      gst_object_unref (factory);
    }
  return TRUE;
}

static void
build_ice (GstP2pStockBin *self)
{
  NiceAgent *nice = gst_p2p_ice_agent_get_nice (self->ice);
  guint stream_id = gst_p2p_ice_agent_get_stream_id (self->ice);
  GstP2pStockGate *gate_in = gst_p2p_stock_handshake_get_gate_in (self->handshake);
  GstP2pStockGate *gate_out = gst_p2p_stock_handshake_get_gate_out (self->handshake);

  self->nicesrc = gst_element_factory_make ("nicesrc", "nicesrc");
  self->nicesink = gst_element_factory_make ("nicesink", "nicesink");
  g_object_set (self->nicesrc, "agent", nice, "stream", stream_id, "component", 1, "do-timestamp",
                FALSE, NULL);
  g_object_set (self->nicesink, "agent", nice, "stream", stream_id, "component", 1, "sync", FALSE,
                "async", FALSE, "enable-last-sample", FALSE, NULL);
  gst_bin_add (GST_BIN (self), self->nicesrc);
  gst_bin_add (GST_BIN (self), self->nicesink);
  gst_bin_add (GST_BIN (self), GST_ELEMENT (gate_in));
  gst_bin_add (GST_BIN (self), GST_ELEMENT (gate_out));
  gst_element_link_pads (self->nicesrc, "src", GST_ELEMENT (gate_in), "sink");
  gst_element_link_pads (GST_ELEMENT (gate_out), "src", self->nicesink, "sink");
  gst_element_set_state (self->nicesink, GST_STATE_PLAYING);
  gst_element_set_state (GST_ELEMENT (gate_out), GST_STATE_PLAYING);
  gst_p2p_stock_gate_open (gate_out);
  gst_element_set_state (GST_ELEMENT (gate_in), GST_STATE_PLAYING);
  gst_element_set_state (self->nicesrc, GST_STATE_PLAYING);

  g_signal_connect (self->ice, "candidate", G_CALLBACK (on_ice_candidate), self);
  g_signal_connect (self->ice, "connected", G_CALLBACK (on_ice_connected), self);
  g_signal_connect (self->ice, "failed", G_CALLBACK (on_ice_failed), self);
  g_signal_connect (self->ice, "pair-selected", G_CALLBACK (on_ice_pair), self);
}

static gboolean
post_description (GstP2pStockBin *self, const GstP2pTransportConfig *config, GError **error)
{
  const GstP2pDescriptionLimits limits = { .max_message_size = MAX_MESSAGE_SIZE,
                                           .max_frame_size = config->max_frame_size,
                                           .max_in_flight = GST_P2P_MAX_IN_FLIGHT };
  g_autoptr (GstP2pDescription) description = gst_p2p_description_new (
      gst_p2p_ice_agent_get_ufrag (self->ice), gst_p2p_ice_agent_get_pwd (self->ice),
      gst_p2p_identity_get_fingerprint (self->identity), GST_P2P_DEFAULT_SCTP_PORT, &limits,
      config->framings, error);
  GstP2pPeerEvent event
      = { .type = GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION, .description = description };

  if (!description)
    return FALSE;
  gst_p2p_mailbox_post_peer (self->mailbox, &event);
  return TRUE;
}

static gboolean
gst_p2p_stock_start (GstP2pTransport *transport, const GstP2pTransportConfig *config,
                     GError **error)
{
  GstP2pStockBin *self = GST_P2P_STOCK_BIN (transport);

  if (self->started || self->stopped)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_FAILED,
                           "a transport serves one connection");
      return FALSE;
    }
  if (!check_elements (error))
    return FALSE;
  self->started = TRUE;
  self->context = g_main_context_ref (config->context);
  self->role = config->role;
  self->identity = gst_p2p_identity_ref (config->identity);
  self->mailbox = gst_p2p_mailbox_new (transport, config->context, config->func, config->user_data);
  self->reporter = gst_p2p_stock_reporter_new (self, self->mailbox);
  self->ice = gst_p2p_ice_agent_new (self, config->context, config->role == GST_P2P_ROLE_INITIATOR);
  self->handshake
      = gst_p2p_stock_handshake_new (self, config->context, self->reporter, config->role);
  self->capture = gst_p2p_capture_open (GST_ELEMENT (self));
  self->sctp
      = gst_p2p_stock_sctp_new (GST_BIN (self), config->context, self->reporter, self->handshake);
  build_ice (self);
  gst_p2p_stock_when_prepared (self->mailbox, build_dtls, self);
  return post_description (self, config, error)
         && gst_p2p_ice_agent_start (self->ice, config->ice, error);
}

static gboolean
gst_p2p_stock_set_remote_description (GstP2pTransport *transport, GstP2pDescription *description,
                                      GError **error)
{
  GstP2pStockBin *self = GST_P2P_STOCK_BIN (transport);

  g_clear_pointer (&self->remote, gst_p2p_description_unref);
  self->remote = gst_p2p_description_ref (description);
  return gst_p2p_ice_agent_set_remote (self->ice, gst_p2p_description_get_ufrag (description),
                                       gst_p2p_description_get_pwd (description), error);
}

static gboolean
gst_p2p_stock_add_remote_candidate (GstP2pTransport *transport, const gchar *candidate,
                                    GError **error)
{
  return gst_p2p_ice_agent_add_remote_candidate (GST_P2P_STOCK_BIN (transport)->ice, candidate,
                                                 error);
}

static gboolean
gst_p2p_stock_start_sctp (GstP2pTransport *transport, GError **error)
{
  GstP2pStockBin *self = GST_P2P_STOCK_BIN (transport);

  if (!self->started || !gst_p2p_stock_handshake_is_complete (self->handshake) || !self->remote
      || gst_p2p_stock_sctp_is_started (self->sctp) || self->stopped)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_FAILED,
                           "SCTP can be started once, after DTLS");
      return FALSE;
    }
  return gst_p2p_stock_sctp_start (self->sctp, self->remote, error);
}

static guint32
gst_p2p_stock_get_max_message_size (GstP2pTransport *transport)
{
  return MAX_MESSAGE_SIZE;
}

static guint32
gst_p2p_stock_get_max_sent_size (GstP2pTransport *transport)
{
  return GST_P2P_STOCK_MAX_SENT_SIZE;
}

static GstStructure *
gst_p2p_stock_get_stats (GstP2pTransport *transport)
{
  GstP2pStockBin *self = GST_P2P_STOCK_BIN (transport);
  GstStructure *stats = gst_structure_new_empty ("transport-stats");

  if (self->ice)
    gst_p2p_ice_agent_add_stats (self->ice, stats);
  return stats;
}

/* --- channels --- */

/* %NULL: none can be opened or closed now. */
static GstP2pStockChannels *
get_channels (GstP2pStockBin *self)
{
  if (!self->sctp || !gst_p2p_stock_sctp_is_started (self->sctp) || self->stopped)
    return NULL;
  return gst_p2p_stock_sctp_get_channels (self->sctp);
}

static gboolean
gst_p2p_stock_open_channel (GstP2pTransport *transport, guint16 stream,
                            const GstP2pChannelConfig *config, GstPad **sink, GstPad **src,
                            GError **error)
{
  GstP2pStockChannels *channels = get_channels (GST_P2P_STOCK_BIN (transport));

  if (!channels || stream > GST_P2P_MAX_STREAM)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "no channel can be opened on stream %u now; streams are 0 to %d", stream,
                   GST_P2P_MAX_STREAM);
      return FALSE;
    }
  return gst_p2p_stock_channels_open_channel (channels, stream, config, sink, src, error);
}

static void
gst_p2p_stock_activate_channel (GstP2pTransport *transport, guint16 stream)
{
  GstP2pStockChannels *channels = get_channels (GST_P2P_STOCK_BIN (transport));

  if (channels)
    gst_p2p_stock_channels_activate_channel (channels, stream);
}

static void
gst_p2p_stock_send_dcep (GstP2pTransport *transport, guint16 stream, GBytes *message)
{
  GstP2pStockChannels *channels = get_channels (GST_P2P_STOCK_BIN (transport));

  if (channels)
    gst_p2p_stock_channels_send_dcep (channels, stream, message);
}

static void
gst_p2p_stock_close_channel (GstP2pTransport *transport, guint16 stream)
{
  GstP2pStockChannels *channels = get_channels (GST_P2P_STOCK_BIN (transport));

  if (channels && stream <= GST_P2P_MAX_STREAM)
    gst_p2p_stock_channels_close_channel (channels, stream);
}

/* Also after stop(). */
static void
gst_p2p_stock_release_channel (GstP2pTransport *transport, guint16 stream)
{
  GstP2pStockBin *self = GST_P2P_STOCK_BIN (transport);

  if (self->sctp)
    gst_p2p_stock_channels_release_channel (gst_p2p_stock_sctp_get_channels (self->sctp), stream);
}

/* --- the end --- */

static void
on_ice_closed (gpointer user_data)
{
  g_autoptr (GstP2pStockBin) self = user_data;

  gst_p2p_stock_reporter_post (self->reporter, GST_P2P_TRANSPORT_STOPPED, 0, NULL);
}

static void
finish_goodbye (GstP2pStockBin *self)
{
  if (self->goodbye_done)
    return;
  self->goodbye_done = TRUE;
  gst_p2p_clear_source (&self->goodbye_timer);
  gst_p2p_ice_agent_stop (self->ice, on_ice_closed, gst_object_ref (self));
}

static gboolean
on_goodbye (gpointer user_data)
{
  finish_goodbye (user_data);
  return G_SOURCE_REMOVE;
}

/* dtlsenc's task. Notices that close_notify has been sent. */
static GstPadProbeReturn
on_last_packets (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstP2pStockBin *self = user_data;
  GstBuffer *packet = GST_PAD_PROBE_INFO_BUFFER (info);
  GSource *source;
  guint8 type = 0;

  gst_buffer_extract (packet, 0, &type, 1);
  if (type != GST_P2P_DTLS_ALERT)
    return GST_PAD_PROBE_OK;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_goodbye, gst_object_ref (self), gst_object_unref);
  g_source_attach (source, self->context);
  g_source_unref (source);
  return GST_PAD_PROBE_REMOVE;
}

static void
say_goodbye (GstP2pStockBin *self, gboolean aborting)
{
  if (!gst_p2p_stock_handshake_is_complete (self->handshake))
    {
      finish_goodbye (self);
      return;
    }
  self->goodbye_timer = g_timeout_source_new (GOODBYE_MS);
  g_source_set_callback (self->goodbye_timer, on_goodbye, gst_object_ref (self), gst_object_unref);
  g_source_attach (self->goodbye_timer, self->context);
  if (!aborting)
    gst_p2p_stock_gate_finish (gst_p2p_stock_sctp_get_gate_down (self->sctp));
}

static gboolean
gst_p2p_stock_stop (GstP2pTransport *transport)
{
  GstP2pStockBin *self = GST_P2P_STOCK_BIN (transport);
  GstPad *pad;

  if (self->stopped)
    return self->started;
  self->stopped = TRUE;
  if (!self->started)
    return FALSE;
  gst_p2p_stock_reporter_stop (self->reporter);
  gst_p2p_mailbox_close (self->mailbox);
  g_signal_handlers_disconnect_by_data (self->ice, self);
  gst_p2p_stock_handshake_finish (self->handshake);
  gst_p2p_stock_sctp_stop (self->sctp);
  pad = gst_element_get_static_pad (self->nicesink, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_last_packets, self, NULL);
  gst_object_unref (pad);
  say_goodbye (self, gst_p2p_stock_sctp_abort (self->sctp));
  return TRUE;
}

static void
shut_gate (GstP2pStockGate *gate)
{
  gst_element_set_state (GST_ELEMENT (gate), GST_STATE_NULL);
}

/* In PAUSED→READY, after the bin's pads were deactivated, so that no push outside blocks. */
static void
shut (GstP2pStockBin *self)
{
  if (!self->started)
    return;
  gst_p2p_stock_reporter_stop (self->reporter);
  gst_p2p_stock_sctp_shut (self->sctp);
  if (self->dtlsenc)
    {
      gst_element_set_state (self->dtlsenc, GST_STATE_NULL);
      gst_element_set_state (self->dtlsdec, GST_STATE_NULL);
      shut_gate (gst_p2p_stock_sctp_get_gate_up (self->sctp));
      shut_gate (gst_p2p_stock_sctp_get_gate_down (self->sctp));
    }
  gst_element_set_state (self->nicesrc, GST_STATE_NULL);
  gst_element_set_state (self->nicesink, GST_STATE_NULL);
  shut_gate (gst_p2p_stock_handshake_get_gate_in (self->handshake));
  shut_gate (gst_p2p_stock_handshake_get_gate_out (self->handshake));
}

static GstStateChangeReturn
gst_p2p_stock_bin_change_state (GstElement *element, GstStateChange transition)
{
  GstStateChangeReturn ret
      = GST_ELEMENT_CLASS (gst_p2p_stock_bin_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    shut (GST_P2P_STOCK_BIN (element));
  return ret;
}

/* No element follows the bin's state changes. */
static gboolean
gst_p2p_stock_bin_add_element (GstBin *bin, GstElement *element)
{
  gst_element_set_locked_state (element, TRUE);
  return GST_BIN_CLASS (gst_p2p_stock_bin_parent_class)->add_element (bin, element);
}

static void
report_message (GstP2pStockBin *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  const gchar *source = GST_MESSAGE_SRC_NAME (message);

  gst_message_parse_error (message, &error, &debug);
  GST_INFO_OBJECT (self, "%s: %s (%s)", source, error->message, GST_STR_NULL (debug));
  if (debug && strstr (debug, "No SRTP capabilities"))
    gst_p2p_stock_reporter_fail (
        self->reporter, GST_P2P_ERROR_CRYPTO,
        "the peer negotiates no SRTP profile in DTLS, without which GStreamer's "
        "DTLS elements cannot work; use transport=direct");
  else if (g_str_has_prefix (source, "dtls"))
    report_dtls_failure (self);
  else if (g_str_has_prefix (source, "sctp"))
    gst_p2p_stock_reporter_fail (
        self->reporter, GST_P2P_ERROR_LOST,
        "the connection is lost: the peer does not acknowledge what is sent");
  else
    gst_p2p_stock_reporter_fail (self->reporter, GST_P2P_ERROR_FAILED, "%s: %s", source,
                                 error->message);
}

/* Drops the messages of the elements, which are about the inside of the bin: outside of it only the
 * pads and events count. */
static void
gst_p2p_stock_bin_handle_message (GstBin *bin, GstMessage *message)
{
  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_ERROR:
      report_message (GST_P2P_STOCK_BIN (bin), message);
      gst_message_unref (message);
      break;
    case GST_MESSAGE_STATE_CHANGED:
    case GST_MESSAGE_STREAM_STATUS:
      GST_BIN_CLASS (gst_p2p_stock_bin_parent_class)->handle_message (bin, message);
      break;
    default:
      gst_message_unref (message);
      break;
    }
}

static void
gst_p2p_stock_bin_finalize (GObject *object)
{
  GstP2pStockBin *self = GST_P2P_STOCK_BIN (object);

  g_clear_pointer (&self->sctp, gst_p2p_stock_sctp_free);
  g_clear_pointer (&self->handshake, gst_p2p_stock_handshake_free);
  g_clear_pointer (&self->capture, gst_p2p_debug_file_unref);
  g_clear_object (&self->ice);
  g_clear_pointer (&self->reporter, gst_p2p_stock_reporter_free);
  g_clear_pointer (&self->mailbox, gst_p2p_mailbox_unref);
  g_clear_pointer (&self->identity, gst_p2p_identity_unref);
  g_clear_pointer (&self->remote, gst_p2p_description_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (gst_p2p_stock_bin_parent_class)->finalize (object);
}

static void
gst_p2p_stock_bin_class_init (GstP2pStockBinClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  gst_p2p_log_init ();
  G_OBJECT_CLASS (klass)->finalize = gst_p2p_stock_bin_finalize;
  element_class->change_state = gst_p2p_stock_bin_change_state;
  GST_BIN_CLASS (klass)->add_element = gst_p2p_stock_bin_add_element;
  GST_BIN_CLASS (klass)->handle_message = gst_p2p_stock_bin_handle_message;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (
      element_class, "Stock peer-to-peer transport", "Generic/Bin/Network",
      "Messages to a peer by nicesrc, nicesink, dtlsenc, dtlsdec, sctpenc and sctpdec", "gst-p2p");
}

static void
gst_p2p_stock_bin_init (GstP2pStockBin *self)
{
  /* nicesrc is not a source of the pipeline, nor is nicesink a sink of it */
  gst_bin_set_suppressed_flags (GST_BIN (self), GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_SINK);
}

static void
gst_p2p_stock_bin_iface_init (GstP2pTransportInterface *iface)
{
  iface->get_max_message_size = gst_p2p_stock_get_max_message_size;
  iface->get_max_sent_size = gst_p2p_stock_get_max_sent_size;
  iface->start = gst_p2p_stock_start;
  iface->set_remote_description = gst_p2p_stock_set_remote_description;
  iface->add_remote_candidate = gst_p2p_stock_add_remote_candidate;
  iface->start_dtls = gst_p2p_stock_start_dtls;
  iface->start_sctp = gst_p2p_stock_start_sctp;
  iface->open_channel = gst_p2p_stock_open_channel;
  iface->activate_channel = gst_p2p_stock_activate_channel;
  iface->send_dcep = gst_p2p_stock_send_dcep;
  iface->close_channel = gst_p2p_stock_close_channel;
  iface->release_channel = gst_p2p_stock_release_channel;
  iface->get_stats = gst_p2p_stock_get_stats;
  iface->stop = gst_p2p_stock_stop;
}

GstElement *
gst_p2p_stock_bin_new (const gchar *name)
{
  return g_object_new (GST_TYPE_P2P_STOCK_BIN, "name", name, NULL);
}

void
gst_p2p_stock_bin_prepare (void)
{
  gst_p2p_stock_prepare ();
}

void
gst_p2p_stock_bin_end_prepare (void)
{
  gst_p2p_stock_end_prepare ();
}
