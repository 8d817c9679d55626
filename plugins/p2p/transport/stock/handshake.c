/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * handshake: the gates between ICE and DTLS, and what is repeated until the connection is
 * made, so that a loss costs a fraction of a second (repeater.h).
 *
 *   nicesrc ► gate_in ► dtlsdec      a record at a time, data not before the handshake is done
 *   nicesink ◄ gate_out ◄ dtlsenc    numbers records in the clear, keeps the handshake's
 *
 * OpenSSL's own retransmissions get new record numbers (RFC 6347 section 4.2.4), because what was
 * discarded, such as a ChangeCipherSpec that came before the messages it follows, counts as seen in
 * the receiver's replay window. Records in the clear carry no authentication: we give them numbers,
 * all of them, repeated or not. The one that is encrypted, Finished, is kept by the receiver until
 * its time has come, and is repeated as it was.
 *
 * How it ends: whoever gets data knows that the peer has finished the handshake, for which it
 * needed everything that we have to say.
 */
#include "plugins/p2p/transport/stock/private.h"

#include <string.h>

/* Two flights of OpenSSL's, with a certificate of the largest size, in datagrams of 256 bytes. */
#define MAX_KEPT 64

#define RECORD_HEADER 13
#define RECORD_CHANGE_CIPHER_SPEC 20
#define RECORD_HANDSHAKE 22
#define RECORD_DATA 23

/* Records have no alignment, which GST_READ_UINT16_BE() takes for granted. */
static guint16
read_u16 (const guint8 *data)
{
  return (guint16)(data[0] << 8 | data[1]);
}

static gsize
record_size (const guint8 *header)
{
  return RECORD_HEADER + read_u16 (header + 11);
}

/* Incoming; stream lock of gate_in's sink pad */

/* Takes @record. Data that overtook the end of the handshake waits for it: OpenSSL would give it
 * afterwards in pieces, each in the place of a datagram that comes then and is lost. */
static void
push_record (GstP2pStockBin *self, guint8 type, GstBuffer *record)
{
  if (type == RECORD_DATA && !g_atomic_int_get (&self->dtls_up))
    {
      if (self->early.length < GST_P2P_MAX_EARLY_SCTP)
        g_queue_push_tail (&self->early, record);
      else
        gst_buffer_unref (record);
      return;
    }
  gst_p2p_stock_gate_push (self->gate_in, record);
  while (g_atomic_int_get (&self->dtls_up) && (record = g_queue_pop_head (&self->early)))
    gst_p2p_stock_gate_push (self->gate_in, record);
}

/* OpenSSL is asked for one record a datagram, and would give the others with later datagrams: each
 * record becomes a datagram of its own. */
GstBuffer *
gst_p2p_stock_on_datagram_in (GstP2pStockGate *gate, GstBuffer *packet, gpointer data)
{
  GstP2pStockBin *self = data;
  guint8 header[RECORD_HEADER];

  while (packet && gst_buffer_extract (packet, 0, header, sizeof header) == sizeof header)
    {
      GstBuffer *record = packet;
      gsize size = record_size (header);
      gsize left = gst_buffer_get_size (packet);

      packet = NULL;
      if (size < left)
        {
          packet = gst_buffer_copy_region (record, GST_BUFFER_COPY_ALL, size, left - size);
          record = gst_buffer_make_writable (record);
          gst_buffer_resize (record, 0, size);
        }
      if (header[0] == RECORD_DATA)
        gst_p2p_stock_repeater_finish (self->dtls_repeater);
      push_record (self, header[0], record);
    }
  g_clear_pointer (&packet, gst_buffer_unref);
  return NULL;
}

/* Outgoing */

/* Takes @packet. */
static GstBuffer *
number_records (GstP2pStockBin *self, GstBuffer *packet)
{
  gsize offset = 0;
  GstMapInfo map;

  packet = gst_buffer_make_writable (packet);
  if (!gst_buffer_map (packet, &map, GST_MAP_READWRITE))
    return packet;
  while (map.size - offset >= RECORD_HEADER)
    {
      guint8 *header = map.data + offset;

      if (read_u16 (header + 3) == 0) /* the epoch; after it 48 bits of number */
        {
          guint32 number = GUINT32_TO_BE ((guint32)g_atomic_int_add (&self->next_record, 1));

          memcpy (header + 7, &number, sizeof number);
        }
      offset += MIN (record_size (header), map.size - offset);
    }
  gst_buffer_unmap (packet, &map);
  return packet;
}

GstBuffer *
gst_p2p_stock_on_datagram_out (GstP2pStockGate *gate, GstBuffer *packet, gpointer data)
{
  GstP2pStockBin *self = data;
  guint8 type = 0;

  gst_buffer_extract (packet, 0, &type, 1);
  if (type != RECORD_DATA)
    packet = number_records (self, packet);
  if (type == RECORD_HANDSHAKE || type == RECORD_CHANGE_CIPHER_SPEC)
    gst_p2p_stock_repeater_keep (self->dtls_repeater, packet);
  return packet;
}

/* Control thread */

static void
repeat_datagram (GstBuffer *packet, gpointer data)
{
  GstP2pStockBin *self = data;

  gst_p2p_stock_gate_push (self->gate_out, number_records (self, packet));
}

/* A new DTLS record, so that nothing stands in its way; and SCTP knows duplicates by their tags and
 * its state (RFC 9260 section 5.2). */
static void
repeat_sctp (GstBuffer *packet, gpointer data)
{
  GstP2pStockBin *self = data;

  gst_p2p_stock_gate_push (self->gate_down, packet);
}

void
gst_p2p_stock_handshake_init (GstP2pStockBin *self)
{
  self->dtls_repeater = gst_p2p_stock_repeater_new (self->context, MAX_KEPT, repeat_datagram, self);
  /* INIT, then COOKIE ECHO in its place */
  self->sctp_repeater = gst_p2p_stock_repeater_new (self->context, 1, repeat_sctp, self);
  self->tail = gst_p2p_stock_tail_new (self->context, repeat_sctp, self);
}

void
gst_p2p_stock_handshake_clear (GstP2pStockBin *self)
{
  g_queue_clear_full (&self->early, (GDestroyNotify)gst_buffer_unref);
  g_clear_pointer (&self->dtls_repeater, gst_p2p_stock_repeater_free);
  g_clear_pointer (&self->sctp_repeater, gst_p2p_stock_repeater_free);
  g_clear_pointer (&self->tail, gst_p2p_stock_tail_free);
}
