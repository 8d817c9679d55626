/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * side: two transports in one process, back to back. Everything but on_take() and senders runs on
 * the main thread.
 */
#include "tests/plugins/p2p/transport/side.h"

#include <string.h>

#include "plugins/p2p/base/messagepad.h"
#include "plugins/p2p/transport/direct/element.h"
#include "plugins/p2p/transport/stock/bin.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

const Pair side_pairs[SIDE_N_PAIRS] = {
  { "elements", gst_p2p_stock_bin_new, gst_p2p_stock_bin_new },
  { "direct", gst_p2p_direct_element_new, gst_p2p_direct_element_new },
  { "across", gst_p2p_stock_bin_new, gst_p2p_direct_element_new },
  { "back-across", gst_p2p_direct_element_new, gst_p2p_stock_bin_new },
};

GstP2pIdentity *
side_identity (GstP2pRole role)
{
  static GstP2pIdentity *identities[2];

  if (!identities[role])
    identities[role] = gst_p2p_identity_new (NULL);
  return identities[role];
}

static void
on_peer_event (Side *side, const GstP2pPeerEvent *event)
{
  g_autofree gchar *mapped = NULL;
  g_autoptr (GError) error = NULL;

  switch (event->type)
    {
    case GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION:
      if (side->other->transport)
        gst_p2p_transport_set_remote_description (side->other->transport, event->description,
                                                  &error);
      break;
    case GST_P2P_PEER_EVENT_LOCAL_CANDIDATE:
      mapped = side->relay ? test_relay_map_candidate (side->relay, event->text)
                           : g_strdup (event->text);
      if (mapped && side->other->transport)
        gst_p2p_transport_add_remote_candidate (side->other->transport, mapped, &error);
      break;
    case GST_P2P_PEER_EVENT_ICE_CONNECTED:
      g_assert_false (side->ice_connected);
      side->ice_connected = TRUE;
      side->ice_connected_us = g_get_monotonic_time ();
      gst_p2p_transport_start_dtls (side->transport);
      break;
    case GST_P2P_PEER_EVENT_ICE_FAILED:
      if (!side->may_fail)
        g_error ("ICE found no way: %s", event->text);
      break;
    case GST_P2P_PEER_EVENT_DTLS_CONNECTED:
      g_assert_false (side->dtls_connected);
      side->dtls_connected = TRUE;
      side->fingerprint = g_strdup (event->text);
      if (!side->manual_sctp)
        gst_p2p_transport_start_sctp (side->transport, &error);
      break;
    case GST_P2P_PEER_EVENT_SCTP_ESTABLISHED:
      g_assert_false (side->established);
      side->established = TRUE;
      side->established_us = g_get_monotonic_time ();
      break;
    case GST_P2P_PEER_EVENT_TRANSPORT_CLOSED:
      g_assert_false (side->closed || side->n_errors);
      side->closed = TRUE;
      break;
    case GST_P2P_PEER_EVENT_TRANSPORT_ERROR:
      g_assert_false (side->closed || side->n_errors);
      side->n_errors++;
      side->error = g_error_copy (event->error);
      g_test_message ("error: %s", event->error->message);
      break;
    default:
      g_error ("unexpected event %d: %s", event->type, event->text);
    }
  g_assert_no_error (error);
}

static void
on_event (GstP2pTransport *transport, const GstP2pPeerEvent *peer_event,
          const GstP2pTransportEvent *event, gpointer user_data)
{
  Side *side = user_data;

  g_assert_true (transport == side->transport);
  g_assert_true ((peer_event != NULL) != (event != NULL));
  if (peer_event)
    {
      on_peer_event (side, peer_event);
      return;
    }
  switch (event->type)
    {
    case GST_P2P_TRANSPORT_DCEP:
      side->dcep_stream = event->stream;
      g_ptr_array_add (side->dcep, g_bytes_ref (event->message));
      break;
    case GST_P2P_TRANSPORT_STREAM_DATA:
      side->n_stream_data++;
      if (event->stream < MAX_STREAMS)
        side->stream_data[event->stream] = TRUE;
      break;
    case GST_P2P_TRANSPORT_CHANNEL_CLOSED:
      g_assert_false (side->channel_closed[event->stream]);
      side->channel_closed[event->stream] = TRUE;
      break;
    case GST_P2P_TRANSPORT_STOPPED:
      side->stopped = TRUE;
      break;
    case GST_P2P_TRANSPORT_PAIR_SELECTED:
      break;
    }
}

