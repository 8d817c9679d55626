/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reports: what an application is told is documented: each cause of an error, each reason of a
 * disconnection, and each field of messages and statistics.
 */
#include <string.h>

#include "gst/p2p/base/error.h"
#include "plugins/p2p/element/report.h"
#include "tests/common/signaling.h"
#include "tests/common/wait.h"
#include "tests/plugins/p2p/element/ends.h"

static gchar *
read_source (const gchar *name)
{
  g_autofree gchar *path = g_build_filename (g_getenv ("GST_P2P_SOURCE_ROOT"), name, NULL);
  g_autoptr (GError) error = NULL;
  gchar *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
assert_documented (const gchar *document, const gchar *word, const gchar *of)
{
  g_autofree gchar *text = read_source (document);
  g_autofree gchar *code = g_strdup_printf ("`%s`", word);

  if (!strstr (text, code))
    g_error ("%s of %s is not in %s", code, of, document);
}

/* --- causes --- */

static const gchar *
get_code_name (const GError *error)
{
  GType type = error->domain == GST_STREAM_ERROR ? GST_TYPE_STREAM_ERROR : GST_TYPE_RESOURCE_ERROR;
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);

  return g_enum_get_value (klass, error->code)->value_name;
}

static void
test_causes (const gchar *transport)
{
  g_autofree gchar *readme = read_source ("README.md");
  g_autoptr (GstElement) element = gst_object_ref_sink (gst_element_factory_make ("p2psrc", NULL));
  g_autoptr (GstBus) bus = gst_bus_new ();

  gst_element_set_bus (element, bus);
  for (GstP2pError code = 0; code <= GST_P2P_ERROR_FAILED; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (GST_P2P_ERROR, code, "A sentence.");
      g_autoptr (GError) posted = NULL;
      g_autoptr (GstMessage) message = NULL;
      g_autofree gchar *row = NULL;
      const GstStructure *details = NULL;
      const gchar *cause;

      gst_p2p_report_error (error, element);
      message = gst_bus_pop (bus);
      gst_message_parse_error (message, &posted, NULL);
      gst_message_parse_error_details (message, &details);
      cause = gst_structure_get_string (details, "cause");
      g_assert_cmpstr (cause, ==, gst_p2p_error_get_name (code));
      g_assert_true (code == GST_P2P_ERROR_FAILED || !g_str_equal (cause, "failed"));
      row = g_strdup_printf ("| `%s` | `%s` |", cause, get_code_name (posted));
      if (!strstr (readme, row))
        g_error ("README.md lacks the row %s", row);
    }
  gst_element_set_bus (element, NULL);
}

/* --- reasons --- */

/* Every word that @pattern, whose first group it is, finds in a file. */
static void
check_reasons (const gchar *file, const gchar *pattern)
{
  g_autofree gchar *text = read_source (file);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  guint n = 0;

  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL), n++)
    {
      g_autofree gchar *word = g_match_info_fetch (match, 1);

      if (!g_str_equal (word, "crossed")) /* is told to nobody */
        assert_documented ("README.md", word, file);
    }
  g_assert_cmpuint (n, >, 0);
}

static void
test_reasons (const gchar *transport)
{
  check_reasons ("gst/p2p/link/peer.c", "close_peer \\(peer, \"([a-z-]+)\"");
  check_reasons ("gst/p2p/link/peer.c", "strcmp \\(reason, \"([a-z-]+)\"\\)");
  check_reasons ("plugins/p2p/control/connection.c", "connection_close \\([^\"]*\"([a-z-]+)\"\\)");
  check_reasons ("plugins/p2p/control/switchboard.c", "connection_close \\([^\"]*\"([a-z-]+)\"\\)");
}

/* --- fields --- */

static void check_value (const GValue *value, const gchar *of);

static gboolean
check_field (GQuark field, const GValue *value, gpointer of)
{
  assert_documented ("docs/elements.md", g_quark_to_string (field), of);
  check_value (value, of);
  return TRUE;
}

/* Also the structures in a structure. */
static void
check_value (const GValue *value, const gchar *of)
{
  if (GST_VALUE_HOLDS_STRUCTURE (value))
    gst_structure_foreach (gst_value_get_structure (value), check_field, (gpointer)of);
  else if (GST_VALUE_HOLDS_LIST (value))
    for (guint i = 0; i < gst_value_list_get_size (value); i++)
      check_value (gst_value_list_get_value (value, i), of);
  else if (GST_VALUE_HOLDS_ARRAY (value))
    for (guint i = 0; i < gst_value_array_get_size (value); i++)
      check_value (gst_value_array_get_value (value, i), of);
}

static void
check_stats (End *end)
{
  g_autoptr (GstStructure) stats = NULL;
  const GValue *peers;

  g_object_get (end->p2p, "stats", &stats, NULL);
  peers = gst_structure_get_value (stats, "peers");
  g_assert_cmpuint (gst_value_list_get_size (peers), ==, 1);
  gst_structure_foreach (stats, check_field, (gpointer) "stats");
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer n)
{
  const GstStructure *facts = gst_message_get_structure (message);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT
      && g_str_has_prefix (gst_structure_get_name (facts), "peer-"))
    {
      gst_structure_foreach (facts, check_field, (gpointer)gst_structure_get_name (facts));
      g_atomic_int_inc ((gint *)n);
    }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static void
test_fields (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_play (
      "p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) sender = end_play (
      ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s", uri, transport);

  end_wait_taken (receiver, 20);
  check_stats (receiver);
  check_stats (sender);
}

static void
test_messages (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_new (
      "p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) sender
      = end_new ("fakesrc num-buffers=3 ! p2psink name=p remote-id=x signaling-uri=%s transport=%s",
                 uri, transport);
  g_autoptr (GstBus) bus = gst_element_get_bus (receiver->pipeline);
  gint n = 0;

  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
  gst_bus_set_sync_handler (bus, on_message, &n, NULL);
  end_set_state (receiver, GST_STATE_PLAYING);
  end_set_state (sender, GST_STATE_PLAYING);
  TEST_WAIT_UNTIL (g_atomic_int_get (&n) == 2, ENDS_SOON_MS);
}

int
main (int argc, char **argv)
{
  ends_init (&argc, &argv);
  ends_add ("causes", test_causes);
  ends_add ("reasons", test_reasons);
  ends_add ("fields", test_fields);
  ends_add ("messages", test_messages);
  return g_test_run ();
}
