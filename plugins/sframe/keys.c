/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keys: see keys.h.
 */
#include "plugins/sframe/keys.h"

#include <string.h>

#include <openssl/crypto.h>

#include "gst/p2p/base/error.h"

/* A key file has one line of digits. */
#define MAX_FILE_SIZE (2 * GST_P2P_SECRET_MAX_SIZE + 16)

struct _GstP2pSframeKeys
{
  /* const */
  GstElement *element; /* the owner */
  GstPad *sinkpad, *srcpad;

  /* the element's OBJECT_LOCK */
  GstP2pSframeKeyring *ring;
  gboolean ring_given;
  gchar *context_type;
  gchar *file;
  GstP2pSecret *secret; /* of the properties, until it is in the ring */
  GstP2pSframeKeyKind kind;
  GError *error; /* what was wrong with the last value */
  gboolean running;
};

GstP2pSframeKeys *
gst_p2p_sframe_keys_new (GstElement *element, GstPad *sinkpad, GstPad *srcpad)
{
  GstP2pSframeKeys *self = g_new0 (GstP2pSframeKeys, 1);

  self->element = element;
  self->sinkpad = sinkpad;
  self->srcpad = srcpad;
  self->ring = gst_p2p_sframe_keyring_new ();
  return self;
}

void
gst_p2p_sframe_keys_free (GstP2pSframeKeys *self)
{
  g_object_unref (self->ring);
  g_free (self->context_type);
  g_free (self->file);
  g_clear_pointer (&self->secret, gst_p2p_secret_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/* --- the key of the properties --- */

static gboolean
install (GstP2pSframeKeys *self, guint64 kid, GstP2pSecret *secret, GstP2pSframeKeyKind kind,
         GError **error)
{
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keys_get_ring (self);

  return gst_p2p_sframe_keyring_add (ring, kid, secret, kind, error);
}

/* Takes @secret, or the @error in its place. */
static GError *
accept_secret (GstP2pSframeKeys *self, guint64 kid, GstP2pSecret *secret, GstP2pSframeKeyKind kind,
               GError *error)
{
  gboolean running;

  GST_OBJECT_LOCK (self->element);
  running = self->running;
  g_clear_error (&self->error);
  g_clear_pointer (&self->secret, gst_p2p_secret_unref);
  if (!running)
    {
      self->secret = secret;
      self->kind = kind;
      self->error = error;
    }
  GST_OBJECT_UNLOCK (self->element);
  if (!running)
    return NULL;
  if (secret)
    {
      install (self, kid, secret, kind, &error);
      gst_p2p_secret_unref (secret);
    }
  return error;
}

static GstP2pSecret *
parse_key (const gchar *hex, GError **error)
{
  GstP2pSecret *secret = gst_p2p_secret_new_from_hex (hex, error);

  if (!secret || gst_p2p_secret_get_size (secret) >= GST_P2P_SFRAME_MIN_KEY)
    return secret;
  g_set_error (
      error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
      "The key has %" G_GSIZE_FORMAT " bytes; it needs at least %d (%d hexadecimal digits)",
      gst_p2p_secret_get_size (secret), GST_P2P_SFRAME_MIN_KEY, 2 * GST_P2P_SFRAME_MIN_KEY);
  gst_p2p_secret_unref (secret);
  return NULL;
}

GError *
gst_p2p_sframe_keys_set_key (GstP2pSframeKeys *self, guint64 kid, const gchar *hex)
{
  GError *error = NULL;
  GstP2pSecret *secret = hex ? parse_key (hex, &error) : NULL;

  return accept_secret (self, kid, secret, GST_P2P_SFRAME_KEY_BYTES, error);
}

GError *
gst_p2p_sframe_keys_set_passphrase (GstP2pSframeKeys *self, guint64 kid, const gchar *text)
{
  GError *error = NULL;
  GstP2pSecret *secret
      = text ? gst_p2p_secret_new ((const guint8 *)text, strlen (text), &error) : NULL;

  return accept_secret (self, kid, secret, GST_P2P_SFRAME_KEY_PASSPHRASE, error);
}

static GstP2pSecret *
read_file (const gchar *path, GError **error)
{
  gchar *text = NULL;
  gsize size = 0;
  GstP2pSecret *secret = NULL;
  GError *reason = NULL;

  if (!g_file_get_contents (path, &text, &size, &reason))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS, "The key file cannot be read: %s",
                   reason->message);
      g_error_free (reason);
      return NULL;
    }
  if (size <= MAX_FILE_SIZE)
    secret = parse_key (text, error);
  else
    g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                 "The key file %s is too large to hold one key", path);
  OPENSSL_cleanse (text, size);
  g_free (text);
  return secret;
}

GError *
gst_p2p_sframe_keys_set_file (GstP2pSframeKeys *self, guint64 kid, const gchar *path)
{
  GstP2pSecret *secret = NULL;
  GError *error = NULL;
  gboolean running;

  GST_OBJECT_LOCK (self->element);
  g_free (self->file);
  self->file = g_strdup (path);
  running = self->running;
  GST_OBJECT_UNLOCK (self->element);
  if (!running || !path)
    return NULL;
  secret = read_file (path, &error);
  return accept_secret (self, kid, secret, GST_P2P_SFRAME_KEY_BYTES, error);
}

gchar *
gst_p2p_sframe_keys_get_file (GstP2pSframeKeys *self)
{
  gchar *file;

  GST_OBJECT_LOCK (self->element);
  file = g_strdup (self->file);
  GST_OBJECT_UNLOCK (self->element);
  return file;
}

