/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From sender to receiver through a network that the test plays: what goes in comes out. */
#include <string.h>

#include <gst/gst.h>

#include "plugins/p2p/framing/p2pframepay.h"
#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/plugins/p2p/framing/pair.h"

#define PATIENCE_MS 30000

/* ---- the network: a thread that carries messages both ways ---- */

typedef struct
{
  FrameLink *link;
  GThread *thread;
  gint stop; /* atomic */

  /* const */
  gdouble loss; /* of what is droppable */
  guint jitter; /* droppable messages may be this many places late */

  /* the thread */
  GRand *random;
  GQueue ordered; /* GstBuffer */
  GQueue late;    /* GstBuffer: droppable, in a random order */
} Network;

/* Ordered messages keep their order among each other; the others keep none and may be lost. */
static void
take_message (Network *network, GstBuffer *message)
{
  gboolean droppable = !GST_BUFFER_FLAG_IS_SET (message, GST_BUFFER_FLAG_NON_DROPPABLE);
  guint place;

  if (network->loss == 0 && network->jitter == 0)
    {
      g_queue_push_tail (&network->ordered, message);
    }
  else if (!droppable)
    {
      g_queue_push_tail (&network->ordered, message);
    }
  else if (g_rand_double (network->random) < network->loss)
    {
      gst_buffer_unref (message);
    }
  else
    {
      place = g_rand_int_range (network->random, 0, network->jitter + 1);
      g_queue_push_nth (&network->late, message, (gint)network->late.length - (gint)place);
    }
}

static GstBuffer *
give_message (Network *network)
{
  gboolean late = network->late.length > network->jitter
                  || (network->late.length > 0 && network->ordered.length == 0);

  if (late && (network->ordered.length == 0 || g_rand_boolean (network->random)))
    return g_queue_pop_head (&network->late);
  return g_queue_pop_head (&network->ordered);
}

static gpointer
run_network (gpointer data)
{
  Network *network = data;
  FrameLink *link = network->link;
  GstBuffer *message;

  while (!g_atomic_int_get (&network->stop))
    {
      gboolean any = FALSE;

      while (network->ordered.length + network->late.length < 32
             && (message = gst_harness_try_pull (link->in)))
        take_message (network, message);
      if ((message = give_message (network)))
        {
          any = TRUE;
          g_assert_cmpint (gst_harness_push (link->out, message), ==, GST_FLOW_OK);
        }
      while ((message = gst_harness_try_pull (link->replies)))
        {
          any = TRUE;
          g_assert_cmpint (gst_harness_push (link->back, message), ==, GST_FLOW_OK);
        }
      if (!any)
        g_usleep (100); /* harnesses cannot be waited for both at once */
    }
  return NULL;
}

static void
network_start (Network *network, FrameLink *link, guint32 seed, gdouble loss, guint jitter)
{
  *network = (Network){ .link = link, .loss = loss, .jitter = jitter };
  network->random = g_rand_new_with_seed (seed);
  g_queue_init (&network->ordered);
  g_queue_init (&network->late);
  network->thread = g_thread_new ("network", run_network, network);
}

static void
network_stop (Network *network)
{
  g_atomic_int_set (&network->stop, TRUE);
  g_thread_join (network->thread);
  g_queue_clear_full (&network->ordered, (GDestroyNotify)gst_buffer_unref);
  g_queue_clear_full (&network->late, (GDestroyNotify)gst_buffer_unref);
  g_rand_free (network->random);
}

static void
wait_for_eos_message (FrameLink *link)
{
  GstBus *bus = link->bus;
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
      bus, PATIENCE_MS * GST_MSECOND * test_slowdown (), GST_MESSAGE_ERROR | GST_MESSAGE_ELEMENT);

  g_assert_nonnull (message);
  g_assert_true (gst_message_has_name (message, GST_P2P_FRAME_PAY_EOS));
}

/* ---- everything arrives ---- */

