/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Session descriptions, candidates, ids: texts of the remote. The first byte chooses. */
#include <string.h>

#include "gst/p2p/link/candidate.h"
#include "gst/p2p/link/description.h"
#include "gst/p2p/link/names.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
parse_sdp (const gchar *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pDescription) description = gst_p2p_description_new_from_sdp (text, size, &error);
  g_autoptr (GstP2pDescription) again = NULL;
  g_autofree gchar *printed = NULL;

  g_assert_true ((description == NULL) == (error != NULL));
  if (!description)
    return;
  printed = gst_p2p_description_to_sdp (description, "actpass");
  again = gst_p2p_description_new_from_sdp (printed, strlen (printed), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gst_p2p_description_get_ufrag (again), ==,
                   gst_p2p_description_get_ufrag (description));
  g_assert_cmpstr (gst_p2p_description_get_fingerprint (again), ==,
                   gst_p2p_description_get_fingerprint (description));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = NULL;

  if (size == 0)
    return 0;
  text = g_strndup ((const gchar *)data + 1, size - 1);
  switch (data[0])
    {
    case 's':
      parse_sdp ((const gchar *)data + 1, size - 1);
      break;
    case 'c':
      gst_p2p_candidate_validate (text, NULL);
      break;
    case 'i':
      gst_p2p_id_is_valid (text);
      break;
    default:
      gst_p2p_session_is_valid (text);
    }
  return 0;
}
