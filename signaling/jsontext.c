/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jsontext: see jsontext.h.
 *
 * The check is the whole grammar of RFC 8259, since json-glib 1.6 leaks what it has built when a
 * text turns out to be malformed: it gets only what is JSON.
 */
#include "signaling/jsontext.h"

#include <string.h>

#include "gst/p2p/base/error.h"

#define MAX_NUMBER 32 /* characters */

static gboolean
fail (GError **error, const gchar *what)
{
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "Not a JSON object: %s", what);
  return FALSE;
}

/* --- the grammar --- */

/* Each skip_x() stands at the first character of x and moves behind its last. */

typedef struct
{
  const gchar *at;
  const gchar *end;
  guint depth;
  gboolean too_deep;
} Cursor;

/* '\0' at the end; the text has none, since no rule takes it. */
static gchar
peek (const Cursor *cursor)
{
  return cursor->at < cursor->end ? *cursor->at : '\0';
}

static gboolean
take (Cursor *cursor, gchar c)
{
  if (peek (cursor) != c || c == '\0')
    return FALSE;
  cursor->at++;
  return TRUE;
}

static void
skip_space (Cursor *cursor)
{
  while (peek (cursor) != '\0' && strchr (" \t\r\n", peek (cursor)))
    cursor->at++;
}

/* The code unit of four hex digits, or -1. */
static gint
take_code_unit (Cursor *cursor)
{
  gint value = 0;

  for (guint i = 0; i < 4; i++)
    {
      gint digit = g_ascii_xdigit_value (peek (cursor));

      if (digit < 0)
        return -1;
      value = value << 4 | digit;
      cursor->at++;
    }
  return value;
}

