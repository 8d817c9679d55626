/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dtls: two of them, or one and OpenSSL by itself, joined by queues of datagrams. */
#include "plugins/p2p/transport/direct/dtls.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "gst/p2p/base/error.h"
#include "tests/common/bogus.h"
#include "tests/common/watchdog.h"

typedef struct _End End;
struct _End
{
  GstP2pDirectDtls *session;
  GQueue sent;    /* GBytes: datagrams for the peer */
  GString *plain; /* what was received, joined */
  guint n_plain;  /* records */
  gsize largest;  /* datagram sent */
  GError *error;
};

static GstP2pIdentity *identities[3];
static gboolean offer_srtp = TRUE;

static void
on_send (const guint8 *data, gsize size, gpointer user_data)
{
  End *end = user_data;

  g_queue_push_tail (&end->sent, g_bytes_new (data, size));
  end->largest = MAX (end->largest, size);
}

static void
on_receive (guint8 *data, gsize size, gpointer user_data)
{
  End *end = user_data;

  g_string_append_len (end->plain, (const gchar *)data, size);
  end->n_plain++;
}

static const GstP2pDirectDtlsFuncs funcs = { .send = on_send, .receive = on_receive };

static void
end_init (End *end, GstP2pIdentity *own, GstP2pIdentity *peer, gboolean client)
{
  memset (end, 0, sizeof *end);
  g_queue_init (&end->sent);
  end->plain = g_string_new (NULL);
  end->session = gst_p2p_direct_dtls_new (
      own, client, offer_srtp, gst_p2p_identity_get_fingerprint (peer), &funcs, end, &end->error);
  g_assert_no_error (end->error);
}

static void
end_clear (End *end)
{
  gst_p2p_direct_dtls_free (end->session);
  g_queue_clear_full (&end->sent, (GDestroyNotify)g_bytes_unref);
  g_string_free (end->plain, TRUE);
  g_clear_error (&end->error);
}

static gboolean
carry_one (End *from, End *to, gboolean lose)
{
  GBytes *datagram = g_queue_pop_head (&from->sent);

  if (!datagram)
    return FALSE;
  if (!lose && !to->error)
    gst_p2p_direct_dtls_feed (to->session, g_bytes_get_data (datagram, NULL),
                              g_bytes_get_size (datagram), &to->error);
  g_bytes_unref (datagram);
  return TRUE;
}

static void
carry_all (End *a, End *b)
{
  while (carry_one (a, b, FALSE) || carry_one (b, a, FALSE))
    ;
}

static GstP2pDirectDtlsState
state_of (End *end)
{
  return gst_p2p_direct_dtls_get_state (end->session);
}

static void
start (End *a, End *b)
{
  g_assert_true (gst_p2p_direct_dtls_start (b->session, &b->error));
  g_assert_true (gst_p2p_direct_dtls_start (a->session, &a->error));
}

static void
connect_ends (End *a, End *b)
{
  end_init (a, identities[0], identities[1], TRUE);
  end_init (b, identities[1], identities[0], FALSE);
  start (a, b);
  carry_all (a, b);
  g_assert_no_error (a->error);
  g_assert_no_error (b->error);
  g_assert_cmpint (state_of (a), ==, GST_P2P_DIRECT_DTLS_CONNECTED);
  g_assert_cmpint (state_of (b), ==, GST_P2P_DIRECT_DTLS_CONNECTED);
}

static void
test_handshake (void)
{
  const gchar *cipher;
  End a, b;

  connect_ends (&a, &b);
  g_assert_cmpstr (gst_p2p_direct_dtls_get_peer_fingerprint (a.session), ==,
                   gst_p2p_identity_get_fingerprint (identities[1]));
  g_assert_cmpstr (gst_p2p_direct_dtls_get_peer_fingerprint (b.session), ==,
                   gst_p2p_identity_get_fingerprint (identities[0]));
  cipher = gst_p2p_direct_dtls_get_cipher (a.session);
  g_assert_cmpstr (cipher, ==, "ECDHE-ECDSA-AES128-GCM-SHA256");
  g_assert_cmpint (gst_p2p_direct_dtls_get_timeout (a.session), ==, -1);
  end_clear (&a);
  end_clear (&b);
}

