/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * srcpads: see srcpads.h.
 */
#include "plugins/p2p/pads/srcpads.h"

static GQuark
idle_quark (void)
{
  return g_quark_from_static_string ("gst-p2p-idle");
}

static GList *
get_pads (GstElement *element)
{
  GList *pads = NULL;

  GST_OBJECT_LOCK (element);
  for (GList *l = element->srcpads; l; l = l->next)
    pads = g_list_append (pads, gst_object_ref (l->data));
  GST_OBJECT_UNLOCK (element);
  return pads;
}

GstPad *
gst_p2p_src_pads_take (GstElement *element, guint *index)
{
  GList *pads = get_pads (element);
  GstPad *pad = NULL;
  g_autofree gchar *name = NULL;

  for (GList *l = pads; l && !pad; l = l->next)
    if (g_object_steal_qdata (l->data, idle_quark ()))
      pad = gst_object_ref (l->data);
  g_list_free_full (pads, gst_object_unref);
  if (pad)
    return pad;

  name = g_strdup_printf ("src_%u", (*index)++);
  pad = gst_ghost_pad_new_no_target_from_template (
      name, gst_element_get_pad_template (element, "src_%u"));
  return gst_object_ref_sink (pad);
}

void
gst_p2p_src_pads_expose (GstElement *element, GstPad *pad)
{
  if (gst_object_has_as_parent (GST_OBJECT (pad), GST_OBJECT (element)))
    return;
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (element, pad);
}

void
gst_p2p_src_pads_retire (GstElement *element, GstPad *pad, gboolean keep)
{
  if (!gst_object_has_as_parent (GST_OBJECT (pad), GST_OBJECT (element)))
    return;

  if (keep)
    {
      g_object_set_qdata (G_OBJECT (pad), idle_quark (), pad);
    }
  else
    {
      gst_pad_set_active (pad, FALSE);
      gst_element_remove_pad (element, pad);
    }
}

void
gst_p2p_src_pads_deactivate (GstElement *element)
{
  GList *pads = get_pads (element);

  for (GList *l = pads; l; l = l->next)
    gst_pad_set_active (l->data, FALSE);
  g_list_free_full (pads, gst_object_unref);
}

void
gst_p2p_src_pads_remove (GstElement *element)
{
  GList *pads = get_pads (element);

  for (GList *l = pads; l; l = l->next)
    gst_element_remove_pad (element, l->data);
  g_list_free_full (pads, gst_object_unref);
}
