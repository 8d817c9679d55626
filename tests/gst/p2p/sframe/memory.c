/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys leave nothing behind: after the last reference is gone, neither a base key nor what was
 * derived from it is anywhere in this process's writable memory.
 *
 * The test itself knows the keys only XORed with a mask.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "tests/common/watchdog.h"
#include "tests/gst/p2p/sframe/pair.h"

#define MASK 0xa5
#define KEY_SIZE 16
#define CHUNK (1 << 20)
/* Sanitizers reserve terabytes; no heap of this test is that large. */
#define MAX_REGION ((guint64)256 << 20)

typedef struct
{
  const gchar *name;
  guint8 masked[KEY_SIZE];
} Needle;

static void
needle_set (Needle *needle, const gchar *name, const guint8 *key)
{
  needle->name = name;
  for (guint i = 0; i < KEY_SIZE; i++)
    needle->masked[i] = key[i] ^ MASK;
}

static guint
count_in (const guint8 *data, gsize size, const Needle *needle)
{
  guint found = 0;

  for (gsize i = 0; i + KEY_SIZE <= size; i++)
    {
      guint k = 0;

      while (k < KEY_SIZE && (data[i + k] ^ MASK) == needle->masked[k])
        k++;
      found += k == KEY_SIZE;
    }
  return found;
}

/* How often the key is in writable memory, the buffer of this function and the stack below aside.
 */
static guint
scan (const Needle *needle)
{
  static guint8 buffer[CHUNK + KEY_SIZE];
  g_autofree gchar *maps = NULL;
  g_auto (GStrv) lines = NULL;
  int memory = open ("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  guint found = 0;

  g_assert_cmpint (memory, >=, 0);
  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    {
      guint64 start, end;
      gchar modes[5];

      if (sscanf (lines[i], "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x %4s", &start, &end,
                  modes)
              != 3
          || modes[0] != 'r' || modes[1] != 'w' || end - start > MAX_REGION)
        continue;
      for (guint64 at = start; at < end; at += CHUNK)
        {
          gssize n = pread (memory, buffer, MIN (sizeof buffer, end - at), (off_t)at);
          gboolean own = at < (guintptr)buffer + sizeof buffer && at + CHUNK > (guintptr)buffer;

          if (n > 0 && !own)
            found += count_in (buffer, (gsize)n, needle);
          OPENSSL_cleanse (buffer, sizeof buffer);
        }
    }
  close (memory);
  return found;
}

/* Seals and opens with a fresh key and its ratchets; @needles get all keys, masked. */
static TestLink *
use_keys (GstP2pSframeFormat format, guint suite_id, Needle needles[3])
{
  GstP2pSframeConfig config = {
    .format = format, .suite = (GstP2pSframeSuite)suite_id, .ratchet_bits = 3, .replay_window = 64
  };
  const GstP2pSframeSuiteInfo *suite = gst_p2p_sframe_suite_get_info (suite_id, NULL);
  TestLink *link = test_link_new (&config, 1, 1, GST_P2P_SFRAME_COUNTER_AUTO);
  GstP2pSframeFrame frame
      = { .data = (const guint8 *)"speech", .size = 6, .codec = GST_P2P_SFRAME_CODEC_AUDIO };
  guint8 key[KEY_SIZE];
  GstP2pSecret *secret, *next;
  GstP2pSframeFrameKey derived;

  g_assert_cmpint (RAND_bytes (key, sizeof key), ==, 1);
  secret = gst_p2p_secret_new (key, sizeof key, NULL);
  needle_set (&needles[0], "base key", key);
  OPENSSL_cleanse (key, sizeof key);
  gst_p2p_sframe_derive (format, suite, 1, secret, GST_P2P_SFRAME_KEY_BYTES, &derived, NULL);
  needle_set (&needles[1], "frame key", derived.key);
  gst_p2p_sframe_frame_key_clear (&derived);
  next = gst_p2p_sframe_ratchet (format, suite, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
  needle_set (&needles[2], "next base key", gst_p2p_secret_get_data (next));
  gst_p2p_secret_unref (next);
  gst_p2p_sframe_keyring_add (link->send_ring, 1, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
  gst_p2p_sframe_keyring_add (link->receive_ring, 1, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
  gst_p2p_secret_unref (secret);
  test_link_round_trip (link, &frame);
  return link;
}

static void
check_format (GstP2pSframeFormat format, guint suite)
{
  Needle needles[3];
  TestLink *link = use_keys (format, suite, needles);
  GstP2pSframeFrame frame
      = { .data = (const guint8 *)"speech", .size = 6, .codec = GST_P2P_SFRAME_CODEC_AUDIO };

  /* That the scan can find a key at all. */
  g_assert_cmpuint (scan (&needles[0]), >=, 1);
  g_assert_cmpuint (scan (&needles[1]), >=, 1);
  /* A ratchet forgets the base key that it came from. */
  g_assert_true (gst_p2p_sframe_sealer_ratchet (link->sealer, NULL));
  test_link_round_trip (link, &frame);
  g_assert_cmpuint (scan (&needles[2]), >=, 1);
  g_assert_cmpuint (scan (&needles[0]), ==, 0);
  test_link_free (link);
  for (guint i = 0; i < G_N_ELEMENTS (needles); i++)
    {
      guint found = scan (&needles[i]);

      if (found != 0)
        g_error ("the %s is still in memory, %u times", needles[i].name, found);
    }
}

static void
test_formats (void)
{
  check_format (GST_P2P_SFRAME_FORMAT_SFRAME, GST_P2P_SFRAME_SUITE_AES_128_GCM_SHA256_128);
  check_format (GST_P2P_SFRAME_FORMAT_SFRAME, GST_P2P_SFRAME_SUITE_AES_256_CTR_HMAC_SHA512_80);
  check_format (GST_P2P_SFRAME_FORMAT_JITSI, GST_P2P_SFRAME_SUITE_AES_128_GCM_SHA256_128);
  check_format (GST_P2P_SFRAME_FORMAT_LIVEKIT, GST_P2P_SFRAME_SUITE_AES_256_GCM_SHA512_128);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (120);
  g_test_add_func ("/sframe/memory", test_formats);
  return g_test_run ();
}
