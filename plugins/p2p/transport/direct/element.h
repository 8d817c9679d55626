/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * directtransport: the transport as one element on libnice, OpenSSL and usrsctp, with one I/O
 * thread.
 *
 *   control thread ── calls ──► I/O thread: channelmux ⇄ securepath
 *                  ◄─ mailbox ─      ▲ ▼
 *   streaming threads ─────────► queues of the channels
 *
 * The calls of the interface are carried to the I/O thread, which owns everything between the
 * channels' queues and the sockets, and never waits for another thread. So one packet passes one
 * thread, and one message two.
 */
#pragma once

#include "plugins/p2p/transport/transport.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_DIRECT_TRANSPORT (gst_p2p_direct_transport_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pDirectTransport, gst_p2p_direct_transport, GST, P2P_DIRECT_TRANSPORT,
                      GstElement)

GstElement *gst_p2p_direct_transport_new (const gchar *name); /* name: nullable */

G_END_DECLS
