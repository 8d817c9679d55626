/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mux: two of them joined by queues of packets, on one thread; only the tasks of the channels' pads
 * run on others.
 */
#include "plugins/p2p/transport/direct/mux.h"

#include <string.h>

#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

#define PORT 5000
#define MAX_PACKET 1192
#define SIZE 16000
#define MESSAGE_COST (SIZE + GST_P2P_MESSAGE_OVERHEAD)
#define N_STREAMS 8
#define SOON_MS 20000

typedef struct
{
  GstP2pDirectChannel *channel;
  GstPad *push;
  GstPad *take;
  GMutex lock; /* held by the test: nothing is taken */
  /* atomic */
  gint n_taken;
  gint n_eos;
} Port;

typedef struct
{
  GstP2pDirectMux *mux;
  GstP2pBacklog *backlog;
  GQueue sent; /* GBytes: packets for the other */
  gboolean established;
  GError *error;
  gboolean announced[N_STREAMS];
  gboolean closed[N_STREAMS];
  Port ports[N_STREAMS];
} End;

/* --- what a mux says --- */

static void
on_established (gpointer user_data)
{
  ((End *)user_data)->established = TRUE;
}

static void
on_closed (const GError *error, gpointer user_data)
{
  ((End *)user_data)->error = error ? g_error_copy (error) : NULL;
}

static void
on_dcep (guint16 stream, GBytes *message, gpointer user_data)
{
}

static void
on_stream_data (guint16 stream, gpointer user_data)
{
  ((End *)user_data)->announced[stream] = TRUE;
}

static void
on_channel_closed (guint16 stream, gpointer user_data)
{
  ((End *)user_data)->closed[stream] = TRUE;
}

static void
on_send (const guint8 *packet, gsize size, gpointer user_data)
{
  g_queue_push_tail (&((End *)user_data)->sent, g_bytes_new (packet, size));
}

static void
on_wakeup (gpointer user_data)
{
  g_main_context_wakeup (NULL);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  g_error ("%s", error->message);
}

/* --- ends --- */

static void
end_init (End *end)
{
  static const GstP2pDirectMuxFuncs funcs = {
    .established = on_established,
    .closed = on_closed,
    .dcep = on_dcep,
    .stream_data = on_stream_data,
    .channel_closed = on_channel_closed,
    .send = on_send,
    .wakeup = on_wakeup,
  };

  memset (end, 0, sizeof *end);
  g_queue_init (&end->sent);
  end->backlog = gst_p2p_backlog_new ();
  end->mux = gst_p2p_direct_mux_new (NULL, g_main_context_default (), end->backlog, &funcs, end);
}

static void
connect_end (End *end)
{
  static const gchar *const framings[] = { GST_P2P_FRAMES_PROTOCOL, NULL };
  const GstP2pDescriptionLimits limits = { 0 };
  g_autofree gchar *fingerprint = g_strnfill (32 * 3 - 1, '0');
  g_autoptr (GstP2pDescription) remote = NULL;
  GError *error = NULL;

  for (guint i = 2; i < 32 * 3 - 1; i += 3)
    fingerprint[i] = ':';
  remote = gst_p2p_description_new ("ufrg", "abcdefghijklmnopqrstuv", fingerprint, PORT, &limits,
                                    framings, &error);
  g_assert_no_error (error);
  gst_p2p_direct_mux_connect (end->mux, PORT, remote, MAX_PACKET, &error);
  g_assert_no_error (error);
}

static gboolean
carry_one (End *from, End *to)
{
  GBytes *packet = g_queue_pop_head (&from->sent);
  g_autofree guint8 *data = NULL;
  gsize size;

  if (!packet)
    return FALSE;
  data = g_bytes_unref_to_data (packet, &size);
  gst_p2p_direct_mux_feed (to->mux, data, size);
  return TRUE;
}

