/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dcep: see dcep.h.
 */
#include "gst/p2p/link/dcep.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/link/description.h"

/* RFC 8832 section 5.1. */
#define OPEN_HEADER_SIZE 12
#define CHANNEL_TYPE_UNORDERED 0x80
#define CHANNEL_TYPE_RELIABLE 0x00
#define CHANNEL_TYPE_REXMIT 0x01
#define CHANNEL_TYPE_TIMED 0x02
#define PRIORITY_NORMAL 256

GstP2pChannelConfig *
gst_p2p_channel_config_new (void)
{
  GstP2pChannelConfig *config = g_new0 (GstP2pChannelConfig, 1);

  config->ordered = TRUE;
  config->reliability = GST_P2P_RELIABILITY_RELIABLE;
  config->priority = PRIORITY_NORMAL;
  config->label = g_strdup ("");
  config->protocol = g_strdup ("");
  return config;
}

GstP2pChannelConfig *
gst_p2p_channel_config_copy (const GstP2pChannelConfig *config)
{
  GstP2pChannelConfig *copy = g_memdup2 (config, sizeof *config);

  copy->label = g_strdup (config->label);
  copy->protocol = g_strdup (config->protocol);
  return copy;
}

void
gst_p2p_channel_config_free (GstP2pChannelConfig *config)
{
  g_free (config->label);
  g_free (config->protocol);
  g_free (config);
}

gboolean
gst_p2p_channel_config_is_acknowledged (const GstP2pChannelConfig *config)
{
  return strcmp (config->protocol, GST_P2P_FRAMES_PROTOCOL) == 0
         || strcmp (config->protocol, GST_P2P_ACKED_RAW_PROTOCOL) == 0;
}

static guint8
channel_type (const GstP2pChannelConfig *config)
{
  guint8 type = config->ordered ? 0 : CHANNEL_TYPE_UNORDERED;

  switch (config->reliability)
    {
    case GST_P2P_RELIABILITY_MAX_RETRANSMITS:
      return type | CHANNEL_TYPE_REXMIT;
    case GST_P2P_RELIABILITY_MAX_PACKET_LIFETIME:
      return type | CHANNEL_TYPE_TIMED;
    case GST_P2P_RELIABILITY_RELIABLE:
    default:
      return type | CHANNEL_TYPE_RELIABLE;
    }
}

static void
append_u16 (GByteArray *out, guint16 value)
{
  guint16 be = GUINT16_TO_BE (value);
  g_byte_array_append (out, (const guint8 *)&be, sizeof be);
}

GBytes *
gst_p2p_dcep_new_open (const GstP2pChannelConfig *config)
{
  guint16 label_length = (guint16)strlen (config->label);
  guint16 protocol_length = (guint16)strlen (config->protocol);
  guint32 parameter = GUINT32_TO_BE (config->parameter);
  GByteArray *out = g_byte_array_sized_new (OPEN_HEADER_SIZE + label_length + protocol_length);

  g_byte_array_append (out, (const guint8[]){ GST_P2P_DCEP_OPEN, channel_type (config) }, 2);
  append_u16 (out, config->priority);
  g_byte_array_append (out, (const guint8 *)&parameter, sizeof parameter);
  append_u16 (out, label_length);
  append_u16 (out, protocol_length);
  g_byte_array_append (out, (const guint8 *)config->label, label_length);
  g_byte_array_append (out, (const guint8 *)config->protocol, protocol_length);
  return g_byte_array_free_to_bytes (out);
}

GBytes *
gst_p2p_dcep_new_ack (void)
{
  static const guint8 ack[] = { GST_P2P_DCEP_ACK };
  return g_bytes_new_static (ack, sizeof ack);
}

static gboolean
parse_channel_type (guint8 type, guint32 parameter, GstP2pChannelConfig *config)
{
  config->ordered = !(type & CHANNEL_TYPE_UNORDERED);
  config->parameter = parameter;

  switch (type & ~CHANNEL_TYPE_UNORDERED)
    {
    case CHANNEL_TYPE_RELIABLE:
      config->reliability = GST_P2P_RELIABILITY_RELIABLE;
      config->parameter = 0; /* section 5.1: must be ignored */
      return TRUE;
    case CHANNEL_TYPE_REXMIT:
      config->reliability = GST_P2P_RELIABILITY_MAX_RETRANSMITS;
      return TRUE;
    case CHANNEL_TYPE_TIMED:
      config->reliability = GST_P2P_RELIABILITY_MAX_PACKET_LIFETIME;
      return TRUE;
    default:
      return FALSE;
    }
}

/* NUL bytes inside are refused: labels become C strings and pad properties. */
static gchar *
parse_text (const guint8 *data, guint16 length)
{
  if (length > GST_P2P_MAX_LABEL_LENGTH || !g_utf8_validate_len ((const gchar *)data, length, NULL))
    return NULL;
  return g_strndup ((const gchar *)data, length);
}

static GstP2pChannelConfig *
parse_open (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (GstP2pChannelConfig) config = gst_p2p_channel_config_new ();
  guint32 parameter;
  guint16 header[2], lengths[2];

  if (size < OPEN_HEADER_SIZE)
    goto truncated;

  memcpy (header, data, sizeof header);
  memcpy (&parameter, data + 4, sizeof parameter);
  memcpy (lengths, data + 8, sizeof lengths);
  config->priority = GUINT16_FROM_BE (header[1]);
  lengths[0] = GUINT16_FROM_BE (lengths[0]);
  lengths[1] = GUINT16_FROM_BE (lengths[1]);

  if (size != (gsize)OPEN_HEADER_SIZE + lengths[0] + lengths[1])
    goto truncated;
  if (!parse_channel_type (data[1], GUINT32_FROM_BE (parameter), config))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "Data channel OPEN with unknown channel type 0x%02x", data[1]);
      return NULL;
    }

  g_clear_pointer (&config->label, g_free);
  g_clear_pointer (&config->protocol, g_free);
  config->label = parse_text (data + OPEN_HEADER_SIZE, lengths[0]);
  config->protocol = parse_text (data + OPEN_HEADER_SIZE + lengths[0], lengths[1]);
  if (!config->label || !config->protocol)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "Data channel label or protocol over %d bytes, or not UTF-8",
                   GST_P2P_MAX_LABEL_LENGTH);
      return NULL;
    }
  return g_steal_pointer (&config);

truncated:
  g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                       "Data channel OPEN whose length contradicts its fields");
  return NULL;
}

gboolean
gst_p2p_dcep_parse (const guint8 *data, gsize size, GstP2pDcepType *type,
                    GstP2pChannelConfig **config, GError **error)
{
  *config = NULL;

  if (size == 1 && data[0] == GST_P2P_DCEP_ACK)
    {
      *type = GST_P2P_DCEP_ACK;
      return TRUE;
    }
  if (size > 0 && data[0] == GST_P2P_DCEP_OPEN)
    {
      *type = GST_P2P_DCEP_OPEN;
      *config = parse_open (data, size, error);
      return *config != NULL;
    }

  g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "DCEP message of unknown type");
  return FALSE;
}
