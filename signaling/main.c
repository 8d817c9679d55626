/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gst-p2p-signaling: the signaling server as a program.
 *
 * When it is ready it prints one line with its URI on standard output. A user's mistake is one
 * sentence on standard error and exit status 1; SIGINT and SIGTERM end it with 0. What it logs goes
 * to standard error.
 */
#include <gio/gio.h>
#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/secrettext.h"
#include "signaling/message.h"
#include "signaling/server.h"

#define DEFAULT_LISTEN "localhost:" G_STRINGIFY (GST_P2P_SIGNALING_DEFAULT_PORT)

typedef struct
{
  gchar *listen;
  gchar *cert;
  gchar *key;
  gchar *token_file;
  GStrv stun;
  GStrv turn;
  gboolean version;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->listen);
  g_free (options->cert);
  g_free (options->key);
  g_free (options->token_file);
  g_strfreev (options->stun);
  g_strfreev (options->turn);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  GOptionEntry entries[] = {
    { "listen", 'l', 0, G_OPTION_ARG_STRING, &options->listen,
      "Where to listen (default: " DEFAULT_LISTEN "): an IP address, IPv6 in brackets, or "
      "localhost; port 0: any",
      "ADDRESS:PORT" },
    { "cert", 0, 0, G_OPTION_ARG_FILENAME, &options->cert,
      "TLS certificate chain (PEM): serve wss:// instead of ws://", "FILE" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &options->key,
      "Its private key (PEM), if that is not in the same file", "FILE" },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &options->token_file,
      "Clients must show the token that is in this file", "FILE" },
    { "stun", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->stun,
      "STUN server to hand out: stun:HOST:PORT; may be repeated", "URI" },
    { "turn", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->turn,
      "TURN server to hand out: turn:USER:PASSWORD@HOST:PORT?transport=udp|tcp; may be "
      "repeated",
      "URI" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version and exit", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context,
                                "Helps p2psrc and p2psink find each other: relays their messages "
                                "until they are connected, and no media.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "\"%s\" is not an option; see --help", (*argv)[1]);
      return FALSE;
    }
  return TRUE;
}

/* "host:port" or "[address]:port" */
static gboolean
parse_listen (const gchar *listen, gchar **host, guint *port, GError **error)
{
  const gchar *colon = strrchr (listen, ':');
  guint64 number;

  if (!colon || colon == listen
      || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &number, NULL))
    goto malformed;
  *port = number;
  if (listen[0] == '[' && colon[-1] == ']')
    *host = g_strndup (listen + 1, colon - listen - 2);
  else if (!memchr (listen, ':', colon - listen))
    *host = g_strndup (listen, colon - listen);
  else
    goto malformed;
  return TRUE;

malformed:
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
               "--listen wants ADDRESS:PORT, with an IPv6 address in brackets, not \"%s\"", listen);
  return FALSE;
}

static gboolean
set_token (GstP2pSignalingServer *server, const gchar *path, GError **error)
{
  gchar *token; /* secret */

  if (!path)
    return TRUE;
  token = gst_p2p_secret_text_new_from_file (path, error);
  if (!token)
    return FALSE;
  gst_p2p_signaling_server_set_token (server, token);
  gst_p2p_secret_text_free (token);
  return TRUE;
}

static gboolean
set_certificate (GstP2pSignalingServer *server, const gchar *cert, const gchar *key, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) cause = NULL;

  if (!cert && !key)
    return TRUE;
  if (!cert)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "--key needs the certificate too: --cert");
      return FALSE;
    }
  certificate = g_tls_certificate_new_from_files (cert, key ? key : cert, &cause);
  if (!certificate)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "The TLS certificate \"%s\" cannot be used: %s", cert, cause->message);
      return FALSE;
    }
  gst_p2p_signaling_server_set_tls_certificate (server, certificate);
  return TRUE;
}

static gboolean
add_ice_servers (GstP2pSignalingServer *server, GStrv uris, const gchar *scheme, GError **error)
{
  for (; uris && *uris; uris++)
    {
      if (g_ascii_strncasecmp (*uris, scheme, strlen (scheme)) != 0)
        {
          g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                       "--%s wants URIs that begin with %s:", scheme, scheme);
          return FALSE;
        }
      if (!gst_p2p_signaling_server_add_ice_server (server, *uris, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
start (GstP2pSignalingServer *server, const Options *options, GError **error)
{
  g_autofree gchar *host = NULL;
  guint port;

  if (!parse_listen (options->listen ? options->listen : DEFAULT_LISTEN, &host, &port, error)
      || !set_certificate (server, options->cert, options->key, error)
      || !set_token (server, options->token_file, error)
      || !add_ice_servers (server, options->stun, "stun", error)
      || !add_ice_servers (server, options->turn, "turn", error)
      || !gst_p2p_signaling_server_start (server, host, port, error))
    return FALSE;

  printf (strchr (host, ':') ? "Listening at %s://[%s]:%u\n" : "Listening at %s://%s:%u\n",
          options->cert ? "wss" : "ws", host, gst_p2p_signaling_server_get_port (server));
  fflush (stdout);
  return TRUE;
}

/* A client costs one descriptor, and the default soft limit is 1024. */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pSignalingServer) server = gst_p2p_signaling_server_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  setlocale (LC_ALL, "");
  g_log_writer_default_set_use_stderr (TRUE);
  if (!parse_options (&options, &argc, &argv, &error))
    goto failed;
  if (options.version)
    {
      printf ("gst-p2p-signaling " PACKAGE_VERSION "\n");
      return 0;
    }
  raise_descriptor_limit ();
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  if (!start (server, &options, &error))
    goto failed;
  g_main_loop_run (loop);
  gst_p2p_signaling_server_stop (server);
  return 0;

failed:
  fprintf (stderr, "gst-p2p-signaling: %s\n", error->message);
  return 1;
}
