/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * names: what ends and sessions are called in signaling: docs/wire.md section 1. Functions without
 * state; any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GST_P2P_MAX_ID_LENGTH 128
#define GST_P2P_SESSION_LENGTH 32 /* hex digits: 128 bits */

/* %NULL is neither. */
gboolean gst_p2p_id_is_valid (const gchar *id);
gboolean gst_p2p_session_is_valid (const gchar *session);

/* From the cryptographic generator; %NULL if that fails. Free with g_free(). */
gchar *gst_p2p_session_new (void);

G_END_DECLS
