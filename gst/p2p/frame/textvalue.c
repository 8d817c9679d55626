/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * textvalue: see textvalue.h.
 */
#include "gst/p2p/frame/textvalue.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "gst/p2p/base/hex.h"

#define MAX_NUMBER_LENGTH 64

typedef struct
{
  const gchar *name;
  GType type;
} TypeName;

/* The first name of a type is the one that is printed. */
static const TypeName *
get_type_names (gsize *n)
{
  static TypeName *names;
  static gsize n_names;

  if (g_once_init_enter (&n_names))
    {
      const TypeName all[] = {
        { "int", G_TYPE_INT },
        { "i", G_TYPE_INT },
        { "uint", G_TYPE_UINT },
        { "u", G_TYPE_UINT },
        { "gint64", G_TYPE_INT64 },
        { "int64", G_TYPE_INT64 },
        { "guint64", G_TYPE_UINT64 },
        { "uint64", G_TYPE_UINT64 },
        { "float", G_TYPE_FLOAT },
        { "f", G_TYPE_FLOAT },
        { "double", G_TYPE_DOUBLE },
        { "d", G_TYPE_DOUBLE },
        { "boolean", G_TYPE_BOOLEAN },
        { "bool", G_TYPE_BOOLEAN },
        { "b", G_TYPE_BOOLEAN },
        { "string", G_TYPE_STRING },
        { "str", G_TYPE_STRING },
        { "s", G_TYPE_STRING },
        { "fraction", GST_TYPE_FRACTION },
        { "bitmask", GST_TYPE_BITMASK },
        { "buffer", GST_TYPE_BUFFER },
        { "flagset", GST_TYPE_FLAG_SET },
        { "date", G_TYPE_DATE },
        { "datetime", GST_TYPE_DATE_TIME },
        { "structure", GST_TYPE_STRUCTURE },
        { "GstStructure", GST_TYPE_STRUCTURE },
        { "GstCaps", GST_TYPE_CAPS },
        { "caps", GST_TYPE_CAPS },
      };

      names = g_memdup2 (all, sizeof all);
      g_once_init_leave (&n_names, G_N_ELEMENTS (all));
    }
  *n = n_names;
  return names;
}

static gboolean
is_registered_scalar (GType type)
{
  return g_type_is_a (type, G_TYPE_ENUM) || g_type_is_a (type, G_TYPE_FLAGS)
         || g_type_is_a (type, GST_TYPE_FLAG_SET);
}

GType
gst_p2p_frame_text_type_from_name (const gchar *name)
{
  gsize n;
  const TypeName *names = get_type_names (&n);
  GType type;

  for (gsize i = 0; i < n; i++)
    if (g_str_equal (names[i].name, name))
      return names[i].type;
  type = g_type_from_name (name);
  if (type != G_TYPE_INVALID && is_registered_scalar (type) && !G_TYPE_IS_ABSTRACT (type))
    return type;
  return G_TYPE_INVALID;
}

const gchar *
gst_p2p_frame_text_type_get_name (GType type)
{
  gsize n;
  const TypeName *names = get_type_names (&n);

  for (gsize i = 0; i < n; i++)
    if (names[i].type == type)
      return names[i].name;
  return is_registered_scalar (type) ? g_type_name (type) : NULL;
}

gboolean
gst_p2p_frame_text_is_token_char (gchar c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("_-+/:.", c));
}

static gboolean
parse_signed (const gchar *token, gint64 min, gint64 max, gint64 *number)
{
  gboolean hex = g_str_has_prefix (token, "0x");
  gchar *end;

  errno = 0;
  *number = g_ascii_strtoll (token, &end, hex ? 16 : 10);
  return errno == 0 && end != token && *end == '\0' && *number >= min && *number <= max;
}

static gboolean
parse_unsigned (const gchar *token, guint64 max, guint64 *number)
{
  gboolean hex = g_str_has_prefix (token, "0x");
  gchar *end;

  if (!g_ascii_isdigit (*token))
    return FALSE;
  errno = 0;
  *number = g_ascii_strtoull (token, &end, hex ? 16 : 10);
  return errno == 0 && end != token && *end == '\0' && *number <= max;
}

static gboolean
parse_double (const gchar *token, gdouble *number)
{
  gchar *end;

  *number = g_ascii_strtod (token, &end);
  return end != token && *end == '\0' && isfinite (*number);
}

