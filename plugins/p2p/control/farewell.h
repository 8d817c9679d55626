/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * farewell: what is said when a sender has left before its streams ended. First everything that had
 * come, and an EOS behind it, reach the sinks downstream, so that files are whole. Then comes one
 * error or warning; after it an application may stop. It comes before the sinks' own EOS messages,
 * after which gst-launch-1.0 would listen no more.
 *
 *   idle ─ take_truncated() ─► waiting for sinks ─ all have their EOS, or the time is over ─► said
 *
 * Control thread, unless said otherwise.
 */
#pragma once

#include <gst/gst.h>

#include "plugins/p2p/base/loop.h"
#include "plugins/p2p/control/settings.h"
#include "plugins/p2p/framing/p2pframedepay.h"

G_BEGIN_DECLS

typedef struct _GstP2pFarewell GstP2pFarewell;

/* The sentence for a sender that said goodbye. */
#define GST_P2P_TRUNCATED "The sender left before the stream ended"

/* Says it: as an error, or as a warning. Control thread, under no lock. */
typedef void (*GstP2pFarewellFunc) (const GError *error, gboolean is_error, gpointer user_data);

/* @element: outlives the farewell. */
GstP2pFarewell *gst_p2p_farewell_new (GstElement *element);
GstP2pFarewell *gst_p2p_farewell_ref (GstP2pFarewell *farewell);
void gst_p2p_farewell_unref (GstP2pFarewell *farewell);

/* start(): from now on what is truncated is said, once. @control: the control thread. stop():
 * nothing is said any more, and whoever waits goes on; any thread. */
void gst_p2p_farewell_start (GstP2pFarewell *farewell, GstP2pOnTruncated mode, GstP2pLoop *control,
                             GstP2pFarewellFunc func, gpointer user_data);
void gst_p2p_farewell_stop (GstP2pFarewell *farewell);

/* Before a connection's streams end: why they do. %NULL: the sender left. */
void gst_p2p_farewell_set_error (GstP2pFarewell *farewell, const GError *error);
/* A stream without an end of its own is about to get its EOS, as are the others of the element. On
 * the thread that pushes it. @kinds: of what came. */
void gst_p2p_farewell_take_truncated (GstP2pFarewell *farewell, GstP2pFrameDepayKinds kinds);

/* The connection is over, and something was truncated: it is said within 5 s, whatever downstream
 * does. */
void gst_p2p_farewell_expect (GstP2pFarewell *farewell, GstP2pFrameDepayKinds kinds);
/* After expect(), waits until it is said or stop() is called; else returns at once. Any thread but
 * the control thread. */
void gst_p2p_farewell_wait (GstP2pFarewell *farewell);

G_END_DECLS
