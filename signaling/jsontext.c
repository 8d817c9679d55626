/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jsontext: JSON text from the network, bounded before it is parsed. See jsontext.h.
 *
 * The scan is lexical: strings, brackets that match, and no character outside of strings that
 * JSON does not have. What is left of the grammar is json-glib's to check.
 */
#include "signaling/jsontext.h"

#include <string.h>

#include "gst/p2p/error.h"

static gboolean
fail (GError **error, const gchar *what)
{
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "Not a JSON object: %s", what);
  return FALSE;
}

/* The code unit of four hex digits, or -1. */
static gint
code_unit (const gchar *text, const gchar *end)
{
  gint value = 0;

  if (end - text < 4)
    return -1;
  for (guint i = 0; i < 4; i++)
    {
      gint digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return -1;
      value = value << 4 | digit;
    }
  return value;
}

/*
 * @text stands behind "\u"; returns the position behind the character, or NULL. json-glib 1.6 leaks
 * on half a surrogate pair, and ends a string at NUL.
 */
static const gchar *
skip_unicode (const gchar *text, const gchar *end)
{
  gint unit = code_unit (text, end);

  if (unit <= 0 || (unit >= 0xdc00 && unit <= 0xdfff))
    return NULL;
  text += 4;
  if (unit < 0xd800 || unit > 0xdbff)
    return text;
  if (end - text < 6 || text[0] != '\\' || text[1] != 'u')
    return NULL;
  unit = code_unit (text + 2, end);
  return unit >= 0xdc00 && unit <= 0xdfff ? text + 6 : NULL;
}

/* @text stands behind the opening quote; returns the position behind the closing one, or NULL. */
static const gchar *
skip_string (const gchar *text, const gchar *end)
{
  while (text < end)
    {
      gchar c = *text++;

      if (c == '"')
        return text;
      if ((guchar)c < 0x20)
        return NULL;
      if (c != '\\')
        continue;
      if (text == end)
        return NULL;
      c = *text++;
      if (c == 'u')
        {
          if ((text = skip_unicode (text, end)) == NULL)
            return NULL;
        }
      else if (c == '\0' || strchr ("\"\\/bfnrt", c) == NULL)
        {
          return NULL;
        }
    }
  return NULL;
}

/* Brackets must match: json-glib recurses on them. */
static gboolean
scan (const gchar *text, gsize length, GError **error)
{
  const gchar *end = text + length;
  gchar closing[GST_P2P_JSON_MAX_DEPTH];
  guint depth = 0;

  while (text < end)
    {
      gchar c = *text++;

      if (c == '"')
        {
          if ((text = skip_string (text, end)) == NULL)
            return fail (error, "a string does not end or has an invalid character");
        }
      else if (c == '{' || c == '[')
        {
          if (depth == GST_P2P_JSON_MAX_DEPTH)
            {
              g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                           "JSON nested deeper than %d levels", GST_P2P_JSON_MAX_DEPTH);
              return FALSE;
            }
          closing[depth++] = c == '{' ? '}' : ']';
        }
      else if (c == '}' || c == ']')
        {
          if (depth == 0 || closing[--depth] != c)
            return fail (error, "brackets do not match");
        }
      else if (c == '\0' || strchr (" \t\r\n,:+-.0123456789Eaeflnrstu", c) == NULL)
        return fail (error, "an invalid character");
    }
  return depth == 0 || fail (error, "it is truncated");
}

gboolean
gst_p2p_json_text_check (const gchar *text, gsize length, gsize max_length, GError **error)
{
  if (length > max_length)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "A message of %" G_GSIZE_FORMAT " bytes is over the limit of %" G_GSIZE_FORMAT,
                   length, max_length);
      return FALSE;
    }
  if (!g_utf8_validate_len (text, length, NULL))
    return fail (error, "it is not UTF-8");
  return scan (text, length, error);
}

JsonNode *
gst_p2p_json_text_parse (const gchar *text, gsize length, gsize max_length, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) parse_error = NULL;
  JsonNode *root;

  if (!gst_p2p_json_text_check (text, length, max_length, error))
    return NULL;

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, length, &parse_error))
    {
      fail (error, parse_error->message);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
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
gst_p2p_json_get_string (JsonObject *object, const gchar *member, gboolean required,
                         gsize max_length, gchar **value, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);
  const gchar *text;

  *value = NULL;
  if (node == NULL)
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
gst_p2p_json_get_integer (JsonObject *object, const gchar *member, gint64 min, gint64 max,
                          gint64 *value, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);
  gint64 number;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return fail_member (error, member, "is not an integer");
  number = json_node_get_int (node);
  if (number < min || number > max)
    return fail_member (error, member, "is out of range");
  *value = number;
  return TRUE;
}
