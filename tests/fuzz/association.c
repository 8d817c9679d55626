/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Packets of a peer to an association, before and after it is established. Whatever they are, the
 * association is closed once at most, nothing comes out but whole messages, and when it is freed,
 * nothing of it stays in usrsctp.
 *
 * The bits of a step's first byte: 1: the association resets a stream before the step; 2: the bytes
 * are not chunks, but edits (steps.h) to the packet that the peer would send next; 4: time passes
 * afterwards; 8: with 2, that packet is the one of a peer that begins again; from 16 on: where the
 * association stands, see Phase. TSNs and the numbers of requests are distances in the chunks: from
 * the number that is next, or, where one is acknowledged, from the one that it should be.
 *
 * The peer is played here, by as little as keeps the association up: it confirms what it is sent,
 * and learns from the association's confirmations what that has taken. So whatever an input sends,
 * both stay in step, and one association lasts for many inputs.
 */
#include <string.h>

#include <gst/gst.h>
#include <usrsctp.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/link/crc32c.h"
#include "gst/p2p/link/sctpchunk.h"
#include "plugins/p2p/transport/direct/association.h"
#include "tests/fuzz/steps.h"

#define RESETS 1
#define EDITED 2
#define TIME_PASSES 4
#define BEGINS_AGAIN 8
#define PHASE_SHIFT 4

#define MAX_PACKET 1192
#define MAX_TURNS 200
#define MAX_GARBAGE 64 /* in the middle of the handshake, before it goes on */
#define PASSING_MS 300 /* longer than the shortest retransmission timeout */

#define PORT 5000
#define PEER_TAG 7
#define PEER_TSN 1000
#define PEER_WINDOW 0x100000

#define FLAG_REFLECTED 1 /* of ABORT and SHUTDOWN_COMPLETE: the receiver's own tag */

/* Chunks that are not ours. */
enum
{
  HEARTBEAT_ACK = 5,
  SHUTDOWN_COMPLETE = 14,
  I_DATA = 64,
  I_FORWARD_TSN = 194
};

enum
{
  PARAMETER_COOKIE = 7,
  PARAMETER_RESET_OUT = 13,
  PARAMETER_RESET_IN = 14,
  PARAMETER_RESET_TSN = 15,
  PARAMETER_RESPONSE = 16,
  PARAMETER_ADD_OUT = 17,
  PARAMETER_ADD_IN = 18
};

typedef enum
{
  PHASE_INIT,   /* it has sent INIT */
  PHASE_COOKIE, /* and, after INIT ACK, COOKIE ECHO */
  PHASE_CROSS,  /* or INIT ACK, after an INIT that crossed its own */
  PHASE_UP,     /* established; all above, too */
  N_PHASES
} Phase;

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* An association, and what its peer knows of it. */
typedef struct
{
  GstP2pDirectAssociation *association; /* NULL: to be made */
  gboolean established;
  gboolean closed;
  guint n_genuine;
  guint n_sent;
  guint n_fed; /* since it stands where it stands */

  guint32 tag;
  guint32 next_tsn;     /* of the peer's */
  guint32 received_tsn; /* the last of the association's */
  guint32 next_request; /* of the peer's */
  guint32 received_request;
  GByteArray *cookie; /* the association's, and the tag that goes with it */
  guint32 cookie_tag;
  GByteArray *answers; /* chunks that the peer has to send */
} End;

static End ends[N_PHASES];
/* With it usrsctp need not be started and stopped for each association. */
static GstP2pDirectAssociation *anchor;

/* --- what the association sends --- */

static void
add_number (GByteArray *array, guint32 number)
{
  guint8 bytes[4];

  gst_p2p_write_u32 (bytes, number);
  g_byte_array_append (array, bytes, sizeof bytes);
}

static void
add_header (GByteArray *array, guint8 type, guint8 flags, gsize length)
{
  add_number (array, (guint32)type << 24 | (guint32)flags << 16 | (guint32)length);
}

static void
pad (GByteArray *array)
{
  while (array->len % 4 != 0)
    g_byte_array_append (array, (const guint8 *)"", 1);
}

