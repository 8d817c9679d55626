/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trickled candidates, and what is none. */
#include "gst/p2p/link/candidate.h"

#include <string.h>

#include "gst/p2p/base/error.h"

/* "candidate:" and as many characters as make @length. */
static gchar *
new_candidate (gsize length)
{
  gsize prefix = strlen ("candidate:");
  g_autofree gchar *padding = g_strnfill (length - prefix, 'x');

  return g_strconcat ("candidate:", padding, NULL);
}

static void
test_accepted (void)
{
  g_autofree gchar *longest = new_candidate (GST_P2P_MAX_CANDIDATE_LENGTH);
  const gchar *const good[] = {
    "",
    "candidate:1 1 UDP 2015363327 192.0.2.1 5000 typ host",
    "candidate:1 1 TCP 1015021823 2001:db8::1 9 typ host tcptype active",
    "candidate:1 1 UDP 2113937151 0f7b1a2c-5d3e-4f60-8a91-b2c3d4e5f607.local 5000 typ host",
    longest,
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (gst_p2p_candidate_validate (good[i], &error));
      g_assert_no_error (error);
    }
}

static void
test_refused (void)
{
  g_autofree gchar *too_long = new_candidate (GST_P2P_MAX_CANDIDATE_LENGTH + 1);
  const gchar *const bad[] = {
    "a=candidate:1 1 UDP 2015363327 192.0.2.1 5000 typ host",
    "candidate",
    " ",
    "candidate:1\r\na=x",
    "candidate:1\t1",
    "candidate:\x7f",
    "candidate:\xc3\xa4",
    too_long,
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (gst_p2p_candidate_validate (bad[i], &error));
      g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/candidate/accepted", test_accepted);
  g_test_add_func ("/candidate/refused", test_refused);
  return g_test_run ();
}
