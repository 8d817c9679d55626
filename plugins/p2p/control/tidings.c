/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tidings: see tidings.h.
 */
#include "plugins/p2p/control/tidings.h"

typedef struct _Tiding Tiding;

struct _Tiding
{
  /* const */
  void (*pass_on) (Tiding *tiding);
  const GstP2pSwitchboardFuncs *funcs;
  GstElement *element; /* a reference: a handler may outlast the element's other threads */
  gchar *id;
  gchar *text;
  GstStructure *stats;
  GError *error;
  GstP2pPeerState state;

  /* atomic */
  gint accepted;
};

static Tiding *
tiding_new (gpointer user_data, void (*pass_on) (Tiding *tiding), const gchar *id,
            const gchar *text)
{
  const GstP2pTidings *tidings = user_data;
  Tiding *tiding = g_atomic_rc_box_new0 (Tiding);

  tiding->pass_on = pass_on;
  tiding->funcs = tidings->funcs;
  tiding->element = gst_object_ref (tidings->element);
  tiding->id = g_strdup (id);
  tiding->text = g_strdup (text);
  return tiding;
}

static void
tiding_clear (gpointer data)
{
  Tiding *tiding = data;

  g_free (tiding->id);
  g_free (tiding->text);
  g_clear_pointer (&tiding->stats, gst_structure_free);
  g_clear_error (&tiding->error);
  gst_object_unref (tiding->element);
}

static void
tiding_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, tiding_clear);
}

static void
pass_on (gpointer data)
{
  Tiding *tiding = data;

  tiding->pass_on (tiding);
}

static void
tell (gpointer user_data, Tiding *tiding)
{
  const GstP2pTidings *tidings = user_data;

  gst_p2p_herald_tell (tidings->herald, pass_on, tiding, tiding_unref);
}

static void
pass_on_waiting (Tiding *tiding)
{
  tiding->funcs->waiting (tiding->id, tiding->text, tiding->element);
}

static void
waiting (const gchar *id, const gchar *uri, gpointer user_data)
{
  tell (user_data, tiding_new (user_data, pass_on_waiting, id, uri));
}

static void
pass_on_found (Tiding *tiding)
{
  tiding->funcs->found (tiding->text, tiding->element);
}

static void
found (const gchar *uri, gpointer user_data)
{
  tell (user_data, tiding_new (user_data, pass_on_found, NULL, uri));
}

static void
pass_on_call (Tiding *tiding)
{
  gboolean accepted = tiding->funcs->accept_peer (tiding->id, tiding->text, tiding->element);

  g_atomic_int_set (&tiding->accepted, accepted);
}

static gboolean
accept_peer (const gchar *id, const gchar *fingerprint, gpointer user_data)
{
  Tiding *tiding = tiding_new (user_data, pass_on_call, id, fingerprint);
  gboolean accepted;

  tell (user_data, g_atomic_rc_box_acquire (tiding));
  accepted = g_atomic_int_get (&tiding->accepted);
  tiding_unref (tiding);
  return accepted;
}

static void
pass_on_connected (Tiding *tiding)
{
  tiding->funcs->peer_connected (tiding->id, tiding->text, tiding->stats, tiding->element);
}

static void
peer_connected (const gchar *id, const gchar *fingerprint, const GstStructure *stats,
                gpointer user_data)
{
  Tiding *tiding = tiding_new (user_data, pass_on_connected, id, fingerprint);

  tiding->stats = gst_structure_copy (stats);
  tell (user_data, tiding);
}

static void
pass_on_disconnected (Tiding *tiding)
{
  tiding->funcs->peer_disconnected (tiding->id, tiding->text, tiding->element);
}

static void
peer_disconnected (const gchar *id, const gchar *reason, gpointer user_data)
{
  tell (user_data, tiding_new (user_data, pass_on_disconnected, id, reason));
}

static void
pass_on_state (Tiding *tiding)
{
  tiding->funcs->state_changed (tiding->state, tiding->element);
}

static void
state_changed (GstP2pPeerState state, gpointer user_data)
{
  Tiding *tiding = tiding_new (user_data, pass_on_state, NULL, NULL);

  tiding->state = state;
  tell (user_data, tiding);
}

static void
pass_on_end (Tiding *tiding)
{
  tiding->funcs->sent_everything (tiding->element);
}

static void
sent_everything (gpointer user_data)
{
  tell (user_data, tiding_new (user_data, pass_on_end, NULL, NULL));
}

static void
pass_on_warning (Tiding *tiding)
{
  tiding->funcs->warn (tiding->error, tiding->element);
}

static void
warn (const GError *error, gpointer user_data)
{
  Tiding *tiding = tiding_new (user_data, pass_on_warning, NULL, NULL);

  tiding->error = g_error_copy (error);
  tell (user_data, tiding);
}

static void
pass_on_failure (Tiding *tiding)
{
  tiding->funcs->failed (tiding->error, tiding->element);
}

static void
failed (const GError *error, gpointer user_data)
{
  Tiding *tiding = tiding_new (user_data, pass_on_failure, NULL, NULL);

  tiding->error = g_error_copy (error);
  tell (user_data, tiding);
}

const GstP2pSwitchboardFuncs gst_p2p_tidings_funcs = {
  .waiting = waiting,
  .found = found,
  .accept_peer = accept_peer,
  .peer_connected = peer_connected,
  .peer_disconnected = peer_disconnected,
  .state_changed = state_changed,
  .sent_everything = sent_everything,
  .warn = warn,
  .failed = failed,
};
