/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leaks: compares what the leaks tracer says is alive before and after.
 *
 * The tracer is asked by its "get-live-objects" action, when all is quiet: it takes a reference to
 * each object that it lists, also to one that another thread is just finalizing, and that crashes.
 * What comes and goes meanwhile is told by its "activity" actions, which touch no object. Objects
 * flagged MAY_BE_LEAKED (clocks, task
 * pools, plugin features) do not count.
 */
#include "tests/common/leaks.h"

#include <string.h>

#include <gmodule.h>

#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

/* The tracer is asked what is there when nothing has come or gone for this long, or at the latest
 * after SETTLE_WITHIN_US. */
#define SETTLE_US (60 * 1000)
#define SETTLE_WITHIN_US (2 * G_USEC_PER_SEC)
#define LOOK_AGAIN_US (10 * 1000)
/* The longest that an honest last owner takes: a DTLS connection's retransmission timer. */
#define GIVE_UP_MS 9000
#define MOST_TO_NAME 20

static GHashTable *baseline; /* set of pointers; the testing thread's */

#ifdef __SANITIZE_ADDRESS__
/* GStreamer keeps things for the life of the process; the suppressions that say so need whole
 * stacks, which are slow to get in libraries without frame pointers. Asked by the run-time library.
 */
G_MODULE_EXPORT const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}
#endif

static void
set_unless_set (const gchar *name, const gchar *value)
{
  g_setenv (name, value, FALSE);
}

/* meson sets all of this; a program started by hand has only its build folder. */
static void
prepare_environment (void)
{
  set_unless_set ("GST_TRACERS", "leaks");
  set_unless_set ("GST_REGISTRY_FORK", "no");
  set_unless_set ("GST_PLUGIN_PATH_1_0", TEST_PLUGIN_PATH);
  set_unless_set ("GST_PLUGIN_SYSTEM_PATH_1_0", TEST_SYSTEM_PLUGIN_PATH);
  set_unless_set ("GST_REGISTRY_1_0", TEST_REGISTRY);
}

void
test_gst_init (int *argc, char ***argv)
{
  prepare_environment ();
  gst_init (argc, argv);
  test_watchdog_start (120);
}

void
test_gst_init_linked (int *argc, char ***argv)
{
  g_autofree gchar *registry = NULL;

  prepare_environment ();
  registry = g_strconcat (g_getenv ("GST_REGISTRY_1_0"), "-linked", NULL);
  g_setenv ("GST_REGISTRY_1_0", registry, TRUE);
  g_setenv ("GST_PLUGIN_PATH_1_0", "", TRUE);
  test_gst_init (argc, argv);
}

static GstTracer *
find_tracer (void)
{
  GList *tracers = gst_tracing_get_active_tracers ();
  GstTracer *found = NULL;

  for (GList *l = tracers; l; l = l->next)
    if (g_str_equal (G_OBJECT_TYPE_NAME (l->data), "GstLeaksTracer"))
      g_set_object (&found, l->data);
  g_list_free_full (tracers, gst_object_unref);
  if (!found)
    g_error ("the leaks tracer is not active: GST_TRACERS=%s", g_getenv ("GST_TRACERS"));
  return found;
}

/* In GStreamer 1.22 the answer holds references that it never took: freeing it would free what it
 * lists. */
static void
keep (GstStructure *info)
{
  static GPtrArray *kept;

  if (!kept)
    kept = g_ptr_array_new ();
  g_ptr_array_add (kept, info);
}

static void
set_tracking (gboolean tracking)
{
  g_autoptr (GstTracer) tracer = find_tracer ();

  g_signal_emit_by_name (tracer, tracking ? "activity-start-tracking" : "activity-stop-tracking");
}

/* Whether objects came or went since the last time; while tracking. */
static gboolean
has_changed (void)
{
  static const gchar *const lists[] = { "objects-created-list", "objects-removed-list" };
  g_autoptr (GstTracer) tracer = find_tracer ();
  g_autoptr (GstStructure) activity = NULL;
  guint n = 0;

  g_signal_emit_by_name (tracer, "activity-get-checkpoint", &activity);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    n += gst_value_list_get_size (gst_structure_get_value (activity, lists[i]));
  return n > 0;
}

static void
wait_for_change (gint64 until_us)
{
  while (g_get_monotonic_time () < until_us && !has_changed ())
    g_usleep (LOOK_AGAIN_US);
}

