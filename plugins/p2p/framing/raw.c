/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * raw: see raw.h.
 */
#include "plugins/p2p/framing/raw.h"

#include "gst/p2p/base/error.h"
#include "plugins/p2p/base/messagepad.h"

GstBuffer *
gst_p2p_framing_raw_cut (GstBuffer *buffer, gsize most, gboolean marked, GstBufferList **list)
{
  gsize size = gst_buffer_get_size (buffer), done, piece;
  gboolean header = GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER);
  GstBuffer *message = NULL;

  *list = size > most ? gst_buffer_list_new_sized (1 + (size - 1) / most) : NULL;
  for (done = 0; done < size || !message; done += piece)
    {
      piece = MIN (size - done, most);
      message = gst_buffer_new ();
      gst_buffer_copy_into (message, buffer, GST_BUFFER_COPY_MEMORY, done, piece);
      if (header) /* no receiver can do without it */
        GST_BUFFER_FLAG_SET (message, GST_BUFFER_FLAG_NON_DROPPABLE);
      if (marked && done + piece < size)
        GST_BUFFER_FLAG_SET (message, GST_P2P_MESSAGE_FLAG_PARTIAL);
      if (*list)
        gst_buffer_list_add (*list, message);
    }
  return *list ? NULL : message;
}

GstBuffer *
gst_p2p_framing_raw_join (GByteArray **parts, GstBuffer *message, guint most, GError **error)
{
  gsize size = gst_buffer_get_size (message), before = *parts ? (*parts)->len : 0;
  gboolean partial = GST_BUFFER_FLAG_IS_SET (message, GST_P2P_MESSAGE_FLAG_PARTIAL);
  g_autoptr (GBytes) whole = NULL;
  GstMapInfo map;

  if (size > most || before > most - size)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "A message of %" G_GSIZE_FORMAT " bytes is over the limit of %u", before + size,
                   most);
      return NULL;
    }
  if (!partial && !*parts)
    return gst_buffer_copy_region (message, GST_BUFFER_COPY_MEMORY, 0, (gsize)-1);
  if (!*parts)
    *parts = g_byte_array_new ();
  if (gst_buffer_map (message, &map, GST_MAP_READ))
    {
      g_byte_array_append (*parts, map.data, (guint)map.size);
      gst_buffer_unmap (message, &map);
    }
  if (partial)
    return NULL;
  whole = g_byte_array_free_to_bytes (g_steal_pointer (parts));
  return gst_buffer_new_wrapped_bytes (whole);
}
