/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * headers: see headers.h.
 */
#include "plugins/p2p/framing/headers.h"

static const GValue *
find_headers (const GstCaps *caps)
{
  static const gchar *const only_in_caps[] = { "video/x-vp8", "video/x-vp9", "audio/x-opus", NULL };
  const GstStructure *structure;
  const GValue *headers;

  if (!caps || gst_caps_get_size (caps) == 0)
    return NULL;
  structure = gst_caps_get_structure (caps, 0);
  if (g_strv_contains (only_in_caps, gst_structure_get_name (structure)))
    return NULL;
  headers = gst_structure_get_value (structure, "streamheader");
  return headers && GST_VALUE_HOLDS_ARRAY (headers) ? headers : NULL;
}

GstBufferList *
gst_p2p_framing_headers_get (const GstCaps *caps)
{
  const GValue *values = find_headers (caps);
  guint n = values ? gst_value_array_get_size (values) : 0;
  GstBufferList *headers = NULL;

  for (guint i = 0; i < n; i++)
    {
      const GValue *value = gst_value_array_get_value (values, i);
      GstBuffer *header;

      if (!GST_VALUE_HOLDS_BUFFER (value) || !gst_value_get_buffer (value))
        continue;
      header = gst_buffer_copy (gst_value_get_buffer (value));
      GST_BUFFER_FLAG_SET (header, GST_BUFFER_FLAG_HEADER);
      GST_BUFFER_PTS (header) = GST_BUFFER_DTS (header) = GST_CLOCK_TIME_NONE;
      GST_BUFFER_DURATION (header) = GST_CLOCK_TIME_NONE;
      if (!headers)
        headers = gst_buffer_list_new ();
      gst_buffer_list_add (headers, header);
    }
  return headers;
}
