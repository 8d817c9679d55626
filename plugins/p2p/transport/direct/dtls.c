/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dtls: see dtls.h.
 */
#include "plugins/p2p/transport/direct/dtls.h"

#include <errno.h>
#include <string.h>
#include <sys/time.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/link/dtlsrecord.h"
#include "plugins/p2p/transport/direct/keylog.h"

/* RFC 7525 section 4.2: forward secrecy and AEAD. AES-128 comes first, being the fastest where
 * there are AES instructions. RSA is for peers with such a certificate, as the stock elements
 * have. */
#define CIPHERS                                                                                    \
  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"                                     \
  "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"                                     \
  "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define GROUPS "P-256:X25519:P-384"
#define SRTP_PROFILES                                                                              \
  "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32"

/* ICE has just shown that the path works and that its round trip is shorter than a second. RFC
 * 6347's first timeout of 1 s would only prolong the delay after a loss (section 4.2.4.1 allows
 * less). */
#define FIRST_TIMEOUT_US (250 * 1000)
#define MAX_TIMEOUT_US (8 * G_USEC_PER_SEC)

/* OpenSSL has no timer for the flight that ends the handshake: a server repeats it when the client
 * repeats its own, after a time that depends on the client. Here a server repeats it without being
 * asked, after 250, 500, 1000, 1000, … ms, until data comes: a client sends data only when it has
 * that flight. */
#define MAX_LAST_TIMEOUT_US G_USEC_PER_SEC
#define MAX_LAST_REPEATS 12

struct _GstP2pDirectDtls
{
  /* const */
  SSL *ssl;
  GstP2pDirectDtlsFuncs funcs;
  gpointer user_data;
  gboolean client;
  gchar *expected_fingerprint;

  /* the caller's thread */
  GstP2pDirectDtlsState state;
  gchar *peer_fingerprint;
  gboolean fingerprint_mismatch;
  GstP2pDtlsFacts facts; /* what the peer's records are checked against */
  guint32 next_record;   /* number of the peer's next record in the clear */
  const guint8 *record;  /* what BIO_read() gives next; borrowed during feed() */
  gsize record_size;
  GPtrArray *flight;   /* GBytes: a server's datagrams of the last step of the handshake */
  gint64 repeat_at_us; /* when @flight is sent again, if it is not empty */
  gint64 repeat_after_us;
  guint n_repeats;
  guint8 *plaintext; /* GST_P2P_DTLS_MAX_PLAINTEXT bytes, from the first record on */
};

/* --- the BIO: records in from the session, datagrams out to its function --- */

static int
on_bio_write (BIO *bio, const char *data, int size)
{
  GstP2pDirectDtls *session = BIO_get_data (bio);

  BIO_clear_retry_flags (bio);
  if (size <= 0)
    return size;
  if (!session->client && session->state == GST_P2P_DIRECT_DTLS_HANDSHAKE)
    g_ptr_array_add (session->flight, g_bytes_new (data, size));
  session->funcs.send ((const guint8 *)data, size, session->user_data);
  return size;
}

static int
on_bio_read (BIO *bio, char *buffer, int size)
{
  GstP2pDirectDtls *session = BIO_get_data (bio);
  int taken;

  BIO_clear_retry_flags (bio);
  if (!session->record)
    {
      BIO_set_retry_read (bio);
      return -1;
    }
  /* What does not fit is cut off, as by a socket. */
  taken = (int)MIN (session->record_size, (gsize)size);
  memcpy (buffer, session->record, taken);
  session->record = NULL;
  return taken;
}

static long
on_bio_ctrl (BIO *bio, int command, long number, void *pointer)
{
  switch (command)
    {
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT:
      return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
      return GST_P2P_MAX_DATAGRAM_SIZE;
    default:
      return 0;
    }
}

static int
on_bio_create (BIO *bio)
{
  BIO_set_init (bio, 1);
  return 1;
}

static BIO_METHOD *
get_bio_method (void)
{
  static gsize method = 0;

  if (g_once_init_enter (&method))
    {
      BIO_METHOD *made = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "gst-p2p");

      BIO_meth_set_write (made, on_bio_write);
      BIO_meth_set_read (made, on_bio_read);
      BIO_meth_set_ctrl (made, on_bio_ctrl);
      BIO_meth_set_create (made, on_bio_create);
      g_once_init_leave (&method, (gsize)made);
    }
  return (BIO_METHOD *)method;
}

/* --- set-up --- */

