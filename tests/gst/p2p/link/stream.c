/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state machine of a stream: what each kind of peer does, and every order of facts. */
#include "gst/p2p/link/stream.h"

#include <string.h>

#include "tests/common/watchdog.h"

#define SECOND G_USEC_PER_SEC
#define START 1000
#define FOREVER (START + 1000 * SECOND)

#define BIT(number) (1u << (number))
#define FACT(name) BIT (GST_P2P_STREAM_FACT_##name)
#define ACTION(name) BIT (GST_P2P_STREAM_ACTION_##name)

/* --- one after the other --- */

typedef struct
{
  GstP2pStream stream;
  gint64 now;
} Fixture;

static const Fixture unused = { .now = START };

static void
feed (Fixture *fixture, GstP2pStreamFact fact)
{
  gst_p2p_stream_feed (&fixture->stream, fact, fixture->now);
}

/* Takes an action, which has to be this one. */
static void
expect (Fixture *fixture, GstP2pStreamAction action)
{
  g_assert_cmpint (gst_p2p_stream_next_action (&fixture->stream), ==, action);
}

static void
expect_nothing (Fixture *fixture)
{
  expect (fixture, GST_P2P_STREAM_ACTION_NONE);
}

static void
feed_quietly (Fixture *fixture, GstP2pStreamFact fact)
{
  feed (fixture, fact);
  expect_nothing (fixture);
}

static void
expect_states (Fixture *fixture, GstP2pStreamState outgoing, GstP2pStreamState incoming)
{
  g_assert_cmpint (gst_p2p_stream_get_outgoing (&fixture->stream), ==, outgoing);
  g_assert_cmpint (gst_p2p_stream_get_incoming (&fixture->stream), ==, incoming);
}

/* The timer fires when it should, and not before. */
static void
wait_for_deadline (Fixture *fixture, gint64 wanted)
{
  gint64 deadline = gst_p2p_stream_get_deadline (&fixture->stream);

  g_assert_cmpint (deadline, ==, wanted);
  fixture->now = deadline - 1;
  feed_quietly (fixture, GST_P2P_STREAM_FACT_TIMER);
  fixture->now = deadline;
  feed (fixture, GST_P2P_STREAM_FACT_TIMER);
}

static void
expect_no_deadline (Fixture *fixture)
{
  g_assert_cmpint (gst_p2p_stream_get_deadline (&fixture->stream), ==, -1);
}

/* Open, closed here, and our reset requested. */
static void
reach_reset (Fixture *fixture)
{
  *fixture = unused;
  feed_quietly (fixture, GST_P2P_STREAM_FACT_OPENED);
  feed (fixture, GST_P2P_STREAM_FACT_CLOSE);
  expect (fixture, GST_P2P_STREAM_ACTION_FINISH);
  expect_nothing (fixture);
  feed (fixture, GST_P2P_STREAM_FACT_SENT);
  expect (fixture, GST_P2P_STREAM_ACTION_RESET);
  expect_nothing (fixture);
  expect_states (fixture, GST_P2P_STREAM_ENDING, GST_P2P_STREAM_OPEN);
}

/* From there, with the peer's reset, to the end. */
static void
expect_report (Fixture *fixture)
{
  feed (fixture, GST_P2P_STREAM_FACT_PEER_RESET);
  expect (fixture, GST_P2P_STREAM_ACTION_END);
  expect_nothing (fixture);
  feed (fixture, GST_P2P_STREAM_FACT_DELIVERED);
  g_assert_false (gst_p2p_stream_is_free (&fixture->stream));
  expect (fixture, GST_P2P_STREAM_ACTION_REPORT);
  expect_nothing (fixture);
  expect_states (fixture, GST_P2P_STREAM_OVER, GST_P2P_STREAM_OVER);
  expect_no_deadline (fixture);
  g_assert_true (gst_p2p_stream_is_free (&fixture->stream));
}

static void
test_close (void)
{
  Fixture fixture;

  reach_reset (&fixture);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_CONFIRMED);
  expect_states (&fixture, GST_P2P_STREAM_OVER, GST_P2P_STREAM_OPEN);
  expect_report (&fixture);
}

