/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When the receiver's pads appear, what is known of them then, and when there are no more.
 */
#include "gst/p2p/link/peer.h"
#include "tests/plugins/p2p/element/stage.h"

#define SEVERAL "p2psink name=p2p STAGE remote-id=r "
#define FEED(n, caps) " appsrc name=feed" n " format=time caps=" caps " ! p2p.sink_" n " "
#define SOON_MS 15000

/* What an application heard of p2psrc, on whichever threads. */
typedef struct
{
  GstElement *pipeline;
  GMutex lock;
  /* lock */
  GPtrArray *pads;     /* that appeared: a text of what was known of each then */
  GPtrArray *records;  /* of what passed them */
  guint n_gone;        /* pads that were removed */
  guint n_no_more;     /* no-more-pads */
  guint n_before_last; /* pads that came before the last no-more-pads */
  guint n_in_handler;
  guint n_connected;
  gboolean hold; /* handlers of pad-added */
} Listener;

static gchar *
describe (GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstEvent) start = gst_pad_get_sticky_event (pad, GST_EVENT_STREAM_START, 0);
  g_autofree gchar *label = NULL, *sender_pad = NULL;

  g_object_get (pad, "label", &label, "sender-pad", &sender_pad, NULL);
  return g_strdup_printf ("%s %s %s %s %s", GST_OBJECT_NAME (pad), sender_pad ? sender_pad : "-",
                          label,
                          caps ? gst_structure_get_name (gst_caps_get_structure (caps, 0)) : "-",
                          start ? "start" : "-");
}

static void
take (GstPad *pad, GstElement *pipeline)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  g_assert_cmpint (gst_pad_link (pad, sink_pad), ==, GST_PAD_LINK_OK);
}

static void
on_pad_added (GstElement *element, GstPad *pad, Listener *listener)
{
  TestRecord *record = test_record_new (pad);
  gboolean hold;

  take (pad, listener->pipeline);
  g_mutex_lock (&listener->lock);
  g_ptr_array_add (listener->pads, describe (pad));
  g_ptr_array_add (listener->records, record);
  listener->n_in_handler++;
  hold = listener->hold;
  g_mutex_unlock (&listener->lock);
  while (hold && GST_STATE_NEXT (element) != GST_STATE_READY)
    g_usleep (1000);
  g_mutex_lock (&listener->lock);
  listener->n_in_handler--;
  g_mutex_unlock (&listener->lock);
}

static void
on_pad_removed (GstElement *element, GstPad *pad, Listener *listener)
{
  if (!GST_PAD_IS_SRC (pad))
    return;
  g_mutex_lock (&listener->lock);
  listener->n_gone++;
  g_mutex_unlock (&listener->lock);
}

static void
on_no_more_pads (GstElement *element, Listener *listener)
{
  g_mutex_lock (&listener->lock);
  g_assert_cmpuint (listener->n_in_handler, ==, 0);
  listener->n_no_more++;
  listener->n_before_last = listener->pads->len;
  g_mutex_unlock (&listener->lock);
}

static void
on_connected (GstElement *element, const gchar *id, const gchar *fingerprint, Listener *listener)
{
  gint state;

  g_object_get (element, "connection-state", &state, NULL);
  g_assert_cmpint (state, ==, GST_P2P_PEER_OPEN);
  g_mutex_lock (&listener->lock);
  listener->n_connected++;
  g_mutex_unlock (&listener->lock);
}

static guint
get (Listener *listener, const guint *fact)
{
  guint value;

  g_mutex_lock (&listener->lock);
  value = *fact;
  g_mutex_unlock (&listener->lock);
  return value;
}

static guint
count_pads (Listener *listener)
{
  return get (listener, &listener->pads->len);
}

static void
expect_pad (Listener *listener, const gchar *text)
{
  gboolean found = FALSE;

  g_mutex_lock (&listener->lock);
  for (guint i = 0; i < listener->pads->len; i++)
    found |= g_strcmp0 (listener->pads->pdata[i], text) == 0;
  if (!found)
    for (guint i = 0; i < listener->pads->len; i++)
      g_test_message ("there is: %s", (gchar *)listener->pads->pdata[i]);
  g_mutex_unlock (&listener->lock);
  if (!found)
    g_error ("there is no pad \"%s\"", text);
}

static Listener *
listener_new (TestStage *stage, const gchar *properties)
{
  Listener *listener = g_new0 (Listener, 1);
  GstElement *p2p;

  g_mutex_init (&listener->lock);
  listener->pads = g_ptr_array_new_with_free_func (g_free);
  listener->records = g_ptr_array_new_with_free_func ((GDestroyNotify)test_record_free);
  /* Two elements, and so a pipeline. */
  listener->pipeline = test_stage_play_called (
      stage, "p2psrc name=p2p STAGE local-id=r %s fakesink async=false", properties);
  p2p = test_borrow (listener->pipeline, "p2p");
  g_signal_connect (p2p, "pad-added", G_CALLBACK (on_pad_added), listener);
  g_signal_connect (p2p, "pad-removed", G_CALLBACK (on_pad_removed), listener);
  g_signal_connect (p2p, "no-more-pads", G_CALLBACK (on_no_more_pads), listener);
  g_signal_connect (p2p, "peer-connected", G_CALLBACK (on_connected), listener);
  return listener;
}