/* Replaces OpenSSL's chain verification: peers are known by fingerprint, not by issuer. */
static int
on_verify (X509_STORE_CTX *store, void *user_data)
{
  SSL *ssl = X509_STORE_CTX_get_ex_data (store, SSL_get_ex_data_X509_STORE_CTX_idx ());
  GstP2pDirectDtls *session = SSL_get_app_data (ssl);
  X509 *certificate = X509_STORE_CTX_get0_cert (store);

  g_free (session->peer_fingerprint);
  session->peer_fingerprint = certificate ? gst_p2p_fingerprint_of_certificate (certificate) : NULL;
  if (gst_p2p_fingerprint_equal (session->peer_fingerprint, session->expected_fingerprint))
    return 1;

  session->fingerprint_mismatch = TRUE;
  X509_STORE_CTX_set_error (store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

static unsigned int
on_timer (SSL *ssl, unsigned int previous_us)
{
  return previous_us ? MIN (previous_us * 2, MAX_TIMEOUT_US) : FIRST_TIMEOUT_US;
}

static gboolean
context_configure (SSL_CTX *context, GstP2pIdentity *identity, gboolean srtp)
{
  SSL_CTX_set_options (context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET
                                    | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify (context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  SSL_CTX_set_cert_verify_callback (context, on_verify, NULL);

  /* SSL_CTX_set_tlsext_use_srtp(), unlike the others, returns 0 for success. */
  return SSL_CTX_set_min_proto_version (context, DTLS1_2_VERSION)
         && SSL_CTX_set_max_proto_version (context, DTLS1_2_VERSION)
         && SSL_CTX_set_cipher_list (context, CIPHERS) && SSL_CTX_set1_groups_list (context, GROUPS)
         && (!srtp || SSL_CTX_set_tlsext_use_srtp (context, SRTP_PROFILES) == 0)
         && SSL_CTX_use_certificate (context, gst_p2p_identity_get_certificate (identity))
         && SSL_CTX_use_PrivateKey (context, gst_p2p_identity_get_key (identity));
}

static SSL *
ssl_new (GstP2pIdentity *identity, gboolean srtp)
{
  SSL_CTX *context = SSL_CTX_new (DTLS_method ());
  SSL *ssl = NULL;

  if (context && context_configure (context, identity, srtp))
    ssl = SSL_new (context);
  SSL_CTX_free (context); /* the SSL has its own reference */
  return ssl;
}

static void
set_openssl_error (GError **error, GstP2pError code, const gchar *what)
{
  unsigned long why = ERR_peek_last_error ();
  const gchar *reason = why ? ERR_reason_error_string (why) : NULL;

  g_set_error (error, GST_P2P_ERROR, code, "%s: %s", what,
               reason ? reason : "unknown OpenSSL error");
  ERR_clear_error ();
}

GstP2pDirectDtls *
gst_p2p_direct_dtls_new (GstP2pIdentity *identity, gboolean client, gboolean offer_srtp,
                         const gchar *peer_fingerprint, const GstP2pDirectDtlsFuncs *funcs,
                         gpointer user_data, GError **error)
{
  GstP2pDirectDtls *session;
  SSL *ssl = ssl_new (identity, !client || offer_srtp);
  BIO *bio = ssl ? BIO_new (get_bio_method ()) : NULL;

  if (!bio)
    {
      SSL_free (ssl);
      set_openssl_error (error, GST_P2P_ERROR_CRYPTO,
                         "Could not set up DTLS with this certificate");
      return NULL;
    }

  session = g_new0 (GstP2pDirectDtls, 1);
  session->ssl = ssl;
  session->funcs = *funcs;
  session->user_data = user_data;
  session->client = client;
  session->facts.client = client;
  session->flight = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  session->expected_fingerprint = g_strdup (peer_fingerprint);

  BIO_set_data (bio, session);
  SSL_set_bio (ssl, bio, bio);
  SSL_set_app_data (ssl, session);
  SSL_set_mtu (ssl, GST_P2P_MAX_DATAGRAM_SIZE);
  DTLS_set_timer_cb (ssl, on_timer);
  if (client)
    SSL_set_connect_state (ssl);
  else
    SSL_set_accept_state (ssl);
  return session;
}

void
gst_p2p_direct_dtls_free (GstP2pDirectDtls *session)
{
  if (!session)
    return;

  SSL_free (session->ssl);
  g_ptr_array_unref (session->flight);
  g_free (session->expected_fingerprint);
  g_free (session->peer_fingerprint);
  if (session->plaintext)
    OPENSSL_cleanse (session->plaintext, GST_P2P_DTLS_MAX_PLAINTEXT);
  g_free (session->plaintext);
  g_free (session);
}

void
gst_p2p_direct_dtls_set_key_log (GstP2pDirectDtls *session, GstP2pDebugFile *log)
{
  gst_p2p_direct_key_log_attach (log, session->ssl);
}

/* --- running --- */

/* Sets @error; tells errors about certificates that on_verify() has not seen from others. */
static void
set_error (GstP2pDirectDtls *session, GstP2pError code, const gchar *what, GError **error)
{
  switch (ERR_GET_REASON (ERR_peek_last_error ()))
    {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_FINGERPRINT,
                   "The peer has no certificate, but one with the fingerprint %s was signaled",
                   session->expected_fingerprint);
      break;
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
      g_set_error_literal (
          error, GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED,
          "The peer saw another certificate than the one that was signaled or that it expects");
      break;
    default:
      set_openssl_error (error, code, what);
    }
  ERR_clear_error ();
}

/* Ends the session as FAILED and sets @error. */
static gboolean
fail (GstP2pDirectDtls *session, GstP2pError code, const gchar *what, GError **error)
{
  session->state = GST_P2P_DIRECT_DTLS_FAILED;
  if (session->fingerprint_mismatch)
    {
      ERR_clear_error ();
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_FINGERPRINT,
                   "The peer's certificate has the fingerprint %s, but %s was signaled",
                   session->peer_fingerprint ? session->peer_fingerprint : "(none: not parseable)",
                   session->expected_fingerprint);
    }
  else
    {
      set_error (session, code, what, error);
    }
  return FALSE;
}

/* Judges an OpenSSL call that did not succeed. FALSE: it ended the session. A failure without a
 * reason does not: it is about a record that is to be dropped (RFC 6347 section 4.1.2.7). */
static gboolean
check_result (GstP2pDirectDtls *session, int result, GstP2pError code, const gchar *what,
              GError **error)
{
  switch (SSL_get_error (session->ssl, result))
    {
    case SSL_ERROR_NONE:
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      ERR_clear_error ();
      return TRUE;
    case SSL_ERROR_ZERO_RETURN:
      ERR_clear_error ();
      gst_p2p_direct_dtls_close (session);
      return TRUE;
    default:
      return ERR_peek_error () == 0 || fail (session, code, what, error);
    }
}

static void
wait_for_data (GstP2pDirectDtls *session, gint64 us)
{
  session->repeat_after_us = us;
  session->repeat_at_us = g_get_monotonic_time () + us;
}

static void
repeat_last_flight (GstP2pDirectDtls *session)
{
  guint i;

  if (g_get_monotonic_time () < session->repeat_at_us)
    return;
  for (i = 0; i < session->flight->len; i++)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (session->flight, i), &size);

      session->funcs.send (data, size, session->user_data);
    }
  wait_for_data (session, MIN (2 * session->repeat_after_us, MAX_LAST_TIMEOUT_US));
  if (++session->n_repeats == MAX_LAST_REPEATS)
    g_ptr_array_set_size (session->flight, 0);
}

