/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * testpeer: the other end of a signaling connection, for tests: texts in, texts out.
 *
 * Everything runs in the default main context of the calling thread, together with what is tested.
 */
#pragma once

#include "signaling/websocket/websocket.h"

G_BEGIN_DECLS

typedef struct
{
  GstP2pWebsocket *websocket;
  GPtrArray *texts; /* that came and were not asked for yet */
  gboolean open;
  gboolean limited; /* the other end broke a limit */
  gboolean closed;
  gint close_code; /* of the error */
} TestPeer;

/* A client of the server at 127.0.0.1; waits until it is connected, not until the handshake is
 * done. */
TestPeer *test_peer_new (guint port);
/* The server's end of a connection. @max_queued: 0: generous. */
TestPeer *test_peer_new_server (GSocketConnection *connection, gsize max_queued);
void test_peer_free (TestPeer *peer);

void test_peer_send (TestPeer *peer, const gchar *text);
/* The next text; waits for it. */
gchar *test_peer_receive (TestPeer *peer);
/* Waits until nothing more will come. */
void test_peer_expect_close (TestPeer *peer);

/* Sends a bind with what is not NULL and expects "bound"; returns the resume secret. */
gchar *test_peer_bind (TestPeer *peer, const gchar *id, const gchar *token, const gchar *resume);
/* Expects an error with this code next. */
void test_peer_expect_error (TestPeer *peer, const gchar *code);

/* A plain connection to 127.0.0.1, for what no WebSocket would send; blocking. */
GSocketConnection *test_connect (guint port);
/* Two that are connected with each other. */
void test_socket_pair (GSocketConnection **one, GSocketConnection **other);
/* Makes the opening handshake, which must be answered as it should be. */
void test_open_websocket (GSocketConnection *connection);
/* test_connect() and that. */
GSocketConnection *test_connect_websocket (guint port);
void test_write (GSocketConnection *connection, gconstpointer data, gsize size);
/* A masked frame whose payload is @size bytes of @data, repeated NULs if that is NULL. */
void test_write_frame (GSocketConnection *connection, guint8 first, const gchar *data, gsize size);
/* Reads until the other end has closed; waits meanwhile for nothing else than that. */
GString *test_read_all (GSocketConnection *connection);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestPeer, test_peer_free)

G_END_DECLS
