/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * path: a way for packets to one peer, found by ICE and secured by DTLS.
 *
 *   send() ► dtls ► udp/batch ► socket of the selected pair, or libnice (TURN, TCP)
 *   packet ◄ dtls ◄ udp/tap, or libnice (TURN, TCP, where a tap is not possible)
 *
 * All functions are called on the thread that iterates the context. The functions of
 * GstP2pDirectPathFuncs are called there too: start_dtls() may call @connected, @packet and
 * @closed, and send() may call @closed with an error; all others come from the context. Nothing
 * blocks.
 */
#pragma once

#include "plugins/p2p/transport/debugfile.h"
#include "plugins/p2p/transport/transport.h"

G_BEGIN_DECLS

/**
 * GstP2pDirectPathFuncs:
 * @candidate: a local one, "" at the end
 * @found: ICE has a path; called once
 * @lost: ICE has none; @tried: what was tried, as part of a sentence
 * @selected: another candidate pair is used; get_max_packet_size() may have changed
 * @connected: the handshake is done and the certificate is the expected one
 * @closed: the path is over; @error is %NULL if the peer closed it, GST_P2P_ERROR_LOST if the peer
 *     is gone, else that of gst_p2p_direct_dtls_feed() or gst_p2p_direct_dtls_handle_timeout()
 * @packet: one packet; @data is borrowed for the call and may be changed
 * @idle: all packets that were there have been given: time to answer them
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
/* After stop() has called @stopped, or if the path was never started. */
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

/* After @found. The initiator sends its first flight; datagrams that came earlier are answered
 * now. */
void gst_p2p_direct_path_start_dtls (GstP2pDirectPath *path);

/* The fingerprint of the peer's certificate, whether or not it is the expected one; %NULL before it
 * came, or if it cannot be read. */
const gchar *gst_p2p_direct_path_get_peer_fingerprint (GstP2pDirectPath *path);

/* The largest packet that fits into IPv6's minimum MTU together with everything around it, a
 * multiple of 4. */
guint gst_p2p_direct_path_get_max_packet_size (GstP2pDirectPath *path);

/* Only when connected, else nothing happens. Leaves with the next flush(), or earlier. */
void gst_p2p_direct_path_send (GstP2pDirectPath *path, const guint8 *packet, gsize size);
void gst_p2p_direct_path_flush (GstP2pDirectPath *path);

/* From now on the path is closed as lost when nothing authentic has come for
 * GST_P2P_LIVENESS_LIMIT_MS; the caller makes sure that the peer sends something. */
void gst_p2p_direct_path_watch (GstP2pDirectPath *path);

/* Adds the transport's stats that are about ICE and DTLS. */
void gst_p2p_direct_path_add_stats (GstP2pDirectPath *path, GstStructure *stats);

/* Sends close_notify, reports nothing more, and ends ICE. The context has to be iterated until
 * @stopped is called, which happens within half a second and not from within stop(). A second call
 * does nothing. */
void gst_p2p_direct_path_stop (GstP2pDirectPath *path, void (*stopped) (gpointer user_data),
                               gpointer user_data);

G_END_DECLS
