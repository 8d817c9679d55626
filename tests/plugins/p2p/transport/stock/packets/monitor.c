/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SCTP seen from outside: what passes, what waits, what is refused. */
#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/link/crc32c.h"
#include "plugins/p2p/transport/stock/packets/monitor.h"

#define MAX_STREAM 15
#define MAX_STREAMS 4

#define END 1
#define BEGIN 2

static void
add_u16 (GByteArray *packet, guint16 value)
{
  value = GUINT16_TO_BE (value);
  g_byte_array_append (packet, (guint8 *)&value, 2);
}

static void
add_u32 (GByteArray *packet, guint32 value)
{
  value = GUINT32_TO_BE (value);
  g_byte_array_append (packet, (guint8 *)&value, 4);
}

static GByteArray *
packet_new (void)
{
  GByteArray *packet = g_byte_array_new ();

  add_u16 (packet, 5000);
  add_u16 (packet, 5000);
  add_u32 (packet, 0x12345678);
  add_u32 (packet, 0);
  return packet;
}

static void
add_chunk (GByteArray *packet, guint8 type, guint8 flags, guint16 size)
{
  g_byte_array_append (packet, &type, 1);
  g_byte_array_append (packet, &flags, 1);
  add_u16 (packet, size);
}

static void
add_init (GByteArray *packet, guint8 type, guint32 first_tsn)
{
  add_chunk (packet, type, 0, 20);
  add_u32 (packet, 0x11111111);
  add_u32 (packet, 1048576);
  add_u16 (packet, 1024);
  add_u16 (packet, 2048);
  add_u32 (packet, first_tsn);
}

/* Four bytes of payload. */
static void
add_data (GByteArray *packet, guint32 tsn, guint16 stream, guint8 flags)
{
  add_chunk (packet, 0, flags, 20);
  add_u32 (packet, tsn);
  add_u16 (packet, stream);
  add_u16 (packet, 0);
  add_u32 (packet, 53);
  add_u32 (packet, 0xabcdef01);
}

static void
add_reset (GByteArray *packet, guint32 sequence, guint32 last_tsn, const guint16 *streams, guint n)
{
  guint16 size = 16 + 2 * n;
  guint i;

  add_chunk (packet, 130, 0, 4 + size);
  add_u16 (packet, 13);
  add_u16 (packet, size);
  add_u32 (packet, sequence);
  add_u32 (packet, 0);
  add_u32 (packet, last_tsn);
  for (i = 0; i < n; i++)
    add_u16 (packet, streams[i]);
  if (n % 2)
    add_u16 (packet, 0);
}

static void
add_response (GByteArray *packet, guint32 sequence, guint32 result)
{
  add_chunk (packet, 130, 0, 16);
  add_u16 (packet, 16);
  add_u16 (packet, 12);
  add_u32 (packet, sequence);
  add_u32 (packet, result);
}

static void
add_sack (GByteArray *packet, guint32 window)
{
  add_chunk (packet, 3, 0, 16);
  add_u32 (packet, 77);
  add_u32 (packet, window);
  add_u16 (packet, 0);
  add_u16 (packet, 0);
}

/* Takes @packet. */
static GstP2pStockVerdict
give (GstP2pStockMonitor *monitor, GByteArray *packet)
{
  g_autoptr (GError) error = NULL;
  GstP2pStockVerdict verdict
      = gst_p2p_stock_monitor_incoming (monitor, packet->data, packet->len, &error);

  g_assert_true ((verdict == GST_P2P_STOCK_REFUSE) == (error != NULL));
  if (error)
    g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT);
  g_byte_array_unref (packet);
  return verdict;
}

static GstP2pStockVerdict
give_data (GstP2pStockMonitor *monitor, guint32 tsn, guint16 stream, guint8 flags)
{
  GByteArray *packet = packet_new ();

  add_data (packet, tsn, stream, flags);
  return give (monitor, packet);
}

