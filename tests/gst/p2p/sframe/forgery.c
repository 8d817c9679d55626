/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A flood of forged frames: no memory, no keys lost, genuine frames in between open, and a forged
 * frame costs at most twice what a genuine one does. A million frames with GST_P2P_SOAK=1.
 */
#include <malloc.h>
#include <string.h>

#include "gst/p2p/sframe/header.h"
#include "tests/common/watchdog.h"
#include "tests/gst/p2p/sframe/pair.h"

#define GENUINE_EVERY 50
#define SIZE 1000
/* Contexts that a flood may bring about: ratchet steps, strangers, and malloc's own slack. */
#define MEMORY_BOUND (1024 * 1024)

typedef struct
{
  const gchar *name;
  GstP2pSframeConfig config;
  gboolean epoch;
} Flood;

static const Flood floods[] = {
  { "sframe", { .format = GST_P2P_SFRAME_FORMAT_SFRAME }, FALSE },
  { "sframe, ratchet", { .format = GST_P2P_SFRAME_FORMAT_SFRAME, .ratchet_bits = 4 }, FALSE },
  { "sframe, epochs", { .format = GST_P2P_SFRAME_FORMAT_SFRAME }, TRUE },
  { "jitsi, ratchet", { .format = GST_P2P_SFRAME_FORMAT_JITSI, .ratchet_bits = 3 }, FALSE },
  { "livekit", { .format = GST_P2P_SFRAME_FORMAT_LIVEKIT }, FALSE },
};

static guint
flood_size (void)
{
  return g_getenv ("GST_P2P_SOAK") ? 1000000 : 20000;
}

/* Writes a frame that looks right, under one key id or another. */
static gsize
forge (const Flood *flood, GRand *random, guint8 *out)
{
  gsize header;

  for (gsize i = 0; i < SIZE; i += 4)
    {
      guint32 value = g_rand_int (random);

      memcpy (out + i, &value, 4);
    }
  if (flood->config.format == GST_P2P_SFRAME_FORMAT_SFRAME)
    {
      guint64 kid = flood->epoch ? (guint64)g_rand_int (random) << 4 | 1
                                 : 0x20 + (guint64)g_rand_int_range (random, 0, 20);

      header = gst_p2p_sframe_header_write (kid, ((guint64)1 << 60) + g_rand_int (random), out);
      return header + SIZE - GST_P2P_SFRAME_HEADER_MAX_SIZE;
    }
  out[SIZE - 2] = 12;
  out[SIZE - 1] = g_rand_int (random) % 4;
  return SIZE;
}

static void
add_epoch (GstP2pSframeKeyring *ring)
{
  g_autoptr (GstP2pSecret) secret = test_secret (5);

  g_assert_true (gst_p2p_sframe_keyring_add_epoch (ring, 1, 4, 8, secret, NULL));
}

