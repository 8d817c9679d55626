/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * safetext: see safetext.h. Parsing comes first, then printing.
 *
 *   caps      = "ANY" | "EMPTY" | structure *( ";" structure )
 *   structure = name *( "," name "=" value ) [ ";" ]
 *   value     = [ "(" type ")" ] ( token | quoted | list | range | "[" structure or caps "]" )
 *   list      = "{" value *( "," value ) "}" | "<" value *( "," value ) ">"
 *   range     = "[" value "," value [ "," value ] "]"
 */
#include "gst/p2p/frame/safetext.h"

#include <math.h>
#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/frame/textvalue.h"

#define TAGS_NAME "taglist"
#define GLOBAL_TAGS_NAME "taglist-global"

typedef struct
{
  const gchar *at;
  const gchar *end;
  guint depth;
  guint *values_left;
  guint *new_names;
  GError **error;
} Parser;

static gboolean parse_value (Parser *parser, GType type, GValue *value);

static gboolean
fail (Parser *parser, GstP2pError code, const gchar *what)
{
  if (parser->error && !*parser->error)
    g_set_error (parser->error, GST_P2P_ERROR, code, "Text in a frame object: %s", what);
  return FALSE;
}

/* Counts one more value, and fails beyond the limit; every value that the parser makes is
 * counted. */
static gboolean
count_value (Parser *parser)
{
  if (*parser->values_left == 0)
    return fail (parser, GST_P2P_ERROR_LIMIT, "more than the limit of 4096 values");
  (*parser->values_left)--;
  return TRUE;
}

static gboolean
descend (Parser *parser)
{
  if (++parser->depth > GST_P2P_FRAME_SAFETEXT_MAX_DEPTH)
    return fail (parser, GST_P2P_ERROR_LIMIT, "nesting over the limit of 8 levels");
  return TRUE;
}

static void
skip_space (Parser *parser)
{
  while (parser->at < parser->end && g_ascii_isspace (*parser->at))
    parser->at++;
}

/* The next character that is no space, '\0' at the end. */
static gchar
peek (Parser *parser)
{
  skip_space (parser);
  return parser->at < parser->end ? *parser->at : '\0';
}

static gboolean
accept (Parser *parser, gchar c)
{
  if (peek (parser) != c)
    return FALSE;
  parser->at++;
  return TRUE;
}

static gboolean
expect (Parser *parser, gchar c)
{
  const gchar what[]
      = { '\'', c, '\'', ' ', 'i', 's', ' ', 'm', 'i', 's', 's', 'i', 'n', 'g', '\0' };

  return accept (parser, c) || fail (parser, GST_P2P_ERROR_INVALID, what);
}

/* %NULL: there is none, which is not a failure yet. */
static gchar *
take_token (Parser *parser)
{
  const gchar *start;

  skip_space (parser);
  start = parser->at;
  while (parser->at < parser->end && gst_p2p_frame_text_is_token_char (*parser->at))
    parser->at++;
  return parser->at > start ? g_strndup (start, parser->at - start) : NULL;
}

/* A name of a structure or field, made known to the process within the budget. */
static GQuark
take_name (Parser *parser)
{
  g_autofree gchar *name = take_token (parser);
  GQuark quark;

  if (!name || !g_ascii_isalpha (*name))
    {
      fail (parser, GST_P2P_ERROR_INVALID, "a name is missing or does not begin with a letter");
      return 0;
    }
  if (strlen (name) > GST_P2P_FRAME_SAFETEXT_MAX_NAME)
    {
      fail (parser, GST_P2P_ERROR_LIMIT, "a name over the limit of 128 bytes");
      return 0;
    }
  quark = g_quark_try_string (name);
  if (quark != 0)
    return quark;
  if (*parser->new_names == 0)
    {
      fail (parser, GST_P2P_ERROR_LIMIT, "more names than the limit that nobody here has heard of");
      return 0;
    }
  (*parser->new_names)--;
  return g_quark_from_string (name);
}

