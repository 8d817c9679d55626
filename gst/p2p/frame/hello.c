/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hello: see hello.h.
 */
#include "gst/p2p/frame/hello.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/frame/safetext.h"

#define NAME "gst-p2p-hello"

static gboolean
is_acceptable (const gchar *pad)
{
  gsize size = strlen (pad);

  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isprint (pad[i]))
      return FALSE;
  return size > 0 && size <= GST_P2P_FRAME_HELLO_MAX_PAD;
}

gchar *
gst_p2p_frame_hello_print (const gchar *pad, guint streams)
{
  g_autoptr (GstStructure) structure = NULL;

  if (!is_acceptable (pad))
    return NULL;
  structure
      = gst_structure_new (NAME, "pad", G_TYPE_STRING, pad, "streams", G_TYPE_UINT, streams, NULL);
  return gst_p2p_frame_safetext_print_structure (structure, NULL);
}

static gboolean
refuse (const gchar *why, GError **error)
{
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "A HELLO object %s", why);
  return FALSE;
}

gboolean
gst_p2p_frame_hello_parse (const gchar *text, gsize size, guint *new_names, gchar **pad,
                           guint *streams, GError **error)
{
  g_autoptr (GstStructure) structure
      = gst_p2p_frame_safetext_parse_structure (text, size, new_names, error);
  const gchar *name;

  *pad = NULL;
  *streams = 0;
  if (!structure)
    return FALSE;
  if (!gst_structure_has_name (structure, NAME))
    return refuse ("has another name", error);
  if (gst_structure_has_field (structure, "streams")
      && (!gst_structure_get_uint (structure, "streams", streams) || *streams == 0
          || *streams > GST_P2P_FRAME_HELLO_MAX_STREAMS))
    return refuse ("tells a number of streams that cannot be", error);
  name = gst_structure_get_string (structure, "pad");
  if (gst_structure_has_field (structure, "pad") && (!name || !is_acceptable (name)))
    return refuse ("has the name of a pad that cannot be one", error);
  *pad = g_strdup (name);
  return TRUE;
}
