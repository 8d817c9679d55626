/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * basebin: properties, pads, states and messages of the elements. The presence does what has to do
 * with the network, on its control thread.
 *
 *   sink_0 ─► tee ┬► queue ─► p2pframepay ⇄ transport        connection 1
 *                 └► queue ─► p2pframepay ⇄ transport        connection 2
 *                                           transport ⇄ p2pframedepay ─► src_0
 *
 * NULL→READY starts the control thread and, if asked to, the signaling server; READY→PAUSED binds
 * the id and calls or waits; each is undone by its mirror image.
 */
/**
 * SECTION:GstP2pBaseBin
 *
 * What p2psrc, p2psink and p2pbin have in common. One with remote-id calls; one without waits to be
 * called under its local-id. Either end may send.
 *
 * ## Pads
 *
 * What goes into `sink_N` comes out of the receiver's `src_N`. A source pad appears when its caps
 * are known, or else with its first data, on the streaming thread: a handler of `pad-added` finds
 * the caps, and what has come waits until it returns. `no-more-pads` comes when all have appeared
 * that the sender had when it began to send. Raw streams have neither caps nor a number: their pads
 * appear at once, and `no-more-pads` follows 50 ms after the last.
 *
 * ## Messages
 *
 * - error: why it gave up, with a sentence about what to do. There is one at most.
 * - warning: it goes on, but not as it should: no signaling server is there, and it tries again; or
 * a sender left before its stream had ended (see `on-truncated`).
 * - info: under which id, and at which signaling server, it waits to be called (details: `id`,
 * `signaling-uri`); or that a server is there after a warning that none is (`signaling-uri`).
 * - element message `peer-connected`: a connection is open. It has the fields of an entry of
 * `peers` (below) but `channels`.
 * - element message `peer-disconnected`: an open connection is over. Fields: `id`, `reason`.
 *
 * The details of an error or warning have the field `cause`, a word for programs. README has the
 * list of causes, and that of reasons.
 *
 * ## Handlers
 *
 * The signals peer-connected, peer-disconnected and accept-peer, notifications of
 * connection-state, and the messages above (in a bus sync handler) come on a thread that the
 * element has for them. There the state of the pipeline may be changed, also to NULL.
 *
 * pad-added, pad-removed, no-more-pads, pad probes, the signals of elements further downstream, and
 * messages about streaming threads come on a thread that the element has to join. There
 * set_state() to READY or NULL fails, with one error message (cause `own-thread`): leave it to
 * gst_element_call_async(), or to the main loop.
 *
 * ## Statistics
 *
 * `stats` has `state`, `local-id`, `connections` (so far) and `peers`, a list with an entry for
 * each connection:
 *
 * - `id`, `fingerprint`, `state`, `setup-time-us`
 * - `local-address`, `remote-address`, `local-candidate-type`, `remote-candidate-type` (host,
 * srflx, prflx, relay), `protocol` (udp, tcp)
 * - as far as the transport knows them `cipher`, `rtt-us`, `congestion-window`, `bytes-in-flight`,
 * `retransmissions`
 * - `channels`, a list with an entry for each stream: `stream` (SCTP's number), `objects`, `bytes`,
 * `dropped`; of one that is sent `in-flight` (bytes), `in-flight-objects`, `ack-rtt-us`; of one
 * that is received `lost`, `acks`
 */
#include "plugins/p2p/element/basebin.h"

#include <stdio.h>

#include "gst/p2p/link/peer.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/base/owner.h"
#include "plugins/p2p/control/presence.h"
#include "plugins/p2p/element/properties.h"
#include "plugins/p2p/element/report.h"
#include "plugins/p2p/element/whole.h"
#include "plugins/p2p/pads/sinkpad.h"
#include "plugins/p2p/pads/srcpads.h"

typedef struct
{
  /* const */
  GstP2pPresence *presence;
  GstP2pSrcPads *src_pads;
  GstP2pFramingOrigin *origin; /* of what is sent */

  /* OBJECT_LOCK */
  GstP2pSettings *settings;
  GstP2pPeerState state;
  guint next_sink;
  gboolean refused; /* to wait for a thread of its own, and said so */
} GstP2pBaseBinPrivate;