/* Behind "\u". No half of a surrogate pair, and no NUL, at which strings in C end. */
static gboolean
skip_unicode (Cursor *cursor)
{
  gint unit = take_code_unit (cursor);

  if (unit <= 0 || (unit >= 0xdc00 && unit <= 0xdfff))
    return FALSE;
  if (unit < 0xd800 || unit > 0xdbff)
    return TRUE;
  if (!take (cursor, '\\') || !take (cursor, 'u'))
    return FALSE;
  unit = take_code_unit (cursor);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

static gboolean
skip_string (Cursor *cursor)
{
  if (!take (cursor, '"'))
    return FALSE;
  while (!take (cursor, '"'))
    {
      gchar c = peek (cursor);

      if ((guchar)c < 0x20)
        return FALSE;
      cursor->at++;
      if (c != '\\')
        continue;
      c = peek (cursor);
      if (c == '\0' || !strchr ("\"\\/bfnrtu", c))
        return FALSE;
      cursor->at++;
      if (c == 'u' && !skip_unicode (cursor))
        return FALSE;
    }
  return TRUE;
}

static gboolean
skip_digits (Cursor *cursor)
{
  const gchar *start = cursor->at;

  while (g_ascii_isdigit (peek (cursor)))
    cursor->at++;
  return cursor->at > start;
}

static gboolean
skip_number (Cursor *cursor)
{
  const gchar *start = cursor->at;

  take (cursor, '-');
  if (!take (cursor, '0') && !skip_digits (cursor))
    return FALSE;
  if (take (cursor, '.') && !skip_digits (cursor))
    return FALSE;
  if (take (cursor, 'e') || take (cursor, 'E'))
    {
      if (!take (cursor, '+'))
        take (cursor, '-');
      if (!skip_digits (cursor))
        return FALSE;
    }
  return cursor->at - start <= MAX_NUMBER;
}

static gboolean
skip_word (Cursor *cursor, const gchar *word)
{
  for (; *word; word++)
    if (!take (cursor, *word))
      return FALSE;
  return TRUE;
}

static gboolean skip_value (Cursor *cursor);

static gboolean
skip_member (Cursor *cursor)
{
  skip_space (cursor);
  if (!skip_string (cursor))
    return FALSE;
  skip_space (cursor);
  return take (cursor, ':') && skip_value (cursor);
}

/* An object or an array. */
static gboolean
skip_container (Cursor *cursor, gchar closing, gboolean (*skip_item) (Cursor *cursor))
{
  if (cursor->depth == GST_P2P_SIGNALING_JSON_MAX_DEPTH)
    {
      cursor->too_deep = TRUE;
      return FALSE;
    }
  cursor->depth++;
  cursor->at++;
  skip_space (cursor);
  if (!take (cursor, closing))
    {
      do
        {
          if (!skip_item (cursor))
            return FALSE;
        }
      while (take (cursor, ','));
      if (!take (cursor, closing))
        return FALSE;
    }
  cursor->depth--;
  return TRUE;
}

/* With the space around it. */
static gboolean
skip_value (Cursor *cursor)
{
  gboolean skipped;

  skip_space (cursor);
  switch (peek (cursor))
    {
    case '{':
      skipped = skip_container (cursor, '}', skip_member);
      break;
    case '[':
      skipped = skip_container (cursor, ']', skip_value);
      break;
    case '"':
      skipped = skip_string (cursor);
      break;
    case 't':
      skipped = skip_word (cursor, "true");
      break;
    case 'f':
      skipped = skip_word (cursor, "false");
      break;
    case 'n':
      skipped = skip_word (cursor, "null");
      break;
    default:
      skipped = skip_number (cursor);
    }
  skip_space (cursor);
  return skipped;
}

/* --- what it is good for --- */

gboolean
gst_p2p_signaling_json_text_check (const gchar *text, gsize length, gsize max_length,
                                   GError **error)
{
  Cursor cursor = { .at = text, .end = text + length };

  if (length > max_length)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "A message of %" G_GSIZE_FORMAT " bytes is over the limit of %" G_GSIZE_FORMAT,
                   length, max_length);
      return FALSE;
    }
  if (length == 0)
    return fail (error, "it is empty");
  if (!g_utf8_validate_len (text, length, NULL))
    return fail (error, "it is not UTF-8");
  if (skip_value (&cursor) && cursor.at == cursor.end)
    return TRUE;
  if (!cursor.too_deep)
    return fail (error, "it breaks the grammar");
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT, "JSON nested deeper than %d levels",
               GST_P2P_SIGNALING_JSON_MAX_DEPTH);
  return FALSE;
}

JsonNode *
gst_p2p_signaling_json_text_parse (const gchar *text, gsize length, gsize max_length,
                                   GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) parse_error = NULL;
  JsonNode *root;

  if (!gst_p2p_signaling_json_text_check (text, length, max_length, error))
    return NULL;

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, length, &parse_error))
    {
      fail (error, parse_error->message);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    {
      fail (error, "it is something else");
      return NULL;
    }
  return json_node_ref (root);
}

static gboolean
fail_member (GError **error, const gchar *member, const gchar *what)
{
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "\"%s\" %s", member, what);
  return FALSE;
}

gboolean
gst_p2p_signaling_json_get_string (JsonObject *object, const gchar *member, gboolean required,
                                   gsize max_length, gchar **value, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);
  const gchar *text;

  *value = NULL;
  if (!node)
    return !required || fail_member (error, member, "is missing");
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return fail_member (error, member, "is not a string");
  text = json_node_get_string (node);
  if (strlen (text) > max_length)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "\"%s\" is longer than %" G_GSIZE_FORMAT " bytes", member, max_length);
      return FALSE;
    }
  *value = g_strdup (text);
  return TRUE;
}

gboolean
gst_p2p_signaling_json_get_integer (JsonObject *object, const gchar *member, gint64 min, gint64 max,
                                    gint64 *value, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);
  gint64 number;

  if (!node)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return fail_member (error, member, "is not an integer");
  number = json_node_get_int (node);
  if (number < min || number > max)
    return fail_member (error, member, "is out of range");
  *value = number;
  return TRUE;
}
