/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * candidate: see candidate.h.
 */
#include "gst/p2p/link/candidate.h"

#include <string.h>

#include "gst/p2p/base/error.h"

gboolean
gst_p2p_candidate_validate (const gchar *candidate, GError **error)
{
  gsize length = strlen (candidate);
  gboolean valid
      = length == 0
        || (length <= GST_P2P_MAX_CANDIDATE_LENGTH && g_str_has_prefix (candidate, "candidate:"));

  for (gsize i = 0; valid && i < length; i++)
    valid = g_ascii_isprint (candidate[i]);

  if (!valid)
    g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                 "Not an ICE candidate of at most %d characters", GST_P2P_MAX_CANDIDATE_LENGTH);
  return valid;
}
