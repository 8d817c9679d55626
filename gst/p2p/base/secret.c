/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secret: see secret.h. One allocation holds the count and the bytes.
 */
#include "gst/p2p/base/secret.h"

#include <string.h>

#include <openssl/crypto.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/hex.h"

struct _GstP2pSecret
{
  /* atomic */
  gint ref_count;

  /* const */
  gsize size;
  guint8 data[];
};

static GstP2pSecret *
secret_alloc (gsize size)
{
  GstP2pSecret *self = g_malloc0 (sizeof *self + size);

  self->ref_count = 1;
  self->size = size;
  return self;
}

static gboolean
check_size (gsize size, GError **error)
{
  if (size >= 1 && size <= GST_P2P_SECRET_MAX_SIZE)
    return TRUE;
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
               "A key must have 1 to %d bytes, not %" G_GSIZE_FORMAT, GST_P2P_SECRET_MAX_SIZE,
               size);
  return FALSE;
}

GstP2pSecret *
gst_p2p_secret_new (const guint8 *data, gsize size, GError **error)
{
  GstP2pSecret *self;

  if (!check_size (size, error))
    return NULL;
  self = secret_alloc (size);
  memcpy (self->data, data, size);
  return self;
}

GstP2pSecret *
gst_p2p_secret_new_from_hex (const gchar *hex, GError **error)
{
  GstP2pSecret *self;
  gsize digits = strlen (hex);

  while (digits > 0 && g_ascii_isspace (hex[digits - 1]))
    digits--;
  if (digits % 2 != 0)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "A key in hexadecimal needs an even number of digits, not %" G_GSIZE_FORMAT,
                   digits);
      return NULL;
    }
  if (!check_size (digits / 2, error))
    return NULL;
  self = secret_alloc (digits / 2);
  if (!gst_p2p_hex_parse (hex, self->data, digits / 2))
    {
      gst_p2p_secret_unref (self);
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "A key must be hexadecimal digits only (0-9, a-f)");
      return NULL;
    }
  return self;
}

GstP2pSecret *
gst_p2p_secret_ref (GstP2pSecret *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
gst_p2p_secret_unref (GstP2pSecret *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  OPENSSL_cleanse (self->data, self->size);
  g_free (self);
}

const guint8 *
gst_p2p_secret_get_data (const GstP2pSecret *self)
{
  return self->data;
}

gsize
gst_p2p_secret_get_size (const GstP2pSecret *self)
{
  return self->size;
}

gboolean
gst_p2p_secret_equal (const GstP2pSecret *a, const GstP2pSecret *b)
{
  return a->size == b->size && CRYPTO_memcmp (a->data, b->data, a->size) == 0;
}
