/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reassembler: see reassembler.h.
 */
#include "gst/p2p/frame/reassembler.h"

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/serial.h"

/* What an object counts beside its bytes, in the limit of what waits. */
#define OBJECT_OVERHEAD 512

typedef struct
{
  guint32 start, end;
} Piece;

/* An object with fragments missing, or whole and waiting for its CAPS. */
typedef struct
{
  guint8 kind;
  guint16 epoch;
  guint32 seq;
  gboolean has_length;
  guint32 length;
  guint32 received;
  guint8 *data; /* NULL for kinds that are ignored */
  gsize allocated;
  GArray *pieces; /* Piece, sorted, with holes between them */
} Partial;

struct _GstP2pFrameReassembler
{
  /* const */
  GstP2pFrameReassemblerConfig config;

  /* the caller's thread */
  guint16 epoch;
  guint32 last_in_order; /* seq of the last whole object of the ordered lane */
  guint32 highest;       /* seq of the newest object given out */
  gboolean discont;
  guint64 lost;
  Partial *current;   /* of the ordered lane */
  GPtrArray *waiting; /* Partial, of the unordered lane, by seq */
  gsize waiting_bytes;
  GArray *output; /* GstP2pFrameObject */
  guint output_head;
};

static gboolean
is_stored (guint8 kind)
{
  return kind < GST_P2P_FRAME_IGNORED;
}

void
gst_p2p_frame_object_clear (GstP2pFrameObject *object)
{
  gst_clear_buffer (&object->payload);
}

static void
partial_free (Partial *partial)
{
  g_clear_pointer (&partial->pieces, g_array_unref);
  g_free (partial->data);
  g_free (partial);
}

static Partial *
partial_new (const GstP2pFrameHeader *header)
{
  Partial *partial = g_new0 (Partial, 1);

  partial->kind = header->kind;
  partial->epoch = header->epoch;
  partial->seq = header->seq;
  partial->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  return partial;
}

static gsize
partial_get_bytes (const Partial *partial)
{
  return OBJECT_OVERHEAD + partial->allocated + partial->pieces->len * sizeof (Piece);
}

/* Notes that the bytes from @start to @end have come; FALSE: some of them had come before. */
static gboolean
partial_cover (Partial *partial, guint32 start, guint32 end)
{
  GArray *pieces = partial->pieces;
  Piece piece = { start, end };
  guint i = pieces->len;
  Piece *before, *after;

  while (i > 0 && g_array_index (pieces, Piece, i - 1).start > start)
    i--;
  before = i > 0 ? &g_array_index (pieces, Piece, i - 1) : NULL;
  after = i < pieces->len ? &g_array_index (pieces, Piece, i) : NULL;
  if ((before && before->end > start) || (after && after->start < end))
    return FALSE;

  if (before && before->end == start)
    {
      before->end = end;
      if (after && after->start == end)
        {
          before->end = after->end;
          g_array_remove_index (pieces, i);
        }
    }
  else if (after && after->start == end)
    {
      after->start = start;
    }
  else
    {
      g_array_insert_val (pieces, i, piece);
    }
  partial->received += end - start;
  return TRUE;
}

/* Makes room up to @end, or for the whole object if its length is known. */
static gboolean
partial_reserve (Partial *partial, guint32 end)
{
  gsize need = partial->has_length ? partial->length : end;
  guint8 *data;

  if (need <= partial->allocated)
    return TRUE;
  if (!partial->has_length) /* not once per message */
    need = MAX (need, partial->allocated + partial->allocated / 2);
  data = g_try_realloc (partial->data, need);
  if (!data)
    return FALSE;
  partial->data = data;
  partial->allocated = need;
  return TRUE;
}

static gboolean
partial_contradicts (const Partial *partial, const GstP2pFrameHeader *header, guint32 end)
{
  if (partial->kind != header->kind || partial->epoch != header->epoch)
    return TRUE;
  if (!partial->has_length)
    return FALSE;
  return end > partial->length || ((header->flags & GST_P2P_FRAME_LAST) && end != partial->length)
         || ((header->flags & GST_P2P_FRAME_FIRST) && header->length != partial->length);
}

