/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opener: the receiving half of sframe.h.
 *
 * One slot per key id holds the opening keys that frames under it may need: one, or with a ratchet
 * the current one and candidates for steps to come. A candidate becomes current, and the ring's key
 * moves on, only when a frame opened with it.
 */
#include "gst/p2p/sframe/sframe.h"

#include <string.h>

#include "gst/p2p/sframe/header.h"
#include "gst/p2p/sframe/nalu.h"
#include "gst/p2p/sframe/openingkey.h"

/* How many steps ahead are tried with frames of jitsi and livekit, which do not tell their step. */
#define MAX_TRIALS 16
/* Slots of an epoch's key ids that nothing authentic came under yet. */
#define MAX_STRANGERS 64

typedef struct
{
  /* the thread that uses the opener */
  guint64 kid;
  guint64 serial;
  guint64 chain_step; /* of the ring's key */
  gboolean by_epoch;
  gboolean authenticated; /* at least one frame opened */
  gchar fingerprint[GST_P2P_SFRAME_FINGERPRINT_SIZE];
  GPtrArray *keys; /* by rising step */
} Slot;

/* What forged frames may cost: so many per second. */
typedef struct
{
  /* the thread that uses the opener */
  guint per_second;
  guint left;
  gint64 since_us;
} Allowance;

struct _GstP2pSframeOpener
{
  /* const */
  GstP2pSframeFormat format;
  const GstP2pSframeSuiteInfo *suite;
  guint ratchet_bits;
  guint replay_window;
  GBytes *sif_trailer;
  GstP2pSframeKeyring *ring;

  /* the thread that uses the opener */
  GHashTable *slots; /* guint64 kid -> Slot */
  Slot *last;        /* the slot of the latest frame, or NULL */
  Slot *last_opened; /* of the latest frame that opened, or NULL */
  guint generation;  /* of the ring, when slots were compared with it */
  guint strangers;
  Allowance derivations, trials;
  GByteArray *units; /* an access unit with start codes in place of lengths */
  GByteArray *body;  /* of such a unit, unescaped */
};

/* --- life --- */

static void
slot_free (gpointer data)
{
  Slot *slot = data;

  g_ptr_array_unref (slot->keys);
  g_free (slot);
}

GstP2pSframeOpener *
gst_p2p_sframe_opener_new (const GstP2pSframeConfig *config, GstP2pSframeKeyring *ring,
                           GError **error)
{
  GstP2pSframeOpener *self;

  if (!gst_p2p_sframe_suite_check (config->format, config->suite, error))
    return NULL;
  self = g_new0 (GstP2pSframeOpener, 1);
  self->format = config->format;
  self->suite = gst_p2p_sframe_suite_get_info (config->suite, NULL);
  self->ratchet_bits = MIN (config->ratchet_bits, GST_P2P_SFRAME_RATCHET_BITS_MAX);
  self->replay_window = config->replay_window;
  self->sif_trailer = config->sif_trailer ? g_bytes_ref (config->sif_trailer) : NULL;
  self->ring = g_object_ref (ring);
  self->slots = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, slot_free);
  self->units = g_byte_array_new ();
  self->body = g_byte_array_new ();
  /* More derivations than any conference needs; a trial costs some decryptions. */
  self->derivations.per_second = 512;
  self->trials.per_second = 64;
  return self;
}

void
gst_p2p_sframe_opener_free (GstP2pSframeOpener *self)
{
  g_hash_table_unref (self->slots);
  g_clear_pointer (&self->sif_trailer, g_bytes_unref);
  g_byte_array_unref (self->units);
  g_byte_array_unref (self->body);
  g_object_unref (self->ring);
  g_free (self);
}

const gchar *
gst_p2p_sframe_opener_get_fingerprint (GstP2pSframeOpener *self)
{
  return self->last_opened ? self->last_opened->fingerprint : "";
}

/* --- slots, as the ring has keys --- */

static gboolean
allowance_take (Allowance *allowance)
{
  gint64 now = g_get_monotonic_time ();

  if (now - allowance->since_us >= G_USEC_PER_SEC || allowance->since_us == 0)
    {
      allowance->left = allowance->per_second;
      allowance->since_us = now;
    }
  if (allowance->left == 0)
    return FALSE;
  allowance->left--;
  return TRUE;
}