static void
listener_free (Listener *listener)
{
  gst_element_set_state (listener->pipeline, GST_STATE_NULL);
  g_ptr_array_unref (listener->records);
  g_ptr_array_unref (listener->pads);
  test_pipeline_stop (listener->pipeline);
  g_mutex_clear (&listener->lock);
  g_free (listener);
}

static void
push (GstElement *sender, const gchar *feed)
{
  test_push (test_borrow (sender, feed), test_make_buffer (100, 1));
}

/* --- which pad is which --- */

/* Names are the sender's, though its pads were made in another order; each says what it is, and
 * after the last there are no more. */
static void
test_names (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  Listener *listener = listener_new (stage, "is-live=false");
  GstElement *sender
      = test_stage_play (stage, SEVERAL "sink_2::label=captions" FEED ("2", "text/x-raw")
                                    FEED ("0", "video/x-test") FEED ("5", "audio/x-test"));

  /* The last one has the least number. */
  push (sender, "feed5");
  push (sender, "feed2");
  push (sender, "feed0");
  TEST_WAIT_UNTIL (get (listener, &listener->n_no_more) == 1, SOON_MS);
  g_assert_cmpuint (count_pads (listener), ==, 3);
  expect_pad (listener, "src_0 sink_0 sink_0 video/x-test start");
  expect_pad (listener, "src_2 sink_2 captions text/x-raw start");
  expect_pad (listener, "src_5 sink_5 sink_5 audio/x-test start");

  test_pipeline_stop (sender);
  listener_free (listener);
  test_stage_free (stage);
}

/* Nothing tells what raw streams are, nor how many there are. */
static void
test_raw (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  Listener *listener = listener_new (stage, "is-live=false");
  GstElement *sender = test_stage_play (
      stage, SEVERAL "framing=raw sink_4::negotiated=true sink_4::stream-id=8" FEED (
                 "1", "video/x-test") FEED ("4", "video/x-test"));

  TEST_WAIT_UNTIL (count_pads (listener) == 1, SOON_MS);
  push (sender, "feed1");
  push (sender, "feed4");
  TEST_WAIT_UNTIL (count_pads (listener) == 2, SOON_MS);
  TEST_WAIT_UNTIL (get (listener, &listener->n_no_more) >= 1
                       && get (listener, &listener->n_before_last) == 2,
                   SOON_MS);
  expect_pad (listener, "src_1 - sink_1 - -");
  expect_pad (listener, "src_4 - stream-8 - -");

  test_pipeline_stop (sender);
  listener_free (listener);
  test_stage_free (stage);
}

/* A negotiated channel is raw, whatever the others are: nothing tells the receiver of it. */
static void
test_negotiated (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  Listener *listener = listener_new (stage, "is-live=false");
  GstElement *sender
      = test_stage_play (stage, SEVERAL "sink_0::negotiated=true sink_0::stream-id=4" FEED (
                                    "0", "audio/x-test") FEED ("2", "video/x-test"));

  /* The negotiated one has the place of the other. */
  push (sender, "feed0");
  push (sender, "feed2");
  TEST_WAIT_UNTIL (count_pads (listener) == 2, SOON_MS);
  TEST_WAIT_UNTIL (get (listener, &listener->n_no_more) > 0, SOON_MS);
  expect_pad (listener, "src_2 - stream-4 - -");
  expect_pad (listener, "src_1 sink_2 sink_2 video/x-test start");

  test_pipeline_stop (sender);
  listener_free (listener);
  test_stage_free (stage);
}

/* --- when --- */

/* A stream of which nothing is known yet is waited for, however long the others have been there. */
static void
test_late_stream (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  Listener *listener = listener_new (stage, "is-live=false");
  GstElement *sender
      = test_stage_play (stage, SEVERAL FEED ("0", "video/x-test") FEED ("1", "text/x-raw"));

  TEST_WAIT_UNTIL (count_pads (listener) == 2, SOON_MS);
  TEST_WAIT_UNTIL (get (listener, &listener->n_no_more) == 1, SOON_MS);
  /* Neither has had a buffer: what they are goes before. */
  expect_pad (listener, "src_0 sink_0 sink_0 video/x-test start");
  expect_pad (listener, "src_1 sink_1 sink_1 text/x-raw start");

  test_pipeline_stop (sender);
  listener_free (listener);
  test_stage_free (stage);
}

