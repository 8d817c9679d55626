/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tap: see tap.h.
 */
#define _GNU_SOURCE /* recvmmsg */
#include "plugins/p2p/transport/udp/tap.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>
#ifdef HAVE_LINUX_FILTER_H
#include <linux/filter.h>
#endif
#include <netinet/in.h>
#include <sys/socket.h>

#include <gst/gst.h>

#include "plugins/p2p/base/log.h"

#define GST_CAT_DEFAULT gst_p2p_udp_debug

#ifndef SOL_UDP
#define SOL_UDP 17
#endif
#ifndef UDP_GRO
#define UDP_GRO 104 /* linux/udp.h, which collides with netinet/udp.h */
#endif

/* RFC 7983: the first bytes of DTLS records. */
#define FIRST_DTLS_BYTE 20
#define LAST_DTLS_BYTE 63
#define LAST_STUN_BYTE 3

#define SLOT_SIZE (64 * 1024) /* of the longest run */
#define N_SLOTS 8
#define BUFFER_SIZE (4 * 1024 * 1024) /* bursts of a whole window; the kernel may give less */
/* Other sources are dispatched after this many: 8 × 8 × 64 KiB at most. */
#define MAX_ROUNDS 8

struct _GstP2pUdpTap
{
  /* const */
  gpointer owner; /* what log lines are about; nullable, outlives this */
  GSocket *socket;
  gint fd;
  GstP2pUdpTapFunc func;
  GstP2pUdpTapDoneFunc done;
  gpointer user_data;
  GSource *readable;

  /* the context's thread */
  gboolean offload;
  guint8 *slots; /* N_SLOTS × SLOT_SIZE; pages are touched only as they are used */
};

typedef union
{
  gchar buffer[CMSG_SPACE (sizeof (int))];
  struct cmsghdr align;
} Ancillary;

static gboolean
set_option (gint fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value) == 0;
}

/* The sockets of a group are numbered in the order of joining: libnice's is 0, ours is 1. */
static gboolean
attach_filter (gint fd)
{
#ifdef HAVE_LINUX_FILTER_H
  struct sock_filter code[] = {
    BPF_STMT (BPF_LD | BPF_B | BPF_ABS, 0), /* of the UDP payload */
    BPF_JUMP (BPF_JMP | BPF_JGE | BPF_K, FIRST_DTLS_BYTE, 0, 2),
    BPF_JUMP (BPF_JMP | BPF_JGT | BPF_K, LAST_DTLS_BYTE, 1, 0),
    BPF_STMT (BPF_RET | BPF_K, 1),
    BPF_STMT (BPF_RET | BPF_K, 0),
  };
  struct sock_fprog program = { .len = G_N_ELEMENTS (code), .filter = code };

  return setsockopt (fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program) == 0;
#else
  errno = ENOSYS;
  return FALSE;
#endif
}