static GstP2pStockVerdict
give_reset (GstP2pStockMonitor *monitor, guint32 sequence, guint32 last_tsn, guint16 stream)
{
  GByteArray *packet = packet_new ();

  add_reset (packet, sequence, last_tsn, &stream, 1);
  return give (monitor, packet);
}

static GstP2pStockMonitor *
new_connected (guint32 first_tsn)
{
  GstP2pStockMonitor *monitor = gst_p2p_stock_monitor_new (MAX_STREAM, MAX_STREAMS);
  GByteArray *packet = packet_new ();

  add_init (packet, 1, first_tsn);
  g_assert_cmpint (give (monitor, packet), ==, GST_P2P_STOCK_PASS);
  packet = packet_new ();
  add_init (packet, 2, first_tsn);
  g_assert_cmpint (give (monitor, packet), ==, GST_P2P_STOCK_PASS);
  return monitor;
}

/* A reset waits for the messages, over the turn of the TSNs. */
static void
test_reset (void)
{
  g_autoptr (GstP2pStockMonitor) monitor = new_connected (0xfffffffe);

  g_assert_cmpint (give_data (monitor, 0xfffffffe, 3, BEGIN | END), ==, GST_P2P_STOCK_PASS);
  g_assert_cmpint (give_data (monitor, 0xffffffff, 3, BEGIN), ==, GST_P2P_STOCK_PASS);
  g_assert_cmpint (give_data (monitor, 0, 3, END), ==, GST_P2P_STOCK_PASS);
  g_assert_cmpint (give_data (monitor, 0, 3, END), ==, GST_P2P_STOCK_PASS);
  g_assert_false (gst_p2p_stock_monitor_is_drained (monitor));
  gst_p2p_stock_monitor_delivered (monitor, 3);
  g_assert_cmpint (give_reset (monitor, 9, 0, 3), ==, GST_P2P_STOCK_HOLD);
  g_assert_true (gst_p2p_stock_monitor_is_complete (monitor));
  /* repeated, meanwhile */
  g_assert_cmpint (give_reset (monitor, 9, 0, 3), ==, GST_P2P_STOCK_HOLD);
  gst_p2p_stock_monitor_delivered (monitor, 3);
  g_assert_true (gst_p2p_stock_monitor_is_drained (monitor));
  gst_p2p_stock_monitor_release (monitor);
  /* and repeated, because the answer was lost: nobody waits for it any more */
  g_assert_cmpint (give_reset (monitor, 9, 0, 3), ==, GST_P2P_STOCK_PASS);
  /* another one, with nothing before it */
  g_assert_cmpint (give_reset (monitor, 10, 0, 3), ==, GST_P2P_STOCK_PASS);
}

/* A reset that overtakes data: it waits for the retransmission too. */
static void
test_reset_early (void)
{
  g_autoptr (GstP2pStockMonitor) monitor = new_connected (100);
  GByteArray *packet = packet_new ();

  g_assert_cmpint (give_data (monitor, 101, 1, BEGIN | END), ==, GST_P2P_STOCK_PASS);
  gst_p2p_stock_monitor_delivered (monitor, 1);
  add_reset (packet, 1, 103, NULL, 0);
  g_assert_cmpint (give (monitor, packet), ==, GST_P2P_STOCK_HOLD);
  g_assert_false (gst_p2p_stock_monitor_is_complete (monitor));
  g_assert_false (gst_p2p_stock_monitor_is_drained (monitor));
  g_assert_cmpint (give_data (monitor, 103, 2, BEGIN | END), ==, GST_P2P_STOCK_PASS);
  g_assert_cmpint (give_data (monitor, 100, 1, BEGIN | END), ==, GST_P2P_STOCK_PASS);
  gst_p2p_stock_monitor_delivered (monitor, 1);
  gst_p2p_stock_monitor_delivered (monitor, 2);
  g_assert_false (gst_p2p_stock_monitor_is_complete (monitor));
  /* 102 is given up by its sender */
  packet = packet_new ();
  add_chunk (packet, 192, 0, 8);
  add_u32 (packet, 102);
  g_assert_cmpint (give (monitor, packet), ==, GST_P2P_STOCK_PASS);
  g_assert_true (gst_p2p_stock_monitor_is_complete (monitor));
  g_assert_true (gst_p2p_stock_monitor_is_drained (monitor));
}

