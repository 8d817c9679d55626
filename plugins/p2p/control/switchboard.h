/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * switchboard: one id on the signaling server and the connections under it: who is called, who is
 * answered, who is refused, and what the end of a connection means for the element.
 *
 * Lives on the control thread from READY→PAUSED to PAUSED→READY; everything here is called there,
 * unless said otherwise. It reports to its element through GstP2pSwitchboardFuncs.
 */
#pragma once

#include <gst/gst.h>

#include "plugins/p2p/base/loop.h"
#include "plugins/p2p/control/connection.h"
#include "plugins/p2p/control/farewell.h"
#include "plugins/p2p/control/settings.h"

G_BEGIN_DECLS

typedef struct _GstP2pSwitchboard GstP2pSwitchboard;

/* Control thread, under no lock. None of the functions is to wait for a change of the element's
 * state (tidings.h). */
typedef struct
{
  /* Bound, at the signaling server @uri, and waiting to be called as @id. */
  void (*waiting) (const gchar *id, const gchar *uri, gpointer user_data);
  /* A signaling server is there after the user was warned that none is. */
  void (*found) (const gchar *uri, gpointer user_data);
  gboolean (*accept_peer) (const gchar *id, const gchar *fingerprint, gpointer user_data);
  /* @stats: see gst_p2p_connection_get_stats() */
  void (*peer_connected) (const gchar *id, const gchar *fingerprint, const GstStructure *stats,
                          gpointer user_data);
  void (*peer_disconnected) (const gchar *id, const gchar *reason, gpointer user_data);
  void (*state_changed) (GstP2pPeerState state, gpointer user_data);
  /* Every sink pad's stream ended and arrived. */
  void (*sent_everything) (gpointer user_data);
  /* What the user should know though the element goes on. */
  void (*warn) (const GError *error, gpointer user_data);
  /* The element cannot do its job any more; at most once. */
  void (*failed) (const GError *error, gpointer user_data);
} GstP2pSwitchboardFuncs;

/* All borrowed; what is kept is copied or referenced. */
typedef struct
{
  GstBin *bin;
  GstP2pLoop *control;
  GstP2pDirection directions;
  const GstP2pSettings *settings;
  const gchar *local_id;
  GstP2pIdentity *identity;
  GstP2pSrcPads *src_pads;  /* NULL: nothing is received */
  GstP2pFarewell *farewell; /* says what it has to by the functions, too */
  const GstP2pSwitchboardFuncs *funcs;
  gpointer user_data;
} GstP2pSwitchboardConfig;

GstP2pSwitchboard *gst_p2p_switchboard_new (const GstP2pSwitchboardConfig *config);
/* FALSE for what is wrong at once (GST_P2P_ERROR_SETTINGS: URI, id, token or CA file); the rest is
 * reported by the functions. */
gboolean gst_p2p_switchboard_start (GstP2pSwitchboard *switchboard, GError **error);

/* Closes everything and waits until all of it is gone; up to about 1.5 s of that time are for the
 * peer to take the last acknowledgement. Any thread but the control thread. */
void gst_p2p_switchboard_stop (GstP2pSwitchboard *switchboard);
void gst_p2p_switchboard_free (GstP2pSwitchboard *switchboard);

void gst_p2p_switchboard_add_sink_pad (GstP2pSwitchboard *switchboard, GstP2pSinkPad *pad);
void gst_p2p_switchboard_remove_sink_pad (GstP2pSwitchboard *switchboard, GstP2pSinkPad *pad);
/* To be called when EOS passed through a sink pad. */
void gst_p2p_switchboard_check_sent (GstP2pSwitchboard *switchboard);
/* @element: a pay or depay whose stream ended, or that met something malformed (@error). */
void gst_p2p_switchboard_end_channel (GstP2pSwitchboard *switchboard, GstObject *element);
void gst_p2p_switchboard_fail_channel (GstP2pSwitchboard *switchboard, GstObject *element,
                                       const GError *error);
/* What the element is to send nobody could get. */
void gst_p2p_switchboard_fail (GstP2pSwitchboard *switchboard, const GError *error);

/* The application has ended the element: what was received got its EOS. Connections end that only
 * receive; a sender goes on until its streams have ended if it has a receiver, else there is
 * nothing to wait for. */
void gst_p2p_switchboard_end (GstP2pSwitchboard *switchboard);

/* A structure "p2p-stats". */
GstStructure *gst_p2p_switchboard_get_stats (GstP2pSwitchboard *switchboard);

G_END_DECLS
