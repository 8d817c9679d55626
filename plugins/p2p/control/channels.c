/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * channels: see channels.h.
 */
#include "plugins/p2p/control/channels.h"

#include "gst/p2p/base/timer.h"
#include "gst/p2p/frame/hello.h"
#include "plugins/p2p/transport/limits.h"

/* After this time without another channel there are no more, of a sender that does not tell how
 * many there are: it opens them all at once. */
#define NO_MORE_PADS_US (50 * 1000)

/* The channels of one direction; those that are retired or removed stay counted. */
typedef struct
{
  guint n_opened;
  guint n_finished;
  guint n_begun; /* of those that are gone; receiving only */
} Tally;

struct _GstP2pChannels
{
  /* const */
  GstP2pChannelSite site;
  GstP2pDescription *remote;
  GstP2pChannelsFunc finished;
  gpointer user_data;

  /* control thread, and the reaping thread after it */
  GHashTable *table; /* stream → GstP2pChannel */
  guint parity;      /* of the streams that this end opens */
  Tally sending;
  Tally receiving;
  guint n_framed;        /* that this end has opened */
  gboolean refused;      /* a channel of the remote */
  GSource *progress;     /* of pads that are to appear; streaming threads make it ready */
  gboolean expects_pads; /* until no-more-pads */
  gint64 patience_us;    /* monotonic time: NO_MORE_PADS_US after the last channel was opened */
  guint n_told;          /* framed channels that the remote has, as far as it told */
  guint n_settled;       /* of those that it opened, are gone */
  gboolean raw;          /* it opened one of which nothing can be told */
};

/* --- life --- */

static guint
count_begun (GstP2pChannels *channels)
{
  guint n = channels->receiving.n_begun;
  GHashTableIter iter;
  gpointer channel;

  g_hash_table_iter_init (&iter, channels->table);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    n += gst_p2p_channel_has_begun (channel);
  return n;
}

/* Where there were none at all, there may be those of another sender. */
static void
stop_expecting_pads (GstP2pChannels *channels)
{
  if (channels->expects_pads && count_begun (channels) > 0)
    gst_p2p_src_pads_no_more (channels->site.src_pads);
  channels->expects_pads = FALSE;
}

/* Whether all pads have appeared that there will be, as far as can be known now. */
static gboolean
has_all_pads (GstP2pChannels *channels)
{
  guint n_settled = channels->n_settled;
  gboolean all_begun = TRUE;
  GHashTableIter iter;
  gpointer channel;

  g_hash_table_iter_init (&iter, channels->table);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    {
      if (gst_p2p_channel_is_sending (channel) || !gst_p2p_channel_is_framed (channel))
        continue;
      channels->n_told = MAX (channels->n_told, gst_p2p_channel_get_streams (channel));
      if (gst_p2p_channel_has_begun (channel))
        n_settled++;
      else
        all_begun = FALSE;
    }
  return channels->n_told > 0 ? n_settled >= channels->n_told : all_begun;
}

static gboolean
on_progress (gpointer data)
{
  GstP2pChannels *channels = data;

  if (!channels->expects_pads || !has_all_pads (channels))
    return G_SOURCE_CONTINUE;
  if ((channels->raw || channels->n_told == 0) && g_get_monotonic_time () < channels->patience_us)
    g_source_set_ready_time (channels->progress, channels->patience_us);
  else
    stop_expecting_pads (channels);
  return G_SOURCE_CONTINUE;
}

/* A source pad will appear. */
static void
expect_pad (GstP2pChannels *channels, GstP2pChannel *channel)
{
  channels->expects_pads = TRUE;
  channels->patience_us = g_get_monotonic_time () + NO_MORE_PADS_US;
  channels->raw |= !gst_p2p_channel_is_framed (channel);
}

