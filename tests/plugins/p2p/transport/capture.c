/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * capture, and the key log: what the environment asks for is in the files, and else there are none.
 * Two connections of one process write to the same ones, both ends of each.
 */
#define _GNU_SOURCE /* memmem */
#include "plugins/p2p/transport/capture.h"

#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "gst/p2p/link/crc32c.h"
#include "gst/p2p/link/sctpchunk.h"
#include "plugins/p2p/transport/direct/element.h"
#include "plugins/p2p/transport/stock/bin.h"
#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/plugins/p2p/transport/side.h"

#define KEY_LOG "SSLKEYLOGFILE"
#define CAPTURE "GST_P2P_SCTP_PCAP"
#define MARK "this is what was sent"
#define N_CALLS 2
#define FILE_HEAD 24
#define PACKET_HEAD 16
#define CHUNK_INIT 1

static const Pair pairs[] = {
  { "elements", gst_p2p_stock_bin_new, gst_p2p_stock_bin_new },
  { "direct", gst_p2p_direct_element_new, gst_p2p_direct_element_new },
};

typedef struct
{
  gchar *folder;
  gchar *key_log;
  gchar *capture;
  GstBus *bus;
} Files;

static void
files_init (Files *files)
{
  files->folder = g_dir_make_tmp ("capture-XXXXXX", NULL);
  files->key_log = g_build_filename (files->folder, "keys", NULL);
  files->capture = g_build_filename (files->folder, "packets.pcap", NULL);
  files->bus = gst_bus_new ();
}

static void
files_clear (Files *files)
{
  g_unlink (files->key_log);
  g_unlink (files->capture);
  g_assert_cmpint (g_rmdir (files->folder), ==, 0);
  gst_object_unref (files->bus);
  g_free (files->folder);
  g_free (files->key_log);
  g_free (files->capture);
}

static void
begin_call (Side *a, Side *b, const Pair *pair, GstBus *bus)
{
  side_init (a, b, pair->new_a);
  side_init (b, a, pair->new_b);
  gst_element_set_bus (GST_ELEMENT (a->transport), bus);
  side_start (a, GST_P2P_ROLE_INITIATOR);
  side_start (b, GST_P2P_ROLE_ACCEPTOR);
}

static void
say (Side *from, Side *to)
{
  g_autoptr (GBytes) message = g_bytes_new_static (MARK, strlen (MARK));
  g_autoptr (GBytes) taken = NULL;

  g_assert_cmpint (port_push (&from->ports[2], message, 0), ==, GST_FLOW_OK);
  taken = port_take (&to->ports[2]);
  g_assert_true (g_bytes_equal (message, taken));
}

/* Calls, and says the mark in both directions. */
static void
run_calls (const Pair *pair, GstBus *bus)
{
  Side a[N_CALLS], b[N_CALLS];

  for (guint i = 0; i < N_CALLS; i++)
    begin_call (&a[i], &b[i], pair, bus);
  for (guint i = 0; i < N_CALLS; i++)
    {
      TEST_WAIT_UNTIL (a[i].established && b[i].established, 10000);
      open_port (&a[i], 2, NULL);
      open_port (&b[i], 2, NULL);
      say (&a[i], &b[i]);
      say (&b[i], &a[i]);
    }
  for (guint i = 0; i < N_CALLS; i++)
    {
      gst_element_set_bus (GST_ELEMENT (a[i].transport), NULL);
      side_clear (&a[i]);
      side_clear (&b[i]);
    }
}

/* How many warnings there are that name @path. */
static guint
count_warnings (GstBus *bus, const gchar *path)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING)))
    {
      g_autoptr (GError) error = NULL;

      gst_message_parse_warning (message, &error, NULL);
      if (strstr (error->message, path))
        n++;
      gst_message_unref (message);
    }
  return n;
}

static void
check_mode (const gchar *path)
{
  GStatBuf facts;

  g_assert_cmpint (g_stat (path, &facts), ==, 0);
  g_assert_cmphex (facts.st_mode & 0777, ==, 0600);
}

static guint32
read_number (const gchar *data)
{
  guint32 number;

  memcpy (&number, data, sizeof number);
  return number;
}

/* What a reader finds in the file, whose packets are all whole and have a valid checksum. */
typedef struct
{
  GHashTable *tags; /* other than 0 */
  guint n_inits;
  guint n_marks;
} Found;

