/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * generic: what every element must stand, ours without exception: to be made and dropped, to change
 * between all states in all orders, to have its properties set and got in every state, to tell of
 * the properties of its pads, and to leave nothing behind.
 *
 *   generic PLUGIN…      the plugins whose elements are to be tested
 */
#include <signal.h>
#include <string.h>

#include <gio/gio.h>
#include <gst/gst.h>

#include "tests/common/bus.h"
#include "tests/common/leaks.h"
#include "tests/common/watchdog.h"

/* A process of its own: its objects' types are the plugin's too, and a process cannot have both.
 * None where the plugin p2p is not built, whose elements alone want it. */
static GSubprocess *signaling;
static gchar *signaling_uri;

/* What is tested: an element, and one that has a transport with each kind of it. */
typedef struct
{
  gchar *factory;
  const gchar *transport; /* nullable */
} Subject;

static gboolean
has_property (GstElement *element, const gchar *name)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (element), name) != NULL;
}

/* On a bus of its own, so that messages are kept, as an application would; with a signaling server
 * to talk to. */
static GstElement *
make (const Subject *subject)
{
  GstElement *element = gst_element_factory_make (subject->factory, NULL);
  g_autoptr (GstBus) bus = gst_bus_new ();

  g_assert_nonnull (element);
  gst_object_ref_sink (element);
  gst_element_set_bus (element, bus);
  if (has_property (element, "signaling-uri"))
    g_object_set (element, "signaling-uri", signaling_uri, NULL);
  if (subject->transport)
    gst_util_set_object_arg (G_OBJECT (element), "transport", subject->transport);
  return element;
}

