/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Real encoders and decoders: what is decoded behind sframeenc and sframedec is what is decoded
 * without them, in each format that allows the codec, with key changes in the stream.
 */
#include <string.h>

#include <glib/gstdio.h>
#include <gst/check/check.h>

#include "tests/common/bus.h"
#include "tests/common/leaks.h"
#include "tests/common/wait.h"

#define FRAMES 40
#define VIDEO                                                                                      \
  "videotestsrc pattern=ball num-buffers=40 ! video/x-raw,format=I420,width=160,height=120"
#define AUDIO "audiotestsrc num-buffers=40 samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=1"
#define X264 "x264enc key-int-max=10 speed-preset=ultrafast tune=zerolatency"
#define X265 "x265enc key-int-max=10 speed-preset=ultrafast tune=zerolatency"

typedef struct
{
  const gchar *name;
  const gchar *source; /* with the encoder */
  const gchar *decoder;
  const gchar *needs[3]; /* elements that not every machine has */
  gboolean jitsi, livekit;
} Codec;

/* clang-format off */
static const Codec codecs[] = {
  { "vp8", VIDEO " ! vp8enc deadline=1 keyframe-max-dist=10", "vp8dec", { "vp8enc", "vp8dec" }, TRUE, TRUE },
  { "vp9", VIDEO " ! vp9enc deadline=1 cpu-used=8 keyframe-max-dist=10", "vp9dec", { "vp9enc", "vp9dec" }, TRUE, TRUE },
  { "h264-byte-stream", VIDEO " ! " X264 " ! video/x-h264,stream-format=byte-stream", "avdec_h264",
    { "x264enc", "avdec_h264" }, FALSE, TRUE },
  { "h264-avc", VIDEO " ! " X264 " ! video/x-h264,stream-format=avc", "avdec_h264",
    { "x264enc", "avdec_h264" }, FALSE, TRUE },
  { "h265-byte-stream", VIDEO " ! " X265, "avdec_h265", { "x265enc", "avdec_h265" }, FALSE, TRUE },
  { "h265-hvc1", VIDEO " ! " X265 " ! h265parse ! video/x-h265,stream-format=hvc1", "avdec_h265",
    { "x265enc", "avdec_h265", "h265parse" }, FALSE, TRUE },
  { "av1", VIDEO " ! identity eos-after=6 ! av1enc cpu-used=8 threads=1", "av1dec", { "av1enc", "av1dec" }, FALSE, FALSE },
  { "opus", AUDIO " ! opusenc", "opusdec", { "opusenc", "opusdec" }, TRUE, TRUE },
};
/* clang-format on */

/* What came out of one decoder. */
typedef struct
{
  GChecksum *checksum;
  guint frames;
} Output;

static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, Output *output)
{
  GstMapInfo map;

  ck_assert (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_checksum_update (output->checksum, map.data, (gssize)map.size);
  gst_buffer_unmap (buffer, &map);
  output->frames++;
}

static void
add_key (GstElement *element, guint64 kid)
{
  guint8 key[16] = { (guint8)kid, 7 };
  GBytes *bytes = g_bytes_new (key, sizeof key);
  gboolean ok = FALSE;

  g_signal_emit_by_name (element, "add-key", kid, bytes, &ok);
  ck_assert (ok);
  g_bytes_unref (bytes);
}

/* Every seventh frame goes under another key. */
static GstPadProbeReturn
switch_keys (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  guint *count = data;

  if (++*count % 7 == 0)
    gst_pad_send_event (
        pad, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
                                   gst_structure_new ("gst-p2p-sframe-key", "key-id", G_TYPE_UINT64,
                                                      (guint64)(*count / 7 % 3), NULL)));
  return GST_PAD_PROBE_OK;
}

static void
watch_sink (GstElement *pipeline, const gchar *name, Output *output)
{
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), name);

  output->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  output->frames = 0;
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), output);
  gst_object_unref (sink);
}

static void
prepare_keys (GstElement *pipeline, guint *count)
{
  GstElement *enc = gst_bin_get_by_name (GST_BIN (pipeline), "e");
  GstElement *dec = gst_bin_get_by_name (GST_BIN (pipeline), "d");
  GstPad *pad = gst_element_get_static_pad (enc, "sink");
  GObject *ring;

  for (guint kid = 0; kid < 3; kid++)
    add_key (enc, kid);
  g_object_get (enc, "keyring", &ring, NULL);
  g_object_set (dec, "keyring", ring, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, switch_keys, count, NULL);
  g_object_unref (ring);
  gst_object_unref (pad);
  gst_object_unref (enc);
  gst_object_unref (dec);
}

static gboolean
is_available (const Codec *codec)
{
  for (guint i = 0; i < G_N_ELEMENTS (codec->needs) && codec->needs[i]; i++)
    {
      GstElementFactory *factory = gst_element_factory_find (codec->needs[i]);

      if (!factory)
        {
          g_printerr ("SKIPPED %s: the element %s is not installed\n", codec->name,
                      codec->needs[i]);
          return FALSE;
        }
      gst_object_unref (factory);
    }
  return TRUE;
}

