/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The chunks of packets, well-formed and not. */
#include "gst/p2p/link/sctpchunk.h"

#include <string.h>

#include "gst/p2p/base/serial.h"
#include "tests/common/watchdog.h"

#define HEADER 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
#define INIT_END (GST_P2P_SCTP_HEADER_SIZE + 20)

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

static gboolean
is_sound (guint8 type, gsize chunk_size, const guint8 *parameters, gsize size)
{
  guint8 packet[64] = { HEADER, type, 0, 0, (guint8)chunk_size, 0, 0, 0, 7 };

  memcpy (packet + INIT_END, parameters, size);
  return gst_p2p_sctp_packet_is_sound (packet, INIT_END + size);
}

static void
test_sound (void)
{
  static const guint8 good[] = { 0xc0, 0, 0, 4, 0x80, 8, 0, 6, 130, 192, 0, 0 };
  static const guint8 empty[] = { 0xc0, 0, 0, 4, 0x80, 8, 0, 0 };
  static const guint8 tiny[] = { 0xc0, 0, 0, 4, 0x80, 8, 0, 3 };
  static const guint8 long_one[] = { 0xc0, 0, 0, 4, 0x80, 8, 0, 5 };
  static const guint8 another[] = { 11, 0, 0, 4, 11, 0, 0, 3 };

  g_assert_true (is_sound (GST_P2P_SCTP_INIT, 20, good, 0));
  g_assert_true (is_sound (GST_P2P_SCTP_INIT, 20 + sizeof good, good, sizeof good));
  g_assert_true (is_sound (GST_P2P_SCTP_INIT_ACK, 20 + 10, good, sizeof good));
  g_assert_false (is_sound (GST_P2P_SCTP_INIT, 20 + sizeof empty, empty, sizeof empty));
  g_assert_false (is_sound (GST_P2P_SCTP_INIT_ACK, 20 + sizeof empty, empty, sizeof empty));
  g_assert_false (is_sound (GST_P2P_SCTP_INIT, 20 + sizeof tiny, tiny, sizeof tiny));
  g_assert_false (is_sound (GST_P2P_SCTP_INIT, 20 + sizeof long_one, long_one, sizeof long_one));
  /* Behind the chunk: padding, or another chunk. */
  g_assert_false (is_sound (GST_P2P_SCTP_INIT, 20 + 1, empty + 4, 4));
  g_assert_false (is_sound (GST_P2P_SCTP_INIT, 20, another, sizeof another));
  g_assert_true (is_sound (GST_P2P_SCTP_SACK, 20, another, 0));
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
  g_test_add_func ("/link/sctpchunk/sound", test_sound);
  g_test_add_func ("/base/serial", test_serial);
  return g_test_run ();
}
