/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replies: see replies.h.
 */
#include "plugins/p2p/framing/replies.h"

#include "plugins/p2p/base/messagepad.h"

#include <string.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/frame/frame.h"
#include "plugins/p2p/base/owner.h"
#include "plugins/p2p/base/worker.h"

/* An ACK is due after ACK_BYTES, which is little enough for senders with a small window, but not
 * within ACK_INTERVAL_US of the last one unless it is for ACK_BYTES_MANY: at 2.5 Gbit/s an ACK for
 * each 64 KiB would be 5000 per second, measured as a tenth of all CPU time. */
#define ACK_BYTES (64 * 1024)
#define ACK_BYTES_MANY (256 * 1024)
#define ACK_INTERVAL_US 1000
#define ACK_DELAY_US (20 * 1000)
#define MAX_UPSTREAM 16
/* The last ACK of a stream has nothing behind it that would show its loss before SCTP's timer does,
 * after a second or more. Three reports of a gap bring it back at once (RFC 9260 section 7.2.4). */
#define REPEATS 4
#define REPEAT_INTERVAL_US (15 * 1000)

struct _GstP2pFramingReplies
{
  /* const */
  GstPad *pad;
  GstP2pWorker *worker;

  /* the thread that starts and stops, while the worker is stopped; else the worker */
  guint max_message;
  guint32 next_seq;
  gboolean pad_started;

  /* lock */
  GMutex lock;
  GCond cond;
  gboolean interrupted;
  gboolean ack_pending;
  guint32 ack_seq;
  gsize ack_bytes;   /* acknowledged since the last ACK */
  gint64 ack_due_us; /* if pending */
  gint64 ack_us;     /* when the last one was sent */
  gint64 armed_us;   /* when the worker looks by itself; G_MAXINT64: never */
  guint repeats;     /* of the last ACK, still to be sent */
  gint64 repeat_due_us;
  GQueue upstream;  /* gchar * */
  guint64 asked;    /* flushes */
  guint64 answered; /* the last flush after which everything was pushed */
  guint64 n_acks;
};

static void
start_pad (GstP2pFramingReplies *self)
{
  if (self->pad_started)
    return;
  self->pad_started = TRUE;
  gst_p2p_message_pad_begin (self->pad);
}

/* On the worker. A failed push is not reported here: the transport does that. */
static void
push_object (GstP2pFramingReplies *self, guint8 kind, gconstpointer data, gsize size)
{
  GstP2pFrameHeader header = { .kind = kind, .seq = self->next_seq++ };
  g_autoptr (GstBuffer) object = gst_buffer_new_memdup (data, size);
  GstBufferList *list;
  GstBuffer *message;

  message = gst_p2p_frame_split (&header, NULL, 0, object,
                                 MIN (self->max_message, GST_P2P_FRAME_MAX_MESSAGE), &list);
  start_pad (self);
  if (list)
    gst_pad_push_list (self->pad, list);
  else
    gst_pad_push (self->pad, message);
}

static void
push_ack (GstP2pFramingReplies *self, guint32 seq)
{
  guint8 object[4];

  gst_p2p_write_u32 (object, seq);
  push_object (self, GST_P2P_FRAME_ACK, object, sizeof object);
}

/* With the lock. */
static gboolean
take_ack_locked (GstP2pFramingReplies *self, guint32 *seq)
{
  gint64 now_us = g_get_monotonic_time ();

  if (!self->ack_pending || (self->asked == self->answered && now_us < self->ack_due_us))
    return FALSE;
  *seq = self->ack_seq;
  self->ack_us = now_us;
  self->ack_pending = FALSE;
  self->ack_bytes = 0;
  self->n_acks++;
  return TRUE;
}

/* With the lock. */
static gboolean
take_repeat_locked (GstP2pFramingReplies *self, guint32 *seq)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->repeats == 0 || now_us < self->repeat_due_us)
    return FALSE;
  self->repeats--;
  self->repeat_due_us = now_us + REPEAT_INTERVAL_US;
  *seq = self->ack_seq;
  return TRUE;
}

/* With the lock; -1: never. After an ACK another one is expected, so the worker looks by itself and
 * acknowledge() need not wake it. */
static gint64
arm_locked (GstP2pFramingReplies *self, gboolean acked)
{
  gint64 idle_us = acked ? self->ack_us + ACK_DELAY_US : G_MAXINT64;
  gint64 ack_us = self->ack_pending ? self->ack_due_us : idle_us;
  gint64 repeat_us = self->repeats > 0 ? self->repeat_due_us : G_MAXINT64;

  self->armed_us = MIN (ack_us, repeat_us);
  return self->armed_us == G_MAXINT64 ? -1 : self->armed_us;
}

