/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is who among a switchboard's connections, and what state they are in together. */
#include <gst/gst.h>

#include "gst/p2p/base/timer.h"
#include "plugins/p2p/control/connections.h"
#include "tests/common/leaks.h"

/* --- connections that go nowhere: nothing of them is started --- */

typedef struct
{
  GMainContext *context;
  GstElement *bin;
  GstP2pIdentity *identity;
  GstP2pSettings *settings;
  GstP2pConnections *connections;
  GSource *reaped;
  GstP2pReaper *reaper;
  GstP2pPeerState seen; /* of the connections, when a connection said that its state changed */
} Fixture;

static void
on_send (GstP2pConnection *connection, GstP2pSignalingMessage *message, gpointer user_data)
{
  gst_p2p_signaling_message_unref (message);
}

static void
on_state_changed (GstP2pConnection *connection, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->seen = gst_p2p_connections_get_state (fixture->connections, GST_P2P_PEER_NEW);
}

static void
on_closing (GstP2pConnection *connection, gpointer user_data)
{
}

static gboolean
on_closed (GstP2pConnection *connection, gpointer user_data)
{
  gst_p2p_connections_remove (((Fixture *)user_data)->connections, connection);
  return FALSE;
}

static gboolean
on_reaped (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static const GstP2pConnectionFuncs funcs = {
  .send = on_send,
  .state_changed = on_state_changed,
  .closing = on_closing,
  .closed = on_closed,
};

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->bin = gst_bin_new (NULL);
  gst_object_ref_sink (fixture->bin);
  fixture->identity = gst_p2p_identity_new (NULL);
  g_assert_nonnull (fixture->identity);
  fixture->settings = gst_p2p_settings_new ();
  fixture->connections = gst_p2p_connections_new ();
  fixture->reaped = gst_p2p_timer_new (fixture->context, on_reaped, NULL);
  fixture->reaper = gst_p2p_reaper_new (fixture->reaped, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (gst_p2p_connections_count (fixture->connections), ==, 0);
  gst_p2p_reaper_wait (fixture->reaper, -1);
  gst_p2p_reaper_free (fixture->reaper);
  gst_p2p_clear_source (&fixture->reaped);
  gst_p2p_connections_free (fixture->connections);
  gst_p2p_settings_free (fixture->settings);
  gst_p2p_identity_unref (fixture->identity);
  gst_clear_object (&fixture->bin);
  g_main_context_unref (fixture->context);
}

static GstP2pConnection *
add (Fixture *fixture, GstP2pRole role, const gchar *remote_id, const gchar *session)
{
  GstP2pIceConfig ice = { 0 };
  GstP2pConnection *connection = gst_p2p_connection_new (&(GstP2pConnectionConfig){
      .bin = GST_BIN (fixture->bin),
      .context = fixture->context,
      .role = role,
      .local_id = "me",
      .remote_id = remote_id,
      .session = session,
      .identity = fixture->identity,
      .settings = fixture->settings,
      .ice = &ice,
      .reaper = fixture->reaper,
      .funcs = &funcs,
      .user_data = fixture,
  });

  gst_p2p_connections_add (fixture->connections, connection);
  return connection;
}

static void
end (GstP2pConnection *connection)
{
  gst_p2p_connection_close (connection, "bye");
}

/* --- tests --- */

static void
test_sessions (Fixture *fixture, gconstpointer data)
{
  GstP2pConnection *ann = add (fixture, GST_P2P_ROLE_ACCEPTOR, "ann", "0011223344556677");
  GstP2pConnection *bob = add (fixture, GST_P2P_ROLE_ACCEPTOR, "bob", "8899aabbccddeeff");
  g_autoptr (GstP2pSignalingMessage) from_bob
      = gst_p2p_signaling_message_new_bye ("bob", "me", "8899aabbccddeeff", "eos");
  g_autoptr (GstP2pSignalingMessage) stolen
      = gst_p2p_signaling_message_new_bye ("bob", "me", "0011223344556677", "eos");
  g_autoptr (GstP2pSignalingMessage) to_ann
      = gst_p2p_signaling_message_new_bye ("me", "ann", "0011223344556677", "eos");
  g_autoptr (GstP2pSignalingMessage) error
      = gst_p2p_signaling_message_new_error ("not-found", "No such id", to_ann);

  g_assert_true (gst_p2p_connections_find_session (fixture->connections, from_bob) == bob);
  /* Another's session is nobody's who knows it. */
  g_assert_null (gst_p2p_connections_find_session (fixture->connections, stolen));
  /* An error says whom it could not reach. */
  g_assert_true (gst_p2p_connections_find_session (fixture->connections, error) == ann);
  end (ann);
  g_assert_null (gst_p2p_connections_find_session (fixture->connections, error));
  end (bob);
}

static void
test_calls (Fixture *fixture, gconstpointer data)
{
  GstP2pConnection *called_by_ann = add (fixture, GST_P2P_ROLE_ACCEPTOR, "ann", "1");
  GstP2pConnection *calling_bob = add (fixture, GST_P2P_ROLE_INITIATOR, "bob", "2");

  g_assert_null (gst_p2p_connections_find_call_to (fixture->connections, "ann"));
  g_assert_true (gst_p2p_connections_find_call_to (fixture->connections, "bob") == calling_bob);
  end (called_by_ann);
  end (calling_bob);
  g_assert_null (gst_p2p_connections_find_call_to (fixture->connections, "bob"));
}

static void
test_lists (Fixture *fixture, gconstpointer data)
{
  GstP2pConnection *first = add (fixture, GST_P2P_ROLE_ACCEPTOR, "ann", "1");
  GstP2pConnection *second = add (fixture, GST_P2P_ROLE_ACCEPTOR, "bob", "2");
  g_autoptr (GList) all = gst_p2p_connections_list (fixture->connections);
  GstP2pChannel *channel = NULL;
  GValue peers = G_VALUE_INIT;

  g_assert_cmpuint (g_list_length (all), ==, 2);
  g_assert_true (all->data == first && all->next->data == second);
  g_assert_null (gst_p2p_connections_list_open (fixture->connections));
  g_assert_null (
      gst_p2p_connections_find_channel (fixture->connections, GST_OBJECT (fixture->bin), &channel));

  gst_p2p_connections_get_stats (fixture->connections, &peers);
  g_assert_cmpuint (gst_value_list_get_size (&peers), ==, 2);
  g_value_unset (&peers);

  /* The list is its own: closing takes them off the connections. */
  for (GList *l = all; l; l = l->next)
    end (l->data);
  g_assert_cmpuint (gst_p2p_connections_count (fixture->connections), ==, 0);
  g_assert_cmpuint (gst_p2p_connections_count_all (fixture->connections), ==, 2);
}

/* One that closes does not close the element for the others, whichever came first. */
static void
test_states (Fixture *fixture, gconstpointer data)
{
  for (guint older = 0; older < 2; older++)
    {
      GstP2pConnection *pair[2];

      g_assert_cmpint (gst_p2p_connections_get_state (fixture->connections, GST_P2P_PEER_SIGNALING),
                       ==, GST_P2P_PEER_SIGNALING);
      pair[0] = add (fixture, GST_P2P_ROLE_ACCEPTOR, "ann", "1");
      pair[1] = add (fixture, GST_P2P_ROLE_ACCEPTOR, "bob", "2");
      g_assert_cmpint (gst_p2p_connections_get_state (fixture->connections, GST_P2P_PEER_CLOSED),
                       ==, GST_P2P_PEER_NEW);
      end (pair[older]);
      g_assert_cmpint (fixture->seen, ==, GST_P2P_PEER_NEW);
      end (pair[!older]);
      g_assert_cmpint (fixture->seen, ==, GST_P2P_PEER_CLOSED);
    }
}

#define ADD(name, func)                                                                            \
  g_test_add ("/control/connections/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("sessions", test_sessions);
  ADD ("calls", test_calls);
  ADD ("lists", test_lists);
  ADD ("states", test_states);
  return g_test_run ();
}
