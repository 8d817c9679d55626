/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hello: the HELLO object, with which a sender begins each channel: what it calls the stream, and
 * how many streams there are.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_P2P_FRAME_HELLO_MAX_PAD 128
#define GST_P2P_FRAME_HELLO_MAX_STREAMS 1024

/* Returns the text of the object; %NULL if @pad is not printable ASCII of at most
 * %GST_P2P_FRAME_HELLO_MAX_PAD bytes. @streams: 1 to %GST_P2P_FRAME_HELLO_MAX_STREAMS */
gchar *gst_p2p_frame_hello_print (const gchar *pad, guint streams);

/**
 * gst_p2p_frame_hello_parse:
 * @text: need not be terminated by NUL
 * @new_names: (inout): see gst_p2p_frame_safetext_parse_structure()
 * @pad: (out) (nullable): %NULL: it does not tell. The caller frees it
 * @streams: (out): 0: it does not tell
 *
 * Returns: %FALSE with %GST_P2P_ERROR_INVALID or %GST_P2P_ERROR_LIMIT
 */
gboolean gst_p2p_frame_hello_parse (const gchar *text, gsize size, guint *new_names, gchar **pad,
                                    guint *streams, GError **error);

G_END_DECLS
