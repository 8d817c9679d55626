/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stage: see stage.h.
 */
#include "tests/plugins/p2p/element/stage.h"

#include <string.h>

#include <gst/app/app.h>

#include "plugins/p2p/element/p2pbin.h"
#include "plugins/p2p/element/p2psink.h"
#include "plugins/p2p/element/p2psrc.h"
#include "plugins/p2p/framing/p2pframedepay.h"
#include "plugins/p2p/framing/p2pframepay.h"
#include "tests/common/detour.h"
#include "tests/common/leaks.h"
#include "tests/common/probe.h"

#define START_WITHIN_MS 10000

struct _TestStage
{
  gchar *transport;
  TestSignaling *signaling;
  TestRelay *relay;
  TestDetour *detour;
  gchar *properties;
};

TestStage *
test_stage_new (const gchar *transport, const TestRelayConfig *network)
{
  TestStage *stage = g_new0 (TestStage, 1);
  const gchar *uri;

  test_leaks_begin ();
  stage->transport = g_strdup (transport);
  stage->signaling = test_signaling_new (NULL, NULL);
  uri = test_signaling_get_uri (stage->signaling);
  if (network)
    {
      stage->relay = test_relay_new (network);
      stage->detour = test_detour_new (test_signaling_get_port (stage->signaling), stage->relay);
      uri = test_detour_get_uri (stage->detour);
    }
  /* The relay carries UDP alone. */
  stage->properties = g_strdup_printf ("transport=%s signaling-uri=%s%s", transport, uri,
                                       network ? " ice-tcp=false" : "");
  return stage;
}

void
test_stage_free (TestStage *stage)
{
  g_clear_pointer (&stage->detour, test_detour_free);
  g_clear_pointer (&stage->relay, test_relay_free);
  test_signaling_free (stage->signaling);
  g_free (stage->transport);
  g_free (stage->properties);
  g_free (stage);
  test_leaks_end ();
}

const gchar *
test_stage_get_properties (TestStage *stage)
{
  return stage->properties;
}

const gchar *
test_stage_get_transport (TestStage *stage)
{
  return stage->transport;
}

guint
test_stage_get_port (TestStage *stage)
{
  return test_signaling_get_port (stage->signaling);
}

TestRelay *
test_stage_get_relay (TestStage *stage)
{
  return stage->relay;
}

static GstElement *
play (TestStage *stage, const gchar *description)
{
  g_auto (GStrv) parts = g_strsplit (description, "STAGE", -1);
  g_autofree gchar *whole = g_strjoinv (stage->properties, parts);
  GstElement *pipeline = test_pipeline ("%s", whole);

  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PLAYING), !=,
                   GST_STATE_CHANGE_FAILURE);
  return pipeline;
}

GstElement *
test_stage_play (TestStage *stage, const gchar *format, ...)
{
  g_autofree gchar *description = NULL;
  va_list args;

  va_start (args, format);
  description = g_strdup_vprintf (format, args);
  va_end (args);
  return play (stage, description);
}

GstElement *
test_stage_play_called (TestStage *stage, const gchar *format, ...)
{
  g_autofree gchar *description = NULL;
  GstElement *pipeline;
  va_list args;

  va_start (args, format);
  description = g_strdup_vprintf (format, args);
  va_end (args);
  pipeline = play (stage, description);
  gst_message_unref (test_bus_wait (pipeline, GST_MESSAGE_INFO, START_WITHIN_MS));
  return pipeline;
}

GstElement *
test_borrow (GstElement *pipeline, const gchar *name)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), name);

  g_assert_nonnull (element);
  return element;
}

void
test_push (GstElement *feed, GstBuffer *buffer)
{
  g_assert_cmpint (gst_app_src_push_buffer (GST_APP_SRC (feed), buffer), ==, GST_FLOW_OK);
}

void
test_set_caps (GstElement *feed, const gchar *text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  gst_app_src_set_caps (GST_APP_SRC (feed), caps);
}

void
test_push_eos (GstElement *feed)
{
  g_assert_cmpint (gst_app_src_end_of_stream (GST_APP_SRC (feed)), ==, GST_FLOW_OK);
}

/* --- records --- */