/* Both the first and the last fragment tell the length. */
static gboolean
partial_learn_length (Partial *partial, const GstP2pFrameHeader *header, guint32 end)
{
  guint32 length = header->flags & GST_P2P_FRAME_FIRST ? header->length : end;
  GArray *pieces = partial->pieces;

  if (partial->has_length || !(header->flags & (GST_P2P_FRAME_FIRST | GST_P2P_FRAME_LAST)))
    return TRUE;
  if (pieces->len > 0 && g_array_index (pieces, Piece, pieces->len - 1).end > length)
    return FALSE;
  partial->length = length;
  partial->has_length = TRUE;
  return TRUE;
}

static gboolean
partial_add (Partial *partial, const GstP2pFrameHeader *header, GstBuffer *message,
             gsize header_size, GError **error)
{
  guint32 size = gst_buffer_get_size (message) - header_size;
  guint32 end = header->offset + size;

  if (partial_contradicts (partial, header, end) || !partial_learn_length (partial, header, end)
      || !partial_cover (partial, header->offset, end))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "A fragment of %s object %u contradicts the others at offset %u",
                   gst_p2p_frame_kind_get_name (header->kind), header->seq, header->offset);
      return FALSE;
    }
  if (!is_stored (partial->kind))
    return TRUE;
  if (!partial_reserve (partial, end))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "There is no memory for an object of %u bytes", MAX (partial->length, end));
      return FALSE;
    }
  gst_buffer_extract (message, header_size, partial->data + header->offset, size);
  return TRUE;
}

static gboolean
partial_is_whole (const Partial *partial)
{
  return partial->has_length && partial->received == partial->length;
}

static GstBuffer *
partial_take_payload (Partial *partial)
{
  guint8 *data = g_steal_pointer (&partial->data);
  gsize allocated = partial->allocated;

  partial->allocated = 0;
  return data ? gst_buffer_new_wrapped_full (0, data, allocated, 0, partial->length, data, g_free)
              : NULL;
}

/* Gives out the object of @kind and @seq, whose bytes are @payload. */
static void
emit (GstP2pFrameReassembler *self, guint8 kind, guint16 epoch, guint32 seq, GstBuffer *payload)
{
  GstP2pFrameObject object = { .kind = kind, .epoch = epoch, .seq = seq, .payload = payload };
  guint32 missing = seq - self->highest - 1;

  if (!gst_p2p_serial32_is_after (seq, self->highest))
    {
      /* An ordered object that an unordered one overtook: it was taken for lost. */
      self->lost -= MIN (self->lost, 1);
    }
  else
    {
      self->highest = seq;
      self->lost += missing;
      self->discont |= missing > 0;
    }
  if (kind == GST_P2P_FRAME_BUFFER)
    {
      object.discont = self->discont;
      self->discont = FALSE;
    }
  g_array_append_val (self->output, object);
}

static void
waiting_remove (GstP2pFrameReassembler *self, guint index)
{
  self->waiting_bytes -= partial_get_bytes (g_ptr_array_index (self->waiting, index));
  g_ptr_array_remove_index (self->waiting, index);
}

/* Gives up what is late: everything before the newest object that was given out. */
static void
waiting_purge (GstP2pFrameReassembler *self)
{
  while (self->waiting->len > 0)
    {
      Partial *oldest = g_ptr_array_index (self->waiting, 0);

      if (gst_p2p_serial32_is_after (oldest->seq, self->highest)
          && !gst_p2p_serial16_is_after (self->epoch, oldest->epoch))
        return;
      waiting_remove (self, 0);
    }
}

