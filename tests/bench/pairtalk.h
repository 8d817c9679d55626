/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pairtalk: what the two programs of a benchmark tell each other over a socket pair: a kind, a line
 * feed, a text, a NUL.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Ends the program if nobody listens. */
void pair_tell (int fd, const gchar *kind, const gchar *text);

typedef void (*PairHeardFunc) (const gchar *kind, const gchar *text, gpointer user_data);

/* Waits for some bytes, and calls @func for each message that is complete; @rest keeps the other
 * bytes from call to call. FALSE: the other program is gone. */
gboolean pair_hear (int fd, GString *rest, PairHeardFunc func, gpointer user_data);

G_END_DECLS
