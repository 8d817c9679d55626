/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sframeenc and sframedec in a harness: keys, events, caps, drops and their reasons, statistics.
 */
#include <string.h>

#include <gst/check/check.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include "tests/common/leaks.h"
#include "tests/common/wait.h"

#define KEY "000102030405060708090a0b0c0d0e0f"
#define OTHER_KEY "f00102030405060708090a0b0c0d0e0f"
#define VP8 "video/x-vp8, width=(int)64, height=(int)48"

typedef struct
{
  GstHarness *enc, *dec;
} Pair;

static GstBuffer *
make_frame (guint index, gsize size)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, (guint8)(index + 1), size);
  GST_BUFFER_PTS (buffer) = index * 10 * GST_MSECOND;
  GST_BUFFER_DTS (buffer) = index * 10 * GST_MSECOND + 1;
  GST_BUFFER_DURATION (buffer) = 10 * GST_MSECOND;
  GST_BUFFER_OFFSET (buffer) = index;
  if (index > 0)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

static GstHarness *
make_end (const gchar *description, const gchar *caps)
{
  GstHarness *harness = gst_harness_new_parse (description);

  gst_harness_set_live (harness, FALSE);
  if (caps)
    gst_harness_set_src_caps_str (harness, caps);
  gst_harness_play (harness);
  return harness;
}

static void
pair_start (Pair *pair, const gchar *enc, const gchar *dec)
{
  pair->enc = make_end (enc, VP8);
  pair->dec = make_end (dec, NULL);
}

static void
pair_stop (Pair *pair)
{
  gst_harness_teardown (pair->enc);
  gst_harness_teardown (pair->dec);
}

/* Takes what @enc sent, events too, to @dec. Returns the flow of the last buffer. */
static GstFlowReturn
forward (Pair *pair)
{
  GstFlowReturn flow = GST_FLOW_OK;
  GstEvent *event;
  GstBuffer *buffer;

  while ((event = gst_harness_try_pull_event (pair->enc)))
    gst_harness_push_event (pair->dec, event);
  while ((buffer = gst_harness_try_pull (pair->enc)))
    flow = gst_harness_push (pair->dec, buffer);
  return flow;
}

static GstBuffer *
seal (Pair *pair, guint index, gsize size)
{
  GstEvent *event;

  ck_assert_int_eq (gst_harness_push (pair->enc, make_frame (index, size)), GST_FLOW_OK);
  while ((event = gst_harness_try_pull_event (pair->enc)))
    gst_harness_push_event (pair->dec, event);
  return gst_harness_pull (pair->enc);
}

static void
open_and_check (Pair *pair, GstBuffer *sealed, guint index, gsize size)
{
  GstBuffer *out, *want = make_frame (index, size);
  GstMapInfo map;

  ck_assert_int_eq (gst_harness_push (pair->dec, sealed), GST_FLOW_OK);
  out = gst_harness_try_pull (pair->dec);
  ck_assert (out);
  ck_assert (gst_buffer_map (want, &map, GST_MAP_READ));
  ck_assert_uint_eq (gst_buffer_get_size (out), size);
  if (size > 0)
    ck_assert_int_eq (gst_buffer_memcmp (out, 0, map.data, map.size), 0);
  gst_buffer_unmap (want, &map);
  ck_assert_uint_eq (GST_BUFFER_PTS (out), GST_BUFFER_PTS (want));
  ck_assert_uint_eq (GST_BUFFER_DTS (out), GST_BUFFER_DTS (want));
  ck_assert_uint_eq (GST_BUFFER_DURATION (out), GST_BUFFER_DURATION (want));
  ck_assert_uint_eq (GST_BUFFER_OFFSET (out), GST_BUFFER_OFFSET (want));
  ck_assert_int_eq (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DELTA_UNIT), index > 0);
  gst_buffer_unref (want);
  gst_buffer_unref (out);
}

static GstElement *
element_of (GstHarness *harness, const gchar *factory)
{
  GstElement *element = gst_harness_find_element (harness, factory);

  ck_assert (element);
  return element;
}

