/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer: one process of a test with several: runs a pipeline and says as JSON lines what happens.
 *
 *   peer [--timeout SECONDS] [--stats-every MS] [--ready-for MS] [--stall-at BYTES --stall-for MS]
 *        DESCRIPTION
 *
 *   {"us": 123456, "event": "playing"}             just before the state is set to PLAYING, after
 *                                                  having been READY for a while if so wished
 *   {"us": …, "event": "state", "element": "p2psink0", "state": "open"}
 *   {"us": …, "event": "stats", "element": "p2psink0", "stats": {…}}   at "open", at the end, and
 *                                                                      every MS milliseconds
 *   {"us": …, "event": "first-buffer", "element": "out"}
 *   {"us": …, "event": "stalled", "element": "out", "bytes": 5}    and "resumed": the data stopped
 *   {"us": …, "event": "message", "element": "p2psink0", "name": "…", "fields": {…}}
 *   {"us": …, "event": "data", "element": "out", "buffers": 3, "bytes": 9, "sha256": "…"}
 *   {"us": …, "event": "error", "element": "…", "domain": "…", "code": 5, "text": "…"}   ends it
 *   {"us": …, "event": "eos"}                                                            ends it
 *   {"us": …, "event": "stopped", "took_us": 1234, "peak_rss_kb": 10, "cpu_us": 5}        the last
 *
 * "us" is the monotonic clock, the same for all processes of the machine. What passes the elements
 * named "in" (source pad) and "out" (sink pad) is counted and hashed. SIGINT and SIGTERM end it in
 * an orderly way. Exit code: 0 EOS or signal, 1 error, 2 wrong use, 3 time over.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <glib-unix.h>
#include <gst/gst.h>
#include <json-glib/json-glib.h>

#include "tests/common/leaks.h"
#include "tests/common/watchdog.h"

enum
{
  EXIT_FINE,
  EXIT_ERROR,
  EXIT_USAGE,
  EXIT_TIMEOUT
};

typedef struct
{
  GstElement *pipeline;
  GMainLoop *loop;
  int exit_code;
} Peer;

/* What passed one pad. Its streaming thread's, until the pipeline has stopped. */
typedef struct
{
  gchar *element;
  GChecksum *checksum;
  guint64 buffers;
  guint64 bytes;
} Count;

static GMutex output_lock;
static GPtrArray *counts;
/* const after main() began */
static gint timeout_s = 60;
static gint stats_every_ms, ready_for_ms, stall_for_ms;
static gint64 stall_at_bytes;

static JsonNode *value_to_json (const GValue *value);

static gboolean
add_field (GQuark field, const GValue *value, gpointer object)
{
  json_object_set_member (object, g_quark_to_string (field), value_to_json (value));
  return TRUE;
}

static JsonNode *
structure_to_json (const GstStructure *structure)
{
  JsonObject *object = json_object_new ();
  JsonNode *node;

  if (structure)
    gst_structure_foreach (structure, add_field, object);
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  return node;
}

static JsonNode *
list_to_json (const GValue *value)
{
  JsonArray *array = json_array_new ();
  JsonNode *node;

  if (GST_VALUE_HOLDS_LIST (value))
    for (guint i = 0; i < gst_value_list_get_size (value); i++)
      json_array_add_element (array, value_to_json (gst_value_list_get_value (value, i)));
  else
    for (guint i = 0; i < gst_value_array_get_size (value); i++)
      json_array_add_element (array, value_to_json (gst_value_array_get_value (value, i)));
  node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, array);
  return node;
}

static JsonNode *
value_to_json (const GValue *value)
{
  JsonNode *node;
  g_autofree gchar *text = NULL;
  GValue number = G_VALUE_INIT;

  if (GST_VALUE_HOLDS_STRUCTURE (value))
    return structure_to_json (gst_value_get_structure (value));
  if (GST_VALUE_HOLDS_LIST (value) || GST_VALUE_HOLDS_ARRAY (value))
    return list_to_json (value);
  node = json_node_alloc ();
  if (G_VALUE_HOLDS_STRING (value))
    return json_node_init_string (node, g_value_get_string (value));
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return json_node_init_boolean (node, g_value_get_boolean (value));
  if (G_VALUE_HOLDS_DOUBLE (value) || G_VALUE_HOLDS_FLOAT (value))
    {
      g_value_init (&number, G_TYPE_DOUBLE);
      g_value_transform (value, &number);
      return json_node_init_double (node, g_value_get_double (&number));
    }
  g_value_init (&number, G_TYPE_INT64);
  if (!G_VALUE_HOLDS_ENUM (value) && g_value_transform (value, &number))
    return json_node_init_int (node, g_value_get_int64 (&number));
  text = gst_value_serialize (value);
  return json_node_init_string (node, text ? text : "?");
}

