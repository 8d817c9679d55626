/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * log: see log.h.
 */
#include "plugins/p2p/base/log.h"

GST_DEBUG_CATEGORY (gst_p2p_debug);
GST_DEBUG_CATEGORY (gst_p2p_pay_debug);
GST_DEBUG_CATEGORY (gst_p2p_depay_debug);
GST_DEBUG_CATEGORY (gst_p2p_transport_debug);
GST_DEBUG_CATEGORY (gst_p2p_ice_debug);
GST_DEBUG_CATEGORY (gst_p2p_stock_debug);
GST_DEBUG_CATEGORY (gst_p2p_direct_debug);
GST_DEBUG_CATEGORY (gst_p2p_path_debug);
GST_DEBUG_CATEGORY (gst_p2p_mux_debug);
GST_DEBUG_CATEGORY (gst_p2p_sctp_debug);
GST_DEBUG_CATEGORY (gst_p2p_udp_debug);

void
gst_p2p_log_init (void)
{
  static gsize done;

  if (!g_once_init_enter (&done))
    return;
  GST_DEBUG_CATEGORY_INIT (gst_p2p_debug, "p2p", 0, "peer-to-peer connections");
  GST_DEBUG_CATEGORY_INIT (gst_p2p_pay_debug, "p2pframepay", 0, "peer-to-peer frame payloader");
  GST_DEBUG_CATEGORY_INIT (gst_p2p_depay_debug, "p2pframedepay", 0,
                           "peer-to-peer frame depayloader");
  GST_DEBUG_CATEGORY_INIT (gst_p2p_transport_debug, "p2ptransport", 0,
                           "what the peer-to-peer transports share");
  GST_DEBUG_CATEGORY_INIT (gst_p2p_ice_debug, "p2pice", 0, "ICE agent of the p2p elements");
  GST_DEBUG_CATEGORY_INIT (gst_p2p_stock_debug, "p2pelements", 0,
                           "transport of the stock elements");
  GST_DEBUG_CATEGORY_INIT (gst_p2p_direct_debug, "p2pdirect", 0, "direct transport");
  GST_DEBUG_CATEGORY_INIT (gst_p2p_path_debug, "p2ppath", 0,
                           "ICE and DTLS of the direct transport");
  GST_DEBUG_CATEGORY_INIT (gst_p2p_mux_debug, "p2pmux", 0, "channels of the direct transport");
  GST_DEBUG_CATEGORY_INIT (gst_p2p_sctp_debug, "p2psctp", 0, "SCTP of the direct transport");
  GST_DEBUG_CATEGORY_INIT (gst_p2p_udp_debug, "p2pudp", 0, "datagrams of the direct transport");
  g_once_init_leave (&done, 1);
}
