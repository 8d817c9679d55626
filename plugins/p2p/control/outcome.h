/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outcome: what the end of a connection means for the element that it belonged to. A function of
 * facts, without state; any thread.
 */
#pragma once

#include "plugins/p2p/control/settings.h"

G_BEGIN_DECLS

/**
 * GstP2pOutcomeFacts: how a connection ended.
 * @directions: of the element
 * @caller: whether this end called; then the element has this peer or none
 * @keeps_listening: whether the element takes the next sender
 * @was_open: whether the connection ever was
 * @refused: whether the remote wanted to send what this end does not take
 * @error: (nullable): borrowed; %NULL: one of the two ended it in an orderly way
 * @n_sending, @n_receiving: channels that there were
 * @sent, @received: whether the streams of all of them came to their ends
 * @truncated: whether one that was received had none, but the sender left
 */
typedef struct
{
  GstP2pDirection directions;
  gboolean caller;
  gboolean keeps_listening;
  gboolean was_open;
  gboolean refused;
  const GError *error;
  guint n_sending, n_receiving;
  gboolean sent, received;
  gboolean truncated;
} GstP2pOutcomeFacts;

typedef enum
{
  GST_P2P_OUTCOME_GO_ON,  /* nothing: the element waits for others */
  GST_P2P_OUTCOME_WARN,   /* likewise, but the user should know */
  GST_P2P_OUTCOME_SERVED, /* a receiver has everything */
  GST_P2P_OUTCOME_DONE,   /* the stream ends here */
  GST_P2P_OUTCOME_BREAK,  /* the stream breaks off here; see farewell.h for what is said then */
  GST_P2P_OUTCOME_FAIL    /* the element cannot do its job any more */
} GstP2pOutcome;

/**
 * gst_p2p_outcome_judge:
 * @error: (out): a sentence for the user, with WARN and FAIL; else %NULL
 */
GstP2pOutcome gst_p2p_outcome_judge (const GstP2pOutcomeFacts *facts, GError **error);

G_END_DECLS
