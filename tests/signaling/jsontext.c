/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of signaling/jsontext.c. */
#include "signaling/jsontext.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "tests/common/watchdog.h"

#define MAX_LENGTH 65536

static void
assert_taken (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  g_test_message ("%.100s", text);
  node = gst_p2p_signaling_json_text_parse (text, strlen (text), MAX_LENGTH, &error);
  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
}

static void
assert_refused (const gchar *text, gint code)
{
  g_autoptr (GError) error = NULL;

  g_test_message ("%.100s", text);
  g_assert_null (gst_p2p_signaling_json_text_parse (text, strlen (text), MAX_LENGTH, &error));
  g_assert_error (error, GST_P2P_ERROR, code);
}

/* An object with @value as a member's value. */
static gchar *
new_object (const gchar *value)
{
  return g_strdup_printf ("{\"x\":%s}", value);
}

static const gchar *const good_values[] = {
  "0",         "-0",
  "10",        "-0.5e+7",
  "1E9",       "1.25",
  "true",      "false",
  "null",      "\"\"",
  "[ ]",       "[[],1]",
  "{ } ",      "{\"y\":1 , \"z\":[]}",
  " \t\r\n1 ", "\"/* none */\"",
  "\"ü\"",
};

static const gchar *const bad_values[] = {
  "",
  "01",
  "+1",
  ".5",
  "1.",
  "1e",
  "0x1",
  "-",
  "- 1",
  "1 2",
  "tru",
  "nulll",
  "NaN",
  "Infinity",
  "True",
  "[1,]",
  "[1 2]",
  "[",
  "]",
  "[}",
  "{]",
  "{\"y\"}",
  "{\"y\":}",
  "{y:1}",
  "{1:1}",
  "{,}",
  "{\"y\":1,}",
  "\"a",
  "'a'",
  "\"\n\"",
  "\"\t\"",
  "\"\x01\"",
  "\"\xff\"",
  "\"\xed\xa0\x80\"",
  "1//",
  "1/**/",
  "11111111111111111111111111111111111",
};

static void
test_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good_values); i++)
    {
      g_autofree gchar *text = new_object (good_values[i]);

      assert_taken (text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad_values); i++)
    {
      g_autofree gchar *text = new_object (bad_values[i]);

      assert_refused (text, GST_P2P_ERROR_INVALID);
    }
}

/* What json-glib would take besides one object, or what is no text at all. */
static void
test_objects (void)
{
  static const gchar *const bad[] = { "",
                                      " ",
                                      "{",
                                      "}",
                                      "{\"x\":1",
                                      "{\"x\":1}}",
                                      "{\"x\":1} x",
                                      "{\"x\" 1}",
                                      "{\"x\":1 \"y\":2}",
                                      "{\"x\":1}{}",
                                      "[]",
                                      "null",
                                      "\"x\"",
                                      "1",
                                      "/* comment */ {\"x\":1}",
                                      "var x = {\"x\":1}",
                                      "{\"x\":1};",
                                      "\xef\xbb\xbf{}",
                                      "\xff" };

  assert_taken ("{}");
  assert_taken (" {\"x\" :\t1, \"y\":\r\n[{ } ,2]} ");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i], GST_P2P_ERROR_INVALID);
}

/* The check is for any value, and no NUL is needed behind it nor taken inside. */
static void
test_bounds (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_p2p_signaling_json_text_check ("[1]garbage", 3, 3, NULL));
  g_assert_false (gst_p2p_signaling_json_text_check ("[1]", 2, 3, NULL));
  g_assert_false (gst_p2p_signaling_json_text_check ("[1\0]", 4, 4, NULL));
  g_assert_false (gst_p2p_signaling_json_text_check ("[1]\0", 4, 4, NULL));
  g_assert_false (gst_p2p_signaling_json_text_check ("[1]", 3, 2, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT);
}

static void
test_nesting (void)
{
  g_autoptr (GString) deep = g_string_new ("{\"x\":");

  assert_taken ("{\"x\":[[[[[[[1]]]]]]]}");
  assert_refused ("{\"x\":[[[[[[[[1]]]]]]]]}", GST_P2P_ERROR_LIMIT);
  assert_refused ("[[[[[[[[[[[[", GST_P2P_ERROR_LIMIT);

  /* Brackets in strings are none. */
  assert_taken ("{\"x\":\"[[[[[[[[[[\\\"[[[[\"}");

  /* As deep as fits, with and without a comment that hides it from a lax scan. */
  for (guint i = 0; i < MAX_LENGTH - 100; i++)
    g_string_append_c (deep, '[');
  assert_refused (deep->str, GST_P2P_ERROR_LIMIT);
  g_string_prepend (deep, "/*\"*/");
  assert_refused (deep->str, GST_P2P_ERROR_INVALID);
}

