/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * address: where a signaling server is: its URI, parsed and checked, and lists of them.
 *
 * Functions without state; any thread. No name is resolved here.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GstP2pSignalingAddress:
 * @uri: as it was written
 * @host: name or address, IPv6 without brackets
 * @port: 80 or, for wss, 443 if none was given (RFC 6455 section 3)
 * @authority: for the Host field: host and, unless it is the scheme's own, port
 * @target: for the request's line: path and query, encoded
 */
typedef struct
{
  gchar *uri;
  gboolean tls;
  gchar *host;
  guint16 port;
  gchar *authority;
  gchar *target;
} GstP2pSignalingAddress;

/* @uri: "ws://host[:port][/path][?query]", or "wss://…". GST_P2P_ERROR_SETTINGS with a sentence. */
GstP2pSignalingAddress *gst_p2p_signaling_address_new (const gchar *uri, GError **error);
void gst_p2p_signaling_address_free (GstP2pSignalingAddress *address);

/* @uris: one or more, with commas or white space between them; a comma that is in a path is written
 * as %2C. (element-type GstP2pSignalingAddress): at least one. The error is that of the first that
 * is wrong. */
GPtrArray *gst_p2p_signaling_address_parse_list (const gchar *uris, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSignalingAddress, gst_p2p_signaling_address_free)

G_END_DECLS