/* On the worker. */
static gint64
deliver (gpointer data)
{
  GstP2pFramingReplies *self = data;
  guint64 asked;
  gboolean ack;
  guint32 seq;
  gint64 next_us;
  gchar *text;

  g_mutex_lock (&self->lock);
  asked = self->asked;
  ack = take_ack_locked (self, &seq) || take_repeat_locked (self, &seq);
  text = g_queue_pop_head (&self->upstream);
  g_mutex_unlock (&self->lock);

  if (ack)
    push_ack (self, seq);
  while (text)
    {
      push_object (self, GST_P2P_FRAME_UPSTREAM, text, strlen (text));
      g_free (text);
      g_mutex_lock (&self->lock);
      text = g_queue_pop_head (&self->upstream);
      g_mutex_unlock (&self->lock);
    }

  g_mutex_lock (&self->lock);
  self->answered = asked;
  g_cond_broadcast (&self->cond);
  next_us = arm_locked (self, ack);
  g_mutex_unlock (&self->lock);
  return next_us;
}

GstP2pFramingReplies *
gst_p2p_framing_replies_new (const gchar *name, GstPad *pad)
{
  GstP2pFramingReplies *self = g_new0 (GstP2pFramingReplies, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->upstream);
  self->pad = pad;
  self->interrupted = TRUE;
  self->worker = gst_p2p_worker_new (name, deliver, self);
  return self;
}

void
gst_p2p_framing_replies_free (GstP2pFramingReplies *self)
{
  gst_p2p_framing_replies_stop (self);
  gst_p2p_worker_free (self->worker);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
gst_p2p_framing_replies_start (GstP2pFramingReplies *self, guint max_message)
{
  self->max_message = max_message;
  self->next_seq = 0;
  self->pad_started = FALSE;
  g_mutex_lock (&self->lock);
  self->interrupted = self->ack_pending = FALSE;
  self->ack_bytes = 0;
  self->ack_us = 0;
  self->armed_us = G_MAXINT64;
  self->n_acks = 0;
  self->repeats = 0;
  g_mutex_unlock (&self->lock);
  gst_p2p_worker_start (self->worker, gst_p2p_owner_find (self->pad));
}

void
gst_p2p_framing_replies_stop (GstP2pFramingReplies *self)
{
  gst_p2p_framing_replies_interrupt (self);
  gst_p2p_worker_stop (self->worker);
  g_mutex_lock (&self->lock);
  self->ack_pending = FALSE;
  g_queue_clear_full (&self->upstream, g_free);
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_framing_replies_acknowledge (GstP2pFramingReplies *self, guint32 seq, gsize bytes)
{
  gboolean wake;

  g_mutex_lock (&self->lock);
  if (!self->ack_pending)
    /* The first goes out at once: from its round trip SCTP learns how long to wait for the
     * others. */
    self->ack_due_us = self->n_acks > 0 ? g_get_monotonic_time () + ACK_DELAY_US : 0;
  self->ack_pending = TRUE;
  self->ack_seq = seq;
  self->ack_bytes += bytes;
  if (self->ack_bytes >= ACK_BYTES_MANY)
    self->ack_due_us = 0;
  else if (self->ack_bytes >= ACK_BYTES)
    self->ack_due_us = MIN (self->ack_due_us, self->ack_us + ACK_INTERVAL_US);
  wake = self->ack_due_us < self->armed_us;
  if (wake)
    self->armed_us = self->ack_due_us;
  g_mutex_unlock (&self->lock);
  if (wake)
    gst_p2p_worker_wake (self->worker);
}

void
gst_p2p_framing_replies_take_upstream (GstP2pFramingReplies *self, gchar *text)
{
  if (!text)
    return;
  g_mutex_lock (&self->lock);
  if (self->upstream.length >= MAX_UPSTREAM
      || g_queue_find_custom (&self->upstream, text, (GCompareFunc)strcmp))
    g_free (text); /* there already, or too many: requests may be dropped */
  else
    g_queue_push_tail (&self->upstream, text);
  g_mutex_unlock (&self->lock);
  gst_p2p_worker_wake (self->worker);
}

void
gst_p2p_framing_replies_finish (GstP2pFramingReplies *self, gint64 timeout_us)
{
  gint64 until_us = g_get_monotonic_time () + timeout_us;
  gboolean in_time = TRUE;
  guint64 mine;

  g_mutex_lock (&self->lock);
  mine = ++self->asked;
  self->repeats = REPEATS;
  self->repeat_due_us = g_get_monotonic_time () + REPEAT_INTERVAL_US;
  g_mutex_unlock (&self->lock);
  gst_p2p_worker_wake (self->worker);

  g_mutex_lock (&self->lock);
  while (in_time && !self->interrupted && self->answered < mine)
    in_time = g_cond_wait_until (&self->cond, &self->lock, until_us);
  g_mutex_unlock (&self->lock);
}

void
gst_p2p_framing_replies_interrupt (GstP2pFramingReplies *self)
{
  g_mutex_lock (&self->lock);
  self->interrupted = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

guint64
gst_p2p_framing_replies_get_acks (GstP2pFramingReplies *self)
{
  guint64 n_acks;

  g_mutex_lock (&self->lock);
  n_acks = self->n_acks;
  g_mutex_unlock (&self->lock);
  return n_acks;
}
