/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What passes a message pad: nothing but what it answers for itself. */
#include "plugins/p2p/base/messagepad.h"

#include "tests/common/leaks.h"

static GstPad *
make_pad (GstPadDirection direction)
{
  GstPad *pad = gst_object_ref_sink (gst_pad_new (NULL, direction));

  gst_pad_set_event_function (pad, gst_p2p_message_pad_event);
  gst_pad_set_query_function (pad, gst_p2p_message_pad_query);
  gst_pad_set_active (pad, TRUE);
  return pad;
}

static void
check_queries (GstPad *pad)
{
  g_autoptr (GstCaps) filter = gst_caps_new_empty_simple ("video/x-vp8");
  g_autoptr (GstCaps) caps = gst_pad_query_caps (pad, filter);
  g_autoptr (GstQuery) latency = gst_query_new_latency ();
  g_autoptr (GstQuery) allocation = gst_query_new_allocation (filter, TRUE);
  gboolean live;
  GstClockTime min, max;
  gint64 value;

  g_assert_true (gst_caps_is_equal (caps, filter));
  g_assert_true (gst_pad_query_accept_caps (pad, filter));
  g_assert_true (gst_pad_query (pad, latency));
  gst_query_parse_latency (latency, &live, &min, &max);
  g_assert_true (live);
  g_assert_cmpuint (min, ==, 0);
  g_assert_cmpuint (max, ==, GST_CLOCK_TIME_NONE);
  if (GST_PAD_IS_SINK (pad))
    {
      g_assert_true (gst_pad_query (pad, allocation));
      g_assert_cmpuint (gst_query_get_n_allocation_metas (allocation), ==, 0);
    }
  g_assert_false (gst_pad_query_position (pad, GST_FORMAT_TIME, &value));
  g_assert_false (gst_pad_query_duration (pad, GST_FORMAT_TIME, &value));
}

static void
test_pads (void)
{
  GstPad *sink, *src;

  test_leaks_begin ();
  sink = make_pad (GST_PAD_SINK);
  src = make_pad (GST_PAD_SRC);
  check_queries (sink);
  check_queries (src);
  g_assert_true (gst_pad_send_event (src, gst_event_new_reconfigure ()));
  gst_pad_set_active (sink, FALSE);
  gst_pad_set_active (src, FALSE);
  gst_object_unref (sink);
  gst_object_unref (src);
  test_leaks_end ();
}

/* Why a channel has ended. */
static void
test_eos (void)
{
  g_autoptr (GstEvent) closed = gst_p2p_message_eos_new (TRUE);
  g_autoptr (GstEvent) cut = gst_p2p_message_eos_new (FALSE);
  g_autoptr (GstEvent) silent = gst_event_new_eos ();

  g_assert_true (gst_p2p_message_eos_is_closed (closed, FALSE));
  g_assert_false (gst_p2p_message_eos_is_closed (cut, TRUE));
  g_assert_true (gst_p2p_message_eos_is_closed (silent, TRUE));
  g_assert_false (gst_p2p_message_eos_is_closed (silent, FALSE));
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/messagepad/pads", test_pads);
  g_test_add_func ("/base/messagepad/eos", test_eos);
  return g_test_run ();
}
