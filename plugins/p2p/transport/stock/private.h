/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * elementsprivate: what the files of elementstransport share. Nobody else includes it.
 *
 * elementstransport.c has the life of the bin, ICE and DTLS; elementshandshake.c the gates between
 * those two, and what is repeated until the connection is made; elementssctp.c SCTP with the two
 * gates around it, and the worker; elementschannels.c the channels.
 */
#pragma once

#include "gst/p2p/base/error.h"
#include "plugins/p2p/transport/stock/channel.h"
#include "plugins/p2p/transport/stock/dtls.h"
#include "plugins/p2p/transport/stock/bin.h"
#include "plugins/p2p/transport/iceagent.h"
#include "plugins/p2p/transport/stock/gate.h"
#include "plugins/p2p/transport/stock/repeater.h"
#include "plugins/p2p/transport/stock/monitor.h"
#include "plugins/p2p/transport/stock/tail.h"
#include "plugins/p2p/transport/liveness.h"

G_BEGIN_DECLS

/* SCTP packets that are kept for a while: until DTLS is done, or the fingerprint compared. */
#define GST_P2P_MAX_EARLY_SCTP 16

/* What the monitor's count of messages is waited for. */
typedef enum
{
  GST_P2P_DRAIN_NONE,
  GST_P2P_DRAIN_RESET, /* then the held packet goes on */
  GST_P2P_DRAIN_CLOSE  /* then all channels end */
} GstP2pDrain;

struct _GstP2pElementsTransport
{
  GstBin parent;

  /* const after start() */
  GstP2pMailbox *mailbox;
  GMainContext *context;
  GstP2pRole role;
  GstP2pIdentity *identity;
  GstP2pIceAgent *ice;
  GstP2pSctpMonitor *monitor;
  GThreadPool *worker; /* one thread at a time: what may block */
  GstElement *nicesrc, *nicesink;
  GstP2pPacketGate *gate_in;  /* nicesrc → dtlsdec */
  GstP2pPacketGate *gate_out; /* dtlsenc → nicesink */
  GstP2pRepeater *dtls_repeater, *sctp_repeater;
  GstP2pSctpTail *tail;
  GstP2pSilence *silence;

  /* control thread; the elements are const once their gate is open */
  gboolean started;
  gboolean ice_connected;
  gboolean dtls_wanted;
  gboolean dtls_started;
  gboolean stopped;
  GstP2pDescription *remote;
  GstElement *dtlsdec, *dtlsenc;
  GstElement *sctpdec, *sctpenc;
  GstP2pPacketGate *gate_up;   /* dtlsdec → sctpdec */
  GstP2pPacketGate *gate_down; /* sctpenc → dtlsenc */
  GSource *drain_timer;
  GSource *goodbye_timer;
  gboolean goodbye_done;

  /* stream lock of gate_in's sink pad */
  GQueue early; /* GstBuffer: data that came before the handshake was done */

  GMutex lock;
  /* lock */
  GHashTable *channels; /* stream → Channel (elementschannels.c) */
  GstBuffer *held;      /* the packet that resets streams */
  GstP2pDrain drain;
  guint drain_progress; /* messages that came since the drain timer looked */
  gboolean limited;     /* the peer was told a smaller window than there is */

  /* atomic */
  gint next_record; /* number of the next DTLS record in the clear */
  gint queued;      /* bytes in all channels' queues */
  gint dtls_up;     /* gboolean */
  gint sctp_up;     /* gboolean */
  gint peer_closed; /* gboolean */
  gint reported;    /* gboolean: the one error */
  gint stopping;    /* gboolean */
};

/* sctpenc fails on a message that is larger than its send buffer. */
#define GST_P2P_ELEMENTS_MAX_SENT_SIZE (1024 * 1024)

/* Any thread. The first counts, and none after the peer has closed. */
void gst_p2p_elements_report (GstP2pElementsTransport *self, GstP2pError code, const gchar *format,
                              ...) G_GNUC_PRINTF (3, 4);
void
gst_p2p_elements_post (GstP2pElementsTransport *self, GstP2pPeerEventType type, const gchar *text);

/* Adds an element that the bin does not carry along in its state changes. */
void gst_p2p_elements_adopt (GstP2pElementsTransport *self, GstElement *element);

/* Any thread: the peer said goodbye. What it sent is delivered first. */
void gst_p2p_elements_peer_closed (GstP2pElementsTransport *self);

