/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * e2ee-forward: what a forwarder can see of a stream that is encrypted end to end.
 *
 *   sender ── frames ──► forwarder ── frames ──► receivers: one with the keys, one without
 *      └───────────── keys, on a direct and verified connection ─────────────┘
 *
 *   scripts/env e2ee-forward                                three windows
 *   scripts/env e2ee-forward --headless /tmp/views          PNG snapshots instead
 *   scripts/env e2ee-forward --format jitsi                 with the clear first bytes of browsers
 *
 * Without a role it starts three processes of itself: send, forward, receive. It also carries the
 * certificate fingerprints of the key connection from one end to the other, as two people would who
 * compare them on the telephone; so whoever runs the signaling server or the forwarder cannot get
 * between. The sender changes the key every few seconds, between two frames.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>
#include <glib-unix.h>
#include <gst/gst.h>
#include <sys/random.h>

#define KEY_SIZE 16
#define MESSAGE_SIZE (8 + KEY_SIZE) /* key id, key */

static const gchar *format = "sframe", *headless, *signaling = "ws://127.0.0.1:8443",
                   *pattern = "smpte";
static gint seconds, rotate_ms = 3000;

static const GOptionEntry options[]
    = { { "format", 0, 0, G_OPTION_ARG_STRING, &format, "sframe, jitsi or livekit", "FORMAT" },
        { "headless", 0, 0, G_OPTION_ARG_FILENAME, &headless, "Write PNG files there", "FOLDER" },
        { "signaling", 0, 0, G_OPTION_ARG_STRING, &signaling, "Served by the forwarder", "URI" },
        { "pattern", 0, 0, G_OPTION_ARG_STRING, &pattern, "Of videotestsrc", "NAME" },
        { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "Stop by itself (0: with Ctrl-C)", "N" },
        { "rotate", 0, 0, G_OPTION_ARG_INT, &rotate_ms, "Milliseconds from key to key", "N" },
        { NULL } };

/* One process's state; used in its main thread. */
typedef struct
{
  GMainLoop *loop;
  GPtrArray *pipelines;
  GstElement *keys, *media, *enc, *dec; /* of the roles that have them; borrowed */
  guint64 kid;
  gboolean failed;
} Role;

/* What a user can do something about: a sentence, and the end of this process. The others end with
 * it. */
static void fail (const gchar *form, ...) G_GNUC_PRINTF (1, 2) G_GNUC_NORETURN;

static void
fail (const gchar *form, ...)
{
  g_autofree gchar *sentence = NULL;
  va_list args;

  va_start (args, form);
  sentence = g_strdup_vprintf (form, args);
  va_end (args);
  g_printerr ("e2ee-forward: %s\n", sentence);
  exit (1);
}

static gboolean
on_quit (gpointer role)
{
  g_main_loop_quit (((Role *)role)->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_bus (GstBus *bus, GstMessage *message, gpointer data)
{
  Role *role = data;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
    gst_message_parse_warning (message, &error, NULL);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  if (error != NULL)
    g_print ("%s: %s\n", GST_MESSAGE_SRC_NAME (message), error->message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    role->failed = TRUE;
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR
      || GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    g_main_loop_quit (role->loop);
  return G_SOURCE_CONTINUE;
}

static GstElement *
add_pipeline (Role *role, const gchar *description)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);
  g_autoptr (GstBus) bus = NULL;

  if (error != NULL)
    fail ("%s", error->message);
  bus = gst_element_get_bus (pipeline);
  gst_bus_add_watch (bus, on_bus, role);
  g_ptr_array_add (role->pipelines, pipeline);
  return pipeline;
}

/* An element of @pipeline, which keeps it alive. */
static GstElement *
find (GstElement *pipeline, const gchar *name)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);

  gst_object_unref (element);
  return element;
}

