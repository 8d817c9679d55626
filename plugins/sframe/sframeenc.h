/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sframeenc: seals each frame, end to end.
 */
#pragma once

#include "plugins/sframe/base.h"

G_BEGIN_DECLS

#define GST_TYPE_SFRAME_ENC (gst_sframe_enc_get_type ())
G_DECLARE_FINAL_TYPE (GstSframeEnc, gst_sframe_enc, GST, SFRAME_ENC, GstP2pSframeBase)

/* The custom downstream event that switches to the key of its field "key-id", a guint64. */
#define GST_P2P_SFRAME_KEY_EVENT "gst-p2p-sframe-key"

GST_ELEMENT_REGISTER_DECLARE (sframeenc);

G_END_DECLS
