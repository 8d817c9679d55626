/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state machine of a connection, with a clock and a network that the test makes up. */
#include "gst/p2p/link/peer.h"

#include <string.h>

#include "gst/p2p/base/error.h"

#define SECOND G_USEC_PER_SEC
#define PWD "x9cml/YzichV2+XlhiMu8g"
#define FP_TAIL                                                                                    \
  ":DF:3E:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:01:02:03:04:05:06:07:08:09:0A:0B:0C:AB"
#define FP_LOCAL "01" FP_TAIL
#define FP_REMOTE "02" FP_TAIL
#define FP_OTHER "03" FP_TAIL

typedef struct
{
  GstP2pPeer *peer;
  gint64 now;
  GstP2pDescription *local;
  GstP2pDescription *remote;
} Fixture;

static void
set_up (Fixture *fixture, GstP2pRole role, const gchar *pinned)
{
  const GstP2pDescriptionLimits limits = { .max_message_size = 65536 };

  fixture->peer = gst_p2p_peer_new (&(GstP2pPeerConfig){
      .role = role, .pinned_fingerprint = pinned, .connect_timeout_us = 20 * SECOND });
  fixture->now = 1000;
  fixture->local = gst_p2p_description_new ("loca", PWD, FP_LOCAL, 5000, &limits, NULL, NULL);
  fixture->remote = gst_p2p_description_new ("remo", PWD, FP_REMOTE, 5000, &limits, NULL, NULL);
}

static void
tear_down (Fixture *fixture)
{
  gst_p2p_peer_free (fixture->peer);
  gst_p2p_description_unref (fixture->local);
  gst_p2p_description_unref (fixture->remote);
}

static void
feed_text (Fixture *fixture, GstP2pPeerEventType type, const gchar *text)
{
  gst_p2p_peer_feed (fixture->peer, &(GstP2pPeerEvent){ .type = type, .text = text }, fixture->now);
}

static void
feed (Fixture *fixture, GstP2pPeerEventType type)
{
  feed_text (fixture, type, NULL);
}

static void
feed_description (Fixture *fixture, GstP2pPeerEventType type, GstP2pDescription *description)
{
  gst_p2p_peer_feed (fixture->peer, &(GstP2pPeerEvent){ .type = type, .description = description },
                     fixture->now);
}

static void
expect_text (Fixture *fixture, GstP2pPeerActionType type, const gchar *text)
{
  g_autoptr (GstP2pPeerAction) action = gst_p2p_peer_next_action (fixture->peer);

  g_assert_nonnull (action);
  g_assert_cmpint (action->type, ==, type);
  if (text)
    g_assert_cmpstr (action->text, ==, text);
}

static void
expect (Fixture *fixture, GstP2pPeerActionType type)
{
  expect_text (fixture, type, NULL);
}

static void
expect_nothing (Fixture *fixture)
{
  g_assert_null (gst_p2p_peer_next_action (fixture->peer));
}

static void
expect_closed (Fixture *fixture, const gchar *reason, gint code)
{
  g_assert_cmpint (gst_p2p_peer_get_state (fixture->peer), ==, GST_P2P_PEER_CLOSED);
  g_assert_cmpstr (gst_p2p_peer_get_reason (fixture->peer), ==, reason);
  if (code >= 0)
    g_assert_error (gst_p2p_peer_get_error (fixture->peer), GST_P2P_ERROR, code);
  else
    g_assert_no_error (gst_p2p_peer_get_error (fixture->peer));
  g_assert_cmpint (gst_p2p_peer_get_deadline (fixture->peer), ==, -1);
}

/* As far as both descriptions being known, with all actions taken. */
static void
reach_ice (Fixture *fixture)
{
  g_autoptr (GstP2pPeerAction) action = NULL;

  feed (fixture, GST_P2P_PEER_EVENT_START);
  feed_description (fixture, GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION, fixture->local);
  feed_description (fixture, GST_P2P_PEER_EVENT_REMOTE_DESCRIPTION, fixture->remote);
  while ((action = gst_p2p_peer_next_action (fixture->peer)))
    gst_p2p_peer_action_free (action);
  g_assert_cmpint (gst_p2p_peer_get_state (fixture->peer), ==, GST_P2P_PEER_ICE);
}