static guint64
stat_of (GstHarness *harness, const gchar *factory, const gchar *field)
{
  GstElement *element = element_of (harness, factory);
  GstStructure *stats;
  guint64 value = G_MAXUINT64;

  g_object_get (element, "stats", &stats, NULL);
  ck_assert (gst_structure_get_uint64 (stats, field, &value));
  gst_structure_free (stats);
  gst_object_unref (element);
  return value;
}

static GBytes *
key_bytes (guint8 first)
{
  guint8 key[16] = { first };

  return g_bytes_new (key, sizeof key);
}

static void
add_key (GstHarness *harness, const gchar *factory, guint64 kid, guint8 first)
{
  GstElement *element = element_of (harness, factory);
  GBytes *key = key_bytes (first);
  gboolean ok = FALSE;

  g_signal_emit_by_name (element, "add-key", kid, key, &ok);
  ck_assert (ok);
  g_bytes_unref (key);
  gst_object_unref (element);
}

static void
set_key_id (GstHarness *harness, const gchar *factory, guint64 kid)
{
  GstElement *element = element_of (harness, factory);

  g_object_set (element, "key-id", kid, NULL);
  gst_object_unref (element);
}

GST_START_TEST (test_round_trip)
{
  static const gchar *const formats[] = { "sframe", "jitsi", "livekit" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      gchar *enc = g_strdup_printf ("sframeenc key-id=5 key=" KEY " format=%s", formats[i]);
      gchar *dec = g_strdup_printf ("sframedec key-id=5 key=" KEY " format=%s", formats[i]);
      Pair pair;

      pair_start (&pair, enc, dec);
      for (guint n = 0; n < 50; n++)
        open_and_check (&pair, seal (&pair, n, 100 + n * 331), n, 100 + n * 331);
      ck_assert_uint_eq (stat_of (pair.enc, "sframeenc", "sealed"), 50);
      ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "opened"), 50);
      ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "key-id"), 5);
      pair_stop (&pair);
      g_free (enc);
      g_free (dec);
    }
}
GST_END_TEST

GST_START_TEST (test_sizes)
{
  static const gsize sizes[] = { 0, 1, 16 << 20 };
  Pair pair;

  pair_start (&pair, "sframeenc key=" KEY, "sframedec key=" KEY);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    open_and_check (&pair, seal (&pair, i, sizes[i]), i, sizes[i]);
  pair_stop (&pair);
}
GST_END_TEST

/* Bytes without caps, as from filesrc. */
GST_START_TEST (test_no_caps)
{
  Pair pair = { make_end ("sframeenc key=" KEY, NULL), make_end ("sframedec key=" KEY, NULL) };
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (pair.enc, gst_event_new_stream_start ("bytes"));
  gst_harness_push_event (pair.enc, gst_event_new_segment (&segment));
  open_and_check (&pair, seal (&pair, 0, 1000), 0, 1000);
  pair_stop (&pair);
}
GST_END_TEST

static void
assert_caps (GstHarness *harness, const gchar *want)
{
  GstCaps *caps = gst_pad_get_current_caps (harness->sinkpad),
          *expected = gst_caps_from_string (want);

  ck_assert (caps);
  ck_assert_msg (gst_caps_is_equal (caps, expected), "%s", gst_caps_to_string (caps));
  gst_caps_unref (caps);
  gst_caps_unref (expected);
}

GST_START_TEST (test_caps)
{
  GstCaps *plain;
  Pair pair;

  pair_start (&pair, "sframeenc key=" KEY, "sframedec key=" KEY);
  gst_buffer_unref (seal (&pair, 0, 10));
  assert_caps (pair.enc, "application/x-sframe, media=(GstCaps)[" VP8 "]");
  assert_caps (pair.dec, VP8);
  /* A change comes between the right frames. */
  gst_harness_set_src_caps_str (pair.enc, "audio/x-opus, channels=(int)2");
  open_and_check (&pair, seal (&pair, 1, 20), 1, 20);
  assert_caps (pair.dec, "audio/x-opus, channels=(int)2");
  pair_stop (&pair);
  pair_start (&pair, "sframeenc key=" KEY " format=jitsi", "sframedec key=" KEY " format=jitsi");
  gst_buffer_unref (seal (&pair, 0, 10));
  assert_caps (pair.enc, VP8 ", protection=(string)jitsi");
  assert_caps (pair.dec, VP8);
  /* A transport may lose the field. */
  plain = gst_caps_from_string (VP8);
  gst_harness_push_event (pair.dec, gst_event_new_caps (plain));
  gst_caps_unref (plain);
  open_and_check (&pair, seal (&pair, 1, 20), 1, 20);
  pair_stop (&pair);
}
GST_END_TEST

