/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dictionary: the files of dict/, which libFuzzer and AFL read, for driver.c: one word a line,
 * "…" or name="…", with \\, \" and \xHH; empty lines and such that begin with #.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The words, as GBytes. Ends the program with file and line if one cannot be read. */
GPtrArray *dictionary_load (const gchar *path);

G_END_DECLS
