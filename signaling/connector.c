/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connector: a TCP or TLS connection to a server. See connector.h.
 */
#include "signaling/connector.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "gst/p2p/error.h"

/* What one attempt knows, owned by its task. */
typedef struct
{
  gchar *host;
  GTlsDatabase *trusted;
  GTlsCertificateFlags flaws; /* of the server's certificate */
} Attempt;

static void
attempt_free (Attempt *attempt)
{
  g_free (attempt->host);
  g_clear_object (&attempt->trusted);
  g_free (attempt);
}

static gboolean
on_tls_accept_certificate (GTlsConnection *connection, GTlsCertificate *certificate,
                           GTlsCertificateFlags flaws, gpointer user_data)
{
  Attempt *attempt = g_task_get_task_data (user_data);

  attempt->flaws = flaws;
  return FALSE;
}

static void
on_client_event (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable,
                 GIOStream *connection, gpointer user_data)
{
  Attempt *attempt = g_task_get_task_data (user_data);

  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING)
    return;
  if (attempt->trusted != NULL)
    g_tls_connection_set_database (G_TLS_CONNECTION (connection), attempt->trusted);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (connection), FALSE);
  g_signal_connect_object (connection, "accept-certificate", G_CALLBACK (on_tls_accept_certificate),
                           user_data, 0);
}

static GError *
explain_certificate (const Attempt *attempt)
{
  if (attempt->flaws & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED,
                                "has a TLS certificate that no trusted CA has signed; name a file "
                                "with its CA if you trust it");
  if (attempt->flaws & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return g_error_new (GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED,
                        "has a TLS certificate for another name than “%s”", attempt->host);
  if (attempt->flaws & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED))
    return g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED,
                                "has a TLS certificate that is not valid at this time");
  return g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_UNAUTHORIZED,
                              "has a TLS certificate that cannot be trusted");
}

static GError *
explain (const Attempt *attempt, const GError *cause)
{
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return explain_certificate (attempt);
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

static void
on_client_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GSocketConnection *connection
      = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  g_signal_handlers_disconnect_by_data (source, task);
  if (connection == NULL)
    {
      g_task_return_error (task, explain (g_task_get_task_data (task), error));
      g_error_free (error);
      return;
    }
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE,
                       NULL);
  g_task_return_pointer (task, connection, g_object_unref);
}

void
gst_p2p_connector_connect_async (const gchar *host, guint16 port, gboolean tls,
                                 GTlsDatabase *trusted, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = g_network_address_new (host, port);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->host = g_strdup (host);
  attempt->trusted = trusted != NULL ? g_object_ref (trusted) : NULL;
  g_task_set_task_data (task, attempt, (GDestroyNotify)attempt_free);
  g_socket_client_set_tls (client, tls);
  g_signal_connect (client, "event", G_CALLBACK (on_client_event), task);
  g_socket_client_connect_async (client, address, cancellable, on_client_connected, task);
}

GSocketConnection *
gst_p2p_connector_connect_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
