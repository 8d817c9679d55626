/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * association: one SCTP association (RFC 9260) over any packet path, as RFC 8831 uses it, on
 * usrsctp, without sockets and without threads.
 *
 * All functions are called on the thread that made the association and iterates its main context.
 * The functions of GstP2pDirectAssociationFuncs are called there too, from within dispatch()
 * (message, established, closed, reset) or from within any call (send), and "send" must not call
 * back into the association. Only "wakeup" may come on any thread; it asks for dispatch() soon.
 *
 * Backpressure: while reading is off, messages stay in usrsctp's receive buffer; when that is full,
 * the peer is told that the window is 0. In the other direction send() takes nothing while the send
 * buffer is full.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/link/dcep.h"
#include "gst/p2p/link/stream.h"

G_BEGIN_DECLS

/* The largest message that is received, in bytes; a larger one ends the association. */
#define GST_P2P_SCTP_MAX_MESSAGE (16 * 1024 * 1024)

/**
 * GstP2pDirectAssociationFuncs:
 * @send: a packet for the peer; borrowed for the call
 * @message: (transfer full): one whole message, never an empty one
 * @established: both ends agreed
 * @closed: the association is over; @error is %NULL if the peer ended it in an orderly way, else
 *     GST_P2P_ERROR_LOST (aborted, or no answer), _FAILED (could not be set up) or _LIMIT
 *     (a message over GST_P2P_SCTP_MAX_MESSAGE)
 * @reset: PEER_RESET, after all messages of the stream were given; or the peer's answer to our
 *     reset, CONFIRMED or IGNORED
 * @wakeup: any thread
 */
typedef struct
{
  void (*send) (const guint8 *packet, gsize size, gpointer user_data);
  void (*message) (guint16 stream, guint32 ppid, GstBuffer *message, gpointer user_data);
  void (*established) (gpointer user_data);
  void (*closed) (const GError *error, gpointer user_data);
  void (*reset) (guint16 stream, GstP2pStreamFact fact, gpointer user_data);
  void (*wakeup) (gpointer user_data);
} GstP2pDirectAssociationFuncs;

/**
 * GstP2pDirectAssociationSend: how a message goes; the same for all of its pieces
 * @parameter: of @reliability: retransmissions or milliseconds
 */
typedef struct
{
  guint16 stream;
  guint32 ppid;
  gboolean unordered;
  GstP2pReliability reliability;
  guint32 parameter;
} GstP2pDirectAssociationSend;

/* @retransmissions: DATA chunks sent again; @bytes_in_flight: an estimate of what was sent and is
 *   not acknowledged. */
typedef struct
{
  guint64 rtt_us;
  guint64 congestion_window;
  guint64 bytes_in_flight;
  guint64 retransmissions;
} GstP2pDirectAssociationStats;

typedef struct _GstP2pDirectAssociation GstP2pDirectAssociation;

/* @max_packet_size: bytes with SCTP's header, a multiple of 4, at least 512. new(), connect() and
 * send() fail with GST_P2P_ERROR_FAILED and usrsctp's reason. */
GstP2pDirectAssociation *
gst_p2p_direct_association_new (gpointer owner, GMainContext *context, guint max_packet_size,
                                const GstP2pDirectAssociationFuncs *funcs, gpointer user_data,
                                GError **error);
/* Aborts the association if it is still open: the send function is called, and no function after
 * this. */
void gst_p2p_direct_association_free (GstP2pDirectAssociation *association);

/* Sends INIT. Both ends do; the protocol handles the collision (RFC 9260 section 5.2.1). */
gboolean
gst_p2p_direct_association_connect (GstP2pDirectAssociation *association, guint16 local_port,
                                    guint16 remote_port, GError **error);

/* @packet: from the peer; it is written to while its checksum is verified, and dropped if that is
 * wrong. Returns whether the packet may have made room for send(): the congestion window grows only
 * if that room is used up before the next packet is fed. */
gboolean
gst_p2p_direct_association_feed (GstP2pDirectAssociation *association, guint8 *packet, gsize size);

/* Reports what happened. To be called after packets were fed, after wakeup(), and after reading was
 * allowed. */
void gst_p2p_direct_association_dispatch (GstP2pDirectAssociation *association);
/* May be called from within the message function, which is then not called again. */
void
gst_p2p_direct_association_set_reading (GstP2pDirectAssociation *association, gboolean reading);

/* Takes a piece of a message and returns how many bytes fit, or -1. A message is sent by as many
 * calls as needed, with no other message in between; @last: the message ends with this piece.
 * @size: not 0. */
gssize gst_p2p_direct_association_send (GstP2pDirectAssociation *association,
                                        const GstP2pDirectAssociationSend *how, const guint8 *data,
                                        gsize size, gboolean last, GError **error);

/* @corked: more is about to be sent, and a packet that is not full waits for it; without corking,
 * usrsctp makes two packets of each message that is a little longer than one. After uncorking, such
 * a packet leaves with the next send(). */
void gst_p2p_direct_association_set_corked (GstP2pDirectAssociation *association, gboolean corked);

/* Resets the outgoing stream after all that was sent on it is acknowledged (RFC 6525). */
void gst_p2p_direct_association_reset_stream (GstP2pDirectAssociation *association, guint16 stream);

/* To be called when the path has changed. */
void gst_p2p_direct_association_set_max_packet_size (GstP2pDirectAssociation *association,
                                                     guint max_packet_size);
/* All are 0 unless the association is established. */
void gst_p2p_direct_association_get_stats (GstP2pDirectAssociation *association,
                                           GstP2pDirectAssociationStats *stats);

/* Ends the association: by SHUTDOWN if everything sent was acknowledged, else by ABORT. */
void gst_p2p_direct_association_close (GstP2pDirectAssociation *association);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pDirectAssociation, gst_p2p_direct_association_free)

G_END_DECLS