static gboolean
parse_fraction (const gchar *token, gint *numerator, gint *denominator)
{
  const gchar *slash = strchr (token, '/');
  gchar left[MAX_NUMBER_LENGTH];
  gint64 n, d = 1;

  if (strlen (token) >= sizeof left)
    return FALSE;
  g_strlcpy (left, token, slash ? (gsize)(slash - token) + 1 : sizeof left);
  if (!parse_signed (left, -G_MAXINT, G_MAXINT, &n)
      || (slash && !parse_signed (slash + 1, 1, G_MAXINT, &d)))
    return FALSE;
  *numerator = n;
  *denominator = d;
  return TRUE;
}

static gboolean
parse_boolean (const gchar *token, gboolean *result)
{
  *result = g_ascii_strcasecmp (token, "true") == 0;
  return *result || g_ascii_strcasecmp (token, "false") == 0;
}

static gboolean
parse_buffer (const gchar *token, GValue *value)
{
  gsize size = strlen (token) / 2;
  g_autofree guint8 *data = NULL;

  if (strlen (token) % 2 != 0)
    return FALSE;
  data = g_malloc (MAX (size, 1));
  if (!gst_p2p_hex_parse (token, data, size))
    return FALSE;
  g_value_init (value, GST_TYPE_BUFFER);
  gst_value_take_buffer (value, gst_buffer_new_wrapped (g_steal_pointer (&data), size));
  return TRUE;
}

/* Reads exactly @digits decimal digits and moves @text behind them. */
static gboolean
take_number (const gchar **text, guint digits, gint *number)
{
  *number = 0;
  for (guint i = 0; i < digits; i++, (*text)++)
    {
      if (!g_ascii_isdigit (**text))
        return FALSE;
      *number = *number * 10 + g_ascii_digit_value (**text);
    }
  return TRUE;
}

static gboolean
take_char (const gchar **text, gchar c)
{
  if (**text != c)
    return FALSE;
  (*text)++;
  return TRUE;
}

/* "Z", "+HH", "+HHMM" or "+HH:MM", in hours. */
static gboolean
take_time_zone (const gchar **text, gfloat *zone)
{
  gint hours, minutes = 0;
  gboolean minus = **text == '-';

  *zone = 0;
  if (take_char (text, 'Z'))
    return TRUE;
  if (!take_char (text, '+') && !take_char (text, '-'))
    return FALSE;
  if (!take_number (text, 2, &hours))
    return FALSE;
  take_char (text, ':');
  if (**text != '\0' && !take_number (text, 2, &minutes))
    return FALSE;
  *zone = (minus ? -1 : 1) * (hours + minutes / 60.0f);
  /* GStreamer keeps the zone as a float of hours: other minutes would not survive, and no zone has
   * them. */
  return minutes < 60 && minutes % 15 == 0 && hours * 60 + minutes <= 12 * 60;
}

/* The part from "T" on: hours and minutes, then perhaps seconds with a fraction, then the zone. */
static gboolean
take_time (const gchar **text, gint *hour, gint *minute, gdouble *second, gfloat *zone)
{
  gint whole;

  if (!take_char (text, 'T') || !take_number (text, 2, hour) || !take_char (text, ':')
      || !take_number (text, 2, minute) || *hour > 23 || *minute > 59)
    return FALSE;
  if (take_char (text, ':'))
    {
      if (!take_number (text, 2, &whole) || whole > 59)
        return FALSE;
      *second = whole;
      if (take_char (text, '.'))
        {
          gdouble unit = 0.1;

          for (; g_ascii_isdigit (**text); (*text)++, unit /= 10)
            *second += unit * g_ascii_digit_value (**text);
        }
    }
  return take_time_zone (text, zone);
}