static void
add_sack (GByteArray *array, guint32 tsn)
{
  add_header (array, GST_P2P_SCTP_SACK, 0, 16);
  add_number (array, tsn);
  add_number (array, PEER_WINDOW);
  add_number (array, 0);
}

/* Parameters lie in a row as chunks do. */
static void
hear_parameters (End *end, gboolean of_init, const guint8 *data, gsize size)
{
  gsize offset = 0;
  GstP2pSctpChunk parameter;

  while (gst_p2p_sctp_chunk_next (data, size, &offset, &parameter))
    {
      guint type = gst_p2p_read_u16 (parameter.data);
      const guint8 *value = parameter.data + GST_P2P_SCTP_CHUNK_HEADER_SIZE;

      if (of_init && type == PARAMETER_COOKIE)
        {
          g_byte_array_set_size (end->cookie, 0);
          g_byte_array_append (end->cookie, value, parameter.size - GST_P2P_SCTP_CHUNK_HEADER_SIZE);
        }
      else if (!of_init && parameter.size >= 8 && type == PARAMETER_RESPONSE)
        end->next_request = gst_p2p_read_u32 (value) + 1;
      else if (!of_init && parameter.size >= 8)
        end->received_request = gst_p2p_read_u32 (value);
    }
}

static void
hear_init (End *end, const GstP2pSctpChunk *chunk)
{
  guint32 tag;

  g_assert_cmpuint (chunk->size, >=, GST_P2P_SCTP_INIT_SIZE);
  tag = gst_p2p_read_u32 (chunk->data + 4);
  if (chunk->type == GST_P2P_SCTP_INIT_ACK)
    {
      end->cookie_tag = tag;
      hear_parameters (end, TRUE, chunk->data + GST_P2P_SCTP_INIT_SIZE,
                       chunk->size - GST_P2P_SCTP_INIT_SIZE);
      return;
    }
  end->tag = tag;
  end->received_tsn = end->received_request = gst_p2p_read_u32 (chunk->data + 16) - 1;
}

static void
hear_chunk (End *end, const GstP2pSctpChunk *chunk)
{
  const guint8 *value = chunk->data + GST_P2P_SCTP_CHUNK_HEADER_SIZE;
  guint32 number = chunk->size >= 8 ? gst_p2p_read_u32 (value) : 0;

  switch (chunk->type)
    {
    case GST_P2P_SCTP_INIT:
    case GST_P2P_SCTP_INIT_ACK:
      hear_init (end, chunk);
      break;
    case GST_P2P_SCTP_DATA:
    case GST_P2P_SCTP_FORWARD_TSN:
      if ((gint32)(number - end->received_tsn) > 0)
        end->received_tsn = number;
      add_sack (end->answers, end->received_tsn);
      break;
    case GST_P2P_SCTP_SACK:
      end->next_tsn = number + 1;
      break;
    case GST_P2P_SCTP_HEARTBEAT:
      add_header (end->answers, HEARTBEAT_ACK, 0, chunk->size);
      g_byte_array_append (end->answers, value, chunk->size - GST_P2P_SCTP_CHUNK_HEADER_SIZE);
      pad (end->answers);
      break;
    case GST_P2P_SCTP_RECONFIG:
      hear_parameters (end, FALSE, value, chunk->size - GST_P2P_SCTP_CHUNK_HEADER_SIZE);
      break;
    default:
      break;
    }
}

static void
on_send (const guint8 *packet, gsize size, gpointer user_data)
{
  End *end = user_data;
  gsize offset = GST_P2P_SCTP_HEADER_SIZE;
  GstP2pSctpChunk chunk;

  end->n_sent++;
  while (gst_p2p_sctp_chunk_next (packet, size, &offset, &chunk))
    hear_chunk (end, &chunk);
}

static void
on_message (guint16 stream, guint32 ppid, GstBuffer *message, gpointer user_data)
{
  End *end = user_data;

  g_assert_false (end->closed);
  g_assert_cmpuint (stream, <, 1024u);
  g_assert_cmpuint (gst_buffer_get_size (message), >, 0);
  g_assert_cmpuint (gst_buffer_get_size (message), <=, GST_P2P_SCTP_MAX_MESSAGE);
  if (gst_buffer_get_size (message) == 7 && gst_buffer_memcmp (message, 0, "genuine", 7) == 0)
    end->n_genuine++;
  gst_buffer_unref (message);
}

