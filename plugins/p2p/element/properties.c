/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * properties: see properties.h.
 */
#include "plugins/p2p/element/properties.h"

#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/frame/frame.h"
#include "plugins/p2p/framing/enums.h"
#include "plugins/p2p/framing/p2pframedepay.h"
#include "plugins/p2p/framing/p2pframepay.h"

enum
{
  PROP_0,
  PROP_SIGNALING_URI,
  PROP_SIGNALING_SERVE,
  PROP_SIGNALING_TOKEN,
  PROP_SIGNALING_TOKEN_FILE,
  PROP_SIGNALING_CA,
  PROP_LOCAL_ID,
  PROP_REMOTE_ID,
  PROP_STUN_SERVER,
  PROP_TURN_SERVERS,
  PROP_ICE_TRANSPORT_POLICY,
  PROP_ICE_TCP,
  PROP_MIN_PORT,
  PROP_MAX_PORT,
  PROP_CERTIFICATE,
  PROP_REMOTE_FINGERPRINT,
  PROP_TRANSPORT,
  PROP_FRAMING,
  PROP_CONNECT_TIMEOUT,
  PROP_WAIT_FOR_CONNECTION,
  PROP_MAX_PEERS,
  PROP_MAX_IN_FLIGHT,
  PROP_LEAKY,
  PROP_KEEP_LISTENING,
  PROP_ON_TRUNCATED,
  PROP_IS_LIVE,
  PROP_LATENCY,
  PROP_MAX_FRAME_SIZE
};

#define READY_FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)
#define SECRET_FLAGS (G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static GType
transport_type_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_P2P_TRANSPORT_AUTO, "The better one: direct", "auto" },
    { GST_P2P_TRANSPORT_ELEMENTS, "The stock nice, dtls and sctp elements", "elements" },
    { GST_P2P_TRANSPORT_DIRECT, "libnice, OpenSSL and usrsctp in one element", "direct" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstP2pTransportType", values));
  return type;
}

static GType
framing_mode_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_P2P_FRAMING_MODE_AUTO, "Frames if the peer knows them, else raw", "auto" },
    { GST_P2P_FRAMING_MODE_FRAMES, "Buffers with caps, timestamps and events", "frames" },
    { GST_P2P_FRAMING_MODE_RAW, "One buffer is one message, and nothing else", "raw" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstP2pFramingMode", values));
  return type;
}

static GType
ice_policy_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_P2P_ICE_POLICY_ALL, "All candidates", "all" },
    { GST_P2P_ICE_POLICY_RELAY, "Relayed candidates alone", "relay" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstP2pIceTransportPolicy", values));
  return type;
}

static GType
on_truncated_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { GST_P2P_ON_TRUNCATED_AUTO, "As error if it is bytes, as eos if it is media", "auto" },
    { GST_P2P_ON_TRUNCATED_ERROR, "EOS, then an error", "error" },
    { GST_P2P_ON_TRUNCATED_EOS, "EOS, and a warning", "eos" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstP2pOnTruncated", values));
  return type;
}

static void
install_string (GObjectClass *klass, guint id, const gchar *name, const gchar *nick,
                const gchar *blurb, const gchar *fallback, GParamFlags flags)
{
  g_object_class_install_property (klass, id,
                                   g_param_spec_string (name, nick, blurb, fallback, flags));
}

static void
install_uint (GObjectClass *klass, guint id, const gchar *name, const gchar *nick,
              const gchar *blurb, guint min, guint max, guint fallback)
{
  g_object_class_install_property (
      klass, id, g_param_spec_uint (name, nick, blurb, min, max, fallback, READY_FLAGS));
}

static void
install_boolean (GObjectClass *klass, guint id, const gchar *name, const gchar *nick,
                 const gchar *blurb, gboolean fallback)
{
  g_object_class_install_property (klass, id,
                                   g_param_spec_boolean (name, nick, blurb, fallback, READY_FLAGS));
}