/* Moves what there is. Always TRUE. */
static gboolean
carry (End *a, End *b)
{
  g_main_context_iteration (NULL, FALSE);
  gst_p2p_direct_mux_process (a->mux);
  gst_p2p_direct_mux_process (b->mux);
  while (carry_one (a, b) || carry_one (b, a))
    ;
  gst_p2p_direct_mux_process (a->mux);
  gst_p2p_direct_mux_process (b->mux);
  return TRUE;
}

#define CARRY_UNTIL(a, b, condition) TEST_WAIT_UNTIL (carry (a, b) && (condition), SOON_MS)

/* --- channels --- */

static GstFlowReturn
on_take (GstPad *pad, GstObject *parent, GstBuffer *message)
{
  Port *port = gst_pad_get_element_private (pad);

  g_mutex_lock (&port->lock);
  g_mutex_unlock (&port->lock);
  gst_buffer_unref (message);
  g_atomic_int_inc (&port->n_taken);
  g_main_context_wakeup (NULL);
  return GST_FLOW_OK;
}

static gboolean
on_take_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Port *port = gst_pad_get_element_private (pad);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    g_atomic_int_inc (&port->n_eos);
  gst_event_unref (event);
  return TRUE;
}

static void
make_pads (Port *port)
{
  GstSegment segment;

  port->push = gst_object_ref_sink (gst_pad_new (NULL, GST_PAD_SRC));
  port->take = gst_object_ref_sink (gst_pad_new (NULL, GST_PAD_SINK));
  gst_pad_set_element_private (port->take, port);
  gst_pad_set_chain_function (port->take, on_take);
  gst_pad_set_event_function (port->take, on_take_event);
  gst_pad_set_active (port->push, TRUE);
  gst_pad_set_active (port->take, TRUE);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (port->push, gst_event_new_stream_start ("test"));
  gst_pad_push_event (port->push, gst_event_new_segment (&segment));
}

static Port *
open_port (End *end, guint16 stream, const gchar *protocol)
{
  static const GstP2pDirectChannelFuncs funcs = { .wakeup = on_wakeup, .failed = on_failed };
  g_autoptr (GstP2pChannelConfig) config = gst_p2p_channel_config_new ();
  Port *port = &end->ports[stream];

  g_free (config->protocol);
  config->protocol = g_strdup (protocol);
  g_mutex_init (&port->lock);
  port->channel
      = gst_p2p_direct_channel_new (stream, config, G_MAXUINT32, end->backlog, &funcs, end);
  make_pads (port);
  gst_pad_set_active (gst_p2p_direct_channel_get_sink (port->channel), TRUE);
  gst_pad_set_active (gst_p2p_direct_channel_get_src (port->channel), TRUE);
  gst_pad_link (port->push, gst_p2p_direct_channel_get_sink (port->channel));
  gst_pad_link (gst_p2p_direct_channel_get_src (port->channel), port->take);
  gst_p2p_direct_channel_activate (port->channel);
  gst_p2p_direct_mux_add (end->mux, port->channel);
  return port;
}

static void
close_port (End *end, Port *port)
{
  if (!port->channel)
    return;
  gst_pad_set_active (gst_p2p_direct_channel_get_sink (port->channel), FALSE);
  gst_pad_set_active (gst_p2p_direct_channel_get_src (port->channel), FALSE);
  gst_p2p_direct_mux_remove (end->mux, port->channel);
  g_clear_pointer (&port->channel, gst_p2p_direct_channel_unref);
  gst_pad_set_active (port->push, FALSE);
  gst_pad_set_active (port->take, FALSE);
  gst_object_unref (port->push);
  gst_object_unref (port->take);
  g_mutex_clear (&port->lock);
}

static void
push (Port *port, gsize size)
{
  g_assert_cmpint (gst_pad_push (port->push, gst_buffer_new_allocate (NULL, size, NULL)), ==,
                   GST_FLOW_OK);
}

static gint
count (Port *port)
{
  return g_atomic_int_get (&port->n_taken);
}