static gboolean
parse_fields (Parser *parser, GstStructure *structure)
{
  while (accept (parser, ','))
    {
      g_auto (GValue) value = G_VALUE_INIT;
      gchar next = peek (parser);
      GQuark name;

      if (next == '\0' || next == ';' || next == ']')
        break;
      name = take_name (parser);
      if (name == 0 || !expect (parser, '=') || !parse_value (parser, G_TYPE_INVALID, &value))
        return FALSE;
      gst_structure_id_take_value (structure, name, &value);
      memset (&value, 0, sizeof value);
    }
  return TRUE;
}

static GstStructure *
parse_structure (Parser *parser)
{
  g_autoptr (GstStructure) structure = NULL;
  GQuark name;

  if (!count_value (parser) || (name = take_name (parser)) == 0)
    return NULL;
  if (peek (parser) == '(')
    {
      fail (parser, GST_P2P_ERROR_INVALID, "caps features cannot travel");
      return NULL;
    }
  structure = gst_structure_new_id_empty (name);
  if (!structure || !parse_fields (parser, structure))
    return NULL;
  return g_steal_pointer (&structure);
}

/* These words stand for caps as a whole, so no structure in caps may be named by one. */
static gboolean
is_caps_word (const gchar *word)
{
  return g_str_equal (word, "ANY") || g_str_equal (word, "EMPTY") || g_str_equal (word, "NONE");
}

static GstCaps *
parse_caps (Parser *parser, gchar closing)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty ();
  const gchar *start;
  g_autofree gchar *word = NULL;

  skip_space (parser);
  start = parser->at;
  word = take_token (parser);
  if (peek (parser) == closing)
    {
      if (g_strcmp0 (word, "ANY") == 0)
        return gst_caps_new_any ();
      if (g_strcmp0 (word, "EMPTY") == 0 || g_strcmp0 (word, "NONE") == 0)
        return g_steal_pointer (&caps);
    }

  parser->at = start;
  do
    {
      GstStructure *structure = parse_structure (parser);

      if (!structure)
        return NULL;
      gst_caps_append_structure (caps, structure);
      if (is_caps_word (gst_structure_get_name (structure)))
        {
          fail (parser, GST_P2P_ERROR_INVALID, "a structure in caps is named like caps");
          return NULL;
        }
    }
  while (accept (parser, ';') && peek (parser) != closing);
  return g_steal_pointer (&caps);
}

/* Parses what is between brackets, or between quotes once it is unquoted. */
static gboolean
parse_nested (Parser *parser, GType type, gchar closing, GValue *value)
{
  gpointer boxed = type == GST_TYPE_CAPS ? (gpointer)parse_caps (parser, closing)
                                         : (gpointer)parse_structure (parser);

  if (!boxed)
    return FALSE;
  accept (parser, ';');
  g_value_init (value, type);
  g_value_take_boxed (value, boxed);
  return TRUE;
}

static gboolean
parse_bracketed (Parser *parser, GType type, GValue *value)
{
  gboolean ok = expect (parser, '[') && descend (parser) && parse_nested (parser, type, ']', value)
                && expect (parser, ']');

  parser->depth--;
  return ok;
}

static gboolean
parse_quoted_nested (Parser *parser, GType type, const gchar *text, GValue *value)
{
  Parser inner = *parser;

  inner.at = text;
  inner.end = text + strlen (text);
  if (!descend (&inner) || !parse_nested (&inner, type, '\0', value))
    return FALSE;
  return peek (&inner) == '\0'
         || fail (parser, GST_P2P_ERROR_INVALID, "something after a structure");
}