static void
test_limits (void)
{
  g_autoptr (GstP2pStockMonitor) monitor = new_connected (1);
  guint i;

  g_assert_cmpint (give_data (monitor, 1, MAX_STREAM + 1, END), ==, GST_P2P_STOCK_REFUSE);
  g_assert_cmpint (give_data (monitor, 1, 65535, END), ==, GST_P2P_STOCK_REFUSE);
  for (i = 0; i < MAX_STREAMS; i++)
    g_assert_cmpint (give_data (monitor, 1 + i, i, BEGIN | END), ==, GST_P2P_STOCK_PASS);
  g_assert_cmpint (give_data (monitor, 1 + i, i, BEGIN | END), ==, GST_P2P_STOCK_REFUSE);
  /* one that was reset counts no more */
  gst_p2p_stock_monitor_delivered (monitor, 0);
  g_assert_cmpint (give_reset (monitor, 1, MAX_STREAMS, 0), ==, GST_P2P_STOCK_PASS);
  g_assert_cmpint (give_data (monitor, 1 + i, i, BEGIN | END), ==, GST_P2P_STOCK_PASS);
}

static void
test_closed (void)
{
  static const guint8 types[] = { 6, 7 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GstP2pStockMonitor) monitor = new_connected (1);
      GByteArray *packet = packet_new ();

      add_sack (packet, 1000);
      add_chunk (packet, types[i], 0, 8);
      add_u32 (packet, 0);
      add_data (packet, 1, 1, BEGIN | END);
      g_assert_cmpint (give (monitor, packet), ==, GST_P2P_STOCK_CLOSED);
    }
}

/* Each length of a packet but the whole one, and the ends of chunks, is malformed. */
static void
test_truncated (void)
{
  g_autoptr (GstP2pStockMonitor) monitor = new_connected (1);
  g_autoptr (GByteArray) packet = packet_new ();
  const guint16 streams[] = { 1, 2, 3 };
  guint size;

  add_data (packet, 1, 1, BEGIN | END);
  add_reset (packet, 1, 0, streams, 3);
  for (size = 0; size < packet->len; size++)
    {
      g_autofree guint8 *copy = g_memdup2 (packet->data, size);
      GstP2pStockVerdict verdict = gst_p2p_stock_monitor_incoming (monitor, copy, size, NULL);

      /* the last chunk's padding may be missing */
      if (size == 12 || size == 32 || size >= packet->len - 2)
        g_assert_cmpint (verdict, !=, GST_P2P_STOCK_DROP);
      else
        g_assert_cmpint (verdict, ==, GST_P2P_STOCK_DROP);
    }
}

/* The stock elements would never come back from a parameter without a length. */
static void
test_bad_init (void)
{
  g_autoptr (GstP2pStockMonitor) monitor = gst_p2p_stock_monitor_new (MAX_STREAM, MAX_STREAMS);
  g_autoptr (GByteArray) packet = packet_new ();

  add_init (packet, 1, 1);
  g_assert_cmpint (gst_p2p_stock_monitor_incoming (monitor, packet->data, packet->len, NULL), ==,
                   GST_P2P_STOCK_PASS);
  add_u32 (packet, 1 << 24);
  packet->data[GST_P2P_SCTP_HEADER_SIZE + 3] += 4; /* the parameter is in the chunk */
  g_assert_cmpint (gst_p2p_stock_monitor_incoming (monitor, packet->data, packet->len, NULL), ==,
                   GST_P2P_STOCK_DROP);
}

