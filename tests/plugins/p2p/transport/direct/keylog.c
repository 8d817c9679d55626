/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* keylog: what is in the file is what OpenSSL has, so that a reader of it can decrypt. */
#include "plugins/p2p/transport/direct/keylog.h"

#include <string.h>

#include <glib/gstdio.h>

#include "gst/p2p/base/hex.h"
#include "gst/p2p/link/identity.h"
#include "tests/common/leaks.h"
#include "tests/common/watchdog.h"

#define RANDOM_SIZE 32
#define SECRET_SIZE 48

static SSL *
new_ssl (GstP2pIdentity *identity, gboolean client)
{
  SSL_CTX *context = SSL_CTX_new (TLS_method ());
  SSL *ssl;

  SSL_CTX_set_max_proto_version (context, TLS1_2_VERSION); /* as DTLS has it */
  g_assert_cmpint (SSL_CTX_use_certificate (context, gst_p2p_identity_get_certificate (identity)),
                   ==, 1);
  g_assert_cmpint (SSL_CTX_use_PrivateKey (context, gst_p2p_identity_get_key (identity)), ==, 1);
  ssl = SSL_new (context);
  SSL_CTX_free (context);
  if (client)
    SSL_set_connect_state (ssl);
  else
    SSL_set_accept_state (ssl);
  return ssl;
}

static void
shake_hands (SSL *client, SSL *server)
{
  BIO *one, *other;

  g_assert_cmpint (BIO_new_bio_pair (&one, 0, &other, 0), ==, 1);
  SSL_set_bio (client, one, one);
  SSL_set_bio (server, other, other);
  while (!SSL_is_init_finished (client) || !SSL_is_init_finished (server))
    {
      SSL_do_handshake (client);
      SSL_do_handshake (server);
    }
}

static gchar *
expected_line (SSL *ssl)
{
  guint8 random[RANDOM_SIZE], secret[SECRET_SIZE];
  g_autofree gchar *random_text = NULL;
  g_autofree gchar *secret_text = NULL;

  g_assert_cmpuint (SSL_get_client_random (ssl, random, sizeof random), ==, sizeof random);
  g_assert_cmpuint (SSL_SESSION_get_master_key (SSL_get_session (ssl), secret, sizeof secret), ==,
                    sizeof secret);
  random_text = gst_p2p_hex_print (random, sizeof random);
  secret_text = gst_p2p_hex_print (secret, sizeof secret);
  return g_strdup_printf ("CLIENT_RANDOM %s %s\n", random_text, secret_text);
}

static void
test_secret (void)
{
  GstElement *element = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstP2pIdentity) identity = gst_p2p_identity_new (NULL);
  SSL *client = new_ssl (identity, TRUE), *server = new_ssl (identity, FALSE);
  g_autofree gchar *expected = NULL;
  g_autofree gchar *path = NULL;
  g_autofree gchar *text = NULL;
  GstP2pDebugFile *log;

  g_close (g_file_open_tmp ("keylog-XXXXXX", &path, NULL), NULL);
  g_setenv ("SSLKEYLOGFILE", path, TRUE);
  log = gst_p2p_direct_key_log_open (element);
  g_assert_nonnull (log);
  gst_p2p_direct_key_log_attach (log, client);
  gst_p2p_direct_key_log_attach (NULL, server);
  shake_hands (client, server);
  expected = expected_line (server);
  SSL_free (client);
  SSL_free (server);
  gst_p2p_debug_file_unref (log);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
  g_unlink (path);
  gst_object_unref (element);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (60);
  g_test_add_func ("/keylog/secret", test_secret);
  return g_test_run ();
}
