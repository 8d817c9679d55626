/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts that are secret: which are equal. */
#include "gst/p2p/base/secrettext.h"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secrettext/equal", test_equal);
  g_test_add_func ("/secrettext/nothing", test_nothing);
  return g_test_run ();
}