/* The opening key that is @steps after the base key in @entry. */
static GstP2pSframeOpeningKey *
derive_key (GstP2pSframeOpener *self, const GstP2pSframeKeyringEntry *entry, guint64 kid,
            guint64 steps)
{
  g_autoptr (GstP2pSecret) secret = gst_p2p_secret_ref (entry->secret);
  GstP2pSframeOpeningKey *key;

  for (guint64 i = 0; i < steps; i++)
    {
      GstP2pSecret *next
          = gst_p2p_sframe_ratchet (self->format, self->suite, secret, entry->kind, NULL);

      if (!next)
        return NULL;
      gst_p2p_secret_unref (secret);
      secret = next;
    }
  key = gst_p2p_sframe_opening_key_new (self->format, self->suite, kid, secret, entry->kind,
                                        self->replay_window);
  if (key)
    key->step = entry->step + steps;
  return key;
}

static void
forget (GstP2pSframeOpener *self, Slot *slot)
{
  if (slot == self->last)
    self->last = NULL;
  if (slot == self->last_opened)
    self->last_opened = NULL;
  if (slot->by_epoch && !slot->authenticated)
    self->strangers--;
}

/* Drops the keys that the ratchet has left so far behind that no late frame can need them. */
static void
prune (GstP2pSframeOpener *self, Slot *slot)
{
  guint64 keep = 1;

  if (self->format == GST_P2P_SFRAME_FORMAT_SFRAME && self->ratchet_bits > 1)
    keep = G_GUINT64_CONSTANT (1) << (self->ratchet_bits - 1);
  for (guint i = slot->keys->len; i > 0; i--)
    {
      GstP2pSframeOpeningKey *key = g_ptr_array_index (slot->keys, i - 1);

      if (key->step + keep < slot->chain_step)
        g_ptr_array_remove_index (slot->keys, i - 1);
    }
}

/*
 * The ring's key is at another step than before. With jitsi and livekit the key id stays, so the
 * slot needs an opening key for that step, unless a frame has brought it already.
 */
static void
follow (GstP2pSframeOpener *self, Slot *slot, const GstP2pSframeKeyringEntry *entry)
{
  GstP2pSframeOpeningKey *key = NULL;
  gboolean found = FALSE;

  slot->chain_step = entry->step;
  for (guint i = 0; i < slot->keys->len; i++)
    found |= ((GstP2pSframeOpeningKey *)g_ptr_array_index (slot->keys, i))->step == entry->step;
  if (self->format != GST_P2P_SFRAME_FORMAT_SFRAME && !found)
    key = derive_key (self, entry, slot->kid, 0);
  if (key)
    g_ptr_array_add (slot->keys, key);
  prune (self, slot);
}

/* Compares the slots with the ring, once for each time that it changed. */
static void
refresh (GstP2pSframeOpener *self)
{
  guint generation = gst_p2p_sframe_keyring_get_generation (self->ring);
  GHashTableIter iter;
  Slot *slot;

  if (generation == self->generation)
    return;
  self->generation = generation;
  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&slot))
    {
      GstP2pSframeKeyringEntry entry = { 0 };
      gboolean same
          = gst_p2p_sframe_keyring_lookup (self->ring, slot->kid, self->ratchet_bits, &entry)
            && entry.serial == slot->serial;

      if (same && entry.step != slot->chain_step)
        follow (self, slot, &entry);
      gst_p2p_sframe_keyring_entry_clear (&entry);
      if (!same || slot->keys->len == 0)
        {
          forget (self, slot);
          g_hash_table_iter_remove (&iter);
        }
    }
}

/* Makes room for one more key id that nothing authentic came under. */
static void
evict_stranger (GstP2pSframeOpener *self)
{
  GHashTableIter iter;
  Slot *slot;

  if (self->strangers < MAX_STRANGERS)
    return;
  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&slot))
    if (slot->by_epoch && !slot->authenticated)
      {
        forget (self, slot);
        g_hash_table_iter_remove (&iter);
        return;
      }
}

