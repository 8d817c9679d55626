/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates and fingerprints: made, loaded, compared, and refused. */
#include "gst/p2p/link/identity.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/secrettext.h"

static void
test_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pIdentity) a = gst_p2p_identity_new (&error);
  g_autoptr (GstP2pIdentity) b = gst_p2p_identity_new (&error);
  char group[32] = "";

  g_assert_no_error (error);
  g_assert_cmpstr (gst_p2p_identity_get_fingerprint (a), !=, gst_p2p_identity_get_fingerprint (b));
  g_assert_cmpuint (strlen (gst_p2p_identity_get_fingerprint (a)), ==, GST_P2P_FINGERPRINT_LENGTH);
  g_assert_true (EVP_PKEY_is_a (gst_p2p_identity_get_key (a), "EC"));
  g_assert_cmpint (
      EVP_PKEY_get_group_name (gst_p2p_identity_get_key (a), group, sizeof group, NULL), ==, 1);
  g_assert_cmpstr (group, ==, "prime256v1");
  g_assert_cmpint (
      X509_cmp_current_time (X509_get0_notBefore (gst_p2p_identity_get_certificate (a))), <, 0);
  g_assert_cmpint (
      X509_cmp_current_time (X509_get0_notAfter (gst_p2p_identity_get_certificate (a))), >, 0);
}

static void
test_pem_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pIdentity) made = gst_p2p_identity_new (&error);
  gchar *pem = gst_p2p_identity_to_pem (made);
  g_autoptr (GstP2pIdentity) read = gst_p2p_identity_new_from_pem (pem, strlen (pem), &error);
  g_autofree gchar *fingerprint = gst_p2p_fingerprint_of_pem (pem, strlen (pem));

  g_assert_no_error (error);
  g_assert_cmpstr (gst_p2p_identity_get_fingerprint (read), ==,
                   gst_p2p_identity_get_fingerprint (made));
  g_assert_cmpstr (fingerprint, ==, gst_p2p_identity_get_fingerprint (made));
  gst_p2p_secret_text_free (pem);
}

/* The certificate of one with the key of another, and what is no PEM at all. */
static void
test_bad_pem (void)
{
  g_autoptr (GstP2pIdentity) a = gst_p2p_identity_new (NULL);
  g_autoptr (GstP2pIdentity) b = gst_p2p_identity_new (NULL);
  gchar *pem_a = gst_p2p_identity_to_pem (a), *pem_b = gst_p2p_identity_to_pem (b);
  g_autofree gchar *certificate = g_strndup (pem_a, strstr (pem_a, "-----BEGIN PRIVATE") - pem_a);
  g_autofree gchar *mixed = g_strconcat (certificate, strstr (pem_b, "-----BEGIN PRIVATE"), NULL);
  g_autofree gchar *huge = g_strnfill (100 * 1024, 'x');
  const gchar *bad[] = { "", "nonsense", certificate, mixed, huge };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (gst_p2p_identity_new_from_pem (bad[i], strlen (bad[i]), &error));
      g_assert_nonnull (error);
      g_assert_cmpint (strlen (error->message), >, 10);
    }
  g_assert_null (gst_p2p_fingerprint_of_pem ("nonsense", 8));
  g_assert_null (gst_p2p_fingerprint_of_pem (NULL, 0));
  gst_p2p_secret_text_free (pem_a);
  gst_p2p_secret_text_free (pem_b);
}

static void
test_missing_file (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_p2p_identity_new_from_file ("/nonexistent/identity.pem", &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
}

static void
test_fingerprints (void)
{
  g_autoptr (GstP2pIdentity) identity = gst_p2p_identity_new (NULL);
  const gchar *text = gst_p2p_identity_get_fingerprint (identity);
  g_autofree gchar *lower = g_ascii_strdown (text, -1);
  g_autofree gchar *parsed = gst_p2p_fingerprint_parse (lower, NULL);
  g_autofree gchar *other = g_strdup (text);
  g_autofree gchar *shorter = g_strndup (text, 92);
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_p2p_fingerprint_equal (parsed, text));
  other[94] = other[94] == '0' ? '1' : '0';
  g_assert_false (gst_p2p_fingerprint_equal (other, text));
  g_assert_false (gst_p2p_fingerprint_equal (NULL, text));
  g_assert_false (gst_p2p_fingerprint_equal (NULL, NULL));
  g_assert_null (gst_p2p_fingerprint_parse (shorter, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID);
  other[2] = '-';
  g_assert_null (gst_p2p_fingerprint_parse (other, NULL));
  g_assert_null (gst_p2p_fingerprint_parse (NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/identity/new", test_new);
  g_test_add_func ("/identity/pem-round-trip", test_pem_round_trip);
  g_test_add_func ("/identity/bad-pem", test_bad_pem);
  g_test_add_func ("/identity/missing-file", test_missing_file);
  g_test_add_func ("/identity/fingerprints", test_fingerprints);
  return g_test_run ();
}
