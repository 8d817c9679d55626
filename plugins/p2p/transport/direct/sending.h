/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sending: a message on its way into SCTP, memory by memory, as far as there is room for it.
 *
 * Belongs to one thread.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/link/dcep.h"
#include "plugins/p2p/transport/direct/association.h"

G_BEGIN_DECLS

/* Embedded by value; private. All zeros: there is no message. */
typedef struct
{
  /* the owner's thread */
  GstBuffer *message;
  GstP2pDirectAssociationSend how;
  guint memory; /* index of the one to go on with */
  gsize offset; /* in it */
} GstP2pDirectSending;

/* Takes @message. @config: of its channel; %NULL: it is a DCEP message. */
void gst_p2p_direct_sending_begin (GstP2pDirectSending *sending, guint16 stream, GstBuffer *message,
                                   const GstP2pChannelConfig *config);
/* @more: another message follows. @owner: what log lines are about. FALSE: it has to go on later;
 * else it is over, and to be cleared. */
gboolean
gst_p2p_direct_sending_go_on (GstP2pDirectSending *sending, GstP2pDirectAssociation *association,
                              gboolean more, gpointer owner);
void gst_p2p_direct_sending_clear (GstP2pDirectSending *sending);

G_END_DECLS