static gboolean
parse_date_time (const gchar *token, GValue *value)
{
  gint year, month = -1, day = -1, hour = -1, minute = -1;
  gdouble second = -1;
  gfloat zone = 0;
  GstDateTime *date_time;

  if (strlen (token) > MAX_NUMBER_LENGTH || !take_number (&token, 4, &year) || year < 1)
    return FALSE;
  if (take_char (&token, '-') && (!take_number (&token, 2, &month) || month < 1 || month > 12))
    return FALSE;
  if (month > 0 && take_char (&token, '-')
      && (!take_number (&token, 2, &day) || day < 1 || !g_date_valid_dmy (day, month, year)))
    return FALSE;
  if (day > 0 && *token != '\0' && !take_time (&token, &hour, &minute, &second, &zone))
    return FALSE;
  if (*token != '\0')
    return FALSE;

  date_time = gst_date_time_new (zone, year, month, day, hour, minute, second);
  if (!date_time)
    return FALSE;
  g_value_init (value, GST_TYPE_DATE_TIME);
  g_value_take_boxed (value, date_time);
  return TRUE;
}

static gboolean
parse_date (const gchar *token, GValue *value)
{
  gint year, month, day;

  if (!take_number (&token, 4, &year) || !take_char (&token, '-')
      || !take_number (&token, 2, &month) || !take_char (&token, '-')
      || !take_number (&token, 2, &day) || *token != '\0' || !g_date_valid_dmy (day, month, year))
    return FALSE;
  g_value_init (value, G_TYPE_DATE);
  g_value_take_boxed (value, g_date_new_dmy (day, month, year));
  return TRUE;
}

static gboolean
parse_enum (GType type, const gchar *token, GValue *value)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);
  GEnumValue *known = g_enum_get_value_by_nick (G_ENUM_CLASS (klass), token);
  gint64 number;

  if (!known && parse_signed (token, G_MININT, G_MAXINT, &number))
    known = g_enum_get_value (G_ENUM_CLASS (klass), number);
  if (!known)
    return FALSE;
  g_value_init (value, type);
  g_value_set_enum (value, known->value);
  return TRUE;
}

/* A number, or nicks joined by '+'. */
static gboolean
parse_flags (GType type, const gchar *token, GValue *value)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);
  guint64 flags = 0;

  if (!parse_unsigned (token, G_MAXUINT, &flags))
    {
      g_auto (GStrv) nicks = g_strsplit (token, "+", 64);

      flags = 0;
      for (guint i = 0; nicks[i]; i++)
        {
          GFlagsValue *known = g_flags_get_value_by_nick (G_FLAGS_CLASS (klass), nicks[i]);

          if (!known)
            return FALSE;
          flags |= known->value;
        }
    }
  if (flags & ~(guint64)G_FLAGS_CLASS (klass)->mask)
    return FALSE;
  g_value_init (value, type);
  g_value_set_flags (value, flags);
  return TRUE;
}

/* Parses "flags:mask" in hex; a text that explains them may follow, and is not needed. */
static gboolean
parse_flag_set (GType type, const gchar *token, GValue *value)
{
  gchar *end;
  guint64 flags, mask;

  if (!g_ascii_isxdigit (*token))
    return FALSE;
  flags = g_ascii_strtoull (token, &end, 16);
  if (*end != ':' || !g_ascii_isxdigit (end[1]))
    return FALSE;
  mask = g_ascii_strtoull (end + 1, &end, 16);
  if ((*end != '\0' && *end != ':') || flags > G_MAXUINT || mask > G_MAXUINT)
    return FALSE;
  g_value_init (value, type);
  gst_value_set_flagset (value, flags, mask);
  return TRUE;
}

static gboolean
parse_number (GType type, const gchar *token, GValue *value)
{
  gint64 number = 0;
  guint64 positive = 0;
  gboolean is_signed = type == G_TYPE_INT || type == G_TYPE_INT64;
  gboolean narrow = type == G_TYPE_INT || type == G_TYPE_UINT;

  if (is_signed
      && !parse_signed (token, narrow ? G_MININT : G_MININT64, narrow ? G_MAXINT : G_MAXINT64,
                        &number))
    return FALSE;
  if (!is_signed && !parse_unsigned (token, narrow ? G_MAXUINT : G_MAXUINT64, &positive))
    return FALSE;

  g_value_init (value, type);
  if (type == G_TYPE_INT)
    g_value_set_int (value, number);
  else if (type == G_TYPE_INT64)
    g_value_set_int64 (value, number);
  else if (type == G_TYPE_UINT)
    g_value_set_uint (value, positive);
  else if (type == G_TYPE_UINT64)
    g_value_set_uint64 (value, positive);
  else
    gst_value_set_bitmask (value, positive);
  return TRUE;
}

