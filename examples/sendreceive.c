/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sendreceive: an application that sends a test picture, or receives one.
 *
 *   sendreceive receive HALL        waits to be called as HALL, shows who calls, asks nobody
 *   sendreceive send HALL           calls HALL; prints the selected pair once connected
 *
 * A signaling server must run: gst-p2p-signaling, or set P2P_SERVE=1 for one of the two.
 */
#include <gst/gst.h>

static void
on_peer_connected (GstElement *element, const gchar *id, const gchar *fingerprint, gpointer data)
{
  g_autoptr (GstStructure) stats = NULL;
  const GstStructure *peer;

  g_object_get (element, "stats", &stats, NULL);
  peer = gst_value_get_structure (
      gst_value_list_get_value (gst_structure_get_value (stats, "peers"), 0));
  g_print ("connected to %s, certificate %s\n%s -> %s\n", id, fingerprint,
           gst_structure_get_string (peer, "local-address"),
           gst_structure_get_string (peer, "remote-address"));
}

/* The place to ask the user, or to look the fingerprint up. On the element's control thread. */
static gboolean
on_accept_peer (GstElement *element, const gchar *id, const gchar *fingerprint, gpointer data)
{
  g_print ("%s calls with the certificate %s\n", id, fingerprint);
  return TRUE;
}

static gboolean failed;

static gboolean
on_bus (GstBus *bus, GstMessage *message, gpointer loop)
{
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  if (error)
    g_printerr ("%s\n", error->message);
  failed |= error != NULL;
  if (error || GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = NULL;
  g_autoptr (GstElement) pipeline = NULL, peer = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GError) error = NULL;
  gboolean send;

  gst_init (&argc, &argv);
  if (argc != 3 || !(g_str_equal (argv[1], "send") || g_str_equal (argv[1], "receive")))
    {
      g_printerr ("usage: %s send|receive ID\n", argv[0]);
      return 2;
    }
  send = g_str_equal (argv[1], "send");

  pipeline = gst_parse_launch (
      send ? "videotestsrc num-buffers=300 is-live=true ! video/x-raw,width=640,height=360 ! "
             "vp8enc deadline=1 ! p2psink name=peer"
           : "p2psrc name=peer ! decodebin ! videoconvert ! autovideosink",
      &error);
  if (!pipeline)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  peer = gst_bin_get_by_name (GST_BIN (pipeline), "peer");
  g_object_set (peer, send ? "remote-id" : "local-id", argv[2], "signaling-serve",
                g_getenv ("P2P_SERVE") != NULL, NULL);
  g_signal_connect (peer, "peer-connected", G_CALLBACK (on_peer_connected), NULL);
  g_signal_connect (peer, "accept-peer", G_CALLBACK (on_accept_peer), NULL);

  loop = g_main_loop_new (NULL, FALSE);
  bus = gst_element_get_bus (pipeline);
  gst_bus_add_watch (bus, on_bus, loop);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_main_loop_run (loop);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  return failed;
}
