/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * relay: one thread polls a socket per real address. A datagram that comes in by the socket that
 * stands for T, from S, leaves for T by the socket that stands for S.
 */
#define _GNU_SOURCE /* ppoll */
#include "tests/common/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEFAULT_QUEUE_BYTES (1024 * 1024)
#define SOCKET_BUFFER_BYTES (8 * 1024 * 1024)
#define MAX_DATAGRAM 65536
/* Datagrams read from one socket before others and the clock get their turn. */
#define READ_AT_ONCE 64

typedef struct
{
  gint64 due_us;
  int via; /* socket to send from */
  gsize size;
  guint8 data[];
} Datagram;

/* A real address and the way to it. */
typedef struct
{
  /* const */
  struct sockaddr_in real;
  int fd; /* stands for it */
  /* relay thread */
  GQueue waiting;      /* Datagram, by due_us */
  gint64 link_free_us; /* the rate limit's */
} Endpoint;

struct _TestRelay
{
  /* const */
  TestRelayConfig config;
  int wake_fd;
  GThread *thread;
  /* relay thread */
  GRand *random;
  /* lock */
  GMutex lock;
  GPtrArray *endpoints; /* Endpoint; only grows */
  gdouble loss_percent;
  gdouble flip_percent;
  guint64 forwarded;
  guint64 lost;
  guint64 flipped;
  gboolean stopping;
};

static void
endpoint_free (gpointer data)
{
  Endpoint *endpoint = data;

  g_queue_clear_full (&endpoint->waiting, g_free);
  close (endpoint->fd);
  g_free (endpoint);
}

/* On the address that it stands for, not on 127.0.0.1: libnice ties a socket to the interface of
 * its address (IP_UNICAST_IF), and from there the loopback addresses cannot be reached. */
static int
open_socket (const struct sockaddr_in *real)
{
  struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr = real->sin_addr };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int size = SOCKET_BUFFER_BYTES;

  if (fd < 0 || bind (fd, (struct sockaddr *)&any, sizeof any) < 0)
    g_error ("relay: no socket: %s", g_strerror (errno));
  /* The limit can be passed by root only; otherwise what the system allows is taken. */
  if (setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  return fd;
}

static Endpoint *
find_endpoint_locked (TestRelay *relay, const struct sockaddr_in *real)
{
  Endpoint *endpoint;

  for (guint i = 0; i < relay->endpoints->len; i++)
    {
      endpoint = g_ptr_array_index (relay->endpoints, i);
      if (endpoint->real.sin_addr.s_addr == real->sin_addr.s_addr
          && endpoint->real.sin_port == real->sin_port)
        return endpoint;
    }
  endpoint = g_new0 (Endpoint, 1);
  endpoint->real = *real;
  endpoint->fd = open_socket (real);
  g_queue_init (&endpoint->waiting);
  g_ptr_array_add (relay->endpoints, endpoint);
  return endpoint;
}

static void
wake (TestRelay *relay)
{
  guint64 one = 1;

  if (write (relay->wake_fd, &one, sizeof one) < 0)
    g_error ("relay: %s", g_strerror (errno));
}

/* When @size more bytes would have crossed the link to @target; -1: the queue is full. */
static gint64
cross_link (TestRelay *relay, Endpoint *target, gsize size)
{
  gint64 now_us = g_get_monotonic_time ();
  guint64 rate_bps = relay->config.rate_bps;

  if (rate_bps == 0)
    return now_us;
  target->link_free_us = MAX (target->link_free_us, now_us);
  if ((target->link_free_us - now_us) * (gdouble)rate_bps / 8e6 > relay->config.queue_bytes)
    return -1;
  target->link_free_us += (gint64)(size * 8e6 / rate_bps);
  return target->link_free_us;
}

static void
maybe_flip_locked (TestRelay *relay, guint8 *data, gsize size)
{
  guint32 bit;

  if (relay->flip_percent == 0 || size == 0
      || g_rand_double_range (relay->random, 0, 100) >= relay->flip_percent)
    return;
  bit = g_rand_int_range (relay->random, 0, 8 * (gint32)size);
  data[bit / 8] ^= 1 << bit % 8;
  relay->flipped++;
}

