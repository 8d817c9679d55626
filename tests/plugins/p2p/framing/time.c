/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Timestamps go to running times at the sender, and are the same again at the receiver. */
#include "plugins/p2p/framing/time.h"

#include "tests/common/leaks.h"

#define S GST_SECOND
#define NONE GST_CLOCK_TIME_NONE

/* At the receiver: the timestamp is @timestamp, and its running time @offset later than there. */
static void
check_time (const GstSegment *segment, GstClockTime timestamp, gint64 offset)
{
  GstP2pFrameBuffer times = { .duration = S };
  GstSegment told, here;
  guint64 there, now;
  gint sign_there, sign_now;

  gst_p2p_framing_time_tell (segment, &told);
  gst_p2p_framing_time_convert (segment, timestamp, NONE, &times);
  gst_p2p_framing_time_map (&told, offset, &here);
  g_assert_cmpuint (gst_p2p_framing_time_to_timestamp (&told, times.pts), ==, timestamp);

  sign_there = gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, timestamp, &there);
  sign_now = gst_segment_to_running_time_full (&here, GST_FORMAT_TIME, timestamp, &now);
  g_assert_cmpint (sign_now * (gint64)now, ==, sign_there * (gint64)there + offset);
  if (timestamp >= here.start && timestamp < here.stop)
    g_assert_cmpuint (gst_segment_to_stream_time (&here, GST_FORMAT_TIME, timestamp), ==,
                      gst_segment_to_stream_time (segment, GST_FORMAT_TIME, timestamp));
}

static void
test_same_timestamps (void)
{
  const GstClockTime timestamps[] = { 0, 1, S, 100 * S - 1, 100 * S, 105 * S, 110 * S, 1000 * S };
  const gint64 offsets[] = { 0, 1, -1, 5 * S, -5 * (gint64)S, 1000 * S, -1000 * (gint64)S };

  for (guint i = 0; i < G_N_ELEMENTS (timestamps); i++)
    for (guint j = 0; j < G_N_ELEMENTS (offsets); j++)
      {
        GstSegment segment;

        gst_segment_init (&segment, GST_FORMAT_TIME);
        check_time (&segment, timestamps[i], offsets[j]);
        segment.start = 100 * S;
        segment.time = 3 * S;
        check_time (&segment, timestamps[i], offsets[j]);
        segment.base = 7 * S;
        segment.stop = 110 * S;
        check_time (&segment, timestamps[i], offsets[j]);
        segment.offset = 2 * S;
        check_time (&segment, timestamps[i], offsets[j]);
      }
}

/* What a receiver gets has the rate applied. */
static void
test_rates (void)
{
  const gdouble rates[] = { 0.5, 2.0 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      GstP2pFrameBuffer times = { .duration = S };
      GstSegment segment, told;
      GstClockTime timestamp;

      gst_segment_init (&segment, GST_FORMAT_TIME);
      segment.rate = rates[i];
      segment.start = segment.time = 100 * S;
      gst_p2p_framing_time_tell (&segment, &told);
      gst_p2p_framing_time_convert (&segment, 0, 104 * S, &times);
      g_assert_cmpuint (times.duration, ==, (GstClockTime)(S / rates[i]));
      g_assert_cmpuint (gst_p2p_framing_time_to_timestamp (&told, times.pts), ==, 0);
      timestamp = gst_p2p_framing_time_to_timestamp (&told, times.dts);
      g_assert_cmpuint (gst_segment_to_running_time (&told, GST_FORMAT_TIME, timestamp), ==,
                        (GstClockTime)(4 * S / rates[i]));
      g_assert_cmpuint (gst_segment_to_stream_time (&told, GST_FORMAT_TIME, timestamp), ==,
                        104 * S);
    }
}

static void
test_backwards (void)
{
  GstP2pFrameBuffer times = { .duration = NONE };
  GstSegment segment, told;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.rate = -2.0;
  segment.start = 100 * S;
  segment.stop = 110 * S;
  gst_p2p_framing_time_tell (&segment, &told);
  gst_p2p_framing_time_convert (&segment, 108 * S, 112 * S, &times);
  g_assert_cmpuint (gst_p2p_framing_time_to_timestamp (&told, times.pts), ==, S);
  g_assert_cmpuint (gst_p2p_framing_time_to_timestamp (&told, times.dts), ==, NONE);
}

static void
test_other_formats (void)
{
  const GstFormat formats[] = { GST_FORMAT_BYTES, GST_FORMAT_DEFAULT, GST_FORMAT_UNDEFINED };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      GstP2pFrameBuffer times = { .duration = S };
      GstSegment segment, told;

      gst_segment_init (&segment, formats[i]);
      gst_p2p_framing_time_tell (&segment, &told);
      g_assert_cmpint (told.format, ==,
                       formats[i] == GST_FORMAT_BYTES ? GST_FORMAT_BYTES : GST_FORMAT_TIME);
      gst_p2p_framing_time_convert (&segment, S, S, &times);
      g_assert_cmpint (times.pts, ==, GST_P2P_FRAME_NO_TIME);
      g_assert_cmpint (times.dts, ==, GST_P2P_FRAME_NO_TIME);
      g_assert_cmpuint (times.duration, ==, NONE);
    }
}

/* Nothing wraps: times at the ends of what a number can say stay there, or are none. */
static void
test_hostile (void)
{
  const guint64 ends[] = { 0, 1, G_MAXINT64 - 1, G_MAXINT64, G_MAXUINT64 - 1, G_MAXUINT64 };
  const gint64 offsets[] = { -G_MAXINT64, -1, 0, 1, G_MAXINT64 };
  const gint64 times[] = { G_MININT64, G_MININT64 + 1, -1, 0, 1, G_MAXINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    for (guint j = 0; j < G_N_ELEMENTS (ends); j++)
      for (guint k = 0; k < G_N_ELEMENTS (offsets); k++)
        {
          GstSegment told, here;

          gst_segment_init (&told, GST_FORMAT_TIME);
          told.start = ends[i];
          told.base = ends[j];
          told.applied_rate = G_MAXDOUBLE;
          gst_p2p_framing_time_map (&told, offsets[k], &here);
          g_assert_cmpuint (here.start, <=, G_MAXINT64);
          g_assert_cmpuint (here.start, <=, here.stop);
          g_assert_cmpuint (here.base, <=, G_MAXINT64);
          for (guint t = 0; t < G_N_ELEMENTS (times); t++)
            {
              GstClockTime time = gst_p2p_framing_time_to_timestamp (&told, times[t]);

              g_assert_true (time == NONE || time <= G_MAXINT64);
            }
        }
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/framing-time/same-timestamps", test_same_timestamps);
  g_test_add_func ("/framing-time/rates", test_rates);
  g_test_add_func ("/framing-time/backwards", test_backwards);
  g_test_add_func ("/framing-time/other-formats", test_other_formats);
  g_test_add_func ("/framing-time/hostile", test_hostile);
  return g_test_run ();
}