static void
send_text (End *end, const gchar *text)
{
  g_assert_true (
      gst_p2p_direct_dtls_send (end->session, (const guint8 *)text, strlen (text), &end->error));
}

static void
test_data (void)
{
  g_autofree guint8 *large = g_malloc (GST_P2P_DTLS_MAX_PLAINTEXT);
  End a, b;

  connect_ends (&a, &b);
  send_text (&a, "there");
  send_text (&b, "and back");
  g_assert_cmpuint (g_bytes_get_size (a.sent.head->data), ==, 5 + GST_P2P_DIRECT_DTLS_OVERHEAD);
  carry_all (&a, &b);
  g_assert_cmpstr (b.plain->str, ==, "there");
  g_assert_cmpstr (a.plain->str, ==, "and back");

  memset (large, 'x', GST_P2P_DTLS_MAX_PLAINTEXT);
  g_assert_true (gst_p2p_direct_dtls_send (a.session, large, GST_P2P_DTLS_MAX_PLAINTEXT, &a.error));
  carry_all (&a, &b);
  g_assert_cmpuint (b.plain->len, ==, 5 + GST_P2P_DTLS_MAX_PLAINTEXT);
  g_assert_false (
      gst_p2p_direct_dtls_send (a.session, large, GST_P2P_DTLS_MAX_PLAINTEXT + 1, &a.error));
  end_clear (&a);
  end_clear (&b);
}

/* All of them in one datagram, as a peer may pack them; and one cut off. */
static void
test_several_records (void)
{
  g_autoptr (GByteArray) joined = g_byte_array_new ();
  GBytes *datagram;
  End a, b;

  connect_ends (&a, &b);
  for (guint i = 0; i < 10; i++)
    send_text (&a, "record;");
  while ((datagram = g_queue_pop_head (&a.sent)))
    {
      g_byte_array_append (joined, g_bytes_get_data (datagram, NULL), g_bytes_get_size (datagram));
      g_bytes_unref (datagram);
    }
  g_assert_true (gst_p2p_direct_dtls_feed (b.session, joined->data, joined->len - 3, &b.error));
  g_assert_no_error (b.error);
  g_assert_cmpuint (b.n_plain, ==, 9);

  /* repeated and reordered datagrams: each record once */
  g_assert_true (gst_p2p_direct_dtls_feed (b.session, joined->data, joined->len, &b.error));
  g_assert_cmpuint (b.n_plain, ==, 10);
  end_clear (&a);
  end_clear (&b);
}

static void
test_fingerprint (void)
{
  for (guint wrong = 0; wrong < 2; wrong++)
    {
      End a, b, *refusing = wrong ? &a : &b;

      /* the one that expects the third identity refuses the other */
      end_init (&a, identities[0], identities[wrong ? 2 : 1], TRUE);
      end_init (&b, identities[1], identities[wrong ? 0 : 2], FALSE);
      start (&a, &b);
      carry_all (&a, &b);
      g_assert_error (refusing->error, GST_P2P_ERROR, GST_P2P_ERROR_FINGERPRINT);
      g_assert_cmpint (state_of (refusing), ==, GST_P2P_DIRECT_DTLS_FAILED);
      g_assert_cmpstr (gst_p2p_direct_dtls_get_peer_fingerprint (refusing->session), ==,
                       gst_p2p_identity_get_fingerprint (identities[wrong ? 1 : 0]));
      /* and the other is told, by an alert */
      g_assert_error ((wrong ? &b : &a)->error, GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED);
      end_clear (&a);
      end_clear (&b);
    }
}

