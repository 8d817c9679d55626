/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * detour: sends the traffic of whole elements over a relay: a WebSocket proxy in front of a
 * signaling server that rewrites the candidates which pass.
 *
 *   element ══ detour ══ signaling server ══ detour ══ element
 *      ╚═══════════════════ relay ════════════════════════╝
 */
#pragma once

#include "tests/common/relay.h"

G_BEGIN_DECLS

typedef struct _TestDetour TestDetour;

/* @text: a message that passes. Returns what to send instead; %NULL: nothing. On the detour's
 * thread. */
typedef gchar *(*TestDetourRewrite) (const gchar *text, gpointer data);

/**
 * test_detour_new:
 * @server_port: where the signaling server listens, at 127.0.0.1
 * @relay: lives longer than the detour
 */
TestDetour *test_detour_new (guint server_port, TestRelay *relay);
/* A signaling server that is not honest: @rewrite sees everything that elements say. */
TestDetour *test_detour_new_tampering (guint server_port, TestDetourRewrite rewrite, gpointer data);
/* A signaling server of another kind: @rewrite sees everything that the server says. */
TestDetour *test_detour_new_foreign (guint server_port, TestDetourRewrite rewrite, gpointer data);
void test_detour_free (TestDetour *detour);

/* For the elements' signaling-uri. */
const gchar *test_detour_get_uri (TestDetour *detour);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestDetour, test_detour_free)

G_END_DECLS
