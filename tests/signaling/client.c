/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of signaling/client.c, against the real server and against one that misbehaves as told. */
#include "signaling/client.h"

#include <glib/gstdio.h>
#include <string.h>

#include "gst/p2p/base/error.h"
#include "signaling/net/listener.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/signaling/anytime.h"
#include "tests/signaling/certificates.h"
#include "tests/signaling/recorder.h"
#include "tests/signaling/testpeer.h"

#define TIMEOUT_MS 15000

/* --- with the real server --- */

static void
test_messages (void)
{
  g_autoptr (GstP2pSignalingServer) server = recorder_serve (0, "token");
  guint port = gst_p2p_signaling_server_get_port (server);
  g_autoptr (Recorder) alice = NULL;
  g_autoptr (Recorder) bob = NULL;
  GstP2pSignalingMessage *message;

  g_assert_true (gst_p2p_signaling_server_add_ice_server (server, "stun://s:1", NULL));
  alice = recorder_start (port, "alice", "token");
  bob = recorder_start (port, "bob", "token");
  TEST_WAIT_UNTIL (alice->n_bound && bob->n_bound, TIMEOUT_MS);
  g_assert_cmpstr (alice->servers->stun_servers[0], ==, "stun://s:1");

  recorder_send_bye (alice, "alice", "bob");
  TEST_WAIT_UNTIL (bob->messages->len == 1, TIMEOUT_MS);
  message = g_ptr_array_index (bob->messages, 0);
  g_assert_cmpint (message->type, ==, GST_P2P_SIGNALING_BYE);
  g_assert_cmpstr (message->from, ==, "alice");
  g_assert_cmpstr (message->reason, ==, "busy");

  recorder_send_bye (alice, "alice", "nobody");
  TEST_WAIT_UNTIL (alice->messages->len == 1, TIMEOUT_MS);
  message = g_ptr_array_index (alice->messages, 0);
  g_assert_cmpint (message->type, ==, GST_P2P_SIGNALING_ERROR);
  g_assert_cmpstr (message->code, ==, "not-found");
  g_assert_cmpstr (message->to, ==, "nobody");
  g_assert_cmpuint (alice->n_unavailable, ==, 0);
}

/* Messages may be sent from the start on. */
static void
test_early_messages (void)
{
  g_autoptr (GstP2pSignalingServer) server = recorder_serve (0, NULL);
  guint port = gst_p2p_signaling_server_get_port (server);
  g_autoptr (Recorder) bob = recorder_start (port, "bob", NULL);
  g_autoptr (Recorder) alice = NULL;
  g_autofree gchar *fill = g_strnfill (1000, 'x');
  g_autoptr (GstP2pSignalingMessage) candidate
      = gst_p2p_signaling_message_new_candidate ("alice", "bob", RECORDER_SESSION, fill);
  guint n = 0;

  TEST_WAIT_UNTIL (bob->n_bound, TIMEOUT_MS);
  alice = recorder_start (port, "alice", NULL);
  for (guint i = 0; i < 3; i++)
    recorder_send_bye (alice, "alice", "bob");
  while (gst_p2p_signaling_client_send (alice->client, candidate))
    g_assert_cmpuint (++n, <, 1000);
  g_assert_cmpuint (n, >, 100);
  TEST_WAIT_UNTIL (bob->messages->len == 3, TIMEOUT_MS);
}

/* What was sent just before stop() arrives. */
static void
test_last_words (void)
{
  g_autoptr (GstP2pSignalingServer) server = recorder_serve (0, NULL);
  guint port = gst_p2p_signaling_server_get_port (server);
  g_autoptr (Recorder) bob = recorder_start (port, "bob", NULL);
  g_autoptr (Recorder) alice = recorder_start (port, "alice", NULL);

  TEST_WAIT_UNTIL (alice->n_bound && bob->n_bound, TIMEOUT_MS);
  recorder_send_bye (alice, "alice", "bob");
  gst_p2p_signaling_client_stop (alice->client);
  gst_p2p_signaling_client_stop (alice->client);
  g_assert_false (gst_p2p_signaling_client_is_bound (alice->client));
  TEST_WAIT_UNTIL (bob->messages->len == 1, TIMEOUT_MS);
  TEST_WAIT_UNTIL (gst_p2p_signaling_server_get_n_clients (server) == 1, TIMEOUT_MS);
  g_assert_false (gst_p2p_signaling_client_send (alice->client, bob->messages->pdata[0]));
  g_assert_cmpuint (alice->n_unavailable, ==, 0);
}

