/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Frame encryption, AES-128-GCM on one thread, against a bare loop of OpenSSL calls with a kept
 * context over the same frames in the same run. Prints frames per second and the ratios; exits with
 * 1 if a ratio is below its target.
 *
 * The contestants take turns in short slices of the thread's CPU time, and the median over many
 * rounds counts, of the rates and of the ratios within a round: what else runs on the machine, and
 * its changing clock rate, disturb all of them alike.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gst/check/gstharness.h>
#include <gst/gst.h>
#include <openssl/evp.h>

#include "gst/p2p/sframe/sframe.h"
#include "plugins/sframe/sframeenc.h"

#define SLICE_NS 5000000
#define ROUNDS 61
#define KEY "000102030405060708090a0b0c0d0e0f"

typedef struct
{
  guint8 *frame;
  gsize size;
  guint8 *out;

  EVP_CIPHER_CTX *bare;
  guint64 counter;

  GstP2pSframeKeyring *ring;
  GstP2pSframeSealer *sealer;
  GstP2pSframeOpener *opener;

  GstHarness *enc;
  GstBuffer *buffer;
} Bench;

/* Makes @count frames; each contestant has one of these. */
typedef void (*Run) (Bench *bench, guint count);

/* What a program does that has nothing but OpenSSL: IV, header as AAD, frame, tag. */
static void
run_bare (Bench *bench, guint count)
{
  guint8 iv[12] = { 0 };
  int n;

  for (guint i = 0; i < count; i++)
    {
      guint64 counter = GUINT64_TO_BE (bench->counter++);

      memcpy (iv + 4, &counter, 8);
      if (EVP_EncryptInit_ex (bench->bare, NULL, NULL, NULL, iv) != 1
          || EVP_EncryptUpdate (bench->bare, NULL, &n, bench->out, 9) != 1
          || EVP_EncryptUpdate (bench->bare, bench->out + 9, &n, bench->frame, (int)bench->size)
                 != 1
          || EVP_EncryptFinal_ex (bench->bare, bench->out + 9 + bench->size, &n) != 1
          || EVP_CIPHER_CTX_ctrl (bench->bare, EVP_CTRL_AEAD_GET_TAG, 16,
                                  bench->out + 9 + bench->size)
                 != 1)
        g_error ("OpenSSL failed");
    }
}

static void
run_seal (Bench *bench, guint count)
{
  GstP2pSframeFrame frame = { .data = bench->frame, .size = bench->size };
  gsize size;

  for (guint i = 0; i < count; i++)
    if (!gst_p2p_sframe_sealer_seal (bench->sealer, &frame, bench->out, &size, NULL))
      g_error ("a frame was not sealed");
}

/* Seals, too, because no frame opens twice: half of the time is the opener's. */
static void
run_both (Bench *bench, guint count)
{
  guint8 *back = bench->out + bench->size + 64;
  guint64 kid;

  for (guint i = 0; i < count; i++)
    {
      GstP2pSframeFrame frame = { .data = bench->frame, .size = bench->size };
      gsize size;

      gst_p2p_sframe_sealer_seal (bench->sealer, &frame, bench->out, &size, NULL);
      frame.data = bench->out;
      frame.size = size;
      if (gst_p2p_sframe_opener_open (bench->opener, &frame, back, &size, &kid)
          != GST_P2P_SFRAME_VERDICT_OPENED)
        g_error ("a frame was not opened");
    }
}

static void
run_enc (Bench *bench, guint count)
{
  for (guint i = 0; i < count; i++)
    if (gst_harness_push (bench->enc, gst_buffer_ref (bench->buffer)) != GST_FLOW_OK)
      g_error ("a buffer was refused");
}

static GstHarness *
make_harness (const char *description, const char *caps)
{
  GstHarness *harness = gst_harness_new_parse (description);

  gst_harness_set_drop_buffers (harness, TRUE);
  gst_harness_set_src_caps_str (harness, caps);
  gst_harness_play (harness);
  return harness;
}