static gboolean
parse_real (GType type, const gchar *token, GValue *value)
{
  gdouble number;

  if (!parse_double (token, &number)
      || (type == G_TYPE_FLOAT && (number > G_MAXFLOAT || number < -G_MAXFLOAT)))
    return FALSE;
  g_value_init (value, type);
  if (type == G_TYPE_FLOAT)
    g_value_set_float (value, number);
  else
    g_value_set_double (value, number);
  return TRUE;
}

static gboolean
parse_guess (const gchar *token, gboolean quoted, GValue *value)
{
  const GType types[] = { G_TYPE_INT, G_TYPE_DOUBLE, GST_TYPE_FRACTION, G_TYPE_BOOLEAN };

  for (guint i = 0; !quoted && i < G_N_ELEMENTS (types); i++)
    if (gst_p2p_frame_text_value_parse (types[i], token, FALSE, value))
      return TRUE;
  return gst_p2p_frame_text_value_parse (G_TYPE_STRING, token, quoted, value);
}

gboolean
gst_p2p_frame_text_value_parse (GType type, const gchar *token, gboolean quoted, GValue *value)
{
  gint numerator, denominator;
  gboolean boolean;

  if (type == G_TYPE_INVALID)
    return parse_guess (token, quoted, value);
  if (type == G_TYPE_STRING)
    {
      if (!g_utf8_validate (token, -1, NULL))
        return FALSE;
      g_value_init (value, type);
      g_value_set_string (value, !quoted && g_str_equal (token, "NULL") ? NULL : token);
      return TRUE;
    }
  if (type == G_TYPE_BOOLEAN)
    {
      if (!parse_boolean (token, &boolean))
        return FALSE;
      g_value_init (value, type);
      g_value_set_boolean (value, boolean);
      return TRUE;
    }
  if (type == GST_TYPE_FRACTION)
    {
      if (!parse_fraction (token, &numerator, &denominator))
        return FALSE;
      g_value_init (value, type);
      gst_value_set_fraction (value, numerator, denominator);
      return TRUE;
    }
  if (type == G_TYPE_INT || type == G_TYPE_UINT || type == G_TYPE_INT64 || type == G_TYPE_UINT64
      || type == GST_TYPE_BITMASK)
    return parse_number (type, token, value);
  if (type == G_TYPE_FLOAT || type == G_TYPE_DOUBLE)
    return parse_real (type, token, value);
  if (type == GST_TYPE_BUFFER)
    return parse_buffer (token, value);
  if (type == G_TYPE_DATE)
    return parse_date (token, value);
  if (type == GST_TYPE_DATE_TIME)
    return parse_date_time (token, value);
  if (g_type_is_a (type, G_TYPE_ENUM))
    return parse_enum (type, token, value);
  if (g_type_is_a (type, G_TYPE_FLAGS))
    return parse_flags (type, token, value);
  if (g_type_is_a (type, GST_TYPE_FLAG_SET))
    return parse_flag_set (type, token, value);
  return FALSE;
}

static void
print_string (const gchar *string, GString *text)
{
  gboolean plain;
  const gchar *c;

  if (!string)
    {
      g_string_append (text, "NULL");
      return;
    }
  for (c = string; gst_p2p_frame_text_is_token_char (*c); c++)
    ;
  plain = c != string && *c == '\0' && !g_str_equal (string, "NULL");
  if (plain)
    {
      g_string_append (text, string);
      return;
    }

  g_string_append_c (text, '"');
  for (c = string; *c != '\0'; c++)
    {
      if (gst_p2p_frame_text_is_token_char (*c))
        g_string_append_c (text, *c);
      else if (*c >= 0x20 && *c < 0x7f)
        g_string_append_printf (text, "\\%c", *c);
      else
        g_string_append_printf (text, "\\%03o", (guint)(guchar)*c);
    }
  g_string_append_c (text, '"');
}

