/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gate: what a live element's streaming thread waits at while the element is not PLAYING.
 *
 *   closed ⇄ open      any → stopped → closed
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Embed it; all fields are the gate's own. */
typedef struct
{
  /* lock */
  GMutex lock;
  GCond cond;
  gboolean open;
  gboolean stopped;
} GstP2pGate;

void gst_p2p_gate_init (GstP2pGate *gate); /* stopped */
void gst_p2p_gate_clear (GstP2pGate *gate);

/* Any thread. stop() lets all go; reset() makes it closed again. */
void gst_p2p_gate_reset (GstP2pGate *gate);
void gst_p2p_gate_set_open (GstP2pGate *gate, gboolean open);
void gst_p2p_gate_stop (GstP2pGate *gate);
gboolean gst_p2p_gate_is_stopped (GstP2pGate *gate);

/* Until it is open (TRUE) or stopped (FALSE). */
gboolean gst_p2p_gate_pass (GstP2pGate *gate);

G_END_DECLS