/* Flags that media may have; DELTA_UNIT not on the first. */
static GstBuffer *
make_random_buffer (GRand *random, gsize size, gboolean first)
{
  const guint32 flags = GST_BUFFER_FLAG_LIVE | GST_BUFFER_FLAG_RESYNC | GST_BUFFER_FLAG_CORRUPTED
                        | GST_BUFFER_FLAG_MARKER | GST_BUFFER_FLAG_HEADER | GST_BUFFER_FLAG_GAP
                        | GST_BUFFER_FLAG_DROPPABLE | GST_BUFFER_FLAG_DELTA_UNIT
                        | GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_NON_DROPPABLE;
  guint8 *data = g_malloc (MAX (size, 1));
  GstBuffer *buffer;

  for (gsize i = 0; i < size; i++)
    data[i] = i % 4096 < 64 ? g_rand_int (random) : i * 13;
  buffer = gst_buffer_new_wrapped (data, size);
  GST_BUFFER_PTS (buffer) = g_rand_int (random) % 5 ? g_rand_int (random) * 1001ull : (guint64)-1;
  GST_BUFFER_DTS (buffer) = g_rand_int (random) % 5 ? g_rand_int (random) * 997ull : (guint64)-1;
  GST_BUFFER_DURATION (buffer) = g_rand_boolean (random) ? g_rand_int (random) : (guint64)-1;
  GST_BUFFER_OFFSET (buffer) = ((guint64)g_rand_int (random) << 32) + g_rand_int (random);
  GST_BUFFER_OFFSET_END (buffer) = ((guint64)g_rand_int (random) << 32) + g_rand_int (random);
  GST_BUFFER_FLAG_SET (buffer, g_rand_int (random) & flags);
  if (first)
    GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

static void
assert_same (GstBuffer *a, GstBuffer *b)
{
  const guint32 memory = GST_BUFFER_FLAG_TAG_MEMORY | (GST_MINI_OBJECT_FLAG_LAST - 1);
  GstMapInfo map;

  g_assert_cmpuint (GST_BUFFER_PTS (a), ==, GST_BUFFER_PTS (b));
  g_assert_cmpuint (GST_BUFFER_DTS (a), ==, GST_BUFFER_DTS (b));
  g_assert_cmpuint (GST_BUFFER_DURATION (a), ==, GST_BUFFER_DURATION (b));
  g_assert_cmpuint (GST_BUFFER_OFFSET (a), ==, GST_BUFFER_OFFSET (b));
  g_assert_cmpuint (GST_BUFFER_OFFSET_END (a), ==, GST_BUFFER_OFFSET_END (b));
  g_assert_cmphex (GST_BUFFER_FLAGS (a) & ~memory, ==, GST_BUFFER_FLAGS (b) & ~memory);
  g_assert_cmpuint (gst_buffer_get_size (a), ==, gst_buffer_get_size (b));
  g_assert_true (gst_buffer_map (a, &map, GST_MAP_READ));
  g_assert_cmpint (gst_buffer_memcmp (b, 0, map.data, map.size), ==, 0);
  gst_buffer_unmap (a, &map);
}

static void
test_exact (void)
{
  const gsize sizes[]
      = { 1, 0, 100, 16324, 16325, 32696, 32697, 65536, 1 << 20, 1200, 8 << 20, 0, 3, (16 << 20) };
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", "p2pframedepay");
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);
  Network network;

  network_start (&network, link, 1, 0, 0);
  gst_harness_set_src_caps_str (link->in, "video/x-test");
  for (guint i = 0; i < 300; i++)
    {
      gsize size = i < G_N_ELEMENTS (sizes) ? sizes[i] : (gsize)g_rand_int_range (random, 0, 50000);
      GstBuffer *buffer = make_random_buffer (random, size, i == 0);

      g_ptr_array_add (sent, gst_buffer_ref (buffer));
      g_assert_cmpint (gst_harness_push (link->in, buffer), ==, GST_FLOW_OK);
    }
  gst_harness_push_event (link->in, gst_event_new_eos ());
  wait_for_eos_message (link);
  network_stop (&network);

  g_assert_cmpuint (gst_harness_buffers_received (link->out), ==, sent->len);
  for (guint i = 0; i < sent->len; i++)
    {
      g_autoptr (GstBuffer) buffer = gst_harness_pull (link->out);

      assert_same (g_ptr_array_index (sent, i), buffer);
    }
}

