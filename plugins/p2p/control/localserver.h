/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * localserver: the signaling server that an element runs itself with signaling-serve=true.
 */
#pragma once

#include "plugins/p2p/control/settings.h"
#include "signaling/server.h"

G_BEGIN_DECLS

/* Listens at the host and port (80 if there is none) of the first signaling-uri, which must be
 * ws://. To be called on the thread whose default context it is to run on. Errors:
 * GST_P2P_ERROR_SETTINGS for the URI, else those of gst_p2p_signaling_server_start(). The caller
 * owns the server. */
GstP2pSignalingServer *gst_p2p_local_server_new (const GstP2pSettings *settings, GError **error);

G_END_DECLS