struct _TestRecord
{
  /* const */
  TestProbe *probe;
  GMutex lock;
  GCond cond;
  /* lock */
  GPtrArray *items;
  GArray *times; /* of buffers, gint64 */
  guint64 n_bytes;
  gboolean eos;
  gboolean hold;
};

static void
take_buffer_locked (TestRecord *record, GstBuffer *buffer)
{
  gint64 now_us = g_get_monotonic_time ();

  g_ptr_array_add (record->items, gst_buffer_ref (buffer));
  g_array_append_val (record->times, now_us);
  record->n_bytes += gst_buffer_get_size (buffer);
  while (record->hold)
    g_cond_wait (&record->cond, &record->lock);
}

static GstPadProbeReturn
on_item (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  TestRecord *record = data;

  g_mutex_lock (&record->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    {
      take_buffer_locked (record, GST_PAD_PROBE_INFO_BUFFER (info));
    }
  else if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    {
      GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);

      for (guint i = 0; i < gst_buffer_list_length (list); i++)
        take_buffer_locked (record, gst_buffer_list_get (list, i));
    }
  else if (GST_EVENT_IS_SERIALIZED (GST_PAD_PROBE_INFO_EVENT (info)))
    {
      g_ptr_array_add (record->items, gst_event_ref (GST_PAD_PROBE_INFO_EVENT (info)));
      record->eos |= GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS;
    }
  g_mutex_unlock (&record->lock);
  return GST_PAD_PROBE_OK;
}

TestRecord *
test_record_new (GstPad *pad)
{
  TestRecord *record = g_new0 (TestRecord, 1);

  g_mutex_init (&record->lock);
  g_cond_init (&record->cond);
  record->items = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_mini_object_unref);
  record->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  record->probe = test_probe_new (pad, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM | GST_PAD_PROBE_TYPE_PUSH,
                                  on_item, record);
  return record;
}

TestRecord *
test_record_new_at (GstElement *pipeline, const gchar *name)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (test_borrow (pipeline, name), "sink");

  return test_record_new (pad);
}

void
test_record_free (TestRecord *record)
{
  test_record_hold (record, FALSE);
  test_probe_free (record->probe);
  g_ptr_array_unref (record->items);
  g_array_unref (record->times);
  g_mutex_clear (&record->lock);
  g_cond_clear (&record->cond);
  g_free (record);
}

guint
test_record_count_buffers (TestRecord *record)
{
  guint n;

  g_mutex_lock (&record->lock);
  n = record->times->len;
  g_mutex_unlock (&record->lock);
  return n;
}

guint64
test_record_count_bytes (TestRecord *record)
{
  guint64 n;

  g_mutex_lock (&record->lock);
  n = record->n_bytes;
  g_mutex_unlock (&record->lock);
  return n;
}

gboolean
test_record_is_eos (TestRecord *record)
{
  gboolean eos;

  g_mutex_lock (&record->lock);
  eos = record->eos;
  g_mutex_unlock (&record->lock);
  return eos;
}

GPtrArray *
test_record_get_items (TestRecord *record)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_mini_object_unref);

  g_mutex_lock (&record->lock);
  for (guint i = 0; i < record->items->len; i++)
    g_ptr_array_add (items, gst_mini_object_ref (g_ptr_array_index (record->items, i)));
  g_mutex_unlock (&record->lock);
  return items;
}

GPtrArray *
test_record_get_buffers (TestRecord *record)
{
  GPtrArray *items = test_record_get_items (record);
  GPtrArray *buffers = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_mini_object_unref);

  for (guint i = 0; i < items->len; i++)
    if (GST_IS_BUFFER (g_ptr_array_index (items, i)))
      g_ptr_array_add (buffers, gst_mini_object_ref (g_ptr_array_index (items, i)));
  g_ptr_array_unref (items);
  return buffers;
}

gint64
test_record_get_time (TestRecord *record, guint n)
{
  gint64 time;

  g_mutex_lock (&record->lock);
  g_assert_cmpuint (n, <, record->times->len);
  time = g_array_index (record->times, gint64, n);
  g_mutex_unlock (&record->lock);
  return time;
}

GstEvent *
test_record_get_event (TestRecord *record, GstEventType type, guint n)
{
  g_autoptr (GPtrArray) items = test_record_get_items (record);

  for (guint i = 0; i < items->len; i++)
    {
      gpointer item = g_ptr_array_index (items, i);

      if (GST_IS_EVENT (item) && GST_EVENT_TYPE (item) == type && n-- == 0)
        return gst_event_ref (item);
    }
  return NULL;
}

