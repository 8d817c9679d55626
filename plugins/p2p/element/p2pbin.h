/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * p2pbin: the element that sends and receives; see basebin.
 */
#pragma once

#include "plugins/p2p/element/basebin.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_BIN (gst_p2p_bin_get_type ())
GType gst_p2p_bin_get_type (void);

GST_ELEMENT_REGISTER_DECLARE (p2pbin);

G_END_DECLS
