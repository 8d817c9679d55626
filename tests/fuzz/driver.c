/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * driver: runs a fuzz target without libFuzzer: over a corpus, and over mutations of it that are
 * the same at every run.
 *
 *   fuzz-<name> ITERATIONS FOLDER
 *
 * Each input is copied to a block of exactly its size, so that sanitizers and valgrind see every
 * byte read past the end.
 */
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "tests/common/watchdog.h"

#define MAX_INPUT_SIZE 65536
#define MAX_MUTATIONS 8

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
run (const guint8 *data, gsize size)
{
  guint8 *exact = g_memdup2 (data, size);

  LLVMFuzzerTestOneInput (exact, size);
  g_free (exact);
}

static GPtrArray *
load_corpus (const gchar *folder)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *corpus = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  GDir *dir = g_dir_open (folder, 0, &error);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree gchar *path = g_build_filename (folder, name, NULL);
      gchar *data;
      gsize size;

      if (g_file_get_contents (path, &data, &size, &error))
        g_ptr_array_add (corpus, g_bytes_new_take (data, size));
    }
  g_clear_pointer (&dir, g_dir_close);
  if (error)
    g_error ("%s", error->message);
  if (corpus->len == 0)
    g_error ("%s: no inputs", folder);
  return corpus;
}

static guint8
interesting_byte (GRand *random)
{
  static const guint8 bytes[]
      = { 0x00, 0x01, 0x7f, 0x80, 0xff, '"', '{', '}', ':', ' ', '\n', '-' };

  if (g_rand_boolean (random))
    return g_rand_int (random) & 0xff;
  return bytes[g_rand_int_range (random, 0, G_N_ELEMENTS (bytes))];
}

/* Moves the tail by a few bytes, either way: inserts or deletes. */
static void
resize (GRand *random, GByteArray *input, guint at)
{
  guint count = g_rand_int_range (random, 1, 9);
  guint tail = input->len - at;

  if (g_rand_boolean (random))
    {
      g_byte_array_remove_range (input, at, MIN (count, tail));
    }
  else if (input->len + count <= MAX_INPUT_SIZE)
    {
      g_byte_array_set_size (input, input->len + count);
      memmove (input->data + at + count, input->data + at, tail);
      for (guint i = 0; i < count; i++)
        input->data[at + i] = interesting_byte (random);
    }
}

/* Appends a piece of another input. */
static void
splice (GRand *random, GByteArray *input, GBytes *other)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (other, &size);
  guint from = size ? g_rand_int_range (random, 0, size) : 0;

  if (input->len + size - from <= MAX_INPUT_SIZE)
    g_byte_array_append (input, data + from, size - from);
}

static void
mutate (GRand *random, GByteArray *input, GBytes *other)
{
  guint at = input->len ? g_rand_int_range (random, 0, input->len) : 0;

  switch (g_rand_int_range (random, 0, 6))
    {
    case 0:
      g_byte_array_set_size (input, at);
      break;
    case 1:
      splice (random, input, other);
      break;
    case 2:
      resize (random, input, at);
      break;
    case 3:
      if (input->len)
        input->data[at] ^= 1 << g_rand_int_range (random, 0, 8);
      break;
    default:
      if (input->len)
        input->data[at] = interesting_byte (random);
    }
}

static void
run_mutation (GRand *random, GPtrArray *corpus)
{
  GBytes *first = g_ptr_array_index (corpus, g_rand_int_range (random, 0, corpus->len));
  GBytes *other = g_ptr_array_index (corpus, g_rand_int_range (random, 0, corpus->len));
  g_autoptr (GByteArray) input = g_byte_array_new ();
  gint count = g_rand_int_range (random, 1, MAX_MUTATIONS + 1);

  g_byte_array_append (input, g_bytes_get_data (first, NULL), g_bytes_get_size (first));
  while (count-- > 0)
    mutate (random, input, other);
  run (input->data, input->len);
}

int
main (int argc, char **argv)
{
  GRand *random = g_rand_new_with_seed (1);
  g_autoptr (GPtrArray) corpus = NULL;
  guint iterations;

  if (argc != 3)
    g_error ("usage: %s ITERATIONS FOLDER", argv[0]);
  test_watchdog_start (100);
  iterations = atoi (argv[1]);
  corpus = load_corpus (argv[2]);
  for (guint i = 0; i < corpus->len; i++)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (corpus, i), &size);

      run (data, size);
    }
  for (guint i = 0; i < iterations; i++)
    run_mutation (random, corpus);
  g_rand_free (random);
  return 0;
}
