/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mux: see mux.h.
 */
#include "plugins/p2p/transport/direct/mux.h"

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/timer.h"
#include "gst/p2p/link/stream.h"
#include "plugins/p2p/base/earlypackets.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/base/messagepad.h"
#include "plugins/p2p/transport/direct/sending.h"
#include "plugins/p2p/transport/limits.h"

/* How much is kept for all streams without a channel together; more stays in SCTP's receive
 * buffer. */
#define MAX_UNCLAIMED (1024 * 1024)
#define MAX_UNCLAIMED_MESSAGES 4096

typedef struct
{
  guint16 id;
  GstP2pDirectChannel *channel; /* nullable */
  GQueue dcep;                  /* GBytes to send, without a channel */
  GQueue unclaimed;             /* GstBuffer received without a channel */
  guint n_dcep;                 /* received */
  gboolean delivered;           /* to the channel, which delivered() has not told yet */
  GstP2pStream state;
} Stream;

struct _GstP2pDirectMux
{
  /* const */
  gpointer owner; /* what log lines are about; nullable, outlives this */
  GMainContext *context;
  GstP2pBacklog *backlog;
  GstP2pDirectMuxFuncs funcs;
  gpointer user_data;

  /* the context's thread */
  GstP2pDirectAssociation *association;
  GSource *timer;           /* ready at the first deadline of a stream */
  GstP2pEarlyPackets early; /* GBytes */
  gboolean peer_answers;    /* to resets, in its own time; see stream.h */
  gboolean established;
  gboolean peer_gone; /* in an orderly way: there is only more to deliver */
  gboolean closed;
  GHashTable *streams; /* id → Stream */
  GQueue turns;        /* Stream, borrowed: all of them, the next to send first */
  Stream *sender;      /* whose message is on its way; NULL: none */
  GstP2pDirectSending sending;
  gsize unclaimed_bytes;
  guint unclaimed_messages;
};

static void
stream_free (gpointer data)
{
  Stream *stream = data;

  g_clear_pointer (&stream->channel, gst_p2p_direct_channel_unref);
  g_queue_clear_full (&stream->dcep, (GDestroyNotify)g_bytes_unref);
  g_queue_clear_full (&stream->unclaimed, (GDestroyNotify)gst_buffer_unref);
  g_free (stream);
}

static Stream *
find_stream (GstP2pDirectMux *mux, guint16 id)
{
  return g_hash_table_lookup (mux->streams, GUINT_TO_POINTER ((guint)id));
}

static Stream *
ensure_stream (GstP2pDirectMux *mux, guint16 id)
{
  Stream *stream = find_stream (mux, id);

  if (stream)
    return stream;
  stream = g_new0 (Stream, 1);
  stream->id = id;
  g_queue_init (&stream->dcep);
  g_queue_init (&stream->unclaimed);
  g_hash_table_insert (mux->streams, GUINT_TO_POINTER ((guint)id), stream);
  g_queue_push_tail (&mux->turns, stream);
  return stream;
}

/* --- facts about a stream, and what follows --- */

static void
carry_out (GstP2pDirectMux *mux, Stream *stream, GstP2pStreamAction action)
{
  switch (action)
    {
    case GST_P2P_STREAM_ACTION_ANNOUNCE:
      mux->funcs.stream_data (stream->id, mux->user_data);
      break;
    case GST_P2P_STREAM_ACTION_END:
      if (stream->channel)
        {
          gst_p2p_direct_channel_end (
              stream->channel, gst_p2p_stream_has (&stream->state, GST_P2P_STREAM_FACT_PEER_RESET));
          gst_p2p_direct_channel_close (stream->channel);
        }
      break;
    case GST_P2P_STREAM_ACTION_FINISH:
      if (stream->channel)
        gst_p2p_direct_channel_close (stream->channel);
      break;
    case GST_P2P_STREAM_ACTION_RESET:
      if (mux->association)
        gst_p2p_direct_association_reset_stream (mux->association, stream->id);
      break;
    case GST_P2P_STREAM_ACTION_REPORT:
      mux->funcs.channel_closed (stream->id, mux->user_data);
      break;
    case GST_P2P_STREAM_ACTION_START: /* the opening is the channel's owner's */
    case GST_P2P_STREAM_ACTION_NONE:
      break;
    }
}

