/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reporter: see reporter.h.
 */
#include "plugins/p2p/transport/stock/reporter.h"

#include "plugins/p2p/base/log.h"

#define GST_CAT_DEFAULT gst_p2p_stock_debug

struct _GstP2pStockReporter
{
  /* const */
  gpointer owner;
  GstP2pMailbox *mailbox;

  /* atomic */
  gint stopping;    /* gboolean */
  gint peer_closed; /* gboolean */
  gint ended;       /* gboolean: the end was reported */
};

GstP2pStockReporter *
gst_p2p_stock_reporter_new (gpointer owner, GstP2pMailbox *mailbox)
{
  GstP2pStockReporter *self = g_new0 (GstP2pStockReporter, 1);

  self->owner = owner;
  self->mailbox = gst_p2p_mailbox_ref (mailbox);
  return self;
}

void
gst_p2p_stock_reporter_free (GstP2pStockReporter *self)
{
  gst_p2p_mailbox_unref (self->mailbox);
  g_free (self);
}

void
gst_p2p_stock_reporter_post (GstP2pStockReporter *self, GstP2pTransportEventType type,
                             guint16 stream, GBytes *message)
{
  GstP2pTransportEvent event = { type, stream, message };

  gst_p2p_mailbox_post (self->mailbox, &event);
}

void
gst_p2p_stock_reporter_post_peer (GstP2pStockReporter *self, GstP2pPeerEventType type,
                                  const gchar *text)
{
  GstP2pPeerEvent event = { .type = type, .text = text };

  gst_p2p_mailbox_post_peer (self->mailbox, &event);
}

void
gst_p2p_stock_reporter_end (GstP2pStockReporter *self, GstP2pPeerEventType type)
{
  if (g_atomic_int_compare_and_exchange (&self->ended, FALSE, TRUE))
    gst_p2p_stock_reporter_post_peer (self, type, NULL);
}

void
gst_p2p_stock_reporter_fail (GstP2pStockReporter *self, GstP2pError code, const gchar *format, ...)
{
  g_autoptr (GError) error = NULL;
  GstP2pPeerEvent event = { .type = GST_P2P_PEER_EVENT_TRANSPORT_ERROR };
  va_list args;

  if (g_atomic_int_get (&self->stopping) || g_atomic_int_get (&self->peer_closed)
      || !g_atomic_int_compare_and_exchange (&self->ended, FALSE, TRUE))
    return;
  va_start (args, format);
  error = g_error_new_valist (GST_P2P_ERROR, code, format, args);
  va_end (args);
  GST_INFO_OBJECT (self->owner, "%s", error->message);
  event.error = error;
  gst_p2p_mailbox_post_peer (self->mailbox, &event);
}

gboolean
gst_p2p_stock_reporter_set_peer_closed (GstP2pStockReporter *self)
{
  return g_atomic_int_compare_and_exchange (&self->peer_closed, FALSE, TRUE);
}

gboolean
gst_p2p_stock_reporter_is_peer_closed (GstP2pStockReporter *self)
{
  return g_atomic_int_get (&self->peer_closed);
}

void
gst_p2p_stock_reporter_stop (GstP2pStockReporter *self)
{
  g_atomic_int_set (&self->stopping, TRUE);
}

gboolean
gst_p2p_stock_reporter_is_stopping (GstP2pStockReporter *self)
{
  return g_atomic_int_get (&self->stopping);
}
