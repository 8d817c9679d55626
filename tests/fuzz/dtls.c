/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Datagrams from the network into DTLS, before, during and after the handshake: the first byte says
 * after how many real ones the input comes, and to which end. Nothing but the peer's own records is
 * ever given out as plaintext, and no other certificate accepted.
 */
#include <string.h>

#include "plugins/p2p/transport/direct/dtls.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct
{
  GstP2pDirectDtls *session;
  GQueue sent; /* GBytes */
} End;

static GstP2pIdentity *identities[2];

static void
on_send (const guint8 *data, gsize size, gpointer user_data)
{
  End *end = user_data;

  g_queue_push_tail (&end->sent, g_bytes_new (data, size));
}

static void
on_receive (guint8 *data, gsize size, gpointer user_data)
{
  g_assert_cmpmem (data, size, "genuine", 7);
}

static void
end_init (End *end, gboolean client)
{
  static const GstP2pDirectDtlsFuncs funcs = { .send = on_send, .receive = on_receive };

  g_queue_init (&end->sent);
  end->session = gst_p2p_direct_dtls_new (
      identities[client ? 1 : 0], client, TRUE,
      gst_p2p_identity_get_fingerprint (identities[client ? 0 : 1]), &funcs, end, NULL);
  gst_p2p_direct_dtls_start (end->session, NULL);
}

static void
end_clear (End *end)
{
  gst_p2p_direct_dtls_free (end->session);
  g_queue_clear_full (&end->sent, (GDestroyNotify)g_bytes_unref);
}

static gboolean
carry (End *from, End *to)
{
  GBytes *datagram = g_queue_pop_head (&from->sent);
  gsize size;
  const guint8 *data;

  if (!datagram)
    return FALSE;
  data = g_bytes_get_data (datagram, &size);
  gst_p2p_direct_dtls_feed (to->session, data, size, NULL);
  g_bytes_unref (datagram);
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  End client, server, *target;

  if (size < 1)
    return 0;
  if (!identities[0])
    for (guint i = 0; i < 2; i++)
      identities[i] = gst_p2p_identity_new (NULL);

  end_init (&server, FALSE);
  end_init (&client, TRUE);
  target = data[0] & 1 ? &client : &server;
  for (guint i = 0; i < data[0] >> 4; i++)
    if (!carry (&client, &server))
      carry (&server, &client);
  gst_p2p_direct_dtls_feed (target->session, data + 1, size - 1, NULL);
  while (carry (&client, &server) || carry (&server, &client))
    ;
  for (guint i = 0; i < 2; i++)
    {
      End *from = i ? &client : &server;
      const gchar *fingerprint = gst_p2p_direct_dtls_get_peer_fingerprint (from->session);

      if (gst_p2p_direct_dtls_get_state (from->session) != GST_P2P_DIRECT_DTLS_CONNECTED)
        continue;
      g_assert_cmpstr (fingerprint, ==, gst_p2p_identity_get_fingerprint (identities[1 - i]));
      gst_p2p_direct_dtls_send (from->session, (const guint8 *)"genuine", 7, NULL);
    }
  while (carry (&client, &server) || carry (&server, &client))
    ;
  end_clear (&client);
  end_clear (&server);
  return 0;
}
