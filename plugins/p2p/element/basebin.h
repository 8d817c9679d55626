/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * basebin: an abstract bin with what p2psrc, p2psink and p2pbin have in common, which is nearly
 * everything. The subclasses say in which directions streams go.
 */
#pragma once

#include <gst/gst.h>

#include "plugins/p2p/control/settings.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_BASE_BIN (gst_p2p_base_bin_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstP2pBaseBin, gst_p2p_base_bin, GST, P2P_BASE_BIN, GstBin)

/**
 * GstP2pBaseBinClass:
 * @directions: const after class_init; set by gst_p2p_base_bin_class_set_directions()
 */
struct _GstP2pBaseBinClass
{
  GstBinClass parent_class;

  GstP2pDirection directions;
};

/* Called in a subclass's class_init: adds pad templates, and the properties of @directions. */
void gst_p2p_base_bin_class_set_directions (GstP2pBaseBinClass *klass, GstP2pDirection directions);

/* For uri: a URI without its query. Any thread. */
gboolean gst_p2p_base_bin_set_uri (GstP2pBaseBin *self, const gchar *uri, GError **error);
gchar *gst_p2p_base_bin_get_uri (GstP2pBaseBin *self); /* nullable */

G_END_DECLS