static void
drop (GstElement *element)
{
  gint64 began_us = g_get_monotonic_time ();

  g_assert_cmpint (gst_element_set_state (element, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, 2 * G_USEC_PER_SEC * test_slowdown ());
  gst_element_set_bus (element, NULL);
  g_assert_cmpint (GST_OBJECT_REFCOUNT_VALUE (element), >=, 1);
  gst_object_unref (element);
}

static void
set_state (GstElement *element, GstState state)
{
  if (gst_element_set_state (element, state) == GST_STATE_CHANGE_FAILURE)
    g_error ("%s: no change to %s", GST_OBJECT_NAME (element), gst_element_state_get_name (state));
}

static void
test_create (gconstpointer subject)
{
  test_leaks_begin ();
  for (guint i = 0; i < 3; i++)
    drop (make (subject));
  test_leaks_end ();
}

static void
test_states (gconstpointer subject)
{
  static const GstState walk[] = {
    GST_STATE_READY,   GST_STATE_NULL,   GST_STATE_READY,   GST_STATE_PAUSED,
    GST_STATE_READY,   GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_PAUSED,
    GST_STATE_PLAYING, GST_STATE_READY,  GST_STATE_PLAYING, GST_STATE_NULL,
    GST_STATE_PLAYING, GST_STATE_NULL,   GST_STATE_PAUSED,  GST_STATE_NULL,
  };
  GstElement *element;

  test_leaks_begin ();
  element = make (subject);
  for (guint i = 0; i < G_N_ELEMENTS (walk); i++)
    set_state (element, walk[i]);
  drop (element);
  test_leaks_end ();
}

/* Whatever a property takes: the two ends of its range, or some texts. */
static void
set_to_other_values (GstElement *element, GParamSpec *pspec)
{
  static const gchar *const texts[] = { NULL, "", "x", "stun://127.0.0.1:1", "ws://127.0.0.1:1" };
  GValue value = G_VALUE_INIT;

  g_value_init (&value, pspec->value_type);
  if (G_IS_PARAM_SPEC_STRING (pspec))
    {
      for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        {
          g_value_set_string (&value, texts[i]);
          g_object_set_property (G_OBJECT (element), pspec->name, &value);
        }
      g_value_unset (&value);
      return;
    }
  /* Validation moves what is out of the range to its ends; only numbers have one. */
  if (pspec->value_type == G_TYPE_INT)
    g_value_set_int (&value, G_MININT);
  else if (pspec->value_type == G_TYPE_INT64)
    g_value_set_int64 (&value, G_MININT64);
  g_param_value_validate (pspec, &value);
  g_object_set_property (G_OBJECT (element), pspec->name, &value);
  if (pspec->value_type == G_TYPE_INT)
    g_value_set_int (&value, G_MAXINT);
  else if (pspec->value_type == G_TYPE_UINT)
    g_value_set_uint (&value, G_MAXUINT);
  else if (pspec->value_type == G_TYPE_INT64)
    g_value_set_int64 (&value, G_MAXINT64);
  else if (pspec->value_type == G_TYPE_UINT64)
    g_value_set_uint64 (&value, G_MAXUINT64);
  else if (pspec->value_type == G_TYPE_BOOLEAN)
    g_value_set_boolean (&value, TRUE);
  g_param_value_validate (pspec, &value);
  g_object_set_property (G_OBJECT (element), pspec->name, &value);
  g_value_unset (&value);
}

static void
try_property (GstElement *element, GParamSpec *pspec)
{
  GValue before = G_VALUE_INIT;
  gboolean writable = (pspec->flags & G_PARAM_WRITABLE) && !(pspec->flags & G_PARAM_CONSTRUCT_ONLY);

  if (pspec->flags & G_PARAM_READABLE)
    g_object_get_property (G_OBJECT (element), pspec->name, &before);
  if (writable && pspec->owner_type != GST_TYPE_OBJECT)
    {
      set_to_other_values (element, pspec);
      if (!G_IS_VALUE (&before))
        {
          g_value_init (&before, pspec->value_type);
          g_param_value_set_default (pspec, &before);
        }
      g_object_set_property (G_OBJECT (element), pspec->name, &before);
    }
  if (G_IS_VALUE (&before))
    g_value_unset (&before);
}

static void
test_properties (gconstpointer subject)
{
  GstElement *element;
  g_autofree GParamSpec **pspecs = NULL;
  guint count;

  test_leaks_begin ();
  element = make (subject);
  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &count);
  for (GstState state = GST_STATE_NULL; state <= GST_STATE_PLAYING; state++)
    {
      set_state (element, state);
      for (guint i = 0; i < count; i++)
        try_property (element, pspecs[i]);
    }
  drop (element);
  test_leaks_end ();
}

/* The pad that the element makes of @template; %NULL: of a Sometimes one, before its time. */
static GstPad *
take_pad (GstElement *element, GstPadTemplate *template)
{
  const gchar *name = GST_PAD_TEMPLATE_NAME_TEMPLATE (template);

  if (GST_PAD_TEMPLATE_PRESENCE (template) == GST_PAD_REQUEST)
    return gst_element_request_pad (element, template, NULL, NULL);
  return gst_element_get_static_pad (element, name);
}

/* What properties of its own a pad has, its template says, for gst-inspect-1.0 to show. */
static void
check_pad_type (GstPad *pad, GstPadTemplate *template)
{
  g_autofree GParamSpec **pspecs = NULL;
  GType told;
  guint count;

  g_object_get (template, "gtype", &told, NULL);
  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (pad), &count);
  for (guint i = 0; i < count; i++)
    if (!g_type_is_a (GST_TYPE_GHOST_PAD, pspecs[i]->owner_type)
        && !g_type_is_a (told, pspecs[i]->owner_type))
      {
        g_test_message ("the pad template %s does not know of the property %s",
                        GST_PAD_TEMPLATE_NAME_TEMPLATE (template), pspecs[i]->name);
        g_test_fail ();
      }
}

