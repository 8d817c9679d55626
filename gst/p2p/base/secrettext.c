/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secrettext: see secrettext.h.
 */
#include "gst/p2p/base/secrettext.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

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
