/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * handshake: see handshake.h.
 *
 * dtlsdec ends the connection for good on some of what it should drop (dtlsrecord.h).
 *
 * OpenSSL's own retransmissions get new record numbers (RFC 6347 section 4.2.4), because a record
 * that was discarded, such as a ChangeCipherSpec that came before the messages it follows, counts
 * as seen in the receiver's replay window. Records in the clear are not authenticated, so they can
 * be numbered here: all of them when they are sent, repeated or not, and again when they arrive,
 * since after a forged high number the receiver would take all later records for repetitions.
 * Finished is encrypted and is repeated as it was; the receiver keeps it until it is needed.
 */
#include "plugins/p2p/transport/stock/handshake.h"

#include <string.h>

#include "gst/p2p/link/dtlsrecord.h"
#include "plugins/p2p/base/earlypackets.h"
#include "plugins/p2p/transport/limits.h"
#include "plugins/p2p/transport/stock/packets/certificate.h"
#include "plugins/p2p/transport/stock/packets/repeater.h"

/* Two flights of OpenSSL's, with the largest certificate, in datagrams of 256 bytes. */
#define MAX_KEPT 64
/* Datagrams that a peer sends before our key is made. */
#define MAX_EARLY_DTLS 64

struct _GstP2pStockHandshake
{
  /* const */
  GstP2pStockReporter *reporter; /* borrowed */
  GstP2pRole role;
  GstP2pStockGate *gate_in;  /* nicesrc → dtlsdec */
  GstP2pStockGate *gate_out; /* dtlsenc → nicesink */
  GstP2pStockRepeater *repeater;

  /* stream lock of gate_in's sink pad */
  GstP2pEarlyPackets early; /* GstBuffer: data that came before the handshake was done */
  guint32 next_incoming;    /* number of the next DTLS record in the clear */
  GstP2pStockCertificate *certificate;

  /* atomic */
  gint next_outgoing; /* number of the next DTLS record in the clear */
  gint suite;         /* of DTLS, 0 until it is chosen */
  gint complete;      /* gboolean */
};

/* --- incoming; stream lock of gate_in's sink pad --- */

/* Takes @record. Data that comes before the end of the handshake waits for that: OpenSSL would give
 * it out later, one record for each datagram that comes then, and that datagram would be lost. */
static void
push_record (GstP2pStockHandshake *self, guint8 type, GstBuffer *record)
{
  if (type == GST_P2P_DTLS_DATA && !g_atomic_int_get (&self->complete))
    {
      gst_p2p_early_packets_push (&self->early, record);
      return;
    }
  gst_p2p_stock_gate_push (self->gate_in, record);
  while (g_atomic_int_get (&self->complete) && (record = gst_p2p_early_packets_pop (&self->early)))
    gst_p2p_stock_gate_push (self->gate_in, record);
}

/* Takes the suite from the first ServerHello, ours or the peer's. */
static void
learn_suite (GstP2pStockHandshake *self, const GstP2pDtlsRecord *record)
{
  if (G_UNLIKELY (g_atomic_int_get (&self->suite) == 0))
    g_atomic_int_set (&self->suite, gst_p2p_dtls_record_get_suite (record));
}

static gboolean
is_plausible (GstP2pStockHandshake *self, const GstP2pDtlsRecord *record)
{
  GstP2pDtlsFacts facts = { .client = self->role == GST_P2P_ROLE_INITIATOR,
                            .established = g_atomic_int_get (&self->complete),
                            .suite = (guint16)g_atomic_int_get (&self->suite) };

  if (!gst_p2p_dtls_record_is_plausible (record, &facts))
    return FALSE;
  learn_suite (self, record);
  return TRUE;
}

/* What the first record of @packet is, without its bytes. FALSE: there is none. */
static gboolean
look_at_first (GstP2pStockHandshake *self, GstBuffer *packet, GstP2pDtlsRecord *record,
               gboolean *plausible)
{
  GstMapInfo map;
  const guint8 *data;
  gsize size;
  gboolean found;

  if (!gst_buffer_map (packet, &map, GST_MAP_READ))
    return FALSE;
  data = map.data;
  size = map.size;
  found = gst_p2p_dtls_record_take (&data, &size, record);
  *plausible = found && is_plausible (self, record);
  record->data = NULL;
  gst_buffer_unmap (packet, &map);
  return found;
}