/* The same without caps: the first buffer tells. */
static void
test_unknown_stream (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  Listener *listener = listener_new (stage, "is-live=false");
  GstElement *sender = test_stage_play (
      stage, SEVERAL FEED ("0", "video/x-test") " appsrc name=feed1 format=time ! p2p.sink_1");

  for (guint i = 0; i < 50; i++)
    push (sender, "feed0");
  TEST_WAIT_UNTIL (count_pads (listener) == 1, SOON_MS);
  TEST_WAIT_UNTIL (test_record_count_buffers (listener->records->pdata[0]) == 50, SOON_MS);
  g_assert_cmpuint (get (listener, &listener->n_no_more), ==, 0);
  push (sender, "feed1");
  TEST_WAIT_UNTIL (get (listener, &listener->n_no_more) == 1, SOON_MS);
  expect_pad (listener, "src_1 sink_1 sink_1 - start");

  test_pipeline_stop (sender);
  listener_free (listener);
  test_stage_free (stage);
}

/* A stream may come later, and its place is free again when it is gone. */
static void
test_again (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  Listener *listener = listener_new (stage, "is-live=false");
  GstElement *sender = test_stage_play (stage, SEVERAL FEED ("0", "video/x-test"));
  GstElement *p2p = test_borrow (sender, "p2p");

  TEST_WAIT_UNTIL (get (listener, &listener->n_no_more) == 1, SOON_MS);
  for (guint i = 1; i <= 3; i++)
    {
      GstElement *feed = gst_element_factory_make ("appsrc", "later");
      GstPad *pad = gst_element_request_pad_simple (p2p, "sink_3");
      g_autoptr (GstPad) src = gst_element_get_static_pad (feed, "src");

      gst_util_set_object_arg (G_OBJECT (feed), "format", "time");
      test_set_caps (feed, "audio/x-test");
      gst_bin_add (GST_BIN (sender), feed);
      g_assert_cmpint (gst_pad_link (src, pad), ==, GST_PAD_LINK_OK);
      gst_element_sync_state_with_parent (feed);
      test_push (feed, test_make_buffer (100, 1));
      TEST_WAIT_UNTIL (count_pads (listener) == 1 + i, SOON_MS);
      TEST_WAIT_UNTIL (test_record_count_buffers (listener->records->pdata[i]) == 1, SOON_MS);
      gst_element_set_state (feed, GST_STATE_NULL);
      gst_element_release_request_pad (p2p, pad);
      gst_object_unref (pad);
      gst_bin_remove (GST_BIN (sender), feed);
      TEST_WAIT_UNTIL (get (listener, &listener->n_gone) == i, SOON_MS);
      g_assert_true (test_record_is_eos (listener->records->pdata[i]));
      g_assert_true (g_str_has_suffix (listener->pads->pdata[i], "audio/x-test start"));
    }

  test_pipeline_stop (sender);
  listener_free (listener);
  test_stage_free (stage);
}

/* --- nothing --- */

/* An empty file has a pad, through which its end comes. */
static void
test_empty (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  Listener *listener = listener_new (stage, "");
  GstElement *sender
      = test_stage_play (stage, "fakesrc num-buffers=0 ! p2psink name=p2p STAGE remote-id=r");

  gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, SOON_MS));
  TEST_WAIT_UNTIL (count_pads (listener) == 1, SOON_MS);
  TEST_WAIT_UNTIL (test_record_is_eos (listener->records->pdata[0]), SOON_MS);
  expect_pad (listener, "src_0 sink_0 sink_0 - start");

  test_pipeline_stop (sender);
  listener_free (listener);
  test_stage_free (stage);
}

/* A sender that leaves before it knew what it would send leaves no pad behind. */
static void
test_nothing (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  Listener *listener = listener_new (stage, "");
  GstElement *sender
      = test_stage_play (stage, SEVERAL " appsrc name=feed format=time ! p2p.sink_0");
  GstMessage *message;
  g_autoptr (GError) error = NULL;

  TEST_WAIT_UNTIL (get (listener, &listener->n_connected) == 1, SOON_MS);
  test_pipeline_stop (sender);
  message = test_bus_wait (listener->pipeline, GST_MESSAGE_ERROR, SOON_MS);
  gst_message_parse_error (message, &error, NULL);
  g_assert_cmpstr (error->message, ==, "The peer left without having sent anything");
  gst_message_unref (message);
  g_assert_cmpuint (count_pads (listener), ==, 0);
  g_assert_cmpuint (get (listener, &listener->n_no_more), ==, 0);

  listener_free (listener);
  test_stage_free (stage);
}

