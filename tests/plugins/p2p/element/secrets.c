/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secrets: what nobody may read in a log of any level, in dot files, in properties or on the screen
 * of gst-launch-1.0 -v: the token, the TURN password, the private key, the passwords of ICE.
 */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/link/identity.h"
#include "tests/common/detour.h"
#include "tests/common/signaling.h"
#include "tests/plugins/p2p/element/ends.h"

#define TOKEN "Sesame-open-thou"
#define TURN_PASSWORD "Rhubarb-and-custard"

static gchar *dot_dir;

/* Everything that was said, and everything that may not be. */
typedef struct
{
  GMutex lock;
  /* lock */
  GString *said;
  GPtrArray *secrets;
} Record;

static void
record_text (Record *record, const gchar *text)
{
  g_mutex_lock (&record->lock);
  g_string_append (record->said, text);
  g_string_append_c (record->said, '\n');
  g_mutex_unlock (&record->lock);
}

static void
add_secret (Record *record, const gchar *secret)
{
  g_mutex_lock (&record->lock);
  g_ptr_array_add (record->secrets, g_strdup (secret));
  g_mutex_unlock (&record->lock);
}

/* --- where it is said --- */

static void
on_gst_log (GstDebugCategory *category, GstDebugLevel level, const gchar *file,
            const gchar *function, gint line, GObject *object, GstDebugMessage *message,
            gpointer record)
{
  const gchar *id = gst_debug_message_get_id (message);

  record_text (record, gst_debug_message_get (message));
  if (id)
    record_text (record, id);
}

static void
on_log (const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer record)
{
  record_text (record, message);
}

static void
record_property (GObject *object, GParamSpec *pspec, Record *record)
{
  GValue value = G_VALUE_INIT;
  g_autofree gchar *text = NULL;

  if (!(pspec->flags & G_PARAM_READABLE))
    return;
  g_object_get_property (object, pspec->name, &value);
  /* What a pointer points to is nobody's to print. */
  text = G_VALUE_HOLDS_POINTER (&value) ? NULL : g_strdup_value_contents (&value);
  if (text)
    record_text (record, text);
  g_value_unset (&value);
}

/* As gst-launch-1.0 -v does. */
static void
on_deep_notify (GstObject *pipeline, GstObject *object, GParamSpec *pspec, gpointer record)
{
  record_property (G_OBJECT (object), pspec, record);
}

static void
record_object (const GValue *item, gpointer record)
{
  GObject *object = g_value_get_object (item);
  guint n;
  g_autofree GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);

  for (guint i = 0; i < n; i++)
    record_property (object, pspecs[i], record);
}

static void
record_pipeline (End *end, Record *record)
{
  GstIterator *elements = gst_bin_iterate_recurse (GST_BIN (end->pipeline));
  g_autofree gchar *dot
      = gst_debug_bin_to_dot_data (GST_BIN (end->pipeline), GST_DEBUG_GRAPH_SHOW_VERBOSE);

  gst_iterator_foreach (elements, record_object, record);
  gst_iterator_free (elements);
  record_text (record, dot);
}

/* What the elements themselves dumped, as asked by GST_DEBUG_DUMP_DOT_DIR. */
static guint
record_dot_files (Record *record)
{
  g_autoptr (GDir) dir = g_dir_open (dot_dir, 0, NULL);
  const gchar *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree gchar *path = g_build_filename (dot_dir, name, NULL);
      g_autofree gchar *text = NULL;

      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      record_text (record, text);
      g_unlink (path);
      n++;
    }
  return n;
}

/* --- what is secret --- */

/* The passwords of ICE, as they pass the server. */
static gchar *
on_signaling (const gchar *text, gpointer record)
{
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonObject *object = json_node_get_object (root);

  if (json_object_has_member (object, "sdp"))
    add_secret (record, json_object_get_string_member (
                            json_object_get_object_member (object, "sdp"), "pwd"));
  return g_strdup (text);
}

/* A certificate and key in a file; each line of the key is a secret. */
static gchar *
make_certificate (Record *record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pIdentity) identity = gst_p2p_identity_new (&error);
  gchar *pem = gst_p2p_identity_to_pem (identity), *path = NULL;
  const gchar *key = strstr (pem, "PRIVATE KEY-----\n");
  gint fd = g_file_open_tmp ("p2p-secret-XXXXXX.pem", &path, &error);
  g_auto (GStrv) lines = NULL;

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, pem, -1, &error);
  g_assert_no_error (error);
  g_assert_nonnull (key);
  lines = g_strsplit (key, "\n", -1);
  for (guint i = 1; lines[i] && lines[i][0] != '-'; i++)
    add_secret (record, lines[i]);
  gst_p2p_secret_text_free (pem);
  return path;
}

