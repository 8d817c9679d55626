/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ratchets and epochs: receivers follow, over losses and reordering, and forgeries move nothing.
 */
#include "gst/p2p/base/error.h"
#include "tests/common/watchdog.h"
#include "tests/gst/p2p/sframe/pair.h"

static const GstP2pSframeFrame audio
    = { .data = (const guint8 *)"some audio", .size = 10, .codec = GST_P2P_SFRAME_CODEC_AUDIO };

static void
ratchet (TestLink *link)
{
  GError *error = NULL;

  gst_p2p_sframe_sealer_ratchet (link->sealer, &error);
  g_assert_no_error (error);
}

static guint64
current_kid (TestLink *link)
{
  guint64 kid, counter;
  gchar fingerprint[GST_P2P_SFRAME_FINGERPRINT_SIZE];

  g_assert_true (gst_p2p_sframe_sealer_get_current (link->sealer, &kid, &counter, fingerprint));
  return kid;
}

/*
 * More steps than fit into the key id, with a late frame of the step before at each. Fewer than an
 * opener derives keys for in a second.
 */
static void
check_sframe_steps (guint bits)
{
  GstP2pSframeConfig config = { .format = GST_P2P_SFRAME_FORMAT_SFRAME, .ratchet_bits = bits };
  guint64 mask = (1u << bits) - 1, first = (5u << bits) + (3 & mask);
  g_autoptr (TestLink) link = test_link_new (&config, first, 1, 0);
  GBytes *late = NULL;

  for (guint step = 0; step < 300; step++)
    {
      GBytes *next;

      g_assert_cmpuint (current_kid (link), ==, (first & ~mask) + ((first + step) & mask));
      test_link_round_trip (link, &audio);
      if (late)
        {
          g_assert_cmpint (test_link_open (link, late, &audio, NULL), ==,
                           GST_P2P_SFRAME_VERDICT_OPENED);
          g_assert_cmpint (test_link_open (link, late, &audio, NULL), ==,
                           GST_P2P_SFRAME_VERDICT_REPLAY);
          g_bytes_unref (late);
        }
      next = test_link_seal (link, &audio);
      late = next;
      ratchet (link);
    }
  g_bytes_unref (late);
}

static void
test_sframe_steps (void)
{
  check_sframe_steps (1);
  check_sframe_steps (2);
  check_sframe_steps (4);
  check_sframe_steps (8);
}

/* Whole steps of which nothing arrives. */
static void
test_sframe_losses (void)
{
  GstP2pSframeConfig config = { .format = GST_P2P_SFRAME_FORMAT_SFRAME, .ratchet_bits = 4 };
  g_autoptr (TestLink) link = test_link_new (&config, 0x70, 1, 0);

  for (guint lost = 0; lost < 15; lost++)
    {
      for (guint i = 0; i <= lost; i++)
        ratchet (link);
      test_link_round_trip (link, &audio);
    }
}

static void
test_sframe_forgery (void)
{
  GstP2pSframeConfig config = { .format = GST_P2P_SFRAME_FORMAT_SFRAME, .ratchet_bits = 4 };
  g_autoptr (TestLink) link = test_link_new (&config, 0x70, 1, 0);
  g_autoptr (TestLink) forger = test_link_new (&config, 0x70, 2, GST_P2P_SFRAME_COUNTER_AUTO);
  GstP2pSframeKeyringEntry entry;

  test_link_round_trip (link, &audio);
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GBytes) forged = test_link_seal (forger, &audio);

      g_assert_cmpint (test_link_open (link, forged, &audio, NULL), ==,
                       GST_P2P_SFRAME_VERDICT_BAD_TAG);
      ratchet (forger);
    }
  g_assert_true (gst_p2p_sframe_keyring_lookup (link->receive_ring, 0x70, 4, &entry));
  g_assert_cmpuint (entry.kid, ==, 0x70);
  g_assert_cmpuint (entry.step, ==, 0);
  gst_p2p_sframe_keyring_entry_clear (&entry);
  ratchet (link);
  test_link_round_trip (link, &audio);
  /* Now it did move, and the old base key is gone. */
  g_assert_true (gst_p2p_sframe_keyring_lookup (link->receive_ring, 0x71, 0, &entry));
  g_assert_cmpuint (entry.step, ==, 1);
  gst_p2p_sframe_keyring_entry_clear (&entry);
  g_assert_false (gst_p2p_sframe_keyring_lookup (link->receive_ring, 0x70, 0, &entry));
}

