/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hex: bytes as hexadecimal digits, two a byte. Functions without state; any thread.
 *
 * What is parsed may be a key, so nothing is copied to anywhere but @bytes.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The first 2 * @size characters of @text, which may be of either case, to @size @bytes. FALSE if
 * one of them is no digit, as the end of the string is; @bytes then has part of it. */
gboolean gst_p2p_hex_parse (const gchar *text, guint8 *bytes, gsize size);

/* In lower case; the caller frees it. */
gchar *gst_p2p_hex_print (const guint8 *bytes, gsize size);
/* @bytes: (nullable): %NULL gives %NULL. */
gchar *gst_p2p_hex_print_bytes (GBytes *bytes);

G_END_DECLS
