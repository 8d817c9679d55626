/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mailbox: see mailbox.h.
 *
 * Events are kept in one queue, whatever their kind, and at most one source is attached to the
 * control thread's context. Nothing is called under the lock.
 */
#include "plugins/p2p/transport/mailbox.h"

#include "gst/p2p/base/timer.h"

struct _GstP2pMailbox
{
  /* const */
  gatomicrefcount ref_count;
  GMainContext *context;
  GWeakRef transport;
  GstP2pTransportFunc func;
  gpointer user_data;

  GMutex lock;
  /* lock */
  GQueue letters;
  GSource *source; /* attached while there are letters */
  gboolean ended;  /* an event that ends the connection was posted */
  gboolean closed;
};

typedef struct
{
  gboolean is_peer;
  GstP2pPeerEvent peer;
  GstP2pTransportEvent event;
  GFunc func;
  gpointer data;
  GDestroyNotify notify;
} Letter;

static void
letter_free (Letter *letter)
{
  g_free ((gchar *)letter->peer.text);
  g_clear_pointer (&letter->peer.description, gst_p2p_description_unref);
  g_clear_error ((GError **)&letter->peer.error);
  g_clear_pointer (&letter->event.message, g_bytes_unref);
  if (letter->notify)
    letter->notify (letter->data);
  g_free (letter);
}

GstP2pMailbox *
gst_p2p_mailbox_new (GstP2pTransport *transport, GMainContext *context, GstP2pTransportFunc func,
                     gpointer user_data)
{
  GstP2pMailbox *self = g_new0 (GstP2pMailbox, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->context = g_main_context_ref (context);
  g_weak_ref_init (&self->transport, transport);
  self->func = func;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_queue_init (&self->letters);
  return self;
}

GstP2pMailbox *
gst_p2p_mailbox_ref (GstP2pMailbox *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
gst_p2p_mailbox_unref (GstP2pMailbox *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  /* an attached source has a reference, so that there is none here */
  g_queue_clear_full (&self->letters, (GDestroyNotify)letter_free);
  g_weak_ref_clear (&self->transport);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static Letter *
take_letter (GstP2pMailbox *self)
{
  Letter *letter;

  g_mutex_lock (&self->lock);
  letter = g_queue_pop_head (&self->letters);
  if (!letter)
    gst_p2p_clear_source (&self->source);
  g_mutex_unlock (&self->lock);
  return letter;
}

/* Delivers what is there, and stops at once if the owner closes the mailbox meanwhile: close()
 * empties the queue. */
static gboolean
on_source_dispatch (gpointer user_data)
{
  GstP2pMailbox *self = user_data;
  GstP2pTransport *transport = g_weak_ref_get (&self->transport);
  Letter *letter;

  while ((letter = take_letter (self)))
    {
      if (letter->func)
        letter->func (letter->data, transport);
      else if (transport && letter->is_peer)
        self->func (transport, &letter->peer, NULL, self->user_data);
      else if (transport)
        self->func (transport, NULL, &letter->event, self->user_data);
      letter_free (letter);
    }
  if (transport)
    gst_object_unref (transport);
  return G_SOURCE_CONTINUE;
}

static gboolean
is_stopped_event (const Letter *letter)
{
  return !letter->is_peer && !letter->func && letter->event.type == GST_P2P_TRANSPORT_STOPPED;
}

static void
post (GstP2pMailbox *self, Letter *letter)
{
  gboolean closed;

  g_mutex_lock (&self->lock);
  closed = self->closed && !is_stopped_event (letter);
  if (!closed)
    {
      g_queue_push_tail (&self->letters, letter);
      if (!self->source)
        {
          self->source = g_idle_source_new ();
          g_source_set_priority (self->source, G_PRIORITY_DEFAULT);
          g_source_set_static_name (self->source, "p2p transport mailbox");
          g_source_set_callback (self->source, on_source_dispatch, gst_p2p_mailbox_ref (self),
                                 (GDestroyNotify)gst_p2p_mailbox_unref);
          g_source_attach (self->source, self->context);
        }
    }
  g_mutex_unlock (&self->lock);
  if (closed)
    letter_free (letter);
}

void
gst_p2p_mailbox_close (GstP2pMailbox *self)
{
  GQueue letters = G_QUEUE_INIT;
  GSource *source;

  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  letters = self->letters;
  g_queue_init (&self->letters);
  source = g_steal_pointer (&self->source);
  g_mutex_unlock (&self->lock);

  gst_p2p_clear_source (&source);
  g_queue_clear_full (&letters, (GDestroyNotify)letter_free);
}

/* An event that ends a connection causes others: a send that fails, the peer's goodbye. The first
 * one is the reason. */
static gboolean
is_first_end (GstP2pMailbox *self)
{
  gboolean first;

  g_mutex_lock (&self->lock);
  first = !self->ended;
  self->ended = TRUE;
  g_mutex_unlock (&self->lock);
  return first;
}

void
gst_p2p_mailbox_post_peer (GstP2pMailbox *self, const GstP2pPeerEvent *event)
{
  Letter *letter;

  if ((event->type == GST_P2P_PEER_EVENT_TRANSPORT_CLOSED
       || event->type == GST_P2P_PEER_EVENT_TRANSPORT_ERROR)
      && !is_first_end (self))
    return;
  letter = g_new0 (Letter, 1);
  letter->is_peer = TRUE;
  letter->peer.type = event->type;
  letter->peer.text = g_strdup (event->text);
  if (event->description)
    letter->peer.description = gst_p2p_description_ref (event->description);
  if (event->error)
    letter->peer.error = g_error_copy (event->error);
  post (self, letter);
}

void
gst_p2p_mailbox_post (GstP2pMailbox *self, const GstP2pTransportEvent *event)
{
  Letter *letter = g_new0 (Letter, 1);

  letter->event = *event;
  if (event->message)
    letter->event.message = g_bytes_ref (event->message);
  post (self, letter);
}

void
gst_p2p_mailbox_invoke (GstP2pMailbox *self, GFunc func, gpointer data, GDestroyNotify notify)
{
  Letter *letter = g_new0 (Letter, 1);

  letter->func = func;
  letter->data = data;
  letter->notify = notify;
  post (self, letter);
}
