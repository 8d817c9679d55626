/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dictionary: see dictionary.h.
 */
#include "tests/fuzz/dictionary.h"

#include <string.h>

/* One byte of a word, from @text on. Returns what follows it, or %NULL. */
static const gchar *
read_byte (const gchar *text, guint8 *byte)
{
  if (text[0] != '\\')
    {
      *byte = (guint8)text[0];
      return text + 1;
    }
  if (text[1] == '\\' || text[1] == '"')
    {
      *byte = (guint8)text[1];
      return text + 2;
    }
  if (text[1] == 'x' && g_ascii_isxdigit (text[2]) && g_ascii_isxdigit (text[3]))
    {
      *byte = (guint8)(g_ascii_xdigit_value (text[2]) << 4 | g_ascii_xdigit_value (text[3]));
      return text + 4;
    }
  return NULL;
}

/* The word of a line, or %NULL. */
static GBytes *
read_word (const gchar *line)
{
  g_autoptr (GByteArray) word = g_byte_array_new ();
  const gchar *c = strchr (line, '"');

  for (c = c ? c + 1 : NULL; c && *c && *c != '"';)
    {
      guint8 byte;

      c = read_byte (c, &byte);
      g_byte_array_append (word, &byte, 1);
    }
  if (!c || strcmp (c, "\"") != 0 || word->len == 0)
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&word));
}

GPtrArray *
dictionary_load (const gchar *path)
{
  GPtrArray *words = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, &error))
    g_error ("%s", error->message);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    {
      const gchar *line = g_strstrip (lines[i]);
      GBytes *word;

      if (!*line || *line == '#')
        continue;
      word = read_word (line);
      if (!word)
        g_error ("%s:%u: no word", path, i + 1);
      g_ptr_array_add (words, word);
    }
  return words;
}