static void
waiting_emit (GstP2pFrameReassembler *self, guint index)
{
  Partial *partial = g_ptr_array_index (self->waiting, index);
  GstBuffer *payload;

  self->waiting_bytes -= partial_get_bytes (partial);
  payload = partial_take_payload (partial);
  self->waiting_bytes += partial_get_bytes (partial);
  emit (self, partial->kind, partial->epoch, partial->seq, payload);
  waiting_purge (self);
}

/* After a CAPS: gives out what waited for it. */
static void
waiting_release (GstP2pFrameReassembler *self)
{
  guint i = 0;

  waiting_purge (self);
  while (i < self->waiting->len)
    {
      Partial *partial = g_ptr_array_index (self->waiting, i);

      if (partial->epoch == self->epoch && partial_is_whole (partial))
        {
          waiting_emit (self, i);
          i = 0;
        }
      else
        {
          i++;
        }
    }
}

/* Where @seq is or belongs. */
static guint
waiting_find (GstP2pFrameReassembler *self, guint32 seq)
{
  guint low = 0, high = self->waiting->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      Partial *partial = g_ptr_array_index (self->waiting, middle);

      if (gst_p2p_serial32_is_after (seq, partial->seq))
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
waiting_bound (GstP2pFrameReassembler *self)
{
  gsize max_bytes = (gsize)self->config.max_frame_size + GST_P2P_FRAME_REASSEMBLER_SLACK;

  while (self->waiting->len > GST_P2P_FRAME_REASSEMBLER_MAX_OBJECTS
         || self->waiting_bytes > max_bytes)
    waiting_remove (self, 0);
}

static GstBuffer *
share_payload (GstBuffer *message, gsize header_size)
{
  gsize size = gst_buffer_get_size (message) - header_size;

  if (size == 0)
    return NULL;
  return gst_buffer_copy_region (message, GST_BUFFER_COPY_MEMORY, header_size, size);
}

/* BUFFER and GAP on an unreliable channel. */
static gboolean
push_unordered (GstP2pFrameReassembler *self, const GstP2pFrameHeader *header, GstBuffer *message,
                gsize header_size, GError **error)
{
  guint index = waiting_find (self, header->seq);
  Partial *partial = index < self->waiting->len ? g_ptr_array_index (self->waiting, index) : NULL;
  gboolean whole = (header->flags & GST_P2P_FRAME_LAST) && header->offset == 0;

  if (!gst_p2p_serial32_is_after (header->seq, self->highest)
      || gst_p2p_serial16_is_after (self->epoch, header->epoch))
    return TRUE; /* late */

  if (partial && partial->seq != header->seq)
    partial = NULL;

  if (!partial && whole && header->epoch == self->epoch)
    {
      emit (self, header->kind, header->epoch, header->seq, share_payload (message, header_size));
      waiting_purge (self);
      return TRUE;
    }

  if (!partial)
    {
      partial = partial_new (header);
      g_ptr_array_insert (self->waiting, index, partial);
      self->waiting_bytes += partial_get_bytes (partial);
    }
  self->waiting_bytes -= partial_get_bytes (partial);
  if (!partial_add (partial, header, message, header_size, error))
    {
      self->waiting_bytes += partial_get_bytes (partial);
      return FALSE;
    }
  self->waiting_bytes += partial_get_bytes (partial);

  if (partial->pieces->len > GST_P2P_FRAME_REASSEMBLER_MAX_PIECES)
    waiting_remove (self, index);
  else if (partial->epoch == self->epoch && partial_is_whole (partial))
    waiting_emit (self, index);
  waiting_bound (self);
  return TRUE;
}

/* Whether an object of the ordered lane may begin with @header here. */
static gboolean
check_in_order (GstP2pFrameReassembler *self, const GstP2pFrameHeader *header, GError **error)
{
  guint16 epoch = header->kind == GST_P2P_FRAME_CAPS ? self->epoch + 1 : self->epoch;
  gboolean seq_ok = self->config.unreliable
                        ? gst_p2p_serial32_is_after (header->seq, self->last_in_order)
                        : header->seq == self->last_in_order + 1;

  if (!seq_ok || !(header->flags & GST_P2P_FRAME_FIRST))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "%s object %u is out of order after object %u",
                   gst_p2p_frame_kind_get_name (header->kind), header->seq, self->last_in_order);
      return FALSE;
    }
  if (!self->config.replies && is_stored (header->kind) && header->epoch != epoch)
    {
      g_set_error (
          error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "%s object %u has epoch %u in epoch %u",
          gst_p2p_frame_kind_get_name (header->kind), header->seq, header->epoch, self->epoch);
      return FALSE;
    }
  return TRUE;
}

