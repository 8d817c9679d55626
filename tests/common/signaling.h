/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * signaling: a signaling server for one test, on a free port, in a thread of its own.
 */
#pragma once

#include "signaling/server.h"

G_BEGIN_DECLS

typedef struct _TestSignaling TestSignaling;

/* Called on the server's thread before it starts, to give it a token, a certificate, ICE servers.
 */
typedef void (*TestSignalingSetup) (GstP2pSignalingServer *server, gpointer data);

/**
 * test_signaling_new:
 * @setup: (nullable) (scope call): see above
 *
 * Listens on 127.0.0.1 when this returns.
 */
TestSignaling *test_signaling_new (TestSignalingSetup setup, gpointer data);
void test_signaling_free (TestSignaling *signaling);

/* "ws://127.0.0.1:port"; a server with a certificate is at "wss://" instead. */
const gchar *test_signaling_get_uri (TestSignaling *signaling);
guint test_signaling_get_port (TestSignaling *signaling);

/* Takes the server away as if it had crashed, and brings it back on the same port. */
void test_signaling_stop (TestSignaling *signaling);
void test_signaling_start_again (TestSignaling *signaling);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestSignaling, test_signaling_free)

G_END_DECLS
