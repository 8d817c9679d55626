/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Real media through p2pframepay and p2pframedepay, in pipelines as applications build them. */
#include <glib/gstdio.h>
#include <gst/gst.h>

#include "plugins/p2p/framing/p2pframepay.h"
#include "tests/common/bus.h"
#include "tests/common/leaks.h"
#include "tests/plugins/p2p/framing/pair.h"

#define PATIENCE_MS 30000

/* ---- a sender and a receiver in one pipeline ---- */

typedef struct
{
  GstElement *pipeline;
  GstElement *sender, *receiver; /* bins, borrowed */
  GstPad *in;                    /* pay's sink */
  GstPad *out;                   /* depay's src */
  GstPad *channel;               /* depay's sink */
} Path;

static GstElement *
make_bin (Path *path, const gchar *text)
{
  g_autoptr (GError) error = NULL;
  GstElement *bin = gst_parse_bin_from_description (text, FALSE, &error);

  g_assert_no_error (error);
  gst_bin_add (GST_BIN (path->pipeline), bin);
  return bin;
}

static GstPad *
get_pad (GstElement *bin, const gchar *element, const gchar *pad)
{
  g_autoptr (GstElement) found = gst_bin_get_by_name (GST_BIN (bin), element);

  g_assert_nonnull (found);
  return gst_element_get_static_pad (found, pad);
}

/* The reply pads close a circle, about which GstBin warns at each change of state unless the link
 * goes past the walls of bins. */
static void
path_init (Path *path, const gchar *sender, const gchar *pay, const gchar *depay,
           const gchar *receiver)
{
  g_autofree gchar *left = g_strdup_printf ("%s ! %s name=pay", sender, pay);
  g_autofree gchar *right = g_strdup_printf ("%s name=depay ! %s", depay, receiver);
  g_autoptr (GstPad) src = NULL, reply = NULL, back = NULL;

  path->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  path->sender = make_bin (path, left);
  path->receiver = make_bin (path, right);
  path->in = get_pad (path->sender, "pay", "sink");
  path->out = get_pad (path->receiver, "depay", "src");
  path->channel = get_pad (path->receiver, "depay", "sink");
  src = get_pad (path->sender, "pay", "src");
  back = get_pad (path->sender, "pay", "reply");
  reply = get_pad (path->receiver, "depay", "reply");
  g_assert_cmpint (gst_pad_link_full (src, path->channel, GST_PAD_LINK_CHECK_NOTHING), ==,
                   GST_PAD_LINK_OK);
  g_assert_cmpint (gst_pad_link_full (reply, back, GST_PAD_LINK_CHECK_NOTHING), ==,
                   GST_PAD_LINK_OK);
}

/* The pipeline does not see which bin comes first. Step by step: a bin in READY would be taken up
 * again by a pipeline that goes down by way of PAUSED, and miss the stream's start. */
static void
path_set_state (Path *path, GstState state)
{
  GstState step = GST_STATE_TARGET (path->pipeline);

  do
    {
      step = GST_STATE_GET_NEXT (step, state);
      gst_element_set_state (path->receiver, step);
      g_assert_cmpint (gst_element_set_state (path->pipeline, step), !=, GST_STATE_CHANGE_FAILURE);
    }
  while (step != state);
}

static void
path_clear (Path *path)
{
  gst_clear_object (&path->in);
  gst_clear_object (&path->out);
  gst_clear_object (&path->channel);
  test_pipeline_stop (path->pipeline);
}

/* ---- media arrives as it was ---- */

static void
note_buffer (GString *story, GstBuffer *buffer, const GstSegment *segment)
{
  const guint32 memory = GST_BUFFER_FLAG_TAG_MEMORY | (GST_MINI_OBJECT_FLAG_LAST - 1);
  g_autofree gchar *sum = NULL;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  g_string_append_printf (
      story,
      "buffer %s pts %" G_GUINT64_FORMAT " dts %" G_GUINT64_FORMAT " for %" G_GUINT64_FORMAT
      " offset %" G_GUINT64_FORMAT " flags %x\n",
      sum, gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer)),
      gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_DTS (buffer)),
      GST_BUFFER_DURATION (buffer), GST_BUFFER_OFFSET (buffer),
      GST_BUFFER_FLAGS (buffer) & ~memory);
}

typedef struct
{
  GString *story;
  GstSegment segment;
} Notes;

static GstPadProbeReturn
note (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Notes *notes = data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  g_autofree gchar *text = NULL;
  GstTagList *tags;
  GstCaps *caps;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    {
      note_buffer (notes->story, GST_PAD_PROBE_INFO_BUFFER (info), &notes->segment);
    }
  else if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    {
      gst_event_copy_segment (event, &notes->segment);
    }
  else if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    {
      gst_event_parse_caps (event, &caps);
      text = gst_caps_to_string (caps);
      g_string_append_printf (notes->story, "caps %s\n", text);
    }
  else if (GST_EVENT_TYPE (event) == GST_EVENT_TAG)
    {
      gst_event_parse_tag (event, &tags);
      text = gst_tag_list_to_string (tags);
      g_string_append_printf (notes->story, "tags %s\n", text);
    }
  return GST_PAD_PROBE_OK;
}