static void
finish_in_order (GstP2pFrameReassembler *self, const GstP2pFrameHeader *header, GstBuffer *payload)
{
  self->last_in_order = header->seq;
  if (header->kind == GST_P2P_FRAME_CAPS)
    self->epoch = header->epoch;
  emit (self, header->kind, header->epoch, header->seq, payload);
  if (header->kind == GST_P2P_FRAME_CAPS)
    waiting_release (self);
  else
    waiting_purge (self);
}

/* Everything on a reliable channel; all but BUFFER and GAP on the others. */
static gboolean
push_in_order (GstP2pFrameReassembler *self, const GstP2pFrameHeader *header, GstBuffer *message,
               gsize header_size, GError **error)
{
  Partial *current = self->current;

  if (!current)
    {
      if (!check_in_order (self, header, error))
        return FALSE;
      if (header->flags & GST_P2P_FRAME_LAST)
        {
          finish_in_order (self, header,
                           is_stored (header->kind) ? share_payload (message, header_size) : NULL);
          return TRUE;
        }
      current = self->current = partial_new (header);
    }
  else if (header->seq != current->seq || header->offset != current->received)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "A fragment at %u of object %u came in place of the one at %u of object %u",
                   header->offset, header->seq, current->received, current->seq);
      return FALSE;
    }

  if (!partial_add (current, header, message, header_size, error))
    return FALSE;
  if (partial_is_whole (current))
    {
      finish_in_order (self, header, partial_take_payload (current));
      g_clear_pointer (&self->current, partial_free);
    }
  return TRUE;
}

/* An object of an unknown kind on an unreliable channel: it only matters that it came. */
static void
push_ignored (GstP2pFrameReassembler *self, const GstP2pFrameHeader *header)
{
  if (!(header->flags & GST_P2P_FRAME_LAST)
      || !gst_p2p_serial32_is_after (header->seq, self->highest))
    return;
  emit (self, header->kind, header->epoch, header->seq, NULL);
  waiting_purge (self);
}

/* The least and most bytes of an object; FALSE if the kind is unknown or not for this direction. */
static gboolean
get_limits (const GstP2pFrameReassemblerConfig *config, guint8 kind, guint64 *least, guint64 *most)
{
  *least = 0;
  *most = GST_P2P_FRAME_MAX_TEXT;
  if (!is_stored (kind))
    {
      *most = config->max_frame_size;
      return TRUE;
    }
  switch (kind)
    {
    case GST_P2P_FRAME_BUFFER:
      *least = GST_P2P_FRAME_BUFFER_PREFIX;
      *most = *least + GST_P2P_FRAME_MAX_EXTRA + config->max_frame_size;
      return !config->replies;
    case GST_P2P_FRAME_CAPS:
      *most = GST_P2P_FRAME_MAX_CAPS;
      return !config->replies;
    case GST_P2P_FRAME_STREAM_START:
      *least = sizeof (guint32);
      *most = GST_P2P_FRAME_MAX_STREAM_START;
      return !config->replies;
    case GST_P2P_FRAME_TAGS:
    case GST_P2P_FRAME_EVENT:
      return !config->replies;
    case GST_P2P_FRAME_HELLO:
      *least = 1;
      *most = GST_P2P_FRAME_MAX_HELLO;
      return !config->replies;
    case GST_P2P_FRAME_FLUSH:
      *least = *most = GST_P2P_FRAME_FLUSH_SIZE;
      return !config->replies;
    case GST_P2P_FRAME_GAP:
      *least = *most = GST_P2P_FRAME_GAP_SIZE;
      return !config->replies;
    case GST_P2P_FRAME_EOS:
      *most = 0;
      return !config->replies;
    case GST_P2P_FRAME_ACK:
      *least = *most = sizeof (guint32);
      return config->replies;
    case GST_P2P_FRAME_UPSTREAM:
      return config->replies;
    default:
      return FALSE;
    }
}

