/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From capture to render: however long the sender waited, whoever paused, whatever the clocks do,
 * what a synchronised sink shows is as old as the path, the receiver's latency and what the sender
 * holds back, and not older.
 *
 *   sender    videotestsrc name=camera, live, frame n with offset n ─► p2psink
 *   receiver  p2psrc latency=LATENCY_MS ─► fakesink name=screen sync=true
 */
#include "tests/common/probe.h"
#include "tests/plugins/p2p/element/stage.h"

#define LATENCY_MS 100
/* What delays may exceed the latency by. */
#define SLACK_MS 100
#define FPS 25
/* Frames that may come late after whatever happened, and those that may not. */
#define SETTLED 40
#define MEASURED 15
#define MAX_FRAMES 4096
#define CAMERA                                                                                     \
  "videotestsrc name=camera is-live=true pattern=black ! video/x-raw,width=16,height=16,"          \
  "framerate=25/1 "
#define SCREEN "fakesink name=screen sync=true qos=true signal-handoffs=true"

/* Frames by their numbers; times are monotonic, in µs. */
typedef struct
{
  TestProbe *probe;
  GMutex lock;
  /* lock */
  gint64 captured[MAX_FRAMES];
  gint64 shown[MAX_FRAMES]; /* 0: not */
  guint n_captured;         /* the number after the last */
  guint n_shown;
  guint last_shown;
  gint64 largest_jump_us; /* between what is and what should be between two that were shown */
} Film;

static GstPadProbeReturn
on_captured (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Film *film = data;
  guint64 n = GST_BUFFER_OFFSET (GST_PAD_PROBE_INFO_BUFFER (info));

  g_assert_cmpuint (n, <, MAX_FRAMES);
  g_mutex_lock (&film->lock);
  film->captured[n] = g_get_monotonic_time ();
  film->n_captured = (guint)n + 1;
  g_mutex_unlock (&film->lock);
  return GST_PAD_PROBE_OK;
}

static void
on_shown (GstElement *screen, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  Film *film = data;
  guint64 n = GST_BUFFER_OFFSET (buffer);
  gint64 now = g_get_monotonic_time ();

  g_assert_cmpuint (n, <, MAX_FRAMES);
  g_mutex_lock (&film->lock);
  film->shown[n] = now;
  film->n_shown++;
  film->last_shown = (guint)n;
  g_mutex_unlock (&film->lock);
}

static Film *
film_new (GstElement *sender, GstElement *receiver)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (test_borrow (sender, "camera"), "src");
  Film *film = g_new0 (Film, 1);

  g_mutex_init (&film->lock);
  film->probe = test_probe_new (pad, GST_PAD_PROBE_TYPE_BUFFER, on_captured, film);
  if (receiver)
    g_signal_connect (test_borrow (receiver, "screen"), "handoff", G_CALLBACK (on_shown), film);
  return film;
}

static void
film_free (Film *film)
{
  test_probe_free (film->probe);
  g_mutex_clear (&film->lock);
  g_free (film);
}

static guint
count (Film *film, const guint *n)
{
  guint value;

  g_mutex_lock (&film->lock);
  value = *n;
  g_mutex_unlock (&film->lock);
  return value;
}

static void
wait_shown (Film *film, guint more)
{
  guint until = count (film, &film->n_shown) + more;

  TEST_WAIT_UNTIL (count (film, &film->n_shown) >= until, 20000);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return (x > y) - (x < y);
}

/* Of the last @n frames that were shown, in µs. */
static gint64
median_delay (Film *film, guint n)
{
  gint64 delays[64];
  guint found = 0;

  g_assert_cmpuint (n, <=, G_N_ELEMENTS (delays));
  g_mutex_lock (&film->lock);
  for (guint i = film->last_shown + 1; i-- > 0 && found < n;)
    if (film->shown[i] != 0)
      delays[found++] = film->shown[i] - film->captured[i];
  g_mutex_unlock (&film->lock);
  qsort (delays, found, sizeof delays[0], compare);
  return delays[found / 2];
}

static void
check_delay (Film *film, guint more_ms)
{
  gint64 bound_us = (LATENCY_MS + SLACK_MS + more_ms) * 1000;
  gint64 delay_us;

  wait_shown (film, SETTLED);
  wait_shown (film, MEASURED);
  delay_us = median_delay (film, MEASURED);
  g_test_message ("%" G_GINT64_FORMAT " ms from capture to render", delay_us / 1000);
  g_assert_cmpint (delay_us, <=, bound_us);
  g_assert_cmpint (delay_us, >=, (LATENCY_MS / 2) * 1000);
}

static void
wait_ms (guint ms)
{
  gint64 until = g_get_monotonic_time () + ms * 1000;

  TEST_WAIT_UNTIL (g_get_monotonic_time () >= until, ms + 1000);
}

/* --- the sender waits --- */

