/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plugindocs: prints the reference of elements as Markdown: what the elements themselves know
 * (properties, pads, signals), and what the comments in their sources say.
 *
 *   plugindocs SOURCE PLUGIN…      SOURCE: the folder in which the sources are looked for
 *
 * A comment's first line says what it is about: "SECTION:element-p2psrc" an element,
 * "SECTION:GstP2pBaseBin" what several elements inherit, "GstP2pBaseBin::peer-connected:" a signal.
 * An element and a signal must have one. What GStreamer's own classes have is left out, so that the
 * page is the same with every version of GStreamer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gst/gst.h>

/* First line to the rest, both without the stars. */
static GHashTable *comments;
static GString *page;

static void G_GNUC_PRINTF (1, 2) print (const gchar *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_string_append_vprintf (page, format, arguments);
  va_end (arguments);
}

static const gchar *
get_comment (const gchar *subject)
{
  const gchar *comment = g_hash_table_lookup (comments, subject);

  if (!comment)
    g_printerr ("No comment in the sources begins with \"%s\"\n", subject);
  return comment;
}

/* --- the sources --- */

static void
add_comment (gchar **lines)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gchar **line = lines + 1; *line; line++)
    {
      const gchar *words = g_strchug (*line);

      if (*words == '*')
        words++;
      g_string_append (text, *words == ' ' ? words + 1 : words);
      g_string_append_c (text, '\n');
    }
  g_hash_table_insert (comments, g_strdup (g_strstrip (lines[0] + strspn (lines[0], " *"))),
                       g_strdup (g_strstrip (text->str)));
}

static void
read_source (const gchar *path)
{
  g_autofree gchar *content = NULL;
  gsize size;
  gchar *end;

  if (!g_file_get_contents (path, &content, &size, NULL))
    g_error ("%s cannot be read", path);
  for (gchar *at = content; (at = strstr (at, "/**\n")); at = end + 2)
    {
      g_auto (GStrv) lines = NULL;

      at += strlen ("/**\n");
      end = strstr (at, "*/");
      if (!end)
        break;
      *end = '\0';
      lines = g_strsplit (g_strchomp (at), "\n", -1);
      if (lines[0])
        add_comment (lines);
    }
}

static void
read_sources (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  if (!dir)
    g_error ("%s cannot be read", folder);
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree gchar *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        read_sources (path);
      else if (g_str_has_suffix (name, ".c"))
        read_source (path);
    }
}

/* --- Markdown --- */

/* @comment: with "|[" and "]|" around examples, and gtk-doc's marks. */
static void
print_comment (const gchar *comment)
{
  g_auto (GStrv) lines = g_strsplit (comment, "\n", -1);
  g_autoptr (GRegex) marks = g_regex_new ("(?<![\\w`])[#%](?=\\w)", 0, 0, NULL);
  gchar **line = lines;
  gboolean code = FALSE;

  /* @title, @short_description: the element says it itself. */
  while (*line && (**line == '@' || **line == '\0'))
    line++;
  for (; *line; line++)
    {
      g_autofree gchar *text = g_regex_replace_literal (marks, *line, -1, 0, "", 0, NULL);

      if (g_str_has_prefix (*line, "## "))
        print ("##");
      if (g_str_equal (*line, "|["))
        {
          code = TRUE;
          print ("```sh\n");
        }
      else if (g_str_has_prefix (*line, "]|"))
        {
          code = FALSE;
          print ("```\n");
          if (text[2] == ' ')
            print ("\n%s\n", text + 3);
        }
      else
        {
          print ("%s\n", code ? *line : text);
        }
    }
}

static void
print_cell (const gchar *text)
{
  for (; *text; text++)
    print (*text == '|' || *text == '<' ? "\\%c" : "%c", *text);
}

/* --- properties --- */

static const gchar *
name_type (GType type)
{
  switch (G_TYPE_FUNDAMENTAL (type))
    {
    case G_TYPE_NONE:
      return "nothing";
    case G_TYPE_STRING:
      return "string";
    case G_TYPE_BOOLEAN:
      return "boolean";
    case G_TYPE_INT:
    case G_TYPE_UINT:
      return "integer";
    case G_TYPE_INT64:
    case G_TYPE_UINT64:
      return "64-bit integer";
    default:
      return type == GST_TYPE_ARRAY ? "array" : g_type_name (type);
    }
}

