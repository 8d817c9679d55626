/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts that are secret: which are equal, and which come out of files. */
#include "gst/p2p/base/secrettext.h"

#include <glib/gstdio.h>
#include <string.h>

#include "gst/p2p/base/error.h"

static void
test_equal (void)
{
  g_assert_true (gst_p2p_secret_text_equal ("open sesame", "open sesame"));
  g_assert_true (gst_p2p_secret_text_equal ("", ""));
  g_assert_false (gst_p2p_secret_text_equal ("open sesame", "open sesamo"));
  g_assert_false (gst_p2p_secret_text_equal ("open sesame", "open sesame "));
  g_assert_false (gst_p2p_secret_text_equal ("open sesame", "open"));
  g_assert_false (gst_p2p_secret_text_equal ("", "x"));
}

/* Who shows nothing is never let in, least of all where nothing was set. */
static void
test_nothing (void)
{
  g_assert_false (gst_p2p_secret_text_equal (NULL, "x"));
  g_assert_false (gst_p2p_secret_text_equal ("x", NULL));
  g_assert_false (gst_p2p_secret_text_equal (NULL, NULL));
  gst_p2p_secret_text_free (NULL);
}

/* One line, whatever ends it; anything else is refused, also what has no end. */
static void
test_file (void)
{
  static const struct
  {
    const gchar *text;
    const gchar *token;
  } cases[] = {
    { "hunter2", "hunter2" },
    { "hunter2\n", "hunter2" },
    { " hunter 2\r\n\n", "hunter 2" },
    { "", NULL },
    { "\n", NULL },
    { "one\ntwo\n", NULL },
  };
  static const gchar *const bad[] = { "/nonexistent/token", "/", "/dev/zero", "/dev/null" };
  g_autofree gchar *path = NULL;
  g_autofree gchar *large = g_strnfill (GST_P2P_SECRET_TEXT_MAX_FILE + 1, 'x');
  gint fd = g_file_open_tmp ("p2p-token-XXXXXX", &path, NULL);

  g_close (fd, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gchar *token;

      g_assert_true (g_file_set_contents (path, cases[i].text, -1, NULL));
      token = gst_p2p_secret_text_new_from_file (path, &error);
      g_assert_cmpstr (token, ==, cases[i].token);
      g_assert_true (!token == !!error);
      gst_p2p_secret_text_free (token);
    }
  g_assert_true (g_file_set_contents (path, large, -1, NULL));
  g_assert_null (gst_p2p_secret_text_new_from_file (path, NULL));
  g_assert_true (g_file_set_contents (path, "a\0b", 3, NULL));
  g_assert_null (gst_p2p_secret_text_new_from_file (path, NULL));
  g_unlink (path);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (gst_p2p_secret_text_new_from_file (bad[i], &error));
      g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
      g_assert_nonnull (strstr (error->message, bad[i]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secrettext/equal", test_equal);
  g_test_add_func ("/secrettext/nothing", test_nothing);
  g_test_add_func ("/secrettext/file", test_file);
  return g_test_run ();
}
