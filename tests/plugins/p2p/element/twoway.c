/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What else one connection, or one element, can do: both directions, negotiated channels, one
 * sender after another, URIs, and what an application learns of it all.
 */
#include "tests/plugins/p2p/element/camera.h"
#include "tests/plugins/p2p/element/stage.h"

#define TALKER                                                                                     \
  "p2pbin name=p2p STAGE %s  appsrc name=feed format=time ! p2p.  "                                \
  "p2p. ! fakesink name=out sync=false"
#define CAMERA "appsrc name=feed format=time ! p2psink name=p2p STAGE remote-id=r "

static const TestCameraConfig short_film
    = { .n_frames = 100, .interval_us = 3000, .min_size = 10, .max_size = 20000 };

/* All of it, in order. */
static void
check_film (TestCamera *camera, TestRecord *record, guint first)
{
  g_autoptr (GPtrArray) buffers = test_record_get_buffers (record);

  g_assert_cmpuint (buffers->len, ==, first + short_film.n_frames);
  for (guint i = 0; i < short_film.n_frames; i++)
    g_assert_cmpuint (test_camera_check_frame (camera, g_ptr_array_index (buffers, first + i)), ==,
                      i);
}

static void
test_both_directions (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *bob = test_stage_play_called (stage, TALKER, "local-id=bob is-live=false");
  TestRecord *at_bob = test_record_new_at (bob, "out");
  GstElement *alice = test_stage_play (stage, TALKER, "remote-id=bob is-live=false");
  TestRecord *at_alice = test_record_new_at (alice, "out");
  TestCamera *of_bob = test_camera_new (test_borrow (bob, "feed"), &short_film);
  TestCamera *of_alice = test_camera_new (test_borrow (alice, "feed"), &short_film);

  TEST_WAIT_UNTIL (test_record_is_eos (at_bob), 20000);
  TEST_WAIT_UNTIL (test_record_is_eos (at_alice), 20000);
  check_film (of_alice, at_bob, 0);
  check_film (of_bob, at_alice, 0);
  gst_message_unref (test_bus_wait (alice, GST_MESSAGE_EOS, 5000));
  gst_message_unref (test_bus_wait (bob, GST_MESSAGE_EOS, 5000));

  test_camera_free (of_bob);
  test_camera_free (of_alice);
  test_record_free (at_bob);
  test_record_free (at_alice);
  test_pipeline_stop (alice);
  test_pipeline_stop (bob);
  test_stage_free (stage);
}

/* Who has received everything and still sends is not done: the pipeline's EOS comes when both ways
 * are. */
static void
test_unequal_directions (gconstpointer transport)
{
  const TestCameraConfig long_film
      = { .n_frames = 400, .interval_us = 3000, .min_size = 10, .max_size = 20000 };
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *bob = test_stage_play_called (stage, TALKER, "local-id=bob is-live=false");
  TestRecord *at_bob = test_record_new_at (bob, "out");
  GstElement *alice = test_stage_play (stage, TALKER, "remote-id=bob is-live=false");
  TestRecord *at_alice = test_record_new_at (alice, "out");
  TestCamera *of_bob = test_camera_new (test_borrow (bob, "feed"), &short_film);
  TestCamera *of_alice = test_camera_new (test_borrow (alice, "feed"), &long_film);

  gst_message_unref (test_bus_wait (alice, GST_MESSAGE_EOS, 20000));
  g_assert_cmpuint (test_record_count_buffers (at_alice), ==, short_film.n_frames);
  g_assert_cmpuint (test_record_count_buffers (at_bob), ==, long_film.n_frames);
  gst_message_unref (test_bus_wait (bob, GST_MESSAGE_EOS, 5000));

  test_camera_free (of_bob);
  test_camera_free (of_alice);
  test_record_free (at_bob);
  test_record_free (at_alice);
  test_pipeline_stop (alice);
  test_pipeline_stop (bob);
  test_stage_free (stage);
}

