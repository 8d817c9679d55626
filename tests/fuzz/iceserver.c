/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of STUN and TURN servers in both spellings. The first byte chooses. */
#include "gst/p2p/link/iceserver.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static GstP2pIceServer *
parse (gchar kind, const gchar *text, GError **error)
{
  g_auto (GStrv) fields = NULL;

  if (kind != 'u')
    return gst_p2p_ice_server_new (text, error);
  /* url, user and password */
  fields = g_strsplit (text, "\n", 3);
  if (!fields[0])
    return gst_p2p_ice_server_new_from_url ("", NULL, NULL, error);
  return gst_p2p_ice_server_new_from_url (fields[0], fields[1], fields[1] ? fields[2] : NULL,
                                          error);
}

static void
assert_same (GstP2pIceServer *again, const GstP2pIceServer *server)
{
  g_assert_nonnull (again);
  g_assert_cmpint (again->type, ==, server->type);
  g_assert_cmpstr (again->host, ==, server->host);
  g_assert_cmpuint (again->port, ==, server->port);
  g_assert_cmpstr (again->user, ==, server->user);
  g_assert_cmpstr (again->password, ==, server->password);
  gst_p2p_ice_server_free (again);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = NULL;
  g_autofree gchar *uri = NULL;
  g_autofree gchar *url = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pIceServer) server = NULL;

  if (size == 0)
    return 0;
  text = g_strndup ((const gchar *)data + 1, size - 1);
  if (!g_utf8_validate (text, -1, NULL))
    return 0; /* neither a property nor JSON has that */
  server = parse ((gchar)data[0], text, &error);
  g_assert_true (!server == !!error);
  if (!server)
    return 0;
  uri = gst_p2p_ice_server_to_uri (server);
  assert_same (gst_p2p_ice_server_new (uri, NULL), server);
  url = gst_p2p_ice_server_to_url (server);
  assert_same (gst_p2p_ice_server_new_from_url (url, server->user, server->password, NULL), server);
  return 0;
}
