/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stranger: what connection.c does for an element, without its scruples.
 */
#include "tests/plugins/p2p/element/stranger.h"

#include "gst/p2p/link/names.h"
#include "plugins/p2p/transport/direct/element.h"
#include "plugins/p2p/transport/stock/bin.h"
#include "tests/common/wait.h"
#include "tests/plugins/p2p/element/ends.h"

static void
send_and_drop (Stranger *self, GstP2pSignalingMessage *message)
{
  gst_p2p_signaling_client_send (self->client, message);
  gst_p2p_signaling_message_unref (message);
}

static void
send_candidate (Stranger *self, const gchar *candidate)
{
  send_and_drop (self, gst_p2p_signaling_message_new_candidate (STRANGER_ID, self->to,
                                                                self->session, candidate));
}

static void
send_description (Stranger *self, GstP2pDescription *own)
{
  const GstP2pDescriptionLimits limits = { gst_p2p_description_get_max_message_size (own),
                                           gst_p2p_description_get_max_frame_size (own),
                                           gst_p2p_description_get_max_in_flight (own) };
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pDescription) description = gst_p2p_description_new (
      gst_p2p_description_get_ufrag (own), gst_p2p_description_get_pwd (own),
      self->fingerprint ? self->fingerprint : gst_p2p_description_get_fingerprint (own),
      gst_p2p_description_get_sctp_port (own), &limits, gst_p2p_description_get_framings (own),
      &error);

  g_assert_no_error (error);
  send_and_drop (self, gst_p2p_signaling_message_new_connect (STRANGER_ID, self->to, self->session,
                                                              description));
  for (guint i = 0; i < self->n_extra_candidates; i++)
    {
      g_autofree gchar *candidate = g_strdup_printf (
          "candidate:%u 1 UDP 2015363327 127.0.0.1 %u typ host", i + 1, 1024 + i);
      send_candidate (self, candidate);
    }
}

static void
on_event (GstP2pTransport *transport, const GstP2pPeerEvent *peer_event,
          const GstP2pTransportEvent *event, gpointer user_data)
{
  Stranger *self = user_data;

  if (!peer_event)
    {
      if (event->type == GST_P2P_TRANSPORT_DCEP)
        {
          self->side.dcep_stream = event->stream;
          g_ptr_array_add (self->side.dcep, g_bytes_ref (event->message));
        }
      else if (event->type == GST_P2P_TRANSPORT_STOPPED)
        {
          self->side.stopped = TRUE;
        }
      return;
    }
  switch (peer_event->type)
    {
    case GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION:
      send_description (self, peer_event->description);
      break;
    case GST_P2P_PEER_EVENT_LOCAL_CANDIDATE:
      send_candidate (self, peer_event->text);
      break;
    case GST_P2P_PEER_EVENT_ICE_CONNECTED:
      gst_p2p_transport_start_dtls (transport);
      break;
    case GST_P2P_PEER_EVENT_DTLS_CONNECTED:
      gst_p2p_transport_start_sctp (transport, NULL);
      break;
    case GST_P2P_PEER_EVENT_SCTP_ESTABLISHED:
      self->side.established = TRUE;
      break;
    default:
      self->is_over = TRUE;
      break;
    }
}

static void
start_transport (Stranger *self)
{
  static const gchar *const framings[] = { GST_P2P_FRAMES_PROTOCOL, NULL };
  GstP2pIceConfig ice = { .policy = GST_P2P_ICE_POLICY_ALL };
  GstP2pTransportConfig config = { .context = g_main_context_default (),
                                   .role = self->role,
                                   .identity = side_identity (self->role),
                                   .ice = &ice,
                                   .framings = framings,
                                   .func = on_event,
                                   .user_data = self };
  g_autoptr (GError) error = NULL;

  gst_p2p_transport_start (self->side.transport, &config, &error);
  g_assert_no_error (error);
}

static void
on_bound (GstP2pSignalingClient *client, gpointer servers, Stranger *self)
{
  self->is_bound = TRUE;
  if (self->role == GST_P2P_ROLE_INITIATOR)
    start_transport (self);
}

