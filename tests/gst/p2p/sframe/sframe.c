/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sealing and opening: every format, suite and codec; tampering of every kind; replay.
 */
#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/sframe/nalu.h"
#include "tests/common/watchdog.h"
#include "tests/gst/p2p/sframe/pair.h"

#define SFRAME                                                                                     \
  {                                                                                                \
    .format = GST_P2P_SFRAME_FORMAT_SFRAME                                                         \
  }

static const GstP2pSframeConfig sframe = { .format = GST_P2P_SFRAME_FORMAT_SFRAME };
static const GstP2pSframeConfig jitsi = { .format = GST_P2P_SFRAME_FORMAT_JITSI };
static const GstP2pSframeConfig livekit = { .format = GST_P2P_SFRAME_FORMAT_LIVEKIT };

/* SPS, PPS and an IDR slice whose bytes want emulation prevention once it is random. */
static const guint8 h264_start[] = { 0, 0,    0,    1,    0x67, 0x42, 0xc0, 0x1f, 0, 0,    0,
                                     1, 0x68, 0xce, 0x3c, 0x80, 0,    0,    0,    1, 0x65, 0x88 };

static GBytes *
h264_frame (gsize payload, guint32 seed)
{
  g_autoptr (GBytes) random = test_bytes (payload, seed);
  GByteArray *frame = g_byte_array_new ();
  const guint8 *data = g_bytes_get_data (random, NULL);

  g_byte_array_append (frame, h264_start, sizeof h264_start);
  for (gsize i = 0; i < payload; i++)
    {
      guint8 byte = data[i] | 4; /* no start code in it */

      g_byte_array_append (frame, &byte, 1);
    }
  return g_byte_array_free_to_bytes (frame);
}

static void
test_sizes (void)
{
  static const gsize sizes[] = { 0, 1, 2, 15, 16, 17, 100, 1200, 65535, 1 << 20, 16 << 20 };

  for (guint suite = 1; suite <= 8; suite++)
    {
      GstP2pSframeConfig config = SFRAME;
      g_autoptr (TestLink) link = NULL;

      config.suite = (GstP2pSframeSuite)suite;
      link = test_link_new (&config, suite * 1000, 1, GST_P2P_SFRAME_COUNTER_AUTO);
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          g_autoptr (GBytes) plain = test_bytes (sizes[i], i);
          GstP2pSframeFrame frame = { .data = g_bytes_get_data (plain, NULL), .size = sizes[i] };

          test_link_round_trip (link, &frame);
        }
    }
}

static void
test_codecs (void)
{
  const GstP2pSframeConfig *formats[] = { &jitsi, &livekit };

  for (guint f = 0; f < G_N_ELEMENTS (formats); f++)
    for (guint codec = GST_P2P_SFRAME_CODEC_AUDIO; codec <= GST_P2P_SFRAME_CODEC_VP9; codec++)
      {
        g_autoptr (TestLink) link = test_link_new (formats[f], 3, 1, GST_P2P_SFRAME_COUNTER_AUTO);

        for (gsize size = 10; size < 3000; size += 97)
          {
            g_autoptr (GBytes) plain = test_bytes (size, (guint32)size);
            GstP2pSframeFrame frame = { .data = g_bytes_get_data (plain, NULL),
                                        .size = size,
                                        .codec = (GstP2pSframeCodec)codec,
                                        .keyframe = size % 2 };

            test_link_round_trip (link, &frame);
          }
      }
}

/* No start code may appear behind the clear bytes, whatever the ciphertext. */
static void
assert_no_start_code (GBytes *sealed, gsize clear)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (sealed, &size);

  for (gsize i = clear; i + 3 <= size; i++)
    g_assert_false (data[i] == 0 && data[i + 1] == 0 && data[i + 2] <= 2);
}

static void
test_h264 (void)
{
  g_autoptr (TestLink) link = test_link_new (&livekit, 0, 1, GST_P2P_SFRAME_COUNTER_AUTO);
  guint pps_bits = 0;

  for (guint i = 0; i < 400; i++)
    {
      g_autoptr (GBytes) plain = h264_frame (i * 37 % 5000 + 1, i), sealed = NULL;
      GstP2pSframeFrame frame = { .codec = GST_P2P_SFRAME_CODEC_H264, .keyframe = TRUE };

      frame.data = g_bytes_get_data (plain, &frame.size);
      test_link_round_trip (link, &frame);
      sealed = test_link_seal (link, &frame);
      assert_no_start_code (sealed, sizeof h264_start);
      pps_bits += ((const guint8 *)g_bytes_get_data (sealed, NULL))[sizeof h264_start] >> 7;
      test_link_open (link, sealed, &frame, NULL);
    }
  /* 0x88 ends with the slice type: pic_parameter_set_id starts in the first sealed bit. */
  g_assert_cmpuint (pps_bits, ==, 400);
}

