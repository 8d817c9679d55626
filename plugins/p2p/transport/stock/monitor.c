/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * monitor: what passes between sctpdec/sctpenc and DTLS, read from outside.
 *
 * Layouts are those of RFC 9260 section 3.3 and RFC 6525 section 4. Bytes in, verdicts out.
 */
#include "plugins/p2p/transport/stock/monitor.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/link/crc32c.h"

#define COMMON_HEADER GST_P2P_SCTP_HEADER_SIZE
#define CHUNK_HEADER 4
#define DATA_HEADER 16 /* with the chunk's */
#define INIT_SIZE 20
#define SACK_SIZE 16

#define CHUNK_DATA 0
#define CHUNK_INIT 1
#define CHUNK_INIT_ACK 2
#define CHUNK_SACK 3
#define CHUNK_HEARTBEAT 4
#define CHUNK_ABORT 6
#define CHUNK_SHUTDOWN 7
#define CHUNK_COOKIE_ECHO 10
#define CHUNK_COOKIE_ACK 11
#define CHUNK_RECONFIG 130
#define CHUNK_FORWARD_TSN 192

#define DATA_FLAG_END 0x01

#define PARAM_OUTGOING_RESET 13
#define PARAM_RESPONSE 16
#define OUTGOING_RESET_SIZE 16 /* before the list of streams */
#define RESPONSE_SIZE 12
#define RESULT_PERFORMED 1
#define RESULT_DENIED 2
#define RESULT_IN_PROGRESS 6

/* Far more than a window of 1 MiB can hold; keeps a peer from making the set grow without end. */
#define MAX_EARLY 65536
#define MAX_SACK 1500
/* A HEARTBEAT is answered by its copy, which comes back to usrsctp: of one that does not have the
 * size of its own it drops the rest of the packet. With zeros for an address it ignores it. */
#define HEARTBEAT_SIZE 48
#define PARAM_HEARTBEAT_INFO 1

typedef struct
{
  guint32 sequence;
  guint32 last_tsn; /* everything before the reset has a TSN up to here */
  GArray *streams;  /* guint16; none: all */
} Reset;

/* To a reset of ours. */
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
  Reset *held;       /* the peer's reset, which waits */
  gboolean is_reset; /* the packet that is being read has one */
  gboolean have_done;
  guint32 done;     /* sequence of the peer's last reset that was let through */
  GArray *resets;   /* Reset: ours, unconfirmed */
  GArray *answers;  /* Answer */
  GByteArray *sack; /* the last one that went out, with its common header */
  gboolean have_acked;
  guint32 acked; /* by the peer */
  gboolean have_header;
  guint8 header[COMMON_HEADER]; /* of packets to the peer, with the tag that it chose */
};

typedef struct
{
  guint8 type;
  guint8 flags;
  const guint8 *data; /* with its header */
  gsize size;         /* without padding */
} Chunk;

static guint16
read_u16 (const guint8 *data)
{
  return (guint16)(data[0] << 8 | data[1]);
}

static void
write_u16 (guint8 *data, guint16 value)
{
  data[0] = value >> 8;
  data[1] = (guint8)value;
}

static guint32
read_u32 (const guint8 *data)
{
  return (guint32)data[0] << 24 | (guint32)data[1] << 16 | (guint32)data[2] << 8 | data[3];
}

static void
write_u32 (guint8 *data, guint32 value)
{
  data[0] = value >> 24;
  data[1] = value >> 16;
  data[2] = value >> 8;
  data[3] = value;
}

/* RFC 1982: whether TSN @a is after @b. */
static gboolean
is_after (guint32 a, guint32 b)
{
  return (gint32)(a - b) > 0;
}

/* FALSE at the end; @offset is then the size if the packet is well-formed. */
static gboolean
next_chunk (const guint8 *packet, gsize size, gsize *offset, Chunk *chunk)
{
  gsize left = size - *offset;
  gsize padded;

  if (left < CHUNK_HEADER)
    return FALSE;
  chunk->data = packet + *offset;
  chunk->type = chunk->data[0];
  chunk->flags = chunk->data[1];
  chunk->size = read_u16 (chunk->data + 2);
  if (chunk->size < CHUNK_HEADER || chunk->size > left)
    return FALSE;
  /* the padding of the last chunk may be missing */
  padded = (chunk->size + 3) & ~(gsize)3;
  *offset += MIN (padded, left);
  return TRUE;
}

