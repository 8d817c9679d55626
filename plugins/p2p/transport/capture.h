/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * capture: the SCTP packets of all connections, as they are inside DTLS, into the pcap file that
 * GST_P2P_SCTP_PCAP names. What a reader needs to know is in docs/debugging.md.
 */
#pragma once

#include "plugins/p2p/transport/debugfile.h"

G_BEGIN_DECLS

/* A file grows up to this size, and then no further. */
#define GST_P2P_CAPTURE_MAX_SIZE (256 * 1024 * 1024)
/* LINKTYPE_SCTP: packets without IP. */
#define GST_P2P_CAPTURE_LINK_TYPE 248

/* As gst_p2p_debug_file_open(). */
GstP2pDebugFile *gst_p2p_capture_open (GstElement *element);

/* @capture: (nullable): then nothing happens. @object: whose packet it is: the log has it with the
 * packets' verification tags. */
void gst_p2p_capture_add (GstP2pDebugFile *capture, GstObject *object, const guint8 *packet,
                          gsize size, gboolean outgoing);

/* Adds every buffer that passes through @pad. */
void gst_p2p_capture_watch_pad (GstP2pDebugFile *capture, GstObject *object, GstPad *pad,
                                gboolean outgoing);

G_END_DECLS
