/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-p2psrc
 * @short_description: receives streams from another pipeline, peer to peer
 *
 * Connects to a p2psink (or p2pbin, or any program that speaks docs/wire.md) anywhere on the
 * internet, and adds a source pad for each stream that the sender opens, with its caps, tags and
 * timestamps.
 *
 * |[
 * gst-launch-1.0 p2psrc local-id=cam1 ! decodebin ! videoconvert ! autovideosink
 * ]| Waits to be called as "cam1" on the signaling server of this machine.
 *
 * A sender that leaves, or is lost, before the end of its stream has cut it. Everything that came
 * goes downstream, and EOS behind it. When the sinks have that, a message follows: an error if the
 * stream is of bytes, since a part of a file is none, and a warning if it is media. `on-truncated`
 * chooses.
 *
 * The URI p2p://host:port/id names a signaling server and whom to call, for playbin and its like.
 * Behind a question mark may stand what else is to be set: README has the list.
 */
#include "plugins/p2p/element/p2psrc.h"

#include "plugins/p2p/element/uri.h"

typedef struct
{
  GstP2pBaseBin parent;
} GstP2pSrc;

typedef struct
{
  GstP2pBaseBinClass parent_class;
} GstP2pSrcClass;

G_DEFINE_TYPE_WITH_CODE (GstP2pSrc, gst_p2p_src, GST_TYPE_P2P_BASE_BIN,
                         G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER, gst_p2p_uri_init_src))

GST_ELEMENT_REGISTER_DEFINE (p2psrc, "p2psrc", GST_RANK_PRIMARY, GST_TYPE_P2P_SRC);

static void
gst_p2p_src_class_init (GstP2pSrcClass *klass)
{
  gst_p2p_base_bin_class_set_directions (GST_P2P_BASE_BIN_CLASS (klass), GST_P2P_DIRECTION_RECEIVE);
  gst_element_class_set_static_metadata (
      GST_ELEMENT_CLASS (klass), "Peer-to-peer source", "Source/Network",
      "Receives streams from a peer over ICE, DTLS and SCTP", "The gst-p2p authors");
}

static void
gst_p2p_src_init (GstP2pSrc *self)
{
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}
