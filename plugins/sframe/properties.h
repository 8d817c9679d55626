/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * properties: what sframeenc and sframedec both have as GObject properties.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

enum
{
  GST_P2P_SFRAME_PROP_FORMAT = 1,
  GST_P2P_SFRAME_PROP_CIPHER_SUITE,
  GST_P2P_SFRAME_PROP_KEY,
  GST_P2P_SFRAME_PROP_PASSPHRASE,
  GST_P2P_SFRAME_PROP_KEY_FILE,
  GST_P2P_SFRAME_PROP_KEY_ID,
  GST_P2P_SFRAME_PROP_KEYRING,
  GST_P2P_SFRAME_PROP_KEYRING_CONTEXT,
  GST_P2P_SFRAME_PROP_RATCHET_BITS,
  GST_P2P_SFRAME_PROP_PASSTHROUGH,
  GST_P2P_SFRAME_PROP_STATS,
};

/* Installs them under these ids. */
void gst_p2p_sframe_properties_install (GObjectClass *klass);

G_END_DECLS
