/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * path: two ends in one process, and a stranger who sends to their addresses what could end
 * or confuse a DTLS session, from a port that ICE does not know.
 */
#include "plugins/p2p/transport/direct/path.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/common/leaks.h"
#include "tests/common/relay.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

#define CONTENT_ALERT 21
#define CONTENT_HANDSHAKE 22
#define CONTENT_DATA 23

typedef struct _End End;
struct _End
{
  GstP2pDirectPath *path;
  GstP2pIdentity *identity;
  End *other;
  TestRelay *relay;      /* nullable: what this end's candidates lead through */
  gboolean silent;       /* gives no candidates */
  GPtrArray *candidates; /* gchar *: of UDP and IPv4 */
  gboolean found;
  gboolean connected;
  guint n_closed;
  guint n_selected;
  GString *received;
};

/* Everybody else on the network. */
typedef struct
{
  GSocket *socket;
  guint n_sent;
} Stranger;

/* --- the ends --- */

/* Those that the stranger, too, knows how to reach. */
static gboolean
is_udp_over_ipv4 (const gchar *candidate)
{
  g_auto (GStrv) words = g_strsplit (candidate, " ", 6);

  return g_strv_length (words) == 6 && g_ascii_strcasecmp (words[2], "udp") == 0
         && !strchr (words[4], ':');
}

/* What the other end is told; %NULL: nothing. A detour is the last way to choose. */
static gchar *
map_candidate (End *end, const gchar *candidate)
{
  g_autofree gchar *mapped = NULL;
  g_auto (GStrv) words = NULL;

  if (!*candidate)
    return g_strdup (candidate);
  if (end->silent || !is_udp_over_ipv4 (candidate))
    return NULL;
  if (!end->relay)
    return g_strdup (candidate);
  mapped = test_relay_map_candidate (end->relay, candidate);
  words = g_strsplit (mapped, " ", 5);
  g_free (words[3]);
  words[3] = g_strdup ("1"); /* the priority */
  return g_strjoinv (" ", words);
}

static void
on_candidate (const gchar *candidate, gpointer user_data)
{
  End *end = user_data;
  g_autofree gchar *mapped = map_candidate (end, candidate);
  g_autoptr (GError) error = NULL;

  if (is_udp_over_ipv4 (candidate))
    g_ptr_array_add (end->candidates, g_strdup (candidate));
  if (!mapped)
    return;
  gst_p2p_direct_path_add_remote_candidate (end->other->path, mapped, &error);
  g_assert_no_error (error);
}

static void
on_found (gpointer user_data)
{
  End *end = user_data;

  g_assert_false (end->found);
  end->found = TRUE;
}

static void
on_lost (const gchar *tried, gpointer user_data)
{
  g_error ("no path: %s", tried);
}

static void
on_selected (gpointer user_data)
{
  End *end = user_data;

  end->n_selected++;
}

static void
on_connected (const gchar *fingerprint, gpointer user_data)
{
  End *end = user_data;

  g_assert_cmpstr (fingerprint, ==, gst_p2p_identity_get_fingerprint (end->other->identity));
  end->connected = TRUE;
}

static void
on_closed (const GError *error, gpointer user_data)
{
  End *end = user_data;

  g_test_message ("closed: %s", error ? error->message : "by the peer");
  end->n_closed++;
}

static void
on_packet (guint8 *data, gsize size, gpointer user_data)
{
  End *end = user_data;

  g_string_append_len (end->received, (const gchar *)data, size);
}

static void
on_idle (gpointer user_data)
{
}

static void
end_init (End *end, End *other, GstP2pRole role)
{
  static const GstP2pDirectPathFuncs funcs = { .candidate = on_candidate,
                                               .found = on_found,
                                               .lost = on_lost,
                                               .selected = on_selected,
                                               .connected = on_connected,
                                               .closed = on_closed,
                                               .packet = on_packet,
                                               .idle = on_idle };

  memset (end, 0, sizeof *end);
  end->other = other;
  end->identity = gst_p2p_identity_new (NULL);
  end->candidates = g_ptr_array_new_with_free_func (g_free);
  end->received = g_string_new (NULL);
  end->path
      = gst_p2p_direct_path_new (NULL, g_main_context_default (), role, end->identity, &funcs, end);
}

static void
end_introduce (End *end)
{
  static const gchar *const framings[] = { NULL };
  const GstP2pDescriptionLimits limits = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pDescription) description = gst_p2p_description_new (
      gst_p2p_direct_path_get_ufrag (end->path), gst_p2p_direct_path_get_pwd (end->path),
      gst_p2p_identity_get_fingerprint (end->identity), GST_P2P_DEFAULT_SCTP_PORT, &limits,
      framings, &error);

  g_assert_no_error (error);
  gst_p2p_direct_path_set_remote (end->other->path, description, &error);
  g_assert_no_error (error);
}

