/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * repeater: sends the packets of a handshake again until they have been answered.
 *
 * The stock elements leave that to timers which are made for unknown paths: OpenSSL's first is 1 s,
 * usrsctp's 3 s, and both double. A connection is made by a dozen packets: if one of them is lost
 * the user notices, and if two are it takes ten seconds. The repeater can be faster, since ICE has
 * just shown that the path works.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstP2pStockRepeater GstP2pStockRepeater;

/* Sends @packet, which it takes, once more. Context's thread, which it must not block. */
typedef void (*GstP2pStockRepeaterFunc) (GstBuffer *packet, gpointer user_data);

/* @max_kept: if there are more packets, the oldest are forgotten. */
GstP2pStockRepeater *gst_p2p_stock_repeater_new (GMainContext *context, guint max_kept,
                                                 GstP2pStockRepeaterFunc func, gpointer user_data);
/* After finish(). */
void gst_p2p_stock_repeater_free (GstP2pStockRepeater *repeater);

/* @packet has been sent: it is sent again after 200 ms, with all others that are kept, and then at
 * growing intervals of up to 1 s, for half a minute at most. References it. Any thread. */
void gst_p2p_stock_repeater_keep (GstP2pStockRepeater *repeater, GstBuffer *packet);
/* Everything was answered: forgets all packets, and those to come. Any thread; cheap when repeated.
 * On the context's thread nothing is sent after it. */
void gst_p2p_stock_repeater_finish (GstP2pStockRepeater *repeater);

G_END_DECLS
