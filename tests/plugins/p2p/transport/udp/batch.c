/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * batch and tap: datagrams in batches through real sockets on loopback, and the division of
 * a socket's datagrams between its owner and the tap.
 */
#define _GNU_SOURCE /* sendmmsg */
#include "plugins/p2p/transport/udp/batch.h"
#include "plugins/p2p/transport/udp/tap.h"

#include <errno.h>
#include <string.h>

#include <netinet/in.h>

#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

typedef struct
{
  GSocket *sender, *receiver;
  struct sockaddr_storage to;
  GstP2pUdpBatch *batch;
  GstP2pUdpTap *tap;
  GPtrArray *tapped; /* GBytes */
  guint runs;        /* calls of on_tapped */
  guint rounds;
} Fixture;

static GSocket *
make_socket (GSocketFamily family)
{
  GSocket *socket = g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GInetAddress) loopback = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  GError *error = NULL;

  if (!socket)
    return NULL;
  loopback = g_inet_address_new_loopback (family);
  address = g_inet_socket_address_new (loopback, 0);
  if (!g_socket_bind (socket, address, FALSE, &error))
    {
      g_clear_error (&error);
      g_clear_object (&socket);
      return NULL;
    }
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, 4 * 1024 * 1024, NULL);
  return socket;
}

static void
on_tapped (guint8 *datagrams, gsize size, gsize segment_size, const struct sockaddr_storage *from,
           gpointer user_data)
{
  Fixture *f = user_data;

  f->runs++;
  g_assert_cmpint (from->ss_family, ==, f->to.ss_family);
  for (gsize offset = 0; offset < size; offset += segment_size)
    g_ptr_array_add (f->tapped,
                     g_bytes_new (datagrams + offset, MIN (segment_size, size - offset)));
}

static void
on_tap_done (gpointer user_data)
{
  ((Fixture *)user_data)->rounds++;
}

static void
on_other (const GOutputVector *datagrams, guint n, gpointer user_data)
{
  Fixture *f = user_data;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (f->tapped, g_bytes_new (datagrams[i].buffer, datagrams[i].size));
}

static gboolean
set_up (Fixture *f, GSocketFamily family)
{
  g_autoptr (GSocketAddress) address = NULL;

  memset (f, 0, sizeof *f);
  f->tapped = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  f->sender = make_socket (family);
  f->receiver = make_socket (family);
  if (!f->sender || !f->receiver)
    return FALSE;

  address = g_socket_get_local_address (f->receiver, NULL);
  g_assert_true (g_socket_address_to_native (address, &f->to, sizeof f->to, NULL));
  f->batch = gst_p2p_udp_batch_new (NULL, g_main_context_default (), on_other, f);
  return TRUE;
}

static void
tear_down (Fixture *f)
{
  gst_p2p_udp_tap_free (f->tap);
  gst_p2p_udp_batch_free (f->batch);
  g_clear_object (&f->sender);
  g_clear_object (&f->receiver);
  g_ptr_array_unref (f->tapped);
}

static void
open_tap (Fixture *f)
{
  f->tap = gst_p2p_udp_tap_new (NULL, g_main_context_default (), f->receiver, on_tapped,
                                on_tap_done, f);
  g_assert_nonnull (f->tap);
}

/* Number @i: its size and content follow from its number. */
static gsize
fill_datagram (guint8 *data, guint i, guint8 first_byte)
{
  gsize size = i % 7 == 3 ? 60 + i % 500 : 1200;

  memset (data, (guint8)i, size);
  data[0] = first_byte;
  memcpy (data + 1, &i, sizeof i);
  return size;
}

static void
assert_datagram (GBytes *bytes, guint i, guint8 first_byte)
{
  guint8 expected[1500];
  gsize size = fill_datagram (expected, i, first_byte);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, size);
}

static void
check_all_arrive (GSocketFamily family)
{
  Fixture f;
  guint8 data[1500];
  const guint n = 1000;

  if (!set_up (&f, family))
    {
      g_test_skip ("this machine has no loopback of that family");
      tear_down (&f);
      return;
    }
  open_tap (&f);
  gst_p2p_udp_batch_set_path (f.batch, f.sender, &f.to);

  for (guint i = 0; i < n; i++)
    {
      gst_p2p_udp_batch_append (f.batch, data, fill_datagram (data, i, 23));
      /* Fewer than a receive buffer holds at a time, so that none may be lost. */
      if (i % 100 == 99)
        {
          gst_p2p_udp_batch_flush (f.batch);
          TEST_WAIT_UNTIL (f.tapped->len == i + 1, 5000);
        }
    }
  for (guint i = 0; i < n; i++)
    assert_datagram (f.tapped->pdata[i], i, 23);
  g_assert_cmpuint (f.rounds, <, n);
  tear_down (&f);
}

