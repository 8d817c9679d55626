/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * suite: the registered SFrame cipher suites (RFC 9605 section 8.1 and the IANA registry), and the
 * frame formats. Constant tables; any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GST_P2P_SFRAME_NONCE_SIZE 12
#define GST_P2P_SFRAME_MAX_TAG_SIZE 16
#define GST_P2P_SFRAME_MAX_KEY_SIZE 96
#define GST_P2P_SFRAME_MAX_HASH_SIZE 64

/**
 * GstP2pSframeFormat:
 * @GST_P2P_SFRAME_FORMAT_SFRAME: RFC 9605
 * @GST_P2P_SFRAME_FORMAT_JITSI: what Jitsi Meet's browser worker speaks
 * @GST_P2P_SFRAME_FORMAT_LIVEKIT: what LiveKit's browser worker speaks
 */
typedef enum
{
  GST_P2P_SFRAME_FORMAT_SFRAME,
  GST_P2P_SFRAME_FORMAT_JITSI,
  GST_P2P_SFRAME_FORMAT_LIVEKIT,
} GstP2pSframeFormat;

typedef enum
{
  GST_P2P_SFRAME_SUITE_AES_128_CTR_HMAC_SHA256_80 = 1,
  GST_P2P_SFRAME_SUITE_AES_128_CTR_HMAC_SHA256_64 = 2,
  GST_P2P_SFRAME_SUITE_AES_128_CTR_HMAC_SHA256_32 = 3,
  GST_P2P_SFRAME_SUITE_AES_128_GCM_SHA256_128 = 4,
  GST_P2P_SFRAME_SUITE_AES_256_GCM_SHA512_128 = 5,
  GST_P2P_SFRAME_SUITE_AES_256_CTR_HMAC_SHA512_80 = 6,
  GST_P2P_SFRAME_SUITE_AES_256_CTR_HMAC_SHA512_64 = 7,
  GST_P2P_SFRAME_SUITE_AES_256_CTR_HMAC_SHA512_32 = 8,
} GstP2pSframeSuite;

/**
 * GstP2pSframeSuiteInfo:
 * @nick: the suite's name for users
 * @name: the registered one
 * @hash: OpenSSL's name of the suite's hash
 * @hash_size: Nh of RFC 9605
 * @enc_size: of the AES key
 * @auth_size: of the HMAC key; 0 for GCM
 * @tag_size: Nt of RFC 9605
 *
 * Sizes are in bytes.
 */
typedef struct
{
  GstP2pSframeSuite id;
  const gchar *nick;
  const gchar *name;
  const gchar *hash;
  guint8 hash_size;
  guint8 enc_size;
  guint8 auth_size;
  guint8 tag_size;
} GstP2pSframeSuiteInfo;

/* The suite with the registered @id; %NULL with GST_P2P_ERROR_SETTINGS if there is none. */
const GstP2pSframeSuiteInfo *gst_p2p_sframe_suite_get_info (guint id, GError **error);

/* Whether @format can use @suite: jitsi has AES-128-GCM alone, livekit AES-GCM with 128 or 256
 * bits. GST_P2P_ERROR_SETTINGS if not. */
gboolean
gst_p2p_sframe_suite_check (GstP2pSframeFormat format, GstP2pSframeSuite suite, GError **error);

/* "sframe", "jitsi" or "livekit" */
const gchar *gst_p2p_sframe_format_get_nick (GstP2pSframeFormat format);

G_END_DECLS
