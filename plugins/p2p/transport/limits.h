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
