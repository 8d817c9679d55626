/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Datagrams from the network into DTLS, before, in and after the handshake. Nothing but the peer's
 * own records is ever given out as plaintext, each once, and no other certificate accepted; what is
 * not the peer's does not end a connection.
 *
 * The byte of a step that says how: 1: to the client; 2: not the bytes themselves, but the peer's
 * next datagram with them as edits (steps.h); >> 4: after how many datagrams of the handshake,
 * whose number is 4: from there on to a connection.
 *
 * A handshake is dear. So the connection is one that goes on, and what comes earlier goes to ends
 * that stand still in the middle of the handshake until a datagram makes them move: then the rest
 * of the handshake is fed, and the end is checked. They need no peer: everybody's randomness is
 * always the same, so each handshake would be, and the peer's datagrams are recorded.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_METHOD: for everything else one needs a provider */

#include <string.h>

#include <openssl/rand.h>
#include <openssl/ssl.h>

#include "plugins/p2p/transport/direct/dtls.h"
#include "tests/fuzz/identities.h"
#include "tests/fuzz/steps.h"

#define TO_CLIENT 1
#define EDITED 2
#define PHASE_SHIFT 4

#define N_FLIGHTS 2    /* datagrams of the handshake from each end */
#define MAX_GARBAGE 64 /* that an end stands before the handshake goes on */
#define GO_ON_EVERY                                                                                \
  8 /* of the ends that moved: the rest of a handshake costs more than its start */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct
{
  GstP2pDirectDtls *session; /* NULL: to be made */
  gboolean client;
  guint64 random;
  GPtrArray *sent; /* GBytes */
  guint n_received;
  guint n_fed;   /* since it stands where it stands */
  guint n_moved; /* ends that stood there before */
} End;

static GstP2pIdentity *identities[2];
/* What each end sends, by client: the handshake, and then a record with data. */
static GPtrArray *recorded[2];
/* By client, and how many datagrams of the peer they know. */
static End standing[2][N_FLIGHTS + 1];
static End connected[2];

/* --- randomness --- */

static guint64 *current;

/* Splitmix64. */
static int
on_random (unsigned char *bytes, int size)
{
  for (int i = 0; i < size; i++)
    {
      guint64 z = *current += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

      z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
      z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
      bytes[i] = (unsigned char)(z ^ z >> 31);
    }
  return 1;
}

static int
on_random_status (void)
{
  return 1;
}

static const RAND_METHOD random_method
    = { .bytes = on_random, .pseudorand = on_random, .status = on_random_status };

/* --- contexts --- */

static gboolean making_client;

SSL_CTX *__real_SSL_CTX_new (const SSL_METHOD *method);
SSL_CTX *__wrap_SSL_CTX_new (const SSL_METHOD *method);

/* The linker puts this in the place of SSL_CTX_new(), which takes as long as half a handshake. Each
 * session sets its context up in the same way, so that it can be everybody's. */
SSL_CTX *
__wrap_SSL_CTX_new (const SSL_METHOD *method)
{
  static SSL_CTX *contexts[2];

  if (!contexts[making_client])
    contexts[making_client] = __real_SSL_CTX_new (method);
  SSL_CTX_up_ref (contexts[making_client]);
  return contexts[making_client];
}

/* --- ends --- */

static void
on_send (const guint8 *data, gsize size, gpointer user_data)
{
  End *end = user_data;

  g_ptr_array_add (end->sent, g_bytes_new (data, size));
}

static void
on_receive (guint8 *data, gsize size, gpointer user_data)
{
  End *end = user_data;

  g_assert_cmpmem (data, size, "genuine", 7);
  end->n_received++;
}

