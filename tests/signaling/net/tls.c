/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of wss://: what is trusted, and what people are told if it is not. */
#include <string.h>

#include "gst/p2p/base/error.h"
#include "signaling/client.h"
#include "signaling/server.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/signaling/anytime.h"
#include "tests/signaling/certificates.h"
#include "tests/signaling/testpeer.h"

#define TIMEOUT_MS 15000
#define SESSION "00112233445566778899aabbccddeeff"

static TestCertificates *certificates;

static GstP2pSignalingServer *
start_server (const gchar *certificate_file)
{
  GstP2pSignalingServer *server = gst_p2p_signaling_server_new ();
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;

  if (certificate_file)
    {
      certificate = g_tls_certificate_new_from_file (certificate_file, &error);
      g_assert_no_error (error);
      gst_p2p_signaling_server_set_tls_certificate (server, certificate);
    }
  g_assert_true (gst_p2p_signaling_server_start (server, "127.0.0.1", 0, NULL));
  return server;
}

static void
on_error (GstP2pSignalingClient *client, GError *error, GError **store)
{
  if (!*store)
    *store = g_error_copy (error);
}

static GstP2pSignalingClient *
new_client (GstP2pSignalingServer *server, const gchar *scheme, const gchar *host,
            const gchar *ca_file)
{
  g_autofree gchar *uri
      = g_strdup_printf ("%s://%s:%u", scheme, host, gst_p2p_signaling_server_get_port (server));

  return gst_p2p_signaling_client_new (uri, "cam", NULL, ca_file);
}

static void
finish (GstP2pSignalingClient *client)
{
  gst_p2p_signaling_client_stop (client);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
assert_binds (const gchar *host)
{
  g_autoptr (GstP2pSignalingServer) server = start_server (certificates->good_file);
  g_autoptr (GstP2pSignalingClient) client
      = new_client (server, "wss", host, certificates->ca_file);

  g_assert_true (gst_p2p_signaling_client_start (client, NULL));
  TEST_WAIT_UNTIL (gst_p2p_signaling_client_is_bound (client), TIMEOUT_MS);
  finish (client);
  TEST_WAIT_UNTIL (gst_p2p_signaling_server_get_n_clients (server) == 0, TIMEOUT_MS);
}

static void
test_trusted (void)
{
  assert_binds ("127.0.0.1");
  assert_binds ("localhost");
}

static void
on_message (GstP2pSignalingClient *client, GstP2pSignalingMessage *message, guint *n)
{
  g_assert_cmpuint (strlen (message->candidate), ==, 1000);
  (*n)++;
}

/* More than a TLS record, both ways. */
static void
test_traffic (void)
{
  g_autoptr (GstP2pSignalingServer) server = start_server (certificates->good_file);
  g_autoptr (GstP2pSignalingClient) client
      = new_client (server, "wss", "127.0.0.1", certificates->ca_file);
  g_autofree gchar *fill = g_strnfill (1000 - strlen ("candidate:"), 'x');
  g_autofree gchar *candidate = g_strconcat ("candidate:", fill, NULL);
  g_autoptr (GstP2pSignalingMessage) message
      = gst_p2p_signaling_message_new_candidate ("cam", "cam", SESSION, candidate);
  guint n = 0;

  g_signal_connect (client, "message", G_CALLBACK (on_message), &n);
  g_assert_true (gst_p2p_signaling_client_start (client, NULL));
  for (guint i = 0; i < 100; i++)
    g_assert_true (gst_p2p_signaling_client_send (client, message));
  TEST_WAIT_UNTIL (n == 100, TIMEOUT_MS);
  finish (client);
}

/* @final: the client gives up; else it goes on trying. */
static void
assert_fails (const gchar *certificate_file, const gchar *scheme, const gchar *ca_file,
              gboolean final, gint code, const gchar *words)
{
  g_autoptr (GstP2pSignalingServer) server = start_server (certificate_file);
  g_autoptr (GstP2pSignalingClient) client = new_client (server, scheme, "127.0.0.1", ca_file);
  g_autoptr (GError) failed = NULL;
  g_autoptr (GError) unavailable = NULL;
  const GError *error;

  g_signal_connect (client, "failed", G_CALLBACK (on_error), &failed);
  g_signal_connect (client, "unavailable", G_CALLBACK (on_error), &unavailable);
  g_assert_true (gst_p2p_signaling_client_start (client, NULL));
  TEST_WAIT_UNTIL (failed || unavailable, TIMEOUT_MS);
  error = failed ? failed : unavailable;
  g_test_message ("%s", error->message);
  g_assert_cmpint (failed != NULL, ==, final);
  g_assert_error (error, GST_P2P_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
  finish (client);
}

static void
test_unknown_ca (void)
{
  assert_fails (certificates->good_file, "wss", NULL, TRUE, GST_P2P_ERROR_UNAUTHORIZED,
                "no trusted CA has signed");
}

static void
test_other_name (void)
{
  assert_fails (certificates->other_file, "wss", certificates->ca_file, TRUE,
                GST_P2P_ERROR_UNAUTHORIZED, "for another name than \"127.0.0.1\"");
}

static void
test_expired (void)
{
  assert_fails (certificates->expired_file, "wss", certificates->ca_file, TRUE,
                GST_P2P_ERROR_UNAUTHORIZED, "not valid at this time");
}

static void
test_no_tls (void)
{
  assert_fails (NULL, "wss", certificates->ca_file, TRUE, GST_P2P_ERROR_SIGNALING, "write ws://");
}

static void
test_tls_unexpected (void)
{
  assert_fails (certificates->good_file, "ws", NULL, FALSE, GST_P2P_ERROR_SIGNALING,
                "closed the connection");
}

static void
test_stopped_clients (void)
{
  g_autoptr (GstP2pSignalingServer) server = start_server (certificates->good_file);
  g_autofree gchar *uri
      = g_strdup_printf ("wss://127.0.0.1:%u", gst_p2p_signaling_server_get_port (server));

  test_stop_any_time (server, uri, certificates->ca_file, 200, TIMEOUT_MS);
}

/* Connections that send one byte of a handshake and no more delay nobody, and end in time. */
static void
test_stalled_handshakes (void)
{
  g_autoptr (GstP2pSignalingServer) server = start_server (certificates->good_file);
  guint port = gst_p2p_signaling_server_get_port (server);
  g_autoptr (GPtrArray) stalled = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GstP2pSignalingClient) client
      = new_client (server, "wss", "127.0.0.1", certificates->ca_file);
  gint64 start_us;

  for (guint i = 0; i < 100; i++)
    {
      g_ptr_array_add (stalled, test_connect (port));
      test_write (g_ptr_array_index (stalled, i), "\x16", 1);
      g_main_context_iteration (NULL, FALSE);
    }
  start_us = g_get_monotonic_time ();
  g_assert_true (gst_p2p_signaling_client_start (client, NULL));
  TEST_WAIT_UNTIL (gst_p2p_signaling_client_is_bound (client), TIMEOUT_MS);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, test_slowdown () * 3 * G_USEC_PER_SEC);
  finish (client);
}

