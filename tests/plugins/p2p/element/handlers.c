/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * handlers: an application that takes its pipeline down in a handler. Whatever thread that runs on,
 * it returns: with the pipeline down, or with FAILURE and one message; and the pipeline ends
 * afterwards as it always does.
 */
#include "tests/common/signaling.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/plugins/p2p/element/ends.h"

/* What a handler does, once. */
typedef struct
{
  GstElement *pipeline;
  GstElement *p2p;
  GstState state; /* to be changed to */
  GstMessageType type;
  GThread *main;
  /* atomic */
  gint entered;
  gint returned;
  gint result;
  gint n_refusals;
  gint n_errors;
} Deed;

static void
deed_init (Deed *deed, End *end, GstState state)
{
  *deed = (Deed){
    .pipeline = end->pipeline, .p2p = end->p2p, .state = state, .main = g_thread_self ()
  };
}

static void
deed_do (Deed *deed)
{
  if (!g_atomic_int_compare_and_exchange (&deed->entered, FALSE, TRUE))
    return;
  g_atomic_int_set (&deed->result, gst_element_set_state (deed->pipeline, deed->state));
  g_atomic_int_set (&deed->returned, TRUE);
}

static void
deed_wait (Deed *deed)
{
  TEST_WAIT_UNTIL (g_atomic_int_get (&deed->returned), ENDS_SOON_MS);
}

/* --- signals --- */

static gboolean
on_accept (GstElement *element, const gchar *id, const gchar *fingerprint, Deed *deed)
{
  deed_do (deed);
  return TRUE;
}

static void
on_peer (GstElement *element, const gchar *id, const gchar *text, Deed *deed)
{
  deed_do (deed);
}

static void
on_pad (GstElement *element, GstPad *pad, Deed *deed)
{
  deed_do (deed);
}

static void
on_no_more_pads (GstElement *element, Deed *deed)
{
  deed_do (deed);
}

static void
on_state (GstElement *element, GParamSpec *pspec, Deed *deed)
{
  GstP2pPeerState state;

  g_object_get (element, "connection-state", &state, NULL);
  if (state == GST_P2P_PEER_ICE)
    deed_do (deed);
}

static void
on_handoff (GstElement *element, GstBuffer *buffer, Deed *deed)
{
  deed_do (deed);
}

typedef struct
{
  const gchar *signal;
  GCallback handler;
  const gchar *of; /* the element with the signal */
  gboolean works;  /* else it runs on a thread that the element waits for */
} Place;

static const Place places[] = {
  { "accept-peer", G_CALLBACK (on_accept), "p", TRUE },
  { "peer-connected", G_CALLBACK (on_peer), "p", TRUE },
  { "peer-disconnected", G_CALLBACK (on_peer), "p", TRUE },
  { "notify::connection-state", G_CALLBACK (on_state), "p", TRUE },
  { "pad-added", G_CALLBACK (on_pad), "p", FALSE },
  { "no-more-pads", G_CALLBACK (on_no_more_pads), "p", FALSE },
  { "pad-removed", G_CALLBACK (on_pad), "p", FALSE },
  { "handoff", G_CALLBACK (on_handoff), "out", FALSE },
};

static void
check_deed (Deed *deed, End *end, const Place *place)
{
  if (!place->works)
    {
      g_assert_cmpint (deed->result, ==, GST_STATE_CHANGE_FAILURE);
      end_expect_error (end, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE,
                        "*gst_element_call_async*", ENDS_SOON_MS);
      return;
    }
  g_assert_cmpint (deed->result, ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (GST_STATE (deed->pipeline), ==, deed->state);
  g_assert_cmpint (GST_STATE (deed->p2p), ==, deed->state);
  end_expect_no_error (end);
}

static void
check_place (const gchar *transport, const Place *place, GstState state)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver
      = end_new ("p2psrc name=p local-id=x signaling-uri=%s transport=%s on-truncated=eos ! "
                 "identity name=out signal-handoffs=true ! fakesink sync=false async=false",
                 uri, transport);
  g_autoptr (End) sender = end_new (
      ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s", uri, transport);
  g_autoptr (GstElement) of = gst_bin_get_by_name (GST_BIN (receiver->pipeline), place->of);
  Deed deed;

  g_test_message ("%s in %s", gst_element_state_get_name (state), place->signal);
  deed_init (&deed, receiver, state);
  g_signal_connect (of, place->signal, place->handler, &deed);
  end_set_state (receiver, GST_STATE_PLAYING);
  end_set_state (sender, GST_STATE_PLAYING);
  if (g_str_equal (place->signal, "peer-disconnected")
      || g_str_equal (place->signal, "pad-removed"))
    {
      end_wait_taken (receiver, 3);
      end_set_state (sender, GST_STATE_NULL);
    }
  deed_wait (&deed);
  check_deed (&deed, receiver, place);
}

static void
test_signals (const gchar *transport)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      check_place (transport, &places[i], GST_STATE_NULL);
      check_place (transport, &places[i], GST_STATE_READY);
    }
}