static void
install_enum (GObjectClass *klass, guint id, const gchar *name, const gchar *nick,
              const gchar *blurb, GType type, gint fallback)
{
  g_object_class_install_property (
      klass, id, g_param_spec_enum (name, nick, blurb, type, fallback, READY_FLAGS));
  gst_type_mark_as_plugin_api (type, 0);
}

static void
install_sending (GObjectClass *klass)
{
  install_boolean (klass, PROP_WAIT_FOR_CONNECTION, "wait-for-connection", "Wait for connection",
                   "Block until a receiver is there, unless upstream is live; otherwise drop "
                   "meanwhile",
                   TRUE);
  install_uint (klass, PROP_MAX_PEERS, "max-peers", "Maximum peers",
                "Receivers served at once when called; further calls are answered with \"busy\"", 1,
                1024, GST_P2P_DEFAULT_MAX_PEERS);
  install_uint (klass, PROP_MAX_IN_FLIGHT, "max-in-flight", "Maximum in flight",
                "Bytes on their way to a receiver and not acknowledged, per channel", 1, G_MAXINT,
                GST_P2P_FRAME_PAY_DEFAULT_MAX_IN_FLIGHT);
  install_enum (klass, PROP_LEAKY, "leaky", "Leaky",
                "What to do when a receiver is too slow: block, or drop up to the next key frame",
                GST_TYPE_P2P_LEAKY, GST_P2P_LEAKY_NO);
}

static void
install_receiving (GObjectClass *klass)
{
  install_boolean (klass, PROP_KEEP_LISTENING, "keep-listening", "Keep listening",
                   "After the sender left, wait for the next one instead of ending the stream",
                   FALSE);
  install_enum (klass, PROP_ON_TRUNCATED, "on-truncated", "On truncated",
                "What follows when the sender leaves, or is lost, before its stream has ended",
                on_truncated_get_type (), GST_P2P_ON_TRUNCATED_AUTO);
  install_boolean (klass, PROP_IS_LIVE, "is-live", "Is live",
                   "Follow the sender's clock, so that media has the time of its capture in this "
                   "pipeline; otherwise the sender's timestamps as they are",
                   TRUE);
  install_uint (klass, PROP_LATENCY, "latency", "Latency",
                "Milliseconds of jitter that sinks absorb when live, beside what the sender's "
                "encoders hold back",
                0, 60000, GST_P2P_FRAME_DEPAY_DEFAULT_LATENCY_MS);
  install_uint (klass, PROP_MAX_FRAME_SIZE, "max-frame-size", "Maximum frame size",
                "Bytes of the largest buffer that is accepted", 1024, G_MAXINT,
                GST_P2P_FRAME_DEFAULT_MAX_FRAME_SIZE);
}

static void
install_signaling (GObjectClass *klass)
{
  install_string (
      klass, PROP_SIGNALING_URI, "signaling-uri", "Signaling URI",
      "The signaling server: ws://host:port or wss://host:port, with or without a path; "
      "several, with commas between them, are tried in turn",
      GST_P2P_DEFAULT_SIGNALING_URI, READY_FLAGS);
  install_boolean (
      klass, PROP_SIGNALING_SERVE, "signaling-serve", "Serve signaling",
      "Run the signaling server inside this element, at signaling-uri, the first of them", FALSE);
  install_string (klass, PROP_SIGNALING_TOKEN, "signaling-token", "Signaling token",
                  "Bearer token that the signaling server asks for (or, serving, wants)", NULL,
                  SECRET_FLAGS);
  install_string (klass, PROP_SIGNALING_TOKEN_FILE, "signaling-token-file", "Signaling token file",
                  "File that holds the token, read when the element starts; what is on a command "
                  "line others can see",
                  NULL, READY_FLAGS);
  install_string (
      klass, PROP_SIGNALING_CA, "signaling-ca", "Signaling CA",
      "PEM file of the only trusted certificate authorities for wss://; may be relative", NULL,
      READY_FLAGS);
  install_string (klass, PROP_LOCAL_ID, "local-id", "Local id",
                  "The id to be called under (NULL = a random UUID)", NULL, READY_FLAGS);
  install_string (klass, PROP_REMOTE_ID, "remote-id", "Remote id",
                  "The id to call (NULL = wait to be called)", NULL, READY_FLAGS);
  install_uint (klass, PROP_CONNECT_TIMEOUT, "connect-timeout", "Connect timeout",
                "Milliseconds from the call to the open connection", 100, 3600000,
                GST_P2P_DEFAULT_CONNECT_TIMEOUT_MS);
}

