/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * channel: see channel.h.
 */
#include "plugins/p2p/control/channel.h"

#include <string.h>

#include "plugins/p2p/base/messagepad.h"
#include "plugins/p2p/framing/enums.h"

/* The queue decouples the receivers of one stream. It holds this much beyond max-in-flight. */
#define QUEUE_BYTES (1024 * 1024)

/* A leaky channel must see that the receiver is slow before the transport's own buffer (1 MiB and
 * more) is full and blocks. */
#define LEAKY_MAX_IN_FLIGHT (512 * 1024)

/* One DATA chunk on any path. Once a part of an unordered message is lost, usrsctp's receiver may
 * fail to put any later divided one together: measured as the loss of half of all media frames. */
#define UNRELIABLE_MESSAGE_SIZE 1024

struct _GstP2pChannel
{
  /* const */
  GstBin *bin; /* the element that owns the connection outlives it */
  GstP2pTransport *transport;
  guint16 stream;
  gboolean framed;
  gboolean acknowledged;
  GstElement *element; /* pay or depay */
  GstElement *queue;   /* sending */
  GstP2pSinkPad *sink_pad;
  GstP2pSrcPad *src_pad;
  GstPad *way_back; /* a ghost pad without a parent; see link_back() */

  /* control thread, and the freeing thread after it */
  GstPad *branch;
  GstP2pStream opening; /* as far as START; its end is the transport's business */
  gboolean finished;
  gboolean cut;
  gboolean ending;
};

/* GstQueueLeaky, which is not public */
#define QUEUE_LEAKY_NO 0
#define QUEUE_LEAKY_DOWNSTREAM 2 /* the oldest go */

/* The bin owns the element as soon as it is added; the result is a reference to it. */
static GstElement *
add_element (GstBin *bin, const gchar *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (!element)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "The GStreamer element \"%s\" is not installed", factory);
      return NULL;
    }
  gst_object_ref_sink (element);
  gst_bin_add (bin, element);
  return element;
}

static void
remove_element (GstBin *bin, GstElement **element)
{
  if (!*element)
    return;
  gst_element_set_locked_state (*element, TRUE);
  gst_element_set_state (*element, GST_STATE_NULL);
  gst_bin_remove (bin, *element);
  gst_clear_object (element);
}

static GstP2pChannel *
channel_new (const GstP2pChannelSite *site, guint16 stream, const GstP2pChannelConfig *config)
{
  GstP2pChannel *channel = g_new0 (GstP2pChannel, 1);

  channel->bin = site->bin;
  channel->transport = gst_object_ref (site->transport);
  channel->stream = stream;
  channel->framed = strcmp (config->protocol, GST_P2P_FRAMES_PROTOCOL) == 0;
  channel->acknowledged = gst_p2p_channel_config_is_acknowledged (config);
  gst_p2p_channel_feed (channel, GST_P2P_STREAM_FACT_OPENED);
  return channel;
}

static gboolean
link_pads (GstPad *src, GstPad *sink)
{
  return gst_pad_link_full (src, sink, GST_PAD_LINK_CHECK_NOTHING) == GST_PAD_LINK_OK;
}

/* The replies' link closes a circle, and GstBin, which sorts its children along their links for
 * each state change, warns of circles. So a ghost pad that belongs to no element is put in
 * between. */
static gboolean
link_back (GstP2pChannel *channel, GstPad *src, GstPad *sink)
{
  channel->way_back = gst_object_ref_sink (gst_ghost_pad_new (NULL, sink));
  return channel->way_back && gst_pad_set_active (channel->way_back, TRUE)
         && link_pads (src, channel->way_back);
}

