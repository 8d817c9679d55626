/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stream: the state machine of one SCTP stream and the data channel on it, without I/O.
 *
 * A stream is a ratchet, as a peer is (peer.h): facts are fed in, in whatever order they become
 * known, and none is ever taken back. Where its two directions stand is derived from them, and so
 * is what is to be done next. Time is passed in. Not thread-safe: the owner's thread or lock guards
 * it. All zeros is a stream of which nothing is known yet.
 *
 *   feed (fact, now)  →  for each next_action (): carry it out  →  feed TIMER at the deadline
 *
 * Opening (RFC 8832 section 6): a channel's data may be sent once the peer has accepted it, or at
 * once if it arrives behind the OPEN anyway. What comes on a stream without a channel is announced
 * once, unless a DCEP message said that the stream is there.
 *
 * Closing (RFC 8831 section 6.7): each end resets the stream that it sends on, and answers the
 * other's reset by its own. The channel is closed when both directions are over.
 *
 *              OPEN                ENDING                               OVER
 *   outgoing     CLOSE or PEER_RESET │ FINISH → SENT; RESET → CONFIRMED │
 *   incoming              PEER_RESET │ END → DELIVERED                  │
 *
 * A reset that answers the peer's waits until all that came was delivered: for a channel without
 * acknowledgements of its own that is the proof that everything arrived.
 *
 * Some peers do less. One that answers a request "in progress", and its repetition "nothing to do"
 * instead of "performed", is asked again, by a request of its own, a few times. One that performs
 * our reset and never resets its own side is waited for during two seconds, unless it is known to
 * answer: everything has reached it, and the channel's owner wants to know. A stream whose channel
 * is gone has nobody who waits; it stays, so that what comes on it is known to be refused.
 *
 * A peer may use the number anew before its confirmation has come: what it sends behind its reset,
 * when ours was requested, is as good.
 *
 * With the association the incoming direction is over, and our side stays as it is: whoever ended
 * the association did not say that it has everything, unless it confirmed our reset before.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  /* what is decided here */
  GST_P2P_STREAM_FACT_OPENED,  /* there is a channel: what comes is for it */
  GST_P2P_STREAM_FACT_REFUSED, /* there is none and will be none: what comes is thrown away */
  GST_P2P_STREAM_FACT_EARLY,   /* the channel's data need not wait for ACCEPTED */
  GST_P2P_STREAM_FACT_CLOSE,   /* no more is to be sent */
  /* what the peer did */
  GST_P2P_STREAM_FACT_ACCEPTED,   /* it sent an ACK, or agreed without DCEP */
  GST_P2P_STREAM_FACT_DCEP,       /* it sent a DCEP message, which was reported */
  GST_P2P_STREAM_FACT_DATA,       /* it sent data; needs no feeding while a channel takes it */
  GST_P2P_STREAM_FACT_PEER_RESET, /* it reset its side: all that it sent before has come */
  GST_P2P_STREAM_FACT_CONFIRMED,  /* it performed our reset, or denied it for good */
  GST_P2P_STREAM_FACT_IGNORED,    /* it found nothing to do in our reset; counts each time */
  GST_P2P_STREAM_FACT_ANSWERS,    /* its reset is sure to come, when it has delivered everything */
  GST_P2P_STREAM_FACT_REUSED,     /* what it sends now is of another life of the stream */
  GST_P2P_STREAM_FACT_GONE,       /* the association is over: nothing comes, nothing is confirmed */
  GST_P2P_STREAM_FACT_SILENT,     /* it had its time to reset its side; TIMER finds this out */
  /* what the queues say */
  GST_P2P_STREAM_FACT_SENT,      /* SCTP has all that was left to send */
  GST_P2P_STREAM_FACT_DELIVERED, /* all that came was pushed downstream, and EOS after it */
  /* from the clock */
  GST_P2P_STREAM_FACT_TIMER
} GstP2pStreamFact;

/* Each becomes due once, and stays due until it is taken; but RESET, which is due again after
 * IGNORED. */
typedef enum
{
  GST_P2P_STREAM_ACTION_NONE,
  GST_P2P_STREAM_ACTION_START,    /* data may be sent */
  GST_P2P_STREAM_ACTION_ANNOUNCE, /* report data on a stream without a channel */
  GST_P2P_STREAM_ACTION_END,      /* no more will come: EOS follows what did; and as FINISH */
  GST_P2P_STREAM_ACTION_FINISH,   /* take no more, send what is left, then feed SENT */
  GST_P2P_STREAM_ACTION_RESET,    /* request the reset of our side */
  GST_P2P_STREAM_ACTION_REPORT    /* the channel is closed in both directions */
} GstP2pStreamAction;

/* Of one direction; only grows. */
typedef enum
{
  GST_P2P_STREAM_OPEN,
  GST_P2P_STREAM_ENDING,
  GST_P2P_STREAM_OVER
} GstP2pStreamState;

/* Embedded by value; private. Guarded by whatever guards the owner's field. */
typedef struct
{
  guint facts;         /* 1 << GstP2pStreamFact */
  guint due;           /* 1 << GstP2pStreamAction: to be taken */
  guint begun;         /* 1 << GstP2pStreamAction: due or taken */
  guint n_resets;      /* that were taken */
  gint64 reset_at;     /* when to ask again; 0: no need to */
  gint64 confirmed_at; /* with the fact CONFIRMED */
} GstP2pStream;

/* @now_us: monotonic microseconds, never smaller than at the last call. */
void gst_p2p_stream_feed (GstP2pStream *stream, GstP2pStreamFact fact, gint64 now_us);
/* Takes the next action; NONE: there is nothing more to do. */
GstP2pStreamAction gst_p2p_stream_next_action (GstP2pStream *stream);
/* When to feed TIMER at the latest; -1: never. */
gint64 gst_p2p_stream_get_deadline (const GstP2pStream *stream);

gboolean gst_p2p_stream_has (const GstP2pStream *stream, GstP2pStreamFact fact);
GstP2pStreamState gst_p2p_stream_get_outgoing (const GstP2pStream *stream);
GstP2pStreamState gst_p2p_stream_get_incoming (const GstP2pStream *stream);
/* Whether what comes from now on is thrown away: it was refused, or the direction is over. */
gboolean gst_p2p_stream_discards (const GstP2pStream *stream);
/* Whether there is nothing more to do about the stream: it was reported, or nobody ever heard of
 * it. The owner forgets it, since the peer may use its number anew from now on. */
gboolean gst_p2p_stream_is_free (const GstP2pStream *stream);

G_END_DECLS
