/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyring: base keys by key id (KID), shared by any number of sealers and openers on any threads.
 *
 * It also hands out the right to send: one sender per key id, and first counters that no sender
 * with the same key can have used, so that a nonce is never used twice with a key.
 *
 * Signals, for users that only have the object:
 * - "key-added" (guint64 kid): after a key came; on the thread that added it, under no lock
 * - action "add-key" (guint64 kid, GBytes *key) → gboolean
 * - action "add-epoch" (guint64 epoch, guint epoch-bits, guint sender-bits, GBytes *key) → gboolean
 * - action "remove-key" (guint64 kid) → gboolean: whether there was one
 */
#pragma once

#include <glib-object.h>

#include "gst/p2p/base/secret.h"
#include "gst/p2p/sframe/kdf.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_SFRAME_KEYRING (gst_p2p_sframe_keyring_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pSframeKeyring, gst_p2p_sframe_keyring, GST, P2P_SFRAME_KEYRING, GObject)

/** GST_P2P_SFRAME_KEYRING_MAX_KEYS: keys in one ring; GST_P2P_SFRAME_KEYRING_MAX_EPOCHS: the latest
 * are kept */
#define GST_P2P_SFRAME_KEYRING_MAX_KEYS 65536
#define GST_P2P_SFRAME_KEYRING_MAX_EPOCHS 16
/** GST_P2P_SFRAME_RATCHET_BITS_MAX: the largest R, so that a ratchet has at most 256 steps in its
 * key id
 */
#define GST_P2P_SFRAME_RATCHET_BITS_MAX 8
/** GST_P2P_SFRAME_COUNTER_AUTO: the ring chooses the first counter by the clock */
#define GST_P2P_SFRAME_COUNTER_AUTO G_MAXUINT64

/**
 * GstP2pSframeKeyringEntry: a copy of what the ring holds; clear it with
 * gst_p2p_sframe_keyring_entry_clear().
 * @kid: the key id that @secret is for
 * @serial: unique per key that was added; stays the same when a ratchet moves it on
 * @step: how many ratchet steps the ring has taken with it
 * @by_epoch: one for all key ids of an MLS epoch; @kid is then the epoch's part of them
 * @secret: a reference
 */
typedef struct
{
  guint64 kid;
  guint64 serial;
  guint64 step;
  gboolean by_epoch;
  GstP2pSframeKeyKind kind;
  GstP2pSecret *secret;
} GstP2pSframeKeyringEntry;

/** GstP2pSframeSendRight: what a sender got: start at @counter, put @prefix (no zero byte) into
 * browser IVs */
typedef struct
{
  guint64 counter;
  guint32 prefix;
} GstP2pSframeSendRight;

GstP2pSframeKeyring *gst_p2p_sframe_keyring_new (void);

/**
 * gst_p2p_sframe_keyring_add: a key for @kid, in place of one with other bytes. Adding the same key
 * again changes nothing, so that windows against replay live on. GST_P2P_ERROR_LIMIT when full.
 */
gboolean gst_p2p_sframe_keyring_add (GstP2pSframeKeyring *self, guint64 kid, GstP2pSecret *secret,
                                     GstP2pSframeKeyKind kind, GError **error);

/**
 * gst_p2p_sframe_keyring_add_epoch: one base key for all key ids of an MLS epoch (RFC 9605
 * section 5.2): KID = (context << (S+E)) + (sender << E) + (epoch mod 2^E). @epoch_bits is E, 1
 * to 16.
 * @sender_bits is S. Of several epochs with the same low bits the latest added counts. A single key
 * goes before an epoch. GST_P2P_ERROR_SETTINGS for numbers of bits that do not fit into a key id.
 */
gboolean
gst_p2p_sframe_keyring_add_epoch (GstP2pSframeKeyring *self, guint64 epoch, guint epoch_bits,
                                  guint sender_bits, GstP2pSecret *secret, GError **error);

/** gst_p2p_sframe_keyring_remove: whether there was a key for @kid alone */
gboolean gst_p2p_sframe_keyring_remove (GstP2pSframeKeyring *self, guint64 kid);

/** gst_p2p_sframe_keyring_get_generation: changes with every change of the ring; a cheap atomic
 * read */
guint gst_p2p_sframe_keyring_get_generation (GstP2pSframeKeyring *self);

/**
 * gst_p2p_sframe_keyring_lookup: the key for @kid. With @ratchet_bits > 0, if there is none for
 * @kid itself, the one of the same ratchet (the same KID but for the lowest bits); else one by
 * epoch. FALSE when there is none.
 */
gboolean gst_p2p_sframe_keyring_lookup (GstP2pSframeKeyring *self, guint64 kid, guint ratchet_bits,
                                        GstP2pSframeKeyringEntry *out);

/** gst_p2p_sframe_keyring_lookup_serial: the key that @serial was given to, if it is still there */
gboolean gst_p2p_sframe_keyring_lookup_serial (GstP2pSframeKeyring *self, guint64 serial,
                                               GstP2pSframeKeyringEntry *out);
void gst_p2p_sframe_keyring_entry_clear (GstP2pSframeKeyringEntry *entry);

/**
 * gst_p2p_sframe_keyring_advance: replaces the key @serial, if it is still at @from_step, by its
 * successor
 * @secret at @to_step under the key id @kid. The old key is forgotten. FALSE when somebody else was
 * faster.
 */
gboolean
gst_p2p_sframe_keyring_advance (GstP2pSframeKeyring *self, guint64 serial, guint64 from_step,
                                guint64 to_step, guint64 kid, GstP2pSecret *secret);

/**
 * gst_p2p_sframe_keyring_claim: the right to send under @kid for @owner (an address, not
 * dereferenced).
 * @first_counter: where to start, or GST_P2P_SFRAME_COUNTER_AUTO: by the clock, 256 counters a
 * microsecond, so that a sender that restarts with the same key starts above everything it can have
 * used.
 * @real_time_us: g_get_real_time().
 * An explicit counter is only taken as it is the first time with that key; then the sender goes on
 * where it stopped.
 * GST_P2P_ERROR_NOT_FOUND without the key, GST_P2P_ERROR_BUSY when another owner sends under @kid,
 * GST_P2P_ERROR_SETTINGS when the clock is unset.
 */
gboolean gst_p2p_sframe_keyring_claim (GstP2pSframeKeyring *self, guint64 kid, gconstpointer owner,
                                       guint64 first_counter, gint64 real_time_us,
                                       GstP2pSframeKeyringEntry *entry,
                                       GstP2pSframeSendRight *right, GError **error);

/**
 * gst_p2p_sframe_keyring_release: @owner no longer sends under @kid; @next_counter is the first
 * that it did not use with @secret.
 */
void gst_p2p_sframe_keyring_release (GstP2pSframeKeyring *self, guint64 kid, gconstpointer owner,
                                     GstP2pSecret *secret, guint64 next_counter);

G_END_DECLS
