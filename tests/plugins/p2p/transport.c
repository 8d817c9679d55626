/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The transports, each with each: two in one process, back to back, which are given each other's
 * descriptions and candidates directly. The test's main thread is the control thread of both.
 */
#include <string.h>

#include <gst/gst.h>

#include "gst/p2p/error.h"
#include "plugins/p2p/elementstransport.h"
#include "plugins/p2p/transport.h"
#include "tests/common/leaks.h"
#include "tests/common/relay.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

#define MAX_STREAMS 16

typedef GstElement *(*TransportNew) (const gchar *name);

typedef struct
{
  const gchar *name;
  TransportNew new_a;
  TransportNew new_b;
} Pair;

static const Pair pairs[] = {
  { "elements", gst_p2p_elements_transport_new, gst_p2p_elements_transport_new },
};

typedef struct _Side Side;

/* What is at the application's end of a channel. */
typedef struct
{
  GstPad *push;
  GstPad *take;
  GMutex lock;
  /* lock */
  GQueue messages; /* GBytes */
  gint eos;
  gint blocked; /* take nothing for now */
  GCond cond;
} Port;

struct _Side
{
  GstP2pTransport *transport;
  GstP2pIdentity *identity;
  Side *other;
  TestRelay *relay;
  gboolean wrong_fingerprint;
  gboolean manual_sctp;
  gboolean ice_connected;
  gboolean dtls_connected;
  gchar *fingerprint;
  gboolean established;
  gboolean closed;
  GError *error;
  guint n_errors;
  GPtrArray *controls; /* GBytes */
  guint16 control_stream;
  gboolean stream_data[MAX_STREAMS];
  guint n_stream_data;
  gboolean channel_closed[MAX_STREAMS];
  Port ports[MAX_STREAMS];
  gint64 established_us;
};

static GstP2pIdentity *identities[2];

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
      gst_p2p_transport_start_dtls (side->transport);
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
      g_assert_false (side->closed);
      side->closed = TRUE;
      break;
    case GST_P2P_PEER_EVENT_TRANSPORT_ERROR:
      side->n_errors++;
      g_clear_error (&side->error);
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
    case GST_P2P_TRANSPORT_CONTROL:
      side->control_stream = event->stream;
      g_ptr_array_add (side->controls, g_bytes_ref (event->message));
      break;
    case GST_P2P_TRANSPORT_STREAM_DATA:
      side->n_stream_data++;
      if (event->stream < MAX_STREAMS)
        {
          g_assert_false (side->stream_data[event->stream]);
          side->stream_data[event->stream] = TRUE;
        }
      break;
    case GST_P2P_TRANSPORT_CHANNEL_CLOSED:
      g_assert_false (side->channel_closed[event->stream]);
      side->channel_closed[event->stream] = TRUE;
      break;
    case GST_P2P_TRANSPORT_PAIR_SELECTED:
      break;
    }
}

static void
side_init (Side *side, Side *other, TransportNew new)
{
  memset (side, 0, sizeof *side);
  side->other = other;
  side->controls = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  side->transport = GST_P2P_TRANSPORT (gst_object_ref_sink (new (NULL)));
  g_assert_cmpint (gst_element_set_state (GST_ELEMENT (side->transport), GST_STATE_PLAYING), !=,
                   GST_STATE_CHANGE_FAILURE);
}

static void
side_start (Side *side, GstP2pRole role)
{
  GstP2pIceConfig ice = { .policy = GST_P2P_ICE_POLICY_ALL };
  GstP2pTransportConfig config = { .context = g_main_context_default (),
                                   .role = role,
                                   .identity = identities[role],
                                   .ice = &ice,
                                   .func = on_event,
                                   .user_data = side };
  g_autoptr (GError) error = NULL;

  gst_p2p_transport_start (side->transport, &config, &error);
  g_assert_no_error (error);
}

static void
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

