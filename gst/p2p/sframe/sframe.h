/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sframe: frames sealed and opened end to end, in any of the three formats.
 *
 * A sealer is one sender's stream, an opener one received stream; both take their keys from a key
 * ring, keep the OpenSSL contexts that they derived, and notice by themselves when the ring
 * changes. A frame costs no allocation (but see aead.h). Each object is used by one thread at a
 * time; the ring may be shared.
 */
#pragma once

#include "gst/p2p/sframe/browserframe.h"
#include "gst/p2p/sframe/keyring.h"
#include "gst/p2p/sframe/suite.h"

G_BEGIN_DECLS

/** GST_P2P_SFRAME_MAX_FRAME: bytes of the largest frame */
#define GST_P2P_SFRAME_MAX_FRAME (512u * 1024 * 1024)

typedef struct _GstP2pSframeSealer GstP2pSframeSealer;
typedef struct _GstP2pSframeOpener GstP2pSframeOpener;

/**
 * GstP2pSframeConfig:
 * @ratchet_bits: 0 (no ratchet) to GST_P2P_SFRAME_RATCHET_BITS_MAX. sframe: R of RFC 9605
 * section 5.1; jitsi and livekit: an opener tries up to 2^R steps ahead (at most 16)
 * @replay_window: openers: frames, 1 to GST_P2P_SFRAME_REPLAY_WINDOW_MAX
 * @sif_trailer: openers of livekit: the bytes that mark a frame injected by the server, or NULL
 */
typedef struct
{
  GstP2pSframeFormat format;
  GstP2pSframeSuite suite;
  guint ratchet_bits;
  guint replay_window;
  GBytes *sif_trailer;
} GstP2pSframeConfig;

/**
 * gst_p2p_sframe_sealer_new: GST_P2P_ERROR_SETTINGS when format and suite don't fit.
 */
GstP2pSframeSealer *gst_p2p_sframe_sealer_new (const GstP2pSframeConfig *config,
                                               GstP2pSframeKeyring *ring, GError **error);
/** gst_p2p_sframe_sealer_free: gives the right to send back to the ring */
void gst_p2p_sframe_sealer_free (GstP2pSframeSealer *self);

/**
 * gst_p2p_sframe_sealer_set_key: from the next frame on seal with the ring's key @kid, and with
 * each key that takes its place in the ring, starting at @first_counter or by the clock (see
 * keyring.h). On failure the sealer has no key. Errors of gst_p2p_sframe_keyring_claim() and of the
 * key's derivation; GST_P2P_ERROR_SETTINGS for a key id above what the format can carry (jitsi 15,
 * livekit 255).
 */
gboolean gst_p2p_sframe_sealer_set_key (GstP2pSframeSealer *self, guint64 kid,
                                        guint64 first_counter, GError **error);

/**
 * gst_p2p_sframe_sealer_ratchet: moves the key one step on, in the ring too. sframe: under the next
 * key id of the ratchet. Errors as above.
 */
gboolean gst_p2p_sframe_sealer_ratchet (GstP2pSframeSealer *self, GError **error);

/** gst_p2p_sframe_sealer_get_max_size: the most bytes that sealing @frame can need */
gsize gst_p2p_sframe_sealer_get_max_size (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame);

/**
 * gst_p2p_sframe_sealer_seal: @out has gst_p2p_sframe_sealer_get_max_size() bytes and gets
 * @out_size of them; it does not overlap the frame. FALSE, and nothing in @out to be used:
 * GST_P2P_ERROR_NOT_FOUND (no key), GST_P2P_ERROR_INVALID (a frame that the format can't carry),
 * GST_P2P_ERROR_LIMIT (too large, or no counter left), GST_P2P_ERROR_CRYPTO.
 */
gboolean gst_p2p_sframe_sealer_seal (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame,
                                     guint8 *out, gsize *out_size, GError **error);

/**
 * gst_p2p_sframe_sealer_seal_with_iv: as above for jitsi and livekit, under the given IV, to
 * compare with other implementations. Never use an IV twice.
 */
gboolean
gst_p2p_sframe_sealer_seal_with_iv (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame,
                                    const guint8 iv[GST_P2P_SFRAME_NONCE_SIZE], guint8 *out,
                                    gsize *out_size, GError **error);

/** The key in use: FALSE when there is none. @fingerprint: 8 hexadecimal digits */
gboolean
gst_p2p_sframe_sealer_get_current (GstP2pSframeSealer *self, guint64 *kid, guint64 *next_counter,
                                   gchar fingerprint[GST_P2P_SFRAME_FINGERPRINT_SIZE]);

/**
 * GstP2pSframeVerdict:
 * @GST_P2P_SFRAME_VERDICT_OPENED: authentic, and new
 * @GST_P2P_SFRAME_VERDICT_FILLER: a known frame that the server injected in the clear; not
 * authentic
 * @GST_P2P_SFRAME_VERDICT_NO_KEY: nothing was tried: the ring has no key for this key id
 * @GST_P2P_SFRAME_VERDICT_BAD_TAG: forged, damaged, or sealed with another key
 * @GST_P2P_SFRAME_VERDICT_MALFORMED: not a frame of this format
 * @GST_P2P_SFRAME_VERDICT_REPLAY: repeated, or older than the window
 */
typedef enum
{
  GST_P2P_SFRAME_VERDICT_OPENED,
  GST_P2P_SFRAME_VERDICT_FILLER,
  GST_P2P_SFRAME_VERDICT_NO_KEY,
  GST_P2P_SFRAME_VERDICT_BAD_TAG,
  GST_P2P_SFRAME_VERDICT_MALFORMED,
  GST_P2P_SFRAME_VERDICT_REPLAY,
} GstP2pSframeVerdict;

GstP2pSframeOpener *gst_p2p_sframe_opener_new (const GstP2pSframeConfig *config,
                                               GstP2pSframeKeyring *ring, GError **error);
void gst_p2p_sframe_opener_free (GstP2pSframeOpener *self);

/**
 * gst_p2p_sframe_opener_open: @out has at least frame->size bytes, doesn't overlap the frame, and
 * gets
 * @out_size of them if the verdict is OPENED or FILLER; otherwise what it holds is not to be used.
 * @kid: the key id that the frame names, or 0 if malformed.
 * However many frames are forged: keys, windows and ratchets stay as they are, memory is bounded,
 * and derivations are limited per second.
 */
GstP2pSframeVerdict
gst_p2p_sframe_opener_open (GstP2pSframeOpener *self, const GstP2pSframeFrame *frame, guint8 *out,
                            gsize *out_size, guint64 *kid);

/** gst_p2p_sframe_opener_get_fingerprint: of the key last opened with, 8 hexadecimal digits, or ""
 */
const gchar *gst_p2p_sframe_opener_get_fingerprint (GstP2pSframeOpener *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSframeSealer, gst_p2p_sframe_sealer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSframeOpener, gst_p2p_sframe_opener_free)

G_END_DECLS
