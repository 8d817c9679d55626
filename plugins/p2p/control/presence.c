/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * presence: see presence.h.
 */
#include "plugins/p2p/control/presence.h"

#include "gst/p2p/base/error.h"
#include "plugins/p2p/base/herald.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/base/loop.h"
#include "plugins/p2p/control/localserver.h"
#include "plugins/p2p/control/tidings.h"
#include "plugins/p2p/framing/p2pframedepay.h"
#include "plugins/p2p/framing/p2pframepay.h"
#include "plugins/p2p/transport/kinds.h"

#define GST_CAT_DEFAULT gst_p2p_debug

struct _GstP2pPresence
{
  /* const */
  GstElement *element;
  GstP2pSrcPads *src_pads;
  GstP2pFarewell *farewell;
  gchar *random_id; /* stays the same from one connect() to the next */

  GMutex lock;
  /* lock */
  GstP2pLoop *control;      /* from start() to stop() */
  GstP2pHerald *herald;     /* likewise */
  GstP2pIdentity *identity; /* likewise */

  /* as its fields are */
  GstP2pTidings tidings;

  /* control thread */
  GstP2pSwitchboard *switchboard; /* from connect() to disconnect() */
  GstP2pSignalingServer *server;
};

GstP2pPresence *
gst_p2p_presence_new (GstElement *element, GstP2pSrcPads *src_pads,
                      const GstP2pSwitchboardFuncs *funcs)
{
  GstP2pPresence *presence = g_new0 (GstP2pPresence, 1);

  presence->element = element;
  presence->src_pads = src_pads;
  presence->tidings = (GstP2pTidings){ .element = element, .funcs = funcs };
  presence->farewell = gst_p2p_farewell_new (element);
  presence->random_id = g_uuid_string_random ();
  g_mutex_init (&presence->lock);
  return presence;
}

void
gst_p2p_presence_free (GstP2pPresence *presence)
{
  gst_p2p_presence_disconnect (presence);
  gst_p2p_presence_stop (presence);
  gst_p2p_farewell_unref (presence->farewell);
  g_mutex_clear (&presence->lock);
  g_free (presence->random_id);
  g_free (presence);
}

/* A reference; %NULL before start(). */
static GstP2pLoop *
get_control (GstP2pPresence *presence)
{
  GstP2pLoop *control;

  g_mutex_lock (&presence->lock);
  control = presence->control ? gst_p2p_loop_ref (presence->control) : NULL;
  g_mutex_unlock (&presence->lock);
  return control;
}

/* Likewise. */
static GstP2pHerald *
get_herald (GstP2pPresence *presence)
{
  GstP2pHerald *herald;

  g_mutex_lock (&presence->lock);
  herald = presence->herald ? gst_p2p_herald_ref (presence->herald) : NULL;
  g_mutex_unlock (&presence->lock);
  return herald;
}

/* Runs @func on the control thread and waits for it. FALSE: there is none. */
static gboolean
call (GstP2pPresence *presence, GFunc func, gpointer user_data)
{
  GstP2pHerald *herald = get_herald (presence);
  gboolean called;

  if (!herald)
    return FALSE;
  called = gst_p2p_herald_call (herald, func, presence, user_data);
  gst_p2p_herald_unref (herald);
  return called;
}

/* The control thread does not wait for the application any more, which may wait for the thread that
 * calls this, or for itself. */
static void
set_hurry (GstP2pPresence *presence, gboolean hurry)
{
  GstP2pHerald *herald = get_herald (presence);

  if (!herald)
    return;
  gst_p2p_herald_set_hurry (herald, hurry);
  gst_p2p_herald_unref (herald);
}

static void
settle (GstP2pPresence *presence)
{
  GstP2pHerald *herald = get_herald (presence);

  if (!herald)
    return;
  gst_p2p_herald_settle (herald);
  gst_p2p_herald_unref (herald);
}

/* --- NULL→READY and back --- */

typedef struct
{
  const GstP2pSettings *settings;
  GstP2pDirection directions;
  GError *error;
} Start;

static void
start_server (gpointer data, gpointer user_data)
{
  GstP2pPresence *presence = data;
  Start *start = user_data;

  presence->server = gst_p2p_local_server_new (start->settings, &start->error);
}

static void
stop_server (gpointer data, gpointer user_data)
{
  GstP2pPresence *presence = data;

  if (presence->server)
    gst_p2p_signaling_server_stop (presence->server);
  g_clear_object (&presence->server);
}

/* Whatever is wrong with the file, the error is one of the settings. */
static GstP2pIdentity *
make_identity (const gchar *path, GError **error)
{
  g_autoptr (GError) cause = NULL;
  GstP2pIdentity *identity;

  if (!path)
    return gst_p2p_identity_new (error);
  identity = gst_p2p_identity_new_from_file (path, &cause);
  if (!identity)
    g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS, cause->message);
  return identity;
}

