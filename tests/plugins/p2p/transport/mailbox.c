/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From any thread to one: in order, the first end only, and after close() nothing but STOPPED. */
#include "plugins/p2p/transport/mailbox.h"

#include "gst/p2p/base/error.h"
#include "plugins/p2p/transport/kinds.h"
#include "tests/common/leaks.h"
#include "tests/common/wait.h"

typedef struct
{
  GArray *streams; /* guint, of the events */
  guint n_ends;
  guint n_stopped;
} Seen;

static void
on_event (GstP2pTransport *transport, const GstP2pPeerEvent *peer_event,
          const GstP2pTransportEvent *event, gpointer user_data)
{
  Seen *seen = user_data;
  guint stream;

  g_assert_true (GST_IS_ELEMENT (transport));
  g_assert_true ((peer_event == NULL) != (event == NULL));
  if (peer_event)
    {
      seen->n_ends++;
      return;
    }
  seen->n_stopped += event->type == GST_P2P_TRANSPORT_STOPPED;
  stream = event->stream;
  g_array_append_val (seen->streams, stream);
}

static void
post (GstP2pMailbox *mailbox, GstP2pTransportEventType type, guint16 stream)
{
  gst_p2p_mailbox_post (mailbox, &(GstP2pTransportEvent){ .type = type, .stream = stream });
}

static gpointer
post_many (gpointer mailbox)
{
  for (guint i = 0; i < 100; i++)
    post (mailbox, GST_P2P_TRANSPORT_STREAM_DATA, (guint16)i);
  return NULL;
}

static void
test_events (void)
{
  g_autoptr (GError) error = g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_LOST, "gone");
  GstElement *transport = gst_object_ref_sink (gst_p2p_transport_new (GST_P2P_TRANSPORT_DIRECT));
  Seen seen = { .streams = g_array_new (FALSE, FALSE, sizeof (guint)) };
  GstP2pMailbox *mailbox = gst_p2p_mailbox_new (GST_P2P_TRANSPORT (transport),
                                                g_main_context_default (), on_event, &seen);

  g_thread_join (g_thread_new ("test-post", post_many, mailbox));
  for (guint i = 0; i < 2; i++)
    gst_p2p_mailbox_post_peer (
        mailbox, &(GstP2pPeerEvent){ .type = GST_P2P_PEER_EVENT_TRANSPORT_ERROR, .error = error });
  TEST_WAIT_UNTIL (seen.n_ends > 0, 5000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (seen.n_ends, ==, 1);
  g_assert_cmpuint (seen.streams->len, ==, 100);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (g_array_index (seen.streams, guint, i), ==, i);

  post (mailbox, GST_P2P_TRANSPORT_STREAM_DATA, 5);
  gst_p2p_mailbox_close (mailbox);
  post (mailbox, GST_P2P_TRANSPORT_STREAM_DATA, 6);
  post (mailbox, GST_P2P_TRANSPORT_STOPPED, 0);
  TEST_WAIT_UNTIL (seen.n_stopped > 0, 5000);
  g_assert_cmpuint (seen.n_stopped, ==, 1);
  g_assert_cmpuint (seen.streams->len, ==, 101);

  gst_p2p_mailbox_unref (mailbox);
  gst_object_unref (transport);
  g_array_unref (seen.streams);
}

int
main (int argc, char **argv)
{
  test_gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/mailbox/events", test_events);
  return g_test_run ();
}