static void
check_media (const gchar *sender, guint n_buffers)
{
  const GstPadProbeType types = GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM;
  Notes in = { g_string_new (NULL) }, out = { g_string_new (NULL) };
  g_autoptr (GstMessage) eos = NULL;
  Path path;
  guint n = 0;

  g_test_message ("%s", sender);
  path_init (&path, sender, "p2pframepay max-message-size=2000", "p2pframedepay",
             "fakesink sync=false");
  gst_pad_add_probe (path.in, types, note, &in, NULL);
  gst_pad_add_probe (path.out, types, note, &out, NULL);
  path_set_state (&path, GST_STATE_PLAYING);
  eos = test_bus_wait (path.pipeline, GST_MESSAGE_EOS, PATIENCE_MS);
  g_clear_pointer (&eos, gst_message_unref); /* it holds the pipeline */
  path_clear (&path);

  g_assert_cmpstr (out.story->str, ==, in.story->str);
  for (const gchar *line = out.story->str; (line = strstr (line, "buffer ")); line++)
    n++;
  g_assert_cmpuint (n, >=, n_buffers);
  g_string_free (in.story, TRUE);
  g_string_free (out.story, TRUE);
}

#define VIDEO "videotestsrc num-buffers=60 pattern=ball ! video/x-raw, width=160, height=120 ! "
#define AUDIO "audiotestsrc num-buffers=100 ! audio/x-raw, channels=2, rate=48000 ! "
#define TAGS "taginject tags=\"title=\\\"a, b\\\",artist=x\" ! "

static void
test_media (void)
{
  check_media (VIDEO "vp8enc deadline=1 keyframe-max-dist=20", 60);
  check_media (VIDEO TAGS "vp9enc deadline=1 cpu-used=8", 60);
  check_media (VIDEO "x264enc speed-preset=ultrafast bframes=2 b-adapt=false", 60);
  check_media (VIDEO "x264enc speed-preset=ultrafast ! h264parse ! video/x-h264, "
                     "stream-format=avc",
               60);
  check_media (VIDEO "identity", 60);
  check_media (AUDIO TAGS "opusenc", 50);
  check_media (AUDIO TAGS "vorbisenc", 50);
  check_media (AUDIO "identity", 100);
  check_media (VIDEO "vp8enc deadline=1 ! matroskamux streamable=true", 60);
}

/* ---- bytes of a file ---- */

static gchar *
make_file (void)
{
  gchar *path = g_strdup_printf ("%s/frame-media-%u.ogg", g_get_tmp_dir (), g_random_int ());
  GstElement *pipeline = test_pipeline (AUDIO "vorbisenc ! oggmux ! filesink location=%s", path);
  GstMessage *eos;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  eos = test_bus_wait (pipeline, GST_MESSAGE_EOS, PATIENCE_MS);
  gst_message_unref (eos);
  test_pipeline_stop (pipeline);
  return path;
}

static GstPadProbeReturn
add_size (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  *(guint64 *)data += gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_OK;
}

/* A raw channel has no end of its own: it ends when the transport closes it. */
static void
close_channel (GstBus *bus, GstMessage *message, gpointer data)
{
  Path *path = data;

  if (gst_message_has_name (message, GST_P2P_FRAME_PAY_EOS))
    gst_pad_send_event (path->channel, gst_event_new_eos ());
}

static guint64
decode (const gchar *location, const gchar *framing)
{
  g_autofree gchar *sender = g_strdup_printf ("filesrc blocksize=3000 location=%s", location);
  g_autofree gchar *pay = g_strdup_printf ("p2pframepay framing=%s", framing);
  g_autofree gchar *depay = g_strdup_printf ("p2pframedepay framing=%s", framing);
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstPad) sink = NULL;
  GstMessage *eos;
  Path path;
  guint64 size = 0;

  path_init (&path, sender, pay, depay, "oggdemux ! vorbisdec ! fakesink name=sink sync=false");
  sink = get_pad (path.receiver, "sink", "sink");
  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_BUFFER, add_size, &size, NULL);
  bus = gst_pipeline_get_bus (GST_PIPELINE (path.pipeline));
  gst_bus_enable_sync_message_emission (bus);
  if (g_str_equal (framing, "raw"))
    g_signal_connect (bus, "sync-message::element", G_CALLBACK (close_channel), &path);
  path_set_state (&path, GST_STATE_PLAYING);
  eos = test_bus_wait (path.pipeline, GST_MESSAGE_EOS, PATIENCE_MS);
  gst_message_unref (eos);
  g_clear_object (&sink);
  gst_bus_disable_sync_message_emission (bus);
  gst_clear_object (&bus);
  path_clear (&path);
  return size;
}

static void
test_file (void)
{
  g_autofree gchar *location = make_file ();
  const guint64 expected = 100 * 1024 * 2 * sizeof (gfloat);

  g_assert_cmpuint (decode (location, "frames"), ==, expected);
  g_assert_cmpuint (decode (location, "raw"), ==, expected);
  g_unlink (location);
}

/* ---- changes of state ---- */

/* In any order, at any moment; with live mapping and without. */
static void
check_states (const gchar *depay, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  Path path;

  path_init (&path, "videotestsrc ! video/x-raw, width=64, height=48 ! vp8enc deadline=1",
             "p2pframepay max-in-flight=20000", depay, "queue ! fakesink sync=false async=false");
  for (guint i = 0; i < 40; i++)
    {
      GstState state = g_rand_int_range (random, GST_STATE_NULL, GST_STATE_PLAYING + 1);

      path_set_state (&path, state);
      if (g_rand_boolean (random))
        g_usleep (g_rand_int_range (random, 0, 3000)); /* any moment will do */
    }
  path_clear (&path);
}

static void
test_states (void)
{
  for (guint32 seed = 0; seed < 3; seed++)
    {
      check_states ("p2pframedepay", seed);
      check_states ("p2pframedepay is-live=true", seed);
      check_states ("p2pframedepay unreliable=true", seed);
    }
}

#define ADD(name, func) frame_link_add_test ("/framemedia/" name, func)

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("media", test_media);
  ADD ("file", test_file);
  ADD ("states", test_states);
  return g_test_run ();
}