/* Opens a socket that gets the DTLS datagrams of @fd; -1: not possible here. */
static gint
open_tap (gpointer owner, gint fd)
{
  struct sockaddr_storage address;
  socklen_t size = sizeof address;
  gint tap;

  if (getsockname (fd, (struct sockaddr *)&address, &size) < 0)
    return -1;
  tap = socket (address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
  if (tap < 0)
    return -1;

  set_option (tap, SOL_SOCKET, SO_RCVBUF, BUFFER_SIZE);
  if (address.ss_family == AF_INET6)
    set_option (tap, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (set_option (fd, SOL_SOCKET, SO_REUSEPORT, 1) && set_option (tap, SOL_SOCKET, SO_REUSEPORT, 1)
      && bind (tap, (struct sockaddr *)&address, size) == 0 && attach_filter (tap))
    return tap;

  GST_INFO_OBJECT (owner, "no tap on this socket: %s", g_strerror (errno));
  close (tap);
  return -1;
}

static gsize
get_segment_size (struct msghdr *message, gsize size)
{
  for (struct cmsghdr *cmsg = CMSG_FIRSTHDR (message); cmsg; cmsg = CMSG_NXTHDR (message, cmsg))
    if (cmsg->cmsg_level == SOL_UDP && cmsg->cmsg_type == UDP_GRO)
      {
        int segment;

        memcpy (&segment, CMSG_DATA (cmsg), sizeof segment);
        if (segment > 0)
          return segment;
      }
  return size;
}

/* Only the last datagram of a run can be of another size, and so be STUN: a shorter one ends the
 * run. */
static void
check_for_stun (GstP2pUdpTap *tap, const guint8 *datagrams, gsize size, gsize segment_size)
{
  gsize last = (size - 1) / segment_size * segment_size;

  if (tap->offload && datagrams[last] <= LAST_STUN_BYTE)
    {
      GST_INFO_OBJECT (tap->owner, "receive offload appends STUN to other datagrams: switched off");
      tap->offload = FALSE;
      set_option (tap->fd, SOL_UDP, UDP_GRO, 0);
    }
}

/* Makes one system call; returns whether there may be more datagrams. */
static gboolean
receive_some (GstP2pUdpTap *tap)
{
  struct mmsghdr messages[N_SLOTS];
  struct iovec vectors[N_SLOTS];
  struct sockaddr_storage from[N_SLOTS];
  Ancillary ancillary[N_SLOTS];
  gint n;

  memset (messages, 0, sizeof messages);
  for (guint i = 0; i < N_SLOTS; i++)
    {
      vectors[i].iov_base = tap->slots + i * SLOT_SIZE;
      vectors[i].iov_len = SLOT_SIZE;
      messages[i].msg_hdr.msg_name = &from[i];
      messages[i].msg_hdr.msg_namelen = sizeof from[i];
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      messages[i].msg_hdr.msg_control = ancillary[i].buffer;
      messages[i].msg_hdr.msg_controllen = sizeof ancillary[i].buffer;
    }

  n = recvmmsg (tap->fd, messages, N_SLOTS, MSG_DONTWAIT, NULL);
  for (gint i = 0; i < n; i++)
    {
      gsize size = messages[i].msg_len;
      gsize segment_size = get_segment_size (&messages[i].msg_hdr, size);

      if (size == 0)
        continue;
      check_for_stun (tap, vectors[i].iov_base, size, segment_size);
      tap->func (vectors[i].iov_base, size, segment_size, &from[i], tap->user_data);
    }
  return n == N_SLOTS;
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer user_data)
{
  GstP2pUdpTap *tap = user_data;

  for (guint round = 0; round < MAX_ROUNDS && receive_some (tap); round++)
    ;
  tap->done (tap->user_data);
  return G_SOURCE_CONTINUE;
}

GstP2pUdpTap *
gst_p2p_udp_tap_new (gpointer owner, GMainContext *context, GSocket *socket, GstP2pUdpTapFunc func,
                     GstP2pUdpTapDoneFunc done, gpointer user_data)
{
  GstP2pUdpTap *tap;
  gint fd;

  gst_p2p_log_init ();

  fd = open_tap (owner, g_socket_get_fd (socket));
  if (fd < 0)
    return NULL;

  tap = g_new0 (GstP2pUdpTap, 1);
  tap->owner = owner;
  tap->socket = g_object_ref (socket);
  tap->fd = fd;
  tap->func = func;
  tap->done = done;
  tap->user_data = user_data;
  tap->offload = set_option (fd, SOL_UDP, UDP_GRO, 1);
  tap->slots = g_malloc (N_SLOTS * SLOT_SIZE);
  tap->readable = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (tap->readable, G_SOURCE_FUNC (on_readable), tap, NULL);
  g_source_attach (tap->readable, context);
  return tap;
}

void
gst_p2p_udp_tap_free (GstP2pUdpTap *tap)
{
  if (!tap)
    return;

  g_source_destroy (tap->readable);
  g_source_unref (tap->readable);
  close (tap->fd); /* and the group is libnice's alone again */
  g_object_unref (tap->socket);
  g_free (tap->slots);
  g_free (tap);
}

GSocket *
gst_p2p_udp_tap_get_socket (GstP2pUdpTap *tap)
{
  return tap->socket;
}
