/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * crc32c: see crc32c.h.
 */
#include "gst/p2p/link/crc32c.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <arm_acle.h>
#include <sys/auxv.h>
#ifndef HWCAP_CRC32
#define HWCAP_CRC32 (1 << 7)
#endif
#endif

#define POLYNOMIAL 0x82f63b78u /* Castagnoli, reflected */
#define CHECKSUM_OFFSET 8

typedef guint32 (*Crc32cFunc) (guint32 crc, const guint8 *data, gsize size);

static guint32 table[8][256]; /* const after fill_table() */

static void
fill_table (void)
{
  for (guint i = 0; i < 256; i++)
    {
      guint32 crc = i;

      for (guint bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) ? POLYNOMIAL : 0);
      table[0][i] = crc;
    }
  for (guint i = 0; i < 256; i++)
    for (guint slice = 1; slice < 8; slice++)
      table[slice][i] = (table[slice - 1][i] >> 8) ^ table[0][table[slice - 1][i] & 0xff];
}

static void
ensure_table (void)
{
  static gsize filled = 0;

  if (g_once_init_enter (&filled))
    {
      fill_table ();
      g_once_init_leave (&filled, 1);
    }
}

/* Slicing by 8: eight independent look-ups per step instead of a chain of them. */
static guint32
update_portable (guint32 crc, const guint8 *data, gsize size)
{
  ensure_table ();

  for (; size >= 8; data += 8, size -= 8)
    {
      guint32 low, high;

      memcpy (&low, data, 4);
      memcpy (&high, data + 4, 4);
      low = GUINT32_FROM_LE (low) ^ crc;
      high = GUINT32_FROM_LE (high);
      crc = table[7][low & 0xff] ^ table[6][(low >> 8) & 0xff] ^ table[5][(low >> 16) & 0xff]
            ^ table[4][low >> 24] ^ table[3][high & 0xff] ^ table[2][(high >> 8) & 0xff]
            ^ table[1][(high >> 16) & 0xff] ^ table[0][high >> 24];
    }
  for (; size > 0; data++, size--)
    crc = (crc >> 8) ^ table[0][(crc ^ *data) & 0xff];

  return crc;
}

#if defined(__x86_64__)
__attribute__ ((target ("sse4.2"))) static guint32
update_sse42 (guint32 crc, const guint8 *data, gsize size)
{
  guint64 wide = crc;

  for (; size >= 8; data += 8, size -= 8)
    {
      guint64 word;

      memcpy (&word, data, 8);
      wide = _mm_crc32_u64 (wide, word);
    }
  crc = (guint32)wide;
  for (; size > 0; data++, size--)
    crc = _mm_crc32_u8 (crc, *data);

  return crc;
}
#elif defined(__aarch64__) && defined(__linux__)
__attribute__ ((target ("+crc"))) static guint32
update_armv8 (guint32 crc, const guint8 *data, gsize size)
{
  for (; size >= 8; data += 8, size -= 8)
    {
      guint64 word;

      memcpy (&word, data, 8);
      crc = __crc32cd (crc, GUINT64_FROM_LE (word));
    }
  for (; size > 0; data++, size--)
    crc = __crc32cb (crc, *data);

  return crc;
}
#endif

static Crc32cFunc
choose (void)
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports ("sse4.2"))
    return update_sse42;
#elif defined(__aarch64__) && defined(__linux__)
  if (getauxval (AT_HWCAP) & HWCAP_CRC32)
    return update_armv8;
#endif
  return update_portable;
}

guint32
gst_p2p_crc32c (const guint8 *data, gsize size)
{
  static gsize chosen = 0;

  if (g_once_init_enter (&chosen))
    g_once_init_leave (&chosen, (gsize)choose ());

  return ~((Crc32cFunc)chosen) (0xffffffffu, data, size);
}

guint32
gst_p2p_crc32c_portable (const guint8 *data, gsize size)
{
  return ~update_portable (0xffffffffu, data, size);
}

void
gst_p2p_sctp_packet_seal (guint8 *packet, gsize size)
{
  guint32 checksum;

  memset (packet + CHECKSUM_OFFSET, 0, sizeof checksum);
  checksum = GUINT32_TO_LE (gst_p2p_crc32c (packet, size));
  memcpy (packet + CHECKSUM_OFFSET, &checksum, sizeof checksum);
}

gboolean
gst_p2p_sctp_packet_verify (guint8 *packet, gsize size)
{
  guint32 carried, computed;

  memcpy (&carried, packet + CHECKSUM_OFFSET, sizeof carried);
  memset (packet + CHECKSUM_OFFSET, 0, sizeof carried);
  computed = GUINT32_TO_LE (gst_p2p_crc32c (packet, size));
  memcpy (packet + CHECKSUM_OFFSET, &carried, sizeof carried);

  return carried == computed;
}
