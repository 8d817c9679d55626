/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyring: see keyring.h. One mutex guards everything; it is held for table look-ups (and a key's
 * fingerprint, when a sender counts by itself), never for a frame key or a signal.
 */
#include "gst/p2p/sframe/keyring.h"

#include <openssl/rand.h>

#include "gst/p2p/base/error.h"

/* 2025-01-01: a clock before this was never set. To count from here keeps counters short. */
#define CLOCK_EPOCH_US (G_GINT64_CONSTANT (1735689600) * G_USEC_PER_SEC)
/*
 * 256 counters per microsecond: no sender seals 256 million frames per second, so the clock stays
 * ahead of every counter in use, for 2283 years.
 */
#define COUNTER_SHIFT 8
/* How many keys have their explicit counters remembered, so that none is used again. */
#define MAX_EXPLICIT 4096

typedef struct
{
  /* the ring's lock */
  GstP2pSframeKeyringEntry entry; /* kid: the epoch's number modulo 2^bits */
  guint epoch_bits;
} Epoch;

typedef struct
{
  /* the ring's lock */
  gconstpointer owner;
  guint32 prefix;
  gboolean explicit_counter;
} Claim;

struct _GstP2pSframeKeyring
{
  GObject parent;

  /* atomic */
  guint generation;

  /* lock */
  GMutex lock;
  GPtrArray *entries;        /* of GstP2pSframeKeyringEntry, sorted by kid */
  GPtrArray *epochs;         /* of Epoch, the latest last */
  GHashTable *claims;        /* guint64 kid -> Claim */
  GHashTable *explicit_ends; /* "kid:fingerprint" -> guint64 next counter */
  guint64 highest_auto;      /* the first counter above all that automatic senders gave back */
  guint64 next_serial;
};

G_DEFINE_FINAL_TYPE (GstP2pSframeKeyring, gst_p2p_sframe_keyring, G_TYPE_OBJECT)