static void
port_set_blocked (Port *port, gboolean blocked)
{
  g_mutex_lock (&port->lock);
  port->blocked = blocked;
  g_cond_broadcast (&port->cond);
  g_mutex_unlock (&port->lock);
}

static void
side_stop (Side *side)
{
  gint64 begin_us = g_get_monotonic_time ();
  guint i;

  gst_p2p_transport_stop (side->transport);
  gst_p2p_transport_stop (side->transport);
  TEST_WAIT_UNTIL (gst_p2p_transport_is_stopped (side->transport), 1000);
  for (i = 0; i < MAX_STREAMS; i++)
    {
      if (side->ports[i].push)
        port_set_blocked (&side->ports[i], FALSE);
    }
  gst_element_set_state (GST_ELEMENT (side->transport), GST_STATE_NULL);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 2 * G_USEC_PER_SEC * test_slowdown ());
}

static void
side_clear (Side *side)
{
  guint i;

  side_stop (side);
  for (i = 0; i < MAX_STREAMS; i++)
    port_clear (&side->ports[i]);
  gst_clear_object (&side->transport);
  g_ptr_array_unref (side->controls);
  g_clear_error (&side->error);
  g_free (side->fingerprint);
  /* what was on its way to the control thread lets go of the transport */
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
connect_sides (Side *a, Side *b, const Pair *pair, TestRelay *relay)
{
  side_init (a, b, pair->new_a);
  side_init (b, a, pair->new_b);
  a->relay = b->relay = relay;
  side_start (a, GST_P2P_ROLE_INITIATOR);
  side_start (b, GST_P2P_ROLE_ACCEPTOR);
  TEST_WAIT_UNTIL (a->established && b->established, 10000);
  g_assert_cmpstr (a->fingerprint, ==, gst_p2p_identity_get_fingerprint (identities[1]));
  g_assert_cmpstr (b->fingerprint, ==, gst_p2p_identity_get_fingerprint (identities[0]));
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

static Port *
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

static GBytes *
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

static GstFlowReturn
port_push (Port *port, GBytes *message, GstBufferFlags flags)
{
  GstBuffer *buffer
      = g_bytes_get_size (message) ? gst_buffer_new_wrapped_bytes (message) : gst_buffer_new ();

  GST_BUFFER_FLAG_SET (buffer, flags);
  return gst_pad_push (port->push, buffer);
}

static guint
port_count (Port *port)
{
  guint n;

  g_mutex_lock (&port->lock);
  n = port->messages.length;
  g_mutex_unlock (&port->lock);
  return n;
}

static GBytes *
port_take (Port *port)
{
  GBytes *message;

  TEST_WAIT_UNTIL (port_count (port) > 0, 10000);
  g_mutex_lock (&port->lock);
  message = g_queue_pop_head (&port->messages);
  g_mutex_unlock (&port->lock);
  return message;
}

/* Pushes from a thread of its own, because a push blocks while SCTP's buffer is full, and the test
 * has to go on. */
typedef struct
{
  Port *port;
  guint n;
  gsize size;
  GstFlowReturn ret;
  gint done;
} Sender;

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

static GThread *
sender_start (Sender *sender, Port *port, guint n, gsize size)
{
  *sender = (Sender){ port, n, size, GST_FLOW_OK, FALSE };
  return g_thread_new ("sender", sender_thread, sender);
}

static void
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

static void
test_sizes (gconstpointer data)
{
  static const gsize sizes[] = { 0, 1, 2, 1000, 1200, 16384, 65535, 65536, 0 };
  Side a, b;
  Port *pa, *pb;
  guint i;

  test_leaks_begin ();
  connect_sides (&a, &b, data, NULL);
  g_assert_cmpuint (gst_p2p_transport_get_max_message_size (a.transport), >=, 65536);
  pa = open_port (&a, 2, NULL);
  pb = open_port (&b, 2, NULL);
  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) there = make_message (sizes[i], i);
      g_autoptr (GBytes) back = make_message (sizes[i], i + 100);
      g_autoptr (GBytes) got_there = NULL;
      g_autoptr (GBytes) got_back = NULL;

      g_assert_cmpint (port_push (pa, there, 0), ==, GST_FLOW_OK);
      g_assert_cmpint (port_push (pb, back, 0), ==, GST_FLOW_OK);
      got_there = port_take (pb);
      got_back = port_take (pa);
      g_assert_true (g_bytes_equal (there, got_there));
      g_assert_true (g_bytes_equal (back, got_back));
    }
  g_assert_cmpuint (a.n_errors + b.n_errors, ==, 0);
  side_clear (&a);
  side_clear (&b);
  test_leaks_end ();
}