static void
feed (GstP2pDirectMux *mux, Stream *stream, GstP2pStreamFact fact)
{
  GstP2pStreamAction action;

  gst_p2p_stream_feed (&stream->state, fact, g_get_monotonic_time ());
  while ((action = gst_p2p_stream_next_action (&stream->state)))
    carry_out (mux, stream, action);
}

/* --- incoming --- */

static void
deliver (GstP2pDirectMux *mux, Stream *stream, GstBuffer *message)
{
  gst_p2p_direct_channel_deliver (stream->channel, message);
  stream->delivered = TRUE;
  if (gst_p2p_backlog_get_room (mux->backlog) == 0)
    gst_p2p_direct_association_set_reading (mux->association, FALSE);
}

static gboolean
unclaimed_is_full (GstP2pDirectMux *mux)
{
  return mux->unclaimed_bytes >= MAX_UNCLAIMED || mux->unclaimed_messages >= MAX_UNCLAIMED_MESSAGES;
}

static void
keep (GstP2pDirectMux *mux, Stream *stream, GstBuffer *message)
{
  mux->unclaimed_bytes += gst_buffer_get_size (message);
  mux->unclaimed_messages++;
  g_queue_push_tail (&stream->unclaimed, message);
  if (unclaimed_is_full (mux))
    gst_p2p_direct_association_set_reading (mux->association, FALSE);
  feed (mux, stream, GST_P2P_STREAM_FACT_DATA);
}

static GstBuffer *
take_unclaimed (GstP2pDirectMux *mux, Stream *stream)
{
  GstBuffer *message = g_queue_pop_head (&stream->unclaimed);

  if (message)
    {
      mux->unclaimed_bytes -= gst_buffer_get_size (message);
      mux->unclaimed_messages--;
    }
  return message;
}

static void
drop_unclaimed (GstP2pDirectMux *mux, Stream *stream)
{
  GstBuffer *message;

  while ((message = take_unclaimed (mux, stream)))
    gst_buffer_unref (message);
}

static void
drop_sending (GstP2pDirectMux *mux)
{
  gst_p2p_direct_sending_clear (&mux->sending);
  mux->sender = NULL;
}

/* The stream can be used anew. */
static void
forget_stream (GstP2pDirectMux *mux, Stream *stream)
{
  if (mux->sender == stream)
    drop_sending (mux);
  drop_unclaimed (mux, stream);
  g_queue_remove (&mux->turns, stream);
  g_hash_table_remove (mux->streams, GUINT_TO_POINTER ((guint)stream->id));
}

static gboolean
forget_if_free (GstP2pDirectMux *mux, Stream *stream)
{
  gboolean is_free = gst_p2p_stream_is_free (&stream->state);

  if (is_free)
    forget_stream (mux, stream);
  return is_free;
}

static void
report_closed (GstP2pDirectMux *mux, const GError *error)
{
  if (mux->closed)
    return;
  mux->closed = TRUE;
  if (mux->association)
    gst_p2p_direct_association_set_reading (mux->association, FALSE);
  mux->funcs.closed (error, mux->user_data);
}

/* Closes the connection because the peer exceeds a limit. */
static void
refuse (GstP2pDirectMux *mux, const gchar *format, guint limit)
{
  g_autoptr (GError) error = g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_LIMIT, format, limit);

  report_closed (mux, error);
}

static void
on_dcep (GstP2pDirectMux *mux, Stream *stream, GstBuffer *message)
{
  g_autoptr (GBytes) bytes = NULL;
  gpointer data;
  gsize size;

  if (stream->n_dcep++ == GST_P2P_MAX_DCEP_MESSAGES)
    {
      gst_buffer_unref (message);
      refuse (mux, "the peer sent more than %u DCEP messages on a stream",
              GST_P2P_MAX_DCEP_MESSAGES);
      return;
    }
  gst_buffer_extract_dup (message, 0, G_MAXSIZE, &data, &size);
  gst_buffer_unref (message);
  bytes = g_bytes_new_take (data, size);
  feed (mux, stream, GST_P2P_STREAM_FACT_DCEP);
  mux->funcs.dcep (stream->id, bytes, mux->user_data);
}