/* A new key between two frames, by event; both keys are known to the receiver. */
GST_START_TEST (test_key_event)
{
  Pair pair;

  pair_start (&pair, "sframeenc key-id=1 key=" KEY, "sframedec key-id=1 key=" KEY);
  add_key (pair.enc, "sframeenc", 2, 22);
  add_key (pair.dec, "sframedec", 2, 22);
  for (guint n = 0; n < 20; n++)
    {
      GstBuffer *sealed;
      guint8 header;

      if (n == 7 || n == 13)
        ck_assert (gst_harness_push_event (
            pair.enc,
            gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
                                  gst_structure_new ("gst-p2p-sframe-key", "key-id", G_TYPE_UINT64,
                                                     G_GUINT64_CONSTANT (n == 7 ? 2 : 1), NULL))));
      sealed = seal (&pair, n, 100);
      gst_buffer_extract (sealed, 0, &header, 1);
      ck_assert_int_eq (header >> 4, n >= 7 && n < 13 ? 2 : 1);
      open_and_check (&pair, sealed, n, 100);
    }
  /* Each change asked the encoder for a key frame. */
  for (guint changes = 0; changes < 2;)
    {
      GstEvent *event = gst_harness_pull_upstream_event (pair.enc);

      changes += gst_video_event_is_force_key_unit (event);
      gst_event_unref (event);
    }
  pair_stop (&pair);
}
GST_END_TEST

GST_START_TEST (test_key_property_and_replacement)
{
  Pair pair;

  pair_start (&pair, "sframeenc key-id=1 key=" KEY, "sframedec key-id=1 key=" KEY);
  open_and_check (&pair, seal (&pair, 0, 100), 0, 100);
  add_key (pair.enc, "sframeenc", 9, 3);
  add_key (pair.dec, "sframedec", 9, 3);
  set_key_id (pair.enc, "sframeenc", 9);
  open_and_check (&pair, seal (&pair, 1, 100), 1, 100);
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "key-id"), 9);
  /* Other bytes under the same id. */
  add_key (pair.enc, "sframeenc", 9, 4);
  add_key (pair.dec, "sframedec", 9, 4);
  open_and_check (&pair, seal (&pair, 2, 100), 2, 100);
  pair_stop (&pair);
}
GST_END_TEST

GST_START_TEST (test_ratchet)
{
  Pair pair;
  GstElement *enc;
  gboolean ok;

  pair_start (&pair, "sframeenc ratchet-bits=4 key-id=16 key=" KEY,
              "sframedec ratchet-bits=4 key-id=16 key=" KEY);
  enc = element_of (pair.enc, "sframeenc");
  for (guint n = 0; n < 40; n++)
    {
      guint64 kid;

      open_and_check (&pair, seal (&pair, n, 100), n, 100);
      g_object_get (enc, "key-id", &kid, NULL);
      ck_assert_uint_eq (kid, 16 + n % 16);
      g_signal_emit_by_name (enc, "ratchet", &ok);
      ck_assert (ok);
    }
  gst_object_unref (enc);
  pair_stop (&pair);
}
GST_END_TEST