static void
test_several_channels (gconstpointer data)
{
  GThread *threads[8];
  Sender senders[8];
  Side a, b;
  guint i;

  connect_sides (&a, &b, data, NULL);
  for (i = 0; i < 8; i++)
    {
      open_port (&a, i, NULL);
      open_port (&b, i, NULL);
    }
  for (i = 0; i < 8; i++)
    threads[i] = sender_start (&senders[i], i % 2 ? &a.ports[i] : &b.ports[i], 40, 10000 + i);
  for (i = 0; i < 8; i++)
    expect_messages (i % 2 ? &b.ports[i] : &a.ports[i], 40, 10000 + i);
  for (i = 0; i < 8; i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpint (senders[i].ret, ==, GST_FLOW_OK);
    }
  side_clear (&a);
  side_clear (&b);
}

/* Data and control messages that come before anybody here opened the stream. */
static void
test_unopened (gconstpointer data)
{
  g_autoptr (GstP2pChannelConfig) config = gst_p2p_channel_config_new ();
  g_autoptr (GBytes) open = gst_p2p_dcep_new_open (config);
  g_autoptr (GBytes) ack = gst_p2p_dcep_new_ack ();
  GThread *thread;
  Sender sender;
  Side a, b;

  connect_sides (&a, &b, data, NULL);
  open_port (&a, 1, NULL);
  thread = sender_start (&sender, &a.ports[1], 10, 5000);
  TEST_WAIT_UNTIL (b.stream_data[1], 5000);
  g_thread_join (thread);

  open_port (&a, 2, NULL);
  gst_p2p_transport_send_control (a.transport, 2, open);
  thread = sender_start (&sender, &a.ports[2], 10, 5000);
  TEST_WAIT_UNTIL (b.controls->len == 1, 5000);
  g_assert_cmpuint (b.control_stream, ==, 2);
  g_assert_true (g_bytes_equal (g_ptr_array_index (b.controls, 0), open));
  g_thread_join (thread);

  open_port (&b, 1, NULL);
  open_port (&b, 2, NULL);
  gst_p2p_transport_send_control (b.transport, 2, ack);
  expect_messages (&b.ports[1], 10, 5000);
  expect_messages (&b.ports[2], 10, 5000);
  TEST_WAIT_UNTIL (a.controls->len == 1, 5000);
  g_assert_true (g_bytes_equal (g_ptr_array_index (a.controls, 0), ack));
  g_assert_false (b.stream_data[2]);
  side_clear (&a);
  side_clear (&b);
}

/* One that is refused: the other end sees the end of its channel. */
static void
test_refused (gconstpointer data)
{
  g_autoptr (GBytes) message = make_message (10, 0);
  GThread *thread;
  Sender sender;
  Side a, b;

  connect_sides (&a, &b, data, NULL);
  open_port (&a, 3, NULL);
  thread = sender_start (&sender, &a.ports[3], 3, 100);
  g_thread_join (thread);
  TEST_WAIT_UNTIL (b.stream_data[3], 5000);
  gst_p2p_transport_close_channel (b.transport, 3);
  TEST_WAIT_UNTIL (g_atomic_int_get (&a.ports[3].eos) && a.channel_closed[3], 5000);
  TEST_WAIT_UNTIL (b.channel_closed[3], 5000);
  g_assert_cmpint (port_push (&a.ports[3], message, 0), ==, GST_FLOW_EOS);
  gst_p2p_transport_release_channel (a.transport, 3);
  side_clear (&a);
  side_clear (&b);
}

