/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frame: see frame.h.
 */
#include "gst/p2p/frame/frame.h"

#include <string.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/base/error.h"

/* A message of up to this size is copied into one memory: that costs less than a second memory,
 * which the transport would have to merge anyway. */
#define COPY_LIMIT 4096

static void
header_write (const GstP2pFrameHeader *header, guint8 *data)
{
  data[0] = header->kind;
  data[1] = header->flags;
  gst_p2p_write_u16 (data + 2, header->epoch);
  gst_p2p_write_u32 (data + 4, header->seq);
  gst_p2p_write_u32 (data + 8, header->offset);
  if (header->flags & GST_P2P_FRAME_FIRST)
    gst_p2p_write_u32 (data + 12, header->length);
}

gboolean
gst_p2p_frame_header_parse (GstBuffer *message, GstP2pFrameHeader *header, gsize *header_size,
                            GError **error)
{
  guint8 data[GST_P2P_FRAME_FIRST_HEADER_SIZE];
  gsize size = gst_buffer_get_size (message);
  gsize got = gst_buffer_extract (message, 0, data, sizeof data);
  gboolean first = got > 1 && (data[1] & GST_P2P_FRAME_FIRST);
  gsize need = first ? GST_P2P_FRAME_FIRST_HEADER_SIZE : GST_P2P_FRAME_HEADER_SIZE;
  guint64 end;

  if (got < need)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "A frame message of %" G_GSIZE_FORMAT " bytes is shorter than its header", size);
      return FALSE;
    }
  if (size > GST_P2P_FRAME_MAX_MESSAGE)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "A frame message of %" G_GSIZE_FORMAT " bytes is over the limit of %d", size,
                   GST_P2P_FRAME_MAX_MESSAGE);
      return FALSE;
    }

  header->kind = data[0];
  header->flags = data[1];
  header->epoch = gst_p2p_read_u16 (data + 2);
  header->seq = gst_p2p_read_u32 (data + 4);
  header->offset = gst_p2p_read_u32 (data + 8);
  header->length = first ? gst_p2p_read_u32 (data + 12) : 0;
  *header_size = need;

  end = (guint64)header->offset + (size - need);
  if (first != (header->offset == 0) || end > G_MAXUINT32 || (!first && size == need))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "A frame message has flags 0x%02x at offset %u", header->flags, header->offset);
      return FALSE;
    }
  if (first
      && (end > header->length || (end == header->length) != !!(header->flags & GST_P2P_FRAME_LAST)
          || (end == 0 && header->length > 0)))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "The first fragment of a frame object does not fit its length %u",
                   header->length);
      return FALSE;
    }
  return TRUE;
}

gboolean
gst_p2p_frame_kind_is_droppable (guint8 kind)
{
  return kind == GST_P2P_FRAME_BUFFER || kind == GST_P2P_FRAME_GAP;
}

const gchar *
gst_p2p_frame_kind_get_name (guint8 kind)
{
  switch (kind)
    {
    case GST_P2P_FRAME_BUFFER:
      return "BUFFER";
    case GST_P2P_FRAME_CAPS:
      return "CAPS";
    case GST_P2P_FRAME_STREAM_START:
      return "STREAM-START";
    case GST_P2P_FRAME_TAGS:
      return "TAGS";
    case GST_P2P_FRAME_GAP:
      return "GAP";
    case GST_P2P_FRAME_EOS:
      return "EOS";
    case GST_P2P_FRAME_EVENT:
      return "EVENT";
    case GST_P2P_FRAME_HELLO:
      return "HELLO";
    case GST_P2P_FRAME_FLUSH:
      return "FLUSH";
    case GST_P2P_FRAME_ACK:
      return "ACK";
    case GST_P2P_FRAME_UPSTREAM:
      return "UPSTREAM";
    case GST_P2P_FRAME_PROBE:
      return "PROBE";
    default:
      return "unknown";
    }
}

/* Makes one message of the header, @prefix_size bytes of @prefix, and @size bytes of @data from
 * @offset on. */
static GstBuffer *
make_message (const GstP2pFrameHeader *header, const guint8 *prefix, gsize prefix_size,
              GstBuffer *data, gsize offset, gsize size)
{
  guint8 head[GST_P2P_FRAME_FIRST_HEADER_SIZE + GST_P2P_FRAME_BUFFER_PREFIX];
  gsize head_size = GST_P2P_FRAME_HEADER_SIZE;
  gboolean copy;
  GstMemory *memory;
  GstMapInfo map;
  GstBuffer *message = gst_buffer_new ();

  header_write (header, head);
  if (header->flags & GST_P2P_FRAME_FIRST)
    {
      head_size = GST_P2P_FRAME_FIRST_HEADER_SIZE;
      if (prefix_size > 0)
        memcpy (head + head_size, prefix, prefix_size);
      head_size += prefix_size;
    }

  copy = head_size + size <= COPY_LIMIT;
  memory = gst_allocator_alloc (NULL, copy ? head_size + size : head_size, NULL);
  if (gst_memory_map (memory, &map, GST_MAP_WRITE))
    {
      memcpy (map.data, head, head_size);
      if (copy && size > 0)
        gst_buffer_extract (data, offset, map.data + head_size, size);
      gst_memory_unmap (memory, &map);
    }
  gst_buffer_append_memory (message, memory);
  if (!copy)
    gst_buffer_copy_into (message, data, GST_BUFFER_COPY_MEMORY, offset, size);
  if (!gst_p2p_frame_kind_is_droppable (header->kind))
    GST_BUFFER_FLAG_SET (message, GST_BUFFER_FLAG_NON_DROPPABLE);
  return message;
}

