/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keylog: see keylog.h.
 */
#include "plugins/p2p/transport/direct/keylog.h"

#include <string.h>

GstP2pDebugFile *
gst_p2p_direct_key_log_open (GstElement *element)
{
  static const GstP2pDebugFileKind kind
      = { .variable = "SSLKEYLOGFILE", .what = "The DTLS keys of this connection" };

  return gst_p2p_debug_file_open (&kind, element);
}

static void
on_line (const SSL *ssl, const char *line)
{
  GstP2pDebugFile *log = SSL_CTX_get_app_data (SSL_get_SSL_CTX (ssl));

  gst_p2p_debug_file_append (log, line, strlen (line), "\n", 1);
}

void
gst_p2p_direct_key_log_attach (GstP2pDebugFile *log, SSL *ssl)
{
  SSL_CTX *context = SSL_get_SSL_CTX (ssl);

  if (!log)
    return;
  SSL_CTX_set_app_data (context, log);
  SSL_CTX_set_keylog_callback (context, on_line);
}