/* A damaged frame is dropped with its reason; the next good one leaves with DISCONT. */
GST_START_TEST (test_drops)
{
  Pair pair;
  GstBuffer *sealed, *copy, *out;
  guint8 byte;

  pair_start (&pair, "sframeenc key-id=1 key=" KEY, "sframedec key-id=1 hold-time=0 key=" KEY);
  sealed = seal (&pair, 0, 100);
  copy = gst_buffer_copy_deep (sealed);
  gst_buffer_extract (copy, 50, &byte, 1);
  byte ^= 1;
  gst_buffer_fill (copy, 50, &byte, 1);
  ck_assert_int_eq (gst_harness_push (pair.dec, copy), GST_FLOW_OK);
  ck_assert_int_eq (gst_harness_push (pair.dec, gst_buffer_new_allocate (NULL, 3, NULL)),
                    GST_FLOW_OK);
  ck_assert (!gst_harness_try_pull (pair.dec));
  gst_harness_push (pair.dec, gst_buffer_ref (sealed));
  out = gst_harness_try_pull (pair.dec);
  ck_assert (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (out);
  gst_harness_push (pair.dec, sealed);
  ck_assert (!gst_harness_try_pull (pair.dec));
  add_key (pair.enc, "sframeenc", 7, 1);
  set_key_id (pair.enc, "sframeenc", 7);
  gst_harness_push (pair.dec, seal (&pair, 1, 100));
  ck_assert (!gst_harness_try_pull (pair.dec));
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "frames-in"), 5);
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "opened"), 1);
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "dropped-bad-tag"), 1);
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "dropped-malformed"), 1);
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "dropped-replay"), 1);
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "dropped-no-key"), 1);
  /* Once, within a second: the receiver wants a key frame. */
  {
    guint asked = 0;
    GstEvent *event;

    while ((event = gst_harness_try_pull_upstream_event (pair.dec)))
      {
        asked += gst_video_event_is_force_key_unit (event);
        gst_event_unref (event);
      }
    ck_assert_uint_eq (asked, 1);
  }
  pair_stop (&pair);
}
GST_END_TEST

static void
on_request_key (GstElement *element, guint64 kid, gpointer data)
{
  GBytes *key = key_bytes ((guint8)kid);
  gboolean ok;

  (*(guint *)data)++;
  g_signal_emit_by_name (element, "add-key", kid, key, &ok);
  ck_assert (ok);
  g_bytes_unref (key);
}

GST_START_TEST (test_request_key)
{
  guint asked_enc = 0, asked_dec = 0;
  GstElement *enc, *dec;
  Pair pair;

  pair_start (&pair, "sframeenc key-id=33", "sframedec");
  enc = element_of (pair.enc, "sframeenc");
  dec = element_of (pair.dec, "sframedec");
  g_signal_connect (enc, "request-key", G_CALLBACK (on_request_key), &asked_enc);
  g_signal_connect (dec, "request-key", G_CALLBACK (on_request_key), &asked_dec);
  for (guint n = 0; n < 5; n++)
    open_and_check (&pair, seal (&pair, n, 100), n, 100);
  ck_assert_uint_eq (asked_enc, 1);
  ck_assert_uint_eq (asked_dec, 1);
  gst_object_unref (enc);
  gst_object_unref (dec);
  pair_stop (&pair);
}
GST_END_TEST

/* Frames wait for their key, and leave in order without another frame's help. */
GST_START_TEST (test_hold)
{
  Pair pair;

  pair_start (&pair, "sframeenc key-id=2", "sframedec hold-time=10000");
  add_key (pair.enc, "sframeenc", 2, 5);
  for (guint n = 0; n < 10; n++)
    gst_harness_push (pair.dec, seal (&pair, n, 100));
  ck_assert (!gst_harness_try_pull (pair.dec));
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "held"), 10);
  add_key (pair.dec, "sframedec", 2, 5);
  for (guint n = 0; n < 10; n++)
    {
      GstBuffer *out = gst_harness_pull (pair.dec);

      ck_assert (out);
      ck_assert_uint_eq (GST_BUFFER_OFFSET (out), n);
      gst_buffer_unref (out);
    }
  TEST_WAIT_UNTIL (stat_of (pair.dec, "sframedec", "held") == 0, 5000);
  pair_stop (&pair);
}
GST_END_TEST

GST_START_TEST (test_hold_expires)
{
  Pair pair;

  pair_start (&pair, "sframeenc key-id=2 key=" KEY, "sframedec hold-time=30");
  gst_harness_push (pair.dec, seal (&pair, 0, 100));
  TEST_WAIT_UNTIL (stat_of (pair.dec, "sframedec", "dropped-no-key") == 1, 5000);
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "held"), 0);
  /* EOS waits for those that are held, and no longer than they are. */
  gst_harness_push (pair.dec, seal (&pair, 1, 100));
  ck_assert (gst_harness_push_event (pair.dec, gst_event_new_eos ()));
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "dropped-no-key"), 2);
  pair_stop (&pair);
}
GST_END_TEST