enum
{
  SIGNAL_KEY_ADDED,
  SIGNAL_ADD_KEY,
  SIGNAL_ADD_EPOCH,
  SIGNAL_REMOVE_KEY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
gst_p2p_sframe_keyring_entry_clear (GstP2pSframeKeyringEntry *entry)
{
  g_clear_pointer (&entry->secret, gst_p2p_secret_unref);
}

static void
entry_copy (const GstP2pSframeKeyringEntry *from, GstP2pSframeKeyringEntry *to)
{
  *to = *from;
  gst_p2p_secret_ref (to->secret);
}

static void
entry_free (gpointer data)
{
  gst_p2p_sframe_keyring_entry_clear (data);
  g_free (data);
}

static void
epoch_free (gpointer data)
{
  Epoch *epoch = data;

  gst_p2p_sframe_keyring_entry_clear (&epoch->entry);
  g_free (epoch);
}

/* --- keys --- */

/* The index of the first entry whose kid is not below @kid. */
static guint
lower_bound_locked (GstP2pSframeKeyring *self, guint64 kid)
{
  guint low = 0, high = self->entries->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      GstP2pSframeKeyringEntry *entry = g_ptr_array_index (self->entries, middle);

      if (entry->kid < kid)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The entry with the lowest kid in @from to @to, or NULL. */
static GstP2pSframeKeyringEntry *
find_range_locked (GstP2pSframeKeyring *self, guint64 from, guint64 to)
{
  guint at = lower_bound_locked (self, from);
  GstP2pSframeKeyringEntry *entry;

  if (at == self->entries->len)
    return NULL;
  entry = g_ptr_array_index (self->entries, at);
  return entry->kid <= to ? entry : NULL;
}

static GstP2pSframeKeyringEntry *
find_locked (GstP2pSframeKeyring *self, guint64 kid, guint ratchet_bits)
{
  GstP2pSframeKeyringEntry *entry = find_range_locked (self, kid, kid);

  if (!entry && ratchet_bits > 0)
    {
      guint64 steps = (G_GUINT64_CONSTANT (1) << ratchet_bits) - 1;

      entry = find_range_locked (self, kid & ~steps, kid | steps);
    }
  for (guint i = self->epochs->len; !entry && i > 0; i--)
    {
      Epoch *epoch = g_ptr_array_index (self->epochs, i - 1);

      if ((kid & ((G_GUINT64_CONSTANT (1) << epoch->epoch_bits) - 1)) == epoch->entry.kid)
        entry = &epoch->entry;
    }
  return entry;
}

static void
insert_locked (GstP2pSframeKeyring *self, GstP2pSframeKeyringEntry *entry)
{
  g_ptr_array_insert (self->entries, (gint)lower_bound_locked (self, entry->kid), entry);
}

static gboolean
add_locked (GstP2pSframeKeyring *self, guint64 kid, GstP2pSecret *secret, GstP2pSframeKeyKind kind,
            gboolean *changed, GError **error)
{
  GstP2pSframeKeyringEntry *entry = find_range_locked (self, kid, kid);

  *changed = FALSE;
  if (entry && entry->kind == kind && gst_p2p_secret_equal (entry->secret, secret))
    return TRUE;
  if (!entry)
    {
      if (self->entries->len >= GST_P2P_SFRAME_KEYRING_MAX_KEYS)
        {
          g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                       "A key ring holds at most %d keys; remove old ones",
                       GST_P2P_SFRAME_KEYRING_MAX_KEYS);
          return FALSE;
        }
      entry = g_new0 (GstP2pSframeKeyringEntry, 1);
      entry->kid = kid;
      insert_locked (self, entry);
    }
  g_clear_pointer (&entry->secret, gst_p2p_secret_unref);
  entry->secret = gst_p2p_secret_ref (secret);
  entry->kind = kind;
  entry->step = 0;
  entry->serial = ++self->next_serial;
  g_atomic_int_inc (&self->generation);
  *changed = TRUE;
  return TRUE;
}

gboolean
gst_p2p_sframe_keyring_add (GstP2pSframeKeyring *self, guint64 kid, GstP2pSecret *secret,
                            GstP2pSframeKeyKind kind, GError **error)
{
  gboolean ok, changed;

  g_mutex_lock (&self->lock);
  ok = add_locked (self, kid, secret, kind, &changed, error);
  g_mutex_unlock (&self->lock);
  if (changed)
    g_signal_emit (self, signals[SIGNAL_KEY_ADDED], 0, kid);
  return ok;
}

gboolean
gst_p2p_sframe_keyring_add_epoch (GstP2pSframeKeyring *self, guint64 epoch, guint epoch_bits,
                                  guint sender_bits, GstP2pSecret *secret, GError **error)
{
  Epoch *item;

  if (epoch_bits < 1 || epoch_bits > 16 || sender_bits > 64 - epoch_bits)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "An epoch needs 1 to 16 bits of the key id, and a sender no more than "
                           "the rest");
      return FALSE;
    }
  item = g_new0 (Epoch, 1);
  item->epoch_bits = epoch_bits;
  item->entry.kid = epoch & ((G_GUINT64_CONSTANT (1) << epoch_bits) - 1);
  item->entry.secret = gst_p2p_secret_ref (secret);
  item->entry.kind = GST_P2P_SFRAME_KEY_BYTES;
  item->entry.by_epoch = TRUE;
  g_mutex_lock (&self->lock);
  item->entry.serial = ++self->next_serial;
  if (self->epochs->len == GST_P2P_SFRAME_KEYRING_MAX_EPOCHS)
    g_ptr_array_remove_index (self->epochs, 0);
  g_ptr_array_add (self->epochs, item);
  g_atomic_int_inc (&self->generation);
  g_mutex_unlock (&self->lock);
  g_signal_emit (self, signals[SIGNAL_KEY_ADDED], 0, epoch);
  return TRUE;
}

gboolean
gst_p2p_sframe_keyring_remove (GstP2pSframeKeyring *self, guint64 kid)
{
  GstP2pSframeKeyringEntry *entry;

  g_mutex_lock (&self->lock);
  entry = find_range_locked (self, kid, kid);
  if (entry)
    {
      g_ptr_array_remove_index (self->entries, lower_bound_locked (self, kid));
      g_atomic_int_inc (&self->generation);
    }
  g_mutex_unlock (&self->lock);
  return entry != NULL;
}

guint
gst_p2p_sframe_keyring_get_generation (GstP2pSframeKeyring *self)
{
  return (guint)g_atomic_int_get (&self->generation);
}

gboolean
gst_p2p_sframe_keyring_lookup (GstP2pSframeKeyring *self, guint64 kid, guint ratchet_bits,
                               GstP2pSframeKeyringEntry *out)
{
  GstP2pSframeKeyringEntry *entry;

  g_mutex_lock (&self->lock);
  entry = find_locked (self, kid, ratchet_bits);
  if (entry)
    entry_copy (entry, out);
  g_mutex_unlock (&self->lock);
  return entry != NULL;
}

static GstP2pSframeKeyringEntry *
find_serial_locked (GstP2pSframeKeyring *self, guint64 serial)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      GstP2pSframeKeyringEntry *entry = g_ptr_array_index (self->entries, i);

      if (entry->serial == serial)
        return entry;
    }
  for (guint i = 0; i < self->epochs->len; i++)
    {
      Epoch *epoch = g_ptr_array_index (self->epochs, i);

      if (epoch->entry.serial == serial)
        return &epoch->entry;
    }
  return NULL;
}