/* As SCTP does that, which repeats it. */
static void
request_reset (GstP2pStockMonitor *monitor, guint32 sequence, const guint16 *streams, guint n)
{
  GstP2pStockOutgoing outgoing;

  for (guint i = 0; i < 3; i++)
    {
      GByteArray *packet = packet_new ();

      add_reset (packet, sequence, 0, streams, n);
      gst_p2p_stock_monitor_outgoing (monitor, packet->data, packet->len, G_MAXUINT32, &outgoing);
      g_assert_false (outgoing.aborts || outgoing.limited);
      g_byte_array_unref (packet);
    }
}

static void
answer_reset (GstP2pStockMonitor *monitor, guint32 sequence, guint32 result)
{
  GByteArray *packet = packet_new ();

  add_response (packet, sequence, result);
  g_assert_cmpint (give (monitor, packet), ==, GST_P2P_STOCK_PASS);
}

static void
expect_answer (GstP2pStockMonitor *monitor, guint16 wanted_stream, GstP2pStreamFact wanted)
{
  GstP2pStreamFact fact;
  guint16 stream;

  g_assert_true (gst_p2p_stock_monitor_take_answer (monitor, &stream, &fact));
  g_assert_cmpuint (stream, ==, wanted_stream);
  g_assert_cmpint (fact, ==, wanted);
}

static void
expect_no_answer (GstP2pStockMonitor *monitor)
{
  GstP2pStreamFact fact;
  guint16 stream;

  g_assert_false (gst_p2p_stock_monitor_take_answer (monitor, &stream, &fact));
}

static void
test_own_resets (void)
{
  g_autoptr (GstP2pStockMonitor) monitor = new_connected (1);
  const guint16 streams[] = { 5, 7 };

  request_reset (monitor, 42, streams, 2);
  answer_reset (monitor, 41, 1);
  answer_reset (monitor, 42, 6);
  expect_no_answer (monitor);
  answer_reset (monitor, 42, 1);
  answer_reset (monitor, 42, 1);
  expect_answer (monitor, 5, GST_P2P_STREAM_FACT_CONFIRMED);
  expect_answer (monitor, 7, GST_P2P_STREAM_FACT_CONFIRMED);
  expect_no_answer (monitor);
}

static void
test_own_resets_without_result (void)
{
  static const struct
  {
    guint32 result;
    GstP2pStreamFact fact;
  } cases[] = {
    { 0, GST_P2P_STREAM_FACT_IGNORED },   /* nothing to do */
    { 2, GST_P2P_STREAM_FACT_CONFIRMED }, /* denied */
    { 3, GST_P2P_STREAM_FACT_IGNORED },   /* wrong SSN */
    { 4, GST_P2P_STREAM_FACT_IGNORED },   /* another is in progress */
    { 5, GST_P2P_STREAM_FACT_IGNORED },   /* bad sequence number */
    { 99, GST_P2P_STREAM_FACT_IGNORED },
  };
  g_autoptr (GstP2pStockMonitor) monitor = new_connected (1);
  const guint16 stream = 5;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      request_reset (monitor, i, &stream, 1);
      answer_reset (monitor, i, 6);
      expect_no_answer (monitor);
      answer_reset (monitor, i, cases[i].result);
      expect_answer (monitor, stream, cases[i].fact);
    }
}

/* The peer's own request comes before its answer to ours, and names it. */
static void
test_own_resets_implied (void)
{
  g_autoptr (GstP2pStockMonitor) monitor = new_connected (1);
  const guint16 ours = 5, theirs = 6;

  for (guint32 sequence = 41; sequence <= 42; sequence++)
    {
      GByteArray *packet = packet_new ();

      request_reset (monitor, sequence, &ours, 1);
      answer_reset (monitor, sequence, 6);
      add_reset (packet, 7, 0, &theirs, 1);
      packet->data[packet->len - 9] = 42; /* the request that it has seen last */
      g_assert_cmpint (give (monitor, packet), ==, GST_P2P_STOCK_PASS);
      if (sequence == 42)
        expect_answer (monitor, ours, GST_P2P_STREAM_FACT_CONFIRMED);
      expect_no_answer (monitor);
    }
}

