/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * farewell: see farewell.h.
 */
#include "plugins/p2p/control/farewell.h"

#include "gst/p2p/base/timer.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/transport/transport.h"

#define GST_CAT_DEFAULT gst_p2p_debug

/* How long downstream has for what came before the sender was gone. It may be paused, and the user
 * should know all the same. */
#define PATIENCE_US (5 * G_USEC_PER_SEC)
/* How long the last EOS waits for the message. A handler of the application that takes the pipeline
 * down in it waits for the EOS. */
#define HOLD_US (G_USEC_PER_SEC / 2)

struct _GstP2pFarewell
{
  gatomicrefcount ref_count;

  /* const */
  GstElement *element;

  /* control thread */
  GstP2pFarewellFunc func;
  gpointer user_data;

  GMutex lock;
  GCond cond;
  /* lock */
  GstP2pOnTruncated mode;
  GSource *timer;              /* between start() and stop() */
  GstP2pFrameDepayKinds kinds; /* of what was truncated */
  GError *error;
  gboolean expected;
  gboolean due; /* to be said, or being said */
  gboolean said;
  guint round;       /* of start() */
  gboolean watching; /* the sinks */
  guint n_missing;   /* sinks without EOS, and 1 while they are looked for */
  GList *watches;    /* Watch */
};

/* A pad behind which there is nothing. */
typedef struct
{
  gatomicrefcount ref_count;

  /* const */
  GstP2pFarewell *farewell;
  GstElement *element; /* a reference */
  GstPad *pad;
  guint round;

  /* the farewell's lock */
  gulong probe;
  gboolean reached;
  gboolean forgotten;
} Watch;

/* --- life --- */

GstP2pFarewell *
gst_p2p_farewell_new (GstElement *element)
{
  GstP2pFarewell *farewell = g_new0 (GstP2pFarewell, 1);

  g_atomic_ref_count_init (&farewell->ref_count);
  farewell->element = element;
  g_mutex_init (&farewell->lock);
  g_cond_init (&farewell->cond);
  return farewell;
}

GstP2pFarewell *
gst_p2p_farewell_ref (GstP2pFarewell *farewell)
{
  g_atomic_ref_count_inc (&farewell->ref_count);
  return farewell;
}

void
gst_p2p_farewell_unref (GstP2pFarewell *farewell)
{
  if (!g_atomic_ref_count_dec (&farewell->ref_count))
    return;
  g_clear_error (&farewell->error);
  g_cond_clear (&farewell->cond);
  g_mutex_clear (&farewell->lock);
  g_free (farewell);
}

static Watch *
watch_ref (Watch *watch)
{
  g_atomic_ref_count_inc (&watch->ref_count);
  return watch;
}

static void
watch_unref (gpointer data)
{
  Watch *watch = data;

  if (!g_atomic_ref_count_dec (&watch->ref_count))
    return;
  gst_object_unref (watch->pad);
  gst_object_unref (watch->element);
  gst_p2p_farewell_unref (watch->farewell);
  g_free (watch);
}

/* --- what is said --- */

/* A stream that was lost is one that was cut, and one of which nothing came is nothing. What is
 * wrong otherwise is an error whatever came. */
static gboolean
is_error_locked (GstP2pFarewell *farewell)
{
  if (farewell->error && !g_error_matches (farewell->error, GST_P2P_ERROR, GST_P2P_ERROR_LOST)
      && !g_error_matches (farewell->error, GST_P2P_ERROR, GST_P2P_ERROR_NO_PATH))
    return TRUE;
  if (farewell->mode == GST_P2P_ON_TRUNCATED_AUTO)
    return farewell->kinds != GST_P2P_FRAME_DEPAY_MEDIA;
  return farewell->mode == GST_P2P_ON_TRUNCATED_ERROR;
}

static gboolean
on_timer (gpointer data)
{
  GstP2pFarewell *farewell = data;
  g_autoptr (GError) error = NULL;
  gboolean is_error;
  guint round;

  g_mutex_lock (&farewell->lock);
  if (!farewell->timer)
    {
      g_mutex_unlock (&farewell->lock);
      return G_SOURCE_REMOVE;
    }
  g_source_set_ready_time (farewell->timer, -1);
  farewell->due = TRUE;
  round = farewell->round;
  is_error = is_error_locked (farewell);
  error = farewell->error
              ? g_error_copy (farewell->error)
              : g_error_new_literal (GST_P2P_ERROR, GST_P2P_ERROR_TRUNCATED, GST_P2P_TRUNCATED);
  g_mutex_unlock (&farewell->lock);

  farewell->func (error, is_error, farewell->user_data);

  g_mutex_lock (&farewell->lock);
  if (farewell->round == round)
    farewell->said = TRUE;
  g_cond_broadcast (&farewell->cond);
  g_mutex_unlock (&farewell->lock);
  return G_SOURCE_CONTINUE;
}

