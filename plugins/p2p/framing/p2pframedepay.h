/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * p2pframedepay: makes buffers, caps and events of the messages of one channel of a transport.
 *
 *                ┌─────────── p2pframedepay ──────────┐
 *   messages ──► │ sink                           src │ ─────► media
 *                │                              reply │ ─────► messages back: ACK, UPSTREAM
 *                └────────────────────────────────────┘
 *
 * What reply is linked to may block: media does not wait for it, and an EOS only for half a second.
 * When this element goes to READY it must return (be stopped, or flushing).
 *
 * One buffer on sink is one message. Flow returns of what is linked to src mean:
 *
 *   OK          taken, and acknowledged soon
 *   EOS         no more is wanted: the rest is acknowledged and dropped
 *   NOT_LINKED  nobody listens now: acknowledged and dropped
 *   FLUSHING    dropped quietly, not acknowledged by itself
 *   errors      returned to the transport; NOT_NEGOTIATED is posted as well, since nobody else does
 *
 * EOS on sink without an EOS object (frames) means that the sender left before the end of the
 * stream, unless it closed the channel in order (messagepad.h), which only with raw is taken for
 * granted: an element message "GstP2pFrameDepayTruncated" is posted, then EOS goes downstream. With
 * is-live, data waits for the element's PLAYING, since the mapping of time is fixed by the first
 * buffer.
 */
#pragma once

#include "plugins/p2p/framing/base.h"
#include "plugins/p2p/framing/timeline.h"

G_BEGIN_DECLS

#define GST_P2P_FRAME_DEPAY_DEFAULT_LATENCY_MS 200

#define GST_P2P_FRAME_DEPAY_TRUNCATED "GstP2pFrameDepayTruncated"

#define GST_TYPE_P2P_FRAME_DEPAY (gst_p2p_frame_depay_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pFrameDepay, gst_p2p_frame_depay, GST, P2P_FRAME_DEPAY,
                      GstP2pFramingBase)

GST_ELEMENT_REGISTER_DECLARE (p2pframedepay);

/* What came: flags; none yet, 0. */
typedef enum
{
  GST_P2P_FRAME_DEPAY_BYTES = 1 << 0, /* as of a file */
  GST_P2P_FRAME_DEPAY_MEDIA = 1 << 1  /* has times */
} GstP2pFrameDepayKinds;

/* Any thread. */
GstP2pFrameDepayKinds gst_p2p_frame_depay_get_kinds (GstElement *depay);
/* Whether EOS went, or is going, downstream for lack of a sender. */
gboolean gst_p2p_frame_depay_is_truncated (GstElement *depay);

G_END_DECLS
