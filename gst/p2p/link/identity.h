/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * identity: the certificate and private key that a peer proves itself with, and fingerprints.
 *
 * Immutable after creation and reference counted; any thread may use one.
 */
#pragma once

#include <glib-object.h>
#include <openssl/types.h>

G_BEGIN_DECLS

/* RFC 8122 section 5, SHA-256: 32 bytes as upper-case hex joined by colons. */
#define GST_P2P_FINGERPRINT_LENGTH 95

typedef struct _GstP2pIdentity GstP2pIdentity;

/* A fresh self-signed certificate with an ECDSA P-256 key (RFC 8827 section 6.5), valid for 30
 * days. GST_P2P_ERROR_CRYPTO. */
GstP2pIdentity *gst_p2p_identity_new (GError **error);

/* Reads the first certificate and the private key of a PEM text or file. Any key type that
 * OpenSSL can use in TLS 1.2 is accepted; the key must belong to the certificate.
 * GST_P2P_ERROR_CRYPTO if not, or if one is missing; _LIMIT: too large a text; _SETTINGS: the file
 * cannot be read. */
GstP2pIdentity *gst_p2p_identity_new_from_pem (const gchar *pem, gsize length, GError **error);
GstP2pIdentity *gst_p2p_identity_new_from_file (const gchar *path, GError **error);

GstP2pIdentity *gst_p2p_identity_ref (GstP2pIdentity *identity);
void gst_p2p_identity_unref (GstP2pIdentity *identity);

/* "12:DF:…:AB", owned by the identity. */
const gchar *gst_p2p_identity_get_fingerprint (GstP2pIdentity *identity);

/* Borrowed; OpenSSL's own reference counts make them safe to up-ref from any thread. */
X509 *gst_p2p_identity_get_certificate (GstP2pIdentity *identity);
EVP_PKEY *gst_p2p_identity_get_key (GstP2pIdentity *identity);

/* Certificate and unencrypted key as PEM: a secret, to be freed with gst_p2p_secret_text_free(). */
gchar *gst_p2p_identity_to_pem (GstP2pIdentity *identity);

/* SHA-256 of a certificate, newly allocated; %NULL if @certificate cannot be encoded or parsed. */
gchar *gst_p2p_fingerprint_of_certificate (X509 *certificate);
gchar *gst_p2p_fingerprint_of_pem (const gchar *pem, gsize length);

/* How long a certificate and its subject are as text: PEM, and several lines as OpenSSL prints
 * names. FALSE: @der is no certificate. */
gboolean gst_p2p_certificate_measure (const guint8 *der, gsize size, gsize *pem, gsize *subject);

/* Checks and normalises @text: 32 bytes of hex joined by colons, of either case; upper case comes
 * out, newly allocated. GST_P2P_ERROR_INVALID. */
gchar *gst_p2p_fingerprint_parse (const gchar *text, GError **error);

/* In a time that does not depend on the content. Both must be normalised. %NULL equals nothing. */
gboolean gst_p2p_fingerprint_equal (const gchar *a, const gchar *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pIdentity, gst_p2p_identity_unref)

G_END_DECLS
