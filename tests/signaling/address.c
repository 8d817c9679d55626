/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of signaling/address.c: what a user may write for signaling servers. */
#include "signaling/address.h"

#include <string.h>

#include "gst/p2p/base/error.h"

static void
test_parts (void)
{
  static const struct
  {
    const gchar *uri;
    GstP2pSignalingAddress address;
  } cases[] = {
    { "ws://127.0.0.1:8443",
      { NULL, FALSE, (gchar *)"127.0.0.1", 8443, (gchar *)"127.0.0.1:8443", (gchar *)"/" } },
    { "ws://h", { NULL, FALSE, (gchar *)"h", 80, (gchar *)"h", (gchar *)"/" } },
    { "wss://h", { NULL, TRUE, (gchar *)"h", 443, (gchar *)"h", (gchar *)"/" } },
    { "wss://h:443/", { NULL, TRUE, (gchar *)"h", 443, (gchar *)"h", (gchar *)"/" } },
    { "ws://h:443", { NULL, FALSE, (gchar *)"h", 443, (gchar *)"h:443", (gchar *)"/" } },
    { "WSS://H.example/any/path",
      { NULL, TRUE, (gchar *)"H.example", 443, (gchar *)"H.example", (gchar *)"/any/path" } },
    { "ws://[::1]:1/a%20b/?room=1&x=%2F",
      { NULL, FALSE, (gchar *)"::1", 1, (gchar *)"[::1]:1", (gchar *)"/a%20b/?room=1&x=%2F" } },
    { "ws://[::1]", { NULL, FALSE, (gchar *)"::1", 80, (gchar *)"[::1]", (gchar *)"/" } },
    { "ws://h?a", { NULL, FALSE, (gchar *)"h", 80, (gchar *)"h", (gchar *)"/?a" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GstP2pSignalingAddress) address
          = gst_p2p_signaling_address_new (cases[i].uri, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (address->uri, ==, cases[i].uri);
      g_assert_cmpint (address->tls, ==, cases[i].address.tls);
      g_assert_cmpstr (address->host, ==, cases[i].address.host);
      g_assert_cmpuint (address->port, ==, cases[i].address.port);
      g_assert_cmpstr (address->authority, ==, cases[i].address.authority);
      g_assert_cmpstr (address->target, ==, cases[i].address.target);
    }
}

/* What goes into the request's lines has no ends of lines in it, and no spaces. */
static void
test_one_line (void)
{
  static const gchar *const uris[]
      = { "ws://h/a\r\nX: y", "ws://h/?a\nb", "ws://h/a b", "ws://h/\t" };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GstP2pSignalingAddress) address = gst_p2p_signaling_address_new (uris[i], NULL);

      g_assert_true (!address || !strpbrk (address->target, " \t\r\n"));
    }
}

static void
test_refused (void)
{
  static const gchar *const uris[] = {
    "",
    " , ",
    "127.0.0.1:8443",
    "http://127.0.0.1:8443",
    "ws:127.0.0.1:8443",
    "ws://",
    "ws:///path",
    "ws://:8443",
    "ws://127.0.0.1:0",
    "ws://127.0.0.1:65536",
    "ws://127.0.0.1:x",
    "ws://user:pass@127.0.0.1:8443",
    "ws://127.0.0.1:8443/#fragment",
    "ws://127.0.0.1/%zz",
    "ws://[::1",
    "ws://a b",
    "ws://a,b",
    "ws://a;ws://b",
    "ws://a,http://b",
  };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (gst_p2p_signaling_address_parse_list (uris[i], &error));
      g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS);
      g_assert_nonnull (strstr (error->message, "ws://host:port"));
    }
}

static void
test_list (void)
{
  static const gchar *const lists[]
      = { "ws://a/x,wss://b", "ws://a/x wss://b", " ws://a/x ,\n wss://b,", "ws://a/x\twss://b" };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) addresses = gst_p2p_signaling_address_parse_list (lists[i], &error);

      g_assert_no_error (error);
      g_assert_cmpuint (addresses->len, ==, 2);
      g_assert_cmpstr (((GstP2pSignalingAddress *)addresses->pdata[0])->uri, ==, "ws://a/x");
      g_assert_cmpstr (((GstP2pSignalingAddress *)addresses->pdata[1])->uri, ==, "wss://b");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/parts", test_parts);
  g_test_add_func ("/address/one-line", test_one_line);
  g_test_add_func ("/address/refused", test_refused);
  g_test_add_func ("/address/list", test_list);
  return g_test_run ();
}
