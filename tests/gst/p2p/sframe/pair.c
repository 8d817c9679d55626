/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See pair.h. */
#include "tests/gst/p2p/sframe/pair.h"

GstP2pSecret *
test_secret (guint seed)
{
  guint8 data[16];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8)(seed * 31 + i * 7 + 1);
  return gst_p2p_secret_new (data, sizeof data, NULL);
}

TestLink *
test_link_new (const GstP2pSframeConfig *config, guint64 kid, guint seed, guint64 first)
{
  TestLink *link = g_new0 (TestLink, 1);
  g_autoptr (GstP2pSecret) secret = test_secret (seed);
  GError *error = NULL;

  link->config = *config;
  if (link->config.replay_window == 0)
    link->config.replay_window = 1024;
  if (link->config.suite == 0)
    link->config.suite = GST_P2P_SFRAME_SUITE_AES_128_GCM_SHA256_128;
  link->send_ring = gst_p2p_sframe_keyring_new ();
  link->receive_ring = gst_p2p_sframe_keyring_new ();
  g_assert_true (
      gst_p2p_sframe_keyring_add (link->send_ring, kid, secret, GST_P2P_SFRAME_KEY_BYTES, NULL));
  g_assert_true (
      gst_p2p_sframe_keyring_add (link->receive_ring, kid, secret, GST_P2P_SFRAME_KEY_BYTES, NULL));
  link->sealer = gst_p2p_sframe_sealer_new (&link->config, link->send_ring, &error);
  g_assert_no_error (error);
  link->opener = gst_p2p_sframe_opener_new (&link->config, link->receive_ring, &error);
  g_assert_no_error (error);
  gst_p2p_sframe_sealer_set_key (link->sealer, kid, first, &error);
  g_assert_no_error (error);
  return link;
}

void
test_link_free (TestLink *link)
{
  gst_p2p_sframe_sealer_free (link->sealer);
  gst_p2p_sframe_opener_free (link->opener);
  g_object_unref (link->send_ring);
  g_object_unref (link->receive_ring);
  g_free (link);
}

GBytes *
test_link_seal (TestLink *link, const GstP2pSframeFrame *frame)
{
  gsize capacity = gst_p2p_sframe_sealer_get_max_size (link->sealer, frame), size;
  guint8 *out = g_malloc (capacity);
  GError *error = NULL;

  gst_p2p_sframe_sealer_seal (link->sealer, frame, out, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (size, <=, capacity);
  return g_bytes_new_take (out, size);
}

GstP2pSframeVerdict
test_link_open (TestLink *link, GBytes *sealed, const GstP2pSframeFrame *like, GBytes **plain)
{
  GstP2pSframeFrame frame = *like;
  guint8 *out;
  gsize size = 0;
  guint64 kid;
  GstP2pSframeVerdict verdict;

  frame.data = g_bytes_get_data (sealed, &frame.size);
  out = g_malloc (MAX (frame.size, 1));
  verdict = gst_p2p_sframe_opener_open (link->opener, &frame, out, &size, &kid);
  if (!plain || verdict > GST_P2P_SFRAME_VERDICT_FILLER)
    g_free (out);
  else
    *plain = g_bytes_new_take (out, size);
  return verdict;
}

void
test_link_round_trip (TestLink *link, const GstP2pSframeFrame *frame)
{
  g_autoptr (GBytes) sealed = test_link_seal (link, frame), plain = NULL;
  gsize size;
  const guint8 *data;

  g_assert_cmpint (test_link_open (link, sealed, frame, &plain), ==, GST_P2P_SFRAME_VERDICT_OPENED);
  data = g_bytes_get_data (plain, &size);
  g_assert_cmpmem (data, size, frame->data, frame->size);
}

GBytes *
test_bytes (gsize size, guint32 seed)
{
  guint8 *data = g_malloc (MAX (size, 1));
  guint32 x = seed * 2654435761u + 1;

  for (gsize i = 0; i < size; i++)
    {
      x = x * 1664525u + 1013904223u;
      data[i] = (guint8)(x >> 24);
    }
  return g_bytes_new_take (data, size);
}