/* No more is held than fits, and stopping does not wait. */
GST_START_TEST (test_hold_bounds)
{
  Pair pair;

  pair_start (&pair, "sframeenc key-id=2 key=" KEY, "sframedec hold-time=10000");
  for (guint n = 0; n < 9; n++)
    gst_harness_push (pair.dec, seal (&pair, n, 1 << 20));
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "held"), 3);
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "dropped-no-key"), 6);
  pair_stop (&pair);
}
GST_END_TEST

GST_START_TEST (test_flush)
{
  Pair pair;
  GstSegment segment;

  pair_start (&pair, "sframeenc key-id=2 key=" KEY, "sframedec hold-time=10000");
  gst_harness_push (pair.dec, seal (&pair, 0, 100));
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "held"), 1);
  gst_harness_push_event (pair.dec, gst_event_new_flush_start ());
  gst_harness_push_event (pair.dec, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (pair.dec, gst_event_new_segment (&segment));
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "held"), 0);
  add_key (pair.dec, "sframedec", 2, 0);
  pair_stop (&pair);
}
GST_END_TEST

GST_START_TEST (test_lists)
{
  Pair pair;
  GstBufferList *list = gst_buffer_list_new ();
  GstPad *peer;

  pair_start (&pair, "sframeenc key=" KEY, "sframedec key=" KEY);
  for (guint n = 0; n < 10; n++)
    gst_buffer_list_add (list, make_frame (n, 100 + n));
  peer = gst_pad_get_peer (pair.enc->srcpad);
  ck_assert_int_eq (gst_pad_push_list (pair.enc->srcpad, list), GST_FLOW_OK);
  gst_object_unref (peer);
  forward (&pair);
  ck_assert_uint_eq (gst_harness_buffers_in_queue (pair.dec), 10);
  pair_stop (&pair);
}
GST_END_TEST

static void
set_metadata (GstHarness *harness, const gchar *factory, const gchar *hex)
{
  GstElement *element = element_of (harness, factory);

  gst_child_proxy_set (GST_CHILD_PROXY (element), "sink::metadata", hex, NULL);
  gst_object_unref (element);
}

GST_START_TEST (test_metadata)
{
  Pair pair;

  pair_start (&pair, "sframeenc key=" KEY, "sframedec key=" KEY);
  set_metadata (pair.enc, "sframeenc", "0011");
  set_metadata (pair.dec, "sframedec", "0011");
  open_and_check (&pair, seal (&pair, 0, 100), 0, 100);
  set_metadata (pair.dec, "sframedec", "0012");
  gst_harness_push (pair.dec, seal (&pair, 1, 100));
  ck_assert_uint_eq (stat_of (pair.dec, "sframedec", "dropped-bad-tag"), 1);
  pair_stop (&pair);
}
GST_END_TEST

/* GAP, tags and other events pass between the frames that they came between. */
GST_START_TEST (test_events)
{
  Pair pair;
  guint gaps = 0;
  GstEvent *event;

  pair_start (&pair, "sframeenc key=" KEY, "sframedec key=" KEY);
  open_and_check (&pair, seal (&pair, 0, 100), 0, 100);
  gst_harness_push_event (pair.enc, gst_event_new_gap (10 * GST_MSECOND, 10 * GST_MSECOND));
  forward (&pair);
  while ((event = gst_harness_try_pull_event (pair.dec)))
    {
      gaps += GST_EVENT_TYPE (event) == GST_EVENT_GAP;
      gst_event_unref (event);
    }
  ck_assert_uint_eq (gaps, 1);
  open_and_check (&pair, seal (&pair, 2, 100), 2, 100);
  pair_stop (&pair);
}
GST_END_TEST