/* Closing delivers everything that was accepted, and then the stream can be used again. */
static void
test_close (gconstpointer data)
{
  Side a, b;
  guint round;

  test_leaks_begin ();
  connect_sides (&a, &b, data, NULL);
  for (round = 0; round < 10; round++)
    {
      guint n = 1 + round * 7;
      gsize size = 1 + round * 6000;
      GThread *thread;
      Sender sender;

      open_port (&a, 4, NULL);
      open_port (&b, 4, NULL);
      thread = sender_start (&sender, &a.ports[4], n, size);
      TEST_WAIT_UNTIL (g_atomic_int_get (&sender.done), 10000);
      g_thread_join (thread);
      gst_p2p_transport_close_channel (a.transport, 4);
      expect_messages (&b.ports[4], n, size);
      TEST_WAIT_UNTIL (g_atomic_int_get (&b.ports[4].eos), 5000);
      TEST_WAIT_UNTIL (a.channel_closed[4] && b.channel_closed[4], 5000);
      g_assert_cmpuint (port_count (&b.ports[4]), ==, 0);
      gst_p2p_transport_release_channel (a.transport, 4);
      gst_p2p_transport_release_channel (b.transport, 4);
      port_clear (&a.ports[4]);
      port_clear (&b.ports[4]);
      a.channel_closed[4] = b.channel_closed[4] = FALSE;
    }
  g_assert_cmpuint (a.n_errors + b.n_errors, ==, 0);
  side_clear (&a);
  side_clear (&b);
  test_leaks_end ();
}

/* The peer goes: what it sent is there first, then the end. */
static void
test_peer_stops (gconstpointer data)
{
  GThread *thread;
  Sender sender;
  Side a, b;

  connect_sides (&a, &b, data, NULL);
  open_port (&a, 5, NULL);
  open_port (&b, 5, NULL);
  thread = sender_start (&sender, &a.ports[5], 10, 10000);
  g_thread_join (thread);
  expect_messages (&b.ports[5], 10, 10000);
  gst_p2p_transport_stop (a.transport);
  TEST_WAIT_UNTIL (b.closed, 2000);
  g_assert_true (g_atomic_int_get (&b.ports[5].eos));
  g_assert_cmpuint (b.n_errors, ==, 0);
  side_clear (&a);
  side_clear (&b);
}

/* A reader that stands still: the sender stops, nothing is lost, it goes on. */
static void
test_backpressure (gconstpointer data)
{
  const guint n = 4000;
  const gsize size = 16384;
  GThread *thread;
  Sender sender;
  gint64 until_us;
  Side a, b;

  connect_sides (&a, &b, data, NULL);
  open_port (&a, 6, NULL);
  open_port (&b, 6, NULL);
  port_set_blocked (&b.ports[6], TRUE);
  thread = sender_start (&sender, &a.ports[6], n, size);
  until_us = g_get_monotonic_time () + 4 * G_USEC_PER_SEC;
  while (g_get_monotonic_time () < until_us)
    test_wait_step (until_us);
  g_assert_false (g_atomic_int_get (&sender.done));
  port_set_blocked (&b.ports[6], FALSE);
  expect_messages (&b.ports[6], n, size);
  g_thread_join (thread);
  g_assert_cmpint (sender.ret, ==, GST_FLOW_OK);
  side_clear (&a);
  side_clear (&b);
}