/* It will not any more, or is gone again. */
static void
settle (GstP2pChannels *channels, GstP2pChannel *channel)
{
  if (gst_p2p_channel_has_begun (channel))
    channels->receiving.n_begun++;
  if (!gst_p2p_channel_is_framed (channel))
    return;
  channels->n_told = MAX (channels->n_told, gst_p2p_channel_get_streams (channel));
  channels->n_settled++;
  g_source_set_ready_time (channels->progress, 0);
}

GstP2pChannels *
gst_p2p_channels_new (const GstP2pChannelSite *site, GstP2pRole role, GstP2pDescription *remote,
                      GstP2pChannelsFunc finished, gpointer user_data)
{
  GstP2pChannels *channels = g_new0 (GstP2pChannels, 1);

  channels->site = *site;
  channels->remote = remote;
  channels->finished = finished;
  channels->user_data = user_data;
  channels->table = g_hash_table_new (NULL, NULL);
  /* RFC 8832 section 6: even for the DTLS client, which is the initiator. */
  channels->parity = role == GST_P2P_ROLE_INITIATOR ? 0 : 1;
  channels->progress = gst_p2p_timer_new (site->context, on_progress, channels);
  return channels;
}

/* The pad is retired after the channel, whose last data leaves through it. */
static void
free_channel (GstP2pChannel *channel, GstP2pSrcPads *src_pads, gboolean end_stream)
{
  GstP2pSrcPad *pad = gst_p2p_channel_get_src_pad (channel);

  if (pad)
    gst_object_ref (pad);
  gst_p2p_channel_free (channel, end_stream);
  if (pad)
    gst_p2p_src_pads_retire (src_pads, pad);
  gst_clear_object (&pad);
}

void
gst_p2p_channels_free (GstP2pChannels *channels, gboolean end_streams)
{
  GHashTableIter iter;
  gpointer channel;

  g_hash_table_iter_init (&iter, channels->table);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    free_channel (channel, channels->site.src_pads, end_streams);
  g_hash_table_unref (channels->table);
  g_free (channels);
}

static GstP2pChannel *
find_stream (GstP2pChannels *channels, guint16 stream)
{
  return g_hash_table_lookup (channels->table, GUINT_TO_POINTER ((guint)stream));
}

static void
insert (GstP2pChannels *channels, guint16 stream, GstP2pChannel *channel)
{
  Tally *tally = gst_p2p_channel_is_sending (channel) ? &channels->sending : &channels->receiving;

  g_hash_table_insert (channels->table, GUINT_TO_POINTER ((guint)stream), channel);
  tally->n_opened++;
  if (gst_p2p_channel_is_sending (channel) && gst_p2p_channel_is_framed (channel))
    channels->n_framed++;
}

/* What the remote holds of all channels is divided among those that send, and that are about to, so
 * that one which is not read leaves the others room. */
static void
share_credit (GstP2pChannels *channels)
{
  g_autoptr (GPtrArray) sharers = g_ptr_array_new ();
  GList *pads = gst_p2p_sink_pad_list (GST_ELEMENT (channels->site.bin));
  guint n_pads = g_list_length (pads), n_sending = 0, n;
  GHashTableIter iter;
  gpointer channel;

  g_hash_table_iter_init (&iter, channels->table);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    {
      gboolean sending = gst_p2p_channel_is_sending (channel);

      n_sending += sending;
      if (sending && gst_p2p_channel_is_acknowledged (channel)
          && !gst_p2p_channel_is_finished (channel))
        g_ptr_array_add (sharers, channel);
    }
  n = sharers->len + (n_pads > n_sending ? n_pads - n_sending : 0);
  for (guint i = 0; i < sharers->len; i++)
    gst_p2p_channel_set_credit (sharers->pdata[i],
                                gst_p2p_description_get_max_in_flight (channels->remote) / n);
  g_list_free_full (pads, gst_object_unref);
}

static void
finish (GstP2pChannels *channels, GstP2pChannel *channel)
{
  Tally *tally = gst_p2p_channel_is_sending (channel) ? &channels->sending : &channels->receiving;

  if (gst_p2p_channel_is_finished (channel))
    return;
  gst_p2p_channel_set_finished (channel);
  tally->n_finished++;
  share_credit (channels);
  channels->finished (channels->user_data);
}