static guint32
window_of (const guint8 *packet)
{
  guint32 window;

  memcpy (&window, packet + 20, 4);
  return GUINT32_FROM_BE (window);
}

static void
test_window (void)
{
  g_autoptr (GstP2pStockMonitor) monitor = new_connected (1);
  g_autoptr (GByteArray) packet = packet_new ();
  g_autoptr (GBytes) update = NULL;
  g_autofree guint8 *copy = NULL;
  GstP2pStockOutgoing outgoing;

  g_assert_null (gst_p2p_stock_monitor_new_window_update (monitor, 5));
  add_sack (packet, 100000);
  add_data (packet, 1, 1, BEGIN | END);
  g_assert_false (gst_p2p_stock_needs_limit (packet->data, packet->len, 100000));
  g_assert_true (gst_p2p_stock_needs_limit (packet->data, packet->len, 99999));
  gst_p2p_stock_monitor_outgoing (monitor, packet->data, packet->len, 5000, &outgoing);
  g_assert_true (outgoing.limited);
  g_assert_cmpuint (window_of (packet->data), ==, 5000);
  g_assert_true (gst_p2p_sctp_packet_verify (packet->data, packet->len));

  update = gst_p2p_stock_monitor_new_window_update (monitor, 70000);
  g_assert_cmpuint (g_bytes_get_size (update), ==, 28);
  copy = g_memdup2 (g_bytes_get_data (update, NULL), 28);
  g_assert_cmpuint (window_of (copy), ==, 70000);
  g_assert_true (gst_p2p_sctp_packet_verify (copy, 28));
  g_assert_cmpmem (copy, 8, packet->data, 8);
}

static void
test_abort_out (void)
{
  g_autoptr (GstP2pStockMonitor) monitor = new_connected (1);
  g_autoptr (GByteArray) packet = packet_new ();
  GstP2pStockOutgoing outgoing;

  add_chunk (packet, 6, 0, 4);
  gst_p2p_stock_monitor_outgoing (monitor, packet->data, packet->len, G_MAXUINT32, &outgoing);
  g_assert_true (outgoing.aborts);
}

static void
add_cookie_echo (GByteArray *packet)
{
  add_chunk (packet, 10, 0, 8);
  add_u32 (packet, 0xc00c1e00);
}

/* What the peer has to answer before there is an association. */
static void
test_opening (void)
{
  g_autoptr (GstP2pStockMonitor) monitor = gst_p2p_stock_monitor_new (MAX_STREAM, MAX_STREAMS);
  g_autoptr (GByteArray) init = packet_new ();
  g_autoptr (GByteArray) answer = packet_new ();
  g_autoptr (GByteArray) cookie = packet_new ();
  g_autoptr (GByteArray) data = packet_new ();
  GstP2pStockOutgoing outgoing;

  add_init (init, 1, 7);
  gst_p2p_stock_monitor_outgoing (monitor, init->data, init->len, G_MAXUINT32, &outgoing);
  g_assert_true (outgoing.opens);
  add_init (answer, 2, 7);
  gst_p2p_stock_monitor_outgoing (monitor, answer->data, answer->len, G_MAXUINT32, &outgoing);
  g_assert_false (outgoing.opens);
  add_cookie_echo (cookie);
  gst_p2p_stock_monitor_outgoing (monitor, cookie->data, cookie->len, G_MAXUINT32, &outgoing);
  g_assert_true (outgoing.opens);
  add_data (data, 7, 1, BEGIN | END);
  gst_p2p_stock_monitor_outgoing (monitor, data->data, data->len, G_MAXUINT32, &outgoing);
  g_assert_false (outgoing.opens);
}

