/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outcome: see outcome.h.
 */
#include "plugins/p2p/control/outcome.h"

#include "gst/p2p/base/error.h"
#include "plugins/p2p/control/channels.h"
#include "plugins/p2p/control/farewell.h"

static GstP2pOutcome
go_on (const GstP2pOutcomeFacts *facts, GError **error)
{
  if (!facts->error && !facts->truncated)
    return GST_P2P_OUTCOME_GO_ON;
  if (facts->error)
    g_propagate_error (error, g_error_copy (facts->error));
  else
    g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_TRUNCATED, GST_P2P_TRUNCATED);
  return GST_P2P_OUTCOME_WARN;
}

static GstP2pOutcome
fail (const GstP2pOutcomeFacts *facts, GError **error)
{
  g_propagate_error (error, g_error_copy (facts->error));
  return GST_P2P_OUTCOME_FAIL;
}

static GstP2pOutcome
fail_literal (GstP2pError code, const gchar *sentence, GError **error)
{
  g_set_error_literal (error, GST_P2P_ERROR, code, sentence);
  return GST_P2P_OUTCOME_FAIL;
}

/* An element that is called, and whose caller failed to connect, can be called by another. */
static gboolean
waits_for_another (const GstP2pOutcomeFacts *facts)
{
  return facts->keeps_listening || (!facts->was_open && !facts->caller);
}

static GstP2pOutcome
judge_receiver (const GstP2pOutcomeFacts *facts, GError **error)
{
  if (waits_for_another (facts))
    return go_on (facts, error);
  if (facts->n_receiving == 0)
    return facts->error ? fail (facts, error)
                        : fail_literal (GST_P2P_ERROR_LOST,
                                        "The peer left without having sent anything", error);
  return facts->truncated ? GST_P2P_OUTCOME_BREAK : GST_P2P_OUTCOME_DONE;
}

/* A sender that is called may have other receivers to serve. */
static GstP2pOutcome
judge_sender (const GstP2pOutcomeFacts *facts, GError **error)
{
  if (facts->sent && facts->n_sending > 0)
    return GST_P2P_OUTCOME_SERVED;
  if (!facts->caller)
    return go_on (facts, error);
  if (facts->error)
    return fail (facts, error);
  if (facts->refused)
    return fail_literal (GST_P2P_ERROR_FAILED, GST_P2P_NOT_TAKEN, error);
  return fail_literal (GST_P2P_ERROR_LOST, "The receiver left before the stream ended", error);
}

/* Whichever end closes a two-way connection ends the streams of both directions. */
static GstP2pOutcome
judge_both (const GstP2pOutcomeFacts *facts, GError **error)
{
  if (waits_for_another (facts))
    return go_on (facts, error);
  if (facts->truncated)
    return GST_P2P_OUTCOME_BREAK;
  return facts->error ? fail (facts, error) : GST_P2P_OUTCOME_DONE;
}

GstP2pOutcome
gst_p2p_outcome_judge (const GstP2pOutcomeFacts *facts, GError **error)
{
  if (facts->directions == GST_P2P_DIRECTION_RECEIVE)
    return judge_receiver (facts, error);
  if (facts->directions == GST_P2P_DIRECTION_SEND)
    return judge_sender (facts, error);
  return judge_both (facts, error);
}
