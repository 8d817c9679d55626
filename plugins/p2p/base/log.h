/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * log: the debug categories of the plugin; their names begin with p2p. A file that logs defines
 * GST_CAT_DEFAULT as one of them.
 *
 * What is no GObject is given an "owner" when it is made, to log about: the transport that it is
 * part of, so that with several peers every line tells which of them it is about. The owner is
 * borrowed, lives longer than what it is given to, and may be %NULL in tests.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GST_DEBUG_CATEGORY_EXTERN (gst_p2p_debug);           /* "p2p": the elements, and control */
GST_DEBUG_CATEGORY_EXTERN (gst_p2p_pay_debug);       /* "p2pframepay" */
GST_DEBUG_CATEGORY_EXTERN (gst_p2p_depay_debug);     /* "p2pframedepay" */
GST_DEBUG_CATEGORY_EXTERN (gst_p2p_transport_debug); /* "p2ptransport": what both kinds share */
GST_DEBUG_CATEGORY_EXTERN (gst_p2p_ice_debug);       /* "p2pice" */
GST_DEBUG_CATEGORY_EXTERN (gst_p2p_stock_debug);     /* "p2pelements": the stock transport */
GST_DEBUG_CATEGORY_EXTERN (gst_p2p_direct_debug);    /* "p2pdirect": the direct transport */
GST_DEBUG_CATEGORY_EXTERN (gst_p2p_path_debug);      /* "p2ppath": its ICE and DTLS */
GST_DEBUG_CATEGORY_EXTERN (gst_p2p_mux_debug);       /* "p2pmux": its channels */
GST_DEBUG_CATEGORY_EXTERN (gst_p2p_sctp_debug);      /* "p2psctp": its SCTP */
GST_DEBUG_CATEGORY_EXTERN (gst_p2p_udp_debug);       /* "p2pudp": its datagrams */

/* Makes the categories. The plugin calls it when it is loaded, and so do the classes, for programs
 * that link the elements without the plugin; every call but the first does nothing. Any thread. */
void gst_p2p_log_init (void);

G_END_DECLS
