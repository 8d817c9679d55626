/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * batch: sends datagrams to one peer, many per system call.
 *
 * Datagrams are collected, and sent by flush() or when there are enough of them: a run of equal
 * size goes as one message with UDP segmentation offload (Linux 4.18), and several messages by one
 * sendmmsg(). What the kernel does not have is found out by trying, and not used. When the socket
 * is full, datagrams wait for it, up to GST_P2P_UDP_BATCH_MAX_WAITING bytes; more is dropped, as by
 * UDP.
 *
 * For a path that is not a plain UDP socket (TURN, ICE-TCP) there is a function that sends.
 *
 * Not thread-safe: used on the thread that iterates the context.
 */
#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* UDP payload of a packet that fits into IPv6's minimum MTU: 1280 - 40 - 8 (RFC 8200). The
 * functions here take larger ones too. */
#define GST_P2P_MAX_DATAGRAM_SIZE 1232

#define GST_P2P_UDP_BATCH_MAX_WAITING (4 * 1024 * 1024)

/* Sends @n datagrams, one per vector, as far as it can. */
typedef void (*GstP2pUdpBatchFunc) (const GOutputVector *datagrams, guint n, gpointer user_data);

typedef struct _GstP2pUdpBatch GstP2pUdpBatch;

/* @func: takes what is sent while no socket is set. */
GstP2pUdpBatch *gst_p2p_udp_batch_new (gpointer owner, GMainContext *context,
                                       GstP2pUdpBatchFunc func, gpointer user_data);
void gst_p2p_udp_batch_free (GstP2pUdpBatch *batch);

/* @socket: (nullable): a UDP socket; %NULL: use the function. Flushes first. */
void gst_p2p_udp_batch_set_path (GstP2pUdpBatch *batch, GSocket *socket,
                                 const struct sockaddr_storage *remote);

/* @size: 1 to 65507. */
void gst_p2p_udp_batch_append (GstP2pUdpBatch *batch, const guint8 *data, gsize size);
void gst_p2p_udp_batch_flush (GstP2pUdpBatch *batch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pUdpBatch, gst_p2p_udp_batch_free)

G_END_DECLS