static void
on_message (guint16 id, guint32 ppid, GstBuffer *message, gpointer user_data)
{
  GstP2pDirectMux *mux = user_data;
  Stream *stream = find_stream (mux, id);

  if (mux->closed || (!stream && g_hash_table_size (mux->streams) >= GST_P2P_MAX_STREAMS_IN_USE))
    {
      gst_buffer_unref (message);
      refuse (mux, "the peer uses more than %u streams at a time", GST_P2P_MAX_STREAMS_IN_USE);
      return;
    }
  stream = ensure_stream (mux, id);
  if (gst_p2p_stream_discards (&stream->state))
    {
      feed (mux, stream, GST_P2P_STREAM_FACT_DATA);
      if (forget_if_free (mux, stream))
        stream = ensure_stream (mux, id);
    }
  if (ppid == GST_P2P_PPID_DCEP)
    {
      on_dcep (mux, stream, message);
      return;
    }
  if (ppid == GST_P2P_PPID_BINARY_EMPTY || ppid == GST_P2P_PPID_STRING_EMPTY)
    gst_buffer_set_size (message, 0);
  if (ppid == GST_P2P_PPID_BINARY_PARTIAL || ppid == GST_P2P_PPID_STRING_PARTIAL)
    GST_BUFFER_FLAG_SET (message, GST_P2P_MESSAGE_FLAG_PARTIAL);

  if (gst_p2p_stream_discards (&stream->state))
    gst_buffer_unref (message);
  else if (stream->channel)
    deliver (mux, stream, message);
  else
    keep (mux, stream, message);
}

/* Whether the readers keep up, as far as there is room for those that do not. */
static gboolean
may_read (GstP2pDirectMux *mux)
{
  return !unclaimed_is_full (mux)
         && (gst_p2p_backlog_get_room (mux->backlog) > 0
             || gst_p2p_backlog_await_room (mux->backlog) > 0);
}

static void
tell_delivered (GstP2pDirectMux *mux)
{
  GHashTableIter iter;
  Stream *stream;

  g_hash_table_iter_init (&iter, mux->streams);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&stream))
    if (stream->delivered)
      {
        stream->delivered = FALSE;
        if (stream->channel)
          gst_p2p_direct_channel_delivered (stream->channel);
      }
}

/* --- outgoing --- */

static GstBuffer *
pop_message (Stream *stream, gboolean *is_dcep)
{
  GBytes *dcep = g_queue_pop_head (&stream->dcep);
  GstBuffer *message;

  *is_dcep = TRUE;
  if (!dcep)
    return stream->channel ? gst_p2p_direct_channel_pop (stream->channel, is_dcep) : NULL;
  message = gst_buffer_new_wrapped_bytes (dcep);
  g_bytes_unref (dcep);
  return message;
}