static void
reach_open (Fixture *fixture)
{
  reach_ice (fixture);
  feed (fixture, GST_P2P_PEER_EVENT_ICE_CONNECTED);
  expect (fixture, GST_P2P_PEER_ACTION_START_DTLS);
  feed_text (fixture, GST_P2P_PEER_EVENT_DTLS_CONNECTED, FP_REMOTE);
  expect (fixture, GST_P2P_PEER_ACTION_START_SCTP);
  feed (fixture, GST_P2P_PEER_EVENT_SCTP_ESTABLISHED);
  expect (fixture, GST_P2P_PEER_ACTION_OPEN);
  expect_nothing (fixture);
  g_assert_cmpint (gst_p2p_peer_get_state (fixture->peer), ==, GST_P2P_PEER_OPEN);
}

static void
test_initiator (void)
{
  Fixture fixture;

  set_up (&fixture, GST_P2P_ROLE_INITIATOR, NULL);
  g_assert_cmpint (gst_p2p_peer_get_state (fixture.peer), ==, GST_P2P_PEER_NEW);
  g_assert_cmpint (gst_p2p_peer_get_deadline (fixture.peer), ==, -1);
  feed (&fixture, GST_P2P_PEER_EVENT_START);
  expect (&fixture, GST_P2P_PEER_ACTION_START_TRANSPORT);
  g_assert_cmpint (gst_p2p_peer_get_deadline (fixture.peer), ==, fixture.now + 20 * SECOND);

  feed_text (&fixture, GST_P2P_PEER_EVENT_LOCAL_CANDIDATE, "candidate:1"); /* early */
  expect_nothing (&fixture);
  feed_description (&fixture, GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION, fixture.local);
  expect (&fixture, GST_P2P_PEER_ACTION_SEND_DESCRIPTION);
  expect_text (&fixture, GST_P2P_PEER_ACTION_SEND_CANDIDATE, "candidate:1");
  feed_text (&fixture, GST_P2P_PEER_EVENT_LOCAL_CANDIDATE, "");
  expect_text (&fixture, GST_P2P_PEER_ACTION_SEND_CANDIDATE, "");

  feed_text (&fixture, GST_P2P_PEER_EVENT_REMOTE_CANDIDATE, "candidate:2"); /* early */
  expect_nothing (&fixture);
  feed_description (&fixture, GST_P2P_PEER_EVENT_REMOTE_DESCRIPTION, fixture.remote);
  expect (&fixture, GST_P2P_PEER_ACTION_SET_REMOTE_DESCRIPTION);
  expect_text (&fixture, GST_P2P_PEER_ACTION_ADD_REMOTE_CANDIDATE, "candidate:2");
  feed_text (&fixture, GST_P2P_PEER_EVENT_REMOTE_CANDIDATE, "");
  expect_text (&fixture, GST_P2P_PEER_ACTION_ADD_REMOTE_CANDIDATE, "");
  expect_nothing (&fixture);
  tear_down (&fixture);
}

static void
test_open_and_bye (void)
{
  Fixture fixture;

  set_up (&fixture, GST_P2P_ROLE_ACCEPTOR, FP_REMOTE);
  reach_open (&fixture);
  g_assert_cmpint (gst_p2p_peer_get_deadline (fixture.peer), ==, -1);
  feed_text (&fixture, GST_P2P_PEER_EVENT_REMOTE_BYE, "bye");
  expect (&fixture, GST_P2P_PEER_ACTION_CLOSE); /* and no bye back */
  expect_nothing (&fixture);
  expect_closed (&fixture, "bye", -1);
  feed (&fixture, GST_P2P_PEER_EVENT_ICE_CONNECTED); /* too late for anything */
  expect_nothing (&fixture);
  tear_down (&fixture);
}

/* The server's end of the handshake can be done before it hears that ICE is connected, and nothing
 * that comes early may skip the comparison of fingerprints. */