/* --- sending --- */

static void
set_protocol (GstP2pChannelConfig *config, const gchar *protocol)
{
  g_free (config->protocol);
  config->protocol = g_strdup (protocol);
}

/* Chooses the framing by this end's setting and the remote's description. What the receiver has of
 * raw messages can be counted if none is lost, and if DCEP tells the receiver that it should. */
static gboolean
choose_framing (GstP2pChannels *channels, GstP2pChannelConfig *config, gboolean declared,
                GError **error)
{
  GstP2pFramingMode mode = channels->site.settings->framing;
  gboolean known = gst_p2p_description_has_framing (channels->remote, GST_P2P_FRAMES_PROTOCOL);

  if (mode == GST_P2P_FRAMING_MODE_FRAMES && !known)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "framing=frames is set, but the peer only takes raw messages");
      return FALSE;
    }
  if (mode == GST_P2P_FRAMING_MODE_FRAMES && !declared)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "framing=frames is set, but negotiated channels are raw");
      return FALSE;
    }
  if (known && declared && mode != GST_P2P_FRAMING_MODE_RAW)
    set_protocol (config, GST_P2P_FRAMES_PROTOCOL);
  else if (declared && config->ordered && config->reliability == GST_P2P_RELIABILITY_RELIABLE
           && gst_p2p_description_has_framing (channels->remote, GST_P2P_ACKED_RAW_PROTOCOL))
    set_protocol (config, GST_P2P_ACKED_RAW_PROTOCOL);
  return TRUE;
}

static GstP2pChannel *
find_sink_pad (GstP2pChannels *channels, GstP2pSinkPad *pad)
{
  GHashTableIter iter;
  gpointer channel;

  g_hash_table_iter_init (&iter, channels->table);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    if (gst_p2p_channel_get_sink_pad (channel) == pad)
      return channel;
  return NULL;
}

/* Whether the pad will have its channel by DCEP, soon; one that nothing is linked to may wait. */
static gboolean
is_to_be_opened (GstP2pChannels *channels, GstP2pSinkPad *pad)
{
  gint fixed_stream;
  g_autoptr (GstP2pChannelConfig) config = gst_p2p_sink_pad_get_config (pad, &fixed_stream);

  return fixed_stream < 0 && gst_pad_is_linked (GST_PAD (pad)) && !find_sink_pad (channels, pad);
}

/* How many streams of this end the remote gets, as far as is known when that of @pad is opened. */
static guint
count_streams (GstP2pChannels *channels, GstP2pSinkPad *pad)
{
  GList *pads = gst_p2p_sink_pad_list (GST_ELEMENT (channels->site.bin));
  guint n = channels->n_framed + 1;

  for (GList *l = pads; l; l = l->next)
    n += l->data != pad && is_to_be_opened (channels, l->data);
  g_list_free_full (pads, gst_object_unref);
  return MIN (n, GST_P2P_FRAME_HELLO_MAX_STREAMS);
}

/* Whether another pad has its place there, and may still come. */
static gboolean
is_reserved (GstP2pChannels *channels, guint stream)
{
  g_autofree gchar *name = g_strdup_printf ("sink_%u", stream / 2);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (GST_ELEMENT (channels->site.bin), name);

  return pad != NULL;
}

/* The stream whose number is the pad's, so that the receiver can give its pad the same; else one
 * that is free. -1: there is none. */
static gint
choose_stream (GstP2pChannels *channels, GstP2pSinkPad *pad)
{
  guint64 own = 2 * (guint64)gst_p2p_sink_pad_get_index (pad) + channels->parity;

  if (own <= GST_P2P_MAX_STREAM && !find_stream (channels, (guint16)own))
    return (gint)own;
  for (guint stream = channels->parity; stream <= GST_P2P_MAX_STREAM; stream += 2)
    if (!find_stream (channels, (guint16)stream) && !is_reserved (channels, stream))
      return (gint)stream;
  return -1;
}