/* Any one datagram of the handshake is lost: the timers bring it back. */
static void
test_loss (void)
{
  for (guint lost = 0; lost < 8; lost++)
    {
      guint n = 0;
      End a, b;

      end_init (&a, identities[0], identities[1], TRUE);
      end_init (&b, identities[1], identities[0], FALSE);
      start (&a, &b);
      while (state_of (&a) != GST_P2P_DIRECT_DTLS_CONNECTED
             || state_of (&b) != GST_P2P_DIRECT_DTLS_CONNECTED)
        {
          gint64 wait_a, wait_b;

          while (carry_one (&a, &b, n == lost) || carry_one (&b, &a, n == lost))
            n++;
          g_assert_no_error (a.error);
          g_assert_no_error (b.error);
          wait_a = gst_p2p_direct_dtls_get_timeout (a.session);
          wait_b = gst_p2p_direct_dtls_get_timeout (b.session);
          if (wait_a < 0 && wait_b < 0)
            break;
          g_assert_cmpint (MAX (wait_a, wait_b), <, 2 * G_USEC_PER_SEC);
          /* the session's own clock has to come to its time */
          g_usleep (wait_a < 0 ? wait_b : wait_b < 0 ? wait_a : MIN (wait_a, wait_b));
          g_assert_true (gst_p2p_direct_dtls_handle_timeout (a.session, &a.error));
          g_assert_true (gst_p2p_direct_dtls_handle_timeout (b.session, &b.error));
        }
      g_assert_cmpint (state_of (&a), ==, GST_P2P_DIRECT_DTLS_CONNECTED);
      g_assert_cmpint (state_of (&b), ==, GST_P2P_DIRECT_DTLS_CONNECTED);
      end_clear (&a);
      end_clear (&b);
    }
}

/* A server does not leave it to the client to ask for its last flight, but repeats it until there
 * is data. */
static void
test_last_flight (void)
{
  gint64 wait;
  End a, b;

  end_init (&a, identities[0], identities[1], TRUE);
  end_init (&b, identities[1], identities[0], FALSE);
  start (&a, &b);
  while (state_of (&b) != GST_P2P_DIRECT_DTLS_CONNECTED)
    g_assert_true (carry_one (&a, &b, FALSE) || carry_one (&b, &a, FALSE));
  while (carry_one (&b, &a, TRUE))
    ;
  for (guint i = 0; i < 2; i++) /* the first one comes, the second is a copy */
    {
      wait = gst_p2p_direct_dtls_get_timeout (b.session);
      g_assert_cmpint (wait, >, 0);
      g_assert_cmpint (wait, <, G_USEC_PER_SEC);
      g_assert_true (gst_p2p_direct_dtls_handle_timeout (b.session, &b.error));
      g_assert_cmpuint (b.sent.length, ==, 0); /* not before its time */
      g_usleep (wait);
      g_assert_true (gst_p2p_direct_dtls_handle_timeout (b.session, &b.error));
      g_assert_cmpuint (b.sent.length, >, 0);
      carry_all (&b, &a);
      g_assert_no_error (a.error);
      g_assert_cmpint (state_of (&a), ==, GST_P2P_DIRECT_DTLS_CONNECTED);
    }
  send_text (&a, "now you know");
  carry_all (&a, &b);
  g_assert_cmpstr (b.plain->str, ==, "now you know");
  g_assert_cmpint (gst_p2p_direct_dtls_get_timeout (b.session), ==, -1);
  end_clear (&a);
  end_clear (&b);
}

static void
test_close (void)
{
  End a, b;

  connect_ends (&a, &b);
  send_text (&a, "last words");
  gst_p2p_direct_dtls_close (a.session);
  g_assert_cmpint (state_of (&a), ==, GST_P2P_DIRECT_DTLS_CLOSED);
  carry_all (&a, &b);
  g_assert_cmpstr (b.plain->str, ==, "last words");
  g_assert_cmpint (state_of (&b), ==, GST_P2P_DIRECT_DTLS_CLOSED);
  g_assert_no_error (b.error);
  g_assert_false (gst_p2p_direct_dtls_send (b.session, (const guint8 *)"x", 1, &b.error));
  gst_p2p_direct_dtls_close (b.session);
  end_clear (&a);
  end_clear (&b);
}

/* What anybody could send does nothing. */
static void
test_noise (void)
{
  End a, b;

  connect_ends (&a, &b);
  for (guint i = 0; i < 2000; i++)
    {
      guint8 noise[200];
      gsize size = g_test_rand_int_range (0, sizeof noise);

      for (gsize k = 0; k < size; k++)
        noise[k] = g_test_rand_int ();
      if (i % 2 && size >= 13)
        {
          /* the header of a record that could be the next */
          memcpy (noise, "\x17\xfe\xfd\0\1\0\0\0\0", 9);
          noise[11] = 0;
          noise[12] = size - 13;
        }
      g_assert_true (gst_p2p_direct_dtls_feed (b.session, noise, size, &b.error));
    }
  g_assert_cmpuint (b.n_plain, ==, 0);
  send_text (&a, "still here");
  carry_all (&a, &b);
  g_assert_cmpstr (b.plain->str, ==, "still here");
  end_clear (&a);
  end_clear (&b);
}