/* The default; %NULL: none that would be worth a word. */
static gchar *
describe_default (GParamSpec *pspec)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GValue) text = G_VALUE_INIT;

  g_value_init (&value, pspec->value_type);
  g_param_value_set_default (pspec, &value);
  if (G_IS_PARAM_SPEC_ENUM (pspec))
    return g_strdup (g_enum_get_value (G_PARAM_SPEC_ENUM (pspec)->enum_class,
                                       G_PARAM_SPEC_ENUM (pspec)->default_value)
                         ->value_nick);
  if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    return g_strdup (g_value_get_boolean (&value) ? "true" : "false");
  if (!G_IS_PARAM_SPEC_STRING (pspec) && !g_type_is_a (pspec->value_type, G_TYPE_INT)
      && !g_type_is_a (pspec->value_type, G_TYPE_UINT)
      && !g_type_is_a (pspec->value_type, G_TYPE_INT64)
      && !g_type_is_a (pspec->value_type, G_TYPE_UINT64))
    return NULL;
  g_value_init (&text, G_TYPE_STRING);
  g_value_transform (&value, &text);
  return g_value_dup_string (&text);
}

static gchar *
describe_range (GParamSpec *pspec)
{
  if (G_IS_PARAM_SPEC_INT (pspec))
    return g_strdup_printf (", %d to %d", G_PARAM_SPEC_INT (pspec)->minimum,
                            G_PARAM_SPEC_INT (pspec)->maximum);
  if (G_IS_PARAM_SPEC_UINT (pspec))
    return g_strdup_printf (", %u to %u", G_PARAM_SPEC_UINT (pspec)->minimum,
                            G_PARAM_SPEC_UINT (pspec)->maximum);
  if (G_IS_PARAM_SPEC_INT64 (pspec))
    return g_strdup_printf (", %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                            G_PARAM_SPEC_INT64 (pspec)->minimum,
                            G_PARAM_SPEC_INT64 (pspec)->maximum);
  if (G_IS_PARAM_SPEC_UINT64 (pspec))
    return g_strdup_printf (", %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                            G_PARAM_SPEC_UINT64 (pspec)->minimum,
                            G_PARAM_SPEC_UINT64 (pspec)->maximum);
  return g_strdup ("");
}

static const gchar *
describe_access (GParamSpec *pspec)
{
  gboolean always = pspec->flags & GST_PARAM_MUTABLE_PLAYING;

  if (!(pspec->flags & G_PARAM_WRITABLE))
    return "read-only";
  if (!(pspec->flags & G_PARAM_READABLE))
    return always ? "write-only" : "write-only, up to READY";
  return pspec->flags & GST_PARAM_MUTABLE_READY ? "up to READY" : "at any time";
}

static void
print_property (GParamSpec *pspec)
{
  g_autofree gchar *fallback = describe_default (pspec);
  g_autofree gchar *range = describe_range (pspec);

  print ("| `%s` | %s%s | ", pspec->name,
         G_IS_PARAM_SPEC_ENUM (pspec) ? "enum" : name_type (pspec->value_type), range);
  if (fallback)
    print ("`%s`", fallback);
  print (" | %s | ", describe_access (pspec));
  print_cell (g_param_spec_get_blurb (pspec));
  if (G_IS_PARAM_SPEC_ENUM (pspec))
    {
      const GEnumClass *class = G_PARAM_SPEC_ENUM (pspec)->enum_class;

      for (guint i = 0; i < class->n_values; i++)
        {
          print ("%s `%s`: ", i == 0 ? "." : ";", class->values[i].value_nick);
          print_cell (class->values[i].value_name);
        }
    }
  print (" |\n");
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(GParamSpec *const *)a)->name, (*(GParamSpec *const *)b)->name);
}

/* Of @class, what @owner itself has; G_TYPE_NONE: what is no GStreamer class's. */
static void
print_properties (GObjectClass *class, GType owner, const gchar *title)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_autofree GParamSpec **pspecs = NULL;
  guint count;

  pspecs = g_object_class_list_properties (class, &count);
  for (guint i = 0; i < count; i++)
    if (owner == G_TYPE_NONE ? !g_type_is_a (GST_TYPE_GHOST_PAD, pspecs[i]->owner_type)
                             : pspecs[i]->owner_type == owner)
      g_ptr_array_add (chosen, pspecs[i]);
  if (chosen->len == 0)
    return;

  g_ptr_array_sort (chosen, compare_names);
  print ("\n| %s | type | default | may be set | |\n|---|---|---|---|---|\n", title);
  for (guint i = 0; i < chosen->len; i++)
    print_property (g_ptr_array_index (chosen, i));
}