static void
end_start (End *end, gboolean client)
{
  static const GstP2pDirectDtlsFuncs funcs = { .send = on_send, .receive = on_receive };

  end->client = client;
  end->sent = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  end->n_received = end->n_fed = 0;
  current = &end->random;
  making_client = client;
  end->session = gst_p2p_direct_dtls_new (identities[client], client, TRUE,
                                          gst_p2p_identity_get_fingerprint (identities[!client]),
                                          &funcs, end, NULL);
  /* The first one has also made the context. */
  end->random = (guint64)client;
  gst_p2p_direct_dtls_start (end->session, NULL);
}

static void
end_clear (End *end)
{
  if (!end->session)
    return;
  current = &end->random;
  g_clear_pointer (&end->session, gst_p2p_direct_dtls_free);
  g_clear_pointer (&end->sent, g_ptr_array_unref);
}

static void
end_feed (End *end, const guint8 *data, gsize size)
{
  current = &end->random;
  gst_p2p_direct_dtls_feed (end->session, data, size, NULL);
}

static void
end_feed_bytes (End *end, GBytes *datagram)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (datagram, &size);

  end_feed (end, data, size);
}

static void
end_send (End *end)
{
  current = &end->random;
  gst_p2p_direct_dtls_send (end->session, (const guint8 *)"genuine", 7, NULL);
}

static gboolean
end_is_connected (const End *end)
{
  return gst_p2p_direct_dtls_get_state (end->session) == GST_P2P_DIRECT_DTLS_CONNECTED;
}

static void
end_check (const End *end)
{
  if (end_is_connected (end))
    g_assert_cmpstr (gst_p2p_direct_dtls_get_peer_fingerprint (end->session), ==,
                     gst_p2p_identity_get_fingerprint (identities[!end->client]));
}

/* What a step feeds: its bytes, or an edited copy of @next with them as edits. */
static GBytes *
get_fed (gboolean edited, GBytes *next, const guint8 *data, gsize size)
{
  gsize edited_size;
  const guint8 *original = g_bytes_get_data (next, &edited_size);
  guint8 *copy;

  if (!edited)
    return g_bytes_new_static (data, size);
  copy = steps_edit (original, &edited_size, data, size);
  return g_bytes_new_take (copy, edited_size);
}

/* --- a connection --- */

static void
carry_all (void)
{
  while (connected[0].sent->len > 0 || connected[1].sent->len > 0)
    {
      End *from = &connected[connected[1].sent->len > 0];
      GBytes *datagram = g_ptr_array_steal_index (from->sent, 0);

      end_feed_bytes (&connected[!from->client], datagram);
      g_bytes_unref (datagram);
    }
}

static void
disconnect (void)
{
  for (guint i = 0; i < 2; i++)
    end_clear (&connected[i]);
}

static void
check_exchange (void)
{
  for (guint i = 0; i < 2; i++)
    {
      guint n_received = connected[!i].n_received;

      end_send (&connected[i]);
      carry_all ();
      g_assert_cmpuint (connected[!i].n_received, ==, n_received + 1);
    }
}

static void
connect_both (void)
{
  for (guint i = 0; i < 2; i++)
    end_start (&connected[i], i);
  carry_all ();
  for (guint i = 0; i < 2; i++)
    g_assert_true (end_is_connected (&connected[i]));
  check_exchange ();
}

static void
step_connected (gboolean client, gboolean edited, const guint8 *data, gsize size)
{
  End *end = &connected[client], *peer = &connected[!client];
  g_autoptr (GBytes) fed = NULL;
  guint n_received;

  if (!end->session)
    connect_both ();
  n_received = end->n_received;
  end_send (peer);
  fed = get_fed (edited, g_ptr_array_index (peer->sent, 0), data, size);
  end_feed_bytes (end, fed);
  carry_all ();
  end_check (end);
  g_assert_true (end_is_connected (end) && end_is_connected (peer));
  g_assert_cmpuint (end->n_received, ==, n_received + 1);
  check_exchange ();
}

/* --- ends that stand in a handshake --- */

/* What the ends of a connection sent while it was made, and the first record of each. */
static void
record (void)
{
  End ends[2] = { 0 };
  guint carried[2] = { 0 };

