/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keylog: the secrets of DTLS sessions, into the file that SSLKEYLOGFILE names, in the format that
 * NSS began and Wireshark reads.
 */
#pragma once

#include <openssl/ssl.h>

#include "plugins/p2p/transport/debugfile.h"

G_BEGIN_DECLS

/* As gst_p2p_debug_file_open(). */
GstP2pDebugFile *gst_p2p_direct_key_log_open (GstElement *element);

/* To be called before the handshake of @ssl, whose SSL_CTX no other SSL uses. @log: (nullable):
 * then nothing happens; outlives @ssl. */
void gst_p2p_direct_key_log_attach (GstP2pDebugFile *log, SSL *ssl);

G_END_DECLS
