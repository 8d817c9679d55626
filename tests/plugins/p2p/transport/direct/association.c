/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * association: two of them joined by queues of packets, on one thread; and one on another.
 */
#include "plugins/p2p/transport/direct/association.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/link/crc32c.h"
#include "gst/p2p/link/sctpchunk.h"
#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

#define PORT 5000
#define MAX_PACKET 1192

typedef struct _End End;
struct _End
{
  GstP2pDirectAssociation *association;
  GQueue sent;     /* GBytes: packets for the peer */
  gsize largest;   /* packet sent */
  GQueue messages; /* GstBuffer, with the stream in the offset and the PPID in offset_end */
  gsize received;  /* bytes */
  gboolean established;
  gboolean closed;
  GError *error;
  gboolean reset_in[8], reset_out[8];
  gint woken;               /* atomic */
  guint stop_reading_after; /* messages; 0: never */
};

static void
on_send (const guint8 *packet, gsize size, gpointer user_data)
{
  End *end = user_data;

  end->largest = MAX (end->largest, size);
  g_queue_push_tail (&end->sent, g_bytes_new (packet, size));
}

static void
on_message (guint16 stream, guint32 ppid, GstBuffer *message, gpointer user_data)
{
  End *end = user_data;

  GST_BUFFER_OFFSET (message) = stream;
  GST_BUFFER_OFFSET_END (message) = ppid;
  end->received += gst_buffer_get_size (message);
  g_queue_push_tail (&end->messages, message);
  if (end->stop_reading_after && end->messages.length >= end->stop_reading_after)
    gst_p2p_direct_association_set_reading (end->association, FALSE);
}

static void
on_established (gpointer user_data)
{
  ((End *)user_data)->established = TRUE;
}

static void
on_closed (const GError *error, gpointer user_data)
{
  End *end = user_data;

  g_assert_false (end->closed);
  end->closed = TRUE;
  end->error = error ? g_error_copy (error) : NULL;
}

static void
on_reset (guint16 stream, GstP2pStreamFact fact, gpointer user_data)
{
  End *end = user_data;

  g_assert_cmpint (fact, !=, GST_P2P_STREAM_FACT_IGNORED);
  (fact == GST_P2P_STREAM_FACT_PEER_RESET ? end->reset_in : end->reset_out)[stream] = TRUE;
}

static void
on_wakeup (gpointer user_data)
{
  g_atomic_int_set (&((End *)user_data)->woken, 1);
  g_main_context_wakeup (NULL);
}

static const GstP2pDirectAssociationFuncs funcs = {
  .send = on_send,
  .message = on_message,
  .established = on_established,
  .closed = on_closed,
  .reset = on_reset,
  .wakeup = on_wakeup,
};

static void
end_init (End *end)
{
  GError *error = NULL;

  memset (end, 0, sizeof *end);
  g_queue_init (&end->sent);
  g_queue_init (&end->messages);
  end->association = gst_p2p_direct_association_new (NULL, g_main_context_default (), MAX_PACKET,
                                                     &funcs, end, &error);
  g_assert_no_error (error);
}

static void
end_clear (End *end)
{
  gst_p2p_direct_association_free (end->association);
  g_queue_clear_full (&end->sent, (GDestroyNotify)g_bytes_unref);
  g_queue_clear_full (&end->messages, (GDestroyNotify)gst_buffer_unref);
  g_clear_error (&end->error);
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
  gst_p2p_direct_association_feed (to->association, data, size);
  return TRUE;
}

/* Moves what there is; timers run in the main context. Always TRUE. */
static gboolean
carry (End *a, End *b)
{
  g_main_context_iteration (NULL, FALSE);
  while (carry_one (a, b) || carry_one (b, a))
    ;
  gst_p2p_direct_association_dispatch (a->association);
  gst_p2p_direct_association_dispatch (b->association);
  return TRUE;
}

#define CARRY_UNTIL(a, b, condition) TEST_WAIT_UNTIL (carry (a, b) && (condition), 10000)

static void
connect_ends (End *a, End *b)
{
  GError *error = NULL;

  end_init (a);
  end_init (b);
  g_assert_true (gst_p2p_direct_association_connect (a->association, PORT, PORT, &error));
  g_assert_true (gst_p2p_direct_association_connect (b->association, PORT, PORT, &error));
  CARRY_UNTIL (a, b, a->established && b->established);
}

static guint8
byte_at (guint seed, gsize position)
{
  return (guint8)(seed * 31 + position * 7 + (position >> 8));
}

