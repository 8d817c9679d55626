/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * returns: what comes back from the receiver of a stream: acknowledgements, which open the sender's
 * window, and upstream events.
 *
 * Embed it; for the thread that pushes into the payloader's reply pad, and state changes while that
 * is stopped. It never waits for the streaming thread.
 */
#pragma once

#include "gst/p2p/frame/reassembler.h"
#include "plugins/p2p/framing/event.h"
#include "plugins/p2p/framing/sendwindow.h"
#include "plugins/p2p/framing/upstream.h"

G_BEGIN_DECLS

/* All fields are its own. */
typedef struct
{
  GstP2pFramingSendWindow *window; /* borrowed, as is the next */
  GstP2pFramingUpstream *upstream;
  GstP2pFrameReassembler *reassembler;
  GstP2pFramingEventContext context;
  gboolean failed;
} GstP2pFramingReturns;

void gst_p2p_framing_returns_start (GstP2pFramingReturns *self, GstP2pFramingSendWindow *window,
                                    GstP2pFramingUpstream *upstream);
void gst_p2p_framing_returns_clear (GstP2pFramingReturns *self);

/* @message: hostile. @eos: set if it acknowledges EOS. FALSE with @error: it breaks the protocol;
 * FALSE without: one before it did. */
gboolean gst_p2p_framing_returns_take (GstP2pFramingReturns *self, GstBuffer *message,
                                       gboolean *eos, GError **error);

G_END_DECLS
