/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * p2psrc: the element that receives; see basebin.
 */
#pragma once

#include "plugins/p2p/element/basebin.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_SRC (gst_p2p_src_get_type ())
GType gst_p2p_src_get_type (void);

GST_ELEMENT_REGISTER_DECLARE (p2psrc);

G_END_DECLS