/* Each buffer is a message on a stream that both know, and what the receiver gets is raw. */
static void
test_negotiated (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *receiver = test_stage_play_called (
      stage, "p2psrc name=p2p STAGE local-id=r ! fakesink name=out sync=false");
  TestRecord *record = test_record_new_at (receiver, "out");
  GstElement *sender
      = test_stage_play (stage, CAMERA "framing=raw sink_0::negotiated=true sink_0::stream-id=7");
  GPtrArray *buffers;
  GstStructure *stats;
  guint stream;

  for (guint i = 0; i < 50; i++)
    test_push (test_borrow (sender, "feed"), test_make_buffer (i * 100, i));
  TEST_WAIT_UNTIL (test_record_count_buffers (record) == 50, 10000);
  stats = test_get_channel_stats (receiver, 0, 0);
  g_assert_true (gst_structure_get_uint (stats, "stream", &stream));
  g_assert_cmpuint (stream, ==, 7);
  gst_structure_free (stats);
  test_push_eos (test_borrow (sender, "feed"));
  gst_message_unref (test_bus_wait (receiver, GST_MESSAGE_EOS, 10000));
  gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, 10000));

  buffers = test_record_get_buffers (record);
  g_assert_cmpuint (buffers->len, ==, 50);
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (GstBuffer) expected = test_make_buffer (i * 100, i);
      GstBuffer *buffer = g_ptr_array_index (buffers, i);
      GstMapInfo map;

      g_assert_cmpuint (gst_buffer_get_size (buffer), ==, i * 100);
      gst_buffer_map (expected, &map, GST_MAP_READ);
      g_assert_true (i == 0 || gst_buffer_memcmp (buffer, 0, map.data, map.size) == 0);
      gst_buffer_unmap (expected, &map);
    }
  g_ptr_array_unref (buffers);
  test_record_free (record);
  test_pipeline_stop (sender);
  test_pipeline_stop (receiver);
  test_stage_free (stage);
}

/* The next sender's stream comes out of the same pad, without an EOS between. */
static void
test_keep_listening (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *receiver
      = test_stage_play_called (stage, "p2psrc name=p2p STAGE local-id=r is-live=false "
                                       "keep-listening=true ! fakesink name=out sync=false");
  TestRecord *record = test_record_new_at (receiver, "out");

  for (guint i = 0; i < 3; i++)
    {
      GstElement *sender = test_stage_play (stage, CAMERA);
      TestCamera *camera = test_camera_new (test_borrow (sender, "feed"), &short_film);

      gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, 20000));
      check_film (camera, record, i * short_film.n_frames);
      test_camera_free (camera);
      test_pipeline_stop (sender);
      gst_message_unref (test_bus_wait_element (receiver, "peer-disconnected", 5000));
      g_assert_cmpuint (test_borrow (receiver, "p2p")->numsrcpads, ==, 1);
    }
  g_assert_false (test_record_is_eos (record));
  test_record_free (record);
  test_pipeline_stop (receiver);
  test_stage_free (stage);
}

/* Likewise where the receiver calls: it calls again until the next sender is there, and warns when
 * that takes longer than a connection may. */
static void
test_keep_calling (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *receiver = NULL;
  TestRecord *record = NULL;

  for (guint i = 0; i < 3; i++)
    {
      GstElement *sender = test_stage_play_called (
          stage, "appsrc name=feed format=time ! p2psink name=p2p STAGE local-id=cam");
      TestCamera *camera;

      if (!receiver)
        {
          receiver = test_stage_play (
              stage, "p2psrc name=p2p STAGE remote-id=cam is-live=false "
                     "connect-timeout=2000 keep-listening=true ! fakesink name=out sync=false");
          record = test_record_new_at (receiver, "out");
        }
      camera = test_camera_new (test_borrow (sender, "feed"), &short_film);
      gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, 20000));
      check_film (camera, record, i * short_film.n_frames);
      test_camera_free (camera);
      test_pipeline_stop (sender);
      gst_message_unref (test_bus_wait_element (receiver, "peer-disconnected", 5000));
      if (i == 1)
        gst_message_unref (test_bus_wait (receiver, GST_MESSAGE_WARNING, 10000));
    }
  g_assert_false (test_record_is_eos (record));
  test_record_free (record);
  test_pipeline_stop (receiver);
  test_stage_free (stage);
}

/* --- URIs --- */

static void
test_uri (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  g_autofree gchar *uri = g_strdup_printf ("p2p://127.0.0.1:%u/cam", test_stage_get_port (stage));
  g_autofree gchar *remote_id = NULL;
  g_autofree gchar *got = NULL;
  GError *error = NULL;
  GstElement *element = gst_element_make_from_uri (GST_URI_SRC, uri, NULL, &error);

  g_assert_no_error (error);
  gst_object_ref_sink (element);
  g_object_get (element, "remote-id", &remote_id, NULL);
  g_assert_cmpstr (remote_id, ==, "cam");
  got = gst_uri_handler_get_uri (GST_URI_HANDLER (element));
  g_assert_cmpstr (got, ==, uri);
  gst_object_unref (element);
  element = gst_element_make_from_uri (GST_URI_SINK, uri, NULL, &error);
  g_assert_no_error (error);
  gst_object_unref (gst_object_ref_sink (element));
  test_stage_free (stage);
}

static void
on_source_setup (GstElement *playbin, GstElement *source, gpointer transport)
{
  gst_util_set_object_arg (G_OBJECT (source), "transport", transport);
}

