/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Packets of a peer with whom there is an association: the input is what stands behind the header,
 * chunks, and the first byte says after how many of the peer's own packets it comes. Whatever it
 * is, the association goes on or is closed once, and nothing but whole messages comes out.
 */
#include <string.h>

#include <gst/gst.h>

#include "gst/p2p/link/crc32c.h"
#include "gst/p2p/link/sctpchunk.h"
#include "plugins/p2p/transport/direct/association.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MAX_PACKET 1192
#define MAX_TURNS 200

typedef struct
{
  GstP2pDirectAssociation *association;
  GQueue sent; /* GBytes */
  guint8 header[GST_P2P_SCTP_HEADER_SIZE];
  gboolean closed;
} End;

static void
on_send (const guint8 *packet, gsize size, gpointer user_data)
{
  End *end = user_data;

  memcpy (end->header, packet, sizeof end->header);
  g_queue_push_tail (&end->sent, g_bytes_new (packet, size));
}

static void
on_message (guint16 stream, guint32 ppid, GstBuffer *message, gpointer user_data)
{
  g_assert_cmpuint (stream, <, 1024u);
  g_assert_cmpuint (gst_buffer_get_size (message), >, 0);
  gst_buffer_unref (message);
}

static void
on_established (gpointer user_data)
{
}

static void
on_closed (const GError *error, gpointer user_data)
{
  End *end = user_data;

  g_assert_false (end->closed);
  end->closed = TRUE;
}

static void
on_reset (guint16 stream, GstP2pStreamFact fact, gpointer user_data)
{
}

static const GstP2pDirectAssociationFuncs funcs = {
  .send = on_send,
  .message = on_message,
  .established = on_established,
  .closed = on_closed,
  .reset = on_reset,
  .wakeup = on_established,
};

static void
end_init (End *end)
{
  memset (end, 0, sizeof *end);
  g_queue_init (&end->sent);
  end->association = gst_p2p_direct_association_new (NULL, g_main_context_default (), MAX_PACKET,
                                                     &funcs, end, NULL);
  gst_p2p_direct_association_connect (end->association, 5000, 5000, NULL);
}

static void
end_clear (End *end)
{
  gst_p2p_direct_association_free (end->association);
  g_queue_clear_full (&end->sent, (GDestroyNotify)g_bytes_unref);
}

static void
carry (End *from, End *to)
{
  GBytes *packet = g_queue_pop_head (&from->sent);
  g_autofree guint8 *data = NULL;
  gsize size;

  if (!packet)
    return;
  data = g_bytes_unref_to_data (packet, &size);
  gst_p2p_direct_association_feed (to->association, data, size);
  gst_p2p_direct_association_dispatch (to->association);
}

static void
inject (End *from, End *to, const guint8 *chunks, gsize size)
{
  g_autofree guint8 *packet = g_malloc (sizeof from->header + size);

  memcpy (packet, from->header, sizeof from->header);
  if (size > 0)
    memcpy (packet + sizeof from->header, chunks, size);
  gst_p2p_sctp_packet_seal (packet, sizeof from->header + size);
  gst_p2p_direct_association_feed (to->association, packet, sizeof from->header + size);
  gst_p2p_direct_association_dispatch (to->association);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const GstP2pDirectAssociationSend how = { .stream = 1, .ppid = 53 };
  guint8 message[300] = { 0 };
  End a, b;

  if (size < 2 || size > 4096)
    return 0;
  if (!gst_is_initialized ())
    gst_init (NULL, NULL);

  end_init (&a);
  end_init (&b);
  for (guint i = 0; i < (data[0] & 15u); i++)
    {
      carry (&a, &b);
      carry (&b, &a);
    }
  gst_p2p_direct_association_send (a.association, &how, message, sizeof message, TRUE, NULL);
  gst_p2p_direct_association_send (b.association, &how, message, sizeof message, TRUE, NULL);
  inject (&b, &a, data + 1, size - 1);
  for (guint i = 0; i < MAX_TURNS && (a.sent.length || b.sent.length); i++)
    {
      carry (&a, &b);
      carry (&b, &a);
    }
  end_clear (&a);
  end_clear (&b);
  return 0;
}