static void
test_sender_first (gconstpointer transport)
{
  g_autoptr (TestStage) stage = test_stage_new (transport, NULL);
  GstElement *sender
      = test_stage_play_called (stage, CAMERA "! p2psink name=p2p STAGE local-id=camera");
  Film *film = film_new (sender, NULL);
  GstElement *receiver;

  TEST_WAIT_UNTIL (count (film, &film->n_captured) >= 3 * FPS, 20000);
  receiver = test_stage_play (stage, "p2psrc name=p2p STAGE remote-id=camera latency=%u ! " SCREEN,
                              LATENCY_MS);
  g_signal_connect (test_borrow (receiver, "screen"), "handoff", G_CALLBACK (on_shown), film);
  check_delay (film, 0);
  test_pipeline_stop (receiver);
  test_pipeline_stop (sender);
  film_free (film);
}

/* --- pauses --- */

typedef struct
{
  GstElement *receiver;
  GstElement *sender;
  Film *film;
} Show;

static Show
show_new (TestStage *stage, const gchar *camera)
{
  Show show;

  show.receiver = test_stage_play_called (
      stage, "p2psrc name=p2p STAGE local-id=screen latency=%u ! " SCREEN, LATENCY_MS);
  show.sender = test_stage_play (stage, "%s ! p2psink name=p2p STAGE remote-id=screen", camera);
  show.film = film_new (show.sender, show.receiver);
  return show;
}

static void
show_end (Show *show)
{
  test_pipeline_stop (show->sender);
  test_pipeline_stop (show->receiver);
  film_free (show->film);
}

static void
pause_twice (Show *show, GstElement *pipeline, guint ms)
{
  wait_shown (show->film, FPS / 2);
  for (guint i = 0; i < 2; i++)
    {
      gst_element_set_state (pipeline, GST_STATE_PAUSED);
      wait_ms (ms);
      gst_element_set_state (pipeline, GST_STATE_PLAYING);
      check_delay (show->film, 0);
    }
}

static void
test_sender_pauses (gconstpointer transport)
{
  g_autoptr (TestStage) stage = test_stage_new (transport, NULL);
  Show show = show_new (stage, CAMERA);

  pause_twice (&show, show.sender, 700);
  show_end (&show);
}

static void
test_receiver_pauses (gconstpointer transport)
{
  g_autoptr (TestStage) stage = test_stage_new (transport, NULL);
  Show show = show_new (stage, CAMERA);

  pause_twice (&show, show.receiver, 700);
  show_end (&show);
}

/* A picture and what is drawn in between: data waits downstream, too. */
static void
test_busy_receiver_pauses (gconstpointer transport)
{
  g_autoptr (TestStage) stage = test_stage_new (transport, NULL);
  Show show;

  show.receiver = test_stage_play_called (
      stage, "p2psrc name=p2p STAGE local-id=screen latency=%u ! queue ! " SCREEN, LATENCY_MS);
  show.sender = test_stage_play (stage, CAMERA "! p2psink name=p2p STAGE remote-id=screen");
  show.film = film_new (show.sender, show.receiver);
  pause_twice (&show, show.receiver, 700);
  show_end (&show);
}

static void
test_both_pause (gconstpointer transport)
{
  g_autoptr (TestStage) stage = test_stage_new (transport, NULL);
  Show show = show_new (stage, CAMERA);

  check_delay (show.film, 0);
  gst_element_set_state (show.sender, GST_STATE_PAUSED);
  gst_element_set_state (show.receiver, GST_STATE_PAUSED);
  wait_ms (500);
  gst_element_set_state (show.sender, GST_STATE_PLAYING);
  wait_ms (500);
  gst_element_set_state (show.receiver, GST_STATE_PLAYING);
  check_delay (show.film, 0);
  show_end (&show);
}

/* --- clocks --- */

static void
use_clock (GstElement *pipeline, GstClockTime speed, GstClockTime per)
{
  g_autoptr (GstClock) clock = g_object_new (GST_TYPE_SYSTEM_CLOCK, "name", "drifting", NULL);
  GstClockTime now = gst_clock_get_internal_time (clock);

  gst_object_ref_sink (clock);
  gst_clock_set_calibration (clock, now, now, speed, per);
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_pipeline_use_clock (GST_PIPELINE (pipeline), clock);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
}

/* How far apart two frames are shown, and how far they should be. */
static void
check_jumps (Film *film, guint from)
{
  guint last = from;

  g_mutex_lock (&film->lock);
  for (guint n = from + 1; n <= film->last_shown; n++)
    if (film->shown[n] != 0)
      {
        gint64 jump_us
            = film->shown[n] - film->shown[last] - (film->captured[n] - film->captured[last]);

        if (ABS (jump_us) > film->largest_jump_us)
          film->largest_jump_us = ABS (jump_us);
        last = n;
      }
  g_mutex_unlock (&film->lock);
  g_test_message ("largest jump: %" G_GINT64_FORMAT " us", film->largest_jump_us);
}

/* The clock of one end gains so many seconds in 10000. */
static void
run_drifting (const gchar *transport, gint gain)
{
  g_autoptr (TestStage) stage = test_stage_new (transport, NULL);
  Show show = show_new (stage, CAMERA);

  use_clock (show.sender, 10000 + (GstClockTime)gain, 10000);
  for (guint i = 0; i < 3; i++)
    check_delay (show.film, 0);
  check_jumps (show.film, show.film->last_shown - 3 * FPS);
  show_end (&show);
}

