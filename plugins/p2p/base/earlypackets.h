/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * earlypackets: packets that came before their time, a bounded number of them, in order. What is
 * beyond the bound is dropped, as packets are; whoever sent it repeats it.
 *
 * Packets are of any kind that one function frees. No lock: the owner guards it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Embed it; all fields are its own. */
typedef struct
{
  GQueue packets;
  guint max;
  GDestroyNotify free_packet;
} GstP2pEarlyPackets;

void gst_p2p_early_packets_init (GstP2pEarlyPackets *early, guint max, GDestroyNotify free_packet);
/* Drops what is there. */
void gst_p2p_early_packets_clear (GstP2pEarlyPackets *early);

/* Whether one more would be dropped: to be asked before a copy is made. */
gboolean gst_p2p_early_packets_is_full (const GstP2pEarlyPackets *early);
/* Takes @packet. */
void gst_p2p_early_packets_push (GstP2pEarlyPackets *early, gpointer packet);
/* The first one, the caller's; %NULL: none. */
gpointer gst_p2p_early_packets_pop (GstP2pEarlyPackets *early);

G_END_DECLS