/* Lets the control thread say it, and waits for that. */
static void
say (GstP2pFarewell *farewell)
{
  gint64 until_us = g_get_monotonic_time () + HOLD_US;
  guint round;

  g_mutex_lock (&farewell->lock);
  round = farewell->round;
  if (farewell->timer && !farewell->due)
    {
      farewell->due = TRUE;
      g_source_set_ready_time (farewell->timer, 0);
      while (farewell->round == round && !farewell->said)
        if (!g_cond_wait_until (&farewell->cond, &farewell->lock, until_us))
          break;
    }
  g_mutex_unlock (&farewell->lock);
}

/* --- the sinks --- */

/* Everything behind @src: pads from which nothing goes on. Another connection has ends of its own.
 */
static void
find_ends (GstPad *src, GHashTable *seen, GList **ends)
{
  g_autoptr (GstPad) sink = gst_pad_get_peer (src);
  g_autoptr (GstObject) parent = sink ? gst_pad_get_parent (sink) : NULL;
  GstIterator *links;
  GValue item = G_VALUE_INIT;
  gboolean more = TRUE, any = FALSE;

  if (!parent || GST_IS_P2P_TRANSPORT (parent) || !g_hash_table_add (seen, gst_object_ref (sink)))
    return;
  links = gst_pad_iterate_internal_links (sink);
  while (links && more)
    switch (gst_iterator_next (links, &item))
      {
      case GST_ITERATOR_OK:
        any = TRUE;
        find_ends (g_value_get_object (&item), seen, ends);
        g_value_reset (&item);
        break;
      case GST_ITERATOR_RESYNC:
        gst_iterator_resync (links);
        break;
      default:
        more = FALSE;
      }
  if (G_IS_VALUE (&item))
    g_value_unset (&item);
  g_clear_pointer (&links, gst_iterator_free);
  if (!any)
    *ends = g_list_prepend (*ends, gst_object_ref (sink));
}

static GList *
find_all_ends (GstElement *element)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (NULL, NULL, gst_object_unref, NULL);
  GList *pads = NULL, *ends = NULL;

  GST_OBJECT_LOCK (element);
  for (GList *l = element->srcpads; l; l = l->next)
    pads = g_list_prepend (pads, gst_object_ref (l->data));
  GST_OBJECT_UNLOCK (element);
  for (GList *l = pads; l; l = l->next)
    find_ends (l->data, seen, &ends);
  g_list_free_full (pads, gst_object_unref);
  return ends;
}

static void
count_down (GstP2pFarewell *farewell, guint round, gboolean *reached)
{
  gboolean last = FALSE;

  g_mutex_lock (&farewell->lock);
  if (farewell->round == round && !*reached)
    {
      *reached = TRUE;
      last = --farewell->n_missing == 0;
    }
  g_mutex_unlock (&farewell->lock);
  if (last)
    say (farewell);
}

/* Before the sink has its EOS and says so. */
static GstPadProbeReturn
on_end_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Watch *watch = user_data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS)
    count_down (watch->farewell, watch->round, &watch->reached);
  return GST_PAD_PROBE_OK;
}

static gboolean
has_eos (GstPad *sink)
{
  g_autoptr (GstPad) src = gst_pad_get_peer (sink);
  g_autoptr (GstEvent) eos = src ? gst_pad_get_sticky_event (src, GST_EVENT_EOS, 0) : NULL;

  return eos != NULL;
}