static void
install_ice (GObjectClass *klass)
{
  install_string (klass, PROP_STUN_SERVER, "stun-server", "STUN server",
                  "stun:host:port (NULL = what the signaling server hands out)", NULL, READY_FLAGS);
  g_object_class_install_property (
      klass, PROP_TURN_SERVERS,
      gst_param_spec_array (
          "turn-servers", "TURN servers",
          "<\"turn:user:password@host:port?transport=udp\", ...> (empty = what the signaling "
          "server hands out)",
          g_param_spec_string ("turn-server", "TURN server", "A TURN server", NULL,
                               G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS),
          SECRET_FLAGS));
  install_enum (klass, PROP_ICE_TRANSPORT_POLICY, "ice-transport-policy", "ICE transport policy",
                "Which candidates may be used", ice_policy_get_type (), GST_P2P_ICE_POLICY_ALL);
  install_boolean (klass, PROP_ICE_TCP, "ice-tcp", "ICE TCP", "Offer and use TCP candidates too",
                   TRUE);
  install_uint (klass, PROP_MIN_PORT, "min-port", "Minimum port",
                "Lowest local UDP port to use (0 = any)", 0, G_MAXUINT16, 0);
  install_uint (klass, PROP_MAX_PORT, "max-port", "Maximum port",
                "Highest local UDP port to use (0 = any)", 0, G_MAXUINT16, 0);
}

static void
install_connection (GObjectClass *klass)
{
  install_string (klass, PROP_CERTIFICATE, "certificate", "Certificate",
                  "PEM file with certificate and private key (NULL = a new one)", NULL,
                  READY_FLAGS);
  install_string (klass, PROP_REMOTE_FINGERPRINT, "remote-fingerprint", "Remote fingerprint",
                  "SHA-256 of the only certificate that a peer may have (NULL = as signaled)", NULL,
                  READY_FLAGS);
  install_enum (klass, PROP_TRANSPORT, "transport", "Transport",
                "How the protocols are implemented", transport_type_get_type (),
                GST_P2P_TRANSPORT_AUTO);
  install_enum (klass, PROP_FRAMING, "framing", "Framing", "How buffers become messages",
                framing_mode_get_type (), GST_P2P_FRAMING_MODE_AUTO);
}

void
gst_p2p_properties_install (GObjectClass *klass, GstP2pDirection directions)
{
  if (directions == 0)
    {
      install_signaling (klass);
      install_ice (klass);
      install_connection (klass);
    }
  if (directions & GST_P2P_DIRECTION_SEND)
    install_sending (klass);
  if (directions & GST_P2P_DIRECTION_RECEIVE)
    install_receiving (klass);
}

/* The string member behind a property; NULL if the property is no string. */
static gchar **
string_member (GstP2pSettings *settings, guint id)
{
  switch (id)
    {
    case PROP_SIGNALING_URI:
      return &settings->signaling_uri;
    case PROP_SIGNALING_TOKEN_FILE:
      return &settings->signaling_token_file;
    case PROP_SIGNALING_CA:
      return &settings->signaling_ca;
    case PROP_LOCAL_ID:
      return &settings->local_id;
    case PROP_REMOTE_ID:
      return &settings->remote_id;
    case PROP_STUN_SERVER:
      return &settings->stun_server;
    case PROP_CERTIFICATE:
      return &settings->certificate;
    case PROP_REMOTE_FINGERPRINT:
      return &settings->remote_fingerprint;
    default:
      return NULL;
    }
}

