/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two ICE agents in one process, which exchange credentials and candidates directly. */
#define _GNU_SOURCE /* strcasestr */
#include <string.h>

#include "gst/p2p/base/error.h"
#include "plugins/p2p/transport/iceagent.h"
#include "tests/common/leaks.h"
#include "tests/common/relay.h"
#include "tests/common/wait.h"

typedef struct _Side Side;

struct _Side
{
  GstP2pIceAgent *agent;
  Side *other;
  TestRelay *relay; /* nullable */
  gboolean hold;    /* keep candidates back */
  gboolean no_udp;  /* give no such candidate */
  GPtrArray *held;
  guint candidates;
  gboolean end;
  guint connected;
  guint failed;
  gchar *tried;
  guint pairs;
  GString *received;
};

static const GstP2pIceConfig host_only;

static void
give (Side *side, const gchar *candidate)
{
  g_autofree gchar *mapped
      = side->relay ? test_relay_map_candidate (side->relay, candidate) : g_strdup (candidate);
  g_autoptr (GError) error = NULL;

  if (!mapped || (side->no_udp && strcasestr (candidate, " udp ")))
    return;
  gst_p2p_ice_agent_add_remote_candidate (side->other->agent, mapped, &error);
  g_assert_no_error (error);
}

static void
on_candidate (GstP2pIceAgent *agent, const gchar *candidate, Side *side)
{
  g_assert_false (side->end);
  if (*candidate)
    {
      g_assert_true (g_str_has_prefix (candidate, "candidate:"));
      side->candidates++;
    }
  else
    {
      side->end = TRUE;
    }
  if (side->hold)
    g_ptr_array_add (side->held, g_strdup (candidate));
  else
    give (side, candidate);
}

static void
on_connected (GstP2pIceAgent *agent, Side *side)
{
  side->connected++;
}

static void
on_failed (GstP2pIceAgent *agent, const gchar *tried, Side *side)
{
  side->failed++;
  side->tried = g_strdup (tried);
}

static void
on_pair (GstP2pIceAgent *agent, Side *side)
{
  side->pairs++;
}

static void
on_receive (NiceAgent *nice, guint stream, guint component, guint length, gchar *data,
            gpointer user)
{
  Side *side = user;

  g_string_append_len (side->received, data, length);
}

static void
side_init (Side *side, Side *other, gboolean controlling)
{
  memset (side, 0, sizeof *side);
  side->other = other;
  side->held = g_ptr_array_new_with_free_func (g_free);
  side->received = g_string_new (NULL);
  side->agent = gst_p2p_ice_agent_new (NULL, g_main_context_default (), controlling);
  g_signal_connect (side->agent, "candidate", G_CALLBACK (on_candidate), side);
  g_signal_connect (side->agent, "connected", G_CALLBACK (on_connected), side);
  g_signal_connect (side->agent, "failed", G_CALLBACK (on_failed), side);
  g_signal_connect (side->agent, "pair-selected", G_CALLBACK (on_pair), side);
  nice_agent_attach_recv (gst_p2p_ice_agent_get_nice (side->agent),
                          gst_p2p_ice_agent_get_stream_id (side->agent), 1,
                          g_main_context_default (), on_receive, side);
}

static void
side_start (Side *side, const GstP2pIceConfig *config)
{
  g_autoptr (GError) error = NULL;

  gst_p2p_ice_agent_start (side->agent, config, &error);
  g_assert_no_error (error);
  gst_p2p_ice_agent_set_remote (side->agent, gst_p2p_ice_agent_get_ufrag (side->other->agent),
                                gst_p2p_ice_agent_get_pwd (side->other->agent), &error);
  g_assert_no_error (error);
}

static void
count (gpointer n)
{
  ++*(guint *)n;
}

static void
side_clear (Side *side)
{
  guint n_closed = 0;

  gst_p2p_ice_agent_stop (side->agent, count, &n_closed);
  gst_p2p_ice_agent_stop (side->agent, count, &n_closed);
  TEST_WAIT_UNTIL (n_closed > 0, 2000);
  g_object_add_weak_pointer (G_OBJECT (side->agent), (gpointer *)&side->agent);
  g_object_unref (side->agent);
  /* calls that were under way hold references until the context ran */
  TEST_WAIT_UNTIL (side->agent == NULL, 2000);
  g_ptr_array_unref (side->held);
  g_string_free (side->received, TRUE);
  g_free (side->tried);
}

static void
side_send (Side *side, const gchar *text)
{
  g_assert_cmpint (nice_agent_send (gst_p2p_ice_agent_get_nice (side->agent),
                                    gst_p2p_ice_agent_get_stream_id (side->agent), 1, strlen (text),
                                    text),
                   ==, strlen (text));
}

