/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * EOS: whatever was sent arrives before both ends end by themselves; over and over, with any size,
 * in either framing, on good networks and bad ones.
 *
 *   test-transfers           a few of each kind
 *   test-transfers --soak    a thousand of them
 */
#include <string.h>

#include "tests/plugins/p2p/element/stage.h"

#define MAX_BYTES 5000000
#define FEW 6
#define THOUSAND 1000

typedef struct
{
  gsize n_bytes;
  gsize chunk;
  const gchar *framing;
} Transfer;

/* 0 bytes now and then; small ones as often as large ones. */
static Transfer
random_transfer (const gchar *framing)
{
  Transfer transfer = { .framing = framing };
  gint bits = g_test_rand_int_range (0, 23);

  if (bits > 0)
    transfer.n_bytes = (gsize)g_test_rand_int_range (0, MIN (1 << bits, MAX_BYTES));
  transfer.chunk = (gsize)g_test_rand_int_range (1 + (gint)transfer.n_bytes / 500, 200000);
  return transfer;
}

static GPtrArray *
make_content (const Transfer *transfer)
{
  GPtrArray *buffers = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);

  for (gsize done = 0; done < transfer->n_bytes; done += transfer->chunk)
    g_ptr_array_add (buffers, test_make_buffer (MIN (transfer->chunk, transfer->n_bytes - done),
                                                (guint32)(done + transfer->n_bytes)));
  return buffers;
}

static void
do_transfer (TestStage *stage, const Transfer *transfer)
{
  g_autoptr (GPtrArray) content = make_content (transfer);
  g_autoptr (GPtrArray) arrived = NULL;
  g_autofree gchar *sent_sum = test_checksum (content);
  g_autofree gchar *got_sum = NULL;
  GstElement *receiver
      = test_stage_play_called (stage,
                                "p2psrc name=p2p STAGE local-id=inbox framing=%s is-live=%s "
                                "! fakesink name=out sync=false",
                                transfer->framing, transfer->n_bytes % 2 ? "true" : "false");
  TestRecord *got = test_record_new_at (receiver, "out");
  GstElement *sender
      = test_stage_play (stage, "appsrc name=feed ! p2psink name=p2p STAGE remote-id=inbox");

  g_test_message ("%s, %" G_GSIZE_FORMAT " bytes, %" G_GSIZE_FORMAT " a buffer", transfer->framing,
                  transfer->n_bytes, transfer->chunk);
  for (guint i = 0; i < content->len; i++)
    test_push (test_borrow (sender, "feed"), gst_buffer_ref (g_ptr_array_index (content, i)));
  test_push_eos (test_borrow (sender, "feed"));

  gst_message_unref (test_bus_wait (receiver, GST_MESSAGE_EOS, 30000));
  gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, 10000));
  g_assert_cmpuint (test_record_count_bytes (got), ==, transfer->n_bytes);
  arrived = test_record_get_buffers (got);
  got_sum = test_checksum (arrived);
  g_assert_cmpstr (got_sum, ==, sent_sum);

  test_record_free (got);
  test_pipeline_stop (sender);
  test_pipeline_stop (receiver);
}

static void
do_transfers (const gchar *transport, const TestRelayConfig *network, const gchar *framing, guint n)
{
  TestStage *stage = test_stage_new (transport, network);

  for (guint i = 0; i < n; i++)
    {
      Transfer transfer = random_transfer (framing);

      test_watchdog_start (60);
      do_transfer (stage, &transfer);
    }
  test_stage_free (stage);
}

static void
test_frames (gconstpointer transport)
{
  do_transfers (transport, NULL, "frames", FEW);
}

static void
test_raw (gconstpointer transport)
{
  do_transfers (transport, NULL, "raw", FEW);
}

/* The smallest and the largest. */
static void
test_extremes (gconstpointer transport)
{
  const Transfer transfers[] = {
    { 0, 1, "frames" },
    { 0, 1, "raw" },
    { 1, 1, "frames" },
    { 1, 1, "raw" },
    { MAX_BYTES, MAX_BYTES, "frames" },
    { MAX_BYTES, MAX_BYTES, "raw" },
  };
  TestStage *stage = test_stage_new (transport, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (transfers); i++)
    do_transfer (stage, &transfers[i]);
  test_stage_free (stage);
}

static void
test_loss (gconstpointer transport)
{
  const TestRelayConfig network
      = { .loss_percent = 5, .delay_ms = 2, .seed = (guint32)g_test_rand_int () };

  do_transfers (transport, &network, "frames", 3);
  do_transfers (transport, &network, "raw", 2);
}

static void
test_thousand (gconstpointer transport)
{
  do_transfers (transport, NULL, "frames", THOUSAND / 2);
  do_transfers (transport, NULL, "raw", THOUSAND / 2);
}

static void
test_thousand_with_loss (gconstpointer transport)
{
  const TestRelayConfig network
      = { .loss_percent = 5, .delay_ms = 2, .seed = (guint32)g_test_rand_int () };

  do_transfers (transport, &network, "frames", THOUSAND / 2);
  do_transfers (transport, &network, "raw", THOUSAND / 2);
}

static void
add (void)
{
  test_add_for_each_transport ("/transfers/extremes", test_extremes);
  test_add_for_each_transport ("/transfers/frames", test_frames);
  test_add_for_each_transport ("/transfers/raw", test_raw);
  test_add_for_each_transport ("/transfers/loss", test_loss);
}

static void
add_soak (void)
{
  test_add_for_each_transport ("/transfers/soak/thousand", test_thousand);
  test_add_for_each_transport ("/transfers/soak/loss", test_thousand_with_loss);
}

int
main (int argc, char **argv)
{
  gboolean soak = argc > 1 && strcmp (argv[1], "--soak") == 0;

  if (soak)
    argv[1] = argv[0];
  return test_stage_main (argc - soak, argv + soak, soak ? add_soak : add, 60);
}
