/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * owner: see owner.h.
 */
#include "plugins/p2p/base/owner.h"

/* The innermost mark of the thread. */
static GPrivate innermost = G_PRIVATE_INIT (NULL);

static GQuark
owner_quark (void)
{
  return g_quark_from_static_string ("gst-p2p-owner");
}

void
gst_p2p_owner_declare (GstElement *element)
{
  g_object_set_qdata (G_OBJECT (element), owner_quark (), element);
}

gconstpointer
gst_p2p_owner_find (gpointer object)
{
  GstObject *inside = gst_object_ref (object);
  gconstpointer owner = NULL;

  while (inside && !owner)
    {
      GstObject *parent = gst_object_get_parent (inside);

      owner = g_object_get_qdata (G_OBJECT (inside), owner_quark ());
      gst_object_unref (inside);
      inside = parent;
    }
  gst_clear_object (&inside);
  return owner;
}

void
gst_p2p_owner_enter (GstP2pOwnerMark *mark, gconstpointer owner)
{
  *mark = (GstP2pOwnerMark){ owner, g_private_get (&innermost) };
  g_private_set (&innermost, mark);
}

void
gst_p2p_owner_leave (GstP2pOwnerMark *mark)
{
  g_private_set (&innermost, (gpointer)mark->outer);
}

gboolean
gst_p2p_owner_is_served (gconstpointer owner)
{
  for (const GstP2pOwnerMark *mark = g_private_get (&innermost); mark; mark = mark->outer)
    if (mark->owner == owner)
      return TRUE;
  return FALSE;
}