static void
setup (Bench *bench, gsize size)
{
  GstP2pSframeConfig config
      = { .suite = GST_P2P_SFRAME_SUITE_AES_128_GCM_SHA256_128, .replay_window = 1024 };
  g_autoptr (GstP2pSecret) secret = gst_p2p_secret_new_from_hex (KEY, NULL);

  bench->size = size;
  bench->frame = g_malloc0 (size);
  bench->out = g_malloc0 (2 * (size + 64));
  memset (bench->frame, 0x5a, size);
  bench->bare = EVP_CIPHER_CTX_new ();
  EVP_EncryptInit_ex (bench->bare, EVP_aes_128_gcm (), NULL, (const guint8 *)"0123456789abcdef",
                      NULL);
  bench->ring = gst_p2p_sframe_keyring_new ();
  gst_p2p_sframe_keyring_add (bench->ring, 0, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
  bench->sealer = gst_p2p_sframe_sealer_new (&config, bench->ring, NULL);
  bench->opener = gst_p2p_sframe_opener_new (&config, bench->ring, NULL);
  gst_p2p_sframe_sealer_set_key (bench->sealer, 0, GST_P2P_SFRAME_COUNTER_AUTO, NULL);
  bench->enc = make_harness ("sframeenc key=" KEY, "application/octet-stream");
  bench->buffer = gst_buffer_new_wrapped (g_memdup2 (bench->frame, size), size);
}

static void
teardown (Bench *bench)
{
  gst_harness_teardown (bench->enc);
  gst_buffer_unref (bench->buffer);
  gst_p2p_sframe_sealer_free (bench->sealer);
  gst_p2p_sframe_opener_free (bench->opener);
  g_object_unref (bench->ring);
  EVP_CIPHER_CTX_free (bench->bare);
  g_free (bench->frame);
  g_free (bench->out);
}

static gint64
cpu_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

/* Frames per second of one slice. */
static gdouble
measure (Bench *bench, Run run, guint count)
{
  gint64 start = cpu_ns (), now;
  guint frames = 0;

  do
    {
      run (bench, count);
      frames += count;
      now = cpu_ns ();
    }
  while (now - start < SLICE_NS);
  return frames * 1e9 / (gdouble)(now - start);
}

static int
compare (const void *a, const void *b)
{
  gdouble x = *(const gdouble *)a, y = *(const gdouble *)b;

  return (x > y) - (x < y);
}

static gdouble
median (gdouble values[ROUNDS])
{
  qsort (values, ROUNDS, sizeof values[0], compare);
  return values[ROUNDS / 2];
}

/* 1 if a target was missed. */
static int
check (gsize size, const char *what, gdouble value, gdouble target)
{
  if (value >= target)
    return 0;
  printf ("MISSED at %" G_GSIZE_FORMAT " bytes: %s %.2f, at least %.2f is wanted\n", size, what,
          value, target);
  return 1;
}

static int
bench_size (gsize size)
{
  static const Run runs[] = { run_bare, run_seal, run_both, run_enc };
  static gdouble rates[G_N_ELEMENTS (runs)][ROUNDS], ratios[G_N_ELEMENTS (runs)][ROUNDS];
  gdouble rate[G_N_ELEMENTS (runs)], ratio[G_N_ELEMENTS (runs)];
  Bench bench = { 0 };
  guint count = (guint)MAX (1, 200000 / (size + 400));
  int missed = 0;

  setup (&bench, size);
  for (guint round = 0; round < ROUNDS; round++)
    for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
      {
        rates[i][round] = measure (&bench, runs[i], count);
        ratios[i][round] = rates[i][round] / rates[0][round];
      }
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      rate[i] = median (rates[i]);
      ratio[i] = median (ratios[i]);
    }
  printf ("%7" G_GSIZE_FORMAT " %11.0f %11.0f %5.2f %13.0f %11.0f %5.2f\n", size, rate[0], rate[1],
          ratio[1], rate[2], rate[3], ratio[3]);
  missed += check (size, "core against bare OpenSSL", ratio[1], size < 1200 ? 0.8 : 0.9);
  if (size == 100)
    missed += check (size, "frames per second of the element", rate[3], 400000);
  if (size == 20000)
    missed += check (size, "element against bare OpenSSL", ratio[3], 0.7);
  teardown (&bench);
  return missed;
}

int
main (int argc, char **argv)
{
  static const gsize sizes[] = { 100, 1200, 20000, 200000 };
  int missed = 0;

  gst_init (&argc, &argv);
  gst_element_register (NULL, "sframeenc", GST_RANK_NONE, GST_TYPE_SFRAME_ENC);
  printf ("AES-128-GCM, frames per second and ratios to bare OpenSSL calls\n");
  printf ("%7s %11s %11s %5s %13s %11s %5s\n", "bytes", "bare", "core seal", "", "core seal+open",
          "sframeenc", "");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    missed += bench_size (sizes[i]);
  return missed > 0;
}
