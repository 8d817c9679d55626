/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * uri: GstURIHandler for p2psrc and p2psink: "p2p://host:port/id?key=value&…" and "p2ps://…".
 *
 * The query has properties, under their own or shorter names, but for secrets. What a URI does not
 * name stays as it was. What was set comes out again, normalised.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* GInterfaceInitFuncs. */
void gst_p2p_uri_init_src (gpointer iface, gpointer data);
void gst_p2p_uri_init_sink (gpointer iface, gpointer data);

G_END_DECLS
