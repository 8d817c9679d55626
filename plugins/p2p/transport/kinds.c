/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kinds: see kinds.h.
 */
#include "plugins/p2p/transport/kinds.h"

#include "plugins/p2p/transport/direct/element.h"
#include "plugins/p2p/transport/stock/bin.h"

GstElement *
gst_p2p_transport_new (GstP2pTransportType type)
{
  switch (type)
    {
    case GST_P2P_TRANSPORT_ELEMENTS:
      return gst_p2p_stock_bin_new (NULL);
    case GST_P2P_TRANSPORT_DIRECT:
    case GST_P2P_TRANSPORT_AUTO:
    default:
      return gst_p2p_direct_element_new (NULL);
    }
}

void
gst_p2p_transport_prepare (GstP2pTransportType type)
{
  if (type == GST_P2P_TRANSPORT_ELEMENTS)
    gst_p2p_stock_bin_prepare ();
}

void
gst_p2p_transport_end_prepare (void)
{
  gst_p2p_stock_bin_end_prepare ();
}
