/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * p2pframepay: buffers, caps and events to messages for one channel of a transport.
 *
 *                ┌──────────── p2pframepay ───────────┐
 *   media ─────► │ sink                           src │ ─────► messages
 *                │                              reply │ ◄───── messages back: ACK, UPSTREAM
 *                └────────────────────────────────────┘
 *
 * What src and reply are linked to must let go (be stopped, or flushing) when this goes to READY: a
 * push that is under way is waited for. GstBin warns about circles: make one of the links of the
 * reply pads past a bin's wall, with gst_pad_link_full() and GST_PAD_LINK_CHECK_NOTHING.
 *
 * One buffer on src is one message; those that must arrive carry GST_BUFFER_FLAG_NON_DROPPABLE. The
 * fragments of one object are pushed as a list. Link src and reply first: sticky events that come
 * through sink are sent at once. EOS is not forwarded; instead, exactly one element message
 * "GstP2pFramePayEos" is posted, when the receiver has acknowledged it (raw: when all was pushed).
 */
#pragma once

#include "plugins/p2p/framing/base.h"

G_BEGIN_DECLS

#define GST_P2P_FRAME_PAY_DEFAULT_MAX_IN_FLIGHT (4 * 1024 * 1024)

#define GST_P2P_FRAME_PAY_EOS "GstP2pFramePayEos"

#define GST_TYPE_P2P_FRAME_PAY (gst_p2p_frame_pay_get_type ())
G_DECLARE_FINAL_TYPE (GstP2pFramePay, gst_p2p_frame_pay, GST, P2P_FRAME_PAY, GstP2pFramingBase)

GST_ELEMENT_REGISTER_DECLARE (p2pframepay);

G_END_DECLS
