/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * message: the signaling messages of docs/wire.md, parse and print.
 *
 * A message that was parsed is valid in itself: the fields of its type are there and within their
 * limits. Messages are reference counted, and immutable once they are shared; any thread may use
 * one.
 */
#pragma once

#include <glib-object.h>

#include "gst/p2p/link/description.h"
#include "signaling/iceservers.h"

G_BEGIN_DECLS

#define GST_P2P_SIGNALING_SUBPROTOCOL "gst-p2p-1"
/* Of a server that is not told another, and of p2p:// and p2ps:// URIs. */
#define GST_P2P_SIGNALING_DEFAULT_PORT 8443
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

/* The codes of an error message. */
#define GST_P2P_SIGNALING_BAD_MESSAGE "bad-message"
#define GST_P2P_SIGNALING_NOT_BOUND "not-bound"
#define GST_P2P_SIGNALING_ID_INVALID "id-invalid"
#define GST_P2P_SIGNALING_ID_TAKEN "id-taken"
#define GST_P2P_SIGNALING_NOT_FOUND "not-found"
#define GST_P2P_SIGNALING_UNAUTHORIZED "unauthorized"
#define GST_P2P_SIGNALING_TOO_LARGE "too-large"
#define GST_P2P_SIGNALING_RATE_LIMITED "rate-limited"
#define GST_P2P_SIGNALING_UNSUPPORTED "unsupported"

/* A message has the fields of its type; the others are %NULL. */
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
  GstP2pSignalingIceServers *ice_servers;
} GstP2pSignalingMessage;

#define GST_TYPE_P2P_SIGNALING_MESSAGE (gst_p2p_signaling_message_get_type ())
GType gst_p2p_signaling_message_get_type (void); /* boxed */

GstP2pSignalingMessage *gst_p2p_signaling_message_new (GstP2pSignalingType type);
GstP2pSignalingMessage *gst_p2p_signaling_message_ref (GstP2pSignalingMessage *message);
void gst_p2p_signaling_message_unref (GstP2pSignalingMessage *message);

/* The relayed types. All copy what they are given. */
GstP2pSignalingMessage *
gst_p2p_signaling_message_new_connect (const gchar *from, const gchar *to, const gchar *session,
                                       GstP2pDescription *description);
GstP2pSignalingMessage *
gst_p2p_signaling_message_new_candidate (const gchar *from, const gchar *to, const gchar *session,
                                         const gchar *candidate);
GstP2pSignalingMessage *
gst_p2p_signaling_message_new_bye (const gchar *from, const gchar *to, const gchar *session,
                                   const gchar *reason);

/* @code: one of the above
 * @text: a sentence for people
 * @about: (nullable): the relayed message that the error answers */
GstP2pSignalingMessage *gst_p2p_signaling_message_new_error (const gchar *code, const gchar *text,
                                                             const GstP2pSignalingMessage *about);

/**
 * gst_p2p_signaling_message_parse:
 * @text: from the network; need not end in NUL
 *
 * Unknown members are ignored. Every limit is checked before memory is allocated for it.
 *
 * Returns: %NULL with GST_P2P_ERROR_INVALID or GST_P2P_ERROR_LIMIT
 */
GstP2pSignalingMessage *
gst_p2p_signaling_message_parse (const gchar *text, gsize length, GError **error);

/**
 * gst_p2p_signaling_message_parse_envelope:
 * @relay: (out) (nullable): for connect, candidate and bye: the text to pass on
 * @code: (out): on failure, the code to answer with; not allocated
 *
 * What a server does instead of parse(). `sdp` and `candidate` are bounded, but not looked into,
 * and the message has none. @relay is printed anew, so that two readers who treat doubled members
 * or escapes differently still see the same message.
 */
GstP2pSignalingMessage *
gst_p2p_signaling_message_parse_envelope (const gchar *text, gsize length, gchar **relay,
                                          const gchar **code, GError **error);

/* One line of JSON. For bind and bound it holds secrets: free with gst_p2p_secret_text_free(). */
gchar *gst_p2p_signaling_message_print (const GstP2pSignalingMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSignalingMessage, gst_p2p_signaling_message_unref)

G_END_DECLS