static void
test_reconnect (void)
{
  g_autoptr (GstP2pSignalingServer) server = recorder_serve (0, NULL);
  guint port = gst_p2p_signaling_server_get_port (server);
  g_autoptr (Recorder) alice = recorder_start (port, "alice", NULL);

  TEST_WAIT_UNTIL (alice->n_bound == 1, TIMEOUT_MS);
  gst_p2p_signaling_server_stop (server);
  TEST_WAIT_UNTIL (alice->n_unavailable >= 2, TIMEOUT_MS);
  g_assert_nonnull (strstr (alice->unavailable->message, "cannot be reached"));
  g_assert_true (gst_p2p_signaling_server_start (server, "127.0.0.1", port, NULL));
  TEST_WAIT_UNTIL (alice->n_bound == 2, TIMEOUT_MS);
  g_assert_no_error (alice->failed);
}

/* The server need not be there first. */
static void
test_server_comes_later (void)
{
  GstP2pSignalingServer *first = recorder_serve (0, NULL);
  guint port = gst_p2p_signaling_server_get_port (first);
  g_autoptr (GstP2pSignalingServer) server = NULL;
  g_autoptr (Recorder) alice = NULL;

  g_object_unref (first);
  alice = recorder_start (port, "alice", NULL);
  TEST_WAIT_UNTIL (alice->n_unavailable >= 1, TIMEOUT_MS);
  server = recorder_serve (port, NULL);
  TEST_WAIT_UNTIL (alice->n_bound == 1, TIMEOUT_MS);
}

static void
test_relaxed (void)
{
  g_autoptr (GstP2pSignalingServer) server = recorder_serve (0, NULL);
  guint port = gst_p2p_signaling_server_get_port (server);
  g_autoptr (Recorder) alice = recorder_start (port, "alice", NULL);

  TEST_WAIT_UNTIL (alice->n_bound == 1, TIMEOUT_MS);
  gst_p2p_signaling_client_set_relaxed (alice->client, TRUE);
  gst_p2p_signaling_server_stop (server);
  TEST_WAIT_UNTIL (!gst_p2p_signaling_client_is_bound (alice->client), TIMEOUT_MS);
  g_assert_true (gst_p2p_signaling_server_start (server, "127.0.0.1", port, NULL));
  TEST_WAIT_UNTIL (alice->n_bound == 2, TIMEOUT_MS);
  g_assert_cmpuint (alice->n_unavailable, ==, 0);
}

static void
test_refused (void)
{
  g_autoptr (GstP2pSignalingServer) server = recorder_serve (0, "token");
  guint port = gst_p2p_signaling_server_get_port (server);
  g_autoptr (Recorder) first = recorder_start (port, "cam", "token");
  g_autoptr (Recorder) none = NULL;
  g_autoptr (Recorder) wrong = NULL;
  g_autoptr (Recorder) second = NULL;

  TEST_WAIT_UNTIL (first->n_bound, TIMEOUT_MS);
  none = recorder_start (port, "other", NULL);
  recorder_assert_fails (none, GST_P2P_ERROR_UNAUTHORIZED, "wants a token");
  wrong = recorder_start (port, "other", "hunter2");
  recorder_assert_fails (wrong, GST_P2P_ERROR_UNAUTHORIZED, "refuses the token");
  g_assert_null (strstr (wrong->failed->message, "hunter2"));
  second = recorder_start (port, "cam", "token");
  recorder_assert_fails (second, GST_P2P_ERROR_ID_TAKEN, "another client with the id \"cam\"");
}