/* Takes the next message of the next stream that has one. */
static gboolean
begin_next (GstP2pDirectMux *mux)
{
  for (guint i = 0; i < mux->turns.length; i++)
    {
      Stream *stream = mux->turns.head->data;
      GstBuffer *message = NULL;
      gboolean is_dcep;

      g_queue_push_tail_link (&mux->turns, g_queue_pop_head_link (&mux->turns));
      if (!gst_p2p_stream_has (&stream->state, GST_P2P_STREAM_FACT_SENT))
        message = pop_message (stream, &is_dcep);
      if (message)
        {
          mux->sender = stream;
          gst_p2p_direct_sending_begin (
              &mux->sending, stream->id, message,
              is_dcep ? NULL : gst_p2p_direct_channel_get_config (stream->channel));
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
has_messages (Stream *stream)
{
  if (gst_p2p_stream_has (&stream->state, GST_P2P_STREAM_FACT_SENT))
    return FALSE;
  return !g_queue_is_empty (&stream->dcep)
         || (stream->channel && gst_p2p_direct_channel_has_messages (stream->channel));
}

static gboolean
is_more_waiting (GstP2pDirectMux *mux)
{
  for (GList *item = mux->turns.head; item; item = item->next)
    if (has_messages (item->data))
      return TRUE;
  return FALSE;
}

/* FALSE: it has to go on later. */
static gboolean
send_message (GstP2pDirectMux *mux)
{
  if (!gst_p2p_direct_sending_go_on (&mux->sending, mux->association, is_more_waiting (mux),
                                     mux->owner))
    return FALSE;
  drop_sending (mux);
  return TRUE;
}

static void
send_all (GstP2pDirectMux *mux)
{
  while (mux->established && !mux->closed && !mux->peer_gone && (mux->sender || begin_next (mux)))
    if (!send_message (mux))
      return;
}

/* --- the ends of streams --- */

/* Whether SCTP has all that may go before the reset. */
static gboolean
is_sent (GstP2pDirectMux *mux, Stream *stream)
{
  if (mux->sender == stream || !g_queue_is_empty (&stream->dcep))
    return FALSE;
  return stream->channel ? gst_p2p_direct_channel_is_closed (stream->channel)
                         : gst_p2p_stream_has (&stream->state, GST_P2P_STREAM_FACT_REFUSED);
}

/* Returns the stream's deadline. */
static gint64
check_end (GstP2pDirectMux *mux, Stream *stream)
{
  if (is_sent (mux, stream))
    feed (mux, stream, GST_P2P_STREAM_FACT_SENT);
  if (stream->channel && gst_p2p_direct_channel_is_drained (stream->channel))
    feed (mux, stream, GST_P2P_STREAM_FACT_DELIVERED);
  feed (mux, stream, GST_P2P_STREAM_FACT_TIMER);
  return forget_if_free (mux, stream) ? -1 : gst_p2p_stream_get_deadline (&stream->state);
}

static void
check_ends (GstP2pDirectMux *mux)
{
  g_autoptr (GList) streams = NULL;
  guint64 first = G_MAXUINT64; /* as a gint64 this is -1: never */
  GHashTableIter iter;
  Stream *stream;

  if (mux->closed || mux->peer_gone || !mux->established)
    return;
  g_hash_table_iter_init (&iter, mux->streams);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&stream))
    if (gst_p2p_stream_get_outgoing (&stream->state) != GST_P2P_STREAM_OPEN)
      streams = g_list_prepend (streams, stream);
  for (GList *item = streams; item; item = item->next)
    {
      guint64 deadline = check_end (mux, item->data);

      first = MIN (first, deadline);
    }
  g_source_set_ready_time (mux->timer, first);
}

static gboolean
on_timer (gpointer user_data)
{
  GstP2pDirectMux *mux = user_data;

  g_source_set_ready_time (mux->timer, -1);
  mux->funcs.wakeup (mux->user_data);
  return G_SOURCE_CONTINUE;
}

/* After the peer's goodbye: reports the end when everything that can be pushed was pushed. */
static void
check_over (GstP2pDirectMux *mux)
{
  gboolean done = TRUE;
  GHashTableIter iter;
  Stream *stream;

  if (!mux->peer_gone || mux->closed || !may_read (mux))
    return;
  g_hash_table_iter_init (&iter, mux->streams);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&stream))
    if (stream->channel)
      {
        feed (mux, stream, GST_P2P_STREAM_FACT_GONE);
        if (gst_p2p_direct_channel_is_drained (stream->channel))
          feed (mux, stream, GST_P2P_STREAM_FACT_DELIVERED);
        else
          done &= !gst_p2p_direct_channel_is_flowing (stream->channel);
      }
  if (done)
    report_closed (mux, NULL);
}

static void
on_reset (guint16 id, GstP2pStreamFact fact, gpointer user_data)
{
  GstP2pDirectMux *mux = user_data;
  Stream *stream = find_stream (mux, id);

  if (!stream)
    return;
  feed (mux, stream, fact);
  /* At once: what is read next may be the first message of the next one with this number. */
  forget_if_free (mux, stream);
}

/* --- the association --- */

