/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * handshake: see handshake.h.
 */
#include "signaling/websocket/handshake.h"

#include <openssl/rand.h>
#include <string.h>

#include "gst/p2p/base/error.h"

#define KEY_BYTES 16                                /* RFC 6455 section 4.1 */
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 section 1.3 */

gsize
gst_p2p_websocket_handshake_find_end (const gchar *data, gsize length)
{
  const gchar *end = length > 0 ? g_strstr_len (data, length, "\r\n\r\n") : NULL;

  return end ? end + 4 - data : 0;
}

/* Lines without their ends; %NULL if the head is empty, too long or holds NUL. */
static GStrv
split (const gchar *head, gsize length)
{
  g_autofree gchar *text = NULL;

  if (length == 0 || length > GST_P2P_WEBSOCKET_HANDSHAKE_MAX_HEAD || memchr (head, '\0', length))
    return NULL;
  text = g_strndup (head, length);
  return g_strsplit (text, "\r\n", -1);
}

/* Values of fields of one name, joined as a list (RFC 9110 section 5.3); "" if there is none. */
static gchar *
get_field (GStrv lines, const gchar *name)
{
  GString *value = g_string_new (NULL);
  gsize length = strlen (name);

  for (gchar **line = lines + 1; *line; line++)
    if (g_ascii_strncasecmp (*line, name, length) == 0 && (*line)[length] == ':')
      {
        if (value->len > 0)
          g_string_append (value, ", ");
        g_string_append (value, *line + length + 1);
      }
  return g_strstrip (g_string_free (value, FALSE));
}

static gboolean
field_equals (GStrv lines, const gchar *name, const gchar *expected)
{
  g_autofree gchar *value = get_field (lines, name);

  return g_str_equal (value, expected);
}

static gboolean
field_contains (GStrv lines, const gchar *name, const gchar *token)
{
  g_autofree gchar *value = get_field (lines, name);
  g_auto (GStrv) tokens = g_strsplit (value, ",", -1);

  for (gchar **t = tokens; *t; t++)
    if (g_ascii_strcasecmp (g_strstrip (*t), token) == 0)
      return TRUE;
  return FALSE;
}

gchar *
gst_p2p_websocket_handshake_new_key (void)
{
  guint8 bytes[KEY_BYTES] = { 0 };

  /* A nonce against caches, not a secret: zeros would do if there were no randomness. */
  RAND_bytes (bytes, sizeof bytes);
  return g_base64_encode (bytes, sizeof bytes);
}

/* RFC 6455 section 4.2.2 */
static gchar *
accept_of (const gchar *key)
{
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize size = sizeof digest;

  g_checksum_update (sha1, (const guchar *)key, -1);
  g_checksum_update (sha1, (const guchar *)GUID, -1);
  g_checksum_get_digest (sha1, digest, &size);
  return g_base64_encode (digest, size);
}

gchar *
gst_p2p_websocket_handshake_print_request (const gchar *host, const gchar *path,
                                           const gchar *protocol, const gchar *key)
{
  return g_strdup_printf ("GET %s HTTP/1.1\r\n"
                          "Host: %s\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Key: %s\r\n"
                          "Sec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Protocol: %s\r\n"
                          "User-Agent: gst-p2p/" PACKAGE_VERSION "\r\n"
                          "\r\n",
                          path, host, key, protocol);
}

/* For a sentence: printable and short. */
static gchar *
quote (const gchar *line)
{
  gchar *text = g_strndup (line, 64);

  for (gchar *c = text; *c; c++)
    if (!g_ascii_isprint (*c))
      *c = '?';
  return text;
}

static gboolean
refuse_response (const gchar *status_line, GError **error)
{
  g_autofree gchar *quoted = quote (status_line);
  gboolean busy = g_str_has_prefix (status_line, "HTTP/1.1 5");

  g_set_error (error, GST_P2P_ERROR, busy ? GST_P2P_ERROR_BUSY : GST_P2P_ERROR_INVALID,
               busy ? "cannot serve now; it answered \"%s\""
                    : "is not a gst-p2p signaling server; it answered \"%s\"",
               quoted);
  return FALSE;
}

gboolean
gst_p2p_websocket_handshake_check_response (const gchar *head, gsize length, const gchar *protocol,
                                            const gchar *key, GError **error)
{
  g_auto (GStrv) lines = split (head, length);
  g_autofree gchar *accept = accept_of (key);

  if (!lines)
    return refuse_response ("", error);
  if (!g_str_has_prefix (lines[0], "HTTP/1.1 101")
      || !field_contains (lines, "Upgrade", "websocket")
      || !field_contains (lines, "Connection", "upgrade")
      || !field_equals (lines, "Sec-WebSocket-Accept", accept)
      || !field_equals (lines, "Sec-WebSocket-Extensions", ""))
    return refuse_response (lines[0], error);
  if (!field_equals (lines, "Sec-WebSocket-Protocol", protocol))
    {
      g_set_error (
          error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
          "is not a gst-p2p signaling server; it is a WebSocket server that does not speak %s",
          protocol);
      return FALSE;
    }
  return TRUE;
}

static gchar *
print_refusal (const gchar *status, const gchar *sentence)
{
  return g_strdup_printf ("HTTP/1.1 %s\r\n"
                          "Connection: close\r\n"
                          "Upgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\n"
                          "Content-Type: text/plain\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                          "\r\n%s\n",
                          status, strlen (sentence) + 1, sentence);
}

static gboolean
key_is_valid (const gchar *key)
{
  g_autofree guchar *bytes = NULL;
  gsize size = 0;

  if (strlen (key) != 24)
    return FALSE;
  bytes = g_base64_decode (key, &size);
  return size == KEY_BYTES;
}

gchar *
gst_p2p_websocket_handshake_answer (const gchar *head, gsize length, const gchar *protocol,
                                    gboolean full, gboolean *accepted)
{
  g_auto (GStrv) lines = split (head, length);
  g_autofree gchar *key = NULL;
  g_autofree gchar *accept = NULL;

  *accepted = FALSE;
  if (!lines || !g_str_has_prefix (lines[0], "GET /") || !g_str_has_suffix (lines[0], " HTTP/1.1"))
    return print_refusal ("400 Bad Request", "This request cannot be understood.");
  if (!field_contains (lines, "Upgrade", "websocket")
      || !field_contains (lines, "Connection", "upgrade"))
    return print_refusal ("426 Upgrade Required",
                          "This is a gst-p2p signaling server. It speaks WebSocket only.");
  if (!field_equals (lines, "Sec-WebSocket-Version", "13"))
    return print_refusal ("426 Upgrade Required", "This WebSocket version is not supported.");
  key = get_field (lines, "Sec-WebSocket-Key");
  if (!key_is_valid (key))
    return print_refusal ("400 Bad Request", "The WebSocket key is invalid.");
  if (!field_contains (lines, "Sec-WebSocket-Protocol", protocol))
    {
      g_autofree gchar *sentence
          = g_strdup_printf ("The WebSocket subprotocol must be %s.", protocol);

      return print_refusal ("400 Bad Request", sentence);
    }
  if (full)
    return print_refusal ("503 Service Unavailable", "This signaling server is full.");

  *accepted = TRUE;
  accept = accept_of (key);
  return g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %s\r\n"
                          "Sec-WebSocket-Protocol: %s\r\n"
                          "\r\n",
                          accept, protocol);
}
