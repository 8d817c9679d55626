/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sendwindow: the objects that a sender has sent and the receiver has not acknowledged.
 *
 * One thread sends and waits for room; another acknowledges; any thread interrupts. Counts bytes,
 * and measures the time from sending to acknowledgement, one object at a time.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstP2pFramingSendWindow GstP2pFramingSendWindow;

GstP2pFramingSendWindow *gst_p2p_framing_send_window_new (void);
void gst_p2p_framing_send_window_free (GstP2pFramingSendWindow *window);

/* As new, and open. Nobody waits. */
void gst_p2p_framing_send_window_reset (GstP2pFramingSendWindow *window);

typedef enum
{
  GST_P2P_FRAMING_SEND_WINDOW_OPEN,    /* there is room */
  GST_P2P_FRAMING_SEND_WINDOW_STALLED, /* no room for @stall_us; a probe should go out */
  GST_P2P_FRAMING_SEND_WINDOW_CLOSED   /* flushing or stopped */
} GstP2pFramingSendWindowState;

/**
 * gst_p2p_framing_send_window_wait:
 * @bytes: of the next object
 * @max_bytes: that may be unacknowledged, unless the next object is the only one
 * @stall_us: how long to wait before %GST_P2P_FRAMING_SEND_WINDOW_STALLED, which is returned only
 * while no probe is unacknowledged; -1: for ever
 */
GstP2pFramingSendWindowState
gst_p2p_framing_send_window_wait (GstP2pFramingSendWindow *window, gsize bytes, gsize max_bytes,
                                  gint64 stall_us);
/* Waits until a flush or stop(). */
void gst_p2p_framing_send_window_wait_closed (GstP2pFramingSendWindow *window);
gboolean gst_p2p_framing_send_window_has_room (GstP2pFramingSendWindow *window, gsize bytes,
                                               gsize max_bytes);

typedef enum
{
  GST_P2P_SEND_PLAIN,
  GST_P2P_SEND_EOS,  /* acknowledge() tells when it is acknowledged */
  GST_P2P_SEND_PROBE /* no second one is needed until it is acknowledged */
} GstP2pSendMark;

/* The next object, of @bytes, is about to go out. Returns its seq. */
guint32
gst_p2p_framing_send_window_add (GstP2pFramingSendWindow *window, gsize bytes, GstP2pSendMark mark);

/**
 * gst_p2p_framing_send_window_acknowledge:
 * @seq: of the last object that was taken, as were all before it; an old one does nothing
 * @eos: (out): whether this acknowledges the last EOS; %TRUE once
 *
 * Returns: %FALSE if no object of that seq was sent
 */
gboolean gst_p2p_framing_send_window_acknowledge (GstP2pFramingSendWindow *window, guint32 seq,
                                                  gboolean *eos);

/* Every wait returns CLOSED until the flush ends, or after stop() until the next reset. The end of
 * a flush forgets an EOS. */
void gst_p2p_framing_send_window_set_flushing (GstP2pFramingSendWindow *window, gboolean flushing);
void gst_p2p_framing_send_window_stop (GstP2pFramingSendWindow *window);

/* Sets in-flight (u64, bytes), in-flight-objects (uint), ack-rtt-us (i64, -1: unknown). */
void gst_p2p_framing_send_window_add_stats (GstP2pFramingSendWindow *window, GstStructure *stats);

G_END_DECLS