static void
test_fast_clock (gconstpointer transport)
{
  run_drifting (transport, 400);
}

static void
test_slow_clock (gconstpointer transport)
{
  run_drifting (transport, -400);
}

/* --- seeks --- */

#define FILE                                                                                       \
  "videotestsrc name=camera pattern=black ! video/x-raw,width=16,height=16,framerate=25/1 ! "      \
  "queue max-size-buffers=5 ! clocksync "

static gint64
time_shown (Film *film, guint n)
{
  gint64 time;

  g_mutex_lock (&film->lock);
  time = film->shown[n];
  g_mutex_unlock (&film->lock);
  return time;
}

/* Shows @n first, and goes on at its pace. */
static void
seek_to (Show *show, guint n)
{
  gint64 pace_us;

  g_assert_true (gst_element_seek_simple (test_borrow (show->sender, "camera"), GST_FORMAT_TIME,
                                          GST_SEEK_FLAG_FLUSH, n * GST_SECOND / FPS));
  TEST_WAIT_UNTIL (time_shown (show->film, n + 2 * FPS) != 0, 20000);
  g_assert_cmpint (time_shown (show->film, n), !=, 0);
  g_assert_cmpint (time_shown (show->film, n), <, time_shown (show->film, n + 1));
  pace_us = time_shown (show->film, n + 2 * FPS) - time_shown (show->film, n + FPS);
  g_assert_cmpint (pace_us, >, 800000);
  g_assert_cmpint (pace_us, <, 1200000);
}

static void
test_seek (gconstpointer transport)
{
  g_autoptr (TestStage) stage = test_stage_new (transport, NULL);
  Show show = show_new (stage, FILE);

  wait_shown (show.film, 2 * FPS);
  seek_to (&show, 375);
  seek_to (&show, 150);
  show_end (&show);
}

/* A receiver that is not live gets the sender's timestamps. */
static void
test_not_live (gconstpointer transport)
{
  g_autoptr (TestStage) stage = test_stage_new (transport, NULL);
  GstElement *receiver = test_stage_play_called (
      stage, "p2psrc name=p2p STAGE local-id=screen is-live=false ! fakesink name=out sync=false");
  TestRecord *got = test_record_new_at (receiver, "out");
  GstElement *sender = test_stage_play (
      stage, "videotestsrc num-buffers=50 pattern=black timestamp-offset=3000000000 ! "
             "video/x-raw,width=16,height=16,framerate=25/1 ! p2psink name=p2p STAGE "
             "remote-id=screen");
  g_autoptr (GPtrArray) buffers = NULL;

  gst_message_unref (test_bus_wait (receiver, GST_MESSAGE_EOS, 20000));
  buffers = test_record_get_buffers (got);
  g_assert_cmpuint (buffers->len, ==, 50);
  for (guint i = 0; i < buffers->len; i++)
    g_assert_cmpuint (GST_BUFFER_PTS (g_ptr_array_index (buffers, i)), ==,
                      3 * GST_SECOND + i * GST_SECOND / FPS);
  test_record_free (got);
  test_pipeline_stop (sender);
  test_pipeline_stop (receiver);
}

/* --- latency --- */

static GstClockTime
get_latency (GstElement *element)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src_0");
  GstClockTime latency = 0;

  if (pad && gst_pad_query (pad, query))
    gst_query_parse_latency (query, NULL, &latency, NULL);
  return latency;
}

/* An encoder that looks ahead says so; a queue that holds back says nothing. */
static void
run_slow (const gchar *transport, const gchar *encoder, guint ms)
{
  g_autoptr (TestStage) stage = test_stage_new (transport, NULL);
  g_autofree gchar *camera = g_strdup_printf (CAMERA "! %s ", encoder);
  Show show = show_new (stage, camera);

  check_delay (show.film, ms);
  g_assert_cmpuint (get_latency (test_borrow (show.receiver, "p2p")), >=,
                    (LATENCY_MS + ms * 9 / 10) * GST_MSECOND);
  show_end (&show);
}

static void
test_slow_sender (gconstpointer transport)
{
  run_slow (transport, "queue min-threshold-time=600000000 max-size-bytes=0 max-size-buffers=0",
            600);
}

static void
add (void)
{
  test_add_for_each_transport ("/sender-first", test_sender_first);
  test_add_for_each_transport ("/sender-pauses", test_sender_pauses);
  test_add_for_each_transport ("/receiver-pauses", test_receiver_pauses);
  test_add_for_each_transport ("/busy-receiver-pauses", test_busy_receiver_pauses);
  test_add_for_each_transport ("/both-pause", test_both_pause);
  test_add_for_each_transport ("/fast-clock", test_fast_clock);
  test_add_for_each_transport ("/slow-clock", test_slow_clock);
  test_add_for_each_transport ("/seek", test_seek);
  test_add_for_each_transport ("/not-live", test_not_live);
  test_add_for_each_transport ("/slow-sender", test_slow_sender);
}

int
main (int argc, char **argv)
{
  return test_stage_main (argc, argv, add, 280);
}
