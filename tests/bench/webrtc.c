/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * webrtc: the contestant to compare with, webrtcbin's data channel, one process of the two.
 *
 *   bench-webrtc receiver FD
 *   bench-webrtc sender FD MESSAGE-SIZE
 *
 * Reliable and ordered. FD is one end of a socket pair; over it go descriptions and candidates, as
 * texts that end in NUL: "offer\nSDP", "answer\nSDP", "candidate\nCANDIDATE".
 */
#include <stdlib.h>
#include <string.h>

#define GST_USE_UNSTABLE_API
#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

#include "tests/bench/meter.h"
#include "tests/bench/pairtalk.h"

/* What the channel may hold before the sender waits. */
#define HIGH_WATER (1024 * 1024)
#define LOW_WATER (256 * 1024)
#define READY_US (1500 * 1000)

typedef struct
{
  GstElement *webrtc;
  int fd;
  gsize message_size; /* 0: this is the receiver */
  GObject *channel;
  /* lock */
  GMutex lock;
  GCond low;
} Contestant;

static gpointer
send_messages (gpointer data)
{
  Contestant *self = data;
  g_autofree guint8 *zeros = g_malloc0 (self->message_size);
  guint64 buffered;

  for (;;)
    {
      g_autoptr (GBytes) message = g_bytes_new (zeros, self->message_size);

      g_signal_emit_by_name (self->channel, "send-data", message);
      g_object_get (self->channel, "buffered-amount", &buffered, NULL);
      g_mutex_lock (&self->lock);
      /* The signal can come between the look and the wait: look again after a while. */
      while (buffered > HIGH_WATER)
        {
          g_cond_wait_until (&self->low, &self->lock, g_get_monotonic_time () + 5000);
          g_object_get (self->channel, "buffered-amount", &buffered, NULL);
        }
      g_mutex_unlock (&self->lock);
    }
  return NULL;
}

static void
on_open (GObject *channel, gpointer data)
{
  g_thread_unref (g_thread_new ("send", send_messages, data));
}

static void
on_low (GObject *channel, gpointer data)
{
  Contestant *self = data;

  g_mutex_lock (&self->lock);
  g_cond_signal (&self->low);
  g_mutex_unlock (&self->lock);
}

static void
on_message (GObject *channel, GBytes *message, gpointer data)
{
  meter_add (g_bytes_get_size (message));
}

static void
on_channel (GstElement *webrtc, GObject *channel, gpointer data)
{
  Contestant *self = data;

  self->channel = g_object_ref (channel);
  g_signal_connect (channel, "on-message-data", G_CALLBACK (on_message), self);
}

static void
on_candidate (GstElement *webrtc, guint mline, const gchar *candidate, gpointer data)
{
  pair_tell (((Contestant *)data)->fd, "candidate", candidate);
}

static void
set_local (GstPromise *promise, Contestant *self, const gchar *kind)
{
  g_autoptr (GstWebRTCSessionDescription) description = NULL;
  g_autofree gchar *sdp = NULL;

  gst_structure_get (gst_promise_get_reply (promise), kind, GST_TYPE_WEBRTC_SESSION_DESCRIPTION,
                     &description, NULL);
  gst_promise_unref (promise);
  g_signal_emit_by_name (self->webrtc, "set-local-description", description, NULL);
  sdp = gst_sdp_message_as_text (description->sdp);
  pair_tell (self->fd, kind, sdp);
}

static void
on_offer (GstPromise *promise, gpointer data)
{
  set_local (promise, data, "offer");
}

static void
on_answer (GstPromise *promise, gpointer data)
{
  set_local (promise, data, "answer");
}

static void
on_remote_set (GstPromise *promise, gpointer data)
{
  Contestant *self = data;

  gst_promise_unref (promise);
  g_signal_emit_by_name (self->webrtc, "create-answer", NULL,
                         gst_promise_new_with_change_func (on_answer, self, NULL));
}

static void
set_remote (Contestant *self, gboolean is_offer, const gchar *sdp)
{
  g_autoptr (GstWebRTCSessionDescription) description = NULL;
  GstSDPMessage *message = NULL;

  if (gst_sdp_message_new_from_text (sdp, &message) != GST_SDP_OK)
    exit (1);
  description = gst_webrtc_session_description_new (
      is_offer ? GST_WEBRTC_SDP_TYPE_OFFER : GST_WEBRTC_SDP_TYPE_ANSWER, message);
  g_signal_emit_by_name (self->webrtc, "set-remote-description", description,
                         is_offer ? gst_promise_new_with_change_func (on_remote_set, self, NULL)
                                  : NULL);
}

static void
hear (const gchar *kind, const gchar *text, gpointer data)
{
  Contestant *self = data;

  if (g_str_equal (kind, "candidate"))
    g_signal_emit_by_name (self->webrtc, "add-ice-candidate", 0, text);
  else
    set_remote (self, g_str_equal (kind, "offer"), text);
}

/* Until the other process is gone. */
static void
listen_to_other (Contestant *self)
{
  g_autoptr (GString) rest = g_string_new (NULL);

  while (pair_hear (self->fd, rest, hear, self))
    ;
}

static void
call (Contestant *self)
{
  g_usleep (READY_US);
  meter_call ();
  g_signal_emit_by_name (self->webrtc, "create-data-channel", "bench", NULL, &self->channel);
  g_object_set (self->channel, "buffered-amount-low-threshold", (guint64)LOW_WATER, NULL);
  g_signal_connect (self->channel, "on-open", G_CALLBACK (on_open), self);
  g_signal_connect (self->channel, "on-buffered-amount-low", G_CALLBACK (on_low), self);
  g_signal_emit_by_name (self->webrtc, "create-offer", NULL,
                         gst_promise_new_with_change_func (on_offer, self, NULL));
}

int
main (int argc, char **argv)
{
  Contestant self = { NULL };
  GstElement *pipeline;

  meter_end_with_parent ();
  gst_init (&argc, &argv);
  if (argc < 3)
    return 2;
  self.fd = atoi (argv[2]);
  if (g_str_equal (argv[1], "sender"))
    self.message_size = argc > 3 ? atoi (argv[3]) : 16384;
  g_mutex_init (&self.lock);
  pipeline = gst_pipeline_new (NULL);
  self.webrtc = gst_element_factory_make_full ("webrtcbin", "bundle-policy",
                                               GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, NULL);
  gst_bin_add (GST_BIN (pipeline), self.webrtc);
  g_signal_connect (self.webrtc, "on-ice-candidate", G_CALLBACK (on_candidate), &self);
  g_signal_connect (self.webrtc, "on-data-channel", G_CALLBACK (on_channel), &self);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  if (self.message_size)
    call (&self);
  listen_to_other (&self);
  return 0;
}
