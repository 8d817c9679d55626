/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * transport: one of the project's transports alone, without the elements around it: one channel,
 * reliable and ordered.
 *
 *   bench-transport receiver FD
 *   bench-transport sender FD MESSAGE-SIZE
 *
 * FD is one end of a socket pair; over it go descriptions and candidates, as texts that end in NUL:
 * "description\nSDP", "candidate\nCANDIDATE". MESSAGE-SIZE 0: connect, say how long that took, end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib-unix.h>
#include <gst/gst.h>

#include "plugins/p2p/transport/direct/element.h"
#include "tests/bench/meter.h"
#include "tests/bench/pairtalk.h"

#define STREAM 0

typedef struct
{
  GstP2pTransport *transport;
  GstP2pRole role;
  int fd;
  GString *incoming;
  gsize message_size;
  GstPad *output; /* linked to the transport's sink pad */
  GstPad *input;  /* linked to the transport's src pad */
} Contestant;

static void
die (const gchar *what, GError *error)
{
  fprintf (stderr, "%s: %s\n", what, error ? error->message : "unknown");
  exit (1);
}

static gpointer
send_messages (gpointer data)
{
  Contestant *self = data;
  GstSegment segment;
  g_autoptr (GstBuffer) message = gst_buffer_new_allocate (NULL, self->message_size, NULL);

  gst_buffer_memset (message, 0, 0, self->message_size);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->output, gst_event_new_stream_start ("bench"));
  gst_pad_push_event (self->output, gst_event_new_segment (&segment));
  while (gst_pad_push (self->output, gst_buffer_copy (message)) == GST_FLOW_OK)
    ;
  return NULL;
}

static GstFlowReturn
on_message (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  meter_add (gst_buffer_get_size (buffer));
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static void
open_channel (Contestant *self)
{
  g_autoptr (GstP2pChannelConfig) config = gst_p2p_channel_config_new ();
  GstPad *sink, *src;
  GError *error = NULL;

  if (!gst_p2p_transport_open_channel (self->transport, STREAM, config, &sink, &src, &error))
    die ("channel", error);
  self->output = gst_pad_new ("output", GST_PAD_SRC);
  self->input = gst_pad_new ("input", GST_PAD_SINK);
  gst_pad_set_chain_function (self->input, on_message);
  gst_pad_set_active (self->output, TRUE);
  gst_pad_set_active (self->input, TRUE);
  gst_pad_link (self->output, sink);
  gst_pad_link (src, self->input);
  gst_p2p_transport_activate_channel (self->transport, STREAM);
  if (self->message_size > 0)
    g_thread_unref (g_thread_new ("send", send_messages, self));
}

static void
on_event (GstP2pTransport *transport, const GstP2pPeerEvent *peer,
          const GstP2pTransportEvent *event, gpointer user_data)
{
  Contestant *self = user_data;
  g_autofree gchar *sdp = NULL;
  GError *error = NULL;

  if (!peer)
    return;
  switch (peer->type)
    {
    case GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION:
      sdp = gst_p2p_description_to_sdp (peer->description, "actpass");
      pair_tell (self->fd, "description", sdp);
      break;
    case GST_P2P_PEER_EVENT_LOCAL_CANDIDATE:
      pair_tell (self->fd, "candidate", peer->text);
      break;
    case GST_P2P_PEER_EVENT_ICE_CONNECTED:
      gst_p2p_transport_start_dtls (transport);
      break;
    case GST_P2P_PEER_EVENT_DTLS_CONNECTED:
      if (!gst_p2p_transport_start_sctp (transport, &error))
        die ("SCTP", error);
      break;
    case GST_P2P_PEER_EVENT_SCTP_ESTABLISHED:
      open_channel (self);
      break;
    default:
      exit (0); /* the other one ended, or nothing works */
    }
}

static void
take (const gchar *kind, const gchar *text, gpointer user_data)
{
  Contestant *self = user_data;
  g_autoptr (GstP2pDescription) description = NULL;
  GError *error = NULL;

  if (g_str_equal (kind, "description"))
    {
      description = gst_p2p_description_new_from_sdp (text, strlen (text), &error);
      if (!description
          || !gst_p2p_transport_set_remote_description (self->transport, description, &error))
        die ("description", error);
    }
  else if (!gst_p2p_transport_add_remote_candidate (self->transport, text, &error))
    die ("candidate", error);
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer user_data)
{
  Contestant *self = user_data;

  if (!pair_hear (fd, self->incoming, take, self))
    exit (0);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  static const gchar *const framings[] = { GST_P2P_RAW_FRAMING, NULL };
  GstP2pIceConfig ice = { 0 };
  GstP2pTransportConfig config = { .func = on_event, .ice = &ice, .framings = framings };
  Contestant self = { .incoming = g_string_new (NULL) };
  GError *error = NULL;

  meter_end_with_parent ();
  gst_init (&argc, &argv);
  if (argc < 3)
    return 2;
  self.role = strcmp (argv[1], "sender") == 0 ? GST_P2P_ROLE_INITIATOR : GST_P2P_ROLE_ACCEPTOR;
  self.fd = atoi (argv[2]);
  self.message_size = argc > 3 ? strtoul (argv[3], NULL, 10) : 0;

  self.transport = g_object_ref_sink (g_object_new (GST_TYPE_P2P_DIRECT_ELEMENT, NULL));
  gst_element_set_state (GST_ELEMENT (self.transport), GST_STATE_PLAYING);
  config.context = g_main_context_default ();
  config.role = self.role;
  config.identity = gst_p2p_identity_new (&error);
  config.user_data = &self;
  if (!config.identity)
    die ("identity", error);
  if (self.role == GST_P2P_ROLE_INITIATOR)
    meter_call ();
  if (!gst_p2p_transport_start (self.transport, &config, &error))
    die ("transport", error);
  g_unix_fd_add (self.fd, G_IO_IN | G_IO_HUP, on_readable, &self);
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
  return 0;
}
