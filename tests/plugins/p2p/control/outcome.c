/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the end of a connection means: every kind of element, every kind of end. */
#include <string.h>

#include "gst/p2p/base/error.h"
#include "plugins/p2p/control/outcome.h"

#define SEND GST_P2P_DIRECTION_SEND
#define RECEIVE GST_P2P_DIRECTION_RECEIVE
#define BOTH (SEND | RECEIVE)

typedef struct
{
  const gchar *what;
  GstP2pDirection directions;
  /* c: called out, k: keeps listening, o: was open, r: refused, e: with an error, t: truncated */
  const gchar *how;
  /* channels, and whether they are at their ends */
  guint n;
  gboolean finished;
  GstP2pOutcome outcome;
  GstP2pError code; /* of a failure that is not the connection's own error */
} Case;

/* The connection's own error. */
#define OWN GST_P2P_ERROR_NO_PATH

static const Case cases[] = {
  { "was called, nothing came of it", RECEIVE, "e", 0, TRUE, GST_P2P_OUTCOME_WARN, OWN },
  { "was called, hung up before", RECEIVE, "", 0, TRUE, GST_P2P_OUTCOME_GO_ON, 0 },
  { "called, nothing came of it", RECEIVE, "ce", 0, TRUE, GST_P2P_OUTCOME_FAIL, OWN },
  { "got everything", RECEIVE, "o", 2, TRUE, GST_P2P_OUTCOME_DONE, 0 },
  { "got everything, then an error", RECEIVE, "oe", 2, TRUE, GST_P2P_OUTCOME_DONE, 0 },
  { "an error in the middle", RECEIVE, "oet", 2, FALSE, GST_P2P_OUTCOME_BREAK, 0 },
  { "hung up in the middle", RECEIVE, "ot", 2, FALSE, GST_P2P_OUTCOME_BREAK, 0 },
  { "hung up, and what came was taken", RECEIVE, "ot", 2, TRUE, GST_P2P_OUTCOME_BREAK, 0 },
  { "left without a word", RECEIVE, "o", 0, TRUE, GST_P2P_OUTCOME_FAIL, GST_P2P_ERROR_LOST },
  { "an error without a word", RECEIVE, "oe", 0, TRUE, GST_P2P_OUTCOME_FAIL, OWN },
  { "keeps listening after a stream", RECEIVE, "ko", 1, TRUE, GST_P2P_OUTCOME_GO_ON, 0 },
  { "keeps listening after an error", RECEIVE, "ckoet", 1, FALSE, GST_P2P_OUTCOME_WARN, OWN },
  { "keeps listening after a part", RECEIVE, "kot", 1, TRUE, GST_P2P_OUTCOME_WARN,
    GST_P2P_ERROR_TRUNCATED },
  { "keeps listening after nothing", RECEIVE, "cko", 0, TRUE, GST_P2P_OUTCOME_GO_ON, 0 },

  { "a receiver has everything", SEND, "o", 1, TRUE, GST_P2P_OUTCOME_SERVED, 0 },
  { "the called one has everything", SEND, "co", 1, TRUE, GST_P2P_OUTCOME_SERVED, 0 },
  { "everything, then an error", SEND, "coe", 1, TRUE, GST_P2P_OUTCOME_SERVED, 0 },
  { "a viewer left", SEND, "o", 1, FALSE, GST_P2P_OUTCOME_GO_ON, 0 },
  { "a viewer was lost", SEND, "oe", 1, FALSE, GST_P2P_OUTCOME_WARN, OWN },
  { "a viewer was not reached", SEND, "e", 0, TRUE, GST_P2P_OUTCOME_WARN, OWN },
  { "the called one left", SEND, "co", 1, FALSE, GST_P2P_OUTCOME_FAIL, GST_P2P_ERROR_LOST },
  { "the called one was lost", SEND, "coe", 1, FALSE, GST_P2P_OUTCOME_FAIL, OWN },
  { "the called one sends, too", SEND, "cor", 1, FALSE, GST_P2P_OUTCOME_FAIL,
    GST_P2P_ERROR_FAILED },
  { "a caller sends, too", SEND, "or", 1, FALSE, GST_P2P_OUTCOME_GO_ON, 0 },

  { "a call ends", BOTH, "o", 1, TRUE, GST_P2P_OUTCOME_DONE, 0 },
  { "a call is hung up", BOTH, "ot", 1, FALSE, GST_P2P_OUTCOME_BREAK, 0 },
  { "a caller's call ends", BOTH, "co", 1, TRUE, GST_P2P_OUTCOME_DONE, 0 },
  { "a call is lost", BOTH, "oet", 1, FALSE, GST_P2P_OUTCOME_BREAK, 0 },
  { "nobody took the call", BOTH, "ce", 0, TRUE, GST_P2P_OUTCOME_FAIL, OWN },
  { "a call that came to nothing", BOTH, "e", 0, TRUE, GST_P2P_OUTCOME_WARN, OWN },
  { "the next caller, please", BOTH, "ko", 1, TRUE, GST_P2P_OUTCOME_GO_ON, 0 },
};

static gboolean
has (const Case *test, gchar fact)
{
  return strchr (test->how, fact) != NULL;
}

static void
test_ending (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (GError) own = g_error_new_literal (GST_P2P_ERROR, OWN, "No way through");
  g_autoptr (GError) error = NULL;
  GstP2pOutcomeFacts ending = {
    .directions = test->directions,
    .caller = has (test, 'c'),
    .keeps_listening = has (test, 'k'),
    .was_open = has (test, 'o'),
    .refused = has (test, 'r'),
    .error = has (test, 'e') ? own : NULL,
    .n_sending = test->directions & SEND ? test->n : 0,
    .n_receiving = test->directions & RECEIVE ? test->n : 0,
    .sent = test->finished || !(test->directions & SEND),
    .received = test->finished || !(test->directions & RECEIVE),
    .truncated = has (test, 't'),
  };

  g_assert_cmpint (gst_p2p_outcome_judge (&ending, &error), ==, test->outcome);
  if (test->outcome == GST_P2P_OUTCOME_WARN || test->outcome == GST_P2P_OUTCOME_FAIL)
    g_assert_error (error, GST_P2P_ERROR, (gint)test->code);
  else
    g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree gchar *path
          = g_strdup_printf ("/control/outcome/%u %s", cases[i].directions, cases[i].what);

      g_test_add_data_func (path, &cases[i], test_ending);
    }
  return g_test_run ();
}
