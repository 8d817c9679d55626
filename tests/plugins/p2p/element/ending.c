/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is asked of a pipeline as a whole, or told it: EOS (gst-launch-1.0 -e), position, duration,
 * seeks.
 */
#include <glib/gstdio.h>
#include <unistd.h>

#include "tests/common/signaling.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/plugins/p2p/element/ends.h"

#define LIVE                                                                                       \
  "videotestsrc is-live=true pattern=black ! "                                                     \
  "video/x-raw,format=I420,width=16,height=16,framerate=25/1 "
#define END_WITHIN_MS 1000

static const gchar *uri;

static End *
play_receiver (const gchar *transport, const gchar *rest)
{
  return end_play ("p2psrc name=p local-id=r signaling-uri=%s transport=%s %s", uri, transport,
                   rest);
}

static End *
play_sender (const gchar *transport, const gchar *source)
{
  return end_play ("%s ! p2psink name=p remote-id=r signaling-uri=%s transport=%s", source, uri,
                   transport);
}

static void
send_eos (End *end)
{
  g_assert_true (gst_element_send_event (end->pipeline, gst_event_new_eos ()));
}

static gint64
get_position (End *end, GstFormat format)
{
  gint64 position = -1;

  return gst_element_query_position (end->pipeline, format, &position) ? position : -1;
}

/* --- receiving --- */

static void
run_received (const gchar *transport, const gchar *sender_source, const gchar *receiver_rest)
{
  End *receiver = play_receiver (transport, receiver_rest);
  End *sender = play_sender (transport, sender_source);

  end_wait_taken (receiver, 10);
  send_eos (receiver);
  end_wait_eos (receiver);
  end_expect_no_error (receiver);
  send_eos (receiver); /* again, and nothing happens */
  end_wait_disconnected (sender, 1);
  end_wait_disconnected (receiver, 1);
  end_expect_no_error (receiver);
  end_free (sender);
  end_free (receiver);
}

static void
test_receiver (const gchar *transport)
{
  run_received (transport, LIVE, "! " ENDS_TAKE);
  run_received (transport, ENDS_ENDLESS, "! queue ! " ENDS_TAKE);
  run_received (transport, ENDS_ENDLESS, "keep-listening=true ! queue ! " ENDS_TAKE);
}

/* A muxer waits for the other stream until that has ended, too. */
static void
test_two_streams (const gchar *transport)
{
  End *receiver = play_receiver (transport, "matroskamux name=m ! " ENDS_TAKE
                                            "  p.src_0 ! queue ! video/x-raw ! m.video_0"
                                            "  p.src_1 ! queue ! audio/x-raw ! m.audio_0");
  End *sender
      = end_play ("p2psink name=p remote-id=r signaling-uri=%s transport=%s  " LIVE "! p.sink_0  "
                  "audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! p.sink_1",
                  uri, transport);

  end_wait_taken (receiver, 10);
  send_eos (receiver);
  end_wait_eos (receiver);
  end_free (sender);
  end_free (receiver);
}

/* The application does not wait for what is downstream, nor does the end. */
static void
test_receiver_is_blocked (const gchar *transport)
{
  End *receiver = play_receiver (transport, "! fakesink name=out sync=false");
  End *sender = play_sender (transport, ENDS_ENDLESS);

  end_wait_taken (receiver, 10);
  end_set_state (receiver, GST_STATE_PAUSED);
  send_eos (receiver);
  end_free (receiver);
  end_free (sender);
}

static void
test_before_a_sender (const gchar *transport)
{
  End *receiver = play_receiver (transport, "! " ENDS_TAKE);

  end_expect_info (receiver, "Waiting*");
  send_eos (receiver);
  end_expect_error (receiver, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE,
                    "*before anything*", END_WITHIN_MS);
  end_free (receiver);
}

/* --- sending --- */

static void
run_uncalled (const gchar *transport, const gchar *source)
{
  End *sender = end_play ("%s ! p2psink name=p local-id=s signaling-uri=%s transport=%s", source,
                          uri, transport);
  gint64 began_us;

  end_expect_info (sender, "Waiting*");
  began_us = g_get_monotonic_time ();
  send_eos (sender);
  end_wait_eos (sender);
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, END_WITHIN_MS * 1000 * test_slowdown ());
  end_expect_no_error (sender);
  end_free (sender);
}

static void
test_uncalled_sender (const gchar *transport)
{
  run_uncalled (transport, LIVE);
  run_uncalled (transport, ENDS_ENDLESS);
  run_uncalled (transport, "videotestsrc num-buffers=3");
}

/* Whoever is called and not there. */
static void
test_calling_sender (const gchar *transport)
{
  End *sender = play_sender (transport, ENDS_ENDLESS);

  end_wait_state (sender, GST_P2P_PEER_SIGNALING);
  send_eos (sender);
  end_wait_eos (sender);
  end_expect_no_error (sender);
  end_free (sender);
}

/* With a receiver, the streams end in their pads, and everything arrives. */
static void
test_connected_sender (const gchar *transport)
{
  End *receiver = play_receiver (transport, "! " ENDS_TAKE);
  End *sender = play_sender (transport, ENDS_ENDLESS);

  end_wait_taken (receiver, 10);
  send_eos (sender);
  end_wait_eos (receiver);
  end_wait_eos (sender);
  end_expect_no_error (sender);
  end_expect_no_error (receiver);
  end_free (sender);
  end_free (receiver);
}

