/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * path: a transport over a path with delay and loss.
 *
 *   bench-path elements|direct ONE-WAY-DELAY-MS LOSS-PERCENT SECONDS [MBIT-PER-SECOND]
 *
 * Both ends are in this process, with a relay between them. Reliable and ordered, 16 KiB messages.
 * Prints one line per second: {"second": …, "mbit_s": …}, and then the sender's statistics.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gst/gst.h>

#include "plugins/p2p/transport/direct/element.h"
#include "plugins/p2p/transport/stock/bin.h"
#include "tests/common/relay.h"

#define STREAM 0
#define MESSAGE_SIZE 16384

typedef struct _Side Side;
struct _Side
{
  GstP2pTransport *transport;
  GstP2pIdentity *identity;
  Side *other;
  gboolean established;
  GstPad *pad;
};

static TestRelay *relay;
static gint received; /* messages; atomic */

static void
die (const gchar *what, const GError *error)
{
  fprintf (stderr, "%s: %s\n", what, error ? error->message : "unknown");
  exit (1);
}

static void
on_event (GstP2pTransport *transport, const GstP2pPeerEvent *peer,
          const GstP2pTransportEvent *event, gpointer user_data)
{
  Side *side = user_data;
  g_autofree gchar *candidate = NULL;
  GError *error = NULL;

  if (!peer)
    return;
  switch (peer->type)
    {
    case GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION:
      gst_p2p_transport_set_remote_description (side->other->transport, peer->description, &error);
      break;
    case GST_P2P_PEER_EVENT_LOCAL_CANDIDATE:
      candidate = test_relay_map_candidate (relay, peer->text);
      if (candidate)
        gst_p2p_transport_add_remote_candidate (side->other->transport, candidate, &error);
      break;
    case GST_P2P_PEER_EVENT_ICE_CONNECTED:
      gst_p2p_transport_start_dtls (transport);
      break;
    case GST_P2P_PEER_EVENT_DTLS_CONNECTED:
      gst_p2p_transport_start_sctp (transport, &error);
      break;
    case GST_P2P_PEER_EVENT_SCTP_ESTABLISHED:
      side->established = TRUE;
      break;
    default:
      die ("the connection ended", peer->error);
    }
  if (error)
    die ("refused", error);
}

static void
side_start (Side *side, const gchar *type, GstP2pRole role)
{
  static const gchar *const framings[] = { GST_P2P_RAW_FRAMING, NULL };
  GstP2pIceConfig ice = { 0 };
  GstP2pTransportConfig config = { .context = g_main_context_default (),
                                   .role = role,
                                   .ice = &ice,
                                   .framings = framings,
                                   .func = on_event,
                                   .user_data = side };
  GError *error = NULL;

  config.identity = side->identity = gst_p2p_identity_new (&error);
  if (!side->identity || !gst_p2p_transport_start (side->transport, &config, &error))
    die ("transport", error);
}

static GstP2pTransport *
make_transport (const gchar *type)
{
  GstElement *element = strcmp (type, "direct") == 0 ? gst_p2p_direct_element_new (NULL)
                                                     : gst_p2p_stock_bin_new (NULL);

  gst_object_ref_sink (element);
  gst_element_set_state (element, GST_STATE_PLAYING);
  return GST_P2P_TRANSPORT (element);
}

static GstFlowReturn
on_message (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  g_atomic_int_inc (&received);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gpointer
send_messages (gpointer data)
{
  Side *side = data;
  GstSegment segment;
  g_autoptr (GstBuffer) message = gst_buffer_new_allocate (NULL, MESSAGE_SIZE, NULL);

  gst_buffer_memset (message, 0, 0, MESSAGE_SIZE);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (side->pad, gst_event_new_stream_start ("bench"));
  gst_pad_push_event (side->pad, gst_event_new_segment (&segment));
  while (gst_pad_push (side->pad, gst_buffer_copy (message)) == GST_FLOW_OK)
    ;
  return NULL;
}

static void
open_channel (Side *side, gboolean sends)
{
  g_autoptr (GstP2pChannelConfig) config = gst_p2p_channel_config_new ();
  GstPad *sink, *src;
  GError *error = NULL;

  if (!gst_p2p_transport_open_channel (side->transport, STREAM, config, &sink, &src, &error))
    die ("channel", error);
  side->pad = gst_pad_new (NULL, sends ? GST_PAD_SRC : GST_PAD_SINK);
  if (!sends)
    gst_pad_set_chain_function (side->pad, on_message);
  gst_pad_set_active (side->pad, TRUE);
  if (sends)
    gst_pad_link (side->pad, sink);
  else
    gst_pad_link (src, side->pad);
  gst_p2p_transport_activate_channel (side->transport, STREAM);
}

static gboolean
on_second (gpointer user_data)
{
  static guint second;
  static gint last;
  gint now = g_atomic_int_get (&received);
  Side *sender = user_data;
  g_autoptr (GstStructure) stats = gst_p2p_transport_get_stats (sender->transport);
  g_autofree gchar *text = gst_structure_to_string (stats);

  printf ("{\"second\": %u, \"mbit_s\": %.1f}\n", ++second, (now - last) * MESSAGE_SIZE * 8 / 1e6);
  fprintf (stderr, "%s\n", text);
  fflush (stdout);
  last = now;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_end (gpointer user_data)
{
  exit (0);
}

int
main (int argc, char **argv)
{
  TestRelayConfig config = { .seed = 1, .queue_bytes = 4 * 1024 * 1024 };
  Side a = { 0 }, b = { 0 };

  gst_init (&argc, &argv);
  if (argc < 5)
    return 2;
  config.delay_ms = atoi (argv[2]);
  config.loss_percent = 0;
  config.rate_bps = argc > 5 ? strtoull (argv[5], NULL, 10) * 1000000 : 0;
  relay = test_relay_new (&config);
  a.other = &b;
  b.other = &a;
  a.transport = make_transport (argv[1]);
  b.transport = make_transport (argv[1]);
  side_start (&a, argv[1], GST_P2P_ROLE_INITIATOR);
  side_start (&b, argv[1], GST_P2P_ROLE_ACCEPTOR);
  while (!a.established || !b.established)
    g_main_context_iteration (NULL, TRUE);
  open_channel (&a, TRUE);
  open_channel (&b, FALSE);
  test_relay_set_loss (relay, g_ascii_strtod (argv[3], NULL));
  g_thread_unref (g_thread_new ("send", send_messages, &a));
  g_timeout_add (1000, on_second, &a);
  g_timeout_add (atoi (argv[4]) * 1000 + 100, on_end, NULL);
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
  return 0;
}