/* Opens the transport's channel and links it with the pay's or depay's two pads. */
static gboolean
link_transport (GstP2pChannel *channel, const GstP2pChannelConfig *config, GError **error)
{
  gboolean sending = channel->sink_pad != NULL;
  g_autoptr (GstPad) out = gst_element_get_static_pad (channel->element, sending ? "src" : "reply");
  g_autoptr (GstPad) in = gst_element_get_static_pad (channel->element, sending ? "reply" : "sink");
  GstPad *sink, *src;
  gboolean linked;

  if (!gst_p2p_transport_open_channel (channel->transport, channel->stream, config, &sink, &src,
                                       error))
    return FALSE;

  linked = sending ? link_pads (out, sink) && link_back (channel, src, in)
                   : link_pads (src, in) && link_back (channel, out, sink);
  if (!linked)
    g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_FAILED,
                 "Could not link the transport's channel %u", channel->stream);
  return linked;
}

static gboolean
is_unreliable (const GstP2pChannelConfig *config)
{
  return !config->ordered || config->reliability != GST_P2P_RELIABILITY_RELIABLE;
}

static void
configure_pay (GstElement *pay, const GstP2pChannelSite *site, const GstP2pChannelConfig *config,
               const GstP2pChannel *channel)
{
  gboolean leaky = site->settings->leaky != GST_P2P_LEAKY_NO;
  guint max_in_flight = site->settings->max_in_flight;
  guint max_message_size = site->max_message_size;
  guint max_frame_size = MIN (site->max_frame_size, G_MAXINT);

  if (!channel->framed && !site->joins_parts) /* another program, which knows no such limit */
    max_frame_size = G_MAXINT;
  if (channel->framed && is_unreliable (config))
    max_message_size = MIN (max_message_size, UNRELIABLE_MESSAGE_SIZE);
  gst_util_set_object_arg (G_OBJECT (pay), "framing", channel->framed ? "frames" : "raw");
  g_object_set (pay, "hold-when-closed", TRUE, "acknowledged", channel->acknowledged, "unreliable",
                is_unreliable (config), "max-message-size", max_message_size, "max-frame-size",
                max_frame_size, "parts", site->joins_parts && !is_unreliable (config), "leaky",
                site->settings->leaky, "max-in-flight",
                leaky ? MIN (max_in_flight, LEAKY_MAX_IN_FLIGHT) : max_in_flight, "origin",
                gst_p2p_sink_pad_get_origin (channel->sink_pad), NULL);
}

/* Raw framing has no acknowledgements by which the pay could see that a receiver is slow: it
 * blocks, and the queue drops. The pay goes on from a key frame where the queue has dropped. */
static void
configure_queue (GstElement *queue, const GstP2pChannelSite *site, gboolean framed)
{
  gboolean leaky = site->settings->leaky != GST_P2P_LEAKY_NO && !framed;

  g_object_set (queue, "max-size-buffers", 0, "max-size-time", G_GUINT64_CONSTANT (0),
                "max-size-bytes", QUEUE_BYTES, "silent", TRUE, "leaky",
                leaky ? QUEUE_LEAKY_DOWNSTREAM : QUEUE_LEAKY_NO, NULL);
}

GstP2pChannel *
gst_p2p_channel_new_sending (const GstP2pChannelSite *site, guint16 stream,
                             const GstP2pChannelConfig *config, GstP2pSinkPad *pad, guint n_streams,
                             GError **error)
{
  GstP2pChannel *channel = channel_new (site, stream, config);

  channel->sink_pad = gst_object_ref (pad);
  channel->queue = add_element (site->bin, "queue", error);
  channel->element = channel->queue ? add_element (site->bin, "p2pframepay", error) : NULL;
  if (!channel->element)
    goto failed;

  configure_queue (channel->queue, site, channel->framed);
  configure_pay (channel->element, site, config, channel);
  if (channel->framed)
    g_object_set (channel->element, "sender-pad", GST_OBJECT_NAME (pad), "streams", n_streams,
                  NULL);
  if (!gst_element_link_pads_full (channel->queue, "src", channel->element, "sink",
                                   GST_PAD_LINK_CHECK_NOTHING)
      || !link_transport (channel, config, error))
    goto failed;

  gst_element_sync_state_with_parent (channel->element);
  gst_element_sync_state_with_parent (channel->queue);
  return channel;

failed:
  gst_p2p_channel_free (channel, FALSE);
  return NULL;
}

