/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connection: one remote peer. Feeds its state machine with what happens (signaling messages, the
 * transport's notifications, the clock), carries out its actions on a transport, and owns the
 * channels.
 *
 * Lives on the control thread. The end comes in two steps. First "closed" is called on the control
 * thread, and the owner forgets the connection. When the transport has said goodbye, the connection
 * goes to the reaper, which may wait: for threads of the transport, and for downstream to take the
 * last data.
 */
#pragma once

#include <gst/gst.h>

#include "plugins/p2p/control/channels.h"
#include "plugins/p2p/control/farewell.h"
#include "plugins/p2p/control/settings.h"
#include "signaling/message.h"

G_BEGIN_DECLS

typedef struct _GstP2pConnection GstP2pConnection;

/* Control thread, under no lock. */
typedef struct
{
  /* Takes @message. */
  void (*send) (GstP2pConnection *connection, GstP2pSignalingMessage *message, gpointer user_data);
  void (*state_changed) (GstP2pConnection *connection, gpointer user_data);
  /* The state is OPEN: time to open channels. */
  void (*opened) (GstP2pConnection *connection, gpointer user_data);
  /* It is over, and its streams are about to end. */
  void (*closing) (GstP2pConnection *connection, gpointer user_data);
  /* The last call; see gst_p2p_connection_get_error(). Returns whether the incoming streams end
   * with EOS. */
  gboolean (*closed) (GstP2pConnection *connection, gpointer user_data);
} GstP2pConnectionFuncs;

/* All borrowed; what is kept is copied or referenced. */
typedef struct
{
  GstBin *bin;
  GMainContext *context; /* the control thread's */
  GstP2pRole role;
  const gchar *local_id;
  const gchar *remote_id;
  const gchar *session;
  GstP2pIdentity *identity;
  const GstP2pSettings *settings; /* outlives the connection's control-thread life */
  const GstP2pIceConfig *ice;
  GstP2pSrcPads *src_pads; /* nullable; outlives the connection, as do the next two */
  GstP2pReaper *reaper;
  GstP2pFarewell *farewell;
  const GstP2pConnectionFuncs *funcs;
  gpointer user_data;
} GstP2pConnectionConfig;

GstP2pConnection *gst_p2p_connection_new (const GstP2pConnectionConfig *config);

void gst_p2p_connection_start (GstP2pConnection *connection);
/* @message: connect, candidate, bye, or an error of this session. */
void gst_p2p_connection_take_message (GstP2pConnection *connection,
                                      const GstP2pSignalingMessage *message);
/* Ends the connection in an orderly way and tells the remote @reason, a short word. "closed" is
 * called before this returns. */
void gst_p2p_connection_close (GstP2pConnection *connection, const gchar *reason);
void gst_p2p_connection_fail (GstP2pConnection *connection, const GError *error);

/* In OPEN: opens a channel that sends what comes through @pad, or ends the connection. */
void gst_p2p_connection_add_sink_pad (GstP2pConnection *connection, GstP2pSinkPad *pad);
/* Borrowed; %NULL before OPEN. */
GstP2pChannels *gst_p2p_connection_get_channels (GstP2pConnection *connection);

/* Whether all channels in @direction are finished, and how many there are. */
gboolean gst_p2p_connection_is_finished (GstP2pConnection *connection, GstP2pDirection direction,
                                         guint *n_channels);

/* Whether what was received broke off; see gst_p2p_channels_are_truncated(). */
gboolean
gst_p2p_connection_is_truncated (GstP2pConnection *connection, GstP2pFrameDepayKinds *kinds);

GstP2pPeerState gst_p2p_connection_get_state (GstP2pConnection *connection);
GstP2pRole gst_p2p_connection_get_role (GstP2pConnection *connection);
const gchar *gst_p2p_connection_get_session (GstP2pConnection *connection);
const gchar *gst_p2p_connection_get_remote_id (GstP2pConnection *connection);
const gchar *
gst_p2p_connection_get_remote_fingerprint (GstP2pConnection *connection); /* nullable */
/* Whether OPEN was ever reached. */
gboolean gst_p2p_connection_was_open (GstP2pConnection *connection);
/* Whether the remote wanted to send what this end does not take. */
gboolean gst_p2p_connection_has_refused (GstP2pConnection *connection);
const gchar *gst_p2p_connection_get_reason (GstP2pConnection *connection); /* once closed */
const GError *gst_p2p_connection_get_error (GstP2pConnection *connection); /* nullable */
GstStructure *gst_p2p_connection_get_stats (GstP2pConnection *connection);

G_END_DECLS
