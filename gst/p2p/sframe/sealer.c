/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sealer: the sending half of sframe.h.
 */
#include "gst/p2p/sframe/sframe.h"

#include <string.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/base/error.h"
#include "gst/p2p/sframe/aead.h"
#include "gst/p2p/sframe/header.h"
#include "gst/p2p/sframe/nalu.h"

/* Tries to find a counter whose ciphertext begins with a 1 bit: each has a chance of a half. */
#define MAX_PEEKS 64

struct _GstP2pSframeSealer
{
  /* const */
  GstP2pSframeFormat format;
  const GstP2pSframeSuiteInfo *suite;
  guint ratchet_bits;
  GstP2pSframeKeyring *ring;

  /* the thread that uses the sealer */
  GstP2pSframeAead *aead; /* NULL: no key */
  GstP2pSframeKeyringEntry entry;
  GstP2pSframeSendRight right; /* counter: the next to use */
  guint64 first_counter;
  guint generation; /* of the ring, when entry was looked up */
  guint8 salt[GST_P2P_SFRAME_NONCE_SIZE];
  gchar fingerprint[GST_P2P_SFRAME_FINGERPRINT_SIZE];
  GByteArray *units;  /* an access unit with start codes in place of lengths */
  GByteArray *sealed; /* what is to be escaped */
};

GstP2pSframeSealer *
gst_p2p_sframe_sealer_new (const GstP2pSframeConfig *config, GstP2pSframeKeyring *ring,
                           GError **error)
{
  GstP2pSframeSealer *self;

  if (!gst_p2p_sframe_suite_check (config->format, config->suite, error))
    return NULL;
  self = g_new0 (GstP2pSframeSealer, 1);
  self->format = config->format;
  self->suite = gst_p2p_sframe_suite_get_info (config->suite, NULL);
  self->ratchet_bits = MIN (config->ratchet_bits, GST_P2P_SFRAME_RATCHET_BITS_MAX);
  self->ring = g_object_ref (ring);
  self->units = g_byte_array_new ();
  self->sealed = g_byte_array_new ();
  return self;
}

static void
drop_key (GstP2pSframeSealer *self)
{
  if (self->entry.secret)
    gst_p2p_sframe_keyring_release (self->ring, self->entry.kid, self, self->entry.secret,
                                    self->right.counter);
  g_clear_pointer (&self->aead, gst_p2p_sframe_aead_free);
  gst_p2p_sframe_keyring_entry_clear (&self->entry);
  memset (self->salt, 0, sizeof self->salt);
}

void
gst_p2p_sframe_sealer_free (GstP2pSframeSealer *self)
{
  drop_key (self);
  g_byte_array_unref (self->units);
  g_byte_array_unref (self->sealed);
  g_object_unref (self->ring);
  g_free (self);
}

/* --- the key --- */

/* Makes the contexts for self->entry. */
static gboolean
make_contexts (GstP2pSframeSealer *self, GError **error)
{
  GstP2pSframeFrameKey key;
  GstP2pSframeAead *aead = NULL;

  if (gst_p2p_sframe_derive (self->format, self->suite, self->entry.kid, self->entry.secret,
                             self->entry.kind, &key, error))
    aead = gst_p2p_sframe_aead_new (self->suite, key.key, TRUE, error);
  g_clear_pointer (&self->aead, gst_p2p_sframe_aead_free);
  self->aead = aead;
  memcpy (self->salt, key.salt, sizeof self->salt);
  gst_p2p_sframe_frame_key_clear (&key);
  gst_p2p_sframe_secret_get_fingerprint (self->entry.secret, self->fingerprint);
  return aead != NULL;
}

static gboolean
check_kid (GstP2pSframeSealer *self, guint64 kid, GError **error)
{
  guint64 highest = self->format == GST_P2P_SFRAME_FORMAT_SFRAME  ? G_MAXUINT64
                    : self->format == GST_P2P_SFRAME_FORMAT_JITSI ? 15
                                                                  : 255;

  if (kid <= highest)
    return TRUE;
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
               "Format %s has key ids from 0 to %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT,
               gst_p2p_sframe_format_get_nick (self->format), highest, kid);
  return FALSE;
}