gboolean
gst_p2p_presence_start (GstP2pPresence *presence, const GstP2pSettings *settings, GError **error)
{
  GstP2pIdentity *identity;
  Start start = { .settings = settings };

  identity = make_identity (settings->certificate, error);
  if (!identity)
    return FALSE;

  gst_p2p_transport_prepare (settings->transport);

  g_mutex_lock (&presence->lock);
  presence->identity = identity;
  presence->control = gst_p2p_loop_new ("p2p-control", presence->element);
  presence->herald = gst_p2p_herald_new ("p2p-herald", presence->control);
  g_mutex_unlock (&presence->lock);

  if (settings->signaling_serve)
    call (presence, start_server, &start);
  if (!start.error)
    return TRUE;
  g_propagate_error (error, start.error);
  gst_p2p_presence_stop (presence);
  return FALSE;
}

void
gst_p2p_presence_stop (GstP2pPresence *presence)
{
  GstP2pLoop *control;
  GstP2pHerald *herald;
  GstP2pIdentity *identity;

  call (presence, stop_server, NULL);

  g_mutex_lock (&presence->lock);
  control = g_steal_pointer (&presence->control);
  herald = g_steal_pointer (&presence->herald);
  identity = g_steal_pointer (&presence->identity);
  g_mutex_unlock (&presence->lock);

  if (control)
    {
      gst_p2p_loop_stop (control);
      gst_p2p_loop_unref (control);
      gst_p2p_herald_end (herald);
      gst_p2p_herald_unref (herald);
    }
  g_clear_pointer (&identity, gst_p2p_identity_unref);
  gst_p2p_transport_end_prepare ();
}

/* --- READY→PAUSED and back --- */

static void
start_switchboard (gpointer data, gpointer user_data)
{
  GstP2pPresence *presence = data;
  Start *start = user_data;
  const gchar *local_id = start->settings->local_id;

  presence->tidings.herald = get_herald (presence);
  presence->switchboard = gst_p2p_switchboard_new (&(GstP2pSwitchboardConfig){
      .bin = GST_BIN (presence->element),
      .control = presence->control,
      .directions = start->directions,
      .settings = start->settings,
      .local_id = local_id ? local_id : presence->random_id,
      .identity = presence->identity,
      .src_pads = start->directions & GST_P2P_DIRECTION_RECEIVE ? presence->src_pads : NULL,
      .farewell = presence->farewell,
      .funcs = &gst_p2p_tidings_funcs,
      .user_data = &presence->tidings,
  });
  gst_p2p_switchboard_start (presence->switchboard, &start->error);
}

gboolean
gst_p2p_presence_connect (GstP2pPresence *presence, const GstP2pSettings *settings,
                          GstP2pDirection directions, GError **error)
{
  Start start = { .settings = settings, .directions = directions };

  set_hurry (presence, FALSE);
  call (presence, start_switchboard, &start);
  if (!start.error)
    return TRUE;
  g_propagate_error (error, start.error);
  gst_p2p_presence_disconnect (presence);
  return FALSE;
}

static void
peek_switchboard (gpointer data, gpointer switchboard)
{
  *(GstP2pSwitchboard **)switchboard = ((GstP2pPresence *)data)->switchboard;
}

static void
take_switchboard (gpointer data, gpointer switchboard)
{
  GstP2pPresence *presence = data;

  *(GstP2pSwitchboard **)switchboard = g_steal_pointer (&presence->switchboard);
  g_clear_pointer (&presence->tidings.herald, gst_p2p_herald_unref);
}

void
gst_p2p_presence_disconnect (GstP2pPresence *presence)
{
  GstP2pSwitchboard *switchboard = NULL;

  gst_p2p_farewell_stop (presence->farewell);
  set_hurry (presence, TRUE);
  /* The switchboard stays in the field while it stops, so that messages of its last connections
   * reach it. */
  call (presence, peek_switchboard, &switchboard);
  if (!switchboard)
    return;
  gst_p2p_switchboard_stop (switchboard);
  call (presence, take_switchboard, &switchboard);
  gst_p2p_switchboard_free (switchboard);
  settle (presence);
}

/* --- facts --- */

gchar *
gst_p2p_presence_get_fingerprint (GstP2pPresence *presence)
{
  gchar *fingerprint;

  g_mutex_lock (&presence->lock);
  fingerprint = presence->identity
                    ? g_strdup (gst_p2p_identity_get_fingerprint (presence->identity))
                    : NULL;
  g_mutex_unlock (&presence->lock);
  return fingerprint;
}

static void
fill_stats (gpointer data, gpointer stats)
{
  GstP2pPresence *presence = data;

  if (presence->switchboard)
    *(GstStructure **)stats = gst_p2p_switchboard_get_stats (presence->switchboard);
}

GstStructure *
gst_p2p_presence_get_stats (GstP2pPresence *presence)
{
  GstStructure *stats = NULL;

  call (presence, fill_stats, &stats);
  return stats ? stats
               : gst_structure_new ("p2p-stats", "state", G_TYPE_STRING,
                                    gst_p2p_peer_state_get_name (GST_P2P_PEER_NEW), NULL);
}

