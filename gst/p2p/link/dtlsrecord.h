/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dtlsrecord: what can be told of DTLS 1.2 records (RFC 6347 section 4.1) without a key.
 *
 *   datagram   record, record, …            each in the clear (epoch 0) or encrypted (epoch 1)
 *   record     fragment, fragment, …        of handshake messages, where those are in the clear
 *
 * Whoever writes a peer's address on a datagram can send one in its name, and the network can turn
 * bits of a real one. What does not authenticate is to be dropped (section 4.1.2.7), but OpenSSL
 * fails for good on some of what it should drop: on an encrypted record that is too short to be
 * one, and in the handshake on nearly everything. So whatever cannot be a record of the peer's, as
 * far as its headers tell, is dropped before OpenSSL sees it.
 *
 * Functions without state; any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GST_P2P_DTLS_RECORD_HEADER 13
#define GST_P2P_DTLS_FRAGMENT_HEADER 12
/* A record's plaintext is at most this (RFC 5246 section 6.2.1). */
#define GST_P2P_DTLS_MAX_PLAINTEXT 16384

typedef enum
{
  GST_P2P_DTLS_CHANGE_CIPHER_SPEC = 20,
  GST_P2P_DTLS_ALERT = 21,
  GST_P2P_DTLS_HANDSHAKE = 22,
  GST_P2P_DTLS_DATA = 23
} GstP2pDtlsContentType;

/* Those that something here is about; RFC 5246 section 7.4. */
typedef enum
{
  GST_P2P_DTLS_SERVER_HELLO = 2,
  GST_P2P_DTLS_CERTIFICATE = 11
} GstP2pDtlsMessageType;

/**
 * GstP2pDtlsRecord:
 * @type: GstP2pDtlsContentType, or anything
 * @epoch: 0 in the clear, 1 encrypted
 * @data: the record from its header on; borrowed
 * @size: of all of it
 */
typedef struct
{
  guint8 type;
  guint16 version;
  guint16 epoch;
  const guint8 *data;
  gsize size;
} GstP2pDtlsRecord;

/**
 * GstP2pDtlsFragment:
 * @type: GstP2pDtlsMessageType, or anything
 * @number: of the message in its sender's handshake
 * @length: of the whole message
 * @offset: of this fragment in it
 * @data: what follows the fragment's header; borrowed
 */
typedef struct
{
  guint8 type;
  guint16 number;
  guint32 length;
  guint32 offset;
  const guint8 *data;
  gsize size;
} GstP2pDtlsFragment;

/**
 * GstP2pDtlsFacts:
 * @client: the receiver is the handshake's client
 * @established: its handshake is done: what is in the clear is late or another's
 * @suite: the cipher suite, 0 while it is not known
 */
typedef struct
{
  gboolean client;
  gboolean established;
  guint16 suite;
} GstP2pDtlsFacts;

/* Takes the first record off a datagram. FALSE: there is no whole one. */
gboolean gst_p2p_dtls_record_take (const guint8 **data, gsize *size, GstP2pDtlsRecord *record);

/* Whether the peer may have sent this record, and OpenSSL does not fail on its form. */
gboolean
gst_p2p_dtls_record_is_plausible (const GstP2pDtlsRecord *record, const GstP2pDtlsFacts *facts);

/* Takes the first fragment off what follows the header of a handshake record in the clear. FALSE:
 * there is no whole one. */
gboolean
gst_p2p_dtls_fragment_take (const guint8 **data, gsize *size, GstP2pDtlsFragment *fragment);

/* The suite that a ServerHello in this record chooses; 0: there is none. */
guint16 gst_p2p_dtls_record_get_suite (const GstP2pDtlsRecord *record);

/* Bytes that a suite adds to a record's plaintext, at least. */
guint gst_p2p_dtls_suite_get_overhead (guint16 suite);

/* Records in the clear carry no authentication: their number can be set. @record: its header. */
void gst_p2p_dtls_record_set_number (guint8 *record, guint32 number);
/* The header of a record in the clear with so many bytes. */
void gst_p2p_dtls_record_write_header (guint8 *header, guint8 type, guint16 version, guint32 number,
                                       guint16 size);

G_END_DECLS
