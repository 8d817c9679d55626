/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The chunks of packets, well-formed and not. */
#include "gst/p2p/link/sctpchunk.h"

#include "gst/p2p/base/serial.h"
#include "tests/common/watchdog.h"

#define HEADER 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11

static guint
count (const guint8 *packet, gsize size, gboolean *well_formed)
{
  gsize offset = GST_P2P_SCTP_HEADER_SIZE;
  GstP2pSctpChunk chunk;
  guint n = 0;

  while (gst_p2p_sctp_chunk_next (packet, size, &offset, &chunk))
    {
      g_assert_true (chunk.data >= packet && chunk.data + chunk.size <= packet + size);
      n++;
    }
  *well_formed = offset == size;
  return n;
}

static void
test_walk (void)
{
  static const guint8 packet[]
      = { HEADER, GST_P2P_SCTP_COOKIE_ACK, 7, 0, 4, 0xff, 0, 0, 5, 1, 0, 0, 0 };
  gsize offset = GST_P2P_SCTP_HEADER_SIZE;
  GstP2pSctpChunk chunk;

  g_assert_true (gst_p2p_sctp_chunk_next (packet, sizeof packet, &offset, &chunk));
  g_assert_cmpuint (chunk.type, ==, GST_P2P_SCTP_COOKIE_ACK);
  g_assert_cmpuint (chunk.flags, ==, 7);
  g_assert_cmpuint (chunk.size, ==, 4);
  g_assert_true (gst_p2p_sctp_chunk_next (packet, sizeof packet, &offset, &chunk));
  g_assert_cmpuint (chunk.type, ==, 0xff);
  g_assert_cmpuint (chunk.size, ==, 5);
  g_assert_false (gst_p2p_sctp_chunk_next (packet, sizeof packet, &offset, &chunk));
  g_assert_cmpuint (offset, ==, sizeof packet);
}

static void
test_ends (void)
{
  static const guint8 padded[] = { HEADER, 1, 0, 0, 6, 1, 2, 0, 0 };
  static const guint8 short_length[] = { HEADER, 1, 0, 0, 3, 1, 2, 0, 0 };
  static const guint8 long_length[] = { HEADER, 1, 0, 0, 9, 1, 2, 0, 0 };
  gboolean well_formed;

  g_assert_cmpuint (count (padded, sizeof padded, &well_formed), ==, 1);
  g_assert_true (well_formed);
  /* The padding of the last chunk may be missing. */
  g_assert_cmpuint (count (padded, sizeof padded - 2, &well_formed), ==, 1);
  g_assert_true (well_formed);
  g_assert_cmpuint (count (padded, sizeof padded - 3, &well_formed), ==, 0);
  g_assert_false (well_formed);
  g_assert_cmpuint (count (padded, GST_P2P_SCTP_HEADER_SIZE, &well_formed), ==, 0);
  g_assert_true (well_formed);
  g_assert_cmpuint (count (padded, GST_P2P_SCTP_HEADER_SIZE - 1, &well_formed), ==, 0);
  g_assert_false (well_formed);
  g_assert_cmpuint (count (short_length, sizeof short_length, &well_formed), ==, 0);
  g_assert_false (well_formed);
  g_assert_cmpuint (count (long_length, sizeof long_length, &well_formed), ==, 0);
  g_assert_false (well_formed);
}

static void
test_serial (void)
{
  g_assert_true (gst_p2p_serial32_is_after (5, 4));
  g_assert_false (gst_p2p_serial32_is_after (4, 4));
  g_assert_false (gst_p2p_serial32_is_after (4, 5));
  g_assert_true (gst_p2p_serial32_is_after (3, 0xfffffff0u));
  g_assert_false (gst_p2p_serial32_is_after (0xfffffff0u, 3));
  g_assert_true (gst_p2p_serial16_is_after (0, 0xffff));
  g_assert_false (gst_p2p_serial16_is_after (0xffff, 0));
}

int
main (int argc, char **argv)
{
  test_watchdog_start (60);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/sctpchunk/walk", test_walk);
  g_test_add_func ("/link/sctpchunk/ends", test_ends);
  g_test_add_func ("/base/serial", test_serial);
  return g_test_run ();
}
