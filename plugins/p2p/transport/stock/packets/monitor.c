/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * monitor: see monitor.h.
 *
 * The layouts of chunks and parameters are those of RFC 9260 section 3.3 and RFC 6525 section 4.
 */
#include "plugins/p2p/transport/stock/packets/monitor.h"

#include <string.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/base/error.h"
#include "gst/p2p/base/serial.h"
#include "gst/p2p/link/crc32c.h"
#include "gst/p2p/link/sctpchunk.h"

#define SACK_SIZE 16

#define DATA_FLAG_END 0x01

#define PARAM_OUTGOING_RESET 13
#define PARAM_RESPONSE 16
#define OUTGOING_RESET_SIZE 16 /* before the list of streams */
#define RESPONSE_SIZE 12
#define RESULT_PERFORMED 1
#define RESULT_DENIED 2
#define RESULT_IN_PROGRESS 6

/* Far more than a window of 1 MiB can hold; a peer must not make the set grow without limit. */
#define MAX_EARLY 65536
#define MAX_SACK 1500
/* The answer to a HEARTBEAT is a copy of it, which usrsctp gets. If its size is not that of
 * usrsctp's own, usrsctp drops the rest of the packet; if the address in it is zero, usrsctp
 * ignores it. */
#define HEARTBEAT_SIZE 48
#define PARAM_HEARTBEAT_INFO 1

typedef struct
{
  guint32 sequence;
  guint32 last_tsn; /* everything before the reset has a TSN up to here */
  GArray *streams;  /* guint16; none: all */
} Reset;

/* The peer's answer to a reset of ours. */
typedef struct
{
  guint16 stream;
  GstP2pStreamFact fact;
} Answer;

typedef struct
{
  guint32 expected;
  guint32 delivered;
  gboolean used;
} Stream;

struct _GstP2pStockMonitor
{
  /* const */
  guint max_stream;
  guint max_streams;

  GMutex lock;
  /* lock */
  gboolean have_tsn;
  guint32 cumulative_tsn; /* everything up to here has come */
  GHashTable *early;      /* TSNs after that, which came already */
  Stream *streams;        /* max_stream + 1 */
  guint n_used;
  Reset *held;       /* the peer's reset, which is held back */
  gboolean is_reset; /* the packet that is being read has one */
  gboolean have_done;
  guint32 done;     /* sequence of the peer's last reset that was let through */
  GArray *resets;   /* Reset: ours, unconfirmed */
  GArray *answers;  /* Answer */
  GByteArray *sack; /* the last one that went out, with its common header */
  gboolean have_acked;
  guint32 acked; /* by the peer */
  gboolean have_header;
  guint8 header[GST_P2P_SCTP_HEADER_SIZE]; /* of packets to the peer, with the tag that it chose */
};

static Reset *
reset_new (const guint8 *param, gsize size)
{
  Reset *reset = g_new0 (Reset, 1);
  gsize i;

  reset->sequence = gst_p2p_read_u32 (param + 4);
  reset->last_tsn = gst_p2p_read_u32 (param + 12);
  reset->streams = g_array_new (FALSE, FALSE, sizeof (guint16));
  for (i = OUTGOING_RESET_SIZE; i + 2 <= size; i += 2)
    {
      guint16 stream = gst_p2p_read_u16 (param + i);

      g_array_append_val (reset->streams, stream);
    }
  return reset;
}

static void
reset_free (Reset *reset)
{
  g_array_unref (reset->streams);
  g_free (reset);
}

GstP2pStockMonitor *
gst_p2p_stock_monitor_new (guint max_stream, guint max_streams)
{
  GstP2pStockMonitor *self = g_new0 (GstP2pStockMonitor, 1);

  self->max_stream = max_stream;
  self->max_streams = max_streams;
  g_mutex_init (&self->lock);
  self->early = g_hash_table_new (NULL, NULL);
  self->streams = g_new0 (Stream, max_stream + 1);
  self->resets = g_array_new (FALSE, FALSE, sizeof (Reset *));
  self->answers = g_array_new (FALSE, FALSE, sizeof (Answer));
  self->sack = g_byte_array_new ();
  return self;
}

