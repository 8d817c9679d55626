/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dcep: the Data Channel Establishment Protocol (RFC 8832), parse and print.
 *
 * Functions without state; any thread. A configuration belongs to whoever made it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Payload protocol identifiers, RFC 8831 section 8. */
#define GST_P2P_PPID_DCEP 50
#define GST_P2P_PPID_STRING 51
#define GST_P2P_PPID_BINARY_PARTIAL 52 /* the next message goes on with it; deprecated there */
#define GST_P2P_PPID_BINARY 53
#define GST_P2P_PPID_STRING_PARTIAL 54
#define GST_P2P_PPID_STRING_EMPTY 56
#define GST_P2P_PPID_BINARY_EMPTY 57

#define GST_P2P_MAX_LABEL_LENGTH 1024 /* bytes; also for the protocol */

/* What a peer may send on one stream. A channel has one OPEN or one ACK (RFC 8832 section 6); one
 * that is repeated does no harm, but not without limit. */
#define GST_P2P_MAX_DCEP_MESSAGES 16

typedef enum
{
  GST_P2P_RELIABILITY_RELIABLE,
  GST_P2P_RELIABILITY_MAX_RETRANSMITS,    /* parameter: retransmissions */
  GST_P2P_RELIABILITY_MAX_PACKET_LIFETIME /* parameter: milliseconds */
} GstP2pReliability;

/**
 * GstP2pChannelConfig:
 * @ordered: messages are delivered in the order of sending
 * @reliability: what @parameter limits
 * @parameter: retransmissions or milliseconds
 * @priority: RFC 8831 section 6.4; 256 is normal
 * @label: UTF-8, at most GST_P2P_MAX_LABEL_LENGTH bytes, never %NULL
 * @protocol: likewise; one of the framings, or ""
 */
typedef struct
{
  gboolean ordered;
  GstP2pReliability reliability;
  guint32 parameter;
  guint16 priority;
  gchar *label;
  gchar *protocol;
} GstP2pChannelConfig;

GstP2pChannelConfig *gst_p2p_channel_config_new (void); /* ordered, reliable, normal, "", "" */
GstP2pChannelConfig *gst_p2p_channel_config_copy (const GstP2pChannelConfig *config);
void gst_p2p_channel_config_free (GstP2pChannelConfig *config);
/* Whether the receiver acknowledges what its application has taken, so that the sender keeps to
 * what it was told of the receiver's memory (docs/wire.md section 5). */
gboolean gst_p2p_channel_config_is_acknowledged (const GstP2pChannelConfig *config);

typedef enum
{
  GST_P2P_DCEP_ACK = 0x02,
  GST_P2P_DCEP_OPEN = 0x03
} GstP2pDcepType;

/* RFC 8832 sections 5.1 and 5.2. @config: within its limits. */
GBytes *gst_p2p_dcep_new_open (const GstP2pChannelConfig *config);
GBytes *gst_p2p_dcep_new_ack (void);

/* @data: hostile. @config is set for OPEN alone, and is the caller's. GST_P2P_ERROR_INVALID, or
 * _LIMIT for a label or protocol that is too long. */
gboolean gst_p2p_dcep_parse (const guint8 *data, gsize size, GstP2pDcepType *type,
                             GstP2pChannelConfig **config, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pChannelConfig, gst_p2p_channel_config_free)

G_END_DECLS
