/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hex: see hex.h.
 */
#include "gst/p2p/base/hex.h"

gboolean
gst_p2p_hex_parse (const gchar *text, guint8 *bytes, gsize size)
{
  for (gsize i = 0; i < size; i++)
    {
      gint high = g_ascii_xdigit_value (text[2 * i]);
      gint low = high < 0 ? -1 : g_ascii_xdigit_value (text[2 * i + 1]);

      if (low < 0)
        return FALSE;
      bytes[i] = (guint8)(high << 4 | low);
    }
  return TRUE;
}

gchar *
gst_p2p_hex_print (const guint8 *bytes, gsize size)
{
  gchar *text = g_malloc (2 * size + 1);

  for (gsize i = 0; i < size; i++)
    g_snprintf (text + 2 * i, 3, "%02x", bytes[i]);
  text[2 * size] = '\0';
  return text;
}

gchar *
gst_p2p_hex_print_bytes (GBytes *bytes)
{
  gsize size;
  const guint8 *data;

  if (!bytes)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  return gst_p2p_hex_print (data, size);
}
