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

/* Compares digests, so that the time does not depend on where the texts differ, and on each text's
 * length only by how many blocks of 64 bytes it has. %NULL equals nothing. */
gboolean gst_p2p_secret_text_equal (const gchar *a, const gchar *b);

G_END_DECLS