/* Sends one message, in as many calls as it takes. */
static void
send_message (End *a, End *b, const GstP2pDirectAssociationSend *how, guint seed, gsize size)
{
  g_autofree guint8 *data = g_malloc (size);
  gsize sent = 0;

  for (gsize i = 0; i < size; i++)
    data[i] = byte_at (seed, i);
  while (sent < size)
    {
      GError *error = NULL;
      gssize taken = gst_p2p_direct_association_send (a->association, how, data + sent, size - sent,
                                                      TRUE, &error);

      g_assert_no_error (error);
      sent += taken;
      if (sent < size)
        carry (a, b);
    }
}

static void
take_message (End *end, guint stream, guint32 ppid, guint seed, gsize size)
{
  GstBuffer *message = g_queue_pop_head (&end->messages);
  GstMapInfo map;

  g_assert_nonnull (message);
  g_assert_cmpuint (GST_BUFFER_OFFSET (message), ==, stream);
  g_assert_cmpuint (GST_BUFFER_OFFSET_END (message), ==, ppid);
  g_assert_true (gst_buffer_map (message, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, ==, size);
  for (gsize i = 0; i < size; i++)
    if (map.data[i] != byte_at (seed, i))
      g_error ("byte %" G_GSIZE_FORMAT " of message %u is wrong", i, seed);
  gst_buffer_unmap (message, &map);
  gst_buffer_unref (message);
}

/* From one byte to the largest, with and without a cork. */
static void
test_sizes (void)
{
  static const gsize sizes[] = { 1,     2,      1150,    1163,    1164,
                                 1165,  1176,   1200,    16384,   65535,
                                 65536, 65537,  262144,  1048576, 3,
                                 70000, 100000, 5000000, 1,       GST_P2P_SCTP_MAX_MESSAGE };
  GstP2pDirectAssociationSend how = { .stream = 3, .ppid = 53 };
  End a, b;

  connect_ends (&a, &b);
  for (guint corked = 0; corked < 2; corked++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          gst_p2p_direct_association_set_corked (a.association,
                                                 corked && i + 1 < G_N_ELEMENTS (sizes));
          send_message (&a, &b, &how, i, sizes[i]);
        }
      CARRY_UNTIL (&a, &b, b.messages.length == G_N_ELEMENTS (sizes));
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        take_message (&b, 3, 53, i, sizes[i]);
    }
  g_assert_cmpuint (a.largest, <=, MAX_PACKET);
  g_assert_cmpuint (a.largest, >, MAX_PACKET - 8);
  end_clear (&a);
  end_clear (&b);
}

/* Small ones share packets while more are to come. */
static void
test_corked (void)
{
  GstP2pDirectAssociationSend how = { .stream = 0, .ppid = 53 };
  guint packets = 0;
  End a, b;

  connect_ends (&a, &b);
  /* something must be in flight, or nothing is held back */
  send_message (&a, &b, &how, 0, 100);
  for (guint i = 0; i < 20; i++)
    {
      gst_p2p_direct_association_set_corked (a.association, i < 19);
      send_message (&a, &b, &how, i, 1200);
    }
  packets = a.sent.length;
  g_assert_cmpuint (packets, <=, 24);
  CARRY_UNTIL (&a, &b, b.messages.length == 21);
  end_clear (&a);
  end_clear (&b);
}

/* A message too large for us ends the association before it fills the memory. */
static void
test_too_large (void)
{
  GstP2pDirectAssociationSend how = { .stream = 0, .ppid = 53 };
  g_autofree guint8 *data = g_malloc0 (100000);
  End a, b;

  connect_ends (&a, &b);
  for (guint i = 0; !b.closed; i++)
    {
      g_assert_cmpuint (i, <, 100000);
      gst_p2p_direct_association_send (a.association, &how, data, 100000, FALSE, NULL);
      carry (&a, &b);
    }
  g_assert_error (b.error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT);
  g_assert_cmpuint (b.messages.length, ==, 0);
  end_clear (&a);
  end_clear (&b);
}

/* Loses every seventh packet in each direction. */
static gboolean
carry_with_loss (End *a, End *b)
{
  static guint n;

  g_main_context_iteration (NULL, FALSE);
  for (;;)
    {
      End *from = a->sent.length ? a : b;

      if (!from->sent.length)
        break;
      if (n++ % 7 == 6)
        g_bytes_unref (g_queue_pop_head (&from->sent));
      else
        carry_one (from, from == a ? b : a);
    }
  gst_p2p_direct_association_dispatch (a->association);
  gst_p2p_direct_association_dispatch (b->association);
  return TRUE;
}