GstBuffer *
gst_p2p_frame_split (const GstP2pFrameHeader *object, const guint8 *prefix, gsize prefix_size,
                     GstBuffer *data, gsize max_message, GstBufferList **list)
{
  GstP2pFrameHeader header = *object;
  gsize data_size = data ? gst_buffer_get_size (data) : 0;
  gsize done, size;
  GstBuffer *first;

  *list = NULL;
  header.flags = GST_P2P_FRAME_FIRST;
  header.offset = 0;
  header.length = prefix_size + data_size;
  done = MIN (data_size, max_message - GST_P2P_FRAME_FIRST_HEADER_SIZE - prefix_size);
  if (done == data_size)
    header.flags |= GST_P2P_FRAME_LAST;
  first = make_message (&header, prefix, prefix_size, data, 0, done);
  if (done == data_size)
    return first;

  *list = gst_buffer_list_new_sized (2 + data_size / (max_message - GST_P2P_FRAME_HEADER_SIZE));
  gst_buffer_list_add (*list, first);
  for (; done < data_size; done += size)
    {
      size = MIN (data_size - done, max_message - GST_P2P_FRAME_HEADER_SIZE);
      header.flags = done + size == data_size ? GST_P2P_FRAME_LAST : 0;
      header.offset = prefix_size + done;
      gst_buffer_list_add (*list, make_message (&header, NULL, 0, data, done, size));
    }
  return NULL;
}

void
gst_p2p_frame_buffer_write (const GstP2pFrameBuffer *times,
                            guint8 prefix[GST_P2P_FRAME_BUFFER_PREFIX])
{
  gst_p2p_write_u64 (prefix, times->pts);
  gst_p2p_write_u64 (prefix + 8, times->dts);
  gst_p2p_write_u64 (prefix + 16, times->duration);
  gst_p2p_write_u64 (prefix + 24, times->offset);
  gst_p2p_write_u64 (prefix + 32, times->offset_end);
  gst_p2p_write_u64 (prefix + 40, times->sent);
  gst_p2p_write_u16 (prefix + 48, times->timeline);
  gst_p2p_write_u32 (prefix + 50, times->extra);
  gst_p2p_write_u32 (prefix + 54, times->flags & GST_P2P_FRAME_BUFFER_FLAGS);
}

/* Durations of 2^63 ns and more become none: calculations with times need a sign. */
static GstClockTime
read_duration (const guint8 *data)
{
  guint64 duration = gst_p2p_read_u64 (data);

  return duration <= G_MAXINT64 ? duration : GST_CLOCK_TIME_NONE;
}

static gint64
read_time (const guint8 *data)
{
  gint64 time = (gint64)gst_p2p_read_u64 (data);

  return time >= -GST_P2P_FRAME_MAX_TIME && time <= GST_P2P_FRAME_MAX_TIME ? time
                                                                           : GST_P2P_FRAME_NO_TIME;
}

gboolean
gst_p2p_frame_buffer_read (GstP2pFrameBuffer *times, GstBuffer *object)
{
  guint8 prefix[GST_P2P_FRAME_BUFFER_PREFIX];

  if (gst_buffer_extract (object, 0, prefix, sizeof prefix) < sizeof prefix)
    return FALSE;
  times->pts = read_time (prefix);
  times->dts = read_time (prefix + 8);
  times->duration = read_duration (prefix + 16);
  times->offset = gst_p2p_read_u64 (prefix + 24);
  times->offset_end = gst_p2p_read_u64 (prefix + 32);
  times->sent = read_time (prefix + 40);
  times->timeline = gst_p2p_read_u16 (prefix + 48);
  times->extra = gst_p2p_read_u32 (prefix + 50);
  times->flags = gst_p2p_read_u32 (prefix + 54) & GST_P2P_FRAME_BUFFER_FLAGS;
  return times->extra <= gst_buffer_get_size (object) - sizeof prefix;
}

void
gst_p2p_frame_gap_write (const GstP2pFrameGap *gap, guint8 object[GST_P2P_FRAME_GAP_SIZE])
{
  gst_p2p_write_u64 (object, gap->pts);
  gst_p2p_write_u64 (object + 8, gap->duration);
  gst_p2p_write_u64 (object + 16, gap->sent);
  gst_p2p_write_u16 (object + 24, gap->timeline);
}

gboolean
gst_p2p_frame_gap_read (GstP2pFrameGap *gap, GstBuffer *object)
{
  guint8 data[GST_P2P_FRAME_GAP_SIZE];

  if (gst_buffer_extract (object, 0, data, sizeof data) < sizeof data)
    return FALSE;
  gap->pts = read_time (data);
  gap->duration = read_duration (data + 8);
  gap->sent = read_time (data + 16);
  gap->timeline = gst_p2p_read_u16 (data + 24);
  return TRUE;
}

void
gst_p2p_frame_flush_write (const GstP2pFrameFlush *flush, guint8 object[GST_P2P_FRAME_FLUSH_SIZE])
{
  gst_p2p_write_u16 (object, flush->timeline);
  object[2] = flush->reset_time ? 1 : 0;
}

gboolean
gst_p2p_frame_flush_read (GstP2pFrameFlush *flush, GstBuffer *object)
{
  guint8 data[GST_P2P_FRAME_FLUSH_SIZE];

  if (gst_buffer_extract (object, 0, data, sizeof data) < sizeof data)
    return FALSE;
  flush->timeline = gst_p2p_read_u16 (data);
  flush->reset_time = data[2] != 0;
  return TRUE;
}
