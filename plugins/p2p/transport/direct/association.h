/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * association: one SCTP association (RFC 9260) over any packet path, as RFC 8831 uses it, on
 * usrsctp, without sockets and without threads.
 *
 * All functions are called on the thread that made the association and iterates its main context.
 * The functions given are called there too, from within dispatch() (message, established, closed,
 * reset) or any call (send); @wakeup alone may come from any thread, and asks for dispatch() soon.
 * @send must not call back into the association.
 *
 * Backpressure: while reading is off, messages stay in usrsctp's receive buffer, and when that is
 * full its window is closed to the peer. In the other direction send() takes nothing when the
 * buffer is full.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/link/dcep.h"
#include "gst/p2p/link/stream.h"

G_BEGIN_DECLS

/* The largest message that is put together, in bytes; one that is larger ends the association. */
#define GST_P2P_SCTP_MAX_MESSAGE (16 * 1024 * 1024)

/**
 * GstP2pDirectAssociationFuncs:
 * @send: a packet for the peer; gone afterwards
 * @message: (transfer full): one whole message; @size 0 never comes
 * @established: both ends agreed
 * @closed: the association is over; @error is %NULL if the peer ended it in an orderly way, else
 *     GST_P2P_ERROR_LOST (aborted, or no answer), _FAILED (could not be set up) or _LIMIT (a
 * message over GST_P2P_SCTP_MAX_MESSAGE)
 * @reset: PEER_RESET, and all messages of the stream were given before; or its answer to our reset:
 *     CONFIRMED or IGNORED
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
 * GstP2pDirectAssociationSend:
 * how a message goes: the same for all of its pieces
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

/* @retransmissions: DATA chunks sent again; @bytes_in_flight: accepted and not acknowledged. */
typedef struct
{
  guint64 rtt_us;
  guint64 congestion_window;
  guint64 bytes_in_flight;
  guint64 retransmissions;
} GstP2pDirectAssociationStats;

typedef struct _GstP2pDirectAssociation GstP2pDirectAssociation;

/* @max_packet_size: bytes with SCTP's header, a multiple of 4, from 512. This, connect() and send()
 * fail with GST_P2P_ERROR_FAILED and usrsctp's reason. */
GstP2pDirectAssociation *
gst_p2p_direct_association_new (gpointer owner, GMainContext *context, guint max_packet_size,
                                const GstP2pDirectAssociationFuncs *funcs, gpointer user_data,
                                GError **error);
/* Aborts what is still open. The send function is called, and then nothing more. */
void gst_p2p_direct_association_free (GstP2pDirectAssociation *association);

/* Sends INIT; both ends do, and a collision is fine (RFC 9260 section 5.2.1). */
gboolean
gst_p2p_direct_association_connect (GstP2pDirectAssociation *association, guint16 local_port,
                                    guint16 remote_port, GError **error);

/* One packet from the peer; written to while its checksum is verified. A bad one is dropped.
 * Returns whether it may have made room for send(). The congestion window grows only if it is used
 * up again before the next packet is fed. */
gboolean
gst_p2p_direct_association_feed (GstP2pDirectAssociation *association, guint8 *packet, gsize size);

/* Reports what happened. After packets were fed, after wakeup(), and after reading was allowed. */
void gst_p2p_direct_association_dispatch (GstP2pDirectAssociation *association);
/* May be called from within the message function, which is then not called again. */
void
gst_p2p_direct_association_set_reading (GstP2pDirectAssociation *association, gboolean reading);

/* Takes a piece of a message and returns how many bytes fit, or -1. A message is sent by as many
 * calls as needed, with nothing in between; @last: the message ends with this piece. @size: not 0.
 */
gssize gst_p2p_direct_association_send (GstP2pDirectAssociation *association,
                                        const GstP2pDirectAssociationSend *how, const guint8 *data,
                                        gsize size, gboolean last, GError **error);

/* More will be sent at once: a packet that is not full may wait for it. Else it leaves with the
 * next send(). usrsctp would make two packets of each message that is a little longer than one. */
void gst_p2p_direct_association_set_corked (GstP2pDirectAssociation *association, gboolean corked);

/* Resets the outgoing stream after all that was sent on it is acknowledged (RFC 6525). */
void gst_p2p_direct_association_reset_stream (GstP2pDirectAssociation *association, guint16 stream);

/* The path has changed. */
void gst_p2p_direct_association_set_max_packet_size (GstP2pDirectAssociation *association,
                                                     guint max_packet_size);
/* Zeros unless established. */
void gst_p2p_direct_association_get_stats (GstP2pDirectAssociation *association,
                                           GstP2pDirectAssociationStats *stats);

/* Ends the association: by SHUTDOWN if everything sent was acknowledged, else by ABORT. */
void gst_p2p_direct_association_close (GstP2pDirectAssociation *association);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pDirectAssociation, gst_p2p_direct_association_free)

G_END_DECLS