static gboolean
print_buffer (GstBuffer *buffer, GString *text)
{
  GstMapInfo map;

  if (!buffer || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return FALSE;
  for (gsize i = 0; i < map.size; i++)
    {
      g_string_append_c (text, "0123456789abcdef"[map.data[i] >> 4]);
      g_string_append_c (text, "0123456789abcdef"[map.data[i] & 15]);
    }
  gst_buffer_unmap (buffer, &map);
  return map.size > 0; /* an empty buffer has no digits */
}

static gboolean
print_date (const GValue *value, GString *text)
{
  const GDate *date;
  g_autofree gchar *iso = NULL;

  if (!g_value_get_boxed (value))
    return FALSE;
  if (G_VALUE_TYPE (value) == GST_TYPE_DATE_TIME)
    {
      iso = gst_date_time_to_iso8601_string (g_value_get_boxed (value));
      g_string_append (text, iso ? iso : "");
      return iso != NULL;
    }
  date = g_value_get_boxed (value);
  if (!g_date_valid (date))
    return FALSE;
  g_string_append_printf (text, "%04d-%02d-%02d", g_date_get_year (date), g_date_get_month (date),
                          g_date_get_day (date));
  return TRUE;
}

static gboolean
print_enum (const GValue *value, GString *text)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (G_VALUE_TYPE (value));
  GEnumValue *known = g_enum_get_value (G_ENUM_CLASS (klass), g_value_get_enum (value));

  if (!known)
    return FALSE;
  print_string (known->value_nick, text);
  return TRUE;
}

static gboolean
print_real (gdouble number, GString *text)
{
  gchar digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (number))
    return FALSE;
  g_string_append (text, g_ascii_dtostr (digits, sizeof digits, number));
  return TRUE;
}

gboolean
gst_p2p_frame_text_value_print (const GValue *value, GString *text)
{
  GType type = G_VALUE_TYPE (value);

  if (type == G_TYPE_INT)
    g_string_append_printf (text, "%d", g_value_get_int (value));
  else if (type == G_TYPE_UINT)
    g_string_append_printf (text, "%u", g_value_get_uint (value));
  else if (type == G_TYPE_INT64)
    g_string_append_printf (text, "%" G_GINT64_FORMAT, g_value_get_int64 (value));
  else if (type == G_TYPE_UINT64)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT, g_value_get_uint64 (value));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (text, g_value_get_boolean (value) ? "true" : "false");
  else if (type == G_TYPE_STRING)
    print_string (g_value_get_string (value), text);
  else if (type == GST_TYPE_FRACTION)
    g_string_append_printf (text, "%d/%d", gst_value_get_fraction_numerator (value),
                            gst_value_get_fraction_denominator (value));
  else if (type == GST_TYPE_BITMASK)
    g_string_append_printf (text, "0x%016" G_GINT64_MODIFIER "x", gst_value_get_bitmask (value));
  else if (type == G_TYPE_FLOAT)
    return print_real (g_value_get_float (value), text);
  else if (type == G_TYPE_DOUBLE)
    return print_real (g_value_get_double (value), text);
  else if (type == GST_TYPE_BUFFER)
    return print_buffer (gst_value_get_buffer (value), text);
  else if (type == G_TYPE_DATE || type == GST_TYPE_DATE_TIME)
    return print_date (value, text);
  else if (g_type_is_a (type, G_TYPE_ENUM))
    return print_enum (value, text);
  else if (g_type_is_a (type, G_TYPE_FLAGS))
    g_string_append_printf (text, "%u", g_value_get_flags (value));
  else if (g_type_is_a (type, GST_TYPE_FLAG_SET))
    g_string_append_printf (text, "%x:%x", gst_value_get_flagset_flags (value),
                            gst_value_get_flagset_mask (value));
  else
    return FALSE;
  return TRUE;
}

gchar *
gst_p2p_frame_text_unquote (const gchar *text, const gchar *end, const gchar **after)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const gchar *c;

  for (c = text + 1; c < end && *c != '"'; c++)
    {
      if (*c != '\\')
        {
          g_string_append_c (out, *c);
        }
      else if (end - c > 3 && c[1] >= '0' && c[1] <= '3' && c[2] >= '0' && c[2] <= '7'
               && c[3] >= '0' && c[3] <= '7')
        {
          gchar byte = (c[1] - '0') << 6 | (c[2] - '0') << 3 | (c[3] - '0');

          if (byte == '\0')
            return NULL;
          g_string_append_c (out, byte);
          c += 3;
        }
      else if (end - c > 1 && !(c[1] >= '0' && c[1] <= '3'))
        {
          g_string_append_c (out, *++c);
        }
      else
        {
          return NULL;
        }
    }
  if (c >= end)
    return NULL;
  *after = c + 1;
  return g_string_free (g_steal_pointer (&out), FALSE);
}