void
gst_p2p_stock_monitor_free (GstP2pStockMonitor *self)
{
  guint i;

  for (i = 0; i < self->resets->len; i++)
    reset_free (g_array_index (self->resets, Reset *, i));
  g_array_unref (self->resets);
  g_clear_pointer (&self->held, reset_free);
  g_array_unref (self->answers);
  g_hash_table_unref (self->early);
  g_byte_array_unref (self->sack);
  g_free (self->streams);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* --- incoming --- */

static void
advance_locked (GstP2pStockMonitor *self)
{
  while (g_hash_table_size (self->early) > 0
         && g_hash_table_remove (self->early, GUINT_TO_POINTER (self->cumulative_tsn + 1)))
    self->cumulative_tsn++;
}

/* Whether @tsn is seen for the first time; FALSE also if there is no room to remember it. */
static gboolean
note_tsn_locked (GstP2pStockMonitor *self, guint32 tsn)
{
  if (!self->have_tsn || !gst_p2p_serial32_is_after (tsn, self->cumulative_tsn))
    return FALSE;
  if (tsn == self->cumulative_tsn + 1)
    {
      self->cumulative_tsn = tsn;
      advance_locked (self);
      return TRUE;
    }
  if (g_hash_table_size (self->early) >= MAX_EARLY)
    return FALSE;
  return g_hash_table_add (self->early, GUINT_TO_POINTER (tsn));
}

static gboolean
is_early_before (gpointer key, gpointer value, gpointer tsn)
{
  return !gst_p2p_serial32_is_after (GPOINTER_TO_UINT (key), GPOINTER_TO_UINT (tsn));
}

static void
skip_to_locked (GstP2pStockMonitor *self, guint32 tsn)
{
  if (!self->have_tsn || !gst_p2p_serial32_is_after (tsn, self->cumulative_tsn))
    return;
  self->cumulative_tsn = tsn;
  g_hash_table_foreach_remove (self->early, is_early_before, GUINT_TO_POINTER (tsn));
  advance_locked (self);
}

static gboolean
note_data_locked (GstP2pStockMonitor *self, const GstP2pSctpChunk *chunk, GError **error)
{
  guint16 id = gst_p2p_read_u16 (chunk->data + 8);
  Stream *stream;

  if (id > self->max_stream)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "the peer sent on stream %u; the highest that can be used is %u", id,
                   self->max_stream);
      return FALSE;
    }
  stream = &self->streams[id];
  if (!stream->used)
    {
      if (self->n_used == self->max_streams)
        {
          g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                       "the peer uses more than %u streams at a time", self->max_streams);
          return FALSE;
        }
      stream->used = TRUE;
      self->n_used++;
    }
  if (note_tsn_locked (self, gst_p2p_read_u32 (chunk->data + 4)) && (chunk->flags & DATA_FLAG_END))
    stream->expected++;
  return TRUE;
}

/* After "in progress" usrsctp repeats the request. If the peer denies it, asking again is no use;
 * every other result is taken for "nothing to do". */
static void
note_response_locked (GstP2pStockMonitor *self, guint32 sequence, guint32 result)
{
  gboolean done = result == RESULT_PERFORMED || result == RESULT_DENIED;
  guint i, k;

  if (result == RESULT_IN_PROGRESS)
    return;
  for (i = 0; i < self->resets->len; i++)
    {
      Reset *reset = g_array_index (self->resets, Reset *, i);

      if (reset->sequence != sequence)
        continue;
      for (k = 0; k < reset->streams->len; k++)
        {
          Answer answer = { g_array_index (reset->streams, guint16, k),
                            done ? GST_P2P_STREAM_FACT_CONFIRMED : GST_P2P_STREAM_FACT_IGNORED };

          g_array_append_val (self->answers, answer);
        }
      g_array_remove_index (self->resets, i);
      reset_free (reset);
      return;
    }
}

