/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sframedec: opens each frame that sframeenc sealed, and drops what is not authentic.
 */
#pragma once

#include "plugins/sframe/base.h"

G_BEGIN_DECLS

#define GST_TYPE_SFRAME_DEC (gst_sframe_dec_get_type ())
G_DECLARE_FINAL_TYPE (GstSframeDec, gst_sframe_dec, GST, SFRAME_DEC, GstP2pSframeBase)

GST_ELEMENT_REGISTER_DECLARE (sframedec);

G_END_DECLS
