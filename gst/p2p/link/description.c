/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * description: see description.h.
 */
#include "gst/p2p/link/description.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/link/identity.h"

#define MAX_SDP_LENGTH (16 * 1024)

struct _GstP2pDescription
{
  gatomicrefcount ref_count;

  /* const */
  gchar *ufrag;
  gchar *pwd;
  gchar *fingerprint;
  guint sctp_port;
  guint32 max_message_size;
  guint32 max_frame_size;
  guint32 max_in_flight;
  GStrv framings;
};

/* RFC 8839 section 5.4: ice-char = ALPHA / DIGIT / "+" / "/" */
static gboolean
is_ice_chars (const gchar *text, gsize min)
{
  gsize length = text ? strlen (text) : 0;

  if (length < min || length > GST_P2P_MAX_ICE_CHARS)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;
  return TRUE;
}

/* An RFC 4566 token, so that a framing fits in an SDP attribute. */
static gboolean
is_framing (const gchar *text)
{
  gsize length = strlen (text);

  if (length == 0 || length > GST_P2P_MAX_FRAMING_LENGTH)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && !strchr ("-._", text[i]))
      return FALSE;
  return TRUE;
}

static gboolean
check_framings (const gchar *const *framings, GError **error)
{
  gsize n = framings ? g_strv_length ((gchar **)framings) : 0;

  if (n > GST_P2P_MAX_FRAMINGS)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT, "More than %d framings",
                   GST_P2P_MAX_FRAMINGS);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    if (!is_framing (framings[i]))
      {
        g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "Not a framing's name");
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_numbers (guint sctp_port, const GstP2pDescriptionLimits *limits, GError **error)
{
  if (sctp_port < 1 || sctp_port > G_MAXUINT16)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                           "SCTP port outside of 1 to 65535");
      return FALSE;
    }
  if (limits->max_message_size != 0 && limits->max_message_size < GST_P2P_MIN_MAX_MESSAGE_SIZE)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "The peer's max-message-size is below %d bytes", GST_P2P_MIN_MAX_MESSAGE_SIZE);
      return FALSE;
    }
  if (limits->max_in_flight != 0 && limits->max_in_flight < GST_P2P_MIN_MAX_IN_FLIGHT)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "The peer's max-in-flight is below %d bytes", GST_P2P_MIN_MAX_IN_FLIGHT);
      return FALSE;
    }
  return TRUE;
}

/* @zero: what 0 stands for. */
static guint32
bound (guint64 limit, guint32 zero)
{
  return limit == 0 ? zero : (guint32)MIN (limit, G_MAXUINT32);
}

GstP2pDescription *
gst_p2p_description_new (const gchar *ufrag, const gchar *pwd, const gchar *fingerprint,
                         guint sctp_port, const GstP2pDescriptionLimits *limits,
                         const gchar *const *framings, GError **error)
{
  GstP2pDescription *description;
  g_autofree gchar *normalised = NULL;

  if (!is_ice_chars (ufrag, 4) || !is_ice_chars (pwd, 22))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "ufrag must be 4 to %d and pwd 22 to %d ICE characters", GST_P2P_MAX_ICE_CHARS,
                   GST_P2P_MAX_ICE_CHARS);
      return NULL;
    }
  normalised = gst_p2p_fingerprint_parse (fingerprint, error);
  if (!normalised || !check_numbers (sctp_port, limits, error) || !check_framings (framings, error))
    return NULL;

  description = g_new0 (GstP2pDescription, 1);
  g_atomic_ref_count_init (&description->ref_count);
  description->ufrag = g_strdup (ufrag);
  description->pwd = g_strdup (pwd);
  description->fingerprint = g_steal_pointer (&normalised);
  description->sctp_port = sctp_port;
  description->max_message_size = bound (limits->max_message_size, G_MAXUINT32);
  description->max_frame_size = bound (limits->max_frame_size, GST_P2P_DEFAULT_MAX_FRAME_SIZE);
  description->max_in_flight = bound (limits->max_in_flight, GST_P2P_DEFAULT_MAX_IN_FLIGHT);
  description->framings = framings ? g_strdupv ((gchar **)framings) : g_new0 (gchar *, 1);
  return description;
}

GstP2pDescription *
gst_p2p_description_ref (GstP2pDescription *description)
{
  g_atomic_ref_count_inc (&description->ref_count);
  return description;
}

void
gst_p2p_description_unref (GstP2pDescription *description)
{
  if (!g_atomic_ref_count_dec (&description->ref_count))
    return;

  g_free (description->ufrag);
  gst_p2p_secret_text_free (description->pwd);
  g_free (description->fingerprint);
  g_strfreev (description->framings);
  g_free (description);
}

const gchar *
gst_p2p_description_get_ufrag (const GstP2pDescription *description)
{
  return description->ufrag;
}

const gchar *
gst_p2p_description_get_pwd (const GstP2pDescription *description)
{
  return description->pwd;
}

