/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The key ring: who may send under which key id, counters that never come again, sharing between
 * threads.
 */
#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/sframe/keyring.h"
#include "tests/common/watchdog.h"
#include "tests/gst/p2p/sframe/pair.h"

#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)

static void
count (GstP2pSframeKeyring *ring, guint64 kid, gpointer data)
{
  (*(guint *)data)++;
}

static void
test_keys (void)
{
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keyring_new ();
  g_autoptr (GstP2pSecret) one = test_secret (1), two = test_secret (2);
  GstP2pSframeKeyringEntry entry;
  guint added = 0, generation;
  guint64 serial;

  g_signal_connect (ring, "key-added", G_CALLBACK (count), &added);
  g_assert_false (gst_p2p_sframe_keyring_lookup (ring, 7, 0, &entry));
  g_assert_true (gst_p2p_sframe_keyring_add (ring, 7, one, GST_P2P_SFRAME_KEY_BYTES, NULL));
  g_assert_true (gst_p2p_sframe_keyring_lookup (ring, 7, 0, &entry));
  g_assert_true (gst_p2p_secret_equal (entry.secret, one));
  serial = entry.serial;
  gst_p2p_sframe_keyring_entry_clear (&entry);
  /* The same key again is no news; another one is. */
  generation = gst_p2p_sframe_keyring_get_generation (ring);
  g_assert_true (gst_p2p_sframe_keyring_add (ring, 7, one, GST_P2P_SFRAME_KEY_BYTES, NULL));
  g_assert_cmpuint (gst_p2p_sframe_keyring_get_generation (ring), ==, generation);
  g_assert_true (gst_p2p_sframe_keyring_add (ring, 7, two, GST_P2P_SFRAME_KEY_BYTES, NULL));
  g_assert_cmpuint (gst_p2p_sframe_keyring_get_generation (ring), !=, generation);
  g_assert_true (gst_p2p_sframe_keyring_lookup (ring, 7, 0, &entry));
  g_assert_cmpuint (entry.serial, !=, serial);
  gst_p2p_sframe_keyring_entry_clear (&entry);
  g_assert_cmpuint (added, ==, 2);
  g_assert_false (gst_p2p_sframe_keyring_lookup (ring, 6, 0, &entry));
  g_assert_true (gst_p2p_sframe_keyring_lookup (ring, 6, 1, &entry)); /* 6 and 7 are one ratchet */
  gst_p2p_sframe_keyring_entry_clear (&entry);
  g_assert_true (gst_p2p_sframe_keyring_remove (ring, 7));
  g_assert_false (gst_p2p_sframe_keyring_remove (ring, 7));
}

static void
test_actions (void)
{
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keyring_new ();
  g_autoptr (GBytes) key = test_bytes (16, 1), none = g_bytes_new (NULL, 0);
  gboolean ok;

  g_signal_emit_by_name (ring, "add-key", G_GUINT64_CONSTANT (3), key, &ok);
  g_assert_true (ok);
  g_signal_emit_by_name (ring, "add-key", G_GUINT64_CONSTANT (4), none, &ok);
  g_assert_false (ok);
  g_signal_emit_by_name (ring, "add-key", G_GUINT64_CONSTANT (4), NULL, &ok);
  g_assert_false (ok);
  g_signal_emit_by_name (ring, "add-epoch", G_GUINT64_CONSTANT (4), 4u, 8u, key, &ok);
  g_assert_true (ok);
  g_signal_emit_by_name (ring, "add-epoch", G_GUINT64_CONSTANT (4), 40u, 8u, key, &ok);
  g_assert_false (ok);
  g_signal_emit_by_name (ring, "remove-key", G_GUINT64_CONSTANT (3), &ok);
  g_assert_true (ok);
}

