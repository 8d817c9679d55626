/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nalu: see nalu.h. ITU-T H.264 section 7.4.1 and annex B, H.265 likewise.
 */
#include "gst/p2p/sframe/nalu.h"

#include <string.h>

#include "gst/p2p/base/bigendian.h"

/*
 * The next start code at or after @from: @code is its first byte, which is the zero that makes it a
 * long one if there is that, @behind the byte after it. FALSE if there is none.
 */
static gboolean
next_start_code (const guint8 *data, gsize size, gsize from, gsize *code, gsize *behind)
{
  const guint8 *p = data + from, *end = data + size;

  while (end - p >= 3 && (p = memchr (p, 1, (gsize)(end - p))))
    {
      gsize at = (gsize)(p - data);

      if (at >= from + 2 && p[-1] == 0 && p[-2] == 0)
        {
          *code = at >= from + 3 && p[-3] == 0 ? at - 3 : at - 2;
          *behind = at + 1;
          return TRUE;
        }
      p++;
    }
  return FALSE;
}

static gboolean
is_slice (guint8 header, gboolean h265)
{
  guint type = h265 ? header >> 1 & 0x3f : header & 0x1f;

  if (h265)
    return type <= 9 || (type >= 16 && type <= 21);
  return type == 1 || type == 5;
}

gboolean
gst_p2p_sframe_nalu_first_slice (const guint8 *data, gsize size, gboolean h265, gsize *offset)
{
  gsize code, behind = 0, from = 0;

  while (next_start_code (data, size, from, &code, &behind))
    {
      if (from == 0)
        for (gsize i = 0; i < code; i++)
          if (data[i] != 0)
            return FALSE;
      if (behind < size && is_slice (data[behind], h265))
        {
          *offset = behind;
          return TRUE;
        }
      from = behind;
    }
  return FALSE;
}

gsize
gst_p2p_sframe_nalu_escape (const guint8 *data, gsize size, guint *state, guint8 *out)
{
  guint zeros = *state;
  guint8 *p = out;

  for (gsize i = 0; i < size; i++)
    {
      guint8 byte = data[i];

      if (zeros >= 2 && byte <= 3)
        {
          *p++ = 3;
          zeros = 0;
        }
      *p++ = byte;
      zeros = byte == 0 ? zeros + 1 : 0;
    }
  *state = zeros;
  return (gsize)(p - out);
}

gsize
gst_p2p_sframe_nalu_unescape (const guint8 *data, gsize size, guint8 *out)
{
  guint zeros = 0;
  guint8 *p = out;

  for (gsize i = 0; i < size; i++)
    {
      guint8 byte = data[i];

      if (zeros >= 2 && byte == 3)
        {
          zeros = 0;
          continue;
        }
      *p++ = byte;
      zeros = byte == 0 ? zeros + 1 : 0;
    }
  return (gsize)(p - out);
}

gboolean
gst_p2p_sframe_nalu_from_lengths (guint8 *data, gsize size, gboolean reversible)
{
  static const guint8 start_code[GST_P2P_SFRAME_NALU_PREFIX] = { 0, 0, 0, 1 };
  gsize at = 0, code, behind, from = 0, expected = 0;

  while (at < size)
    {
      guint32 length;

      if (size - at < GST_P2P_SFRAME_NALU_PREFIX)
        return FALSE;
      length = gst_p2p_read_u32 (data + at);
      if (length == 0 || length > size - at - GST_P2P_SFRAME_NALU_PREFIX)
        return FALSE;
      memcpy (data + at, start_code, sizeof start_code);
      at += GST_P2P_SFRAME_NALU_PREFIX + length;
      expected++;
    }
  if (!reversible)
    return TRUE;
  /* Each start code that a reader will find is one that was written here. */
  while (next_start_code (data, size, from, &code, &behind))
    {
      expected--;
      from = behind;
    }
  return expected == 0;
}

gboolean
gst_p2p_sframe_nalu_to_lengths (guint8 *data, gsize size)
{
  gsize at = 0, code, behind;

  if (!next_start_code (data, size, 0, &code, &behind) || code != 0)
    return size == 0;
  while (at < size)
    {
      gboolean more;

      if (behind - code != GST_P2P_SFRAME_NALU_PREFIX)
        return FALSE;
      at = code;
      more = next_start_code (data, size, behind, &code, &behind);
      if (!more)
        code = size;
      if (code - at <= GST_P2P_SFRAME_NALU_PREFIX
          || code - at - GST_P2P_SFRAME_NALU_PREFIX > G_MAXUINT32)
        return FALSE;
      gst_p2p_write_u32 (data + at, (guint32)(code - at - GST_P2P_SFRAME_NALU_PREFIX));
      at = code;
    }
  return TRUE;
}

/* How many of the top bits of @byte are an Exp-Golomb code; -1: it does not end within @bits. */
static gint
exp_golomb_bits (guint8 byte, guint bits)
{
  for (guint zeros = 0; 2 * zeros + 1 <= bits; zeros++)
    if (byte >> (7 - zeros) & 1)
      return (gint)(2 * zeros + 1);
  return -1;
}

gboolean
gst_p2p_sframe_nalu_h264_pps_is_next (guint8 byte)
{
  gint first_mb = exp_golomb_bits (byte, 8), slice_type;

  if (first_mb < 0 || first_mb >= 8)
    return FALSE;
  slice_type = exp_golomb_bits ((guint8)(byte << first_mb), 8 - (guint)first_mb);
  return slice_type > 0 && first_mb + slice_type == 8;
}