static void
test_h264_lengths (void)
{
  g_autoptr (TestLink) link = test_link_new (&livekit, 0, 1, GST_P2P_SFRAME_COUNTER_AUTO);

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (GBytes) stream = h264_frame (i * 37 + 1, i), sealed = NULL, again = NULL;
      gsize size, sealed_size;
      const guint8 *bytes = g_bytes_get_data (stream, &size), *sealed_bytes;
      g_autofree guint8 *lengths = g_memdup2 (bytes, size), *copy = NULL;
      GstP2pSframeFrame frame = { .data = lengths,
                                  .size = size,
                                  .codec = GST_P2P_SFRAME_CODEC_H264,
                                  .keyframe = TRUE,
                                  .length_prefixed = TRUE };

      g_assert_true (gst_p2p_sframe_nalu_to_lengths (lengths, size));
      test_link_round_trip (link, &frame);
      /* What is sealed is well formed, and the same as the byte stream once converted. */
      sealed = test_link_seal (link, &frame);
      sealed_bytes = g_bytes_get_data (sealed, &sealed_size);
      copy = g_memdup2 (sealed_bytes, sealed_size);
      g_assert_true (gst_p2p_sframe_nalu_from_lengths (copy, sealed_size, TRUE));
      again = g_bytes_new (copy, sealed_size);
      frame.length_prefixed = FALSE;
      {
        g_autoptr (GBytes) plain = NULL;

        g_assert_cmpint (test_link_open (link, again, &frame, &plain), ==,
                         GST_P2P_SFRAME_VERDICT_OPENED);
        g_assert_true (g_bytes_equal (plain, stream));
      }
    }
}

/* Header bytes that are zero: the sealed bytes behind them may make up a start code. */
static void
test_zero_header (void)
{
  static const guint8 lengths[] = { 0, 0, 0, 5, 0, 0, 0, 0x9a, 0x9a };
  g_autoptr (TestLink) link = test_link_new (&livekit, 0, 1, GST_P2P_SFRAME_COUNTER_AUTO);
  GstP2pSframeFrame frame = { .data = lengths,
                              .size = sizeof lengths,
                              .codec = GST_P2P_SFRAME_CODEC_H265,
                              .length_prefixed = TRUE };

  for (guint i = 0; i < 5000; i++)
    test_link_round_trip (link, &frame);
}

/* Any change of a sealed frame: it does not open, and the original does afterwards. */
static void
check_tampering (const GstP2pSframeConfig *config, const GstP2pSframeFrame *frame)
{
  g_autoptr (TestLink) link = test_link_new (config, 2, 1, GST_P2P_SFRAME_COUNTER_AUTO);
  g_autoptr (GBytes) sealed = test_link_seal (link, frame), plain = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (sealed, &size);

  for (gsize bit = 0; bit < size * 8; bit++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, size);
      g_autoptr (GBytes) changed = NULL;

      copy[bit / 8] ^= (guint8)(1u << (bit % 8));
      changed = g_bytes_new (copy, size);
      g_assert_cmpint (test_link_open (link, changed, frame, NULL), >,
                       GST_P2P_SFRAME_VERDICT_FILLER);
    }
  for (gsize shorter = 0; shorter < size; shorter++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (sealed, 0, shorter);
      g_autoptr (GBytes) tail = g_bytes_new_from_bytes (sealed, size - shorter, shorter);

      g_assert_cmpint (test_link_open (link, cut, frame, NULL), >, GST_P2P_SFRAME_VERDICT_FILLER);
      g_assert_cmpint (test_link_open (link, tail, frame, NULL), >, GST_P2P_SFRAME_VERDICT_FILLER);
    }
  g_assert_cmpint (test_link_open (link, sealed, frame, &plain), ==, GST_P2P_SFRAME_VERDICT_OPENED);
  g_assert_cmpint (test_link_open (link, sealed, frame, NULL), ==, GST_P2P_SFRAME_VERDICT_REPLAY);
}

static void
test_tampering (void)
{
  g_autoptr (GBytes) random = test_bytes (150, 1), h264 = h264_frame (120, 2);
  GstP2pSframeFrame frame = { .keyframe = TRUE };

  frame.data = g_bytes_get_data (random, &frame.size);
  for (guint suite = 1; suite <= 8; suite++)
    {
      GstP2pSframeConfig config = SFRAME;

      config.suite = (GstP2pSframeSuite)suite;
      check_tampering (&config, &frame);
    }
  frame.codec = GST_P2P_SFRAME_CODEC_VP8;
  check_tampering (&jitsi, &frame);
  frame.codec = GST_P2P_SFRAME_CODEC_VP9;
  check_tampering (&livekit, &frame);
  frame.codec = GST_P2P_SFRAME_CODEC_H264;
  frame.data = g_bytes_get_data (h264, &frame.size);
  check_tampering (&livekit, &frame);
}