static void
test_ipv4 (void)
{
  check_all_arrive (G_SOCKET_FAMILY_IPV4);
}

static void
test_ipv6 (void)
{
  check_all_arrive (G_SOCKET_FAMILY_IPV6);
}

static guint
count_datagrams (GSocket *socket, guint8 first_byte)
{
  guint8 data[1500];
  guint n = 0;

  while (g_socket_receive (socket, (gchar *)data, sizeof data, NULL, NULL) > 0)
    {
      g_assert_cmpuint (data[0], ==, first_byte);
      n++;
    }
  return n;
}

static void
test_division (void)
{
  /* STUN, TURN channel, RTP: libnice's. */
  static const guint8 others[] = { 0, 1, 3, 19, 64, 79, 128, 255 };
  static const guint8 ours[] = { 20, 22, 23, 63 };
  Fixture f;
  guint8 data[1500];

  g_assert_true (set_up (&f, G_SOCKET_FAMILY_IPV4));
  open_tap (&f);
  gst_p2p_udp_batch_set_path (f.batch, f.sender, &f.to);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      gst_p2p_udp_batch_append (f.batch, data, fill_datagram (data, 0, others[i]));
      gst_p2p_udp_batch_flush (f.batch);
      g_assert_true (
          g_socket_condition_timed_wait (f.receiver, G_IO_IN, 5 * G_USEC_PER_SEC, NULL, NULL));
      g_assert_cmpuint (count_datagrams (f.receiver, others[i]), ==, 1);
    }
  g_assert_cmpuint (f.tapped->len, ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    {
      gst_p2p_udp_batch_append (f.batch, data, fill_datagram (data, i, ours[i]));
      gst_p2p_udp_batch_flush (f.batch);
      TEST_WAIT_UNTIL (f.tapped->len == i + 1, 5000);
      assert_datagram (f.tapped->pdata[i], i, ours[i]);
    }
  g_assert_cmpuint (count_datagrams (f.receiver, 23), ==, 0);

  /* Without the tap everything is the owner's again. */
  g_clear_pointer (&f.tap, gst_p2p_udp_tap_free);
  gst_p2p_udp_batch_append (f.batch, data, fill_datagram (data, 0, 23));
  gst_p2p_udp_batch_flush (f.batch);
  g_assert_true (
      g_socket_condition_timed_wait (f.receiver, G_IO_IN, 5 * G_USEC_PER_SEC, NULL, NULL));
  g_assert_cmpuint (count_datagrams (f.receiver, 23), ==, 1);

  /* And it can be opened again. */
  open_tap (&f);
  gst_p2p_udp_batch_append (f.batch, data, fill_datagram (data, 4, 23));
  gst_p2p_udp_batch_flush (f.batch);
  TEST_WAIT_UNTIL (f.tapped->len == G_N_ELEMENTS (ours) + 1, 5000);
  tear_down (&f);
}

/* A run that ends in a STUN packet, as receive offload on a network card makes them: it is seen,
 * and the datagrams come one by one from then on, so that the filter sees each. */
static void
test_stun_in_run (void)
{
  Fixture f;
  guint8 data[1500];

  g_assert_true (set_up (&f, G_SOCKET_FAMILY_IPV4));
  open_tap (&f);
  gst_p2p_udp_batch_set_path (f.batch, f.sender, &f.to);

  for (guint round = 0; round < 2; round++)
    {
      f.runs = 0;
      for (guint i = 0; i < 3; i++)
        {
          gsize size = i < 2 ? 1000 : 100;

          memset (data, i < 2 ? 23 : 1, size);
          gst_p2p_udp_batch_append (f.batch, data, size);
        }
      gst_p2p_udp_batch_flush (f.batch);
      /* the kernel filters a run that the sender made on this machine by its first datagram */
      TEST_WAIT_UNTIL (f.tapped->len == 3 * (round + 1), 5000);
      g_assert_cmpuint (f.runs, ==, round == 0 ? 1 : 3);
    }
  tear_down (&f);
}