static void gst_p2p_base_bin_child_proxy_init (gpointer iface, gpointer data);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstP2pBaseBin, gst_p2p_base_bin, GST_TYPE_BIN,
                                  G_ADD_PRIVATE (GstP2pBaseBin)
                                      G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY,
                                                             gst_p2p_base_bin_child_proxy_init))

#define PRIVATE(self)                                                                              \
  ((GstP2pBaseBinPrivate *)gst_p2p_base_bin_get_instance_private (GST_P2P_BASE_BIN (self)))

enum
{
  PROP_FINGERPRINT = GST_P2P_PROPERTIES_LAST,
  PROP_CONNECTION_STATE,
  PROP_STATS
};

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS_ANY);

/* --- what the switchboard reports; control thread --- */

static void
on_state_changed (GstP2pPeerState state, gpointer user_data)
{
  GstP2pBaseBin *self = user_data;
  g_autofree gchar *name
      = g_strdup_printf ("%s.%s", GST_OBJECT_NAME (self), gst_p2p_peer_state_get_name (state));

  GST_OBJECT_LOCK (self);
  PRIVATE (self)->state = state;
  GST_OBJECT_UNLOCK (self);
  g_object_notify (G_OBJECT (self), "connection-state");
  GST_DEBUG_BIN_TO_DOT_FILE (GST_BIN (self), GST_DEBUG_GRAPH_SHOW_ALL, name);
}

static void
on_sent_everything (gpointer user_data)
{
  gst_element_post_message (user_data, gst_message_new_eos (user_data));
}

static const GstP2pSwitchboardFuncs switchboard_funcs = {
  .waiting = gst_p2p_report_waiting,
  .found = gst_p2p_report_found,
  .accept_peer = gst_p2p_report_ask_accept,
  .peer_connected = gst_p2p_report_connected,
  .peer_disconnected = gst_p2p_report_disconnected,
  .state_changed = on_state_changed,
  .sent_everything = on_sent_everything,
  .warn = gst_p2p_report_warning,
  .failed = gst_p2p_report_error,
};

/* --- source pads --- */

/* An EOS that leaves means that everything on this pad was received. */
static void
on_src_pad_eos (GstPad *pad, gpointer user_data)
{
  gst_p2p_presence_end_channel (PRIVATE (user_data)->presence, GST_OBJECT (pad));
}

/* --- sink pads --- */

static void
on_sink_pad_eos (GstPad *pad, GstP2pBaseBin *self)
{
  gst_p2p_presence_check_sent (PRIVATE (self)->presence);
}

/* As a sink does, so that the pipeline gives out a new base time, without which what comes next
 * would be late. */
static void
on_sink_pad_flushed (GstPad *pad, GstP2pBaseBin *self)
{
  GstObject *object = GST_OBJECT (self);

  gst_element_post_message (GST_ELEMENT (self), gst_message_new_reset_time (object, 0));
  gst_element_post_message (GST_ELEMENT (self), gst_message_new_async_start (object));
  gst_element_post_message (GST_ELEMENT (self),
                            gst_message_new_async_done (object, GST_CLOCK_TIME_NONE));
}

static GstPad *
gst_p2p_base_bin_request_new_pad (GstElement *element, GstPadTemplate *templ, const gchar *name,
                                  const GstCaps *caps)
{
  GstP2pBaseBinPrivate *priv = PRIVATE (element);
  g_autofree gchar *own_name = NULL;
  guint index;
  gboolean wait;
  GstPad *pad;

  GST_OBJECT_LOCK (element);
  if (!name || sscanf (name, "sink_%u", &index) != 1)
    index = priv->next_sink;
  own_name = g_strdup_printf ("sink_%u", index);
  priv->next_sink = MAX (priv->next_sink, index + 1);
  wait = priv->settings->wait_for_connection;
  GST_OBJECT_UNLOCK (element);

  pad = gst_p2p_sink_pad_new (GST_BIN (element), templ, own_name, priv->origin);
  if (!pad)
    return NULL;
  gst_p2p_sink_pad_set_wait (GST_P2P_SINK_PAD (pad), wait);
  g_signal_connect_object (pad, "eos", G_CALLBACK (on_sink_pad_eos), element, 0);
  g_signal_connect_object (pad, "flushed", G_CALLBACK (on_sink_pad_flushed), element, 0);
  if (GST_STATE (element) >= GST_STATE_PAUSED || GST_STATE_NEXT (element) >= GST_STATE_PAUSED)
    gst_pad_set_active (pad, TRUE);
  if (!gst_element_add_pad (element, pad))
    {
      gst_p2p_sink_pad_dispose_tee (GST_P2P_SINK_PAD (pad), GST_BIN (element));
      gst_object_unref (gst_object_ref_sink (pad));
      return NULL;
    }
  gst_child_proxy_child_added (GST_CHILD_PROXY (element), G_OBJECT (pad), own_name);
  gst_p2p_presence_add_sink_pad (priv->presence, GST_P2P_SINK_PAD (pad));
  return pad;
}