/* One element's ring on another element; and what a restart does to counters and windows. */
GST_START_TEST (test_shared_ring_and_restart)
{
  GstElement *enc = gst_element_factory_make ("sframeenc", NULL);
  GstElement *dec = gst_element_factory_make ("sframedec", NULL);
  GstBuffer *old = NULL;
  GObject *ring;

  g_object_set (enc, "key", KEY, "key-id", G_GUINT64_CONSTANT (3), "name", "sframeenc", NULL);
  g_object_get (enc, "keyring", &ring, NULL);
  g_object_set (dec, "keyring", ring, "name", "sframedec", NULL);
  g_object_unref (ring);
  for (guint n = 0; n < 5; n++)
    {
      Pair pair = { gst_harness_new_with_element (enc, "sink", "src"),
                    gst_harness_new_with_element (dec, "sink", "src") };
      GstBuffer *sealed;

      gst_harness_set_src_caps_str (pair.enc, VP8);
      sealed = seal (&pair, n, 100);
      if (!old)
        old = gst_buffer_ref (sealed);
      open_and_check (&pair, sealed, n, 100);
      /* Even after a restart the first frame is still known. */
      gst_harness_push (pair.dec, gst_buffer_ref (old));
      ck_assert (!gst_harness_try_pull (pair.dec));
      pair_stop (&pair);
    }
  gst_buffer_unref (old);
  gst_object_unref (enc);
  gst_object_unref (dec);
}
GST_END_TEST

/* The ring of a pipeline, by the name of a context. */
GST_START_TEST (test_context)
{
  GstElement *bin
      = gst_parse_launch ("appsrc name=a ! sframeenc name=e keyring-context=room key=" KEY
                          " ! sframedec name=d keyring-context=room ! fakesink",
                          NULL);
  GstElement *enc = gst_bin_get_by_name (GST_BIN (bin), "e");
  GstElement *dec = gst_bin_get_by_name (GST_BIN (bin), "d");
  GObject *a, *b;

  gst_element_set_state (bin, GST_STATE_READY);
  g_object_get (enc, "keyring", &a, NULL);
  g_object_get (dec, "keyring", &b, NULL);
  ck_assert_ptr_eq (a, b);
  g_object_unref (a);
  g_object_unref (b);
  gst_element_set_state (bin, GST_STATE_NULL);
  gst_object_unref (enc);
  gst_object_unref (dec);
  gst_object_unref (bin);
}
GST_END_TEST

GST_START_TEST (test_passthrough)
{
  GstHarness *enc = make_end ("sframeenc passthrough=true", VP8);
  GstBuffer *in = make_frame (0, 100), *out;
  GstElement *element = element_of (enc, "sframeenc");
  GstStructure *stats;
  gboolean passing = FALSE;

  gst_harness_push (enc, gst_buffer_ref (in));
  out = gst_harness_pull (enc);
  ck_assert_ptr_eq (in, out);
  assert_caps (enc, VP8);
  g_object_get (element, "stats", &stats, NULL);
  ck_assert (gst_structure_get_boolean (stats, "passthrough", &passing) && passing);
  gst_structure_free (stats);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  gst_object_unref (element);
  gst_harness_teardown (enc);
}
GST_END_TEST

static Suite *
sframe_suite (void)
{
  Suite *suite = suite_create ("sframe");
  TCase *tests = tcase_create ("elements");

  suite_add_tcase (suite, tests);
  tcase_add_checked_fixture (tests, test_leaks_begin, test_leaks_end);
  tcase_add_test (tests, test_round_trip);
  tcase_add_test (tests, test_sizes);
  tcase_add_test (tests, test_no_caps);
  tcase_add_test (tests, test_caps);
  tcase_add_test (tests, test_key_event);
  tcase_add_test (tests, test_key_property_and_replacement);
  tcase_add_test (tests, test_ratchet);
  tcase_add_test (tests, test_drops);
  tcase_add_test (tests, test_request_key);
  tcase_add_test (tests, test_hold);
  tcase_add_test (tests, test_hold_expires);
  tcase_add_test (tests, test_hold_bounds);
  tcase_add_test (tests, test_flush);
  tcase_add_test (tests, test_lists);
  tcase_add_test (tests, test_metadata);
  tcase_add_test (tests, test_events);
  tcase_add_test (tests, test_shared_ring_and_restart);
  tcase_add_test (tests, test_context);
  tcase_add_test (tests, test_passthrough);
  return suite;
}

int
main (int argc, char **argv)
{
  int failed;
  SRunner *runner;

  test_gst_init (&argc, &argv);
  runner = srunner_create (sframe_suite ());
  srunner_run_all (runner, CK_NORMAL);
  failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed > 0;
}
