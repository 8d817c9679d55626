/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The peer's Certificate message, in fragments of any size and order, and what dtlsdec cannot take.
 */
#include "plugins/p2p/transport/stock/packets/certificate.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "tests/common/watchdog.h"

#define HEADER GST_P2P_DTLS_FRAGMENT_HEADER

static void
append_u24 (GByteArray *array, gsize value)
{
  guint8 bytes[] = { value >> 16 & 0xff, value >> 8 & 0xff, value & 0xff };

  g_byte_array_append (array, bytes, sizeof bytes);
}

/* The body of a Certificate message with @n certificates, whose subject has so many units of a
 * name, and which have a comment of so many bytes. */
static GByteArray *
make_body (guint n, guint n_units, const gchar *unit, guint n_comment)
{
  GByteArray *body = g_byte_array_new ();
  g_autofree gchar *comment = g_strnfill (n_comment, 'c');
  X509_EXTENSION *extension = X509V3_EXT_conf_nid (NULL, NULL, NID_netscape_comment, comment);
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *x509 = X509_new ();
  unsigned char *der = NULL;
  int size;

  for (guint i = 0; i < n_units; i++)
    X509_NAME_add_entry_by_txt (X509_get_subject_name (x509), "OU", MBSTRING_ASC,
                                (const guint8 *)unit, -1, -1, 0);
  X509_gmtime_adj (X509_getm_notBefore (x509), 0);
  X509_gmtime_adj (X509_getm_notAfter (x509), 3600);
  X509_set_pubkey (x509, key);
  X509_add_ext (x509, extension, -1);
  X509_sign (x509, key, EVP_sha256 ());
  size = i2d_X509 (x509, &der);
  append_u24 (body, n * (3 + size));
  for (guint i = 0; i < n; i++)
    {
      append_u24 (body, size);
      g_byte_array_append (body, der, size);
    }
  OPENSSL_free (der);
  X509_EXTENSION_free (extension);
  X509_free (x509);
  EVP_PKEY_free (key);
  return body;
}

static GstP2pStockCertificateState
add (GstP2pStockCertificate *certificate, const GByteArray *body, guint16 number, gsize offset,
     gsize size)
{
  GstP2pDtlsFragment fragment = { .type = GST_P2P_DTLS_CERTIFICATE,
                                  .number = number,
                                  .length = body->len,
                                  .offset = offset,
                                  .data = body->data + offset,
                                  .size = size };

  return gst_p2p_stock_certificate_add (certificate, &fragment);
}

static void
expect_whole (GstP2pStockCertificate *certificate, const GByteArray *body, guint16 number)
{
  g_autoptr (GByteArray) message = gst_p2p_stock_certificate_take (certificate);
  const guint8 *data = message->data;
  gsize size = message->len;
  GstP2pDtlsFragment fragment;

  g_assert_true (gst_p2p_dtls_fragment_take (&data, &size, &fragment));
  g_assert_cmpuint (size, ==, 0);
  g_assert_cmpuint (fragment.type, ==, GST_P2P_DTLS_CERTIFICATE);
  g_assert_cmpuint (fragment.number, ==, number);
  g_assert_cmpuint (fragment.length, ==, body->len);
  g_assert_cmpuint (fragment.offset, ==, 0);
  g_assert_cmpmem (fragment.data, fragment.size, body->data, body->len);
}

/* Forwards, backwards, and with overlaps. */
static void
test_fragments (void)
{
  g_autoptr (GByteArray) body = make_body (1, 3, "unit", 50);
  g_autoptr (GstP2pStockCertificate) certificate = gst_p2p_stock_certificate_new ();

  for (gsize step = 1; step <= body->len; step = step * 3 + 1)
    for (guint backwards = 0; backwards < 2; backwards++)
      {
        guint n = (body->len + step - 1) / step;

        for (guint i = 0; i < n; i++)
          {
            gsize offset = (backwards ? n - 1 - i : i) * step;
            gsize size = MIN (step + step / 2, body->len - offset);

            g_assert_cmpint (add (certificate, body, 1, offset, size), ==,
                             i + 1 < n && (backwards || offset + size < body->len)
                                 ? GST_P2P_STOCK_CERTIFICATE_PARTIAL
                                 : GST_P2P_STOCK_CERTIFICATE_WHOLE);
            if (offset + size == body->len && !backwards)
              break;
          }
        expect_whole (certificate, body, 1);
      }
}

