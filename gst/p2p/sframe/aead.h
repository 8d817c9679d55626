/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aead: one key of an SFrame suite, ready for use (RFC 9605 sections 4.4.3 and 4.5).
 *
 * The OpenSSL contexts are made once and live as long as the object, so a frame costs no key
 * schedule, and no allocation but those of OpenSSL 3.0's own HMAC. An object seals or opens, not
 * both. One thread at a time uses it.
 */
#pragma once

#include "gst/p2p/sframe/suite.h"

G_BEGIN_DECLS

typedef struct _GstP2pSframeAead GstP2pSframeAead;

/**
 * GstP2pSframeAeadData:
 *
 * The bytes that are authenticated but not encrypted, in the two parts that callers have.
 */
typedef struct
{
  const guint8 *header;
  gsize header_size;
  const guint8 *metadata;
  gsize metadata_size;
} GstP2pSframeAeadData;

/* @key has the enc_size + auth_size bytes of @suite. Returns %NULL with GST_P2P_ERROR_CRYPTO if
 * OpenSSL lacks an algorithm. */
GstP2pSframeAead *gst_p2p_sframe_aead_new (const GstP2pSframeSuiteInfo *suite, const guint8 *key,
                                           gboolean seal, GError **error);
void gst_p2p_sframe_aead_free (GstP2pSframeAead *self);

/* The nonce of format sframe: @salt, with @counter XORed into its last 8 bytes. */
void gst_p2p_sframe_aead_make_nonce (const guint8 salt[GST_P2P_SFRAME_NONCE_SIZE], guint64 counter,
                                     guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE]);

/* @out gets @size bytes of ciphertext, and may be @in; @tag gets the suite's tag_size bytes. @size
 * is at most G_MAXINT. FALSE if OpenSSL fails; then @out is not to be used. */
gboolean
gst_p2p_sframe_aead_seal (GstP2pSframeAead *self, const guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE],
                          const GstP2pSframeAeadData *aad, const guint8 *in, gsize size,
                          guint8 *out, guint8 *tag);

/* The reverse. FALSE if the tag does not fit; tags are compared in constant time. What @out holds
 * then was not authenticated, and is not to be used. */
gboolean
gst_p2p_sframe_aead_open (GstP2pSframeAead *self, const guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE],
                          const GstP2pSframeAeadData *aad, const guint8 *in, gsize size,
                          const guint8 *tag, guint8 *out);

/* Of an object that seals: @cipher gets the byte that a plaintext beginning with @first would begin
 * with when sealed under @nonce. FALSE if OpenSSL fails. */
gboolean
gst_p2p_sframe_aead_peek (GstP2pSframeAead *self, const guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE],
                          guint8 first, guint8 *cipher);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSframeAead, gst_p2p_sframe_aead_free)

G_END_DECLS
