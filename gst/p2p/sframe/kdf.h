/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kdf: from base keys to frame keys, and from one base key to the next (ratchets).
 *
 * RFC 9605 sections 4.4.2 (key and salt) and 5.1 (ratchet), the per-stream derivation of
 * draft-ietf-avtcore-rtp-sframe, and the key schedules of Jitsi's and LiveKit's browser workers.
 * Functions without state; any thread. They fail with GST_P2P_ERROR_CRYPTO if OpenSSL does, with
 * GST_P2P_ERROR_SETTINGS if the format has no such derivation.
 */
#pragma once

#include "gst/p2p/base/secret.h"
#include "gst/p2p/sframe/suite.h"

G_BEGIN_DECLS

/* 8 hexadecimal digits, and the zero that ends the text. */
#define GST_P2P_SFRAME_FINGERPRINT_SIZE 9

/**
 * GstP2pSframeKeyKind:
 * @GST_P2P_SFRAME_KEY_BYTES: a base key from a generator or a key exchange
 * @GST_P2P_SFRAME_KEY_PASSPHRASE: text that a person typed; livekit alone stretches it (PBKDF2)
 */
typedef enum
{
  GST_P2P_SFRAME_KEY_BYTES,
  GST_P2P_SFRAME_KEY_PASSPHRASE,
} GstP2pSframeKeyKind;

/**
 * GstP2pSframeFrameKey:
 * @salt: of format sframe; zeros otherwise
 *
 * What seals frames. It lives on the stack of whoever derives it, who overwrites it by
 * gst_p2p_sframe_frame_key_clear() when the OpenSSL contexts are made.
 */
typedef struct
{
  guint8 key[GST_P2P_SFRAME_MAX_KEY_SIZE];
  guint8 salt[GST_P2P_SFRAME_NONCE_SIZE];
} GstP2pSframeFrameKey;

/* The frame key of a base key. @kid enters the derivation of format sframe alone. */
gboolean gst_p2p_sframe_derive (GstP2pSframeFormat format, const GstP2pSframeSuiteInfo *suite,
                                guint64 kid, GstP2pSecret *base, GstP2pSframeKeyKind kind,
                                GstP2pSframeFrameKey *out, GError **error);
void gst_p2p_sframe_frame_key_clear (GstP2pSframeFrameKey *key);

/* The base key that follows @base. livekit uses the derivation of its frame keys for this, too, so
 * the next base key begins with this step's frame key: its ratchet gives no forward secrecy. */
GstP2pSecret *gst_p2p_sframe_ratchet (GstP2pSframeFormat format, const GstP2pSframeSuiteInfo *suite,
                                      GstP2pSecret *base, GstP2pSframeKeyKind kind, GError **error);

/* The base key of one RTP stream in a session with the base key @base, so that streams that share a
 * key id have different keys. No element uses it; tests check the published vectors with it. */
GstP2pSecret *gst_p2p_sframe_stream_secret (const GstP2pSframeSuiteInfo *suite, guint32 ssrc,
                                            GstP2pSecret *base, GError **error);

/* Digits of a one-way function of @secret, to tell keys apart in statistics. FALSE if OpenSSL
 * fails; then @out is as it was. */
gboolean gst_p2p_sframe_secret_get_fingerprint (GstP2pSecret *secret,
                                                gchar out[GST_P2P_SFRAME_FINGERPRINT_SIZE]);

G_END_DECLS
