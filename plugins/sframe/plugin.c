/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plugin: registers the elements of the plugin "sframe" and has its debug categories made.
 */
#include <gst/gst.h>

#include "plugins/sframe/log.h"
#include "plugins/sframe/sframedec.h"
#include "plugins/sframe/sframeenc.h"

#define PACKAGE "gst-p2p" /* GST_PLUGIN_DEFINE wants it under this name */

static gboolean
plugin_init (GstPlugin *plugin)
{
  gboolean registered = FALSE;

  gst_p2p_sframe_log_init ();
  registered |= GST_ELEMENT_REGISTER (sframeenc, plugin);
  registered |= GST_ELEMENT_REGISTER (sframedec, plugin);
  return registered;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, sframe,
                   "End-to-end encryption of media frames", plugin_init, PACKAGE_VERSION, "LGPL",
                   "gst-p2p", "https://gstreamer.freedesktop.org")
