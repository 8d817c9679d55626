/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * states: changes of state at every moment of a connection, in both roles; and READY→NULL within
 * 2 s wherever threads are at that moment. end_free() and stop() hold the watch.
 *
 *   states [STEPS]      of each random walk
 */
#include <stdlib.h>

#include "tests/common/detour.h"
#include "tests/common/signaling.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/plugins/p2p/element/ends.h"

#define STOP_WITHIN_US (2 * G_USEC_PER_SEC)

/* As fast as it goes, to fill every window. */
#define FLOOD "fakesrc sizetype=fixed sizemax=60000 filltype=zero ! identity name=gauge "

static guint n_steps = 24;

typedef struct
{
  End *receiver;
  End *sender;
} Ends;

/* In NULL. @sender_calls: or the receiver does. */
static Ends
new_ends (const gchar *uri, const gchar *transport, gboolean sender_calls, const gchar *source)
{
  const gchar *const roles[] = { "local-id=called", "local-id=caller remote-id=called" };

  return (Ends){
    end_new ("p2psrc name=p %s signaling-uri=%s transport=%s ! " ENDS_TAKE, roles[!sender_calls],
             uri, transport),
    end_new ("%s ! p2psink name=p %s signaling-uri=%s transport=%s", source, roles[sender_calls],
             uri, transport),
  };
}

static void
free_ends (Ends *ends)
{
  end_free (ends->receiver);
  end_free (ends->sender);
}

static void
stop (End *end)
{
  gint64 began_us = g_get_monotonic_time (), took_us;

  end_set_state (end, GST_STATE_NULL);
  took_us = g_get_monotonic_time () - began_us;
  if (took_us > (gint64)STOP_WITHIN_US * test_slowdown ())
    g_error ("stopping took %" G_GINT64_FORMAT " ms", took_us / 1000);
}

/* Data flows, whatever was before. */
static void
check_flow (Ends *ends)
{
  end_set_state (ends->receiver, GST_STATE_PLAYING);
  end_set_state (ends->sender, GST_STATE_PLAYING);
  end_wait_taken (ends->receiver, 10);
}

/* --- random walks --- */

typedef struct
{
  End *end;
  gint state;
} Moment;

static gboolean
is_there (gpointer data)
{
  Moment *moment = data;
  gint state;

  g_object_get (moment->end->p2p, "connection-state", &state, NULL);
  return state >= moment->state;
}

/* At once, when the connection is so far, or a little later. */
static void
wait_for_some_moment (Ends *ends)
{
  gint64 until_us;

  if (g_test_rand_bit ())
    test_wait_until (is_there,
                     &(Moment){ g_test_rand_bit () ? ends->receiver : ends->sender,
                                g_test_rand_int_range (GST_P2P_PEER_NEW, GST_P2P_PEER_CLOSED) },
                     300);
  if (g_test_rand_bit ())
    return;
  until_us = g_get_monotonic_time () + g_test_rand_int_range (0, 40000);
  while (test_wait_step (until_us))
    ;
}

/* Both ends go to any state at any moment; what they say meanwhile is their own affair. Then both
 * start from NULL, and it works. */
static void
walk (const gchar *transport, gboolean sender_calls)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  Ends ends = new_ends (test_signaling_get_uri (signaling), transport, sender_calls, ENDS_ENDLESS);

  test_watchdog_start (60 + n_steps);
  for (guint i = 0; i < n_steps; i++)
    {
      End *end = g_test_rand_bit () ? ends.receiver : ends.sender;
      GstState state = g_test_rand_int_range (GST_STATE_NULL, GST_STATE_PLAYING + 1);

      /* Half of them to PLAYING, or there would hardly be a connection. */
      if (g_test_rand_bit ())
        state = GST_STATE_PLAYING;
      g_test_message ("%s to %s", end == ends.sender ? "sender" : "receiver",
                      gst_element_state_get_name (state));
      if (state == GST_STATE_NULL)
        stop (end);
      else
        end_set_state (end, state);
      wait_for_some_moment (&ends);
    }
  stop (ends.sender);
  stop (ends.receiver);
  check_flow (&ends);
  free_ends (&ends);
}