/* The peer's answer overtakes the confirmation. */
static void
test_close_crossed (void)
{
  Fixture fixture;

  reach_reset (&fixture);
  feed (&fixture, GST_P2P_STREAM_FACT_PEER_RESET);
  expect (&fixture, GST_P2P_STREAM_ACTION_END);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_DELIVERED);
  expect_states (&fixture, GST_P2P_STREAM_ENDING, GST_P2P_STREAM_OVER);
  feed (&fixture, GST_P2P_STREAM_FACT_CONFIRMED);
  expect (&fixture, GST_P2P_STREAM_ACTION_REPORT);
  expect_nothing (&fixture);
}

/* The peer closes first, in mid-stream for both: what it did not send yet it throws away, as
 * libwebrtc does, and does not want what we still have. What came is delivered, what was taken is
 * sent, and only then is its reset answered. */
static void
test_cut (void)
{
  static const GstP2pStreamFact orders[][2]
      = { { GST_P2P_STREAM_FACT_SENT, GST_P2P_STREAM_FACT_DELIVERED },
          { GST_P2P_STREAM_FACT_DELIVERED, GST_P2P_STREAM_FACT_SENT } };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      Fixture fixture = unused;

      feed_quietly (&fixture, GST_P2P_STREAM_FACT_OPENED);
      g_assert_false (gst_p2p_stream_discards (&fixture.stream));
      feed (&fixture, GST_P2P_STREAM_FACT_PEER_RESET);
      expect (&fixture, GST_P2P_STREAM_ACTION_END);
      expect (&fixture, GST_P2P_STREAM_ACTION_FINISH);
      g_assert_true (gst_p2p_stream_discards (&fixture.stream));
      expect_states (&fixture, GST_P2P_STREAM_ENDING, GST_P2P_STREAM_ENDING);
      feed_quietly (&fixture, orders[i][0]);
      feed (&fixture, orders[i][1]);
      expect (&fixture, GST_P2P_STREAM_ACTION_RESET);
      expect_nothing (&fixture);
      feed_quietly (&fixture, GST_P2P_STREAM_FACT_CLOSE); /* now we want it too */
      feed (&fixture, GST_P2P_STREAM_FACT_CONFIRMED);
      expect (&fixture, GST_P2P_STREAM_ACTION_REPORT);
      expect_nothing (&fixture);
    }
}

/* RFC 6525 lets a peer answer "in progress", after which the request is repeated as it is. dcSCTP
 * finds nothing to do in the repetition. */
static void
test_nothing_to_do (void)
{
  Fixture fixture;

  reach_reset (&fixture);
  for (guint i = 0; i < 3; i++)
    {
      gint64 begin = fixture.now;

      feed_quietly (&fixture, GST_P2P_STREAM_FACT_IGNORED);
      fixture.now++;
      feed_quietly (&fixture, GST_P2P_STREAM_FACT_IGNORED); /* of the same request */
      wait_for_deadline (&fixture, begin + SECOND / 10);
      expect (&fixture, GST_P2P_STREAM_ACTION_RESET);
      expect_nothing (&fixture);
      expect_states (&fixture, GST_P2P_STREAM_ENDING, GST_P2P_STREAM_OPEN);
      expect_no_deadline (&fixture);
    }
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_CONFIRMED);
  expect_report (&fixture);
}

/* It performs the reset all the same, and resets its own side, before it is asked again. */
static void
test_nothing_to_do_late (void)
{
  Fixture fixture;

  reach_reset (&fixture);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_IGNORED);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_CONFIRMED);
  fixture.now += SECOND / 10;
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_TIMER);
  expect_report (&fixture);
}

/* A peer that never finds anything to do is not asked for ever. */
static void
test_nothing_to_do_ever (void)
{
  Fixture fixture;
  guint n = 1;

  reach_reset (&fixture);
  for (;;)
    {
      feed (&fixture, GST_P2P_STREAM_FACT_IGNORED);
      if (gst_p2p_stream_get_outgoing (&fixture.stream) == GST_P2P_STREAM_OVER)
        break;
      wait_for_deadline (&fixture, fixture.now + SECOND / 10);
      expect (&fixture, GST_P2P_STREAM_ACTION_RESET);
      n++;
    }
  g_assert_cmpuint (n, ==, 10);
  expect_nothing (&fixture);
  expect_report (&fixture);
}