/* Makes the slot for @kid from the ring's key. */
static GstP2pSframeVerdict
make_slot (GstP2pSframeOpener *self, guint64 kid, Slot **out)
{
  GstP2pSframeKeyringEntry entry;
  GstP2pSframeOpeningKey *key;
  guint64 mask = (G_GUINT64_CONSTANT (1) << self->ratchet_bits) - 1, steps;
  Slot *slot;

  if (!gst_p2p_sframe_keyring_lookup (self->ring, kid, self->ratchet_bits, &entry))
    return GST_P2P_SFRAME_VERDICT_NO_KEY;
  if (self->format != GST_P2P_SFRAME_FORMAT_SFRAME && entry.kid != kid)
    {
      gst_p2p_sframe_keyring_entry_clear (&entry);
      return GST_P2P_SFRAME_VERDICT_NO_KEY;
    }
  steps = entry.by_epoch ? 0 : (kid - entry.kid) & mask;
  key = allowance_take (&self->derivations) ? derive_key (self, &entry, kid, steps) : NULL;
  if (!key)
    {
      gst_p2p_sframe_keyring_entry_clear (&entry);
      return GST_P2P_SFRAME_VERDICT_BAD_TAG;
    }
  slot = g_new0 (Slot, 1);
  slot->kid = kid;
  slot->serial = entry.serial;
  slot->chain_step = entry.step;
  slot->by_epoch = entry.by_epoch;
  gst_p2p_sframe_secret_get_fingerprint (entry.secret, slot->fingerprint);
  slot->keys = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_p2p_sframe_opening_key_free);
  g_ptr_array_add (slot->keys, key);
  if (slot->by_epoch)
    {
      evict_stranger (self);
      self->strangers++;
    }
  g_hash_table_insert (self->slots, &slot->kid, slot);
  gst_p2p_sframe_keyring_entry_clear (&entry);
  *out = slot;
  return GST_P2P_SFRAME_VERDICT_OPENED;
}

/* --- steps of a ratchet --- */

/* A frame opened with a step that the ring has not reached: it moves there, for good. */
static void
advance (GstP2pSframeOpener *self, Slot *slot, guint64 step)
{
  GstP2pSframeKeyringEntry entry;

  if (!gst_p2p_sframe_keyring_lookup_serial (self->ring, slot->serial, &entry))
    return;
  if (step > entry.step)
    {
      g_autoptr (GstP2pSecret) secret = gst_p2p_secret_ref (entry.secret);

      for (guint64 i = entry.step; i < step && secret; i++)
        {
          GstP2pSecret *next
              = gst_p2p_sframe_ratchet (self->format, self->suite, secret, entry.kind, NULL);

          gst_p2p_secret_unref (secret);
          secret = next;
        }
      if (secret)
        gst_p2p_sframe_keyring_advance (self->ring, slot->serial, entry.step, step, slot->kid,
                                        secret);
    }
  gst_p2p_sframe_keyring_entry_clear (&entry);
}

/* A candidate that follows the last key of @slot; NULL: there is none to try. */
static GstP2pSframeOpeningKey *
next_candidate (GstP2pSframeOpener *self, Slot *slot)
{
  GstP2pSframeOpeningKey *last = g_ptr_array_index (slot->keys, slot->keys->len - 1), *next;
  guint64 step, turn = G_GUINT64_CONSTANT (1) << self->ratchet_bits;
  GstP2pSframeKeyringEntry entry;

  if (slot->by_epoch || self->ratchet_bits == 0)
    return NULL;
  if (self->format == GST_P2P_SFRAME_FORMAT_SFRAME)
    {
      /* The same key id again, one turn of the ratchet later. */
      if (last->step >= slot->chain_step)
        return NULL;
      step = last->step + turn;
    }
  else
    {
      step = last->step + 1;
      if (step > slot->chain_step + MIN (turn, MAX_TRIALS))
        return NULL;
    }
  if (!allowance_take (&self->derivations)
      || !gst_p2p_sframe_keyring_lookup_serial (self->ring, slot->serial, &entry))
    return NULL;
  next = entry.step <= step ? derive_key (self, &entry, slot->kid, step - entry.step) : NULL;
  gst_p2p_sframe_keyring_entry_clear (&entry);
  if (next)
    g_ptr_array_add (slot->keys, next);
  return next;
}