/* The end of a pipeline with raw video: a window, or two pictures per second. */
static gchar *
view (const gchar *name)
{
  if (headless != NULL)
    return g_strdup_printf ("videorate ! video/x-raw,framerate=2/1 ! videoconvert ! pngenc "
                            "! multifilesink sync=false async=false location=\"%s/%s-%%03d.png\"",
                            headless, name);
  return g_strdup_printf ("videoconvert ! autovideosink name=\"%s view\" async-handling=true",
                          name);
}

/* Both ends of the key connection: prints the own fingerprint, and reads the only one to accept. */
static void
exchange_fingerprints (GstElement *pipeline, GstElement *element)
{
  g_autofree gchar *own = NULL;
  gchar line[256];

  if (gst_element_set_state (pipeline, GST_STATE_READY) == GST_STATE_CHANGE_FAILURE)
    {
      g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
      g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
      g_autoptr (GError) error = NULL;

      if (message != NULL)
        gst_message_parse_error (message, &error, NULL);
      fail ("%s", error != NULL ? error->message : "the connection for keys cannot start");
    }
  g_object_get (element, "fingerprint", &own, NULL);
  g_print ("fingerprint %s\n", own);
  if (fgets (line, sizeof line, stdin) == NULL)
    fail ("the other end of the connection for keys has gone");
  g_object_set (element, "remote-fingerprint", g_strstrip (line), NULL);
}

/* A new key, to the sealing element and to the receiver. */
static void
make_key (Role *role, guint64 kid)
{
  guint8 message[MESSAGE_SIZE];
  guint64 wire = GUINT64_TO_BE (kid);
  g_autoptr (GBytes) key = NULL;
  GstFlowReturn flow;
  GstBuffer *buffer;
  gboolean ok;

  memcpy (message, &wire, 8);
  if (getrandom (message + 8, KEY_SIZE, 0) != KEY_SIZE)
    fail ("no random numbers: %s", g_strerror (errno));
  key = g_bytes_new (message + 8, KEY_SIZE);
  g_signal_emit_by_name (role->enc, "add-key", kid, key, &ok);
  buffer = gst_buffer_new_memdup (message, sizeof message);
  g_signal_emit_by_name (find (role->keys, "src"), "push-buffer", buffer, &flow);
  gst_buffer_unref (buffer);
}

/* Half a period after the receiver got the key: between two frames, from now on seal with it. */
static gboolean
on_switch (gpointer data)
{
  Role *role = data;
  g_autoptr (GstPad) sink = gst_element_get_static_pad (role->enc, "sink");
  gboolean removed;

  role->kid++;
  gst_pad_send_event (
      sink, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
                                  gst_structure_new ("gst-p2p-sframe-key", "key-id", G_TYPE_UINT64,
                                                     role->kid % 16, NULL)));
  g_signal_emit_by_name (role->enc, "remove-key", (role->kid - 1) % 16, &removed);
  return G_SOURCE_REMOVE;
}

static gboolean
on_rotate (gpointer data)
{
  Role *role = data;

  make_key (role, (role->kid + 1) % 16);
  g_timeout_add (rotate_ms / 2, on_switch, role);
  return G_SOURCE_CONTINUE;
}

static void
on_key_changed (GstElement *element, guint64 kid, gpointer data)
{
  g_print ("%s uses key %" G_GUINT64_FORMAT "\n", GST_ELEMENT_NAME (element), kid);
}

/* The receiver can get keys: begin. */
static gboolean
start_media (gpointer data)
{
  Role *role = data;

  if (GST_STATE (role->media) == GST_STATE_PLAYING)
    return G_SOURCE_REMOVE;
  make_key (role, role->kid);
  gst_element_set_state (role->media, GST_STATE_PLAYING);
  g_timeout_add (rotate_ms, on_rotate, role);
  if (seconds > 0)
    g_timeout_add_seconds ((guint)seconds, on_quit, role);
  return G_SOURCE_REMOVE;
}

static void
on_peer_connected (GstElement *element, const gchar *id, const gchar *fingerprint, gpointer role)
{
  g_print ("keys go to the certificate %s\n", fingerprint);
  g_idle_add (start_media, role);
}