static gboolean
is_stream_drained (const Stream *stream)
{
  return (gint32)(stream->delivered - stream->expected) >= 0;
}

static gboolean
is_complete_locked (GstP2pStockMonitor *self)
{
  return !self->held || !self->have_tsn
         || !gst_p2p_serial32_is_after (self->held->last_tsn, self->cumulative_tsn);
}

static gboolean
is_drained_locked (GstP2pStockMonitor *self)
{
  guint i;

  if (!is_complete_locked (self))
    return FALSE;
  if (!self->held || self->held->streams->len == 0)
    {
      for (i = 0; i <= self->max_stream; i++)
        {
          if (!is_stream_drained (&self->streams[i]))
            return FALSE;
        }
      return TRUE;
    }
  for (i = 0; i < self->held->streams->len; i++)
    {
      guint16 id = g_array_index (self->held->streams, guint16, i);

      if (id <= self->max_stream && !is_stream_drained (&self->streams[id]))
        return FALSE;
    }
  return TRUE;
}

static void
restart_stream_locked (GstP2pStockMonitor *self, guint id)
{
  Stream *stream = &self->streams[id];

  if (stream->used)
    self->n_used--;
  memset (stream, 0, sizeof *stream);
}

static void
release_locked (GstP2pStockMonitor *self)
{
  guint i;

  if (!self->held)
    return;
  if (self->held->streams->len == 0)
    {
      for (i = 0; i <= self->max_stream; i++)
        restart_stream_locked (self, i);
    }
  for (i = 0; i < self->held->streams->len; i++)
    {
      guint16 id = g_array_index (self->held->streams, guint16, i);

      if (id <= self->max_stream)
        restart_stream_locked (self, id);
    }
  self->have_done = TRUE;
  self->done = self->held->sequence;
  g_clear_pointer (&self->held, reset_free);
}

/* Calls @func for the parameters of a RE-CONFIG chunk that are long enough for what they are. */
static void
foreach_param (GstP2pStockMonitor *self, const GstP2pSctpChunk *chunk,
               void (*func) (GstP2pStockMonitor *self, guint16 type, const guint8 *param,
                             gsize size))
{
  gsize offset = GST_P2P_SCTP_CHUNK_HEADER_SIZE;

  while (chunk->size - offset >= 4)
    {
      const guint8 *param = chunk->data + offset;
      guint16 type = gst_p2p_read_u16 (param);
      gsize size = gst_p2p_read_u16 (param + 2);

      if (size < 4 || size > chunk->size - offset)
        return;
      if ((type == PARAM_OUTGOING_RESET && size >= OUTGOING_RESET_SIZE)
          || (type == PARAM_RESPONSE && size >= RESPONSE_SIZE))
        func (self, type, param, size);
      offset += MIN ((size + 3) & ~(gsize)3, chunk->size - offset);
    }
}

static void
note_incoming_param (GstP2pStockMonitor *self, guint16 type, const guint8 *param, gsize size)
{
  if (type == PARAM_RESPONSE)
    {
      note_response_locked (self, gst_p2p_read_u32 (param + 4), gst_p2p_read_u32 (param + 8));
      return;
    }
  /* A request names the last one that it saw of ours, and usrsctp takes that for a result. */
  note_response_locked (self, gst_p2p_read_u32 (param + 8), RESULT_PERFORMED);
  if (self->have_done && self->done == gst_p2p_read_u32 (param + 4))
    return; /* repeated, because our response got lost */
  g_clear_pointer (&self->held, reset_free);
  self->held = reset_new (param, size);
  self->is_reset = TRUE;
}

static void
note_acked_locked (GstP2pStockMonitor *self, guint32 tsn)
{
  if (!self->have_acked || gst_p2p_serial32_is_after (tsn, self->acked))
    self->acked = tsn;
  self->have_acked = TRUE;
}