static void
feed_datagram (End *end, const TestDatagram *datagram)
{
  g_test_message ("%s", datagram->what);
  gst_p2p_direct_dtls_feed (end->session, (const guint8 *)datagram->bytes, datagram->size,
                            &end->error);
  g_assert_no_error (end->error);
}

static void
expect_alive (End *a, End *b)
{
  g_assert_cmpuint (a->n_plain + b->n_plain, ==, 0);
  send_text (a, "still here");
  send_text (b, "so am I");
  carry_all (a, b);
  g_assert_no_error (a->error);
  g_assert_no_error (b->error);
  g_assert_cmpstr (b->plain->str, ==, "still here");
  g_assert_cmpstr (a->plain->str, ==, "so am I");
}

/* A stranger's datagrams, one by one and in one; none of ours with a record too many is lost. */
static void
test_strangers (void)
{
  g_autoptr (GByteArray) joined = g_byte_array_new ();
  End a, b;

  connect_ends (&a, &b);
  for (guint i = 0; i < test_n_bogus + test_n_forged; i++)
    {
      const TestDatagram *datagram
          = i < test_n_bogus ? &test_bogus[i] : &test_forged[i - test_n_bogus];

      feed_datagram (&a, datagram);
      feed_datagram (&b, datagram);
    }
  expect_alive (&a, &b);

  send_text (&a, "; and behind something");
  g_byte_array_append (joined, (const guint8 *)TEST_SEALED (TEST_DATA) "\0\1x", 14);
  g_byte_array_append (joined, g_bytes_get_data (a.sent.head->data, NULL),
                       g_bytes_get_size (a.sent.head->data));
  g_assert_true (gst_p2p_direct_dtls_feed (b.session, joined->data, joined->len, &b.error));
  g_assert_cmpstr (b.plain->str, ==, "still here; and behind something");
  end_clear (&a);
  end_clear (&b);
}

/* In the midst of the handshake, to either end, after so many datagrams of it. */
static void
test_strangers_early (void)
{
  for (guint stage = 0; stage < 6; stage++)
    for (guint to_client = 0; to_client < 2; to_client++)
      {
        End a, b;

        end_init (&a, identities[0], identities[1], TRUE);
        end_init (&b, identities[1], identities[0], FALSE);
        start (&a, &b);
        for (guint i = 0; i < stage; i++)
          if (!carry_one (&a, &b, FALSE))
            carry_one (&b, &a, FALSE);
        for (guint i = 0; i < test_n_bogus; i++)
          feed_datagram (to_client ? &a : &b, &test_bogus[i]);
        carry_all (&a, &b);
        g_assert_cmpint (state_of (&a), ==, GST_P2P_DIRECT_DTLS_CONNECTED);
        g_assert_cmpint (state_of (&b), ==, GST_P2P_DIRECT_DTLS_CONNECTED);
        expect_alive (&a, &b);
        end_clear (&a);
        end_clear (&b);
      }
}

/* After each datagram of the handshake somebody who saw it repeats its first record under a number
 * far ahead: what the peer sends afterwards is still new. */
static void
test_high_numbers (void)
{
  End a, b, *from;

  end_init (&a, identities[0], identities[1], TRUE);
  end_init (&b, identities[1], identities[0], FALSE);
  start (&a, &b);
  while ((from = !g_queue_is_empty (&a.sent) ? &a : !g_queue_is_empty (&b.sent) ? &b : NULL))
    {
      End *to = from == &a ? &b : &a;
      g_autofree guint8 *copy = NULL;
      GstP2pDtlsRecord record;
      gsize size;
      const guint8 *data = g_bytes_get_data (g_queue_peek_head (&from->sent), &size);

      g_assert_true (gst_p2p_dtls_record_take (&data, &size, &record));
      copy = g_memdup2 (record.data, record.size);
      if (record.epoch == 0)
        gst_p2p_dtls_record_set_number (copy, 1 << 30);
      carry_one (from, to, FALSE);
      gst_p2p_direct_dtls_feed (to->session, copy, record.size, &to->error);
    }
  expect_alive (&a, &b);
  end_clear (&a);
  end_clear (&b);
}

