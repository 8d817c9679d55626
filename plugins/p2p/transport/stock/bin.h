/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bin: the transport as a bin of the six stock elements.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* An element that is a GstP2pTransport, for one connection. */
GstElement *gst_p2p_stock_bin_new (const gchar *name);

/* Loads on another thread what takes time, once per process: call it well before the first
 * connection. Does not block. A transport that is started before this is done waits for it,
 * asynchronously, before it begins with DTLS. */
void gst_p2p_stock_bin_prepare (void);
/* Waits until that thread has ended: a process that exits while it works crashes, because OpenSSL
 * cleans up what the thread uses. Costs nothing if the thread has ended. */
void gst_p2p_stock_bin_end_prepare (void);

G_END_DECLS
