/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * properties: the settings as GObject properties of p2psrc, p2psink and p2pbin.
 */
#pragma once

#include <gst/gst.h>

#include "plugins/p2p/control/settings.h"

G_BEGIN_DECLS

/* Installs the properties of every element (@directions 0), or those of a direction alone. */
void gst_p2p_properties_install (GObjectClass *klass, GstP2pDirection directions);
/* FALSE if @id is no setting's. The caller holds the object lock. */
gboolean gst_p2p_properties_set (GstP2pSettings *settings, guint id, const GValue *value);
gboolean gst_p2p_properties_get (const GstP2pSettings *settings, guint id, GValue *value);
/* Property ids from here on are free for the element's own properties. */
#define GST_P2P_PROPERTIES_LAST 64

G_END_DECLS
