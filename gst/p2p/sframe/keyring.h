/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyring: base keys by key id (KID), shared by any number of sealers and openers on any threads.
 *
 * It also hands out the right to send: to one sender per key id, and with a first counter that no
 * sender with the same key has used, so that no nonce is used twice with a key. Between processes
 * this holds as long as the clock is not set back beyond the last run.
 *
 * Signals, for users that only have the object; on the thread that calls, under no lock:
 * - "key-added" (guint64 id): a key came for this key id, or for the epoch of this number
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

/* Keys in a ring; one more is refused. */
#define GST_P2P_SFRAME_KEYRING_MAX_KEYS 65536
/* Epochs in a ring; with one more the oldest is forgotten. */
#define GST_P2P_SFRAME_KEYRING_MAX_EPOCHS 16
/* The largest R: a ratchet has at most 256 steps in its key id. */
#define GST_P2P_SFRAME_RATCHET_BITS_MAX 8
/* As a first counter: the ring chooses it by the clock. */
#define GST_P2P_SFRAME_COUNTER_AUTO G_MAXUINT64

/**
 * GstP2pSframeKeyringEntry:
 * @kid: the key id that @secret is for; for an epoch the part of it that is the epoch's
 * @serial: no other key has it; a key keeps it when a ratchet moves it on
 * @step: how many ratchet steps the ring has taken with the key
 * @by_epoch: the key is that of all key ids of an MLS epoch
 * @secret: a reference
 *
 * A copy of what the ring holds. Clear it by gst_p2p_sframe_keyring_entry_clear().
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

/**
 * GstP2pSframeSendRight:
 * @counter: the one to start at
 * @prefix: the first 4 bytes of IVs in the browser formats; none of them is zero
 *
 * What a sender gets from the ring.
 */
typedef struct
{
  guint64 counter;
  guint32 prefix;
} GstP2pSframeSendRight;

GstP2pSframeKeyring *gst_p2p_sframe_keyring_new (void);

/* A key for @kid, in place of one with other bytes. To add the same key again changes nothing, so
 * that windows against replay live on. GST_P2P_ERROR_LIMIT if the ring is full. */
gboolean gst_p2p_sframe_keyring_add (GstP2pSframeKeyring *self, guint64 kid, GstP2pSecret *secret,
                                     GstP2pSframeKeyKind kind, GError **error);

/**
 * gst_p2p_sframe_keyring_add_epoch:
 * @epoch_bits: E, 1 to 16
 * @sender_bits: S, at most 64 - E
 *
 * One base key for all key ids of an MLS epoch (RFC 9605 section 5.2):
 * KID = (context << (S+E)) + (sender << E) + (epoch mod 2^E). Of epochs with the same low bits the
 * one added last counts. A key for the one key id goes before an epoch's.
 * GST_P2P_ERROR_SETTINGS for numbers of bits that do not fit into a key id.
 */
gboolean
gst_p2p_sframe_keyring_add_epoch (GstP2pSframeKeyring *self, guint64 epoch, guint epoch_bits,
                                  guint sender_bits, GstP2pSecret *secret, GError **error);

/* Whether there was a key for this one key id. */
gboolean gst_p2p_sframe_keyring_remove (GstP2pSframeKeyring *self, guint64 kid);

/* Another number after every change of the ring. An atomic read, which costs next to nothing. */
guint gst_p2p_sframe_keyring_get_generation (GstP2pSframeKeyring *self);

/* The key for @kid. If there is none and @ratchet_bits is not 0, the key of the same ratchet, whose
 * key id differs in the lowest bits alone; else an epoch's. FALSE if there is none. */
gboolean gst_p2p_sframe_keyring_lookup (GstP2pSframeKeyring *self, guint64 kid, guint ratchet_bits,
                                        GstP2pSframeKeyringEntry *out);

/* The key with @serial, if it is still there. */
gboolean gst_p2p_sframe_keyring_lookup_serial (GstP2pSframeKeyring *self, guint64 serial,
                                               GstP2pSframeKeyringEntry *out);
void gst_p2p_sframe_keyring_entry_clear (GstP2pSframeKeyringEntry *entry);

/* Replaces the key with @serial, if it is at @from_step, by its successor @secret, at @to_step and
 * for @kid; the old key is forgotten. FALSE if that key is gone, is an epoch's or at another step,
 * and also if there is another key for @kid. */
gboolean
gst_p2p_sframe_keyring_advance (GstP2pSframeKeyring *self, guint64 serial, guint64 from_step,
                                guint64 to_step, guint64 kid, GstP2pSecret *secret);

/**
 * gst_p2p_sframe_keyring_claim:
 * @owner: who sends; an address, which is not dereferenced
 * @first_counter: where to start, or GST_P2P_SFRAME_COUNTER_AUTO: by the clock, 256 counters per
 * microsecond, so that a sender that restarts with the same key starts above all that it can have
 * used. An explicit counter is raised to where the last sender with that key stopped.
 * @real_time_us: g_get_real_time()
 * @entry: (out): the key; to be cleared
 *
 * The right to send under @kid. GST_P2P_ERROR_NOT_FOUND without the key, GST_P2P_ERROR_BUSY if
 * another owner sends under @kid, GST_P2P_ERROR_SETTINGS if the clock is not set,
 * GST_P2P_ERROR_LIMIT for explicit counters of too many keys, GST_P2P_ERROR_CRYPTO without random
 * numbers.
 */
gboolean gst_p2p_sframe_keyring_claim (GstP2pSframeKeyring *self, guint64 kid, gconstpointer owner,
                                       guint64 first_counter, gint64 real_time_us,
                                       GstP2pSframeKeyringEntry *entry,
                                       GstP2pSframeSendRight *right, GError **error);

/* @owner does not send under @kid any more; @next_counter is the first that it did not use with
 * @secret. */
void gst_p2p_sframe_keyring_release (GstP2pSframeKeyring *self, guint64 kid, gconstpointer owner,
                                     GstP2pSecret *secret, guint64 next_counter);

G_END_DECLS