/* 10 % of the packets are lost. */
static void
test_loss (gconstpointer data)
{
  TestRelayConfig config = { .delay_ms = 5, .loss_percent = 0, .seed = 1 };
  g_autoptr (GstP2pChannelConfig) partial = gst_p2p_channel_config_new ();
  const guint n = 1000;
  TestRelay *relay = test_relay_new (&config);
  GThread *reliable, *lossy;
  Sender senders[2];
  g_autoptr (GBytes) last = make_message (500, 12345);
  gboolean ended = FALSE;
  guint got = 0;
  Side a, b;

  partial->ordered = FALSE;
  partial->reliability = GST_P2P_RELIABILITY_MAX_RETRANSMITS;
  partial->parameter = 0;
  connect_sides (&a, &b, data, relay);
  open_port (&a, 0, NULL);
  open_port (&b, 0, NULL);
  open_port (&a, 1, partial);
  open_port (&b, 1, partial);
  test_relay_set_loss (relay, 10);
  reliable = sender_start (&senders[0], &a.ports[0], 200, 1000);
  lossy = sender_start (&senders[1], &a.ports[1], n, 1000);
  expect_messages (&b.ports[0], 200, 1000);
  g_thread_join (reliable);
  g_thread_join (lossy);
  /* whatever the channel is, this one comes */
  g_assert_cmpint (port_push (&a.ports[1], last, GST_BUFFER_FLAG_NON_DROPPABLE), ==, GST_FLOW_OK);
  while (!ended || port_count (&b.ports[1]) > 0)
    {
      g_autoptr (GBytes) message = port_take (&b.ports[1]);

      if (g_bytes_get_size (message) == 500)
        {
          g_assert_true (g_bytes_equal (message, last));
          ended = TRUE;
        }
      else
        {
          g_assert_cmpuint (g_bytes_get_size (message), ==, 1000);
          got++;
        }
    }
  g_test_message ("%u of %u came", got, n);
  g_assert_cmpuint (got, <, n);
  g_assert_cmpuint (got, >, n / 2);
  side_clear (&a);
  side_clear (&b);
  test_relay_free (relay);
}

/* stop() at any moment of the connection, on either side. */
static void
test_stop_anywhen (gconstpointer data)
{
  const Pair *pair = data;
  guint i;

  test_leaks_begin ();
  for (i = 0; i < 40; i++)
    {
      gint64 until_us = g_get_monotonic_time () + i * 2000;
      Side a, b;

      side_init (&a, &b, pair->new_a);
      side_init (&b, &a, pair->new_b);
      side_start (&a, GST_P2P_ROLE_INITIATOR);
      side_start (&b, GST_P2P_ROLE_ACCEPTOR);
      while (g_get_monotonic_time () < until_us)
        test_wait_step (until_us);
      side_clear (i % 2 ? &a : &b);
      side_clear (i % 2 ? &b : &a);
    }
  test_leaks_end ();
}

/* With traffic in both directions, and a reader that stands still. */
static void
test_stop_busy (gconstpointer data)
{
  guint i;

  test_leaks_begin ();
  for (i = 0; i < 10; i++)
    {
      GThread *threads[4];
      Sender senders[4];
      gint64 until_us;
      Side a, b;
      guint k;

      connect_sides (&a, &b, data, NULL);
      for (k = 0; k < 2; k++)
        {
          open_port (&a, k, NULL);
          open_port (&b, k, NULL);
          port_set_blocked (&b.ports[k], k == 1);
          threads[2 * k] = sender_start (&senders[2 * k], &a.ports[k], 100000, 30000);
          threads[2 * k + 1] = sender_start (&senders[2 * k + 1], &b.ports[k], 100000, 500);
        }
      until_us = g_get_monotonic_time () + i * 30000;
      while (g_get_monotonic_time () < until_us)
        test_wait_step (until_us);
      side_stop (&a);
      side_stop (&b);
      for (k = 0; k < 4; k++)
        g_thread_join (threads[k]);
      side_clear (&a);
      side_clear (&b);
    }
  test_leaks_end ();
}