/* An answer to what was not asked is none: it is late, and about the life before. */
static void
test_nothing_asked (void)
{
  Fixture fixture = unused;

  feed_quietly (&fixture, GST_P2P_STREAM_FACT_OPENED);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_IGNORED);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_CONFIRMED);
  expect_states (&fixture, GST_P2P_STREAM_OPEN, GST_P2P_STREAM_OPEN);
  expect_no_deadline (&fixture);
}

/* One that never resets its own side, as webrtc-rs 0.21. */
static void
test_silent_peer (void)
{
  Fixture fixture;
  gint64 begin;

  reach_reset (&fixture);
  fixture.now += 20 * SECOND; /* our data took that long: no reason to give up */
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_TIMER);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_CONFIRMED);
  begin = fixture.now++;
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_CONFIRMED);
  g_assert_false (gst_p2p_stream_discards (&fixture.stream));
  wait_for_deadline (&fixture, begin + 2 * SECOND);
  g_assert_true (gst_p2p_stream_discards (&fixture.stream));
  expect (&fixture, GST_P2P_STREAM_ACTION_END);
  expect_nothing (&fixture);
  expect_no_deadline (&fixture);
  feed (&fixture, GST_P2P_STREAM_FACT_DELIVERED);
  expect (&fixture, GST_P2P_STREAM_ACTION_REPORT);
  expect_nothing (&fixture);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_PEER_RESET); /* after all */
}

/* One that is known to reset its side when its application has everything may take its time. */
static void
test_slow_peer (void)
{
  Fixture fixture;

  reach_reset (&fixture);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_ANSWERS);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_CONFIRMED);
  expect_no_deadline (&fixture);
  fixture.now += 1000 * SECOND;
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_TIMER);
  expect_report (&fixture);
}

/* Nobody waits for the end of a stream that was refused, and it is not forgotten before the peer
 * knows. */
static void
test_refused (void)
{
  Fixture fixture = unused;

  feed (&fixture, GST_P2P_STREAM_FACT_DATA);
  expect (&fixture, GST_P2P_STREAM_ACTION_ANNOUNCE);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_CLOSE);
  feed (&fixture, GST_P2P_STREAM_FACT_REFUSED);
  expect (&fixture, GST_P2P_STREAM_ACTION_FINISH);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_DATA);
  g_assert_true (gst_p2p_stream_discards (&fixture.stream));
  feed (&fixture, GST_P2P_STREAM_FACT_SENT);
  expect (&fixture, GST_P2P_STREAM_ACTION_RESET);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_CONFIRMED);
  expect_no_deadline (&fixture);
  g_assert_false (gst_p2p_stream_is_free (&fixture.stream));
  feed (&fixture, GST_P2P_STREAM_FACT_PEER_RESET);
  g_assert_false (gst_p2p_stream_is_free (&fixture.stream));
  expect (&fixture, GST_P2P_STREAM_ACTION_REPORT);
  expect_nothing (&fixture);
  g_assert_true (gst_p2p_stream_is_free (&fixture.stream));
}

/* The peer has come and gone before it is decided here what becomes of its stream. */
static void
test_undecided (void)
{
  for (guint i = 0; i < 2; i++)
    {
      Fixture fixture = unused;

      feed (&fixture, GST_P2P_STREAM_FACT_DATA);
      expect (&fixture, GST_P2P_STREAM_ACTION_ANNOUNCE);
      feed_quietly (&fixture, GST_P2P_STREAM_FACT_PEER_RESET);
      g_assert_false (gst_p2p_stream_is_free (&fixture.stream));
      feed (&fixture, i ? GST_P2P_STREAM_FACT_OPENED : GST_P2P_STREAM_FACT_REFUSED);
      if (i)
        expect (&fixture, GST_P2P_STREAM_ACTION_END);
      expect (&fixture, GST_P2P_STREAM_ACTION_FINISH);
      if (i)
        feed_quietly (&fixture, GST_P2P_STREAM_FACT_DELIVERED);
      feed (&fixture, GST_P2P_STREAM_FACT_SENT);
      expect (&fixture, GST_P2P_STREAM_ACTION_RESET);
      expect_nothing (&fixture);
    }
}

