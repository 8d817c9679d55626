/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * intake: what the peer has sent and the application has not taken yet.
 *
 *   sctpdec ── came() ──► queues of the channels ── gone() ──► application
 *
 * The bytes in the queues close the receive window, for which the owner asks. What would end
 * streams waits until sctpdec has given everything that came before: a packet that resets some, and
 * the peer's goodbye.
 */
#pragma once

#include <gst/gst.h>

#include "plugins/p2p/transport/stock/jobs.h"
#include "plugins/p2p/transport/stock/packets/monitor.h"

G_BEGIN_DECLS

/* All are jobs. */
typedef struct
{
  /* the held packet, to be taken and passed on: all before it was given */
  void (*release) (GstBuffer *packet, gpointer user_data);
  /* all before the goodbye was given */
  void (*over) (gpointer user_data);
  /* the peer was told a smaller window than there is now */
  void (*reopen) (gpointer user_data);
} GstP2pStockIntakeFuncs;

typedef struct _GstP2pStockIntake GstP2pStockIntake;

/* @owner: see log.h. @funcs: static. @jobs and @monitor outlive the intake. */
GstP2pStockIntake *
gst_p2p_stock_intake_new (gpointer owner, GMainContext *context, GstP2pStockJobs *jobs,
                          GstP2pStockMonitor *monitor, const GstP2pStockIntakeFuncs *funcs,
                          gpointer user_data);
/* After stop() and the jobs' end. */
void gst_p2p_stock_intake_free (GstP2pStockIntake *intake);

/* sctpdec gave a message of @stream, which is in a queue now, or was dropped (0 bytes); bytes left
 * the queues. @acknowledged, @bytes: see backlog.h. FALSE: the peer takes no notice of the window.
 * Any thread; cheap. */
gboolean gst_p2p_stock_intake_came (GstP2pStockIntake *intake, guint16 stream,
                                    gboolean acknowledged, gsize bytes);
void gst_p2p_stock_intake_gone (GstP2pStockIntake *intake, gboolean acknowledged, gsize bytes);

/* Takes @packet, which resets streams: release() follows. A packet that is held already is
 * dropped; the peer repeats it. Any thread. */
void gst_p2p_stock_intake_hold (GstP2pStockIntake *intake, GstBuffer *packet);
/* The peer has said goodbye: over() follows, and what is held is dropped. Any thread, once. */
void gst_p2p_stock_intake_end (GstP2pStockIntake *intake);

/* How much more the peer may send, in bytes. If limit() is called before the peer is told what it
 * returns, reopen() follows when there is more room. Any thread. */
guint32 gst_p2p_stock_intake_get_window (GstP2pStockIntake *intake);
guint32 gst_p2p_stock_intake_limit (GstP2pStockIntake *intake);

/* Waits for nothing any more. Context's thread. */
void gst_p2p_stock_intake_stop (GstP2pStockIntake *intake);

G_END_DECLS