static void
start_sending (GstP2pChannel *channel)
{
  g_autoptr (GstPad) queue_sink = gst_element_get_static_pad (channel->queue, "sink");

  channel->branch = gst_p2p_sink_pad_add_branch (channel->sink_pad);
  gst_pad_link_full (channel->branch, queue_sink, GST_PAD_LINK_CHECK_NOTHING);
  gst_p2p_sink_pad_branch_is_ready (channel->sink_pad, channel->branch);
}

static void
configure_depay (GstElement *depay, const GstP2pChannelSite *site,
                 const GstP2pChannelConfig *config, const GstP2pChannel *channel)
{
  gst_util_set_object_arg (G_OBJECT (depay), "framing", channel->framed ? "frames" : "raw");
  g_object_set (depay, "acknowledged", channel->acknowledged, "unreliable", is_unreliable (config),
                "timeline", site->timeline, "is-live", site->settings->is_live, "latency",
                site->settings->latency_ms, "max-frame-size", site->settings->max_frame_size, NULL);
}

/* Streaming thread */
static void
on_hello (GObject *depay, GParamSpec *property, GstP2pSrcPad *pad)
{
  g_autofree gchar *sender_pad = NULL;

  g_object_get (depay, "sender-pad", &sender_pad, NULL);
  gst_p2p_src_pad_set_sender_pad (pad, sender_pad);
}

GstP2pChannel *
gst_p2p_channel_new_receiving (const GstP2pChannelSite *site, guint16 stream,
                               const GstP2pChannelConfig *config, GstP2pSrcPad *src_pad,
                               GError **error)
{
  GstP2pChannel *channel = channel_new (site, stream, config);
  g_autoptr (GstPad) target = NULL;

  channel->src_pad = gst_object_ref (src_pad);
  channel->element = add_element (site->bin, "p2pframedepay", error);
  if (!channel->element)
    goto failed;

  configure_depay (channel->element, site, config, channel);
  if (!link_transport (channel, config, error))
    goto failed;

  g_signal_connect_object (channel->element, "notify::streams", G_CALLBACK (on_hello), src_pad, 0);
  target = gst_element_get_static_pad (channel->element, "src");
  gst_ghost_pad_set_target (GST_GHOST_PAD (src_pad), target);
  gst_element_sync_state_with_parent (channel->element);
  return channel;

failed:
  gst_p2p_channel_free (channel, FALSE);
  return NULL;
}

void
gst_p2p_channel_feed (GstP2pChannel *channel, GstP2pStreamFact fact)
{
  gst_p2p_stream_feed (&channel->opening, fact, g_get_monotonic_time ());
  if (gst_p2p_stream_next_action (&channel->opening) != GST_P2P_STREAM_ACTION_START)
    return;
  if (channel->sink_pad)
    start_sending (channel);
  gst_p2p_transport_activate_channel (channel->transport, channel->stream);
}

gboolean
gst_p2p_channel_is_accepted (const GstP2pChannel *channel)
{
  return gst_p2p_stream_has (&channel->opening, GST_P2P_STREAM_FACT_ACCEPTED);
}

guint16
gst_p2p_channel_get_stream (const GstP2pChannel *channel)
{
  return channel->stream;
}

gboolean
gst_p2p_channel_is_sending (const GstP2pChannel *channel)
{
  return channel->sink_pad != NULL;
}

gboolean
gst_p2p_channel_is_framed (const GstP2pChannel *channel)
{
  return channel->framed;
}

gboolean
gst_p2p_channel_is_acknowledged (const GstP2pChannel *channel)
{
  return channel->acknowledged;
}

void
gst_p2p_channel_set_credit (GstP2pChannel *channel, guint32 credit)
{
  g_object_set (channel->element, "credit", credit, NULL);
}

GstP2pSinkPad *
gst_p2p_channel_get_sink_pad (const GstP2pChannel *channel)
{
  return channel->sink_pad;
}

GstP2pSrcPad *
gst_p2p_channel_get_src_pad (const GstP2pChannel *channel)
{
  return channel->src_pad;
}

gboolean
gst_p2p_channel_owns (const GstP2pChannel *channel, GstObject *object)
{
  return GST_OBJECT_CAST (channel->element) == object
         || GST_OBJECT_CAST (channel->src_pad) == object;
}