static void
gst_p2p_base_bin_release_pad (GstElement *element, GstPad *pad)
{
  gst_object_ref (pad);
  gst_pad_set_active (pad, FALSE);
  gst_child_proxy_child_removed (GST_CHILD_PROXY (element), G_OBJECT (pad), GST_OBJECT_NAME (pad));
  gst_element_remove_pad (element, pad);
  gst_p2p_presence_remove_sink_pad (PRIVATE (element)->presence, GST_P2P_SINK_PAD (pad));
  gst_p2p_sink_pad_dispose_tee (GST_P2P_SINK_PAD (pad), GST_BIN (element));
  gst_object_unref (pad);
}

/* The thread that changes the state asks upstream, as it does for the pipeline's latency. */
static void
begin_time (GstP2pBaseBin *self)
{
  GList *pads = gst_p2p_sink_pad_list (GST_ELEMENT (self));

  gst_p2p_framing_origin_begin_anew (PRIVATE (self)->origin);
  for (GList *l = pads; l; l = l->next)
    gst_p2p_sink_pad_ask_live (l->data);
  g_list_free_full (pads, gst_object_unref);
}

/* --- the element as a whole --- */

static void
on_src_pads_ended (gpointer element)
{
  gst_p2p_presence_end (PRIVATE (element)->presence);
}

/* As the EOS of a source would, it ends what is downstream; and it ends an element that would wait
 * for a receiver for ever, which GstBin tells of it because p2psink is flagged as a source, too. */
static void
end (GstP2pBaseBin *self)
{
  GstP2pDirection directions = GST_P2P_BASE_BIN_GET_CLASS (self)->directions;
  g_autoptr (GError) error = NULL;

  if ((directions & GST_P2P_DIRECTION_RECEIVE)
      && gst_p2p_src_pads_end (PRIVATE (self)->src_pads, on_src_pads_ended))
    return;
  if (directions == GST_P2P_DIRECTION_RECEIVE)
    {
      /* There is no pad through which downstream could hear of it. */
      error = g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_LOST,
                                   "The stream was ended before anything had come");
      gst_p2p_report_error (error, self);
    }
  gst_p2p_presence_end (PRIVATE (self)->presence);
}

static gboolean
gst_p2p_base_bin_send_event (GstElement *element, GstEvent *event)
{
  GstP2pBaseBin *self = GST_P2P_BASE_BIN (element);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    {
      end (self);
      gst_event_unref (event);
      return TRUE;
    }
  if (GST_EVENT_IS_UPSTREAM (event)
      && (GST_P2P_BASE_BIN_GET_CLASS (self)->directions & GST_P2P_DIRECTION_SEND))
    return gst_p2p_whole_send_upstream (element, event);
  return GST_ELEMENT_CLASS (gst_p2p_base_bin_parent_class)->send_event (element, event);
}

static gboolean
gst_p2p_base_bin_query (GstElement *element, GstQuery *query)
{
  if (GST_P2P_BASE_BIN_GET_CLASS (element)->directions & GST_P2P_DIRECTION_SEND)
    return gst_p2p_whole_query (element, query);
  return GST_ELEMENT_CLASS (gst_p2p_base_bin_parent_class)->query (element, query);
}

/* --- messages of what is inside --- */

/* ENTER and LEAVE are posted by the streaming thread that they are about. */
static gboolean
is_of_streaming_thread (GstMessage *message)
{
  GstStreamStatusType type;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_STREAM_STATUS)
    return FALSE;
  gst_message_parse_stream_status (message, &type, NULL);
  return type == GST_STREAM_STATUS_TYPE_ENTER || type == GST_STREAM_STATUS_TYPE_LEAVE;
}

/* Of an element that comes or goes with a connection. Its state is locked while it posts this, so
 * that a handler which changed the pipeline's state could wait for a thread that waits for it. */
