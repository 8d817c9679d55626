/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kinds: the kinds of transport. Nothing else names them all, so that a new one is added here.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum
{
  GST_P2P_TRANSPORT_ELEMENTS,
  GST_P2P_TRANSPORT_DIRECT,
  GST_P2P_TRANSPORT_AUTO /* the better one, which is the direct one */
} GstP2pTransportType;

/* A transport (transport.h) for one connection. Returns: floating. */
GstElement *gst_p2p_transport_new (GstP2pTransportType type);

/* Begins what takes long and is needed once per process, on another thread; does not block. Call it
 * well before the first connection of @type. */
void gst_p2p_transport_prepare (GstP2pTransportType type);
/* Waits for that thread, if it still works: a process that exits meanwhile would crash, because
 * OpenSSL cleans up under it. Costs nothing afterwards, nor if nothing was prepared. */
void gst_p2p_transport_end_prepare (void);

G_END_DECLS