static void
learn_suite (GstP2pDirectDtls *session)
{
  const SSL_CIPHER *cipher = SSL_get_pending_cipher (session->ssl);

  if (cipher)
    session->facts.suite = SSL_CIPHER_get_protocol_id (cipher);
}

static gboolean
handshake (GstP2pDirectDtls *session, GError **error)
{
  int result;

  ERR_clear_error ();
  g_ptr_array_set_size (session->flight, 0);
  result = SSL_do_handshake (session->ssl);
  learn_suite (session);
  if (result == 1)
    {
      session->facts.established = TRUE;
      session->state = GST_P2P_DIRECT_DTLS_CONNECTED;
      wait_for_data (session, FIRST_TIMEOUT_US);
      return TRUE;
    }
  /* The error is the same for all of OpenSSL's reasons: it fails on a certificate that cannot be
   * read before on_verify(), and on one whose key the peer does not have after it. */
  return check_result (session, result, GST_P2P_ERROR_UNAUTHORIZED,
                       "The DTLS handshake failed, so that the peer has not proved its certificate",
                       error);
}

gboolean
gst_p2p_direct_dtls_start (GstP2pDirectDtls *session, GError **error)
{
  if (session->state != GST_P2P_DIRECT_DTLS_NEW)
    return TRUE;

  session->state = GST_P2P_DIRECT_DTLS_HANDSHAKE;
  return handshake (session, error);
}

static gboolean
read_records (GstP2pDirectDtls *session, GError **error)
{
  if (!session->plaintext)
    session->plaintext = g_malloc (GST_P2P_DTLS_MAX_PLAINTEXT);
  /* The queue of errors belongs to the thread: errors that other code left there would be taken for
   * this session's. */
  if (G_UNLIKELY (ERR_peek_error () != 0))
    ERR_clear_error ();

  while (session->state == GST_P2P_DIRECT_DTLS_CONNECTED)
    {
      int size = SSL_read (session->ssl, session->plaintext, GST_P2P_DTLS_MAX_PLAINTEXT);

      if (size <= 0)
        return check_result (session, size, GST_P2P_ERROR_CRYPTO, "DTLS failed", error);
      if (G_UNLIKELY (session->flight->len > 0))
        g_ptr_array_set_size (session->flight, 0);
      session->funcs.receive (session->plaintext, size, session->user_data);
      /* The datagram is consumed, so the call that would only find that out is saved. */
      if (!session->record && !SSL_has_pending (session->ssl))
        return TRUE;
    }
  return TRUE;
}