/* The index of the key that a frame under @slot most probably needs. */
static guint
current_index (GstP2pSframeOpener *self, Slot *slot)
{
  if (self->format != GST_P2P_SFRAME_FORMAT_SFRAME)
    for (guint i = 0; i < slot->keys->len; i++)
      if (((GstP2pSframeOpeningKey *)g_ptr_array_index (slot->keys, i))->step == slot->chain_step)
        return i;
  return 0;
}

/* --- opening --- */

static GstP2pSframeVerdict
open_with_slot (GstP2pSframeOpener *self, Slot *slot, const GstP2pSframeSealedFrame *frame,
                guint8 *out)
{
  guint current = current_index (self, slot);
  GstP2pSframeOpeningKey *key = g_ptr_array_index (slot->keys, current);
  GstP2pSframeVerdict verdict = gst_p2p_sframe_opening_key_open (key, frame, out), worst = verdict;

  if (verdict != GST_P2P_SFRAME_VERDICT_OPENED && self->ratchet_bits > 0
      && (self->format == GST_P2P_SFRAME_FORMAT_SFRAME || allowance_take (&self->trials)))
    for (guint i = 0; verdict != GST_P2P_SFRAME_VERDICT_OPENED; i++)
      {
        if (i == current)
          continue;
        key = i < slot->keys->len ? g_ptr_array_index (slot->keys, i) : next_candidate (self, slot);
        if (!key)
          return worst;
        verdict = gst_p2p_sframe_opening_key_open (key, frame, out);
        /* That it was here before says more than that other keys do not fit. */
        if (verdict == GST_P2P_SFRAME_VERDICT_REPLAY)
          worst = verdict;
      }
  if (verdict != GST_P2P_SFRAME_VERDICT_OPENED)
    return worst;
  if (!slot->authenticated && slot->by_epoch)
    self->strangers--;
  slot->authenticated = TRUE;
  self->last_opened = slot;
  if (key->step > slot->chain_step)
    advance (self, slot, key->step);
  return verdict;
}

static GstP2pSframeVerdict
open_sealed (GstP2pSframeOpener *self, const GstP2pSframeSealedFrame *frame, guint8 *out)
{
  Slot *slot;

  refresh (self);
  slot = self->last;
  if (!slot || slot->kid != frame->kid)
    {
      slot = g_hash_table_lookup (self->slots, &frame->kid);
      if (!slot)
        {
          GstP2pSframeVerdict verdict = make_slot (self, frame->kid, &slot);

          if (verdict != GST_P2P_SFRAME_VERDICT_OPENED)
            return verdict;
        }
      self->last = slot;
    }
  return open_with_slot (self, slot, frame, out);
}

static GstP2pSframeVerdict
open_sframe (GstP2pSframeOpener *self, const GstP2pSframeFrame *frame, guint8 *out, gsize *out_size,
             guint64 *kid)
{
  GstP2pSframeSealedFrame sealed = { 0 };
  gsize header
      = gst_p2p_sframe_header_parse (frame->data, frame->size, &sealed.kid, &sealed.counter);

  if (header == 0 || frame->size - header < self->suite->tag_size)
    return GST_P2P_SFRAME_VERDICT_MALFORMED;
  *kid = sealed.kid;
  sealed.aad.header = frame->data;
  sealed.aad.header_size = header;
  sealed.aad.metadata = frame->metadata;
  sealed.aad.metadata_size = frame->metadata_size;
  sealed.cipher = frame->data + header;
  sealed.size = frame->size - header - self->suite->tag_size;
  sealed.tag = sealed.cipher + sealed.size;
  *out_size = sealed.size;
  return open_sealed (self, &sealed, out);
}