/* ---- what comes between what ---- */

/* What passes a pad, in words. */
static GstPadProbeReturn
note (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GString *story = data;
  GstTagList *tags;
  GstCaps *caps;
  GstClockTime time;
  g_autofree gchar *text = NULL;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    {
      g_string_append_printf (story, "buffer %" G_GUINT64_FORMAT "\n",
                              GST_BUFFER_OFFSET (GST_PAD_PROBE_INFO_BUFFER (info)));
      return GST_PAD_PROBE_OK;
    }
  switch (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)))
    {
    case GST_EVENT_CAPS:
      gst_event_parse_caps (GST_PAD_PROBE_INFO_EVENT (info), &caps);
      text = gst_caps_to_string (caps);
      g_string_append_printf (story, "caps %s\n", text);
      break;
    case GST_EVENT_TAG:
      gst_event_parse_tag (GST_PAD_PROBE_INFO_EVENT (info), &tags);
      text = gst_tag_list_to_string (tags);
      g_string_append_printf (story, "tags %s\n", text);
      break;
    case GST_EVENT_GAP:
      gst_event_parse_gap (GST_PAD_PROBE_INFO_EVENT (info), &time, NULL);
      g_string_append_printf (story, "gap %" G_GUINT64_FORMAT "\n", time);
      break;
    case GST_EVENT_STREAM_START:
    case GST_EVENT_EOS:
      g_string_append_printf (story, "%s\n", GST_EVENT_TYPE_NAME (GST_PAD_PROBE_INFO_EVENT (info)));
      break;
    default:
      break;
    }
  return GST_PAD_PROBE_OK;
}

static void
push_something (FrameLink *link, GRand *random, guint i)
{
  g_autofree gchar *text
      = g_strdup_printf ("video/x-test, width=(int)%u, s=(string)\"a b;%u\"", i + 1, i);
  GstBuffer *buffer;

  switch (g_rand_int_range (random, 0, 10))
    {
    case 0:
      gst_harness_set_src_caps_str (link->in, text);
      break;
    case 1:
      gst_harness_push_event (link->in, gst_event_new_tag (gst_tag_list_new (
                                            GST_TAG_TITLE, text, GST_TAG_TRACK_NUMBER, i, NULL)));
      break;
    case 2:
      gst_harness_push_event (link->in, gst_event_new_gap (i * GST_SECOND, GST_SECOND));
      break;
    default:
      buffer = make_random_buffer (random, g_rand_int_range (random, 0, 40000), TRUE);
      GST_BUFFER_OFFSET (buffer) = i;
      gst_harness_push (link->in, buffer);
      break;
    }
}

static void
test_order (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", "p2pframedepay");
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  g_autoptr (GString) in = g_string_new (NULL), out = g_string_new (NULL);
  const GstPadProbeType types = GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM;
  Network network;

  gst_pad_add_probe (link->in->srcpad, types, note, in, NULL);
  gst_pad_add_probe (link->out->sinkpad, types, note, out, NULL);
  network_start (&network, link, 2, 0, 0);
  gst_harness_set_src_caps_str (link->in, "video/x-first");
  for (guint i = 0; i < 1000; i++)
    push_something (link, random, i);
  gst_harness_push_event (link->in, gst_event_new_eos ());
  wait_for_eos_message (link);
  network_stop (&network);
  g_assert_cmpstr (out->str, ==, in->str);
}

/* ---- a network that loses and reorders ---- */

typedef struct
{
  guint32 next;  /* the index that comes next if nothing is lost */
  guint32 width; /* of the caps */
  guint received;
  guint discont;
} Watch;

/* Buffers tell their index and caps in each byte pair of their content. */
static GstBuffer *
make_indexed_buffer (guint32 index, guint32 width, gsize size)
{
  guint16 *data = g_new (guint16, size / 2);

  for (gsize i = 0; i < size / 2; i++)
    data[i] = i % 2 ? index : width;
  return gst_buffer_new_wrapped (data, size);
}