const gchar *
gst_p2p_description_get_fingerprint (const GstP2pDescription *description)
{
  return description->fingerprint;
}

guint
gst_p2p_description_get_sctp_port (const GstP2pDescription *description)
{
  return description->sctp_port;
}

guint32
gst_p2p_description_get_max_message_size (const GstP2pDescription *description)
{
  return description->max_message_size;
}

guint32
gst_p2p_description_get_max_frame_size (const GstP2pDescription *description)
{
  return description->max_frame_size;
}

guint32
gst_p2p_description_get_max_in_flight (const GstP2pDescription *description)
{
  return description->max_in_flight;
}

const gchar *const *
gst_p2p_description_get_framings (const GstP2pDescription *description)
{
  return (const gchar *const *)description->framings;
}

gboolean
gst_p2p_description_has_framing (const GstP2pDescription *description, const gchar *framing)
{
  return g_strv_contains ((const gchar *const *)description->framings, framing);
}

/* --- SDP --- */

gchar *
gst_p2p_description_to_sdp (const GstP2pDescription *description, const gchar *setup)
{
  GString *sdp = g_string_new ("v=0\r\n"
                               "o=- 0 0 IN IP4 127.0.0.1\r\n"
                               "s=-\r\n"
                               "t=0 0\r\n"
                               "a=group:BUNDLE 0\r\n"
                               "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                               "c=IN IP4 0.0.0.0\r\n"
                               "a=mid:0\r\n"
                               "a=ice-options:trickle\r\n");
  guint32 size = description->max_message_size;

  g_string_append_printf (sdp, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", description->ufrag,
                          description->pwd);
  g_string_append_printf (sdp, "a=fingerprint:sha-256 %s\r\na=setup:%s\r\n",
                          description->fingerprint, setup);
  g_string_append_printf (sdp, "a=sctp-port:%u\r\na=max-message-size:%u\r\n",
                          description->sctp_port, size == G_MAXUINT32 ? 0 : size);
  /* Ours alone; SDP parsers ignore attributes that they do not know. */
  g_string_append_printf (sdp, "a=x-gst-max-frame-size:%u\r\na=x-gst-max-in-flight:%u\r\n",
                          description->max_frame_size, description->max_in_flight);
  for (gchar **framing = description->framings; *framing; framing++)
    g_string_append_printf (sdp, "a=x-gst-framing:%s\r\n", *framing);
  return g_string_free (sdp, FALSE);
}

/* What follows @name in the lines that begin with it; %NULL-terminated. */
static GPtrArray *
sdp_values (gchar **lines, const gchar *name)
{
  GPtrArray *values = g_ptr_array_new ();

  for (; *lines; lines++)
    if (g_str_has_prefix (*lines, name))
      g_ptr_array_add (values, *lines + strlen (name));
  g_ptr_array_add (values, NULL);
  return values;
}

static const gchar *
sdp_value (gchar **lines, const gchar *name)
{
  g_autoptr (GPtrArray) values = sdp_values (lines, name);
  return g_ptr_array_index (values, 0);
}

static gboolean
sdp_number (gchar **lines, const gchar *name, guint64 fallback, guint64 *number, GError **error)
{
  const gchar *value = sdp_value (lines, name);

  *number = fallback;
  return !value || g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT32, number, error);
}

GstP2pDescription *
gst_p2p_description_new_from_sdp (const gchar *sdp, gsize length, GError **error)
{
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GPtrArray) framings = NULL;
  g_autoptr (GError) number_error = NULL;
  const gchar *fingerprint;
  GstP2pDescriptionLimits limits;
  guint64 sctp_port;

  if (length > MAX_SDP_LENGTH || !g_utf8_validate_len (sdp, length, NULL))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "Session description over %d bytes, or not UTF-8", MAX_SDP_LENGTH);
      return NULL;
    }

  text = g_strndup (sdp, length);
  lines = g_strsplit (g_strdelimit (text, "\r", '\n'), "\n", -1);

  if (!sdp_number (lines, "a=sctp-port:", GST_P2P_DEFAULT_SCTP_PORT, &sctp_port, &number_error)
      || !sdp_number (lines, "a=max-message-size:", GST_P2P_DEFAULT_MAX_MESSAGE_SIZE,
                      &limits.max_message_size, &number_error)
      || !sdp_number (lines, "a=x-gst-max-frame-size:", 0, &limits.max_frame_size, &number_error)
      || !sdp_number (lines, "a=x-gst-max-in-flight:", 0, &limits.max_in_flight, &number_error))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "Session description: %s",
                   number_error->message);
      return NULL;
    }

  fingerprint = sdp_value (lines, "a=fingerprint:sha-256 ");
  framings = sdp_values (lines, "a=x-gst-framing:");
  return gst_p2p_description_new (sdp_value (lines, "a=ice-ufrag:"),
                                  sdp_value (lines, "a=ice-pwd:"), fingerprint, (guint)sctp_port,
                                  &limits, (const gchar *const *)framings->pdata, error);
}
