/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * content: see content.h.
 */
#include "plugins/p2p/framing/content.h"

#include "gst/p2p/base/error.h"
#include "gst/p2p/frame/metas.h"
#include "plugins/p2p/framing/time.h"

const gchar *
gst_p2p_framing_content_find_unreadable (GstBuffer *buffer)
{
  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++)
    {
      GstMemory *memory = gst_buffer_peek_memory (buffer, i);
      GstMapInfo map;

      if (gst_memory_is_type (memory, GST_ALLOCATOR_SYSMEM))
        continue;
      if (!gst_memory_map (memory, &map, GST_MAP_READ))
        return memory->allocator->mem_type;
      gst_memory_unmap (memory, &map);
    }
  return NULL;
}

GstBuffer *
gst_p2p_framing_content_print (GstBuffer *buffer, guint32 *extra, const gchar **lost)
{
  GBytes *metas = gst_p2p_frame_metas_print (buffer, lost);
  GstBuffer *content;

  *extra = metas ? (guint32)g_bytes_get_size (metas) : 0;
  if (!metas)
    return gst_buffer_ref (buffer);
  content = gst_buffer_new_wrapped_bytes (metas);
  g_bytes_unref (metas);
  gst_buffer_copy_into (content, buffer, GST_BUFFER_COPY_MEMORY, 0, (gsize)-1);
  return content;
}

static gboolean
check_sizes (gsize data, guint max_size, guint32 extra, GError **error)
{
  if (data <= max_size && extra <= GST_P2P_FRAME_MAX_EXTRA)
    return TRUE;
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
               "A BUFFER object with %" G_GSIZE_FORMAT " bytes of data and %u of metas is over the "
               "limit of %u or %d",
               data, extra, max_size, GST_P2P_FRAME_MAX_EXTRA);
  return FALSE;
}

static gboolean
parse_metas (GstBuffer *object, guint32 extra, guint *new_names, GstBuffer *buffer, GError **error)
{
  g_autofree guint8 *metas = NULL;

  if (extra == 0)
    return TRUE;
  metas = g_malloc (extra);
  gst_buffer_extract (object, GST_P2P_FRAME_BUFFER_PREFIX, metas, extra);
  return gst_p2p_frame_metas_parse (metas, extra, new_names, buffer, error);
}

GstBuffer *
gst_p2p_framing_content_parse (GstBuffer *object, const GstP2pFrameBuffer *prefix,
                               const GstSegment *told, guint max_size, guint *new_names,
                               GError **error)
{
  gsize begin = GST_P2P_FRAME_BUFFER_PREFIX + prefix->extra;
  g_autoptr (GstBuffer) buffer = NULL;

  if (!check_sizes (gst_buffer_get_size (object) - begin, max_size, prefix->extra, error))
    return NULL;
  buffer = gst_buffer_copy_region (object, GST_BUFFER_COPY_MEMORY, begin, (gsize)-1);
  GST_BUFFER_PTS (buffer) = gst_p2p_framing_time_to_timestamp (told, prefix->pts);
  GST_BUFFER_DTS (buffer) = gst_p2p_framing_time_to_timestamp (told, prefix->dts);
  GST_BUFFER_DURATION (buffer) = prefix->duration;
  GST_BUFFER_OFFSET (buffer) = prefix->offset;
  GST_BUFFER_OFFSET_END (buffer) = prefix->offset_end;
  GST_BUFFER_FLAG_SET (buffer, prefix->flags);
  return parse_metas (object, prefix->extra, new_names, buffer, error) ? g_steal_pointer (&buffer)
                                                                       : NULL;
}
