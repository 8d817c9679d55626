/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* element: what it alone promises, beyond what transport.c asks of every transport. */
#include "plugins/p2p/transport/direct/element.h"

#include <stdlib.h>
#include <string.h>

#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/plugins/p2p/transport/side.h"

#define N_PAIRS 50

static const Pair pair = { "direct", gst_p2p_direct_element_new, gst_p2p_direct_element_new };

static guint
count_threads (void)
{
  GDir *dir = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  g_dir_close (dir);
  return n;
}

static guint64
resident_bytes (void)
{
  g_autofree gchar *text = NULL;
  const gchar *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &text, NULL, NULL));
  line = strstr (text, "VmRSS:");
  g_assert_nonnull (line);
  return g_ascii_strtoull (line + 6, NULL, 10) * 1024;
}

static void
start_all (Side *a, Side *b)
{
  for (guint i = 0; i < N_PAIRS; i++)
    {
      side_init (&a[i], &b[i], pair.new_a);
      side_init (&b[i], &a[i], pair.new_b);
      side_start (&a[i], GST_P2P_ROLE_INITIATOR);
      side_start (&b[i], GST_P2P_ROLE_ACCEPTOR);
    }
  for (guint i = 0; i < N_PAIRS; i++)
    TEST_WAIT_UNTIL (a[i].established && b[i].established, 20000);
}

static guint64
get_number (const GstStructure *stats, const gchar *name)
{
  guint64 value = G_MAXUINT64;

  g_assert_true (gst_structure_get_uint64 (stats, name, &value));
  return value;
}

static void
test_stats (void)
{
  g_autoptr (GstStructure) stats = NULL;
  GThread *thread;
  Sender sender;
  Side a, b;

  connect_sides (&a, &b, &pair, NULL);
  open_port (&a, 0, NULL);
  open_port (&b, 0, NULL);
  thread = sender_start (&sender, &a.ports[0], 100, 10000);
  expect_messages (&b.ports[0], 100, 10000);
  g_thread_join (thread);

  stats = gst_p2p_transport_get_stats (a.transport);
  g_assert_cmpstr (gst_structure_get_name (stats), ==, "transport-stats");
  g_assert_cmpstr (gst_structure_get_string (stats, "cipher"), ==, "ECDHE-ECDSA-AES128-GCM-SHA256");
  g_assert_cmpstr (gst_structure_get_string (stats, "protocol"), ==, "udp");
  g_assert_nonnull (gst_structure_get_string (stats, "local-candidate-type"));
  g_assert_cmpuint (get_number (stats, "congestion-window"), >, 1200);
  g_assert_cmpuint (get_number (stats, "rtt-us"), <, G_USEC_PER_SEC);
  g_assert_cmpuint (get_number (stats, "bytes-in-flight"), <, 1000000);
  get_number (stats, "retransmissions");
  side_clear (&a);
  side_clear (&b);
}

/* One message that is larger than SCTP's buffers, received whole. */
static void
test_largest (void)
{
  GThread *thread;
  Sender sender;
  gsize size;
  Side a, b;

  connect_sides (&a, &b, &pair, NULL);
  size = gst_p2p_transport_get_max_message_size (b.transport);
  g_assert_cmpuint (size, >=, 16 * 1024 * 1024);
  open_port (&a, 0, NULL);
  open_port (&b, 0, NULL);
  thread = sender_start (&sender, &a.ports[0], 2, size);
  expect_messages (&b.ports[0], 2, size);
  g_thread_join (thread);
  side_clear (&a);
  side_clear (&b);
}

/* Messages that have outlived their time are not sent any more, and the next ones are not late. */
static void
test_lifetime (void)
{
  TestRelayConfig config = { .delay_ms = 10, .rate_bps = 2000000, .queue_bytes = 20000 };
  TestRelay *relay = test_relay_new (&config);
  g_autoptr (GstP2pChannelConfig) channel = gst_p2p_channel_config_new ();
  g_autoptr (GBytes) last = make_message (500, 1);
  GThread *thread;
  Sender sender;
  guint got = 0;
  Side a, b;

  channel->reliability = GST_P2P_RELIABILITY_MAX_PACKET_LIFETIME;
  channel->parameter = 100;
  connect_sides (&a, &b, &pair, relay);
  open_port (&a, 0, channel);
  open_port (&b, 0, channel);
  thread = sender_start (&sender, &a.ports[0], 500, 1000);
  g_thread_join (thread);
  g_assert_cmpint (port_push (&a.ports[0], last, GST_BUFFER_FLAG_NON_DROPPABLE), ==, GST_FLOW_OK);
  for (;;)
    {
      g_autoptr (GBytes) message = port_take (&b.ports[0]);

      if (g_bytes_get_size (message) == 500)
        break;
      got++;
    }
  g_test_message ("%u of 500 came in time", got);
  g_assert_cmpuint (got, <, 500);
  side_clear (&a);
  side_clear (&b);
  test_relay_free (relay);
}

