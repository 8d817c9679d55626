/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listener: see listener.h.
 */
#include "signaling/net/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/timer.h"

#define BACKLOG 128
#define MAX_SOCKETS 2
#define PAUSE_MS 500

struct _GstP2pNetListener
{
  /* const */
  GstP2pNetListenerFunc func;
  gpointer user_data;
  guint port;

  /* owner's thread */
  GSocket *sockets[MAX_SOCKETS]; /* NULL after the last */
  GSource *sources[MAX_SOCKETS];
  GSource *pause; /* no descriptors were left; sources are off meanwhile */
};

static gboolean on_socket_readable (GSocket *socket, GIOCondition condition, gpointer user_data);

static void
watch_sockets (GstP2pNetListener *self)
{
  for (guint i = 0; i < MAX_SOCKETS && self->sockets[i]; i++)
    {
      self->sources[i] = g_socket_create_source (self->sockets[i], G_IO_IN, NULL);
      g_source_set_callback (self->sources[i], G_SOURCE_FUNC (on_socket_readable), self, NULL);
      g_source_attach (self->sources[i], g_main_context_get_thread_default ());
    }
}

static gboolean
on_pause_over (gpointer user_data)
{
  GstP2pNetListener *self = user_data;

  gst_p2p_clear_source (&self->pause);
  watch_sockets (self);
  return G_SOURCE_REMOVE;
}

/* The socket stays readable while accepting fails: without a pause this would spin. */
static void
pause_listening (GstP2pNetListener *self)
{
  for (guint i = 0; i < MAX_SOCKETS; i++)
    gst_p2p_clear_source (&self->sources[i]);
  self->pause = g_timeout_source_new (PAUSE_MS);
  g_source_set_callback (self->pause, on_pause_over, self, NULL);
  g_source_attach (self->pause, g_main_context_get_thread_default ());
}

static gboolean
on_socket_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  GstP2pNetListener *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) accepted = g_socket_accept (socket, NULL, &error);
  g_autoptr (GSocketConnection) connection = NULL;

  if (!accepted)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES)
          || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FAILED))
        pause_listening (self);
      return G_SOURCE_CONTINUE;
    }
  g_socket_set_blocking (accepted, FALSE);
  g_socket_set_option (accepted, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  connection = g_socket_connection_factory_create_connection (accepted);
  self->func (connection, self->user_data);
  return G_SOURCE_CONTINUE;
}

static GSocket *
bind_socket (GInetAddress *address, guint port, GError **error)
{
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new (address, port);
  g_autoptr (GSocket) socket = g_socket_new (g_inet_address_get_family (address),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (!socket)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, local, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

static guint
port_of (GSocket *socket)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);

  return local ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local)) : 0;
}

/* The second loopback address is a convenience: a host without IPv6 does without it. */
static void
bind_second (GstP2pNetListener *self)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);

  self->sockets[1] = bind_socket (loopback, self->port, NULL);
}

static void
explain (GError *cause, const gchar *host, guint port, GError **error)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_BUSY,
                 "Cannot serve signaling at %s port %u: another program uses that port", host,
                 port);
  else
    g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_FAILED,
                 "Cannot serve signaling at %s port %u: %s", host, port, cause->message);
}

GstP2pNetListener *
gst_p2p_net_listener_new (const gchar *host, guint port, GstP2pNetListenerFunc func,
                          gpointer user_data, GError **error)
{
  gboolean is_localhost = g_ascii_strcasecmp (host, "localhost") == 0;
  g_autoptr (GstP2pNetListener) self = g_new0 (GstP2pNetListener, 1);
  g_autoptr (GInetAddress) address = is_localhost
                                         ? g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4)
                                         : g_inet_address_new_from_string (host);
  g_autoptr (GError) cause = NULL;

  if (!address || port > G_MAXUINT16)
    {
      g_set_error (
          error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
          "Cannot serve signaling at \"%s\" port %u: give an IP address or localhost, and a "
          "port up to 65535",
          host, port);
      return NULL;
    }
  self->func = func;
  self->user_data = user_data;
  self->sockets[0] = bind_socket (address, port, &cause);
  if (!self->sockets[0])
    {
      explain (cause, host, port, error);
      return NULL;
    }
  self->port = port_of (self->sockets[0]);
  if (is_localhost)
    bind_second (self);
  watch_sockets (self);
  return g_steal_pointer (&self);
}

void
gst_p2p_net_listener_free (GstP2pNetListener *self)
{
  if (!self)
    return;
  gst_p2p_clear_source (&self->pause);
  for (guint i = 0; i < MAX_SOCKETS; i++)
    {
      gst_p2p_clear_source (&self->sources[i]);
      if (self->sockets[i])
        g_socket_close (self->sockets[i], NULL);
      g_clear_object (&self->sockets[i]);
    }
  g_free (self);
}

guint
gst_p2p_net_listener_get_port (GstP2pNetListener *self)
{
  return self->port;
}
