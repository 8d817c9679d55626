/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plugin: registers the elements of the plugin "p2p" and has its debug categories made.
 */
#include <gst/gst.h>

#include "plugins/p2p/base/log.h"
#include "plugins/p2p/element/p2pbin.h"
#include "plugins/p2p/element/p2psink.h"
#include "plugins/p2p/element/p2psrc.h"
#include "plugins/p2p/framing/p2pframedepay.h"
#include "plugins/p2p/framing/p2pframepay.h"

#define PACKAGE "gst-p2p" /* GST_PLUGIN_DEFINE wants it under this name */

static gboolean
plugin_init (GstPlugin *plugin)
{
  gboolean registered = FALSE;

  gst_p2p_log_init ();
  registered |= GST_ELEMENT_REGISTER (p2psrc, plugin);
  registered |= GST_ELEMENT_REGISTER (p2psink, plugin);
  registered |= GST_ELEMENT_REGISTER (p2pbin, plugin);
  registered |= GST_ELEMENT_REGISTER (p2pframepay, plugin);
  registered |= GST_ELEMENT_REGISTER (p2pframedepay, plugin);
  return registered;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, p2p, "Streams between two peers",
                   plugin_init, PACKAGE_VERSION, "LGPL", "gst-p2p",
                   "https://gstreamer.freedesktop.org")
