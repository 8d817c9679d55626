/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aead: see aead.h. A suite is AES-GCM, or AES-CTR with a truncated HMAC over lengths, nonce, AAD
 * and ciphertext.
 */
#include "gst/p2p/sframe/aead.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/base/error.h"

struct _GstP2pSframeAead
{
  /* const */
  const GstP2pSframeSuiteInfo *suite;

  /* the thread that uses the object */
  EVP_CIPHER_CTX *cipher;
  EVP_MAC_CTX *mac; /* NULL for GCM */
};

static const EVP_CIPHER *
cipher_of (const GstP2pSframeSuiteInfo *suite)
{
  if (suite->auth_size > 0)
    return suite->enc_size == 16 ? EVP_aes_128_ctr () : EVP_aes_256_ctr ();
  return suite->enc_size == 16 ? EVP_aes_128_gcm () : EVP_aes_256_gcm ();
}

static EVP_MAC_CTX *
mac_new (const GstP2pSframeSuiteInfo *suite, const guint8 *key)
{
  EVP_MAC *hmac = EVP_MAC_fetch (NULL, OSSL_MAC_NAME_HMAC, NULL);
  EVP_MAC_CTX *mac;
  OSSL_PARAM params[2] = {
    OSSL_PARAM_construct_utf8_string (OSSL_MAC_PARAM_DIGEST, (gchar *)suite->hash, 0),
    OSSL_PARAM_construct_end (),
  };

  if (!hmac)
    return NULL;
  mac = EVP_MAC_CTX_new (hmac);
  EVP_MAC_free (hmac);
  if (mac && EVP_MAC_init (mac, key, suite->auth_size, params) != 1)
    {
      EVP_MAC_CTX_free (mac);
      return NULL;
    }
  return mac;
}

GstP2pSframeAead *
gst_p2p_sframe_aead_new (const GstP2pSframeSuiteInfo *suite, const guint8 *key, gboolean seal,
                         GError **error)
{
  g_autoptr (GstP2pSframeAead) self = g_new0 (GstP2pSframeAead, 1);
  /* CTR mode is its own inverse and always "encrypts". */
  int encrypt = seal || suite->auth_size > 0;

  self->suite = suite;
  self->cipher = EVP_CIPHER_CTX_new ();
  if (self->cipher
      && EVP_CipherInit_ex (self->cipher, cipher_of (suite), NULL, key, NULL, encrypt) == 1
      && (suite->auth_size == 0 || (self->mac = mac_new (suite, key + suite->enc_size))))
    return g_steal_pointer (&self);
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_CRYPTO, "OpenSSL cannot set up %s", suite->name);
  return NULL;
}

void
gst_p2p_sframe_aead_free (GstP2pSframeAead *self)
{
  /* Both free functions overwrite the key schedules. */
  EVP_CIPHER_CTX_free (self->cipher);
  EVP_MAC_CTX_free (self->mac);
  g_free (self);
}

static gboolean
gcm_start (GstP2pSframeAead *self, const guint8 *nonce, const GstP2pSframeAeadData *aad)
{
  int n;

  return EVP_CipherInit_ex (self->cipher, NULL, NULL, NULL, nonce, -1) == 1
         && (aad->header_size == 0
             || EVP_CipherUpdate (self->cipher, NULL, &n, aad->header, (int)aad->header_size) == 1)
         && (aad->metadata_size == 0
             || EVP_CipherUpdate (self->cipher, NULL, &n, aad->metadata, (int)aad->metadata_size)
                    == 1);
}

static gboolean
gcm_seal (GstP2pSframeAead *self, const guint8 *nonce, const GstP2pSframeAeadData *aad,
          const guint8 *in, gsize size, guint8 *out, guint8 *tag)
{
  int n;

  return gcm_start (self, nonce, aad)
         && (size == 0 || EVP_EncryptUpdate (self->cipher, out, &n, in, (int)size) == 1)
         && EVP_EncryptFinal_ex (self->cipher, out + size, &n) == 1
         && EVP_CIPHER_CTX_ctrl (self->cipher, EVP_CTRL_AEAD_GET_TAG, self->suite->tag_size, tag)
                == 1;
}

