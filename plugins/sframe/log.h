/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * log: the debug categories of the plugin; their names begin with sframe. A file that logs defines
 * GST_CAT_DEFAULT as one of them.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GST_DEBUG_CATEGORY_EXTERN (gst_p2p_sframe_debug);     /* "sframe": what both elements share */
GST_DEBUG_CATEGORY_EXTERN (gst_p2p_sframe_enc_debug); /* "sframeenc" */
GST_DEBUG_CATEGORY_EXTERN (gst_p2p_sframe_dec_debug); /* "sframedec" */

/* Makes the categories. The plugin calls it when it is loaded, and the elements' class for programs
 * that link the elements without the plugin; every call but the first does nothing. Any thread. */
void gst_p2p_sframe_log_init (void);

G_END_DECLS