/* RFC 8259 section 7. Half a surrogate pair is no character (RFC 3629 section 3). */
static void
test_escapes (void)
{
  static const gchar *const good[]
      = { "\\udbff\\udfff", "\\u00e4", "\\uFFFD", "\\\"\\\\\\/\\b\\f\\n\\r\\t" };
  static const gchar *const bad[] = { "\\ud800", "\\udc00", "\\ud800\\u0041", "\\ud800\\n\\udc00",
                                      "\\u0000", "\\u12",   "\\u12g4",        "\\ud83d\\ud83d",
                                      "\\U0041", "\\'",     "\\x41",          "\\" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree gchar *text = g_strdup_printf ("{\"x\":\"%s\"}", good[i]);

      assert_taken (text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree gchar *text = g_strdup_printf ("{\"x\":\"%s\"}", bad[i]);

      assert_refused (text, GST_P2P_ERROR_INVALID);
    }
}

/* --- members --- */

static JsonNode *
parse (const gchar *text)
{
  JsonNode *node = gst_p2p_signaling_json_text_parse (text, strlen (text), MAX_LENGTH, NULL);

  g_assert_nonnull (node);
  return node;
}

static void
assert_no_string (JsonObject *object, const gchar *member, gsize max_length, gint code)
{
  g_autoptr (GError) error = NULL;
  gchar *value;

  g_assert_false (
      gst_p2p_signaling_json_get_string (object, member, TRUE, max_length, &value, &error));
  g_assert_error (error, GST_P2P_ERROR, code);
  g_assert_nonnull (strstr (error->message, member));
  g_assert_null (value);
}

static void
test_strings (void)
{
  g_autoptr (JsonNode) node = parse ("{\"text\":\"\\u00e4b\",\"empty\":\"\",\"number\":1,"
                                     "\"nothing\":null,\"list\":[\"x\"]}");
  JsonObject *object = json_node_get_object (node);
  g_autofree gchar *text = NULL, *empty = NULL, *missing = NULL;

  /* three bytes of UTF-8 */
  g_assert_true (gst_p2p_signaling_json_get_string (object, "text", TRUE, 3, &text, NULL));
  g_assert_cmpstr (text, ==, "äb");
  g_assert_true (gst_p2p_signaling_json_get_string (object, "empty", TRUE, 0, &empty, NULL));
  g_assert_cmpstr (empty, ==, "");
  g_assert_true (gst_p2p_signaling_json_get_string (object, "missing", FALSE, 3, &missing, NULL));
  g_assert_null (missing);

  assert_no_string (object, "text", 2, GST_P2P_ERROR_LIMIT);
  assert_no_string (object, "missing", 3, GST_P2P_ERROR_INVALID);
  assert_no_string (object, "number", 3, GST_P2P_ERROR_INVALID);
  assert_no_string (object, "nothing", 3, GST_P2P_ERROR_INVALID);
  assert_no_string (object, "list", 3, GST_P2P_ERROR_INVALID);
}

static void
assert_no_integer (JsonObject *object, const gchar *member, gint64 min, gint64 max)
{
  g_autoptr (GError) error = NULL;
  gint64 value = 42;

  g_assert_false (gst_p2p_signaling_json_get_integer (object, member, min, max, &value, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, member));
  g_assert_cmpint (value, ==, 42);
}

static void
test_integers (void)
{
  g_autoptr (JsonNode) node = parse ("{\"port\":5000,\"half\":5000.5,\"text\":\"5000\","
                                     "\"huge\":9223372036854775808,\"least\":-1}");
  JsonObject *object = json_node_get_object (node);
  gint64 value = 7;

  g_assert_true (gst_p2p_signaling_json_get_integer (object, "missing", 1, 2, &value, NULL));
  g_assert_cmpint (value, ==, 7);
  g_assert_true (gst_p2p_signaling_json_get_integer (object, "port", 5000, 5000, &value, NULL));
  g_assert_cmpint (value, ==, 5000);
  g_assert_true (gst_p2p_signaling_json_get_integer (object, "least", -1, 0, &value, NULL));
  g_assert_cmpint (value, ==, -1);

  assert_no_integer (object, "port", 1, 4999);
  assert_no_integer (object, "port", 5001, 65535);
  assert_no_integer (object, "half", 1, 65535);
  assert_no_integer (object, "text", 1, 65535);
  assert_no_integer (object, "huge", 1, 65535);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (30);
  g_test_add_func ("/jsontext/values", test_values);
  g_test_add_func ("/jsontext/objects", test_objects);
  g_test_add_func ("/jsontext/bounds", test_bounds);
  g_test_add_func ("/jsontext/nesting", test_nesting);
  g_test_add_func ("/jsontext/escapes", test_escapes);
  g_test_add_func ("/jsontext/strings", test_strings);
  g_test_add_func ("/jsontext/integers", test_integers);
  return g_test_run ();
}