static void
check_flood (const Flood *flood)
{
  g_autoptr (TestLink) link
      = test_link_new (&flood->config, 0x20 % 4, 1, GST_P2P_SFRAME_COUNTER_AUTO);
  g_autoptr (GstP2pSecret) secret = test_secret (1);
  g_autoptr (GBytes) plain = test_bytes (SIZE - 60, 1);
  GstP2pSframeFrame frame = { .data = g_bytes_get_data (plain, NULL),
                              .size = SIZE - 60,
                              .codec = GST_P2P_SFRAME_CODEC_AUDIO };
  guint8 forged[SIZE + 64], sealed[SIZE + 64], out[SIZE + 64];
  GRand *random = g_rand_new_with_seed (7);
  gint64 forged_us = 0, genuine_us = 0;
  guint n = flood_size (), genuine = 0;
  gsize memory = 0;
  guint64 kid = flood->config.format == GST_P2P_SFRAME_FORMAT_SFRAME ? 0x20 : 0;

  gst_p2p_sframe_keyring_add (link->send_ring, kid, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
  gst_p2p_sframe_keyring_add (link->receive_ring, kid, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
  g_assert_true (
      gst_p2p_sframe_sealer_set_key (link->sealer, kid, GST_P2P_SFRAME_COUNTER_AUTO, NULL));
  if (flood->epoch)
    add_epoch (link->receive_ring);
  for (guint i = 0; i < n; i++)
    {
      GstP2pSframeFrame attack = frame;
      gsize size, sealed_size;
      guint64 got;
      gint64 start;

      attack.data = forged;
      attack.size = forge (flood, random, forged);
      start = g_get_monotonic_time ();
      g_assert_cmpint (gst_p2p_sframe_opener_open (link->opener, &attack, out, &size, &got), >,
                       GST_P2P_SFRAME_VERDICT_FILLER);
      forged_us += g_get_monotonic_time () - start;
      if (i % GENUINE_EVERY != 0)
        continue;
      g_assert_true (gst_p2p_sframe_sealer_seal (link->sealer, &frame, sealed, &sealed_size, NULL));
      attack.data = sealed;
      attack.size = sealed_size;
      start = g_get_monotonic_time ();
      g_assert_cmpint (gst_p2p_sframe_opener_open (link->opener, &attack, out, &size, &got), ==,
                       GST_P2P_SFRAME_VERDICT_OPENED);
      genuine_us += g_get_monotonic_time () - start;
      genuine++;
      if (i == 0)
        memory = mallinfo2 ().uordblks;
    }
  g_assert_cmpuint (mallinfo2 ().uordblks, <=, memory + MEMORY_BOUND);
  g_test_message ("%s: forged %.2f us, genuine %.2f us", flood->name, (gdouble)forged_us / n,
                  (gdouble)genuine_us / genuine);
  g_rand_free (random);
}

static void
test_floods (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (floods); i++)
    check_flood (&floods[i]);
}

/* Frames whose tag is all that is wrong, against the same frames untouched; the best of many. */
static gdouble
open_ns (const Flood *flood, gboolean forged)
{
  g_autoptr (TestLink) link = test_link_new (&flood->config, 1, 1, GST_P2P_SFRAME_COUNTER_AUTO);
  g_autoptr (GBytes) plain = test_bytes (SIZE, 1);
  GstP2pSframeFrame frame = { .data = g_bytes_get_data (plain, NULL),
                              .size = SIZE,
                              .codec = GST_P2P_SFRAME_CODEC_AUDIO };
  enum
  {
    BATCH = 200
  };
  static guint8 sealed[BATCH][SIZE + 64], out[SIZE + 64];
  gdouble best = G_MAXDOUBLE;

  for (guint round = 0; round < 30; round++)
    {
      gsize sizes[BATCH], size;
      guint64 kid;
      gint64 start;

      for (guint i = 0; i < BATCH; i++)
        {
          g_assert_true (
              gst_p2p_sframe_sealer_seal (link->sealer, &frame, sealed[i], &sizes[i], NULL));
          if (forged)
            sealed[i][sizes[i] - 20] ^= 1;
        }
      start = g_get_monotonic_time ();
      for (guint i = 0; i < BATCH; i++)
        {
          GstP2pSframeFrame attack = frame;

          attack.data = sealed[i];
          attack.size = sizes[i];
          g_assert_cmpint (gst_p2p_sframe_opener_open (link->opener, &attack, out, &size, &kid)
                               == GST_P2P_SFRAME_VERDICT_OPENED,
                           ==, !forged);
        }
      best = MIN (best, (g_get_monotonic_time () - start) * 1000.0 / BATCH);
    }
  return best;
}

static void
test_cost (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (floods); i++)
    {
      gdouble forged = open_ns (&floods[i], TRUE), genuine = open_ns (&floods[i], FALSE);

      g_test_message ("%s: forged %.0f ns, genuine %.0f ns", floods[i].name, forged, genuine);
      g_assert_cmpfloat (forged, <=, 2 * genuine);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (g_getenv ("GST_P2P_SOAK") ? 600 : 120);
  g_test_add_func ("/sframe/forgery/floods", test_floods);
  g_test_add_func ("/sframe/forgery/cost", test_cost);
  return g_test_run ();
}