static void
begin (End *a, End *b)
{
  test_leaks_begin ();
  test_watchdog_start (60);
  end_init (a);
  end_init (b);
  connect_end (a);
  connect_end (b);
  CARRY_UNTIL (a, b, a->established && b->established);
}

static void
end_clear (End *end)
{
  for (guint i = 0; i < N_STREAMS; i++)
    close_port (end, &end->ports[i]);
  gst_p2p_direct_mux_free (end->mux);
  g_assert_cmpuint (gst_p2p_backlog_get_room (end->backlog), ==, GST_P2P_MAX_PLAIN_BACKLOG);
  gst_p2p_backlog_unref (end->backlog);
  g_queue_clear_full (&end->sent, (GDestroyNotify)g_bytes_unref);
  g_clear_error (&end->error);
}

static void
finish (End *a, End *b)
{
  g_assert_no_error (a->error);
  g_assert_no_error (b->error);
  end_clear (a);
  end_clear (b);
  test_leaks_end ();
}

/* Sends while there is room at the other end. Returns how many messages. */
static gint
fill (End *a, End *b, guint16 stream)
{
  gint n = 0;

  while (gst_p2p_backlog_get_room (b->backlog) > 0)
    {
      push (&a->ports[stream], SIZE);
      n++;
      carry (a, b);
    }
  return n;
}

/* --- tests --- */

static void
open_both (End *a, End *b, guint16 stream, const gchar *protocol)
{
  open_port (a, stream, protocol);
  open_port (b, stream, protocol);
}

/* What the sender was told that it may have on its way stops no other channel. */
static void
test_unread (void)
{
  End a, b;
  gint n = GST_P2P_MAX_IN_FLIGHT / MESSAGE_COST;

  begin (&a, &b);
  open_both (&a, &b, 2, GST_P2P_FRAMES_PROTOCOL);
  open_both (&a, &b, 4, "");
  g_mutex_lock (&b.ports[2].lock);
  for (gint i = 0; i < n; i++)
    {
      push (&a.ports[2], SIZE);
      carry (&a, &b);
    }
  g_assert_cmpuint (gst_p2p_backlog_get_room (b.backlog), ==, GST_P2P_MAX_PLAIN_BACKLOG);
  for (gint i = 1; i <= 100; i++)
    {
      push (&a.ports[4], SIZE);
      CARRY_UNTIL (&a, &b, count (&b.ports[4]) == i);
    }
  g_assert_cmpint (count (&b.ports[2]), ==, 0);
  g_mutex_unlock (&b.ports[2].lock);
  CARRY_UNTIL (&a, &b, count (&b.ports[2]) == n);
  finish (&a, &b);
}

/* One that ignores it, or cannot know, is stopped by what holds all: nothing is held beyond the
 * bound, nothing is lost, and all goes on when there is room. */
static void
check_stopped (const gchar *protocol, gint most)
{
  End a, b;
  gint n;

  begin (&a, &b);
  open_both (&a, &b, 2, protocol);
  open_both (&a, &b, 4, GST_P2P_FRAMES_PROTOCOL);
  g_mutex_lock (&b.ports[2].lock);
  n = fill (&a, &b, 2);
  g_assert_cmpint (n, >=, most / MESSAGE_COST);
  g_assert_cmpint (n, <=, most / MESSAGE_COST + 2);
  for (guint i = 0; i < 50; i++)
    {
      push (&a.ports[2], SIZE);
      push (&a.ports[4], SIZE);
      carry (&a, &b);
    }
  g_assert_cmpint (count (&b.ports[2]) + count (&b.ports[4]), ==, 0);
  g_mutex_unlock (&b.ports[2].lock);
  CARRY_UNTIL (&a, &b, count (&b.ports[2]) == n + 50 && count (&b.ports[4]) == 50);
  g_assert_cmpuint (gst_p2p_backlog_get_room (b.backlog), ==, GST_P2P_MAX_PLAIN_BACKLOG);
  finish (&a, &b);
}

static void
test_stopped (void)
{
  check_stopped ("", GST_P2P_MAX_PLAIN_BACKLOG);
}