static gboolean
is_of_connection (GstBin *bin, GstMessage *message)
{
  return GST_MESSAGE_TYPE (message) == GST_MESSAGE_STATE_CHANGED && gst_p2p_owner_is_served (bin);
}

static void
gst_p2p_base_bin_handle_message (GstBin *bin, GstMessage *message)
{
  GstP2pOwnerMark mark;

  if (gst_p2p_presence_take_message (PRIVATE (bin)->presence, message))
    return;
  if (is_of_connection (bin, message))
    {
      gst_message_unref (message);
      return;
    }
  gst_p2p_owner_enter (&mark, is_of_streaming_thread (message) ? bin : NULL);
  GST_BIN_CLASS (gst_p2p_base_bin_parent_class)->handle_message (bin, message);
  gst_p2p_owner_leave (&mark);
}

/* --- states --- */

static GstP2pSettings *
copy_settings (GstP2pBaseBin *self)
{
  GstP2pSettings *settings;

  GST_OBJECT_LOCK (self);
  settings = gst_p2p_settings_copy (PRIVATE (self)->settings);
  GST_OBJECT_UNLOCK (self);
  return settings;
}

static gboolean
enter (GstP2pBaseBin *self, GstStateChange transition, GError **error)
{
  GstP2pPresence *presence = PRIVATE (self)->presence;
  g_autoptr (GstP2pSettings) settings = copy_settings (self);

  switch (transition)
    {
    case GST_STATE_CHANGE_NULL_TO_READY:
      if (!gst_p2p_settings_prepare (settings, error)
          || !gst_p2p_presence_start (presence, settings, error))
        return FALSE;
      g_object_notify (G_OBJECT (self), "fingerprint");
      return TRUE;
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      /* Again: properties may have been set in READY, the fingerprint to expect among them. */
      if (!gst_p2p_settings_prepare (settings, error))
        return FALSE;
      GST_OBJECT_LOCK (self);
      PRIVATE (self)->refused = FALSE;
      GST_OBJECT_UNLOCK (self);
      gst_p2p_src_pads_activate (PRIVATE (self)->src_pads, settings->keep_listening);
      return gst_p2p_presence_connect (presence, settings,
                                       GST_P2P_BASE_BIN_GET_CLASS (self)->directions, error);
    case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
      begin_time (self);
      return TRUE;
    default:
      return TRUE;
    }
}

/* Undoes what enter() did in the opposite transition. */
static void
leave (GstP2pBaseBin *self, GstStateChange transition)
{
  GstP2pBaseBinPrivate *priv = PRIVATE (self);

  switch (transition)
    {
    case GST_STATE_CHANGE_PAUSED_TO_READY:
      /* The pads are deactivated first: a thread of the transport may wait in them for
       * downstream. */
      gst_p2p_src_pads_deactivate (priv->src_pads);
      gst_p2p_presence_disconnect (priv->presence);
      gst_p2p_src_pads_remove (priv->src_pads);
      break;
    case GST_STATE_CHANGE_READY_TO_NULL:
      gst_p2p_presence_stop (priv->presence);
      break;
    default:
      break;
    }
}

static gboolean
is_live (GstP2pBaseBin *self)
{
  gboolean live;

  GST_OBJECT_LOCK (self);
  live = (GST_P2P_BASE_BIN_GET_CLASS (self)->directions & GST_P2P_DIRECTION_RECEIVE)
         && PRIVATE (self)->settings->is_live;
  GST_OBJECT_UNLOCK (self);
  return live;
}

/* A handler of the application on a thread of the element asks it to wait for that thread. One
 * message is enough: what is called from a bus handler would otherwise go round in circles. */
static gboolean
would_join_itself (GstP2pBaseBin *self, GstStateChange transition)
{
  gboolean said;

  if ((transition != GST_STATE_CHANGE_PAUSED_TO_READY
       && transition != GST_STATE_CHANGE_READY_TO_NULL)
      || !gst_p2p_owner_is_served (self))
    return FALSE;

  GST_OBJECT_LOCK (self);
  said = PRIVATE (self)->refused;
  PRIVATE (self)->refused = TRUE;
  GST_OBJECT_UNLOCK (self);
  if (!said)
    gst_p2p_report_own_thread (GST_ELEMENT (self));
  return TRUE;
}