static void
on_established (gpointer user_data)
{
  End *end = user_data;

  g_assert_false (end->established || end->closed);
  end->established = TRUE;
}

static void
on_closed (const GError *error, gpointer user_data)
{
  End *end = user_data;

  g_assert_false (end->closed);
  end->closed = TRUE;
}

static void
on_reset (guint16 stream, GstP2pStreamFact fact, gpointer user_data)
{
  End *end = user_data;

  g_assert_false (end->closed);
}

static void
on_wakeup (gpointer user_data)
{
}

static const GstP2pDirectAssociationFuncs funcs = {
  .send = on_send,
  .message = on_message,
  .established = on_established,
  .closed = on_closed,
  .reset = on_reset,
  .wakeup = on_wakeup,
};

/* --- what the peer sends --- */

static guint32
get_packet_tag (const End *end, const guint8 *chunks, gsize size)
{
  if (size < 2)
    return end->tag;
  if (chunks[0] == GST_P2P_SCTP_INIT)
    return 0;
  if ((chunks[0] == GST_P2P_SCTP_ABORT || chunks[0] == SHUTDOWN_COMPLETE)
      && (chunks[1] & FLAG_REFLECTED))
    return PEER_TAG;
  return chunks[0] == GST_P2P_SCTP_COOKIE_ECHO && end->cookie->len > 0 ? end->cookie_tag : end->tag;
}

static void
feed (End *end, const guint8 *chunks, gsize size)
{
  gsize packet_size = GST_P2P_SCTP_HEADER_SIZE + size;
  g_autofree guint8 *packet = g_malloc (packet_size);

  gst_p2p_write_u16 (packet, PORT);
  gst_p2p_write_u16 (packet + 2, PORT);
  gst_p2p_write_u32 (packet + 4, get_packet_tag (end, chunks, size));
  if (size > 0)
    memcpy (packet + GST_P2P_SCTP_HEADER_SIZE, chunks, size);
  gst_p2p_sctp_packet_seal (packet, packet_size);
  gst_p2p_direct_association_feed (end->association, packet, packet_size);
  gst_p2p_direct_association_dispatch (end->association);
}

static void
answer (End *end)
{
  for (guint i = 0; i < MAX_TURNS && end->answers->len > 0; i++)
    {
      g_autoptr (GByteArray) answers = g_steal_pointer (&end->answers);

      end->answers = g_byte_array_new ();
      feed (end, answers->data, answers->len);
    }
}

static void
add_init (GByteArray *chunks, guint8 type)
{
  static const guint8 extensions[]
      = { 0xc0, 0, 0, 4, 0x80, 8, 0, 6, GST_P2P_SCTP_RECONFIG, GST_P2P_SCTP_FORWARD_TSN, 0, 0 };

  add_header (chunks, type, 0,
              GST_P2P_SCTP_INIT_SIZE + sizeof extensions
                  + (type == GST_P2P_SCTP_INIT_ACK ? 2 * GST_P2P_SCTP_CHUNK_HEADER_SIZE : 0));
  add_number (chunks, PEER_TAG);
  add_number (chunks, PEER_WINDOW);
  add_number (chunks, 1024 << 16 | 1024);
  add_number (chunks, PEER_TSN);
  if (type == GST_P2P_SCTP_INIT_ACK)
    {
      add_number (chunks, PARAMETER_COOKIE << 16 | 2 * GST_P2P_SCTP_CHUNK_HEADER_SIZE);
      g_byte_array_append (chunks, (const guint8 *)"mine", 4);
    }
  g_byte_array_append (chunks, extensions, sizeof extensions);
}

/* Unordered: no stream waits for it. */
static void
add_genuine_data (GByteArray *chunks, guint32 tsn)
{
  add_header (chunks, GST_P2P_SCTP_DATA, 7, 16 + 7);
  add_number (chunks, tsn);
  add_number (chunks, 2 << 16);
  add_number (chunks, 53);
  g_byte_array_append (chunks, (const guint8 *)"genuine", 8);
}

