/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * path: a way for packets to one peer, found by ICE and secured by DTLS.
 *
 *   send() ► dtls ► udp/batch ► socket of the selected pair, or libnice (TURN, TCP)
 *   packet ◄ dtls ◄ udp/tap, or libnice (TURN, TCP, where a tap is not possible)
 *
 * All functions are called on the thread that iterates the context, and the given ones come there,
 * never from within a call. Nothing blocks.
 */
#pragma once

#include "plugins/p2p/transport/debugfile.h"
#include "plugins/p2p/transport/transport.h"

G_BEGIN_DECLS

/**
 * GstP2pDirectPathFuncs:
 * @candidate: a local one, "" at the end
 * @found: ICE has a way; once
 * @lost: ICE has none; @tried: a sentence's part
 * @selected: another candidate pair is used; get_max_packet_size() may have changed
 * @connected: the handshake is done and the certificate is the expected one
 * @closed: over; @error is %NULL if the peer closed, GST_P2P_ERROR_LOST if it is gone,
 *     GST_P2P_ERROR_FINGERPRINT or GST_P2P_ERROR_CRYPTO if the handshake failed
 * @packet: one packet; @data may be changed, and is gone afterwards
 * @idle: after the packets that were there: time to answer them
 */
typedef struct
{
  void (*candidate) (const gchar *candidate, gpointer user_data);
  void (*found) (gpointer user_data);
  void (*lost) (const gchar *tried, gpointer user_data);
  void (*selected) (gpointer user_data);
  void (*connected) (const gchar *fingerprint, gpointer user_data);
  void (*closed) (const GError *error, gpointer user_data);
  void (*packet) (guint8 *data, gsize size, gpointer user_data);
  void (*idle) (gpointer user_data);
} GstP2pDirectPathFuncs;

typedef struct _GstP2pDirectPath GstP2pDirectPath;

GstP2pDirectPath *gst_p2p_direct_path_new (gpointer owner, GMainContext *context, GstP2pRole role,
                                           GstP2pIdentity *identity,
                                           const GstP2pDirectPathFuncs *funcs, gpointer user_data);
/* After stop() called @stopped, or if never started. */
void gst_p2p_direct_path_free (GstP2pDirectPath *path);

/* @log: (nullable): where the DTLS keys go; outlives the path. Before set_remote(). */
void gst_p2p_direct_path_set_key_log (GstP2pDirectPath *path, GstP2pDebugFile *log);

/* Begins to gather candidates. */
gboolean
gst_p2p_direct_path_start (GstP2pDirectPath *path, const GstP2pIceConfig *config, GError **error);
const gchar *gst_p2p_direct_path_get_ufrag (GstP2pDirectPath *path);
const gchar *gst_p2p_direct_path_get_pwd (GstP2pDirectPath *path);

/* Connectivity checks begin; only @description's certificate will be accepted. Once. */
gboolean gst_p2p_direct_path_set_remote (GstP2pDirectPath *path, GstP2pDescription *description,
                                         GError **error);
gboolean gst_p2p_direct_path_add_remote_candidate (GstP2pDirectPath *path, const gchar *candidate,
                                                   GError **error);

/* After @found. The initiator sends its first flight; what came too early is answered now. */
void gst_p2p_direct_path_start_dtls (GstP2pDirectPath *path);

/* Of the certificate that the peer showed, matching or not; %NULL before, or if it cannot be read.
 */
const gchar *gst_p2p_direct_path_get_peer_fingerprint (GstP2pDirectPath *path);

/* The largest packet that fits into IPv6's minimum MTU with all that goes around it; a multiple of
 * 4. */
guint gst_p2p_direct_path_get_max_packet_size (GstP2pDirectPath *path);

/* Only when connected, else nothing happens. Leaves with the next flush(), or earlier. */
void gst_p2p_direct_path_send (GstP2pDirectPath *path, const guint8 *packet, gsize size);
void gst_p2p_direct_path_flush (GstP2pDirectPath *path);

/* From now on the peer sends something all the time: when nothing authentic has come for
 * GST_P2P_LIVENESS_LIMIT_MS, the path is closed as lost. */
void gst_p2p_direct_path_watch (GstP2pDirectPath *path);

/* Adds what the transport's stats have from ICE and DTLS. */
void gst_p2p_direct_path_add_stats (GstP2pDirectPath *path, GstStructure *stats);

/* Sends close_notify, reports nothing more, and ends ICE, for which the context is to be iterated
 * until @stopped is called, never from within and within half a second. A second call does nothing.
 */
void gst_p2p_direct_path_stop (GstP2pDirectPath *path, void (*stopped) (gpointer user_data),
                               gpointer user_data);

G_END_DECLS