static void
test_walk_sender_calls (const gchar *transport)
{
  walk (transport, TRUE);
}

static void
test_walk_receiver_calls (const gchar *transport)
{
  walk (transport, FALSE);
}

/* The server's answer to the bind comes in the midst of the end. */
static void
test_stop_while_binding (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  g_autoptr (End) caller = end_new (ENDS_ENDLESS "! p2psink name=p remote-id=nobody "
                                                 "signaling-uri=%s transport=%s",
                                    test_signaling_get_uri (signaling), transport);

  test_watchdog_start (60 + n_steps);
  for (guint i = 0; i < 10 * n_steps; i++)
    {
      gint64 until_us;

      end_set_state (caller, GST_STATE_PAUSED);
      until_us = g_get_monotonic_time () + g_test_rand_int_range (0, 6000);
      while (test_wait_step (until_us))
        ;
      stop (caller);
    }
}

/* --- after the end --- */

static void
test_again_after_eos (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  Ends ends = new_ends (test_signaling_get_uri (signaling), transport, TRUE,
                        "fakesrc num-buffers=20 sizetype=fixed sizemax=1000 filltype=zero");
  static const GstState back[] = { GST_STATE_NULL, GST_STATE_READY };

  for (guint i = 0; i < G_N_ELEMENTS (back); i++)
    {
      ends.receiver->n_eos = ends.sender->n_eos = 0;
      end_set_state (ends.receiver, GST_STATE_PLAYING);
      end_set_state (ends.sender, GST_STATE_PLAYING);
      end_wait_eos (ends.receiver);
      end_wait_eos (ends.sender);
      g_assert_cmpint (ends.receiver->n_taken, ==, 20 * (gint)(i + 1));
      end_expect_no_error (ends.receiver);
      end_expect_no_error (ends.sender);
      end_set_state (ends.sender, GST_STATE_PAUSED);
      end_set_state (ends.receiver, GST_STATE_PAUSED);
      end_set_state (ends.sender, back[i]);
      end_set_state (ends.receiver, back[i]);
    }
  free_ends (&ends);
}

/* --- where threads wait --- */

typedef enum
{
  NOTHING,
  NO_NETWORK, /* the cable is cut */
  NO_SERVER,
  N_MISHAPS
} Mishap;

static GstPadProbeReturn
on_block (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_PAD_PROBE_OK;
}

/* Downstream takes nothing more. */
static void
block_out (End *end)
{
  g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (end->pipeline), "out");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (out, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER, on_block, NULL,
                     NULL);
}

static GstPadProbeReturn
on_gauge (GstPad *pad, GstPadProbeInfo *info, gpointer count)
{
  g_atomic_int_inc ((gint *)count);
  return GST_PAD_PROBE_OK;
}

/* Until nothing passes any more: the sender's thread waits for room in the window. */
static void
wait_until_full (End *sender, gint *count)
{
  gint before = -1;

  while (g_atomic_int_get (count) != before || before == 0)
    {
      gint64 until_us = test_wait_deadline (200);

      before = g_atomic_int_get (count);
      while (test_wait_step (until_us))
        ;
    }
}

static void
check_blocked (const gchar *transport, Mishap mishap, gboolean sender_first)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  g_autoptr (TestRelay) relay = test_relay_new (&(TestRelayConfig){ 0 });
  g_autoptr (TestDetour) detour = test_detour_new (test_signaling_get_port (signaling), relay);
  Ends ends = new_ends (test_detour_get_uri (detour), transport, TRUE, FLOOD);
  g_autoptr (GstElement) gauge = gst_bin_get_by_name (GST_BIN (ends.sender->pipeline), "gauge");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (gauge, "sink");
  gint count = 0;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_gauge, &count, NULL);
  check_flow (&ends);
  block_out (ends.receiver);
  wait_until_full (ends.sender, &count);
  if (mishap == NO_NETWORK)
    test_relay_set_loss (relay, 100);
  else if (mishap == NO_SERVER)
    test_signaling_stop (signaling);

  stop (sender_first ? ends.sender : ends.receiver);
  stop (sender_first ? ends.receiver : ends.sender);
  free_ends (&ends);
}

