/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * element: the transport as one element on libnice, OpenSSL and usrsctp, with one I/O thread.
 *
 *   control thread ── calls ──► I/O thread: mux ⇄ path
 *                  ◄─ mailbox ─      ▲ ▼
 *   streaming threads ─────────► queues of the channels
 *
 * The calls of the interface are carried to the I/O thread, which owns everything between the
 * channels' queues and the sockets, and never waits for another thread. So a packet is handled by
 * one thread, and a message by two.
 */
#pragma once

#include "plugins/p2p/transport/transport.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_DIRECT_ELEMENT (gst_p2p_direct_element_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pDirectElement, gst_p2p_direct_element, GST, P2P_DIRECT_ELEMENT,
                      GstElement)

GstElement *gst_p2p_direct_element_new (const gchar *name); /* name: nullable */

G_END_DECLS