  for (guint i = 0; i < 2; i++)
    end_start (&ends[i], i);
  while (carried[0] < ends[0].sent->len || carried[1] < ends[1].sent->len)
    {
      guint from = carried[1] < ends[1].sent->len;

      end_feed_bytes (&ends[!from], g_ptr_array_index (ends[from].sent, carried[from]++));
    }
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (end_is_connected (&ends[i]));
      g_assert_cmpuint (ends[i].sent->len, ==, N_FLIGHTS);
      end_send (&ends[i]);
      recorded[i] = g_ptr_array_ref (ends[i].sent);
      end_clear (&ends[i]);
    }
}

static void
stand (gboolean client, guint n_known)
{
  End *end = &standing[client][n_known];

  end_start (end, client);
  for (guint i = 0; i < n_known; i++)
    end_feed_bytes (end, g_ptr_array_index (recorded[!client], i));
  g_assert_cmpint (end_is_connected (end), ==, n_known == N_FLIGHTS);
}

/* The rest of the handshake, and the peer's record. */
static void
go_on (End *end, guint n_known)
{
  GPtrArray *from_peer = recorded[!end->client];

  for (guint i = n_known; i < from_peer->len; i++)
    end_feed_bytes (end, g_ptr_array_index (from_peer, i));
  end_check (end);
  g_assert_cmpuint (end->n_received, <=, 1);
  if (end_is_connected (end))
    {
      g_assert_cmpuint (end->n_received, ==, 1);
      end_send (end);
    }
  end_clear (end);
}

static void
step_standing (gboolean client, guint n_known, gboolean edited, const guint8 *data, gsize size)
{
  End *end = &standing[client][n_known];
  GBytes *next = g_ptr_array_index (recorded[!client], n_known);
  g_autoptr (GBytes) fed = get_fed (edited, next, data, size);
  GstP2pDirectDtlsState state;
  guint n_sent;

  /* What the handshake itself has shown. */
  if (g_bytes_equal (fed, next))
    return;
  if (!end->session)
    stand (client, n_known);
  state = gst_p2p_direct_dtls_get_state (end->session);
  n_sent = end->sent->len;
  end_feed_bytes (end, fed);
  end_check (end);
  if (n_known == N_FLIGHTS)
    g_assert_true (end_is_connected (end));
  if (gst_p2p_direct_dtls_get_state (end->session) == state && end->sent->len == n_sent
      && end->n_received == 0)
    {
      if (++end->n_fed == MAX_GARBAGE)
        go_on (end, n_known);
    }
  else if (end->n_moved++ % GO_ON_EVERY == 0)
    {
      go_on (end, n_known);
    }
  else
    {
      end_clear (end);
    }
}

/* --- steps --- */

static void
on_step (guint8 how, const guint8 *data, gsize size)
{
  guint phase = how >> PHASE_SHIFT;
  gboolean client = how & TO_CLIENT;
  gboolean edited = !!(how & EDITED);

  /* The client speaks first. */
  if (phase >= 2 * N_FLIGHTS)
    step_connected (client, edited, data, size);
  else
    step_standing (client, client ? phase / 2 : (phase + 1) / 2, edited, data, size);
}

static void
on_reset (void)
{
  disconnect ();
  for (guint i = 0; i < 2; i++)
    for (guint n_known = 0; n_known <= N_FLIGHTS; n_known++)
      if (standing[i][n_known].session)
        go_on (&standing[i][n_known], n_known);
  memset (standing, 0, sizeof standing);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const StepsTarget target = { .name = "dtls", .step = on_step, .reset = on_reset };

  if (!identities[0])
    {
      RAND_set_rand_method (&random_method);
      for (guint i = 0; i < 2; i++)
        identities[i]
            = gst_p2p_identity_new_from_pem (FUZZ_IDENTITIES[i], strlen (FUZZ_IDENTITIES[i]), NULL);
      record ();
    }
  steps_run (&target, data, size);
  return 0;
}
