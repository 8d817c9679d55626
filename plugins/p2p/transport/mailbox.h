/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mailbox: carries what a transport has to report from any thread to the control thread.
 *
 * An implementation of the transport makes one in start() and closes it in stop(), on the control
 * thread. Events are delivered in the order of posting; after close() has returned, none is but
 * STOPPED.
 */
#pragma once

#include "plugins/p2p/transport/transport.h"

G_BEGIN_DECLS

typedef struct _GstP2pMailbox GstP2pMailbox;

GstP2pMailbox *gst_p2p_mailbox_new (GstP2pTransport *transport, GMainContext *context,
                                    GstP2pTransportFunc func, gpointer user_data);
void gst_p2p_mailbox_close (GstP2pMailbox *mailbox);
GstP2pMailbox *gst_p2p_mailbox_ref (GstP2pMailbox *mailbox);
void gst_p2p_mailbox_unref (GstP2pMailbox *mailbox);
/* Both copy what they are given; any thread. Of the events that end the connection,
 * TRANSPORT_CLOSED and TRANSPORT_ERROR, only the first one is delivered. */
void gst_p2p_mailbox_post_peer (GstP2pMailbox *mailbox, const GstP2pPeerEvent *event);
void gst_p2p_mailbox_post (GstP2pMailbox *mailbox, const GstP2pTransportEvent *event);
/* Runs @func (@data, the transport or %NULL) on the control thread, in order with the events;
 * @notify is called in any case, also if the mailbox is closed first. */
void
gst_p2p_mailbox_invoke (GstP2pMailbox *mailbox, GFunc func, gpointer data, GDestroyNotify notify);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pMailbox, gst_p2p_mailbox_unref)

G_END_DECLS
