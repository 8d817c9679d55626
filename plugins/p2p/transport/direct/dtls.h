/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dtls: DTLS 1.2 (RFC 6347) between two peers that know each other's certificates by
 * fingerprint (RFC 8122), on OpenSSL, without sockets and without threads.
 *
 * Datagrams are fed in and come out through functions; time is served by the caller. Both ends
 * present a certificate, and the handshake itself fails unless the peer's is the expected one. Only
 * AEAD cipher suites with forward secrecy; no renegotiation, no resumption.
 *
 * SRTP (RFC 5764) is never needed. A server answers use_srtp if it is offered. Whether a client
 * offers it is the caller's choice, since there are servers that fail without it (the stock
 * dtlsdec, aiortc) and such that fail with it (pion and webrtc-rs when they carry data only).
 *
 * Not thread-safe: one thread uses a session. Functions given are called from within feed(),
 * start(), send(), handle_timeout() and close(), and must not call back into the session.
 */
#pragma once

#include <glib.h>

#include "gst/p2p/link/dtlsrecord.h"
#include "gst/p2p/link/identity.h"
#include "plugins/p2p/transport/debugfile.h"

G_BEGIN_DECLS

/* UDP payload of a packet that fits into IPv6's minimum MTU: 1280 - 40 - 8 (RFC 8200). */
#define GST_P2P_MAX_DATAGRAM_SIZE 1232
/* Bytes that a record adds to its payload: header 13, nonce 8, tag 16 (AES-GCM, RFC 5288; the
 * ChaCha20 suites add 8 less). */
#define GST_P2P_DIRECT_DTLS_OVERHEAD 37

typedef enum
{
  GST_P2P_DIRECT_DTLS_NEW,
  GST_P2P_DIRECT_DTLS_HANDSHAKE,
  GST_P2P_DIRECT_DTLS_CONNECTED,
  GST_P2P_DIRECT_DTLS_CLOSED, /* close_notify came, or close() was called */
  GST_P2P_DIRECT_DTLS_FAILED
} GstP2pDirectDtlsState;

/**
 * GstP2pDirectDtlsFuncs:
 * @send: a datagram for the peer, of at most GST_P2P_MAX_DATAGRAM_SIZE bytes in the handshake
 * @receive: the plaintext of one record; @data may be changed, and is gone afterwards
 */
typedef struct
{
  void (*send) (const guint8 *data, gsize size, gpointer user_data);
  void (*receive) (guint8 *data, gsize size, gpointer user_data);
} GstP2pDirectDtlsFuncs;

typedef struct _GstP2pDirectDtls GstP2pDirectDtls;

/* @offer_srtp: of interest for clients. @peer_fingerprint: normalised; the only certificate that is
 * accepted. @funcs: copied. %NULL with GST_P2P_ERROR_CRYPTO if OpenSSL cannot use @identity. */
GstP2pDirectDtls *
gst_p2p_direct_dtls_new (GstP2pIdentity *identity, gboolean client, gboolean offer_srtp,
                         const gchar *peer_fingerprint, const GstP2pDirectDtlsFuncs *funcs,
                         gpointer user_data, GError **error);
void gst_p2p_direct_dtls_free (GstP2pDirectDtls *session);

/* @log: (nullable): where the keys go, for whoever debugs; outlives the session. Before start(). */
void gst_p2p_direct_dtls_set_key_log (GstP2pDirectDtls *session, GstP2pDebugFile *log);

/* A client sends its first flight; a server is ready from here on. Errors as those of feed(). */
gboolean gst_p2p_direct_dtls_start (GstP2pDirectDtls *session, GError **error);

/* One datagram, with any number of records. What cannot be a record of the peer's or be decrypted
 * is dropped (RFC 6347 section 4.1.2.7). GST_P2P_ERROR_FINGERPRINT: another certificate than
 * expected, or none; GST_P2P_ERROR_UNAUTHORIZED: the peer says so of ours, or the handshake failed
 * for any other reason; GST_P2P_ERROR_CRYPTO: a fatal alert came after it. After an error the
 * session is FAILED.
 */
gboolean gst_p2p_direct_dtls_feed (GstP2pDirectDtls *session, const guint8 *data, gsize size,
                                   GError **error);

/* Seals one record, of at most GST_P2P_DTLS_MAX_PLAINTEXT bytes. Only when CONNECTED.
 * GST_P2P_ERROR_CRYPTO; the session may still live. */
gboolean gst_p2p_direct_dtls_send (GstP2pDirectDtls *session, const guint8 *data, gsize size,
                                   GError **error);

/* Microseconds until handle_timeout() is wanted; 0: now, -1: never. */
gint64 gst_p2p_direct_dtls_get_timeout (GstP2pDirectDtls *session);
/* Sends a flight again that was not answered. Fails when that was tried too often. */
gboolean gst_p2p_direct_dtls_handle_timeout (GstP2pDirectDtls *session, GError **error);

/* Sends close_notify if the handshake was done; nothing can be sent afterwards. */
void gst_p2p_direct_dtls_close (GstP2pDirectDtls *session);

GstP2pDirectDtlsState gst_p2p_direct_dtls_get_state (const GstP2pDirectDtls *session);
/* SHA-256 of the peer's certificate, once it was seen; owned by the session. */
const gchar *gst_p2p_direct_dtls_get_peer_fingerprint (const GstP2pDirectDtls *session);
/* OpenSSL's name of the cipher suite, when CONNECTED. */
const gchar *gst_p2p_direct_dtls_get_cipher (const GstP2pDirectDtls *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pDirectDtls, gst_p2p_direct_dtls_free)

G_END_DECLS
