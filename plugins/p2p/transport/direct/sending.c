/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sending: see sending.h.
 */
#include "plugins/p2p/transport/direct/sending.h"

#include "plugins/p2p/base/log.h"
#include "plugins/p2p/base/messagepad.h"

#define GST_CAT_DEFAULT gst_p2p_mux_debug

typedef enum
{
  SENT,
  BLOCKED, /* SCTP's buffer is full */
  FAILED
} Result;

/* SCTP has no empty messages: one byte with a protocol id of its own (RFC 8831 section 6.6). */
static GstBuffer *
make_sendable (GstBuffer *message, guint32 *ppid)
{
  static const guint8 zero = 0;

  *ppid = GST_P2P_PPID_BINARY;
  if (GST_BUFFER_FLAG_IS_SET (message, GST_P2P_MESSAGE_FLAG_PARTIAL))
    *ppid = GST_P2P_PPID_BINARY_PARTIAL;
  if (gst_buffer_get_size (message) > 0)
    return message;
  gst_buffer_unref (message);
  *ppid = GST_P2P_PPID_BINARY_EMPTY;
  return gst_buffer_new_memdup (&zero, 1);
}

void
gst_p2p_direct_sending_begin (GstP2pDirectSending *sending, guint16 stream, GstBuffer *message,
                              const GstP2pChannelConfig *config)
{
  gboolean important;

  *sending = (GstP2pDirectSending){ .how = { .stream = stream } };
  if (!config)
    {
      sending->message = message;
      sending->how.ppid = GST_P2P_PPID_DCEP;
      return;
    }
  important = GST_BUFFER_FLAG_IS_SET (message, GST_BUFFER_FLAG_NON_DROPPABLE);
  sending->message = make_sendable (message, &sending->how.ppid);
  if (important)
    return;
  sending->how.unordered = !config->ordered;
  sending->how.reliability = config->reliability;
  sending->how.parameter = config->parameter;
}

/* Hands over the rest of one memory. */
static Result
send_memory (GstP2pDirectSending *sending, GstP2pDirectAssociation *association, gboolean last,
             gpointer owner)
{
  GstMemory *memory = gst_buffer_peek_memory (sending->message, sending->memory);
  g_autoptr (GError) error = NULL;
  gssize taken = 0;
  gsize left;
  GstMapInfo map;

  if (!gst_memory_map (memory, &map, GST_MAP_READ))
    {
      GST_ERROR_OBJECT (owner, "a message cannot be read");
      return FAILED;
    }
  left = map.size - sending->offset;
  if (left > 0)
    taken = gst_p2p_direct_association_send (association, &sending->how, map.data + sending->offset,
                                             left, last, &error);
  gst_memory_unmap (memory, &map);

  if (error)
    {
      GST_WARNING_OBJECT (owner, "message dropped: %s", error->message);
      return FAILED;
    }
  sending->offset += taken;
  return (gsize)taken == left ? SENT : BLOCKED;
}

/* The last memory that is not empty: with its last byte the message ends. */
static guint
find_last_memory (GstBuffer *message)
{
  guint i = gst_buffer_n_memory (message);

  while (i > 1 && gst_memory_get_sizes (gst_buffer_peek_memory (message, i - 1), NULL, NULL) == 0)
    i--;
  return i - 1;
}

gboolean
gst_p2p_direct_sending_go_on (GstP2pDirectSending *sending, GstP2pDirectAssociation *association,
                              gboolean more, gpointer owner)
{
  guint last = find_last_memory (sending->message);
  Result result = SENT;

  while (sending->memory <= last && result == SENT)
    {
      gst_p2p_direct_association_set_corked (association, more || sending->memory < last);
      result = send_memory (sending, association, sending->memory == last, owner);
      if (result == SENT)
        {
          sending->memory++;
          sending->offset = 0;
        }
    }
  return result != BLOCKED;
}

void
gst_p2p_direct_sending_clear (GstP2pDirectSending *sending)
{
  gst_clear_buffer (&sending->message);
}
