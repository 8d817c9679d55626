/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dtls: DTLS 1.2 (RFC 6347) between two peers that know each other's certificates by fingerprint
 * (RFC 8122), on OpenSSL, without sockets and without threads.
 *
 * Datagrams are fed in and come out through functions; the caller keeps the timer. Both ends
 * present a certificate, and the handshake itself fails unless the peer's is the expected one.
 * There are only AEAD cipher suites with forward secrecy, no renegotiation and no resumption.
 *
 * SRTP (RFC 5764) is never used. A server answers use_srtp if it is offered. Whether a client
 * offers it is the caller's choice, since some servers fail without it (the stock dtlsdec, aiortc)
 * and others fail with it (pion and webrtc-rs when they carry data only).
 *
 * Not thread-safe: one thread uses a session. The functions of GstP2pDirectDtlsFuncs are called
 * from within feed(), start(), send(), handle_timeout() and close(), and must not call back into
 * the session.
 */
#pragma once

#include <glib.h>

#include "gst/p2p/link/dtlsrecord.h"
#include "gst/p2p/link/identity.h"
#include "plugins/p2p/transport/debugfile.h"
#include "plugins/p2p/transport/udp/batch.h"

G_BEGIN_DECLS

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
 * @receive: the plaintext of one record; @data is borrowed for the call and may be changed
 */
typedef struct
{
  void (*send) (const guint8 *data, gsize size, gpointer user_data);
  void (*receive) (guint8 *data, gsize size, gpointer user_data);
} GstP2pDirectDtlsFuncs;

typedef struct _GstP2pDirectDtls GstP2pDirectDtls;

/* @offer_srtp: for clients. @peer_fingerprint: normalised; of the only certificate that is
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

/* @data: one datagram, with any number of records. What cannot be a record of the peer's, or cannot
 * be decrypted, is dropped (RFC 6347 section 4.1.2.7). Errors: GST_P2P_ERROR_FINGERPRINT: the peer
 * has another certificate than expected, or none; GST_P2P_ERROR_UNAUTHORIZED: the peer says so of
 * our certificate, or the handshake failed for any other reason; GST_P2P_ERROR_CRYPTO: a fatal
 * alert came after the handshake. After an error the session is FAILED. */
gboolean gst_p2p_direct_dtls_feed (GstP2pDirectDtls *session, const guint8 *data, gsize size,
                                   GError **error);

/* Seals and sends one record, of at most GST_P2P_DTLS_MAX_PLAINTEXT bytes. GST_P2P_ERROR_FAILED:
 * the session is not CONNECTED, or @size is larger; nothing has changed. GST_P2P_ERROR_CRYPTO: the
 * session is FAILED. */
gboolean gst_p2p_direct_dtls_send (GstP2pDirectDtls *session, const guint8 *data, gsize size,
                                   GError **error);

/* Microseconds until handle_timeout() is to be called; 0: now, -1: never. */
gint64 gst_p2p_direct_dtls_get_timeout (GstP2pDirectDtls *session);
/* Sends the last flight again if it was not answered. Fails with GST_P2P_ERROR_CRYPTO when it was
 * sent too often. */
gboolean gst_p2p_direct_dtls_handle_timeout (GstP2pDirectDtls *session, GError **error);

/* Sends close_notify if the handshake was done; nothing can be sent afterwards. */
void gst_p2p_direct_dtls_close (GstP2pDirectDtls *session);

GstP2pDirectDtlsState gst_p2p_direct_dtls_get_state (const GstP2pDirectDtls *session);
/* SHA-256 of the peer's certificate; %NULL before it came. Owned by the session. */
const gchar *gst_p2p_direct_dtls_get_peer_fingerprint (const GstP2pDirectDtls *session);
/* OpenSSL's name of the cipher suite; only when CONNECTED. */
const gchar *gst_p2p_direct_dtls_get_cipher (const GstP2pDirectDtls *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pDirectDtls, gst_p2p_direct_dtls_free)

G_END_DECLS