void
test_record_hold (TestRecord *record, gboolean hold)
{
  g_mutex_lock (&record->lock);
  record->hold = hold;
  g_cond_broadcast (&record->cond);
  g_mutex_unlock (&record->lock);
}

/* --- data --- */

GstBuffer *
test_make_buffer (gsize size, guint32 seed)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  guint32 state = seed * 2654435761u + 1;
  GstMapInfo map;

  if (size == 0)
    return buffer;
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (gsize i = 0; i < size; i++)
    {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      map.data[i] = (guint8)state;
    }
  gst_buffer_unmap (buffer, &map);
  return buffer;
}

gchar *
test_checksum (GPtrArray *buffers)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  GstMapInfo map;

  for (guint i = 0; i < buffers->len; i++)
    {
      GstBuffer *buffer = g_ptr_array_index (buffers, i);

      g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
      g_checksum_update (sum, map.data, map.size);
      gst_buffer_unmap (buffer, &map);
    }
  return g_strdup (g_checksum_get_string (sum));
}

/* --- programs --- */

void
test_add_for_each_transport (const gchar *path, GTestDataFunc func)
{
  static const gchar *transports[] = { "elements", "direct" };

  for (guint i = 0; i < G_N_ELEMENTS (transports); i++)
    {
      g_autofree gchar *whole = g_strdup_printf ("%s/%s", path, transports[i]);

      g_test_add_data_func (whole, transports[i], func);
    }
}

/* The program has the signaling code in it, and so has the plugin: one process cannot hold the same
 * types twice. So the elements come from the program, too. */
static void
register_elements (void)
{
  gboolean registered = GST_ELEMENT_REGISTER (p2psrc, NULL);

  registered &= GST_ELEMENT_REGISTER (p2psink, NULL);
  registered &= GST_ELEMENT_REGISTER (p2pbin, NULL);
  registered &= GST_ELEMENT_REGISTER (p2pframepay, NULL);
  registered &= GST_ELEMENT_REGISTER (p2pframedepay, NULL);
  g_assert_true (registered);
}

/* The first dtlsdec of a process makes an agent with a key, for good: no leak of a test's. */
static void
make_default_key (void)
{
  GstElement *dtls = gst_element_factory_make ("dtlsdec", NULL);

  g_assert_nonnull (dtls);
  gst_object_unref (gst_object_ref_sink (dtls));
}

gint
test_stage_main (int argc, char **argv, void (*add) (void), guint watchdog_s)
{
  test_gst_init_linked (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  register_elements ();
  make_default_key ();
  test_watchdog_start (watchdog_s);
  add ();
  return g_test_run ();
}

/* --- statistics --- */

guint64
test_get_stat (const GstStructure *stats, const gchar *name)
{
  guint64 value;

  if (!gst_structure_get_uint64 (stats, name, &value))
    {
      g_autofree gchar *text = gst_structure_to_string (stats);

      g_error ("no \"%s\" in %s", name, text);
    }
  return value;
}

GstStructure *
test_get_stats (GstElement *pipeline)
{
  GstStructure *stats = NULL;

  g_object_get (test_borrow (pipeline, "p2p"), "stats", &stats, NULL);
  g_assert_nonnull (stats);
  return stats;
}

static GstStructure *
get_nth (const GstStructure *stats, const gchar *list, guint n)
{
  const GValue *values = gst_structure_get_value (stats, list);

  if (!values || n >= gst_value_list_get_size (values))
    {
      g_autofree gchar *text = gst_structure_to_string (stats);

      g_error ("no %s %u in %s", list, n, text);
    }
  return gst_structure_copy (gst_value_get_structure (gst_value_list_get_value (values, n)));
}

GstStructure *
test_get_peer_stats (GstElement *pipeline, guint n)
{
  g_autoptr (GstStructure) stats = test_get_stats (pipeline);

  return get_nth (stats, "peers", n);
}

GstStructure *
test_get_channel_stats (GstElement *pipeline, guint peer, guint channel)
{
  g_autoptr (GstStructure) stats = test_get_peer_stats (pipeline, peer);

  return get_nth (stats, "channels", channel);
}
