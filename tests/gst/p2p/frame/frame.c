/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages of gst-frames-1, byte by byte, and the cut of objects into messages. */
#include <string.h>

#include <gst/gst.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/serial.h"
#include "gst/p2p/frame/frame.h"
#include "tests/common/leaks.h"

static GstBuffer *
make_message (const gchar *hex)
{
  gsize size = strlen (hex) / 2;
  guint8 *data = g_malloc (MAX (size, 1));

  for (gsize i = 0; i < size; i++)
    data[i] = g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]);
  return gst_buffer_new_wrapped (data, size);
}

static gchar *
to_hex (GstBuffer *buffer)
{
  GString *hex = g_string_new (NULL);
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size; i++)
    g_string_append_printf (hex, "%02x", map.data[i]);
  gst_buffer_unmap (buffer, &map);
  return g_string_free (hex, FALSE);
}

static GstBuffer *
make_data (gsize size)
{
  guint8 *data = g_malloc (MAX (size, 1));

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8)(i * 7 + (i >> 8));
  return gst_buffer_new_wrapped (data, size);
}

/* The documented layout, so that another program can be written from it. */
static void
test_layout (void)
{
  const guint8 text[] = { 'E', 'M', 'P', 'T', 'Y' };
  GstP2pFrameHeader header = { .kind = GST_P2P_FRAME_CAPS, .epoch = 0x0102, .seq = 0x03040506 };
  g_autoptr (GstBuffer) data = gst_buffer_new_memdup (text, sizeof text);
  g_autoptr (GstBuffer) message = NULL;
  GstBufferList *list;
  g_autofree gchar *hex = NULL;

  message = gst_p2p_frame_split (&header, NULL, 0, data, 1024, &list);
  g_assert_null (list);
  hex = to_hex (message);
  g_assert_cmpstr (hex, ==,
                   "02"
                   "03"
                   "0102"
                   "03040506"
                   "00000000"
                   "00000005"
                   "454d505459");
  g_assert_true (GST_BUFFER_FLAG_IS_SET (message, GST_BUFFER_FLAG_NON_DROPPABLE));
}