/* One that nobody heard of is nobody's. */
static void
test_unknown (void)
{
  Fixture fixture = unused;

  g_assert_false (gst_p2p_stream_is_free (&fixture.stream));
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_PEER_RESET);
  g_assert_true (gst_p2p_stream_is_free (&fixture.stream));
}

/* The channel is given up while it closes. */
static void
test_abandoned (void)
{
  Fixture fixture;

  reach_reset (&fixture);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_REFUSED);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_CONFIRMED);
  expect_no_deadline (&fixture);
  feed (&fixture, GST_P2P_STREAM_FACT_PEER_RESET);
  expect (&fixture, GST_P2P_STREAM_ACTION_REPORT);
  g_assert_true (gst_p2p_stream_is_free (&fixture.stream));
}

/* The peer uses the stream anew, and its confirmation comes later or never. */
static void
test_reused (void)
{
  static const GstP2pStreamFact messages[]
      = { GST_P2P_STREAM_FACT_DCEP, GST_P2P_STREAM_FACT_DATA, GST_P2P_STREAM_FACT_REUSED };

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      Fixture fixture = unused;

      feed_quietly (&fixture, GST_P2P_STREAM_FACT_OPENED);
      feed_quietly (&fixture, messages[i]); /* its first life */
      feed (&fixture, GST_P2P_STREAM_FACT_PEER_RESET);
      expect (&fixture, GST_P2P_STREAM_ACTION_END);
      expect (&fixture, GST_P2P_STREAM_ACTION_FINISH);
      feed_quietly (&fixture, messages[i]); /* too early to be right */
      expect_states (&fixture, GST_P2P_STREAM_ENDING, GST_P2P_STREAM_ENDING);
      feed_quietly (&fixture, GST_P2P_STREAM_FACT_DELIVERED);
      feed (&fixture, GST_P2P_STREAM_FACT_SENT);
      expect (&fixture, GST_P2P_STREAM_ACTION_RESET);
      feed (&fixture, messages[i]);
      expect (&fixture, GST_P2P_STREAM_ACTION_REPORT);
      g_assert_true (gst_p2p_stream_is_free (&fixture.stream));
    }
}

/* The association is over: EOS follows what came, and nothing is asked of it any more. Whether the
 * peer had everything is not for the stream to say. */
static void
test_association_over (void)
{
  Fixture fixture = unused;

  feed_quietly (&fixture, GST_P2P_STREAM_FACT_OPENED);
  feed (&fixture, GST_P2P_STREAM_FACT_GONE);
  expect (&fixture, GST_P2P_STREAM_ACTION_END);
  expect_nothing (&fixture);
  expect_no_deadline (&fixture);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_SENT);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_CLOSE);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_DELIVERED);
  expect_states (&fixture, GST_P2P_STREAM_ENDING, GST_P2P_STREAM_OVER);
}

/* The peer had confirmed our reset, and ended the association instead of resetting its side. */
static void
test_association_over_late (void)
{
  Fixture fixture;

  reach_reset (&fixture);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_CONFIRMED);
  feed (&fixture, GST_P2P_STREAM_FACT_GONE);
  expect (&fixture, GST_P2P_STREAM_ACTION_END);
  expect_nothing (&fixture);
  expect_no_deadline (&fixture);
  feed (&fixture, GST_P2P_STREAM_FACT_DELIVERED);
  expect (&fixture, GST_P2P_STREAM_ACTION_REPORT);
  expect_nothing (&fixture);
}

/* Our request waits to be made again, and is not. */
static void
test_association_over_asking (void)
{
  Fixture fixture;

  reach_reset (&fixture);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_IGNORED);
  feed (&fixture, GST_P2P_STREAM_FACT_GONE);
  expect (&fixture, GST_P2P_STREAM_ACTION_END);
  expect_no_deadline (&fixture);
  fixture.now += SECOND;
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_TIMER);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_IGNORED);
  expect_no_deadline (&fixture);
}

/* --- opening --- */