gboolean
gst_p2p_sframe_sealer_set_key (GstP2pSframeSealer *self, guint64 kid, guint64 first_counter,
                               GError **error)
{
  drop_key (self);
  self->first_counter = first_counter;
  if (!check_kid (self, kid, error))
    return FALSE;
  self->generation = gst_p2p_sframe_keyring_get_generation (self->ring);
  if (!gst_p2p_sframe_keyring_claim (self->ring, kid, self, first_counter, g_get_real_time (),
                                     &self->entry, &self->right, error))
    return FALSE;
  if (make_contexts (self, error))
    return TRUE;
  drop_key (self);
  return FALSE;
}

gboolean
gst_p2p_sframe_sealer_ratchet (GstP2pSframeSealer *self, GError **error)
{
  guint64 kid = self->entry.kid, from = self->entry.step, serial = self->entry.serial;
  guint64 steps = (G_GUINT64_CONSTANT (1) << self->ratchet_bits) - 1;
  g_autoptr (GstP2pSecret) next = NULL;

  if (!self->aead || self->entry.by_epoch
      || (self->format == GST_P2P_SFRAME_FORMAT_SFRAME && self->ratchet_bits == 0))
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "A ratchet needs a key of its own and, in format sframe, ratchet-bits");
      return FALSE;
    }
  next = gst_p2p_sframe_ratchet (self->format, self->suite, self->entry.secret, self->entry.kind,
                                 error);
  if (!next)
    return FALSE;
  if (self->format == GST_P2P_SFRAME_FORMAT_SFRAME)
    kid = (kid & ~steps) | ((kid + 1) & steps);
  if (!gst_p2p_sframe_keyring_advance (self->ring, serial, from, from + 1, kid, next))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_BUSY,
                   "The key cannot move on to key id %" G_GUINT64_FORMAT
                   ": that id has another key, or somebody else moved it",
                   kid);
      return FALSE;
    }
  return gst_p2p_sframe_sealer_set_key (self, kid, self->first_counter, error);
}

/* Follows a change of the ring: the key may be gone or another. */
static gboolean
refresh (GstP2pSframeSealer *self, GError **error)
{
  guint generation = gst_p2p_sframe_keyring_get_generation (self->ring);
  guint64 kid = self->entry.kid;
  GstP2pSframeKeyringEntry entry;
  gboolean same = FALSE;

  if (!self->aead)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_NOT_FOUND,
                           "There is no key to seal frames with");
      return FALSE;
    }
  if (generation == self->generation)
    return TRUE;
  if (gst_p2p_sframe_keyring_lookup (self->ring, kid, 0, &entry))
    {
      same = entry.serial == self->entry.serial && entry.step == self->entry.step;
      gst_p2p_sframe_keyring_entry_clear (&entry);
    }
  self->generation = generation;
  /* Removed: refused with a reason. Replaced: the new key has counters of its own. */
  return same || gst_p2p_sframe_sealer_set_key (self, kid, self->first_counter, error);
}

/* --- sealing --- */

gsize
gst_p2p_sframe_sealer_get_max_size (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame)
{
  gsize size = frame->size + GST_P2P_SFRAME_HEADER_MAX_SIZE + GST_P2P_SFRAME_MAX_TAG_SIZE;

  if (self->format == GST_P2P_SFRAME_FORMAT_SFRAME)
    return size;
  size = frame->size + GST_P2P_SFRAME_BROWSER_OVERHEAD;
  return gst_p2p_sframe_browser_frame_is_nalu (frame->codec)
             ? gst_p2p_sframe_nalu_escaped_max (size)
             : size;
}

static gboolean
sealed (gboolean ok, GError **error)
{
  if (!ok)
    g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_CRYPTO,
                         "OpenSSL could not seal a frame");
  return ok;
}

