/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A sender leaves in the middle of its stream. What had come reaches the sinks, and an EOS behind
 * it; then one message tells of it: an error if the stream is of bytes, else a warning.
 */
#include "tests/common/signaling.h"
#include "tests/common/wait.h"
#include "tests/plugins/p2p/element/ends.h"

#define LOST GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE
#define LEFT "The sender left before the stream ended"

#define MEDIA                                                                                      \
  "videotestsrc is-live=true pattern=black ! "                                                     \
  "video/x-raw,format=I420,width=16,height=16,framerate=50/1 "
#define SINK "fakesink name=out sync=false async=false"
/* How long is waited for a sink that takes nothing, and then some. */
#define AT_LAST_MS 12000

static const gchar *uri;

/* --- a receiver that is looked at --- */

typedef struct
{
  End *end;
  /* atomic */
  gint n_left;     /* buffers that have left p2psrc */
  gint n_messages; /* when EOS came to the sink; -1: it has not come */
} Receiver;

static GstPadProbeReturn
on_left (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  g_atomic_int_inc (&((Receiver *)data)->n_left);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement *element, GstPad *pad, gpointer data)
{
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_left, data, NULL);
}

/* Was added before the element's own. */
static GstPadProbeReturn
on_sink_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Receiver *receiver = data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&receiver->end->lock);
  g_atomic_int_set (&receiver->n_messages,
                    (gint)(receiver->end->errors->len + receiver->end->warnings->len));
  g_mutex_unlock (&receiver->end->lock);
  return GST_PAD_PROBE_OK;
}

static void
receiver_play (Receiver *receiver, const gchar *transport, const gchar *properties,
               const gchar *rest)
{
  g_autoptr (GstElement) out = NULL;
  g_autoptr (GstPad) pad = NULL;

  *receiver = (Receiver){ .n_messages = -1 };
  receiver->end = end_new ("p2psrc name=p local-id=r signaling-uri=%s transport=%s %s %s", uri,
                           transport, properties, rest);
  g_signal_connect (receiver->end->p2p, "pad-added", G_CALLBACK (on_pad_added), receiver);
  out = gst_bin_get_by_name (GST_BIN (receiver->end->pipeline), "out");
  pad = gst_element_get_static_pad (out, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_sink_event, receiver, NULL);
  end_set_state (receiver->end, GST_STATE_PLAYING);
}

/* Everything came to the sink, and EOS behind it, before a word was said; then that was said before
 * the pipeline's own EOS. */
static void
receiver_check_order (Receiver *receiver)
{
  TEST_WAIT_UNTIL (g_atomic_int_get (&receiver->n_messages) >= 0, ENDS_SOON_MS);
  g_assert_cmpint (receiver->n_messages, ==, 0);
  end_wait_eos (receiver->end);
  g_assert_cmpint (g_atomic_int_get (&receiver->n_left), ==,
                   g_atomic_int_get (&receiver->end->n_taken));
  g_assert_false (receiver->end->eos_before_message);
}

static void
receiver_expect (Receiver *receiver, gboolean error)
{
  receiver_check_order (receiver);
  if (error)
    end_expect_error (receiver->end, LOST, LEFT, ENDS_SOON_MS);
  else
    end_take_warning (receiver->end, LOST, LEFT);
  end_free (receiver->end);
}

static End *
play_sender (const gchar *transport, const gchar *source, const gchar *properties)
{
  return end_play ("%s ! p2psink name=p remote-id=r signaling-uri=%s transport=%s %s", source, uri,
                   transport, properties);
}

/* --- what is said --- */

typedef struct
{
  const gchar *source;
  const gchar *sends;
  const gchar *receives;
  const gchar *rest;
  gboolean error;
} Cut;

static const Cut cuts[] = {
  { ENDS_ENDLESS, "", "", "! " SINK, TRUE },
  { ENDS_ENDLESS, "framing=raw", "", "! " SINK, TRUE },
  { ENDS_ENDLESS, "", "", "! queue ! identity sleep-time=5000 ! " SINK, TRUE },
  { ENDS_ENDLESS, "framing=raw", "", "! queue ! identity sleep-time=5000 ! " SINK, TRUE },
  { ENDS_ENDLESS, "", "on-truncated=eos", "! queue ! " SINK, FALSE },
  { ENDS_ENDLESS, "", "on-truncated=error", "! queue ! " SINK, TRUE },
  { MEDIA, "", "", "! queue ! " SINK, FALSE },
  { MEDIA, "", "on-truncated=error", "! queue ! " SINK, TRUE },
  { MEDIA, "", "on-truncated=eos", "! " SINK, FALSE },
};