static void
test_handshake_timeout (void)
{
  g_autoptr (GstP2pSignalingServer) server = gst_p2p_signaling_server_new ();
  g_autoptr (GTlsCertificate) certificate
      = g_tls_certificate_new_from_file (certificates->good_file, NULL);
  GstP2pSignalingLimits limits;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GString) nothing = NULL;

  gst_p2p_signaling_server_get_limits (server, &limits);
  limits.bind_timeout_ms = 400;
  gst_p2p_signaling_server_set_limits (server, &limits);
  gst_p2p_signaling_server_set_tls_certificate (server, certificate);
  g_assert_true (gst_p2p_signaling_server_start (server, "127.0.0.1", 0, NULL));
  connection = test_connect (gst_p2p_signaling_server_get_port (server));
  test_write (connection, "\x16", 1);
  nothing = test_read_all (connection);
  g_assert_cmpuint (nothing->len, ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (100);
  certificates = test_certificates_new ();
  g_test_add_func ("/tls/trusted", test_trusted);
  g_test_add_func ("/tls/traffic", test_traffic);
  g_test_add_func ("/tls/unknown-ca", test_unknown_ca);
  g_test_add_func ("/tls/other-name", test_other_name);
  g_test_add_func ("/tls/expired", test_expired);
  g_test_add_func ("/tls/no-tls", test_no_tls);
  g_test_add_func ("/tls/tls-unexpected", test_tls_unexpected);
  g_test_add_func ("/tls/stalled-handshakes", test_stalled_handshakes);
  g_test_add_func ("/tls/handshake-timeout", test_handshake_timeout);
  g_test_add_func ("/tls/stop-any-time", test_stopped_clients);
  status = g_test_run ();
  test_certificates_free (certificates);
  return status;
}
