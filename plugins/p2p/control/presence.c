/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * station: see station.h.
 */
#include "plugins/p2p/control/presence.h"

#include "gst/p2p/base/error.h"
#include "plugins/p2p/base/loop.h"
#include "plugins/p2p/transport/stock/bin.h"
#include "plugins/p2p/control/localserver.h"

struct _GstP2pStation
{
  /* const */
  GstElement *element;
  const GstP2pEndpointCallbacks *callbacks;
  gchar *random_id; /* stays the same from one connect() to the next */

  GMutex lock;
  /* lock */
  GstP2pControlThread *control; /* from start() to stop() */
  GstP2pIdentity *identity;     /* likewise */

  /* control thread */
  GstP2pEndpoint *endpoint; /* from connect() to disconnect() */
  GstP2pSignalingServer *server;
};

GstP2pStation *
gst_p2p_station_new (GstElement *element, const GstP2pEndpointCallbacks *callbacks)
{
  GstP2pStation *station = g_new0 (GstP2pStation, 1);

  station->element = element;
  station->callbacks = callbacks;
  station->random_id = g_uuid_string_random ();
  g_mutex_init (&station->lock);
  return station;
}

void
gst_p2p_station_free (GstP2pStation *station)
{
  gst_p2p_station_disconnect (station);
  gst_p2p_station_stop (station);
  g_mutex_clear (&station->lock);
  g_free (station->random_id);
  g_free (station);
}

/* A reference; %NULL before start(). */
static GstP2pControlThread *
get_control (GstP2pStation *station)
{
  GstP2pControlThread *control;

  g_mutex_lock (&station->lock);
  control = station->control ? gst_p2p_control_thread_ref (station->control) : NULL;
  g_mutex_unlock (&station->lock);
  return control;
}

/* Runs @func on the control thread and waits for it. FALSE: there is none. */
static gboolean
call (GstP2pStation *station, GFunc func, gpointer user_data)
{
  GstP2pControlThread *control = get_control (station);
  gboolean called;

  if (!control)
    return FALSE;
  called = gst_p2p_control_thread_call (control, func, station, user_data);
  gst_p2p_control_thread_unref (control);
  return called;
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
  GstP2pStation *station = data;
  Start *start = user_data;

  station->server = gst_p2p_local_server_new (start->settings, &start->error);
}

static void
stop_server (gpointer data, gpointer user_data)
{
  GstP2pStation *station = data;

  if (station->server)
    gst_p2p_signaling_server_stop (station->server);
  g_clear_object (&station->server);
}

/* A file that cannot be used is the user's to mend, whatever is wrong with it. */
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
gst_p2p_station_start (GstP2pStation *station, const GstP2pSettings *settings, GError **error)
{
  GstP2pIdentity *identity;
  Start start = { .settings = settings };

  identity = make_identity (settings->certificate, error);
  if (!identity)
    return FALSE;

  if (settings->transport == GST_P2P_TRANSPORT_ELEMENTS)
    gst_p2p_elements_transport_prepare ();

  g_mutex_lock (&station->lock);
  station->identity = identity;
  station->control = gst_p2p_control_thread_new ("p2p-control");
  g_mutex_unlock (&station->lock);

  if (settings->signaling_serve)
    call (station, start_server, &start);
  if (!start.error)
    return TRUE;
  g_propagate_error (error, start.error);
  gst_p2p_station_stop (station);
  return FALSE;
}

void
gst_p2p_station_stop (GstP2pStation *station)
{
  GstP2pControlThread *control;
  GstP2pIdentity *identity;

  call (station, stop_server, NULL);

  g_mutex_lock (&station->lock);
  control = g_steal_pointer (&station->control);
  identity = g_steal_pointer (&station->identity);
  g_mutex_unlock (&station->lock);

  if (control)
    {
      gst_p2p_control_thread_stop (control);
      gst_p2p_control_thread_unref (control);
    }
  g_clear_pointer (&identity, gst_p2p_identity_unref);
  gst_p2p_elements_transport_end_prepare ();
}

/* --- READY→PAUSED and back --- */

static void
start_endpoint (gpointer data, gpointer user_data)
{
  GstP2pStation *station = data;
  Start *start = user_data;
  const gchar *local_id = start->settings->local_id;

  station->endpoint = gst_p2p_endpoint_new (&(GstP2pEndpointConfig){
      .bin = GST_BIN (station->element),
      .control = station->control,
      .directions = start->directions,
      .settings = start->settings,
      .local_id = local_id ? local_id : station->random_id,
      .identity = station->identity,
      .callbacks = station->callbacks,
      .user_data = station->element,
  });
  gst_p2p_endpoint_start (station->endpoint, &start->error);
}