static void
test_out_of_order (void)
{
  Fixture fixture;

  set_up (&fixture, GST_P2P_ROLE_ACCEPTOR, NULL);
  reach_ice (&fixture);
  feed (&fixture, GST_P2P_PEER_EVENT_SCTP_ESTABLISHED);
  expect_nothing (&fixture);
  g_assert_cmpint (gst_p2p_peer_get_state (fixture.peer), ==, GST_P2P_PEER_ICE);
  feed_text (&fixture, GST_P2P_PEER_EVENT_DTLS_CONNECTED, FP_REMOTE);
  expect_nothing (&fixture);
  feed (&fixture, GST_P2P_PEER_EVENT_ICE_CONNECTED);
  expect (&fixture, GST_P2P_PEER_ACTION_START_DTLS);
  expect (&fixture, GST_P2P_PEER_ACTION_START_SCTP);
  expect (&fixture, GST_P2P_PEER_ACTION_OPEN);
  tear_down (&fixture);
}

static void
test_wrong_certificate (void)
{
  const gchar *seen[] = { FP_OTHER, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    {
      Fixture fixture;

      set_up (&fixture, GST_P2P_ROLE_INITIATOR, NULL);
      reach_ice (&fixture);
      feed (&fixture, GST_P2P_PEER_EVENT_ICE_CONNECTED);
      expect (&fixture, GST_P2P_PEER_ACTION_START_DTLS);
      feed_text (&fixture, GST_P2P_PEER_EVENT_DTLS_CONNECTED, seen[i]);
      expect_text (&fixture, GST_P2P_PEER_ACTION_SEND_BYE, "fingerprint-mismatch");
      expect (&fixture, GST_P2P_PEER_ACTION_CLOSE);
      expect_nothing (&fixture);
      expect_closed (&fixture, "fingerprint-mismatch", GST_P2P_ERROR_FINGERPRINT);
      tear_down (&fixture);
    }
}

static void
test_pinned (void)
{
  Fixture fixture;

  set_up (&fixture, GST_P2P_ROLE_INITIATOR, FP_OTHER);
  feed (&fixture, GST_P2P_PEER_EVENT_START);
  expect (&fixture, GST_P2P_PEER_ACTION_START_TRANSPORT);
  feed_description (&fixture, GST_P2P_PEER_EVENT_REMOTE_DESCRIPTION, fixture.remote);
  expect_text (&fixture, GST_P2P_PEER_ACTION_SEND_BYE, "fingerprint-mismatch");
  expect (&fixture, GST_P2P_PEER_ACTION_CLOSE);
  expect_closed (&fixture, "fingerprint-mismatch", GST_P2P_ERROR_FINGERPRINT);
  tear_down (&fixture);
}

static void
test_timeouts (void)
{
  static const struct
  {
    guint n_events;
    gint code;
  } cases[] = { { 0, GST_P2P_ERROR_TIMEOUT },
                { 2, GST_P2P_ERROR_NO_PATH },
                { 3, GST_P2P_ERROR_TIMEOUT },
                { 4, GST_P2P_ERROR_TIMEOUT } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fixture;

      set_up (&fixture, GST_P2P_ROLE_ACCEPTOR, NULL);
      feed (&fixture, GST_P2P_PEER_EVENT_START);
      if (cases[i].n_events > 0)
        feed_description (&fixture, GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION, fixture.local);
      if (cases[i].n_events > 1)
        feed_description (&fixture, GST_P2P_PEER_EVENT_REMOTE_DESCRIPTION, fixture.remote);
      if (cases[i].n_events > 2)
        feed (&fixture, GST_P2P_PEER_EVENT_ICE_CONNECTED);
      if (cases[i].n_events > 3)
        feed_text (&fixture, GST_P2P_PEER_EVENT_DTLS_CONNECTED, FP_REMOTE);

      fixture.now = gst_p2p_peer_get_deadline (fixture.peer) - 1;
      feed (&fixture, GST_P2P_PEER_EVENT_TIMER);
      g_assert_cmpint (gst_p2p_peer_get_state (fixture.peer), !=, GST_P2P_PEER_CLOSED);
      fixture.now++;
      feed (&fixture, GST_P2P_PEER_EVENT_TIMER);
      expect_closed (&fixture, "timeout", cases[i].code);
      tear_down (&fixture);
    }
}

/* Nobody is bound under the id yet: the call and its candidates go out again, later and later. */
static void
test_unreachable (void)
{
  Fixture fixture;
  gint64 first, second;

  set_up (&fixture, GST_P2P_ROLE_INITIATOR, NULL);
  feed (&fixture, GST_P2P_PEER_EVENT_START);
  expect (&fixture, GST_P2P_PEER_ACTION_START_TRANSPORT);
  feed_description (&fixture, GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION, fixture.local);
  feed_text (&fixture, GST_P2P_PEER_EVENT_LOCAL_CANDIDATE, "candidate:1");
  expect (&fixture, GST_P2P_PEER_ACTION_SEND_DESCRIPTION);
  expect (&fixture, GST_P2P_PEER_ACTION_SEND_CANDIDATE);

  feed_text (&fixture, GST_P2P_PEER_EVENT_UNREACHABLE, "Nobody is there");
  feed_text (&fixture, GST_P2P_PEER_EVENT_UNREACHABLE, "Nobody is there"); /* for the candidate */
  first = gst_p2p_peer_get_deadline (fixture.peer) - fixture.now;
  feed_text (&fixture, GST_P2P_PEER_EVENT_LOCAL_CANDIDATE, "candidate:2");
  expect_nothing (&fixture);

  fixture.now += first;
  feed (&fixture, GST_P2P_PEER_EVENT_TIMER);
  expect (&fixture, GST_P2P_PEER_ACTION_SEND_DESCRIPTION);
  expect_text (&fixture, GST_P2P_PEER_ACTION_SEND_CANDIDATE, "candidate:1");
  expect_text (&fixture, GST_P2P_PEER_ACTION_SEND_CANDIDATE, "candidate:2");
  expect_nothing (&fixture);

  feed_text (&fixture, GST_P2P_PEER_EVENT_UNREACHABLE, "Nobody is there");
  second = gst_p2p_peer_get_deadline (fixture.peer) - fixture.now;
  g_assert_cmpint (second, ==, 2 * first);

  fixture.now = 1000 + 20 * SECOND;
  feed (&fixture, GST_P2P_PEER_EVENT_TIMER);
  expect_closed (&fixture, "timeout", GST_P2P_ERROR_NOT_FOUND);
  tear_down (&fixture);
}

/* FAILED is final only after the remote's last candidate. */
static void
test_ice_failed (void)
{
  Fixture fixture;

  set_up (&fixture, GST_P2P_ROLE_INITIATOR, NULL);
  reach_ice (&fixture);
  feed_text (&fixture, GST_P2P_PEER_EVENT_ICE_FAILED, "host");
  g_assert_cmpint (gst_p2p_peer_get_state (fixture.peer), ==, GST_P2P_PEER_ICE);
  feed_text (&fixture, GST_P2P_PEER_EVENT_REMOTE_CANDIDATE, "");
  feed_text (&fixture, GST_P2P_PEER_EVENT_ICE_FAILED, "host");
  expect_closed (&fixture, "no-path", GST_P2P_ERROR_NO_PATH);
  tear_down (&fixture);
}

static void
test_consent_lost (void)
{
  Fixture fixture;

  set_up (&fixture, GST_P2P_ROLE_INITIATOR, NULL);
  reach_open (&fixture);
  feed_text (&fixture, GST_P2P_PEER_EVENT_ICE_FAILED, "consent");
  expect (&fixture, GST_P2P_PEER_ACTION_CLOSE);
  expect_closed (&fixture, "lost", GST_P2P_ERROR_LOST);
  tear_down (&fixture);
}

static void
test_refusals (void)
{
  static const struct
  {
    const gchar *reason;
    gint code;
  } cases[] = { { "busy", GST_P2P_ERROR_BUSY },
                { "rejected", GST_P2P_ERROR_UNAUTHORIZED },
                { "fingerprint-mismatch", GST_P2P_ERROR_FINGERPRINT },
                { "whatever", GST_P2P_ERROR_FAILED } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fixture;

      set_up (&fixture, GST_P2P_ROLE_INITIATOR, NULL);
      feed (&fixture, GST_P2P_PEER_EVENT_START);
      feed_description (&fixture, GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION, fixture.local);
      feed_text (&fixture, GST_P2P_PEER_EVENT_REMOTE_BYE, cases[i].reason);
      expect_closed (&fixture, cases[i].reason, cases[i].code);
      tear_down (&fixture);
    }
}

/* What is more than that is ignored: an honest host may have many addresses. */
static void
test_candidate_flood (void)
{
  Fixture fixture;
  GstP2pPeerAction *action;
  guint n_candidates = 0, n_ends = 0;

  set_up (&fixture, GST_P2P_ROLE_ACCEPTOR, NULL);
  feed (&fixture, GST_P2P_PEER_EVENT_START);
  for (guint i = 0; i < 200; i++)
    feed_text (&fixture, GST_P2P_PEER_EVENT_REMOTE_CANDIDATE, "candidate:1");
  for (guint i = 0; i < 200; i++)
    feed_text (&fixture, GST_P2P_PEER_EVENT_REMOTE_CANDIDATE, "");
  feed_description (&fixture, GST_P2P_PEER_EVENT_LOCAL_DESCRIPTION, fixture.local);
  feed_description (&fixture, GST_P2P_PEER_EVENT_REMOTE_DESCRIPTION, fixture.remote);
  while ((action = gst_p2p_peer_next_action (fixture.peer)))
    {
      gboolean adds = action->type == GST_P2P_PEER_ACTION_ADD_REMOTE_CANDIDATE;

      n_candidates += adds && *action->text;
      n_ends += adds && !*action->text;
      gst_p2p_peer_action_free (action);
    }
  g_assert_cmpuint (n_candidates, ==, 100);
  g_assert_cmpuint (n_ends, ==, 1);
  tear_down (&fixture);
}

/* Any sequence of events keeps the ratchet: the state never shrinks, OPEN is never reached without
 * the right certificate, CLOSE comes once and last. */
static void
test_random_events (void)
{
  const gchar *texts[] = { FP_REMOTE, FP_OTHER, "", "candidate:1", "busy" };

  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (GRand) random = g_rand_new_with_seed (round);
      Fixture fixture;
      guint n_close = 0, n_open = 0;
      gboolean right = FALSE;
      GstP2pPeerState last = GST_P2P_PEER_NEW;

      set_up (&fixture, g_rand_boolean (random), NULL);
      for (guint i = 0; i < 30; i++)
        {
          GstP2pPeerEvent event
              = { .type = g_rand_int_range (random, 0, GST_P2P_PEER_EVENT_TIMER + 1),
                  .text = texts[g_rand_int_range (random, 0, G_N_ELEMENTS (texts))],
                  .description = g_rand_boolean (random) ? fixture.remote : fixture.local };
          g_autoptr (GError) error = g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_FAILED, "x");
          GstP2pPeerAction *action;

          event.error = error;
          if (event.type == GST_P2P_PEER_EVENT_DTLS_CONNECTED)
            right |= event.text == texts[0];
          gst_p2p_peer_feed (fixture.peer, &event, fixture.now += 100);
          g_assert_cmpint (gst_p2p_peer_get_state (fixture.peer), >=, last);
          last = gst_p2p_peer_get_state (fixture.peer);
          while ((action = gst_p2p_peer_next_action (fixture.peer)))
            {
              g_assert_cmpuint (n_close, ==, 0);
              n_close += action->type == GST_P2P_PEER_ACTION_CLOSE;
              n_open += action->type == GST_P2P_PEER_ACTION_OPEN;
              gst_p2p_peer_action_free (action);
            }
        }
      g_assert_cmpuint (n_close, ==, last == GST_P2P_PEER_CLOSED);
      g_assert_true (n_open == 0 || (n_open == 1 && right));
      tear_down (&fixture);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/initiator", test_initiator);
  g_test_add_func ("/peer/open-and-bye", test_open_and_bye);
  g_test_add_func ("/peer/out-of-order", test_out_of_order);
  g_test_add_func ("/peer/wrong-certificate", test_wrong_certificate);
  g_test_add_func ("/peer/pinned", test_pinned);
  g_test_add_func ("/peer/timeouts", test_timeouts);
  g_test_add_func ("/peer/unreachable", test_unreachable);
  g_test_add_func ("/peer/ice-failed", test_ice_failed);
  g_test_add_func ("/peer/consent-lost", test_consent_lost);
  g_test_add_func ("/peer/refusals", test_refusals);
  g_test_add_func ("/peer/candidate-flood", test_candidate_flood);
  g_test_add_func ("/peer/random-events", test_random_events);
  return g_test_run ();
}