/* One bit of a datagram is another: it is dropped, whichever it is. */
static void
test_flips (void)
{
  g_autofree guint8 *flipped = NULL;
  GBytes *datagram;
  gsize size;
  End a, b;

  connect_ends (&a, &b);
  send_text (&a, "whole");
  datagram = a.sent.head->data;
  size = g_bytes_get_size (datagram);
  flipped = g_memdup2 (g_bytes_get_data (datagram, NULL), size);
  for (gsize bit = 0; bit < 8 * size; bit++)
    {
      flipped[bit / 8] ^= 1 << bit % 8;
      g_assert_true (gst_p2p_direct_dtls_feed (b.session, flipped, size, &b.error));
      g_assert_cmpuint (b.n_plain, ==, 0);
      flipped[bit / 8] ^= 1 << bit % 8;
    }
  carry_all (&a, &b);
  g_assert_cmpstr (b.plain->str, ==, "whole");
  end_clear (&a);
  end_clear (&b);
}

/* What others leave in OpenSSL's queue of errors is not about this session. */
static void
test_errors_of_others (void)
{
  End a, b;

  connect_ends (&a, &b);
  ERR_raise (ERR_LIB_X509, ERR_R_INTERNAL_ERROR);
  feed_datagram (&b, &test_forged[test_n_forged - 1]);
  ERR_raise (ERR_LIB_X509, ERR_R_INTERNAL_ERROR);
  expect_alive (&a, &b);
  ERR_clear_error ();
  end_clear (&a);
  end_clear (&b);
}

/* --- OpenSSL by itself as the peer --- */

typedef struct
{
  SSL_CTX *context;
  SSL *ssl;
  BIO *in, *out; /* memory; borrowed */
} Peer;

static int
accept_any (X509_STORE_CTX *store, void *user_data)
{
  return 1;
}

static void
peer_init (Peer *peer, GstP2pIdentity *identity, const gchar *ciphers, gboolean client)
{
  peer->context = SSL_CTX_new (DTLS_method ());
  SSL_CTX_set_cert_verify_callback (peer->context, accept_any, NULL);
  SSL_CTX_set_verify (peer->context, SSL_VERIFY_PEER, NULL);
  if (ciphers)
    g_assert_true (SSL_CTX_set_cipher_list (peer->context, ciphers));
  if (identity)
    {
      SSL_CTX_use_certificate (peer->context, gst_p2p_identity_get_certificate (identity));
      SSL_CTX_use_PrivateKey (peer->context, gst_p2p_identity_get_key (identity));
    }
  peer->ssl = SSL_new (peer->context);
  peer->in = BIO_new (BIO_s_mem ());
  peer->out = BIO_new (BIO_s_mem ());
  BIO_set_mem_eof_return (peer->in, -1);
  SSL_set_bio (peer->ssl, peer->in, peer->out);
  SSL_set_options (peer->ssl, SSL_OP_NO_QUERY_MTU);
  SSL_set_mtu (peer->ssl, 1200);
  if (client)
    SSL_set_connect_state (peer->ssl);
  else
    SSL_set_accept_state (peer->ssl);
}

static void
peer_clear (Peer *peer)
{
  SSL_free (peer->ssl);
  SSL_CTX_free (peer->context);
}

/* Its flights are several records in what we get as one datagram. Returns whether anything moved.
 */
static gboolean
exchange (Peer *peer, End *end)
{
  guint8 flight[16384];
  GBytes *datagram;
  gboolean moved = FALSE;
  int size;

  while ((datagram = g_queue_pop_head (&end->sent)))
    {
      BIO_write (peer->in, g_bytes_get_data (datagram, NULL), g_bytes_get_size (datagram));
      g_bytes_unref (datagram);
      SSL_do_handshake (peer->ssl);
      moved = TRUE;
    }
  while ((size = BIO_read (peer->out, flight, sizeof flight)) > 0)
    {
      if (!end->error)
        gst_p2p_direct_dtls_feed (end->session, flight, size, &end->error);
      moved = TRUE;
    }
  return moved;
}

static void
run_with_peer (Peer *peer, End *end)
{
  gst_p2p_direct_dtls_start (end->session, &end->error);
  SSL_do_handshake (peer->ssl);
  while (exchange (peer, end))
    ;
}

