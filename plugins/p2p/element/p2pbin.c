/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-p2pbin
 * @short_description: sends and receives streams over one peer-to-peer connection
 *
 * p2psrc and p2psink in one element, on one connection with one other element, which may be a
 * p2pbin too. Whoever hangs up ends the streams of both directions; without that EOS is posted when
 * everything has been sent and received.
 *
 * |[
 * gst-launch-1.0 p2pbin name=p remote-id=bob \
 *   audiotestsrc is-live=true ! opusenc ! p.  p. ! opusdec ! audioconvert ! autoaudiosink
 * ]| Calls "bob", sends him a tone, and plays what he sends.
 */
#include "plugins/p2p/element/p2pbin.h"

typedef struct
{
  GstP2pBaseBin parent;
} GstP2pBin;

typedef struct
{
  GstP2pBaseBinClass parent_class;
} GstP2pBinClass;

G_DEFINE_TYPE (GstP2pBin, gst_p2p_bin, GST_TYPE_P2P_BASE_BIN)

GST_ELEMENT_REGISTER_DEFINE (p2pbin, "p2pbin", GST_RANK_NONE, GST_TYPE_P2P_BIN);

/* An element that sends is a sink: a pipeline has not ended before its sinks have posted EOS. */
static void
check_sink (GstElement *element)
{
  GST_OBJECT_LOCK (element);
  if (element->numsinkpads > 0)
    GST_OBJECT_FLAG_SET (element, GST_ELEMENT_FLAG_SINK);
  else
    GST_OBJECT_FLAG_UNSET (element, GST_ELEMENT_FLAG_SINK);
  GST_OBJECT_UNLOCK (element);
}

static void
gst_p2p_bin_pad_added (GstElement *element, GstPad *pad)
{
  check_sink (element);
}

static void
gst_p2p_bin_pad_removed (GstElement *element, GstPad *pad)
{
  check_sink (element);
}

static void
gst_p2p_bin_class_init (GstP2pBinClass *klass)
{
  GST_ELEMENT_CLASS (klass)->pad_added = gst_p2p_bin_pad_added;
  GST_ELEMENT_CLASS (klass)->pad_removed = gst_p2p_bin_pad_removed;
  gst_p2p_base_bin_class_set_directions (GST_P2P_BASE_BIN_CLASS (klass),
                                         GST_P2P_DIRECTION_SEND | GST_P2P_DIRECTION_RECEIVE);
  gst_element_class_set_static_metadata (
      GST_ELEMENT_CLASS (klass), "Peer-to-peer bin", "Source/Sink/Network",
      "Sends and receives streams over one peer-to-peer connection", "The gst-p2p authors");
}

static void
gst_p2p_bin_init (GstP2pBin *self)
{
}