/* The sender's end, on which there is no other pipeline's clock to wait for. */
static void
test_sender (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_play (
      "p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) sender = end_new (
      ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s", uri, transport);
  Deed deed;

  deed_init (&deed, sender, GST_STATE_NULL);
  g_signal_connect (sender->p2p, "peer-connected", G_CALLBACK (on_peer), &deed);
  end_set_state (sender, GST_STATE_PLAYING);
  deed_wait (&deed);
  check_deed (&deed, sender, &places[0]);
}

/* --- the other thread goes down meanwhile --- */

static void
test_both_at_once (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_new (
      "p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) sender = end_play (
      ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s", uri, transport);
  gint64 began_us;
  Deed deed;

  deed_init (&deed, receiver, GST_STATE_NULL);
  g_signal_connect (receiver->p2p, "peer-disconnected", G_CALLBACK (on_peer), &deed);
  end_set_state (receiver, GST_STATE_PLAYING);
  end_wait_taken (receiver, 3);
  began_us = g_get_monotonic_time ();
  end_set_state (receiver, GST_STATE_NULL); /* disconnects, and the handler waits for this */
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, 2 * G_USEC_PER_SEC * test_slowdown ());
  deed_wait (&deed);
  g_assert_cmpint (deed.result, ==, GST_STATE_CHANGE_SUCCESS);
  end_expect_no_error (receiver);
}

/* --- what is never refused --- */

static void
do_deed (GstElement *pipeline, gpointer deed)
{
  deed_do (deed);
}

static void
on_pad_call_async (GstElement *element, GstPad *pad, Deed *deed)
{
  gst_element_call_async (deed->pipeline, do_deed, deed, NULL);
}

/* What the error message says. */
static void
test_elsewhere (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_new (
      "p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) sender = end_play (
      ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s", uri, transport);
  Deed deed;

  deed_init (&deed, receiver, GST_STATE_NULL);
  g_signal_connect (receiver->p2p, "pad-added", G_CALLBACK (on_pad_call_async), &deed);
  end_set_state (receiver, GST_STATE_PLAYING);
  deed_wait (&deed);
  check_deed (&deed, receiver, &places[0]);
}

/* A thread of one element may take another one down. */
static void
test_other (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_new (
      "p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) sender = end_play (
      ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s", uri, transport);
  g_autoptr (End) other = end_play (
      "p2psrc name=p local-id=y signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  Deed deed;

  deed_init (&deed, other, GST_STATE_NULL);
  g_signal_connect (receiver->p2p, "pad-added", G_CALLBACK (on_pad), &deed);
  end_set_state (receiver, GST_STATE_PLAYING);
  deed_wait (&deed);
  check_deed (&deed, other, &places[0]);
  end_wait_taken (receiver, 3);
  end_expect_no_error (receiver);
}

static void
on_peer_restart (GstElement *element, const gchar *id, const gchar *text, Deed *deed)
{
  deed_do (deed);
  gst_element_set_state (deed->pipeline, GST_STATE_PLAYING);
}

/* Down and up again: the next caller is answered. */
static void
test_restart (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_new (
      "p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) sender = end_new (
      ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s", uri, transport);
  Deed deed;

  deed_init (&deed, receiver, GST_STATE_NULL);
  g_signal_connect (receiver->p2p, "peer-disconnected", G_CALLBACK (on_peer_restart), &deed);
  end_set_state (receiver, GST_STATE_PLAYING);
  end_set_state (sender, GST_STATE_PLAYING);
  end_wait_taken (receiver, 3);
  end_set_state (sender, GST_STATE_NULL);
  deed_wait (&deed);
  end_set_state (sender, GST_STATE_PLAYING);
  end_wait_taken (receiver, 3);
  g_signal_handlers_disconnect_by_data (receiver->p2p, &deed);
}

static void
on_peer_drop (GstElement *element, const gchar *id, const gchar *text, GstElement **last)
{
  gst_element_set_state (element, GST_STATE_NULL);
  gst_clear_object (last);
}

static void
on_gone (gpointer gone, GObject *element)
{
  g_atomic_int_set ((gint *)gone, TRUE);
}

/* The last reference goes in a handler. */
static void
test_last_reference (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  GstElement *receiver = gst_object_ref_sink (gst_element_factory_make ("p2psrc", NULL));
  g_autoptr (End) sender = end_new (
      ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s", uri, transport);
  gint gone = FALSE;

  gst_util_set_object_arg (G_OBJECT (receiver), "transport", transport);
  g_object_set (receiver, "local-id", "x", "signaling-uri", uri, NULL);
  g_object_weak_ref (G_OBJECT (receiver), on_gone, &gone);
  g_signal_connect (receiver, "peer-connected", G_CALLBACK (on_peer_drop), &receiver);
  gst_element_set_state (receiver, GST_STATE_PLAYING);
  end_set_state (sender, GST_STATE_PLAYING);
  TEST_WAIT_UNTIL (g_atomic_int_get (&gone), ENDS_SOON_MS);
}

/* --- what an application does beside that --- */

typedef struct
{
  /* atomic */
  gint n_stats;
  gint n_pads;
} Busy;

static void
look (GstElement *element, Busy *busy)
{
  g_autoptr (GstStructure) stats = NULL;

  g_object_get (element, "stats", &stats, NULL);
  g_assert_true (gst_structure_has_name (stats, "p2p-stats"));
  g_atomic_int_inc (&busy->n_stats);
}

static gboolean
on_busy_accept (GstElement *element, const gchar *id, const gchar *fingerprint, Busy *busy)
{
  look (element, busy);
  return TRUE;
}

static void
on_busy_peer (GstElement *element, const gchar *id, const gchar *text, Busy *busy)
{
  look (element, busy);
}

static void
on_busy_pad (GstElement *element, GstPad *pad, Busy *busy)
{
  if (!GST_PAD_IS_SRC (pad))
    return;
  look (element, busy);
  g_atomic_int_inc (&busy->n_pads);
}

/* The receiver does not see a pad that went before anything came of it. */
static void
on_busy_connected (GstElement *element, const gchar *id, const gchar *text, Busy *busy)
{
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (element, "sink_%u");

  look (element, busy);
  gst_element_release_request_pad (element, pad);
  look (element, busy);
}

static void
test_busy (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_new (
      "p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) sender = end_new (
      ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s", uri, transport);
  Busy busy = { 0 };

  g_signal_connect (receiver->p2p, "accept-peer", G_CALLBACK (on_busy_accept), &busy);
  g_signal_connect (receiver->p2p, "peer-connected", G_CALLBACK (on_busy_peer), &busy);
  g_signal_connect (receiver->p2p, "peer-disconnected", G_CALLBACK (on_busy_peer), &busy);
  g_signal_connect (receiver->p2p, "pad-added", G_CALLBACK (on_busy_pad), &busy);
  g_signal_connect (receiver->p2p, "pad-removed", G_CALLBACK (on_busy_pad), &busy);
  g_signal_connect (sender->p2p, "peer-connected", G_CALLBACK (on_busy_connected), &busy);
  end_set_state (receiver, GST_STATE_PLAYING);
  end_set_state (sender, GST_STATE_PLAYING);
  end_wait_taken (receiver, 3);
  end_set_state (sender, GST_STATE_NULL);
  end_wait_disconnected (receiver, 1);
  TEST_WAIT_UNTIL (g_atomic_int_get (&busy.n_pads) == 2, ENDS_SOON_MS); /* came and went */
  g_assert_cmpint (busy.n_stats, ==, 7);
}

/* --- messages --- */

static void
count_error (Deed *deed, GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (message, &error, NULL);
  g_test_message ("%s: %s", GST_MESSAGE_SRC_NAME (message), error->message);
  if (g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE))
    g_atomic_int_inc (&deed->n_refusals);
  else
    g_atomic_int_inc (&deed->n_errors);
}

/* Of the element and of what is inside it, or of the pipeline whose sink it is: another sink that
 * posts a message holds a lock which its change of state takes, whatever is upstream of it. So does
 * who makes a thread. */
static gboolean
is_place (Deed *deed, GstMessage *message)
{
  GstObject *source = GST_MESSAGE_SRC (message);
  GstStreamStatusType status;

  if (GST_MESSAGE_TYPE (message) != deed->type || g_thread_self () == deed->main)
    return FALSE;
  if (deed->type == GST_MESSAGE_EOS)
    return source == GST_OBJECT (deed->pipeline);
  if (deed->type == GST_MESSAGE_STREAM_STATUS)
    {
      gst_message_parse_stream_status (message, &status, NULL);
      if (status == GST_STREAM_STATUS_TYPE_CREATE)
        return FALSE;
    }
  return source == GST_OBJECT (deed->p2p)
         || gst_object_has_as_ancestor (source, GST_OBJECT (deed->p2p));
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Deed *deed = data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    count_error (deed, message);
  if (is_place (deed, message))
    deed_do (deed);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

/* @of: whose bus; the other one goes down after a while. */
static void
check_message (End *of, End *other, GstMessageType type, gboolean works)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (of->pipeline);
  Deed deed;

  deed_init (&deed, of, GST_STATE_NULL);
  deed.type = type;
  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
  gst_bus_set_sync_handler (bus, on_message, &deed, NULL);
  end_set_state (of, GST_STATE_PLAYING);
  end_set_state (other, GST_STATE_PLAYING);
  if (type == GST_MESSAGE_ERROR)
    {
      end_wait_connected (other, 1);
      end_set_state (other, GST_STATE_NULL);
    }
  deed_wait (&deed);
  g_test_message ("%s: %s", gst_message_type_get_name (type),
                  gst_element_state_change_return_get_name (deed.result));
  g_assert_cmpint (deed.result, ==, works ? GST_STATE_CHANGE_SUCCESS : GST_STATE_CHANGE_FAILURE);
  end_set_state (of, GST_STATE_NULL);
  g_assert_cmpint (deed.n_refusals, ==, works ? 0 : 1);
  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
}

static void
check_both (const gchar *transport, GstMessageType type, gboolean sender_posts, gboolean works)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_new (
      "p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) sender
      = end_new ("fakesrc num-buffers=%d sizetype=fixed sizemax=1000 ! identity sleep-time=2000 ! "
                 "p2psink name=p remote-id=x signaling-uri=%s transport=%s",
                 type == GST_MESSAGE_EOS ? 10 : -1, uri, transport);

  if (sender_posts)
    check_message (sender, receiver, type, works);
  else
    check_message (receiver, sender, type, works);
}

static void
test_messages (const gchar *transport)
{
  check_both (transport, GST_MESSAGE_INFO, FALSE, TRUE);
  check_both (transport, GST_MESSAGE_ELEMENT, FALSE, TRUE);
  check_both (transport, GST_MESSAGE_STREAM_STATUS, TRUE, FALSE);
  check_both (transport, GST_MESSAGE_ELEMENT, TRUE, TRUE);
  check_both (transport, GST_MESSAGE_ERROR, TRUE, TRUE);
  check_both (transport, GST_MESSAGE_EOS, TRUE, TRUE);
}

int
main (int argc, char **argv)
{
  ends_init (&argc, &argv);
  ends_add ("signals", test_signals);
  ends_add ("sender", test_sender);
  ends_add ("both-at-once", test_both_at_once);
  ends_add ("elsewhere", test_elsewhere);
  ends_add ("other", test_other);
  ends_add ("restart", test_restart);
  ends_add ("last-reference", test_last_reference);
  ends_add ("busy", test_busy);
  ends_add ("messages", test_messages);
  return g_test_run ();
}
