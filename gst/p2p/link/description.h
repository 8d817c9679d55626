/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * description: what one end tells the other of itself: ICE credentials, the certificate's
 * fingerprint, limits, framings. docs/wire.md section 2 has the format.
 *
 * Immutable and reference counted; any thread may use one. Every text is checked on the way in, so
 * that a description that exists is one that can be used. What cannot be used is
 * GST_P2P_ERROR_INVALID, or _LIMIT if it is larger, or allows less, than it may.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define GST_P2P_DEFAULT_SCTP_PORT 5000
/* Where nothing is said (RFC 8841 section 6). */
#define GST_P2P_DEFAULT_MAX_MESSAGE_SIZE 65536
#define GST_P2P_MIN_MAX_MESSAGE_SIZE 1024 /* less than this cannot carry our frames */
#define GST_P2P_DEFAULT_MAX_FRAME_SIZE (16 * 1024 * 1024)
#define GST_P2P_DEFAULT_MAX_IN_FLIGHT (4 * 1024 * 1024)
#define GST_P2P_MIN_MAX_IN_FLIGHT                                                                  \
  (64 * 1024)                     /* what a receiver may take before it acknowledges               \
                                   */
#define GST_P2P_MAX_ICE_CHARS 256 /* of ufrag and pwd (RFC 8839 section 5.4) */
#define GST_P2P_MAX_FRAMINGS 16
#define GST_P2P_MAX_FRAMING_LENGTH 64
#define GST_P2P_FRAMES_PROTOCOL "gst-frames-1"
/* Raw messages, which the receiver acknowledges. */
#define GST_P2P_ACKED_RAW_PROTOCOL "gst-raw-1"
/* What an end lists that puts messages in parts together, which every gst-p2p does: docs/wire.md
 * section 4. Whoever lists anything says that its DTLS wants use_srtp, too: section 3. */
#define GST_P2P_RAW_FRAMING "raw-parts"

typedef struct _GstP2pDescription GstP2pDescription;

/**
 * GstP2pDescriptionLimits: in bytes
 * @max_message_size: 0 means no limit (RFC 8841), and is stored as G_MAXUINT32
 * @max_frame_size: of data in a buffer with gst-frames-1; 0 means the default
 * @max_in_flight: that all channels with acknowledgements may have unacknowledged together; 0
 *   means the default, and GST_P2P_MIN_MAX_IN_FLIGHT is the least
 */
typedef struct
{
  guint64 max_message_size;
  guint64 max_frame_size;
  guint64 max_in_flight;
} GstP2pDescriptionLimits;

/**
 * gst_p2p_description_new:
 * @ufrag: 4 to 256 ice-chars (RFC 8839 section 5.4)
 * @pwd: 22 to 256 ice-chars
 * @fingerprint: SHA-256 of the certificate, RFC 8122 section 5; either case
 * @sctp_port: 1 to 65535
 * @limits: what this end takes
 * @framings: (nullable): %NULL-terminated framing names
 */
GstP2pDescription *
gst_p2p_description_new (const gchar *ufrag, const gchar *pwd, const gchar *fingerprint,
                         guint sctp_port, const GstP2pDescriptionLimits *limits,
                         const gchar *const *framings, GError **error);

GstP2pDescription *gst_p2p_description_ref (GstP2pDescription *description);
void gst_p2p_description_unref (GstP2pDescription *description);

const gchar *gst_p2p_description_get_ufrag (const GstP2pDescription *description);
const gchar *gst_p2p_description_get_pwd (const GstP2pDescription *description);
const gchar *gst_p2p_description_get_fingerprint (const GstP2pDescription *description);
guint gst_p2p_description_get_sctp_port (const GstP2pDescription *description);
guint32 gst_p2p_description_get_max_message_size (const GstP2pDescription *description);
guint32 gst_p2p_description_get_max_frame_size (const GstP2pDescription *description);
guint32 gst_p2p_description_get_max_in_flight (const GstP2pDescription *description);
const gchar *const *gst_p2p_description_get_framings (const GstP2pDescription *description);
gboolean
gst_p2p_description_has_framing (const GstP2pDescription *description, const gchar *framing);

/*
 * The same as an application section of SDP, as WebRTC stacks write it (RFC 8841), and back,
 * without loss. Elements signal in JSON and use neither: these are for a program between an element
 * and a WebRTC stack, and for tests, which hold them to what docs/wire.md promises.
 *
 * @setup (RFC 8842): "actpass", "active" or "passive". @sdp: hostile, at most 16 KiB; the first
 * line of each kind counts, whatever section it stands in.
 */
gchar *gst_p2p_description_to_sdp (const GstP2pDescription *description, const gchar *setup);
GstP2pDescription *
gst_p2p_description_new_from_sdp (const gchar *sdp, gsize length, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pDescription, gst_p2p_description_unref)

G_END_DECLS
