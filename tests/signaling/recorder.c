/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recorder: see recorder.h.
 */
#include "tests/signaling/recorder.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "tests/common/wait.h"

static void
on_bound (GstP2pSignalingClient *client, GstP2pSignalingIceServers *servers, Recorder *self)
{
  g_clear_pointer (&self->servers, gst_p2p_signaling_ice_servers_free);
  self->servers = gst_p2p_signaling_ice_servers_copy (servers);
  g_assert_true (gst_p2p_signaling_client_is_bound (client));
  self->n_bound++;
}

static void
on_message (GstP2pSignalingClient *client, GstP2pSignalingMessage *message, Recorder *self)
{
  g_ptr_array_add (self->messages, gst_p2p_signaling_message_ref (message));
}

static void
on_unavailable (GstP2pSignalingClient *client, GError *error, Recorder *self)
{
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SIGNALING);
  g_assert_false (gst_p2p_signaling_client_is_bound (client));
  g_clear_error (&self->unavailable);
  self->unavailable = g_error_copy (error);
  self->n_unavailable++;
}

static void
on_failed (GstP2pSignalingClient *client, GError *error, Recorder *self)
{
  g_assert_no_error (self->failed);
  self->failed = g_error_copy (error);
}

Recorder *
recorder_new (const gchar *uri, const gchar *id, const gchar *token)
{
  Recorder *self = g_new0 (Recorder, 1);

  self->client = gst_p2p_signaling_client_new (uri, id, token, NULL);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_p2p_signaling_message_unref);
  g_signal_connect (self->client, "bound", G_CALLBACK (on_bound), self);
  g_signal_connect (self->client, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->client, "unavailable", G_CALLBACK (on_unavailable), self);
  g_signal_connect (self->client, "failed", G_CALLBACK (on_failed), self);
  return self;
}

Recorder *
recorder_start (guint port, const gchar *id, const gchar *token)
{
  g_autofree gchar *uri = g_strdup_printf ("ws://127.0.0.1:%u", port);
  Recorder *self = recorder_new (uri, id, token);
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_p2p_signaling_client_start (self->client, &error));
  g_assert_no_error (error);
  return self;
}

void
recorder_free (Recorder *self)
{
  gst_p2p_signaling_client_stop (self->client);
  g_signal_handlers_disconnect_by_data (self->client, self);
  g_object_unref (self->client);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_error (&self->unavailable);
  g_clear_error (&self->failed);
  g_ptr_array_unref (self->messages);
  g_clear_pointer (&self->servers, gst_p2p_signaling_ice_servers_free);
  g_free (self);
}

GstP2pSignalingServer *
recorder_serve (guint port, const gchar *token)
{
  GstP2pSignalingServer *server = gst_p2p_signaling_server_new ();

  gst_p2p_signaling_server_set_token (server, token);
  g_assert_true (gst_p2p_signaling_server_start (server, "127.0.0.1", port, NULL));
  return server;
}

void
recorder_send_bye (Recorder *self, const gchar *from, const gchar *to)
{
  g_autoptr (GstP2pSignalingMessage) bye
      = gst_p2p_signaling_message_new_bye (from, to, RECORDER_SESSION, "busy");

  g_assert_true (gst_p2p_signaling_client_send (self->client, bye));
}

void
recorder_assert_fails (Recorder *self, gint code, const gchar *words)
{
  TEST_WAIT_UNTIL (self->failed, RECORDER_TIMEOUT_MS);
  g_assert_error (self->failed, GST_P2P_ERROR, code);
  g_test_message ("%s", self->failed->message);
  g_assert_nonnull (strstr (self->failed->message, words));
  g_assert_nonnull (strstr (self->failed->message, "127.0.0.1"));
  g_assert_false (gst_p2p_signaling_client_is_bound (self->client));
}
