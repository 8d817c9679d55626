/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * uri: see uri.h.
 */
#include "plugins/p2p/element/uri.h"

#include "plugins/p2p/element/basebin.h"

static GstURIType
get_type_src (GType type)
{
  return GST_URI_SRC;
}

static GstURIType
get_type_sink (GType type)
{
  return GST_URI_SINK;
}

static const gchar *const *
get_protocols (GType type)
{
  static const gchar *const protocols[] = { "p2p", "p2ps", NULL };
  return protocols;
}

static gchar *
get_uri (GstURIHandler *handler)
{
  return gst_p2p_base_bin_get_uri (GST_P2P_BASE_BIN (handler));
}

static gboolean
set_uri (GstURIHandler *handler, const gchar *uri, GError **error)
{
  return gst_p2p_base_bin_set_uri (GST_P2P_BASE_BIN (handler), uri, error);
}

static void
init (GstURIHandlerInterface *iface, GstURIType (*get_type) (GType type))
{
  iface->get_type = get_type;
  iface->get_protocols = get_protocols;
  iface->get_uri = get_uri;
  iface->set_uri = set_uri;
}

void
gst_p2p_uri_init_src (gpointer iface, gpointer data)
{
  init (iface, get_type_src);
}

void
gst_p2p_uri_init_sink (gpointer iface, gpointer data)
{
  init (iface, get_type_sink);
}
