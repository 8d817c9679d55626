/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * header: see header.h.
 *
 *   0 1 2 3 4 5 6 7
 *  +-+-+-+-+-+-+-+-+------------+------------+
 *  |X|  K  |Y|  C  |   KID...   |   CTR...   |
 *  +-+-+-+-+-+-+-+-+------------+------------+
 */
#include "gst/p2p/sframe/header.h"

/* X and K, or Y and C: @value itself, or 8 plus the number of bytes that follow, less one. */
static guint
field_of (guint64 value)
{
  guint bytes;

  if (value < 8)
    return (guint)value;
  bytes = (64 - (guint)__builtin_clzll (value) + 7) / 8;
  return 8 + bytes - 1;
}

static gsize
put_value (guint64 value, guint field, guint8 *out)
{
  gsize bytes;

  if (field < 8)
    return 0;
  bytes = field - 8 + 1;
  for (gsize i = 0; i < bytes; i++)
    out[i] = (guint8)(value >> (8 * (bytes - 1 - i)));
  return bytes;
}

gsize
gst_p2p_sframe_header_write (guint64 kid, guint64 ctr, guint8 out[GST_P2P_SFRAME_HEADER_MAX_SIZE])
{
  guint k = field_of (kid), c = field_of (ctr);
  gsize size = 1;

  out[0] = (guint8)(k << 4 | c);
  size += put_value (kid, k, out + size);
  size += put_value (ctr, c, out + size);
  return size;
}

/* Reads the value of @field, at @used if it has bytes. FALSE if truncated or longer than needed. */
static gboolean
get_value (guint field, const guint8 *data, gsize size, gsize *used, guint64 *value)
{
  gsize bytes;
  guint64 v = 0;

  if (field < 8)
    {
      *value = field;
      return TRUE;
    }
  bytes = field - 8 + 1;
  if (size - *used < bytes)
    return FALSE;
  for (gsize i = 0; i < bytes; i++)
    v = v << 8 | data[*used + i];
  *used += bytes;
  *value = v;
  return field_of (v) == field;
}

gsize
gst_p2p_sframe_header_parse (const guint8 *data, gsize size, guint64 *kid, guint64 *ctr)
{
  gsize used = 1;

  if (size < 1)
    return 0;
  if (!get_value (data[0] >> 4, data, size, &used, kid)
      || !get_value (data[0] & 15, data, size, &used, ctr))
    return 0;
  return used;
}
