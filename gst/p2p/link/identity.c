/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * identity: see identity.h.
 */
#include "gst/p2p/link/identity.h"

#include <string.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "gst/p2p/base/error.h"

#define VALIDITY_SECONDS (30 * 24 * 60 * 60)
#define CLOCK_SKEW_SECONDS (24 * 60 * 60) /* peers whose clocks lag accept it too */
#define MAX_PEM_SIZE (64 * 1024)

struct _GstP2pIdentity
{
  gatomicrefcount ref_count;

  /* const */
  X509 *certificate;
  EVP_PKEY *key;
  gchar *fingerprint;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)

static void
set_crypto_error (GError **error, const gchar *what)
{
  gulong code = ERR_get_error ();
  const gchar *reason = code ? ERR_reason_error_string (code) : NULL;

  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_CRYPTO, "%s: %s", what,
               reason ? reason : "unknown OpenSSL error");
  ERR_clear_error ();
}

/* Takes both. */
static GstP2pIdentity *
identity_new (X509 *certificate, EVP_PKEY *key)
{
  GstP2pIdentity *identity = g_new0 (GstP2pIdentity, 1);

  g_atomic_ref_count_init (&identity->ref_count);
  identity->certificate = certificate;
  identity->key = key;
  identity->fingerprint = gst_p2p_fingerprint_of_certificate (certificate);
  return identity;
}

static gboolean
certificate_fill (X509 *certificate, EVP_PKEY *key)
{
  guint64 serial;
  X509_NAME *name = X509_get_subject_name (certificate);

  /* The name says nothing: the fingerprint is the identity, and a host name would give the user
   * away. */
  return RAND_bytes ((guchar *)&serial, sizeof serial) == 1
         && X509_set_version (certificate, X509_VERSION_3)
         && ASN1_INTEGER_set_uint64 (X509_get_serialNumber (certificate), serial >> 1 | 1)
         && X509_gmtime_adj (X509_getm_notBefore (certificate), -CLOCK_SKEW_SECONDS)
         && X509_gmtime_adj (X509_getm_notAfter (certificate), VALIDITY_SECONDS)
         && X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_ASC, (const guchar *)"gst-p2p", -1, -1,
                                        0)
         && X509_set_issuer_name (certificate, name) && X509_set_pubkey (certificate, key)
         && X509_sign (certificate, key, EVP_sha256 ());
}

GstP2pIdentity *
gst_p2p_identity_new (GError **error)
{
  g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
  g_autoptr (X509) certificate = X509_new ();

  if (!key || !certificate || !certificate_fill (certificate, key))
    {
      set_crypto_error (error, "Could not make a certificate");
      return NULL;
    }

  return identity_new (g_steal_pointer (&certificate), g_steal_pointer (&key));
}

/* There is no passphrase. Without an answer OpenSSL would ask at the terminal. */
static int
on_pem_passphrase (char *buffer, int size, int writing, void *user_data)
{
  return -1;
}

GstP2pIdentity *
gst_p2p_identity_new_from_pem (const gchar *pem, gsize length, GError **error)
{
  g_autoptr (BIO) bio = NULL;
  g_autoptr (X509) certificate = NULL;
  g_autoptr (EVP_PKEY) key = NULL;

  if (length > MAX_PEM_SIZE)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "The certificate file is larger than %d bytes", MAX_PEM_SIZE);
      return NULL;
    }

  bio = BIO_new_mem_buf (pem, (gint)length);
  certificate = PEM_read_bio_X509 (bio, NULL, on_pem_passphrase, NULL);
  if (!certificate)
    {
      set_crypto_error (error, "No certificate in the PEM text");
      return NULL;
    }

  /* The key may stand before or after the certificate. */
  BIO_reset (bio);
  key = PEM_read_bio_PrivateKey (bio, NULL, on_pem_passphrase, NULL);
  if (!key)
    {
      set_crypto_error (error, "No unencrypted private key in the PEM text");
      return NULL;
    }
  if (X509_check_private_key (certificate, key) != 1)
    {
      set_crypto_error (error, "The private key does not belong to the certificate");
      return NULL;
    }

  return identity_new (g_steal_pointer (&certificate), g_steal_pointer (&key));
}

GstP2pIdentity *
gst_p2p_identity_new_from_file (const gchar *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  gchar *pem = NULL;
  gsize length = 0;
  GstP2pIdentity *identity;

  if (!g_file_get_contents (path, &pem, &length, &local))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "Could not read the certificate: %s", local->message);
      return NULL;
    }

  identity = gst_p2p_identity_new_from_pem (pem, length, &local);
  if (!identity)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&local), "Certificate file %s: ", path);
    }

  OPENSSL_cleanse (pem, length);
  g_free (pem);
  return identity;
}