static void
test_loss_reliable (void)
{
  GstP2pDirectAssociationSend how = { .stream = 1, .ppid = 53 };
  GstP2pDirectAssociationStats stats;
  End a, b;

  connect_ends (&a, &b);
  for (guint i = 0; i < 100; i++)
    send_message (&a, &b, &how, i, 5000);
  TEST_WAIT_UNTIL (carry_with_loss (&a, &b) && b.messages.length == 100, 20000);
  for (guint i = 0; i < 100; i++)
    take_message (&b, 1, 53, i, 5000);
  gst_p2p_direct_association_get_stats (a.association, &stats);
  g_assert_cmpuint (stats.retransmissions, >, 0);
  g_assert_cmpuint (stats.congestion_window, >, 0);
  end_clear (&a);
  end_clear (&b);
}

/* Without retransmissions some never come, the others are intact, and what is reliable does. */
static void
test_loss_partial (void)
{
  GstP2pDirectAssociationSend partial = { .stream = 1,
                                          .ppid = 53,
                                          .unordered = TRUE,
                                          .reliability = GST_P2P_RELIABILITY_MAX_RETRANSMITS,
                                          .parameter = 0 };
  GstP2pDirectAssociationSend reliable = { .stream = 2, .ppid = 51 };
  guint intact = 0;
  gboolean last = FALSE;
  End a, b;

  connect_ends (&a, &b);
  for (guint i = 0; i < 200; i++)
    {
      send_message (&a, &b, &partial, i, 900);
      carry_with_loss (&a, &b);
    }
  send_message (&a, &b, &reliable, 7, 3000);
  while (!last)
    {
      TEST_WAIT_UNTIL (carry_with_loss (&a, &b) && b.messages.length > 0, 20000);
      if (GST_BUFFER_OFFSET (b.messages.head->data) == 2)
        {
          take_message (&b, 2, 51, 7, 3000);
          last = TRUE;
          continue;
        }
      g_assert_cmpuint (gst_buffer_get_size (b.messages.head->data), ==, 900);
      gst_buffer_unref (g_queue_pop_head (&b.messages));
      intact++;
    }
  g_assert_cmpuint (intact, <, 200);
  g_assert_cmpuint (intact, >, 100);
  end_clear (&a);
  end_clear (&b);
}

static void
test_reset (void)
{
  GstP2pDirectAssociationSend how = { .stream = 5, .ppid = 53 };
  End a, b;

  connect_ends (&a, &b);
  for (guint round = 0; round < 3; round++)
    {
      a.reset_out[5] = b.reset_in[5] = FALSE;
      for (guint i = 0; i < 50; i++)
        send_message (&a, &b, &how, i, 10000);
      gst_p2p_direct_association_reset_stream (a.association, 5);
      gst_p2p_direct_association_reset_stream (a.association, 6);
      g_assert_false (b.reset_in[5]);
      CARRY_UNTIL (&a, &b, a.reset_out[5] && b.reset_in[5] && b.reset_in[6]);
      for (guint i = 0; i < 50; i++)
        take_message (&b, 5, 53, i, 10000);
      g_assert_false (a.reset_in[5] || b.reset_out[5]);
      a.reset_out[6] = b.reset_in[6] = FALSE;
    }
  end_clear (&a);
  end_clear (&b);
}

/* A reader that stops closes the window: what can be sent is bounded; nothing is lost. The end of a
 * stream is heard behind it all. */