static void
check_round_trip (const Codec *codec, const gchar *format)
{
  GstElement *pipeline;
  Output plain, opened;
  GstMessage *message;
  guint count = 0;

  pipeline = test_pipeline (
      "%s ! tee name=t"
      " t. ! queue ! %s ! fakesink name=plain sync=false async=false signal-handoffs=true"
      " t. ! queue ! sframeenc name=e format=%s ! sframedec name=d format=%s ! %s"
      " ! fakesink name=opened sync=false async=false signal-handoffs=true",
      codec->source, codec->decoder, format, format, codec->decoder);
  prepare_keys (pipeline, &count);
  watch_sink (pipeline, "plain", &plain);
  watch_sink (pipeline, "opened", &opened);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = test_bus_wait (pipeline, GST_MESSAGE_EOS, 60000);
  gst_message_unref (message);
  test_pipeline_stop (pipeline);
  ck_assert_uint_gt (plain.frames, 4);
  ck_assert_uint_gt (count, 4);
  ck_assert_msg (plain.frames == opened.frames, "%s in %s: %u frames instead of %u", codec->name,
                 format, opened.frames, plain.frames);
  ck_assert_str_eq (g_checksum_get_string (plain.checksum),
                    g_checksum_get_string (opened.checksum));
  g_checksum_free (plain.checksum);
  g_checksum_free (opened.checksum);
}

GST_START_TEST (test_codec)
{
  const Codec *codec = &codecs[__i__];

  if (!is_available (codec))
    return;
  check_round_trip (codec, "sframe");
  if (codec->jitsi)
    check_round_trip (codec, "jitsi");
  if (codec->livekit)
    check_round_trip (codec, "livekit");
}
GST_END_TEST

/* Counts I slices whose pic_parameter_set_id begins in the first sealed bit, and how many read 0.
 */
typedef struct
{
  guint frames, slices, zeros;
} PpsCount;