/* Whether GStreamer will take these bounds without complaint. */
static gboolean
set_range (GValue *value, const GValue *low, const GValue *high, const GValue *step)
{
  GType type = G_VALUE_TYPE (low);

  if (G_VALUE_TYPE (high) != type || (step && G_VALUE_TYPE (step) != type)
      || gst_value_compare (low, high) != GST_VALUE_LESS_THAN)
    return FALSE;
  if (type == G_TYPE_INT)
    {
      gint a = g_value_get_int (low), b = g_value_get_int (high);
      gint s = step ? g_value_get_int (step) : 1;

      if (s <= 0 || a % s != 0 || b % s != 0)
        return FALSE;
      g_value_init (value, GST_TYPE_INT_RANGE);
      gst_value_set_int_range_step (value, a, b, s);
    }
  else if (type == G_TYPE_INT64)
    {
      gint64 a = g_value_get_int64 (low), b = g_value_get_int64 (high);
      gint64 s = step ? g_value_get_int64 (step) : 1;

      if (s <= 0 || a % s != 0 || b % s != 0)
        return FALSE;
      g_value_init (value, GST_TYPE_INT64_RANGE);
      gst_value_set_int64_range_step (value, a, b, s);
    }
  else if (type == G_TYPE_DOUBLE && !step)
    {
      g_value_init (value, GST_TYPE_DOUBLE_RANGE);
      gst_value_set_double_range (value, g_value_get_double (low), g_value_get_double (high));
    }
  else if (type == GST_TYPE_FRACTION && !step)
    {
      g_value_init (value, GST_TYPE_FRACTION_RANGE);
      gst_value_set_fraction_range (value, low, high);
    }
  else
    {
      return FALSE;
    }
  return TRUE;
}

static gboolean
parse_range (Parser *parser, GType type, GValue *value)
{
  g_auto (GValue) low = G_VALUE_INIT;
  g_auto (GValue) high = G_VALUE_INIT;
  g_auto (GValue) step = G_VALUE_INIT;
  gboolean ok;

  ok = expect (parser, '[') && descend (parser) && parse_value (parser, type, &low)
       && expect (parser, ',') && parse_value (parser, type, &high);
  if (ok && accept (parser, ','))
    ok = parse_value (parser, type, &step);
  ok = ok && expect (parser, ']');
  parser->depth--;
  if (ok && !set_range (value, &low, &high, G_VALUE_TYPE (&step) ? &step : NULL))
    ok = fail (parser, GST_P2P_ERROR_INVALID, "a range without sense");
  return ok;
}

/* The type that the members of a list must share: of a list that of its members, of a range that of
 * its bounds. %G_TYPE_INVALID: an empty list, which goes with every type. */
static GType
get_basic_type (const GValue *value)
{
  GType type = G_VALUE_TYPE (value);

  if (type == GST_TYPE_LIST)
    return gst_value_list_get_size (value) ? get_basic_type (gst_value_list_get_value (value, 0))
                                           : G_TYPE_INVALID;
  if (type == GST_TYPE_ARRAY)
    return gst_value_array_get_size (value) ? get_basic_type (gst_value_array_get_value (value, 0))
                                            : G_TYPE_INVALID;
  if (type == GST_TYPE_INT_RANGE)
    return G_TYPE_INT;
  if (type == GST_TYPE_INT64_RANGE)
    return G_TYPE_INT64;
  if (type == GST_TYPE_DOUBLE_RANGE)
    return G_TYPE_DOUBLE;
  if (type == GST_TYPE_FRACTION_RANGE)
    return GST_TYPE_FRACTION;
  return type;
}

static gboolean
parse_members (Parser *parser, GType type, gchar closing, GValue *list)
{
  GType basic = G_TYPE_INVALID, first = G_TYPE_INVALID;

  if (accept (parser, closing))
    return TRUE;
  do
    {
      g_auto (GValue) member = G_VALUE_INIT;
      GType its;

      if (!parse_value (parser, type, &member))
        return FALSE;
      its = get_basic_type (&member);
      /* GStreamer cannot even compare a range with a number among its alternatives. */
      first = first == G_TYPE_INVALID ? G_VALUE_TYPE (&member) : first;
      if (G_VALUE_TYPE (&member) != first
          || (basic != G_TYPE_INVALID && its != G_TYPE_INVALID && its != basic))
        return fail (parser, GST_P2P_ERROR_INVALID, "a list with members of different types");
      basic = its != G_TYPE_INVALID ? its : basic;
      if (G_VALUE_TYPE (list) == GST_TYPE_LIST)
        gst_value_list_append_value (list, &member);
      else
        gst_value_array_append_value (list, &member);
    }
  while (accept (parser, ','));
  return expect (parser, closing);
}