/* One that never heard of SRTP, in both roles. */
static void
test_without_srtp (void)
{
  for (guint client = 0; client < 2; client++)
    {
      Peer peer;
      End end;

      peer_init (&peer, identities[1], NULL, !client);
      end_init (&end, identities[0], identities[1], client);
      run_with_peer (&peer, &end);
      g_assert_no_error (end.error);
      g_assert_cmpint (state_of (&end), ==, GST_P2P_DIRECT_DTLS_CONNECTED);
      g_assert_true (SSL_is_init_finished (peer.ssl));
      g_assert_null (SSL_get_selected_srtp_profile (peer.ssl));
      end_clear (&end);
      peer_clear (&peer);
    }
}

/* One that insists on a profile finds it, in both roles. */
static void
test_with_srtp (void)
{
  for (guint client = 0; client < 2; client++)
    {
      Peer peer;
      End end;

      peer_init (&peer, identities[1], NULL, !client);
      g_assert_cmpint (SSL_set_tlsext_use_srtp (peer.ssl, "SRTP_AES128_CM_SHA1_80"), ==, 0);
      end_init (&end, identities[0], identities[1], client);
      run_with_peer (&peer, &end);
      g_assert_cmpint (state_of (&end), ==, GST_P2P_DIRECT_DTLS_CONNECTED);
      g_assert_nonnull (SSL_get_selected_srtp_profile (peer.ssl));
      end_clear (&end);
      peer_clear (&peer);
    }
}

/* Not offered, it is not negotiated, though the peer could. */
static void
test_srtp_not_offered (void)
{
  Peer peer;
  End end;

  offer_srtp = FALSE;
  peer_init (&peer, identities[1], NULL, FALSE);
  g_assert_cmpint (SSL_set_tlsext_use_srtp (peer.ssl, "SRTP_AES128_CM_SHA1_80"), ==, 0);
  end_init (&end, identities[0], identities[1], TRUE);
  run_with_peer (&peer, &end);
  g_assert_cmpint (state_of (&end), ==, GST_P2P_DIRECT_DTLS_CONNECTED);
  g_assert_null (SSL_get_selected_srtp_profile (peer.ssl));
  end_clear (&end);
  peer_clear (&peer);
  offer_srtp = TRUE;
}

/* The shortest records of each suite are taken: one byte, and an alert. */
static void
test_short_records (void)
{
  static const gchar *const suites[]
      = { "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305" };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (suites); i++)
    {
      Peer peer;
      End end;

      peer_init (&peer, identities[1], suites[i / 2], i % 2);
      end_init (&end, identities[0], identities[1], i % 2 == 0);
      run_with_peer (&peer, &end);
      g_assert_cmpstr (gst_p2p_direct_dtls_get_cipher (end.session), ==, suites[i / 2]);
      for (guint k = 0; k < test_n_bogus; k++)
        feed_datagram (&end, &test_bogus[k]);
      g_assert_cmpint (SSL_write (peer.ssl, "x", 1), ==, 1);
      exchange (&peer, &end);
      g_assert_cmpstr (end.plain->str, ==, "x");
      SSL_shutdown (peer.ssl);
      exchange (&peer, &end);
      g_assert_no_error (end.error);
      g_assert_cmpint (state_of (&end), ==, GST_P2P_DIRECT_DTLS_CLOSED);
      end_clear (&end);
      peer_clear (&peer);
    }
}

static void
test_refused (void)
{
  static const gchar *const weak[]
      = { "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA", "AES128-GCM-SHA256" };
  Peer peer;
  End end;

  for (guint i = 0; i < G_N_ELEMENTS (weak); i++)
    {
      peer_init (&peer, identities[1], weak[i], TRUE);
      end_init (&end, identities[0], identities[1], FALSE);
      run_with_peer (&peer, &end);
      g_assert_error (end.error, GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED);
      end_clear (&end);
      peer_clear (&peer);
    }

  /* one without a certificate */
  peer_init (&peer, NULL, NULL, TRUE);
  end_init (&end, identities[0], identities[1], FALSE);
  run_with_peer (&peer, &end);
  g_assert_error (end.error, GST_P2P_ERROR, GST_P2P_ERROR_FINGERPRINT);
  g_assert_cmpint (state_of (&end), ==, GST_P2P_DIRECT_DTLS_FAILED);
  end_clear (&end);
  peer_clear (&peer);

  /* DTLS 1.0 */
  peer_init (&peer, identities[1], "ALL:@SECLEVEL=0", TRUE);
  SSL_set_max_proto_version (peer.ssl, DTLS1_VERSION);
  end_init (&end, identities[0], identities[1], FALSE);
  run_with_peer (&peer, &end);
  g_assert_error (end.error, GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED);
  end_clear (&end);
  peer_clear (&peer);
}