/* @frame is a byte stream, if it has NAL units. */
static GstP2pSframeVerdict
open_browser (GstP2pSframeOpener *self, const GstP2pSframeFrame *frame, guint8 *out,
              gsize *out_size, guint64 *kid)
{
  GstP2pSframeSealedFrame sealed = { 0 };
  gsize clear, size;
  const guint8 *body, *trailer;

  if (!gst_p2p_sframe_browser_frame_check (self->format, frame->codec, NULL)
      || !gst_p2p_sframe_browser_frame_get_clear_size (self->format, frame, &clear, NULL))
    return GST_P2P_SFRAME_VERDICT_MALFORMED;
  body = frame->data + clear;
  size = frame->size - clear;
  if (gst_p2p_sframe_browser_frame_is_nalu (frame->codec))
    {
      g_byte_array_set_size (self->body, (guint)size);
      size = gst_p2p_sframe_nalu_unescape (body, size, self->body->data);
      body = self->body->data;
    }
  if (size < GST_P2P_SFRAME_BROWSER_OVERHEAD)
    return GST_P2P_SFRAME_VERDICT_MALFORMED;
  trailer = body + size - GST_P2P_SFRAME_BROWSER_TRAILER_SIZE;
  if (trailer[GST_P2P_SFRAME_NONCE_SIZE] != GST_P2P_SFRAME_NONCE_SIZE)
    return GST_P2P_SFRAME_VERDICT_MALFORMED;
  *kid = sealed.kid = trailer[GST_P2P_SFRAME_NONCE_SIZE + 1];
  memcpy (sealed.iv, trailer, sizeof sealed.iv);
  sealed.aad.header = frame->data;
  sealed.aad.header_size = clear;
  sealed.cipher = body;
  sealed.size = size - GST_P2P_SFRAME_BROWSER_OVERHEAD;
  sealed.tag = body + sealed.size;
  *out_size = clear + sealed.size;
  memcpy (out, frame->data, clear);
  return open_sealed (self, &sealed, out + clear);
}

static GstP2pSframeVerdict
open_lengths (GstP2pSframeOpener *self, const GstP2pSframeFrame *frame, guint8 *out,
              gsize *out_size, guint64 *kid)
{
  GstP2pSframeFrame stream = *frame;
  GstP2pSframeVerdict verdict;

  g_byte_array_set_size (self->units, 0);
  g_byte_array_append (self->units, frame->data, (guint)frame->size);
  /* Where clear and sealed bytes meet they may make up a start code; the slice comes before it. */
  if (!gst_p2p_sframe_nalu_from_lengths (self->units->data, frame->size, FALSE))
    return GST_P2P_SFRAME_VERDICT_MALFORMED;
  stream.data = self->units->data;
  verdict = open_browser (self, &stream, out, out_size, kid);
  if (verdict == GST_P2P_SFRAME_VERDICT_OPENED && !gst_p2p_sframe_nalu_to_lengths (out, *out_size))
    return GST_P2P_SFRAME_VERDICT_MALFORMED;
  return verdict;
}

/* Whether the frame ends with the server's mark; then the verdict says whether it may pass. */
static gboolean
is_injected (GstP2pSframeOpener *self, const GstP2pSframeFrame *frame, guint8 *out, gsize *out_size,
             GstP2pSframeVerdict *verdict)
{
  gsize size = 0;
  const guint8 *mark = self->sif_trailer ? g_bytes_get_data (self->sif_trailer, &size) : NULL;

  if (self->format != GST_P2P_SFRAME_FORMAT_LIVEKIT || size == 0 || frame->size < size
      || memcmp (frame->data + frame->size - size, mark, size) != 0)
    return FALSE;
  *verdict = GST_P2P_SFRAME_VERDICT_MALFORMED;
  if (gst_p2p_sframe_browser_frame_is_filler (frame->data, frame->size - size))
    {
      *verdict = GST_P2P_SFRAME_VERDICT_FILLER;
      *out_size = frame->size - size;
      memcpy (out, frame->data, *out_size);
    }
  return TRUE;
}

GstP2pSframeVerdict
gst_p2p_sframe_opener_open (GstP2pSframeOpener *self, const GstP2pSframeFrame *frame, guint8 *out,
                            gsize *out_size, guint64 *kid)
{
  GstP2pSframeVerdict verdict;

  *kid = 0;
  if (frame->size > GST_P2P_SFRAME_MAX_FRAME + GST_P2P_SFRAME_MAX_FRAME / 2)
    return GST_P2P_SFRAME_VERDICT_MALFORMED;
  if (self->format == GST_P2P_SFRAME_FORMAT_SFRAME)
    return open_sframe (self, frame, out, out_size, kid);
  if (is_injected (self, frame, out, out_size, &verdict))
    return verdict;
  if (frame->length_prefixed && gst_p2p_sframe_browser_frame_is_nalu (frame->codec))
    return open_lengths (self, frame, out, out_size, kid);
  return open_browser (self, frame, out, out_size, kid);
}