/* As with a muxer, a stream ends with its pad: all that went in arrives, and then EOS. */
static void
test_released_pad (const gchar *transport)
{
  End *receiver = play_receiver (transport, "! " ENDS_TAKE);
  End *sender = play_sender (transport, ENDS_ENDLESS "! tee allow-not-linked=true");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sender->p2p, "sink_0");
  g_autoptr (GstPad) peer = gst_pad_get_peer (pad);
  gint64 sent;

  end_wait_taken (receiver, 10);
  gst_pad_unlink (peer, pad);
  sent = get_position (sender, GST_FORMAT_BYTES);
  g_assert_cmpint (sent, >=, 10 * 1000);
  gst_element_release_request_pad (sender->p2p, pad);
  end_wait_eos (receiver);
  g_assert_cmpint (g_atomic_int_get (&receiver->n_taken) * 1000, >=,
                   sent); /* the last push may go on */
  end_free (sender);
  end_wait_disconnected (receiver, 1);
  end_expect_no_warning (receiver);
  end_expect_no_error (receiver);
  end_free (receiver);
}

/* --- questions --- */

static void
run_position (const gchar *transport, const gchar *source)
{
  End *receiver = play_receiver (transport, "! " ENDS_TAKE);
  End *sender = play_sender (transport, source);
  gint64 first;

  end_wait_taken (receiver, 10);
  first = get_position (sender, GST_FORMAT_TIME);
  g_assert_cmpint (first, >=, 0);
  end_wait_taken (receiver, 10);
  g_assert_cmpint (get_position (sender, GST_FORMAT_TIME), >, first);
  g_assert_cmpint (get_position (sender, GST_FORMAT_BYTES), ==, -1);
  end_free (sender);
  end_free (receiver);
}

static void
test_position (const gchar *transport)
{
  run_position (transport, "videotestsrc pattern=black ! "
                           "video/x-raw,width=16,height=16,framerate=25/1 ! clocksync");
  /* a list of buffers per frame */
  run_position (transport, "videotestsrc pattern=black ! "
                           "video/x-raw,format=UYVY,width=64,height=64,framerate=25/1 ! clocksync "
                           "! rtpvrawpay chunks-per-frame=1");
}

static void
test_progress_of_a_file (const gchar *transport)
{
  g_autofree gchar *path = NULL, *source = NULL;
  g_autoptr (GstQuery) where = gst_query_new_uri ();
  gint fd = g_file_open_tmp ("p2p-file-XXXXXX", &path, NULL);
  End *receiver, *sender;
  gint64 duration;

  close (fd);
  g_assert_true (g_file_set_contents (path, uri, 20, NULL));
  source = g_strdup_printf ("filesrc location=%s blocksize=7", path);
  receiver = play_receiver (transport, "! " ENDS_TAKE);
  sender = play_sender (transport, source);
  end_wait_eos (sender);
  g_assert_cmpint (get_position (sender, GST_FORMAT_BYTES), ==, 20);
  g_assert_true (gst_element_query_duration (sender->pipeline, GST_FORMAT_BYTES, &duration));
  g_assert_cmpint (duration, ==, 20);
  g_assert_true (gst_element_query (sender->pipeline, where)); /* as a sink does, any query */
  end_free (sender);
  end_free (receiver);
  g_unlink (path);
}

/* A seek is taken by whoever can, or refused. */
static void
test_seek (const gchar *transport)
{
  End *receiver = play_receiver (transport, "! " ENDS_TAKE);
  End *sender = play_sender (transport, ENDS_ENDLESS);

  end_wait_taken (receiver, 10);
  g_assert_false (gst_element_seek_simple (sender->pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                                           10 * GST_SECOND));
  g_assert_false (gst_element_seek_simple (receiver->pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                                           10 * GST_SECOND));
  end_free (sender);
  end_free (receiver);
  receiver = play_receiver (transport, "! " ENDS_TAKE);
  sender = play_sender (transport, "videotestsrc pattern=black ! "
                                   "video/x-raw,width=16,height=16,framerate=25/1 ! clocksync");
  end_wait_taken (receiver, 10);
  g_assert_true (gst_element_seek_simple (sender->pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                                          100 * GST_SECOND));
  TEST_WAIT_UNTIL (get_position (sender, GST_FORMAT_TIME) >= 100 * (gint64)GST_SECOND,
                   ENDS_SOON_MS);
  end_free (sender);
  end_free (receiver);
}

int
main (int argc, char **argv)
{
  TestSignaling *signaling;
  gint result;

  ends_init (&argc, &argv);
  signaling = test_signaling_new (NULL, NULL);
  uri = test_signaling_get_uri (signaling);
  ends_add ("receiver", test_receiver);
  ends_add ("two-streams", test_two_streams);
  ends_add ("receiver-is-blocked", test_receiver_is_blocked);
  ends_add ("before-a-sender", test_before_a_sender);
  ends_add ("uncalled-sender", test_uncalled_sender);
  ends_add ("calling-sender", test_calling_sender);
  ends_add ("connected-sender", test_connected_sender);
  ends_add ("released-pad", test_released_pad);
  ends_add ("position", test_position);
  ends_add ("progress-of-a-file", test_progress_of_a_file);
  ends_add ("seek", test_seek);
  result = g_test_run ();
  test_signaling_free (signaling);
  return result;
}
