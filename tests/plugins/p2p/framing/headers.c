/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stream headers, out of caps of all sorts. */
#include <gst/gst.h>

#include "plugins/p2p/framing/headers.h"
#include "tests/common/leaks.h"
#include "tests/plugins/p2p/framing/pair.h"

static GstBufferList *
get (const gchar *text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  g_assert_nonnull (caps);
  return gst_p2p_framing_headers_get (caps);
}

static void
test_headers (void)
{
  g_autoptr (GstBufferList) headers
      = get ("audio/x-test, streamheader=(buffer)< 01020304, 05, 0607 >");
  const gsize sizes[] = { 4, 1, 2 };

  g_assert_cmpuint (gst_buffer_list_length (headers), ==, G_N_ELEMENTS (sizes));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      GstBuffer *header = gst_buffer_list_get (headers, i);

      g_assert_cmpuint (gst_buffer_get_size (header), ==, sizes[i]);
      g_assert_true (GST_BUFFER_FLAG_IS_SET (header, GST_BUFFER_FLAG_HEADER));
      g_assert_false (GST_BUFFER_PTS_IS_VALID (header));
      g_assert_false (GST_BUFFER_DTS_IS_VALID (header));
      g_assert_false (GST_BUFFER_DURATION_IS_VALID (header));
    }
}

/* The caps may be shared: what they hold stays as it is. */
static void
test_copies (void)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("audio/x-test, streamheader=(buffer)< 01 >");
  const GValue *array = gst_structure_get_value (gst_caps_get_structure (caps, 0), "streamheader");
  GstBuffer *own = gst_value_get_buffer (gst_value_array_get_value (array, 0));
  g_autoptr (GstBufferList) headers = gst_p2p_framing_headers_get (caps);

  g_assert_true (gst_buffer_list_get (headers, 0) != own);
  g_assert_false (GST_BUFFER_FLAG_IS_SET (own, GST_BUFFER_FLAG_HEADER));
}

static void
test_none (void)
{
  const gchar *const without[] = {
    "EMPTY",
    "ANY",
    "audio/x-test",
    "audio/x-test, streamheader=(int)1",
    "audio/x-test, streamheader=(int)< 1, 2 >",
    /* for muxers only */
    "video/x-vp8, streamheader=(buffer)< 01 >",
    "video/x-vp9, streamheader=(buffer)< 01 >",
    "audio/x-opus, streamheader=(buffer)< 01 >",
  };

  g_assert_null (gst_p2p_framing_headers_get (NULL));
  for (guint i = 0; i < G_N_ELEMENTS (without); i++)
    {
      g_test_message ("%s", without[i]);
      g_assert_null (get (without[i]));
    }
}

#define ADD(name, func) frame_link_add_test ("/framing/enums/headers/" name, func)

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("headers", test_headers);
  ADD ("copies", test_copies);
  ADD ("none", test_none);
  return g_test_run ();
}