static GstPadProbeReturn
count_pps (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  PpsCount *count = data;
  GstMapInfo map;

  count->frames++;
  ck_assert (gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ));
  for (gsize i = 0; i + 5 < map.size; i++)
    if (map.data[i] == 0 && map.data[i + 1] == 0 && map.data[i + 2] == 1
        && (map.data[i + 3] & 0x1f) == 5)
      {
        /* x264: first_mb_in_slice 0 and slice_type 7 fill this byte. */
        ck_assert_uint_eq (map.data[i + 4], 0x88);
        count->slices++;
        count->zeros += map.data[i + 5] >> 7;
        break;
      }
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_x264_pps)
{
  static const Codec needed = { .name = "x264", .needs = { "x264enc", "avdec_h264" } };
  PpsCount count = { 0 };
  GstElement *pipeline, *enc;
  GstPad *pad;

  if (!is_available (&needed))
    return;
  pipeline = test_pipeline (
      "videotestsrc num-buffers=300 ! video/x-raw,width=64,height=48 ! x264enc key-int-max=3 "
      "speed-preset=ultrafast tune=zerolatency ! video/x-h264,stream-format=byte-stream ! "
      "sframeenc name=e format=livekit key=000102030405060708090a0b0c0d0e0f ! fakesink");
  enc = gst_bin_get_by_name (GST_BIN (pipeline), "e");
  pad = gst_element_get_static_pad (enc, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, count_pps, &count, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (test_bus_wait (pipeline, GST_MESSAGE_EOS, 60000));
  ck_assert_uint_eq (count.frames, 300);
  ck_assert_uint_ge (count.slices, 100);
  ck_assert_uint_eq (count.zeros, count.slices);
  gst_object_unref (pad);
  gst_object_unref (enc);
  test_pipeline_stop (pipeline);
}
GST_END_TEST

/* An RTP payloader that does not look into frames. */
GST_START_TEST (test_rtp)
{
  GstElement *pipeline = test_pipeline (
      AUDIO " ! opusenc ! tee name=t"
            " t. ! queue ! opusdec ! fakesink name=plain sync=false async=false "
            "signal-handoffs=true"
            " t. ! queue ! sframeenc name=e format=jitsi ! audio/x-opus,protection=jitsi "
            "! rtpopuspay ! rtpopusdepay ! sframedec name=d format=jitsi ! opusdec"
            " ! fakesink name=opened sync=false async=false signal-handoffs=true");
  Output plain, opened;
  guint count = 0;

  prepare_keys (pipeline, &count);
  watch_sink (pipeline, "plain", &plain);
  watch_sink (pipeline, "opened", &opened);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (test_bus_wait (pipeline, GST_MESSAGE_EOS, 60000));
  test_pipeline_stop (pipeline);
  ck_assert_uint_gt (plain.frames, 4);
  ck_assert_uint_eq (plain.frames, opened.frames);
  g_checksum_free (plain.checksum);
  g_checksum_free (opened.checksum);
}
GST_END_TEST

/* Frames as datagrams: the caps are known beforehand, as with any stream over bare UDP. */
GST_START_TEST (test_udp)
{
  GstElement *receiver = test_pipeline (
      "udpsrc name=s address=127.0.0.1 port=0 caps=\"application/x-sframe,"
      "media=(GstCaps)[audio/x-opus,rate=48000,channels=1,channel-mapping-family=0]\" "
      "! sframedec name=d ! opusdec ! fakesink name=opened sync=false async=false "
      "signal-handoffs=true");
  GstElement *source = gst_bin_get_by_name (GST_BIN (receiver), "s"), *sender, *enc;
  GstElement *dec = gst_bin_get_by_name (GST_BIN (receiver), "d");
  GstStructure *stats;
  guint64 opened = 0;
  Output output;
  gint port = 0;

  add_key (dec, 1);
  watch_sink (receiver, "opened", &output);
  gst_element_set_state (receiver, GST_STATE_PLAYING);
  gst_element_get_state (receiver, NULL, NULL, GST_CLOCK_TIME_NONE);
  g_object_get (source, "port", &port, NULL);
  sender = test_pipeline (
      AUDIO " ! opusenc ! sframeenc name=e key-id=1 ! udpsink host=127.0.0.1 port=%d", port);
  enc = gst_bin_get_by_name (GST_BIN (sender), "e");
  add_key (enc, 1);
  gst_element_set_state (sender, GST_STATE_PLAYING);
  gst_message_unref (test_bus_wait (sender, GST_MESSAGE_EOS, 60000));
  while (opened < 30)
    {
      g_object_get (dec, "stats", &stats, NULL);
      gst_structure_get_uint64 (stats, "opened", &opened);
      gst_structure_free (stats);
      test_wait_step (test_wait_deadline (10));
    }
  test_pipeline_stop (sender);
  test_pipeline_stop (receiver);
  g_checksum_free (output.checksum);
  gst_object_unref (enc);
  gst_object_unref (dec);
  gst_object_unref (source);
}
GST_END_TEST

/* A file for each frame, opened by a later pipeline. */
GST_START_TEST (test_files)
{
  gchar *folder = g_dir_make_tmp ("sframe-XXXXXX", NULL);
  GstElement *pipeline = test_pipeline (
      "fakesrc num-buffers=20 filltype=pattern sizetype=fixed sizemax=1000 ! sframeenc key="
      "000102030405060708090a0b0c0d0e0f ! multifilesink location=%s/%%02d async=false",
      folder);
  GstElement *dec;
  GstStructure *stats;
  guint64 opened = 0;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (test_bus_wait (pipeline, GST_MESSAGE_EOS, 60000));
  test_pipeline_stop (pipeline);
  pipeline = test_pipeline ("multifilesrc location=%s/%%02d caps=application/x-sframe ! sframedec "
                            "name=d key=000102030405060708090a0b0c0d0e0f ! fakesink",
                            folder);
  dec = gst_bin_get_by_name (GST_BIN (pipeline), "d");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (test_bus_wait (pipeline, GST_MESSAGE_EOS, 60000));
  g_object_get (dec, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "opened", &opened);
  ck_assert_uint_eq (opened, 20);
  gst_structure_free (stats);
  gst_object_unref (dec);
  test_pipeline_stop (pipeline);
  for (guint i = 0; i < 20; i++)
    {
      gchar *path = g_strdup_printf ("%s/%02u", folder, i);

      ck_assert_int_eq (g_unlink (path), 0);
      g_free (path);
    }
  g_rmdir (folder);
  g_free (folder);
}
GST_END_TEST

static Suite *
codecs_suite (void)
{
  Suite *suite = suite_create ("sframe");
  TCase *tests = tcase_create ("codecs");

  suite_add_tcase (suite, tests);
  tcase_add_checked_fixture (tests, test_leaks_begin, test_leaks_end);
  tcase_add_loop_test (tests, test_codec, 0, G_N_ELEMENTS (codecs));
  tcase_add_test (tests, test_x264_pps);
  tcase_add_test (tests, test_rtp);
  tcase_add_test (tests, test_udp);
  tcase_add_test (tests, test_files);
  return suite;
}

/* What a plugin makes when it is loaded is no leak of the test that needs it first. */
static void
load_plugins (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    for (guint k = 0; k < G_N_ELEMENTS (codecs[i].needs) && codecs[i].needs[k]; k++)
      {
        GstElement *element = gst_element_factory_make (codecs[i].needs[k], NULL);

        gst_clear_object (&element);
      }
}

int
main (int argc, char **argv)
{
  int failed;
  SRunner *runner;

  test_gst_init (&argc, &argv);
  load_plugins ();
  runner = srunner_create (codecs_suite ());
  srunner_run_all (runner, CK_NORMAL);
  failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed > 0;
}