gboolean
gst_p2p_channels_add_sink_pad (GstP2pChannels *channels, GstP2pSinkPad *pad, GError **error)
{
  gint fixed_stream, stream;
  g_autoptr (GstP2pChannelConfig) config = gst_p2p_sink_pad_get_config (pad, &fixed_stream);
  GstP2pChannel *channel;

  /* The pad came just when the connection opened. */
  if (find_sink_pad (channels, pad))
    return TRUE;
  if (!choose_framing (channels, config, fixed_stream < 0, error))
    return FALSE;

  if (g_hash_table_size (channels->table) >= GST_P2P_MAX_STREAMS_IN_USE)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "The pad %s is one too many: a connection has at most %d streams",
                   GST_OBJECT_NAME (pad), GST_P2P_MAX_STREAMS_IN_USE);
      return FALSE;
    }
  stream = fixed_stream >= 0 ? fixed_stream : choose_stream (channels, pad);
  if (stream < 0 || find_stream (channels, (guint16)stream))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "There is no free SCTP stream for the pad %s", GST_OBJECT_NAME (pad));
      return FALSE;
    }

  channel = gst_p2p_channel_new_sending (&channels->site, (guint16)stream, config, pad,
                                         count_streams (channels, pad), error);
  if (!channel)
    return FALSE;
  insert (channels, (guint16)stream, channel);
  share_credit (channels);

  if (fixed_stream < 0)
    {
      g_autoptr (GBytes) open = gst_p2p_dcep_new_open (config);
      gst_p2p_transport_send_dcep (channels->site.transport, (guint16)stream, open);
    }
  /* RFC 8832 section 6: what is ordered may follow the OPEN at once; else the ACK comes first. */
  if (config->ordered)
    gst_p2p_channel_feed (channel, GST_P2P_STREAM_FACT_EARLY);
  if (fixed_stream >= 0)
    gst_p2p_channel_feed (channel, GST_P2P_STREAM_FACT_ACCEPTED);
  return TRUE;
}

static void
close_sending (GstP2pChannels *channels, GstP2pChannel *channel)
{
  gst_p2p_channel_cut (channel);
  finish (channels, channel);
  gst_p2p_transport_close_channel (channels->site.transport, gst_p2p_channel_get_stream (channel));
}

/* A stream ends with its pad. */
void
gst_p2p_channels_remove_sink_pad (GstP2pChannels *channels, GstP2pSinkPad *pad)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, channels->table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (gst_p2p_channel_get_sink_pad (value) == pad
        && (gst_p2p_channel_is_finished (value) || !gst_p2p_channel_end_sending (value)))
      close_sending (channels, value);
}

void
gst_p2p_channels_cut (GstP2pChannels *channels)
{
  GHashTableIter iter;
  gpointer channel;

  g_hash_table_iter_init (&iter, channels->table);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    gst_p2p_channel_cut (channel);
  gst_p2p_clear_source (&channels->progress);
  stop_expecting_pads (channels);
}

/* --- receiving --- */

/* A channel that this element does not take is refused by closing it; that is no error here. */
static gboolean
open_receiving (GstP2pChannels *channels, guint16 stream, const GstP2pChannelConfig *config,
                GError **error)
{
  g_autoptr (GstP2pSrcPad) pad = NULL;
  GstP2pChannel *channel;

  if (!channels->site.src_pads)
    {
      channels->refused = TRUE;
      gst_p2p_transport_close_channel (channels->site.transport, stream);
      return TRUE;
    }

  pad = gst_p2p_src_pads_take (channels->site.src_pads, stream, config->label, channels->progress);
  channel = gst_p2p_channel_new_receiving (&channels->site, stream, config, pad, error);
  if (!channel)
    {
      gst_p2p_src_pads_retire (channels->site.src_pads, pad);
      return FALSE;
    }
  insert (channels, stream, channel);
  expect_pad (channels, channel);
  if (!gst_p2p_channel_is_framed (channel)) /* nothing will tell more of it */
    gst_p2p_src_pads_expose (channels->site.src_pads, pad);
  return TRUE;
}