GstP2pIdentity *
gst_p2p_identity_ref (GstP2pIdentity *identity)
{
  g_atomic_ref_count_inc (&identity->ref_count);
  return identity;
}

void
gst_p2p_identity_unref (GstP2pIdentity *identity)
{
  if (!g_atomic_ref_count_dec (&identity->ref_count))
    return;

  X509_free (identity->certificate);
  EVP_PKEY_free (identity->key); /* OpenSSL overwrites private keys */
  g_free (identity->fingerprint);
  g_free (identity);
}

const gchar *
gst_p2p_identity_get_fingerprint (GstP2pIdentity *identity)
{
  return identity->fingerprint;
}

X509 *
gst_p2p_identity_get_certificate (GstP2pIdentity *identity)
{
  return identity->certificate;
}

EVP_PKEY *
gst_p2p_identity_get_key (GstP2pIdentity *identity)
{
  return identity->key;
}

gchar *
gst_p2p_identity_to_pem (GstP2pIdentity *identity)
{
  g_autoptr (BIO) bio = BIO_new (BIO_s_secmem ());
  gchar *data;
  glong length;

  if (!bio || !PEM_write_bio_X509 (bio, identity->certificate)
      || !PEM_write_bio_PrivateKey (bio, identity->key, NULL, NULL, 0, NULL, NULL))
    {
      ERR_clear_error ();
      return NULL;
    }

  length = BIO_get_mem_data (bio, &data);
  return g_strndup (data, (gsize)length);
}

gchar *
gst_p2p_fingerprint_of_certificate (X509 *certificate)
{
  guint8 digest[EVP_MAX_MD_SIZE];
  guint length = 0;
  GString *text;

  if (!certificate || !X509_digest (certificate, EVP_sha256 (), digest, &length))
    {
      ERR_clear_error ();
      return NULL;
    }

  text = g_string_sized_new (GST_P2P_FINGERPRINT_LENGTH + 1);
  for (guint i = 0; i < length; i++)
    g_string_append_printf (text, i ? ":%02X" : "%02X", digest[i]);
  return g_string_free (text, FALSE);
}

gchar *
gst_p2p_fingerprint_of_pem (const gchar *pem, gsize length)
{
  g_autoptr (BIO) bio = NULL;
  g_autoptr (X509) certificate = NULL;

  if (!pem || length > MAX_PEM_SIZE)
    return NULL;

  bio = BIO_new_mem_buf (pem, (gint)length);
  certificate = PEM_read_bio_X509 (bio, NULL, on_pem_passphrase, NULL);
  ERR_clear_error ();
  return gst_p2p_fingerprint_of_certificate (certificate);
}

gboolean
gst_p2p_certificate_measure (const guint8 *der, gsize size, gsize *pem, gsize *subject)
{
  g_autoptr (X509) certificate = size <= MAX_PEM_SIZE ? d2i_X509 (NULL, &der, (long)size) : NULL;
  g_autoptr (BIO) bio = BIO_new (BIO_s_mem ());
  int length = -1;

  if (certificate && bio && PEM_write_bio_X509 (bio, certificate))
    {
      *pem = BIO_pending (bio);
      length = X509_NAME_print_ex (bio, X509_get_subject_name (certificate), 1, XN_FLAG_MULTILINE);
      *subject = (gsize)MAX (length, 0);
    }
  ERR_clear_error ();
  return length >= 0;
}

gchar *
gst_p2p_fingerprint_parse (const gchar *text, GError **error)
{
  gboolean valid = text && strlen (text) == GST_P2P_FINGERPRINT_LENGTH;

  for (gsize i = 0; valid && i < GST_P2P_FINGERPRINT_LENGTH; i++)
    valid = i % 3 == 2 ? text[i] == ':' : g_ascii_isxdigit (text[i]);

  if (!valid)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                           "Not a SHA-256 fingerprint: 32 bytes of hex joined by colons wanted");
      return NULL;
    }

  return g_ascii_strup (text, GST_P2P_FINGERPRINT_LENGTH);
}

gboolean
gst_p2p_fingerprint_equal (const gchar *a, const gchar *b)
{
  return a && b && strlen (a) == GST_P2P_FINGERPRINT_LENGTH
         && strlen (b) == GST_P2P_FINGERPRINT_LENGTH
         && CRYPTO_memcmp (a, b, GST_P2P_FINGERPRINT_LENGTH) == 0;
}
