/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * anytime: a client that is stopped at every moment of an attempt to connect.
 */
#pragma once

#include "signaling/server.h"

G_BEGIN_DECLS

/* Stops clients of @server one after another, a little later each time, until one had the time to
 * be bound. Each has a main context of its own, which is then thrown away.
 * @uri: of the server; @ca_file: (nullable); @step_us: the time that a step gives the threads of
 * an attempt. Fails the test if the server keeps one of them for longer than @timeout_ms. */
void test_stop_any_time (GstP2pSignalingServer *server, const gchar *uri, const gchar *ca_file,
                         guint step_us, guint timeout_ms);

G_END_DECLS
