/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frame: how many buffers per second go through p2pframepay and p2pframedepay, linked to each
 * other.
 *
 * One thread pushes; acknowledgements come back by the depayloader's own. Prints buffers and bytes
 * per second for some sizes, and nanoseconds per buffer of CPU time over all threads.
 */
#include <time.h>

#include <gst/gst.h>

#define SECONDS 1.0

static guint64 n_received;

static GstFlowReturn
receive (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  n_received++;
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gdouble
get_cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void
link_pads (GstElement *from, const gchar *src, GstElement *to, const gchar *sink)
{
  if (!gst_element_link_pads (from, src, to, sink))
    g_error ("%s and %s cannot be linked", src, sink);
}

static GstPad *
attach (GstElement *element, const gchar *name, GstPad *pad)
{
  g_autoptr (GstPad) peer = gst_element_get_static_pad (element, name);
  gboolean source = GST_PAD_IS_SRC (pad);

  gst_pad_set_active (pad, TRUE);
  if (gst_pad_link (source ? pad : peer, source ? peer : pad) != GST_PAD_LINK_OK)
    g_error ("%s cannot be linked", name);
  return pad;
}

static void
push_events (GstPad *src)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("video/x-bench");
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (src, gst_event_new_stream_start ("bench"));
  gst_pad_push_event (src, gst_event_new_caps (caps));
  gst_pad_push_event (src, gst_event_new_segment (&segment));
}

static void
push_for_a_while (GstPad *src, gsize size)
{
  g_autoptr (GstBuffer) data = gst_buffer_new_allocate (NULL, size, NULL);
  gdouble cpu = get_cpu_seconds (), seconds;
  g_autoptr (GTimer) timer = g_timer_new ();
  guint64 n = 0;

  gst_buffer_memset (data, 0, 0x5a, size);
  n_received = 0;
  do
    {
      for (guint i = 0; i < 16; i++, n++)
        {
          GstBuffer *buffer = gst_buffer_copy (data);

          GST_BUFFER_PTS (buffer) = n * GST_MSECOND;
          if (gst_pad_push (src, buffer) != GST_FLOW_OK)
            g_error ("a buffer was not taken");
        }
      seconds = g_timer_elapsed (timer, NULL);
    }
  while (seconds < SECONDS);
  cpu = get_cpu_seconds () - cpu;
  if (n_received != n)
    g_error ("%" G_GUINT64_FORMAT " buffers of %" G_GUINT64_FORMAT " arrived", n_received, n);
  g_print ("%9" G_GSIZE_FORMAT " %12.0f %12.1f %12.0f\n", size, n / seconds,
           n * size / seconds / 1e6, cpu * 1e9 / n);
}

static void
run (gsize size)
{
  g_autoptr (GstElement) pay = gst_element_factory_make ("p2pframepay", NULL);
  g_autoptr (GstElement) depay = gst_element_factory_make ("p2pframedepay", NULL);
  g_autoptr (GstPad) src = NULL, sink = NULL;

  if (!pay || !depay)
    g_error ("the elements are not there: GST_PLUGIN_PATH");
  gst_object_ref_sink (pay);
  gst_object_ref_sink (depay);
  src = attach (pay, "sink", gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC)));
  sink = gst_object_ref_sink (gst_pad_new ("sink", GST_PAD_SINK));
  gst_pad_set_chain_function (sink, receive);
  attach (depay, "src", sink);
  link_pads (pay, "src", depay, "sink");
  link_pads (depay, "reply", pay, "reply");
  gst_element_set_state (depay, GST_STATE_PLAYING);
  gst_element_set_state (pay, GST_STATE_PLAYING);

  push_events (src);
  push_for_a_while (src, size);

  gst_element_set_state (pay, GST_STATE_NULL);
  gst_element_set_state (depay, GST_STATE_NULL);
  gst_pad_set_active (src, FALSE);
  gst_pad_set_active (sink, FALSE);
}

int
main (int argc, char **argv)
{
  const gsize sizes[] = { 100, 1200, 20000, 65536, 1000000, 8000000 };

  gst_init (&argc, &argv);
  g_print ("    bytes    buffers/s         MB/s    CPU ns/buffer\n");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    run (sizes[i]);
  return 0;
}
