/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hand: see hand.h.
 */
#include "tests/plugins/p2p/framing/hand.h"

#include <gst/video/video.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/base/serial.h"
#include "gst/p2p/frame/reassembler.h"

/* ---- a sender ---- */

GstFlowReturn
frame_hand_push (FrameLink *link, GstBuffer *message)
{
  return gst_harness_push (link->out, message);
}

void
frame_hand_push_ok (FrameLink *link, GstBuffer *message)
{
  g_assert_cmpint (frame_hand_push (link, message), ==, GST_FLOW_OK);
}

GstBuffer *
frame_hand_make_stream_start (guint32 seq)
{
  return frame_link_make_message (GST_P2P_FRAME_STREAM_START, 0, seq, "\0\0\0\1stream-id", 13);
}

GstBuffer *
frame_hand_make_caps (guint32 seq, guint16 epoch, const gchar *text)
{
  return frame_link_make_text (GST_P2P_FRAME_CAPS, epoch, seq, text);
}

GstBuffer *
frame_hand_make_frame (guint32 seq, gint64 pts)
{
  GstP2pFrameBuffer times = { .pts = pts,
                              .dts = pts,
                              .duration = GST_SECOND / 30,
                              .offset = 11,
                              .offset_end = 12,
                              .sent = GST_P2P_FRAME_NO_TIME,
                              .flags = GST_BUFFER_FLAG_MARKER };

  return frame_link_make_buffer (1, seq, &times, 100);
}

GstBuffer *
frame_hand_make_eos (guint32 seq)
{
  return frame_link_make_message (GST_P2P_FRAME_EOS, 1, seq, NULL, 0);
}

void
frame_hand_begin (FrameLink *link)
{
  frame_hand_push_ok (link, frame_hand_make_stream_start (0));
  frame_hand_push_ok (link, frame_hand_make_caps (1, 1, "video/x-test"));
}

/* The next reply; messages that are not of @kind are dropped. */
static GstBuffer *
pull_reply (FrameLink *link, guint8 kind)
{
  GstP2pFrameHeader header;
  gsize header_size;
  GstBuffer *reply;

  while ((reply = gst_harness_pull (link->replies)))
    {
      g_assert_true (GST_BUFFER_FLAG_IS_SET (reply, GST_BUFFER_FLAG_NON_DROPPABLE));
      g_assert_true (gst_p2p_frame_header_parse (reply, &header, &header_size, NULL));
      if (header.kind == kind)
        break;
      gst_buffer_unref (reply);
    }
  g_assert_nonnull (reply);
  gst_buffer_resize (reply, header_size, -1);
  return reply;
}

guint32
frame_hand_pull_ack (FrameLink *link)
{
  g_autoptr (GstBuffer) reply = pull_reply (link, GST_P2P_FRAME_ACK);
  guint8 seq[4];

  gst_buffer_extract (reply, 0, seq, sizeof seq);
  return gst_p2p_read_u32 (seq);
}

void
frame_hand_pull_ack_until (FrameLink *link, guint32 seq)
{
  guint32 got;

  while ((got = frame_hand_pull_ack (link)) != seq)
    g_assert_true (gst_p2p_serial32_is_after (seq, got));
}

gchar *
frame_hand_pull_reply_text (FrameLink *link)
{
  g_autoptr (GstBuffer) reply = pull_reply (link, GST_P2P_FRAME_UPSTREAM);
  gsize size = gst_buffer_get_size (reply);
  gchar *text = g_malloc0 (size + 1);

  gst_buffer_extract (reply, 0, text, size);
  return text;
}

gpointer
frame_hand_run_pusher (gpointer data)
{
  FramePusher *pusher = data;

  g_atomic_int_set (&pusher->flow,
                    frame_hand_push (pusher->link, frame_hand_make_frame (
                                                       pusher->seq, pusher->seq * GST_SECOND)));
  return NULL;
}

/* ---- media ---- */

GstBuffer *
frame_hand_make_media (gsize size, GstClockTime pts, GstClockTime duration)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, 0x5a, size);
  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = duration;
  return buffer;
}

GstBuffer *
frame_hand_make_delta (gsize size)
{
  GstBuffer *buffer = frame_hand_make_media (size, 0, GST_CLOCK_TIME_NONE);

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

void
frame_hand_feed_ok (FrameLink *link, GstBuffer *buffer)
{
  g_assert_cmpint (gst_harness_push (link->in, buffer), ==, GST_FLOW_OK);
}

/* ---- a receiver ---- */

GstP2pFrameObject
frame_hand_pull_object (FrameLink *link, GstP2pFrameReassembler *reassembler)
{
  GstP2pFrameObject object;
  g_autoptr (GError) error = NULL;

  while (!gst_p2p_frame_reassembler_pop (reassembler, &object))
    {
      g_autoptr (GstBuffer) message = gst_harness_try_pull (link->in);

      g_assert_nonnull (message);
      gst_p2p_frame_reassembler_push (reassembler, message, &error);
      g_assert_no_error (error);
    }
  return object;
}

GstP2pFrameReassembler *
frame_hand_new_reassembler (void)
{
  GstP2pFrameReassemblerConfig config = { .max_frame_size = GST_P2P_FRAME_DEFAULT_MAX_FRAME_SIZE };

  return gst_p2p_frame_reassembler_new (&config);
}

GstP2pFrameBuffer
frame_hand_pull_frame (FrameLink *link, GstP2pFrameReassembler *reassembler)
{
  GstP2pFrameBuffer frame = { 0 };
  guint8 kind;

  do
    {
      g_auto (GstP2pFrameObject) object = frame_hand_pull_object (link, reassembler);

      kind = object.kind;
      if (kind == GST_P2P_FRAME_BUFFER)
        g_assert_true (gst_p2p_frame_buffer_read (&frame, object.payload));
    }
  while (kind != GST_P2P_FRAME_BUFFER);
  return frame;
}

void
frame_hand_ack (FrameLink *link, guint32 reply_seq, guint32 seq)
{
  guint8 object[4];

  gst_p2p_write_u32 (object, seq);
  gst_harness_push (link->back,
                    frame_link_make_message (GST_P2P_FRAME_ACK, 0, reply_seq, object, 4));
}

guint
frame_hand_count_key_unit_requests (FrameLink *link)
{
  GstEvent *event;
  guint n = 0;

  while ((event = gst_harness_try_pull_upstream_event (link->in)))
    {
      n += gst_video_event_is_force_key_unit (event);
      gst_event_unref (event);
    }
  return n;
}

GstEvent *
frame_hand_pull_upstream (FrameLink *link)
{
  GstEvent *event;

  while ((event = gst_harness_pull_upstream_event (link->in))
         && GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE)
    gst_event_unref (event);
  g_assert_nonnull (event);
  return event;
}

void
frame_hand_push_upstream (FrameLink *link, guint32 seq, const gchar *text)
{
  GstBuffer *message = frame_link_make_text (GST_P2P_FRAME_UPSTREAM, 0, seq, text);

  g_assert_cmpint (gst_harness_push (link->back, message), ==, GST_FLOW_OK);
}
