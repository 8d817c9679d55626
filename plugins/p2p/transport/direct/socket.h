/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * socket: a usrsctp socket set up for one association as WebRTC wants it (RFC 8831), and the
 * settings that change while it lives. socket.c gives the reasons for the numbers.
 */
#pragma once

#include <glib.h>
#include <usrsctp.h>

G_BEGIN_DECLS

/* Non-blocking, with messages in pieces, and notifications of the association, shutdown, stream
 * resets and aborted pieces; aborts when it is closed. @max_packet_size: bytes with SCTP's header.
 * %NULL with errno if that is not possible. */
struct socket *gst_p2p_direct_socket_new (guint max_packet_size);

/* These return FALSE with errno if usrsctp refuses. */
gboolean gst_p2p_direct_socket_set_max_packet_size (struct socket *socket, guint max_packet_size);
/* @nagle: whether a packet that is not full waits for more data. */
gboolean gst_p2p_direct_socket_set_nagle (struct socket *socket, gboolean nagle);
gboolean gst_p2p_direct_socket_set_send_buffer (struct socket *socket, guint32 size);
/* @frequency: packets per SACK. */
gboolean gst_p2p_direct_socket_set_sack_frequency (struct socket *socket, guint frequency);
gboolean gst_p2p_direct_socket_get_status (struct socket *socket, struct sctp_status *status);

G_END_DECLS