gboolean
gst_p2p_channel_has_begun (const GstP2pChannel *channel)
{
  return channel->src_pad && gst_p2p_src_pad_has_begun (channel->src_pad);
}

guint
gst_p2p_channel_get_streams (const GstP2pChannel *channel)
{
  guint streams;

  g_object_get (channel->element, "streams", &streams, NULL);
  return streams;
}

gboolean
gst_p2p_channel_is_cut (const GstP2pChannel *channel)
{
  return channel->cut;
}

void
gst_p2p_channel_set_finished (GstP2pChannel *channel)
{
  channel->finished = TRUE;
}

gboolean
gst_p2p_channel_is_finished (const GstP2pChannel *channel)
{
  return channel->finished;
}

gboolean
gst_p2p_channel_is_truncated (const GstP2pChannel *channel, GstP2pFrameDepayKinds *kinds)
{
  *kinds = gst_p2p_frame_depay_get_kinds (channel->element);
  return !channel->finished || gst_p2p_frame_depay_is_truncated (channel->element);
}

GstStructure *
gst_p2p_channel_get_stats (GstP2pChannel *channel)
{
  GstStructure *stats = NULL;

  g_object_get (channel->element, "stats", &stats, NULL);
  return stats;
}

void
gst_p2p_channel_cut (GstP2pChannel *channel)
{
  channel->cut = TRUE;
  if (!channel->branch)
    return;
  gst_p2p_sink_pad_remove_branch (channel->sink_pad, channel->branch);
  gst_clear_object (&channel->branch);
}

gboolean
gst_p2p_channel_end_sending (GstP2pChannel *channel)
{
  g_autoptr (GstPad) queue_sink = gst_element_get_static_pad (channel->queue, "sink");
  g_autoptr (GstEvent) begin = gst_pad_get_sticky_event (queue_sink, GST_EVENT_STREAM_START, 0);

  channel->ending = channel->branch && begin;
  gst_p2p_channel_cut (channel);
  if (channel->ending)
    gst_pad_send_event (queue_sink, gst_event_new_eos ());
  return channel->ending;
}

gboolean
gst_p2p_channel_is_ending (const GstP2pChannel *channel)
{
  return channel->ending;
}

/* Makes the depay end its stream, unless it has. The pads of the transport are gone or inactive, so
 * no other thread pushes into the depay. */
static void
end_stream (GstP2pChannel *channel)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (channel->element, "sink");
  g_autoptr (GstPad) peer = gst_pad_get_peer (sink);

  if (peer)
    gst_pad_unlink (peer, sink);
  gst_pad_send_event (sink, gst_p2p_message_eos_new (FALSE));
}

void
gst_p2p_channel_free (GstP2pChannel *channel, gboolean with_eos)
{
  gst_p2p_channel_cut (channel);

  if (channel->src_pad)
    {
      if (with_eos && channel->element && !channel->finished)
        end_stream (channel);
      gst_ghost_pad_set_target (GST_GHOST_PAD (channel->src_pad), NULL);
      gst_object_unref (channel->src_pad);
    }

  /* The pay first: the queue's thread may be blocked in it. */
  remove_element (channel->bin, &channel->element);
  remove_element (channel->bin, &channel->queue);
  if (channel->way_back)
    gst_pad_set_active (channel->way_back, FALSE);
  gst_clear_object (&channel->way_back);
  gst_clear_object (&channel->sink_pad);
  gst_object_unref (channel->transport);
  g_free (channel);
}

static void
flush_depay (const GValue *item, gpointer user_data)
{
  GstElement *depay = g_value_get_object (item);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (depay, "sink");

  gst_pad_send_event (sink, gst_event_new_flush_start ());
}

void
gst_p2p_channel_flush_all (GstBin *bin)
{
  GstIterator *depays = gst_bin_iterate_all_by_element_factory_name (bin, "p2pframedepay");

  while (gst_iterator_foreach (depays, flush_depay, NULL) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (depays);
  gst_iterator_free (depays);
}
