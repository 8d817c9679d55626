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

gboolean
gst_p2p_settings_validate (const GstP2pSettings *settings, GError **error)
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

gboolean
gst_p2p_settings_set_uri (GstP2pSettings *settings, const gchar *uri, GError **error)
{
  g_autoptr (GstUri) parsed = gst_uri_from_string (uri);
  g_autoptr (GHashTable) query = parsed ? gst_uri_get_query_table (parsed) : NULL;
  g_autofree gchar *path = parsed ? gst_uri_get_path (parsed) : NULL;
  const gchar *scheme = parsed ? gst_uri_get_scheme (parsed) : NULL;
  const gchar *host = parsed ? gst_uri_get_host (parsed) : NULL;
  gboolean secure = g_strcmp0 (scheme, "p2ps") == 0;
  guint port = parsed ? gst_uri_get_port (parsed) : GST_URI_NO_PORT;

  if (!host || port > G_MAXUINT16 || (!secure && g_strcmp0 (scheme, "p2p") != 0) || !path
      || path[0] != '/' || !gst_p2p_id_is_valid (path + 1) || gst_uri_get_userinfo (parsed)
      || query)
    {
      g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI,
                   "\"%s\" is not of the form p2p://host:port/id or p2ps://host:port/id", uri);
      return FALSE;
    }

  if (port == GST_URI_NO_PORT)
    port = GST_P2P_SIGNALING_DEFAULT_PORT;
  g_free (settings->signaling_uri);
  settings->signaling_uri = g_strdup_printf (strchr (host, ':') ? "%s://[%s]:%u" : "%s://%s:%u",
                                             secure ? "wss" : "ws", host, port);
  g_free (settings->remote_id);
  settings->remote_id = g_strdup (path + 1);
  return TRUE;
}

gchar *
gst_p2p_settings_get_uri (const GstP2pSettings *settings)
{
  const gchar *uri = settings->signaling_uri;

  if (!settings->remote_id || !uri || !strstr (uri, "://"))
    return NULL;
  return g_strdup_printf ("%s%s/%s", g_str_has_prefix (uri, "wss:") ? "p2ps" : "p2p",
                          strstr (uri, "://"), settings->remote_id);
}
