/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Frames that break a limit are found, however they are cut into pieces. */
#include "signaling/websocket/framemeter.h"

#include "tests/common/watchdog.h"

#define MAX_MESSAGE 16384

/* Feeds a masked frame of @size payload bytes, in pieces of @piece. */
static gboolean
feed_frame (GstP2pWebsocketFrameMeter *meter, guint8 first, guint64 size, gsize piece,
            GstP2pWebsocketFrameTally *tally)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8 header[10] = { first, 0x80 | (size < 126 ? size : size < 65536 ? 126 : 127) };
  guint n = size < 126 ? 0 : size < 65536 ? 2 : 8;

  for (guint i = 0; i < n; i++)
    header[2 + i] = size >> 8 * (n - 1 - i);
  g_byte_array_append (frame, header, 2 + n);
  g_byte_array_append (frame, (const guint8 *)"mask", 4);
  if (size <= 65536)
    g_byte_array_set_size (frame, frame->len + size);
  for (gsize at = 0; at < frame->len; at += piece)
    if (!gst_p2p_websocket_frame_meter_feed (meter, frame->data + at, MIN (piece, frame->len - at),
                                             tally))
      return FALSE;
  return TRUE;
}

static void
test_sizes (void)
{
  static const guint64 good[] = { 0, 1, 125, 126, 1000, MAX_MESSAGE };
  static const guint64 bad[] = { MAX_MESSAGE + 1, 65535, 65536, G_MAXINT64, G_MAXUINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    for (gsize piece = 1; piece < 20; piece += 6)
      {
        GstP2pWebsocketFrameMeter meter = { .max_message = MAX_MESSAGE };
        GstP2pWebsocketFrameTally tally = { 0 };

        g_assert_true (feed_frame (&meter, 0x81, good[i], piece, &tally));
        g_assert_true (feed_frame (&meter, 0x81, good[i], 100000, &tally));
        g_assert_cmpuint (tally.frames, ==, 2);
        g_assert_cmpuint (tally.pongs, ==, 0);
      }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      GstP2pWebsocketFrameMeter meter = { .max_message = MAX_MESSAGE };
      GstP2pWebsocketFrameTally tally = { 0 };

      g_assert_false (feed_frame (&meter, 0x81, bad[i], 3, &tally));
    }
}

static void
test_fragments (void)
{
  GstP2pWebsocketFrameMeter meter = { .max_message = MAX_MESSAGE };
  GstP2pWebsocketFrameTally tally = { 0 };

  for (guint message = 0; message < 3; message++)
    {
      g_assert_true (feed_frame (&meter, 0x01, 8000, 1000, &tally));
      g_assert_true (feed_frame (&meter, 0x89, 125, 1000, &tally));
      g_assert_true (feed_frame (&meter, 0x00, 8000, 1000, &tally));
      g_assert_true (feed_frame (&meter, 0x80, 384, 1000, &tally));
    }
  g_assert_cmpuint (tally.frames, ==, 12);
  g_assert_cmpuint (tally.pongs, ==, 3 * 127);
  g_assert_true (feed_frame (&meter, 0x01, MAX_MESSAGE, 1000, &tally));
  g_assert_true (feed_frame (&meter, 0x00, 0, 1000, &tally));
  g_assert_false (feed_frame (&meter, 0x80, 1, 1000, &tally));
}

static void
test_control (void)
{
  GstP2pWebsocketFrameMeter meter = { .max_message = MAX_MESSAGE };
  GstP2pWebsocketFrameTally tally = { 0 };

  g_assert_true (feed_frame (&meter, 0x8a, 125, 1000, &tally));
  g_assert_cmpuint (tally.pongs, ==, 0);
  g_assert_false (feed_frame (&meter, 0x89, 126, 1000, &tally));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (30);
  g_test_add_func ("/framemeter/sizes", test_sizes);
  g_test_add_func ("/framemeter/fragments", test_fragments);
  g_test_add_func ("/framemeter/control", test_control);
  return g_test_run ();
}
