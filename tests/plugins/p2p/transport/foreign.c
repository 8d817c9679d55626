/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * foreign: how a channel ends with peers that take RFC 6525 and RFC 8831 section 6.7 in other ways.
 * The peer is a stock one whose packets are bent on their way out, before they are encrypted.
 */
#include "gst/p2p/link/crc32c.h"
#include "gst/p2p/link/sctpchunk.h"
#include "plugins/p2p/transport/direct/element.h"
#include "plugins/p2p/transport/stock/bin.h"
#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/plugins/p2p/transport/side.h"

#define STREAM 4
#define N_MESSAGES 20

#define CHUNK_PAD 132 /* RFC 4820 */
#define CHUNK_RECONFIG 130
#define PARAM_OUTGOING_RESET 13
#define PARAM_RESPONSE 16
#define RESULT_NOTHING_TO_DO 0
#define RESULT_PERFORMED 1
#define RESULT_IN_PROGRESS 6

static const Pair pairs[] = {
  { "elements", gst_p2p_stock_bin_new, gst_p2p_stock_bin_new, TRUE },
  { "direct", gst_p2p_stock_bin_new, gst_p2p_direct_element_new, TRUE },
};

typedef struct
{
  /* const */
  guint n_answers_before; /* it resets its own side */
  const guint8 *results;  /* of its answers, one after the other; the last for ever */
  guint n_results;
  /* atomic */
  gint n_answers;
} Manners;

/* --- packets --- */

static gboolean
is_performed (const guint8 *param)
{
  return GST_READ_UINT16_BE (param) == PARAM_RESPONSE
         && GST_READ_UINT32_BE (param + 8) == RESULT_PERFORMED;
}

static void
bend_reconfig (Manners *manners, guint8 *chunk)
{
  guint8 *param = chunk + 4;

  if (GST_READ_UINT16_BE (param) == PARAM_OUTGOING_RESET
      && (guint)g_atomic_int_get (&manners->n_answers) < manners->n_answers_before)
    chunk[0] = CHUNK_PAD;
  if (is_performed (param))
    {
      guint n = g_atomic_int_add (&manners->n_answers, 1);

      if (manners->n_results > 0)
        param[11] = manners->results[MIN (n, manners->n_results - 1)];
    }
}

static void
bend_packet (Manners *manners, guint8 *packet, gsize size)
{
  gsize offset = GST_P2P_SCTP_HEADER_SIZE;

  while (offset + 4 <= size)
    {
      gsize length = GST_READ_UINT16_BE (packet + offset + 2);

      if (packet[offset] == CHUNK_RECONFIG)
        bend_reconfig (manners, packet + offset);
      offset += (length + 3) & ~(gsize)3;
    }
  gst_p2p_sctp_packet_seal (packet, size);
}

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *packet = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstMapInfo map;

  g_assert_true (gst_buffer_map (packet, &map, GST_MAP_READWRITE));
  bend_packet (data, map.data, map.size);
  gst_buffer_unmap (packet, &map);
  GST_PAD_PROBE_INFO_DATA (info) = packet;
  return GST_PAD_PROBE_OK;
}

static void
teach (Side *side, Manners *manners)
{
  g_autofree gchar *name = g_strdup_printf ("%s-gate-down", GST_OBJECT_NAME (side->transport));
  g_autoptr (GstElement) gate = gst_bin_get_by_name (GST_BIN (side->transport), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (gate, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, manners, NULL);
}

/* --- what happens --- */

/* A channel from a to b, which is the foreign one: all was sent, came, and then it was closed. */
static void
close_channel (Side *a, Side *b, const Pair *pair, Manners *manners)
{
  GThread *thread;
  Sender sender;

  connect_sides (b, a, pair, NULL);
  teach (b, manners);
  open_port (a, STREAM, NULL);
  open_port (b, STREAM, NULL);
  thread = sender_start (&sender, &a->ports[STREAM], N_MESSAGES, 5000);
  TEST_WAIT_UNTIL (g_atomic_int_get (&sender.done), 5000);
  g_thread_join (thread);
  gst_p2p_transport_close_channel (a->transport, STREAM);
  expect_messages (&b->ports[STREAM], N_MESSAGES, 5000);
  TEST_WAIT_UNTIL (g_atomic_int_get (&b->ports[STREAM].eos), 5000);
}

/* The end of the stream is told as always, and its number is free. */
static void
expect_closed (Side *a, Side *b)
{
  TEST_WAIT_UNTIL (a->channel_closed[STREAM], 10000);
  TEST_WAIT_UNTIL (b->channel_closed[STREAM], 10000);
  g_assert_true (g_atomic_int_get (&a->ports[STREAM].eos));
  gst_p2p_transport_release_channel (a->transport, STREAM);
  gst_p2p_transport_release_channel (b->transport, STREAM);
  g_assert_cmpuint (a->n_errors + b->n_errors, ==, 0);
  side_clear (a);
  side_clear (b);
}

/* It performs our reset and never resets its own side. Whoever sent waits for two seconds. */
static void
test_never_resets (gconstpointer data)
{
  Manners manners = { .n_answers_before = G_MAXUINT };
  gint64 begin_us;
  Side a, b;

  close_channel (&a, &b, data, &manners);
  begin_us = g_get_monotonic_time ();
  g_assert_false (a.channel_closed[STREAM]);
  TEST_WAIT_UNTIL (a.channel_closed[STREAM], 5000);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >, G_USEC_PER_SEC);
  g_assert_true (g_atomic_int_get (&a.ports[STREAM].eos));
  g_assert_cmpuint (a.n_errors + b.n_errors, ==, 0);
  side_clear (&a);
  side_clear (&b);
}

/* "In progress", then "nothing to do" as dcSCTP answers the repetition of a request; what is asked
 * anew it performs. */
static void
test_nothing_to_do (gconstpointer data)
{
  static const guint8 results[] = { RESULT_IN_PROGRESS, RESULT_NOTHING_TO_DO, RESULT_PERFORMED };
  Manners manners = { 3, results, G_N_ELEMENTS (results) };
  Side a, b;

  close_channel (&a, &b, data, &manners);
  expect_closed (&a, &b);
  g_assert_cmpint (g_atomic_int_get (&manners.n_answers), >=, 3);
}

/* It is not asked for ever. */
static void
test_nothing_to_do_ever (gconstpointer data)
{
  static const guint8 results[] = { RESULT_NOTHING_TO_DO };
  Manners manners = { 10, results, G_N_ELEMENTS (results) };
  Side a, b;

  close_channel (&a, &b, data, &manners);
  expect_closed (&a, &b);
  /* usrsctp may repeat the last request by itself. */
  g_assert_cmpint (g_atomic_int_get (&manners.n_answers), >=, 10);
}

int
main (int argc, char **argv)
{
  int result;

  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree gchar *never = g_strdup_printf ("/foreign/%s/never-resets", pairs[i].name);
      g_autofree gchar *nothing = g_strdup_printf ("/foreign/%s/nothing-to-do", pairs[i].name);
      g_autofree gchar *ever = g_strdup_printf ("/foreign/%s/nothing-to-do-ever", pairs[i].name);

      g_test_add_data_func (never, &pairs[i], test_never_resets);
      g_test_add_data_func (nothing, &pairs[i], test_nothing_to_do);
      g_test_add_data_func (ever, &pairs[i], test_nothing_to_do_ever);
    }
  result = g_test_run ();
  gst_p2p_identity_unref (side_identity (GST_P2P_ROLE_INITIATOR));
  gst_p2p_identity_unref (side_identity (GST_P2P_ROLE_ACCEPTOR));
  return result;
}