static void
test_blocked (const gchar *transport)
{
  for (Mishap mishap = NOTHING; mishap < N_MISHAPS; mishap++)
    for (guint sender_first = 0; sender_first < 2; sender_first++)
      {
        g_test_message ("mishap %u, %s first", mishap, sender_first ? "sender" : "receiver");
        check_blocked (transport, mishap, sender_first);
      }
}

/* A sender without a receiver waits in its first buffer. */
static void
test_no_receiver (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);

  for (guint caller = 0; caller < 2; caller++)
    {
      Ends ends = new_ends (test_signaling_get_uri (signaling), transport, caller, FLOOD);

      end_set_state (ends.sender, GST_STATE_PLAYING);
      if (!caller)
        end_expect_info (ends.sender, "Waiting to be called*");
      else
        end_wait_state (ends.sender, GST_P2P_PEER_SIGNALING);
      stop (ends.sender);
      free_ends (&ends);
    }
}

/* One end leaves, by going to NULL; the other hears of it at once.
 * @signaled: the signaling server is there to say so, too */
static void
check_goodbye (const gchar *transport, const gchar *framing, gboolean signaled,
               gboolean sender_calls, gboolean sender_leaves)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  Ends ends = new_ends (test_signaling_get_uri (signaling), transport, sender_calls, ENDS_ENDLESS);
  End *other = sender_leaves ? ends.receiver : ends.sender;

  gst_util_set_object_arg (G_OBJECT (ends.sender->p2p), "framing", framing);
  check_flow (&ends);
  if (!signaled)
    g_clear_pointer (&signaling, test_signaling_free);
  stop (sender_leaves ? ends.sender : ends.receiver);
  end_wait_disconnected (other, 1);
  g_assert_cmpstr (other->reason, ==, "bye");
  if (sender_leaves)
    end_wait_eos (other);
  if (sender_leaves)
    end_expect_error (other, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE,
                      "The sender left before the stream ended", ENDS_SOON_MS);
  else if (sender_calls)
    end_expect_error (other, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE,
                      "The receiver left before the stream ended", ENDS_SOON_MS);
  else
    end_expect_no_error (other);
  free_ends (&ends);
}

static void
test_goodbye (const gchar *transport)
{
  for (guint i = 0; i < 8; i++)
    check_goodbye (transport, i & 4 ? "raw" : "frames", TRUE, i & 1, (i & 2) != 0);
}

/* Nothing but the peer's own goodbye tells of the end. */
static void
test_goodbye_unsignaled (const gchar *transport)
{
  for (guint i = 0; i < 8; i++)
    check_goodbye (transport, i & 4 ? "raw" : "frames", FALSE, i & 1, (i & 2) != 0);
}

int
main (int argc, char **argv)
{
  ends_init (&argc, &argv);
  if (argc > 1)
    n_steps = (guint)CLAMP (atoi (argv[1]), 1, 100000);
  ends_add ("walk-sender-calls", test_walk_sender_calls);
  ends_add ("walk-receiver-calls", test_walk_receiver_calls);
  ends_add ("stop-while-binding", test_stop_while_binding);
  ends_add ("again-after-eos", test_again_after_eos);
  ends_add ("blocked", test_blocked);
  ends_add ("no-receiver", test_no_receiver);
  ends_add ("goodbye", test_goodbye);
  ends_add ("goodbye-unsignaled", test_goodbye_unsignaled);
  return g_test_run ();
}