static void
on_send (const guint8 *packet, gsize size, gpointer user_data)
{
  GstP2pDirectMux *mux = user_data;

  mux->funcs.send (packet, size, mux->user_data);
}

static void
on_established (gpointer user_data)
{
  GstP2pDirectMux *mux = user_data;

  mux->established = TRUE;
  mux->funcs.established (mux->user_data);
}

static void
on_closed (const GError *error, gpointer user_data)
{
  GstP2pDirectMux *mux = user_data;

  if (error)
    report_closed (mux, error);
  else
    mux->peer_gone = TRUE;
}

static void
on_wakeup (gpointer user_data)
{
  GstP2pDirectMux *mux = user_data;

  mux->funcs.wakeup (mux->user_data);
}

/* --- public --- */

GstP2pDirectMux *
gst_p2p_direct_mux_new (gpointer owner, GMainContext *context, GstP2pBacklog *backlog,
                        const GstP2pDirectMuxFuncs *funcs, gpointer user_data)
{
  GstP2pDirectMux *mux = g_new0 (GstP2pDirectMux, 1);

  gst_p2p_log_init ();

  mux->owner = owner;
  mux->context = g_main_context_ref (context);
  mux->backlog = gst_p2p_backlog_ref (backlog);
  mux->funcs = *funcs;
  mux->user_data = user_data;
  mux->streams = g_hash_table_new_full (NULL, NULL, NULL, stream_free);
  mux->timer = gst_p2p_timer_new (context, on_timer, mux);
  g_queue_init (&mux->turns);
  gst_p2p_early_packets_init (&mux->early, GST_P2P_MAX_EARLY_SCTP, (GDestroyNotify)g_bytes_unref);
  return mux;
}

void
gst_p2p_direct_mux_free (GstP2pDirectMux *mux)
{
  if (!mux)
    return;

  gst_p2p_clear_source (&mux->timer);
  gst_p2p_direct_association_free (mux->association);
  drop_sending (mux);
  g_queue_clear (&mux->turns);
  gst_p2p_early_packets_clear (&mux->early);
  g_hash_table_unref (mux->streams);
  gst_p2p_backlog_unref (mux->backlog);
  g_main_context_unref (mux->context);
  g_free (mux);
}

static void
feed_early (GstP2pDirectMux *mux)
{
  GBytes *packet;

  while ((packet = gst_p2p_early_packets_pop (&mux->early)))
    {
      gsize size;
      g_autofree guint8 *data = g_bytes_unref_to_data (packet, &size);

      gst_p2p_direct_association_feed (mux->association, data, size);
    }
}

gboolean
gst_p2p_direct_mux_connect (GstP2pDirectMux *mux, guint16 local_port, GstP2pDescription *remote,
                            guint max_packet_size, GError **error)
{
  static const GstP2pDirectAssociationFuncs funcs = {
    .send = on_send,
    .message = on_message,
    .established = on_established,
    .closed = on_closed,
    .reset = on_reset,
    .wakeup = on_wakeup,
  };

  if (mux->association || mux->closed)
    return TRUE;
  mux->peer_answers = *gst_p2p_description_get_framings (remote) != NULL;
  mux->association = gst_p2p_direct_association_new (mux->owner, mux->context, max_packet_size,
                                                     &funcs, mux, error);
  if (!mux->association
      || !gst_p2p_direct_association_connect (mux->association, local_port,
                                              gst_p2p_description_get_sctp_port (remote), error))
    return FALSE;
  feed_early (mux);
  return TRUE;
}

void
gst_p2p_direct_mux_set_max_packet_size (GstP2pDirectMux *mux, guint max_packet_size)
{
  if (mux->association)
    gst_p2p_direct_association_set_max_packet_size (mux->association, max_packet_size);
}

void
gst_p2p_direct_mux_feed (GstP2pDirectMux *mux, guint8 *packet, gsize size)
{
  if (!mux->association && !gst_p2p_early_packets_is_full (&mux->early))
    gst_p2p_early_packets_push (&mux->early, g_bytes_new (packet, size));
  else if (mux->association && gst_p2p_direct_association_feed (mux->association, packet, size))
    send_all (mux);
}