static void
setup_send (Role *role)
{
  g_autofree gchar *screen = view ("sender"), *keys = NULL, *media = NULL;

  keys = g_strdup_printf ("appsrc name=src caps=application/x-e2ee-key "
                          "! p2psink name=peer signaling-uri=%s remote-id=keys",
                          signaling);
  media = g_strdup_printf (
      "videotestsrc is-live=true pattern=%s ! video/x-raw,width=320,height=240,framerate=15/1 "
      "! tee name=t ! queue ! vp8enc deadline=1 keyframe-max-dist=45 target-bitrate=1000000 "
      "! sframeenc name=enc format=%s ! p2psink signaling-uri=%s remote-id=forwarder "
      "t. ! queue ! %s",
      pattern, format, signaling, screen);
  role->keys = add_pipeline (role, keys);
  role->media = add_pipeline (role, media);
  role->enc = find (role->media, "enc");
  g_signal_connect (role->enc, "key-changed", G_CALLBACK (on_key_changed), NULL);
  g_signal_connect (find (role->keys, "peer"), "peer-connected", G_CALLBACK (on_peer_connected),
                    role);
  exchange_fingerprints (role->keys, find (role->keys, "peer"));
  gst_element_set_state (role->keys, GST_STATE_PLAYING);
}

/* Has no key, and needs none: what is in a frame does not concern it. Its view tries all the same.
 */
static void
setup_forward (Role *role)
{
  g_autofree gchar *screen = view ("forwarder"), *media = NULL;

  media = g_strdup_printf (
      "p2psrc name=in signaling-uri=%s signaling-serve=true local-id=forwarder ! tee name=t "
      "! queue ! p2psink signaling-uri=%s local-id=forwarder-out max-peers=2 "
      "wait-for-connection=false "
      "t. ! queue leaky=downstream ! capssetter replace=true join=false caps=video/x-vp8 "
      "! vp8dec max-errors=-1 ! %s",
      signaling, signaling, screen);
  gst_element_set_state (add_pipeline (role, media), GST_STATE_PLAYING);
}

static GstFlowReturn
on_new_key (GstElement *sink, gpointer data)
{
  Role *role = data;
  GstSample *sample = NULL;
  guint8 message[MESSAGE_SIZE];
  guint64 kid;
  gboolean ok = FALSE;

  g_signal_emit_by_name (sink, "pull-sample", &sample);
  if (sample == NULL)
    return GST_FLOW_EOS;
  if (gst_buffer_extract (gst_sample_get_buffer (sample), 0, message, sizeof message)
      == sizeof message)
    {
      g_autoptr (GBytes) key = g_bytes_new (message + 8, KEY_SIZE);

      memcpy (&kid, message, 8);
      kid = GUINT64_FROM_BE (kid);
      g_signal_emit_by_name (role->dec, "add-key", kid, key, &ok);
      /* The one before is still in use. */
      g_signal_emit_by_name (role->dec, "remove-key", (kid + 14) % 16, &ok);
    }
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

static void
setup_receive (Role *role)
{
  static const gchar *const names[] = { "receiver", "outsider" };
  g_autofree gchar *keys
      = g_strdup_printf ("p2psrc name=peer signaling-uri=%s local-id=keys is-live=false "
                         "on-truncated=eos ! application/x-e2ee-key "
                         "! appsink name=sink emit-signals=true sync=false async=false",
                         signaling);

  role->keys = add_pipeline (role, keys);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree gchar *screen = view (names[i]);
      g_autofree gchar *media = g_strdup_printf (
          "p2psrc signaling-uri=%s remote-id=forwarder-out connect-timeout=60000 "
          "! sframedec name=%s format=%s ! vp8dec ! %s",
          signaling, names[i], format, screen);
      GstElement *pipeline = add_pipeline (role, media), *dec = find (pipeline, names[i]);

      g_signal_connect (dec, "key-changed", G_CALLBACK (on_key_changed), NULL);
      if (i == 0)
        role->dec = dec;
    }
  g_signal_connect (find (role->keys, "sink"), "new-sample", G_CALLBACK (on_new_key), role);
  exchange_fingerprints (role->keys, find (role->keys, "peer"));
  for (guint i = 0; i < role->pipelines->len; i++)
    gst_element_set_state (role->pipelines->pdata[i], GST_STATE_PLAYING);
}

