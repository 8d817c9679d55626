/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * candidate: one trickled ICE candidate as a text. Functions without state; any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GST_P2P_MAX_CANDIDATE_LENGTH 1024
/* Of one peer; each costs connectivity checks (RFC 8445 section 19.5.1). We offer no more, and
 * ignore what is. */
#define GST_P2P_MAX_CANDIDATES 100

/* @candidate: hostile: "candidate:…" (RFC 8839 section 5.1) of at most GST_P2P_MAX_CANDIDATE_LENGTH
 * printable characters, or "" for the end of candidates. The library that takes it looks into it.
 * GST_P2P_ERROR_INVALID. */
gboolean gst_p2p_candidate_validate (const gchar *candidate, GError **error);

G_END_DECLS