/* What an orderly peer would send now. */
static GByteArray *
new_genuine (const End *end, Phase phase)
{
  GByteArray *chunks = g_byte_array_new ();

  switch (phase)
    {
    case PHASE_INIT:
      add_init (chunks, GST_P2P_SCTP_INIT_ACK);
      break;
    case PHASE_COOKIE:
      add_header (chunks, GST_P2P_SCTP_COOKIE_ACK, 0, GST_P2P_SCTP_CHUNK_HEADER_SIZE);
      break;
    case PHASE_CROSS:
      add_header (chunks, GST_P2P_SCTP_COOKIE_ECHO, 0,
                  GST_P2P_SCTP_CHUNK_HEADER_SIZE + end->cookie->len);
      g_byte_array_append (chunks, end->cookie->data, end->cookie->len);
      break;
    default:
      add_genuine_data (chunks, end->next_tsn);
    }
  return chunks;
}

static void
feed_genuine (End *end, Phase phase)
{
  g_autoptr (GByteArray) chunks = new_genuine (end, phase);

  feed (end, chunks->data, chunks->len);
}

/* --- chunks whose numbers are distances --- */

static void
add_to (guint8 *data, const GstP2pSctpChunk *at, gsize offset, guint32 base)
{
  guint8 *number = data + (at->data - data) + offset;

  if (offset + 4 <= at->size)
    gst_p2p_write_u32 (number, gst_p2p_read_u32 (number) + base);
}

static void
relate_parameters (const End *end, guint8 *data, gsize size)
{
  gsize offset = GST_P2P_SCTP_CHUNK_HEADER_SIZE;
  GstP2pSctpChunk parameter;

  while (gst_p2p_sctp_chunk_next (data, size, &offset, &parameter))
    switch (gst_p2p_read_u16 (parameter.data))
      {
      case PARAMETER_RESET_OUT:
        add_to (data, &parameter, 8, end->received_request);
        add_to (data, &parameter, 12, end->next_tsn - 1);
        /* fallthrough */
      case PARAMETER_RESET_IN:
      case PARAMETER_RESET_TSN:
      case PARAMETER_ADD_OUT:
      case PARAMETER_ADD_IN:
        add_to (data, &parameter, 4, end->next_request);
        break;
      case PARAMETER_RESPONSE:
        add_to (data, &parameter, 4, end->received_request);
        break;
      default:
        break;
      }
}

static void
relate (const End *end, guint8 *data, gsize size)
{
  gsize offset = 0;
  GstP2pSctpChunk chunk;

  while (gst_p2p_sctp_chunk_next (data, size, &offset, &chunk))
    switch (chunk.type)
      {
      case GST_P2P_SCTP_DATA:
      case I_DATA:
      case GST_P2P_SCTP_FORWARD_TSN:
      case I_FORWARD_TSN:
        add_to (data, &chunk, 4, end->next_tsn);
        break;
      case GST_P2P_SCTP_SACK:
      case GST_P2P_SCTP_SHUTDOWN:
        add_to (data, &chunk, 4, end->received_tsn);
        break;
      case GST_P2P_SCTP_RECONFIG:
        relate_parameters (end, data + (chunk.data - data), chunk.size);
        break;
      default:
        break;
      }
}

/* --- an association --- */

static void
end_make (End *end, Phase phase)
{
  g_autoptr (GByteArray) init = g_byte_array_new ();

  if (!anchor)
    anchor = gst_p2p_direct_association_new (NULL, g_main_context_default (), MAX_PACKET, &funcs,
                                             NULL, NULL);
  memset (end, 0, sizeof *end);
  end->next_tsn = end->next_request = PEER_TSN;
  end->cookie = g_byte_array_new ();
  end->answers = g_byte_array_new ();
  end->association = gst_p2p_direct_association_new (NULL, g_main_context_default (), MAX_PACKET,
                                                     &funcs, end, NULL);
  g_assert_true (gst_p2p_direct_association_connect (end->association, PORT, PORT, NULL));

  add_init (init, GST_P2P_SCTP_INIT);
  if (phase == PHASE_COOKIE || phase == PHASE_UP)
    feed_genuine (end, PHASE_INIT);
  if (phase == PHASE_CROSS)
    feed (end, init->data, init->len);
  if (phase == PHASE_UP)
    feed_genuine (end, PHASE_COOKIE);
  g_assert_cmpint (end->established, ==, phase == PHASE_UP);
  g_assert_false (end->closed);
}