/* --- errands to the switchboard --- */

typedef void (*ErrandFunc) (GstP2pSwitchboard *switchboard, GstObject *object, const GError *error);

typedef struct
{
  GstP2pPresence *presence;
  GstElement *element; /* a reference, which keeps the presence */
  ErrandFunc func;
  GstObject *object;
  GError *error;
} Errand;

static void
on_errand (gpointer data, gpointer user_data)
{
  Errand *errand = data;
  GstP2pSwitchboard *switchboard = errand->presence->switchboard;

  if (switchboard)
    errand->func (switchboard, errand->object, errand->error);
}

static void
errand_free (gpointer data)
{
  Errand *errand = data;

  gst_object_unref (errand->element);
  gst_clear_object (&errand->object);
  g_clear_error (&errand->error);
  g_free (errand);
}

static void
post (GstP2pPresence *presence, ErrandFunc func, gpointer object, const GError *error)
{
  GstP2pLoop *control = get_control (presence);
  Errand *errand;

  if (!control)
    return;

  errand = g_new0 (Errand, 1);
  errand->presence = presence;
  errand->element = gst_object_ref (presence->element);
  errand->func = func;
  errand->object = object ? gst_object_ref (object) : NULL;
  errand->error = error ? g_error_copy (error) : NULL;
  gst_p2p_loop_post (control, on_errand, errand, NULL, errand_free);
  gst_p2p_loop_unref (control);
}

static void
check_sent (GstP2pSwitchboard *switchboard, GstObject *object, const GError *error)
{
  gst_p2p_switchboard_check_sent (switchboard);
}

void
gst_p2p_presence_check_sent (GstP2pPresence *presence)
{
  post (presence, check_sent, NULL, NULL);
}

static void
add_sink_pad (GstP2pSwitchboard *switchboard, GstObject *object, const GError *error)
{
  gst_p2p_switchboard_add_sink_pad (switchboard, GST_P2P_SINK_PAD (object));
}

void
gst_p2p_presence_add_sink_pad (GstP2pPresence *presence, GstP2pSinkPad *pad)
{
  post (presence, add_sink_pad, pad, NULL);
}

static void
end_channel (GstP2pSwitchboard *switchboard, GstObject *object, const GError *error)
{
  gst_p2p_switchboard_end_channel (switchboard, object);
}

void
gst_p2p_presence_end_channel (GstP2pPresence *presence, GstObject *element)
{
  post (presence, end_channel, element, NULL);
}

static void
end (GstP2pSwitchboard *switchboard, GstObject *object, const GError *error)
{
  gst_p2p_switchboard_end (switchboard);
}

void
gst_p2p_presence_end (GstP2pPresence *presence)
{
  post (presence, end, NULL, NULL);
}

static void
fail (GstP2pSwitchboard *switchboard, GstObject *object, const GError *error)
{
  gst_p2p_switchboard_fail (switchboard, error);
}

/* What a payloader or depayloader cannot go on with ends the connection to its peer, and nothing
 * else, unless this end's pipeline sends what nobody could get. */
static void
take_error (GstP2pPresence *presence, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  gst_message_parse_error (message, &error, &debug);
  GST_INFO_OBJECT (presence->element, "%s: %s (%s)", GST_MESSAGE_SRC_NAME (message), error->message,
                   debug);
  if (error->domain == GST_STREAM_ERROR)
    {
      gboolean own
          = error->code == GST_STREAM_ERROR_FORMAT || error->code == GST_STREAM_ERROR_WRONG_TYPE;
      g_autoptr (GError) reason = g_error_new_literal (
          GST_P2P_ERROR, own ? GST_P2P_ERROR_UNSENDABLE : GST_P2P_ERROR_INVALID, error->message);

      if (error->code == GST_STREAM_ERROR_WRONG_TYPE)
        post (presence, fail, NULL, reason);
      post (presence, gst_p2p_switchboard_fail_channel, GST_MESSAGE_SRC (message), reason);
    }
}

gboolean
gst_p2p_presence_take_message (GstP2pPresence *presence, GstMessage *message)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    take_error (presence, message);
  else if (gst_message_has_name (message, GST_P2P_FRAME_PAY_EOS))
    post (presence, end_channel, GST_MESSAGE_SRC (message), NULL);
  else if (gst_message_has_name (message, GST_P2P_FRAME_DEPAY_TRUNCATED))
    gst_p2p_farewell_take_truncated (
        presence->farewell,
        gst_p2p_frame_depay_get_kinds (GST_ELEMENT (GST_MESSAGE_SRC (message))));
  else
    return FALSE;
  gst_message_unref (message);
  return TRUE;
}

static void
remove_sink_pad (gpointer data, gpointer pad)
{
  GstP2pPresence *presence = data;

  if (presence->switchboard)
    gst_p2p_switchboard_remove_sink_pad (presence->switchboard, pad);
}

void
gst_p2p_presence_remove_sink_pad (GstP2pPresence *presence, GstP2pSinkPad *pad)
{
  call (presence, remove_sink_pad, pad);
}
