/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * transport: the dispatch of the interface; see transport.h.
 */
#include "plugins/p2p/transport/transport.h"

G_DEFINE_INTERFACE (GstP2pTransport, gst_p2p_transport, GST_TYPE_ELEMENT)

static void
gst_p2p_transport_default_init (GstP2pTransportInterface *iface)
{
}

#define IFACE(t) GST_P2P_TRANSPORT_GET_IFACE (t)

guint32
gst_p2p_transport_get_max_message_size (GstP2pTransport *transport)
{
  return IFACE (transport)->get_max_message_size (transport);
}

guint32
gst_p2p_transport_get_max_sent_size (GstP2pTransport *transport)
{
  return IFACE (transport)->get_max_sent_size (transport);
}

gboolean
gst_p2p_transport_start (GstP2pTransport *transport, const GstP2pTransportConfig *config,
                         GError **error)
{
  return IFACE (transport)->start (transport, config, error);
}

gboolean
gst_p2p_transport_set_remote_description (GstP2pTransport *transport,
                                          GstP2pDescription *description, GError **error)
{
  return IFACE (transport)->set_remote_description (transport, description, error);
}

gboolean
gst_p2p_transport_add_remote_candidate (GstP2pTransport *transport, const gchar *candidate,
                                        GError **error)
{
  return IFACE (transport)->add_remote_candidate (transport, candidate, error);
}

void
gst_p2p_transport_start_dtls (GstP2pTransport *transport)
{
  IFACE (transport)->start_dtls (transport);
}

gboolean
gst_p2p_transport_start_sctp (GstP2pTransport *transport, GError **error)
{
  return IFACE (transport)->start_sctp (transport, error);
}

gboolean
gst_p2p_transport_open_channel (GstP2pTransport *transport, guint16 stream,
                                const GstP2pChannelConfig *config, GstPad **sink, GstPad **src,
                                GError **error)
{
  return IFACE (transport)->open_channel (transport, stream, config, sink, src, error);
}

void
gst_p2p_transport_activate_channel (GstP2pTransport *transport, guint16 stream)
{
  IFACE (transport)->activate_channel (transport, stream);
}

void
gst_p2p_transport_send_dcep (GstP2pTransport *transport, guint16 stream, GBytes *message)
{
  IFACE (transport)->send_dcep (transport, stream, message);
}

void
gst_p2p_transport_close_channel (GstP2pTransport *transport, guint16 stream)
{
  IFACE (transport)->close_channel (transport, stream);
}

void
gst_p2p_transport_release_channel (GstP2pTransport *transport, guint16 stream)
{
  IFACE (transport)->release_channel (transport, stream);
}

GstStructure *
gst_p2p_transport_get_stats (GstP2pTransport *transport)
{
  return IFACE (transport)->get_stats (transport);
}

gboolean
gst_p2p_transport_stop (GstP2pTransport *transport)
{
  return IFACE (transport)->stop (transport);
}