/* Takes @data. */
static void
accept_datagram (TestRelay *relay, Endpoint *target, const struct sockaddr_in *source, guint8 *data,
                 gsize size)
{
  Datagram *datagram;
  gint64 crossed_us = -1;
  int via;

  g_mutex_lock (&relay->lock);
  if (g_rand_double_range (relay->random, 0, 100) >= relay->loss_percent)
    crossed_us = cross_link (relay, target, size);
  if (crossed_us < 0)
    relay->lost++;
  else
    relay->forwarded++;
  via = find_endpoint_locked (relay, source)->fd;
  maybe_flip_locked (relay, data, size);
  g_mutex_unlock (&relay->lock);
  if (crossed_us < 0)
    return;

  datagram = g_malloc (sizeof *datagram + size);
  datagram->due_us = crossed_us + (gint64)relay->config.delay_ms * 1000;
  datagram->via = via;
  datagram->size = size;
  memcpy (datagram->data, data, size);
  g_queue_push_tail (&target->waiting, datagram);
}

static void
read_datagrams (TestRelay *relay, Endpoint *target)
{
  guint8 data[MAX_DATAGRAM];
  struct sockaddr_in source;
  socklen_t source_size;
  gssize size;

  for (guint i = 0; i < READ_AT_ONCE; i++)
    {
      source_size = sizeof source;
      size = recvfrom (target->fd, data, sizeof data, 0, (struct sockaddr *)&source, &source_size);
      if (size < 0)
        break; /* nothing more, or an ICMP report of a port that closed */
      accept_datagram (relay, target, &source, data, size);
    }
}

/* Returns when the next datagram is due; G_MAXINT64: none waits. */
static gint64
send_due (Endpoint *target)
{
  Datagram *datagram;

  while ((datagram = g_queue_peek_head (&target->waiting)))
    {
      if (datagram->due_us > g_get_monotonic_time ())
        return datagram->due_us;
      /* What the other side's full buffer or closed port refuses is lost, as on a network. */
      if (sendto (datagram->via, datagram->data, datagram->size, 0,
                  (const struct sockaddr *)&target->real, sizeof target->real)
          < 0)
        errno = 0;
      g_free (g_queue_pop_head (&target->waiting));
    }
  return G_MAXINT64;
}

static GPtrArray *
list_endpoints (TestRelay *relay)
{
  GPtrArray *copy = g_ptr_array_new ();

  g_mutex_lock (&relay->lock);
  if (!relay->stopping)
    g_ptr_array_extend (copy, relay->endpoints, NULL, NULL);
  else
    g_clear_pointer (&copy, g_ptr_array_unref);
  g_mutex_unlock (&relay->lock);
  return copy;
}

static void
wait_for_work (TestRelay *relay, GPtrArray *endpoints, struct pollfd *polled, gint64 due_us)
{
  gint64 left_us = CLAMP (due_us - g_get_monotonic_time (), 0, G_USEC_PER_SEC);
  struct timespec timeout
      = { .tv_sec = left_us / G_USEC_PER_SEC, .tv_nsec = (left_us % G_USEC_PER_SEC) * 1000 };
  guint64 count;

  polled[0] = (struct pollfd){ .fd = relay->wake_fd, .events = POLLIN };
  for (guint i = 0; i < endpoints->len; i++)
    {
      Endpoint *endpoint = g_ptr_array_index (endpoints, i);
      polled[i + 1] = (struct pollfd){ .fd = endpoint->fd, .events = POLLIN };
    }
  ppoll (polled, endpoints->len + 1, &timeout, NULL);
  if ((polled[0].revents & POLLIN) && read (relay->wake_fd, &count, sizeof count) < 0)
    errno = 0; /* somebody else's wake was read with the one before */
}

static gpointer
work (gpointer data)
{
  TestRelay *relay = data;
  GPtrArray *endpoints;

  while ((endpoints = list_endpoints (relay)))
    {
      g_autofree struct pollfd *polled = g_new (struct pollfd, endpoints->len + 1);
      gint64 due_us = G_MAXINT64;

      for (guint i = 0; i < endpoints->len; i++)
        due_us = MIN (due_us, send_due (g_ptr_array_index (endpoints, i)));
      wait_for_work (relay, endpoints, polled, due_us);
      for (guint i = 0; i < endpoints->len; i++)
        if (polled[i + 1].revents)
          read_datagrams (relay, g_ptr_array_index (endpoints, i));
      g_ptr_array_unref (endpoints);
    }
  return NULL;
}