/* What has to be acknowledged, and what has been. */
static void
test_acknowledged (void)
{
  g_autoptr (GstP2pStockMonitor) monitor = new_connected (1);
  g_autoptr (GByteArray) data = packet_new ();
  g_autoptr (GByteArray) forward = packet_new ();
  GByteArray *sack = packet_new ();
  GstP2pStockOutgoing outgoing;
  guint32 tsn;

  add_data (data, G_MAXUINT32, 1, BEGIN | END);
  add_data (data, 0, 1, BEGIN | END);
  gst_p2p_stock_monitor_outgoing (monitor, data->data, data->len, G_MAXUINT32, &outgoing);
  g_assert_true (outgoing.has_data);
  g_assert_cmpuint (outgoing.last_tsn, ==, 0);
  g_assert_false (outgoing.gives_up);

  add_chunk (forward, 192, 0, 8);
  add_u32 (forward, 44);
  gst_p2p_stock_monitor_outgoing (monitor, forward->data, forward->len, G_MAXUINT32, &outgoing);
  g_assert_false (outgoing.has_data);
  g_assert_true (outgoing.gives_up);
  g_assert_cmpuint (outgoing.given_up_tsn, ==, 44);

  g_assert_false (gst_p2p_stock_monitor_get_acked (monitor, &tsn));
  add_sack (sack, 1000);
  g_assert_cmpint (give (monitor, sack), ==, GST_P2P_STOCK_PASS);
  g_assert_true (gst_p2p_stock_monitor_get_acked (monitor, &tsn));
  g_assert_cmpuint (tsn, ==, 77);
}

static void
test_heartbeat (void)
{
  static const guint8 begin[8] = { 4, 0, 0, 48, 0, 1, 0, 44 };
  g_autoptr (GstP2pStockMonitor) monitor = new_connected (1);
  g_autoptr (GByteArray) init = packet_new ();
  g_autoptr (GByteArray) cookie = packet_new ();
  g_autoptr (GBytes) heartbeat = NULL;
  GstP2pStockOutgoing outgoing;
  g_autofree guint8 *packet = NULL;
  gsize size;

  /* an INIT does not have the peer's tag */
  memset (init->data + 4, 0, 4);
  add_init (init, 1, 7);
  gst_p2p_stock_monitor_outgoing (monitor, init->data, init->len, G_MAXUINT32, &outgoing);
  g_assert_null (gst_p2p_stock_monitor_new_heartbeat (monitor));

  add_cookie_echo (cookie);
  gst_p2p_stock_monitor_outgoing (monitor, cookie->data, cookie->len, G_MAXUINT32, &outgoing);
  heartbeat = gst_p2p_stock_monitor_new_heartbeat (monitor);
  size = g_bytes_get_size (heartbeat);
  packet = g_memdup2 (g_bytes_get_data (heartbeat, NULL), size);
  g_assert_cmpuint (size, ==, 12 + 48);
  g_assert_cmpmem (packet, 8, cookie->data, 8);
  g_assert_cmpmem (packet + 12, 8, begin, 8);
  g_assert_true (gst_p2p_sctp_packet_verify (packet, size));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stock/monitor/bad-init", test_bad_init);
  g_test_add_func ("/stock/monitor/reset", test_reset);
  g_test_add_func ("/stock/monitor/reset-early", test_reset_early);
  g_test_add_func ("/stock/monitor/limits", test_limits);
  g_test_add_func ("/stock/monitor/closed", test_closed);
  g_test_add_func ("/stock/monitor/truncated", test_truncated);
  g_test_add_func ("/stock/monitor/own-resets", test_own_resets);
  g_test_add_func ("/stock/monitor/own-resets-without-result", test_own_resets_without_result);
  g_test_add_func ("/stock/monitor/own-resets-implied", test_own_resets_implied);
  g_test_add_func ("/stock/monitor/window", test_window);
  g_test_add_func ("/stock/monitor/opening", test_opening);
  g_test_add_func ("/stock/monitor/acknowledged", test_acknowledged);
  g_test_add_func ("/stock/monitor/heartbeat", test_heartbeat);
  g_test_add_func ("/stock/monitor/abort-out", test_abort_out);
  return g_test_run ();
}