static gboolean
seal_sframe (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame, guint8 *out, gsize *out_size,
             GError **error)
{
  guint64 counter = self->right.counter++;
  gsize header = gst_p2p_sframe_header_write (self->entry.kid, counter, out);
  GstP2pSframeAeadData aad = { out, header, frame->metadata, frame->metadata_size };
  guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE];

  gst_p2p_sframe_aead_make_nonce (self->salt, counter, nonce);
  *out_size = header + frame->size + self->suite->tag_size;
  return sealed (gst_p2p_sframe_aead_seal (self->aead, nonce, &aad, frame->data, frame->size,
                                           out + header, out + header + frame->size),
                 error);
}

/* clear ‖ ciphertext ‖ tag ‖ IV ‖ 0x0C ‖ key index. Of NAL units all but clear is escaped. */
static gboolean
seal_browser (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame, gsize clear,
              const guint8 *iv, guint8 *out, gsize *out_size)
{
  gboolean escape = gst_p2p_sframe_browser_frame_is_nalu (frame->codec);
  GstP2pSframeAeadData aad = { frame->data, clear, NULL, 0 };
  gsize body = frame->size - clear, size = body + GST_P2P_SFRAME_BROWSER_OVERHEAD;
  guint8 *to = out + clear, *trailer;
  guint zeros = 0;

  if (escape)
    {
      g_byte_array_set_size (self->sealed, (guint)size);
      to = self->sealed->data;
    }
  memcpy (out, frame->data, clear);
  if (!gst_p2p_sframe_aead_seal (self->aead, iv, &aad, frame->data + clear, body, to, to + body))
    return FALSE;
  trailer = to + body + GST_P2P_SFRAME_BROWSER_TAG_SIZE;
  memcpy (trailer, iv, GST_P2P_SFRAME_NONCE_SIZE);
  trailer[GST_P2P_SFRAME_NONCE_SIZE] = GST_P2P_SFRAME_NONCE_SIZE;
  trailer[GST_P2P_SFRAME_NONCE_SIZE + 1] = (guint8)self->entry.kid;
  *out_size = clear + (escape ? gst_p2p_sframe_nalu_escape (to, size, &zeros, out + clear) : size);
  return TRUE;
}

/*
 * The next IV. Chromium reads an H.264 slice header's pic_parameter_set_id from the sealed frame
 * and drops the frame when it names no parameter set: where that is the first sealed bit, take a
 * counter that makes it 1, which reads as parameter set 0.
 */
static gboolean
next_iv (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame, gsize clear, guint8 *iv)
{
  gboolean want_bit = frame->codec == GST_P2P_SFRAME_CODEC_H264 && frame->size > clear
                      && gst_p2p_sframe_nalu_h264_pps_is_next (frame->data[clear - 1]);

  for (guint i = 0; i < MAX_PEEKS; i++)
    {
      guint8 byte;

      gst_p2p_sframe_browser_frame_make_iv (self->right.prefix, self->right.counter++, iv);
      if (!want_bit)
        return TRUE;
      if (!gst_p2p_sframe_aead_peek (self->aead, iv, frame->data[clear], &byte))
        return FALSE;
      if (byte & 0x80)
        return TRUE;
    }
  return TRUE;
}

/*
 * Puts lengths into a sealed @out again, in place of start codes. The NAL units before the slice
 * are those of @frame; the slice takes all the rest.
 */
static void
restore_lengths (const GstP2pSframeFrame *frame, gsize slice, guint8 *out, gsize out_size)
{
  gsize at = 0;

  while (at + GST_P2P_SFRAME_NALU_PREFIX < slice)
    {
      memcpy (out + at, frame->data + at, GST_P2P_SFRAME_NALU_PREFIX);
      at += GST_P2P_SFRAME_NALU_PREFIX + gst_p2p_read_u32 (out + at);
    }
  gst_p2p_write_u32 (out + at, (guint32)(out_size - slice));
}