static gboolean
parse_list (Parser *parser, GType type, GValue *value)
{
  gboolean braces = accept (parser, '{');
  gboolean ok;

  if (!braces)
    parser->at++;
  g_value_init (value, braces ? GST_TYPE_LIST : GST_TYPE_ARRAY);
  ok = descend (parser) && parse_members (parser, type, braces ? '}' : '>', value);
  parser->depth--;
  return ok;
}

static gboolean
parse_scalar (Parser *parser, GType type, GValue *value)
{
  gboolean quoted = peek (parser) == '"';
  g_autofree gchar *token = quoted
                                ? gst_p2p_frame_text_unquote (parser->at, parser->end, &parser->at)
                                : take_token (parser);

  if (!token)
    return fail (parser, GST_P2P_ERROR_INVALID, "a value is missing or its quotes are wrong");
  if (type == GST_TYPE_STRUCTURE || type == GST_TYPE_CAPS)
    return parse_quoted_nested (parser, type, token, value);
  return gst_p2p_frame_text_value_parse (type, token, quoted, value)
         || fail (parser, GST_P2P_ERROR_INVALID, "a value does not have the form of its type");
}

static gboolean
parse_type (Parser *parser, GType *type)
{
  g_autofree gchar *name = NULL;

  if (!accept (parser, '('))
    return TRUE;
  name = take_token (parser);
  *type = name ? gst_p2p_frame_text_type_from_name (name) : G_TYPE_INVALID;
  if (*type == G_TYPE_INVALID)
    return fail (parser, GST_P2P_ERROR_INVALID, "a value has a type that is not on the list");
  return expect (parser, ')');
}

/* @type: of the members, if the value is one of a list or range. On failure @value may be set. */
static gboolean
parse_value (Parser *parser, GType type, GValue *value)
{
  if (!count_value (parser) || !parse_type (parser, &type))
    return FALSE;
  switch (peek (parser))
    {
    case '[':
      if (type == GST_TYPE_STRUCTURE || type == GST_TYPE_CAPS)
        return parse_bracketed (parser, type, value);
      return parse_range (parser, type, value);
    case '{':
    case '<':
      return parse_list (parser, type, value);
    default:
      return parse_scalar (parser, type, value);
    }
}

static gboolean
parser_init (Parser *parser, const gchar *text, gsize size, guint *values_left, guint *new_names,
             GError **error)
{
  *values_left = GST_P2P_FRAME_SAFETEXT_MAX_VALUES;
  *parser = (Parser){ .at = text,
                      .end = text + size,
                      .values_left = values_left,
                      .new_names = new_names,
                      .error = error };
  return g_utf8_validate_len (text, size, NULL)
         || fail (parser, GST_P2P_ERROR_INVALID, "it is not UTF-8");
}

static gboolean
parser_finish (Parser *parser)
{
  return peek (parser) == '\0' || fail (parser, GST_P2P_ERROR_INVALID, "something after its end");
}

GstStructure *
gst_p2p_frame_safetext_parse_structure (const gchar *text, gsize size, guint *new_names,
                                        GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GstStructure) structure = NULL;
  guint values_left;
  Parser parser;

  if (parser_init (&parser, text, size, &values_left, new_names, &problem))
    structure = parse_structure (&parser);
  if (structure)
    accept (&parser, ';');
  if (structure && parser_finish (&parser))
    return g_steal_pointer (&structure);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

GstCaps *
gst_p2p_frame_safetext_parse_caps (const gchar *text, gsize size, guint *new_names, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GstCaps) caps = NULL;
  guint values_left;
  Parser parser;

  if (parser_init (&parser, text, size, &values_left, new_names, &problem))
    caps = parse_caps (&parser, '\0');
  if (caps && parser_finish (&parser))
    return g_steal_pointer (&caps);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static gboolean
add_tag (GQuark field, const GValue *value, gpointer data)
{
  GstTagList *tags = data;
  const gchar *tag = g_quark_to_string (field);

  if (!gst_tag_exists (tag))
    return TRUE;
  if (G_VALUE_TYPE (value) == GST_TYPE_LIST)
    {
      for (guint i = 0; i < gst_value_list_get_size (value); i++)
        add_tag (field, gst_value_list_get_value (value, i), data);
    }
  else if (G_VALUE_TYPE (value) == gst_tag_get_type (tag)
           && !(G_VALUE_HOLDS_STRING (value)
                && (!g_value_get_string (value) || *g_value_get_string (value) == '\0')))
    {
      gst_tag_list_add_value (tags, GST_TAG_MERGE_APPEND, tag, value);
    }
  return TRUE;
}