/* Whether another thread has something to do, although it may have to wait for a processor. */
static gboolean
others_run (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const gchar *name;
  guint n_running = 0;

  while (tasks && (name = g_dir_read_name (tasks)))
    {
      g_autofree gchar *path = g_strdup_printf ("/proc/self/task/%s/stat", name);
      g_autofree gchar *text = NULL;
      const gchar *state = NULL;

      if (g_file_get_contents (path, &text, NULL, NULL))
        state = strrchr (text, ')');
      n_running += state && state[1] == ' ' && state[2] == 'R';
    }
  return n_running > 1; /* this one is */
}

static void
wait_for_quiet (void)
{
  gint64 since_us = g_get_monotonic_time (), until_us = since_us + SETTLE_WITHIN_US, now_us;

  do
    {
      g_usleep (LOOK_AGAIN_US);
      now_us = g_get_monotonic_time ();
      if (has_changed () || others_run ())
        since_us = now_us;
    }
  while (now_us - since_us < SETTLE_US && now_us < until_us);
}

/* @item: what the tracer says of @object. Looking at what it holds is not safe: the last reference
 * may go meanwhile, with a timer on another thread. */
typedef void (*VisitFunc) (gconstpointer object, const GstStructure *item, gpointer data);

static void
for_each_live_object (VisitFunc visit, gpointer data)
{
  g_autoptr (GstTracer) tracer = find_tracer ();
  GstStructure *info = NULL;
  const GValue *list;

  wait_for_quiet ();
  g_signal_emit_by_name (tracer, "get-live-objects", &info);
  keep (info);
  list = gst_structure_get_value (info, "live-objects-list");
  for (guint i = 0; i < gst_value_list_get_size (list); i++)
    {
      const GstStructure *item = gst_value_get_structure (gst_value_list_get_value (list, i));
      const GValue *object = gst_structure_get_value (item, "object");

      visit (G_VALUE_HOLDS_OBJECT (object) ? g_value_get_object (object)
                                           : g_value_get_boxed (object),
             item, data);
    }
}

static void
remember (gconstpointer object, const GstStructure *item, gpointer data)
{
  g_hash_table_add (data, (gpointer)object);
}

/* The dtls plugin makes one with the first dtlsdec, for the life of the process. */
static gboolean
is_default_dtls_agent (gconstpointer object, const GstStructure *item)
{
  const GValue *value = gst_structure_get_value (item, "object");

  return g_str_equal (G_VALUE_TYPE_NAME (value), "GstDtlsAgent")
         && g_strcmp0 (GST_OBJECT_NAME (object), "dtlsagent0") == 0;
}

static void
collect_new (gconstpointer object, const GstStructure *item, gpointer data)
{
  if (!g_hash_table_contains (baseline, object) && !is_default_dtls_agent (object, item))
    g_ptr_array_add (data, (gpointer)item);
}

void
test_leaks_begin (void)
{
  g_clear_pointer (&baseline, g_hash_table_unref);
  baseline = g_hash_table_new (NULL, NULL);
  set_tracking (TRUE);
  for_each_live_object (remember, baseline);
  set_tracking (FALSE);
}

/* GstStructure, borrowed from what is kept. */
static GPtrArray *
list_leaks (void)
{
  GPtrArray *leaks = g_ptr_array_new ();

  for_each_live_object (collect_new, leaks);
  return leaks;
}

void
test_leaks_end (void)
{
  test_leaks_end_within (GIVE_UP_MS);
}

/* What is still there may be looked at: nobody has let go of it all the while. */
static void
name_leaks (GPtrArray *leaks)
{
  for (guint i = 0; i < MIN (leaks->len, MOST_TO_NAME); i++)
    {
      g_autofree gchar *text = gst_structure_to_string (g_ptr_array_index (leaks, i));

      g_printerr ("leaked: %s\n", text);
    }
  g_error ("%u GStreamer objects leaked", leaks->len);
}

void
test_leaks_end_within (guint give_up_ms)
{
  gint64 give_up_us = test_wait_deadline (give_up_ms);
  g_autoptr (GPtrArray) leaks = NULL;

  g_assert_nonnull (baseline);
  set_tracking (TRUE);
  while ((leaks = list_leaks ())->len && g_get_monotonic_time () < give_up_us)
    {
      g_clear_pointer (&leaks, g_ptr_array_unref);
      wait_for_change (give_up_us);
    }
  set_tracking (FALSE);
  if (leaks->len)
    name_leaks (leaks);
  g_clear_pointer (&baseline, g_hash_table_unref);
}
