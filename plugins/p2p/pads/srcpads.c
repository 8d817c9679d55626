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

  GMutex lock;
  GCond idle;
  /* lock */
  gboolean active;
  gboolean keep_listening;
  gboolean ending; /* by the application */
  GList *hidden;   /* pads that are not the element's yet */
  GList *kept;     /* pads of the element that no channel has */
  guint n_busy;    /* threads that add or activate a pad */
};

GstP2pSrcPads *
gst_p2p_src_pads_new (GstElement *element, GstP2pSrcPadsEosFunc eos)
{
  GstP2pSrcPads *pads = g_new0 (GstP2pSrcPads, 1);

  pads->element = element;
  pads->eos = eos;
  g_mutex_init (&pads->lock);
  g_cond_init (&pads->idle);
  return pads;
}

void
gst_p2p_src_pads_free (GstP2pSrcPads *pads)
{
  g_list_free_full (pads->hidden, gst_object_unref);
  g_list_free (pads->kept);
  g_mutex_clear (&pads->lock);
  g_cond_clear (&pads->idle);
  g_free (pads);
}

static gboolean
get_fact (GstP2pSrcPads *pads, const gboolean *fact)
{
  gboolean value;

  g_mutex_lock (&pads->lock);
  value = *fact;
  g_mutex_unlock (&pads->lock);
  return value;
}

/* The element's, with a reference to each. */
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

static GList *
list_hidden (GstP2pSrcPads *pads)
{
  GList *all = NULL;

  g_mutex_lock (&pads->lock);
  for (GList *l = pads->hidden; l; l = l->next)
    all = g_list_append (all, gst_object_ref (l->data));
  g_mutex_unlock (&pads->lock);
  return all;
}

/* Between these two the state does not change: deactivate() waits. */
static gboolean
enter (GstP2pSrcPads *pads, gboolean wanted)
{
  if (wanted)
    pads->n_busy++;
  return wanted;
}

static void
leave (GstP2pSrcPads *pads)
{
  pads->n_busy--;
  g_cond_broadcast (&pads->idle);
}

/* --- the element's states --- */

void
gst_p2p_src_pads_activate (GstP2pSrcPads *pads, gboolean keep_listening)
{
  g_mutex_lock (&pads->lock);
  pads->active = TRUE;
  pads->keep_listening = keep_listening;
  pads->ending = FALSE;
  g_mutex_unlock (&pads->lock);
}

void
gst_p2p_src_pads_deactivate (GstP2pSrcPads *pads)
{
  GList *all;

  g_mutex_lock (&pads->lock);
  pads->active = FALSE;
  while (pads->n_busy > 0)
    g_cond_wait (&pads->idle, &pads->lock);
  g_mutex_unlock (&pads->lock);

  all = g_list_concat (list_hidden (pads), list (pads));
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

  g_mutex_lock (&pads->lock);
  g_clear_list (&pads->kept, NULL);
  all = g_steal_pointer (&pads->hidden);
  g_mutex_unlock (&pads->lock);
  g_list_free_full (all, gst_object_unref);
}

/* --- how a stream begins --- */

void
gst_p2p_src_pads_expose (GstP2pSrcPads *pads, GstP2pSrcPad *pad)
{
  gboolean wanted;

  g_mutex_lock (&pads->lock);
  wanted = enter (pads, pads->active && !pads->ending && g_list_find (pads->hidden, pad));
  g_mutex_unlock (&pads->lock);

  if (wanted)
    {
      gst_element_add_pad (pads->element, GST_PAD (pad));

      g_mutex_lock (&pads->lock);
      pads->hidden = g_list_remove (pads->hidden, pad);
      leave (pads);
      g_mutex_unlock (&pads->lock);
      gst_object_unref (pad);
    }
  gst_p2p_src_pad_begin (pad);
}

/*
 * In front of the pad: what comes from the depay. The first that says what the stream is makes the
 * pad appear. Caps are stored before they are there, so that the application sees them; the rest of
 * the way they go behind what it does. A channel without anything has no end, either.
 */
static GstPadProbeReturn
on_arrival (GstPad *internal, GstPadProbeInfo *info, gpointer user_data)
{
  GstP2pSrcPads *pads = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  g_autoptr (GstObject) pad = gst_pad_get_parent (internal);

  if (!pad || gst_p2p_src_pad_has_begun (GST_P2P_SRC_PAD (pad)))
    return GST_PAD_PROBE_OK;
  switch (GST_EVENT_TYPE (event))
    {
    case GST_EVENT_STREAM_START:
    case GST_EVENT_TAG:
      return GST_PAD_PROBE_OK;
    case GST_EVENT_EOS:
      return GST_PAD_PROBE_DROP;
    case GST_EVENT_CAPS:
      gst_pad_store_sticky_event (GST_PAD (pad), event);
      break;
    default:
      break;
    }
  gst_p2p_src_pads_expose (pads, GST_P2P_SRC_PAD (pad));
  return GST_PAD_PROBE_OK;
}

