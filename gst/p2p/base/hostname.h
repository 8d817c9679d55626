/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hostname: what may stand for a host in a URI. Any thread; nothing is resolved.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A name of 1 to 253 letters, digits, '.', '-' and '_', or an IP address without brackets. */
gboolean gst_p2p_hostname_is_valid (const gchar *host);

G_END_DECLS