/* --- pads --- */

static void
print_pads (GstElementFactory *factory, GstElement *element)
{
  static const gchar *const presences[] = { "always", "sometimes", "on request" };

  print ("\n| pad | direction | presence | caps |\n|---|---|---|---|\n");
  for (GList *l = gst_element_get_pad_template_list (element); l; l = l->next)
    {
      g_autoptr (GstCaps) caps = gst_pad_template_get_caps (l->data);
      g_autofree gchar *text = gst_caps_to_string (caps);

      print ("| `%s` | %s | %s | ", GST_PAD_TEMPLATE_NAME_TEMPLATE (l->data),
             GST_PAD_TEMPLATE_DIRECTION (l->data) == GST_PAD_SRC ? "source" : "sink",
             presences[GST_PAD_TEMPLATE_PRESENCE (l->data)]);
      print_cell (text);
      print (" |\n");
    }
  for (GList *l = gst_element_get_pad_template_list (element); l; l = l->next)
    {
      g_autofree gchar *title
          = g_strdup_printf ("property of the pad `%s`", GST_PAD_TEMPLATE_NAME_TEMPLATE (l->data));
      GType type = GST_PAD_TEMPLATE_GTYPE (l->data);
      GObjectClass *class;

      if (type == G_TYPE_NONE)
        continue;
      class = g_type_class_ref (type);
      print_properties (class, G_TYPE_NONE, title);
      g_type_class_unref (class);
    }
}

/* --- signals --- */

/* The names of the arguments, and the rest in a line. */
static gboolean
parse_signal_comment (const gchar *comment, GPtrArray *names, GString *text)
{
  g_auto (GStrv) lines = g_strsplit (comment, "\n", -1);
  g_autoptr (GString) arguments = g_string_new (NULL);

  for (gchar **line = lines; *line; line++)
    {
      g_auto (GStrv) parts = **line == '@' ? g_strsplit (*line + 1, ": ", 2) : NULL;

      if (parts && g_strv_length (parts) == 2)
        {
          g_string_append_printf (arguments, " `%s`: %s.", parts[0], parts[1]);
          g_ptr_array_add (names, g_strdup (parts[0]));
        }
      else if (**line != '\0')
        {
          g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", *line);
        }
    }
  g_string_append (text, arguments->str);
  return text->len > 0;
}

static gboolean
print_signal (GType type, guint id)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gchar *subject = NULL;
  const gchar *comment;
  GSignalQuery signal;

  g_signal_query (id, &signal);
  subject = g_strdup_printf ("%s::%s:", g_type_name (type), signal.signal_name);
  comment = get_comment (subject);
  if (!comment)
    return FALSE;
  if (!parse_signal_comment (comment, names, text) || names->len != signal.n_params)
    {
      g_printerr ("The comment of %s has not one line for each of %u arguments, and a sentence\n",
                  subject, signal.n_params);
      return FALSE;
    }

  print ("| `%s (", signal.signal_name);
  for (guint i = 0; i < signal.n_params; i++)
    print ("%s%s: %s", i > 0 ? ", " : "", (gchar *)g_ptr_array_index (names, i),
           name_type (signal.param_types[i]));
  print (")`%s%s | %s | ", signal.return_type == G_TYPE_NONE ? "" : " → ",
         signal.return_type == G_TYPE_NONE ? "" : name_type (signal.return_type),
         signal.signal_flags & G_SIGNAL_ACTION ? "call it" : "connect to it");
  print_cell (text->str);
  print (" |\n");
  return TRUE;
}

static gboolean
print_signals (GType type)
{
  g_autofree guint *ids = NULL;
  gboolean all = TRUE;
  guint count;

  ids = g_signal_list_ids (type, &count);
  if (count > 0)
    print ("\n| signal | | |\n|---|---|---|\n");
  for (guint i = 0; i < count; i++)
    all = print_signal (type, ids[i]) && all;
  return all;
}