static void
check_browser (GstP2pSframeFormat format)
{
  GstP2pSframeConfig config = { .format = format, .ratchet_bits = 3 };
  g_autoptr (TestLink) link = test_link_new (&config, 5, 1, GST_P2P_SFRAME_COUNTER_AUTO);
  g_autoptr (TestLink) forger = test_link_new (&config, 5, 2, GST_P2P_SFRAME_COUNTER_AUTO);

  /* Fewer frames that need a trial than an opener has for a second. */
  for (guint step = 0; step < 12; step++)
    {
      g_autoptr (GBytes) late = test_link_seal (link, &audio);
      g_autoptr (GBytes) forged = test_link_seal (forger, &audio);

      g_assert_cmpint (test_link_open (link, forged, &audio, NULL), ==,
                       GST_P2P_SFRAME_VERDICT_BAD_TAG);
      test_link_round_trip (link, &audio);
      ratchet (link);
      test_link_round_trip (link, &audio);
      g_assert_cmpuint (current_kid (link), ==, 5);
      g_assert_cmpint (test_link_open (link, late, &audio, NULL), ==,
                       GST_P2P_SFRAME_VERDICT_OPENED);
      g_assert_cmpint (test_link_open (link, late, &audio, NULL), ==,
                       GST_P2P_SFRAME_VERDICT_REPLAY);
    }
}

static void
test_browsers (void)
{
  check_browser (GST_P2P_SFRAME_FORMAT_JITSI);
  check_browser (GST_P2P_SFRAME_FORMAT_LIVEKIT);
}

/* Without ratchet-bits a receiver follows when it is told to. */
static void
test_announced (void)
{
  GstP2pSframeConfig config = { .format = GST_P2P_SFRAME_FORMAT_JITSI };
  g_autoptr (TestLink) link = test_link_new (&config, 5, 1, GST_P2P_SFRAME_COUNTER_AUTO);
  g_autoptr (GstP2pSecret) next = NULL;
  g_autoptr (GBytes) sealed = NULL;
  GstP2pSframeKeyringEntry entry;

  test_link_round_trip (link, &audio);
  ratchet (link);
  sealed = test_link_seal (link, &audio);
  g_assert_cmpint (test_link_open (link, sealed, &audio, NULL), ==, GST_P2P_SFRAME_VERDICT_BAD_TAG);
  g_assert_true (gst_p2p_sframe_keyring_lookup (link->receive_ring, 5, 0, &entry));
  next = gst_p2p_sframe_ratchet (config.format,
                                 gst_p2p_sframe_suite_get_info (link->config.suite, NULL),
                                 entry.secret, entry.kind, NULL);
  g_assert_true (gst_p2p_sframe_keyring_advance (link->receive_ring, entry.serial, 0, 1, 5, next));
  gst_p2p_sframe_keyring_entry_clear (&entry);
  g_assert_cmpint (test_link_open (link, sealed, &audio, NULL), ==, GST_P2P_SFRAME_VERDICT_OPENED);
}

/* KID = context ‖ sender ‖ epoch, with one base key an epoch. */
static void
test_epochs (void)
{
  GstP2pSframeConfig config = { .format = GST_P2P_SFRAME_FORMAT_SFRAME };
  g_autoptr (TestLink) receiver = test_link_new (&config, 1, 99, 0);
  g_autoptr (GstP2pSecret) old = test_secret (7), new = test_secret (8);
  GError *error = NULL;

  g_assert_true (gst_p2p_sframe_keyring_add_epoch (receiver->receive_ring, 14, 4, 8, old, NULL));
  g_assert_true (gst_p2p_sframe_keyring_add_epoch (receiver->receive_ring, 17, 4, 8, new, NULL));
  for (guint sender = 0; sender < 100; sender++)
    {
      g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keyring_new ();
      g_autoptr (GstP2pSframeSealer) sealer
          = gst_p2p_sframe_sealer_new (&receiver->config, ring, NULL);
      guint64 kid = ((guint64)3 << 12) + (sender << 4) + (sender % 2 ? 14 : 17 % 16), got;
      guint8 out[64], back[64];
      gsize size;
      GstP2pSframeFrame frame;

      g_assert_true (gst_p2p_sframe_keyring_add_epoch (ring, sender % 2 ? 14 : 17, 4, 8,
                                                       sender % 2 ? old : new, NULL));
      gst_p2p_sframe_sealer_set_key (sealer, kid, 0, &error);
      g_assert_no_error (error);
      g_assert_true (gst_p2p_sframe_sealer_seal (sealer, &audio, out, &size, NULL));
      frame = (GstP2pSframeFrame){ .data = out, .size = size };
      g_assert_cmpint (gst_p2p_sframe_opener_open (receiver->opener, &frame, back, &size, &got), ==,
                       GST_P2P_SFRAME_VERDICT_OPENED);
      g_assert_cmpuint (got, ==, kid);
    }
  g_assert_false (gst_p2p_sframe_keyring_add_epoch (receiver->receive_ring, 1, 0, 8, old, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
  g_clear_error (&error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (120);
  g_test_add_func ("/sframe/ratchet/steps", test_sframe_steps);
  g_test_add_func ("/sframe/ratchet/losses", test_sframe_losses);
  g_test_add_func ("/sframe/ratchet/forgery", test_sframe_forgery);
  g_test_add_func ("/sframe/ratchet/browsers", test_browsers);
  g_test_add_func ("/sframe/ratchet/announced", test_announced);
  g_test_add_func ("/sframe/epochs", test_epochs);
  return g_test_run ();
}