static void
test_buffer_prefix (void)
{
  GstP2pFrameBuffer frame
      = { -1, 2, GST_CLOCK_TIME_NONE, 4, 5, GST_P2P_FRAME_NO_TIME, 7, 0, 0xffffffff },
      read;
  guint8 prefix[GST_P2P_FRAME_BUFFER_PREFIX];
  g_autoptr (GstBuffer) object = NULL;
  g_autofree gchar *hex = NULL;

  gst_p2p_frame_buffer_write (&frame, prefix);
  object = gst_buffer_new_memdup (prefix, sizeof prefix);
  hex = to_hex (object);
  g_assert_cmpstr (hex, ==,
                   "ffffffffffffffff"
                   "0000000000000002"
                   "ffffffffffffffff"
                   "0000000000000004"
                   "0000000000000005"
                   "8000000000000000"
                   "0007"
                   "00000000"
                   "ffffbff0");
  g_assert_true (gst_p2p_frame_buffer_read (&read, object));
  g_assert_cmpint (read.pts, ==, -1);
  g_assert_cmpint (read.dts, ==, 2);
  g_assert_cmpuint (read.duration, ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (read.offset, ==, 4);
  g_assert_cmpuint (read.offset_end, ==, 5);
  g_assert_cmpint (read.sent, ==, GST_P2P_FRAME_NO_TIME);
  g_assert_cmpuint (read.timeline, ==, 7);
  g_assert_cmpuint (read.extra, ==, 0);
  g_assert_cmpuint (read.flags, ==, 0xffffbff0);
  gst_buffer_resize (object, 0, sizeof prefix - 1);
  g_assert_false (gst_p2p_frame_buffer_read (&read, object));
}

/* A duration that does not fit a signed number is none; metas end within the object. */
static void
test_hostile_prefix (void)
{
  GstP2pFrameBuffer frame = { .duration = G_MAXUINT64 - 1, .extra = 3 };
  guint8 prefix[GST_P2P_FRAME_BUFFER_PREFIX + 3] = { 0 };
  g_autoptr (GstBuffer) object = NULL;

  gst_p2p_frame_buffer_write (&frame, prefix);
  object = gst_buffer_new_memdup (prefix, sizeof prefix);
  g_assert_true (gst_p2p_frame_buffer_read (&frame, object));
  g_assert_cmpuint (frame.duration, ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (frame.extra, ==, 3);
  gst_buffer_resize (object, 0, sizeof prefix - 1);
  g_assert_false (gst_p2p_frame_buffer_read (&frame, object));
}

static void
test_gap (void)
{
  GstP2pFrameGap gap = { -3, 4, 5, 6 }, read;
  guint8 data[GST_P2P_FRAME_GAP_SIZE];
  g_autoptr (GstBuffer) object = NULL;
  g_autofree gchar *hex = NULL;

  gst_p2p_frame_gap_write (&gap, data);
  object = gst_buffer_new_memdup (data, sizeof data);
  hex = to_hex (object);
  g_assert_cmpstr (hex, ==,
                   "fffffffffffffffd"
                   "0000000000000004"
                   "0000000000000005"
                   "0006");
  g_assert_true (gst_p2p_frame_gap_read (&read, object));
  g_assert_cmpint (read.pts, ==, -3);
  g_assert_cmpuint (read.duration, ==, 4);
  g_assert_cmpint (read.sent, ==, 5);
  g_assert_cmpuint (read.timeline, ==, 6);
  gst_buffer_resize (object, 0, sizeof data - 1);
  g_assert_false (gst_p2p_frame_gap_read (&read, object));
}

/* Headers that must be refused; the second column says why. */
static void
test_refused (void)
{
  const struct
  {
    const gchar *message, *why;
  } cases[] = {
    { "", "empty" },
    { "01", "one byte" },
    { "0102000100000000000000", "shorter than a header" },
    { "010300010000000000000000000000", "a first fragment shorter than its header" },
    { "0102000100000000"
      "00000000"
      "aa",
      "no first fragment, at offset 0" },
    { "0101000100000000"
      "00000001"
      "00000005"
      "aa",
      "a first fragment not at offset 0" },
    { "0100000100000000"
      "00000001",
      "a later fragment without payload" },
    { "0100000100000000"
      "ffffffff"
      "aabb",
      "beyond 2^32" },
    { "0101000100000000"
      "00000000"
      "00000001"
      "aabb",
      "more than its length" },
    { "0103000100000000"
      "00000000"
      "00000003"
      "aabb",
      "last, but less than its length" },
    { "0101000100000000"
      "00000000"
      "00000002"
      "aabb",
      "whole, but not last" },
    { "0101000100000000"
      "00000000"
      "00000002",
      "a first fragment without payload" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GstBuffer) message = make_message (cases[i].message);
      g_autoptr (GError) error = NULL;
      GstP2pFrameHeader header;
      gsize header_size;

      g_test_message ("%s", cases[i].why);
      g_assert_false (gst_p2p_frame_header_parse (message, &header, &header_size, &error));
      g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID);
    }
}

static void
test_too_large (void)
{
  g_autoptr (GstBuffer) message = make_data (GST_P2P_FRAME_MAX_MESSAGE + 1);
  g_autoptr (GError) error = NULL;
  GstP2pFrameHeader header;
  gsize header_size;

  g_assert_false (gst_p2p_frame_header_parse (message, &header, &header_size, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT);
}

static void
test_unknown_flags_are_ignored (void)
{
  g_autoptr (GstBuffer) message = make_message ("01ff000700000009"
                                                "00000000"
                                                "00000001"
                                                "aa");
  g_autoptr (GError) error = NULL;
  GstP2pFrameHeader header;
  gsize header_size;

  g_assert_true (gst_p2p_frame_header_parse (message, &header, &header_size, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (header.epoch, ==, 7);
  g_assert_cmpuint (header.seq, ==, 9);
  g_assert_cmpuint (header.length, ==, 1);
  g_assert_cmpuint (header_size, ==, 16);
}

/* Checks one message of an object and puts its payload to the others. */
static void
collect (GstBuffer *message, gsize max_message, GByteArray *object, gsize length)
{
  g_autoptr (GError) error = NULL;
  GstP2pFrameHeader header;
  gsize header_size;
  GstMapInfo map;

  g_assert_cmpuint (gst_buffer_get_size (message), <=, max_message);
  g_assert_true (gst_p2p_frame_header_parse (message, &header, &header_size, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (header.kind, ==, GST_P2P_FRAME_BUFFER);
  g_assert_cmpuint (header.seq, ==, 77);
  g_assert_cmpuint (header.offset, ==, object->len);
  g_assert_cmpint (!!(header.flags & GST_P2P_FRAME_FIRST), ==, object->len == 0);
  if (header.flags & GST_P2P_FRAME_FIRST)
    g_assert_cmpuint (header.length, ==, length);
  g_assert_true (gst_buffer_map (message, &map, GST_MAP_READ));
  g_byte_array_append (object, map.data + header_size, map.size - header_size);
  gst_buffer_unmap (message, &map);
  g_assert_cmpint (!!(header.flags & GST_P2P_FRAME_LAST), ==, object->len == length);
  g_assert_false (GST_BUFFER_FLAG_IS_SET (message, GST_BUFFER_FLAG_NON_DROPPABLE));
}

static void
check_split (gsize size, gsize max_message)
{
  GstP2pFrameHeader header = { .kind = GST_P2P_FRAME_BUFFER, .seq = 77 };
  guint8 prefix[GST_P2P_FRAME_BUFFER_PREFIX] = { 1, 2, 3 };
  g_autoptr (GstBuffer) data = make_data (size);
  g_autoptr (GstBuffer) message = NULL;
  g_autoptr (GByteArray) object = g_byte_array_new ();
  gsize length = sizeof prefix + size;
  GstBufferList *list;

  message = gst_p2p_frame_split (&header, prefix, sizeof prefix, data, max_message, &list);
  g_assert_true (!message != !list);
  if (message)
    collect (message, max_message, object, length);
  for (guint i = 0; list && i < gst_buffer_list_length (list); i++)
    collect (gst_buffer_list_get (list, i), max_message, object, length);
  g_clear_pointer (&list, gst_buffer_list_unref);

  g_assert_cmpuint (object->len, ==, length);
  g_assert_cmpmem (object->data, sizeof prefix, prefix, sizeof prefix);
  g_assert_cmpint (gst_buffer_memcmp (data, 0, object->data + sizeof prefix, size), ==, 0);
}

static void
test_split (void)
{
  const gsize limits[] = { GST_P2P_FRAME_MIN_MESSAGE, 1200, GST_P2P_FRAME_MAX_MESSAGE };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      gsize edge = limits[i] - GST_P2P_FRAME_FIRST_HEADER_SIZE - GST_P2P_FRAME_BUFFER_PREFIX;
      gsize second = limits[i] - GST_P2P_FRAME_HEADER_SIZE;

      for (gsize size = 0; size < 8; size++)
        check_split (size, limits[i]);
      for (gsize size = edge - 2; size <= edge + 2; size++)
        check_split (size, limits[i]);
      for (gsize size = edge + second - 2; size <= edge + second + 2; size++)
        check_split (size, limits[i]);
      check_split (200000, limits[i]);
    }
}

/* Large payload is not copied: the messages' memory lies within the buffer's. */
static void
test_split_shares (void)
{
  GstP2pFrameHeader header = { .kind = GST_P2P_FRAME_BUFFER };
  g_autoptr (GstBuffer) data = make_data (100000);
  GstBufferList *list;
  GstMapInfo whole, part;

  g_assert_null (gst_p2p_frame_split (&header, NULL, 0, data, GST_P2P_FRAME_MAX_MESSAGE, &list));
  g_assert_true (gst_buffer_map (data, &whole, GST_MAP_READ));
  for (guint i = 0; i < gst_buffer_list_length (list) - 1; i++)
    {
      GstMemory *memory = gst_buffer_peek_memory (gst_buffer_list_get (list, i), 1);

      g_assert_true (gst_memory_map (memory, &part, GST_MAP_READ));
      g_assert_true (part.data >= whole.data && part.data + part.size <= whole.data + whole.size);
      gst_memory_unmap (memory, &part);
    }
  gst_buffer_unmap (data, &whole);
  gst_buffer_list_unref (list);
}

static void
test_serial_numbers (void)
{
  g_assert_true (gst_p2p_serial32_is_after (0, GST_P2P_FRAME_NO_SEQ));
  g_assert_true (gst_p2p_serial32_is_after (5, 4));
  g_assert_false (gst_p2p_serial32_is_after (4, 4));
  g_assert_true (gst_p2p_serial32_is_after (3, 0xfffffff0u));
  g_assert_true (gst_p2p_serial16_is_after (0, 0xffff));
  g_assert_false (gst_p2p_serial16_is_after (0xffff, 0));
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frame/layout", test_layout);
  g_test_add_func ("/frame/buffer-prefix", test_buffer_prefix);
  g_test_add_func ("/frame/hostile-prefix", test_hostile_prefix);
  g_test_add_func ("/frame/gap", test_gap);
  g_test_add_func ("/frame/refused", test_refused);
  g_test_add_func ("/frame/too-large", test_too_large);
  g_test_add_func ("/frame/unknown-flags-are-ignored", test_unknown_flags_are_ignored);
  g_test_add_func ("/frame/split", test_split);
  g_test_add_func ("/frame/split-shares", test_split_shares);
  g_test_add_func ("/frame/serial-numbers", test_serial_numbers);
  return g_test_run ();
}
