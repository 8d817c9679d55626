/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secrettext: see secrettext.h.
 */
#include "gst/p2p/base/secrettext.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

#include "gst/p2p/base/error.h"

void
gst_p2p_secret_text_free (gchar *text)
{
  if (!text)
    return;
  OPENSSL_cleanse (text, strlen (text));
  g_free (text);
}

void
gst_p2p_secret_text_strv_free (GStrv texts)
{
  for (gchar **text = texts; text && *text; text++)
    gst_p2p_secret_text_free (*text);
  g_free (texts);
}

/* Its first bytes; what is behind them is not read, whatever the file is. */
static gboolean
read_file (const gchar *path, gchar *bytes, gsize *size, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GIOChannel) file = g_io_channel_new_file (path, "r", &cause);
  gsize capacity = *size, n = 0;
  GIOStatus status = G_IO_STATUS_ERROR;

  if (file)
    {
      g_io_channel_set_encoding (file, NULL, NULL);
      g_io_channel_set_buffered (file, FALSE); /* no copy in memory that is not ours */
      *size = 0;
      do
        {
          status = g_io_channel_read_chars (file, bytes + *size, capacity - *size, &n, &cause);
          *size += n;
        }
      while (*size < capacity && status == G_IO_STATUS_NORMAL);
    }
  if (status != G_IO_STATUS_ERROR)
    return TRUE;
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS, "The file \"%s\" cannot be read: %s",
               path, cause->message);
  return FALSE;
}

gchar *
gst_p2p_secret_text_new_from_file (const gchar *path, GError **error)
{
  gchar bytes[GST_P2P_SECRET_TEXT_MAX_FILE + 1] = { 0 };
  gsize size = sizeof bytes;
  gchar *text = NULL;

  if (read_file (path, bytes, &size, error))
    {
      if (size < sizeof bytes && strlen (bytes) == size)
        g_strstrip (bytes);
      else
        bytes[0] = '\0';
      if (bytes[0] && !strpbrk (bytes, "\r\n"))
        text = g_strdup (bytes);
      else
        g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                     "The file \"%s\" holds no token: one line of text is expected", path);
    }
  OPENSSL_cleanse (bytes, sizeof bytes);
  return text;
}

gboolean
gst_p2p_secret_text_equal (const gchar *a, const gchar *b)
{
  guint8 digest_a[SHA256_DIGEST_LENGTH];
  guint8 digest_b[SHA256_DIGEST_LENGTH];

  if (!a || !b)
    return FALSE;
  /* Digests are of one length, whatever the lengths of the texts. */
  SHA256 ((const guint8 *)a, strlen (a), digest_a);
  SHA256 ((const guint8 *)b, strlen (b), digest_b);
  return CRYPTO_memcmp (digest_a, digest_b, sizeof digest_a) == 0;
}
