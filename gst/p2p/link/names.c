/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * names: see names.h.
 */
#include "gst/p2p/link/names.h"

#include <string.h>

#include <openssl/rand.h>

#include "gst/p2p/base/hex.h"

gboolean
gst_p2p_id_is_valid (const gchar *id)
{
  gsize length = id ? strnlen (id, GST_P2P_MAX_ID_LENGTH + 1) : 0;

  if (length < 1 || length > GST_P2P_MAX_ID_LENGTH)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (id[i]) && !strchr ("._~-", id[i]))
      return FALSE;
  return TRUE;
}

gboolean
gst_p2p_session_is_valid (const gchar *session)
{
  if (!session || strnlen (session, GST_P2P_SESSION_LENGTH + 1) != GST_P2P_SESSION_LENGTH)
    return FALSE;
  for (gsize i = 0; i < GST_P2P_SESSION_LENGTH; i++)
    if (!g_ascii_isxdigit (session[i]))
      return FALSE;
  return TRUE;
}

gchar *
gst_p2p_session_new (void)
{
  guint8 bytes[GST_P2P_SESSION_LENGTH / 2];

  if (RAND_bytes (bytes, sizeof bytes) != 1)
    return NULL;
  return gst_p2p_hex_print (bytes, sizeof bytes);
}