static void
print_stats (gpointer item, gpointer data)
{
  g_autoptr (GstIterator) iterator = gst_bin_iterate_elements (GST_BIN (item));
  GValue value = G_VALUE_INIT;

  while (gst_iterator_next (iterator, &value) == GST_ITERATOR_OK)
    {
      GstElement *element = g_value_get_object (&value);
      g_autoptr (GstStructure) stats = NULL;
      g_autofree gchar *text = NULL;

      if (g_str_has_prefix (G_OBJECT_TYPE_NAME (element), "GstSframe"))
        {
          g_object_get (element, "stats", &stats, NULL);
          text = gst_structure_to_string (stats);
          g_print ("%s: %s\n", GST_ELEMENT_NAME (element), text);
        }
      g_value_reset (&value);
    }
  g_value_unset (&value);
}

static int
run_role (void (*setup) (Role *role))
{
  Role role = { .loop = g_main_loop_new (NULL, FALSE),
                .pipelines = g_ptr_array_new_with_free_func (gst_object_unref) };

  g_unix_signal_add (SIGTERM, on_quit, &role);
  g_unix_signal_add (SIGINT, on_quit, &role);
  setup (&role);
  g_main_loop_run (role.loop);
  g_ptr_array_foreach (role.pipelines, print_stats, NULL);
  for (guint i = 0; i < role.pipelines->len; i++)
    {
      g_autoptr (GstBus) bus = gst_element_get_bus (role.pipelines->pdata[i]);

      gst_bus_remove_watch (bus);
      gst_element_set_state (role.pipelines->pdata[i], GST_STATE_NULL);
    }
  g_ptr_array_unref (role.pipelines);
  g_main_loop_unref (role.loop);
  return role.failed;
}

/* The process that starts the others. */
typedef struct
{
  const gchar *role;
  GSubprocess *process;
  GDataInputStream *output;
} Child;

static GMainLoop *launcher_loop;
static guint children_left;

/* Its lines, under its name; a fingerprint also goes to the other end of the key connection. */
static void
on_line (GObject *stream, GAsyncResult *result, gpointer data)
{
  Child *child = data;
  g_autofree gchar *line = g_data_input_stream_read_line_finish (child->output, result, NULL, NULL);
  Child *other = child->role[0] == 's' ? child + 2 : child - 2;

  if (line == NULL)
    {
      if (--children_left == 0)
        g_main_loop_quit (launcher_loop);
      return;
    }
  g_print ("%-8s %s\n", child->role, line);
  if (g_str_has_prefix (line, "fingerprint ") && child->role[0] != 'f')
    {
      GOutputStream *input = g_subprocess_get_stdin_pipe (other->process);

      g_output_stream_printf (input, NULL, NULL, NULL, "%s\n", line + strlen ("fingerprint "));
      g_output_stream_flush (input, NULL, NULL);
    }
  g_data_input_stream_read_line_async (child->output, G_PRIORITY_DEFAULT, NULL, on_line, child);
}

static gboolean
on_patience_over (gpointer children)
{
  for (guint i = 0; i < 3; i++)
    g_subprocess_force_exit (((Child *)children)[i].process);
  return G_SOURCE_REMOVE;
}

static gboolean
on_stop (gpointer children)
{
  static gboolean stopping;

  if (!stopping)
    g_timeout_add_seconds (10, on_patience_over, children);
  stopping = TRUE;
  for (guint i = 0; i < 3; i++)
    g_subprocess_send_signal (((Child *)children)[i].process, SIGTERM);
  return G_SOURCE_CONTINUE;
}

