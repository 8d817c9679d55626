/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * error: see error.h.
 */
#include "gst/p2p/base/error.h"

/* clang-format off */
G_DEFINE_QUARK (gst-p2p-error-quark, gst_p2p_error)
/* clang-format on */

const gchar *
gst_p2p_error_get_name (GstP2pError code)
{
  static const gchar *const names[] = {
    [GST_P2P_ERROR_INVALID] = "invalid",
    [GST_P2P_ERROR_LIMIT] = "limit",
    [GST_P2P_ERROR_UNSENDABLE] = "unsendable",
    [GST_P2P_ERROR_SETTINGS] = "settings",
    [GST_P2P_ERROR_SIGNALING] = "signaling",
    [GST_P2P_ERROR_NOT_FOUND] = "not-found",
    [GST_P2P_ERROR_ID_TAKEN] = "id-taken",
    [GST_P2P_ERROR_UNAUTHORIZED] = "unauthorized",
    [GST_P2P_ERROR_FINGERPRINT] = "fingerprint",
    [GST_P2P_ERROR_BUSY] = "busy",
    [GST_P2P_ERROR_NO_PATH] = "no-path",
    [GST_P2P_ERROR_TIMEOUT] = "timeout",
    [GST_P2P_ERROR_LOST] = "lost",
    [GST_P2P_ERROR_TRUNCATED] = "truncated",
    [GST_P2P_ERROR_CRYPTO] = "crypto",
    [GST_P2P_ERROR_FAILED] = "failed",
  };

  return (guint)code < G_N_ELEMENTS (names) && names[code] ? names[code] : "failed";
}