static void
test_other_keys (void)
{
  g_autoptr (TestLink) mine = test_link_new (&sframe, 1, 1, 0);
  g_autoptr (TestLink) same_id = test_link_new (&sframe, 1, 2, 0);
  g_autoptr (TestLink) other_id = test_link_new (&sframe, 9, 1, 0);
  g_autoptr (GBytes) plain = test_bytes (100, 1);
  GstP2pSframeFrame frame = { .data = g_bytes_get_data (plain, NULL), .size = 100 };
  g_autoptr (GBytes) a = test_link_seal (same_id, &frame), b = test_link_seal (other_id, &frame);

  g_assert_cmpint (test_link_open (mine, a, &frame, NULL), ==, GST_P2P_SFRAME_VERDICT_BAD_TAG);
  g_assert_cmpint (test_link_open (mine, b, &frame, NULL), ==, GST_P2P_SFRAME_VERDICT_NO_KEY);
  test_link_round_trip (mine, &frame);
}

static void
test_metadata (void)
{
  g_autoptr (TestLink) link = test_link_new (&sframe, 1, 1, 0);
  g_autoptr (GBytes) plain = test_bytes (100, 1), sealed = NULL;
  GstP2pSframeFrame frame = { .data = g_bytes_get_data (plain, NULL),
                              .size = 100,
                              .metadata = (const guint8 *)"left",
                              .metadata_size = 4 };

  sealed = test_link_seal (link, &frame);
  frame.metadata = (const guint8 *)"rite";
  g_assert_cmpint (test_link_open (link, sealed, &frame, NULL), ==, GST_P2P_SFRAME_VERDICT_BAD_TAG);
  frame.metadata_size = 0;
  g_assert_cmpint (test_link_open (link, sealed, &frame, NULL), ==, GST_P2P_SFRAME_VERDICT_BAD_TAG);
  frame.metadata = (const guint8 *)"left";
  frame.metadata_size = 4;
  g_assert_cmpint (test_link_open (link, sealed, &frame, NULL), ==, GST_P2P_SFRAME_VERDICT_OPENED);
}

/* Frames 0 to 99 sealed; what of them opens in which order. */
static void
check_reordering (const GstP2pSframeConfig *base)
{
  GstP2pSframeConfig config = *base;
  g_autoptr (TestLink) link = NULL;
  g_autoptr (GBytes) plain = test_bytes (100, 1);
  GstP2pSframeFrame frame = { .data = g_bytes_get_data (plain, NULL),
                              .size = 100,
                              .codec = GST_P2P_SFRAME_CODEC_AUDIO };
  GBytes *sealed[100];

  config.replay_window = 32;
  link = test_link_new (&config, 1, 1, GST_P2P_SFRAME_COUNTER_AUTO);
  for (guint i = 0; i < 100; i++)
    sealed[i] = test_link_seal (link, &frame);
  for (guint i = 0; i < 40; i += 2)
    g_assert_cmpint (test_link_open (link, sealed[i], &frame, NULL), ==,
                     GST_P2P_SFRAME_VERDICT_OPENED);
  for (guint i = 9; i < 40; i += 2)
    g_assert_cmpint (test_link_open (link, sealed[i], &frame, NULL), ==,
                     GST_P2P_SFRAME_VERDICT_OPENED);
  for (guint i = 0; i < 40; i += 2)
    g_assert_cmpint (test_link_open (link, sealed[i], &frame, NULL), ==,
                     GST_P2P_SFRAME_VERDICT_REPLAY);
  for (guint i = 60; i < 100; i++)
    g_assert_cmpint (test_link_open (link, sealed[i], &frame, NULL), ==,
                     GST_P2P_SFRAME_VERDICT_OPENED);
  /* Too late: before the window. */
  for (guint i = 0; i < 60; i++)
    g_assert_cmpint (test_link_open (link, sealed[i], &frame, NULL), ==,
                     GST_P2P_SFRAME_VERDICT_REPLAY);
  for (guint i = 0; i < 100; i++)
    g_bytes_unref (sealed[i]);
  test_link_round_trip (link, &frame);
}

static void
test_reordering (void)
{
  check_reordering (&sframe);
  check_reordering (&jitsi);
  check_reordering (&livekit);
}