gboolean
gst_p2p_sframe_keyring_lookup_serial (GstP2pSframeKeyring *self, guint64 serial,
                                      GstP2pSframeKeyringEntry *out)
{
  GstP2pSframeKeyringEntry *entry;

  g_mutex_lock (&self->lock);
  entry = find_serial_locked (self, serial);
  if (entry)
    entry_copy (entry, out);
  g_mutex_unlock (&self->lock);
  return entry != NULL;
}

static gboolean
advance_locked (GstP2pSframeKeyring *self, guint64 serial, guint64 from_step, guint64 to_step,
                guint64 kid, GstP2pSecret *secret)
{
  GstP2pSframeKeyringEntry *entry = find_serial_locked (self, serial), *next;

  if (!entry || entry->by_epoch || entry->step != from_step)
    return FALSE;
  if (entry->kid != kid && find_range_locked (self, kid, kid))
    return FALSE;
  next = g_new0 (GstP2pSframeKeyringEntry, 1);
  next->kid = kid;
  next->serial = serial;
  next->step = to_step;
  next->kind = entry->kind;
  next->secret = gst_p2p_secret_ref (secret);
  g_ptr_array_remove (self->entries, entry);
  insert_locked (self, next);
  g_atomic_int_inc (&self->generation);
  return TRUE;
}

gboolean
gst_p2p_sframe_keyring_advance (GstP2pSframeKeyring *self, guint64 serial, guint64 from_step,
                                guint64 to_step, guint64 kid, GstP2pSecret *secret)
{
  gboolean ok;

  g_mutex_lock (&self->lock);
  ok = advance_locked (self, serial, from_step, to_step, kid, secret);
  g_mutex_unlock (&self->lock);
  return ok;
}

/* --- the right to send --- */

/* Random, without a zero byte, and of no other sender on this ring. */
static guint32
new_prefix_locked (GstP2pSframeKeyring *self)
{
  for (;;)
    {
      guint32 prefix = 0;
      gboolean taken = FALSE;
      GHashTableIter iter;
      Claim *claim;

      if (RAND_bytes ((guint8 *)&prefix, sizeof prefix) != 1)
        return 0;
      for (guint i = 0; i < 32; i += 8)
        taken |= (prefix >> i & 0xff) == 0;
      g_hash_table_iter_init (&iter, self->claims);
      while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&claim))
        taken |= claim->prefix == prefix;
      if (!taken)
        return prefix;
    }
}

static gchar *
explicit_name (guint64 kid, GstP2pSecret *secret)
{
  gchar fingerprint[GST_P2P_SFRAME_FINGERPRINT_SIZE] = "";

  gst_p2p_sframe_secret_get_fingerprint (secret, fingerprint);
  return g_strdup_printf ("%" G_GUINT64_FORMAT ":%s", kid, fingerprint);
}

static gboolean
first_counter_locked (GstP2pSframeKeyring *self, GstP2pSframeKeyringEntry *entry, guint64 kid,
                      guint64 first_counter, gint64 real_time_us, guint64 *counter, GError **error)
{
  if (first_counter != GST_P2P_SFRAME_COUNTER_AUTO)
    {
      g_autofree gchar *name = explicit_name (kid, entry->secret);
      guint64 *end = g_hash_table_lookup (self->explicit_ends, name);

      if (!end && g_hash_table_size (self->explicit_ends) >= MAX_EXPLICIT)
        {
          g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                       "first-counter works for at most %d keys on a key ring; leave it unset",
                       MAX_EXPLICIT);
          return FALSE;
        }
      *counter = end ? MAX (first_counter, *end) : first_counter;
      return TRUE;
    }
  if (real_time_us < CLOCK_EPOCH_US)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "The system clock is not set, so a counter that was never used cannot "
                           "be chosen by it; set the clock, or first-counter");
      return FALSE;
    }
  *counter = MAX ((guint64)(real_time_us - CLOCK_EPOCH_US) << COUNTER_SHIFT, self->highest_auto);
  return TRUE;
}

static gboolean
claim_locked (GstP2pSframeKeyring *self, guint64 kid, gconstpointer owner, guint64 first_counter,
              gint64 real_time_us, GstP2pSframeKeyringEntry *out, GstP2pSframeSendRight *right,
              GError **error)
{
  GstP2pSframeKeyringEntry *entry = find_locked (self, kid, 0);
  Claim *claim = g_hash_table_lookup (self->claims, &kid);
  guint32 prefix;

  if (!entry)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_NOT_FOUND,
                   "There is no key with id %" G_GUINT64_FORMAT " to seal frames with", kid);
      return FALSE;
    }
  if (claim && claim->owner != owner)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_BUSY,
                   "Another sender on this key ring already seals frames with key id "
                   "%" G_GUINT64_FORMAT "; each needs a key id of its own",
                   kid);
      return FALSE;
    }
  if (!first_counter_locked (self, entry, kid, first_counter, real_time_us, &right->counter, error))
    return FALSE;
  prefix = claim ? claim->prefix : new_prefix_locked (self);
  if (prefix == 0)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_CRYPTO,
                           "OpenSSL has no random numbers");
      return FALSE;
    }
  if (!claim)
    {
      claim = g_new0 (Claim, 1);
      g_hash_table_insert (self->claims, g_memdup2 (&kid, sizeof kid), claim);
    }
  claim->owner = owner;
  claim->prefix = prefix;
  claim->explicit_counter = first_counter != GST_P2P_SFRAME_COUNTER_AUTO;
  right->prefix = prefix;
  entry_copy (entry, out);
  out->kid = kid;
  return TRUE;
}

