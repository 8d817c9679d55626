/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * NAL units: slices found, emulation prevention there and back, lengths and start codes.
 */
#include <string.h>

#include "gst/p2p/sframe/nalu.h"
#include "tests/common/watchdog.h"

static void
test_first_slice (void)
{
  static const guint8 stream[] = { 0, 0, 1, 0x67, 9, 0, 0, 0, 1, 0x68, 8, 0, 0, 1, 0x65, 7, 7 };
  static const guint8 h265[] = { 0, 0, 0, 1, 0x40, 1, 0xc, 0, 0, 1, 0x26, 1, 0xaf };
  gsize offset;

  g_assert_true (gst_p2p_sframe_nalu_first_slice (stream, sizeof stream, FALSE, &offset));
  g_assert_cmpuint (offset, ==, 14);
  g_assert_true (gst_p2p_sframe_nalu_first_slice (h265, sizeof h265, TRUE, &offset));
  g_assert_cmpuint (offset, ==, 10);
  g_assert_false (
      gst_p2p_sframe_nalu_first_slice (stream, 14, FALSE, &offset)); /* cut before the header */
  g_assert_false (gst_p2p_sframe_nalu_first_slice (stream, 0, FALSE, &offset));
  g_assert_false (gst_p2p_sframe_nalu_first_slice (stream + 3, sizeof stream - 3, FALSE, &offset));
}

/* All sequences of a few bytes that matter. */
static void
test_escaping (void)
{
  static const guint8 alphabet[] = { 0, 1, 3, 4, 0xff };

  for (guint n = 0; n < 5 * 5 * 5 * 5 * 5 * 5 * 5; n++)
    {
      guint8 data[7], escaped[gst_p2p_sframe_nalu_escaped_max (7)], back[7];
      guint state = 0, k = n;
      gsize size, cut = n % 8;

      for (guint i = 0; i < sizeof data; i++, k /= 5)
        data[i] = alphabet[k % 5];
      size = gst_p2p_sframe_nalu_escape (data, cut, &state, escaped);
      size += gst_p2p_sframe_nalu_escape (data + cut, sizeof data - cut, &state, escaped + size);
      g_assert_cmpuint (size, <=, sizeof escaped);
      for (gsize i = 0; i + 2 < size; i++)
        g_assert_false (escaped[i] == 0 && escaped[i + 1] == 0 && escaped[i + 2] <= 2);
      g_assert_cmpmem (back, gst_p2p_sframe_nalu_unescape (escaped, size, back), data, sizeof data);
    }
}

static void
test_lengths (void)
{
  const guint8 lengths[] = { 0, 0, 0, 2, 0x67, 0, 0, 0, 0, 1, 0x65, 0, 0, 0, 3, 1, 2, 3 };
  const guint8 stream[] = { 0, 0, 0, 1, 0x67, 0, 0, 0, 0, 1, 0x65, 0, 0, 0, 1, 1, 2, 3 };
  guint8 work[sizeof lengths];

  memcpy (work, lengths, sizeof work);
  g_assert_true (gst_p2p_sframe_nalu_from_lengths (work, sizeof work, TRUE));
  g_assert_cmpmem (work, sizeof work, stream, sizeof stream);
  for (gsize cut = 1; cut < sizeof work; cut++)
    {
      guint8 part[sizeof lengths];

      memcpy (part, lengths, sizeof part);
      g_assert_cmpint (gst_p2p_sframe_nalu_from_lengths (part, cut, TRUE), ==,
                       cut == 6 || cut == 11);
    }
  memcpy (work, stream, sizeof work);
  work[1] = 1;
  g_assert_false (gst_p2p_sframe_nalu_to_lengths (work, sizeof work));
  g_assert_true (gst_p2p_sframe_nalu_from_lengths (work, 0, TRUE));
}

/* A NAL unit that holds a start code could not be told from two. */
static void
test_ambiguous (void)
{
  guint8 work[] = { 0, 0, 0, 6, 0x65, 0, 0, 1, 0x65, 4 };
  guint8 three[] = { 0, 0, 0, 1, 0x65, 5, 0, 0, 1, 0x65, 4 };

  g_assert_false (gst_p2p_sframe_nalu_from_lengths (work, sizeof work, TRUE));
  g_assert_false (gst_p2p_sframe_nalu_to_lengths (three, sizeof three));
}

static void
test_pps_is_next (void)
{
  g_assert_true (gst_p2p_sframe_nalu_h264_pps_is_next (0x88)); /* 1 0001000: first_mb 0, type 7 */
  g_assert_false (
      gst_p2p_sframe_nalu_h264_pps_is_next (0x9a)); /* 1 00110 1 0: type 5, PPS 0, ... */
  g_assert_false (gst_p2p_sframe_nalu_h264_pps_is_next (0xb8)); /* 1 011 1: type 2 */
  g_assert_false (gst_p2p_sframe_nalu_h264_pps_is_next (0x00));
  g_assert_false (gst_p2p_sframe_nalu_h264_pps_is_next (0x01));
  g_assert_false (
      gst_p2p_sframe_nalu_h264_pps_is_next (0x27)); /* 00100 1 1 1: first_mb 3, type 0, PPS 0 */
  g_assert_true (gst_p2p_sframe_nalu_h264_pps_is_next (0x23)); /* 00100 011: first_mb 3, type 2 */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (120);
  g_test_add_func ("/nalu/first-slice", test_first_slice);
  g_test_add_func ("/nalu/escaping", test_escaping);
  g_test_add_func ("/nalu/lengths", test_lengths);
  g_test_add_func ("/nalu/ambiguous", test_ambiguous);
  g_test_add_func ("/nalu/pps-is-next", test_pps_is_next);
  return g_test_run ();
}
