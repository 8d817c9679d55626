/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * window: how much an SCTP association may have in flight, beyond what usrsctp decides.
 *
 * usrsctp's congestion control is that of RFC 9260: whatever was lost, the window is halved. On a
 * path that loses 1 % at random that leaves 12 packets per round trip, however fast it is. This
 * object watches the window and the round-trip time:
 *
 * - A cut while nothing queues on the path (the smoothed round-trip time is near its minimum) was
 *   no congestion: nine tenths of the window are restored, and it may grow by a tenth per round
 *   trip until usrsctp's own is reached. After a timeout half of it is restored. (TCP Veno, Fu and
 *   Liew 2003, tells losses apart in this way.)
 * - A cut while the round-trip time is raised is left as usrsctp makes it.
 * - No more is in flight than 1 Gbit/s needs over this path. Where nothing is lost the window has
 *   no limit, but the receiver's socket buffer has one, and once that has overflowed usrsctp looks
 *   at every outstanding chunk for every SACK.
 *
 * Numbers in, numbers out: no clock, no sockets.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  /* the owner's thread; all zero at first */
  guint min_rtt_ms; /* plus 1; 0: not known */
  guint32 last_window;
  guint32 limit; /* 0: none */
  gint64 limit_set_us;
} GstP2pDirectWindow;

/* What may be in flight for a path of @min_rtt_ms, in bytes. */
guint32 gst_p2p_direct_window_enough (guint min_rtt_ms);

/* To be called after each SACK. @window: usrsctp's congestion window, @packet: a packet's size, in
 * bytes; @rtt_ms: smoothed. Sets *@restore to what usrsctp's window is to be set to, or 0. Returns
 * the bytes that may be in flight. */
guint32 gst_p2p_direct_window_update (GstP2pDirectWindow *self, guint32 window, guint32 packet,
                                      guint rtt_ms, gint64 now_us, guint32 *restore);

/* To be called when another path is used from now on. */
void gst_p2p_direct_window_reset (GstP2pDirectWindow *self);

G_END_DECLS
