/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bin: the transport as a bin of the six stock elements.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* An element that is a GstP2pTransport, for one connection. */
GstElement *gst_p2p_stock_bin_new (const gchar *name);

/* Loads what takes time, on another thread, once in a process: call it well before the first
 * connection. Does not block. A transport that is started before this is done waits for it,
 * asynchronously, when it comes to DTLS. */
void gst_p2p_stock_bin_prepare (void);
/* Waits for that thread, if it still works: a process that exits meanwhile crashes, because OpenSSL
 * cleans up under it. Afterwards this is free. */
void gst_p2p_stock_bin_end_prepare (void);

G_END_DECLS