static void
end_start (End *end)
{
  const GstP2pIceConfig config = { .policy = GST_P2P_ICE_POLICY_ALL };
  g_autoptr (GError) error = NULL;

  gst_p2p_direct_path_start (end->path, &config, &error);
  g_assert_no_error (error);
}

static void
set_true (gpointer fact)
{
  *(gboolean *)fact = TRUE;
}

static void
end_clear (End *end)
{
  gboolean stopped = FALSE;

  gst_p2p_direct_path_stop (end->path, set_true, &stopped);
  TEST_WAIT_UNTIL (stopped, 2000);
  gst_p2p_direct_path_free (end->path);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  gst_p2p_identity_unref (end->identity);
  g_ptr_array_unref (end->candidates);
  g_string_free (end->received, TRUE);
}

static void
start_both (End *client, End *server)
{
  end_introduce (client);
  end_introduce (server);
  end_start (server);
  end_start (client);
  TEST_WAIT_UNTIL (client->found && server->found, 5000);
}

static void
say (End *end, const gchar *text)
{
  gst_p2p_direct_path_send (end->path, (const guint8 *)text, strlen (text));
  gst_p2p_direct_path_flush (end->path);
}

static void
check_talk (End *a, End *b)
{
  g_string_truncate (a->received, 0);
  g_string_truncate (b->received, 0);
  say (a, "ping");
  say (b, "pong");
  TEST_WAIT_UNTIL (a->received->len && b->received->len, 2000);
  g_assert_cmpstr (b->received->str, ==, "ping");
  g_assert_cmpstr (a->received->str, ==, "pong");
  g_assert_cmpuint (a->n_closed + b->n_closed, ==, 0);
}

/* --- the stranger --- */

static void
stranger_init (Stranger *stranger)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) any = g_inet_address_new_any (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (any, 0);

  stranger->n_sent = 0;
  stranger->socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);
  g_assert_no_error (error);
  g_socket_bind (stranger->socket, address, FALSE, &error);
  g_assert_no_error (error);
}

/* To all addresses of @end. */
static void
stranger_send (Stranger *stranger, End *end, const guint8 *data, gsize size)
{
  for (guint i = 0; i < end->candidates->len; i++)
    {
      g_auto (GStrv) words = g_strsplit (g_ptr_array_index (end->candidates, i), " ", 0);
      g_autoptr (GSocketAddress) to
          = g_inet_socket_address_new_from_string (words[4], atoi (words[5]));

      g_assert_cmpint (
          g_socket_send_to (stranger->socket, to, (const gchar *)data, size, NULL, NULL), ==, size);
      stranger->n_sent++;
    }
}

/* A record as RFC 6347 section 4.1 has it. */
static void
stranger_send_record (Stranger *stranger, End *end, guint8 type, guint16 epoch,
                      const guint8 *content, gsize size)
{
  g_autofree guint8 *record = g_malloc0 (13 + size);

  record[0] = type;
  record[1] = 254;
  record[2] = 253; /* DTLS 1.2 */
  record[4] = epoch;
  record[10] = 1; /* the sequence number */
  record[11] = size >> 8;
  record[12] = size & 0xff;
  memcpy (record + 13, content, size);
  stranger_send (stranger, end, record, 13 + size);
}

/* One that a server would answer: DTLS 1.2, one cipher suite, no cookie; RFC 6347 section 4.2.1 and
 * RFC 5246 section 7.4.1.2. */
static void
stranger_send_hello (Stranger *stranger, End *end)
{
  /* message header, version, random, and from byte 46 on: session id, cookie, suites, compression
   */
  guint8 hello[12 + 42]
      = { 1, 0, 0, 42, 0, 0, 0, 0, 0, 0, 0, 42, 254, 253, [49] = 2, 0xc0, 0x2b, 1, 0 };

  stranger_send_record (stranger, end, CONTENT_HANDSHAKE, 0, hello, sizeof hello);
}

