/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dtlsrecord: see dtlsrecord.h.
 */
#include "gst/p2p/link/dtlsrecord.h"

#include "gst/p2p/base/bigendian.h"

/* RFC 6347 section 4.1. Before the version is agreed on, records may bear the older one's. */
#define DTLS_1_2 0xfefd
#define DTLS_1_0 0xfeff

/* What a suite may add: OpenSSL takes no more, and its buffer is no larger. */
#define MAX_EXPANSION 320
/* OpenSSL takes no larger message: a certificate with its chain. */
#define MAX_MESSAGE_SIZE (100 * 1024)

#define ALERT_SIZE 2
#define ALERT_WARNING 1
#define ALERT_FATAL 2
#define ALERT_CLOSE_NOTIFY 0

/* ServerHello (RFC 5246 section 7.4.1.3): version 2, random 32, session id with a length before it
 */
#define SERVER_HELLO_SESSION 34

static guint32
read_u24 (const guint8 *data)
{
  return (guint32)data[0] << 16 | gst_p2p_read_u16 (data + 1);
}

gboolean
gst_p2p_dtls_record_take (const guint8 **data, gsize *size, GstP2pDtlsRecord *record)
{
  const guint8 *header = *data;

  if (*size < GST_P2P_DTLS_RECORD_HEADER)
    return FALSE;
  record->type = header[0];
  record->version = gst_p2p_read_u16 (header + 1);
  record->epoch = gst_p2p_read_u16 (header + 3); /* 48 bits of number follow */
  record->data = header;
  record->size = GST_P2P_DTLS_RECORD_HEADER + gst_p2p_read_u16 (header + 11);
  if (record->size > *size)
    return FALSE;
  *data += record->size;
  *size -= record->size;
  return TRUE;
}

gboolean
gst_p2p_dtls_fragment_take (const guint8 **data, gsize *size, GstP2pDtlsFragment *fragment)
{
  const guint8 *header = *data;

  if (*size < GST_P2P_DTLS_FRAGMENT_HEADER)
    return FALSE;
  fragment->type = header[0];
  fragment->length = read_u24 (header + 1);
  fragment->number = gst_p2p_read_u16 (header + 4);
  fragment->offset = read_u24 (header + 6);
  fragment->size = read_u24 (header + 9);
  fragment->data = header + GST_P2P_DTLS_FRAGMENT_HEADER;
  if (fragment->size > *size - GST_P2P_DTLS_FRAGMENT_HEADER)
    return FALSE;
  *data += GST_P2P_DTLS_FRAGMENT_HEADER + fragment->size;
  *size -= GST_P2P_DTLS_FRAGMENT_HEADER + fragment->size;
  return TRUE;
}

/* --- records in the clear --- */

/* RFC 5246 section 7.4. Finished is always encrypted; a HelloRequest asks for what is done. */
static gboolean
is_message_of (guint8 type, gboolean from_server)
{
  switch (type)
    {
    case GST_P2P_DTLS_CERTIFICATE:
      return TRUE;
    case GST_P2P_DTLS_SERVER_HELLO:
    case 3:  /* HelloVerifyRequest */
    case 4:  /* NewSessionTicket */
    case 12: /* ServerKeyExchange */
    case 13: /* CertificateRequest */
    case 14: /* ServerHelloDone */
    case 22: /* CertificateStatus */
      return from_server;
    case 1:  /* ClientHello */
    case 15: /* CertificateVerify */
    case 16: /* ClientKeyExchange */
      return !from_server;
    default:
      return FALSE;
    }
}

static gboolean
is_plausible_fragment (const GstP2pDtlsFragment *fragment, gboolean from_server)
{
  return is_message_of (fragment->type, from_server) && fragment->length <= MAX_MESSAGE_SIZE
         && (fragment->size > 0 || fragment->length == 0)
         && fragment->offset + fragment->size <= fragment->length;
}

static gboolean
is_plausible_handshake (const guint8 *data, gsize size, gboolean from_server)
{
  GstP2pDtlsFragment fragment;

  while (gst_p2p_dtls_fragment_take (&data, &size, &fragment))
    if (!is_plausible_fragment (&fragment, from_server))
      return FALSE;
  return size == 0;
}

/* Of warnings only the end of the connection means something before there is one, and five of them
 * are an error to OpenSSL. */
static gboolean
is_plausible_alert (const guint8 *data, gsize size)
{
  return size == ALERT_SIZE
         && (data[0] == ALERT_FATAL || (data[0] == ALERT_WARNING && data[1] == ALERT_CLOSE_NOTIFY));
}