static void
test_backpressure (void)
{
  GstP2pDirectAssociationSend how = { .stream = 0, .ppid = 53 };
  g_autofree guint8 *data = g_malloc0 (16384);
  gsize sent = 0;
  guint idle = 0;
  End a, b;

  connect_ends (&a, &b);
  gst_p2p_direct_association_set_reading (b.association, FALSE);
  while (idle < 50)
    {
      gssize taken = gst_p2p_direct_association_send (a.association, &how, data, 16384, TRUE, NULL);

      g_assert_cmpint (taken, >=, 0);
      sent += taken;
      idle = taken ? 0 : idle + 1;
      carry (&a, &b);
    }
  g_assert_cmpuint (sent, >, 1024 * 1024);
  g_assert_cmpuint (sent, <, 32 * 1024 * 1024);
  g_assert_cmpuint (b.received, ==, 0);

  gst_p2p_direct_association_set_reading (b.association, TRUE);
  CARRY_UNTIL (&a, &b, b.received >= sent / 16384 * 16384);

  /* from within the message function */
  b.stop_reading_after = b.messages.length + 1;
  for (guint i = 0; i < 5; i++)
    send_message (&a, &b, &how, i, 10);
  CARRY_UNTIL (&a, &b, b.messages.length == b.stop_reading_after);
  carry (&a, &b);
  g_assert_cmpuint (b.messages.length, ==, b.stop_reading_after);
  b.stop_reading_after = 0;
  gst_p2p_direct_association_set_reading (b.association, TRUE);
  gst_p2p_direct_association_reset_stream (a.association, 0);
  CARRY_UNTIL (&a, &b, b.reset_in[0]);
  end_clear (&a);
  end_clear (&b);
}

static void
test_close (void)
{
  GstP2pDirectAssociationSend how = { .stream = 0, .ppid = 53 };
  End a, b;

  /* with nothing outstanding: SHUTDOWN */
  connect_ends (&a, &b);
  gst_p2p_direct_association_close (a.association);
  CARRY_UNTIL (&a, &b, b.closed);
  g_assert_no_error (b.error);
  g_assert_false (a.closed);
  end_clear (&a);
  end_clear (&b);

  /* in the middle: ABORT, which is the peer's will too */
  connect_ends (&a, &b);
  for (guint i = 0; i < 20; i++)
    gst_p2p_direct_association_send (a.association, &how, (const guint8 *)"message", 7, TRUE, NULL);
  gst_p2p_direct_association_close (a.association);
  gst_p2p_direct_association_free (a.association);
  a.association = NULL;
  while (a.sent.length)
    carry_one (&a, &b);
  gst_p2p_direct_association_dispatch (b.association);
  g_assert_true (b.closed);
  g_assert_no_error (b.error);
  end_clear (&a);
  end_clear (&b);
}

static void
test_bad_packets (void)
{
  GstP2pDirectAssociationSend how = { .stream = 0, .ppid = 53 };
  End a, b;

  connect_ends (&a, &b);
  send_message (&a, &b, &how, 1, 500);
  for (GList *item = a.sent.head; item; item = item->next)
    {
      gsize size;
      g_autofree guint8 *data
          = g_memdup2 (g_bytes_get_data (item->data, &size), g_bytes_get_size (item->data));

      data[size - 1] ^= 1;
      gst_p2p_direct_association_feed (b.association, data, size);
      for (gsize cut = 0; cut < size; cut++)
        gst_p2p_direct_association_feed (b.association, data, cut);
    }
  gst_p2p_direct_association_dispatch (b.association);
  g_assert_cmpuint (b.messages.length, ==, 0);
  g_assert_false (b.closed);
  CARRY_UNTIL (&a, &b, b.messages.length == 1);
  take_message (&b, 0, 53, 1, 500);
  end_clear (&a);
  end_clear (&b);
}

/* An INIT to an association that is up, with a parameter that has no length. */
static void
test_bad_init (void)
{
  static const guint8 init[]
      = { 1, 0, 0, 24, 0, 0, 0, 7, 0, 1, 0, 0, 4, 0, 4, 0, 0, 0, 0, 1, 1, 0, 0, 0 };
  const GstP2pDirectAssociationSend how = { .stream = 0, .ppid = 53 };
  guint8 packet[GST_P2P_SCTP_HEADER_SIZE + sizeof init] = { 0x13, 0x88, 0x13, 0x88 };
  End a, b;

  connect_ends (&a, &b);
  memcpy (packet + GST_P2P_SCTP_HEADER_SIZE, init, sizeof init);
  gst_p2p_sctp_packet_seal (packet, sizeof packet);
  g_assert_false (gst_p2p_direct_association_feed (b.association, packet, sizeof packet));
  send_message (&a, &b, &how, 1, 500);
  CARRY_UNTIL (&a, &b, b.messages.length == 1);
  take_message (&b, 0, 53, 1, 500);
  end_clear (&a);
  end_clear (&b);
}

/* --- addresses --- */

static guint n_addresses; /* that usrsctp was told of */

void __real_usrsctp_register_address (void *address);
void __wrap_usrsctp_register_address (void *address);

/* The linker puts this in the place of usrsctp_register_address(). */
void
__wrap_usrsctp_register_address (void *address)
{
  n_addresses++;
  __real_usrsctp_register_address (address);
}

