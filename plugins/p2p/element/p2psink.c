/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-p2psink
 * @short_description: sends streams to other pipelines, peer to peer
 *
 * Connects to a p2psrc (or p2pbin, or any program that speaks docs/wire.md) anywhere on the
 * internet and sends it what comes in. With remote-id it calls one receiver; without, it waits
 * under its local-id for up to max-peers of them.
 *
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! vp8enc deadline=1 ! p2psink remote-id=cam1
 * ]| Calls the receiver that is bound as "cam1" on the signaling server of this machine.
 */
#include "plugins/p2p/element/p2psink.h"

#include "plugins/p2p/element/uri.h"

typedef struct
{
  GstP2pBaseBin parent;
} GstP2pSink;

typedef struct
{
  GstP2pBaseBinClass parent_class;
} GstP2pSinkClass;

G_DEFINE_TYPE_WITH_CODE (GstP2pSink, gst_p2p_sink, GST_TYPE_P2P_BASE_BIN,
                         G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER, gst_p2p_uri_init_sink))

GST_ELEMENT_REGISTER_DEFINE (p2psink, "p2psink", GST_RANK_PRIMARY, GST_TYPE_P2P_SINK);

static void
gst_p2p_sink_class_init (GstP2pSinkClass *klass)
{
  gst_p2p_base_bin_class_set_directions (GST_P2P_BASE_BIN_CLASS (klass), GST_P2P_DIRECTION_SEND);
  gst_element_class_set_static_metadata (
      GST_ELEMENT_CLASS (klass), "Peer-to-peer sink", "Sink/Network",
      "Sends streams to peers over ICE, DTLS and SCTP", "The gst-p2p authors");
}

static void
gst_p2p_sink_init (GstP2pSink *self)
{
  /* A source, too: only those hear of an EOS that is sent to the pipeline. */
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK | GST_ELEMENT_FLAG_SOURCE);
}