/* An RSA certificate as large as they come: its flight is several datagrams of the right size. */
static void
test_large_certificate (void)
{
  EVP_PKEY *key = EVP_RSA_gen (4096);
  X509 *certificate = X509_new ();
  BIO *bio = BIO_new (BIO_s_mem ());
  g_autoptr (GstP2pIdentity) identity = NULL;
  g_autofree gchar *name = g_strnfill (60, 'n');
  gchar *pem;
  GError *error = NULL;
  End a, b;

  for (guint i = 0; i < 30; i++)
    X509_NAME_add_entry_by_txt (X509_get_subject_name (certificate), "OU", MBSTRING_ASC,
                                (guint8 *)name, -1, -1, 0);
  X509_gmtime_adj (X509_getm_notBefore (certificate), 0);
  X509_gmtime_adj (X509_getm_notAfter (certificate), 3600);
  X509_set_pubkey (certificate, key);
  X509_sign (certificate, key, EVP_sha256 ());
  PEM_write_bio_X509 (bio, certificate);
  PEM_write_bio_PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL);
  identity = gst_p2p_identity_new_from_pem (pem, BIO_get_mem_data (bio, &pem), &error);
  g_assert_no_error (error);

  end_init (&a, identities[0], identity, TRUE);
  end_init (&b, identity, identities[0], FALSE);
  start (&a, &b);
  carry_all (&a, &b);
  g_assert_cmpint (state_of (&a), ==, GST_P2P_DIRECT_DTLS_CONNECTED);
  g_assert_cmpint (state_of (&b), ==, GST_P2P_DIRECT_DTLS_CONNECTED);
  g_assert_cmpuint (b.largest, <=, GST_P2P_MAX_DATAGRAM_SIZE);
  g_assert_cmpuint (b.largest, >, GST_P2P_MAX_DATAGRAM_SIZE / 2);
  end_clear (&a);
  end_clear (&b);
  X509_free (certificate);
  BIO_free (bio);
  EVP_PKEY_free (key);
}

int
main (int argc, char **argv)
{
  GError *error = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (60);
  for (guint i = 0; i < G_N_ELEMENTS (identities); i++)
    identities[i] = gst_p2p_identity_new (&error);
  g_assert_no_error (error);

  g_test_add_func ("/direct/dtls/handshake", test_handshake);
  g_test_add_func ("/direct/dtls/data", test_data);
  g_test_add_func ("/direct/dtls/several-records", test_several_records);
  g_test_add_func ("/direct/dtls/fingerprint", test_fingerprint);
  g_test_add_func ("/direct/dtls/loss", test_loss);
  g_test_add_func ("/direct/dtls/last-flight", test_last_flight);
  g_test_add_func ("/direct/dtls/close", test_close);
  g_test_add_func ("/direct/dtls/noise", test_noise);
  g_test_add_func ("/direct/dtls/strangers", test_strangers);
  g_test_add_func ("/direct/dtls/strangers-early", test_strangers_early);
  g_test_add_func ("/direct/dtls/high-numbers", test_high_numbers);
  g_test_add_func ("/direct/dtls/flips", test_flips);
  g_test_add_func ("/direct/dtls/errors-of-others", test_errors_of_others);
  g_test_add_func ("/direct/dtls/without-srtp", test_without_srtp);
  g_test_add_func ("/direct/dtls/with-srtp", test_with_srtp);
  g_test_add_func ("/direct/dtls/srtp-not-offered", test_srtp_not_offered);
  g_test_add_func ("/direct/dtls/short-records", test_short_records);
  g_test_add_func ("/direct/dtls/refused", test_refused);
  g_test_add_func ("/direct/dtls/large-certificate", test_large_certificate);
  result = g_test_run ();
  for (guint i = 0; i < G_N_ELEMENTS (identities); i++)
    gst_p2p_identity_unref (identities[i]);
  return result;
}
