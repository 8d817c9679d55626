/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * types: the core's enumerations as GTypes, for properties.
 */
#pragma once

#include <glib-object.h>

#include "gst/p2p/sframe/sframe.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_SFRAME_FORMAT (gst_p2p_sframe_format_get_type ())
#define GST_TYPE_P2P_SFRAME_SUITE (gst_p2p_sframe_suite_get_type ())

GType gst_p2p_sframe_format_get_type (void);
GType gst_p2p_sframe_suite_get_type (void);

/* "no-key", "bad-tag", "malformed", "replay": the reasons for a drop that users see */
const gchar *gst_p2p_sframe_verdict_get_nick (GstP2pSframeVerdict verdict);

G_END_DECLS