void
side_init (Side *side, Side *other, TransportNew new)
{
  memset (side, 0, sizeof *side);
  side->other = other;
  side->dcep = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  side->transport = GST_P2P_TRANSPORT (gst_object_ref_sink (new (NULL)));
  g_assert_cmpint (gst_element_set_state (GST_ELEMENT (side->transport), GST_STATE_PLAYING), !=,
                   GST_STATE_CHANGE_FAILURE);
}

void
side_start (Side *side, GstP2pRole role)
{
  static const gchar *const framings[] = { GST_P2P_RAW_FRAMING, NULL };
  GstP2pIceConfig ice = { .policy = GST_P2P_ICE_POLICY_ALL };
  GstP2pTransportConfig config = { .context = g_main_context_default (),
                                   .role = role,
                                   .identity = side_identity (role),
                                   .ice = &ice,
                                   .framings = side->foreign ? framings + 1 : framings,
                                   .func = on_event,
                                   .user_data = side };
  g_autoptr (GError) error = NULL;

  gst_p2p_transport_start (side->transport, &config, &error);
  g_assert_no_error (error);
}

void
port_clear (Port *port)
{
  if (!port->push)
    return;
  gst_pad_set_active (port->push, FALSE);
  gst_pad_set_active (port->take, FALSE);
  gst_object_unref (port->push);
  gst_object_unref (port->take);
  g_queue_clear_full (&port->messages, (GDestroyNotify)g_bytes_unref);
  g_mutex_clear (&port->lock);
  g_cond_clear (&port->cond);
  memset (port, 0, sizeof *port);
}

void
port_set_blocked (Port *port, gboolean blocked)
{
  g_mutex_lock (&port->lock);
  port->blocked = blocked;
  g_cond_broadcast (&port->cond);
  g_mutex_unlock (&port->lock);
}

void
side_stop (Side *side)
{
  gint64 begin_us = g_get_monotonic_time ();
  guint i;

  gst_p2p_transport_stop (side->transport);
  if (gst_p2p_transport_stop (side->transport))
    TEST_WAIT_UNTIL (side->stopped, 1000);
  for (i = 0; i < MAX_STREAMS; i++)
    {
      if (side->ports[i].push)
        port_set_blocked (&side->ports[i], FALSE);
    }
  gst_element_set_state (GST_ELEMENT (side->transport), GST_STATE_NULL);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 2 * G_USEC_PER_SEC * test_slowdown ());
}

void
side_clear (Side *side)
{
  guint i;

  side_stop (side);
  for (i = 0; i < MAX_STREAMS; i++)
    port_clear (&side->ports[i]);
  gst_clear_object (&side->transport);
  g_ptr_array_unref (side->dcep);
  g_clear_error (&side->error);
  g_free (side->fingerprint);
  /* what was on its way to the control thread lets go of the transport */
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
connect_sides (Side *a, Side *b, const Pair *pair, TestRelay *relay)
{
  side_init (a, b, pair->new_a);
  side_init (b, a, pair->new_b);
  a->relay = b->relay = relay;
  a->foreign = pair->foreign_a;
  side_start (a, GST_P2P_ROLE_INITIATOR);
  side_start (b, GST_P2P_ROLE_ACCEPTOR);
  TEST_WAIT_UNTIL (a->established && b->established, 10000);
  g_assert_cmpstr (a->fingerprint, ==,
                   gst_p2p_identity_get_fingerprint (side_identity (GST_P2P_ROLE_ACCEPTOR)));
  g_assert_cmpstr (b->fingerprint, ==,
                   gst_p2p_identity_get_fingerprint (side_identity (GST_P2P_ROLE_INITIATOR)));
}

/* Channels */

static GstFlowReturn
on_take (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Port *port = gst_pad_get_element_private (pad);
  gpointer data;
  gsize size;

  g_mutex_lock (&port->lock);
  while (port->blocked)
    g_cond_wait (&port->cond, &port->lock);
  gst_buffer_extract_dup (buffer, 0, -1, &data, &size);
  g_queue_push_tail (&port->messages, g_bytes_new_take (data, size));
  g_mutex_unlock (&port->lock);
  gst_buffer_unref (buffer);
  g_main_context_wakeup (NULL);
  return GST_FLOW_OK;
}

static gboolean
on_take_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Port *port = gst_pad_get_element_private (pad);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    {
      g_assert_false (g_atomic_int_get (&port->eos));
      g_atomic_int_set (&port->closed, gst_p2p_message_eos_is_closed (event, FALSE));
      g_atomic_int_set (&port->eos, TRUE);
      g_main_context_wakeup (NULL);
    }
  gst_event_unref (event);
  return TRUE;
}

