/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * transport: the abstract element that carries messages between two peers.
 *
 * An element that implements this interface owns ICE, DTLS and SCTP of one connection. A channel is
 * a pad pair on one SCTP stream: "sink_<stream>" takes outgoing messages, "src_<stream>" gives the
 * incoming ones, with the time of their arrival (messagepad.h). One buffer is one message. A buffer
 * with GST_BUFFER_FLAG_NON_DROPPABLE goes ordered and reliable whatever the channel is; the rest as
 * the channel's configuration says.
 *
 *              ┌───────────────────── transport ─────────────────────┐
 *   messages ► │ sink_2 ►┐                                  ┌► src_2 ├─► messages      stream 2
 *   messages ► │ sink_4 ►┴► SCTP ⇄ DTLS ⇄ ICE ⇄ the peer ►──┴► src_4 ├─► messages      stream 4
 *              └─────────────────────────────────────────────────────┘
 *
 * Order of calls: start → set_remote_description, add_remote_candidate → start_dtls → start_sctp →
 * channels → stop. All of them, and the event function, run on the control thread: the thread that
 * iterates the main context given in the configuration. None blocks on the network.
 *
 * What happened is reported through one function, as GstP2pPeerEvents (those that are a
 * transport's) and GstP2pTransportEvents; implementations post to their mailbox from any thread,
 * and it carries the events to the control thread. Functions that fail at once give a GST_P2P_ERROR
 * of the part that failed.
 *
 * Data that arrives on a stream for which there is no channel yet is kept (within the association's
 * receive window) until open_channel() or close_channel(): the transport reports the stream once by
 * STREAM_DATA, or DCEP if it began with a DCEP message.
 *
 * When the remote ends a channel, and everything that it sent was pushed, an EOS event is pushed on
 * src_<stream>, then CHANNEL_CLOSED is reported. When the remote is gone, or after stop(), EOS
 * follows on every other src_<stream>, behind what came; the events tell the two apart
 * (messagepad.h).
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/link/dcep.h"
#include "gst/p2p/link/identity.h"
#include "gst/p2p/link/peer.h"
#include "plugins/p2p/transport/limits.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_TRANSPORT (gst_p2p_transport_get_type ())
G_DECLARE_INTERFACE (GstP2pTransport, gst_p2p_transport, GST, P2P_TRANSPORT, GstElement)

typedef enum
{
  GST_P2P_ICE_POLICY_ALL,
  GST_P2P_ICE_POLICY_RELAY
} GstP2pIcePolicy;

/**
 * GstP2pIceConfig: what the ICE agent may use.
 * @stun_servers: (nullable): %NULL-terminated "stun://host:port"
 * @turn_servers: (nullable): %NULL-terminated "turn://user:pass@host:port?transport=udp|tcp";
 *   secret
 * @min_port, @max_port: local UDP ports; 0: any
 */
typedef struct
{
  GStrv stun_servers;
  GStrv turn_servers;
  GstP2pIcePolicy policy;
  gboolean tcp;
  guint min_port;
  guint max_port;
} GstP2pIceConfig;

/* The events beside the peer's; each comment begins with the members that are set. */
typedef enum
{
  GST_P2P_TRANSPORT_DCEP,           /* stream, message: a DCEP message arrived */
  GST_P2P_TRANSPORT_STREAM_DATA,    /* stream: data on a stream without a channel */
  GST_P2P_TRANSPORT_CHANNEL_CLOSED, /* stream: over; the pads may be released */
  GST_P2P_TRANSPORT_PAIR_SELECTED,  /* the selected pair changed; see get_stats() */
  GST_P2P_TRANSPORT_STOPPED         /* the last event, after stop() */
} GstP2pTransportEventType;

typedef struct
{
  GstP2pTransportEventType type;
  guint16 stream;
  GBytes *message;
} GstP2pTransportEvent; /* borrows everything */

/* Exactly one of @peer_event and @event is set. Control thread, never from within a call. */
typedef void (*GstP2pTransportFunc) (GstP2pTransport *transport, const GstP2pPeerEvent *peer_event,
                                     const GstP2pTransportEvent *event, gpointer user_data);

/**
 * GstP2pTransportConfig:
 * @context: the control thread's
 * @identity: the certificate to present
 * @ice: borrowed for the call of start()
 * @framings: %NULL-terminated, for the description; borrowed likewise
 * @max_frame_size: likewise, in bytes; 0: the default
 * @func, @user_data: after stop() returned, called for STOPPED alone
 */
typedef struct
{
  GMainContext *context;
  GstP2pRole role;
  GstP2pIdentity *identity;
  const GstP2pIceConfig *ice;
  const gchar *const *framings;
  guint max_frame_size;
  GstP2pTransportFunc func;
  gpointer user_data;
} GstP2pTransportConfig;

struct _GstP2pTransportInterface
{
  GTypeInterface parent;

  /* The largest message that this kind of transport receives whole, in bytes. */
  guint32 (*get_max_message_size) (GstP2pTransport *transport);
  /* The largest message that it sends, to a peer that takes so much. */
  guint32 (*get_max_sent_size) (GstP2pTransport *transport);

  /* Begins to gather. LOCAL_DESCRIPTION follows, even if gathering takes long, then
   * LOCAL_CANDIDATEs, the last of them "". The element must be at least PAUSED. */
  gboolean (*start) (GstP2pTransport *transport, const GstP2pTransportConfig *config,
                     GError **error);

  /* Connectivity checks begin. A transport that can do so refuses, in the handshake, every
   * certificate but that of @description. */
  gboolean (*set_remote_description) (GstP2pTransport *transport, GstP2pDescription *description,
                                      GError **error);
  /* A candidate that cannot be used (of an address family or protocol that is not there) is no
   * error. */
  gboolean (*add_remote_candidate) (GstP2pTransport *transport, const gchar *candidate,
                                    GError **error);

  /* After ICE_CONNECTED. A server may have begun to listen before. DTLS_CONNECTED follows. */
  void (*start_dtls) (GstP2pTransport *transport);
  /* Only after the fingerprint was compared. SCTP_ESTABLISHED follows. */
  gboolean (*start_sctp) (GstP2pTransport *transport, GError **error);

  /* After SCTP_ESTABLISHED: adds the pads, which the element owns. Data begins to flow, in both
   * directions, when both are linked and activate_channel() was called. */
  gboolean (*open_channel) (GstP2pTransport *transport, guint16 stream,
                            const GstP2pChannelConfig *config, GstPad **sink, GstPad **src,
                            GError **error);
  void (*activate_channel) (GstP2pTransport *transport, guint16 stream);
  /* Sends a DCEP message, before all later data of the stream. */
  void (*send_dcep) (GstP2pTransport *transport, guint16 stream, GBytes *message);
  /* Resets the outgoing stream after everything accepted was delivered (RFC 8831 section 6.7), and
   * with the remote's reset CHANNEL_CLOSED follows; without it two seconds after the remote has
   * performed ours, if it lists no framing. On a stream without a channel: refuses it. */
  void (*close_channel) (GstP2pTransport *transport, guint16 stream);
  /* Removes the pads; after CHANNEL_CLOSED, or to abandon a channel. */
  void (*release_channel) (GstP2pTransport *transport, guint16 stream);

  /* A structure "transport-stats": local-candidate-type, remote-candidate-type (host, srflx, prflx,
   * relay), protocol (udp, tcp, relay protocol), local-address, remote-address, and as far as known
   * rtt-us (u64), retransmissions (u64), bytes-in-flight (u64), congestion-window (u64), cipher. */
  GstStructure *(*get_stats) (GstP2pTransport *transport);

  /* Says goodbye to the peer (SCTP shutdown or abort, close_notify) as far as that does not block,
   * and reports nothing more but STOPPED, within half a second: then the goodbye has left and
   * nothing needs the control thread's context any more. The owner iterates the context until then;
   * only after that it sets the element to NULL, not on one of the element's threads, and frees the
   * context. FALSE: it was never started, and there is nothing to wait for. May be called in any
   * state, and again. */
  gboolean (*stop) (GstP2pTransport *transport);
};

guint32 gst_p2p_transport_get_max_message_size (GstP2pTransport *transport);
guint32 gst_p2p_transport_get_max_sent_size (GstP2pTransport *transport);
gboolean gst_p2p_transport_start (GstP2pTransport *transport, const GstP2pTransportConfig *config,
                                  GError **error);
gboolean gst_p2p_transport_set_remote_description (GstP2pTransport *transport,
                                                   GstP2pDescription *description, GError **error);
gboolean gst_p2p_transport_add_remote_candidate (GstP2pTransport *transport, const gchar *candidate,
                                                 GError **error);
void gst_p2p_transport_start_dtls (GstP2pTransport *transport);
gboolean gst_p2p_transport_start_sctp (GstP2pTransport *transport, GError **error);
gboolean gst_p2p_transport_open_channel (GstP2pTransport *transport, guint16 stream,
                                         const GstP2pChannelConfig *config, GstPad **sink,
                                         GstPad **src, GError **error);
void gst_p2p_transport_activate_channel (GstP2pTransport *transport, guint16 stream);
void gst_p2p_transport_send_dcep (GstP2pTransport *transport, guint16 stream, GBytes *message);
void gst_p2p_transport_close_channel (GstP2pTransport *transport, guint16 stream);
void gst_p2p_transport_release_channel (GstP2pTransport *transport, guint16 stream);
GstStructure *gst_p2p_transport_get_stats (GstP2pTransport *transport);
gboolean gst_p2p_transport_stop (GstP2pTransport *transport);

G_END_DECLS
