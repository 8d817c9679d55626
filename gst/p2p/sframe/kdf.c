/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kdf: see kdf.h. Intermediate secrets live on the stack and are overwritten.
 */
#include "gst/p2p/sframe/kdf.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/base/error.h"

#define PASSPHRASE_ROUNDS 100000
/* Both workers' ratchets make 256 bits, whatever the size of the frame key. */
#define BROWSER_RATCHET_SIZE 32

/* --- HKDF --- */

/* HKDF's inputs; sizes in bytes. */
typedef struct
{
  int mode; /* EVP_KDF_HKDF_MODE_... */
  const gchar *hash;
  const guint8 *key;
  gsize key_size;
  const void *salt;
  gsize salt_size;
  const void *info;
  gsize info_size;
} Hkdf;

static gboolean
hkdf (const Hkdf *in, guint8 *out, gsize size)
{
  EVP_KDF *kdf = EVP_KDF_fetch (NULL, OSSL_KDF_NAME_HKDF, NULL);
  EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new (kdf) : NULL;
  OSSL_PARAM params[6], *p = params;
  int mode = in->mode;
  gboolean ok;

  *p++ = OSSL_PARAM_construct_int (OSSL_KDF_PARAM_MODE, &mode);
  *p++ = OSSL_PARAM_construct_utf8_string (OSSL_KDF_PARAM_DIGEST, (char *)in->hash, 0);
  *p++ = OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_KEY, (void *)in->key, in->key_size);
  if (in->salt_size > 0)
    *p++ = OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_SALT, (void *)in->salt, in->salt_size);
  if (in->info_size > 0)
    *p++ = OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_INFO, (void *)in->info, in->info_size);
  *p = OSSL_PARAM_construct_end ();
  ok = context && EVP_KDF_derive (context, out, size, params) == 1;
  EVP_KDF_CTX_free (context);
  EVP_KDF_free (kdf);
  return ok;
}

static gboolean
extract (const GstP2pSframeSuiteInfo *suite, GstP2pSecret *base, const void *salt, gsize salt_size,
         guint8 *out)
{
  Hkdf in = { .mode = EVP_KDF_HKDF_MODE_EXTRACT_ONLY,
              .hash = suite->hash,
              .key = gst_p2p_secret_get_data (base),
              .key_size = gst_p2p_secret_get_size (base),
              .salt = salt,
              .salt_size = salt_size };

  return hkdf (&in, out, suite->hash_size);
}

static gboolean
expand (const GstP2pSframeSuiteInfo *suite, const guint8 *prk, const void *info, gsize info_size,
        guint8 *out, gsize size)
{
  Hkdf in = { .mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY,
              .hash = suite->hash,
              .key = prk,
              .key_size = suite->hash_size,
              .info = info,
              .info_size = info_size };

  return hkdf (&in, out, size);
}

/* --- frame keys --- */

/* label ‖ KID as u64 ‖ suite as u16 */
static gsize
write_label (const gchar *label, guint64 kid, guint suite, guint8 out[64])
{
  gsize size = strlen (label);

  memcpy (out, label, size);
  gst_p2p_write_u64 (out + size, kid);
  gst_p2p_write_u16 (out + size + 8, (guint16)suite);
  return size + 10;
}

static gboolean
derive_sframe (const GstP2pSframeSuiteInfo *suite, guint64 kid, GstP2pSecret *base,
               GstP2pSframeFrameKey *out)
{
  guint8 prk[GST_P2P_SFRAME_MAX_HASH_SIZE], label[64];
  gsize size;
  gboolean ok = extract (suite, base, NULL, 0, prk);

  size = write_label ("SFrame 1.0 Secret key ", kid, suite->id, label);
  ok = ok && expand (suite, prk, label, size, out->key, suite->enc_size + suite->auth_size);
  size = write_label ("SFrame 1.0 Secret salt ", kid, suite->id, label);
  ok = ok && expand (suite, prk, label, size, out->salt, sizeof out->salt);
  OPENSSL_cleanse (prk, sizeof prk);
  return ok;
}

/* The first @size bytes of what the workers' WebCrypto calls derive from @base. */
static gboolean
derive_browser (GstP2pSframeFormat format, const gchar *salt, GstP2pSecret *base,
                GstP2pSframeKeyKind kind, guint8 *out, gsize size)
{
  static const guint8 livekit_info[128];
  gboolean livekit = format == GST_P2P_SFRAME_FORMAT_LIVEKIT;
  Hkdf in = { .mode = EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND,
              .hash = "SHA256",
              .key = gst_p2p_secret_get_data (base),
              .key_size = gst_p2p_secret_get_size (base),
              .salt = salt,
              .salt_size = strlen (salt),
              .info = livekit_info,
              .info_size = livekit ? sizeof livekit_info : 0 };

  if (kind == GST_P2P_SFRAME_KEY_PASSPHRASE)
    return PKCS5_PBKDF2_HMAC ((const gchar *)in.key, (int)in.key_size, (const guint8 *)salt,
                              (int)in.salt_size, PASSPHRASE_ROUNDS, EVP_sha256 (), (int)size, out)
           == 1;
  return hkdf (&in, out, size);
}