static void
test_words (const gchar *transport)
{
  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      Receiver receiver;
      End *sender;

      g_test_message ("cut %u", i);
      receiver_play (&receiver, transport, cuts[i].receives, cuts[i].rest);
      sender = play_sender (transport, cuts[i].source, cuts[i].sends);
      end_wait_taken (receiver.end, 10);
      end_free (sender);
      receiver_expect (&receiver, cuts[i].error);
    }
}

/* One stream is held up until the other has its EOS. */
static void
test_two_streams (const gchar *transport)
{
  Receiver receiver;
  End *sender;

  receiver_play (&receiver, transport, "", "concat name=m ! " SINK "  p.src_0 ! m.  p.src_1 ! m.");
  sender = end_play ("p2psink name=p remote-id=r signaling-uri=%s transport=%s  " MEDIA
                     "! p.sink_0  " MEDIA "! p.sink_1",
                     uri, transport);
  end_wait_taken (receiver.end, 10);
  end_free (sender);
  receiver_expect (&receiver, FALSE);
}

/* Whoever keeps listening is told, and goes on with the next. */
static void
test_keep_listening (const gchar *transport)
{
  Receiver receiver;

  receiver_play (&receiver, transport, "keep-listening=true", "! " SINK);
  for (guint i = 0; i < 2; i++)
    {
      End *sender = play_sender (transport, i ? MEDIA : ENDS_ENDLESS, "");

      end_wait_taken (receiver.end, 10);
      end_free (sender);
      end_take_warning (receiver.end, LOST, LEFT);
    }
  g_assert_cmpint (g_atomic_int_get (&receiver.n_messages), ==, -1);
  end_free (receiver.end);
}

static End *
play_two_way (const gchar *transport, const gchar *properties)
{
  return end_play ("p2pbin name=p signaling-uri=%s transport=%s %s  " MEDIA "! p.  p. ! " SINK, uri,
                   transport, properties);
}

/* Who is hung up on got no end. */
static void
test_two_way (const gchar *transport)
{
  End *called = play_two_way (transport, "local-id=r");
  End *caller = play_two_way (transport, "remote-id=r");

  end_wait_taken (called, 10);
  end_wait_taken (caller, 10);
  end_free (caller);
  end_wait_eos (called);
  g_assert_false (called->eos_before_message);
  end_take_warning (called, LOST, LEFT);
  end_free (called);
}

/* --- downstream takes nothing --- */

static void
hold_up (Receiver *receiver, const gchar *transport)
{
  End *sender;

  receiver_play (receiver, transport, "", "! fakesink name=out sync=false");
  sender = play_sender (transport, ENDS_ENDLESS, "");
  end_wait_taken (receiver->end, 10);
  end_set_state (receiver->end, GST_STATE_PAUSED);
  end_free (sender);
  end_wait_disconnected (receiver->end, 1);
}

static void
test_paused (const gchar *transport)
{
  Receiver receiver;

  hold_up (&receiver, transport);
  end_expect_error (receiver.end, LOST, LEFT, AT_LAST_MS);
  end_free (receiver.end);
}

/* It goes on in time. */
static void
test_paused_for_a_while (const gchar *transport)
{
  Receiver receiver;

  hold_up (&receiver, transport);
  end_set_state (receiver.end, GST_STATE_PLAYING);
  receiver_expect (&receiver, TRUE);
}

/* Nobody waits for what nobody wants. */
static void
test_stopped_while_paused (const gchar *transport)
{
  Receiver receiver;

  hold_up (&receiver, transport);
  end_free (receiver.end);
}

int
main (int argc, char **argv)
{
  TestSignaling *signaling;
  gint result;

  ends_init (&argc, &argv);
  signaling = test_signaling_new (NULL, NULL);
  uri = test_signaling_get_uri (signaling);
  ends_add ("words", test_words);
  ends_add ("two-streams", test_two_streams);
  ends_add ("keep-listening", test_keep_listening);
  ends_add ("two-way", test_two_way);
  ends_add ("paused", test_paused);
  ends_add ("paused-for-a-while", test_paused_for_a_while);
  ends_add ("stopped-while-paused", test_stopped_while_paused);
  result = g_test_run ();
  test_signaling_free (signaling);
  return result;
}