static void
watch_buffer (Watch *watch, GstBuffer *buffer)
{
  guint32 index = GST_BUFFER_OFFSET (buffer);
  GstMapInfo map;

  g_assert_cmpuint (index, >=, watch->next);
  if (index > watch->next)
    g_assert_true (GST_BUFFER_IS_DISCONT (buffer));
  watch->discont += GST_BUFFER_IS_DISCONT (buffer);
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, ==, 2 * (100 + (index * 7919) % 20000));
  for (gsize i = 0; i < map.size / 2; i++)
    g_assert_cmpuint (((guint16 *)map.data)[i], ==, (guint16)(i % 2 ? index : watch->width));
  gst_buffer_unmap (buffer, &map);
  watch->next = index + 1;
  watch->received++;
}

static GstPadProbeReturn
watch_pad (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Watch *watch = data;
  GstCaps *caps;
  gint width;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    {
      watch_buffer (watch, GST_PAD_PROBE_INFO_BUFFER (info));
    }
  else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_CAPS)
    {
      gst_event_parse_caps (GST_PAD_PROBE_INFO_EVENT (info), &caps);
      gst_structure_get_int (gst_caps_get_structure (caps, 0), "width", &width);
      g_assert_cmpint (width, ==, watch->width + 1); /* none is lost */
      watch->width = width;
    }
  return GST_PAD_PROBE_OK;
}

#define N_FRAMES 1500

static void
run_lossy (guint32 seed, gdouble loss, guint jitter)
{
  g_autoptr (FrameLink) link
      = frame_link_new ("p2pframepay unreliable=true", "p2pframedepay unreliable=true");
  Watch watch = { 0 };
  Network network;
  guint width = 0;

  gst_pad_add_probe (link->out->sinkpad,
                     GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, watch_pad,
                     &watch, NULL);
  gst_harness_set_drop_buffers (link->out, TRUE);
  network_start (&network, link, seed, loss, jitter);
  for (guint32 i = 0; i < N_FRAMES; i++)
    {
      GstBuffer *buffer;

      if (i % 100 == 0)
        {
          g_autofree gchar *caps = g_strdup_printf ("video/x-test, width=(int)%u", ++width);

          gst_harness_set_src_caps_str (link->in, caps);
        }
      buffer = make_indexed_buffer (i, width, 2 * (100 + (i * 7919) % 20000));
      GST_BUFFER_OFFSET (buffer) = i;
      g_assert_cmpint (gst_harness_push (link->in, buffer), ==, GST_FLOW_OK);
    }
  gst_harness_push_event (link->in, gst_event_new_eos ());
  wait_for_eos_message (link);
  network_stop (&network);
  g_test_message ("loss %.2f, jitter %u: %u of %u, %u marked", loss, jitter, watch.received,
                  N_FRAMES, watch.discont);
  g_assert_cmpuint (watch.width, ==, width);
  g_assert_cmpuint (watch.received, <, N_FRAMES);
  g_assert_cmpuint (watch.received, >, N_FRAMES / 4);
}

static void
test_lossy (void)
{
  for (guint32 seed = 1; seed < 4; seed++)
    {
      run_lossy (seed, 0.05, 0);
      run_lossy (seed, 0.02, 3);
    }
}

/* Everything in flight is lost, more than once: the sender goes on. */
static void
test_outage (void)
{
  g_autoptr (FrameLink) link = frame_link_new ("p2pframepay unreliable=true max-in-flight=50000",
                                               "p2pframedepay unreliable=true");
  Network network;

  gst_harness_set_drop_buffers (link->out, TRUE);
  network_start (&network, link, 1, 1.0, 0);
  gst_harness_set_src_caps_str (link->in, "video/x-test");
  for (guint i = 0; i < 12; i++)
    {
      GstBuffer *buffer = make_indexed_buffer (i, 0, 20000);

      g_assert_cmpint (gst_harness_push (link->in, buffer), ==, GST_FLOW_OK);
    }
  gst_harness_push_event (link->in, gst_event_new_eos ());
  wait_for_eos_message (link);
  network_stop (&network);
  g_assert_cmpuint (gst_harness_buffers_received (link->out), ==, 0);
}