static void
test_pads (gconstpointer subject)
{
  GstElement *element;

  test_leaks_begin ();
  element = make (subject);
  for (GList *l = gst_element_get_pad_template_list (element); l; l = l->next)
    {
      g_autoptr (GstPad) pad = take_pad (element, l->data);

      g_assert_true (pad || GST_PAD_TEMPLATE_PRESENCE (l->data) == GST_PAD_SOMETIMES);
      if (!pad)
        continue;
      check_pad_type (pad, l->data);
      if (GST_PAD_TEMPLATE_PRESENCE (l->data) == GST_PAD_REQUEST)
        gst_element_release_request_pad (element, pad);
    }
  drop (element);
  test_leaks_end ();
}

static void
subject_free (gpointer data)
{
  g_free (((Subject *)data)->factory);
  g_free (data);
}

static void
add (const gchar *name, const gchar *transport, const gchar *what, GTestDataFunc func)
{
  g_autofree gchar *path = transport ? g_strdup_printf ("/%s/%s/%s", name, transport, what)
                                     : g_strdup_printf ("/%s/%s", name, what);
  Subject *subject = g_new0 (Subject, 1);

  subject->factory = g_strdup (name);
  subject->transport = transport;
  g_test_add_data_func_full (path, subject, func, subject_free);
}

static void
add_all (const gchar *name, const gchar *transport)
{
  add (name, transport, "create", test_create);
  add (name, transport, "states", test_states);
  add (name, transport, "properties", test_properties);
  add (name, transport, "pads", test_pads);
}

static void
add_element (const gchar *name)
{
  g_autoptr (GstElement) element = gst_object_ref_sink (gst_element_factory_make (name, NULL));

  if (!has_property (element, "transport"))
    {
      add_all (name, NULL);
      return;
    }
  add_all (name, "elements");
  add_all (name, "direct");
}

static void
add_plugin (const gchar *plugin)
{
  GList *features = gst_registry_get_feature_list_by_plugin (gst_registry_get (), plugin);
  guint elements = 0;

  for (GList *l = features; l; l = l->next)
    if (GST_IS_ELEMENT_FACTORY (l->data))
      {
        add_element (GST_OBJECT_NAME (l->data));
        elements++;
      }
  gst_plugin_feature_list_free (features);
  if (elements == 0)
    g_error ("plugin %s has no elements; GST_PLUGIN_PATH_1_0=%s", plugin,
             g_getenv ("GST_PLUGIN_PATH_1_0"));
}

/* The first stock transport of a process makes what its DTLS element keeps until the process ends.
 */
static void
warm_up (const gchar *factory)
{
  g_autoptr (GstElement) element = gst_element_factory_make (factory, NULL);

  if (!element)
    return;
  gst_object_ref_sink (element);
  gst_util_set_object_arg (G_OBJECT (element), "transport", "elements");
  gst_element_set_state (element, GST_STATE_READY);
  gst_element_set_state (element, GST_STATE_NULL);
}

/* The first line that the program prints ends with where it listens. */
static void
start_signaling (const gchar *program)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree gchar *line = NULL;

  if (!program)
    return;
  signaling = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--listen",
                                "127.0.0.1:0", NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (signaling));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (line, "ws://"));
  signaling_uri = g_strdup (strstr (line, "ws://"));
}

static void
stop_signaling (void)
{
  if (!signaling)
    return;
  g_subprocess_send_signal (signaling, SIGTERM);
  g_assert_true (g_subprocess_wait_check (signaling, NULL, NULL));
  g_clear_object (&signaling);
  g_free (signaling_uri);
}

int
main (int argc, char **argv)
{
  int failed;

  g_test_init (&argc, &argv, NULL);
  /* Not warnings: an element may say that a value is nonsense. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);
  test_gst_init (&argc, &argv);
  start_signaling (g_getenv ("GST_P2P_SIGNALING_PROGRAM"));
  warm_up ("p2psrc");
  for (int i = 1; i < argc; i++)
    add_plugin (argv[i]);
  failed = g_test_run ();
  stop_signaling ();
  return failed;
}
