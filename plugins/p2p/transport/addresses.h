/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * addresses: which of this host's addresses ICE offers to the peer.
 *
 * A host with containers, virtual machines and VPNs has dozens, and each pair of two peers'
 * addresses is a check. Functions without state; any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As many squared are the pairs of two such hosts. */
#define GST_P2P_ADDRESSES_MAX 20

/**
 * gst_p2p_addresses_choose:
 * @addresses: (element-type utf8): all, in any order
 * @chosen: (element-type utf8): empty; gets those to offer, borrowed, if they are fewer
 *
 * What is on the way to the internet goes first, then what has hardware; what is on a bridge within
 * the host is among the last, and IPv6's link-local addresses are the very last.
 *
 * Returns: %FALSE if all are offered
 */
gboolean gst_p2p_addresses_choose (GList *addresses, GPtrArray *chosen);

G_END_DECLS
