/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * uri: see uri.h.
 *
 * What stands behind the question mark are properties, so their types and ranges are checked as
 * properties are. Sentences never repeat the URI, nor a value of it: a secret that somebody puts
 * there in spite of all is not shown any further.
 */
#include "plugins/p2p/element/uri.h"

#include <string.h>

#include "plugins/p2p/element/basebin.h"

/* What a player may be told, in the order in which it is printed; the property's own name is taken,
 * too. Some of it an element that sends has not got. */
static const struct
{
  const gchar *key;
  const gchar *property;
} keys[] = {
  { "fingerprint", "remote-fingerprint" },
  { "token-file", "signaling-token-file" },
  { "ca", "signaling-ca" },
  { "transport", "transport" },
  { "framing", "framing" },
  { "latency", "latency" },
  { "is-live", "is-live" },
  { "keep-listening", "keep-listening" },
  { "connect-timeout", "connect-timeout" },
  { "stun-server", "stun-server" },
  { "ice-transport-policy", "ice-transport-policy" },
  { "certificate", "certificate" },
  { "local-id", "local-id" },
};

static GParamSpec *
get_property (gpointer element, guint n)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (element), keys[n].property);
}

/* --- in --- */

static gboolean
refuse_key (gpointer element, const gchar *key, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  if (g_str_equal (key, "token") || g_str_equal (key, "signaling-token"))
    {
      g_set_error_literal (error, GST_URI_ERROR, GST_URI_ERROR_BAD_REFERENCE,
                           "A token in a URI can be seen by others: write it into a file, and "
                           "token-file=FILE into the URI");
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (get_property (element, i))
      g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "", keys[i].key);
  g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_REFERENCE,
               "The URI has the key \"%.32s\", which is not known; known are %s", key, known->str);
  return FALSE;
}

static gboolean
find_key (gpointer element, const gchar *key, guint *n, GError **error)
{
  for (*n = 0; *n < G_N_ELEMENTS (keys); (*n)++)
    if ((g_str_equal (keys[*n].key, key) || g_str_equal (keys[*n].property, key))
        && get_property (element, *n))
      return TRUE;
  return refuse_key (element, key, error);
}

static gboolean
parse_value (GParamSpec *pspec, const gchar *text, GValue *value)
{
  g_value_init (value, pspec->value_type);
  if (G_IS_PARAM_SPEC_STRING (pspec))
    g_value_set_string (value, text);
  else if (!gst_value_deserialize (value, text))
    return FALSE;
  return !g_param_value_validate (pspec, value); /* TRUE: it had to be changed */
}

/* "key=value", the value percent-encoded. */
static gboolean
parse_pair (gpointer element, const gchar *pair, GValue *values, GError **error)
{
  const gchar *equals = strchr (pair, '=');
  g_autofree gchar *key = g_strndup (pair, equals ? (gsize)(equals - pair) : strlen (pair));
  g_autofree gchar *text = equals ? g_uri_unescape_string (equals + 1, NULL) : NULL;
  guint n;

  if (!find_key (element, key, &n, error))
    return FALSE;
  if (G_IS_VALUE (&values[n]))
    {
      g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_REFERENCE,
                   "The URI has the key \"%s\" twice", key);
      return FALSE;
    }
  if (text && *text && g_utf8_validate (text, -1, NULL)
      && parse_value (get_property (element, n), text, &values[n]))
    return TRUE;
  g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_REFERENCE,
               "The URI's value of \"%s\" is none that the property %s can have", key,
               keys[n].property);
  return FALSE;
}

static gboolean
parse_query (gpointer element, const gchar *query, GValue *values, GError **error)
{
  g_auto (GStrv) pairs = g_strsplit (query, "&", -1);

  for (gchar **pair = pairs; *pair; pair++)
    if (**pair && !parse_pair (element, *pair, values, error))
      return FALSE;
  return TRUE;
}

static gboolean
set_uri (GstURIHandler *handler, const gchar *uri, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (uri, "?", 2);
  GValue values[G_N_ELEMENTS (keys)] = { G_VALUE_INIT };
  gboolean set;

  set = (!parts[0] || !parts[1] || parse_query (handler, parts[1], values, error))
        && gst_p2p_base_bin_set_uri (GST_P2P_BASE_BIN (handler), parts[0] ? parts[0] : "", error);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (G_IS_VALUE (&values[i]))
      {
        if (set)
          g_object_set_property (G_OBJECT (handler), keys[i].property, &values[i]);
        g_value_unset (&values[i]);
      }
  return set;
}

/* --- out --- */

/* As it stands in the URI; %NULL if the property has its default. The caller frees it. */
static gchar *
print_value (gpointer element, GParamSpec *pspec)
{
  GValue value = G_VALUE_INIT;
  g_autofree gchar *text = NULL;

  g_object_get_property (element, pspec->name, &value);
  if (!g_param_value_defaults (pspec, &value))
    text = G_IS_PARAM_SPEC_STRING (pspec) ? g_value_dup_string (&value)
                                          : gst_value_serialize (&value);
  g_value_unset (&value);
  return text ? g_uri_escape_string (text, "/:,@[]", FALSE) : NULL;
}

static gchar *
get_uri (GstURIHandler *handler)
{
  g_autofree gchar *bare = gst_p2p_base_bin_get_uri (GST_P2P_BASE_BIN (handler));
  g_autoptr (GString) uri = g_string_new (bare);

  if (!bare)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      GParamSpec *pspec = get_property (handler, i);
      g_autofree gchar *value = pspec ? print_value (handler, pspec) : NULL;

      if (value)
        g_string_append_printf (uri, "%c%s=%s", strchr (uri->str, '?') ? '&' : '?', keys[i].key,
                                value);
    }
  return g_string_free (g_steal_pointer (&uri), FALSE);
}

/* --- GstURIHandler --- */

static GstURIType
get_type_src (GType type)
{
  return GST_URI_SRC;
}

static GstURIType
get_type_sink (GType type)
{
  return GST_URI_SINK;
}

static const gchar *const *
get_protocols (GType type)
{
  static const gchar *const protocols[] = { "p2p", "p2ps", NULL };
  return protocols;
}

static void
init (GstURIHandlerInterface *iface, GstURIType (*get_type) (GType type))
{
  iface->get_type = get_type;
  iface->get_protocols = get_protocols;
  iface->get_uri = get_uri;
  iface->set_uri = set_uri;
}

void
gst_p2p_uri_init_src (gpointer iface, gpointer data)
{
  init (iface, get_type_src);
}

void
gst_p2p_uri_init_sink (gpointer iface, gpointer data)
{
  init (iface, get_type_sink);
}