static Reset *
reset_new (const guint8 *param, gsize size)
{
  Reset *reset = g_new0 (Reset, 1);
  gsize i;

  reset->sequence = read_u32 (param + 4);
  reset->last_tsn = read_u32 (param + 12);
  reset->streams = g_array_new (FALSE, FALSE, sizeof (guint16));
  for (i = OUTGOING_RESET_SIZE; i + 2 <= size; i += 2)
    {
      guint16 stream = read_u16 (param + i);

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

/* Incoming */

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
  if (!self->have_tsn || !is_after (tsn, self->cumulative_tsn))
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
  return !is_after (GPOINTER_TO_UINT (key), GPOINTER_TO_UINT (tsn));
}

static void
skip_to_locked (GstP2pStockMonitor *self, guint32 tsn)
{
  if (!self->have_tsn || !is_after (tsn, self->cumulative_tsn))
    return;
  self->cumulative_tsn = tsn;
  g_hash_table_foreach_remove (self->early, is_early_before, GUINT_TO_POINTER (tsn));
  advance_locked (self);
}

static gboolean
note_data_locked (GstP2pStockMonitor *self, const Chunk *chunk, GError **error)
{
  guint16 id = read_u16 (chunk->data + 8);
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
  if (note_tsn_locked (self, read_u32 (chunk->data + 4)) && (chunk->flags & DATA_FLAG_END))
    stream->expected++;
  return TRUE;
}

/* After "in progress" the request comes again. A peer that denies it has nothing to say about the
 * streams any more; every other result is taken for "nothing to do". */
static void
note_response_locked (GstP2pStockMonitor *self, const guint8 *param)
{
  guint32 sequence = read_u32 (param + 4);
  guint32 result = read_u32 (param + 8);
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
  return !self->held || !self->have_tsn || !is_after (self->held->last_tsn, self->cumulative_tsn);
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
foreach_param (GstP2pStockMonitor *self, const Chunk *chunk,
               void (*func) (GstP2pStockMonitor *self, guint16 type, const guint8 *param,
                             gsize size))
{
  gsize offset = CHUNK_HEADER;

  while (chunk->size - offset >= 4)
    {
      const guint8 *param = chunk->data + offset;
      guint16 type = read_u16 (param);
      gsize size = read_u16 (param + 2);

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
      note_response_locked (self, param);
      return;
    }
  if (self->have_done && self->done == read_u32 (param + 4))
    return; /* repeated, because our response got lost */
  g_clear_pointer (&self->held, reset_free);
  self->held = reset_new (param, size);
  self->is_reset = TRUE;
}

static void
note_acked_locked (GstP2pStockMonitor *self, guint32 tsn)
{
  if (!self->have_acked || is_after (tsn, self->acked))
    self->acked = tsn;
  self->have_acked = TRUE;
}

/* PASS: nothing against the packet because of this chunk. */
static GstP2pStockVerdict
note_incoming_locked (GstP2pStockMonitor *self, const Chunk *chunk, GError **error)
{
  switch (chunk->type)
    {
    case CHUNK_DATA:
      if (chunk->size <= DATA_HEADER)
        return GST_P2P_STOCK_DROP;
      return note_data_locked (self, chunk, error) ? GST_P2P_STOCK_PASS : GST_P2P_STOCK_REFUSE;
    case CHUNK_INIT:
    case CHUNK_INIT_ACK:
      if (chunk->size < INIT_SIZE)
        return GST_P2P_STOCK_DROP;
      /* both sides send INIT; the peer's first TSN is the same in both chunks */
      if (!self->have_tsn)
        {
          self->have_tsn = TRUE;
          self->cumulative_tsn = read_u32 (chunk->data + 16) - 1;
        }
      return GST_P2P_STOCK_PASS;
    case CHUNK_SACK:
      if (chunk->size >= SACK_SIZE)
        note_acked_locked (self, read_u32 (chunk->data + 4));
      return GST_P2P_STOCK_PASS;
    case CHUNK_FORWARD_TSN:
      if (chunk->size >= 8)
        skip_to_locked (self, read_u32 (chunk->data + 4));
      return GST_P2P_STOCK_PASS;
    case CHUNK_RECONFIG:
      foreach_param (self, chunk, note_incoming_param);
      return GST_P2P_STOCK_PASS;
    case CHUNK_ABORT:
    case CHUNK_SHUTDOWN:
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
  gsize offset = COMMON_HEADER;
  Chunk chunk;

  if (size < COMMON_HEADER)
    return GST_P2P_STOCK_DROP;
  g_mutex_lock (&self->lock);
  self->is_reset = FALSE;
  while (verdict == GST_P2P_STOCK_PASS && next_chunk (data, size, &offset, &chunk))
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

/* Outgoing */

/* A request is repeated with its sequence number until it is answered. */
static void
note_outgoing_param (GstP2pStockMonitor *self, guint16 type, const guint8 *param, gsize size)
{
  Reset *reset;
  guint i;

  if (type != PARAM_OUTGOING_RESET)
    return;
  for (i = 0; i < self->resets->len; i++)
    {
      if (g_array_index (self->resets, Reset *, i)->sequence == read_u32 (param + 4))
        return;
    }
  reset = reset_new (param, size);
  g_array_append_val (self->resets, reset);
}

static void
keep_sack_locked (GstP2pStockMonitor *self, const guint8 *packet, const Chunk *chunk)
{
  if (chunk->size > MAX_SACK)
    return;
  g_byte_array_set_size (self->sack, 0);
  g_byte_array_append (self->sack, packet, COMMON_HEADER);
  g_byte_array_append (self->sack, chunk->data, chunk->size);
}

static void
note_tsns (const Chunk *chunk, GstP2pStockOutgoing *outgoing)
{
  if (chunk->type == CHUNK_DATA && chunk->size >= DATA_HEADER)
    {
      guint32 tsn = read_u32 (chunk->data + 4);

      if (!outgoing->has_data || is_after (tsn, outgoing->last_tsn))
        outgoing->last_tsn = tsn;
      outgoing->has_data = TRUE;
    }
  else if (chunk->type == CHUNK_FORWARD_TSN && chunk->size >= 8)
    {
      outgoing->gives_up = TRUE;
      outgoing->given_up_tsn = read_u32 (chunk->data + 4);
    }
}

static void
keep_header_locked (GstP2pStockMonitor *self, const guint8 *packet)
{
  if (!self->have_header)
    memcpy (self->header, packet, COMMON_HEADER);
  self->have_header = TRUE;
}

void
gst_p2p_stock_monitor_outgoing (GstP2pStockMonitor *self, guint8 *data, gsize size, guint32 window,
                                GstP2pStockOutgoing *outgoing)
{
  gsize offset = COMMON_HEADER;
  Chunk chunk;

  memset (outgoing, 0, sizeof *outgoing);
  if (size < COMMON_HEADER)
    return;
  g_mutex_lock (&self->lock);
  while (next_chunk (data, size, &offset, &chunk))
    {
      if (chunk.type == CHUNK_ABORT)
        outgoing->aborts = TRUE;
      else if (chunk.type == CHUNK_INIT || chunk.type == CHUNK_COOKIE_ECHO)
        outgoing->opens = TRUE;
      /* one of the two is sent when the association is made */
      if (chunk.type == CHUNK_COOKIE_ECHO || chunk.type == CHUNK_COOKIE_ACK)
        keep_header_locked (self, data);
      note_tsns (&chunk, outgoing);
      if (chunk.type == CHUNK_RECONFIG)
        foreach_param (self, &chunk, note_outgoing_param);
      if (chunk.type == CHUNK_SACK && chunk.size >= SACK_SIZE)
        {
          keep_sack_locked (self, data, &chunk);
          if (read_u32 (chunk.data + 8) > window)
            {
              write_u32 (data + (chunk.data - data) + 8, window);
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
  gsize offset = COMMON_HEADER;
  Chunk chunk;

  while (size >= COMMON_HEADER && next_chunk (data, size, &offset, &chunk))
    {
      if (chunk.type == CHUNK_SACK && chunk.size >= SACK_SIZE && read_u32 (chunk.data + 8) > window)
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
  write_u32 (packet + COMMON_HEADER + 8, window);
  gst_p2p_sctp_packet_seal (packet, size);
  return g_bytes_new_take (packet, size);
}

GBytes *
gst_p2p_stock_monitor_new_heartbeat (GstP2pStockMonitor *self)
{
  gsize size = COMMON_HEADER + HEARTBEAT_SIZE;
  guint8 *packet = g_malloc0 (size);
  guint8 *chunk = packet + COMMON_HEADER;
  gboolean known;

  g_mutex_lock (&self->lock);
  known = self->have_header;
  memcpy (packet, self->header, COMMON_HEADER);
  g_mutex_unlock (&self->lock);
  if (!known)
    {
      g_free (packet);
      return NULL;
    }
  chunk[0] = CHUNK_HEARTBEAT;
  write_u16 (chunk + 2, HEARTBEAT_SIZE);
  write_u16 (chunk + CHUNK_HEADER, PARAM_HEARTBEAT_INFO);
  write_u16 (chunk + CHUNK_HEADER + 2, HEARTBEAT_SIZE - CHUNK_HEADER);
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
