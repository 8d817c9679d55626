/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dtls: makes dtlsdec early enough that no connection waits for it, and so that it does not show
 * its private key.
 */
#pragma once

#include "gst/p2p/link/identity.h"
#include "plugins/p2p/transport/mailbox.h"
#include "plugins/p2p/transport/transport.h"

G_BEGIN_DECLS

/* Begins, once per process and on a thread of its own, to load the plugins and to make dtlsdec's
 * default key. Does not block; any thread. */
void gst_p2p_stock_prepare (void);
/* Waits until that is done (a key takes up to a second) and its thread has ended. */
void gst_p2p_stock_end_prepare (void);

/* Runs @func (@data, transport) through @mailbox as soon as that is done. */
void gst_p2p_stock_when_prepared (GstP2pMailbox *mailbox, GFunc func, gpointer data);

/**
 * gst_p2p_stock_dtlsdec_new:
 * @connection_id: unique in the process
 *
 * Returns: (transfer floating): a dtlsdec that presents @identity; %NULL if the element is missing
 */
GstElement *gst_p2p_stock_dtlsdec_new (const gchar *connection_id, GstP2pIdentity *identity);

G_END_DECLS