/* Takes @object. Any thread. */
static void
say (const gchar *event, GstObject *element, JsonObject *object)
{
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  g_autofree gchar *text = NULL;

  json_object_set_int_member (object, "us", g_get_monotonic_time ());
  json_object_set_string_member (object, "event", event);
  if (element)
    json_object_set_string_member (object, "element", GST_OBJECT_NAME (element));
  text = json_to_string (root, FALSE);
  g_mutex_lock (&output_lock);
  printf ("%s\n", text);
  fflush (stdout);
  g_mutex_unlock (&output_lock);
  json_object_unref (object);
}

static void
say_stats (GstElement *element)
{
  g_autoptr (GstStructure) stats = NULL;
  JsonObject *object = json_object_new ();

  g_object_get (element, "stats", &stats, NULL);
  json_object_set_member (object, "stats", structure_to_json (stats));
  say ("stats", GST_OBJECT (element), object);
}

static void
on_state (GstElement *element, GParamSpec *pspec, gpointer data)
{
  GValue value = G_VALUE_INIT;
  JsonObject *object = json_object_new ();
  g_autofree gchar *state = NULL;

  g_object_get_property (G_OBJECT (element), "connection-state", &value);
  state
      = G_VALUE_HOLDS_STRING (&value) ? g_value_dup_string (&value) : gst_value_serialize (&value);
  json_object_set_string_member (object, "state", state);
  say ("state", GST_OBJECT (element), object);
  if (g_strcmp0 (state, "open") == 0)
    say_stats (element);
  g_value_unset (&value);
}

/* Calls @visit for p2psrc, p2psink and p2pbin. */
static void
for_each_p2p (Peer *peer, void (*visit) (GstElement *element))
{
  GstIterator *elements = gst_bin_iterate_recurse (GST_BIN (peer->pipeline));
  GValue item = G_VALUE_INIT;

  while (gst_iterator_next (elements, &item) == GST_ITERATOR_OK)
    {
      GObject *element = g_value_get_object (&item);

      if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "connection-state")
          && g_object_class_find_property (G_OBJECT_GET_CLASS (element), "signaling-uri"))
        visit (GST_ELEMENT (element));
      g_value_reset (&item);
    }
  g_value_unset (&item);
  gst_iterator_free (elements);
}

static void
watch_state (GstElement *element)
{
  g_signal_connect (element, "notify::connection-state", G_CALLBACK (on_state), NULL);
}

static gboolean
on_stats_due (gpointer data)
{
  for_each_p2p (data, say_stats);
  return G_SOURCE_CONTINUE;
}

static void
say_count (const gchar *event, Count *count)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "element", count->element);
  json_object_set_int_member (object, "bytes", count->bytes);
  say (event, NULL, object);
}

/* A downstream that takes nothing for a while. */
static void
stall_when_due (Count *count)
{
  if (stall_for_ms == 0 || count->bytes < (guint64)stall_at_bytes
      || !g_str_equal (count->element, "out"))
    return;
  say_count ("stalled", count);
  g_usleep ((gulong)stall_for_ms * 1000);
  stall_for_ms = 0;
  say_count ("resumed", count);
}

static void
count_buffer (Count *count, GstBuffer *buffer)
{
  GstMapInfo map;

  stall_when_due (count);
  if (count->buffers++ == 0)
    say_count ("first-buffer", count);
  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  count->bytes += map.size;
  g_checksum_update (count->checksum, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    {
      GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);

      for (guint i = 0; i < gst_buffer_list_length (list); i++)
        count_buffer (data, gst_buffer_list_get (list, i));
    }
  else
    {
      count_buffer (data, GST_PAD_PROBE_INFO_BUFFER (info));
    }
  return GST_PAD_PROBE_OK;
}

static void
count_at (Peer *peer, const gchar *name, const gchar *pad_name)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (peer->pipeline), name);
  g_autoptr (GstPad) pad = element ? gst_element_get_static_pad (element, pad_name) : NULL;
  Count *count;

  if (!pad)
    return;
  count = g_new0 (Count, 1);
  count->element = g_strdup (name);
  count->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_ptr_array_add (counts, count);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_data,
                     count, NULL);
}

static void
count_say_and_free (gpointer data)
{
  Count *count = data;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "element", count->element);
  json_object_set_int_member (object, "buffers", count->buffers);
  json_object_set_int_member (object, "bytes", count->bytes);
  json_object_set_string_member (object, "sha256", g_checksum_get_string (count->checksum));
  say ("data", NULL, object);
  g_checksum_free (count->checksum);
  g_free (count->element);
  g_free (count);
}

static void
say_error (GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = json_object_new ();

  gst_message_parse_error (message, &error, NULL);
  json_object_set_string_member (object, "domain", g_quark_to_string (error->domain));
  json_object_set_int_member (object, "code", error->code);
  json_object_set_string_member (object, "text", error->message);
  say ("error", GST_MESSAGE_SRC (message), object);
}

