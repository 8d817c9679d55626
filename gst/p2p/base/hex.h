/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hex: bytes as hexadecimal digits, two per byte. Functions without state; any thread.
 *
 * What is parsed may be a key, so it is copied nowhere but into @bytes.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Parses the first 2 * @size characters of @text, in either case, into @size @bytes. FALSE if one
 * of them is not a hexadecimal digit, or if @text is shorter; @bytes is then filled up to there. */
gboolean gst_p2p_hex_parse (const gchar *text, guint8 *bytes, gsize size);

/* Prints in lower case; the caller frees the text. */
gchar *gst_p2p_hex_print (const guint8 *bytes, gsize size);
/* @bytes: (nullable): %NULL gives %NULL. */
gchar *gst_p2p_hex_print_bytes (GBytes *bytes);

G_END_DECLS
