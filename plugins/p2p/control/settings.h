/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings: what a user of p2psrc, p2psink and p2pbin has set, as one value.
 *
 * The element keeps its settings under its OBJECT_LOCK. What begins with a state change takes a
 * copy, so that a property that changes later applies from the next start on.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/base/error.h"
#include "plugins/p2p/transport/kinds.h"
#include "plugins/p2p/transport/transport.h"
#include "signaling/message.h"

G_BEGIN_DECLS

/* What an element does with a connection; flags. */
typedef enum
{
  GST_P2P_DIRECTION_SEND = 1 << 0,
  GST_P2P_DIRECTION_RECEIVE = 1 << 1
} GstP2pDirection;

typedef enum
{
  GST_P2P_FRAMING_MODE_AUTO,
  GST_P2P_FRAMING_MODE_FRAMES,
  GST_P2P_FRAMING_MODE_RAW
} GstP2pFramingMode;

/* What it is if a sender leaves before the end of its stream. */
typedef enum
{
  GST_P2P_ON_TRUNCATED_AUTO, /* an error of bytes, an end of media */
  GST_P2P_ON_TRUNCATED_ERROR,
  GST_P2P_ON_TRUNCATED_EOS
} GstP2pOnTruncated;

#define GST_P2P_DEFAULT_SIGNALING_URI "ws://127.0.0.1:" G_STRINGIFY (GST_P2P_SIGNALING_DEFAULT_PORT)
#define GST_P2P_DEFAULT_CONNECT_TIMEOUT_MS 20000
#define GST_P2P_DEFAULT_MAX_PEERS 16

typedef struct
{
  gchar *signaling_uri;
  gboolean signaling_serve;
  gchar *signaling_token;      /* secret */
  gchar *signaling_token_file; /* path */
  gchar *signaling_ca;
  gchar *local_id; /* nullable: a random one is made */
  gchar *remote_id;
  gchar *stun_server;
  GStrv turn_servers; /* secret */
  GstP2pIcePolicy ice_policy;
  gboolean ice_tcp;
  guint min_port;
  guint max_port;
  gchar *certificate; /* path */
  gchar *remote_fingerprint;
  GstP2pTransportType transport;
  GstP2pFramingMode framing;
  guint connect_timeout_ms;

  /* sending */
  gboolean wait_for_connection;
  guint max_peers;
  guint max_in_flight; /* bytes */
  gint leaky;          /* p2pframepay's enumeration */

  /* receiving */
  gboolean keep_listening;
  GstP2pOnTruncated on_truncated;
  gboolean is_live;
  guint latency_ms;
  guint max_frame_size; /* bytes */
} GstP2pSettings;

GstP2pSettings *gst_p2p_settings_new (void);
GstP2pSettings *gst_p2p_settings_copy (const GstP2pSettings *settings);
void gst_p2p_settings_free (GstP2pSettings *settings);

/* Before anything starts: looks at the settings, and puts the token of a file in place. FALSE if
 * something can be seen to be wrong; GST_P2P_ERROR_SETTINGS, with a sentence that says what. */
gboolean gst_p2p_settings_prepare (GstP2pSettings *settings, GError **error);

/* What the ICE agent may use: the servers of the settings, or else, by kind, those that signaling
 * handed out (nullable). Clear with gst_p2p_ice_config_clear(). */
void gst_p2p_settings_get_ice_config (const GstP2pSettings *settings, GStrv signaled_stun,
                                      GStrv signaled_turn, GstP2pIceConfig *config);
void gst_p2p_ice_config_clear (GstP2pIceConfig *config);

/* "p2p://host[:port][/path]/id", "p2ps://…" ⇄ signaling URI and remote id; the path is the
 * signaling server's, and the port 8443 if none is given. GST_URI_ERROR_BAD_URI, for GstURIHandler;
 * the settings are then as they were. get_uri(): the caller frees it; %NULL without a remote id,
 * and of signaling URIs that cannot be said so: several, or with a query. */
gboolean gst_p2p_settings_set_uri (GstP2pSettings *settings, const gchar *uri, GError **error);
gchar *gst_p2p_settings_get_uri (const GstP2pSettings *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSettings, gst_p2p_settings_free)

G_END_DECLS