GstTagList *
gst_p2p_frame_safetext_parse_tags (const gchar *text, gsize size, guint *new_names, GError **error)
{
  g_autoptr (GstStructure) structure
      = gst_p2p_frame_safetext_parse_structure (text, size, new_names, error);
  GstTagList *tags;

  if (!structure)
    return NULL;
  if (!gst_structure_has_name (structure, TAGS_NAME)
      && !gst_structure_has_name (structure, GLOBAL_TAGS_NAME))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "A tag list has another name");
      return NULL;
    }
  tags = gst_tag_list_new_empty ();
  if (gst_structure_has_name (structure, GLOBAL_TAGS_NAME))
    gst_tag_list_set_scope (tags, GST_TAG_SCOPE_GLOBAL);
  gst_structure_foreach (structure, add_tag, tags);
  return tags;
}

static gboolean print_caps (const GstCaps *caps, GString *text);
static gboolean print_structure (const GstStructure *structure, GString *text);

static gboolean
print_range (const GValue *value, GString *text)
{
  GType type = G_VALUE_TYPE (value);

  if (type == GST_TYPE_INT_RANGE)
    {
      g_string_append_printf (text, "[ %d, %d", gst_value_get_int_range_min (value),
                              gst_value_get_int_range_max (value));
      if (gst_value_get_int_range_step (value) != 1)
        g_string_append_printf (text, ", %d", gst_value_get_int_range_step (value));
    }
  else if (type == GST_TYPE_INT64_RANGE)
    {
      g_string_append_printf (text, "[ %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT,
                              gst_value_get_int64_range_min (value),
                              gst_value_get_int64_range_max (value));
      if (gst_value_get_int64_range_step (value) != 1)
        g_string_append_printf (text, ", %" G_GINT64_FORMAT,
                                gst_value_get_int64_range_step (value));
    }
  else if (type == GST_TYPE_DOUBLE_RANGE)
    {
      gchar low[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];

      if (!isfinite (gst_value_get_double_range_min (value))
          || !isfinite (gst_value_get_double_range_max (value)))
        return FALSE;
      g_ascii_dtostr (low, sizeof low, gst_value_get_double_range_min (value));
      g_ascii_dtostr (high, sizeof high, gst_value_get_double_range_max (value));
      g_string_append_printf (text, "[ %s, %s", low, high);
    }
  else
    {
      g_string_append (text, "[ ");
      gst_p2p_frame_text_value_print (gst_value_get_fraction_range_min (value), text);
      g_string_append (text, ", ");
      gst_p2p_frame_text_value_print (gst_value_get_fraction_range_max (value), text);
    }
  g_string_append (text, " ]");
  return TRUE;
}

static gboolean
print_value (const GValue *value, GString *text)
{
  GType type = G_VALUE_TYPE (value);
  gboolean is_list = type == GST_TYPE_LIST;
  gboolean ok = TRUE;

  if (is_list || type == GST_TYPE_ARRAY)
    {
      guint size = is_list ? gst_value_list_get_size (value) : gst_value_array_get_size (value);

      g_string_append (text, is_list ? "{ " : "< ");
      for (guint i = 0; ok && i < size; i++)
        {
          g_string_append (text, i > 0 ? ", " : "");
          ok = print_value (is_list ? gst_value_list_get_value (value, i)
                                    : gst_value_array_get_value (value, i),
                            text);
        }
      g_string_append (text, is_list ? " }" : " >");
      return ok;
    }
  if (type == GST_TYPE_STRUCTURE || type == GST_TYPE_CAPS)
    {
      if (!g_value_get_boxed (value))
        return FALSE;
      g_string_append_c (text, '[');
      ok = type == GST_TYPE_CAPS ? print_caps (g_value_get_boxed (value), text)
                                 : print_structure (g_value_get_boxed (value), text);
      g_string_append_c (text, ']');
      return ok;
    }
  if (get_basic_type (value) != type)
    return print_range (value, text);
  return gst_p2p_frame_text_value_print (value, text);
}