/* A whole buffer list at once, of messages in pieces. */
static void
test_buffer_list (void)
{
  GstBufferList *list = gst_buffer_list_new ();
  Side a, b;

  connect_sides (&a, &b, &pair, NULL);
  open_port (&a, 0, NULL);
  open_port (&b, 0, NULL);
  for (guint i = 0; i < 300; i++)
    {
      GstBuffer *message = gst_buffer_new ();

      gst_buffer_append_memory (message, gst_allocator_alloc (NULL, 12, NULL));
      message = gst_buffer_append (message, gst_buffer_new_memdup (&i, sizeof i));
      gst_buffer_append_memory (message, gst_allocator_alloc (NULL, 0, NULL));
      gst_buffer_list_add (list, message);
    }
  g_assert_cmpint (gst_pad_push_list (a.ports[0].push, list), ==, GST_FLOW_OK);
  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (GBytes) message = port_take (&b.ports[0]);
      gsize size;
      const guint8 *data = g_bytes_get_data (message, &size);

      g_assert_cmpuint (size, ==, 12 + sizeof i);
      g_assert_cmpmem (data + 12, sizeof i, &i, sizeof i);
    }
  side_clear (&a);
  side_clear (&b);
}

/* A hundred connections in one process, each with traffic, all at a time. */
static void
test_hundred (void)
{
  g_autofree Side *a = g_new0 (Side, N_PAIRS);
  g_autofree Side *b = g_new0 (Side, N_PAIRS);
  GThread *threads[N_PAIRS];
  Sender senders[N_PAIRS];
  guint n_threads;
  guint64 before, each;

  test_buffer_list (); /* what a process has once, GLib's and GStreamer's threads, is there then */
  test_leaks_begin ();
  n_threads = count_threads ();
  before = resident_bytes ();
  start_all (a, b);
  each = (resident_bytes () - before) / (2 * N_PAIRS);
  g_test_message ("%" G_GUINT64_FORMAT " KiB an idle connection", each / 1024);
  if (test_slowdown () == 1) /* a sanitizer's memory is not ours */
    g_assert_cmpuint (each, <, 1024 * 1024);

  for (guint i = 0; i < N_PAIRS; i++)
    {
      open_port (&a[i], 0, NULL);
      open_port (&b[i], 0, NULL);
      threads[i] = sender_start (&senders[i], &a[i].ports[0], 100, 10000);
    }
  for (guint i = 0; i < N_PAIRS; i++)
    {
      expect_messages (&b[i].ports[0], 100, 10000);
      g_thread_join (threads[i]);
      g_assert_cmpuint (a[i].n_errors + b[i].n_errors, ==, 0);
    }
  for (guint i = 0; i < N_PAIRS; i++)
    {
      side_clear (&a[i]);
      side_clear (&b[i]);
    }
  test_leaks_end ();
  TEST_WAIT_UNTIL (count_threads () <= n_threads, 5000);
}

int
main (int argc, char **argv)
{
  Side a, b;
  int result;

  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  /* GLib keeps threads of pools that have nothing to do for 15 s, in case that somebody wants one:
   * up to 2 of them in 2.74, and 8 since 2.84. GStreamer takes the tasks of pads from there. */
  g_thread_pool_set_max_unused_threads (0);
  /* what is made once in a process */
  connect_sides (&a, &b, &pair, NULL);
  side_clear (&a);
  side_clear (&b);

  g_test_add_func ("/direct/element/stats", test_stats);
  g_test_add_func ("/direct/element/largest", test_largest);
  g_test_add_func ("/direct/element/lifetime", test_lifetime);
  g_test_add_func ("/direct/element/buffer-list", test_buffer_list);
  g_test_add_func ("/direct/element/hundred", test_hundred);
  result = g_test_run ();
  gst_p2p_identity_unref (side_identity (GST_P2P_ROLE_INITIATOR));
  gst_p2p_identity_unref (side_identity (GST_P2P_ROLE_ACCEPTOR));
  return result;
}
