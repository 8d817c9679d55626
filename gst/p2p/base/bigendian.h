/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bigendian: integers as they are on the wire, at any address.
 *
 * GLib's and GStreamer's macros dereference pointers that may be misaligned, which is undefined.
 * Compilers turn each of these functions into one load or store with a byte swap.
 */
#pragma once

#include <string.h>

#include <glib.h>

G_BEGIN_DECLS

#define GST_P2P_DEFINE_BIG_ENDIAN(bits)                                                            \
  static inline guint##bits gst_p2p_read_u##bits (const guint8 *data)                              \
  {                                                                                                \
    guint##bits value;                                                                             \
    memcpy (&value, data, sizeof value);                                                           \
    return GUINT##bits##_FROM_BE (value);                                                          \
  }                                                                                                \
  static inline void gst_p2p_write_u##bits (guint8 *data, guint##bits value)                       \
  {                                                                                                \
    value = GUINT##bits##_TO_BE (value);                                                           \
    memcpy (data, &value, sizeof value);                                                           \
  }

GST_P2P_DEFINE_BIG_ENDIAN (16)
GST_P2P_DEFINE_BIG_ENDIAN (32)
GST_P2P_DEFINE_BIG_ENDIAN (64)

#undef GST_P2P_DEFINE_BIG_ENDIAN

G_END_DECLS