static void
port_init (Port *port)
{
  GstSegment segment;

  g_mutex_init (&port->lock);
  g_cond_init (&port->cond);
  g_queue_init (&port->messages);
  port->push = gst_pad_new (NULL, GST_PAD_SRC);
  port->take = gst_pad_new (NULL, GST_PAD_SINK);
  gst_pad_set_element_private (port->take, port);
  gst_pad_set_chain_function (port->take, on_take);
  gst_pad_set_event_function (port->take, on_take_event);
  gst_pad_set_active (port->push, TRUE);
  gst_pad_set_active (port->take, TRUE);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (port->push, gst_event_new_stream_start ("test"));
  gst_pad_push_event (port->push, gst_event_new_segment (&segment));
}

Port *
open_port (Side *side, guint16 stream, const GstP2pChannelConfig *config)
{
  g_autoptr (GstP2pChannelConfig) plain = gst_p2p_channel_config_new ();
  g_autoptr (GError) error = NULL;
  Port *port = &side->ports[stream];
  GstPad *sink, *src;

  gst_p2p_transport_open_channel (side->transport, stream, config ? config : plain, &sink, &src,
                                  &error);
  g_assert_no_error (error);
  port_init (port);
  g_assert_cmpint (gst_pad_link (port->push, sink), ==, GST_PAD_LINK_OK);
  g_assert_cmpint (gst_pad_link (src, port->take), ==, GST_PAD_LINK_OK);
  gst_p2p_transport_activate_channel (side->transport, stream);
  return port;
}

GBytes *
make_message (gsize size, guint32 seed)
{
  guint8 *data = g_malloc (MAX (size, 1));
  guint32 value = seed * 2654435761u + 1;
  gsize i;

  for (i = 0; i < size; i++)
    {
      value = value * 1664525u + 1013904223u;
      data[i] = value >> 24;
    }
  return g_bytes_new_take (data, size);
}

GstFlowReturn
port_push (Port *port, GBytes *message, GstBufferFlags flags)
{
  GstBuffer *buffer
      = g_bytes_get_size (message) ? gst_buffer_new_wrapped_bytes (message) : gst_buffer_new ();

  GST_BUFFER_FLAG_SET (buffer, flags);
  return gst_pad_push (port->push, buffer);
}

guint
port_count (Port *port)
{
  guint n;

  g_mutex_lock (&port->lock);
  n = port->messages.length;
  g_mutex_unlock (&port->lock);
  return n;
}

GBytes *
port_take (Port *port)
{
  GBytes *message;

  TEST_WAIT_UNTIL (port_count (port) > 0, 10000);
  g_mutex_lock (&port->lock);
  message = g_queue_pop_head (&port->messages);
  g_mutex_unlock (&port->lock);
  return message;
}

static gpointer
sender_thread (gpointer data)
{
  Sender *sender = data;
  guint i;

  for (i = 0; i < sender->n && sender->ret == GST_FLOW_OK; i++)
    {
      g_autoptr (GBytes) message = make_message (sender->size, i);

      sender->ret = port_push (sender->port, message, 0);
    }
  g_atomic_int_set (&sender->done, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

GThread *
sender_start (Sender *sender, Port *port, guint n, gsize size)
{
  *sender = (Sender){ port, n, size, GST_FLOW_OK, FALSE };
  return g_thread_new ("sender", sender_thread, sender);
}

void
expect_messages (Port *port, guint n, gsize size)
{
  guint i;

  for (i = 0; i < n; i++)
    {
      g_autoptr (GBytes) expected = make_message (size, i);
      g_autoptr (GBytes) message = port_take (port);

      g_assert_true (g_bytes_equal (message, expected));
    }
}

void
let_run (guint ms)
{
  gint64 until_us = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < until_us)
    test_wait_step (until_us);
}