static void
test_over_credit (void)
{
  check_stopped (GST_P2P_ACKED_RAW_PROTOCOL, GST_P2P_MAX_BACKLOG);
}

/* Messages of no bytes cost memory, too. */
static void
test_tiny (void)
{
  End a, b;
  gint n = 0;

  begin (&a, &b);
  open_both (&a, &b, 2, "");
  g_mutex_lock (&b.ports[2].lock);
  while (gst_p2p_backlog_get_room (b.backlog) > 0)
    {
      for (guint i = 0; i < 100; i++)
        push (&a.ports[2], 0);
      n += 100;
      carry (&a, &b);
    }
  g_assert_cmpint (n, <=, GST_P2P_MAX_PLAIN_BACKLOG / GST_P2P_MESSAGE_OVERHEAD + 100);
  g_mutex_unlock (&b.ports[2].lock);
  CARRY_UNTIL (&a, &b, count (&b.ports[2]) == n);
  finish (&a, &b);
}

/* What is left of a channel that is released is room again. */
static void
test_removed (void)
{
  End a, b;

  begin (&a, &b);
  open_both (&a, &b, 2, "");
  open_both (&a, &b, 4, "");
  gst_pad_unlink (gst_p2p_direct_channel_get_src (b.ports[2].channel), b.ports[2].take);
  fill (&a, &b, 2);
  push (&a.ports[4], SIZE);
  for (guint i = 0; i < 50; i++)
    carry (&a, &b);
  g_assert_cmpint (count (&b.ports[4]), ==, 0);
  close_port (&b, &b.ports[2]);
  CARRY_UNTIL (&a, &b, count (&b.ports[4]) == 1);
  g_assert_cmpint (count (&b.ports[2]), ==, 0);
  finish (&a, &b);
}

/* What comes before a channel is there is kept, within a bound, and given to it. */
static void
test_unclaimed (void)
{
  End a, b;
  gint n = 40;

  begin (&a, &b);
  open_port (&a, 2, "");
  for (gint i = 0; i < n; i++)
    {
      push (&a.ports[2], SIZE);
      carry (&a, &b);
    }
  CARRY_UNTIL (&a, &b, b.announced[2]);
  open_port (&b, 2, "");
  CARRY_UNTIL (&a, &b, count (&b.ports[2]) == n);
  finish (&a, &b);
}

/* A channel that is closed ends when all before was taken, however late. */
static void
test_close (void)
{
  End a, b;
  gint n = 100;

  begin (&a, &b);
  open_both (&a, &b, 2, GST_P2P_FRAMES_PROTOCOL);
  g_mutex_lock (&b.ports[2].lock);
  for (gint i = 0; i < n; i++)
    {
      push (&a.ports[2], SIZE);
      carry (&a, &b);
    }
  gst_p2p_direct_channel_close (a.ports[2].channel);
  gst_p2p_direct_mux_close_channel (a.mux, a.ports[2].channel);
  for (guint i = 0; i < 50; i++)
    carry (&a, &b);
  g_assert_false (a.closed[2] || b.closed[2]);
  g_mutex_unlock (&b.ports[2].lock);
  CARRY_UNTIL (&a, &b, a.closed[2] && b.closed[2]);
  g_assert_cmpint (count (&b.ports[2]), ==, n);
  g_assert_cmpint (g_atomic_int_get (&b.ports[2].n_eos), ==, 1);
  finish (&a, &b);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/direct/mux/unread", test_unread);
  g_test_add_func ("/direct/mux/stopped", test_stopped);
  g_test_add_func ("/direct/mux/over-credit", test_over_credit);
  g_test_add_func ("/direct/mux/tiny", test_tiny);
  g_test_add_func ("/direct/mux/removed", test_removed);
  g_test_add_func ("/direct/mux/unclaimed", test_unclaimed);
  g_test_add_func ("/direct/mux/close", test_close);
  return g_test_run ();
}
