/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secrettext: texts that nobody else may see: tokens, passwords, private keys as PEM. Keys of
 * frames, which are bytes, have secret.h. Functions without state; any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Overwrites a text with zeros and frees it; %NULL is fine. */
void gst_p2p_secret_text_free (gchar *text);
/* The same for each text of a %NULL-terminated array, and the array. */
void gst_p2p_secret_text_strv_free (GStrv texts);

/* In a time that tells nothing about either text, their lengths included. %NULL equals nothing. */
gboolean gst_p2p_secret_text_equal (const gchar *a, const gchar *b);

G_END_DECLS
