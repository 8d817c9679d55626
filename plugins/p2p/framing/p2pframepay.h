/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * p2pframepay: makes messages of buffers, caps and events, for one channel of a transport.
 *
 *                ┌──────────── p2pframepay ───────────┐
 *   media ─────► │ sink                           src │ ─────► messages
 *                │                              reply │ ◄───── messages back: ACK, UPSTREAM
 *                └────────────────────────────────────┘
 *
 * What src and reply are linked to must return (be stopped, or flushing) when this element goes to
 * READY, which waits for a push that is under way. GstBin warns about circles: link one of the
 * reply pads across the boundary of a bin, with gst_pad_link_full() and GST_PAD_LINK_CHECK_NOTHING.
 *
 * One buffer on src is one message; those that must arrive carry GST_BUFFER_FLAG_NON_DROPPABLE. The
 * fragments of one object are pushed as a list. Link src and reply before sink: sticky events that
 * come through sink are sent at once. EOS is not forwarded; instead, one element message
 * "GstP2pFramePayEos" is posted when the receiver has acknowledged the EOS (raw: when everything
 * was pushed).
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