/* A sink for playbin, and what it gets. */
static TestRecord *
add_sink (GstElement *playbin, const gchar *property)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  TestRecord *record = test_record_new (pad);

  g_object_set (sink, "sync", TRUE, NULL);
  g_object_set (playbin, property, sink, NULL);
  return record;
}

static void
test_playbin (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  GstElement *sender = test_stage_play_called (
      stage, "p2psink name=p2p STAGE local-id=cam  "
             "videotestsrc num-buffers=60 ! video/x-raw,width=64,height=48,framerate=30/1 ! "
             "vp8enc deadline=1 ! p2p.  "
             "audiotestsrc num-buffers=90 ! opusenc ! p2p.");
  GstElement *player = test_pipeline ("playbin flags=audio+video uri=p2p://127.0.0.1:%u/cam",
                                      test_stage_get_port (stage));
  TestRecord *video = add_sink (player, "video-sink"), *audio = add_sink (player, "audio-sink");

  g_signal_connect (player, "source-setup", G_CALLBACK (on_source_setup), (gpointer)transport);
  gst_element_set_state (player, GST_STATE_PLAYING);
  gst_message_unref (test_bus_wait (player, GST_MESSAGE_EOS, 30000));
  gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, 10000));
  g_assert_cmpuint (test_record_count_buffers (video), ==, 60);
  g_assert_cmpuint (test_record_count_buffers (audio), >, 50);

  test_record_free (video);
  test_record_free (audio);
  test_pipeline_stop (player);
  test_pipeline_stop (sender);
  test_stage_free (stage);
}

/* --- what an application learns --- */

typedef struct
{
  GMutex lock;
  GString *states;
  gchar *connected, *disconnected, *fingerprint;
  gboolean accept;
  guint n_asked;
} Facts;

static void
on_state (GstElement *element, GParamSpec *pspec, Facts *facts)
{
  GValue value = G_VALUE_INIT;
  gchar *text;

  g_value_init (&value, pspec->value_type);
  g_object_get_property (G_OBJECT (element), "connection-state", &value);
  text = gst_value_serialize (&value);
  g_mutex_lock (&facts->lock);
  g_string_append_printf (facts->states, "%s ", text);
  g_mutex_unlock (&facts->lock);
  g_free (text);
  g_value_unset (&value);
}

static void
on_connected (GstElement *element, const gchar *id, const gchar *fingerprint, Facts *facts)
{
  g_mutex_lock (&facts->lock);
  facts->connected = g_strdup (id);
  facts->fingerprint = g_strdup (fingerprint);
  g_mutex_unlock (&facts->lock);
}

static void
on_disconnected (GstElement *element, const gchar *id, const gchar *reason, Facts *facts)
{
  g_mutex_lock (&facts->lock);
  facts->disconnected = g_strdup_printf ("%s: %s", id, reason);
  g_mutex_unlock (&facts->lock);
}

static gboolean
on_accept (GstElement *element, const gchar *id, const gchar *fingerprint, Facts *facts)
{
  g_mutex_lock (&facts->lock);
  facts->n_asked++;
  g_mutex_unlock (&facts->lock);
  return facts->accept;
}

static void
facts_watch (Facts *facts, GstElement *element)
{
  g_mutex_init (&facts->lock);
  facts->states = g_string_new (NULL);
  g_signal_connect (element, "notify::connection-state", G_CALLBACK (on_state), facts);
  g_signal_connect (element, "peer-connected", G_CALLBACK (on_connected), facts);
  g_signal_connect (element, "peer-disconnected", G_CALLBACK (on_disconnected), facts);
  g_signal_connect (element, "accept-peer", G_CALLBACK (on_accept), facts);
}

static void
facts_clear (Facts *facts)
{
  g_mutex_clear (&facts->lock);
  g_string_free (facts->states, TRUE);
  g_free (facts->connected);
  g_free (facts->disconnected);
  g_free (facts->fingerprint);
}

static gchar *
get_fingerprint (GstElement *pipeline)
{
  gchar *fingerprint;

  g_object_get (test_borrow (pipeline, "p2p"), "fingerprint", &fingerprint, NULL);
  g_assert_nonnull (fingerprint);
  return fingerprint;
}