static void
test_ack (void)
{
  static const GstP2pStreamFact begins[]
      = { GST_P2P_STREAM_FACT_EARLY, GST_P2P_STREAM_FACT_ACCEPTED };

  for (guint i = 0; i < 2; i++)
    {
      Fixture fixture = unused;

      feed_quietly (&fixture, GST_P2P_STREAM_FACT_OPENED);
      feed_quietly (&fixture, GST_P2P_STREAM_FACT_DATA); /* the peer's, before or without an ACK */
      feed (&fixture, begins[i]);
      expect (&fixture, GST_P2P_STREAM_ACTION_START);
      feed_quietly (&fixture, begins[1 - i]);
      feed_quietly (&fixture, GST_P2P_STREAM_FACT_ACCEPTED); /* a second ACK */
      g_assert_true (gst_p2p_stream_has (&fixture.stream, GST_P2P_STREAM_FACT_ACCEPTED));
    }
}

/* An unordered channel's data can come before its OPEN, and an OPEN can come twice. */
static void
test_late_open (void)
{
  Fixture fixture = unused;

  feed (&fixture, GST_P2P_STREAM_FACT_DATA);
  expect (&fixture, GST_P2P_STREAM_ACTION_ANNOUNCE);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_DATA);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_DCEP);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_DCEP);

  fixture = unused;
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_DCEP);
  feed_quietly (&fixture, GST_P2P_STREAM_FACT_DATA);
}

/* --- every order --- */

/* A stream, and what a bystander knows of it. */
typedef struct
{
  GstP2pStream stream;
  guint fed;   /* 1 << GstP2pStreamFact */
  guint taken; /* 1 << GstP2pStreamAction */
  guint n_ignored;
  guint n_resets;
} Node;

static guint
node_hash (gconstpointer data)
{
  const guint *words = data;
  guint hash = 5381;

  for (guint i = 0; i < sizeof (Node) / sizeof (guint); i++)
    hash = hash * 33 + words[i];
  return hash;
}

static gboolean
node_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Node)) == 0;
}

static gboolean
has (const Node *node, guint facts)
{
  return (node->fed & facts) != 0;
}

/* Our direction. */
static gboolean
is_over (const Node *node)
{
  return has (node, FACT (CONFIRMED)) || node->n_ignored >= 10;
}

/* Whether @action is to be done, in the words of the RFCs. @ended: the peer's direction is. */
static gboolean
is_wanted (const Node *node, GstP2pStreamAction action, gboolean ended)
{
  gboolean decided = has (node, FACT (OPENED) | FACT (REFUSED));
  gboolean closing = has (node, FACT (CLOSE) | FACT (PEER_RESET)) && !has (node, FACT (GONE));

  switch (action)
    {
    case GST_P2P_STREAM_ACTION_START:
      return has (node, FACT (OPENED)) && has (node, FACT (EARLY) | FACT (ACCEPTED));
    case GST_P2P_STREAM_ACTION_END:
      return ended && has (node, FACT (OPENED)) && !has (node, FACT (REFUSED));
    case GST_P2P_STREAM_ACTION_FINISH:
      return closing && decided && !is_over (node);
    case GST_P2P_STREAM_ACTION_RESET:
      return closing && decided && !is_over (node) && has (node, FACT (SENT))
             && (!has (node, FACT (PEER_RESET)) || has (node, FACT (DELIVERED) | FACT (REFUSED)));
    case GST_P2P_STREAM_ACTION_REPORT:
      return is_over (node) && ended
             && (has (node, FACT (REFUSED))
                 || (has (node, FACT (OPENED)) && has (node, FACT (DELIVERED))));
    default:
      return FALSE;
    }
}

/* What is wanted for sure must be due, or done. */
static void
check_nothing_forgotten (const Node *node)
{
  gboolean ended = has (node, FACT (PEER_RESET) | FACT (SILENT) | FACT (GONE));

  for (guint action = 0; action <= GST_P2P_STREAM_ACTION_REPORT; action++)
    if (is_wanted (node, action, ended))
      g_assert_true ((node->stream.due | node->taken) & BIT (action));
}

