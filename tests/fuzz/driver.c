/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * driver: runs a fuzz target without libFuzzer: over a corpus, and over mutations of it that are
 * the same at every run.
 *
 *   fuzz-<name> ITERATIONS FOLDER [DICTIONARY]
 *
 * ITERATIONS 0: the corpus alone; FOLDER may be one file, an input to look into.
 *
 * Each input is copied to a block of exactly its size, so that sanitizers and valgrind see every
 * byte read past the end.
 */
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "tests/common/watchdog.h"
#include "tests/fuzz/dictionary.h"

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

static void
load_file (GPtrArray *corpus, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  gchar *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, &error))
    g_error ("%s", error->message);
  g_ptr_array_add (corpus, g_bytes_new_take (data, size));
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *)a, *(const gchar *const *)b);
}

/* By name: a folder has no order of its own, and a run is to be the same everywhere. */
static void
load_folder (GPtrArray *corpus, const gchar *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (folder, 0, &error);
  const gchar *name;

  if (!dir)
    g_error ("%s", error->message);
  while ((name = g_dir_read_name (dir)))
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_dir_close (dir);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    load_file (corpus, g_ptr_array_index (names, i));
}

static GPtrArray *
load_corpus (const gchar *path)
{
  GPtrArray *corpus = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    load_folder (corpus, path);
  else
    load_file (corpus, path);
  if (corpus->len == 0)
    g_error ("%s: no inputs", path);
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

/* Puts a word of the dictionary over what is there, or before it. */
static void
put_word (GRand *random, GByteArray *input, guint at, GPtrArray *words)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (
      g_ptr_array_index (words, g_rand_int_range (random, 0, words->len)), &size);
  guint tail = input->len - at;

  if (input->len + size > MAX_INPUT_SIZE)
    return;
  if (g_rand_boolean (random))
    {
      g_byte_array_set_size (input, input->len + size);
      memmove (input->data + at + size, input->data + at, tail);
    }
  else if (size > tail)
    {
      g_byte_array_set_size (input, at + size);
    }
  memcpy (input->data + at, data, size);
}

static void
mutate (GRand *random, GByteArray *input, GBytes *other, GPtrArray *words)
{
  guint at = input->len ? g_rand_int_range (random, 0, input->len) : 0;

  switch (g_rand_int_range (random, 0, words->len ? 8 : 6))
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
    case 6:
    case 7:
      put_word (random, input, at, words);
      break;
    default:
      if (input->len)
        input->data[at] = interesting_byte (random);
    }
}

static void
run_mutation (GRand *random, GPtrArray *corpus, GPtrArray *words)
{
  GBytes *first = g_ptr_array_index (corpus, g_rand_int_range (random, 0, corpus->len));
  GBytes *other = g_ptr_array_index (corpus, g_rand_int_range (random, 0, corpus->len));
  g_autoptr (GByteArray) input = g_byte_array_new ();
  gint count = g_rand_int_range (random, 1, MAX_MUTATIONS + 1);

  g_byte_array_append (input, g_bytes_get_data (first, NULL), g_bytes_get_size (first));
  while (count-- > 0)
    mutate (random, input, other, words);
  run (input->data, input->len);
}

int
main (int argc, char **argv)
{
  GRand *random = g_rand_new_with_seed (1);
  g_autoptr (GPtrArray) corpus = NULL;
  g_autoptr (GPtrArray) words = NULL;
  guint iterations;

  if (argc != 3 && argc != 4)
    g_error ("usage: %s ITERATIONS FOLDER [DICTIONARY]", argv[0]);
  test_watchdog_start (100);
  iterations = atoi (argv[1]);
  corpus = load_corpus (argv[2]);
  words = argc == 4 ? dictionary_load (argv[3]) : g_ptr_array_new ();
  for (guint i = 0; i < corpus->len; i++)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (corpus, i), &size);

      run (data, size);
    }
  for (guint i = 0; i < iterations; i++)
    run_mutation (random, corpus, words);
  g_rand_free (random);
  return 0;
}