/* @end: (transfer full) */
static void
watch_end (GstP2pFarewell *farewell, GstPad *end, guint round)
{
  Watch *watch = g_new0 (Watch, 1);
  gboolean forgotten;
  gulong probe;

  g_atomic_ref_count_init (&watch->ref_count);
  watch->farewell = gst_p2p_farewell_ref (farewell);
  watch->element = gst_object_ref (farewell->element);
  watch->pad = end;
  watch->round = round;

  g_mutex_lock (&farewell->lock);
  if (farewell->round != round || !farewell->timer)
    {
      g_mutex_unlock (&farewell->lock);
      watch_unref (watch);
      return;
    }
  farewell->n_missing++;
  farewell->watches = g_list_prepend (farewell->watches, watch_ref (watch));
  g_mutex_unlock (&farewell->lock);

  probe = gst_pad_add_probe (end, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_end_event,
                             watch_ref (watch), watch_unref);
  g_mutex_lock (&farewell->lock);
  watch->probe = probe;
  forgotten = watch->forgotten;
  g_mutex_unlock (&farewell->lock);
  if (forgotten)
    gst_pad_remove_probe (end, probe);
  if (has_eos (end)) /* on its way, or there: the probe may not see it */
    count_down (farewell, round, &watch->reached);
  watch_unref (watch);
}

static void
watch_ends (GstP2pFarewell *farewell, guint round)
{
  GList *ends = find_all_ends (farewell->element);
  gboolean looked = FALSE;

  GST_DEBUG_OBJECT (farewell->element, "%u sinks are to have their EOS", g_list_length (ends));
  for (GList *l = ends; l; l = l->next)
    watch_end (farewell, l->data, round);
  g_list_free (ends);
  count_down (farewell, round, &looked);
}

static void
forget_ends (GList *watches)
{
  for (GList *l = watches; l; l = l->next)
    {
      Watch *watch = l->data;
      gulong probe;

      g_mutex_lock (&watch->farewell->lock);
      watch->forgotten = TRUE;
      probe = watch->probe;
      g_mutex_unlock (&watch->farewell->lock);
      if (probe)
        gst_pad_remove_probe (watch->pad, probe);
      watch_unref (watch);
    }
  g_list_free (watches);
}

/* --- from its owners --- */

void
gst_p2p_farewell_start (GstP2pFarewell *farewell, GstP2pOnTruncated mode, GstP2pLoop *control,
                        GstP2pFarewellFunc func, gpointer user_data)
{
  farewell->func = func;
  farewell->user_data = user_data;
  g_mutex_lock (&farewell->lock);
  farewell->mode = mode;
  farewell->kinds = 0;
  farewell->expected = farewell->due = farewell->said = farewell->watching = FALSE;
  farewell->timer = gst_p2p_timer_new (gst_p2p_loop_get_context (control), on_timer, farewell);
  g_mutex_unlock (&farewell->lock);
}

void
gst_p2p_farewell_stop (GstP2pFarewell *farewell)
{
  GList *watches;
  GSource *timer;

  g_mutex_lock (&farewell->lock);
  farewell->round++;
  farewell->expected = FALSE;
  g_clear_error (&farewell->error);
  watches = g_steal_pointer (&farewell->watches);
  timer = g_steal_pointer (&farewell->timer);
  g_cond_broadcast (&farewell->cond);
  g_mutex_unlock (&farewell->lock);
  gst_p2p_clear_source (&timer);
  forget_ends (watches);
}

void
gst_p2p_farewell_set_error (GstP2pFarewell *farewell, const GError *error)
{
  g_mutex_lock (&farewell->lock);
  g_clear_error (&farewell->error);
  farewell->error = error ? g_error_copy (error) : NULL;
  g_mutex_unlock (&farewell->lock);
}

void
gst_p2p_farewell_take_truncated (GstP2pFarewell *farewell, GstP2pFrameDepayKinds kinds)
{
  gboolean first;
  guint round;

  g_mutex_lock (&farewell->lock);
  farewell->kinds |= kinds;
  first = farewell->timer && !farewell->due && !farewell->watching;
  round = farewell->round;
  if (first)
    {
      farewell->watching = TRUE;
      farewell->n_missing = 1;
    }
  g_mutex_unlock (&farewell->lock);
  if (first)
    watch_ends (farewell, round);
}

void
gst_p2p_farewell_expect (GstP2pFarewell *farewell, GstP2pFrameDepayKinds kinds)
{
  g_mutex_lock (&farewell->lock);
  farewell->expected = farewell->timer != NULL;
  farewell->kinds |= kinds;
  if (farewell->timer && !farewell->due)
    g_source_set_ready_time (farewell->timer, g_get_monotonic_time () + PATIENCE_US);
  g_mutex_unlock (&farewell->lock);
}

void
gst_p2p_farewell_wait (GstP2pFarewell *farewell)
{
  g_mutex_lock (&farewell->lock);
  while (farewell->expected && !farewell->said)
    g_cond_wait (&farewell->cond, &farewell->lock);
  g_mutex_unlock (&farewell->lock);
}