static void
end_clear (End *end)
{
  if (!end->association)
    return;
  g_clear_pointer (&end->association, gst_p2p_direct_association_free);
  g_clear_pointer (&end->cookie, g_byte_array_unref);
  g_clear_pointer (&end->answers, g_byte_array_unref);
}

/* A message each way. Returns whether the peer's arrived. Where not, the confirmation of what came
 * before may have stood behind an ERROR that is not well-formed, or the input has led the
 * association to a place that it only leaves by its timers, if at all. */
static gboolean
exchange (End *end)
{
  const GstP2pDirectAssociationSend how = { .stream = 1, .ppid = 53 };
  guint8 message[300] = { 0 };
  guint n_genuine = end->n_genuine;

  gst_p2p_direct_association_send (end->association, &how, message, sizeof message, TRUE, NULL);
  answer (end);
  if (!end->closed)
    feed_genuine (end, PHASE_UP);
  answer (end);
  return end->n_genuine == n_genuine + 1;
}

/* The rest of the handshake. With whom and from which number on is up to what came before. */
static void
go_on (End *end, Phase phase)
{
  answer (end);
  feed_genuine (end, phase);
  if (phase == PHASE_INIT)
    feed_genuine (end, PHASE_COOKIE);
  answer (end);
  if (end->established && !end->closed)
    exchange (end);
  end_clear (end);
}

/* --- steps --- */

static void
feed_step (End *end, Phase phase, guint8 how, const guint8 *data, gsize size)
{
  g_autofree guint8 *chunks = NULL;

  if (how & EDITED)
    {
      gboolean again = (how & BEGINS_AGAIN) && end->cookie->len > 0;
      g_autoptr (GByteArray) genuine = new_genuine (end, again ? PHASE_CROSS : phase);
      gsize n_edits = size;

      size = genuine->len;
      chunks = steps_edit (genuine->data, &size, data, n_edits);
    }
  else
    {
      chunks = g_memdup2 (data, size);
      relate (end, chunks, size);
    }
  feed (end, chunks, size);
  if (how & TIME_PASSES)
    {
      usrsctp_handle_timers (PASSING_MS);
      gst_p2p_direct_association_dispatch (end->association);
    }
}

static void
on_step (guint8 how, const guint8 *data, gsize size)
{
  Phase phase = MIN (how >> PHASE_SHIFT, PHASE_UP);
  End *end = &ends[phase];
  gboolean stuck = FALSE;
  guint n_sent;

  if (size > MAX_PACKET)
    return;
  if (!end->association)
    {
      end_make (end, phase);
      g_assert_true (phase != PHASE_UP || exchange (end));
    }
  n_sent = end->n_sent;
  if (how & RESETS)
    gst_p2p_direct_association_reset_stream (end->association, 1);
  feed_step (end, phase, how, data, size);

  if (phase == PHASE_UP)
    {
      answer (end);
      if (!end->closed && !exchange (end) && !end->closed)
        stuck = !exchange (end);
      if (end->closed || stuck)
        end_clear (end);
    }
  else if (end->established || end->closed || end->n_sent != n_sent || ++end->n_fed == MAX_GARBAGE)
    {
      go_on (end, phase);
    }
}

static void
on_reset_all (void)
{
  for (guint i = 0; i < N_PHASES; i++)
    if (ends[i].association)
      go_on (&ends[i], (Phase)i);
  g_clear_pointer (&anchor, gst_p2p_direct_association_free);
  /* Which it refuses as long as anything is left in usrsctp. */
  g_assert_cmpint (usrsctp_finish (), ==, 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const StepsTarget target
      = { .name = "association", .step = on_step, .reset = on_reset_all };

  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  steps_run (&target, data, size);
  return 0;
}