gboolean
gst_p2p_station_connect (GstP2pStation *station, const GstP2pSettings *settings,
                         GstP2pDirection directions, GError **error)
{
  Start start = { .settings = settings, .directions = directions };

  call (station, start_endpoint, &start);
  if (!start.error)
    return TRUE;
  g_propagate_error (error, start.error);
  gst_p2p_station_disconnect (station);
  return FALSE;
}

static void
peek_endpoint (gpointer data, gpointer endpoint)
{
  *(GstP2pEndpoint **)endpoint = ((GstP2pStation *)data)->endpoint;
}

static void
take_endpoint (gpointer data, gpointer endpoint)
{
  *(GstP2pEndpoint **)endpoint = g_steal_pointer (&((GstP2pStation *)data)->endpoint);
}

void
gst_p2p_station_disconnect (GstP2pStation *station)
{
  GstP2pEndpoint *endpoint = NULL;

  /* It stays in its place while it stops, for what its last connections have to say. */
  call (station, peek_endpoint, &endpoint);
  if (!endpoint)
    return;
  gst_p2p_endpoint_stop (endpoint);
  call (station, take_endpoint, &endpoint);
  gst_p2p_endpoint_free (endpoint);
}

/* --- facts --- */

gchar *
gst_p2p_station_get_fingerprint (GstP2pStation *station)
{
  gchar *fingerprint;

  g_mutex_lock (&station->lock);
  fingerprint
      = station->identity ? g_strdup (gst_p2p_identity_get_fingerprint (station->identity)) : NULL;
  g_mutex_unlock (&station->lock);
  return fingerprint;
}

static void
fill_stats (gpointer data, gpointer stats)
{
  GstP2pStation *station = data;

  if (station->endpoint)
    *(GstStructure **)stats = gst_p2p_endpoint_get_stats (station->endpoint);
}

GstStructure *
gst_p2p_station_get_stats (GstP2pStation *station)
{
  GstStructure *stats = NULL;

  call (station, fill_stats, &stats);
  return stats ? stats
               : gst_structure_new ("p2p-stats", "state", G_TYPE_STRING,
                                    gst_p2p_peer_state_get_name (GST_P2P_PEER_NEW), NULL);
}

/* --- errands to the endpoint --- */

typedef void (*ErrandFunc) (GstP2pEndpoint *endpoint, GstObject *object, const GError *error);

typedef struct
{
  GstP2pStation *station;
  GstElement *element; /* a reference, which keeps the station */
  ErrandFunc func;
  GstObject *object;
  GError *error;
} Errand;

static gboolean
on_errand (gpointer data)
{
  Errand *errand = data;
  GstP2pEndpoint *endpoint = errand->station->endpoint;

  if (endpoint)
    errand->func (endpoint, errand->object, errand->error);
  return G_SOURCE_REMOVE;
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
post (GstP2pStation *station, ErrandFunc func, gpointer object, const GError *error)
{
  GstP2pControlThread *control = get_control (station);
  Errand *errand;

  if (!control)
    return;

  errand = g_new0 (Errand, 1);
  errand->station = station;
  errand->element = gst_object_ref (station->element);
  errand->func = func;
  errand->object = object ? gst_object_ref (object) : NULL;
  errand->error = error ? g_error_copy (error) : NULL;
  gst_p2p_control_thread_invoke (control, on_errand, errand, errand_free);
  gst_p2p_control_thread_unref (control);
}

static void
check_sent (GstP2pEndpoint *endpoint, GstObject *object, const GError *error)
{
  gst_p2p_endpoint_check_sent (endpoint);
}

void
gst_p2p_station_check_sent (GstP2pStation *station)
{
  post (station, check_sent, NULL, NULL);
}

static void
add_sink_pad (GstP2pEndpoint *endpoint, GstObject *object, const GError *error)
{
  gst_p2p_endpoint_add_sink_pad (endpoint, GST_P2P_SINK_PAD (object));
}

void
gst_p2p_station_add_sink_pad (GstP2pStation *station, GstP2pSinkPad *pad)
{
  post (station, add_sink_pad, pad, NULL);
}

static void
end_channel (GstP2pEndpoint *endpoint, GstObject *object, const GError *error)
{
  gst_p2p_endpoint_end_channel (endpoint, object);
}

void
gst_p2p_station_end_channel (GstP2pStation *station, GstObject *element)
{
  post (station, end_channel, element, NULL);
}

void
gst_p2p_station_fail_channel (GstP2pStation *station, GstObject *element, const GError *error)
{
  post (station, gst_p2p_endpoint_fail_channel, element, error);
}

static void
remove_sink_pad (gpointer data, gpointer pad)
{
  GstP2pStation *station = data;

  if (station->endpoint)
    gst_p2p_endpoint_remove_sink_pad (station->endpoint, pad);
}

void
gst_p2p_station_remove_sink_pad (GstP2pStation *station, GstP2pSinkPad *pad)
{
  call (station, remove_sink_pad, pad);
}