/* All that a session may not hear of. More than what is kept before the handshake, too. */
static void
stranger_disturb (Stranger *stranger, End *end)
{
  static const guint8 handshake_failure[] = { 2, 40 };
  static const guint8 close_notify[] = { 1, 0 };
  static const guint8 verify_request[] = { 3, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3, 254, 255, 0 };
  static const guint8 server_done[] = { 14, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
  guint8 noise[1200];

  for (guint round = 0; round < 4; round++)
    {
      for (gsize i = 0; i < sizeof noise; i++)
        noise[i] = g_random_int ();
      noise[0] = 20 + round; /* the tap's, not libnice's */
      stranger_send (stranger, end, noise, sizeof noise);
      stranger_send (stranger, end, noise, 1);
      stranger_send_record (stranger, end, CONTENT_ALERT, 0, handshake_failure, 2);
      stranger_send_record (stranger, end, CONTENT_ALERT, 0, close_notify, 2);
      stranger_send_record (stranger, end, CONTENT_DATA, 1, noise, 100);
      stranger_send_record (stranger, end, CONTENT_HANDSHAKE, 0, verify_request,
                            sizeof verify_request);
      stranger_send_record (stranger, end, CONTENT_HANDSHAKE, 0, server_done, sizeof server_done);
      stranger_send_hello (stranger, end);
    }
}

/* What was sent on loopback is there already. */
static void
let_arrive (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gboolean
has_heard (Stranger *stranger)
{
  return g_socket_condition_check (stranger->socket, G_IO_IN) & G_IO_IN;
}

/* --- the tests --- */

/* Before there is a way, before the handshake, in the midst of it on either side, and after it. */
static void
test_stranger (void)
{
  Stranger stranger;
  End client, server;

  stranger_init (&stranger);
  end_init (&client, &server, GST_P2P_ROLE_INITIATOR);
  end_init (&server, &client, GST_P2P_ROLE_ACCEPTOR);
  end_introduce (&client);
  end_introduce (&server);
  end_start (&server);
  TEST_WAIT_UNTIL (server.candidates->len > 0, 5000);
  stranger_disturb (&stranger, &server);
  end_start (&client);
  TEST_WAIT_UNTIL (client.found && server.found, 5000);

  stranger_disturb (&stranger, &client);
  stranger_disturb (&stranger, &server);
  let_arrive ();
  gst_p2p_direct_path_start_dtls (client.path); /* its first flight waits at the server */
  stranger_disturb (&stranger, &client);
  let_arrive ();
  g_assert_false (client.connected);
  g_assert_cmpuint (client.n_closed, ==, 0);

  gst_p2p_direct_path_start_dtls (server.path);
  stranger_disturb (&stranger, &server);
  TEST_WAIT_UNTIL (client.connected && server.connected, 5000);
  check_talk (&client, &server);

  stranger_disturb (&stranger, &client);
  stranger_disturb (&stranger, &server);
  let_arrive ();
  check_talk (&client, &server);
  g_assert_cmpuint (stranger.n_sent, >, 100);
  g_assert_false (has_heard (&stranger));

  end_clear (&client);
  end_clear (&server);
  g_object_unref (stranger.socket);
}

/* The peer that is no stranger although no candidate told of it: its checks did. */
static void
check_reflexive (gboolean client_silent)
{
  Stranger stranger;
  End client, server;
  GstStructure *stats = gst_structure_new_empty ("stats");
  End *teller = client_silent ? &server : &client;

  stranger_init (&stranger);
  end_init (&client, &server, GST_P2P_ROLE_INITIATOR);
  end_init (&server, &client, GST_P2P_ROLE_ACCEPTOR);
  teller->other->silent = TRUE;
  start_both (&client, &server);
  gst_p2p_direct_path_add_stats (teller->path, stats);
  g_assert_cmpstr (gst_structure_get_string (stats, "remote-candidate-type"), ==, "prflx");
  gst_structure_free (stats);
  stranger_disturb (&stranger, teller);
  gst_p2p_direct_path_start_dtls (server.path);
  gst_p2p_direct_path_start_dtls (client.path);
  TEST_WAIT_UNTIL (client.connected && server.connected, 5000);
  stranger_disturb (&stranger, teller);
  check_talk (&client, &server);

  end_clear (&client);
  end_clear (&server);
  g_object_unref (stranger.socket);
}

static void
test_reflexive (void)
{
  check_reflexive (TRUE);
  check_reflexive (FALSE);
}

/* Connected through a detour, and then a shorter way is found: what comes by either is taken. */
static void
test_switch (void)
{
  const TestRelayConfig config = { .delay_ms = 20 };
  TestRelay *relay = test_relay_new (&config);
  g_autoptr (GError) error = NULL;
  End client, server;
  guint at_client, at_server;

  end_init (&client, &server, GST_P2P_ROLE_INITIATOR);
  end_init (&server, &client, GST_P2P_ROLE_ACCEPTOR);
  client.relay = server.relay = relay;
  start_both (&client, &server);
  gst_p2p_direct_path_start_dtls (server.path);
  gst_p2p_direct_path_start_dtls (client.path);
  TEST_WAIT_UNTIL (client.connected && server.connected, 5000);
  check_talk (&client, &server);

  at_client = client.n_selected;
  at_server = server.n_selected;
  for (guint i = 0; i < server.candidates->len; i++)
    {
      gst_p2p_direct_path_add_remote_candidate (client.path,
                                                g_ptr_array_index (server.candidates, i), &error);
      g_assert_no_error (error);
    }
  TEST_WAIT_UNTIL (client.n_selected > at_client && server.n_selected > at_server, 5000);
  test_relay_set_loss (relay, 100); /* nothing needs the detour any more */
  check_talk (&client, &server);

  end_clear (&client);
  end_clear (&server);
  test_relay_free (relay);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/direct/path/stranger", test_stranger);
  g_test_add_func ("/direct/path/reflexive", test_reflexive);
  g_test_add_func ("/direct/path/switch", test_switch);
  return g_test_run ();
}
