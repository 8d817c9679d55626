/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mistakes: what users get wrong, and the one sentence that each of these mistakes gets. Also what
 * looks like a mistake and works: two ends that call each other.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/link/identity.h"
#include "tests/common/detour.h"
#include "tests/common/signaling.h"
#include "tests/common/watchdog.h"
#include "tests/plugins/p2p/element/ends.h"

#define NOT_AUTHORIZED GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED
#define BUSY GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY
#define SETTINGS GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS
#define NOT_FOUND GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND
#define UNREACHABLE GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE

#define TURN_SERVER "\"turn://u:p@127.0.0.1\""
#define THREE_TURN_SERVERS TURN_SERVER "," TURN_SERVER "," TURN_SERVER
#define NINE_TURN_SERVERS THREE_TURN_SERVERS "," THREE_TURN_SERVERS "," THREE_TURN_SERVERS

/* --- the signaling server --- */

static void
test_no_server (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autofree gchar *pattern = g_strdup_printf ("The signaling server %s cannot be reached: *", uri);

  test_signaling_stop (signaling);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (End) end
          = i == 0 ? end_play (ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s "
                                            "connect-timeout=%u transport=%s",
                               uri, 800 * test_slowdown (), transport)
                   : end_play ("p2psrc name=p local-id=x signaling-uri=%s connect-timeout=%u "
                               "transport=%s ! " ENDS_TAKE,
                               uri, 800 * test_slowdown (), transport);
      end_expect_error (end, UNREACHABLE, pattern, ENDS_SOON_MS);
    }
}

/* Something else listens there, and says nothing. */
static void
test_silent_server (const gchar *transport)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  g_autoptr (End) end = NULL;

  g_assert_no_error (error);
  end = end_play ("p2psrc name=p signaling-uri=ws://127.0.0.1:%u connect-timeout=500 transport=%s "
                  "! " ENDS_TAKE,
                  port, transport);
  end_expect_error (end, UNREACHABLE, "The signaling server ws://127.0.0.1:* did not answer *",
                    ENDS_SOON_MS);
}

static void
set_token (GstP2pSignalingServer *server, gpointer token)
{
  gst_p2p_signaling_server_set_token (server, token);
}

static void
test_token (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (set_token, (gpointer) "the right one");
  static const gchar *const wrong[][2] = {
    { "signaling-token=another", "The signaling server * refuses the token" },
    { "", "The signaling server * wants a token" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (End) end
          = end_play (ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s %s",
                      test_signaling_get_uri (signaling), transport, wrong[i][0]);
      end_expect_error (end, NOT_AUTHORIZED, wrong[i][1], ENDS_SOON_MS);
    }
  {
    g_autoptr (End) end = end_play ("p2psrc name=p local-id=x signaling-uri=%s transport=%s "
                                    "signaling-token=\"the\\ right\\ one\" ! " ENDS_TAKE,
                                    test_signaling_get_uri (signaling), transport);
    end_expect_info (end, "Waiting to be called as \"x\" at *");
  }
}

static void
set_certificate (GstP2pSignalingServer *server, gpointer certificate)
{
  gst_p2p_signaling_server_set_tls_certificate (server, certificate);
}

/* The certificate names "gst-p2p", but the server is at 127.0.0.1. */
static void
test_tls (const gchar *transport)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pIdentity) identity = gst_p2p_identity_new (&error);
  gchar *pem = gst_p2p_identity_to_pem (identity);
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (pem, -1, &error);
  g_autoptr (TestSignaling) signaling = NULL;
  g_autofree gchar *ca = NULL;
  gint fd = g_file_open_tmp ("p2p-ca-XXXXXX.pem", &ca, &error);
  g_autofree gchar *trusting = g_strdup_printf ("signaling-ca=%s", ca);
  const gchar *cases[][2] = {
    { trusting, "The signaling server wss://* has a TLS certificate for another name than *" },
    { "", "The signaling server wss://* has a TLS certificate that no trusted CA has signed*" },
  };

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (ca, pem, -1, &error);
  g_assert_no_error (error);
  gst_p2p_secret_text_free (pem);
  signaling = test_signaling_new (set_certificate, certificate);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (End) end = end_play (ENDS_ENDLESS "! p2psink name=p remote-id=x transport=%s "
                                                   "signaling-uri=wss://127.0.0.1:%u %s",
                                      transport, test_signaling_get_port (signaling), cases[i][0]);
      end_expect_error (end, NOT_AUTHORIZED, cases[i][1], ENDS_SOON_MS);
    }
  g_unlink (ca);
}

