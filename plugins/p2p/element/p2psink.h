/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * p2psink: the element that sends; see basebin.
 */
#pragma once

#include "plugins/p2p/element/basebin.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_SINK (gst_p2p_sink_get_type ())
GType gst_p2p_sink_get_type (void);

GST_ELEMENT_REGISTER_DECLARE (p2psink);

G_END_DECLS
