/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Protected frames. The first byte chooses format, codec and layout; the rest is opened, which must
 * fail, and sealed, which opens again to the same.
 */
#include <string.h>

#include "gst/p2p/sframe/header.h"
#include "gst/p2p/sframe/sframe.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Both ends of each configuration, made once: a key's derivation is no parser. */
typedef struct
{
  GstP2pSframeConfig config;
  GstP2pSframeSealer *sealer;
  GstP2pSframeOpener *opener;
} End;

static End *
get_end (guint index)
{
  static End ends[6];
  static const GstP2pSframeSuite suites[] = { GST_P2P_SFRAME_SUITE_AES_128_GCM_SHA256_128,
                                              GST_P2P_SFRAME_SUITE_AES_128_CTR_HMAC_SHA256_32 };
  End *end = &ends[index % G_N_ELEMENTS (ends)];
  GstP2pSframeKeyring *ring;
  GstP2pSecret *secret;

  if (end->sealer)
    return end;
  end->config.format = (GstP2pSframeFormat)(index % 3);
  end->config.suite
      = suites[end->config.format == GST_P2P_SFRAME_FORMAT_SFRAME ? index / 3 % 2 : 0];
  end->config.ratchet_bits = index / 3 % 2 * 2;
  end->config.replay_window = 64;
  end->config.sif_trailer = g_bytes_new_static ("SIF", 3);
  ring = gst_p2p_sframe_keyring_new ();
  secret = gst_p2p_secret_new ((const guint8 *)"0123456789abcdef", 16, NULL);
  gst_p2p_sframe_keyring_add (ring, 0, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
  end->sealer = gst_p2p_sframe_sealer_new (&end->config, ring, NULL);
  end->opener = gst_p2p_sframe_opener_new (&end->config, ring, NULL);
  g_assert_true (gst_p2p_sframe_sealer_set_key (end->sealer, 0, GST_P2P_SFRAME_COUNTER_AUTO, NULL));
  gst_p2p_secret_unref (secret);
  g_object_unref (ring);
  return end;
}

/* An authentic frame cannot be made by chance; that of suite 3 with its 4 bytes nearly cannot. */
static void
check_open (End *end, const GstP2pSframeFrame *frame)
{
  g_autofree guint8 *out = g_malloc (frame->size + 1);
  gsize out_size = 0;
  guint64 kid, ctr;
  GstP2pSframeVerdict verdict
      = gst_p2p_sframe_opener_open (end->opener, frame, out, &out_size, &kid);

  g_assert_cmpint (verdict, !=, GST_P2P_SFRAME_VERDICT_OPENED);
  g_assert_cmpuint (out_size, <=, frame->size);
  if (gst_p2p_sframe_header_parse (frame->data, frame->size, &kid, &ctr) > 0)
    {
      guint8 header[GST_P2P_SFRAME_HEADER_MAX_SIZE];
      gsize size = gst_p2p_sframe_header_write (kid, ctr, header);

      g_assert_cmpmem (header, size, frame->data, size);
    }
}

static void
check_seal (End *end, const GstP2pSframeFrame *frame)
{
  gsize capacity = gst_p2p_sframe_sealer_get_max_size (end->sealer, frame), size = 0, back_size = 0;
  g_autofree guint8 *out = g_malloc (capacity);
  g_autofree guint8 *back = NULL;
  g_autoptr (GError) error = NULL;
  GstP2pSframeFrame sealed = *frame;
  guint64 kid;

  if (!gst_p2p_sframe_sealer_seal (end->sealer, frame, out, &size, &error))
    {
      g_assert_nonnull (error);
      return;
    }
  g_assert_cmpuint (size, <=, capacity);
  sealed.data = out;
  sealed.size = size;
  back = g_malloc (size + 1);
  g_assert_cmpint (gst_p2p_sframe_opener_open (end->opener, &sealed, back, &back_size, &kid), ==,
                   GST_P2P_SFRAME_VERDICT_OPENED);
  g_assert_cmpmem (back, back_size, frame->data, frame->size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  GstP2pSframeFrame frame = { 0 };

  if (size < 2)
    return 0;
  frame.codec = (GstP2pSframeCodec)(data[1] % (GST_P2P_SFRAME_CODEC_AV1 + 1));
  frame.keyframe = data[1] >> 4 & 1;
  frame.length_prefixed = data[1] >> 5 & 1;
  frame.data = data + 2;
  frame.size = size - 2;
  check_open (get_end (data[0]), &frame);
  check_seal (get_end (data[0]), &frame);
  return 0;
}
