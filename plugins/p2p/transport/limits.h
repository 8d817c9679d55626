/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * limits: the numbers that every kind of transport shares.
 */
#pragma once

/* Streams that can be used: 0 to GST_P2P_MAX_STREAM. RFC 8831 section 6.2 wants 65535 each way, but
 * usrsctp allocates them all beforehand; browsers negotiate 1024 too. */
#define GST_P2P_MAX_STREAM 1023

/* Streams that may be in use at a time. A peer that uses more is hostile or broken: a stream costs
 * memory, and with sctpdec a thread. */
#define GST_P2P_MAX_STREAMS_IN_USE 256

/* SCTP packets that are kept when they come before SCTP has started, or before the fingerprint is
 * compared: the peer's INIT and its repetitions. */
#define GST_P2P_MAX_EARLY_SCTP 16

/* What is not answered is taken for lost after this time at the earliest. A peer may delay its SACK
 * for as long (RFC 9260 section 6.2), so less would repeat what has arrived. */
#define GST_P2P_FIRST_REPEAT_MS 200
/* Repetitions of ours come at growing intervals of up to this. usrsctp's own are in the settings of
 * its socket. */
#define GST_P2P_LONGEST_REPEAT_MS 1000

/* What the peer may have on its way on all channels with acknowledgements together, in bytes, as
 * the credentials tell it. A sender's usual 4 MiB per channel carry 335 Mbit/s over a round trip of
 * 100 ms, and eight channels may have as much. */
#define GST_P2P_MAX_IN_FLIGHT (32 * 1024 * 1024)
/* What waits for the application on all channels of a connection, in bytes of memory. Messages cost
 * at most one and a half times what the sender counts for them, so that one that keeps to what it
 * was told never gets here. */
#define GST_P2P_MAX_BACKLOG (64 * 1024 * 1024)
/* Of that, what waits on channels without acknowledgements. */
#define GST_P2P_MAX_PLAIN_BACKLOG (16 * 1024 * 1024)
/* What a waiting message costs beside its bytes: buffer, memory, a place in a queue. A flood of
 * tiny messages counts as what it is. */
#define GST_P2P_MESSAGE_OVERHEAD 512
