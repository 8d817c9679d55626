/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* crc32c: known values, the instruction against the table, and packets. */
#include "gst/p2p/link/crc32c.h"
#include "gst/p2p/link/sctpchunk.h"

#include <string.h>

#include <usrsctp.h>

static void
test_known (void)
{
  guint8 data[32];

  g_assert_cmphex (gst_p2p_crc32c ((const guint8 *)"123456789", 9), ==, 0xe3069283);
  g_assert_cmphex (gst_p2p_crc32c ((const guint8 *)"", 0), ==, 0);
  /* RFC 3720 section B.4 */
  memset (data, 0, sizeof data);
  g_assert_cmphex (gst_p2p_crc32c (data, sizeof data), ==, 0x8a9136aa);
  memset (data, 0xff, sizeof data);
  g_assert_cmphex (gst_p2p_crc32c (data, sizeof data), ==, 0x62a8ab43);
  for (guint i = 0; i < sizeof data; i++)
    data[i] = i;
  g_assert_cmphex (gst_p2p_crc32c (data, sizeof data), ==, 0x46dd794e);
}

/* Every length and alignment around the width of the instruction. */
static void
test_portable (void)
{
  guint8 data[300];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = g_test_rand_int ();
  for (guint offset = 0; offset < 9; offset++)
    for (guint size = 0; size + offset <= sizeof data; size++)
      g_assert_cmphex (gst_p2p_crc32c (data + offset, size), ==,
                       gst_p2p_crc32c_portable (data + offset, size));
}

static void
test_packet (void)
{
  guint8 packet[1191];

  for (guint i = 0; i < sizeof packet; i++)
    packet[i] = g_test_rand_int ();
  gst_p2p_sctp_packet_seal (packet, sizeof packet);
  g_assert_true (gst_p2p_sctp_packet_verify (packet, sizeof packet));
  /* verifying restores what it changes */
  g_assert_true (gst_p2p_sctp_packet_verify (packet, sizeof packet));

  for (guint i = 0; i < sizeof packet; i++)
    {
      packet[i] ^= 0x10;
      g_assert_false (gst_p2p_sctp_packet_verify (packet, sizeof packet));
      packet[i] ^= 0x10;
    }

  gst_p2p_sctp_packet_seal (packet, GST_P2P_SCTP_HEADER_SIZE);
  g_assert_true (gst_p2p_sctp_packet_verify (packet, GST_P2P_SCTP_HEADER_SIZE));
}

/* What goes out is what usrsctp would write. */
static void
test_as_usrsctp (void)
{
  guint8 packet[64];
  guint32 carried, expected;

  for (guint i = 0; i < sizeof packet; i++)
    packet[i] = g_test_rand_int ();
  memset (packet + 8, 0, 4);
  expected = usrsctp_crc32c (packet, sizeof packet);
  gst_p2p_sctp_packet_seal (packet, sizeof packet);
  memcpy (&carried, packet + 8, 4);
  g_assert_cmphex (carried, ==, expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crc32c/known", test_known);
  g_test_add_func ("/crc32c/portable", test_portable);
  g_test_add_func ("/crc32c/packet", test_packet);
  g_test_add_func ("/crc32c/as-usrsctp", test_as_usrsctp);
  return g_test_run ();
}