/* Behind the pad: what leaves the element. */
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

/* --- the channels --- */

static gint
compare_name (gconstpointer pad, gconstpointer name)
{
  return g_strcmp0 (GST_OBJECT_NAME (pad), name);
}

static GstP2pSrcPad *
take_kept (GstP2pSrcPads *pads, const gchar *name)
{
  GList *found;
  GstP2pSrcPad *pad = NULL;

  g_mutex_lock (&pads->lock);
  found = g_list_find_custom (pads->kept, name, compare_name);
  if (found)
    {
      pad = gst_object_ref (found->data);
      pads->kept = g_list_delete_link (pads->kept, found);
    }
  g_mutex_unlock (&pads->lock);
  return pad;
}

/* A pad is the element's before it is hidden no more, so in this order none is missed. */
static gboolean
is_taken (GstP2pSrcPads *pads, const gchar *name)
{
  g_autoptr (GstPad) pad = NULL;
  gboolean hidden;

  g_mutex_lock (&pads->lock);
  hidden = g_list_find_custom (pads->hidden, name, compare_name) != NULL;
  g_mutex_unlock (&pads->lock);
  pad = gst_element_get_static_pad (pads->element, name);
  return hidden || pad;
}

static GstP2pSrcPad *
make (GstP2pSrcPads *pads, guint index)
{
  GstPadTemplate *templ = gst_element_get_pad_template (pads->element, "src_%u");
  g_autofree gchar *name = g_strdup_printf ("src_%u", index);
  g_autoptr (GstProxyPad) internal = NULL;
  GstP2pSrcPad *pad;
  gboolean wanted;

  while (is_taken (pads, name))
    {
      g_free (name);
      name = g_strdup_printf ("src_%u", ++index);
    }
  pad = gst_object_ref_sink (gst_p2p_src_pad_new (templ, name));
  internal = gst_proxy_pad_get_internal (GST_PROXY_PAD (pad));
  gst_pad_add_probe (GST_PAD (internal), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_arrival, pads,
                     NULL);
  gst_pad_add_probe (GST_PAD (pad), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event, pads, NULL);

  g_mutex_lock (&pads->lock);
  pads->hidden = g_list_append (pads->hidden, gst_object_ref (pad));
  wanted = enter (pads, pads->active);
  g_mutex_unlock (&pads->lock);
  if (!wanted)
    return pad;

  gst_pad_set_active (GST_PAD (pad), TRUE);
  g_mutex_lock (&pads->lock);
  leave (pads);
  g_mutex_unlock (&pads->lock);
  return pad;
}

GstP2pSrcPad *
gst_p2p_src_pads_take (GstP2pSrcPads *pads, guint16 stream, const gchar *label, GSource *progress)
{
  guint index = stream / 2;
  g_autofree gchar *name = g_strdup_printf ("src_%u", index);
  GstP2pSrcPad *pad = take_kept (pads, name);

  if (!pad)
    pad = make (pads, index);
  gst_p2p_src_pad_take (pad, stream, label, progress);
  return pad;
}

void
gst_p2p_src_pads_no_more (GstP2pSrcPads *pads)
{
  if (get_fact (pads, &pads->active))
    gst_element_no_more_pads (pads->element);
}

void
gst_p2p_src_pads_retire (GstP2pSrcPads *pads, GstP2pSrcPad *pad)
{
  gboolean ours = gst_object_has_as_parent (GST_OBJECT (pad), GST_OBJECT (pads->element));
  GList *hidden;
  gboolean keep;

  gst_p2p_src_pad_release (pad);

  g_mutex_lock (&pads->lock);
  hidden = g_list_find (pads->hidden, pad);
  if (hidden)
    pads->hidden = g_list_delete_link (pads->hidden, hidden);
  keep = !hidden && ours && pads->keep_listening;
  if (keep)
    pads->kept = g_list_append (pads->kept, pad);
  g_mutex_unlock (&pads->lock);

  if (keep)
    return;
  gst_pad_set_active (GST_PAD (pad), FALSE);
  if (hidden)
    gst_object_unref (pad);
  else if (ours)
    gst_element_remove_pad (pads->element, GST_PAD (pad));
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

  g_mutex_lock (&pads->lock);
  again = pads->ending;
  pads->ending = TRUE;
  g_mutex_unlock (&pads->lock);
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
