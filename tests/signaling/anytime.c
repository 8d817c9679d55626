/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * anytime: see anytime.h.
 */
#include "tests/signaling/anytime.h"

#include "signaling/client.h"
#include "tests/common/wait.h"

static void
step (GMainContext *context)
{
  g_main_context_push_thread_default (context);
  g_main_context_iteration (context, FALSE);
  g_main_context_pop_thread_default (context);
  g_main_context_iteration (NULL, FALSE);
}

/* Returns whether the client was bound after so many steps. */
static gboolean
stop_after (const gchar *uri, const gchar *ca_file, guint steps, guint step_us)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GstP2pSignalingClient) client
      = gst_p2p_signaling_client_new (uri, "cam", NULL, ca_file);
  gboolean bound;

  g_main_context_push_thread_default (context);
  g_assert_true (gst_p2p_signaling_client_start (client, NULL));
  g_main_context_pop_thread_default (context);
  for (guint i = 0; i < steps; i++)
    {
      step (context);
      g_usleep (step_us);
    }
  bound = gst_p2p_signaling_client_is_bound (client);
  gst_p2p_signaling_client_stop (client);
  while (g_main_context_iteration (context, FALSE))
    ;
  return bound;
}

void
test_stop_any_time (GstP2pSignalingServer *server, const gchar *uri, const gchar *ca_file,
                    guint step_us, guint timeout_ms)
{
  gboolean bound = FALSE;

  for (guint steps = 0; !bound; steps += 1 + steps / 50)
    {
      bound = stop_after (uri, ca_file, steps, step_us);
      TEST_WAIT_UNTIL (gst_p2p_signaling_server_get_n_clients (server) == 0, timeout_ms);
    }
}