static void
look_at_packet (Found *found, const gchar *data, gsize size)
{
  g_autofree guint8 *packet = g_memdup2 (data, size);

  g_assert_cmpuint (size, >=, GST_P2P_SCTP_HEADER_SIZE + 4);
  g_assert_true (gst_p2p_sctp_packet_verify (packet, size));
  if (packet[GST_P2P_SCTP_HEADER_SIZE] == CHUNK_INIT)
    found->n_inits++;
  else
    g_hash_table_add (found->tags, GUINT_TO_POINTER (read_number (data + 4)));
  if (memmem (packet, size, MARK, strlen (MARK)))
    found->n_marks++;
}

static void
look_at_capture (Found *found, const gchar *path)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree gchar *data = NULL;
  gsize size, at = FILE_HEAD;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_cmpuint (size, >, FILE_HEAD);
  g_assert_cmphex (read_number (data), ==, 0xa1b2c3d4);
  g_assert_cmpuint (read_number (data + 20), ==, 248);
  while (at < size)
    {
      guint32 length;

      g_assert_cmpuint (size - at, >=, PACKET_HEAD);
      g_assert_cmpint (now_s - read_number (data + at), <, 120);
      g_assert_cmpuint (read_number (data + at + 4), <, G_USEC_PER_SEC);
      length = read_number (data + at + 8);
      g_assert_cmpuint (length, ==, read_number (data + at + 12));
      at += PACKET_HEAD;
      g_assert_cmpuint (size - at, >=, length);
      look_at_packet (found, data + at, length);
      at += length;
    }
}

static void
check_capture (const gchar *path)
{
  Found found = { .tags = g_hash_table_new (NULL, NULL) };

  check_mode (path);
  look_at_capture (&found, path);
  /* one for each direction of each connection */
  g_assert_cmpuint (g_hash_table_size (found.tags), ==, 2 * N_CALLS);
  g_assert_cmpuint (found.n_inits, >=, 2 * N_CALLS);
  /* as it left one end, and as it came to the other */
  g_assert_cmpuint (found.n_marks, >=, 4 * N_CALLS);
  g_hash_table_unref (found.tags);
}

/* Each connection's line is there twice, the same from both ends. */
static void
check_key_log (const gchar *path)
{
  g_autoptr (GHashTable) different = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  check_mode (path);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2 * N_CALLS + 1);
  for (guint i = 0; i < 2 * N_CALLS; i++)
    {
      g_assert_true (g_regex_match_simple ("^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$", lines[i],
                                           G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT));
      g_hash_table_add (different, lines[i]);
    }
  g_assert_cmpuint (g_hash_table_size (different), ==, N_CALLS);
}

static void
test_on (gconstpointer data)
{
  const Pair *pair = data;
  gboolean has_keys = pair->new_a == gst_p2p_direct_element_new;
  Files files;

  files_init (&files);
  g_setenv (KEY_LOG, files.key_log, TRUE);
  g_setenv (CAPTURE, files.capture, TRUE);
  run_calls (pair, files.bus);
  g_unsetenv (KEY_LOG);
  g_unsetenv (CAPTURE);

  check_capture (files.capture);
  if (has_keys)
    check_key_log (files.key_log);
  else
    g_assert_false (g_file_test (files.key_log, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_warnings (files.bus, files.folder), ==, N_CALLS * (has_keys ? 2 : 1));
  files_clear (&files);
}

static void
test_off (gconstpointer data)
{
  Files files;

  files_init (&files);
  g_unsetenv (KEY_LOG);
  g_unsetenv (CAPTURE);
  run_calls (data, files.bus);
  g_assert_false (g_file_test (files.key_log, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (files.capture, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_warnings (files.bus, ""), ==, 0);
  files_clear (&files);
}

int
main (int argc, char **argv)
{
  gint ret;

  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (60);
  gst_p2p_stock_bin_prepare ();
  gst_p2p_stock_bin_end_prepare ();
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree gchar *on = g_strdup_printf ("/capture/%s/on", pairs[i].name);
      g_autofree gchar *off = g_strdup_printf ("/capture/%s/off", pairs[i].name);

      g_test_add_data_func (on, &pairs[i], test_on);
      g_test_add_data_func (off, &pairs[i], test_off);
    }
  ret = g_test_run ();
  gst_p2p_identity_unref (side_identity (GST_P2P_ROLE_INITIATOR));
  gst_p2p_identity_unref (side_identity (GST_P2P_ROLE_ACCEPTOR));
  return ret;
}