/* A channel that the remote declares. RFC 8832 section 6 gives each end the streams of one parity,
 * so that the ends do not take the same one. A stream of the wrong parity is no reason to refuse:
 * some stacks (aiortc) go by the ICE role and not by that of DTLS, and WebRTC's API lets
 * applications choose any stream. Our own next channel skips those that are taken. */
static gboolean
take_open (GstP2pChannels *channels, guint16 stream, const GstP2pChannelConfig *config,
           GError **error)
{
  g_autoptr (GBytes) ack = gst_p2p_dcep_new_ack ();
  GstP2pChannel *channel;

  if (find_stream (channels, stream))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "The peer opened the data channel %u, which is open already", stream);
      return FALSE;
    }
  if (!open_receiving (channels, stream, config, error))
    return FALSE;

  channel = find_stream (channels, stream);
  if (channel)
    {
      gst_p2p_transport_send_dcep (channels->site.transport, stream, ack);
      gst_p2p_channel_feed (channel, GST_P2P_STREAM_FACT_ACCEPTED);
    }
  return TRUE;
}

static gboolean
take_dcep (GstP2pChannels *channels, guint16 stream, GBytes *message, GError **error)
{
  GstP2pChannel *channel = find_stream (channels, stream);
  g_autoptr (GstP2pChannelConfig) config = NULL;
  GstP2pDcepType type;
  gsize size;
  const guint8 *data = g_bytes_get_data (message, &size);

  if (!gst_p2p_dcep_parse (data, size, &type, &config, error))
    return FALSE;
  if (type == GST_P2P_DCEP_OPEN)
    return take_open (channels, stream, config, error);

  if (channel && gst_p2p_channel_is_sending (channel))
    gst_p2p_channel_feed (channel, GST_P2P_STREAM_FACT_ACCEPTED);
  return TRUE;
}

/* docs/wire.md section 4: data on a stream that nobody opened is a negotiated channel, raw. */
static gboolean
take_stream_data (GstP2pChannels *channels, guint16 stream, GError **error)
{
  g_autoptr (GstP2pChannelConfig) config = gst_p2p_channel_config_new ();

  if (find_stream (channels, stream))
    return TRUE;
  g_free (config->label);
  config->label = g_strdup_printf ("stream-%u", stream);
  if (!open_receiving (channels, stream, config, error))
    return FALSE;
  if (find_stream (channels, stream))
    gst_p2p_channel_feed (find_stream (channels, stream), GST_P2P_STREAM_FACT_ACCEPTED);
  return TRUE;
}

/* --- ends --- */

void
gst_p2p_channels_end (GstP2pChannels *channels, GstP2pChannel *channel)
{
  /* Only this acknowledges a raw channel: its reset is answered after the peer has got
   * everything. */
  if (gst_p2p_channel_is_sending (channel) && !gst_p2p_channel_is_framed (channel))
    gst_p2p_transport_close_channel (channels->site.transport,
                                     gst_p2p_channel_get_stream (channel));
  else if (gst_p2p_channel_is_ending (channel))
    close_sending (channels, channel);
  else
    finish (channels, channel);
}

typedef struct
{
  GstP2pChannel *channel;
  GstP2pSrcPads *src_pads;
} Retired;

/* Reaping thread */
static void
free_retired (gpointer data)
{
  g_autofree Retired *retired = data;

  free_channel (retired->channel, retired->src_pads, FALSE);
}

/* The channel is closed and no longer in the table; a thread that may wait frees it. */
static void
retire (GstP2pChannels *channels, GstP2pChannel *channel)
{
  Retired *retired = g_new (Retired, 1);

  *retired = (Retired){ channel, channels->site.src_pads };
  gst_p2p_reaper_expect (channels->site.reaper);
  gst_p2p_reaper_take (channels->site.reaper, free_retired, retired);
}