static void
test_without_socket (void)
{
  Fixture f;
  guint8 data[1500];
  const guint n = 200;

  g_assert_true (set_up (&f, G_SOCKET_FAMILY_IPV4));
  for (guint i = 0; i < n; i++)
    gst_p2p_udp_batch_append (f.batch, data, fill_datagram (data, i, 23));
  gst_p2p_udp_batch_flush (f.batch);

  g_assert_cmpuint (f.tapped->len, ==, n);
  for (guint i = 0; i < n; i++)
    assert_datagram (f.tapped->pdata[i], i, 23);
  tear_down (&f);
}

/* --- a kernel that refuses: this program's sendmmsg() is the one that batch calls --- */

static gboolean refuse_room;    /* the socket is full */
static gboolean refuse_offload; /* there is no segmentation offload */
static guint n_refused;

int
sendmmsg (int fd, struct mmsghdr *messages, unsigned int n, int flags)
{
  unsigned int sent = 0;

  for (; sent < n; sent++)
    {
      struct msghdr *message = &messages[sent].msg_hdr;

      if (refuse_room || (refuse_offload && message->msg_controllen > 0))
        {
          n_refused++;
          errno = refuse_room ? EAGAIN : EIO;
          break;
        }
      if (sendmsg (fd, message, flags) < 0)
        break;
    }
  return sent > 0 ? (int)sent : -1;
}

static void
send_and_check (Fixture *f, guint n)
{
  guint8 data[1500];

  for (guint i = 0; i < n; i++)
    gst_p2p_udp_batch_append (f->batch, data, fill_datagram (data, i, 23));
  gst_p2p_udp_batch_flush (f->batch);
  refuse_room = FALSE;
  TEST_WAIT_UNTIL (f->tapped->len == n, 5000);
  for (guint i = 0; i < n; i++)
    assert_datagram (f->tapped->pdata[i], i, 23);
}

/* A socket that is full: nothing is lost, the rest goes when there is room. */
static void
test_full_socket (void)
{
  Fixture f;

  g_assert_true (set_up (&f, G_SOCKET_FAMILY_IPV4));
  open_tap (&f);
  gst_p2p_udp_batch_set_path (f.batch, f.sender, &f.to);
  refuse_room = TRUE;
  n_refused = 0;
  send_and_check (&f, 200);
  g_assert_cmpuint (n_refused, ==, 1);
  tear_down (&f);
}

/* What waits for a full socket is bounded. */
static void
test_bounded (void)
{
  Fixture f;
  guint8 data[1500] = { 23 };
  const guint n = GST_P2P_UDP_BATCH_MAX_WAITING / 1000;

  g_assert_true (set_up (&f, G_SOCKET_FAMILY_IPV4));
  open_tap (&f);
  gst_p2p_udp_batch_set_path (f.batch, f.sender, &f.to);
  refuse_room = TRUE;
  for (guint i = 0; i < n + 1000; i++)
    gst_p2p_udp_batch_append (f.batch, data, 1000);
  refuse_room = FALSE;
  gst_p2p_udp_batch_set_path (f.batch, NULL, NULL);
  g_assert_cmpuint (f.tapped->len, <=, n);
  tear_down (&f);
}

static void
test_no_offload (void)
{
  Fixture f;

  g_assert_true (set_up (&f, G_SOCKET_FAMILY_IPV4));
  open_tap (&f);
  gst_p2p_udp_batch_set_path (f.batch, f.sender, &f.to);
  refuse_offload = TRUE;
  n_refused = 0;
  send_and_check (&f, 100);
  refuse_offload = FALSE;
  g_assert_cmpuint (n_refused, ==, 1);
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (60);
  g_test_add_func ("/udp/batch/ipv4", test_ipv4);
  g_test_add_func ("/udp/batch/ipv6", test_ipv6);
  g_test_add_func ("/udp/batch/division", test_division);
  g_test_add_func ("/udp/batch/stun-in-run", test_stun_in_run);
  g_test_add_func ("/udp/batch/without-socket", test_without_socket);
  g_test_add_func ("/udp/batch/full-socket", test_full_socket);
  g_test_add_func ("/udp/batch/bounded", test_bounded);
  g_test_add_func ("/udp/batch/no-offload", test_no_offload);
  return g_test_run ();
}
