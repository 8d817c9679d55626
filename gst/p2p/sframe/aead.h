/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aead: one key of an SFrame suite, ready for use (RFC 9605 section 4.4.3 and 4.5).
 *
 * The OpenSSL contexts are made once and live as long as the key: a frame costs no key schedule,
 * and no allocation but those of OpenSSL 3.0's own HMAC. One object seals or opens, not both, and
 * is used by one thread at a time.
 */
#pragma once

#include "gst/p2p/sframe/suite.h"

G_BEGIN_DECLS

typedef struct _GstP2pSframeAead GstP2pSframeAead;

/** GstP2pSframeAeadData: the authenticated bytes, in the two parts that callers have */
typedef struct
{
  const guint8 *header;
  gsize header_size;
  const guint8 *metadata;
  gsize metadata_size;
} GstP2pSframeAeadData;

/**
 * gst_p2p_sframe_aead_new: @key has enc_size + auth_size bytes of @suite. NULL with
 * GST_P2P_ERROR_CRYPTO when OpenSSL lacks an algorithm.
 */
GstP2pSframeAead *gst_p2p_sframe_aead_new (const GstP2pSframeSuiteInfo *suite, const guint8 *key,
                                           gboolean seal, GError **error);
void gst_p2p_sframe_aead_free (GstP2pSframeAead *self);

/* The nonce of format sframe: the salt, the last 8 bytes of which are combined with @counter. */
void gst_p2p_sframe_aead_make_nonce (const guint8 salt[GST_P2P_SFRAME_NONCE_SIZE], guint64 counter,
                                     guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE]);

/**
 * gst_p2p_sframe_aead_seal: @out gets @size bytes of ciphertext (it may be @in), @tag the suite's
 * tag_size bytes. @size is at most G_MAXINT. FALSE when OpenSSL fails; then @out is not to be used.
 */
gboolean
gst_p2p_sframe_aead_seal (GstP2pSframeAead *self, const guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE],
                          const GstP2pSframeAeadData *aad, const guint8 *in, gsize size,
                          guint8 *out, guint8 *tag);

/**
 * gst_p2p_sframe_aead_open: the reverse. FALSE when the tag does not fit, compared in constant
 * time; what
 * @out holds then was not authenticated and is not to be used.
 */
gboolean
gst_p2p_sframe_aead_open (GstP2pSframeAead *self, const guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE],
                          const GstP2pSframeAeadData *aad, const guint8 *in, gsize size,
                          const guint8 *tag, guint8 *out);

/**
 * gst_p2p_sframe_aead_peek: the first byte of ciphertext that a plaintext starting with @first
 * would get under @nonce. Of a sealing object. FALSE when OpenSSL fails.
 */
gboolean
gst_p2p_sframe_aead_peek (GstP2pSframeAead *self, const guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE],
                          guint8 first, guint8 *cipher);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSframeAead, gst_p2p_sframe_aead_free)

G_END_DECLS
