/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DCEP messages (RFC 8832). What was parsed is printed and parsed again, to the same. */
#include <string.h>

#include "gst/p2p/link/dcep.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_round_trip (const GstP2pChannelConfig *config)
{
  g_autoptr (GBytes) printed = gst_p2p_dcep_new_open (config);
  g_autoptr (GstP2pChannelConfig) again = NULL;
  GstP2pDcepType type;
  gsize size;
  const guint8 *data = g_bytes_get_data (printed, &size);

  g_assert_true (gst_p2p_dcep_parse (data, size, &type, &again, NULL));
  g_assert_cmpint (type, ==, GST_P2P_DCEP_OPEN);
  g_assert_cmpstr (again->label, ==, config->label);
  g_assert_cmpstr (again->protocol, ==, config->protocol);
  g_assert_cmpint (again->ordered, ==, config->ordered);
  g_assert_cmpint (again->reliability, ==, config->reliability);
  if (config->reliability != GST_P2P_RELIABILITY_RELIABLE)
    g_assert_cmpuint (again->parameter, ==, config->parameter);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GstP2pChannelConfig) config = NULL;
  g_autoptr (GError) error = NULL;
  GstP2pDcepType type;

  if (!gst_p2p_dcep_parse (data, size, &type, &config, &error))
    g_assert_nonnull (error);
  else if (type == GST_P2P_DCEP_OPEN)
    check_round_trip (config);
  else
    g_assert_null (config);
  return 0;
}
