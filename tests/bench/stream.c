/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stream: the contestant of this project, one process of the two.
 *
 *   bench-stream receiver SIGNALING-URI TRANSPORT
 *   bench-stream sender SIGNALING-URI TRANSPORT MESSAGE-SIZE
 */
#include <stdio.h>
#include <stdlib.h>

#include <gst/gst.h>

#include "tests/bench/meter.h"

/* Both ends have started before the call, and have made what they make once. */
#define READY_US (1500 * 1000)

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    meter_add (gst_buffer_list_calculate_size (GST_PAD_PROBE_INFO_BUFFER_LIST (info)));
  else
    meter_add (gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info)));
  return GST_PAD_PROBE_OK;
}

static GstElement *
make_receiver (char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *description
      = g_strdup_printf ("p2psrc local-id=bench signaling-uri=%s transport=%s ! "
                         "fakesink name=out sync=false async=false",
                         argv[2], argv[3]);
  GstElement *pipeline = gst_parse_launch (description, &error);
  g_autoptr (GstElement) out = NULL;
  g_autoptr (GstPad) pad = NULL;

  if (error)
    g_error ("%s", error->message);
  out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  pad = gst_element_get_static_pad (out, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_data, NULL,
                     NULL);
  return pipeline;
}

static GstElement *
make_sender (char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *description
      = g_strdup_printf ("fakesrc sizetype=fixed filltype=nothing sizemax=%s ! "
                         "p2psink remote-id=bench signaling-uri=%s transport=%s",
                         argv[4], argv[2], argv[3]);
  GstElement *pipeline = gst_parse_launch (description, &error);

  if (error)
    g_error ("%s", error->message);
  gst_element_set_state (pipeline, GST_STATE_READY);
  g_usleep (READY_US);
  meter_call ();
  return pipeline;
}

int
main (int argc, char **argv)
{
  gboolean sending = argc == 5 && g_str_equal (argv[1], "sender");
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GError) error = NULL;
  GstElement *pipeline;

  meter_end_with_parent ();
  gst_init (&argc, &argv);
  if (!sending && (argc != 4 || !g_str_equal (argv[1], "receiver")))
    return 2;
  pipeline = sending ? make_sender (argv) : make_receiver (argv);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  fprintf (stderr, "%s: %s\n", argv[1], error->message);
  return 1;
}