/* ---- a slow receiver ---- */

typedef struct
{
  GMutex lock;   /* held: the receiver's downstream blocks */
  gint received; /* atomic */
} Valve;

static GstPadProbeReturn
pass_valve (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Valve *valve = data;

  g_mutex_lock (&valve->lock);
  g_mutex_unlock (&valve->lock);
  g_atomic_int_inc (&valve->received);
  return GST_PAD_PROBE_OK;
}

typedef struct
{
  FrameLink *link;
  guint n, size;
  gint done; /* atomic */
} Source;

static gpointer
run_source (gpointer data)
{
  Source *source = data;

  for (guint i = 0; i < source->n; i++)
    {
      GstBuffer *buffer = gst_buffer_new_allocate (NULL, source->size, NULL);

      gst_buffer_memset (buffer, 0, i, source->size);
      g_assert_cmpint (gst_harness_push (source->link->in, buffer), ==, GST_FLOW_OK);
      g_atomic_int_inc (&source->done);
    }
  gst_harness_push_event (source->link->in, gst_event_new_eos ());
  return NULL;
}

static guint64
get_in_flight (FrameLink *link)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 bytes;

  g_object_get (link->pay, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, "in-flight", &bytes));
  return bytes;
}

static void
run_slow (guint size, guint n)
{
  g_autoptr (FrameLink) link
      = frame_link_new ("p2pframepay max-in-flight=1000000", "p2pframedepay");
  Source source = { .link = link, .n = n, .size = size };
  const guint fit = 1000000 / (size + GST_P2P_FRAME_BUFFER_PREFIX + GST_P2P_FRAME_OVERHEAD);
  Valve valve = { .received = 0 };
  Network network;
  GThread *thread;

  g_mutex_init (&valve.lock);
  g_mutex_lock (&valve.lock);
  gst_pad_add_probe (link->out->sinkpad, GST_PAD_PROBE_TYPE_BUFFER, pass_valve, &valve, NULL);
  gst_harness_set_drop_buffers (link->out, TRUE);
  network_start (&network, link, 1, 0, 0);
  gst_harness_set_src_caps_str (link->in, "video/x-test");
  thread = g_thread_new ("source", run_source, &source);

  TEST_WAIT_UNTIL (g_atomic_int_get (&source.done) >= (gint)fit - 1, PATIENCE_MS);
  g_assert_cmpint (g_atomic_int_get (&source.done), <=, fit);
  g_assert_cmpuint (get_in_flight (link), <=, 1000000);
  g_assert_cmpint (g_atomic_int_get (&valve.received), ==, 0);
  g_mutex_unlock (&valve.lock);
  wait_for_eos_message (link);
  g_thread_join (thread);
  network_stop (&network);
  g_assert_cmpint (valve.received, ==, n);
  g_assert_cmpuint (get_in_flight (link), ==, 0);
  g_mutex_clear (&valve.lock);
}

static void
test_slow_receiver (void)
{
  run_slow (1200, 5000);
  run_slow (100000, 100);
}

/* ---- many short streams ---- */

static void
test_transfers (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (FrameLink) link = frame_link_new ("p2pframepay", "p2pframedepay");
      guint n = g_rand_int_range (random, 0, 20);
      Network network;

      network_start (&network, link, i, 0, 0);
      gst_harness_set_src_caps_str (link->in, "video/x-test");
      for (guint b = 0; b < n; b++)
        gst_harness_push (link->in,
                          make_random_buffer (random, g_rand_int_range (random, 0, 100000), TRUE));
      gst_harness_push_event (link->in, gst_event_new_eos ());
      wait_for_eos_message (link);
      network_stop (&network);
      g_assert_cmpuint (gst_harness_buffers_received (link->out), ==, n);
    }
}

#define ADD(name, func) frame_link_add_test ("/frameloop/" name, func)

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("exact", test_exact);
  ADD ("order", test_order);
  ADD ("lossy", test_lossy);
  ADD ("outage", test_outage);
  ADD ("slow-receiver", test_slow_receiver);
  ADD ("transfers", test_transfers);
  return g_test_run ();
}
