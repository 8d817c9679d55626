/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* certificates: a small public key infrastructure. See certificates.h. */
#include "tests/signaling/certificates.h"

#include <glib/gstdio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#define DAY (24 * 60 * 60)

static void
add_extension (X509 *certificate, X509 *issuer, int nid, const char *value)
{
  X509V3_CTX context;
  X509_EXTENSION *extension;

  X509V3_set_ctx (&context, issuer, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
}

/* @issuer: NULL: signs itself. @names: NULL: a CA. */
static X509 *
make (const char *name, const char *names, long from, long until, EVP_PKEY *key, X509 *issuer,
      EVP_PKEY *issuer_key)
{
  static long serial;
  X509 *certificate = X509_new ();
  X509_NAME *subject = X509_get_subject_name (certificate);

  X509_set_version (certificate, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), ++serial);
  X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_UTF8, (const guchar *)name, -1, -1, 0);
  X509_set_issuer_name (certificate, issuer ? X509_get_subject_name (issuer) : subject);
  X509_gmtime_adj (X509_getm_notBefore (certificate), from);
  X509_gmtime_adj (X509_getm_notAfter (certificate), until);
  X509_set_pubkey (certificate, key);
  if (!issuer)
    issuer = certificate;
  add_extension (certificate, issuer, NID_basic_constraints,
                 !names ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add_extension (certificate, issuer, NID_key_usage,
                 !names ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  add_extension (certificate, issuer, NID_subject_key_identifier, "hash");
  if (names)
    add_extension (certificate, issuer, NID_subject_alt_name, names);
  g_assert_cmpint (X509_sign (certificate, issuer_key, EVP_sha256 ()), >, 0);
  return certificate;
}

static gchar *
write_file (const gchar *folder, const gchar *name, X509 *certificate, EVP_PKEY *key)
{
  gchar *path = g_build_filename (folder, name, NULL);
  FILE *file = fopen (path, "w");

  g_assert_nonnull (file);
  if (certificate)
    g_assert_cmpint (PEM_write_X509 (file, certificate), ==, 1);
  if (key)
    g_assert_cmpint (PEM_write_PrivateKey (file, key, NULL, NULL, 0, NULL, NULL), ==, 1);
  g_assert_cmpint (fclose (file), ==, 0);
  return path;
}

TestCertificates *
test_certificates_new (void)
{
  const char *names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  TestCertificates *self = g_new0 (TestCertificates, 1);
  EVP_PKEY *ca_key = EVP_EC_gen ("P-256");
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *ca = make ("Test CA", NULL, -DAY, DAY, ca_key, NULL, ca_key);
  X509 *good = make ("localhost", names, -DAY, DAY, key, ca, ca_key);
  X509 *other = make ("other", "DNS:other.example", -DAY, DAY, key, ca, ca_key);
  X509 *expired = make ("localhost", names, -2 * DAY, -DAY, key, ca, ca_key);

  self->folder = g_dir_make_tmp ("gst-p2p-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->ca_file = write_file (self->folder, "ca.pem", ca, NULL);
  self->good_file = write_file (self->folder, "good.pem", good, key);
  self->good_key_file = write_file (self->folder, "key.pem", NULL, key);
  self->other_file = write_file (self->folder, "other.pem", other, key);
  self->expired_file = write_file (self->folder, "expired.pem", expired, key);
  X509_free (ca);
  X509_free (good);
  X509_free (other);
  X509_free (expired);
  EVP_PKEY_free (ca_key);
  EVP_PKEY_free (key);
  return self;
}

static void delete (gchar *path)
{
  g_unlink (path);
  g_free (path);
}

void
test_certificates_free (TestCertificates *self)
{
  delete (self->ca_file);
  delete (self->good_file);
  delete (self->good_key_file);
  delete (self->other_file);
  delete (self->expired_file);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self);
}