/* Takes the first @size bytes off @packet. */
static GstBuffer *
split (GstBuffer **packet, gsize size)
{
  GstBuffer *first = *packet;
  gsize left = gst_buffer_get_size (first) - size;

  *packet = NULL;
  if (left > 0)
    {
      *packet = gst_buffer_copy_region (first, GST_BUFFER_COPY_ALL, size, left);
      first = gst_buffer_make_writable (first);
      gst_buffer_resize (first, 0, size);
    }
  return first;
}

/* Takes @record. */
static GstBuffer *
number_incoming (GstP2pStockHandshake *self, GstBuffer *record)
{
  GstMapInfo map;

  record = gst_buffer_make_writable (record);
  if (gst_buffer_map (record, &map, GST_MAP_READWRITE))
    {
      gst_p2p_dtls_record_set_number (map.data, self->next_incoming++);
      gst_buffer_unmap (record, &map);
    }
  return record;
}

/* Pushes one handshake message; @message begins with its header. */
static void
push_message (GstP2pStockHandshake *self, guint16 version, const guint8 *message, gsize size)
{
  guint8 *record = g_malloc (GST_P2P_DTLS_RECORD_HEADER + size);

  gst_p2p_dtls_record_write_header (record, GST_P2P_DTLS_HANDSHAKE, version, self->next_incoming++,
                                    (guint16)size);
  memcpy (record + GST_P2P_DTLS_RECORD_HEADER, message, size);
  gst_p2p_stock_gate_push (self->gate_in,
                           gst_buffer_new_wrapped (record, GST_P2P_DTLS_RECORD_HEADER + size));
}

/* Reports a handshake without a certificate: the connection ends before dtlsdec has seen this
 * one. */
static void
refuse_certificate (GstP2pStockHandshake *self)
{
  gst_p2p_stock_reporter_end (self->reporter, GST_P2P_PEER_EVENT_DTLS_CONNECTED);
}

static void
push_certificate (GstP2pStockHandshake *self, guint16 version, const GstP2pDtlsFragment *fragment)
{
  g_autoptr (GByteArray) whole = NULL;

  switch (gst_p2p_stock_certificate_add (self->certificate, fragment))
    {
    case GST_P2P_STOCK_CERTIFICATE_PARTIAL:
      break;
    case GST_P2P_STOCK_CERTIFICATE_WHOLE:
      whole = gst_p2p_stock_certificate_take (self->certificate);
      push_message (self, version, whole->data, whole->len);
      break;
    case GST_P2P_STOCK_CERTIFICATE_UNREADABLE:
      refuse_certificate (self);
      break;
    }
}

/* Takes @packet, a record of the handshake in the clear. Its messages go on one by one, the
 * certificate when it is whole and dtlsdec can take it. */
static void
push_handshake (GstP2pStockHandshake *self, guint16 version, GstBuffer *packet)
{
  GstP2pDtlsFragment fragment;
  GstMapInfo map;

  if (gst_buffer_map (packet, &map, GST_MAP_READ))
    {
      const guint8 *data = map.data + GST_P2P_DTLS_RECORD_HEADER, *message = data;
      gsize size = map.size - GST_P2P_DTLS_RECORD_HEADER;

      for (; gst_p2p_dtls_fragment_take (&data, &size, &fragment); message = data)
        if (fragment.type == GST_P2P_DTLS_CERTIFICATE)
          push_certificate (self, version, &fragment);
        else
          push_message (self, version, message, data - message);
      gst_buffer_unmap (packet, &map);
    }
  gst_buffer_unref (packet);
}

/* Takes @record. */
static void
push_plausible (GstP2pStockHandshake *self, const GstP2pDtlsRecord *what, GstBuffer *record)
{
  if (what->epoch > 0)
    push_record (self, what->type, record);
  else if (what->type == GST_P2P_DTLS_HANDSHAKE)
    push_handshake (self, what->version, record);
  else
    push_record (self, what->type, number_incoming (self, record));
}

/* dtlsdec asks OpenSSL for one record per datagram, and gets the others with later datagrams. So
 * each record becomes a datagram of its own. */