static gboolean
feed_record (GstP2pDirectDtls *session, const guint8 *data, gsize size, GError **error)
{
  gboolean fine = TRUE;

  session->record = data;
  session->record_size = size;
  if (session->state == GST_P2P_DIRECT_DTLS_HANDSHAKE)
    fine = handshake (session, error);
  /* Application data may have come before the record that ends the handshake. */
  if (fine && session->state == GST_P2P_DIRECT_DTLS_CONNECTED)
    fine = read_records (session, error);
  session->record = NULL;
  return fine;
}

/* Feeds a record in the clear with a number of ours: a forged one could come first, and if its
 * number were high enough OpenSSL would take all that the peer sends for repetitions. */
static gboolean
feed_plaintext (GstP2pDirectDtls *session, const GstP2pDtlsRecord *record, GError **error)
{
  g_autofree guint8 *copy = g_memdup2 (record->data, record->size);

  gst_p2p_dtls_record_set_number (copy, session->next_record++);
  return feed_record (session, copy, record->size, error);
}

gboolean
gst_p2p_direct_dtls_feed (GstP2pDirectDtls *session, const guint8 *data, gsize size, GError **error)
{
  GstP2pDtlsRecord record;
  gboolean fine = TRUE;

  while (fine && gst_p2p_dtls_record_take (&data, &size, &record))
    {
      if (!gst_p2p_dtls_record_is_plausible (&record, &session->facts))
        continue;
      fine = record.epoch == 0 ? feed_plaintext (session, &record, error)
                               : feed_record (session, record.data, record.size, error);
    }
  return fine;
}

gboolean
gst_p2p_direct_dtls_send (GstP2pDirectDtls *session, const guint8 *data, gsize size, GError **error)
{
  int result;

  if (session->state != GST_P2P_DIRECT_DTLS_CONNECTED || size > GST_P2P_DTLS_MAX_PLAINTEXT)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_FAILED,
                   "DTLS cannot send %" G_GSIZE_FORMAT " bytes now", size);
      return FALSE;
    }
  if (size == 0)
    return TRUE;

  result = SSL_write (session->ssl, data, (int)size);
  return result > 0
         || check_result (session, result, GST_P2P_ERROR_CRYPTO, "DTLS could not send", error);
}

gint64
gst_p2p_direct_dtls_get_timeout (GstP2pDirectDtls *session)
{
  struct timeval left = { 0 };

  if (session->state == GST_P2P_DIRECT_DTLS_CONNECTED && session->flight->len > 0)
    return MAX (session->repeat_at_us - g_get_monotonic_time (), 0);
  if (session->state == GST_P2P_DIRECT_DTLS_NEW || session->state >= GST_P2P_DIRECT_DTLS_CLOSED
      || DTLSv1_get_timeout (session->ssl, &left) != 1)
    return -1;
  return left.tv_sec * G_USEC_PER_SEC + left.tv_usec;
}

gboolean
gst_p2p_direct_dtls_handle_timeout (GstP2pDirectDtls *session, GError **error)
{
  ERR_clear_error ();
  if (session->state == GST_P2P_DIRECT_DTLS_CONNECTED)
    repeat_last_flight (session);
  if (session->state == GST_P2P_DIRECT_DTLS_NEW || session->state >= GST_P2P_DIRECT_DTLS_CLOSED
      || DTLSv1_handle_timeout (session->ssl) >= 0)
    return TRUE;
  return fail (session, GST_P2P_ERROR_CRYPTO, "The DTLS handshake was not answered", error);
}

void
gst_p2p_direct_dtls_close (GstP2pDirectDtls *session)
{
  if (session->state == GST_P2P_DIRECT_DTLS_CONNECTED)
    {
      ERR_clear_error ();
      SSL_shutdown (session->ssl);
      ERR_clear_error ();
    }
  if (session->state < GST_P2P_DIRECT_DTLS_CLOSED)
    session->state = GST_P2P_DIRECT_DTLS_CLOSED;
}

GstP2pDirectDtlsState
gst_p2p_direct_dtls_get_state (const GstP2pDirectDtls *session)
{
  return session->state;
}

const gchar *
gst_p2p_direct_dtls_get_peer_fingerprint (const GstP2pDirectDtls *session)
{
  return session->peer_fingerprint;
}

const gchar *
gst_p2p_direct_dtls_get_cipher (const GstP2pDirectDtls *session)
{
  return session->state == GST_P2P_DIRECT_DTLS_CONNECTED ? SSL_get_cipher_name (session->ssl)
                                                         : NULL;
}