/* A stream that had ended before there was a receiver has its pad, too. */
static void
test_ended_before (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *sender = test_stage_play (stage, SEVERAL "wait-for-connection=false" FEED (
                                                   "0", "video/x-test") FEED ("1", "audio/x-test"));
  GstPad *pad = gst_element_get_static_pad (test_borrow (sender, "p2p"), "sink_1");
  TestRecord *ended = test_record_new (pad);
  Listener *listener;
  guint n_eos = 0;

  gst_object_unref (pad);
  test_push_eos (test_borrow (sender, "feed1"));
  TEST_WAIT_UNTIL (test_record_is_eos (ended), SOON_MS);
  listener = listener_new (stage, "is-live=false");
  TEST_WAIT_UNTIL (get (listener, &listener->n_no_more) == 1, SOON_MS);
  expect_pad (listener, "src_0 sink_0 sink_0 video/x-test start");
  expect_pad (listener, "src_1 sink_1 sink_1 audio/x-test start");
  push (sender, "feed0");
  test_push_eos (test_borrow (sender, "feed0"));
  gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, SOON_MS));
  for (guint i = 0; i < 2; i++)
    n_eos += test_record_is_eos (listener->records->pdata[i]);
  g_assert_cmpuint (n_eos, ==, 2);

  test_record_free (ended);
  test_pipeline_stop (sender);
  listener_free (listener);
  test_stage_free (stage);
}

/* --- moments --- */

/* The element goes down while the application is still busy with a new pad. */
static void
test_going_down (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  Listener *listener = listener_new (stage, "");
  GstElement *sender;

  listener->hold = TRUE;
  sender = test_stage_play (stage, SEVERAL FEED ("0", "video/x-test") FEED ("1", "audio/x-test"));
  TEST_WAIT_UNTIL (get (listener, &listener->n_in_handler) > 0, SOON_MS);
  g_assert_cmpint (gst_element_set_state (listener->pipeline, GST_STATE_READY), !=,
                   GST_STATE_CHANGE_FAILURE);
  g_assert_cmpuint (get (listener, &listener->n_in_handler), ==, 0);
  g_assert_cmpuint (get (listener, &listener->n_gone), ==, count_pads (listener));

  test_pipeline_stop (sender);
  listener_free (listener);
  test_stage_free (stage);
}

/* --- one sender after another --- */

static GstPadProbeReturn
note_caps (GstPad *pad, GstPadProbeInfo *info, gpointer seen)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstEvent) tags = gst_pad_get_sticky_event (pad, GST_EVENT_TAG, 0);

  g_atomic_int_set ((gint *)seen, 1 + (caps ? 1 : 0) + (tags ? 2 : 0));
  return GST_PAD_PROBE_OK;
}

/* The pad that is kept has forgotten what the last sender sent, and so has what is linked to it. */
static void
test_not_inherited (gconstpointer transport)
{
  static const struct
  {
    const gchar *caps;
    gint seen;
  } senders[] = { { "caps=video/x-test", 4 }, { "", 1 }, { "caps=audio/x-test", 2 }, { "", 1 } };
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *receiver
      = test_stage_play_called (stage, "p2psrc name=p2p STAGE local-id=r is-live=false "
                                       "keep-listening=true ! fakesink name=out sync=false");
  GstPad *pad = gst_element_get_static_pad (test_borrow (receiver, "out"), "sink");
  gint seen = 0;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, note_caps, &seen, NULL);
  gst_object_unref (pad);
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    {
      GstElement *sender = test_stage_play (
          stage, "appsrc name=feed format=time %s ! %s p2psink STAGE remote-id=r", senders[i].caps,
          i == 0 ? "taginject tags=\"title=x\" ! " : "");

      g_atomic_int_set (&seen, 0);
      push (sender, "feed");
      push (sender, "feed");
      test_push_eos (test_borrow (sender, "feed"));
      gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, SOON_MS));
      g_assert_cmpint (g_atomic_int_get (&seen), ==, senders[i].seen);
      test_pipeline_stop (sender);
    }
  test_pipeline_stop (receiver);
  test_stage_free (stage);
}

static void
add (void)
{
  test_add_for_each_transport ("/pads/names", test_names);
  test_add_for_each_transport ("/pads/raw", test_raw);
  test_add_for_each_transport ("/pads/negotiated", test_negotiated);
  test_add_for_each_transport ("/pads/late-stream", test_late_stream);
  test_add_for_each_transport ("/pads/unknown-stream", test_unknown_stream);
  test_add_for_each_transport ("/pads/again", test_again);
  test_add_for_each_transport ("/pads/empty", test_empty);
  test_add_for_each_transport ("/pads/nothing", test_nothing);
  test_add_for_each_transport ("/pads/ended-before", test_ended_before);
  test_add_for_each_transport ("/pads/going-down", test_going_down);
  test_add_for_each_transport ("/pads/not-inherited", test_not_inherited);
}

int
main (int argc, char **argv)
{
  return test_stage_main (argc, argv, add, 100);
}