static void
assert_refused (const GstP2pSframeConfig *config, const GstP2pSframeFrame *frame, gint code,
                const gchar *words)
{
  g_autoptr (TestLink) link = test_link_new (config, 0, 1, 0);
  g_autofree guint8 *out = g_malloc (gst_p2p_sframe_sealer_get_max_size (link->sealer, frame));
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_false (gst_p2p_sframe_sealer_seal (link->sealer, frame, out, &size, &error));
  g_assert_error (error, GST_P2P_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_refusals (void)
{
  g_autoptr (GBytes) h264 = h264_frame (10, 1);
  GstP2pSframeFrame frame = { .data = (const guint8 *)"abcdefghij", .size = 10 };
  GstP2pSframeConfig config = { .format = GST_P2P_SFRAME_FORMAT_JITSI,
                                .suite = GST_P2P_SFRAME_SUITE_AES_256_GCM_SHA512_128 };
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keyring_new ();
  g_autoptr (GError) error = NULL;

  assert_refused (&jitsi, &frame, GST_P2P_ERROR_SETTINGS, "codec");
  frame.codec = GST_P2P_SFRAME_CODEC_AV1;
  assert_refused (&livekit, &frame, GST_P2P_ERROR_SETTINGS, "AV1");
  frame.codec = GST_P2P_SFRAME_CODEC_H264;
  assert_refused (&jitsi, &frame, GST_P2P_ERROR_SETTINGS, "H.264");
  assert_refused (&livekit, &frame, GST_P2P_ERROR_INVALID, "slice");
  frame.data = g_bytes_get_data (h264, NULL);
  frame.size = 8; /* the SPS alone */
  assert_refused (&livekit, &frame, GST_P2P_ERROR_INVALID, "slice");
  frame.codec = GST_P2P_SFRAME_CODEC_VP8;
  frame.size = 2;
  assert_refused (&jitsi, &frame, GST_P2P_ERROR_INVALID, "shorter");
  g_assert_null (gst_p2p_sframe_sealer_new (&config, ring, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
  g_clear_error (&error);
  config.suite = (GstP2pSframeSuite)9;
  g_assert_null (gst_p2p_sframe_opener_new (&config, ring, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, "Unknown SFrame cipher suite 9"));
}

static void
test_exhausted (void)
{
  g_autoptr (TestLink) link = test_link_new (&sframe, 1, 1, G_MAXUINT64 - 2);
  GstP2pSframeFrame frame = { .data = (const guint8 *)"abc", .size = 3 };
  g_autofree guint8 *out = g_malloc (100);
  g_autoptr (GError) error = NULL;
  gsize size;

  test_link_round_trip (link, &frame);
  test_link_round_trip (link, &frame);
  g_assert_false (gst_p2p_sframe_sealer_seal (link->sealer, &frame, out, &size, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT);
}

static void
test_injected (void)
{
  GstP2pSframeConfig config = { .format = GST_P2P_SFRAME_FORMAT_LIVEKIT };
  g_autoptr (GBytes) trailer = g_bytes_new ("SERVER", 6);
  guint8 opus[80 + 6] = { 0xf8, 0xff, 0xfe };
  GstP2pSframeFrame like = { .codec = GST_P2P_SFRAME_CODEC_AUDIO };
  g_autoptr (TestLink) link = NULL;
  g_autoptr (GBytes) filler = NULL, other = NULL, plain = NULL;

  config.sif_trailer = trailer;
  link = test_link_new (&config, 0, 1, GST_P2P_SFRAME_COUNTER_AUTO);
  memcpy (opus + 80, "SERVER", 6);
  filler = g_bytes_new (opus, sizeof opus);
  g_assert_cmpint (test_link_open (link, filler, &like, &plain), ==, GST_P2P_SFRAME_VERDICT_FILLER);
  g_assert_cmpuint (g_bytes_get_size (plain), ==, 80);
  opus[40] = 1;
  other = g_bytes_new (opus, sizeof opus);
  g_assert_cmpint (test_link_open (link, other, &like, NULL), ==, GST_P2P_SFRAME_VERDICT_MALFORMED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (120);
  g_test_add_func ("/sframe/sizes", test_sizes);
  g_test_add_func ("/sframe/codecs", test_codecs);
  g_test_add_func ("/sframe/h264", test_h264);
  g_test_add_func ("/sframe/h264-lengths", test_h264_lengths);
  g_test_add_func ("/sframe/zero-header", test_zero_header);
  g_test_add_func ("/sframe/tampering", test_tampering);
  g_test_add_func ("/sframe/other-keys", test_other_keys);
  g_test_add_func ("/sframe/metadata", test_metadata);
  g_test_add_func ("/sframe/reordering", test_reordering);
  g_test_add_func ("/sframe/refusals", test_refusals);
  g_test_add_func ("/sframe/exhausted", test_exhausted);
  g_test_add_func ("/sframe/injected", test_injected);
  return g_test_run ();
}
