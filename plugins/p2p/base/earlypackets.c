/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * earlypackets: see earlypackets.h.
 */
#include "plugins/p2p/base/earlypackets.h"

void
gst_p2p_early_packets_init (GstP2pEarlyPackets *early, guint max, GDestroyNotify free_packet)
{
  g_queue_init (&early->packets);
  early->max = max;
  early->free_packet = free_packet;
}

void
gst_p2p_early_packets_clear (GstP2pEarlyPackets *early)
{
  gpointer packet;

  while ((packet = gst_p2p_early_packets_pop (early)))
    early->free_packet (packet);
}

gboolean
gst_p2p_early_packets_is_full (const GstP2pEarlyPackets *early)
{
  return early->packets.length >= early->max;
}

void
gst_p2p_early_packets_push (GstP2pEarlyPackets *early, gpointer packet)
{
  if (gst_p2p_early_packets_is_full (early))
    early->free_packet (packet);
  else
    g_queue_push_tail (&early->packets, packet);
}

gpointer
gst_p2p_early_packets_pop (GstP2pEarlyPackets *early)
{
  return g_queue_pop_head (&early->packets);
}