/* Whoever calls first; the others are not heard. */
static void
take_call (Stranger *self, GstP2pSignalingMessage *call)
{
  if (self->to)
    return;
  self->to = g_strdup (call->from);
  self->session = g_strdup (call->session);
  start_transport (self);
}

static void
on_message (GstP2pSignalingClient *client, GstP2pSignalingMessage *message, Stranger *self)
{
  g_autoptr (GError) error = NULL;

  switch (message->type)
    {
    case GST_P2P_SIGNALING_CONNECT:
      take_call (self, message);
      gst_p2p_transport_set_remote_description (self->side.transport, message->description, &error);
      break;
    case GST_P2P_SIGNALING_CANDIDATE:
      gst_p2p_transport_add_remote_candidate (self->side.transport, message->candidate, &error);
      break;
    case GST_P2P_SIGNALING_BYE:
      self->bye = g_strdup (message->reason);
      self->is_over = TRUE;
      break;
    default:
      g_error ("unexpected: %s", message->message);
    }
  g_assert_no_error (error);
}

static Stranger *
stranger_new (const gchar *uri, const gchar *transport, GstP2pRole role)
{
  Stranger *self = g_new0 (Stranger, 1);
  g_autoptr (GError) error = NULL;

  self->role = role;
  side_init (&self->side, NULL,
             g_str_equal (transport, "direct") ? gst_p2p_direct_element_new
                                               : gst_p2p_stock_bin_new);
  self->client = gst_p2p_signaling_client_new (uri, STRANGER_ID, NULL, NULL);
  g_signal_connect (self->client, "bound", G_CALLBACK (on_bound), self);
  g_signal_connect (self->client, "message", G_CALLBACK (on_message), self);
  gst_p2p_signaling_client_start (self->client, &error);
  g_assert_no_error (error);
  return self;
}

Stranger *
stranger_call (const gchar *uri, const gchar *transport, const gchar *to, guint n_extra_candidates)
{
  Stranger *self = stranger_new (uri, transport, GST_P2P_ROLE_INITIATOR);

  self->to = g_strdup (to);
  self->session = gst_p2p_session_new ();
  self->n_extra_candidates = n_extra_candidates;
  return self;
}

Stranger *
stranger_answer (const gchar *uri, const gchar *transport)
{
  Stranger *self = stranger_new (uri, transport, GST_P2P_ROLE_ACCEPTOR);

  TEST_WAIT_UNTIL (self->is_bound, ENDS_SOON_MS);
  return self;
}

void
stranger_free (Stranger *self)
{
  gst_p2p_signaling_client_stop (self->client);
  g_object_unref (self->client);
  side_clear (&self->side);
  g_free (self->to);
  g_free (self->session);
  g_free (self->fingerprint);
  g_free (self->bye);
  g_free (self);
}

void
stranger_wait_open (Stranger *self)
{
  TEST_WAIT_UNTIL (self->side.established, ENDS_SOON_MS);
}

void
stranger_open (Stranger *self, guint16 stream)
{
  g_autoptr (GstP2pChannelConfig) config = gst_p2p_channel_config_new ();
  g_autoptr (GBytes) open = NULL;

  g_free (config->protocol);
  config->protocol = g_strdup (GST_P2P_FRAMES_PROTOCOL);
  open = gst_p2p_dcep_new_open (config);
  open_port (&self->side, stream, config);
  gst_p2p_transport_send_dcep (self->side.transport, stream, open);
  self->stream = stream;
}

void
stranger_send_dcep (Stranger *self, guint16 stream, const void *data, gsize size)
{
  g_autoptr (GBytes) message = g_bytes_new (data, size);

  gst_p2p_transport_send_dcep (self->side.transport, stream, message);
}

void
stranger_send (Stranger *self, guint16 stream, const void *data, gsize size)
{
  g_autoptr (GBytes) message = g_bytes_new (data, size);

  port_push (&self->side.ports[stream], message, GST_BUFFER_FLAG_NON_DROPPABLE);
}