/* elementshandshake.c */
void gst_p2p_elements_handshake_init (GstP2pElementsTransport *self);  /* start() */
void gst_p2p_elements_handshake_clear (GstP2pElementsTransport *self); /* finalize */
/* The functions of the gates. */
GstBuffer *
gst_p2p_elements_on_datagram_in (GstP2pPacketGate *gate, GstBuffer *packet, gpointer data);
GstBuffer *
gst_p2p_elements_on_datagram_out (GstP2pPacketGate *gate, GstBuffer *packet, gpointer data);

/* elementssctp.c; control thread unless said otherwise */
void gst_p2p_elements_sctp_init (GstP2pElementsTransport *self);
void gst_p2p_elements_sctp_clear (GstP2pElementsTransport *self); /* finalize */
gboolean gst_p2p_elements_sctp_start (GstP2pElementsTransport *self, GError **error);
/* The functions of the gates. */
GstBuffer *gst_p2p_elements_on_packet_up (GstP2pPacketGate *gate, GstBuffer *packet, gpointer data);
GstBuffer *
gst_p2p_elements_on_packet_down (GstP2pPacketGate *gate, GstBuffer *packet, gpointer data);
/* Lets nothing block and aborts the association. TRUE if an ABORT is on its way to gate_down. Can
 * be called twice; any thread but the transport's own. */
gboolean gst_p2p_elements_sctp_abort (GstP2pElementsTransport *self);
/* In PAUSED→READY: takes everything of SCTP to NULL. */
void gst_p2p_elements_sctp_shut (GstP2pElementsTransport *self);
/* The peer is asked whether it is there. */
void gst_p2p_elements_sctp_ask (GstP2pElementsTransport *self);
/* A message was queued in a channel, or left it; streaming threads. */
void gst_p2p_elements_came (GstP2pElementsTransport *self, guint16 stream, gsize bytes);
void gst_p2p_elements_gone (GstP2pElementsTransport *self, gsize bytes);

/* What the worker does, in order. */
typedef enum
{
  GST_P2P_JOB_CONTROL,      /* send what is queued */
  GST_P2P_JOB_CLOSE,        /* reset our side */
  GST_P2P_JOB_RELEASE,      /* close, and remove the element once the peer's side is over too */
  GST_P2P_JOB_REMOVE,       /* remove the element, which is nobody's channel any more */
  GST_P2P_JOB_DRAIN,        /* look whether what sctpdec had has come */
  GST_P2P_JOB_DRAIN_FORCED, /* do not wait for it any more */
  GST_P2P_JOB_WINDOW        /* tell the peer that there is room again */
} GstP2pJob;

/* @channel: of the first four; referenced. */
void gst_p2p_elements_push_job (GstP2pElementsTransport *self, GstP2pJob job,
                                GstP2pElementsChannel *channel);

/* elementschannels.c */
void gst_p2p_elements_channels_init (GstP2pElementsTransport *self);
/* Any thread, also under the association's mutex: sctpdec's pad came or went. */
void gst_p2p_elements_channels_add_input (GstP2pElementsTransport *self, GstPad *pad);
void gst_p2p_elements_channels_remove_input (GstP2pElementsTransport *self, GstPad *pad);
/* Any thread: our reset of @stream was confirmed. */
void gst_p2p_elements_channels_confirm (GstP2pElementsTransport *self, guint16 stream);
/* Worker. */
void gst_p2p_elements_channels_work (GstP2pElementsTransport *self, GstP2pJob job,
                                     GstP2pElementsChannel *channel);
void gst_p2p_elements_channels_end (GstP2pElementsTransport *self); /* the peer has gone */
/* Any thread but the transport's own: gives up all pads of sctpenc; then: all elements to NULL. */
void gst_p2p_elements_channels_close (GstP2pElementsTransport *self);
void gst_p2p_elements_channels_shut (GstP2pElementsTransport *self);

gboolean gst_p2p_elements_open_channel (GstP2pTransport *transport, guint16 stream,
                                        const GstP2pChannelConfig *config, GstPad **sink,
                                        GstPad **src, GError **error);
void gst_p2p_elements_activate_channel (GstP2pTransport *transport, guint16 stream);
void gst_p2p_elements_send_control (GstP2pTransport *transport, guint16 stream, GBytes *message);
void gst_p2p_elements_close_channel (GstP2pTransport *transport, guint16 stream);
void gst_p2p_elements_release_channel (GstP2pTransport *transport, guint16 stream);

G_END_DECLS
