/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* debugfile: off without a variable, whole records from many threads, nobody else's file. */
#include "plugins/p2p/transport/debugfile.h"

#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "tests/common/leaks.h"
#include "tests/common/watchdog.h"

#define VARIABLE "GST_P2P_TEST_FILE"
#define HEAD "head\n"
#define N_THREADS 4
#define N_RECORDS 500

static const GstP2pDebugFileKind kind = {
  .variable = VARIABLE, .what = "The secrets of this test", .head = HEAD, .head_size = strlen (HEAD)
};

typedef struct
{
  gchar *folder;
  gchar *path;
  GstElement *element; /* a pipeline, for its bus */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("debugfile-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "file", NULL);
  fixture->element = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_setenv (VARIABLE, fixture->path, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unsetenv (VARIABLE);
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  gst_object_unref (fixture->element);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* The next warning on the bus, which names the file; FALSE: there is none. */
static gboolean
take_warning (Fixture *fixture)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (fixture->element);
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  g_autoptr (GError) error = NULL;

  if (!message)
    return FALSE;
  gst_message_parse_warning (message, &error, NULL);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, VARIABLE));
  return TRUE;
}

static void
check_off (Fixture *fixture)
{
  g_assert_null (gst_p2p_debug_file_open (&kind, fixture->element));
  g_assert_false (take_warning (fixture));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_off (Fixture *fixture, gconstpointer data)
{
  g_unsetenv (VARIABLE);
  check_off (fixture);
  g_setenv (VARIABLE, "", TRUE);
  check_off (fixture);
}

static gchar *
make_record (guint thread, guint n)
{
  return g_strdup_printf ("%u %u %*s", thread, n, (gint)(n % 100), "");
}

typedef struct
{
  GstP2pDebugFile *file;
  guint number;
} Writer;

static gpointer
write_records (gpointer data)
{
  Writer *writer = data;

  for (guint i = 0; i < N_RECORDS; i++)
    {
      g_autofree gchar *record = make_record (writer->number, i);

      gst_p2p_debug_file_append (writer->file, record, strlen (record), "\n", 1);
    }
  return NULL;
}

/* Every record is there once, and those of a thread are in order. */
static void
check_records (const gchar *path, guint n_rounds)
{
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint next[N_THREADS] = { 0 };

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + n_rounds * N_THREADS * N_RECORDS + 1);
  g_assert_cmpstr (lines[0], ==, "head");
  for (guint i = 1; i <= n_rounds * N_THREADS * N_RECORDS; i++)
    {
      guint thread = (guint)g_ascii_strtoull (lines[i], NULL, 10);
      g_autofree gchar *expected = NULL;

      g_assert_cmpuint (thread, <, N_THREADS);
      expected = make_record (thread, next[thread]++ % N_RECORDS);
      g_assert_cmpstr (lines[i], ==, expected);
    }
}

static void
write_round (Fixture *fixture)
{
  g_autoptr (GstP2pDebugFile) file = gst_p2p_debug_file_open (&kind, fixture->element);
  g_autoptr (GstP2pDebugFile) same = gst_p2p_debug_file_open (&kind, fixture->element);
  GThread *threads[N_THREADS];
  Writer writers[N_THREADS];

  g_assert_nonnull (file);
  g_assert_true (file == same);
  g_assert_true (take_warning (fixture));
  g_assert_true (take_warning (fixture));
  for (guint i = 0; i < N_THREADS; i++)
    {
      writers[i] = (Writer){ file, i };
      threads[i] = g_thread_new ("writer", write_records, &writers[i]);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

/* And a second time, behind what is there. */
static void
test_records (Fixture *fixture, gconstpointer data)
{
  GStatBuf facts;

  write_round (fixture);
  check_records (fixture->path, 1);
  g_assert_cmpint (g_stat (fixture->path, &facts), ==, 0);
  g_assert_cmphex (facts.st_mode & 0777, ==, 0600);
  write_round (fixture);
  check_records (fixture->path, 2);
}

static void
check_refused (Fixture *fixture)
{
  g_assert_null (gst_p2p_debug_file_open (&kind, fixture->element));
  g_assert_true (take_warning (fixture));
  g_assert_false (take_warning (fixture));
}

/* Somebody else's file, a folder, a pipe without a reader, a folder that is not there. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const gchar *const others[] = { "hea", "other\n", "other things" };
  g_autofree gchar *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_clear_pointer (&text, g_free);
      g_assert_true (g_file_set_contents (fixture->path, others[i], -1, NULL));
      check_refused (fixture);
      g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
      g_assert_cmpstr (text, ==, others[i]);
    }
  g_unlink (fixture->path);
  g_assert_cmpint (mkfifo (fixture->path, 0600), ==, 0);
  check_refused (fixture);
  g_setenv (VARIABLE, fixture->folder, TRUE);
  check_refused (fixture);
  g_setenv (VARIABLE, "/nowhere/at/all", TRUE);
  check_refused (fixture);
}

/* A file that is as large as it may be is left alone. */
static void
test_limit (Fixture *fixture, gconstpointer data)
{
  static const GstP2pDebugFileKind limited = { .variable = VARIABLE,
                                               .what = "The secrets of this test",
                                               .head = HEAD,
                                               .head_size = strlen (HEAD),
                                               .max_size = 1000 };
  GStatBuf facts;

  for (guint round = 0; round < 30; round++)
    {
      g_autoptr (GstP2pDebugFile) file = gst_p2p_debug_file_open (&limited, fixture->element);

      for (guint i = 0; i < 10; i++)
        gst_p2p_debug_file_append (file, "123456789", 9, "\n", 1);
    }
  g_assert_cmpint (g_stat (fixture->path, &facts), ==, 0);
  g_assert_cmpint (facts.st_size, <=, 1000);
  g_assert_cmpint (facts.st_size, >, 900 - (gint)strlen (HEAD));
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (60);
#define ADD(name, func) g_test_add ("/debugfile/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("off", test_off);
  ADD ("records", test_records);
  ADD ("refused", test_refused);
  ADD ("limit", test_limit);
  return g_test_run ();
}
