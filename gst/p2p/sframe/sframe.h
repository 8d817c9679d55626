/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sframe: frames sealed and opened end to end, in any of the three formats.
 *
 * A sealer is one stream of a sender, an opener one stream of a receiver. Both take their keys from
 * a key ring, keep the OpenSSL contexts that they derived, and notice by themselves when the ring
 * changes. A frame costs no allocation (but see aead.h). One thread at a time uses an object; any
 * number of them share a ring.
 */
#pragma once

#include "gst/p2p/sframe/browserframe.h"
#include "gst/p2p/sframe/keyring.h"
#include "gst/p2p/sframe/suite.h"

G_BEGIN_DECLS

/* Bytes of the largest frame. */
#define GST_P2P_SFRAME_MAX_FRAME (512u * 1024 * 1024)

typedef struct _GstP2pSframeSealer GstP2pSframeSealer;
typedef struct _GstP2pSframeOpener GstP2pSframeOpener;

/**
 * GstP2pSframeConfig:
 * @ratchet_bits: 0 (no ratchet) to GST_P2P_SFRAME_RATCHET_BITS_MAX. sframe: R of RFC 9605 section
 * 5.1; jitsi and livekit: an opener tries up to 2^R steps ahead, at most 16
 * @replay_window: of openers: frames, 1 to GST_P2P_SFRAME_REPLAY_WINDOW_MAX
 * @sif_trailer: of openers of livekit: the bytes that mark a frame which the server injected;
 * nullable
 */
typedef struct
{
  GstP2pSframeFormat format;
  GstP2pSframeSuite suite;
  guint ratchet_bits;
  guint replay_window;
  GBytes *sif_trailer;
} GstP2pSframeConfig;

/* --- sealing --- */

/* %NULL with GST_P2P_ERROR_SETTINGS if format and suite do not fit. */
GstP2pSframeSealer *gst_p2p_sframe_sealer_new (const GstP2pSframeConfig *config,
                                               GstP2pSframeKeyring *ring, GError **error);
/* Gives the right to send back to the ring. */
void gst_p2p_sframe_sealer_free (GstP2pSframeSealer *self);

/* From the next frame on, seals with the ring's key for @kid, and with each key that takes its
 * place in the ring, starting at @first_counter or by the clock (see keyring.h). On failure the
 * sealer has no key. Errors of gst_p2p_sframe_keyring_claim() and of the key's derivation;
 * GST_P2P_ERROR_SETTINGS for a key id that the format cannot carry: jitsi has 0 to 15, livekit 0 to
 * 255. */
gboolean gst_p2p_sframe_sealer_set_key (GstP2pSframeSealer *self, guint64 kid,
                                        guint64 first_counter, GError **error);

/* Moves the key one step on, in the ring too; in format sframe it gets the next key id of its
 * ratchet. GST_P2P_ERROR_SETTINGS for a key that has no ratchet, GST_P2P_ERROR_BUSY if that key id
 * has another key or somebody else moved the key; else errors as above. */
gboolean gst_p2p_sframe_sealer_ratchet (GstP2pSframeSealer *self, GError **error);

/* The most bytes that sealing @frame can need. */
gsize gst_p2p_sframe_sealer_get_max_size (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame);

/* @out has gst_p2p_sframe_sealer_get_max_size() bytes, of which it gets @out_size; it must not
 * overlap the frame. If FALSE, nothing in @out is to be used: GST_P2P_ERROR_NOT_FOUND (no key),
 * GST_P2P_ERROR_SETTINGS (a codec that the format cannot carry), GST_P2P_ERROR_INVALID (a frame
 * that it cannot carry), GST_P2P_ERROR_LIMIT (too large, or no counter is left),
 * GST_P2P_ERROR_CRYPTO; and those of set_key(), if the ring has another key by now. */
gboolean gst_p2p_sframe_sealer_seal (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame,
                                     guint8 *out, gsize *out_size, GError **error);

/* As above for jitsi and livekit, under a given IV, which must never be used twice. No element uses
 * it; tests check the frames of other implementations with it. */
gboolean
gst_p2p_sframe_sealer_seal_with_iv (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame,
                                    const guint8 iv[GST_P2P_SFRAME_NONCE_SIZE], guint8 *out,
                                    gsize *out_size, GError **error);

/* The key in use; FALSE if there is none. */
gboolean
gst_p2p_sframe_sealer_get_current (GstP2pSframeSealer *self, guint64 *kid, guint64 *next_counter,
                                   gchar fingerprint[GST_P2P_SFRAME_FINGERPRINT_SIZE]);

/* --- opening --- */

/**
 * GstP2pSframeVerdict:
 * @GST_P2P_SFRAME_VERDICT_OPENED: authentic, and new
 * @GST_P2P_SFRAME_VERDICT_FILLER: a known frame that the server injected in the clear; not
 * authentic
 * @GST_P2P_SFRAME_VERDICT_NO_KEY: nothing was tried, since the ring has no key for this key id
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

/* %NULL with GST_P2P_ERROR_SETTINGS if format and suite do not fit. */
GstP2pSframeOpener *gst_p2p_sframe_opener_new (const GstP2pSframeConfig *config,
                                               GstP2pSframeKeyring *ring, GError **error);
void gst_p2p_sframe_opener_free (GstP2pSframeOpener *self);

/* @out has at least frame->size bytes and must not overlap the frame. If the verdict is OPENED or
 * FILLER it gets @out_size bytes; otherwise what it holds is not to be used. @kid: the key id that
 * the frame names; 0 if none could be read.
 * However many frames are forged, keys, windows and ratchets stay as they are, memory is bounded,
 * and so is the number of derivations per second. */
GstP2pSframeVerdict
gst_p2p_sframe_opener_open (GstP2pSframeOpener *self, const GstP2pSframeFrame *frame, guint8 *out,
                            gsize *out_size, guint64 *kid);

/* Of the base key for the key id of the last frame that opened, as the ring had it when that key id
 * first came; "" before. */
const gchar *gst_p2p_sframe_opener_get_fingerprint (GstP2pSframeOpener *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSframeSealer, gst_p2p_sframe_sealer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSframeOpener, gst_p2p_sframe_opener_free)

G_END_DECLS
