/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * message: the signaling messages of docs/wire.md, parse and print.
 *
 * A message that parsed is valid in itself: the fields of its type are there and within their
 * limits. Reference counted, immutable once shared.
 */
#pragma once

#include <glib-object.h>

#include "gst/p2p/description.h"

G_BEGIN_DECLS

#define GST_P2P_SIGNALING_SUBPROTOCOL "gst-p2p-1"
#define GST_P2P_SIGNALING_MAX_MESSAGE 16384 /* bytes */
#define GST_P2P_SIGNALING_MAX_REASON 256    /* bytes of a reason, error message or token */

typedef enum
{
  GST_P2P_SIGNALING_BIND,
  GST_P2P_SIGNALING_BOUND,
  GST_P2P_SIGNALING_CONNECT,
  GST_P2P_SIGNALING_CANDIDATE,
  GST_P2P_SIGNALING_BYE,
  GST_P2P_SIGNALING_ERROR
} GstP2pSignalingType;

/* RTCIceServer[] reduced to what is needed: parallel lists of URIs as the ICE configuration takes
 * them ("stun://host:port", "turn://user:pass@host:port?transport=udp"). Secret. */
typedef struct
{
  GStrv stun_servers;
  GStrv turn_servers;
} GstP2pIceServers;

typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;
  /*< public >*/
  GstP2pSignalingType type;
  gchar *id;
  gchar *token;  /* secret */
  gchar *resume; /* secret */
  gchar *from;
  gchar *to;
  gchar *session;
  GstP2pDescription *description;
  gchar *candidate;
  gchar *reason;
  gchar *code;
  gchar *message;
  GstP2pIceServers *ice_servers;
} GstP2pSignalingMessage;

GType gst_p2p_signaling_message_get_type (void); /* boxed */
GType gst_p2p_ice_servers_get_type (void);       /* boxed */

GstP2pSignalingMessage *gst_p2p_signaling_message_new (GstP2pSignalingType type);
GstP2pSignalingMessage *gst_p2p_signaling_message_ref (GstP2pSignalingMessage *message);
void gst_p2p_signaling_message_unref (GstP2pSignalingMessage *message);

/* Convenience for the relayed types; copy what they are given. */
GstP2pSignalingMessage *
gst_p2p_signaling_message_new_connect (const gchar *from, const gchar *to, const gchar *session,
                                       GstP2pDescription *description);
GstP2pSignalingMessage *
gst_p2p_signaling_message_new_candidate (const gchar *from, const gchar *to, const gchar *session,
                                         const gchar *candidate);
GstP2pSignalingMessage *
gst_p2p_signaling_message_new_bye (const gchar *from, const gchar *to, const gchar *session,
                                   const gchar *reason);

GstP2pSignalingMessage *
gst_p2p_signaling_message_parse (const gchar *text, gsize length, GError **error);
gchar *gst_p2p_signaling_message_print (const GstP2pSignalingMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSignalingMessage, gst_p2p_signaling_message_unref)

G_END_DECLS
