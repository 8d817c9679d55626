/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * srcpads: see srcpads.h.
 */
#include "plugins/p2p/pads/srcpads.h"

struct _GstP2pSrcPads
{
  /* const */
  GstElement *element;
  GstP2pSrcPadsEosFunc eos;

  /* the element's OBJECT_LOCK */
  gboolean active;
  gboolean keep_listening;
  gboolean ending; /* by the application */

  /* control thread, and whoever changes the state while there is none */
  guint next_index;
};

static GQuark
idle_quark (void)
{
  return g_quark_from_static_string ("gst-p2p-idle");
}

GstP2pSrcPads *
gst_p2p_src_pads_new (GstElement *element, GstP2pSrcPadsEosFunc eos)
{
  GstP2pSrcPads *pads = g_new0 (GstP2pSrcPads, 1);

  pads->element = element;
  pads->eos = eos;
  return pads;
}

void
gst_p2p_src_pads_free (GstP2pSrcPads *pads)
{
  g_free (pads);
}

static gboolean
get_fact (GstP2pSrcPads *pads, const gboolean *fact)
{
  gboolean value;

  GST_OBJECT_LOCK (pads->element);
  value = *fact;
  GST_OBJECT_UNLOCK (pads->element);
  return value;
}

static GList *
list (GstP2pSrcPads *pads)
{
  GList *all = NULL;

  GST_OBJECT_LOCK (pads->element);
  for (GList *l = pads->element->srcpads; l; l = l->next)
    all = g_list_append (all, gst_object_ref (l->data));
  GST_OBJECT_UNLOCK (pads->element);
  return all;
}

/* --- the element's states --- */

void
gst_p2p_src_pads_activate (GstP2pSrcPads *pads, gboolean keep_listening)
{
  GST_OBJECT_LOCK (pads->element);
  pads->active = TRUE;
  pads->keep_listening = keep_listening;
  pads->ending = FALSE;
  GST_OBJECT_UNLOCK (pads->element);
}

void
gst_p2p_src_pads_deactivate (GstP2pSrcPads *pads)
{
  GList *all;

  GST_OBJECT_LOCK (pads->element);
  pads->active = FALSE;
  GST_OBJECT_UNLOCK (pads->element);

  all = list (pads);
  for (GList *l = all; l; l = l->next)
    gst_pad_set_active (l->data, FALSE);
  g_list_free_full (all, gst_object_unref);
}

void
gst_p2p_src_pads_remove (GstP2pSrcPads *pads)
{
  GList *all = list (pads);

  for (GList *l = all; l; l = l->next)
    gst_element_remove_pad (pads->element, l->data);
  g_list_free_full (all, gst_object_unref);
  pads->next_index = 0;
}

/* --- the channels --- */

static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstP2pSrcPads *pads = user_data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  pads->eos (pad, pads->element);
  if (get_fact (pads, &pads->ending))
    return GST_PAD_PROBE_OK;
  return get_fact (pads, &pads->keep_listening) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static GstPad *
take_idle (GstP2pSrcPads *pads)
{
  GList *all = list (pads);
  GstPad *idle = NULL;

  for (GList *l = all; l && !idle; l = l->next)
    if (g_object_steal_qdata (l->data, idle_quark ()))
      idle = gst_object_ref (l->data);
  g_list_free_full (all, gst_object_unref);
  return idle;
}

GstPad *
gst_p2p_src_pads_take (GstP2pSrcPads *pads)
{
  GstPad *pad = take_idle (pads);
  g_autofree gchar *name = NULL;

  if (pad)
    return pad;

  name = g_strdup_printf ("src_%u", pads->next_index++);
  pad = gst_ghost_pad_new_no_target_from_template (
      name, gst_element_get_pad_template (pads->element, "src_%u"));
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event, pads, NULL);
  return gst_object_ref_sink (pad);
}

void
gst_p2p_src_pads_expose (GstP2pSrcPads *pads, GstPad *pad)
{
  if (gst_object_has_as_parent (GST_OBJECT (pad), GST_OBJECT (pads->element))
      || get_fact (pads, &pads->ending))
    return;
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (pads->element, pad);
}

void
gst_p2p_src_pads_no_more (GstP2pSrcPads *pads)
{
  if (get_fact (pads, &pads->active))
    gst_element_no_more_pads (pads->element);
}

void
gst_p2p_src_pads_retire (GstP2pSrcPads *pads, GstPad *pad)
{
  if (!gst_object_has_as_parent (GST_OBJECT (pad), GST_OBJECT (pads->element)))
    return;

  if (get_fact (pads, &pads->keep_listening))
    {
      g_object_set_qdata (G_OBJECT (pad), idle_quark (), pad);
    }
  else
    {
      gst_pad_set_active (pad, FALSE);
      gst_element_remove_pad (pads->element, pad);
    }
}

/* --- the application's end --- */

typedef struct
{
  gint n_pads; /* atomic: that have not taken it yet */
  void (*ended) (gpointer element);
} Ending;

typedef struct
{
  GstPad *pad;
  Ending *ending;
} PadEnding;

static void
end_pad (GstElement *element, gpointer data)
{
  PadEnding *end = data;

  gst_pad_push_event (end->pad, gst_event_new_eos ());
  if (!g_atomic_int_dec_and_test (&end->ending->n_pads))
    return;
  end->ending->ended (element);
  g_free (end->ending);
}

static void
pad_ending_free (gpointer data)
{
  PadEnding *end = data;

  gst_object_unref (end->pad);
  g_free (end);
}

/* Whether it had been called. */
static gboolean
end (GstP2pSrcPads *pads)
{
  gboolean again;

  GST_OBJECT_LOCK (pads->element);
  again = pads->ending;
  pads->ending = TRUE;
  GST_OBJECT_UNLOCK (pads->element);
  return again;
}

gboolean
gst_p2p_src_pads_end (GstP2pSrcPads *pads, void (*ended) (gpointer element))
{
  gboolean again = end (pads);
  GList *all = again ? NULL : list (pads);
  gboolean any = all != NULL;
  Ending *ending = any ? g_new (Ending, 1) : NULL;

  if (any)
    *ending = (Ending){ (gint)g_list_length (all), ended };
  for (GList *l = all; l; l = l->next)
    {
      PadEnding *end = g_new (PadEnding, 1);

      *end = (PadEnding){ gst_object_ref (l->data), ending };
      gst_element_call_async (pads->element, end_pad, end, pad_ending_free);
    }
  g_list_free_full (all, gst_object_unref);
  return any || again;
}