/* The verdict on one chunk; PASS: it is no reason to stop the packet. */
static GstP2pStockVerdict
note_incoming_locked (GstP2pStockMonitor *self, const GstP2pSctpChunk *chunk, GError **error)
{
  switch (chunk->type)
    {
    case GST_P2P_SCTP_DATA:
      if (chunk->size <= GST_P2P_SCTP_DATA_HEADER_SIZE)
        return GST_P2P_STOCK_DROP;
      return note_data_locked (self, chunk, error) ? GST_P2P_STOCK_PASS : GST_P2P_STOCK_REFUSE;
    case GST_P2P_SCTP_INIT:
    case GST_P2P_SCTP_INIT_ACK:
      if (chunk->size < GST_P2P_SCTP_INIT_SIZE)
        return GST_P2P_STOCK_DROP;
      /* both sides send INIT; the peer's first TSN is the same in its INIT and its INIT ACK */
      if (!self->have_tsn)
        {
          self->have_tsn = TRUE;
          self->cumulative_tsn = gst_p2p_read_u32 (chunk->data + 16) - 1;
        }
      return GST_P2P_STOCK_PASS;
    case GST_P2P_SCTP_SACK:
      if (chunk->size >= SACK_SIZE)
        note_acked_locked (self, gst_p2p_read_u32 (chunk->data + 4));
      return GST_P2P_STOCK_PASS;
    case GST_P2P_SCTP_FORWARD_TSN:
      if (chunk->size >= 8)
        skip_to_locked (self, gst_p2p_read_u32 (chunk->data + 4));
      return GST_P2P_STOCK_PASS;
    case GST_P2P_SCTP_RECONFIG:
      foreach_param (self, chunk, note_incoming_param);
      return GST_P2P_STOCK_PASS;
    case GST_P2P_SCTP_ABORT:
    case GST_P2P_SCTP_SHUTDOWN:
      return GST_P2P_STOCK_CLOSED;
    default:
      return GST_P2P_STOCK_PASS;
    }
}

GstP2pStockVerdict
gst_p2p_stock_monitor_incoming (GstP2pStockMonitor *self, const guint8 *data, gsize size,
                                GError **error)
{
  GstP2pStockVerdict verdict = GST_P2P_STOCK_PASS;
  gsize offset = GST_P2P_SCTP_HEADER_SIZE;
  GstP2pSctpChunk chunk;

  if (size < GST_P2P_SCTP_HEADER_SIZE || !gst_p2p_sctp_packet_is_sound (data, size))
    return GST_P2P_STOCK_DROP;
  g_mutex_lock (&self->lock);
  self->is_reset = FALSE;
  while (verdict == GST_P2P_STOCK_PASS && gst_p2p_sctp_chunk_next (data, size, &offset, &chunk))
    verdict = note_incoming_locked (self, &chunk, error);
  if (verdict == GST_P2P_STOCK_PASS && offset != size)
    verdict = GST_P2P_STOCK_DROP;
  if (verdict == GST_P2P_STOCK_PASS && self->is_reset)
    {
      if (is_drained_locked (self))
        release_locked (self);
      else
        verdict = GST_P2P_STOCK_HOLD;
    }
  g_mutex_unlock (&self->lock);
  return verdict;
}

void
gst_p2p_stock_monitor_delivered (GstP2pStockMonitor *self, guint16 stream)
{
  g_mutex_lock (&self->lock);
  if (stream <= self->max_stream)
    self->streams[stream].delivered++;
  g_mutex_unlock (&self->lock);
}

gboolean
gst_p2p_stock_monitor_is_drained (GstP2pStockMonitor *self)
{
  gboolean drained;

  g_mutex_lock (&self->lock);
  drained = is_drained_locked (self);
  g_mutex_unlock (&self->lock);
  return drained;
}

