/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reaper: see reaper.h.
 */
#include "plugins/p2p/control/reaper.h"

#include "plugins/p2p/base/owner.h"

struct _GstP2pReaper
{
  /* const */
  GThreadPool *threads;
  GSource *reaped;
  gconstpointer owner;

  GMutex lock;
  GCond cond;
  /* lock */
  guint n_living;
};

typedef struct
{
  void (*take_apart) (gpointer data);
  gpointer data;
} Remains;

static void
reap (gpointer data, gpointer user_data)
{
  g_autofree Remains *remains = data;
  GstP2pReaper *reaper = user_data;
  GstP2pOwnerMark mark;

  gst_p2p_owner_enter (&mark, reaper->owner);
  remains->take_apart (remains->data);
  gst_p2p_owner_leave (&mark);

  g_mutex_lock (&reaper->lock);
  reaper->n_living--;
  g_cond_broadcast (&reaper->cond);
  g_mutex_unlock (&reaper->lock);
  g_source_set_ready_time (reaper->reaped, 0);
}

GstP2pReaper *
gst_p2p_reaper_new (GSource *reaped, gconstpointer owner)
{
  GstP2pReaper *reaper = g_new0 (GstP2pReaper, 1);

  /* There is no limit on threads: one that waits must not delay another. */
  reaper->threads = g_thread_pool_new (reap, reaper, -1, FALSE, NULL);
  reaper->reaped = g_source_ref (reaped);
  reaper->owner = owner;
  g_mutex_init (&reaper->lock);
  g_cond_init (&reaper->cond);
  return reaper;
}

void
gst_p2p_reaper_free (GstP2pReaper *reaper)
{
  g_thread_pool_free (reaper->threads, FALSE, TRUE);
  g_source_unref (reaper->reaped);
  g_mutex_clear (&reaper->lock);
  g_cond_clear (&reaper->cond);
  g_free (reaper);
}

void
gst_p2p_reaper_expect (GstP2pReaper *reaper)
{
  g_mutex_lock (&reaper->lock);
  reaper->n_living++;
  g_mutex_unlock (&reaper->lock);
}

void
gst_p2p_reaper_take (GstP2pReaper *reaper, void (*take_apart) (gpointer data), gpointer data)
{
  Remains *remains = g_new (Remains, 1);

  *remains = (Remains){ take_apart, data };
  g_thread_pool_push (reaper->threads, remains, NULL);
}

guint
gst_p2p_reaper_count (GstP2pReaper *reaper)
{
  guint n_living;

  g_mutex_lock (&reaper->lock);
  n_living = reaper->n_living;
  g_mutex_unlock (&reaper->lock);
  return n_living;
}

void
gst_p2p_reaper_wait (GstP2pReaper *reaper, gint64 until_us)
{
  g_mutex_lock (&reaper->lock);
  while (reaper->n_living > 0)
    {
      if (until_us < 0)
        g_cond_wait (&reaper->cond, &reaper->lock);
      else if (!g_cond_wait_until (&reaper->cond, &reaper->lock, until_us))
        break;
    }
  g_mutex_unlock (&reaper->lock);
}
