/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outcome: see outcome.h.
 */
#include "plugins/p2p/control/outcome.h"

#include "gst/p2p/base/error.h"
#include "plugins/p2p/control/channels.h"

static GstP2pOutcome
go_on (const GstP2pOutcomeFacts *ending, GError **error)
{
  if (!ending->error)
    return GST_P2P_OUTCOME_GO_ON;
  g_propagate_error (error, g_error_copy (ending->error));
  return GST_P2P_OUTCOME_WARN;
}

static GstP2pOutcome
fail (const GstP2pOutcomeFacts *ending, GError **error)
{
  g_propagate_error (error, g_error_copy (ending->error));
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
waits_for_another (const GstP2pOutcomeFacts *ending)
{
  return ending->keeps_listening || (!ending->was_open && !ending->caller);
}

static GstP2pOutcome
judge_receiver (const GstP2pOutcomeFacts *ending, GError **error)
{
  gboolean has_everything = ending->received && ending->n_receiving > 0;

  if (waits_for_another (ending))
    return go_on (ending, error);
  if (ending->error && !has_everything)
    return fail (ending, error);
  if (ending->n_receiving == 0)
    return fail_literal (GST_P2P_ERROR_LOST, "The peer left without having sent anything", error);
  return GST_P2P_OUTCOME_DONE; /* it sent everything, or closed: the stream ends here */
}

/* A sender that is called may have other receivers to serve. */
static GstP2pOutcome
judge_sender (const GstP2pOutcomeFacts *ending, GError **error)
{
  if (ending->sent && ending->n_sending > 0)
    return GST_P2P_OUTCOME_SERVED;
  if (!ending->caller)
    return go_on (ending, error);
  if (ending->error)
    return fail (ending, error);
  if (ending->refused)
    return fail_literal (GST_P2P_ERROR_FAILED, GST_P2P_NOT_TAKEN, error);
  return fail_literal (GST_P2P_ERROR_LOST, "The receiver left before the stream ended", error);
}

/* Whichever end closes a two-way connection ends the streams of both directions. */
static GstP2pOutcome
judge_both (const GstP2pOutcomeFacts *ending, GError **error)
{
  if (waits_for_another (ending))
    return go_on (ending, error);
  return ending->error ? fail (ending, error) : GST_P2P_OUTCOME_DONE;
}

GstP2pOutcome
gst_p2p_outcome_judge (const GstP2pOutcomeFacts *ending, GError **error)
{
  if (ending->directions == GST_P2P_DIRECTION_RECEIVE)
    return judge_receiver (ending, error);
  if (ending->directions == GST_P2P_DIRECTION_SEND)
    return judge_sender (ending, error);
  return judge_both (ending, error);
}
