/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * batch: see batch.h.
 */
#define _GNU_SOURCE /* sendmmsg */
#include "plugins/p2p/transport/udp/batch.h"

#include <errno.h>
#include <string.h>

#include <glib-unix.h>
#include <netinet/in.h>

#include <gst/gst.h>

#include "gst/p2p/base/timer.h"
#include "plugins/p2p/base/log.h"

#define GST_CAT_DEFAULT gst_p2p_udp_debug

#ifndef SOL_UDP
#define SOL_UDP 17
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103 /* linux/udp.h, which collides with netinet/udp.h */
#endif

/* The kernel's limits for one segmented message: UDP_MAX_SEGMENTS before Linux 6.9, and the longest
 * payload. */
#define MAX_SEGMENTS 64
#define MAX_SEGMENTED_SIZE 65487
#define MAX_MESSAGES 16 /* per call */
/* So much is sent without waiting for a flush: one segmented message that has no room for another
 * datagram, while it is still in the CPU's cache. */
#define FLUSH_SIZE (MAX_SEGMENTED_SIZE - GST_P2P_MAX_DATAGRAM_SIZE)

struct _GstP2pUdpBatch
{
  /* const */
  gpointer owner; /* what log lines are about; nullable, outlives this */
  GMainContext *context;
  GstP2pUdpBatchFunc func;
  gpointer user_data;

  /* the context's thread */
  GSocket *socket;
  struct sockaddr_storage remote;
  socklen_t remote_size;
  gboolean segmentation;
  GSource *writable; /* set while datagrams wait for the socket */
  GByteArray *data;  /* the datagrams, one after another */
  GArray *sizes;     /* guint16 each */
};

/* One message of a sendmmsg(): @n datagrams, all of the first one's size but the last, which may be
 * shorter. */
typedef struct
{
  guint n;
  gsize size;
  struct iovec vector;
  union
  {
    gchar buffer[CMSG_SPACE (sizeof (guint16))];
    struct cmsghdr align;
  } ancillary;
} Run;

GstP2pUdpBatch *
gst_p2p_udp_batch_new (gpointer owner, GMainContext *context, GstP2pUdpBatchFunc func,
                       gpointer user_data)
{
  GstP2pUdpBatch *batch = g_new0 (GstP2pUdpBatch, 1);

  gst_p2p_log_init ();

  batch->owner = owner;
  batch->context = g_main_context_ref (context);
  batch->func = func;
  batch->user_data = user_data;
  batch->data = g_byte_array_new ();
  batch->sizes = g_array_new (FALSE, FALSE, sizeof (guint16));
  return batch;
}

static void
stop_waiting (GstP2pUdpBatch *batch)
{
  gst_p2p_clear_source (&batch->writable);
}

void
gst_p2p_udp_batch_free (GstP2pUdpBatch *batch)
{
  if (!batch)
    return;

  stop_waiting (batch);
  g_clear_object (&batch->socket);
  g_byte_array_unref (batch->data);
  g_array_unref (batch->sizes);
  g_main_context_unref (batch->context);
  g_free (batch);
}

void
gst_p2p_udp_batch_set_path (GstP2pUdpBatch *batch, GSocket *socket,
                            const struct sockaddr_storage *remote)
{
  gst_p2p_udp_batch_flush (batch);

  stop_waiting (batch);
  g_set_object (&batch->socket, socket);
  batch->segmentation = TRUE;
  if (socket)
    {
      batch->remote = *remote;
      batch->remote_size = remote->ss_family == AF_INET6 ? sizeof (struct sockaddr_in6)
                                                         : sizeof (struct sockaddr_in);
    }
}

/* --- a socket --- */

/* Finds the longest run that begins with datagram @first, which is at @data. */
static void
find_run (GstP2pUdpBatch *batch, guint first, guint8 *data, Run *run)
{
  guint max = batch->segmentation ? MAX_SEGMENTS : 1;
  guint16 segment = g_array_index (batch->sizes, guint16, first);

  run->n = 0;
  run->size = 0;
  while (run->n < max && first + run->n < batch->sizes->len)
    {
      guint16 size = g_array_index (batch->sizes, guint16, first + run->n);

      if (size > segment || (run->n > 0 && run->size + size > MAX_SEGMENTED_SIZE))
        break;
      run->size += size;
      run->n++;
      if (size < segment)
        break;
    }
  run->vector.iov_base = data;
  run->vector.iov_len = run->size;
}

static void
fill_message (GstP2pUdpBatch *batch, struct mmsghdr *message, Run *run, guint16 segment)
{
  struct cmsghdr *cmsg;

  memset (message, 0, sizeof *message);
  message->msg_hdr.msg_name = &batch->remote;
  message->msg_hdr.msg_namelen = batch->remote_size;
  message->msg_hdr.msg_iov = &run->vector;
  message->msg_hdr.msg_iovlen = 1;
  if (run->n == 1)
    return;

  memset (&run->ancillary, 0, sizeof run->ancillary);
  message->msg_hdr.msg_control = run->ancillary.buffer;
  message->msg_hdr.msg_controllen = sizeof run->ancillary.buffer;
  cmsg = CMSG_FIRSTHDR (&message->msg_hdr);
  cmsg->cmsg_level = SOL_UDP;
  cmsg->cmsg_type = UDP_SEGMENT;
  cmsg->cmsg_len = CMSG_LEN (sizeof segment);
  memcpy (CMSG_DATA (cmsg), &segment, sizeof segment);
}