static gboolean
prepare_browser (GstP2pSframeSealer *self, GstP2pSframeFrame *frame, gsize *clear, GError **error)
{
  if (!gst_p2p_sframe_browser_frame_check (self->format, frame->codec, error))
    return FALSE;
  if (frame->length_prefixed && gst_p2p_sframe_browser_frame_is_nalu (frame->codec))
    {
      g_byte_array_set_size (self->units, 0);
      g_byte_array_append (self->units, frame->data, (guint)frame->size);
      if (!gst_p2p_sframe_nalu_from_lengths (self->units->data, frame->size, TRUE))
        {
          g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                               "The NAL unit lengths of a frame do not add up");
          return FALSE;
        }
      frame->data = self->units->data;
    }
  return gst_p2p_sframe_browser_frame_get_clear_size (self->format, frame, clear, error);
}

static gboolean
seal_any_browser (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame, const guint8 *given_iv,
                  guint8 *out, gsize *out_size, GError **error)
{
  GstP2pSframeFrame stream = *frame;
  guint8 iv[GST_P2P_SFRAME_NONCE_SIZE];
  gsize clear;

  if (!prepare_browser (self, &stream, &clear, error))
    return FALSE;
  if (given_iv)
    memcpy (iv, given_iv, sizeof iv);
  else if (!sealed (next_iv (self, &stream, clear, iv), error))
    return FALSE;
  if (!sealed (seal_browser (self, &stream, clear, iv, out, out_size), error))
    return FALSE;
  if (stream.data != frame->data)
    restore_lengths (frame, clear - 2, out, *out_size);
  return TRUE;
}

static gboolean
seal_any (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame, const guint8 *iv, guint8 *out,
          gsize *out_size, GError **error)
{
  if (!refresh (self, error))
    return FALSE;
  if (frame->size > GST_P2P_SFRAME_MAX_FRAME)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "A frame of %" G_GSIZE_FORMAT " bytes is over the limit of %u", frame->size,
                   GST_P2P_SFRAME_MAX_FRAME);
      return FALSE;
    }
  if (self->right.counter >= (self->format == GST_P2P_SFRAME_FORMAT_SFRAME
                                  ? G_MAXUINT64
                                  : GST_P2P_SFRAME_BROWSER_COUNTER_END - MAX_PEEKS))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "All counters of the key with id %" G_GUINT64_FORMAT " are used; set a new key",
                   self->entry.kid);
      return FALSE;
    }
  if (self->format == GST_P2P_SFRAME_FORMAT_SFRAME)
    return seal_sframe (self, frame, out, out_size, error);
  return seal_any_browser (self, frame, iv, out, out_size, error);
}

gboolean
gst_p2p_sframe_sealer_seal (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame, guint8 *out,
                            gsize *out_size, GError **error)
{
  return seal_any (self, frame, NULL, out, out_size, error);
}

gboolean
gst_p2p_sframe_sealer_seal_with_iv (GstP2pSframeSealer *self, const GstP2pSframeFrame *frame,
                                    const guint8 iv[GST_P2P_SFRAME_NONCE_SIZE], guint8 *out,
                                    gsize *out_size, GError **error)
{
  if (self->format == GST_P2P_SFRAME_FORMAT_SFRAME)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "Format sframe makes its nonces from counters");
      return FALSE;
    }
  return seal_any (self, frame, iv, out, out_size, error);
}

gboolean
gst_p2p_sframe_sealer_get_current (GstP2pSframeSealer *self, guint64 *kid, guint64 *next_counter,
                                   gchar fingerprint[GST_P2P_SFRAME_FINGERPRINT_SIZE])
{
  if (!self->aead)
    return FALSE;
  *kid = self->entry.kid;
  *next_counter = self->right.counter;
  memcpy (fingerprint, self->fingerprint, sizeof self->fingerprint);
  return TRUE;
}
