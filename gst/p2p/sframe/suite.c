/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * suite: see suite.h.
 */
#include "gst/p2p/sframe/suite.h"

#include "gst/p2p/base/error.h"

/* clang-format off */
static const GstP2pSframeSuiteInfo suites[] = {
  { GST_P2P_SFRAME_SUITE_AES_128_CTR_HMAC_SHA256_80, "aes-128-ctr-hmac-sha256-80",
    "AES_128_CTR_HMAC_SHA256_80", "SHA256", 32, 16, 32, 10 },
  { GST_P2P_SFRAME_SUITE_AES_128_CTR_HMAC_SHA256_64, "aes-128-ctr-hmac-sha256-64",
    "AES_128_CTR_HMAC_SHA256_64", "SHA256", 32, 16, 32, 8 },
  { GST_P2P_SFRAME_SUITE_AES_128_CTR_HMAC_SHA256_32, "aes-128-ctr-hmac-sha256-32",
    "AES_128_CTR_HMAC_SHA256_32", "SHA256", 32, 16, 32, 4 },
  { GST_P2P_SFRAME_SUITE_AES_128_GCM_SHA256_128, "aes-128-gcm-sha256-128",
    "AES_128_GCM_SHA256_128", "SHA256", 32, 16, 0, 16 },
  { GST_P2P_SFRAME_SUITE_AES_256_GCM_SHA512_128, "aes-256-gcm-sha512-128",
    "AES_256_GCM_SHA512_128", "SHA512", 64, 32, 0, 16 },
  { GST_P2P_SFRAME_SUITE_AES_256_CTR_HMAC_SHA512_80, "aes-256-ctr-hmac-sha512-80",
    "AES_256_CTR_HMAC_SHA512_80", "SHA512", 64, 32, 64, 10 },
  { GST_P2P_SFRAME_SUITE_AES_256_CTR_HMAC_SHA512_64, "aes-256-ctr-hmac-sha512-64",
    "AES_256_CTR_HMAC_SHA512_64", "SHA512", 64, 32, 64, 8 },
  { GST_P2P_SFRAME_SUITE_AES_256_CTR_HMAC_SHA512_32, "aes-256-ctr-hmac-sha512-32",
    "AES_256_CTR_HMAC_SHA512_32", "SHA512", 64, 32, 64, 4 },
};
/* clang-format on */

const GstP2pSframeSuiteInfo *
gst_p2p_sframe_suite_get_info (guint id, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (suites); i++)
    if ((guint)suites[i].id == id)
      return &suites[i];
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
               "Unknown SFrame cipher suite %u; the registered ones are 1 to 8", id);
  return NULL;
}

gboolean
gst_p2p_sframe_suite_check (GstP2pSframeFormat format, GstP2pSframeSuite suite, GError **error)
{
  const GstP2pSframeSuiteInfo *info = gst_p2p_sframe_suite_get_info (suite, error);

  if (!info)
    return FALSE;
  if (format == GST_P2P_SFRAME_FORMAT_SFRAME || suite == GST_P2P_SFRAME_SUITE_AES_128_GCM_SHA256_128
      || (format == GST_P2P_SFRAME_FORMAT_LIVEKIT
          && suite == GST_P2P_SFRAME_SUITE_AES_256_GCM_SHA512_128))
    return TRUE;
  g_set_error (
      error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS, "Format %s cannot use cipher suite %s: %s",
      gst_p2p_sframe_format_get_nick (format), info->name,
      format == GST_P2P_SFRAME_FORMAT_JITSI ? "it has AES-128-GCM only" : "it has AES-GCM only");
  return FALSE;
}

const gchar *
gst_p2p_sframe_format_get_nick (GstP2pSframeFormat format)
{
  switch (format)
    {
    case GST_P2P_SFRAME_FORMAT_JITSI:
      return "jitsi";
    case GST_P2P_SFRAME_FORMAT_LIVEKIT:
      return "livekit";
    case GST_P2P_SFRAME_FORMAT_SFRAME:
    default:
      return "sframe";
    }
}
