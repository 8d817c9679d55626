/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tlsstream: TLS of a server over a non-blocking socket, as a pollable GIOStream.
 *
 * GIO (2.74) makes each handshake in a thread of a pool that the whole process shares and that
 * grows slowly: 50 clients that stalled in theirs kept everybody else waiting for 7 s. Here a
 * handshake is part of reading and writing, and costs no thread. A stream belongs to one thread.
 */
#pragma once

#include <gio/gio.h>
#include <openssl/types.h>

G_BEGIN_DECLS

/* What all streams of a server share: @certificate with its key and its chain of issuers.
 * GST_P2P_ERROR_SETTINGS if it cannot be used. Free with SSL_CTX_free(). */
SSL_CTX *gst_p2p_net_tls_context_new (GTlsCertificate *certificate, GError **error);

/* @socket stays the caller's to close. The two streams have non-blocking functions only. A source
 * of theirs is for one call: a new one has to be made after every G_IO_ERROR_WOULD_BLOCK. */
GIOStream *gst_p2p_net_tls_stream_new (SSL_CTX *context, GSocket *socket);

G_END_DECLS