void
gst_p2p_direct_mux_process (GstP2pDirectMux *mux)
{
  if (mux->association && !mux->closed)
    {
      gst_p2p_direct_association_set_reading (mux->association, may_read (mux));
      gst_p2p_direct_association_dispatch (mux->association);
      tell_delivered (mux);
      send_all (mux);
      check_ends (mux);
    }
  check_over (mux);
}

void
gst_p2p_direct_mux_add (GstP2pDirectMux *mux, GstP2pDirectChannel *channel)
{
  Stream *stream = ensure_stream (mux, gst_p2p_direct_channel_get_stream (channel));
  GstBuffer *message;

  stream->channel = gst_p2p_direct_channel_ref (channel);
  while ((message = take_unclaimed (mux, stream)))
    gst_p2p_direct_channel_deliver (channel, message);
  gst_p2p_direct_channel_delivered (channel);
  if (mux->peer_answers)
    feed (mux, stream, GST_P2P_STREAM_FACT_ANSWERS);
  feed (mux, stream, GST_P2P_STREAM_FACT_OPENED);
}

/* %NULL once it is closed: the stream may be the next one by now. */
static Stream *
find_channel (GstP2pDirectMux *mux, GstP2pDirectChannel *channel)
{
  Stream *stream = find_stream (mux, gst_p2p_direct_channel_get_stream (channel));

  return stream && stream->channel == channel ? stream : NULL;
}

void
gst_p2p_direct_mux_remove (GstP2pDirectMux *mux, GstP2pDirectChannel *channel)
{
  Stream *stream = find_channel (mux, channel);

  if (!stream)
    return;
  if (!mux->established || mux->closed)
    {
      forget_stream (mux, stream);
      return;
    }
  gst_p2p_direct_channel_discard (channel);
  g_clear_pointer (&stream->channel, gst_p2p_direct_channel_unref);
  drop_unclaimed (mux, stream);
  feed (mux, stream, GST_P2P_STREAM_FACT_REFUSED);
  feed (mux, stream, GST_P2P_STREAM_FACT_CLOSE);
}

void
gst_p2p_direct_mux_close_channel (GstP2pDirectMux *mux, GstP2pDirectChannel *channel)
{
  Stream *stream = find_channel (mux, channel);

  if (stream)
    feed (mux, stream, GST_P2P_STREAM_FACT_CLOSE);
}

void
gst_p2p_direct_mux_refuse (GstP2pDirectMux *mux, guint16 id)
{
  Stream *stream = ensure_stream (mux, id);

  drop_unclaimed (mux, stream);
  feed (mux, stream, GST_P2P_STREAM_FACT_REFUSED);
  feed (mux, stream, GST_P2P_STREAM_FACT_CLOSE);
}

void
gst_p2p_direct_mux_send_dcep (GstP2pDirectMux *mux, guint16 id, GBytes *message)
{
  Stream *stream = ensure_stream (mux, id);

  g_queue_push_tail (&stream->dcep, g_bytes_ref (message));
}

void
gst_p2p_direct_mux_get_stats (GstP2pDirectMux *mux, GstP2pDirectAssociationStats *stats)
{
  *stats = (GstP2pDirectAssociationStats){ 0 };
  if (mux->association)
    gst_p2p_direct_association_get_stats (mux->association, stats);
}

void
gst_p2p_direct_mux_end (GstP2pDirectMux *mux)
{
  mux->peer_gone = TRUE;
  gst_p2p_direct_mux_process (mux);
}

/* What was delivered goes downstream still, on the channels' own threads. */
static void
end_streams (GstP2pDirectMux *mux)
{
  GHashTableIter iter;
  Stream *stream;

  g_hash_table_iter_init (&iter, mux->streams);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&stream))
    if (stream->channel)
      feed (mux, stream, GST_P2P_STREAM_FACT_GONE);
}

void
gst_p2p_direct_mux_close (GstP2pDirectMux *mux)
{
  mux->closed = TRUE;
  if (mux->association)
    gst_p2p_direct_association_close (mux->association);
  g_clear_pointer (&mux->association, gst_p2p_direct_association_free);
  end_streams (mux);
}