static gboolean
is_plausible_plaintext (const GstP2pDtlsRecord *record, gboolean from_server)
{
  const guint8 *data = record->data + GST_P2P_DTLS_RECORD_HEADER;
  gsize size = record->size - GST_P2P_DTLS_RECORD_HEADER;

  if (size == 0 || size > GST_P2P_DTLS_MAX_PLAINTEXT
      || (record->version != DTLS_1_2 && record->version != DTLS_1_0))
    return FALSE;
  switch (record->type)
    {
    case GST_P2P_DTLS_CHANGE_CIPHER_SPEC:
      return size == 1 && data[0] == 1;
    case GST_P2P_DTLS_ALERT:
      return is_plausible_alert (data, size);
    case GST_P2P_DTLS_HANDSHAKE:
      return is_plausible_handshake (data, size, from_server);
    default:
      return FALSE; /* no data in the clear */
    }
}

/* --- encrypted records --- */

static gboolean
is_plausible_ciphertext (const GstP2pDtlsRecord *record, const GstP2pDtlsFacts *facts)
{
  gsize size = record->size - GST_P2P_DTLS_RECORD_HEADER;

  if (record->version != DTLS_1_2 || size < gst_p2p_dtls_suite_get_overhead (facts->suite)
      || size > GST_P2P_DTLS_MAX_PLAINTEXT + MAX_EXPANSION)
    return FALSE;
  switch (record->type)
    {
    case GST_P2P_DTLS_ALERT:
    case GST_P2P_DTLS_DATA:
      return TRUE;
    case GST_P2P_DTLS_HANDSHAKE:
      /* A server may have to hear Finished again. A client that is through has heard all, and does
       * not begin anew. */
      return !facts->client || !facts->established;
    default:
      return FALSE;
    }
}

gboolean
gst_p2p_dtls_record_is_plausible (const GstP2pDtlsRecord *record, const GstP2pDtlsFacts *facts)
{
  switch (record->epoch)
    {
    case 0:
      return !facts->established && is_plausible_plaintext (record, facts->client);
    case 1:
      return is_plausible_ciphertext (record, facts);
    default:
      return FALSE;
    }
}

/* --- suites --- */

/* ChaCha20-Poly1305 (RFC 7905) has a tag of 16 bytes; CCM_8 (RFC 6655, 7251) a nonce of 8 and a tag
 * of 8; GCM and CCM (RFC 5288) a nonce of 8 and a tag of 16. All others add more. */
guint
gst_p2p_dtls_suite_get_overhead (guint16 suite)
{
  if (suite >= 0xcca8 && suite <= 0xccae)
    return 16;
  switch (suite)
    {
    case 0xc0a0:
    case 0xc0a1:
    case 0xc0a2:
    case 0xc0a3:
    case 0xc0a8:
    case 0xc0a9:
    case 0xc0aa:
    case 0xc0ab:
    case 0xc0ae:
    case 0xc0af:
      return 16;
    default:
      return 24;
    }
}

static guint16
get_chosen_suite (const GstP2pDtlsFragment *fragment)
{
  gsize at;

  if (fragment->type != GST_P2P_DTLS_SERVER_HELLO || fragment->offset > 0
      || fragment->size <= SERVER_HELLO_SESSION)
    return 0;
  at = SERVER_HELLO_SESSION + 1 + fragment->data[SERVER_HELLO_SESSION];
  return at + 2 <= fragment->size ? gst_p2p_read_u16 (fragment->data + at) : 0;
}

guint16
gst_p2p_dtls_record_get_suite (const GstP2pDtlsRecord *record)
{
  const guint8 *data = record->data + GST_P2P_DTLS_RECORD_HEADER;
  gsize size = record->size - GST_P2P_DTLS_RECORD_HEADER;
  GstP2pDtlsFragment fragment;
  guint16 suite = 0;

  if (record->epoch != 0 || record->type != GST_P2P_DTLS_HANDSHAKE)
    return 0;
  while (suite == 0 && gst_p2p_dtls_fragment_take (&data, &size, &fragment))
    suite = get_chosen_suite (&fragment);
  return suite;
}

void
gst_p2p_dtls_record_set_number (guint8 *record, guint32 number)
{
  gst_p2p_write_u16 (record + 5, 0);
  gst_p2p_write_u32 (record + 7, number);
}

void
gst_p2p_dtls_record_write_header (guint8 *header, guint8 type, guint16 version, guint32 number,
                                  guint16 size)
{
  header[0] = type;
  gst_p2p_write_u16 (header + 1, version);
  gst_p2p_write_u16 (header + 3, 0);
  gst_p2p_dtls_record_set_number (header, number);
  gst_p2p_write_u16 (header + 11, size);
}