/* --- the ring --- */

/* Takes the reference to @ring. */
static void
use_ring (GstP2pSframeKeys *self, GstP2pSframeKeyring *ring, gboolean given)
{
  GstP2pSframeKeyring *old;

  GST_OBJECT_LOCK (self->element);
  old = self->ring;
  self->ring = ring;
  self->ring_given = given;
  GST_OBJECT_UNLOCK (self->element);
  g_object_unref (old);
}

void
gst_p2p_sframe_keys_set_ring (GstP2pSframeKeys *self, GstP2pSframeKeyring *ring)
{
  use_ring (self, ring ? g_object_ref (ring) : gst_p2p_sframe_keyring_new (), ring != NULL);
}

GstP2pSframeKeyring *
gst_p2p_sframe_keys_get_ring (GstP2pSframeKeys *self)
{
  GstP2pSframeKeyring *ring;

  GST_OBJECT_LOCK (self->element);
  ring = g_object_ref (self->ring);
  GST_OBJECT_UNLOCK (self->element);
  return ring;
}

void
gst_p2p_sframe_keys_set_context_type (GstP2pSframeKeys *self, const gchar *type)
{
  GST_OBJECT_LOCK (self->element);
  g_free (self->context_type);
  self->context_type = g_strdup (type);
  GST_OBJECT_UNLOCK (self->element);
}

gchar *
gst_p2p_sframe_keys_get_context_type (GstP2pSframeKeys *self)
{
  gchar *type;

  GST_OBJECT_LOCK (self->element);
  type = g_strdup (self->context_type);
  GST_OBJECT_UNLOCK (self->element);
  return type;
}

void
gst_p2p_sframe_keys_set_context (GstP2pSframeKeys *self, GstContext *context)
{
  g_autofree gchar *type = gst_p2p_sframe_keys_get_context_type (self);
  GstP2pSframeKeyring *ring = NULL;

  if (!context || !gst_context_has_context_type (context, type ? type : GST_P2P_SFRAME_CONTEXT)
      || !gst_structure_get (gst_context_get_structure (context), "keyring",
                             GST_TYPE_P2P_SFRAME_KEYRING, &ring, NULL)
      || !ring)
    return;
  use_ring (self, ring, TRUE);
}

static GstContext *
make_context (GstP2pSframeKeys *self, const gchar *type)
{
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keys_get_ring (self);
  GstContext *context = gst_context_new (type, TRUE);

  gst_structure_set (gst_context_writable_structure (context), "keyring",
                     GST_TYPE_P2P_SFRAME_KEYRING, ring, NULL);
  return context;
}

static gboolean
is_given (GstP2pSframeKeys *self)
{
  gboolean given;

  GST_OBJECT_LOCK (self->element);
  given = self->ring_given;
  GST_OBJECT_UNLOCK (self->element);
  return given;
}

gboolean
gst_p2p_sframe_keys_answer (GstP2pSframeKeys *self, GstQuery *query)
{
  g_autofree gchar *type = gst_p2p_sframe_keys_get_context_type (self);
  const gchar *wanted;
  GstContext *context;

  if (!is_given (self) || !type || !gst_query_parse_context_type (query, &wanted)
      || !g_str_equal (wanted, type))
    return FALSE;
  context = make_context (self, type);
  gst_query_set_context (query, context);
  gst_context_unref (context);
  return TRUE;
}

void
gst_p2p_sframe_keys_find_ring (GstP2pSframeKeys *self)
{
  g_autofree gchar *type = gst_p2p_sframe_keys_get_context_type (self);
  GstPad *pads[] = { self->srcpad, self->sinkpad };
  GstContext *context;

  if (!type)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (pads) && !is_given (self); i++)
    {
      GstQuery *query = gst_query_new_context (type);

      if (gst_pad_peer_query (pads[i], query))
        {
          gst_query_parse_context (query, &context);
          if (context)
            gst_element_set_context (self->element, context);
        }
      gst_query_unref (query);
    }
  if (!is_given (self))
    gst_element_post_message (self->element,
                              gst_message_new_need_context (GST_OBJECT (self->element), type));
  if (is_given (self))
    return;
  context = make_context (self, type);
  gst_element_set_context (self->element, context);
  gst_element_post_message (self->element,
                            gst_message_new_have_context (GST_OBJECT (self->element), context));
}

/* --- states --- */

gboolean
gst_p2p_sframe_keys_start (GstP2pSframeKeys *self, guint64 kid, GError **error)
{
  g_autofree gchar *file = gst_p2p_sframe_keys_get_file (self);
  g_autoptr (GstP2pSecret) secret = NULL;
  GstP2pSframeKeyKind kind;
  GError *wrong;

  GST_OBJECT_LOCK (self->element);
  secret = g_steal_pointer (&self->secret);
  kind = self->kind;
  wrong = g_steal_pointer (&self->error);
  self->running = TRUE;
  GST_OBJECT_UNLOCK (self->element);
  if (!wrong && !secret && file)
    {
      secret = read_file (file, &wrong);
      kind = GST_P2P_SFRAME_KEY_BYTES;
    }
  if (!wrong && (!secret || install (self, kid, secret, kind, &wrong)))
    return TRUE;
  gst_p2p_sframe_keys_stop (self);
  g_propagate_error (error, wrong);
  return FALSE;
}

void
gst_p2p_sframe_keys_stop (GstP2pSframeKeys *self)
{
  GST_OBJECT_LOCK (self->element);
  self->running = FALSE;
  GST_OBJECT_UNLOCK (self->element);
}