static void
end (Peer *peer, int exit_code)
{
  peer->exit_code = exit_code;
  g_main_loop_quit (peer->loop);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  JsonObject *object;

  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_ERROR:
      say_error (message);
      end (data, EXIT_ERROR);
      break;
    case GST_MESSAGE_EOS:
      say ("eos", NULL, json_object_new ());
      for_each_p2p (data, say_stats);
      end (data, EXIT_FINE);
      break;
    case GST_MESSAGE_ELEMENT:
      object = json_object_new ();
      json_object_set_string_member (object, "name",
                                     gst_structure_get_name (gst_message_get_structure (message)));
      json_object_set_member (object, "fields",
                              structure_to_json (gst_message_get_structure (message)));
      say ("message", GST_MESSAGE_SRC (message), object);
      break;
    default:
      break;
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_signal (gpointer data)
{
  end (data, EXIT_FINE);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_timeout (gpointer data)
{
  say ("timeout", NULL, json_object_new ());
  for_each_p2p (data, say_stats);
  end (data, EXIT_TIMEOUT);
  return G_SOURCE_CONTINUE;
}

static void
stop (Peer *peer)
{
  gint64 began_us = g_get_monotonic_time ();
  JsonObject *object = json_object_new ();
  struct rusage usage;

  gst_element_set_state (peer->pipeline, GST_STATE_NULL);
  json_object_set_int_member (object, "took_us", g_get_monotonic_time () - began_us);
  g_ptr_array_unref (counts);
  getrusage (RUSAGE_SELF, &usage);
  json_object_set_int_member (object, "peak_rss_kb", usage.ru_maxrss);
  json_object_set_int_member (object, "cpu_us",
                              (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC
                                  + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  say ("stopped", NULL, object);
}

static void
run (Peer *peer)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (peer->pipeline);

  gst_bus_add_watch (bus, on_message, peer);
  g_unix_signal_add (SIGINT, on_signal, peer);
  g_unix_signal_add (SIGTERM, on_signal, peer);
  g_timeout_add_seconds (timeout_s, on_timeout, peer);
  if (stats_every_ms)
    g_timeout_add (stats_every_ms, on_stats_due, peer);
  for_each_p2p (peer, watch_state);
  counts = g_ptr_array_new_with_free_func (count_say_and_free);
  count_at (peer, "in", "src");
  count_at (peer, "out", "sink");
  if (ready_for_ms)
    {
      gst_element_set_state (peer->pipeline, GST_STATE_READY);
      g_usleep ((gulong)ready_for_ms * 1000);
    }
  say ("playing", NULL, json_object_new ());
  gst_element_set_state (peer->pipeline, GST_STATE_PLAYING);
  g_main_loop_run (peer->loop);
  stop (peer);
  gst_bus_remove_watch (bus);
}

int
main (int argc, char **argv)
{
  GOptionEntry entries[]
      = { { "timeout", 0, 0, G_OPTION_ARG_INT, &timeout_s, "Give up after", "SECONDS" },
          { "stats-every", 0, 0, G_OPTION_ARG_INT, &stats_every_ms, "Print stats", "MS" },
          { "ready-for", 0, 0, G_OPTION_ARG_INT, &ready_for_ms, "READY before PLAYING", "MS" },
          { "stall-at", 0, 0, G_OPTION_ARG_INT64, &stall_at_bytes, "Stop \"out\" after", "BYTES" },
          { "stall-for", 0, 0, G_OPTION_ARG_INT, &stall_for_ms, "and for", "MS" },
          { NULL } };
  g_autoptr (GOptionContext) options = g_option_context_new ("DESCRIPTION");
  g_autoptr (GError) error = NULL;
  Peer peer = { NULL };
  gboolean leaks_wanted;

  test_gst_init (&argc, &argv);
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) || argc != 2)
    {
      fprintf (stderr, "%s\n", error ? error->message : "one DESCRIPTION is needed");
      return EXIT_USAGE;
    }
  leaks_wanted = strstr (g_getenv ("GST_TRACERS"), "leaks") != NULL;
  if (leaks_wanted)
    test_leaks_begin ();
  peer.pipeline = gst_parse_launch (argv[1], &error);
  if (error || !GST_IS_BIN (peer.pipeline))
    {
      fprintf (stderr, "%s\n", error ? error->message : "not a pipeline");
      return EXIT_USAGE;
    }
  timeout_s *= test_slowdown ();
  test_watchdog_start (timeout_s / test_slowdown () + 15);
  peer.loop = g_main_loop_new (NULL, FALSE);
  run (&peer);
  gst_object_unref (peer.pipeline);
  g_main_loop_unref (peer.loop);
  if (leaks_wanted)
    test_leaks_end ();
  return peer.exit_code;
}
