/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * capture: see capture.h.
 *
 * The format is classic pcap, in this machine's byte order and with microseconds: a file remains
 * valid when another process appends its packets.
 */
#include "plugins/p2p/transport/capture.h"

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/link/crc32c.h"
#include "gst/p2p/link/sctpchunk.h"
#include "plugins/p2p/base/log.h"

#define GST_CAT_DEFAULT gst_p2p_transport_debug

#define MAGIC 0xa1b2c3d4u
#define MAX_PACKET 65535

#define INITIATE_TAG_OFFSET (GST_P2P_SCTP_HEADER_SIZE + 4)

typedef struct
{
  guint32 magic;
  guint16 major;
  guint16 minor;
  gint32 zone;
  guint32 accuracy;
  guint32 max_packet;
  guint32 link_type;
} FileHead;

typedef struct
{
  guint32 seconds;
  guint32 microseconds;
  guint32 size; /* in the file */
  guint32 whole_size;
} PacketHead;

/* What watch_pad() gives to the probe. */
typedef struct
{
  GstP2pDebugFile *capture;
  GstObject *object; /* borrowed: it outlives the pad, which is inside of it */
  gboolean outgoing;
} Watch;

GstP2pDebugFile *
gst_p2p_capture_open (GstElement *element)
{
  static const FileHead head = { .magic = MAGIC,
                                 .major = 2,
                                 .minor = 4,
                                 .max_packet = MAX_PACKET,
                                 .link_type = GST_P2P_CAPTURE_LINK_TYPE };
  static const GstP2pDebugFileKind kind = { .variable = "GST_P2P_SCTP_PCAP",
                                            .what = "The decrypted packets of this connection",
                                            .head = &head,
                                            .head_size = sizeof head,
                                            .max_size = GST_P2P_CAPTURE_MAX_SIZE };

  gst_p2p_log_init ();
  return gst_p2p_debug_file_open (&kind, element);
}

/* Logs the verification tag: nothing else in the file tells which packets belong to which
 * connection. */
static void
log_tag (GstObject *object, const guint8 *packet, gsize size, gboolean outgoing)
{
  guint8 chunk = size >= INITIATE_TAG_OFFSET + 4 ? packet[GST_P2P_SCTP_HEADER_SIZE] : 0;

  if (chunk == GST_P2P_SCTP_INIT || chunk == GST_P2P_SCTP_INIT_ACK)
    GST_INFO_OBJECT (object, "SCTP packets %s this end have the verification tag 0x%08x",
                     outgoing ? "to" : "from", gst_p2p_read_u32 (packet + INITIATE_TAG_OFFSET));
}

void
gst_p2p_capture_add (GstP2pDebugFile *capture, GstObject *object, const guint8 *packet, gsize size,
                     gboolean outgoing)
{
  gint64 now_us = g_get_real_time ();
  PacketHead head;

  if (!capture)
    return;
  log_tag (object, packet, size, outgoing);
  head.seconds = (guint32)(now_us / G_USEC_PER_SEC);
  head.microseconds = (guint32)(now_us % G_USEC_PER_SEC);
  head.size = (guint32)MIN (size, MAX_PACKET);
  head.whole_size = (guint32)size;
  gst_p2p_debug_file_append (capture, &head, sizeof head, packet, head.size);
}

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Watch *watch = user_data;
  GstMapInfo map;

  if (gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ))
    {
      gst_p2p_capture_add (watch->capture, watch->object, map.data, map.size, watch->outgoing);
      gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
    }
  return GST_PAD_PROBE_OK;
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  gst_p2p_debug_file_unref (watch->capture);
  g_free (watch);
}

void
gst_p2p_capture_watch_pad (GstP2pDebugFile *capture, GstObject *object, GstPad *pad,
                           gboolean outgoing)
{
  Watch *watch;

  if (!capture)
    return;
  watch = g_new (Watch, 1);
  watch->capture = gst_p2p_debug_file_ref (capture);
  watch->object = object;
  watch->outgoing = outgoing;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, watch, watch_free);
}