gboolean
gst_p2p_stock_monitor_is_complete (GstP2pStockMonitor *self)
{
  gboolean complete;

  g_mutex_lock (&self->lock);
  complete = is_complete_locked (self);
  g_mutex_unlock (&self->lock);
  return complete;
}

void
gst_p2p_stock_monitor_release (GstP2pStockMonitor *self)
{
  g_mutex_lock (&self->lock);
  release_locked (self);
  g_mutex_unlock (&self->lock);
}

gboolean
gst_p2p_stock_monitor_take_answer (GstP2pStockMonitor *self, guint16 *stream,
                                   GstP2pStreamFact *fact)
{
  gboolean any;

  g_mutex_lock (&self->lock);
  any = self->answers->len > 0;
  if (any)
    {
      Answer *answer = &g_array_index (self->answers, Answer, 0);

      *stream = answer->stream;
      *fact = answer->fact;
      g_array_remove_index (self->answers, 0);
    }
  g_mutex_unlock (&self->lock);
  return any;
}

/* --- outgoing --- */

/* A request that is repeated has the same sequence number until it is answered. */
static void
note_outgoing_param (GstP2pStockMonitor *self, guint16 type, const guint8 *param, gsize size)
{
  Reset *reset;
  guint i;

  if (type != PARAM_OUTGOING_RESET)
    return;
  for (i = 0; i < self->resets->len; i++)
    {
      if (g_array_index (self->resets, Reset *, i)->sequence == gst_p2p_read_u32 (param + 4))
        return;
    }
  reset = reset_new (param, size);
  g_array_append_val (self->resets, reset);
}

static void
keep_sack_locked (GstP2pStockMonitor *self, const guint8 *packet, const GstP2pSctpChunk *chunk)
{
  if (chunk->size > MAX_SACK)
    return;
  g_byte_array_set_size (self->sack, 0);
  g_byte_array_append (self->sack, packet, GST_P2P_SCTP_HEADER_SIZE);
  g_byte_array_append (self->sack, chunk->data, chunk->size);
}

static void
note_tsns (const GstP2pSctpChunk *chunk, GstP2pStockOutgoing *outgoing)
{
  if (chunk->type == GST_P2P_SCTP_DATA && chunk->size >= GST_P2P_SCTP_DATA_HEADER_SIZE)
    {
      guint32 tsn = gst_p2p_read_u32 (chunk->data + 4);

      if (!outgoing->has_data || gst_p2p_serial32_is_after (tsn, outgoing->last_tsn))
        outgoing->last_tsn = tsn;
      outgoing->has_data = TRUE;
    }
  else if (chunk->type == GST_P2P_SCTP_FORWARD_TSN && chunk->size >= 8)
    {
      outgoing->gives_up = TRUE;
      outgoing->given_up_tsn = gst_p2p_read_u32 (chunk->data + 4);
    }
}

static void
keep_header_locked (GstP2pStockMonitor *self, const guint8 *packet)
{
  if (!self->have_header)
    memcpy (self->header, packet, GST_P2P_SCTP_HEADER_SIZE);
  self->have_header = TRUE;
}