static GstBuffer *
on_datagram_in (GstP2pStockGate *gate, GstBuffer *packet, gpointer data)
{
  GstP2pStockHandshake *self = data;
  GstP2pDtlsRecord record;
  gboolean plausible;

  while (packet && look_at_first (self, packet, &record, &plausible))
    {
      GstBuffer *first = split (&packet, record.size);

      if (plausible)
        push_plausible (self, &record, first);
      else
        gst_buffer_unref (first);
    }
  g_clear_pointer (&packet, gst_buffer_unref);
  return NULL;
}

/* --- outgoing --- */

/* Takes @packet. */
static GstBuffer *
number_outgoing (GstP2pStockHandshake *self, GstBuffer *packet)
{
  GstP2pDtlsRecord record;
  GstMapInfo map;
  const guint8 *data;
  gsize size;

  packet = gst_buffer_make_writable (packet);
  if (!gst_buffer_map (packet, &map, GST_MAP_READWRITE))
    return packet;
  data = map.data;
  size = map.size;
  while (gst_p2p_dtls_record_take (&data, &size, &record))
    if (record.epoch == 0)
      {
        gst_p2p_dtls_record_set_number ((guint8 *)record.data,
                                        (guint32)g_atomic_int_add (&self->next_outgoing, 1));
        learn_suite (self, &record);
      }
  gst_buffer_unmap (packet, &map);
  return packet;
}

static GstBuffer *
on_datagram_out (GstP2pStockGate *gate, GstBuffer *packet, gpointer data)
{
  GstP2pStockHandshake *self = data;
  guint8 type = 0;

  gst_buffer_extract (packet, 0, &type, 1);
  if (type != GST_P2P_DTLS_DATA)
    packet = number_outgoing (self, packet);
  if (type == GST_P2P_DTLS_HANDSHAKE || type == GST_P2P_DTLS_CHANGE_CIPHER_SPEC)
    gst_p2p_stock_repeater_keep (self->repeater, packet);
  return packet;
}

/* --- control thread --- */

static void
repeat_datagram (GstBuffer *packet, gpointer data)
{
  GstP2pStockHandshake *self = data;

  gst_p2p_stock_gate_push (self->gate_out, number_outgoing (self, packet));
}

GstP2pStockHandshake *
gst_p2p_stock_handshake_new (gpointer owner, GMainContext *context, GstP2pStockReporter *reporter,
                             GstP2pRole role)
{
  GstP2pStockHandshake *self = g_new0 (GstP2pStockHandshake, 1);

  self->reporter = reporter;
  self->role = role;
  self->gate_in = GST_P2P_STOCK_GATE (gst_object_ref_sink (
      gst_p2p_stock_gate_new (owner, "gate-in", MAX_EARLY_DTLS, on_datagram_in, self)));
  self->gate_out = GST_P2P_STOCK_GATE (
      gst_object_ref_sink (gst_p2p_stock_gate_new (owner, "gate-out", 0, on_datagram_out, self)));
  self->repeater = gst_p2p_stock_repeater_new (context, MAX_KEPT, repeat_datagram, self);
  gst_p2p_early_packets_init (&self->early, GST_P2P_MAX_EARLY_SCTP,
                              (GDestroyNotify)gst_buffer_unref);
  self->certificate = gst_p2p_stock_certificate_new ();
  return self;
}

void
gst_p2p_stock_handshake_free (GstP2pStockHandshake *self)
{
  gst_object_unref (self->gate_in);
  gst_object_unref (self->gate_out);
  gst_p2p_stock_repeater_free (self->repeater);
  gst_p2p_early_packets_clear (&self->early);
  gst_p2p_stock_certificate_free (self->certificate);
  g_free (self);
}

GstP2pStockGate *
gst_p2p_stock_handshake_get_gate_in (GstP2pStockHandshake *self)
{
  return self->gate_in;
}

GstP2pStockGate *
gst_p2p_stock_handshake_get_gate_out (GstP2pStockHandshake *self)
{
  return self->gate_out;
}

gboolean
gst_p2p_stock_handshake_complete (GstP2pStockHandshake *self)
{
  return g_atomic_int_compare_and_exchange (&self->complete, FALSE, TRUE);
}

gboolean
gst_p2p_stock_handshake_is_complete (GstP2pStockHandshake *self)
{
  return g_atomic_int_get (&self->complete);
}

void
gst_p2p_stock_handshake_finish (GstP2pStockHandshake *self)
{
  gst_p2p_stock_repeater_finish (self->repeater);
}