static gboolean
gcm_open (GstP2pSframeAead *self, const guint8 *nonce, const GstP2pSframeAeadData *aad,
          const guint8 *in, gsize size, const guint8 *tag, guint8 *out)
{
  int n;

  return gcm_start (self, nonce, aad)
         && (size == 0 || EVP_DecryptUpdate (self->cipher, out, &n, in, (int)size) == 1)
         && EVP_CIPHER_CTX_ctrl (self->cipher, EVP_CTRL_AEAD_SET_TAG, self->suite->tag_size,
                                 (void *)tag)
                == 1
         && EVP_DecryptFinal_ex (self->cipher, out + size, &n) == 1;
}

/* The HMAC of RFC 9605 section 4.5.1, not yet cut to the tag's size. */
static gboolean
ctr_tag (GstP2pSframeAead *self, const guint8 *nonce, const GstP2pSframeAeadData *aad,
         const guint8 *cipher, gsize size, guint8 hash[GST_P2P_SFRAME_MAX_HASH_SIZE])
{
  guint8 start[24 + GST_P2P_SFRAME_NONCE_SIZE];
  size_t n;

  gst_p2p_write_u64 (start, aad->header_size + aad->metadata_size);
  gst_p2p_write_u64 (start + 8, size);
  gst_p2p_write_u64 (start + 16, self->suite->tag_size);
  memcpy (start + 24, nonce, GST_P2P_SFRAME_NONCE_SIZE);
  return EVP_MAC_init (self->mac, NULL, 0, NULL) == 1
         && EVP_MAC_update (self->mac, start, sizeof start) == 1
         && EVP_MAC_update (self->mac, aad->header, aad->header_size) == 1
         && EVP_MAC_update (self->mac, aad->metadata, aad->metadata_size) == 1
         && EVP_MAC_update (self->mac, cipher, size) == 1
         && EVP_MAC_final (self->mac, hash, &n, GST_P2P_SFRAME_MAX_HASH_SIZE) == 1;
}

static gboolean
ctr_crypt (GstP2pSframeAead *self, const guint8 *nonce, const guint8 *in, gsize size, guint8 *out)
{
  guint8 block[16] = { 0 };
  int n;

  memcpy (block, nonce, GST_P2P_SFRAME_NONCE_SIZE);
  return EVP_EncryptInit_ex (self->cipher, NULL, NULL, NULL, block) == 1
         && (size == 0 || EVP_EncryptUpdate (self->cipher, out, &n, in, (int)size) == 1);
}

void
gst_p2p_sframe_aead_make_nonce (const guint8 salt[GST_P2P_SFRAME_NONCE_SIZE], guint64 counter,
                                guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE])
{
  guint8 *last = nonce + GST_P2P_SFRAME_NONCE_SIZE - 8;

  memcpy (nonce, salt, GST_P2P_SFRAME_NONCE_SIZE);
  gst_p2p_write_u64 (last, gst_p2p_read_u64 (last) ^ counter);
}

gboolean
gst_p2p_sframe_aead_seal (GstP2pSframeAead *self, const guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE],
                          const GstP2pSframeAeadData *aad, const guint8 *in, gsize size,
                          guint8 *out, guint8 *tag)
{
  guint8 hash[GST_P2P_SFRAME_MAX_HASH_SIZE];

  if (!self->mac)
    return gcm_seal (self, nonce, aad, in, size, out, tag);
  if (!ctr_crypt (self, nonce, in, size, out) || !ctr_tag (self, nonce, aad, out, size, hash))
    return FALSE;
  memcpy (tag, hash, self->suite->tag_size);
  return TRUE;
}

gboolean
gst_p2p_sframe_aead_open (GstP2pSframeAead *self, const guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE],
                          const GstP2pSframeAeadData *aad, const guint8 *in, gsize size,
                          const guint8 *tag, guint8 *out)
{
  guint8 hash[GST_P2P_SFRAME_MAX_HASH_SIZE];

  if (!self->mac)
    return gcm_open (self, nonce, aad, in, size, tag, out);
  return ctr_tag (self, nonce, aad, in, size, hash)
         && CRYPTO_memcmp (hash, tag, self->suite->tag_size) == 0
         && ctr_crypt (self, nonce, in, size, out);
}

gboolean
gst_p2p_sframe_aead_peek (GstP2pSframeAead *self, const guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE],
                          guint8 first, guint8 *cipher)
{
  int n;

  if (self->mac)
    return ctr_crypt (self, nonce, &first, 1, cipher);
  return EVP_EncryptInit_ex (self->cipher, NULL, NULL, NULL, nonce) == 1
         && EVP_EncryptUpdate (self->cipher, cipher, &n, &first, 1) == 1;
}
