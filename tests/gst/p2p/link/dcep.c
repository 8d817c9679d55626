/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The messages that open a data channel, byte by byte, and what is none of them. */
#include "gst/p2p/link/dcep.h"

#include <string.h>

#include "gst/p2p/base/error.h"

/* RFC 8832 section 5.1, byte by byte. */
static void
test_open_bytes (void)
{
  static const guint8 wanted[] = { 3, 0x81, 1, 0, 0, 0, 0, 5, 0, 3, 0, 2, 'c', 'a', 'm', 'p', '1' };
  g_autoptr (GstP2pChannelConfig) config = gst_p2p_channel_config_new ();
  g_autoptr (GBytes) open = NULL;

  config->ordered = FALSE;
  config->reliability = GST_P2P_RELIABILITY_MAX_RETRANSMITS;
  config->parameter = 5;
  g_free (config->label);
  g_free (config->protocol);
  config->label = g_strdup ("cam");
  config->protocol = g_strdup ("p1");
  open = gst_p2p_dcep_new_open (config);

  g_assert_cmpmem (g_bytes_get_data (open, NULL), g_bytes_get_size (open), wanted, sizeof wanted);
}

static void
test_round_trip (void)
{
  const GstP2pReliability kinds[]
      = { GST_P2P_RELIABILITY_RELIABLE, GST_P2P_RELIABILITY_MAX_RETRANSMITS,
          GST_P2P_RELIABILITY_MAX_PACKET_LIFETIME };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GstP2pChannelConfig) config = gst_p2p_channel_config_new ();
      g_autoptr (GstP2pChannelConfig) parsed = NULL;
      g_autoptr (GBytes) open = NULL;
      g_autoptr (GError) error = NULL;
      GstP2pDcepType type;

      config->ordered = i % 2;
      config->reliability = kinds[i / 2];
      config->parameter = i / 2 ? 1000 : 0;
      g_free (config->label);
      config->label = g_strdup ("ä label");
      open = gst_p2p_dcep_new_open (config);
      gst_p2p_dcep_parse (g_bytes_get_data (open, NULL), g_bytes_get_size (open), &type, &parsed,
                          &error);

      g_assert_no_error (error);
      g_assert_cmpint (type, ==, GST_P2P_DCEP_OPEN);
      g_assert_cmpint (parsed->ordered, ==, config->ordered);
      g_assert_cmpint (parsed->reliability, ==, config->reliability);
      g_assert_cmpuint (parsed->parameter, ==, config->parameter);
      g_assert_cmpstr (parsed->label, ==, config->label);
      g_assert_cmpstr (parsed->protocol, ==, "");
    }
}

static void
test_ack (void)
{
  g_autoptr (GBytes) ack = gst_p2p_dcep_new_ack ();
  GstP2pChannelConfig *config;
  GstP2pDcepType type;

  g_assert_true (gst_p2p_dcep_parse (g_bytes_get_data (ack, NULL), g_bytes_get_size (ack), &type,
                                     &config, NULL));
  g_assert_cmpint (type, ==, GST_P2P_DCEP_ACK);
  g_assert_null (config);
}

static void
assert_refused (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  GstP2pChannelConfig *config;
  GstP2pDcepType type;
  g_autofree guint8 *copy = g_memdup2 (data, size); /* exact, so that ASan sees a byte too far */

  g_assert_false (gst_p2p_dcep_parse (copy, size, &type, &config, &error));
  g_assert_true (error && error->domain == GST_P2P_ERROR);
  g_assert_null (config);
}

static void
test_hostile (void)
{
  g_autoptr (GstP2pChannelConfig) config = gst_p2p_channel_config_new ();
  g_autoptr (GBytes) open = NULL;
  guint8 bytes[64];
  gsize size;

  g_free (config->label);
  config->label = g_strdup ("label");
  open = gst_p2p_dcep_new_open (config);
  size = g_bytes_get_size (open);
  memcpy (bytes, g_bytes_get_data (open, NULL), size);

  for (gsize cut = 0; cut < size; cut++)
    assert_refused (bytes, cut);
  assert_refused (bytes, size + 1); /* trailing bytes */
  bytes[1] = 0x03;
  assert_refused (bytes, size); /* channel type */
  bytes[1] = 0;
  bytes[12] = 0xff;
  assert_refused (bytes, size); /* not UTF-8 */
  bytes[12] = 0;
  assert_refused (bytes, size); /* a NUL in the label */
  bytes[0] = 1;
  assert_refused (bytes, size); /* message type */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dcep/open-bytes", test_open_bytes);
  g_test_add_func ("/dcep/round-trip", test_round_trip);
  g_test_add_func ("/dcep/ack", test_ack);
  g_test_add_func ("/dcep/hostile", test_hostile);
  return g_test_run ();
}