/* What becomes due must be wanted; or it is the one thing that is said once, or asked again. */
static void
check_nothing_early (const Node *before, const Node *after)
{
  guint due = after->stream.due & ~before->stream.due;
  gboolean ended = has (after, FACT (PEER_RESET) | FACT (SILENT) | FACT (GONE) | FACT (TIMER));

  for (guint action = 0; action <= GST_P2P_STREAM_ACTION_REPORT; action++)
    if (!(due & BIT (action)))
      continue;
    else if (action == GST_P2P_STREAM_ACTION_ANNOUNCE)
      g_assert_true (has (after, FACT (DATA))
                     && !has (before, FACT (OPENED) | FACT (REFUSED) | FACT (DCEP) | FACT (DATA)
                                          | FACT (PEER_RESET)));
    else
      g_assert_true (is_wanted (after, action, ended)
                     || (action == GST_P2P_STREAM_ACTION_RESET && after->n_ignored > 0
                         && !has (after, FACT (GONE))));
}

/* Forgotten is what was reported, and what nobody here ever heard of. */
static void
check_free (const Node *node)
{
  gboolean known
      = has (node, FACT (OPENED) | FACT (REFUSED) | FACT (CLOSE) | FACT (DCEP) | FACT (DATA));
  gboolean ended = has (node, FACT (PEER_RESET) | FACT (SILENT) | FACT (GONE));

  g_assert_cmpint (gst_p2p_stream_is_free (&node->stream) != FALSE, ==,
                   (node->taken & ACTION (REPORT)) || (ended && !known));
}

static void
check_fed (const Node *before, const Node *after)
{
  g_assert_cmpint (gst_p2p_stream_get_outgoing (&after->stream), >=,
                   gst_p2p_stream_get_outgoing (&before->stream));
  g_assert_cmpint (gst_p2p_stream_get_incoming (&after->stream), >=,
                   gst_p2p_stream_get_incoming (&before->stream));
  g_assert_cmpuint (before->stream.due & ~after->stream.due, ==, 0);
  g_assert_true (!gst_p2p_stream_discards (&before->stream)
                 || gst_p2p_stream_discards (&after->stream));
  check_nothing_forgotten (after);
  check_nothing_early (before, after);
  check_free (after);
}

/* The clock stands still but for TIMER, which comes after every deadline: nothing else asks for it,
 * and the walk is finite. */
static Node
feed_node (const Node *before, GstP2pStreamFact fact)
{
  Node after = *before;
  gboolean waits = gst_p2p_stream_get_deadline (&before->stream) >= 0;

  if (fact == GST_P2P_STREAM_FACT_IGNORED)
    after.n_ignored += gst_p2p_stream_get_outgoing (&before->stream) == GST_P2P_STREAM_ENDING
                       && !has (before, FACT (GONE)) && before->n_resets > before->n_ignored;
  else if (fact == GST_P2P_STREAM_FACT_CONFIRMED)
    after.fed |= before->n_resets > 0 ? FACT (CONFIRMED) : 0;
  else if (fact != GST_P2P_STREAM_FACT_TIMER || waits)
    after.fed |= BIT (fact);
  if ((fact == GST_P2P_STREAM_FACT_DATA || fact == GST_P2P_STREAM_FACT_DCEP
       || fact == GST_P2P_STREAM_FACT_REUSED)
      && has (before, FACT (PEER_RESET)) && before->n_resets > 0)
    after.fed |= FACT (CONFIRMED);
  gst_p2p_stream_feed (&after.stream, fact, fact == GST_P2P_STREAM_FACT_TIMER ? FOREVER : START);
  if (fact == GST_P2P_STREAM_FACT_TIMER)
    g_assert_cmpint (gst_p2p_stream_get_deadline (&after.stream), ==, -1);
  if (fact == GST_P2P_STREAM_FACT_TIMER && has (before, FACT (ANSWERS)))
    g_assert_cmpint (gst_p2p_stream_has (&after.stream, GST_P2P_STREAM_FACT_SILENT), ==,
                     gst_p2p_stream_has (&before->stream, GST_P2P_STREAM_FACT_SILENT));
  check_fed (before, &after);
  return after;
}

