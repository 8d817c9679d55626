/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ids and sessions, and what is none. */
#include "gst/p2p/link/names.h"

#include <string.h>

static void
test_ids (void)
{
  g_autofree gchar *longest = g_strnfill (GST_P2P_MAX_ID_LENGTH, 'x');
  g_autofree gchar *too_long = g_strnfill (GST_P2P_MAX_ID_LENGTH + 1, 'x');
  const gchar *const good[] = { "a", "Az09._~-", longest };
  const gchar *const bad[] = { "", "a b", "a/b", "a%41", "\xc3\xa4", "a\n", too_long, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (gst_p2p_id_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (gst_p2p_id_is_valid (bad[i]));
}

static void
test_sessions (void)
{
  g_autofree gchar *session = gst_p2p_session_new ();
  g_autofree gchar *other = gst_p2p_session_new ();
  g_autofree gchar *longer = g_strconcat (session, "0", NULL);

  g_assert_true (gst_p2p_session_is_valid (session));
  g_assert_cmpstr (session, !=, other);
  g_assert_false (gst_p2p_session_is_valid (longer));
  g_assert_false (gst_p2p_session_is_valid ("0123"));
  g_assert_false (gst_p2p_session_is_valid (""));
  g_assert_false (gst_p2p_session_is_valid (NULL));
  session[3] = 'g';
  g_assert_false (gst_p2p_session_is_valid (session));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/names/ids", test_ids);
  g_test_add_func ("/names/sessions", test_sessions);
  return g_test_run ();
}
