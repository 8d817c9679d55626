/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signaling messages, as a client and as a server read them. What was parsed is printed and parsed
 * again, to the same; what is passed on can be parsed. */
#include <string.h>

#include "signaling/message.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_client (const gchar *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pSignalingMessage) message = gst_p2p_signaling_message_parse (text, size, &error);
  g_autoptr (GstP2pSignalingMessage) again = NULL;
  g_autofree gchar *print = NULL;
  g_autofree gchar *print_again = NULL;

  if (!message)
    {
      g_assert_nonnull (error);
      return;
    }
  print = gst_p2p_signaling_message_print (message);
  /* Escapes can make a print longer than what it came from. */
  if (strlen (print) > GST_P2P_SIGNALING_MAX_MESSAGE)
    return;
  again = gst_p2p_signaling_message_parse (print, strlen (print), &error);
  g_assert_no_error (error);
  print_again = gst_p2p_signaling_message_print (again);
  g_assert_cmpstr (print, ==, print_again);
}

static void
check_server (const gchar *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *relay = NULL;
  g_autofree gchar *relay_again = NULL;
  const gchar *code = NULL;
  g_autoptr (GstP2pSignalingMessage) message
      = gst_p2p_signaling_message_parse_envelope (text, size, &relay, &code, &error);
  g_autoptr (GstP2pSignalingMessage) again = NULL;

  if (!message)
    {
      g_assert_nonnull (error);
      g_assert_nonnull (code);
      g_assert_null (relay);
      return;
    }
  if (!relay)
    return;
  g_assert_true (g_utf8_validate (relay, -1, NULL));
  g_assert_cmpuint (strlen (relay), <=, GST_P2P_SIGNALING_MAX_MESSAGE);
  again = gst_p2p_signaling_message_parse_envelope (relay, strlen (relay), &relay_again, &code,
                                                    &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->from, ==, message->from);
  g_assert_cmpstr (again->to, ==, message->to);
  g_assert_cmpstr (again->session, ==, message->session);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  check_client ((const gchar *)data, size);
  check_server ((const gchar *)data, size);
  return 0;
}
