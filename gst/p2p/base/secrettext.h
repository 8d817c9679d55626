/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secrettext: texts that nobody else may see: tokens, passwords, private keys as PEM. Frame keys
 * are bytes, for which there is secret.h. Functions without state; any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Overwrites a text with zeros and frees it; %NULL is fine. */
void gst_p2p_secret_text_free (gchar *text);
/* The same for each text of a %NULL-terminated array, and the array. */
void gst_p2p_secret_text_strv_free (GStrv texts);

/* The one line that a file holds, without white space around it, for instance a token. A path that
 * is relative is so to the working folder. GST_P2P_ERROR_SETTINGS if the file cannot be read, or
 * holds something else, or more than GST_P2P_SECRET_TEXT_MAX_FILE bytes; the sentence names it. */
#define GST_P2P_SECRET_TEXT_MAX_FILE 4096
gchar *gst_p2p_secret_text_new_from_file (const gchar *path, GError **error);

/* Compares digests, so that the time does not depend on where the texts differ, and on each text's
 * length only by how many blocks of 64 bytes it has. %NULL equals nothing. */
gboolean gst_p2p_secret_text_equal (const gchar *a, const gchar *b);

G_END_DECLS