/* --- STUN and TURN servers of the operator's --- */

/* @data: what stands for the list. */
static gchar *
hand_out (const gchar *text, gpointer data)
{
  static const gchar none[] = "\"ice-servers\":[]";
  const gchar *at = strstr (text, none);

  if (!at)
    return g_strdup (text);
  return g_strdup_printf ("%.*s\"ice-servers\":%s%s", (gint)(at - text), text, (gchar *)data,
                          at + strlen (none));
}

/* An IPv4 address of this machine: libnice asks no STUN server at a loopback address. */
static gchar *
get_own_address (void)
{
  struct ifaddrs *addresses = NULL;
  gchar *own = NULL;

  g_assert_cmpint (getifaddrs (&addresses), ==, 0);
  for (struct ifaddrs *a = addresses; a && !own; a = a->ifa_next)
    if (a->ifa_addr && a->ifa_addr->sa_family == AF_INET && !(a->ifa_flags & IFF_LOOPBACK))
      {
        g_autoptr (GSocketAddress) address
            = g_socket_address_new_from_native (a->ifa_addr, sizeof (struct sockaddr_in));

        own = g_inet_address_to_string (
            g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
      }
  freeifaddrs (addresses);
  return own;
}

/* A socket that a STUN server could have; @url is its. */
static GSocket *
new_stun_server (const gchar *host, gchar **url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (host, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GSocket *socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, any, FALSE, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  *url = g_strdup_printf ("stun:%s:%u", host,
                          g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  return socket;
}

/* A server hands out one that cannot be used, and one that can: that is asked. */
static void
test_ice_servers (const gchar *transport)
{
  static const gchar *const bad[][2] = {
    { "{\"urls\":\"turns:127.0.0.1:5349\",\"username\":\"u\",\"credential\":\"secret\"}",
      "*hands out an ICE server that cannot be used: turns: servers *" },
    { "{\"urls\":[\"turn:127.0.0.1\"],\"username\":\"secret\",\"credential\":\"\"}",
      "*hands out an ICE server that cannot be used: The TURN server 127.0.0.1:3478 needs a user "
      "*" },
  };
  g_autofree gchar *host = get_own_address (); /* NULL: no network */

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree gchar *url = NULL;
      g_autoptr (GSocket) stun = new_stun_server (host ? host : "127.0.0.1", &url);
      g_autofree gchar *list = g_strdup_printf ("[%s,{\"urls\":\"%s\"}]", bad[i][0], url);
      g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
      g_autoptr (TestDetour) detour
          = test_detour_new_foreign (test_signaling_get_port (signaling), hand_out, list);
      const gchar *uri = test_detour_get_uri (detour);
      g_autoptr (End) receiver = end_play (
          "p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
      g_autoptr (End) sender
          = end_play (ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s",
                      uri, transport);
      g_autoptr (GError) error = NULL;

      end_expect_warning (receiver, SETTINGS, bad[i][1]);
      end_expect_warning (sender, SETTINGS, bad[i][1]);
      end_wait_taken (receiver, 5);
      if (host)
        g_socket_condition_timed_wait (
            stun, G_IO_IN, (gint64)ENDS_SOON_MS * 1000 * test_slowdown (), NULL, &error);
      g_assert_no_error (error);
      end_expect_no_error (receiver);
      end_expect_no_error (sender);
    }
}

static void
test_port_in_use (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  g_autoptr (End) end = end_new ("p2psrc name=p signaling-serve=true signaling-uri=%s transport=%s "
                                 "! " ENDS_TAKE,
                                 test_signaling_get_uri (signaling), transport);

  end_expect_refusal (end, BUSY,
                      "Cannot serve signaling at 127.0.0.1 port *: another program uses that port");
}

/* --- ids --- */

static void
test_unknown_id (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  g_autoptr (End) end
      = end_play (ENDS_ENDLESS "! p2psink name=p remote-id=nobody transport=%s "
                               "signaling-uri=%s connect-timeout=%u",
                  transport, test_signaling_get_uri (signaling), 2000 * test_slowdown ());

  end_expect_error (end, NOT_FOUND,
                    "Nobody is reachable as \"nobody\" on the signaling server ws://*",
                    ENDS_SOON_MS);
}

static void
test_id_taken (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) first = end_play (
      "p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) second = NULL;

  end_expect_info (first, "Waiting to be called as \"x\" at ws://*");
  second = end_play ("p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri,
                     transport);
  end_expect_error (second, BUSY, "The signaling server * has another client with the id *x*",
                    ENDS_SOON_MS);
  end_expect_no_error (first);
}

/* Each says under which id it waits: the user sees that nobody calls. */
static void
test_both_wait (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_play (
      "p2psrc name=p local-id=left signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) sender = end_play (
      ENDS_ENDLESS "! p2psink name=p local-id=right signaling-uri=%s transport=%s", uri, transport);

  end_expect_info (receiver, "Waiting to be called as \"left\" at *");
  end_expect_info (sender, "Waiting to be called as \"right\" at *");
}

/* --- who calls whom --- */

/* The call of the lexically smaller id is the one that counts; the stream does not care. */
static void
check_both_call (const gchar *transport, const gchar *receiver_id, const gchar *sender_id)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_play (
      "p2psrc name=p local-id=%s remote-id=%s signaling-uri=%s transport=%s ! " ENDS_TAKE,
      receiver_id, sender_id, uri, transport);
  g_autoptr (End) sender = end_play (
      ENDS_ENDLESS "! p2psink name=p local-id=%s remote-id=%s signaling-uri=%s transport=%s",
      sender_id, receiver_id, uri, transport);

  end_wait_connected (receiver, 1);
  end_wait_connected (sender, 1);
  end_wait_taken (receiver, 20);
  end_expect_no_error (receiver);
  end_expect_no_error (sender);
  g_assert_cmpuint (receiver->n_connected + sender->n_connected, ==, 2);
  g_assert_cmpuint (receiver->n_disconnected + sender->n_disconnected, ==, 0);
}

static void
test_both_call (const gchar *transport)
{
  check_both_call (transport, "a", "b");
  check_both_call (transport, "b", "a");
}

static void
test_second_sender (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_play (
      "p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) first = end_play (
      ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s", uri, transport);
  g_autoptr (End) second = NULL;

  end_wait_taken (receiver, 1);
  second = end_play (ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s", uri,
                     transport);
  end_expect_error (second, BUSY, "The called peer has no room for another connection",
                    ENDS_SOON_MS);
  end_wait_taken (receiver, 20);
  end_expect_no_error (receiver);
  end_expect_no_error (first);
}

/* Both send and nobody receives. Whoever hears of it first says so; the other hears why it is over.
 */
static void
test_two_senders (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) a = end_play (
      ENDS_ENDLESS "! p2psink name=p local-id=a remote-id=b signaling-uri=%s transport=%s", uri,
      transport);
  g_autoptr (End) b = end_play (
      ENDS_ENDLESS "! p2psink name=p local-id=b remote-id=a signaling-uri=%s transport=%s", uri,
      transport);

  end_expect_error (a, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED, "*do both ends send?*",
                    ENDS_SOON_MS);
  end_expect_error (b, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED, "*do both ends send?*",
                    ENDS_SOON_MS);
}

/* --- limits --- */

#define FRAMES_OF_5000 "fakesrc sizetype=fixed sizemax=5000 filltype=zero "
#define TOO_LARGE                                                                                  \
  "A frame of 5000 bytes is over the receiver's max-frame-size of 4096: raise max-frame-size at "  \
  "p2psrc."

/* The sender knows what the receiver takes, whatever the framing is. */
static void
test_too_large (const gchar *transport)
{
  static const gchar *const framings[] = { "frames", "raw" };

  for (guint i = 0; i < G_N_ELEMENTS (framings); i++)
    {
      g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
      const gchar *uri = test_signaling_get_uri (signaling);
      g_autoptr (End) receiver
          = end_play ("p2psrc name=p local-id=a max-frame-size=4096 keep-listening=true framing=%s "
                      "signaling-uri=%s transport=%s ! " ENDS_TAKE,
                      framings[i], uri, transport);
      g_autoptr (End) sender = end_play (
          FRAMES_OF_5000 "! p2psink name=p remote-id=a framing=%s signaling-uri=%s transport=%s",
          framings[i], uri, transport);

      end_expect_error (sender, 0, 0, TOO_LARGE, ENDS_SOON_MS);
      end_wait_disconnected (receiver, 1);
      end_expect_no_error (receiver);
    }
}

/* One of several receivers takes less than the others. */
static void
test_too_large_for_one (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) sender = end_play (FRAMES_OF_5000 "! identity sleep-time=2000 ! p2psink name=p "
                                                    "local-id=a signaling-uri=%s transport=%s",
                                     uri, transport);
  g_autoptr (End) large = end_play (
      "p2psrc name=p remote-id=a signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) small = NULL;

  end_wait_taken (large, 5);
  small = end_play ("p2psrc name=p remote-id=a max-frame-size=4096 signaling-uri=%s transport=%s "
                    "! " ENDS_TAKE,
                    uri, transport);
  end_take_warning (sender, 0, 0, TOO_LARGE);
  end_wait_taken (large, 5);
  end_expect_no_error (large);
}

/* --- what cannot be sent --- */

/* What is wrong is in the sender's pipeline, and is said there, whoever called. */
static void
test_unsendable_caps (const gchar *transport)
{
  g_autofree gchar *text = g_strnfill (70000, 'x');
  g_autoptr (GstCaps) caps
      = gst_caps_new_simple ("video/x-test", "text", G_TYPE_STRING, text, NULL);

  for (guint called = 0; called < 2; called++)
    {
      g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
      const gchar *uri = test_signaling_get_uri (signaling);
      g_autoptr (End) sender
          = end_new ("fakesrc sizetype=fixed sizemax=10 ! capsfilter name=filter ! "
                     "p2psink name=p %s=a signaling-uri=%s transport=%s",
                     called ? "local-id" : "remote-id", uri, transport);
      g_autoptr (GstElement) filter = gst_bin_get_by_name (GST_BIN (sender->pipeline), "filter");
      g_autoptr (End) receiver = NULL;

      g_object_set (filter, "caps", caps, NULL);
      end_set_state (sender, GST_STATE_PLAYING);
      receiver = end_play ("p2psrc name=p %s=a signaling-uri=%s transport=%s ! " ENDS_TAKE,
                           called ? "remote-id" : "local-id", uri, transport);
      end_expect_error (sender, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
                        "These caps cannot be sent to a peer. *64 KiB*", ENDS_SOON_MS);
      end_expect_no_warning (sender);
    }
}

static void
test_framed_negotiated (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_play (
      "p2psrc name=p local-id=a keep-listening=true signaling-uri=%s transport=%s ! " ENDS_TAKE,
      uri, transport);
  g_autoptr (End) sender = end_play (
      ENDS_ENDLESS "! p2psink name=p remote-id=a framing=frames sink_0::negotiated=true "
                   "sink_0::stream-id=3 signaling-uri=%s transport=%s",
      uri, transport);

  end_expect_error (sender, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
                    "framing=frames is set, but negotiated channels are raw", ENDS_SOON_MS);
}

/* --- properties --- */

static void
test_properties (const gchar *transport)
{
  static const gchar *const cases[][2] = {
    { "signaling-uri=http://127.0.0.1:1", "*not of the form ws://host:port or wss://host:port*" },
    { "signaling-uri=nonsense", "*not of the form ws://host:port or wss://host:port*" },
    { "signaling-uri=ws://", "*not of the form ws://host:port or wss://host:port*" },
    { "signaling-uri=\"\"", "signaling-uri is empty" },
    { "signaling-serve=true signaling-uri=wss://127.0.0.1:1",
      "signaling-serve needs a signaling-uri of the form ws://*" },
    { "signaling-serve=true signaling-uri=nonsense",
      "signaling-serve needs a signaling-uri of the form ws://*" },
    { "signaling-serve=true signaling-uri=wss://127.0.0.1:1,ws://127.0.0.1:1",
      "signaling-serve needs a signaling-uri of the form ws://*" },
    { "local-id=\"two\\ words\"", "\"two words\" is no valid id: *" },
    { "local-id=\"\"", "\"\" is no valid id: *" },
    { "remote-id=a/b", "\"a/b\" is no valid id: *" },
    { "local-id=x remote-id=x", "*both \"x\": an element cannot call itself" },
    { "remote-fingerprint=12:34", "remote-fingerprint is no SHA-256 fingerprint*" },
    { "remote-fingerprint=\"\"", "remote-fingerprint is no SHA-256 fingerprint*" },
    { "min-port=2000 max-port=1000", "min-port 2000 is above max-port 1000" },
    { "signaling-ca=/nowhere/ca.pem signaling-uri=wss://127.0.0.1:1", "*/nowhere/ca.pem*" },
    { "stun-server=nonsense", "An ICE server* stun:host:port *" },
    { "stun-server=stun:127.0.0.1:0", "An ICE server* stun:host:port *" },
    { "turn-servers=<turn:127.0.0.1>", "The TURN server 127.0.0.1:3478 needs a user *" },
    { "turn-servers=<turn://127.0.0.1>", "The TURN server 127.0.0.1:3478 needs a user *" },
    { "turn-servers=<\"turn://u:@127.0.0.1\">", "The TURN server 127.0.0.1:3478 needs a user *" },
    { "turn-servers=<\"turns://u:p@127.0.0.1\">", "turns: servers * not supported *" },
    { "turn-servers=<" NINE_TURN_SERVERS ">", "There are too many TURN servers: at most 8 *" },
    { "signaling-serve=true turn-servers=<\"turn://:p@127.0.0.1\">", "* needs a user *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (End) source
          = end_new ("p2psrc name=p transport=%s %s ! " ENDS_TAKE, transport, cases[i][0]);
      g_autoptr (End) sink
          = end_new (ENDS_ENDLESS "! p2psink name=p transport=%s %s", transport, cases[i][0]);

      g_test_message ("%s", cases[i][0]);
      end_expect_refusal (source, SETTINGS, cases[i][1]);
      end_expect_refusal (sink, SETTINGS, cases[i][1]);
    }
}

/* What is set in READY is looked at, too: above all the fingerprint, which would else not be
 * pinned.
 */
static void
test_late_properties (const gchar *transport)
{
  static const gchar *const cases[][3] = {
    { "remote-fingerprint", "12:34", "remote-fingerprint is no SHA-256 fingerprint*" },
    { "remote-id", "a/b", "\"a/b\" is no valid id: *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (End) end = end_new ("p2psrc name=p transport=%s ! " ENDS_TAKE, transport);

      end_set_state (end, GST_STATE_READY);
      g_object_set (end->p2p, cases[i][0], cases[i][1], NULL);
      end_expect_refusal (end, SETTINGS, cases[i][2]);
    }
}

static void
test_certificate (const gchar *transport)
{
  g_autofree gchar *path = NULL;
  g_autoptr (GError) error = NULL;
  gint fd = g_file_open_tmp ("p2p-cert-XXXXXX.pem", &path, &error);
  const gchar *const files[] = { "/nowhere/cert.pem", path };

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, "no PEM at all", -1, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (End) end
          = end_new ("p2psrc name=p transport=%s certificate=%s ! " ENDS_TAKE, transport, files[i]);
      g_autofree gchar *pattern = g_strdup_printf ("*%s*", files[i]);

      end_expect_refusal (end, SETTINGS, pattern);
    }
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  ends_init (&argc, &argv);
  ends_add ("no-server", test_no_server);
  ends_add ("silent-server", test_silent_server);
  ends_add ("token", test_token);
  ends_add ("tls", test_tls);
  ends_add ("ice-servers", test_ice_servers);
  ends_add ("port-in-use", test_port_in_use);
  ends_add ("unknown-id", test_unknown_id);
  ends_add ("id-taken", test_id_taken);
  ends_add ("both-wait", test_both_wait);
  ends_add ("both-call", test_both_call);
  ends_add ("second-sender", test_second_sender);
  ends_add ("two-senders", test_two_senders);
  ends_add ("too-large", test_too_large);
  ends_add ("unsendable-caps", test_unsendable_caps);
  ends_add ("framed-negotiated", test_framed_negotiated);
  ends_add ("too-large-for-one", test_too_large_for_one);
  ends_add ("properties", test_properties);
  ends_add ("late-properties", test_late_properties);
  ends_add ("certificate", test_certificate);
  return g_test_run ();
}