static gboolean
take_channel_closed (GstP2pChannels *channels, guint16 stream, GError **error)
{
  GstP2pChannel *channel = find_stream (channels, stream);

  if (!channel)
    return TRUE;
  if (gst_p2p_channel_is_sending (channel) && gst_p2p_channel_is_framed (channel)
      && !gst_p2p_channel_is_finished (channel))
    {
      /* If it was accepted, the whole connection is about to end, and that end says why. */
      if (gst_p2p_channel_is_accepted (channel))
        return TRUE;
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_FAILED, GST_P2P_NOT_TAKEN);
      return FALSE;
    }

  finish (channels, channel);
  if (!gst_p2p_channel_is_sending (channel))
    settle (channels, channel);
  else if (!gst_p2p_channel_is_cut (channel))
    return TRUE; /* its pad is still there */
  /* The EOS of what was received was pushed before this came, so there is nothing to wait for. */
  gst_p2p_transport_release_channel (channels->site.transport, stream);
  g_hash_table_remove (channels->table, GUINT_TO_POINTER ((guint)stream));
  retire (channels, channel);
  return TRUE;
}

gboolean
gst_p2p_channels_take_event (GstP2pChannels *channels, const GstP2pTransportEvent *event,
                             GError **error)
{
  switch (event->type)
    {
    case GST_P2P_TRANSPORT_DCEP:
      return take_dcep (channels, event->stream, event->message, error);
    case GST_P2P_TRANSPORT_STREAM_DATA:
      return take_stream_data (channels, event->stream, error);
    case GST_P2P_TRANSPORT_CHANNEL_CLOSED:
      return take_channel_closed (channels, event->stream, error);
    default:
      return TRUE;
    }
}

/* --- facts --- */

GstP2pChannel *
gst_p2p_channels_find (GstP2pChannels *channels, GstObject *object)
{
  GHashTableIter iter;
  gpointer channel;

  g_hash_table_iter_init (&iter, channels->table);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    if (gst_p2p_channel_owns (channel, object))
      return channel;
  return NULL;
}

gboolean
gst_p2p_channels_are_finished (GstP2pChannels *channels, GstP2pDirection direction,
                               guint *n_channels)
{
  const Tally *tally
      = direction == GST_P2P_DIRECTION_SEND ? &channels->sending : &channels->receiving;

  *n_channels = direction == GST_P2P_DIRECTION_SEND ? tally->n_opened : count_begun (channels);
  return tally->n_finished == tally->n_opened;
}

gboolean
gst_p2p_channels_are_truncated (GstP2pChannels *channels, GstP2pFrameDepayKinds *kinds)
{
  GstP2pFrameDepayKinds of_one;
  gboolean truncated = FALSE;
  GHashTableIter iter;
  gpointer channel;

  *kinds = 0;
  g_hash_table_iter_init (&iter, channels->table);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    if (!gst_p2p_channel_is_sending (channel) && gst_p2p_channel_is_truncated (channel, &of_one))
      {
        truncated = TRUE;
        *kinds |= of_one;
      }
  return truncated;
}

gboolean
gst_p2p_channels_have_refused (GstP2pChannels *channels)
{
  return channels->refused;
}

void
gst_p2p_channels_add_stats (GstP2pChannels *channels, GstStructure *stats)
{
  GHashTableIter iter;
  gpointer channel;
  GValue list = G_VALUE_INIT;

  gst_value_list_init (&list, g_hash_table_size (channels->table));
  g_hash_table_iter_init (&iter, channels->table);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    {
      GstStructure *one = gst_p2p_channel_get_stats (channel);
      GValue value = G_VALUE_INIT;

      if (!one)
        continue;
      gst_structure_set (one, "stream", G_TYPE_UINT, gst_p2p_channel_get_stream (channel), NULL);
      g_value_init (&value, GST_TYPE_STRUCTURE);
      g_value_take_boxed (&value, one);
      gst_value_list_append_and_take_value (&list, &value);
    }
  gst_structure_take_value (stats, "channels", &list);
}