static Node
take_node (const Node *before)
{
  Node after = *before;
  GstP2pStreamAction action = gst_p2p_stream_next_action (&after.stream);

  g_assert_true (before->stream.due & BIT (action));
  g_assert_cmpuint (after.stream.due, ==, before->stream.due & ~BIT (action));
  after.n_resets += action == GST_P2P_STREAM_ACTION_RESET;
  g_assert_true (
      !(before->taken & BIT (action))
      || (action == GST_P2P_STREAM_ACTION_RESET && after.n_resets <= 1 + after.n_ignored));
  after.taken |= BIT (action);
  check_free (&after);
  return after;
}

/* A place in the walk that is seen for the first time is where it goes on. */
static void
visit (GHashTable *seen, GQueue *ahead, const Node *node)
{
  Node *copy;

  if (g_hash_table_contains (seen, node))
    return;
  copy = g_memdup2 (node, sizeof *node);
  g_hash_table_add (seen, copy);
  g_queue_push_tail (ahead, copy);
}

/* Every fact of @facts in every order, as often as it likes, with the actions taken at any time
 * between: all that a stream can ever be. */
static void
walk (guint facts, guint max_ignored)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (node_hash, node_equal, g_free, NULL);
  GQueue ahead = G_QUEUE_INIT;
  Node first;
  const Node *node;
  guint n_over = 0;

  memset (&first, 0, sizeof first);
  visit (seen, &ahead, &first);
  while ((node = g_queue_pop_head (&ahead)))
    {
      n_over += (node->taken & ACTION (REPORT)) != 0;
      if (node->stream.due)
        {
          Node next = take_node (node);

          visit (seen, &ahead, &next);
        }
      if (gst_p2p_stream_is_free (&node->stream))
        continue; /* the owner has forgotten it */
      for (guint fact = 0; fact <= GST_P2P_STREAM_FACT_TIMER; fact++)
        if (facts & BIT (fact)
            && (fact != GST_P2P_STREAM_FACT_IGNORED || node->n_ignored < max_ignored))
          {
            Node next = feed_node (node, fact);

            visit (seen, &ahead, &next);
          }
    }
  g_test_message ("%u places, %u of them behind the end", g_hash_table_size (seen), n_over);
  g_assert_cmpuint (n_over, >, 0);
}

static void
test_every_end (void)
{
  walk (FACT (OPENED) | FACT (REFUSED) | FACT (CLOSE) | FACT (PEER_RESET) | FACT (CONFIRMED)
            | FACT (IGNORED) | FACT (ANSWERS) | FACT (GONE) | FACT (SENT) | FACT (DELIVERED)
            | FACT (TIMER),
        12);
}

static void
test_every_order (void)
{
  walk (BIT (GST_P2P_STREAM_FACT_TIMER + 1) - 1, 1);
}

int
main (int argc, char **argv)
{
  test_watchdog_start (120);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/close", test_close);
  g_test_add_func ("/stream/close-crossed", test_close_crossed);
  g_test_add_func ("/stream/cut", test_cut);
  g_test_add_func ("/stream/nothing-to-do", test_nothing_to_do);
  g_test_add_func ("/stream/nothing-to-do-late", test_nothing_to_do_late);
  g_test_add_func ("/stream/nothing-to-do-ever", test_nothing_to_do_ever);
  g_test_add_func ("/stream/nothing-asked", test_nothing_asked);
  g_test_add_func ("/stream/silent-peer", test_silent_peer);
  g_test_add_func ("/stream/slow-peer", test_slow_peer);
  g_test_add_func ("/stream/refused", test_refused);
  g_test_add_func ("/stream/undecided", test_undecided);
  g_test_add_func ("/stream/unknown", test_unknown);
  g_test_add_func ("/stream/abandoned", test_abandoned);
  g_test_add_func ("/stream/reused", test_reused);
  g_test_add_func ("/stream/association-over", test_association_over);
  g_test_add_func ("/stream/association-over/late", test_association_over_late);
  g_test_add_func ("/stream/association-over/asking", test_association_over_asking);
  g_test_add_func ("/stream/ack", test_ack);
  g_test_add_func ("/stream/late-open", test_late_open);
  g_test_add_func ("/stream/every-end", test_every_end);
  g_test_add_func ("/stream/every-order", test_every_order);
  return g_test_run ();
}