static void
test_settings (void)
{
  static const gchar *const bad_uris[] = {
    "",
    "127.0.0.1:8443",
    "http://127.0.0.1:8443",
    "ws://",
    "ws://:8443",
    "ws://127.0.0.1:0",
    "ws://127.0.0.1:65536",
    "ws://127.0.0.1:x",
    "ws://user:pass@127.0.0.1:8443",
    "ws://127.0.0.1:8443 x",
    "ws://[::1",
    "ws://a b",
  };
  g_autofree gchar *token = g_strnfill (257, 'x');
  const gchar *uri = "ws://127.0.0.1:1";
  const gchar *const others[][4] = {
    { uri, "", NULL, NULL },
    { uri, "a b", NULL, NULL },
    { uri, "a", token, NULL },
    { uri, "a", "", NULL },
    { uri, "a", NULL, "/nonexistent/ca.pem" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad_uris); i++)
    {
      g_autoptr (GstP2pSignalingClient) client
          = gst_p2p_signaling_client_new (bad_uris[i], "a", NULL, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (gst_p2p_signaling_client_start (client, &error));
      g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
      g_assert_nonnull (strstr (error->message, "ws://host:port"));
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (GstP2pSignalingClient) client
          = gst_p2p_signaling_client_new (others[i][0], others[i][1], others[i][2], others[i][3]);
      g_autoptr (GError) error = NULL;

      g_assert_false (gst_p2p_signaling_client_start (client, &error));
      g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
    }
}

static void
test_full_server (void)
{
  g_autoptr (GstP2pSignalingServer) server = gst_p2p_signaling_server_new ();
  GstP2pSignalingLimits limits;
  Recorder *first;
  g_autoptr (Recorder) second = NULL;
  guint port;

  gst_p2p_signaling_server_get_limits (server, &limits);
  limits.max_clients = 1;
  gst_p2p_signaling_server_set_limits (server, &limits);
  g_assert_true (gst_p2p_signaling_server_start (server, "127.0.0.1", 0, NULL));
  port = gst_p2p_signaling_server_get_port (server);
  first = recorder_start (port, "first", NULL);
  TEST_WAIT_UNTIL (first->n_bound, TIMEOUT_MS);
  second = recorder_start (port, "second", NULL);
  TEST_WAIT_UNTIL (second->n_unavailable, TIMEOUT_MS);
  g_assert_nonnull (strstr (second->unavailable->message, "503"));
  recorder_free (first);
  TEST_WAIT_UNTIL (second->n_bound, TIMEOUT_MS);
}

/* --- with a server that does as told --- */

typedef struct
{
  GstP2pNetListener *listener;
  GPtrArray *connections; /* accepted and not served yet */
} FakeServer;

static void
on_fake_connection (GSocketConnection *connection, gpointer user_data)
{
  g_ptr_array_add (((FakeServer *)user_data)->connections, g_object_ref (connection));
}

static FakeServer *
fake_server_new (void)
{
  FakeServer *self = g_new0 (FakeServer, 1);

  self->connections = g_ptr_array_new_with_free_func (g_object_unref);
  self->listener = gst_p2p_net_listener_new ("127.0.0.1", 0, on_fake_connection, self, NULL);
  g_assert_nonnull (self->listener);
  return self;
}

static void
fake_server_free (FakeServer *self)
{
  gst_p2p_net_listener_free (self->listener);
  g_ptr_array_unref (self->connections);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeServer, fake_server_free)

static GSocketConnection *
fake_server_accept (FakeServer *self)
{
  TEST_WAIT_UNTIL (self->connections->len > 0, TIMEOUT_MS);
  return g_ptr_array_steal_index (self->connections, 0);
}

/* The next client, its bind received. */
static TestPeer *
fake_server_serve (FakeServer *self, gchar **bind)
{
  g_autoptr (GSocketConnection) connection = fake_server_accept (self);
  TestPeer *peer = test_peer_new_server (connection, 0);

  *bind = test_peer_receive (peer);
  return peer;
}

static Recorder *
record_fake (FakeServer *server)
{
  return recorder_start (gst_p2p_net_listener_get_port (server->listener), "cam", NULL);
}

#define BOUND "{\"type\":\"bound\",\"id\":\"cam\",\"resume\":\"s3cret\"}"
#define TAKEN "{\"type\":\"error\",\"code\":\"id-taken\"}"

/* After a loss the secret of the last bind goes with the next. */
static void
test_resume (void)
{
  g_autoptr (FakeServer) server = fake_server_new ();
  g_autoptr (Recorder) cam = record_fake (server);
  g_autofree gchar *first_bind = NULL;
  g_autofree gchar *second_bind = NULL;
  TestPeer *first = fake_server_serve (server, &first_bind);
  TestPeer *second;

  g_assert_cmpstr (first_bind, ==, "{\"type\":\"bind\",\"id\":\"cam\"}");
  test_peer_send (first, BOUND);
  TEST_WAIT_UNTIL (cam->n_bound == 1, TIMEOUT_MS);
  test_peer_free (first);
  second = fake_server_serve (server, &second_bind);
  g_assert_cmpstr (second_bind, ==, "{\"type\":\"bind\",\"id\":\"cam\",\"resume\":\"s3cret\"}");
  test_peer_send (second, BOUND);
  TEST_WAIT_UNTIL (cam->n_bound == 2, TIMEOUT_MS);
  test_peer_free (second);
}

/* When the answer to a bind was lost, the id may be taken by ourselves: that is no mistake of the
 * user's, and passes. */
static void
test_taken_by_ourselves (void)
{
  g_autoptr (FakeServer) server = fake_server_new ();
  g_autoptr (Recorder) cam = record_fake (server);
  TestPeer *peer;
  g_autofree gchar *first_bind = NULL;
  g_autofree gchar *second_bind = NULL;
  g_autofree gchar *third_bind = NULL;

  peer = fake_server_serve (server, &first_bind);
  test_peer_free (peer);
  peer = fake_server_serve (server, &second_bind);
  test_peer_send (peer, TAKEN);
  TEST_WAIT_UNTIL (cam->n_unavailable == 2, TIMEOUT_MS);
  test_peer_free (peer);
  g_assert_no_error (cam->failed);
  peer = fake_server_serve (server, &third_bind);
  test_peer_send (peer, BOUND);
  TEST_WAIT_UNTIL (cam->n_bound == 1, TIMEOUT_MS);
  test_peer_free (peer);
}

/* What a server or, through it, a stranger may send without doing harm. */
static void
test_nonsense (void)
{
  static const gchar *const texts[] = {
    "nonsense",
    "{\"type\":\"bind\",\"id\":\"x\"}",
    "{\"type\":\"bye\",\"from\":\"a\",\"to\":\"other\",\"session\":\"" RECORDER_SESSION
    "\",\"reason\":\"\"}",
    "{\"type\":\"connect\",\"from\":\"a\",\"to\":\"cam\",\"session\":\"" RECORDER_SESSION
    "\",\"sdp\":{}}",
    BOUND,
  };
  g_autoptr (FakeServer) server = fake_server_new ();
  g_autoptr (Recorder) cam = record_fake (server);
  g_autofree gchar *bind = NULL;
  g_autoptr (TestPeer) peer = fake_server_serve (server, &bind);

  test_peer_send (peer, "{\"type\":\"bound\",\"id\":\"other\",\"resume\":\"x\"}");
  test_peer_send (peer, BOUND);
  TEST_WAIT_UNTIL (cam->n_bound == 1, TIMEOUT_MS);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    test_peer_send (peer, texts[i]);
  test_peer_send (peer,
                  "{\"type\":\"bye\",\"from\":\"a\",\"to\":\"cam\",\"session\":\"" RECORDER_SESSION
                  "\",\"reason\":\"\"}");
  TEST_WAIT_UNTIL (cam->messages->len > 0, TIMEOUT_MS);
  g_assert_cmpuint (cam->messages->len, ==, 1);
  g_assert_cmpuint (cam->n_bound, ==, 1);
  g_assert_false (peer->closed);
}

/* More than a message may have: the connection is given up, and tried again. */
static void
test_too_large (void)
{
  g_autoptr (FakeServer) server = fake_server_new ();
  g_autoptr (Recorder) cam = record_fake (server);
  g_autofree gchar *bind = NULL;
  g_autofree gchar *again = NULL;
  g_autofree gchar *large = g_strnfill (GST_P2P_SIGNALING_MAX_MESSAGE + 1, 'x');
  g_autoptr (TestPeer) peer = fake_server_serve (server, &bind);
  g_autoptr (TestPeer) next = NULL;

  test_peer_send (peer, large);
  TEST_WAIT_UNTIL (cam->n_unavailable == 1, TIMEOUT_MS);
  test_peer_expect_close (peer);
  next = fake_server_serve (server, &again);
}

static void
test_refusal_codes (void)
{
  static const struct
  {
    const gchar *code;
    gint error;
  } cases[] = {
    { "id-invalid", GST_P2P_ERROR_SETTINGS },
    { "unsupported", GST_P2P_ERROR_SIGNALING },
    { "bad-message", GST_P2P_ERROR_SIGNALING },
    { "whatever", GST_P2P_ERROR_SIGNALING },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FakeServer) server = fake_server_new ();
      g_autoptr (Recorder) cam = record_fake (server);
      g_autofree gchar *bind = NULL;
      g_autofree gchar *text
          = g_strdup_printf ("{\"type\":\"error\",\"code\":\"%s\"}", cases[i].code);
      g_autoptr (TestPeer) peer = fake_server_serve (server, &bind);

      test_peer_send (peer, text);
      recorder_assert_fails (cam, cases[i].error, "The signaling server ws://127.0.0.1:");
    }
}