static void
on_child_exit (GObject *process, GAsyncResult *result, gpointer children)
{
  g_subprocess_wait_finish (G_SUBPROCESS (process), result, NULL);
  on_stop (children);
}

static int
launch (gchar **arguments)
{
  Child children[] = { { "send" }, { "forward" }, { "receive" } };
  int failed = 0;

  launcher_loop = g_main_loop_new (NULL, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      g_autoptr (GPtrArray) line = g_ptr_array_new ();
      g_autoptr (GError) error = NULL;

      for (guint k = 0; arguments[k] != NULL; k++)
        g_ptr_array_add (line, arguments[k]);
      g_ptr_array_add (line, (gchar *)children[i].role);
      g_ptr_array_add (line, NULL);
      children[i].process = g_subprocess_newv (
          (const gchar *const *)line->pdata,
          G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
      if (error != NULL)
        fail ("%s", error->message);
      children[i].output
          = g_data_input_stream_new (g_subprocess_get_stdout_pipe (children[i].process));
      children_left++;
    }
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      g_data_input_stream_read_line_async (children[i].output, G_PRIORITY_DEFAULT, NULL, on_line,
                                           &children[i]);
      g_subprocess_wait_async (children[i].process, NULL, on_child_exit, children);
    }
  g_unix_signal_add (SIGINT, on_stop, children);
  g_unix_signal_add (SIGTERM, on_stop, children);
  g_main_loop_run (launcher_loop);
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      g_subprocess_wait (children[i].process, NULL, NULL);
      failed |= !g_subprocess_get_successful (children[i].process);
      g_object_unref (children[i].output);
      g_object_unref (children[i].process);
    }
  g_main_loop_unref (launcher_loop);
  return failed;
}

/* Before anything starts, so that there is one sentence, and not one of each process. */
static void
check_options (const gchar *role)
{
  static const gchar *const formats[] = { "sframe", "jitsi", "livekit", NULL };
  static const gchar *const roles[] = { "send", "forward", "receive", NULL };
  g_autoptr (GstElement) source = gst_element_factory_make ("videotestsrc", NULL);
  GValue value = G_VALUE_INIT;

  if (role != NULL && !g_strv_contains (roles, role))
    fail ("\"%s\" is no role: send, forward, receive, or none for all three", role);
  if (!g_strv_contains (formats, format))
    fail ("\"%s\" is no format: sframe, jitsi or livekit", format);
  if (headless != NULL && !g_file_test (headless, G_FILE_TEST_IS_DIR))
    fail ("--headless wants a folder that exists, not \"%s\"", headless);
  if (rotate_ms < 100 || seconds < 0)
    fail ("--rotate wants 100 milliseconds or more, and --seconds no negative number");
  if (!g_str_has_prefix (signaling, "ws://") || strpbrk (signaling, " \t\"!") != NULL)
    fail ("--signaling wants ws://address:port, where the forwarder listens, not \"%s\"",
          signaling);
  if (source == NULL)
    fail ("GStreamer's videotestsrc is missing");

  gst_object_ref_sink (source);
  g_value_init (&value,
                g_object_class_find_property (G_OBJECT_GET_CLASS (source), "pattern")->value_type);
  if (!gst_value_deserialize (&value, pattern))
    fail ("\"%s\" is no pattern of videotestsrc: gst-inspect-1.0 videotestsrc lists them", pattern);
  g_value_unset (&value);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("[send|forward|receive]");
  g_auto (GStrv) original = g_strdupv (argv);
  g_autoptr (GError) error = NULL;

  setvbuf (stdout, NULL, _IOLBF, 0);
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("e2ee-forward: %s\n", error->message);
      return 2;
    }
  gst_init (NULL, NULL);
  check_options (argc > 1 ? argv[1] : NULL);
  if (argc < 2)
    return launch (original);
  if (g_str_equal (argv[1], "send"))
    return run_role (setup_send);
  return run_role (g_str_equal (argv[1], "forward") ? setup_forward : setup_receive);
}