static guint *
uint_member (GstP2pSettings *settings, guint id)
{
  switch (id)
    {
    case PROP_MIN_PORT:
      return &settings->min_port;
    case PROP_MAX_PORT:
      return &settings->max_port;
    case PROP_CONNECT_TIMEOUT:
      return &settings->connect_timeout_ms;
    case PROP_MAX_PEERS:
      return &settings->max_peers;
    case PROP_MAX_IN_FLIGHT:
      return &settings->max_in_flight;
    case PROP_LATENCY:
      return &settings->latency_ms;
    case PROP_MAX_FRAME_SIZE:
      return &settings->max_frame_size;
    default:
      return NULL;
    }
}

static gboolean *
boolean_member (GstP2pSettings *settings, guint id)
{
  switch (id)
    {
    case PROP_SIGNALING_SERVE:
      return &settings->signaling_serve;
    case PROP_ICE_TCP:
      return &settings->ice_tcp;
    case PROP_WAIT_FOR_CONNECTION:
      return &settings->wait_for_connection;
    case PROP_KEEP_LISTENING:
      return &settings->keep_listening;
    case PROP_IS_LIVE:
      return &settings->is_live;
    default:
      return NULL;
    }
}

static gboolean
set_enum_property (GstP2pSettings *settings, guint id, const GValue *value)
{
  switch (id)
    {
    case PROP_ICE_TRANSPORT_POLICY:
      settings->ice_policy = g_value_get_enum (value);
      return TRUE;
    case PROP_TRANSPORT:
      settings->transport = g_value_get_enum (value);
      return TRUE;
    case PROP_FRAMING:
      settings->framing = g_value_get_enum (value);
      return TRUE;
    case PROP_LEAKY:
      settings->leaky = g_value_get_enum (value);
      return TRUE;
    case PROP_ON_TRUNCATED:
      settings->on_truncated = g_value_get_enum (value);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
set_turn_servers (GstP2pSettings *settings, const GValue *array)
{
  guint n = gst_value_array_get_size (array);
  GStrv servers = g_new0 (gchar *, n + 1);

  for (guint i = 0, filled = 0; i < n; i++)
    if ((servers[filled] = g_value_dup_string (gst_value_array_get_value (array, i))))
      filled++;

  gst_p2p_secret_text_strv_free (settings->turn_servers);
  settings->turn_servers = n > 0 ? servers : NULL;
  if (n == 0)
    g_free (servers);
}

gboolean
gst_p2p_properties_set (GstP2pSettings *settings, guint id, const GValue *value)
{
  gchar **string = string_member (settings, id);
  guint *number = uint_member (settings, id);
  gboolean *boolean = boolean_member (settings, id);

  if (string)
    {
      g_free (*string);
      *string = g_value_dup_string (value);
    }
  else if (number)
    {
      *number = g_value_get_uint (value);
    }
  else if (boolean)
    {
      *boolean = g_value_get_boolean (value);
    }
  else if (id == PROP_SIGNALING_TOKEN)
    {
      gst_p2p_secret_text_free (settings->signaling_token);
      settings->signaling_token = g_value_dup_string (value);
    }
  else if (id == PROP_TURN_SERVERS)
    {
      set_turn_servers (settings, value);
    }
  else
    {
      return set_enum_property (settings, id, value);
    }
  return TRUE;
}

gboolean
gst_p2p_properties_get (const GstP2pSettings *settings, guint id, GValue *value)
{
  GstP2pSettings *readable = (GstP2pSettings *)settings;
  gchar **string = string_member (readable, id);
  guint *number = uint_member (readable, id);
  gboolean *boolean = boolean_member (readable, id);

  if (string)
    g_value_set_string (value, *string);
  else if (number)
    g_value_set_uint (value, *number);
  else if (boolean)
    g_value_set_boolean (value, *boolean);
  else if (id == PROP_ICE_TRANSPORT_POLICY)
    g_value_set_enum (value, settings->ice_policy);
  else if (id == PROP_TRANSPORT)
    g_value_set_enum (value, settings->transport);
  else if (id == PROP_FRAMING)
    g_value_set_enum (value, settings->framing);
  else if (id == PROP_LEAKY)
    g_value_set_enum (value, settings->leaky);
  else if (id == PROP_ON_TRUNCATED)
    g_value_set_enum (value, settings->on_truncated);
  else
    return FALSE;
  return TRUE;
}