static gboolean
on_writable (gint fd, GIOCondition condition, gpointer user_data)
{
  GstP2pUdpBatch *batch = user_data;

  stop_waiting (batch);
  gst_p2p_udp_batch_flush (batch);
  return G_SOURCE_REMOVE;
}

static void
wait_for_socket (GstP2pUdpBatch *batch)
{
  batch->writable = g_unix_fd_source_new (g_socket_get_fd (batch->socket), G_IO_OUT);
  g_source_set_callback (batch->writable, G_SOURCE_FUNC (on_writable), batch, NULL);
  g_source_attach (batch->writable, batch->context);
}

/* Handles the error of the first message that was not sent. Returns how many datagrams to skip. */
static guint
handle_send_error (GstP2pUdpBatch *batch, int error, const Run *run)
{
  switch (error)
    {
    case EAGAIN:
      wait_for_socket (batch);
      return 0;
    case EINTR:
      return 0;
    default:
      /* The kernel or the network device has no offload. */
      if (run->n > 1)
        {
          GST_INFO_OBJECT (batch->owner, "no UDP segmentation offload: %s", g_strerror (error));
          batch->segmentation = FALSE;
          return 0;
        }
      /* ICMP's answer to an earlier datagram, or no route at the moment: the datagram is lost, as
       * datagrams can be. */
      GST_DEBUG_OBJECT (batch->owner, "datagram not sent: %s", g_strerror (error));
      return 1;
    }
}

/* Sends from datagram @first on, which begins at @offset, with one call; returns how many are dealt
 * with. */
static guint
send_some (GstP2pUdpBatch *batch, guint first, gsize offset)
{
  struct mmsghdr messages[MAX_MESSAGES];
  Run runs[MAX_MESSAGES];
  guint n = 0, next = first, done = 0;
  gint sent;

  for (; n < MAX_MESSAGES && next < batch->sizes->len; n++)
    {
      find_run (batch, next, batch->data->data + offset, &runs[n]);
      fill_message (batch, &messages[n], &runs[n], g_array_index (batch->sizes, guint16, next));
      next += runs[n].n;
      offset += runs[n].size;
    }

  sent = sendmmsg (g_socket_get_fd (batch->socket), messages, n, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent <= 0)
    return handle_send_error (batch, errno, &runs[0]);
  for (gint i = 0; i < sent; i++)
    done += runs[i].n;
  return done;
}

static void
drop_front (GstP2pUdpBatch *batch, guint n, gsize size)
{
  if (n == batch->sizes->len)
    {
      g_array_set_size (batch->sizes, 0);
      g_byte_array_set_size (batch->data, 0);
    }
  else if (n > 0)
    {
      g_array_remove_range (batch->sizes, 0, n);
      g_byte_array_remove_range (batch->data, 0, size);
    }
}

static void
flush_to_socket (GstP2pUdpBatch *batch)
{
  guint first = 0;
  gsize offset = 0;

  while (first < batch->sizes->len && !batch->writable)
    {
      guint done = send_some (batch, first, offset);

      for (guint i = 0; i < done; i++)
        offset += g_array_index (batch->sizes, guint16, first + i);
      first += done;
    }
  drop_front (batch, first, offset);
}

/* --- no socket --- */

static void
flush_to_func (GstP2pUdpBatch *batch)
{
  GOutputVector vectors[MAX_SEGMENTS];
  gsize offset = 0;
  guint n = 0;

  for (guint i = 0; i < batch->sizes->len; i++)
    {
      vectors[n].buffer = batch->data->data + offset;
      vectors[n].size = g_array_index (batch->sizes, guint16, i);
      offset += vectors[n].size;
      if (++n == G_N_ELEMENTS (vectors) || i + 1 == batch->sizes->len)
        {
          batch->func (vectors, n, batch->user_data);
          n = 0;
        }
    }
  drop_front (batch, batch->sizes->len, batch->data->len);
}

void
gst_p2p_udp_batch_flush (GstP2pUdpBatch *batch)
{
  if (batch->sizes->len == 0 || batch->writable)
    return;
  if (batch->socket)
    flush_to_socket (batch);
  else
    flush_to_func (batch);
}

void
gst_p2p_udp_batch_append (GstP2pUdpBatch *batch, const guint8 *data, gsize size)
{
  guint16 stored = (guint16)size;

  if (batch->data->len + size > GST_P2P_UDP_BATCH_MAX_WAITING)
    {
      GST_DEBUG_OBJECT (batch->owner, "datagram dropped: the socket has been full for too long");
      return;
    }
  g_byte_array_append (batch->data, data, size);
  g_array_append_val (batch->sizes, stored);
  if (batch->data->len >= FLUSH_SIZE)
    gst_p2p_udp_batch_flush (batch);
}
