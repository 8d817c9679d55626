/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the program gst-p2p-signaling, as a user starts it. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "signaling/client.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/signaling/certificates.h"

#define TIMEOUT_MS 20000

static TestCertificates *certificates;

typedef struct
{
  GSubprocess *process;
  gchar *uri; /* as it printed it */
} Program;

static GSubprocess *
spawn (GSubprocessFlags flags, const gchar *const *arguments)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_assert_nonnull (g_getenv ("GST_P2P_SIGNALING_PROGRAM"));
  g_strv_builder_add (builder, g_getenv ("GST_P2P_SIGNALING_PROGRAM"));
  g_strv_builder_addv (builder, (const char **)arguments);
  argv = g_strv_builder_end (builder);
  process = g_subprocess_newv ((const gchar *const *)argv, flags, &error);
  g_assert_no_error (error);
  return process;
}

/* Waits until it is ready. */
static Program *
start (const gchar *const *arguments)
{
  Program *self = g_new0 (Program, 1);
  g_autoptr (GDataInputStream) stream = NULL;
  g_autofree gchar *line = NULL;

  self->process = spawn (G_SUBPROCESS_FLAGS_STDOUT_PIPE, arguments);
  stream = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (stream, NULL, NULL, NULL);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "Listening at "));
  self->uri = g_strdup (line + strlen ("Listening at "));
  return self;
}

/* Asks it to end, and expects that it does in an orderly way. */
static void
stop (Program *self, int signal)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_send_signal (self->process, signal);
  g_subprocess_wait_check (self->process, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (self->process);
  g_free (self->uri);
  g_free (self);
}

static void
on_failed (GstP2pSignalingClient *client, GError *error, gpointer user_data)
{
  g_error ("%s", error->message);
}

static void
on_bound (GstP2pSignalingClient *client, GstP2pSignalingIceServers *servers, gchar **first_turn)
{
  *first_turn = g_strdup (servers->turn_servers[0] ? servers->turn_servers[0] : "none");
}

/* Binds; returns the first TURN server that was handed out, or "none". */
static gchar *
assert_binds (const gchar *uri, const gchar *token, const gchar *ca_file)
{
  g_autoptr (GstP2pSignalingClient) client
      = gst_p2p_signaling_client_new (uri, "a", token, ca_file);
  gchar *first_turn = NULL;
  g_autoptr (GError) error = NULL;

  g_signal_connect (client, "failed", G_CALLBACK (on_failed), NULL);
  g_signal_connect (client, "bound", G_CALLBACK (on_bound), &first_turn);
  g_assert_true (gst_p2p_signaling_client_start (client, &error));
  TEST_WAIT_UNTIL (first_turn, TIMEOUT_MS);
  gst_p2p_signaling_client_stop (client);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  return first_turn;
}

static void
test_run (void)
{
  static const int signals[] = { SIGTERM, SIGINT };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      Program *program = start ((const gchar *[]){ "--listen", "127.0.0.1:0", NULL });
      g_autofree gchar *turn = NULL;

      g_assert_true (g_str_has_prefix (program->uri, "ws://127.0.0.1:"));
      turn = assert_binds (program->uri, NULL, NULL);
      g_assert_cmpstr (turn, ==, "none");
      stop (program, signals[i]);
    }
}

static gchar *
write_file (const gchar *name, const gchar *text)
{
  gchar *path = g_build_filename (certificates->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
test_everything (void)
{
  g_autofree gchar *token_file = write_file ("token", "hunter2\n");
  Program *program = start ((const gchar *[]){
      "--listen=localhost:0", "--cert", certificates->good_file, "--key",
      certificates->good_key_file, "--token-file", token_file, "--stun", "stun:a:1", "--stun",
      "stun://b:2", "--turn", "turn://u:p@c:3?transport=tcp", NULL });
  g_autofree gchar *turn = NULL;

  g_assert_true (g_str_has_prefix (program->uri, "wss://localhost:"));
  turn = assert_binds (program->uri, "hunter2", certificates->ca_file);
  g_assert_cmpstr (turn, ==, "turn://u:p@c:3?transport=tcp");
  stop (program, SIGTERM);
  g_unlink (token_file);
}

/* A certificate file with its key in it needs no other. */
static void
test_one_file (void)
{
  Program *program
      = start ((const gchar *[]){ "-l", "127.0.0.1:0", "--cert", certificates->good_file, NULL });
  g_autofree gchar *turn = assert_binds (program->uri, NULL, certificates->ca_file);

  stop (program, SIGTERM);
}

/* IPv6 addresses stand in brackets, there and back. */
static void
test_ipv6 (void)
{
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autofree gchar *turn = NULL;
  Program *program;

  if (!socket || !g_socket_bind (socket, address, FALSE, NULL))
    {
      g_test_skip ("This machine has no IPv6");
      return;
    }
  program = start ((const gchar *[]){ "--listen", "[::1]:0", NULL });
  g_assert_true (g_str_has_prefix (program->uri, "ws://[::1]:"));
  turn = assert_binds (program->uri, NULL, NULL);
  stop (program, SIGTERM);
}

/* One sentence on stderr, nothing on stdout, exit status 1. */
static void
assert_fails (const gchar *words, const gchar *const *arguments)
{
  g_autoptr (GSubprocess) process
      = spawn (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, arguments);
  g_autofree gchar *output = NULL;
  g_autofree gchar *errors = NULL;

  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &output, &errors, NULL));
  g_test_message ("%s", errors);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_cmpstr (output, ==, "");
  g_assert_true (g_str_has_prefix (errors, "gst-p2p-signaling: "));
  g_assert_nonnull (strstr (errors, words));
  g_assert_true (strchr (errors, '\n') == errors + strlen (errors) - 1);
}