static gboolean
check_limits (const GstP2pFrameReassemblerConfig *config, const GstP2pFrameHeader *header,
              guint64 end, GError **error)
{
  guint64 least, most;
  gboolean first = header->flags & GST_P2P_FRAME_FIRST;
  guint64 length = first ? header->length : end;

  if (!get_limits (config, header->kind, &least, &most))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "An object of kind %u (%s) is not acceptable here", header->kind,
                   gst_p2p_frame_kind_get_name (header->kind));
      return FALSE;
    }
  if (length > most)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "A %s object of %" G_GUINT64_FORMAT
                   " bytes is over the limit of %" G_GUINT64_FORMAT,
                   gst_p2p_frame_kind_get_name (header->kind), length, most);
      return FALSE;
    }
  if (first && length < least)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "A %s object of %" G_GUINT64_FORMAT " bytes is shorter than %" G_GUINT64_FORMAT,
                   gst_p2p_frame_kind_get_name (header->kind), length, least);
      return FALSE;
    }
  return TRUE;
}

GstP2pFrameReassembler *
gst_p2p_frame_reassembler_new (const GstP2pFrameReassemblerConfig *config)
{
  GstP2pFrameReassembler *self = g_new0 (GstP2pFrameReassembler, 1);

  self->config = *config;
  self->last_in_order = self->highest = GST_P2P_FRAME_NO_SEQ;
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify)partial_free);
  self->output = g_array_new (FALSE, FALSE, sizeof (GstP2pFrameObject));
  return self;
}

void
gst_p2p_frame_reassembler_free (GstP2pFrameReassembler *self)
{
  GstP2pFrameObject object;

  while (gst_p2p_frame_reassembler_pop (self, &object))
    gst_p2p_frame_object_clear (&object);
  g_array_unref (self->output);
  g_ptr_array_unref (self->waiting);
  g_clear_pointer (&self->current, partial_free);
  g_free (self);
}

gboolean
gst_p2p_frame_reassembler_push (GstP2pFrameReassembler *self, GstBuffer *message, GError **error)
{
  GstP2pFrameHeader header;
  gsize header_size;
  guint64 end;

  if (!gst_p2p_frame_header_parse (message, &header, &header_size, error))
    return FALSE;
  end = (guint64)header.offset + (gst_buffer_get_size (message) - header_size);
  if (!check_limits (&self->config, &header, end, error))
    return FALSE;

  if (self->config.unreliable && gst_p2p_frame_kind_is_droppable (header.kind))
    return push_unordered (self, &header, message, header_size, error);
  if (self->config.unreliable && !is_stored (header.kind))
    {
      push_ignored (self, &header);
      return TRUE;
    }
  return push_in_order (self, &header, message, header_size, error);
}

gboolean
gst_p2p_frame_reassembler_pop (GstP2pFrameReassembler *self, GstP2pFrameObject *object)
{
  if (self->output_head == self->output->len)
    {
      g_array_set_size (self->output, 0);
      self->output_head = 0;
      return FALSE;
    }
  *object = g_array_index (self->output, GstP2pFrameObject, self->output_head++);
  return TRUE;
}

guint64
gst_p2p_frame_reassembler_get_lost (const GstP2pFrameReassembler *self)
{
  return self->lost;
}

gsize
gst_p2p_frame_reassembler_get_pending_bytes (const GstP2pFrameReassembler *self)
{
  return self->waiting_bytes + (self->current ? partial_get_bytes (self->current) : 0);
}