/* Other servers that a wrong port may lead to. */
static void
test_other_servers (void)
{
  static const struct
  {
    const gchar *answer;
    const gchar *words; /* NULL: not final */
  } cases[] = {
    { "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", "HTTP/1.1 404 Not Found" },
    { "HTTP/1.1 200 OK\r\n\r\n", "is not a gst-p2p signaling server" },
    { "SSH-2.0-OpenSSH_9.2\r\n\r\n", "is not a gst-p2p signaling server" },
    { "HTTP/1.1 502 Bad Gateway\r\n\r\n", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FakeServer) server = fake_server_new ();
      g_autoptr (Recorder) cam = record_fake (server);
      g_autoptr (GSocketConnection) connection = fake_server_accept (server);

      test_write (connection, cases[i].answer, strlen (cases[i].answer));
      g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL);
      if (cases[i].words)
        recorder_assert_fails (cam, GST_P2P_ERROR_SIGNALING, cases[i].words);
      else
        TEST_WAIT_UNTIL (cam->n_unavailable >= 1, TIMEOUT_MS);
    }
}

/* A path, as of a server behind others on one host, is asked for, and kept with its query. */
static void
test_path (void)
{
  g_autoptr (FakeServer) server = fake_server_new ();
  guint port = gst_p2p_net_listener_get_port (server->listener);
  g_autofree gchar *uri = g_strdup_printf ("ws://127.0.0.1:%u/any/path?room=1", port);
  g_autofree gchar *expected
      = g_strdup_printf ("GET /any/path?room=1 HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n", port);
  g_autoptr (Recorder) cam = recorder_new (uri, "cam", NULL);
  g_autoptr (GSocketConnection) connection = NULL;
  gchar head[256] = "";
  gssize size = 0;

  g_assert_true (gst_p2p_signaling_client_start (cam->client, NULL));
  connection = fake_server_accept (server);
  TEST_WAIT_UNTIL (
      (size = g_socket_receive_with_blocking (g_socket_connection_get_socket (connection), head,
                                              sizeof head - 1, FALSE, NULL, NULL))
          > 0,
      TIMEOUT_MS);
  g_assert_true (g_str_has_prefix (head, expected));
}

