/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings: see settings.h.
 */
#include "plugins/p2p/control/settings.h"

#include <string.h>

#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/frame/frame.h"
#include "gst/p2p/link/iceserver.h"
#include "gst/p2p/link/names.h"
#include "plugins/p2p/framing/p2pframedepay.h"
#include "plugins/p2p/framing/p2pframepay.h"
#include "signaling/address.h"

GstP2pSettings *
gst_p2p_settings_new (void)
{
  GstP2pSettings *settings = g_new0 (GstP2pSettings, 1);

  settings->signaling_uri = g_strdup (GST_P2P_DEFAULT_SIGNALING_URI);
  settings->ice_tcp = TRUE;
  settings->transport = GST_P2P_TRANSPORT_AUTO;
  settings->connect_timeout_ms = GST_P2P_DEFAULT_CONNECT_TIMEOUT_MS;
  settings->wait_for_connection = TRUE;
  settings->max_peers = GST_P2P_DEFAULT_MAX_PEERS;
  settings->max_in_flight = GST_P2P_FRAME_PAY_DEFAULT_MAX_IN_FLIGHT;
  settings->is_live = TRUE;
  settings->latency_ms = GST_P2P_FRAME_DEPAY_DEFAULT_LATENCY_MS;
  settings->max_frame_size = GST_P2P_FRAME_DEFAULT_MAX_FRAME_SIZE;
  return settings;
}

GstP2pSettings *
gst_p2p_settings_copy (const GstP2pSettings *settings)
{
  GstP2pSettings *copy = g_memdup2 (settings, sizeof *settings);

  copy->signaling_uri = g_strdup (settings->signaling_uri);
  copy->signaling_token = g_strdup (settings->signaling_token);
  copy->signaling_token_file = g_strdup (settings->signaling_token_file);
  copy->signaling_ca = g_strdup (settings->signaling_ca);
  copy->local_id = g_strdup (settings->local_id);
  copy->remote_id = g_strdup (settings->remote_id);
  copy->stun_server = g_strdup (settings->stun_server);
  copy->turn_servers = g_strdupv (settings->turn_servers);
  copy->certificate = g_strdup (settings->certificate);
  copy->remote_fingerprint = g_strdup (settings->remote_fingerprint);
  return copy;
}

void
gst_p2p_settings_free (GstP2pSettings *settings)
{
  g_free (settings->signaling_uri);
  gst_p2p_secret_text_free (settings->signaling_token);
  g_free (settings->signaling_token_file);
  g_free (settings->signaling_ca);
  g_free (settings->local_id);
  g_free (settings->remote_id);
  g_free (settings->stun_server);
  gst_p2p_secret_text_strv_free (settings->turn_servers);
  g_free (settings->certificate);
  g_free (settings->remote_fingerprint);
  g_free (settings);
}

static gboolean
validate_ice_servers (const GstP2pSettings *settings, GError **error)
{
  const gchar *stun_servers[] = { settings->stun_server, NULL };
  const gchar *const *lists[] = { stun_servers, (const gchar *const *)settings->turn_servers };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (const gchar *const *uri = lists[i]; uri && *uri; uri++)
      {
        g_autoptr (GstP2pIceServer) server = gst_p2p_ice_server_new (*uri, error);
        if (!server)
          return FALSE;
      }
  return !settings->turn_servers
         || gst_p2p_ice_server_check_n_turn (g_strv_length (settings->turn_servers), error);
}

static gboolean
read_token (GstP2pSettings *settings, GError **error)
{
  if (!settings->signaling_token_file)
    return TRUE;
  if (settings->signaling_token)
    {
      g_set_error_literal (
          error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
          "signaling-token and signaling-token-file are both set: only one token can be shown");
      return FALSE;
    }
  settings->signaling_token
      = gst_p2p_secret_text_new_from_file (settings->signaling_token_file, error);
  return settings->signaling_token != NULL;
}

