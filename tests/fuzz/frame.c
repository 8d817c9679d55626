/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages of gst-frames-1 to the reassembler. The input is a byte (1: unreliable, 2: replies),
 * then messages, each after its length in two bytes. Whatever comes, memory is bounded, objects
 * come out as long as their kind allows, and after an error nothing more is tried.
 */
#include <gst/gst.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/frame/metas.h"
#include "gst/p2p/frame/reassembler.h"

#define MAX_FRAME 4096

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What was read is printed and read again: nothing of it is lost. */
static void
check_metas (GstBuffer *object, guint32 extra, gsize size)
{
  g_autofree guint8 *metas = g_malloc (extra);
  g_autoptr (GstBuffer) buffer = gst_buffer_new (), again = gst_buffer_new ();
  g_autoptr (GBytes) printed = NULL;
  const gchar *lost = NULL;
  guint new_names = 8, no_names = 0;

  g_assert_cmpuint (extra, <=, size - GST_P2P_FRAME_BUFFER_PREFIX);
  if (extra == 0)
    return;
  gst_buffer_extract (object, GST_P2P_FRAME_BUFFER_PREFIX, metas, extra);
  if (!gst_p2p_frame_metas_parse (metas, extra, &new_names, buffer, NULL))
    return;
  printed = gst_p2p_frame_metas_print (buffer, &lost);
  if (printed && !lost)
    g_assert_true (gst_p2p_frame_metas_parse (g_bytes_get_data (printed, NULL),
                                              g_bytes_get_size (printed), &no_names, again, NULL));
}

static void
check_object (const GstP2pFrameObject *object, const GstP2pFrameReassemblerConfig *config)
{
  gsize size = object->payload ? gst_buffer_get_size (object->payload) : 0;
  GstP2pFrameBuffer frame;
  GstMapInfo map;
  guint sum = 0;

  if (object->kind == GST_P2P_FRAME_BUFFER)
    {
      if (gst_p2p_frame_buffer_read (&frame, object->payload))
        check_metas (object->payload, frame.extra, size);
      g_assert_cmpuint (size, <=,
                        MAX_FRAME + GST_P2P_FRAME_MAX_EXTRA + GST_P2P_FRAME_BUFFER_PREFIX);
    }
  if (object->kind < GST_P2P_FRAME_IGNORED)
    g_assert_cmpint (object->kind >= 64, ==, config->replies);
  else
    g_assert_null (object->payload);
  if (!object->payload)
    return;
  g_assert_true (gst_buffer_map (object->payload, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size; i++)
    sum += map.data[i];
  gst_buffer_unmap (object->payload, &map);
  g_assert_cmpuint (sum, <=, 255 * size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  GstP2pFrameReassemblerConfig config = { .max_frame_size = MAX_FRAME };
  g_autoptr (GstP2pFrameReassembler) reassembler = NULL;
  g_autoptr (GError) error = NULL;
  GstP2pFrameObject object;

  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  if (size < 1)
    return 0;
  config.unreliable = data[0] & 1;
  config.replies = !!(data[0] & 2);
  reassembler = gst_p2p_frame_reassembler_new (&config);
  for (data++, size--; size >= 2 && !error;)
    {
      gsize length = MIN (gst_p2p_read_u16 (data), size - 2);
      g_autoptr (GstBuffer) message = gst_buffer_new_allocate (NULL, length, NULL);

      gst_buffer_fill (message, 0, data + 2, length);
      if (!gst_p2p_frame_reassembler_push (reassembler, message, &error))
        g_assert_nonnull (error);
      while (gst_p2p_frame_reassembler_pop (reassembler, &object))
        {
          check_object (&object, &config);
          gst_p2p_frame_object_clear (&object);
        }
      g_assert_cmpuint (gst_p2p_frame_reassembler_get_pending_bytes (reassembler), <=,
                        MAX (GST_P2P_FRAME_MAX_TEXT, MAX_FRAME) * 2
                            + GST_P2P_FRAME_REASSEMBLER_SLACK);
      data += 2 + length;
      size -= 2 + length;
    }
  return 0;
}
