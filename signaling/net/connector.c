/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connector: see connector.h.
 */
#include "signaling/net/connector.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/timer.h"

struct _GstP2pNetConnector
{
  /* const */
  gchar *host;
  guint16 port;
  gboolean tls;
  GTlsDatabase *trusted;
  GCancellable *cancellable;
  GstP2pNetConnectorFunc func;
  gpointer user_data;
  GThread *thread;
  GSource *done; /* becomes ready when the thread has ended */

  /* thread; owner after that */
  GTlsCertificateFlags flaws; /* of the server's certificate */
  GIOStream *tls_connection;  /* the last that was tried */
  GSocketConnection *connection;
  GError *error;
};

static gboolean
on_tls_accept_certificate (GTlsConnection *connection, GTlsCertificate *certificate,
                           GTlsCertificateFlags flaws, gpointer user_data)
{
  ((GstP2pNetConnector *)user_data)->flaws = flaws;
  return FALSE;
}

static void
on_client_event (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable,
                 GIOStream *connection, gpointer user_data)
{
  GstP2pNetConnector *self = user_data;

  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING)
    return;
  g_set_object (&self->tls_connection, connection);
  if (self->trusted)
    g_tls_connection_set_database (G_TLS_CONNECTION (connection), self->trusted);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (connection), FALSE);
  g_signal_connect (connection, "accept-certificate", G_CALLBACK (on_tls_accept_certificate), self);
}

static GError *
explain_certificate (const GstP2pNetConnector *self)
{
  if (self->flaws & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED,
                                "has a TLS certificate that no trusted CA has signed; name a file "
                                "with its CA if you trust it");
  if (self->flaws & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED,
                        "has a TLS certificate for another name than \"%s\"", self->host);
  if (self->flaws & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED))
    return g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED,
                                "has a TLS certificate that is not valid at this time");
  return g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED,
                              "has a TLS certificate that cannot be trusted");
}

static GError *
explain (const GstP2pNetConnector *self, const GError *cause)
{
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return explain_certificate (self);
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_EOF)
      || g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE))
    return g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_LOST, "ended the TLS handshake: %s",
                        cause->message);
  if (cause->domain == G_TLS_ERROR)
    return g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                        "does not speak TLS as it should; if it has none, write ws:// (%s)",
                        cause->message);
  return g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_LOST, "cannot be reached: %s", cause->message);
}

/* The connection outlives this. */
static void
disconnect_tls (GstP2pNetConnector *self)
{
  if (self->tls_connection)
    g_signal_handlers_disconnect_by_data (self->tls_connection, self);
}

static gpointer
run (gpointer user_data)
{
  GstP2pNetConnector *self = user_data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = g_network_address_new (self->host, self->port);
  g_autoptr (GError) cause = NULL;

  g_socket_client_set_tls (client, self->tls);
  /* A desktop's proxy settings are for the web; asking for them starts D-Bus and its threads. */
  g_socket_client_set_enable_proxy (client, FALSE);
  g_signal_connect (client, "event", G_CALLBACK (on_client_event), self);
  self->connection = g_socket_client_connect (client, address, self->cancellable, &cause);
  if (!self->connection)
    {
      self->error = explain (self, cause);
    }
  else
    {
      GSocket *socket = g_socket_connection_get_socket (self->connection);

      disconnect_tls (self);
      g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
      g_socket_set_blocking (socket, FALSE);
    }
  g_source_set_ready_time (self->done, 0);
  return NULL;
}

static gboolean
on_done (gpointer user_data)
{
  GstP2pNetConnector *self = user_data;

  self->func (self->connection, self->error, self->user_data);
  return G_SOURCE_CONTINUE;
}

GstP2pNetConnector *
gst_p2p_net_connector_new (const gchar *host, guint16 port, gboolean tls, GTlsDatabase *trusted,
                           GstP2pNetConnectorFunc func, gpointer user_data)
{
  GstP2pNetConnector *self = g_new0 (GstP2pNetConnector, 1);

  self->host = g_strdup (host);
  self->port = port;
  self->tls = tls;
  self->trusted = trusted ? g_object_ref (trusted) : NULL;
  self->cancellable = g_cancellable_new ();
  self->func = func;
  self->user_data = user_data;
  self->done = gst_p2p_timer_new (g_main_context_get_thread_default (), on_done, self);
  self->thread = g_thread_new ("p2p-connect", run, self);
  return self;
}

void
gst_p2p_net_connector_free (GstP2pNetConnector *self)
{
  g_source_destroy (self->done);
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_source_unref (self->done);
  g_clear_object (&self->tls_connection);
  g_clear_object (&self->connection);
  g_clear_error (&self->error);
  g_clear_object (&self->trusted);
  g_object_unref (self->cancellable);
  g_free (self->host);
  g_free (self);
}