static void
test_one_sender (void)
{
  g_autoptr (TestLink) link
      = test_link_new (&(GstP2pSframeConfig){ 0 }, 7, 1, GST_P2P_SFRAME_COUNTER_AUTO);
  GstP2pSframeSealer *second = gst_p2p_sframe_sealer_new (&link->config, link->send_ring, NULL);
  GError *error = NULL;

  g_assert_false (gst_p2p_sframe_sealer_set_key (second, 7, GST_P2P_SFRAME_COUNTER_AUTO, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, "Another sender"));
  g_clear_error (&error);
  g_assert_false (gst_p2p_sframe_sealer_set_key (second, 8, GST_P2P_SFRAME_COUNTER_AUTO, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_NOT_FOUND);
  g_clear_error (&error);
  /* The first one goes away: its place is free. */
  gst_p2p_sframe_sealer_free (link->sealer);
  link->sealer = second;
  gst_p2p_sframe_sealer_set_key (second, 7, GST_P2P_SFRAME_COUNTER_AUTO, &error);
  g_assert_no_error (error);
}

/* Claims @kid at @now, as a sender that starts does; returns its first counter. */
static guint64
start_sender (GstP2pSframeKeyring *ring, guint64 kid, guint64 first, gint64 now, guint64 frames)
{
  GstP2pSframeKeyringEntry entry;
  GstP2pSframeSendRight right;
  GError *error = NULL;

  gst_p2p_sframe_keyring_claim (ring, kid, ring, first, now, &entry, &right, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 32; i += 8)
    g_assert_cmpuint (right.prefix >> i & 0xff, !=, 0);
  gst_p2p_sframe_keyring_release (ring, kid, ring, entry.secret, right.counter + frames);
  gst_p2p_sframe_keyring_entry_clear (&entry);
  return right.counter;
}

/* A sender that starts again with the same key, in this process or in a new one. */
static void
test_restart (void)
{
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keyring_new (),
                                  fresh = gst_p2p_sframe_keyring_new ();
  g_autoptr (GstP2pSecret) secret = test_secret (1);
  guint64 first, next;
  const guint64 used = 100 * 1000 * 1000; /* a million frames per second for 100 s */

  gst_p2p_sframe_keyring_add (ring, 7, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
  gst_p2p_sframe_keyring_add (fresh, 7, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
  first = start_sender (ring, 7, GST_P2P_SFRAME_COUNTER_AUTO, NOW_US, used);
  next = start_sender (fresh, 7, GST_P2P_SFRAME_COUNTER_AUTO, NOW_US + 100 * G_USEC_PER_SEC, 1);
  g_assert_cmpuint (next, >=, first + used);
  /* In one process not even the clock is needed. */
  next = start_sender (ring, 7, GST_P2P_SFRAME_COUNTER_AUTO, NOW_US, 1);
  g_assert_cmpuint (next, >=, first + used);
  next = start_sender (ring, 7, GST_P2P_SFRAME_COUNTER_AUTO, NOW_US - G_USEC_PER_SEC, 1);
  g_assert_cmpuint (next, >=, first + used + 1);
}

static void
test_explicit_counter (void)
{
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keyring_new ();
  g_autoptr (GstP2pSecret) secret = test_secret (1), other = test_secret (2);

  gst_p2p_sframe_keyring_add (ring, 7, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
  g_assert_cmpuint (start_sender (ring, 7, 5, NOW_US, 10), ==, 5);
  g_assert_cmpuint (start_sender (ring, 7, 5, NOW_US, 10), ==, 15);
  g_assert_cmpuint (start_sender (ring, 7, 50, NOW_US, 10), ==, 50);
  /* Another key starts anew, and the first one is not forgotten meanwhile. */
  gst_p2p_sframe_keyring_add (ring, 7, other, GST_P2P_SFRAME_KEY_BYTES, NULL);
  g_assert_cmpuint (start_sender (ring, 7, 5, NOW_US, 10), ==, 5);
  gst_p2p_sframe_keyring_remove (ring, 7);
  gst_p2p_sframe_keyring_add (ring, 7, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
  g_assert_cmpuint (start_sender (ring, 7, 5, NOW_US, 10), ==, 60);
}

static void
test_unset_clock (void)
{
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keyring_new ();
  g_autoptr (GstP2pSecret) secret = test_secret (1);
  g_autoptr (GError) error = NULL;
  GstP2pSframeKeyringEntry entry;
  GstP2pSframeSendRight right;

  gst_p2p_sframe_keyring_add (ring, 7, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
  g_assert_false (gst_p2p_sframe_keyring_claim (ring, 7, ring, GST_P2P_SFRAME_COUNTER_AUTO, 1000000,
                                                &entry, &right, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, "clock"));
  g_assert_cmpuint (start_sender (ring, 7, 0, 1000000, 1), ==, 0);
}

/* Keys come, go and change while senders seal and receivers open. */
typedef struct
{
  GstP2pSframeKeyring *ring;
  guint64 kid;
  gint frames; /* atomic */
} Stream;

static gpointer
run_stream (gpointer data)
{
  Stream *stream = data;
  GstP2pSframeConfig config
      = { .suite = GST_P2P_SFRAME_SUITE_AES_128_GCM_SHA256_128, .replay_window = 64 };
  g_autoptr (GstP2pSframeSealer) sealer = gst_p2p_sframe_sealer_new (&config, stream->ring, NULL);
  g_autoptr (GstP2pSframeOpener) opener = gst_p2p_sframe_opener_new (&config, stream->ring, NULL);

  g_assert_true (
      gst_p2p_sframe_sealer_set_key (sealer, stream->kid, GST_P2P_SFRAME_COUNTER_AUTO, NULL));
  for (guint i = 0; i < 5000; i++)
    {
      GstP2pSframeFrame frame = { .data = (const guint8 *)"0123456789", .size = 10 };
      guint8 out[64], back[64];
      gsize size;
      guint64 kid;

      g_assert_true (gst_p2p_sframe_sealer_seal (sealer, &frame, out, &size, NULL));
      frame.data = out;
      frame.size = size;
      /* Between sealing and opening the key may have changed. */
      if (gst_p2p_sframe_opener_open (opener, &frame, back, &size, &kid)
          == GST_P2P_SFRAME_VERDICT_OPENED)
        {
          g_assert_cmpmem (back, size, "0123456789", 10);
          g_atomic_int_inc (&stream->frames);
        }
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keyring_new ();
  Stream streams[4];
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      g_autoptr (GstP2pSecret) secret = test_secret (i);

      gst_p2p_sframe_keyring_add (ring, i, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
      streams[i] = (Stream){ ring, i, 0 };
    }
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    threads[i] = g_thread_new ("stream", run_stream, &streams[i]);
  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (GstP2pSecret) secret = test_secret (i);

      gst_p2p_sframe_keyring_add (ring, i % 8 == 0 ? i / 8 % 4 : 100 + i % 50, secret,
                                  GST_P2P_SFRAME_KEY_BYTES, NULL);
      gst_p2p_sframe_keyring_remove (ring, 100 + (i + 25) % 50);
      if (i % 8 == 0)
        g_usleep (50);
    }
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpint (streams[i].frames, >, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (120);
  g_test_add_func ("/keyring/keys", test_keys);
  g_test_add_func ("/keyring/actions", test_actions);
  g_test_add_func ("/keyring/one-sender", test_one_sender);
  g_test_add_func ("/keyring/restart", test_restart);
  g_test_add_func ("/keyring/explicit-counter", test_explicit_counter);
  g_test_add_func ("/keyring/unset-clock", test_unset_clock);
  g_test_add_func ("/keyring/threads", test_threads);
  return g_test_run ();
}
