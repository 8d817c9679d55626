/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stranger: a peer without manners. Speaks signaling, ICE, DTLS and SCTP as it should, calls an
 * element or is called by one, and leaves what it then says to the test. Lives on the test's main
 * thread.
 */
#pragma once

#include "signaling/client.h"
#include "tests/plugins/p2p/transport/side.h"

G_BEGIN_DECLS

#define STRANGER_ID "evil"

typedef struct
{
  /* const */
  GstP2pRole role;
  guint n_extra_candidates;
  GstP2pSignalingClient *client;
  /* main thread */
  gchar *to; /* NULL until it is called */
  gchar *session;
  gchar *fingerprint; /* to signal instead of its own; set before the main context runs */
  gboolean is_bound;
  Side side;      /* its transport and channels */
  guint16 stream; /* of the channel that it opened last */
  gboolean is_over;
  gchar *bye; /* what the element said at the end */
} Stranger;

/* Binds STRANGER_ID and calls @to. @n_extra_candidates: more than it really has */
Stranger *
stranger_call (const gchar *uri, const gchar *transport, const gchar *to, guint n_extra_candidates);
/* Binds STRANGER_ID and answers who calls it first. Bound already when it returns. */
Stranger *stranger_answer (const gchar *uri, const gchar *transport);
void stranger_free (Stranger *stranger);

void stranger_wait_open (Stranger *stranger);
/* A DCEP OPEN for a framed channel, as it is usual, and the channel itself. */
void stranger_open (Stranger *stranger, guint16 stream);
void stranger_send_dcep (Stranger *stranger, guint16 stream, const void *data, gsize size);
void stranger_send (Stranger *stranger, guint16 stream, const void *data, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stranger, stranger_free)

G_END_DECLS