static gboolean
print_field (GQuark field, const GValue *value, gpointer data)
{
  GString *text = data;
  GType type = get_basic_type (value);
  const gchar *name = type == G_TYPE_INVALID ? "int" : gst_p2p_frame_text_type_get_name (type);

  if (!name)
    {
      g_string_assign (text, g_quark_to_string (field));
      return FALSE;
    }
  g_string_append_printf (text, ", %s=(%s)", g_quark_to_string (field), name);
  if (print_value (value, text))
    return TRUE;
  g_string_assign (text, g_quark_to_string (field));
  return FALSE;
}

/* On failure, @text is the name of the field. */
static gboolean
print_structure (const GstStructure *structure, GString *text)
{
  g_string_append (text, gst_structure_get_name (structure));
  return gst_structure_foreach (structure, print_field, text);
}

static gboolean
print_caps (const GstCaps *caps, GString *text)
{
  guint size = gst_caps_is_any (caps) ? 0 : gst_caps_get_size (caps);

  if (size == 0)
    g_string_append (text, gst_caps_is_any (caps) ? "ANY" : "EMPTY");
  for (guint i = 0; i < size; i++)
    {
      g_string_append (text, i > 0 ? "; " : "");
      if (!print_structure (gst_caps_get_structure (caps, i), text))
        return FALSE;
    }
  return TRUE;
}

/* Parses the text before it is sent, since what the other end would refuse must not be. On failure
 * @text is the name of a field. */
static gchar *
finish_text (GString *text, gboolean ok, gboolean is_caps, GError **error)
{
  guint new_names = G_MAXUINT; /* our own */
  gsize size = text->len;
  g_autofree gchar *result = g_string_free (text, FALSE);
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstStructure) structure = NULL;

  if (!ok)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "The value of field '%s' cannot be sent to a peer", result);
      return NULL;
    }
  if (is_caps)
    caps = gst_p2p_frame_safetext_parse_caps (result, size, &new_names, error);
  else
    structure = gst_p2p_frame_safetext_parse_structure (result, size, &new_names, error);
  return caps || structure ? g_steal_pointer (&result) : NULL;
}

gchar *
gst_p2p_frame_safetext_print_structure (const GstStructure *structure, GError **error)
{
  GString *text = g_string_new (NULL);
  gboolean ok = print_structure (structure, text);

  return finish_text (text, ok, FALSE, error);
}

gchar *
gst_p2p_frame_safetext_print_caps (const GstCaps *caps, GError **error)
{
  GString *text = g_string_new (NULL);
  gboolean ok = print_caps (caps, text);

  return finish_text (text, ok, TRUE, error);
}

static gboolean
print_tag (const GstTagList *tags, const gchar *tag, GString *text)
{
  guint n_values = gst_tag_list_get_tag_size (tags, tag);
  const gchar *type = gst_p2p_frame_text_type_get_name (gst_tag_get_type (tag));

  if (!type)
    return FALSE;
  g_string_append_printf (text, ", %s=(%s)%s", tag, type, n_values > 1 ? "{ " : "");
  for (guint i = 0; i < n_values; i++)
    {
      g_string_append (text, i > 0 ? ", " : "");
      if (!print_value (gst_tag_list_get_value_index (tags, tag, i), text))
        return FALSE;
    }
  g_string_append (text, n_values > 1 ? " }" : "");
  return TRUE;
}

gchar *
gst_p2p_frame_safetext_print_tags (const GstTagList *tags)
{
  gboolean global = gst_tag_list_get_scope (tags) == GST_TAG_SCOPE_GLOBAL;
  GString *text = g_string_new (global ? GLOBAL_TAGS_NAME : TAGS_NAME);
  gsize empty = text->len;
  gboolean ok;

  for (gint i = 0; i < gst_tag_list_n_tags (tags); i++)
    {
      gsize before = text->len;

      if (!print_tag (tags, gst_tag_list_nth_tag_name (tags, i), text))
        g_string_truncate (text, before);
    }
  ok = text->len > empty;
  return finish_text (text, ok, FALSE, NULL);
}