static GstStateChangeReturn
gst_p2p_base_bin_change_state (GstElement *element, GstStateChange transition)
{
  GstP2pBaseBin *self = GST_P2P_BASE_BIN (element);
  GstStateChangeReturn result;
  g_autoptr (GError) error = NULL;

  if (would_join_itself (self, transition))
    return GST_STATE_CHANGE_FAILURE;
  if (!enter (self, transition, &error))
    {
      gst_p2p_report_error (error, element);
      return GST_STATE_CHANGE_FAILURE;
    }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    leave (self, transition);

  result = GST_ELEMENT_CLASS (gst_p2p_base_bin_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_READY_TO_NULL)
    leave (self, transition);
  else if (result == GST_STATE_CHANGE_FAILURE)
    leave (self, GST_STATE_TRANSITION (GST_STATE_TRANSITION_NEXT (transition),
                                       GST_STATE_TRANSITION_CURRENT (transition)));
  else if (GST_STATE_TRANSITION_NEXT (transition) == GST_STATE_PAUSED && is_live (self))
    result = GST_STATE_CHANGE_NO_PREROLL;
  return result;
}

/* --- GObject --- */

static void
gst_p2p_base_bin_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  gboolean known;

  GST_OBJECT_LOCK (object);
  known = gst_p2p_properties_set (PRIVATE (object)->settings, id, value);
  GST_OBJECT_UNLOCK (object);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_p2p_base_bin_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstP2pBaseBinPrivate *priv = PRIVATE (object);
  gboolean known = TRUE;

  if (id == PROP_STATS)
    {
      g_value_take_boxed (value, gst_p2p_presence_get_stats (priv->presence));
      return;
    }
  if (id == PROP_FINGERPRINT)
    {
      g_value_take_string (value, gst_p2p_presence_get_fingerprint (priv->presence));
      return;
    }

  GST_OBJECT_LOCK (object);
  if (id == PROP_CONNECTION_STATE)
    g_value_set_enum (value, priv->state);
  else
    known = gst_p2p_properties_get (priv->settings, id, value);
  GST_OBJECT_UNLOCK (object);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
unref_elsewhere (GstElement *element, gpointer user_data)
{
  /* The reference that GStreamer holds for this call is the last one. */
}

static void
gst_p2p_base_bin_dispose (GObject *object)
{
  if (gst_p2p_owner_is_served (object))
    {
      gst_element_call_async (GST_ELEMENT (object), unref_elsewhere, NULL, NULL);
      return;
    }
  /* Only if the element was disposed of without having been set to NULL. */
  gst_p2p_presence_disconnect (PRIVATE (object)->presence);
  gst_p2p_presence_stop (PRIVATE (object)->presence);
  G_OBJECT_CLASS (gst_p2p_base_bin_parent_class)->dispose (object);
}

static void
gst_p2p_base_bin_finalize (GObject *object)
{
  GstP2pBaseBinPrivate *priv = PRIVATE (object);

  gst_p2p_settings_free (priv->settings);
  gst_p2p_presence_free (priv->presence);
  gst_p2p_src_pads_free (priv->src_pads);
  gst_p2p_framing_origin_unref (priv->origin);
  G_OBJECT_CLASS (gst_p2p_base_bin_parent_class)->finalize (object);
}

static GType
connection_state_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_P2P_PEER_NEW, "No connection yet", "new" },
    { GST_P2P_PEER_SIGNALING, "Exchanging credentials", "signaling" },
    { GST_P2P_PEER_ICE, "Looking for a network path", "ice" },
    { GST_P2P_PEER_DTLS, "Proving identities", "dtls" },
    { GST_P2P_PEER_SCTP, "Setting up the association", "sctp" },
    { GST_P2P_PEER_OPEN, "Connected", "open" },
    { GST_P2P_PEER_CLOSED, "Over", "closed" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstP2pConnectionState", values));
  return type;
}