/* Fragments of two messages are not mixed; nor of two that differ in length. */
static void
test_another (void)
{
  g_autoptr (GByteArray) body = make_body (1, 1, "unit", 1);
  g_autoptr (GByteArray) longer = make_body (1, 2, "unit", 1);
  g_autoptr (GstP2pStockCertificate) certificate = gst_p2p_stock_certificate_new ();

  g_assert_cmpint (add (certificate, body, 1, 0, 100), ==, GST_P2P_STOCK_CERTIFICATE_PARTIAL);
  g_assert_cmpint (add (certificate, body, 2, 100, body->len - 100), ==,
                   GST_P2P_STOCK_CERTIFICATE_PARTIAL);
  g_assert_cmpint (add (certificate, longer, 2, 0, 100), ==, GST_P2P_STOCK_CERTIFICATE_PARTIAL);
  g_assert_cmpint (add (certificate, longer, 2, 100, longer->len - 100), ==,
                   GST_P2P_STOCK_CERTIFICATE_WHOLE);
  expect_whole (certificate, longer, 2);
}

/* None, nonsense, and a chain are OpenSSL's affair. */
static void
test_others (void)
{
  g_autoptr (GstP2pStockCertificate) certificate = gst_p2p_stock_certificate_new ();
  g_autoptr (GByteArray) chain = make_body (10, 1, "unit", 1000);
  static const gchar *const bodies[]
      = { "\0\0\0", "\0\0\4\0\0\1x", "\0\0\4\0\0\2x", "\0\0\2\0\0", "\0\0\3\0\0\0" };
  static const guint8 sizes[] = { 3, 7, 7, 5, 6 };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      GByteArray body = { (guint8 *)bodies[i], sizes[i] };

      g_assert_cmpint (add (certificate, &body, 1, 0, body.len), ==,
                       GST_P2P_STOCK_CERTIFICATE_WHOLE);
      expect_whole (certificate, &body, 1);
    }
  g_assert_cmpint (add (certificate, chain, 1, 0, chain->len), ==, GST_P2P_STOCK_CERTIFICATE_WHOLE);
  expect_whole (certificate, chain, 1);
}

static GstP2pStockCertificateState
judge (guint n_units, const gchar *unit, guint n_comment)
{
  g_autoptr (GByteArray) body = make_body (1, n_units, unit, n_comment);
  g_autoptr (GstP2pStockCertificate) certificate = gst_p2p_stock_certificate_new ();
  gsize half = body->len / 2;

  g_assert_cmpint (add (certificate, body, 1, 0, half), ==, GST_P2P_STOCK_CERTIFICATE_PARTIAL);
  return add (certificate, body, 1, half, body->len - half);
}

/* By the text of its subject, by that of its PEM, and by the message. */
static void
test_unreadable (void)
{
  g_autofree gchar *name = g_strnfill (64, 'n');
  g_autoptr (GstP2pStockCertificate) certificate = gst_p2p_stock_certificate_new ();
  GstP2pDtlsFragment huge = { .type = GST_P2P_DTLS_CERTIFICATE,
                              .length = GST_P2P_DTLS_MAX_PLAINTEXT,
                              .data = (const guint8 *)"x",
                              .size = 1 };

  g_assert_cmpint (judge (1, "unit", 1), ==, GST_P2P_STOCK_CERTIFICATE_WHOLE);
  g_assert_cmpint (judge (21, name, 1), ==, GST_P2P_STOCK_CERTIFICATE_WHOLE);
  g_assert_cmpint (judge (22, name, 1), ==, GST_P2P_STOCK_CERTIFICATE_UNREADABLE);
  g_assert_cmpint (judge (100, name, 1), ==, GST_P2P_STOCK_CERTIFICATE_UNREADABLE);
  g_assert_cmpint (judge (80, "u", 1), ==, GST_P2P_STOCK_CERTIFICATE_UNREADABLE);
  g_assert_cmpint (judge (1, "unit", 2600), ==, GST_P2P_STOCK_CERTIFICATE_WHOLE);
  g_assert_cmpint (judge (1, "unit", 2900), ==, GST_P2P_STOCK_CERTIFICATE_UNREADABLE);
  g_assert_cmpint (gst_p2p_stock_certificate_add (certificate, &huge), ==,
                   GST_P2P_STOCK_CERTIFICATE_UNREADABLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (60);
  g_test_add_func ("/stock/certificate/fragments", test_fragments);
  g_test_add_func ("/stock/certificate/another", test_another);
  g_test_add_func ("/stock/certificate/others", test_others);
  g_test_add_func ("/stock/certificate/unreadable", test_unreadable);
  return g_test_run ();
}