/* --- elements --- */

/* Sorted: in the registry's cache they stand in another order. */
static void
print_uris (GstElementFactory *factory)
{
  const gchar *const *protocols = gst_element_factory_get_uri_protocols (factory);
  g_autoptr (GList) sorted = NULL;

  for (guint i = 0; protocols && protocols[i]; i++)
    sorted = g_list_insert_sorted (sorted, (gpointer)protocols[i], (GCompareFunc)strcmp);
  for (GList *l = sorted; l; l = l->next)
    print ("%s `%s://`%s", l == sorted ? "\nURIs:" : "", (gchar *)l->data, l->next ? "," : "\n");
}

static gboolean
is_of_gstreamer (GType type)
{
  return g_type_is_a (GST_TYPE_BIN, type);
}

static gboolean
print_element (GstElementFactory *factory, GPtrArray *bases)
{
  const gchar *name = GST_OBJECT_NAME (factory);
  g_autofree gchar *subject = g_strconcat ("SECTION:element-", name, NULL);
  const gchar *comment = get_comment (subject);
  g_autoptr (GstElement) element = gst_element_factory_create (factory, NULL);
  GType type;
  gboolean good;

  if (!comment || !element)
    return FALSE;
  gst_object_ref_sink (element);
  type = G_OBJECT_TYPE (element);
  print ("\n### %s\n\n", name);
  print_comment (comment);
  print_uris (factory);
  print_pads (factory, element);
  print_properties (G_OBJECT_GET_CLASS (element), type, "property");
  good = print_signals (type);
  for (type = g_type_parent (type); !is_of_gstreamer (type); type = g_type_parent (type))
    {
      g_autofree gchar *anchor = g_ascii_strdown (g_type_name (type), -1);

      print ("\nAnd what [%s](#%s) has.\n", g_type_name (type), anchor);
      if (!g_ptr_array_find (bases, GSIZE_TO_POINTER (type), NULL))
        g_ptr_array_add (bases, GSIZE_TO_POINTER (type));
    }
  return good;
}

static gboolean
print_base (GType type)
{
  g_autofree gchar *subject = g_strconcat ("SECTION:", g_type_name (type), NULL);
  const gchar *comment = get_comment (subject);
  GObjectClass *class = g_type_class_ref (type);
  gboolean good;

  print ("\n### %s\n\n", g_type_name (type));
  if (comment)
    print_comment (comment);
  print_properties (class, type, "property");
  good = print_signals (type);
  g_type_class_unref (class);
  return comment && good;
}

static gint
compare_factories (gconstpointer a, gconstpointer b)
{
  return strcmp (GST_OBJECT_NAME (a), GST_OBJECT_NAME (b));
}

static gboolean
print_plugin (const gchar *name)
{
  g_autoptr (GPtrArray) bases = g_ptr_array_new ();
  GList *features = gst_registry_get_feature_list_by_plugin (gst_registry_get (), name);
  gboolean good = features != NULL;

  if (!good)
    g_printerr ("There is no plugin \"%s\"\n", name);
  print ("\n## The plugin %s\n", name);
  features = g_list_sort (features, compare_factories);
  for (GList *l = features; l; l = l->next)
    if (GST_IS_ELEMENT_FACTORY (l->data))
      good = print_element (l->data, bases) && good;
  for (guint i = 0; i < bases->len; i++)
    good = print_base (GPOINTER_TO_SIZE (g_ptr_array_index (bases, i))) && good;
  gst_plugin_feature_list_free (features);
  return good;
}

int
main (int argc, char **argv)
{
  g_autofree gchar *folder = NULL;
  gboolean good = TRUE;

  gst_init (&argc, &argv);
  if (argc < 3)
    g_error ("plugindocs SOURCE PLUGIN…");
  page = g_string_new (NULL);
  comments = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  folder = g_build_filename (argv[1], "plugins", NULL);
  read_sources (folder);

  print ("<!-- Written by scripts/plugindocs, from the elements and the comments in their sources:"
         " change those. -->\n# Elements\n");
  for (int i = 2; i < argc; i++)
    good = print_plugin (argv[i]) && good;
  fwrite (page->str, 1, page->len, stdout);
  g_string_free (page, TRUE);
  g_hash_table_unref (comments);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
