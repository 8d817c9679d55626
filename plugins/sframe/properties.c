/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * properties: see properties.h.
 */
#include "plugins/sframe/properties.h"

#include <gst/gst.h>

#include "gst/p2p/sframe/keyring.h"
#include "plugins/sframe/types.h"

#define FLAGS_READY (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)
#define FLAGS_PLAYING (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING)
#define FLAGS_SECRET (G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static void
install_format_properties (GObjectClass *klass)
{
  g_object_class_install_property (
      klass, GST_P2P_SFRAME_PROP_FORMAT,
      g_param_spec_enum ("format", "Format",
                         "What a protected frame looks like: RFC 9605, or what the browser worker "
                         "of Jitsi or LiveKit speaks",
                         GST_TYPE_P2P_SFRAME_FORMAT, GST_P2P_SFRAME_FORMAT_SFRAME, FLAGS_READY));
  g_object_class_install_property (
      klass, GST_P2P_SFRAME_PROP_CIPHER_SUITE,
      g_param_spec_enum ("cipher-suite", "Cipher suite",
                         "Registered SFrame cipher suite; jitsi has AES-128-GCM only, livekit "
                         "AES-128-GCM and AES-256-GCM",
                         GST_TYPE_P2P_SFRAME_SUITE, GST_P2P_SFRAME_SUITE_AES_128_GCM_SHA256_128,
                         FLAGS_READY));
  g_object_class_install_property (
      klass, GST_P2P_SFRAME_PROP_RATCHET_BITS,
      g_param_spec_uint ("ratchet-bits", "Ratchet bits",
                         "sframe: the bits of the key id that count ratchet steps; jitsi, livekit: "
                         "sframedec tries up to 2^bits steps ahead, 16 at most",
                         0, GST_P2P_SFRAME_RATCHET_BITS_MAX, 0, FLAGS_READY));
  g_object_class_install_property (
      klass, GST_P2P_SFRAME_PROP_PASSTHROUGH,
      g_param_spec_boolean ("passthrough", "Pass through",
                            "Let frames pass as they are, WITHOUT PROTECTION", FALSE, FLAGS_READY));
  g_object_class_install_property (
      klass, GST_P2P_SFRAME_PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics", "Counts of frames, and the key in use",
                          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
install_key_properties (GObjectClass *klass)
{
  g_object_class_install_property (
      klass, GST_P2P_SFRAME_PROP_KEY,
      g_param_spec_string ("key", "Key",
                           "Base key in hexadecimal, 16 bytes (32 digits) or more, for the id in "
                           "key-id",
                           NULL, FLAGS_SECRET));
  g_object_class_install_property (
      klass, GST_P2P_SFRAME_PROP_PASSPHRASE,
      g_param_spec_string ("passphrase", "Passphrase",
                           "Instead of a key, for the id in key-id (format livekit)", NULL,
                           FLAGS_SECRET));
  g_object_class_install_property (
      klass, GST_P2P_SFRAME_PROP_KEY_FILE,
      g_param_spec_string ("key-file", "Key file",
                           "File that holds the key in hexadecimal, read at NULL to READY", NULL,
                           FLAGS_READY));
  g_object_class_install_property (
      klass, GST_P2P_SFRAME_PROP_KEY_ID,
      g_param_spec_uint64 ("key-id", "Key id",
                           "sframeenc: id of the key to seal with; sframedec: id that key, "
                           "passphrase or key-file is for",
                           0, G_MAXUINT64, 0, FLAGS_PLAYING));
  g_object_class_install_property (
      klass, GST_P2P_SFRAME_PROP_KEYRING,
      g_param_spec_object ("keyring", "Key ring",
                           "Keys by id, to be shared: read it from one element and set it on "
                           "another; the element's own otherwise",
                           GST_TYPE_P2P_SFRAME_KEYRING, FLAGS_READY));
  g_object_class_install_property (
      klass, GST_P2P_SFRAME_PROP_KEYRING_CONTEXT,
      g_param_spec_string ("keyring-context", "Key ring context",
                           "Share the key ring in a GstContext of this name with other elements of "
                           "the pipeline",
                           NULL, FLAGS_READY));
}

void
gst_p2p_sframe_properties_install (GObjectClass *klass)
{
  install_format_properties (klass);
  install_key_properties (klass);
}