gboolean
gst_p2p_sframe_keyring_claim (GstP2pSframeKeyring *self, guint64 kid, gconstpointer owner,
                              guint64 first_counter, gint64 real_time_us,
                              GstP2pSframeKeyringEntry *entry, GstP2pSframeSendRight *right,
                              GError **error)
{
  gboolean ok;

  g_mutex_lock (&self->lock);
  ok = claim_locked (self, kid, owner, first_counter, real_time_us, entry, right, error);
  g_mutex_unlock (&self->lock);
  return ok;
}

void
gst_p2p_sframe_keyring_release (GstP2pSframeKeyring *self, guint64 kid, gconstpointer owner,
                                GstP2pSecret *secret, guint64 next_counter)
{
  Claim *claim;

  g_mutex_lock (&self->lock);
  claim = g_hash_table_lookup (self->claims, &kid);
  if (claim && claim->owner == owner)
    {
      if (!claim->explicit_counter)
        self->highest_auto = MAX (self->highest_auto, next_counter);
      else
        g_hash_table_replace (self->explicit_ends, explicit_name (kid, secret),
                              g_memdup2 (&next_counter, sizeof next_counter));
      g_hash_table_remove (self->claims, &kid);
    }
  g_mutex_unlock (&self->lock);
}

/* --- GObject --- */

static gboolean
on_add_key (GstP2pSframeKeyring *self, guint64 kid, GBytes *bytes)
{
  g_autoptr (GstP2pSecret) secret = NULL;
  gsize size = 0;
  const guint8 *data = bytes ? g_bytes_get_data (bytes, &size) : NULL;

  secret = gst_p2p_secret_new (data, size, NULL);
  return secret && gst_p2p_sframe_keyring_add (self, kid, secret, GST_P2P_SFRAME_KEY_BYTES, NULL);
}

static gboolean
on_add_epoch (GstP2pSframeKeyring *self, guint64 epoch, guint epoch_bits, guint sender_bits,
              GBytes *bytes)
{
  g_autoptr (GstP2pSecret) secret = NULL;
  gsize size = 0;
  const guint8 *data = bytes ? g_bytes_get_data (bytes, &size) : NULL;

  secret = gst_p2p_secret_new (data, size, NULL);
  return secret
         && gst_p2p_sframe_keyring_add_epoch (self, epoch, epoch_bits, sender_bits, secret, NULL);
}

static void
finalize (GObject *object)
{
  GstP2pSframeKeyring *self = GST_P2P_SFRAME_KEYRING (object);

  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->epochs);
  g_hash_table_unref (self->claims);
  g_hash_table_unref (self->explicit_ends);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_p2p_sframe_keyring_parent_class)->finalize (object);
}

static void
gst_p2p_sframe_keyring_class_init (GstP2pSframeKeyringClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  signals[SIGNAL_KEY_ADDED] = g_signal_new ("key-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[SIGNAL_ADD_KEY] = g_signal_new_class_handler (
      "add-key", type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (on_add_key), NULL, NULL,
      NULL, G_TYPE_BOOLEAN, 2, G_TYPE_UINT64, G_TYPE_BYTES);
  signals[SIGNAL_ADD_EPOCH] = g_signal_new_class_handler (
      "add-epoch", type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (on_add_epoch), NULL, NULL,
      NULL, G_TYPE_BOOLEAN, 4, G_TYPE_UINT64, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_BYTES);
  signals[SIGNAL_REMOVE_KEY]
      = g_signal_new_class_handler ("remove-key", type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
                                    G_CALLBACK (gst_p2p_sframe_keyring_remove), NULL, NULL, NULL,
                                    G_TYPE_BOOLEAN, 1, G_TYPE_UINT64);
}

static void
gst_p2p_sframe_keyring_init (GstP2pSframeKeyring *self)
{
  g_mutex_init (&self->lock);
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->epochs = g_ptr_array_new_with_free_func (epoch_free);
  self->claims = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->explicit_ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

GstP2pSframeKeyring *
gst_p2p_sframe_keyring_new (void)
{
  return g_object_new (GST_TYPE_P2P_SFRAME_KEYRING, NULL);
}