static void
connect_and_talk (const GstP2pIceConfig *config, TestRelay *relay)
{
  Side a, b;
  GstStructure *stats = gst_structure_new_empty ("transport-stats");
  gint64 begin_us = g_get_monotonic_time ();

  side_init (&a, &b, TRUE);
  side_init (&b, &a, FALSE);
  a.relay = b.relay = relay;
  side_start (&a, config);
  side_start (&b, config);
  TEST_WAIT_UNTIL (a.connected && b.connected && a.pairs && b.pairs, 5000);
  g_test_message ("connected after %.1f ms", (g_get_monotonic_time () - begin_us) / 1000.0);

  side_send (&a, "ping");
  TEST_WAIT_UNTIL (g_str_equal (b.received->str, "ping"), 2000);
  side_send (&b, "pong");
  TEST_WAIT_UNTIL (g_str_equal (a.received->str, "pong"), 2000);

  TEST_WAIT_UNTIL (a.end && b.end, 5000);
  g_assert_cmpuint (a.connected, ==, 1);
  g_assert_cmpuint (a.failed, ==, 0);
  gst_p2p_ice_agent_add_stats (a.agent, stats);
  g_assert_cmpstr (gst_structure_get_string (stats, "local-candidate-type"), ==, "host");
  g_assert_cmpstr (gst_structure_get_string (stats, "protocol"), ==, "udp");
  g_assert_nonnull (gst_structure_get_string (stats, "local-address"));
  g_assert_nonnull (gst_structure_get_string (stats, "remote-address"));
  gst_structure_free (stats);
  side_clear (&a);
  side_clear (&b);
}

static void
test_connect (void)
{
  GstP2pIceConfig tcp = { .tcp = TRUE };

  connect_and_talk (&host_only, NULL);
  connect_and_talk (&tcp, NULL);
}

/* The caller, to whom the called one can only be reached by TCP, and who cannot be reached at all.
 */
static void
test_tcp_only (void)
{
  const GstP2pIceConfig tcp = { .tcp = TRUE };
  GstStructure *stats = gst_structure_new_empty ("transport-stats");
  Side a, b;

  side_init (&a, &b, TRUE);
  side_init (&b, &a, FALSE);
  a.hold = TRUE;
  b.no_udp = TRUE;
  side_start (&a, &tcp);
  side_start (&b, &tcp);
  TEST_WAIT_UNTIL (a.connected && b.connected, 5000);
  gst_p2p_ice_agent_add_stats (a.agent, stats);
  g_assert_cmpstr (gst_structure_get_string (stats, "protocol"), ==, "tcp");
  gst_structure_free (stats);
  side_send (&a, "ping");
  TEST_WAIT_UNTIL (g_str_equal (b.received->str, "ping"), 2000);
  side_clear (&a);
  side_clear (&b);
}

