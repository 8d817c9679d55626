/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A frame costs no allocation in the core: the program's malloc counts. With HMAC suites
 * OpenSSL 3.0 makes two small ones itself for each message, whichever of its interfaces starts the
 * hash (EVP_MAC and EVP_Digest both replace the provider's state); those are all.
 */
#include <stdlib.h>

#include "tests/common/watchdog.h"
#include "tests/gst/p2p/sframe/pair.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define COUNTING 0
#else
#define COUNTING 1
#endif

#define FRAMES 5000
#define WARM_UP 10

/* Of this thread: the watchdog's allocates when it comes up, in the midst of a count. */
static _Thread_local guint allocations;

#if COUNTING
/* glibc's own, behind the names that this program takes over. */
extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *block, size_t size);

void *
malloc (size_t size)
{
  allocations++;
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  allocations++;
  return __libc_calloc (n, size);
}

void *
realloc (void *block, size_t size)
{
  allocations++;
  return __libc_realloc (block, size);
}
#endif

static void
check_frames (const GstP2pSframeConfig *config, GstP2pSframeCodec codec, guint of_openssl)
{
  static guint8 plain[2000] = { 0, 0, 0, 1, 0x65, 0x88, 4 }, sealed[4000], opened[4000];
  g_autoptr (TestLink) link = test_link_new (config, 1, 1, GST_P2P_SFRAME_COUNTER_AUTO);
  GstP2pSframeFrame frame
      = { .data = plain, .size = sizeof plain, .codec = codec, .keyframe = TRUE };
  guint before = 0;

  for (guint i = 0; i < FRAMES; i++)
    {
      GstP2pSframeFrame back = frame;
      gsize size;
      guint64 kid;

      /* The first frames may make what is kept: contexts, windows, room for the largest frame. */
      if (i == WARM_UP)
        before = allocations;
      g_assert_true (gst_p2p_sframe_sealer_seal (link->sealer, &frame, sealed, &size, NULL));
      back.data = sealed;
      back.size = size;
      g_assert_cmpint (gst_p2p_sframe_opener_open (link->opener, &back, opened, &size, &kid), ==,
                       GST_P2P_SFRAME_VERDICT_OPENED);
    }
  g_assert_cmpuint (allocations - before, <=, of_openssl * (FRAMES - WARM_UP));
}

static void
test_allocation (void)
{
  GstP2pSframeConfig config = { .format = GST_P2P_SFRAME_FORMAT_SFRAME };
  guint before = allocations;

  if (!COUNTING)
    {
      g_test_skip ("allocations are not counted here");
      return;
    }
  g_free (g_malloc (10));
  g_assert_cmpuint (allocations, >, before);
  for (guint suite = 1; suite <= 8; suite++)
    {
      config.suite = (GstP2pSframeSuite)suite;
      check_frames (&config, GST_P2P_SFRAME_CODEC_UNKNOWN,
                    gst_p2p_sframe_suite_get_info (suite, NULL)->auth_size > 0 ? 4 : 0);
    }
  config.suite = GST_P2P_SFRAME_SUITE_AES_128_GCM_SHA256_128;
  config.format = GST_P2P_SFRAME_FORMAT_JITSI;
  check_frames (&config, GST_P2P_SFRAME_CODEC_VP8, 0);
  config.format = GST_P2P_SFRAME_FORMAT_LIVEKIT;
  check_frames (&config, GST_P2P_SFRAME_CODEC_VP9, 0);
  check_frames (&config, GST_P2P_SFRAME_CODEC_H264, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (120);
  g_test_add_func ("/sframe/allocation", test_allocation);
  return g_test_run ();
}