#define ARGUMENTS(...) ((const gchar *[]){ __VA_ARGS__, NULL })

static void
test_mistakes (void)
{
  g_autofree gchar *empty = write_file ("empty", "\n");
  g_autofree gchar *no_certificate = write_file ("text", "hello\n");

  assert_fails ("ADDRESS:PORT", ARGUMENTS ("--listen", "8443"));
  assert_fails ("ADDRESS:PORT", ARGUMENTS ("--listen", "::1:8443"));
  assert_fails ("ADDRESS:PORT", ARGUMENTS ("--listen", "127.0.0.1:http"));
  assert_fails ("ADDRESS:PORT", ARGUMENTS ("--listen", "127.0.0.1:65536"));
  assert_fails ("IP address", ARGUMENTS ("--listen", "nowhere.invalid:1"));
  assert_fails ("/nonexistent", ARGUMENTS ("--token-file", "/nonexistent"));
  assert_fails ("no token", ARGUMENTS ("--token-file", empty));
  assert_fails ("/nonexistent", ARGUMENTS ("--cert", "/nonexistent"));
  assert_fails ("cannot be used", ARGUMENTS ("--cert", no_certificate));
  assert_fails ("--cert", ARGUMENTS ("--key", certificates->good_key_file));
  assert_fails ("stun:", ARGUMENTS ("--stun", "turn://u:p@h"));
  assert_fails ("turn:", ARGUMENTS ("--turn", "stun://h"));
  assert_fails ("user and a password", ARGUMENTS ("--turn", "turn://h"));
  assert_fails ("user and a password", ARGUMENTS ("--turn", "turn://u:@h:3478"));
  assert_fails ("user and a password", ARGUMENTS ("--turn", "turn://:p@h:3478"));
  assert_fails ("transport=tcp", ARGUMENTS ("--turn", "turns://u:p@h"));
  assert_fails ("transport=tcp", ARGUMENTS ("--stun", "stuns://h"));
  assert_fails ("cannot be parsed", ARGUMENTS ("--turn", "turn://u:p@h:0"));
  assert_fails ("cannot be parsed", ARGUMENTS ("--stun", "stun://[::1"));
  assert_fails ("?transport=udp", ARGUMENTS ("--turn", "turn://u:p@h?transport=tls"));
  assert_fails ("--help", ARGUMENTS ("extra"));
  assert_fails ("--nonsense", ARGUMENTS ("--nonsense"));
  g_unlink (empty);
  g_unlink (no_certificate);
}

static void
test_port_in_use (void)
{
  Program *program = start ((const gchar *[]){ "--listen", "127.0.0.1:0", NULL });

  assert_fails ("another program uses that port",
                ARGUMENTS ("--listen", program->uri + strlen ("ws://")));
  stop (program, SIGTERM);
}

static void
assert_prints (const gchar *option, const gchar *words)
{
  g_autoptr (GSubprocess) process
      = spawn (G_SUBPROCESS_FLAGS_STDOUT_PIPE, (const gchar *[]){ option, NULL });
  g_autofree gchar *output = NULL;

  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, NULL));
  g_assert_true (g_subprocess_get_successful (process));
  g_assert_nonnull (strstr (output, words));
}

static void
test_help (void)
{
  assert_prints ("--help", "--token-file");
  assert_prints ("--version", "gst-p2p-signaling " PACKAGE_VERSION);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (100);
  certificates = test_certificates_new ();
  g_test_add_func ("/program/run", test_run);
  g_test_add_func ("/program/everything", test_everything);
  g_test_add_func ("/program/one-file", test_one_file);
  g_test_add_func ("/program/ipv6", test_ipv6);
  g_test_add_func ("/program/mistakes", test_mistakes);
  g_test_add_func ("/program/port-in-use", test_port_in_use);
  g_test_add_func ("/program/help", test_help);
  status = g_test_run ();
  test_certificates_free (certificates);
  return status;
}