static void
set_token (GstP2pSignalingServer *server, gpointer data)
{
  gst_p2p_signaling_server_set_token (server, TOKEN);
}

/* By properties: GStreamer's parser logs the whole of a description. */
static void
set_secrets (GstElement *element)
{
  GValue servers = G_VALUE_INIT, server = G_VALUE_INIT;

  gst_value_array_init (&servers, 1);
  g_value_init (&server, G_TYPE_STRING);
  g_value_set_static_string (&server, "turn://user:" TURN_PASSWORD "@127.0.0.1:9");
  gst_value_array_append_and_take_value (&servers, &server);
  g_object_set_property (G_OBJECT (element), "turn-servers", &servers);
  g_value_unset (&servers);
  g_object_set (element, "signaling-token", TOKEN, NULL);
}

static End *
play_logged (Record *record, const gchar *description)
{
  End *end = end_new ("%s", description);

  set_secrets (end->p2p);
  g_signal_connect (end->pipeline, "deep-notify", G_CALLBACK (on_deep_notify), record);
  end_set_state (end, GST_STATE_PLAYING);
  return end;
}

/* One connection, in which everything is said that can be. */
static void
talk (const gchar *transport, Record *record)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (set_token, NULL);
  g_autoptr (TestDetour) detour
      = test_detour_new_tampering (test_signaling_get_port (signaling), on_signaling, record);
  g_autofree gchar *certificate = make_certificate (record);
  g_autofree gchar *common = g_strdup_printf ("signaling-uri=%s transport=%s certificate=%s",
                                              test_detour_get_uri (detour), transport, certificate);
  g_autofree gchar *receiver_text
      = g_strdup_printf ("p2psrc name=p local-id=called %s ! " ENDS_TAKE, common);
  g_autofree gchar *sender_text
      = g_strdup_printf (ENDS_ENDLESS "! p2psink name=p remote-id=called %s", common);
  g_autoptr (End) receiver = play_logged (record, receiver_text);
  g_autoptr (End) sender = play_logged (record, sender_text);

  end_wait_taken (receiver, 3);
  record_pipeline (receiver, record);
  record_pipeline (sender, record);
  end_set_state (sender, GST_STATE_NULL);
  end_set_state (receiver, GST_STATE_NULL);
  g_unlink (certificate);
}

static void
check_silence (Record *record)
{
  for (guint i = 0; i < record->secrets->len; i++)
    {
      const gchar *secret = g_ptr_array_index (record->secrets, i);
      const gchar *found = strstr (record->said->str, secret);

      if (found)
        {
          const gchar *from = MAX (record->said->str, found - 200);
          g_error ("secret %u was said: …%.*s", i, 260, from);
        }
    }
}

static void
test_silence (const gchar *transport)
{
  Record record
      = { .said = g_string_new (NULL), .secrets = g_ptr_array_new_with_free_func (g_free) };
  GstDebugLevel before = gst_debug_get_default_threshold ();
  guint handler;

  g_mutex_init (&record.lock);
  add_secret (&record, TOKEN);
  add_secret (&record, TURN_PASSWORD);
  handler = g_log_set_handler ("gst-p2p", G_LOG_LEVEL_MASK, on_log, &record);
  gst_debug_set_active (TRUE);
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (on_gst_log, &record, NULL);
  gst_debug_set_default_threshold (GST_LEVEL_MEMDUMP);
  talk (transport, &record);
  gst_debug_set_default_threshold (before);
  gst_debug_remove_log_function (on_gst_log);
  g_log_remove_handler ("gst-p2p", handler);

  /* That there was something to be found in. */
  g_assert_cmpuint (record_dot_files (&record), >, 0);
  g_assert_cmpuint (record.said->len, >, 10000);
  g_assert_nonnull (strstr (record.said->str, "digraph"));
  g_assert_nonnull (strstr (record.said->str, "127.0.0.1"));
  g_assert_cmpuint (record.secrets->len, >=, 2 + 3 + 2);
  check_silence (&record);
  g_string_free (record.said, TRUE);
  g_ptr_array_unref (record.secrets);
  g_mutex_clear (&record.lock);
}

int
main (int argc, char **argv)
{
  int failed;

  dot_dir = g_dir_make_tmp ("p2p-dot-XXXXXX", NULL);
  g_setenv ("GST_DEBUG_DUMP_DOT_DIR", dot_dir, TRUE);
  ends_init (&argc, &argv);
  ends_add ("silence", test_silence);
  failed = g_test_run ();
  g_rmdir (dot_dir);
  g_free (dot_dir);
  return failed;
}
