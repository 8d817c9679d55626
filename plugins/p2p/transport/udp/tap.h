/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tap: receives the DTLS datagrams that arrive at a UDP socket of libnice's, many per system call,
 * and leaves STUN and TURN to libnice.
 *
 * libnice reads one datagram per call, through GSocket, and cannot be given what another has read.
 * So a second socket is bound to the same address, both in one SO_REUSEPORT group, and a filter of
 * five instructions tells the kernel by a datagram's first byte which of the two it is for (RFC
 * 7983: 20 to 63 is DTLS). Where that cannot be set up, libnice goes on receiving everything.
 *
 * The tap's socket takes several datagrams at once by recvmmsg(), and runs of equal size in one
 * buffer by UDP receive offload (Linux 5.0). Offload on a network card may append a STUN packet to
 * such a run. When that is seen, offload is switched off: the STUN packet is repeated, and then
 * goes to libnice.
 *
 * With both offloads the whole transport carries 16 KiB messages over loopback at 3.5 CPU seconds
 * per GB, both ends together; a prototype that sent and received through libnice took 8.
 */
#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* @datagrams: @size bytes: datagrams of @segment_size bytes each, the last may be shorter. @from:
 * their sender, which may be anybody, since libnice has not looked at them. */
typedef void (*GstP2pUdpTapFunc) (guint8 *datagrams, gsize size, gsize segment_size,
                                  const struct sockaddr_storage *from, gpointer user_data);
/* Called when everything that was there has been given. */
typedef void (*GstP2pUdpTapDoneFunc) (gpointer user_data);

typedef struct _GstP2pUdpTap GstP2pUdpTap;

/* @socket: bound; a reference is kept. The functions are called on the thread that iterates
 * @context, which also calls new() and free(), the latter not from within them. %NULL: not possible
 * here. */
GstP2pUdpTap *
gst_p2p_udp_tap_new (gpointer owner, GMainContext *context, GSocket *socket, GstP2pUdpTapFunc func,
                     GstP2pUdpTapDoneFunc done, gpointer user_data);
void gst_p2p_udp_tap_free (GstP2pUdpTap *tap);

GSocket *gst_p2p_udp_tap_get_socket (GstP2pUdpTap *tap); /* the one given to new() */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pUdpTap, gst_p2p_udp_tap_free)

G_END_DECLS
