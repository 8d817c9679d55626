/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes as hexadecimal digits, both ways, and what is none. */
#include "gst/p2p/base/hex.h"

#include <string.h>

static void
test_round_trip (void)
{
  guint8 bytes[256], parsed[256];
  g_autofree gchar *text = NULL, *upper = NULL, *nothing = NULL;

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8)i;
  text = gst_p2p_hex_print (bytes, sizeof bytes);
  upper = g_ascii_strup (text, -1);
  g_assert_cmpuint (strlen (text), ==, 2 * sizeof bytes);
  g_assert_true (g_str_has_prefix (text, "000102"));
  g_assert_true (g_str_has_suffix (text, "fdfeff"));
  g_assert_true (gst_p2p_hex_parse (text, parsed, sizeof parsed));
  g_assert_cmpmem (parsed, sizeof parsed, bytes, sizeof bytes);
  memset (parsed, 0, sizeof parsed);
  g_assert_true (gst_p2p_hex_parse (upper, parsed, sizeof parsed));
  g_assert_cmpmem (parsed, sizeof parsed, bytes, sizeof bytes);

  nothing = gst_p2p_hex_print (NULL, 0);
  g_assert_cmpstr (nothing, ==, "");
  g_assert_true (gst_p2p_hex_parse ("", NULL, 0));
  g_assert_null (gst_p2p_hex_print_bytes (NULL));
}

/* The text is not read beyond its end: these are exact allocations, for the sanitizers to see. */
static void
test_refused (void)
{
  static const gchar *const bad[] = { "", "0", "000", "00g0", "000g", "0x00", "00 0", "-100" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree gchar *text = g_strdup (bad[i]);
      guint8 bytes[2];

      g_test_message ("\"%s\"", text);
      g_assert_false (gst_p2p_hex_parse (text, bytes, sizeof bytes));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hex/round-trip", test_round_trip);
  g_test_add_func ("/hex/refused", test_refused);
  return g_test_run ();
}