TestRelay *
test_relay_new (const TestRelayConfig *config)
{
  TestRelay *relay = g_new0 (TestRelay, 1);

  relay->config = *config;
  if (relay->config.queue_bytes == 0)
    relay->config.queue_bytes = DEFAULT_QUEUE_BYTES;
  relay->loss_percent = config->loss_percent;
  relay->random = g_rand_new_with_seed (config->seed);
  relay->endpoints = g_ptr_array_new_with_free_func (endpoint_free);
  relay->wake_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  g_mutex_init (&relay->lock);
  relay->thread = g_thread_new ("relay", work, relay);
  return relay;
}

void
test_relay_free (TestRelay *relay)
{
  g_mutex_lock (&relay->lock);
  relay->stopping = TRUE;
  g_mutex_unlock (&relay->lock);
  wake (relay);
  g_thread_join (relay->thread);
  g_ptr_array_unref (relay->endpoints);
  g_rand_free (relay->random);
  close (relay->wake_fd);
  g_mutex_clear (&relay->lock);
  g_free (relay);
}

void
test_relay_set_loss (TestRelay *relay, gdouble loss_percent)
{
  g_mutex_lock (&relay->lock);
  relay->loss_percent = loss_percent;
  g_mutex_unlock (&relay->lock);
}

void
test_relay_set_flips (TestRelay *relay, gdouble percent)
{
  g_mutex_lock (&relay->lock);
  relay->flip_percent = percent;
  g_mutex_unlock (&relay->lock);
}

void
test_relay_inject (TestRelay *relay, gconstpointer data, gsize size)
{
  g_mutex_lock (&relay->lock);
  for (guint i = 0; i < relay->endpoints->len; i++)
    for (guint k = 0; k < relay->endpoints->len; k++)
      {
        Endpoint *source = g_ptr_array_index (relay->endpoints, i);
        Endpoint *target = g_ptr_array_index (relay->endpoints, k);

        if (source != target
            && sendto (source->fd, data, size, 0, (const struct sockaddr *)&target->real,
                       sizeof target->real)
                   < 0)
          errno = 0; /* no such end any more, or its buffer is full */
      }
  g_mutex_unlock (&relay->lock);
}

guint16
test_relay_map (TestRelay *relay, const gchar *address, guint16 port)
{
  struct sockaddr_in real = { .sin_family = AF_INET, .sin_port = htons (port) };
  struct sockaddr_in own;
  socklen_t size = sizeof own;
  int fd;

  if (inet_pton (AF_INET, address, &real.sin_addr) != 1)
    g_error ("relay: not an IPv4 address: %s", address);
  g_mutex_lock (&relay->lock);
  fd = find_endpoint_locked (relay, &real)->fd;
  g_mutex_unlock (&relay->lock);
  getsockname (fd, (struct sockaddr *)&own, &size);
  wake (relay);
  return ntohs (own.sin_port);
}

gchar *
test_relay_map_candidate (TestRelay *relay, const gchar *candidate)
{
  /* RFC 8839 section 5.1: foundation component transport priority address port typ type … */
  g_auto (GStrv) words = g_strsplit (candidate, " ", 7);
  struct in_addr ignored;

  if (candidate[0] == '\0')
    return g_strdup ("");
  if (g_strv_length (words) < 7 || g_ascii_strcasecmp (words[2], "UDP") != 0
      || inet_pton (AF_INET, words[4], &ignored) != 1)
    return NULL;
  return g_strdup_printf ("%s %s %s %s %s %u %s", words[0], words[1], words[2], words[3], words[4],
                          test_relay_map (relay, words[4], atoi (words[5])), words[6]);
}

void
test_relay_get_counts (TestRelay *relay, guint64 *forwarded, guint64 *lost)
{
  g_mutex_lock (&relay->lock);
  *forwarded = relay->forwarded;
  *lost = relay->lost;
  g_mutex_unlock (&relay->lock);
}

guint64
test_relay_get_flipped (TestRelay *relay)
{
  guint64 flipped;

  g_mutex_lock (&relay->lock);
  flipped = relay->flipped;
  g_mutex_unlock (&relay->lock);
  return flipped;
}
