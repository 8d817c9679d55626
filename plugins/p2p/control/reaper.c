/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reaper: see reaper.h.
 */
#include "plugins/p2p/control/reaper.h"

struct _GstP2pReaper
{
  /* const */
  GThreadPool *threads;
  void (*retire_src_pad) (GstPad *pad, gpointer user_data);
  gpointer user_data;

  /* lock */
  GMutex lock;
  GCond cond;
  guint n_living;
};

/* One of the two. */
typedef struct
{
  GstP2pConnection *connection;
  GstP2pChannel *channel;
} Remains;

static GList *
take_apart (const Remains *remains)
{
  GList *src_pads = NULL;

  if (remains->channel)
    {
      GstPad *pad = gst_p2p_channel_get_src_pad (remains->channel);

      src_pads = g_list_prepend (NULL, gst_object_ref (pad));
      gst_p2p_channel_free (remains->channel, FALSE);
    }
  else
    {
      GstP2pChannels *channels = gst_p2p_connection_get_channels (remains->connection);

      src_pads = channels ? gst_p2p_channels_get_src_pads (channels) : NULL;
      gst_p2p_connection_reap (remains->connection);
    }
  return src_pads;
}

static void
reap (gpointer data, gpointer user_data)
{
  g_autofree Remains *remains = data;
  GstP2pReaper *reaper = user_data;
  GList *src_pads = take_apart (remains);

  for (GList *l = src_pads; l; l = l->next)
    reaper->retire_src_pad (l->data, reaper->user_data);
  g_list_free_full (src_pads, gst_object_unref);

  g_mutex_lock (&reaper->lock);
  reaper->n_living--;
  g_cond_broadcast (&reaper->cond);
  g_mutex_unlock (&reaper->lock);
}

GstP2pReaper *
gst_p2p_reaper_new (void (*retire_src_pad) (GstPad *pad, gpointer user_data), gpointer user_data)
{
  GstP2pReaper *reaper = g_new0 (GstP2pReaper, 1);

  /* As many threads as there is to do: one that waits must not hold up another. */
  reaper->threads = g_thread_pool_new (reap, reaper, -1, FALSE, NULL);
  reaper->retire_src_pad = retire_src_pad;
  reaper->user_data = user_data;
  g_mutex_init (&reaper->lock);
  g_cond_init (&reaper->cond);
  return reaper;
}

void
gst_p2p_reaper_free (GstP2pReaper *reaper)
{
  g_thread_pool_free (reaper->threads, FALSE, TRUE);
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

static void
push (GstP2pReaper *reaper, GstP2pConnection *connection, GstP2pChannel *channel)
{
  Remains *remains = g_new (Remains, 1);

  *remains = (Remains){ connection, channel };
  g_thread_pool_push (reaper->threads, remains, NULL);
}

void
gst_p2p_reaper_take_channel (GstP2pReaper *reaper, GstP2pChannel *channel)
{
  push (reaper, NULL, channel);
}

void
gst_p2p_reaper_take_connection (GstP2pReaper *reaper, GstP2pConnection *connection)
{
  push (reaper, connection, NULL);
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
