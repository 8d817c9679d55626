/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * playgate: what a live element's streaming thread waits at while the element is not PLAYING.
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
  gint64 opened;
} GstP2pFramingPlaygate;

void gst_p2p_framing_playgate_init (GstP2pFramingPlaygate *gate); /* stopped */
void gst_p2p_framing_playgate_clear (GstP2pFramingPlaygate *gate);

/* Any thread. stop() ends every wait; reset() closes the gate again. */
void gst_p2p_framing_playgate_reset (GstP2pFramingPlaygate *gate);
void gst_p2p_framing_playgate_set_open (GstP2pFramingPlaygate *gate, gboolean open);
void gst_p2p_framing_playgate_stop (GstP2pFramingPlaygate *gate);
gboolean gst_p2p_framing_playgate_is_stopped (GstP2pFramingPlaygate *gate);

/* Waits until the gate is open (TRUE) or stopped (FALSE). */
gboolean gst_p2p_framing_playgate_pass (GstP2pFramingPlaygate *gate);
/* Does not wait. @opened: (out): g_get_monotonic_time() of when it was last opened, in ns */
gboolean gst_p2p_framing_playgate_is_open (GstP2pFramingPlaygate *gate, gint64 *opened);

G_END_DECLS