static void
test_port_range (void)
{
  GstP2pIceConfig range = { .min_port = 41000, .max_port = 41999 };
  GstP2pIceConfig empty = { .min_port = 2, .max_port = 1 };
  g_autoptr (GError) error = NULL;
  Side a, b;
  guint i;

  side_init (&a, &b, TRUE);
  side_init (&b, &a, FALSE);
  a.hold = TRUE;
  side_start (&a, &range);
  TEST_WAIT_UNTIL (a.end, 5000);
  g_assert_cmpuint (a.candidates, >, 0);
  for (i = 0; i < a.candidates; i++)
    {
      g_auto (GStrv) words = g_strsplit (g_ptr_array_index (a.held, i), " ", 0);

      g_assert_cmpint (atoi (words[5]), >=, 41000);
      g_assert_cmpint (atoi (words[5]), <=, 41999);
    }
  g_assert_false (gst_p2p_ice_agent_start (b.agent, &empty, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
  side_clear (&a);
  side_clear (&b);
}

static void
test_settings (void)
{
  gchar *turns[] = { (gchar *)"turns://u:p@127.0.0.1:1", NULL };
  gchar *bad[] = { (gchar *)"stun:", NULL };
  const GstP2pIceConfig refused[] = {
    { .policy = GST_P2P_ICE_POLICY_RELAY },
    { .turn_servers = turns },
    { .stun_servers = bad },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      Side a;

      side_init (&a, NULL, TRUE);
      g_assert_false (gst_p2p_ice_agent_start (a.agent, &refused[i], &error));
      g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
      side_clear (&a);
    }
}

/* A remote that cannot be reached, and the sentence about it: but not before its last candidate. */
static void
test_failed (void)
{
  g_autoptr (GError) error = NULL;
  gint64 begin_us;
  Side a, b;

  side_init (&a, &b, TRUE);
  side_init (&b, &a, FALSE);
  a.hold = TRUE;
  side_start (&a, &host_only);
  TEST_WAIT_UNTIL (a.end, 5000);
  g_assert_cmpuint (a.failed, ==, 0);
  gst_p2p_ice_agent_add_remote_candidate (a.agent, "candidate:1 1 udp 1 127.0.0.1 9 typ host",
                                          &error);
  g_assert_no_error (error);
  gst_p2p_ice_agent_add_remote_candidate (a.agent, "", &error);
  g_assert_no_error (error);
  begin_us = g_get_monotonic_time ();
  TEST_WAIT_UNTIL (a.failed, 20000);
  g_test_message ("gave up after %.1f s", (g_get_monotonic_time () - begin_us) / 1e6);
  g_assert_nonnull (strstr (a.tried, "host; remote candidates: 1 host; servers: none"));
  side_clear (&a);
  side_clear (&b);
}

static void
test_hostile_candidates (void)
{
  static const gchar *const unusable[] = {
    "candidate:",
    "candidate:1 1 udp 1 1.2.3.4 9",
    "candidate:1 1 udp 1 1.2.3.4 9 typ",
    "candidate:1 1 udp 1 1.2.3.4 9 typ elf",
    "candidate:1 1 tcp 1 1.2.3.4 9 typ host",
    "candidate:1 1 tcp 1 1.2.3.4 9 typ host tcptype",
    "candidate:1 1 sctp 1 1.2.3.4 9 typ host",
    "candidate:1 2 udp 1 1.2.3.4 9 typ host",
    "candidate:1 1 udp 1 1.2.3.4 0 typ host",
    "candidate:1 1 udp 1 name.example.org 9 typ host",
    "candidate:1 1 udp 99999999999999999999 1.2.3.4 70000 typ host raddr x rport y",
    "candidate:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1 udp 1 ::1 "
    "9 "
    "typ host",
  };
  g_autofree gchar *name = g_strnfill (2000, 'x');
  g_autofree gchar *large = g_strconcat ("candidate:", name, NULL);
  g_autoptr (GError) error = NULL;
  Side a, b;
  guint i;

  side_init (&a, &b, TRUE);
  side_init (&b, &a, FALSE);
  a.hold = TRUE;
  side_start (&a, &host_only);
  for (i = 0; i < G_N_ELEMENTS (unusable); i++)
    {
      g_autoptr (GError) ignored = NULL;

      gst_p2p_ice_agent_add_remote_candidate (a.agent, unusable[i], &ignored);
      /* what is not even a candidate may be an error, but nothing else happens */
      if (ignored)
        g_assert_error (ignored, GST_P2P_ERROR, GST_P2P_ERROR_INVALID);
    }
  g_assert_false (gst_p2p_ice_agent_add_remote_candidate (a.agent, large, &error));
  g_clear_error (&error);
  for (i = 0; i < 1000; i++) /* what is more than can be used is ignored */
    g_assert_true (gst_p2p_ice_agent_add_remote_candidate (
        a.agent, "candidate:1 1 udp 1 name 9 typ host", &error));
  side_clear (&a);
  side_clear (&b);
}

/* A path that loses everything for longer than libnice's consent would bear is not given up here:
 * others notice, and know better. */
static void
test_patience (void)
{
  TestRelayConfig config = { 0 };
  TestRelay *relay = test_relay_new (&config);
  gint64 until_us;
  Side a, b;

  side_init (&a, &b, TRUE);
  side_init (&b, &a, FALSE);
  a.relay = b.relay = relay;
  side_start (&a, &host_only);
  side_start (&b, &host_only);
  TEST_WAIT_UNTIL (a.connected && b.connected, 5000);
  test_relay_set_loss (relay, 100);
  until_us = g_get_monotonic_time () + 16 * G_USEC_PER_SEC;
  while (g_get_monotonic_time () < until_us)
    test_wait_step (until_us);
  g_assert_false (a.failed || b.failed);
  side_clear (&a);
  side_clear (&b);
  test_relay_free (relay);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/ice/connect", test_connect);
  g_test_add_func ("/transport/ice/tcp-only", test_tcp_only);
  g_test_add_func ("/transport/ice/port-range", test_port_range);
  g_test_add_func ("/transport/ice/settings", test_settings);
  g_test_add_func ("/transport/ice/failed", test_failed);
  g_test_add_func ("/transport/ice/hostile-candidates", test_hostile_candidates);
  g_test_add_func ("/transport/ice/patience", test_patience);
  return g_test_run ();
}