void
gst_p2p_stock_monitor_outgoing (GstP2pStockMonitor *self, guint8 *data, gsize size, guint32 window,
                                GstP2pStockOutgoing *outgoing)
{
  gsize offset = GST_P2P_SCTP_HEADER_SIZE;
  GstP2pSctpChunk chunk;

  memset (outgoing, 0, sizeof *outgoing);
  if (size < GST_P2P_SCTP_HEADER_SIZE)
    return;
  g_mutex_lock (&self->lock);
  while (gst_p2p_sctp_chunk_next (data, size, &offset, &chunk))
    {
      if (chunk.type == GST_P2P_SCTP_ABORT)
        outgoing->aborts = TRUE;
      else if (chunk.type == GST_P2P_SCTP_INIT || chunk.type == GST_P2P_SCTP_COOKIE_ECHO)
        outgoing->opens = TRUE;
      /* either end sends one of the two when the association is made */
      if (chunk.type == GST_P2P_SCTP_COOKIE_ECHO || chunk.type == GST_P2P_SCTP_COOKIE_ACK)
        keep_header_locked (self, data);
      note_tsns (&chunk, outgoing);
      if (chunk.type == GST_P2P_SCTP_RECONFIG)
        foreach_param (self, &chunk, note_outgoing_param);
      if (chunk.type == GST_P2P_SCTP_SACK && chunk.size >= SACK_SIZE)
        {
          keep_sack_locked (self, data, &chunk);
          if (gst_p2p_read_u32 (chunk.data + 8) > window)
            {
              gst_p2p_write_u32 (data + (chunk.data - data) + 8, window);
              outgoing->limited = TRUE;
            }
        }
    }
  g_mutex_unlock (&self->lock);
  if (outgoing->limited)
    gst_p2p_sctp_packet_seal (data, size);
}

gboolean
gst_p2p_stock_needs_limit (const guint8 *data, gsize size, guint32 window)
{
  gsize offset = GST_P2P_SCTP_HEADER_SIZE;
  GstP2pSctpChunk chunk;

  while (size >= GST_P2P_SCTP_HEADER_SIZE && gst_p2p_sctp_chunk_next (data, size, &offset, &chunk))
    {
      if (chunk.type == GST_P2P_SCTP_SACK && chunk.size >= SACK_SIZE
          && gst_p2p_read_u32 (chunk.data + 8) > window)
        return TRUE;
    }
  return FALSE;
}

GBytes *
gst_p2p_stock_monitor_new_window_update (GstP2pStockMonitor *self, guint32 window)
{
  guint8 *packet = NULL;
  gsize size;

  g_mutex_lock (&self->lock);
  size = self->sack->len;
  if (size > 0)
    packet = g_memdup2 (self->sack->data, size);
  g_mutex_unlock (&self->lock);
  if (!packet)
    return NULL;
  gst_p2p_write_u32 (packet + GST_P2P_SCTP_HEADER_SIZE + 8, window);
  gst_p2p_sctp_packet_seal (packet, size);
  return g_bytes_new_take (packet, size);
}

GBytes *
gst_p2p_stock_monitor_new_heartbeat (GstP2pStockMonitor *self)
{
  gsize size = GST_P2P_SCTP_HEADER_SIZE + HEARTBEAT_SIZE;
  guint8 *packet = g_malloc0 (size);
  guint8 *chunk = packet + GST_P2P_SCTP_HEADER_SIZE;
  gboolean known;

  g_mutex_lock (&self->lock);
  known = self->have_header;
  memcpy (packet, self->header, GST_P2P_SCTP_HEADER_SIZE);
  g_mutex_unlock (&self->lock);
  if (!known)
    {
      g_free (packet);
      return NULL;
    }
  chunk[0] = GST_P2P_SCTP_HEARTBEAT;
  gst_p2p_write_u16 (chunk + 2, HEARTBEAT_SIZE);
  gst_p2p_write_u16 (chunk + GST_P2P_SCTP_CHUNK_HEADER_SIZE, PARAM_HEARTBEAT_INFO);
  gst_p2p_write_u16 (chunk + GST_P2P_SCTP_CHUNK_HEADER_SIZE + 2,
                     HEARTBEAT_SIZE - GST_P2P_SCTP_CHUNK_HEADER_SIZE);
  gst_p2p_sctp_packet_seal (packet, size);
  return g_bytes_new_take (packet, size);
}

gboolean
gst_p2p_stock_monitor_get_acked (GstP2pStockMonitor *self, guint32 *tsn)
{
  gboolean known;

  g_mutex_lock (&self->lock);
  known = self->have_acked;
  *tsn = self->acked;
  g_mutex_unlock (&self->lock);
  return known;
}
