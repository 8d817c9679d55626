/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * side: two transports in one process, back to back, which are given each other's descriptions and
 * candidates directly. The test's main thread is the control thread of both.
 */
#pragma once

#include <gst/gst.h>

#include "plugins/p2p/transport/transport.h"
#include "tests/common/relay.h"

G_BEGIN_DECLS

#define MAX_STREAMS 16

typedef GstElement *(*TransportNew) (const gchar *name);

typedef struct
{
  const gchar *name;
  TransportNew new_a; /* the initiator */
  TransportNew new_b;
  gboolean foreign_a; /* it lists no framing, as what is no gst-p2p */
} Pair;

/* Each kind of transport with each. */
#define SIDE_N_PAIRS 4
extern const Pair side_pairs[SIDE_N_PAIRS];

typedef struct _Side Side;

/* What is at the application's end of a channel. */
typedef struct
{
  GstPad *push;
  GstPad *take;
  GMutex lock;
  /* lock */
  GQueue messages; /* GBytes */
  gint eos;
  gint closed;  /* what the EOS said */
  gint blocked; /* take nothing for now */
  GCond cond;
} Port;

struct _Side
{
  GstP2pTransport *transport; /* NULL once cleared */
  GstP2pIdentity *identity;
  Side *other;
  TestRelay *relay;
  gboolean wrong_fingerprint;
  gboolean manual_sctp;
  gboolean foreign;
  gboolean may_fail; /* packets are lost by chance: it is no mistake if ICE finds no way */
  gboolean ice_connected;
  gboolean dtls_connected;
  gchar *fingerprint;
  gboolean established;
  gboolean closed;
  gboolean stopped;
  GError *error;
  guint n_errors;
  GPtrArray *dcep; /* GBytes */
  guint16 dcep_stream;
  gboolean stream_data[MAX_STREAMS];
  guint n_stream_data;
  gboolean channel_closed[MAX_STREAMS];
  Port ports[MAX_STREAMS];
  gint64 ice_connected_us;
  gint64 established_us;
};

/* Pushes from a thread of its own, because a push blocks while SCTP's buffer is full, and the test
 * has to go on. */
typedef struct
{
  Port *port;
  guint n;
  gsize size;
  GstFlowReturn ret;
  gint done;
} Sender;

/* Of the initiator and of the acceptor, made at the first use. */
GstP2pIdentity *side_identity (GstP2pRole role);

void side_init (Side *side, Side *other, TransportNew new);
void side_start (Side *side, GstP2pRole role);
void side_stop (Side *side);
void side_clear (Side *side);

/* Makes both and waits until they are connected. @relay: nullable. */
void connect_sides (Side *a, Side *b, const Pair *pair, TestRelay *relay);

/* @config: nullable; ordered and reliable */
Port *open_port (Side *side, guint16 stream, const GstP2pChannelConfig *config);
void port_clear (Port *port);
void port_set_blocked (Port *port, gboolean blocked);
GstFlowReturn port_push (Port *port, GBytes *message, GstBufferFlags flags);
guint port_count (Port *port);
GBytes *port_take (Port *port); /* waits */

/* Bytes that nobody else makes from @seed. */
GBytes *make_message (gsize size, guint32 seed);
GThread *sender_start (Sender *sender, Port *port, guint n, gsize size);
/* What a sender sent is what comes. */
void expect_messages (Port *port, guint n, gsize size);

/* Iterates the main context, for as long as a test wants things to go wrong. */
void let_run (guint ms);

G_END_DECLS
