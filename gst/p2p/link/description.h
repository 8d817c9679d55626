/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * description: "SDP-at-home", what ICE, DTLS and SCTP need to know of a peer, and no more.
 *
 * Immutable and reference counted; any thread may use one. Every text is checked on the way in, so
 * that a description that exists is one that can be used. docs/wire.md has the format. What cannot
 * be used is GST_P2P_ERROR_INVALID, or _LIMIT if it is larger, or allows less, than it may.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define GST_P2P_DEFAULT_SCTP_PORT 5000
#define GST_P2P_DEFAULT_MAX_MESSAGE_SIZE                                                           \
  65536                                   /* RFC 8841 section 6: when the attribute is absent */
#define GST_P2P_MIN_MAX_MESSAGE_SIZE 1024 /* less than this cannot carry our frames */
#define GST_P2P_FRAMES_PROTOCOL "gst-frames-1"
/* What an end that has no framing lists, to say that its DTLS wants use_srtp: see docs/wire.md. */
#define GST_P2P_RAW_FRAMING "raw"
#define GST_P2P_MAX_CANDIDATE_LENGTH 1024

typedef struct _GstP2pDescription GstP2pDescription;

/**
 * gst_p2p_description_new:
 * @ufrag: 4 to 256 ice-chars (RFC 8839 section 5.4)
 * @pwd: 22 to 256 ice-chars
 * @fingerprint: SHA-256 of the certificate, RFC 8122 section 5; either case
 * @sctp_port: 1 to 65535
 * @max_message_size: bytes; 0 means no limit (RFC 8841), and is stored as G_MAXUINT32
 * @framings: (nullable): %NULL-terminated framing names
 */
GstP2pDescription *
gst_p2p_description_new (const gchar *ufrag, const gchar *pwd, const gchar *fingerprint,
                         guint sctp_port, guint64 max_message_size, const gchar *const *framings,
                         GError **error);

GstP2pDescription *gst_p2p_description_ref (GstP2pDescription *description);
void gst_p2p_description_unref (GstP2pDescription *description);

const gchar *gst_p2p_description_get_ufrag (const GstP2pDescription *description);
const gchar *gst_p2p_description_get_pwd (const GstP2pDescription *description);
const gchar *gst_p2p_description_get_fingerprint (const GstP2pDescription *description);
guint gst_p2p_description_get_sctp_port (const GstP2pDescription *description);
guint32 gst_p2p_description_get_max_message_size (const GstP2pDescription *description);
const gchar *const *gst_p2p_description_get_framings (const GstP2pDescription *description);
gboolean
gst_p2p_description_has_framing (const GstP2pDescription *description, const gchar *framing);

/* The application section of a session description as WebRTC stacks write it (RFC 8841), and back:
 * lossless. @setup (RFC 8842): "actpass", "active" or "passive". @sdp: hostile, at most 16 KiB. */
gchar *gst_p2p_description_to_sdp (const GstP2pDescription *description, const gchar *setup);
GstP2pDescription *
gst_p2p_description_new_from_sdp (const gchar *sdp, gsize length, GError **error);

/* One trickled candidate: "candidate:…" (RFC 8839 section 5.1) of at most
 * GST_P2P_MAX_CANDIDATE_LENGTH printable characters, or "" for the end of candidates. */
gboolean gst_p2p_candidate_validate (const gchar *candidate, GError **error);

/* Ids and session names as docs/wire.md has them. */
gboolean gst_p2p_id_is_valid (const gchar *id);
gboolean gst_p2p_session_is_valid (const gchar *session);
/* 128 random bits as 32 hex digits, from the cryptographic generator. */
gchar *gst_p2p_session_new (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pDescription, gst_p2p_description_unref)

G_END_DECLS