static gboolean
validate (const GstP2pSettings *settings, GError **error)
{
  g_autofree gchar *fingerprint = NULL;
  const gchar *ids[] = { settings->local_id, settings->remote_id };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    if (ids[i] && !gst_p2p_id_is_valid (ids[i]))
      {
        g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                     "\"%s\" is no valid id: 1 to 128 of A-Z a-z 0-9 . _ ~ -", ids[i]);
        return FALSE;
      }
  if (settings->remote_id && g_strcmp0 (settings->local_id, settings->remote_id) == 0)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                   "local-id and remote-id are both \"%s\": an element cannot call itself",
                   settings->local_id);
      return FALSE;
    }
  if (!settings->signaling_uri || !*settings->signaling_uri)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS, "signaling-uri is empty");
      return FALSE;
    }
  if (settings->max_port && settings->min_port > settings->max_port)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS, "min-port %u is above max-port %u",
                   settings->min_port, settings->max_port);
      return FALSE;
    }
  if (settings->remote_fingerprint)
    {
      fingerprint = gst_p2p_fingerprint_parse (settings->remote_fingerprint, NULL);
      if (!fingerprint)
        {
          g_set_error_literal (
              error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
              "remote-fingerprint is no SHA-256 fingerprint (32 bytes of hex joined "
              "by colons, as the peer's fingerprint property shows)");
          return FALSE;
        }
    }
  return validate_ice_servers (settings, error);
}

gboolean
gst_p2p_settings_prepare (GstP2pSettings *settings, GError **error)
{
  return validate (settings, error) && read_token (settings, error);
}

void
gst_p2p_settings_get_ice_config (const GstP2pSettings *settings, GStrv signaled_stun,
                                 GStrv signaled_turn, GstP2pIceConfig *config)
{
  const gchar *own_stun[] = { settings->stun_server, NULL };

  config->stun_servers = g_strdupv (settings->stun_server ? (GStrv)own_stun : signaled_stun);
  config->turn_servers
      = g_strdupv (settings->turn_servers ? settings->turn_servers : signaled_turn);
  config->policy = settings->ice_policy;
  config->tcp = settings->ice_tcp;
  config->min_port = settings->min_port;
  config->max_port = settings->max_port;
}

void
gst_p2p_ice_config_clear (GstP2pIceConfig *config)
{
  g_clear_pointer (&config->stun_servers, g_strfreev);
  g_clear_pointer (&config->turn_servers, gst_p2p_secret_text_strv_free);
}

/* --- URI --- */

/* What the URI of a player and that of a signaling server have in common stays encoded. */
#define URI_FLAGS (G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY)

gboolean
gst_p2p_settings_set_uri (GstP2pSettings *settings, const gchar *text, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (text, URI_FLAGS, NULL);
  const gchar *scheme = uri ? g_uri_get_scheme (uri) : "";
  const gchar *slash = uri ? strrchr (g_uri_get_path (uri), '/') : NULL;
  g_autoptr (GstP2pSignalingAddress) address = NULL;
  g_autofree gchar *path = NULL;
  g_autofree gchar *signaling_uri = NULL;

  if (slash && gst_p2p_id_is_valid (slash + 1) && !g_uri_get_userinfo (uri)
      && !g_uri_get_query (uri) && !g_uri_get_fragment (uri) && g_uri_get_host (uri)
      && (g_str_equal (scheme, "p2p") || g_str_equal (scheme, "p2ps")))
    {
      path = g_strndup (g_uri_get_path (uri), slash - g_uri_get_path (uri));
      signaling_uri = g_uri_join (
          URI_FLAGS, g_str_equal (scheme, "p2ps") ? "wss" : "ws", NULL, g_uri_get_host (uri),
          g_uri_get_port (uri) < 0 ? GST_P2P_SIGNALING_DEFAULT_PORT : g_uri_get_port (uri), path,
          NULL, NULL);
      address = gst_p2p_signaling_address_new (signaling_uri, NULL);
    }
  if (!address)
    {
      /* It may have a password in it, and is not repeated. */
      g_set_error_literal (
          error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI,
          "The URI is not of the form p2p://host:port/id or p2ps://host:port/id, with or without "
          "the signaling server's path before the id, and ?key=value&... behind it");
      return FALSE;
    }

  g_free (settings->signaling_uri);
  settings->signaling_uri = g_steal_pointer (&signaling_uri);
  g_free (settings->remote_id);
  settings->remote_id = g_strdup (slash + 1);
  return TRUE;
}

gchar *
gst_p2p_settings_get_uri (const GstP2pSettings *settings)
{
  g_autoptr (GstP2pSignalingAddress) address = NULL;
  g_autofree gchar *path = NULL;
  const gchar *slash;

  if (!settings->remote_id || !settings->signaling_uri)
    return NULL;
  address = gst_p2p_signaling_address_new (settings->signaling_uri, NULL);
  if (!address || strchr (address->target, '?'))
    return NULL;

  slash = g_str_has_suffix (address->target, "/") ? "" : "/";
  path = g_strconcat (address->target, slash, settings->remote_id, NULL);
  return g_uri_join (URI_FLAGS, address->tls ? "p2ps" : "p2p", NULL, address->host, address->port,
                     path, NULL, NULL);
}