static void
gst_p2p_base_bin_class_init (GstP2pBaseBinClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  gst_p2p_log_init ();

  object_class->set_property = gst_p2p_base_bin_set_property;
  object_class->get_property = gst_p2p_base_bin_get_property;
  object_class->dispose = gst_p2p_base_bin_dispose;
  object_class->finalize = gst_p2p_base_bin_finalize;
  element_class->change_state = gst_p2p_base_bin_change_state;
  element_class->request_new_pad = gst_p2p_base_bin_request_new_pad;
  element_class->release_pad = gst_p2p_base_bin_release_pad;
  element_class->send_event = gst_p2p_base_bin_send_event;
  element_class->query = gst_p2p_base_bin_query;
  GST_BIN_CLASS (klass)->handle_message = gst_p2p_base_bin_handle_message;

  gst_p2p_properties_install (object_class, 0);
  g_object_class_install_property (
      object_class, PROP_FINGERPRINT,
      g_param_spec_string ("fingerprint", "Fingerprint",
                           "SHA-256 of this end's certificate, from READY on", NULL, flags));
  g_object_class_install_property (object_class, PROP_CONNECTION_STATE,
                                   g_param_spec_enum ("connection-state", "Connection state",
                                                      "How far the furthest connection is",
                                                      connection_state_get_type (),
                                                      GST_P2P_PEER_NEW, flags));
  g_object_class_install_property (
      object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
                          "State, and for each peer the selected pair, round trip time, bytes and "
                          "messages",
                          GST_TYPE_STRUCTURE, flags));
  gst_p2p_report_install_signals (klass);
  gst_type_mark_as_plugin_api (GST_TYPE_P2P_BASE_BIN, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_P2P_SINK_PAD, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_P2P_SRC_PAD, 0);
  gst_type_mark_as_plugin_api (connection_state_get_type (), 0);
}

gboolean
gst_p2p_base_bin_set_uri (GstP2pBaseBin *self, const gchar *uri, GError **error)
{
  gboolean set;

  GST_OBJECT_LOCK (self);
  set = gst_p2p_settings_set_uri (PRIVATE (self)->settings, uri, error);
  GST_OBJECT_UNLOCK (self);
  return set;
}

gchar *
gst_p2p_base_bin_get_uri (GstP2pBaseBin *self)
{
  gchar *uri;

  GST_OBJECT_LOCK (self);
  uri = gst_p2p_settings_get_uri (PRIVATE (self)->settings);
  GST_OBJECT_UNLOCK (self);
  return uri;
}

void
gst_p2p_base_bin_class_set_directions (GstP2pBaseBinClass *klass, GstP2pDirection directions)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  /* A class that installs properties does not inherit these functions. */
  object_class->set_property = gst_p2p_base_bin_set_property;
  object_class->get_property = gst_p2p_base_bin_get_property;
  klass->directions = directions;
  gst_p2p_properties_install (object_class, directions);
  if (directions & GST_P2P_DIRECTION_SEND)
    gst_element_class_add_static_pad_template_with_gtype (GST_ELEMENT_CLASS (klass), &sink_template,
                                                          GST_TYPE_P2P_SINK_PAD);
  if (directions & GST_P2P_DIRECTION_RECEIVE)
    gst_element_class_add_static_pad_template_with_gtype (GST_ELEMENT_CLASS (klass), &src_template,
                                                          GST_TYPE_P2P_SRC_PAD);
}

static void
gst_p2p_base_bin_init (GstP2pBaseBin *self)
{
  GstP2pBaseBinPrivate *priv = PRIVATE (self);

  gst_p2p_owner_declare (GST_ELEMENT (self));
  priv->settings = gst_p2p_settings_new ();
  priv->origin = gst_p2p_framing_origin_new ();
  priv->src_pads = gst_p2p_src_pads_new (GST_ELEMENT (self), on_src_pad_eos);
  priv->presence = gst_p2p_presence_new (GST_ELEMENT (self), priv->src_pads, &switchboard_funcs);
  /* The transports contain sources and sinks; whether this element is one, its subclass says. */
  gst_bin_set_suppressed_flags (GST_BIN (self), GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_SINK);
}

/* --- GstChildProxy: pad properties as in "p2psink name=s  s.sink_0::label=video" --- */

static GObject *
get_child_by_name (GstChildProxy *proxy, const gchar *name)
{
  GstChildProxyInterface *parent
      = g_type_interface_peek_parent (GST_CHILD_PROXY_GET_INTERFACE (proxy));
  GstPad *pad = gst_element_get_static_pad (GST_ELEMENT (proxy), name);

  return pad ? G_OBJECT (pad) : parent->get_child_by_name (proxy, name);
}

static void
gst_p2p_base_bin_child_proxy_init (gpointer iface, gpointer data)
{
  ((GstChildProxyInterface *)iface)->get_child_by_name = get_child_by_name;
}