/* A file of CAs is named from the working folder. */
static void
test_relative_ca (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *folder = g_get_current_dir ();
  TestCertificates *certificates = test_certificates_new ();
  g_autofree gchar *name = g_path_get_basename (certificates->ca_file);
  g_autoptr (GstP2pSignalingClient) client
      = gst_p2p_signaling_client_new ("wss://127.0.0.1:1", "a", NULL, name);

  g_assert_cmpint (g_chdir (certificates->folder), ==, 0);
  g_assert_true (gst_p2p_signaling_client_start (client, &error));
  g_assert_no_error (error);
  gst_p2p_signaling_client_stop (client);
  g_assert_cmpint (g_chdir (folder), ==, 0);
  test_certificates_free (certificates);
}

/* --- ends --- */

static void
test_stopped_clients (void)
{
  g_autoptr (GstP2pSignalingServer) server = recorder_serve (0, NULL);
  g_autofree gchar *uri
      = g_strdup_printf ("ws://localhost:%u", gst_p2p_signaling_server_get_port (server));

  test_stop_any_time (server, uri, NULL, 50, TIMEOUT_MS);
}

static void
stop_and_unref (GstP2pSignalingClient *client, gpointer argument, gboolean *done)
{
  gst_p2p_signaling_client_stop (client);
  g_object_unref (client);
  *done = TRUE;
}