/* An address serves one association after the other, since usrsctp never quite forgets one. What
 * the last one left under way is nothing to the next. */
static void
test_addresses (void)
{
  const GstP2pDirectAssociationSend how = { .stream = 0, .ppid = 53 };
  guint n_before;
  End lasting, a, b;

  end_init (&lasting);
  n_before = n_addresses;
  for (guint i = 0; i < 5; i++)
    {
      connect_ends (&a, &b);
      send_message (&a, &b, &how, i, 500);
      CARRY_UNTIL (&a, &b, b.messages.length == 1);
      take_message (&b, 0, 53, i, 500);
      send_message (&a, &b, &how, i, 5000);
      send_message (&b, &a, &how, i, 5000);
      end_clear (&a);
      end_clear (&b);
    }
  g_assert_cmpuint (n_addresses, ==, n_before + 2);
  end_clear (&lasting);
}

/* --- two threads --- */

typedef struct
{
  GMainContext *context;
  GMutex lock;
  GCond cond;
  gboolean up;   /* lock */
  gboolean stop; /* lock */
} Other;

/* Enters first, so that its thread turns the wheel for all. */
static gpointer
other_thread (gpointer data)
{
  Other *other = data;
  End end = { 0 };
  gboolean stop = FALSE;

  g_queue_init (&end.sent);
  g_queue_init (&end.messages);
  end.association
      = gst_p2p_direct_association_new (NULL, other->context, MAX_PACKET, &funcs, &end, NULL);
  g_mutex_lock (&other->lock);
  other->up = TRUE;
  g_cond_signal (&other->cond);
  g_mutex_unlock (&other->lock);
  while (!stop)
    {
      g_main_context_iteration (other->context, TRUE);
      g_mutex_lock (&other->lock);
      stop = other->stop;
      g_mutex_unlock (&other->lock);
    }
  end_clear (&end);
  return NULL;
}

/* The timers of these two run on a third one's thread: their packets come over by a wake-up, and
 * when that thread goes, the wheel goes on turning. */
static void
test_foreign_timers (void)
{
  Other other = { .context = g_main_context_new () };
  GstP2pDirectAssociationSend how = { .stream = 0, .ppid = 53 };
  GThread *thread;
  End a, b;

  g_mutex_init (&other.lock);
  g_cond_init (&other.cond);
  thread = g_thread_new ("other", other_thread, &other);
  g_mutex_lock (&other.lock);
  while (!other.up)
    g_cond_wait (&other.cond, &other.lock);
  g_mutex_unlock (&other.lock);

  for (guint round = 0; round < 2; round++)
    {
      if (round == 0)
        connect_ends (&a, &b);
      a.woken = 0;
      send_message (&a, &b, &how, round, 100);
      /* the packet is lost: only a timer can bring it back */
      g_queue_clear_full (&a.sent, (GDestroyNotify)g_bytes_unref);
      CARRY_UNTIL (&a, &b, b.messages.length == 1);
      take_message (&b, 0, 53, round, 100);
      if (round == 0)
        {
          g_assert_true (g_atomic_int_get (&a.woken));
          g_mutex_lock (&other.lock);
          other.stop = TRUE;
          g_mutex_unlock (&other.lock);
          g_main_context_wakeup (other.context);
          g_thread_join (thread);
        }
    }
  end_clear (&a);
  end_clear (&b);
  g_main_context_unref (other.context);
  g_mutex_clear (&other.lock);
  g_cond_clear (&other.cond);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (110);
  g_test_add_func ("/direct/association/sizes", test_sizes);
  g_test_add_func ("/direct/association/corked", test_corked);
  g_test_add_func ("/direct/association/too-large", test_too_large);
  g_test_add_func ("/direct/association/loss/reliable", test_loss_reliable);
  g_test_add_func ("/direct/association/loss/partial", test_loss_partial);
  g_test_add_func ("/direct/association/reset", test_reset);
  g_test_add_func ("/direct/association/backpressure", test_backpressure);
  g_test_add_func ("/direct/association/close", test_close);
  g_test_add_func ("/direct/association/bad-packets", test_bad_packets);
  g_test_add_func ("/direct/association/bad-init", test_bad_init);
  g_test_add_func ("/direct/association/addresses", test_addresses);
  g_test_add_func ("/direct/association/foreign-timers", test_foreign_timers);
  return g_test_run ();
}
