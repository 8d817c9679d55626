/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plugin: registers the elements of the plugin "sframe", and does nothing else.
 */
#include <gst/gst.h>

#include "plugins/sframe/sframedec.h"
#include "plugins/sframe/sframeenc.h"

#define PACKAGE "gst-p2p" /* GST_PLUGIN_DEFINE wants it under this name */

static gboolean
plugin_init (GstPlugin *plugin)
{
  return gst_element_register (plugin, "sframeenc", GST_RANK_NONE, GST_TYPE_SFRAME_ENC)
         && gst_element_register (plugin, "sframedec", GST_RANK_NONE, GST_TYPE_SFRAME_DEC);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, sframe,
                   "End-to-end encryption of media frames", plugin_init, PACKAGE_VERSION, "LGPL",
                   "gst-p2p", "https://gstreamer.freedesktop.org")