static void
assert_stops_in (const gchar *signal, guint port, const gchar *token)
{
  g_autofree gchar *uri = g_strdup_printf ("ws://127.0.0.1:%u", port);
  GstP2pSignalingClient *client = gst_p2p_signaling_client_new (uri, "cam", token, NULL);
  g_autoptr (GstP2pSignalingMessage) bye
      = gst_p2p_signaling_message_new_bye ("cam", "cam", RECORDER_SESSION, "");
  gboolean done = FALSE;

  g_signal_connect (client, signal, G_CALLBACK (stop_and_unref), &done);
  g_assert_true (gst_p2p_signaling_client_start (client, NULL));
  g_assert_true (gst_p2p_signaling_client_send (client, bye));
  TEST_WAIT_UNTIL (done, TIMEOUT_MS);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_stop_in_handlers (void)
{
  GstP2pSignalingServer *server = recorder_serve (0, "token");
  guint port = gst_p2p_signaling_server_get_port (server);

  assert_stops_in ("bound", port, "token");
  assert_stops_in ("message", port, "token");
  assert_stops_in ("failed", port, "wrong");
  g_object_unref (server);
  assert_stops_in ("unavailable", port, "token");
}

/* In a thread that has its own context, as elements do. */
static gpointer
run_in_thread (gpointer uri)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GstP2pSignalingClient) client
      = gst_p2p_signaling_client_new (uri, "thread", NULL, NULL);

  g_main_context_push_thread_default (context);
  g_assert_true (gst_p2p_signaling_client_start (client, NULL));
  while (!gst_p2p_signaling_client_is_bound (client))
    g_main_context_iteration (context, TRUE);
  gst_p2p_signaling_client_stop (client);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  return NULL;
}

static gpointer
run_and_tell (gpointer uri)
{
  run_in_thread (uri);
  g_main_context_wakeup (NULL);
  return NULL;
}

static void
test_thread (void)
{
  g_autoptr (GstP2pSignalingServer) server = recorder_serve (0, NULL);
  g_autofree gchar *uri
      = g_strdup_printf ("ws://127.0.0.1:%u", gst_p2p_signaling_server_get_port (server));
  g_autoptr (GThread) thread = NULL;

  thread = g_thread_new ("client", run_and_tell, uri);
  TEST_WAIT_UNTIL (gst_p2p_signaling_server_get_n_clients (server) == 1, TIMEOUT_MS);
  TEST_WAIT_UNTIL (gst_p2p_signaling_server_get_n_clients (server) == 0, TIMEOUT_MS);
  g_thread_join (g_steal_pointer (&thread));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (120);
  g_test_add_func ("/client/messages", test_messages);
  g_test_add_func ("/client/early-messages", test_early_messages);
  g_test_add_func ("/client/last-words", test_last_words);
  g_test_add_func ("/client/reconnect", test_reconnect);
  g_test_add_func ("/client/server-comes-later", test_server_comes_later);
  g_test_add_func ("/client/relaxed", test_relaxed);
  g_test_add_func ("/client/refused", test_refused);
  g_test_add_func ("/client/settings", test_settings);
  g_test_add_func ("/client/full-server", test_full_server);
  g_test_add_func ("/client/resume", test_resume);
  g_test_add_func ("/client/taken-by-ourselves", test_taken_by_ourselves);
  g_test_add_func ("/client/nonsense", test_nonsense);
  g_test_add_func ("/client/too-large", test_too_large);
  g_test_add_func ("/client/refusal-codes", test_refusal_codes);
  g_test_add_func ("/client/other-servers", test_other_servers);
  g_test_add_func ("/client/path", test_path);
  g_test_add_func ("/client/relative-ca", test_relative_ca);
  g_test_add_func ("/client/stop-any-time", test_stopped_clients);
  g_test_add_func ("/client/stop-in-handlers", test_stop_in_handlers);
  g_test_add_func ("/client/thread", test_thread);
  return g_test_run ();
}