static void
check_stats (GstElement *sender)
{
  g_autoptr (GstStructure) all = test_get_stats (sender);
  g_autoptr (GstStructure) peer = test_get_peer_stats (sender, 0);
  g_autoptr (GstStructure) channel = test_get_channel_stats (sender, 0, 0);
  gint64 setup_us;

  g_assert_cmpstr (gst_structure_get_string (all, "state"), ==, "open");
  g_assert_cmpuint (test_get_stat (all, "connections"), ==, 1);
  g_assert_cmpstr (gst_structure_get_string (peer, "id"), ==, "r");
  g_assert_nonnull (gst_structure_get_string (peer, "local-candidate-type"));
  g_assert_nonnull (gst_structure_get_string (peer, "remote-candidate-type"));
  g_assert_cmpstr (gst_structure_get_string (peer, "protocol"), ==, "udp");
  g_assert_true (gst_structure_get_int64 (peer, "setup-time-us", &setup_us));
  g_assert_cmpint (setup_us, >, 0);
  g_assert_cmpuint (test_get_stat (channel, "objects"), >, 10);
  g_assert_cmpuint (test_get_stat (channel, "bytes"), >, 10);
}

static void
test_facts (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  Facts at_sender = { 0 }, at_receiver = { .accept = TRUE };
  GstElement *receiver = test_stage_play_called (
      stage, "p2psrc name=p2p STAGE local-id=r ! fakesink name=out sync=false");
  TestRecord *record = test_record_new_at (receiver, "out");
  GstElement *sender
      = test_pipeline ("appsrc name=feed format=time ! p2psink name=p2p %s remote-id=r local-id=s",
                       test_stage_get_properties (stage));
  gchar *of_sender, *of_receiver;

  facts_watch (&at_receiver, test_borrow (receiver, "p2p"));
  facts_watch (&at_sender, test_borrow (sender, "p2p"));
  gst_element_set_state (sender, GST_STATE_PLAYING);
  of_sender = get_fingerprint (sender);
  of_receiver = get_fingerprint (receiver);
  for (guint i = 0; i < 20; i++)
    test_push (test_borrow (sender, "feed"), test_make_buffer (100, i));
  TEST_WAIT_UNTIL (test_record_count_buffers (record) == 20, 10000);
  check_stats (sender);
  test_push_eos (test_borrow (sender, "feed"));
  gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, 10000));
  gst_message_unref (test_bus_wait_element (receiver, "peer-disconnected", 10000));

  test_pipeline_stop (sender);
  test_record_free (record);
  test_pipeline_stop (receiver);
  g_assert_cmpstr (at_sender.states->str, ==, "signaling ice dtls sctp open closed ");
  g_assert_cmpstr (at_sender.connected, ==, "r");
  g_assert_cmpstr (at_sender.fingerprint, ==, of_receiver);
  g_assert_cmpstr (at_sender.disconnected, ==, "r: eos");
  g_assert_cmpstr (at_receiver.connected, ==, "s");
  g_assert_cmpstr (at_receiver.fingerprint, ==, of_sender);
  g_assert_true (g_str_has_prefix (at_receiver.disconnected, "s: "));
  g_assert_cmpuint (at_receiver.n_asked, ==, 1);
  g_free (of_sender);
  g_free (of_receiver);
  facts_clear (&at_sender);
  facts_clear (&at_receiver);
  test_stage_free (stage);
}

static void
test_rejected (gconstpointer transport)
{
  TestStage *stage = test_stage_new (transport, NULL);
  Facts facts = { .accept = FALSE };
  GstElement *receiver
      = test_stage_play_called (stage, "p2psrc name=p2p STAGE local-id=r ! fakesink");
  g_autoptr (GError) error = NULL;
  GstElement *sender;
  GstMessage *message;

  facts_watch (&facts, test_borrow (receiver, "p2p"));
  sender = test_stage_play (stage, CAMERA);
  message = test_bus_wait (sender, GST_MESSAGE_ERROR, 10000);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED);
  gst_message_unref (message);
  g_assert_null (facts.connected);
  g_assert_cmpuint (facts.n_asked, ==, 1);
  test_pipeline_stop (sender);
  test_pipeline_stop (receiver);
  facts_clear (&facts);
  test_stage_free (stage);
}

static void
add (void)
{
  test_add_for_each_transport ("/twoway/both-directions", test_both_directions);
  test_add_for_each_transport ("/twoway/unequal-directions", test_unequal_directions);
  test_add_for_each_transport ("/twoway/negotiated", test_negotiated);
  test_add_for_each_transport ("/twoway/keep-listening", test_keep_listening);
  test_add_for_each_transport ("/twoway/keep-calling", test_keep_calling);
  test_add_for_each_transport ("/twoway/uri", test_uri);
  test_add_for_each_transport ("/twoway/playbin", test_playbin);
  test_add_for_each_transport ("/twoway/facts", test_facts);
  test_add_for_each_transport ("/twoway/rejected", test_rejected);
}

int
main (int argc, char **argv)
{
  return test_stage_main (argc, argv, add, 110);
}
