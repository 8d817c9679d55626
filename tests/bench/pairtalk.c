/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pairtalk: see pairtalk.h.
 */
#include "tests/bench/pairtalk.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
pair_tell (int fd, const gchar *kind, const gchar *text)
{
  g_autofree gchar *message = g_strdup_printf ("%s\n%s", kind, text);
  gsize size = strlen (message) + 1;

  if (write (fd, message, size) != (gssize)size)
    exit (1);
}

gboolean
pair_hear (int fd, GString *rest, PairHeardFunc func, gpointer user_data)
{
  gchar buffer[4096];
  gssize size = read (fd, buffer, sizeof buffer);
  gsize length;

  if (size <= 0)
    return FALSE;
  g_string_append_len (rest, buffer, size);
  while ((length = strnlen (rest->str, rest->len)) < rest->len)
    {
      g_auto (GStrv) parts = g_strsplit (rest->str, "\n", 2);

      func (parts[0], parts[1], user_data);
      g_string_erase (rest, 0, length + 1);
    }
  return TRUE;
}