static gboolean
check_kind (GstP2pSframeFormat format, GstP2pSframeKeyKind kind, GError **error)
{
  if (kind == GST_P2P_SFRAME_KEY_BYTES || format == GST_P2P_SFRAME_FORMAT_LIVEKIT)
    return TRUE;
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
               "Format %s defines no key from a passphrase (livekit does); give it a key",
               gst_p2p_sframe_format_get_nick (format));
  return FALSE;
}

static gboolean
derived (gboolean ok, GError **error)
{
  if (!ok)
    g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_CRYPTO,
                         "OpenSSL could not derive a frame key");
  return ok;
}

gboolean
gst_p2p_sframe_derive (GstP2pSframeFormat format, const GstP2pSframeSuiteInfo *suite, guint64 kid,
                       GstP2pSecret *base, GstP2pSframeKeyKind kind, GstP2pSframeFrameKey *out,
                       GError **error)
{
  memset (out, 0, sizeof *out);
  if (!gst_p2p_sframe_suite_check (format, suite->id, error) || !check_kind (format, kind, error))
    return FALSE;
  switch (format)
    {
    case GST_P2P_SFRAME_FORMAT_JITSI:
      return derived (
          derive_browser (format, "JFrameEncryptionKey", base, kind, out->key, suite->enc_size),
          error);
    case GST_P2P_SFRAME_FORMAT_LIVEKIT:
      return derived (
          derive_browser (format, "LKFrameEncryptionKey", base, kind, out->key, suite->enc_size),
          error);
    case GST_P2P_SFRAME_FORMAT_SFRAME:
    default:
      return derived (derive_sframe (suite, kid, base, out), error);
    }
}

void
gst_p2p_sframe_frame_key_clear (GstP2pSframeFrameKey *key)
{
  OPENSSL_cleanse (key, sizeof *key);
}

/* --- base keys from base keys --- */

static gboolean
ratchet_sframe (const GstP2pSframeSuiteInfo *suite, GstP2pSecret *base, guint8 *out)
{
  static const gchar label[] = "SFrame 1.0 Ratchet";
  guint8 prk[GST_P2P_SFRAME_MAX_HASH_SIZE];
  gboolean ok = extract (suite, base, NULL, 0, prk)
                && expand (suite, prk, label, sizeof label - 1, out, suite->hash_size);

  OPENSSL_cleanse (prk, sizeof prk);
  return ok;
}

GstP2pSecret *
gst_p2p_sframe_ratchet (GstP2pSframeFormat format, const GstP2pSframeSuiteInfo *suite,
                        GstP2pSecret *base, GstP2pSframeKeyKind kind, GError **error)
{
  guint8 next[GST_P2P_SFRAME_MAX_HASH_SIZE];
  gsize size = BROWSER_RATCHET_SIZE;
  GstP2pSecret *result = NULL;
  gboolean ok;

  if (!check_kind (format, kind, error))
    return NULL;
  if (format == GST_P2P_SFRAME_FORMAT_SFRAME)
    {
      size = suite->hash_size;
      ok = ratchet_sframe (suite, base, next);
    }
  else
    ok = derive_browser (
        format, format == GST_P2P_SFRAME_FORMAT_JITSI ? "JFrameRatchetKey" : "LKFrameEncryptionKey",
        base, kind, next, size);
  if (derived (ok, error))
    result = gst_p2p_secret_new (next, size, error);
  OPENSSL_cleanse (next, sizeof next);
  return result;
}

GstP2pSecret *
gst_p2p_sframe_stream_secret (const GstP2pSframeSuiteInfo *suite, guint32 ssrc, GstP2pSecret *base,
                              GError **error)
{
  static const gchar label[] = "SFrame 1.0 RTP Stream";
  guint8 prk[GST_P2P_SFRAME_MAX_HASH_SIZE], key[GST_P2P_SFRAME_MAX_HASH_SIZE];
  guint32 salt = GUINT32_TO_BE (ssrc);
  GstP2pSecret *result = NULL;

  if (derived (extract (suite, base, &salt, sizeof salt, prk)
                   && expand (suite, prk, label, sizeof label - 1, key, suite->hash_size),
               error))
    result = gst_p2p_secret_new (key, suite->hash_size, error);
  OPENSSL_cleanse (prk, sizeof prk);
  OPENSSL_cleanse (key, sizeof key);
  return result;
}

gboolean
gst_p2p_sframe_secret_get_fingerprint (GstP2pSecret *secret,
                                       gchar out[GST_P2P_SFRAME_FINGERPRINT_SIZE])
{
  guint8 bytes[4];
  Hkdf in = { .mode = EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND,
              .hash = "SHA256",
              .key = gst_p2p_secret_get_data (secret),
              .key_size = gst_p2p_secret_get_size (secret),
              .info = "gst-p2p key fingerprint",
              .info_size = 23 };

  if (!hkdf (&in, bytes, sizeof bytes))
    return FALSE;
  g_snprintf (out, GST_P2P_SFRAME_FINGERPRINT_SIZE, "%02x%02x%02x%02x", bytes[0], bytes[1],
              bytes[2], bytes[3]);
  return TRUE;
}
