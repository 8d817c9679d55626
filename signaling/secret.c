/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secret: comparing tokens and resume secrets. See secret.h.
 */
#include "signaling/secret.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

gboolean
gst_p2p_secret_equal (const gchar *a, const gchar *b)
{
  guint8 digest_a[SHA256_DIGEST_LENGTH];
  guint8 digest_b[SHA256_DIGEST_LENGTH];

  if (a == NULL || b == NULL)
    return FALSE;
  /* Digests have one length, whatever the texts have. */
  SHA256 ((const guint8 *)a, strlen (a), digest_a);
  SHA256 ((const guint8 *)b, strlen (b), digest_b);
  return CRYPTO_memcmp (digest_a, digest_b, sizeof (digest_a)) == 0;
}