/* An end without a stop(): set to NULL, as an application does that gives up. */
static void
test_null_without_stop (gconstpointer data)
{
  GThread *thread;
  Sender sender;
  Side a, b;

  connect_sides (&a, &b, data, NULL);
  open_port (&a, 0, NULL);
  open_port (&b, 0, NULL);
  port_set_blocked (&b.ports[0], TRUE);
  thread = sender_start (&sender, &a.ports[0], 100000, 30000);
  gst_element_set_state (GST_ELEMENT (a.transport), GST_STATE_NULL);
  g_thread_join (thread);
  g_assert_cmpint (sender.ret, !=, GST_FLOW_OK);
  side_clear (&a);
  side_clear (&b);
}

/* A peer that disappears: one error. */
static void
test_lost (gconstpointer data)
{
  TestRelayConfig config = { 0 };
  TestRelay *relay = test_relay_new (&config);
  Side a, b;

  connect_sides (&a, &b, data, relay);
  open_port (&a, 0, NULL);
  open_port (&b, 0, NULL);
  test_relay_set_loss (relay, 100);
  TEST_WAIT_UNTIL (a.n_errors && b.n_errors, 15000);
  g_assert_error (a.error, GST_P2P_ERROR, GST_P2P_ERROR_LOST);
  g_assert_error (b.error, GST_P2P_ERROR, GST_P2P_ERROR_LOST);
  g_assert_cmpuint (a.n_errors, ==, 1);
  g_assert_cmpuint (b.n_errors, ==, 1);
  side_clear (&a);
  side_clear (&b);
  test_relay_free (relay);
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  return *(const gdouble *)a < *(const gdouble *)b ? -1 : 1;
}

static void
test_setup_time (gconstpointer data)
{
  gdouble times[20];
  guint i;

  for (i = 0; i < G_N_ELEMENTS (times); i++)
    {
      gint64 begin_us = g_get_monotonic_time ();
      GstStructure *stats;
      Side a, b;

      connect_sides (&a, &b, data, NULL);
      times[i] = (MAX (a.established_us, b.established_us) - begin_us) / 1000.0;
      stats = gst_p2p_transport_get_stats (a.transport);
      g_assert_cmpstr (gst_structure_get_string (stats, "local-candidate-type"), ==, "host");
      gst_structure_free (stats);
      side_clear (&a);
      side_clear (&b);
    }
  qsort (times, G_N_ELEMENTS (times), sizeof times[0], compare_times);
  g_test_message ("set-up: median %.1f ms, slowest %.1f ms", times[10], times[19]);
  g_assert_cmpfloat (times[10], <, 150 * test_slowdown ());
}

static const struct
{
  const gchar *name;
  GTestDataFunc func;
} cases[] = {
  { "setup-time", test_setup_time },
  { "sizes", test_sizes },
  { "several-channels", test_several_channels },
  { "unopened", test_unopened },
  { "refused", test_refused },
  { "close", test_close },
  { "peer-stops", test_peer_stops },
  { "backpressure", test_backpressure },
  { "loss", test_loss },
  { "stop-anywhen", test_stop_anywhen },
  { "stop-busy", test_stop_busy },
  { "null-without-stop", test_null_without_stop },
  { "lost", test_lost },
};

int
main (int argc, char **argv)
{
  guint i, k;
  gint ret;

  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  gst_p2p_elements_transport_prepare ();
  identities[0] = gst_p2p_identity_new (NULL);
  identities[1] = gst_p2p_identity_new (NULL);
  for (i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      for (k = 0; k < G_N_ELEMENTS (cases); k++)
        {
          g_autofree gchar *path
              = g_strdup_printf ("/transport/%s/%s", pairs[i].name, cases[k].name);

          g_test_add_data_func (path, &pairs[i], cases[k].func);
        }
    }
  ret = g_test_run ();
  gst_p2p_identity_unref (identities[0]);
  gst_p2p_identity_unref (identities[1]);
  return ret;
}
